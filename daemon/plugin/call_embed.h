/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Calls to embedders.
 *
 * Thread: all functions [loop].
 */
#ifndef PLUGIN_CALL_EMBED_H
#define PLUGIN_CALL_EMBED_H

#include "plugin/call.h"

/* What an embedder makes: model, dimension, space. */
struct call_embed_info {
    struct call call;
    struct instance *embedder;
    uint32_t metric; /* enum ragd_metric, 0 = its natural one */
    /* Out: metric and dim are set, strings in the call's arena. */
    struct ragd_embed_info info;
};
void call_embed_info_start(struct call_embed_info *req);

/* Any number of texts; cut into the embedder's batches behind it. */
struct call_embed {
    struct call call;
    struct instance *embedder;
    uint32_t purpose; /* RAGD_EMBED_DOCUMENT or _QUERY */
    uint32_t metric;
    uint32_t dim; /* expected; another one is ERR_PLUGIN */
    const struct ragd_str *texts;
    size_t n;
    /* Out. */
    const float *rows;      /* n rows of dim floats */
    const uint32_t *tokens; /* n counts, 0 = not said */
    size_t embedded;        /* so far; also during it */
};
void call_embed_start(struct call_embed *req);

#endif
