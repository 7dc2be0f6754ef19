/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* "Did you mean": the known word nearest to a mistyped one. */
#ifndef CORE_SUGGEST_H
#define CORE_SUGGEST_H

#include <stddef.h>

#include <ragd/types.h>

/*
 * suggest_init, then suggest_try for each candidate, then read best: it
 * is the nearest one that is near enough to be a slip of the finger.
 */
struct suggest {
    struct ragd_str word;
    const char *best; /* borrowed from the candidates; NULL = nothing near */
    size_t distance;
};

/* The word and the candidates are borrowed; try keeps the nearest in best. */
void suggest_init(struct suggest *suggest, struct ragd_str word);
void suggest_try(struct suggest *suggest, const char *candidate);

/* Of n names, NULL ones skipped; NULL when none is near. */
const char *suggest_of(struct ragd_str word, const char *const *names, size_t n);

#endif
