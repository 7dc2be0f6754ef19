/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "emit.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "text.h"

void emit_init(struct emit *emit, FILE *to)
{
    *emit = (struct emit){.to = to};
}

/* The comma between two values; none after a key. */
static void separate(struct emit *emit)
{
    if (emit->keyed) {
        emit->keyed = false;
        return;
    }
    if (emit->depth > 0) {
        if (!emit->first[emit->depth - 1]) {
            putc(',', emit->to);
        }
        emit->first[emit->depth - 1] = false;
    }
}

static void open_scope(struct emit *emit, char from, char to)
{
    assert(emit->depth < EMIT_DEPTH);
    separate(emit);
    putc(from, emit->to);
    emit->close[emit->depth] = to;
    emit->first[emit->depth] = true;
    emit->depth++;
}

void emit_object(struct emit *emit)
{
    open_scope(emit, '{', '}');
}

void emit_array(struct emit *emit)
{
    open_scope(emit, '[', ']');
}

void emit_end(struct emit *emit)
{
    assert(emit->depth > 0 && !emit->keyed);
    emit->depth--;
    putc(emit->close[emit->depth], emit->to);
}

void emit_done(struct emit *emit)
{
    assert(emit->depth == 0);
    putc('\n', emit->to);
}

void emit_abort(struct emit *emit)
{
    if (emit->depth == 0) {
        return;
    }
    if (emit->in_text) {
        emit_text_end(emit);
    }
    if (emit->keyed) {
        emit_null(emit);
    }
    while (emit->depth > 0) {
        emit_end(emit);
    }
    emit_done(emit);
}

static void write_escaped(FILE *to, unsigned char c)
{
    switch (c) {
    case '"': fputs("\\\"", to); break;
    case '\\': fputs("\\\\", to); break;
    case '\n': fputs("\\n", to); break;
    case '\r': fputs("\\r", to); break;
    case '\t': fputs("\\t", to); break;
    default: fprintf(to, "\\u%04x", (unsigned)c); break;
    }
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\' && c < 0x7F;
}

static void write_text(FILE *to, const char *p, size_t n)
{
    for (size_t at = 0, size; at < n; at += size) {
        size = 1;
        while (at + size < n && is_plain((unsigned char)p[at]) &&
               is_plain((unsigned char)p[at + size])) {
            size++;
        }
        if (is_plain((unsigned char)p[at])) {
            fwrite(p + at, 1, size, to);
        } else if ((unsigned char)p[at] < 0x80) {
            write_escaped(to, (unsigned char)p[at]);
        } else if (text_decode(p + at, n - at, &size) < 0) {
            fputs("\\ufffd", to);
        } else {
            fwrite(p + at, 1, size, to);
        }
    }
}

static void write_string(FILE *to, const char *p, size_t n)
{
    putc('"', to);
    write_text(to, p, n);
    putc('"', to);
}

void emit_key(struct emit *emit, const char *key)
{
    separate(emit);
    write_string(emit->to, key, strlen(key));
    putc(':', emit->to);
    emit->keyed = true;
}

void emit_string_n(struct emit *emit, const char *p, size_t n)
{
    separate(emit);
    write_string(emit->to, p, n);
}

void emit_string(struct emit *emit, const char *text)
{
    emit_string_n(emit, text, strlen(text));
}

void emit_text_begin(struct emit *emit)
{
    separate(emit);
    putc('"', emit->to);
    emit->in_text = true;
}

void emit_text_add(struct emit *emit, const char *p, size_t n)
{
    write_text(emit->to, p, n);
}

void emit_text_end(struct emit *emit)
{
    putc('"', emit->to);
    emit->in_text = false;
}

void emit_int(struct emit *emit, int64_t value)
{
    separate(emit);
    fprintf(emit->to, "%lld", (long long)value);
}

void emit_uint(struct emit *emit, uint64_t value)
{
    separate(emit);
    fprintf(emit->to, "%llu", (unsigned long long)value);
}

/* Readers tell a real from an integer by its form. */
static void write_real(struct emit *emit, const char *text)
{
    separate(emit);
    fprintf(emit->to, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

void emit_real(struct emit *emit, double value)
{
    char text[TEXT_REAL_BYTES];
    if (!isfinite(value)) {
        emit_null(emit);
        return;
    }
    text_real(text, value);
    write_real(emit, text);
}

void emit_float(struct emit *emit, float value)
{
    char text[TEXT_REAL_BYTES];
    if (!isfinite(value)) {
        emit_null(emit);
        return;
    }
    text_float(text, value);
    write_real(emit, text);
}

void emit_bool(struct emit *emit, bool value)
{
    separate(emit);
    fputs(value ? "true" : "false", emit->to);
}

void emit_null(struct emit *emit)
{
    separate(emit);
    fputs("null", emit->to);
}

void emit_put(struct emit *emit, const char *key, const char *text)
{
    emit_key(emit, key);
    emit_string(emit, text);
}

void emit_put_uint(struct emit *emit, const char *key, uint64_t value)
{
    emit_key(emit, key);
    emit_uint(emit, value);
}

void emit_put_real(struct emit *emit, const char *key, double value)
{
    emit_key(emit, key);
    emit_real(emit, value);
}

void emit_put_bool(struct emit *emit, const char *key, bool value)
{
    emit_key(emit, key);
    emit_bool(emit, value);
}

void emit_put_strings(struct emit *emit, const char *key, char *const *items, size_t n)
{
    emit_key(emit, key);
    emit_array(emit);
    for (size_t i = 0; i < n; i++) {
        emit_string(emit, items[i]);
    }
    emit_end(emit);
}

void emit_put_some(struct emit *emit, const char *key, const char *text)
{
    if (text && text[0]) {
        emit_put(emit, key, text);
    }
}
