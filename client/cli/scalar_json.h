/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Values of the protocol from JSON. */
#ifndef CLI_SCALAR_JSON_H
#define CLI_SCALAR_JSON_H

#include <jansson.h>

#include "ragd/v1/common.pb-c.h"

/* Lives in the pool, its text too: the JSON may be freed. NULL when it is an
 * array or an object. */
Ragd__V1__Scalar *scalar_of_json(const json_t *json);

#endif
