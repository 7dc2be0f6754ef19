/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Calls to LLM backends.
 *
 * Thread: all functions [loop].
 */
#ifndef PLUGIN_CALL_LLM_H
#define PLUGIN_CALL_LLM_H

#include "plugin/call.h"

/* A citation as the backend gave it: n from 1, code points of that source. */
struct llm_cite {
    uint32_t n;
    uint64_t start, end; /* both 0 = the whole source */
};

struct call_generate;
/* Text as it comes, cut on characters; reasoning is not handed on. */
typedef void (*generate_token_fn)(struct call_generate *req, struct ragd_str text);

/* An answer, in words as they come. */
struct call_generate {
    struct call call;
    struct instance *llm;
    struct ragd_llm_req request;
    generate_token_fn on_token; /* before done, in order */
    /* Out. */
    struct ragd_usage usage;
    const struct llm_cite *cites; /* ranges checked against the sources */
    size_t n_cites;
    /* Private. */
    bool paused;
};
void call_generate_start(struct call_generate *req);
/* Stops on_token for a while: the backend is held back, nothing is lost. What
 * it had given already when it ended (64 KiB at most) still comes, in front of
 * done. */
void call_generate_pause(struct call_generate *req);
void call_generate_resume(struct call_generate *req);

/* Its default model and what it can do. */
struct call_llm_info {
    struct call call;
    struct instance *llm;
    struct ragd_model_info info; /* out */
};
void call_llm_info_start(struct call_llm_info *req);

#endif
