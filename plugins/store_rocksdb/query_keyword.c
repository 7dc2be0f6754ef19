/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Keyword search: BM25 over all postings of the question's words.
 *
 * The document frequency of a word is the number of its live postings, so it is
 * exact after any changes and needs no counter. All postings of all words are
 * read, then scored one block of 512 insertion numbers at a time: streaming a
 * posting costs a nanosecond, skipping one costs more.
 */
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "postings.h"
#include "reading.h"
#include "sdk/store/bm25.h"

static int reserve(void **p, size_t *cap, size_t n, size_t size)
{
    if (n <= *cap) {
        return 0;
    }
    size_t grown = 2 * *cap > n ? 2 * *cap : n;
    void *q = realloc(*p, grown * size);
    if (!q) {
        return RAGD_E_NOMEM;
    }
    *p = q;
    *cap = grown;
    return 0;
}

static int add_block(struct posting_list *list, uint32_t number, struct ragd_bytes value)
{
    void *bytes = list->bytes, *blocks = list->blocks;
    int rc = reserve(&bytes, &list->cap_bytes, list->n_bytes + value.n, 1);
    list->bytes = bytes;
    rc = rc ? rc
            : reserve(&blocks, &list->cap_blocks, list->n_blocks + 1,
                      sizeof(*list->blocks));
    list->blocks = blocks;
    if (rc != 0) {
        return rc;
    }
    if (!postings_count(value, &list->df)) {
        return RAGD_E_CORRUPT;
    }
    memcpy(list->bytes + list->n_bytes, value.p, value.n);
    list->blocks[list->n_blocks++] = (struct posting_block){number, list->n_bytes, value.n};
    list->n_bytes += value.n;
    return 0;
}

static ragd_status read_list(struct posting_list *list, struct ragd_view *view,
                             struct ragd_call *call)
{
    struct ragd_coll *coll = view->coll;
    struct key from, to;
    struct cursor cursor;
    key_posting(&from, coll->number, list->word, 0);
    key_posting(&to, coll->number, list->word, UINT32_MAX);
    cursor_open(&cursor, &coll->store->db, CF_POSTINGS, view->snapshot->rocks, &from, &to);
    int rc = 0;
    for (; rc == 0 && cursor_valid(&cursor); cursor_next(&cursor)) {
        struct ragd_str word;
        uint32_t number;
        struct ragd_bytes value = cursor_value(&cursor);
        if (!key_read_posting(cursor_key(&cursor), &word, &number) ||
            word.n != list->word.n) {
            rc = RAGD_E_CORRUPT;
        } else if (value.n) {
            rc = add_block(list, number, value);
        }
    }
    ragd_status status = reading_status(call, rc, "postings");
    status = status == RAGD_OK ? cursor_status(&cursor, call) : status;
    cursor_close(&cursor);
    return status == RAGD_OK ? store_host->call_state(call) : status;
}

/* A word may have several stems; those that no record holds are not reported,
 * unless none is held: then the first stands for the word. */
static void choose_shown(struct question *q)
{
    for (size_t i = 0; i < q->n; i++) {
        uint32_t word = q->text.terms[i].word;
        bool held = false, first = true;
        for (size_t j = 0; j < q->n; j++) {
            if (q->text.terms[j].word == word) {
                held = held || q->lists[j].df > 0;
                first = first && j >= i;
            }
        }
        q->lists[i].shown = q->lists[i].df > 0 || (!held && first);
    }
}

static ragd_status read_lists(struct question *q, struct ragd_view *view,
                              struct ragd_call *call)
{
    q->lists = calloc(q->text.n_terms + 1, sizeof(*q->lists));
    if (!q->lists) {
        return db_no_memory(call);
    }
    q->n = q->text.n_terms;
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < q->n; i++) {
        struct posting_list *list = &q->lists[i];
        list->word = (struct ragd_str){q->text.terms[i].text, q->text.terms[i].len};
        status = read_list(list, view, call);
        list->idf = bm25_idf(view->counters.records, list->df);
    }
    choose_shown(q);
    return status;
}

ragd_status question_open(struct question *q, struct ragd_view *view,
                          struct ragd_call *call, struct ragd_str text)
{
    struct store *store = view->coll->store;
    struct text_analyser *analyser = text_pool_take(store->analysers);
    if (!analyser) {
        return db_no_memory(call);
    }
    int rc = text_question_init(&q->text, analyser, TEXT_LANG_AUTO, text);
    text_pool_give(store->analysers, analyser);
    return rc == 0 ? read_lists(q, view, call) : db_no_memory(call);
}

void question_release(struct question *q)
{
    for (size_t i = 0; i < q->n; i++) {
        free(q->lists[i].bytes);
        free(q->lists[i].blocks);
    }
    free(q->lists);
    text_question_release(&q->text);
    *q = (struct question){0};
}

/* Scores of one block. */
struct window {
    double score[POSTINGS_PER_BLOCK];
    bool hit[POSTINGS_PER_BLOCK];
};

static void score_block(struct window *w, const struct posting_list *list,
                        const struct posting_block *block, double mean)
{
    struct ragd_bytes bytes = {list->bytes + block->off, block->n};
    struct posting p = {.slot = UINT32_MAX};
    bool bad = false; /* the bytes were checked when they were read */
    for (size_t at = 0; posting_read(bytes, &at, &p, &bad);) {
        if (p.tf) {
            w->score[p.slot] += bm25_score(list->idf, p.tf, p.len, mean);
            w->hit[p.slot] = true;
        }
    }
}

static bool take_window(const struct window *w, uint32_t number, struct ranking *ranking)
{
    uint64_t base = (uint64_t)number * POSTINGS_PER_BLOCK;
    bool ok = true;
    for (uint32_t slot = 0; ok && slot < POSTINGS_PER_BLOCK; slot++) {
        if (w->hit[slot]) {
            ok = ranking_add(ranking, w->score[slot], base + slot);
        }
    }
    return ok;
}

/* The least block number that a list still has; false at the end of all. */
static bool next_number(const struct question *q, const size_t *at, uint32_t *number)
{
    bool any = false;
    for (size_t i = 0; i < q->n; i++) {
        if (at[i] < q->lists[i].n_blocks &&
            (!any || q->lists[i].blocks[at[i]].number < *number)) {
            *number = q->lists[i].blocks[at[i]].number;
            any = true;
        }
    }
    return any;
}

ragd_status question_rank(const struct question *q, struct ragd_view *view,
                          struct ragd_call *call, struct ranking *ranking)
{
    if (view->counters.records == 0 || view->counters.words == 0) {
        return RAGD_OK;
    }
    double mean = (double)view->counters.words / (double)view->counters.records;
    size_t *at = calloc(q->n + 1, sizeof(*at));
    struct window *w = malloc(sizeof(*w));
    ragd_status status = at && w ? RAGD_OK : db_no_memory(call);
    uint32_t number = 0;
    while (status == RAGD_OK && next_number(q, at, &number)) {
        memset(w, 0, sizeof(*w));
        for (size_t i = 0; i < q->n; i++) {
            const struct posting_list *list = &q->lists[i];
            if (at[i] < list->n_blocks && list->blocks[at[i]].number == number) {
                score_block(w, list, &list->blocks[at[i]++], mean);
            }
        }
        status = take_window(w, number, ranking) ? store_host->call_state(call)
                                                 : db_no_memory(call);
    }
    free(at);
    free(w);
    return status;
}
