/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/question.h"

#include <ragd/status.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/text/asking.h"
#include "sdk/text/hash.h"

enum {
    /* Distinct words kept while reading: stop words too, since they are needed
     * when nothing else is there; then room for two further stems of each. */
    WORK_TERMS_MAX = 3 * TEXT_QUESTION_WORDS_MAX,
    SET_SLOTS = 8 * TEXT_QUESTION_WORDS_MAX, /* a power of two over twice the terms */
    POOL_BYTES = WORK_TERMS_MAX * TEXT_WORD_BYTES_MAX,
};

/* Everything at its largest, on the heap while the question is read. */
struct work {
    struct text_term terms[WORK_TERMS_MAX];
    size_t n_terms, n_pool;
    size_t n_first; /* terms of the first reading */
    size_t next;    /* a further reading: the first term not behind */
    struct ragd_str question;
    enum text_asking asking;
    uint16_t set[SET_SLOTS]; /* index into terms + 1, 0 = free */
    char pool[POOL_BYTES];
};

/* The set's slot of the token's text: taken when it was seen before. */
static uint16_t *slot_of(struct work *work, const struct text_token *token)
{
    size_t i = text_hash(token->text, token->len) % SET_SLOTS;
    while (work->set[i]) {
        const struct text_term *term = &work->terms[work->set[i] - 1];
        if (term->len == token->len && memcmp(term->text, token->text, token->len) == 0) {
            break;
        }
        i = (i + 1) % SET_SLOTS;
    }
    return &work->set[i];
}

/* Adds the token's text when it is new. */
static void add(struct work *work, const struct text_token *token, uint32_t word,
                bool variant)
{
    uint16_t *slot = slot_of(work, token);
    if (*slot || work->n_terms == WORK_TERMS_MAX ||
        token->len > POOL_BYTES - work->n_pool) {
        return;
    }
    char *text = work->pool + work->n_pool;
    memcpy(text, token->text, token->len);
    work->n_pool += token->len;
    work->terms[work->n_terms++] = (struct text_term){.text = text,
                                                      .len = token->len,
                                                      .flags = token->flags,
                                                      .word = word,
                                                      .variant = variant,
                                                      .start = token->start,
                                                      .end = token->end};
    *slot = (uint16_t)work->n_terms;
}

/* A pair of characters may be content in one place and part of what asks in another. */
static int on_first(void *user, const struct text_token *token)
{
    struct work *work = user;
    struct text_token marked = *token;
    if (text_asking_covers(work->asking, work->question, token->start, token->end)) {
        marked.flags |= TEXT_TOKEN_QUESTION;
    }
    uint16_t slot = *slot_of(work, token);
    if (slot && !(marked.flags & TEXT_TOKEN_QUESTION)) {
        work->terms[slot - 1].flags &= ~(uint32_t)TEXT_TOKEN_QUESTION;
    }
    add(work, &marked, 0, false);
    return 0;
}

/* A further reading meets the same words in the same order: a token belongs to
 * the term that starts where it does, and to none when that one was dropped. */
static int on_further(void *user, const struct text_token *token)
{
    struct work *work = user;
    while (work->next < work->n_first && work->terms[work->next].start < token->start) {
        work->next++;
    }
    if (work->next < work->n_first && work->terms[work->next].start == token->start) {
        add(work, token, work->terms[work->next].word, true);
    }
    return 0;
}

static bool is_content(const struct text_term *term)
{
    return !(term->flags & (TEXT_TOKEN_STOP | TEXT_TOKEN_QUESTION));
}

/* Drops stop and question words unless all are, numbers the others. The set may
 * point at moved terms afterwards, so it is built anew. */
static void keep_content(struct work *work)
{
    size_t kept = 0;
    bool any = false;
    for (size_t i = 0; i < work->n_terms; i++) {
        any |= is_content(&work->terms[i]);
    }
    memset(work->set, 0, sizeof(work->set));
    for (size_t i = 0; i < work->n_terms && kept < TEXT_QUESTION_WORDS_MAX; i++) {
        if (any && !is_content(&work->terms[i])) {
            continue;
        }
        struct text_term *term = &work->terms[kept];
        *term = work->terms[i];
        term->word = (uint32_t)kept++;
        struct text_token token = {.text = term->text, .len = term->len};
        *slot_of(work, &token) = (uint16_t)kept;
    }
    work->n_terms = work->n_first = kept;
}

/* Copies the terms, and their texts behind them, to memory of the right size. */
static int hand_over(const struct work *work, struct text_question *out)
{
    size_t n = work->n_terms;
    struct text_term *terms = malloc((n ? n : 1) * sizeof(*terms));
    char *pool = malloc(work->n_pool ? work->n_pool : 1);
    if (!terms || !pool) {
        free(terms);
        free(pool);
        return RAGD_E_NOMEM;
    }
    memcpy(pool, work->pool, work->n_pool);
    for (size_t i = 0; i < n; i++) {
        terms[i] = work->terms[i];
        terms[i].text = pool + (terms[i].text - work->pool);
    }
    *out = (struct text_question){.terms = terms,
                                  .n_terms = n,
                                  .n_words = (uint32_t)work->n_first,
                                  .pool = pool};
    return 0;
}

/* Reads the question again for its stems in a further language. */
static int read_again(struct work *work, struct text_analyser *an, enum text_language lang,
                      struct ragd_str text)
{
    work->next = 0;
    return text_analyse(an, lang, text, on_further, work);
}

/* Reads the question in one language, then in those its texts may be stemmed in
 * as well (see question.h). */
static int read_question(struct work *work, struct text_analyser *an,
                         enum text_language lang, struct ragd_str text)
{
    enum text_language found = lang == TEXT_LANG_AUTO ? text_detect(an, text) : lang;
    bool unknown = found == TEXT_LANG_AUTO;
    int rc = text_analyse(an, unknown ? TEXT_LANG_EN : found, text, on_first, work);
    if (rc) {
        return rc;
    }
    keep_content(work);
    if (unknown) {
        rc = read_again(work, an, TEXT_LANG_DE, text);
        return rc ? rc : read_again(work, an, TEXT_LANG_FR, text);
    }
    bool named = lang != TEXT_LANG_AUTO || found == TEXT_LANG_EN;
    return named ? 0 : read_again(work, an, TEXT_LANG_EN, text);
}

int text_question_init(struct text_question *out, struct text_analyser *an,
                       enum text_language lang, struct ragd_str text)
{
    *out = (struct text_question){0};
    struct work *work = malloc(sizeof(*work));
    if (!work) {
        return RAGD_E_NOMEM;
    }
    work->n_terms = work->n_pool = work->n_first = work->next = 0;
    work->question = text;
    work->asking = text_asking_of(text);
    memset(work->set, 0, sizeof(work->set));
    int rc = read_question(work, an, lang, text);
    if (rc == 0) {
        rc = hand_over(work, out);
    }
    free(work);
    return rc;
}

void text_question_release(struct text_question *q)
{
    free(q->terms);
    free(q->pool);
    *q = (struct text_question){0};
}
