/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/source_options.h"

#include "rag/kvs.h"

static int settle_splitter(const struct source_settling *s, struct manifest *next,
                           struct err *err)
{
    const struct splitter *base = s->coll ? &s->coll->settings.splitter
                                          : &s->engine->splitter;
    bool given = !splitter_spec_empty(&s->add->splitter);
    next->own_splitter = given || (s->old && s->old->own_splitter);
    if (next->own_splitter && !given) {
        next->splitter = s->old->splitter;
        return 0;
    }
    return splitter_resolve(&s->add->splitter, base, &next->splitter, err);
}

int source_options(const struct source_settling *s, struct manifest *next, struct err *err)
{
    const struct add *add = s->add;
    struct ragd_kvs options = s->coll ? s->coll->settings.loader_options
                                      : (struct ragd_kvs){0};
    struct ragd_kvs meta = add->meta.n || !s->old ? add->meta : s->old->meta;
    int rc = settle_splitter(s, next, err);
    if (rc) {
        return rc;
    }
    next->own_options = add->loader_options.n || (s->old && s->old->own_options);
    if (next->own_options && !add->loader_options.n) {
        options = s->old->loader_options;
    }
    if (kvs_overlay(s->arena, options, add->loader_options, &next->loader_options) ||
        arena_kvs(s->arena, meta, &next->meta)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    return 0;
}
