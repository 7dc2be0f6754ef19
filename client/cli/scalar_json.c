/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "scalar_json.h"

#include "filter.h"
#include "pool.h"

Ragd__V1__Scalar *scalar_of_json(const json_t *json)
{
    if (json_is_string(json)) {
        return scalar_text_new(pool_strdup(json_string_value(json)));
    }
    Ragd__V1__Scalar *scalar = scalar_guess("null");
    if (json_is_boolean(json)) {
        scalar->kind_case = RAGD__V1__SCALAR__KIND_BOOLEAN;
        scalar->boolean = json_is_true(json);
    } else if (json_is_integer(json)) {
        scalar->kind_case = RAGD__V1__SCALAR__KIND_INTEGER;
        scalar->integer = json_integer_value(json);
    } else if (json_is_real(json)) {
        scalar->kind_case = RAGD__V1__SCALAR__KIND_REAL;
        scalar->real = json_real_value(json);
    } else if (!json_is_null(json)) {
        return NULL;
    }
    return scalar;
}
