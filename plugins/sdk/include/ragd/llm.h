/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* ragd.llm/1: answers from messages, or from sources directly. */
#ifndef RAGD_LLM_H
#define RAGD_LLM_H

#include <ragd/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RAGD_IF_LLM "ragd.llm/1"

enum ragd_role {
    RAGD_ROLE_SYSTEM = 1,
    RAGD_ROLE_USER = 2,
    RAGD_ROLE_ASSISTANT = 3,
};

struct ragd_msg {
    uint32_t struct_size;
    uint32_t role; /* enum ragd_role */
    struct ragd_str text;
};

/* A chunk that the answer may use. [n] in a prompt is sources[n - 1]. */
struct ragd_llm_source {
    uint32_t struct_size, flags;
    struct ragd_str id, title, text;
    /* Larger is better, whatever the search mode; comparable in one request. */
    double score;
};

/* Frozen type. A word of the question; weight: its idf, > 0. */
struct ragd_llm_term {
    struct ragd_str word;
    double weight;
};

/*
 * The prompt as messages, and beside it what it was made of: backends that
 * only know prompts ignore question, sources and terms; an extractive one
 * uses them. n_terms is 0 when the store has no keyword index.
 */
struct ragd_llm_req {
    uint32_t struct_size, flags;
    struct ragd_str model; /* "" = the instance's */
    const struct ragd_msg *const *msgs;
    size_t n_msgs;
    struct ragd_str question;
    const struct ragd_llm_source *const *sources;
    size_t n_sources;
    const struct ragd_llm_term *terms;
    size_t n_terms;
    const struct ragd_str *stop; /* texts that end the answer, not emitted */
    size_t n_stop;
    double temperature, top_p; /* NaN = unset */
    int64_t seed;              /* -1 = unset */
    uint64_t max_tokens;       /* 0 = unset */
    struct ragd_kvs extra;     /* backend-specific; unknown keys are ignored */
};

enum ragd_delta_kind { RAGD_DELTA_TEXT = 1, RAGD_DELTA_REASONING = 2 };

struct ragd_delta {
    uint32_t struct_size;
    uint32_t kind;        /* enum ragd_delta_kind; unknown ones are dropped */
    struct ragd_str text; /* may split a character; all together are UTF-8 */
};

enum ragd_finish {
    RAGD_FINISH_STOP = 1,
    RAGD_FINISH_LENGTH = 2,
    RAGD_FINISH_FILTER = 3,
    RAGD_FINISH_NO_ANSWER = 4, /* the sources do not answer the question */
};

struct ragd_usage {
    uint32_t struct_size;
    uint32_t finish; /* enum ragd_finish */
    uint64_t prompt_tokens, output_tokens, cached_tokens;
    struct ragd_str model, request_id; /* actually used; may be empty */
};

struct ragd_token_sink {
    uint32_t struct_size, reserved;
    /* RAGD_OK, RAGD_AGAIN (asynchronous callers pause), or stop with this. */
    ragd_status (*emit)(struct ragd_call *call, const struct ragd_delta *delta);
    /* The answer so far rests on sources[n - 1], code points [start, end) of
     * its text; start == end == 0: on all of it. The daemon verifies. Once a
     * backend cites, a [n] in its text is for readers, no citation more. [call] */
    ragd_status (*cite)(struct ragd_call *call, uint32_t n, uint64_t start, uint64_t end);
    /* Exactly once, last, when the operation succeeds. [call] */
    ragd_status (*usage)(struct ragd_call *call, const struct ragd_usage *usage);
};

enum {
    RAGD_LLM_CAP_SYSTEM = 1,  /* honours the system role */
    RAGD_LLM_CAP_EXTRACT = 2, /* answers from sources, needs no prompt */
};

struct ragd_model_info {
    uint32_t struct_size, caps; /* RAGD_LLM_CAP_* */
    struct ragd_str id;
    uint64_t context_tokens, max_output_tokens; /* 0 = unknown */
};

struct ragd_model_sink {
    uint32_t struct_size, reserved;
    ragd_status (*emit)(struct ragd_call *call, const struct ragd_model_info *model);
};

struct ragd_llm {
    uint32_t struct_size, flags;
    const struct ragd_life *life;
    /* The models it can use, its default first. [exec] */
    ragd_status (*models)(void *inst, struct ragd_call *call,
                          const struct ragd_model_sink *sink);
    /* Streams one answer. Cancelling is the normal way a client stops. [exec] */
    ragd_status (*generate)(void *inst, struct ragd_call *call,
                            const struct ragd_llm_req *req,
                            const struct ragd_token_sink *sink);
    /* Prompt tokens of the messages. Optional. [exec] */
    ragd_status (*count)(void *inst, struct ragd_call *call, struct ragd_str model,
                         const struct ragd_msg *const *msgs, size_t n, uint64_t *tokens);
};

#ifdef __cplusplus
}
#endif
#endif
