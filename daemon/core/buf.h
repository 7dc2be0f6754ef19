/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A growing byte buffer. Zeroed is empty and legal.
 *
 * Thread: [any]; a buffer has one user at a time.
 */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include <ragd/types.h>

struct buf {
    uint8_t *p;
    size_t n;   /* bytes used */
    size_t cap; /* bytes allocated */
};

/* Frees the memory; zeroed is legal and what is left. */
void buf_release(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory */
/* Room for extra more bytes. 0 or RAGD_E_NOMEM, as the rest. */
int buf_reserve(struct buf *buf, size_t extra);
int buf_put(struct buf *buf, const void *p, size_t n);
int buf_puts(struct buf *buf, const char *s);
int buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Drops the first n bytes. */
void buf_consume(struct buf *buf, size_t n);

#endif
