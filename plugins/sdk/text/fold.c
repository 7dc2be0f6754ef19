/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/fold.h"

#include <ragd/status.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "sdk/text/utf8.h"

enum {
    /* Input that can matter for a word of TEXT_WORD_BYTES_MAX bytes. */
    INPUT_BYTES_MAX = 4 * TEXT_WORD_BYTES_MAX,
    /* NFKC makes at most 11 bytes of each (U+FDFA); beyond this the library
     * allocates, which is correct and never seen in real text. */
    WORK_BYTES = 4 * INPUT_BYTES_MAX,
};

static char lower_ascii(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The lower case of a letter that NFKC leaves alone, 0 for any other. Covers
 * what German, French or Russian words are made of without a table lookup. */
static uint32_t lower_simple(uint32_t cp)
{
    if (cp >= 0xDF && cp <= 0xFF) {
        return cp == 0xF7 ? 0 : cp;
    }
    if (cp >= 0xC0 && cp <= 0xDE) {
        return cp == 0xD7 ? 0 : cp + 0x20;
    }
    if (cp >= 0x430 && cp <= 0x45F) {
        return cp;
    }
    if (cp >= 0x410 && cp <= 0x42F) {
        return cp + 0x20;
    }
    if (cp >= 0x400 && cp <= 0x40F) {
        return cp + 0x50;
    }
    return cp == 0x2019 ? '\'' : 0;
}

/* Folds a word of simple letters; false when it has any other. */
static bool fold_simple(const char *word, size_t n, char *out, size_t *len)
{
    size_t used = 0;
    for (size_t i = 0; i < n;) {
        if (used + TEXT_UTF8_MAX > TEXT_WORD_BYTES_MAX) {
            return false;
        }
        if ((unsigned char)word[i] < 0x80) {
            out[used++] = lower_ascii(word[i++]);
            continue;
        }
        uint32_t cp;
        i += text_utf8_next(word + i, n - i, &cp);
        cp = lower_simple(cp);
        if (!cp) {
            return false;
        }
        used += text_utf8_put(cp, out + used);
    }
    *len = used;
    return true;
}

/* Copies what fits, whole code points, without the invisible ones. */
static size_t copy_visible(const uint8_t *s, size_t n, char *out, size_t cap)
{
    size_t used = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t len = text_utf8_next((const char *)s + i, n - i, &cp);
        if (cp == 0x2019 || cp == 0x02BC) {
            cp = '\'';
        }
        char bytes[TEXT_UTF8_MAX];
        size_t put = text_utf8_put(cp, bytes);
        if (used + put > cap) {
            break;
        }
        if (cp < 0x80 || !uc_is_property_default_ignorable_code_point(cp)) {
            memcpy(out + used, bytes, put);
            used += put;
        }
        i += len;
    }
    return used;
}

/* Results stay in the caller's buffer unless they outgrow it. */
static void free_if_grown(uint8_t *result, const uint8_t *buffer)
{
    if (result != buffer) {
        free(result);
    }
}

int text_fold_character(const char *s, size_t n, char *out, size_t cap, size_t *len)
{
    uint8_t buffer[WORK_BYTES];
    size_t got = sizeof(buffer);
    size_t cut = text_utf8_cut(s, n, INPUT_BYTES_MAX);
    uint8_t *composed = u8_normalize(UNINORM_NFKC, (const uint8_t *)s, cut, buffer, &got);
    if (!composed) {
        return RAGD_E_NOMEM;
    }
    *len = copy_visible(composed, got, out, cap);
    free_if_grown(composed, buffer);
    return 0;
}

/* NFKC, lower case, NFKC again: lower case can undo a composition. */
static int fold_any(const char *word, size_t n, char *out, size_t *len)
{
    uint8_t first[WORK_BYTES], second[WORK_BYTES];
    size_t got = sizeof(first), low = sizeof(second);
    size_t cut = text_utf8_cut(word, n, INPUT_BYTES_MAX);
    uint8_t *composed = u8_normalize(UNINORM_NFKC, (const uint8_t *)word, cut, first, &got);
    if (!composed) {
        return RAGD_E_NOMEM;
    }
    uint8_t *lowered = u8_tolower(composed, got, NULL, UNINORM_NFKC, second, &low);
    free_if_grown(composed, first);
    if (!lowered) {
        return RAGD_E_NOMEM;
    }
    *len = copy_visible(lowered, low, out, TEXT_WORD_BYTES_MAX);
    free_if_grown(lowered, second);
    return 0;
}

int text_fold(const char *word, size_t n, char out[TEXT_WORD_BYTES_MAX], size_t *len)
{
    return fold_simple(word, n, out, len) ? 0 : fold_any(word, n, out, len);
}

size_t text_fold_possessive(const char *word, size_t n)
{
    return n > 2 && word[n - 1] == 's' && word[n - 2] == '\'' ? n - 2 : n;
}

/* French, Italian and Catalan: articles, prepositions and pronouns that lose their
 * vowel before another (the lists of Lucene's analysers of these languages). */
static const char *const elided[] = {"l",      "d",    "m",    "t",     "s",      "n",
                                     "c",      "j",    "qu",   "jusqu", "lorsqu", "puisqu",
                                     "quoiqu", "un",   "v",    "all",   "dall",   "dell",
                                     "nell",   "sull", "coll", "pell",  "gl",     "agl",
                                     "dagl",   "degl", "negl", "sugl"};

static bool is_elided(const char *word, size_t n)
{
    for (size_t i = 0; i < sizeof(elided) / sizeof(elided[0]); i++) {
        if (strlen(elided[i]) == n && memcmp(elided[i], word, n) == 0) {
            return true;
        }
    }
    return false;
}

size_t text_fold_elision(const char *word, size_t n)
{
    const char *mark = memchr(word, '\'', n);
    if (!mark || mark + 1 == word + n || !is_elided(word, (size_t)(mark - word))) {
        return 0;
    }
    unsigned char next = (unsigned char)mark[1];
    bool opens = next >= 0x80 || memchr("aeiouhy", next, 7);
    return opens ? (size_t)(mark - word) + 1 : 0;
}
