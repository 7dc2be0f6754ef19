/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "weigh.h"

#include <math.h>
#include <string.h>

#include "sdk/text/hash.h"

/* What a word counts that the answer already has. */
static const double COVERED_PART = 0.2;

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

static void add_form(struct weigh *w, struct ragd_str text, uint32_t word)
{
    size_t slot = slot_of(w, text.p, text.n);
    if (!w->slots[slot] && w->n_forms < WEIGH_FORMS_MAX) {
        w->forms[w->n_forms++] = (struct weigh_form){text, word};
        w->slots[slot] = (uint16_t)w->n_forms;
    }
}

int weigh_find(const struct weigh *w, const char *text, size_t n)
{
    uint16_t form = w->slots[slot_of(w, text, n)];
    return form ? (int)w->forms[form - 1].word : -1;
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
            add_form(w, term->word, (uint32_t)word);
        }
        if (word >= 0 && (w->mass[word] <= 0 || term->weight < w->mass[word])) {
            w->mass[word] = term->weight;
        }
        heaviest = fmax(heaviest, term->weight);
    }
    /* A word without weight is unknown to the store, so at least as rare. */
    for (size_t i = 0; i < w->n_words; i++) {
        w->mass[i] = w->mass[i] > 0 ? w->mass[i] : heaviest;
        w->total += w->mass[i];
    }
}

int weigh_init(struct weigh *w, struct text_analyser *an, struct ragd_str question,
               const struct ragd_llm_req *req)
{
    int rc = text_question_init(&w->question, an, TEXT_LANG_AUTO, question);
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < w->question.n_terms; i++) {
        const struct text_term *term = &w->question.terms[i];
        add_form(w, (struct ragd_str){term->text, term->len}, term->word);
    }
    w->n_words = w->question.n_words;
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
    w->total = 0;
    for (size_t i = 0; i < w->n_words; i++) {
        double with = counts[i], without = (double)n_sentences - with;
        w->mass[i] = log(1 + (without + 0.5) / (with + 0.5));
        w->total += w->mass[i];
    }
}

double weigh_sum(const struct weigh *w, const struct weigh_set *set,
                 const struct weigh_set *covered)
{
    double mass = 0;
    for (size_t i = 0; i < w->n_words; i++) {
        uint64_t bit = UINT64_C(1) << i % 64;
        if (set->bits[i / 64] & bit) {
            mass += covered->bits[i / 64] & bit ? COVERED_PART * w->mass[i] : w->mass[i];
        }
    }
    return mass;
}
