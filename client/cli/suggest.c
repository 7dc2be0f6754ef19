/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "suggest.h"

#include <string.h>

/* PREFIX_LEAST: letters that say which word is meant. */
enum { WORD_MAX = 40, PREFIX_LEAST = 2 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, substitutions, and swaps
 * of neighbours count one. Both words have at most WORD_MAX bytes. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= m; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *two = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t same = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = least(least(row[j - 1], above[j]) + 1, above[j - 1] + same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], two[j - 2] + 1);
            }
        }
    }
    return rows[n % 3][m];
}

void suggest_init(struct suggest *suggest, const char *word, size_t n)
{
    *suggest = (struct suggest){.word = word, .n = n};
    suggest->distance = n / 3 + 1; /* a third of the letters may be wrong */
}

/* Whether the candidate goes on where the word ended. */
static bool is_begun(const struct suggest *suggest, const char *candidate)
{
    return suggest->n >= PREFIX_LEAST && strncmp(candidate, suggest->word, suggest->n) == 0;
}

void suggest_try(struct suggest *suggest, const char *candidate)
{
    size_t m = strlen(candidate);
    if (m == 0 || m > WORD_MAX || suggest->n == 0 || suggest->n > WORD_MAX) {
        return;
    }
    size_t far = distance(suggest->word, suggest->n, candidate, m);
    bool begun = is_begun(suggest, candidate);
    /* Nothing of the word was right: no slip of the finger. */
    if (!begun && (suggest->begun || far >= suggest->n || far >= m)) {
        return;
    }
    bool better = begun && !suggest->begun; /* than any that is only similar */
    if (better || far < suggest->distance || (far == suggest->distance && !suggest->best)) {
        suggest->best = candidate;
        suggest->distance = far;
        suggest->begun = begun;
    }
}
