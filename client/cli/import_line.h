/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A line of an import: what rag collection export wrote, or plain
 * {"id", "text", "embedding": [..] or base64, "metadata"} made by anyone.
 */
#ifndef CLI_IMPORT_LINE_H
#define CLI_IMPORT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "ragd/v1/collections.pb-c.h"

struct import_line {
    Ragd__V1__CollectionSettings *settings; /* of a header */
    Ragd__V1__ImportItem *item;             /* of any other line */
};

/* NULL, or why the line is wrong. All is in the pool. */
const char *import_line_read(const char *text, size_t n, struct import_line *out);

#endif
