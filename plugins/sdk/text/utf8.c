/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/utf8.h"

#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)
#define LOW_BITS UINT64_C(0x0101010101010101)

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

static uint64_t load8(const char *s)
{
    uint64_t word;
    memcpy(&word, s, sizeof(word));
    return word;
}

/* Length by the lead byte, 0 when it cannot lead. */
static size_t lead_length(unsigned char c)
{
    if (c < 0x80) {
        return 1;
    }
    if (c < 0xC2) {
        return 0;
    }
    if (c < 0xE0) {
        return 2;
    }
    if (c < 0xF0) {
        return 3;
    }
    return c < 0xF5 ? 4 : 0;
}

/* The second byte has a narrower range after some leads: table 3-7 of the
 * Unicode Standard. It is what excludes surrogates and overlong forms. */
static bool second_fits(unsigned char lead, unsigned char c)
{
    switch (lead) {
    case 0xE0: return c >= 0xA0 && c <= 0xBF;
    case 0xED: return c >= 0x80 && c <= 0x9F;
    case 0xF0: return c >= 0x90 && c <= 0xBF;
    case 0xF4: return c >= 0x80 && c <= 0x8F;
    default: return is_tail(c);
    }
}

size_t text_utf8_next(const char *s, size_t n, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t len = lead_length(p[0]);
    if (len == 1) {
        *cp = p[0];
        return 1;
    }
    *cp = TEXT_UTF8_BAD;
    if (len == 0 || len > n || !second_fits(p[0], p[1])) {
        return 1;
    }
    uint32_t value = p[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        if (!is_tail(p[i])) {
            return 1;
        }
        value = value << 6 | (p[i] & 0x3Fu);
    }
    *cp = value;
    return len;
}

bool text_utf8_valid(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n) {
        if (n - i >= 8 && !(load8(s + i) & HIGH_BITS)) {
            i += 8;
            continue;
        }
        uint32_t cp;
        i += text_utf8_next(s + i, n - i, &cp);
        if (cp == TEXT_UTF8_BAD) {
            return false;
        }
    }
    return true;
}

size_t text_utf8_put(uint32_t cp, char out[TEXT_UTF8_MAX])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    out[0] = (char)((0xF00u >> len & 0xFFu) | cp);
    return len;
}

/* Continuation bytes among 8: those with bit 7 set and bit 6 clear. */
static size_t count_tails(uint64_t word)
{
    uint64_t tails = (word >> 7) & (~word >> 6) & LOW_BITS;
    return (size_t)(tails * LOW_BITS >> 56);
}

size_t text_utf8_count(const char *s, size_t n)
{
    size_t tails = 0, i = 0;
    for (; n - i >= 8; i += 8) {
        tails += count_tails(load8(s + i));
    }
    for (; i < n; i++) {
        tails += is_tail((unsigned char)s[i]);
    }
    return n - tails;
}

size_t text_utf8_cut(const char *s, size_t n, size_t limit)
{
    if (n <= limit) {
        return n;
    }
    while (limit > 0 && is_tail((unsigned char)s[limit])) {
        limit--;
    }
    return limit;
}
