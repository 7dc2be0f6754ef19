/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "plugin/shape.h"

#include <stdbool.h>

static bool on_edge(struct ragd_str text, uint64_t at)
{
    return at == text.n || (at < text.n && ((unsigned char)text.p[at] & 0xc0) != 0x80);
}

const char *blocks_fault(const struct ragd_block *blocks, size_t n, struct ragd_str text,
                         size_t *at)
{
    uint64_t before = 0;
    for (*at = 0; *at < n; ++*at) {
        const struct ragd_block *b = &blocks[*at];
        if (b->off > text.n || b->len > text.n - b->off) {
            return "lies outside the text";
        }
        if (b->off < before) {
            return "begins before the one in front of it";
        }
        if (!on_edge(text, b->off) || !on_edge(text, b->off + b->len)) {
            return "cuts a character in two";
        }
        before = b->off;
    }
    return NULL;
}
