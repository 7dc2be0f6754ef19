/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Asking: search, fit the sources into a prompt, generate, check citations.
 *
 * Events come in this order: on_head, on_hits, on_prompt for each message,
 * on_token any number of times, on_usage, done. When no hit is left no backend
 * is asked: the answer says so, answered is false.
 */
#ifndef RAG_ASK_H
#define RAG_ASK_H

#include "rag/search.h"

struct ask_head {
    struct ragd_str collection, question, model;
    enum search_mode mode;
    uint32_t metric;
    const char *chain; /* "stuff" */
};

struct ask_usage {
    struct ragd_str model;
    uint64_t prompt_tokens, output_tokens;
};

struct ask_citation {
    uint32_t n;            /* counts the hits from 1 */
    bool verified;         /* n is among the sources sent */
    struct ragd_str chunk; /* "" when not verified */
    /* Code points of the document (of the text for a record without one). */
    uint64_t start_index, end_index;
};

/* A question to a collection, answered by a backend from what is found. */
struct ask {
    struct operation op;
    struct ragd_str collection, question;
    uint32_t k;
    enum search_mode mode;
    struct ragd_filter filter;
    struct ragd_str llm; /* INSTANCE[:MODEL], "" = the default */
    bool show_prompt;
    double temperature;  /* NaN = the instance's */
    uint64_t max_tokens; /* 0 = the instance's */
    /* Hits carry text and metadata. All may be NULL. */
    void (*on_head)(struct ask *ask, const struct ask_head *head);
    void (*on_hits)(struct ask *ask, const struct search_hit *hits, size_t n);
    void (*on_prompt)(struct ask *ask, const char *role, struct ragd_str text);
    void (*on_token)(struct ask *ask, struct ragd_str text);
    void (*on_usage)(struct ask *ask, const struct ask_usage *usage);
    /* Out. */
    bool answered;
    const char *finish; /* "stop", "length", "filter", "no_answer" */
    const struct ask_citation *citations;
    size_t n_citations;
    double search_ms, generate_ms, total_ms;
};
void ask_start(struct ask *ask);

#endif
