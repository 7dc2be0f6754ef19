/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* One word in its normal form: NFKC, lower case. Internal to the analyser. */
#ifndef TEXT_FOLD_H
#define TEXT_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "sdk/text/analyser.h"

/* Writes the folded form of n valid bytes to out, cut to TEXT_WORD_BYTES_MAX, and
 * its length to *len, which may be 0. Typographic apostrophes become ', soft
 * hyphens, joiners and variation selectors vanish. Errors: RAGD_E_NOMEM. */
int text_fold(const char *word, size_t n, char out[TEXT_WORD_BYTES_MAX], size_t *len);

/* NFKC without lower case or cutting: for one character of a run. The result,
 * at most cap bytes, is cut to whole code points. Errors: RAGD_E_NOMEM. */
int text_fold_character(const char *s, size_t n, char *out, size_t cap, size_t *len);

/* The length of a folded word without a final possessive 's. */
size_t text_fold_possessive(const char *word, size_t n);

/* Bytes of the elided article or the like in front of a folded word, with its
 * apostrophe: 2 of l'école; 0 of aujourd'hui and don't. */
size_t text_fold_elision(const char *word, size_t n);

#endif
