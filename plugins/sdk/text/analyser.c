/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * One pass over the text. A word of ASCII is found and lowered with a table; as
 * soon as something beyond ASCII touches it, the piece up to the next sure break
 * goes through libunistring. Runs without blanks never reach either. The two
 * ways agree: a test compares them on random texts.
 */
#include "sdk/text/analyser.h"

#include <ragd/status.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uniwbrk.h>

#include "sdk/text/detect.h"
#include "sdk/text/fold.h"
#include "sdk/text/lexicon.h"
#include "sdk/text/run.h"
#include "sdk/text/stem.h"
#include "sdk/text/utf8.h"

struct text_analyser {
    struct text_lexicon *lex;
    struct text_stemmer *stemmer;
    char breaks[TEXT_PIECE_BYTES_MAX]; /* of one piece, by libunistring */
};

/* One analysis. */
struct walk {
    struct text_analyser *an;
    const char *text;
    size_t n, pos;
    enum text_language lang;
    text_token_fn *on_token;
    void *user;
};

/* Word_Break classes of ASCII. The colon breaks, as in CLDR: outside Swedish and
 * Finnish it does not join letters. */
enum byte_class {
    BYTE_BREAK,
    BYTE_LETTER,
    BYTE_DIGIT,
    BYTE_JOIN,    /* _ */
    BYTE_MID,     /* . ' between letters or between digits */
    BYTE_MID_NUM, /* , ; between digits */
    BYTE_QUOTE,   /* " between Hebrew letters */
    BYTE_HIGH,    /* not ASCII */
};

static const uint8_t classes[256] = {
    ['a' ... 'z'] = BYTE_LETTER,
    ['A' ... 'Z'] = BYTE_LETTER,
    ['0' ... '9'] = BYTE_DIGIT,
    ['_'] = BYTE_JOIN,
    ['.'] = BYTE_MID,
    ['\''] = BYTE_MID,
    [','] = BYTE_MID_NUM,
    [';'] = BYTE_MID_NUM,
    ['"'] = BYTE_QUOTE,
    [0x80 ... 0xFF] = BYTE_HIGH,
};

static enum byte_class class_at(const struct walk *w, size_t i)
{
    return (enum byte_class)classes[(unsigned char)w->text[i]];
}

/* Punctuation that no word goes through, to keep quoted or dashed ASCII words off
 * the slow way. Incomplete is fine: the slow way knows the rest. */
static bool is_sure_break(uint32_t cp)
{
    return cp == TEXT_UTF8_BAD || cp == 0xA0 || cp == 0xAB || cp == 0xBB ||
           (cp >= 0x2010 && cp <= 0x2017) || (cp >= 0x201A && cp <= 0x2023) ||
           cp == 0x2025 || cp == 0x2026 || (cp >= 0x3000 && cp <= 0x3004) ||
           (cp >= 0x3008 && cp <= 0x3020) || (cp >= 0xFF01 && cp <= 0xFF06) ||
           cp == 0xFF08 || cp == 0xFF09 || cp == 0xFF1F;
}

/* Whether the code point at i surely starts something else than a word's rest. */
static bool breaks_at(const struct walk *w, size_t i)
{
    uint32_t cp;
    text_utf8_next(w->text + i, w->n - i, &cp);
    return is_sure_break(cp) || text_run_of(cp) != TEXT_RUN_NONE;
}

static int emit(struct walk *w, const struct text_token *token)
{
    return w->on_token(w->user, token);
}

/* Stems and emits a folded word, without an article that was drawn to it. */
static int emit_word(struct walk *w, const char *word, size_t len, struct text_token *token)
{
    size_t skip = text_fold_elision(word, text_fold_possessive(word, len));
    word += skip;
    len -= skip;
    uint32_t first;
    text_utf8_next(word, len, &first);
    enum text_language lang = text_language_of_word(w->lang, first);
    bool dotted = memchr(word, '.', len) != NULL; /* u.s, example.com, 3.14 */
    if (dotted || token->flags & TEXT_TOKEN_NUMBER || lang == TEXT_LANG_AUTO) {
        token->text = word;
        token->len = (uint32_t)len;
        return emit(w, token);
    }
    struct text_stem stem;
    int rc = text_stem(w->an->stemmer, lang, word, text_fold_possessive(word, len), &stem);
    if (rc) {
        return rc;
    }
    token->text = stem.text;
    token->len = stem.len;
    token->flags |= stem.flags;
    return emit(w, token);
}

/* --- ASCII --------------------------------------------------------------------- */

/* Whether the middle byte at i joins its neighbours into one word. */
static bool joins(const struct walk *w, size_t i)
{
    enum byte_class before = class_at(w, i - 1), after = class_at(w, i + 1);
    bool digits = before == BYTE_DIGIT && after == BYTE_DIGIT;
    bool letters = before == BYTE_LETTER && after == BYTE_LETTER;
    return digits || (letters && class_at(w, i) == BYTE_MID);
}

/* End of the ASCII word at pos. *wide: something beyond ASCII may belong to it. */
static size_t ascii_end(const struct walk *w, bool *wide)
{
    size_t i = w->pos;
    size_t end = w->n - i > TEXT_PIECE_BYTES_MAX ? i + TEXT_PIECE_BYTES_MAX : w->n;
    *wide = false;
    for (; i < end; i++) {
        switch (class_at(w, i)) {
        case BYTE_LETTER:
        case BYTE_DIGIT:
        case BYTE_JOIN: continue;
        case BYTE_HIGH: *wide = !breaks_at(w, i); return i;
        case BYTE_MID:
        case BYTE_MID_NUM: break;
        default: return i;
        }
        if (i + 1 >= end) {
            return i;
        }
        if (class_at(w, i + 1) == BYTE_HIGH) {
            *wide = !breaks_at(w, i + 1);
            return i;
        }
        if (!joins(w, i)) {
            return i;
        }
    }
    return i;
}

/* Drops the underscores around _emphasis_ and __init__; false: nothing is left. */
static bool trim(const char *text, size_t *start, size_t *end)
{
    while (*start < *end && text[*start] == '_') {
        ++*start;
    }
    while (*end > *start && text[*end - 1] == '_') {
        --*end;
    }
    return *start < *end;
}

static int emit_ascii(struct walk *w, size_t start, size_t end)
{
    if (!trim(w->text, &start, &end)) {
        return 0;
    }
    char word[TEXT_WORD_BYTES_MAX];
    size_t len = end - start > sizeof(word) ? sizeof(word) : end - start;
    bool letters = false;
    for (size_t i = 0; i < len; i++) {
        char c = w->text[start + i];
        bool capital = c >= 'A' && c <= 'Z';
        word[i] = (char)(capital ? c | 0x20 : c);
        letters |= word[i] >= 'a';
    }
    struct text_token token = {.flags = letters ? 0 : TEXT_TOKEN_NUMBER,
                               .start = start,
                               .end = end};
    return emit_word(w, word, len, &token);
}

/* --- Beyond ASCII -------------------------------------------------------------- */

/* Makes of a segment between two word breaks: 0 for punctuation. */
enum { HAS_LETTER = 1, HAS_DIGIT = 2, HAS_SYMBOL = 4 };

static unsigned kind_of(uint32_t cp)
{
    if (cp < 0x80) {
        enum byte_class c = (enum byte_class)classes[cp];
        return c == BYTE_LETTER ? HAS_LETTER : c == BYTE_DIGIT ? HAS_DIGIT : 0;
    }
    if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nl)) {
        return HAS_LETTER;
    }
    if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Nd)) {
        return HAS_DIGIT;
    }
    bool pictograph = (cp >= 0x2600 && cp <= 0x27BF) || cp >= 0x1F000;
    return pictograph && uc_is_property_extended_pictographic(cp) ? HAS_SYMBOL : 0;
}

static unsigned segment_kind(const char *s, size_t n)
{
    unsigned kind = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += text_utf8_next(s + i, n - i, &cp);
        kind |= kind_of(cp);
    }
    return kind;
}

static int emit_segment(struct walk *w, size_t start, size_t end)
{
    unsigned kind = segment_kind(w->text + start, end - start);
    if (!kind || !trim(w->text, &start, &end)) {
        return 0;
    }
    struct text_token token = {.start = start, .end = end};
    char word[TEXT_WORD_BYTES_MAX];
    size_t len;
    int rc = text_fold(w->text + start, end - start, word, &len);
    if (rc || len == 0) {
        return rc;
    }
    if (!(kind & HAS_LETTER)) {
        token.flags = kind & HAS_DIGIT ? TEXT_TOKEN_NUMBER : TEXT_TOKEN_SYMBOL;
    }
    return emit_word(w, word, len, &token);
}

/* End of the piece at pos: up to a byte or code point that surely breaks. */
static size_t piece_end(const struct walk *w)
{
    size_t i = w->pos;
    while (i < w->n) {
        size_t len = 1;
        enum byte_class c = class_at(w, i);
        if (c == BYTE_BREAK) {
            break;
        }
        if (c == BYTE_HIGH) {
            uint32_t cp;
            len = text_utf8_next(w->text + i, w->n - i, &cp);
            if (is_sure_break(cp) || text_run_of(cp) != TEXT_RUN_NONE) {
                break;
            }
        }
        if (i + len - w->pos > TEXT_PIECE_BYTES_MAX) {
            break;
        }
        i += len;
    }
    return i;
}

static int scan_piece(struct walk *w)
{
    size_t from = w->pos, end = piece_end(w);
    u8_wordbreaks((const uint8_t *)w->text + from, end - from, w->an->breaks);
    w->pos = end;
    size_t start = from;
    for (size_t i = from + 1; i <= end; i++) {
        if (i < end && !w->an->breaks[i - from]) {
            continue;
        }
        int rc = emit_segment(w, start, i);
        if (rc) {
            return rc;
        }
        start = i;
    }
    return 0;
}

/* --- The whole text ------------------------------------------------------------ */

static int scan_high(struct walk *w)
{
    uint32_t cp;
    size_t len = text_utf8_next(w->text + w->pos, w->n - w->pos, &cp);
    enum text_run run = text_run_of(cp);
    if (is_sure_break(cp)) {
        w->pos += len;
        return 0;
    }
    if (run == TEXT_RUN_NONE) {
        return scan_piece(w);
    }
    struct ragd_str text = {w->text, w->n};
    return text_run_scan(w->an->lex, text, &w->pos, w->on_token, w->user);
}

static int scan_ascii(struct walk *w)
{
    bool wide;
    size_t start = w->pos, end = ascii_end(w, &wide);
    if (wide) {
        return scan_piece(w);
    }
    w->pos = end;
    return emit_ascii(w, start, end);
}

static int scan(struct walk *w)
{
    int rc = 0;
    while (w->pos < w->n && rc == 0) {
        switch (class_at(w, w->pos)) {
        case BYTE_LETTER:
        case BYTE_DIGIT:
        case BYTE_JOIN: rc = scan_ascii(w); break;
        case BYTE_HIGH: rc = scan_high(w); break;
        default: w->pos++; break;
        }
    }
    return rc;
}

const char *text_analyser_version(void)
{
    return "text/3";
}

struct text_analyser *text_analyser_create(void)
{
    struct text_analyser *an = calloc(1, sizeof(*an));
    if (!an) {
        return NULL;
    }
    an->lex = text_lexicon_create();
    an->stemmer = an->lex ? text_stemmer_create(an->lex) : NULL;
    if (!an->stemmer) {
        text_analyser_destroy(an);
        return NULL;
    }
    return an;
}

void text_analyser_destroy(struct text_analyser *an)
{
    if (an) {
        text_stemmer_destroy(an->stemmer);
        text_lexicon_destroy(an->lex);
        free(an);
    }
}

enum text_language text_detect(const struct text_analyser *an, struct ragd_str text)
{
    return text_detect_language(an->lex, text);
}

int text_analyse(struct text_analyser *an, enum text_language lang, struct ragd_str text,
                 text_token_fn *on_token, void *user)
{
    struct walk w = {.an = an,
                     .text = text.p,
                     .n = text.n,
                     .on_token = on_token,
                     .user = user};
    w.lang = lang == TEXT_LANG_AUTO ? text_detect(an, text) : lang;
    if (w.lang == TEXT_LANG_AUTO) {
        w.lang = TEXT_LANG_EN;
    }
    return scan(&w);
}
