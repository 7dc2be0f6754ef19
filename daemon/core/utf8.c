/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/utf8.h"

#include <string.h>

/* Bytes of the well-formed sequence at p, 0 when it is none (Unicode 15,
 * table 3-7: the second byte's range depends on the first). */
static size_t sequence(const uint8_t *p, size_t n)
{
    uint8_t lead = p[0];
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return 0;
    }
    size_t len = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (n < len) {
        return 0;
    }
    uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return len;
}

size_t utf8_check(const void *p, size_t n)
{
    const uint8_t *s = p;
    size_t i = 0;
    while (i < n) {
        uint64_t word;
        if (n - i >= sizeof(word)) { /* most text is ASCII: eight at a time */
            memcpy(&word, s + i, sizeof(word));
            if (!(word & 0x8080808080808080u)) {
                i += sizeof(word);
                continue;
            }
        }
        size_t len = sequence(s + i, n - i);
        if (len == 0) {
            return i;
        }
        i += len;
    }
    return n;
}

size_t utf8_count(const void *p, size_t n)
{
    const uint8_t *s = p;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += (s[i] & 0xC0) != 0x80;
    }
    return count;
}

size_t utf8_cut(const void *p, size_t n, size_t max)
{
    const uint8_t *s = p;
    if (n <= max) {
        return n;
    }
    while (max > 0 && (s[max] & 0xC0) == 0x80) {
        max--;
    }
    return max;
}

size_t utf8_next(const void *p, size_t n, uint32_t *out)
{
    const uint8_t *s = p;
    uint8_t lead = s[0];
    size_t len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (len > n) {
        len = n;
    }
    uint32_t cp = lead < 0x80 ? lead : lead & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        cp = cp << 6 | (s[i] & 0x3Fu);
    }
    *out = cp;
    return len;
}

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x85 || cp == 0xA0 ||
           cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 ||
           cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

bool utf8_is_blank(const void *p, size_t n)
{
    const uint8_t *s = p;
    uint32_t cp;
    for (size_t i = 0; i < n;) {
        i += utf8_next(s + i, n - i, &cp);
        if (!is_blank(cp)) {
            return false;
        }
    }
    return true;
}
