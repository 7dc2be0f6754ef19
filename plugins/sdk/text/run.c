/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/run.h"

#include <ragd/status.h>
#include <stdbool.h>
#include <string.h>
#include <unictype.h>

#include "sdk/text/fold.h"
#include "sdk/text/utf8.h"

/* Letters and the marks between them, by block, without digits and punctuation.
 * Sorted. Compatibility forms are here too: NFKC maps them into the same run. */
static const struct {
    uint32_t first, last;
    enum text_run run;
} ranges[] = {
    {0x0E01, 0x0E3A, TEXT_RUN_THAI},       {0x0E40, 0x0E4E, TEXT_RUN_THAI},
    {0x0E81, 0x0ECE, TEXT_RUN_LAO},        {0x0EDC, 0x0EDF, TEXT_RUN_LAO},
    {0x1000, 0x103F, TEXT_RUN_MYANMAR},    {0x1050, 0x108F, TEXT_RUN_MYANMAR},
    {0x1100, 0x11FF, TEXT_RUN_HANGUL},     {0x1780, 0x17D3, TEXT_RUN_KHMER},
    {0x17DC, 0x17DD, TEXT_RUN_KHMER},      {0x2E80, 0x2FD5, TEXT_RUN_HAN},
    {0x3005, 0x3007, TEXT_RUN_HAN},        {0x3021, 0x3029, TEXT_RUN_HAN},
    {0x3038, 0x303B, TEXT_RUN_HAN},        {0x3041, 0x3096, TEXT_RUN_HIRAGANA},
    {0x309D, 0x309F, TEXT_RUN_HIRAGANA},   {0x30A1, 0x30FA, TEXT_RUN_KATAKANA},
    {0x30FC, 0x30FF, TEXT_RUN_KATAKANA},   {0x3131, 0x318E, TEXT_RUN_HANGUL},
    {0x31F0, 0x31FF, TEXT_RUN_KATAKANA},   {0x32D0, 0x32FE, TEXT_RUN_KATAKANA},
    {0x3300, 0x3357, TEXT_RUN_KATAKANA},   {0x3400, 0x4DBF, TEXT_RUN_HAN},
    {0x4E00, 0x9FFF, TEXT_RUN_HAN},        {0xA960, 0xA97C, TEXT_RUN_HANGUL},
    {0xAC00, 0xD7FB, TEXT_RUN_HANGUL},     {0xF900, 0xFAD9, TEXT_RUN_HAN},
    {0xFF66, 0xFF9D, TEXT_RUN_KATAKANA},   {0xFFA0, 0xFFDC, TEXT_RUN_HANGUL},
    {0x1B000, 0x1B11F, TEXT_RUN_HIRAGANA}, {0x20000, 0x323AF, TEXT_RUN_HAN},
};

enum {
    PROLONGED_SOUND_MARK = 0x30FC,
    CHARACTER_BYTES_MAX = 48, /* of one letter and its marks; more are dropped */
};

/* A letter with the marks on it, normalised. */
struct character {
    char text[CHARACTER_BYTES_MAX];
    size_t len; /* may be 0: only invisible code points */
    size_t start, end;
};

enum text_run text_run_of(uint32_t cp)
{
    size_t low = 0, high = sizeof(ranges) / sizeof(ranges[0]);
    if (cp < ranges[0].first) {
        return TEXT_RUN_NONE;
    }
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (cp > ranges[mid].last) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    bool inside = low < sizeof(ranges) / sizeof(ranges[0]) && cp >= ranges[low].first;
    return inside ? ranges[low].run : TEXT_RUN_NONE;
}

/* Letters that NFKC leaves alone and that stand on no other letter. */
static bool is_plain(uint32_t cp)
{
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3041 && cp <= 0x3096) ||
           (cp >= 0x30A1 && cp <= 0x30FE) || (cp >= 0x3400 && cp <= 0x4DBF) ||
           (cp >= 0xAC00 && cp <= 0xD7A3) || (cp >= 0x0E01 && cp <= 0x0E30) ||
           (cp >= 0x0E40 && cp <= 0x0E46);
}

/* What joins the letter before it: marks, half-width voicing, vowel and final
 * jamo, joiners and variation selectors. */
static bool is_extending(uint32_t cp)
{
    return cp != TEXT_UTF8_BAD && cp >= 0x0300 && !is_plain(cp) &&
           ((cp >= 0x1160 && cp <= 0x11FF) || (cp >= 0xD7B0 && cp <= 0xD7FB) ||
            cp == 0xFF9E || cp == 0xFF9F || cp == 0x200C || cp == 0x200D ||
            uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_M));
}

static bool continues(uint32_t cp, enum text_run run)
{
    return text_run_of(cp) == run ||
           (run == TEXT_RUN_HIRAGANA && cp == PROLONGED_SOUND_MARK);
}

/* The character at *pos when it belongs to a run of this kind; then *pos moves
 * behind it. 1: got one, 0: the run ends here. */
static int next_character(struct ragd_str text, size_t *pos, enum text_run run,
                          struct character *out)
{
    if (*pos >= text.n) {
        return 0;
    }
    uint32_t base, mark;
    size_t end = *pos + text_utf8_next(text.p + *pos, text.n - *pos, &base);
    if (base == TEXT_UTF8_BAD || !continues(base, run)) {
        return 0;
    }
    bool plain = is_plain(base);
    while (end < text.n) {
        size_t len = text_utf8_next(text.p + end, text.n - end, &mark);
        if (!is_extending(mark)) {
            break;
        }
        end += len;
        plain = false;
    }
    out->start = *pos;
    out->end = end;
    out->len = end - *pos;
    if (plain) {
        memcpy(out->text, text.p + *pos, out->len);
    } else if (text_fold_character(text.p + *pos, out->len, out->text, sizeof(out->text),
                                   &out->len)) {
        return RAGD_E_NOMEM;
    }
    *pos = end;
    return 1;
}

/* A word that waits until it is known what follows in its run. */
struct pair {
    char text[2 * CHARACTER_BYTES_MAX];
    struct text_token token;
    bool listed;       /* in the word tables */
    bool left_covered; /* its first kana is part of a stop word */
};

/* One run. Characters and pairs take turns in two places each. */
struct walk {
    const struct text_lexicon *lex;
    enum text_run run;
    text_token_fn *on_token;
    void *user;
    struct character chars[2];
    struct pair pairs[2];
    size_t n_chars, n_pairs;
};

static bool is_particle(const struct character *c)
{
    static const char particles[] = "はがをにのへとでもや";
    for (const char *p = particles; *p; p += 3) {
        if (c->len == 3 && memcmp(p, c->text, 3) == 0) {
            return true;
        }
    }
    return false;
}

/* The word of a and, unless NULL, b. */
static void make_word(const struct walk *w, const struct character *a,
                      const struct character *b, struct pair *out)
{
    size_t len = a->len + (b ? b->len : 0);
    memcpy(out->text, a->text, a->len);
    if (b) {
        memcpy(out->text + a->len, b->text, b->len);
    }
    unsigned flags = text_lexicon_flags(w->lex, TEXT_LANG_AUTO, out->text, len);
    out->listed = flags != 0;
    out->token = (struct text_token){.text = out->text,
                                     .len = (uint32_t)len,
                                     .flags = TEXT_TOKEN_BIGRAM | flags,
                                     .start = a->start,
                                     .end = b ? b->end : a->end};
}

static int emit(const struct walk *w, const struct pair *word)
{
    return word->token.len ? w->on_token(w->user, &word->token) : 0;
}

/* Makes the pair of the last two characters and emits the one before it. */
static int add_pair(struct walk *w)
{
    const struct character *a = &w->chars[w->n_chars % 2];
    const struct character *b = &w->chars[(w->n_chars + 1) % 2];
    struct pair *pair = &w->pairs[w->n_pairs % 2];
    struct pair *before = w->n_pairs ? &w->pairs[(w->n_pairs + 1) % 2] : NULL;
    make_word(w, a, b, pair);
    pair->left_covered = before ? before->listed : is_particle(a);
    w->n_pairs++;
    if (!before) {
        return 0;
    }
    if (w->run == TEXT_RUN_HIRAGANA && before->left_covered && pair->listed) {
        before->token.flags |= TEXT_TOKEN_STOP;
    }
    return emit(w, before);
}

/* Emits the last pair, or the only character. */
static int end_run(struct walk *w)
{
    if (w->n_pairs) {
        return emit(w, &w->pairs[(w->n_pairs + 1) % 2]);
    }
    make_word(w, &w->chars[0], NULL, &w->pairs[0]);
    if (w->run == TEXT_RUN_HIRAGANA) {
        w->pairs[0].token.flags |= TEXT_TOKEN_STOP;
    }
    return emit(w, &w->pairs[0]);
}

int text_run_scan(const struct text_lexicon *lex, struct ragd_str text, size_t *pos,
                  text_token_fn *on_token, void *user)
{
    uint32_t first;
    text_utf8_next(text.p + *pos, text.n - *pos, &first);
    struct walk w = {.lex = lex,
                     .run = text_run_of(first),
                     .on_token = on_token,
                     .user = user};
    int got, rc;
    while ((got = next_character(text, pos, w.run, &w.chars[w.n_chars % 2])) > 0) {
        w.n_chars++;
        rc = w.n_chars > 1 ? add_pair(&w) : 0;
        if (rc) {
            return rc;
        }
    }
    return got < 0 ? got : end_run(&w);
}
