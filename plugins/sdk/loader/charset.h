/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * The text of a file whose encoding may be unknown, as UTF-8 with LF line ends.
 *
 * In this order:
 *  1. The charset that was asked for.
 *  2. A byte order mark.
 *  3. UTF-8, when all of it is well-formed or nearly so: at most one in
 *     CHARSET_ILL_PER_WIDE of what is not ASCII is ill-formed.
 *  4. A guess from the bytes (uchardet), which must then fit every byte and give
 *     no control characters.
 *  5. UTF-8 after all, when no guess fits and at most one byte in
 *     CHARSET_ILL_PER_BYTES is ill-formed.
 *
 * In what is UTF-8 (asked for, marked or found) each maximal ill-formed subpart
 * becomes U+FFFD, as the Unicode Standard recommends (15.0, 3.9), and is counted.
 * Any other encoding is decoded without loss, or refused.
 */
#ifndef LOADER_CHARSET_H
#define LOADER_CHARSET_H

#include <stdbool.h>

#include <ragd/ragd.h>

enum {
    CHARSET_NAME_BYTES = 40,
    CHARSET_WHY_BYTES = 240,
    /* A text of an 8-bit charset has hardly any well-formed sequence by chance, a
     * Japanese or Chinese one fewer than half. */
    CHARSET_ILL_PER_WIDE = 5,
    CHARSET_ILL_PER_BYTES = 1000,
};

struct charset_text {
    const char *p; /* well-formed UTF-8, no byte order mark, no NUL */
    size_t n;
    char name[CHARSET_NAME_BYTES]; /* "UTF-8", "CP932", ... */
    bool guessed;
    uint64_t replaced;           /* ill-formed subparts that became U+FFFD */
    char *own;                   /* p's memory, NULL = borrowed from the input */
    char why[CHARSET_WHY_BYTES]; /* of a failure */
};

/*
 * charset: "auto", or a name of charset_names.c. RAGD_E_ARG: no such charset.
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
