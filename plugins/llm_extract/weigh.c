/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "weigh.h"

#include <math.h>
#include <string.h>

#include "phrase.h"
#include "sdk/text/hash.h"
#include "sdk/text/run.h"
#include "sdk/text/utf8.h"

/* What a word counts that the answer already has, and a pair of hiragana. */
static const double COVERED_PART = 0.2, HIRAGANA_PART = 0.25;

/* Shorter ends are shared by words that have nothing to do with each other. */
enum { RELATED_BYTES_MIN = 5 };

/* The slot of a form: taken, or the free one where it belongs. */
static size_t slot_of(const struct weigh *w, const char *text, size_t n)
{
    size_t i = text_hash(text, n) % WEIGH_SLOTS;
    while (w->slots[i]) {
        struct ragd_str form = w->forms[w->slots[i] - 1].text;
        if (form.n == n && memcmp(form.p, text, n) == 0) {
            break;
        }
        i = (i + 1) % WEIGH_SLOTS;
    }
    return i;
}

static void add_form(struct weigh *w, struct ragd_str text, uint32_t word, bool open)
{
    size_t slot = slot_of(w, text.p, text.n);
    if (!w->slots[slot] && w->n_forms < WEIGH_FORMS_MAX) {
        w->forms[w->n_forms++] = (struct weigh_form){text, word, open};
        w->slots[slot] = (uint16_t)w->n_forms;
    }
}

int weigh_find(const struct weigh *w, const char *text, size_t n)
{
    uint16_t form = w->slots[slot_of(w, text, n)];
    return form ? (int)w->forms[form - 1].word : -1;
}

int weigh_find_related(const struct weigh *w, const char *text, size_t n)
{
    for (size_t i = 0; n >= RELATED_BYTES_MIN && i < w->n_forms; i++) {
        const struct weigh_form *form = &w->forms[i];
        size_t both = form->text.n < n ? form->text.n : n;
        if (form->open &&
            memcmp(form->text.p + form->text.n - both, text + n - both, both) == 0) {
            return (int)form->word;
        }
    }
    return -1;
}

static bool is_usable(const struct ragd_llm_term *term)
{
    return isfinite(term->weight) && term->weight > 0 && term->word.n > 0;
}

/* Whether the request's words are ours: another analyser's would never be found
 * in a sentence. */
static bool fits(const struct weigh *w, const struct ragd_llm_req *req)
{
    for (size_t i = 0; i < req->n_terms; i++) {
        const struct ragd_llm_term *term = &req->terms[i];
        if (is_usable(term) && weigh_find(w, term->word.p, term->word.n) >= 0) {
            return true;
        }
    }
    return false;
}

/* The weights of the request. A word that the store put in the place of one it
 * does not know is a word of its own. */
static void take_weights(struct weigh *w, const struct ragd_llm_req *req)
{
    double heaviest = 0;
    for (size_t i = 0; i < req->n_terms; i++) {
        const struct ragd_llm_term *term = &req->terms[i];
        if (!is_usable(term)) {
            continue;
        }
        int word = weigh_find(w, term->word.p, term->word.n);
        if (word < 0 && w->n_words < WEIGH_WORDS_MAX) {
            word = (int)w->n_words++;
            add_form(w, term->word, (uint32_t)word, false);
        }
        if (word >= 0 && (w->idf[word] <= 0 || term->weight < w->idf[word])) {
            w->idf[word] = term->weight;
        }
        heaviest = fmax(heaviest, term->weight);
    }
    /* A word without weight is unknown to the store, so at least as rare. */
    for (size_t i = 0; i < w->n_words; i++) {
        w->idf[i] = w->idf[i] > 0 ? w->idf[i] : heaviest;
    }
}

static bool is_hiragana(const struct text_term *term)
{
    bool all = term->len > 0;
    for (size_t i = 0; i < term->len && all;) {
        uint32_t cp;
        i += text_utf8_next(term->text + i, term->len - i, &cp);
        all = text_run_of(cp) == TEXT_RUN_HIRAGANA;
    }
    return all;
}

int weigh_asks(struct ragd_str pair)
{
    static const char what[] = "何";
    size_t n = sizeof(what) - 1;
    if (pair.n != 2 * n) {
        return 0;
    }
    return memcmp(pair.p, what, n) == 0 ? 1 : 2 * (memcmp(pair.p + n, what, n) == 0);
}

/* Words in small letters: of a noun in German, or a name, another beginning makes
 * another thing. */
static bool is_open(const struct text_term *term, struct ragd_str question)
{
    char first = question.p[term->start];
    return term->len >= RELATED_BYTES_MIN && first >= 'a' && first <= 'z' &&
           !(term->flags & TEXT_TOKEN_BIGRAM);
}

static void add_verb(struct weigh *w, struct ragd_str stem, uint32_t word)
{
    for (const char *at = phrase_verb(stem); at && *at;) {
        size_t n = strcspn(at, " ");
        add_form(w, (struct ragd_str){at, n}, word, false);
        at += n + (at[n] != 0);
    }
}

static void take_terms(struct weigh *w, struct ragd_str question)
{
    for (size_t i = 0; i < WEIGH_WORDS_MAX; i++) {
        w->part[i] = 1;
    }
    for (size_t i = 0; i < w->question.n_terms; i++) {
        const struct text_term *term = &w->question.terms[i];
        struct ragd_str form = {term->text, term->len};
        int asks = weigh_asks(form);
        add_form(w, form, term->word, is_open(term, question));
        add_verb(w, form, term->word);
        if (asks) {
            form.n /= 2;
            add_form(w, (struct ragd_str){form.p + (asks == 1 ? form.n : 0), form.n},
                     term->word, false);
        }
        w->asks |= !(term->flags &
                     (TEXT_TOKEN_STOP | TEXT_TOKEN_QUESTION | TEXT_TOKEN_NUMBER));
        w->part[term->word] = is_hiragana(term) ? HIRAGANA_PART : 1;
    }
    w->n_words = w->question.n_words;
}

int weigh_init(struct weigh *w, struct text_analyser *an, struct ragd_str question,
               const struct ragd_llm_req *req)
{
    int rc = text_question_init(&w->question, an, TEXT_LANG_AUTO, question);
    if (rc) {
        return rc;
    }
    take_terms(w, question);
    w->counted = !fits(w, req);
    if (!w->counted) {
        take_weights(w, req);
    }
    return 0;
}

void weigh_release(struct weigh *w)
{
    text_question_release(&w->question);
}

void weigh_by_counts(struct weigh *w, const uint32_t *counts, size_t n_sentences)
{
    for (size_t i = 0; i < w->n_words; i++) {
        double with = counts[i], without = (double)n_sentences - with;
        w->idf[i] = log(1 + (without + 0.5) / (with + 0.5));
    }
}

bool weigh_has(const struct weigh_set *set, size_t word)
{
    return set->bits[word / 64] >> word % 64 & 1;
}

void weigh_settle(struct weigh *w, const struct weigh_set *held)
{
    double rarest = 0, known = 0;
    for (size_t i = 0; i < w->n_words; i++) {
        rarest = fmax(rarest, w->idf[i]);
        known = weigh_has(held, i) ? fmax(known, w->idf[i]) : known;
    }
    double once = fmin(fmax(rarest - log(3), rarest / 2), known > 0 ? known : rarest);
    w->total = 0;
    for (size_t i = 0; i < w->n_words; i++) {
        bool unknown = w->idf[i] >= rarest && !weigh_has(held, i);
        double idf = unknown ? once : w->idf[i];
        w->mass[i] = idf * w->part[i];
        w->total += w->mass[i];
    }
}

double weigh_sum(const struct weigh *w, const struct weigh_set *set,
                 const struct weigh_set *covered)
{
    double mass = 0;
    for (size_t i = 0; i < w->n_words; i++) {
        if (weigh_has(set, i)) {
            mass += weigh_has(covered, i) ? COVERED_PART * w->mass[i] : w->mass[i];
        }
    }
    return mass;
}
