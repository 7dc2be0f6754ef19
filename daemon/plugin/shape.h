/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What documents must be like, wherever they come from: plugins or callers. */
#ifndef PLUGIN_SHAPE_H
#define PLUGIN_SHAPE_H

#include "ragd/types.h"

/* Upper bounds of what has no limit of its own; bytes. */
enum {
    ID_BYTES_MAX = 4096,
    NAME_BYTES_MAX = 4096,
    TITLE_BYTES_MAX = 64 * 1024,
    BLOB_BYTES_MAX = 16 << 20,
};

/*
 * Blocks are ordered, inside the text, and on edges of code points. What the
 * first block that is not does ("lies outside the text"), with its index in
 * *at; NULL when all are well.
 */
const char *blocks_fault(const struct ragd_block *blocks, size_t n, struct ragd_str text,
                         size_t *at);

#endif
