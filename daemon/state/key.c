/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "state/key.h"

#include <string.h>

#include <ragd/status.h>

int key_begin(struct buf *key, enum key_table table)
{
    uint8_t tag = (uint8_t)table;
    buf_clear(key);
    return buf_put(key, &tag, 1);
}

int key_text(struct buf *key, struct ragd_str s)
{
    while (s.n) {
        const char *nul = memchr(s.p, '\0', s.n);
        size_t n = nul ? (size_t)(nul - s.p) : s.n;
        if (buf_put(key, s.p, n) || (nul && buf_put(key, "\x00\xFF", 2))) {
            return RAGD_E_NOMEM;
        }
        n += nul != NULL;
        s.p += n;
        s.n -= n;
    }
    return buf_put(key, "\x00\x01", KEY_TEXT_END_BYTES);
}

int key_bytes(struct buf *key, const void *p, size_t n)
{
    return buf_put(key, p, n);
}

int key_number(struct buf *key, uint64_t n)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(n >> (56 - 8 * i));
    }
    return buf_put(key, bytes, sizeof(bytes));
}

/* The last byte below ff grows by one, what follows it goes. Tags are no ff, so
 * there is one. */
int key_end_of(const struct buf *key, struct buf *end)
{
    buf_clear(end);
    if (buf_put(end, key->p, key->n)) {
        return RAGD_E_NOMEM;
    }
    while (end->p[end->n - 1] == 0xFF) {
        end->n--;
    }
    end->p[end->n - 1]++;
    return 0;
}

int key_read_number(struct ragd_bytes *key, uint64_t *out)
{
    const uint8_t *p = key->p;
    uint64_t n = 0;
    if (key->n < 8) {
        return RAGD_E_CORRUPT;
    }
    for (int i = 0; i < 8; i++) {
        n = n << 8 | p[i];
    }
    *key = (struct ragd_bytes){p + 8, key->n - 8};
    *out = n;
    return 0;
}

int key_read_text(struct ragd_bytes *key, struct buf *out)
{
    const uint8_t *p = key->p;
    size_t at = 0;
    buf_clear(out);
    for (;;) {
        const uint8_t *nul = memchr(p + at, 0, key->n - at);
        size_t end = nul ? (size_t)(nul - p) : key->n;
        if (end + 1 >= key->n || (p[end + 1] != 0xFF && p[end + 1] != 0x01)) {
            return RAGD_E_CORRUPT;
        }
        int escaped = p[end + 1] == 0xFF;
        if (buf_put(out, p + at, end - at + (size_t)escaped)) {
            return RAGD_E_NOMEM;
        }
        at = end + 2;
        if (!escaped) {
            *key = (struct ragd_bytes){p + at, key->n - at};
            return 0;
        }
    }
}
