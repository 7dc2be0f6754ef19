/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* ragd.embedder/1: texts to vectors. */
#ifndef RAGD_EMBEDDER_H
#define RAGD_EMBEDDER_H

#include <ragd/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RAGD_IF_EMBEDDER "ragd.embedder/1"

enum { RAGD_EMBED_DOCUMENT = 1, RAGD_EMBED_QUERY = 2 };

enum {
    /* Words, not meaning: cheap, so its vectors are never kept by a store that
     * searches keywords itself. */
    RAGD_EMBED_LEXICAL = 1,
};

struct ragd_embed_info {
    uint32_t struct_size, flags; /* RAGD_EMBED_LEXICAL */
    struct ragd_str model;
    /* Fingerprint of the vector space: model, revision, dimension,
     * normalisation, prefix scheme. Stable over restarts. A collection has one
     * and refuses another. Strings live as long as the instance. */
    struct ragd_str space;
    uint32_t dim;
    uint32_t metric;     /* enum ragd_metric: the natural one, or the asked */
    uint32_t max_batch;  /* texts per embed, >= 1 */
    uint32_t max_tokens; /* per text, 0 = unknown */
    uint64_t max_bytes;  /* per text, 0 = unknown */
};

enum { RAGD_EMBED_TRUNCATED = 1 }; /* item_flags */

struct ragd_embed_req {
    uint32_t struct_size;
    uint32_t purpose; /* RAGD_EMBED_DOCUMENT or RAGD_EMBED_QUERY */
    uint32_t metric;  /* the collection's, 0 = natural; as given to info */
    uint32_t dim;     /* as info said */
    uint64_t n;
    const struct ragd_str *texts;
    float *out;           /* n rows, host's memory; every one is written */
    size_t out_stride;    /* floats from row to row, >= dim */
    uint32_t *tokens;     /* n counts to fill, or NULL */
    uint32_t *item_flags; /* n words to fill, or NULL */
};

struct ragd_embedder {
    uint32_t struct_size, flags;
    const struct ragd_life *life;
    /* What embed gives for collections of this metric (0 = whichever suits the
     * model best). RAGD_E_UNSUPPORTED for a metric it cannot serve. [exec] */
    ragd_status (*info)(void *inst, struct ragd_call *call, uint32_t metric,
                        struct ragd_embed_info *out);
    /* n <= max_batch. Rows in the order of texts. A batch equals its texts one
     * by one. [exec] */
    ragd_status (*embed)(void *inst, struct ragd_call *call,
                         const struct ragd_embed_req *req);
    /* Tokens of each text. Optional. [exec] */
    ragd_status (*count)(void *inst, struct ragd_call *call, uint64_t n,
                         const struct ragd_str *texts, uint32_t *tokens);
};

#ifdef __cplusplus
}
#endif
#endif
