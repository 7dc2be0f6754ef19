/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "gather.h"

#include "sdk/text/sentence.h"

/* The words of one source find their sentences: both come in order. */
struct reader {
    const struct weigh *w;
    struct sentence *at, *end;
};

static size_t count_sentences(const struct ragd_llm_req *req)
{
    size_t n = 0;
    for (size_t i = 0; i < req->n_sources; i++) {
        struct ragd_str text = req->sources[i]->text;
        struct text_sentence s;
        for (size_t pos = 0; text_sentence_next(text, &pos, &s);) {
            n++;
        }
    }
    return n;
}

/* Words outside of every sentence are the markers of list items. */
static int on_token(void *user, const struct text_token *token)
{
    struct reader *reader = user;
    while (reader->at < reader->end && token->start >= reader->at->end) {
        reader->at++;
    }
    if (reader->at == reader->end || token->start < reader->at->start) {
        return 0;
    }
    struct sentence *s = reader->at;
    s->words++;
    s->content += !(token->flags & (TEXT_TOKEN_STOP | TEXT_TOKEN_QUESTION));
    int word = weigh_find(reader->w, token->text, token->len);
    if (word >= 0) {
        s->has.bits[word / 64] |= UINT64_C(1) << word % 64;
    }
    return 0;
}

static ragd_status read_source(struct sentences *out, const struct weigh *w,
                               struct text_analyser *an, uint32_t index,
                               struct ragd_str text)
{
    struct sentence *first = out->at + out->n;
    struct text_sentence s;
    for (size_t pos = 0; text_sentence_next(text, &pos, &s); out->n++) {
        out->at[out->n] =
            (struct sentence){.source = index, .start = s.start, .end = s.end};
    }
    struct reader reader = {.w = w, .at = first, .end = out->at + out->n};
    ragd_status rc = text_analyse(an, TEXT_LANG_AUTO, text, on_token, &reader);
    for (struct sentence *at = first; at < out->at + out->n; at++) {
        out->words += at->words;
    }
    return rc;
}

static void count_words(const struct sentences *sentences, struct weigh *w)
{
    uint32_t counts[WEIGH_WORDS_MAX] = {0};
    for (size_t i = 0; i < sentences->n; i++) {
        for (size_t word = 0; word < w->n_words; word++) {
            counts[word] += (sentences->at[i].has.bits[word / 64] >> word % 64 & 1) != 0;
        }
    }
    weigh_by_counts(w, counts, sentences->n);
}

ragd_status gather(struct sentences *out, struct weigh *w, const struct task *task)
{
    size_t n = count_sentences(task->req);
    *out = (struct sentences){0};
    out->at = task->host->call_alloc(task->call, (n ? n : 1) * sizeof(*out->at),
                                     _Alignof(struct sentence));
    ragd_status rc = out->at ? RAGD_OK : RAGD_E_NOMEM;
    for (size_t i = 0; i < task->req->n_sources && rc == RAGD_OK; i++) {
        rc = task->host->call_state(task->call);
        if (rc == RAGD_OK) {
            rc = read_source(out, w, task->an, (uint32_t)i, task->req->sources[i]->text);
        }
    }
    if (rc == RAGD_OK && w->counted) {
        count_words(out, w);
    }
    return rc;
}
