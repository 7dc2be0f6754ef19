/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Writes JSON as it comes, so that long answers need no memory; emit_abort()
 * closes what is open, so that even a failed command's output parses.
 */
#ifndef CLI_EMIT_H
#define CLI_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { EMIT_DEPTH = 16 };

struct emit {
    FILE *to;
    int depth;
    char close[EMIT_DEPTH]; /* '}' or ']' */
    bool first[EMIT_DEPTH]; /* nothing is in it yet */
    bool keyed;             /* a key waits for its value */
    bool in_text;           /* a string is open */
};

/* A document on to, which is borrowed. */
void emit_init(struct emit *emit, FILE *to);
/* Open an object or an array; what follows goes into it. */
void emit_object(struct emit *emit);
void emit_array(struct emit *emit);
/* Closes the innermost. */
void emit_end(struct emit *emit);
/* Ends a document: a line end. */
void emit_done(struct emit *emit);
/* Closes everything and ends the line, if anything was written. */
void emit_abort(struct emit *emit);

/* What follows is its value. */
void emit_key(struct emit *emit, const char *key);
/* Ill-formed UTF-8 becomes U+FFFD. */
void emit_string_n(struct emit *emit, const char *p, size_t n);
void emit_string(struct emit *emit, const char *text);
/* A string that comes in parts, each of whole characters. */
void emit_text_begin(struct emit *emit);
void emit_text_add(struct emit *emit, const char *p, size_t n);
void emit_text_end(struct emit *emit);
void emit_int(struct emit *emit, int64_t value);
void emit_uint(struct emit *emit, uint64_t value);
/* As few digits as give the same double, or float; what is no number becomes null. */
void emit_real(struct emit *emit, double value);
void emit_float(struct emit *emit, float value);
void emit_bool(struct emit *emit, bool value);
void emit_null(struct emit *emit);

/* A key and its value. */
void emit_put(struct emit *emit, const char *key, const char *text);
void emit_put_uint(struct emit *emit, const char *key, uint64_t value);
void emit_put_real(struct emit *emit, const char *key, double value);
void emit_put_bool(struct emit *emit, const char *key, bool value);
void emit_put_strings(struct emit *emit, const char *key, char *const *items, size_t n);
/* Only when there is something to say. */
void emit_put_some(struct emit *emit, const char *key, const char *text);

#endif
