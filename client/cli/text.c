/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "text.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "pool.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define ELLIPSIS "\xE2\x80\xA6"

int text_decode(const char *p, size_t n, size_t *size)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)p,
                                             (utf8proc_ssize_t)(n < 4 ? n : 4), &code);
    if (used <= 0) {
        *size = 1;
        return -1;
    }
    *size = (size_t)used;
    return code;
}

static bool is_control(int code)
{
    /* C0, DEL and C1; the bidirectional overrides, which reorder a line. */
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 ||
           code == 0x2029 || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

static size_t width_of(int code)
{
    if (code < 0) {
        return 1;
    }
    int width = utf8proc_charwidth(code);
    return width > 0 ? (size_t)width : 0;
}

size_t text_width(const char *p, size_t n)
{
    size_t width = 0;
    for (size_t at = 0, size; at < n; at += size) {
        width += width_of(text_decode(p + at, n - at, &size));
    }
    return width;
}

size_t text_fit(const char *p, size_t n, size_t columns, size_t *used)
{
    size_t at = 0, size;
    *used = 0;
    while (at < n) {
        size_t width = width_of(text_decode(p + at, n - at, &size));
        if (*used + width > columns) {
            break;
        }
        *used += width;
        at += size;
    }
    return at;
}

const char *text_elide(const char *text, size_t columns)
{
    size_t n = strlen(text), used;
    if (text_width(text, n) <= columns) {
        return text;
    }
    if (columns == 0) {
        return "";
    }
    size_t fit = text_fit(text, n, columns - 1, &used);
    char *out = pool_alloc(fit + sizeof(ELLIPSIS));
    memcpy(out, text, fit);
    memcpy(out + fit, ELLIPSIS, sizeof(ELLIPSIS));
    return out;
}

const char *text_elide_start(const char *text, size_t columns)
{
    size_t n = strlen(text), width = text_width(text, n);
    if (width <= columns || columns == 0) {
        return columns ? text : "";
    }
    size_t at = 0, size;
    while (at < n && width > columns - 1) {
        width -= width_of(text_decode(text + at, n - at, &size));
        at += size;
    }
    /* Marks that belonged to the last character that was cut. */
    while (at < n && width_of(text_decode(text + at, n - at, &size)) == 0) {
        at += size;
    }
    return pool_printf("%s%s", ELLIPSIS, text + at);
}

/* Each byte becomes at most three. */
static char *put(char *out, const char *p, size_t n)
{
    memcpy(out, p, n);
    return out + n;
}

const char *text_line(const char *text, size_t max)
{
    size_t n = strnlen(text, max);
    char *start = pool_alloc(3 * n + 1), *out = start;
    bool blank = false;
    for (size_t at = 0, size; at < n; at += size) {
        int code = text_decode(text + at, n - at, &size);
        if (code == ' ' || (code >= 0x09 && code <= 0x0D) || code == 0xA0) {
            blank = out != start;
            continue;
        }
        if (code < 0 && at + 4 > n && n == max) {
            break; /* cut by max, not ill-formed */
        }
        if (blank) {
            out = put(out, " ", 1);
            blank = false;
        }
        if (code < 0 || is_control(code)) {
            out = put(out, REPLACEMENT, 3);
        } else {
            out = put(out, text + at, size);
        }
    }
    return start;
}

const char *text_safe(const char *text, size_t n)
{
    char *start = pool_alloc(3 * n + 1), *out = start;
    for (size_t at = 0, size; at < n; at += size) {
        int code = text_decode(text + at, n - at, &size);
        if (code < 0 || (is_control(code) && code != '\n' && code != '\t')) {
            out = put(out, REPLACEMENT, 3);
        } else {
            out = put(out, text + at, size);
        }
    }
    return start;
}

bool text_is_utf8(const char *text)
{
    size_t n = strlen(text), size;
    for (size_t at = 0; at < n; at += size) {
        if (text_decode(text + at, n - at, &size) < 0) {
            return false;
        }
    }
    return true;
}

const char *text_repair(const char *text)
{
    size_t n = strlen(text);
    char *start = pool_alloc(3 * n + 1), *out = start;
    for (size_t at = 0, size; at < n; at += size) {
        bool good = text_decode(text + at, n - at, &size) >= 0;
        out = good ? put(out, text + at, size) : put(out, REPLACEMENT, 3);
    }
    return start;
}

static void put_hex(const char *p, size_t n, FILE *to)
{
    for (size_t i = 0; i < n; i++) {
        fprintf(to, "\\x%02X", (unsigned)(unsigned char)p[i]);
    }
}

void text_put_escaped(const char *text, FILE *to)
{
    static const char FROM[] = "\t\n\r\\", NAMES[] = "tnr\\";
    size_t n = strlen(text);
    for (size_t at = 0, size; at < n; at += size) {
        int code = text_decode(text + at, n - at, &size);
        const char *named = code > 0 && code < 0x80 ? strchr(FROM, code) : NULL;
        if (named) {
            putc('\\', to);
            putc(NAMES[named - FROM], to);
        } else if (code >= 0 && (code < 0x20 || (code >= 0x7F && code < 0xA0))) {
            put_hex(text + at, size, to);
        } else {
            fwrite(text + at, 1, size, to);
        }
    }
}

void text_real(char out[TEXT_REAL_BYTES], double value)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, TEXT_REAL_BYTES, "%.*g", digits, value);
        if (strtod(out, NULL) == value) {
            return;
        }
    }
}

void text_float(char out[TEXT_REAL_BYTES], float value)
{
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(out, TEXT_REAL_BYTES, "%.*g", digits, (double)value);
        if (strtof(out, NULL) == value) {
            return;
        }
    }
}
