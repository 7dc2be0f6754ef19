/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* "Did you mean": the known word nearest to a mistyped one. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

struct suggest {
    const char *word;
    size_t n;
    const char *best; /* borrowed; NULL = nothing is near */
    size_t distance;
    bool begun; /* best is the word and more */
};

/* The word is borrowed. Tries candidates one by one; best is the nearest yet:
 * one that begins with the word, else one that is spelt like it. */
void suggest_init(struct suggest *suggest, const char *word, size_t n);
void suggest_try(struct suggest *suggest, const char *candidate);

#endif
