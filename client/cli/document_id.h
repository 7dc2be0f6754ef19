/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What get and rm take for an id. */
#ifndef CLI_DOCUMENT_ID_H
#define CLI_DOCUMENT_ID_H

#include "cli.h"

/* The id itself, or for the name of a file, also of one that is gone when it
 * has a slash, the id of the document that add makes of it. */
const char *document_id(const struct cli *cli, const char *argument);

#endif
