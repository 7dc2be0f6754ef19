/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/suggest.h"

#include <string.h>

/* Longer words are neither compared nor suggested. */
enum { WORD_BYTES_MAX = 64 };

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Optimal string alignment distance: insert, delete, replace, swap two
 * neighbours, each costs 1 (Damerau 1964, restricted). */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][WORD_BYTES_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++) {
        above[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t differs = a[i - 1] != b[j - 1];
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + differs);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < row[j]) {
                row[j] = before[j - 2] + 1;
            }
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[m];
}

void suggest_init(struct suggest *suggest, struct ragd_str word)
{
    /* One slip in up to three letters, two in up to eight, three beyond. */
    size_t most = word.n <= 3 ? 1 : word.n <= 8 ? 2 : 3;
    *suggest = (struct suggest){.word = word, .distance = most + 1};
}

void suggest_try(struct suggest *suggest, const char *candidate)
{
    size_t n = suggest->word.n, m = strlen(candidate);
    if (n == 0 || n > WORD_BYTES_MAX || m > WORD_BYTES_MAX) {
        return;
    }
    size_t d = distance(suggest->word.p, n, candidate, m);
    if (d < suggest->distance && d < n) {
        suggest->distance = d;
        suggest->best = candidate;
    }
}

const char *suggest_of(struct ragd_str word, const char *const *names, size_t n)
{
    struct suggest suggest;
    suggest_init(&suggest, word);
    for (size_t i = 0; i < n; i++) {
        if (names[i]) {
            suggest_try(&suggest, names[i]);
        }
    }
    return suggest.best;
}
