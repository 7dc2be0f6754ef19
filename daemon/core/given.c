/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/given.h"

#include <string.h>

#include "core/utf8.h"

/* Alignments beyond a page are nobody's need. */
enum { ALIGN_MAX = 4096 };

void *given_memory(struct arena *memory, size_t size, size_t align)
{
    if (align == 0 || (align & (align - 1)) != 0 || size > SIZE_MAX / 2 ||
        align > ALIGN_MAX) {
        return NULL;
    }
    size_t slack = align > _Alignof(max_align_t) ? align : 0;
    char *p = arena_alloc(memory, size + slack);
    return p && slack ? p + (-(uintptr_t)p & (align - 1)) : p;
}

struct ragd_str given_text(char *out, size_t size, struct ragd_str in)
{
    size_t n = in.p ? in.n : 0;
    n = utf8_check(in.p, n) == n ? utf8_cut(in.p, n, size - 1) : 0;
    if (n) {
        memcpy(out, in.p, n);
    }
    out[n] = '\0';
    return (struct ragd_str){out, n};
}

int64_t given_content(const struct ragd_input *input, uint64_t off, void *buf, size_t n)
{
    if (!input || !buf) {
        return RAGD_E_ARG;
    }
    if (off >= input->map.n) {
        return 0;
    }
    n = n < input->map.n - off ? n : (size_t)(input->map.n - off);
    memcpy(buf, (const char *)input->map.p + off, n);
    return (int64_t)n;
}
