/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The prompt: as many sources as fit the model, in words and beside them.
 *
 * Tokens are estimated without any model's vocabulary: four ASCII characters,
 * or one character outside ASCII, count as one. That is near the truth for
 * Western text and safe for the rest.
 */
#ifndef RAG_PROMPT_H
#define RAG_PROMPT_H

#include <ragd/llm.h>

#include "rag/search.h"

/* An estimate, never 0 for a text that is not empty. */
uint64_t prompt_tokens(struct ragd_str text);

struct prompt {
    /* Inputs, borrowed. */
    struct ragd_str system_template, user_template; /* {context}, {question} */
    struct ragd_str question;
    const struct search_hit *hits;
    size_t n_hits;
    uint32_t metric;
    const struct ragd_term *terms;
    size_t n_terms;
    uint64_t max_tokens; /* of the whole prompt */
    bool one_message;    /* the model knows no system role */
    /* Out, in the arena. */
    const struct ragd_msg **msgs;
    size_t n_msgs;
    const struct ragd_llm_source **sources; /* of the first n_sources hits */
    size_t n_sources;
    struct ragd_llm_term *llm_terms;
};

/* At least one source, cut when it is too long. 0 or RAGD_E_NOMEM. */
int prompt_build(struct arena *arena, struct prompt *prompt);

/* "system", "user", "assistant": static. */
const char *prompt_role(const struct ragd_msg *msg);

#endif
