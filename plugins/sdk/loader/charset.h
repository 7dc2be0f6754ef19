/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * The text of a file whose encoding may be unknown, as UTF-8 with LF line ends.
 *
 * In this order: the charset that was asked for; a byte order mark; UTF-8 when
 * all of it is well-formed; else a guess from the bytes (uchardet), which must
 * then fit every byte and give no control characters. What cannot be decoded
 * without loss is refused, never made up.
 */
#ifndef LOADER_CHARSET_H
#define LOADER_CHARSET_H

#include <stdbool.h>

#include <ragd/ragd.h>

enum { CHARSET_NAME_BYTES = 40, CHARSET_WHY_BYTES = 160 };

struct charset_text {
    const char *p; /* well-formed UTF-8, no byte order mark, no NUL */
    size_t n;
    char name[CHARSET_NAME_BYTES]; /* "UTF-8", "CP932", ... */
    bool guessed;
    char *own;                   /* p's memory, NULL = borrowed from the input */
    char why[CHARSET_WHY_BYTES]; /* of a failure */
};

/*
 * charset: "auto", or a name that iconv knows. RAGD_E_ARG: no such charset.
 * RAGD_E_BAD_INPUT: not text, or text that cannot be decoded; RAGD_E_LIMIT: more
 * than max bytes of text; RAGD_E_NOMEM. Linear in the input.
 */
ragd_status charset_decode(struct ragd_bytes in, struct ragd_str charset, size_t max,
                           struct charset_text *out);
void charset_release(struct charset_text *text);

/* Whether the head of a file can be text at all: no NULs (unless a byte order
 * mark explains them) and hardly any control characters. */
bool charset_is_text(struct ragd_bytes head);

#endif
