/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/detect.h"

#include <string.h>

/* Words longer than this carry no grammar in either language. */
enum { FUNCTION_WORD_BYTES_MAX = 16 };

struct votes {
    unsigned words, english, german, french, foreign;
};

static int is_word_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'' || c >= 0x80;
}

/* Bytes of the word at s in lower case; ASCII only, and capital umlauts. */
static void lower(const char *s, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        int capital = (c >= 'A' && c <= 'Z') ||
                      (i > 0 && (unsigned char)s[i - 1] == 0xC3 && c >= 0x80 && c <= 0x9E);
        out[i] = (char)(capital ? c | 0x20 : c);
    }
}

/* The second byte in UTF-8, behind C3, of à â ç è ê ë î ï ô ù û: French, though not
 * French alone. */
static int is_french(unsigned char tail)
{
    static const unsigned char tails[] = {0xA0, 0xA2, 0xA7, 0xA8, 0xAA, 0xAB,
                                          0xAE, 0xAF, 0xB4, 0xB9, 0xBB};
    return memchr(tails, tail, sizeof(tails)) != NULL;
}

/* Letters beyond ASCII in the word. In UTF-8 ä ö ü ß are C3 A4, B6, BC, 9F (the
 * lower case); é is at home everywhere; the rest of C3 to C5 (Latin-1 and Latin
 * Extended-A) is in neither English nor German. */
static void vote_by_letters(const char *word, size_t n, struct votes *votes)
{
    for (size_t i = 0; i + 1 < n; i++) {
        unsigned char lead = (unsigned char)word[i], tail = (unsigned char)word[i + 1];
        if (lead < 0xC3 || lead > 0xC5) {
            continue;
        }
        if (lead == 0xC3 &&
            (tail == 0xA4 || tail == 0xB6 || tail == 0xBC || tail == 0x9F)) {
            votes->german++;
            return;
        }
        if (lead != 0xC3 || tail != 0xA9) {
            votes->foreign++;
            votes->french += lead == 0xC3 && is_french(tail);
            return;
        }
    }
}

static void vote(const struct text_lexicon *lex, const char *word, size_t n,
                 struct votes *votes)
{
    char folded[FUNCTION_WORD_BYTES_MAX];
    if (n > sizeof(folded)) {
        return;
    }
    lower(word, n, folded);
    unsigned found = text_lexicon_find(lex, folded, n);
    int english = (found & TEXT_LEX_EN) != 0;
    int german = (found & TEXT_LEX_DE) != 0;
    int french = (found & TEXT_LEX_FR) != 0;
    int foreign = (found & TEXT_LEX_FOREIGN) != 0;
    votes->english += english && !german && !french && !foreign;
    votes->german += german && !english && !french;
    votes->french += french && !english && !german;
    votes->foreign += foreign && !english;
    if (!found) {
        vote_by_letters(folded, n, votes);
    }
}

/* Whether a leads all of b, c and d. */
static int leads(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return a > b && a > c && a > d;
}

/* Letters and words that French shares with its neighbours count for both, so a
 * French text is one that has some of its own besides. */
static enum text_language winner(const struct votes *v)
{
    unsigned romance = v->french > v->foreign ? v->french : v->foreign;
    if (leads(v->english, v->german, romance, 0)) {
        return TEXT_LANG_EN;
    }
    if (leads(v->german, v->english, romance, 0)) {
        return TEXT_LANG_DE;
    }
    return leads(v->french, v->english, v->german, v->foreign) ? TEXT_LANG_FR
                                                               : TEXT_LANG_AUTO;
}

enum text_language text_detect_language(const struct text_lexicon *lex,
                                        struct ragd_str text)
{
    struct votes votes = {0};
    size_t end = text.n < TEXT_DETECT_BYTES_MAX ? text.n : TEXT_DETECT_BYTES_MAX;
    for (size_t i = 0; i < end && votes.words < TEXT_DETECT_WORDS_MAX;) {
        size_t start = i;
        while (i < end && is_word_byte((unsigned char)text.p[i])) {
            i++;
        }
        if (i > start) {
            vote(lex, text.p + start, i - start, &votes);
            votes.words++;
        }
        i += i < end;
    }
    return winner(&votes);
}
