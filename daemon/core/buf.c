/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <ragd/status.h>

#include "core/mem.h"

enum { BUF_FIRST = 64 };

void buf_release(struct buf *buf)
{
    mem_free(buf->p);
    *buf = (struct buf){0};
}

void buf_clear(struct buf *buf)
{
    buf->n = 0;
}

int buf_reserve(struct buf *buf, size_t extra)
{
    size_t need;
    if (__builtin_add_overflow(buf->n, extra, &need)) {
        return RAGD_E_NOMEM;
    }
    if (need <= buf->cap) {
        return 0;
    }
    size_t cap = buf->cap < BUF_FIRST ? BUF_FIRST : buf->cap;
    while (cap < need) {
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    }
    uint8_t *p = mem_realloc(buf->p, cap, 1);
    if (!p) {
        return RAGD_E_NOMEM;
    }
    buf->p = p;
    buf->cap = cap;
    return 0;
}

int buf_put(struct buf *buf, const void *p, size_t n)
{
    if (n == 0) {
        return 0;
    }
    if (buf_reserve(buf, n)) {
        return RAGD_E_NOMEM;
    }
    memcpy(buf->p + buf->n, p, n);
    buf->n += n;
    return 0;
}

int buf_puts(struct buf *buf, const char *s)
{
    return buf_put(buf, s, strlen(s));
}

int buf_printf(struct buf *buf, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    int rc = n < 0 || buf_reserve(buf, (size_t)n + 1) ? RAGD_E_NOMEM : 0;
    if (rc == 0) {
        vsnprintf((char *)buf->p + buf->n, (size_t)n + 1, fmt, again);
        buf->n += (size_t)n;
    }
    va_end(again);
    return rc;
}

void buf_consume(struct buf *buf, size_t n)
{
    if (n >= buf->n) {
        buf->n = 0;
        return;
    }
    buf->n -= n;
    memmove(buf->p, buf->p + n, buf->n);
}
