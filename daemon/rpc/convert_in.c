/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rpc/convert_in.h"

#include "wire/values.h"

uint32_t include_in(const Ragd__V1__Include *in)
{
    uint32_t out = 0;
    if (in) {
        out |= in->text ? RAGD_INCLUDE_TEXT : 0;
        out |= in->metadata ? RAGD_INCLUDE_META : 0;
        out |= in->vector ? RAGD_INCLUDE_VECTOR : 0;
    }
    return out;
}

int strings_in(struct arena *arena, struct strings_in in, const struct ragd_str **out,
               struct err *err)
{
    struct ragd_str *strings = arena_calloc(arena, in.n, sizeof(*strings));
    if (!strings) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < in.n; i++) {
        strings[i] = ragd_cs(in.p[i]);
    }
    *out = strings;
    return 0;
}

int splitter_in(struct arena *arena, const Ragd__V1__Splitter *in,
                struct splitter_spec *out, struct err *err)
{
    *out = (struct splitter_spec){0};
    if (!in) {
        return 0;
    }
    out->kind = ragd_cs(in->kind);
    out->chunk_size = in->chunk_size;
    out->chunk_overlap_plus1 = in->chunk_overlap_plus1;
    out->keep_separator = ragd_cs(in->keep_separator);
    out->no_strip = in->no_strip != 0;
    out->n_separators = in->n_separators;
    return strings_in(arena, (struct strings_in){in->separators, in->n_separators},
                      &out->separators, err);
}

int loader_options_in(struct arena *arena, struct options_in in, struct ragd_kvs *out,
                      struct err *err)
{
    struct ragd_kv *kvs = arena_calloc(arena, in.n, sizeof(*kvs));
    if (!kvs) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < in.n; i++) {
        kvs[i].key = ragd_cs(in.p[i]->name);
        kvs[i].val = (struct ragd_value){.type = RAGD_V_STR,
                                         .u.s = ragd_cs(in.p[i]->value)};
        if (kvs[i].key.n == 0) {
            return err_set(err, ERR_INVALID, "a loader option without a name");
        }
    }
    struct ragd_kvs given = {kvs, in.n};
    return arena_kvs(arena, given, out) ? err_set(err, ERR_NOMEM, NULL) : 0;
}

/* The wire's values are the ABI's. */
_Static_assert(RAGD__V1__METRIC__METRIC_L2 == (int)RAGD_METRIC_L2, "metrics agree");
_Static_assert(RAGD__V1__METRIC__METRIC_COSINE == (int)RAGD_METRIC_COSINE, "metrics agree");
_Static_assert(RAGD__V1__METRIC__METRIC_IP == (int)RAGD_METRIC_IP, "metrics agree");

int metric_in(Ragd__V1__Metric in, uint32_t *out, struct err *err)
{
    if ((int)in < 0 || (int)in > RAGD_METRIC_IP) {
        return err_set(err, ERR_INVALID, "unknown metric %d", (int)in);
    }
    *out = (uint32_t)in;
    return 0;
}

_Static_assert(RAGD__V1__SEARCH_MODE__SEARCH_MODE_VECTOR == (int)SEARCH_VECTOR,
               "modes agree");
_Static_assert(RAGD__V1__SEARCH_MODE__SEARCH_MODE_KEYWORD == (int)SEARCH_KEYWORD,
               "modes agree");
_Static_assert(RAGD__V1__SEARCH_MODE__SEARCH_MODE_HYBRID == (int)SEARCH_HYBRID,
               "modes agree");

int mode_in(Ragd__V1__SearchMode in, enum search_mode *out, struct err *err)
{
    if ((int)in < 0 || (int)in > (int)SEARCH_HYBRID) {
        return err_set(err, ERR_INVALID, "unknown search mode %d", (int)in);
    }
    *out = (enum search_mode)in;
    return 0;
}

int settings_in(struct arena *arena, const Ragd__V1__CollectionSettings *in,
                struct collection_settings *out, struct err *err)
{
    *out = (struct collection_settings){
        .name = ragd_cs(in->name),
        .embedder = ragd_cs(in->embedder),
        .dim = in->dim,
        .store = ragd_cs(in->store),
    };
    struct options_in options = {in->loader_options, in->n_loader_options};
    int rc = metric_in(in->metric, &out->metric, err);
    rc = rc ? rc : splitter_in(arena, in->splitter, &out->splitter, err);
    return rc ? rc : loader_options_in(arena, options, &out->loader_options, err);
}

int dim_in(size_t n, uint32_t *out, struct err *err)
{
    if (n > COLLECTION_DIM_MAX) {
        return err_set(err, ERR_INVALID, "a vector of %zu numbers, the most is %d", n,
                       COLLECTION_DIM_MAX);
    }
    *out = (uint32_t)n;
    return 0;
}

int record_in(struct arena *arena, const Ragd__V1__Record *in, const struct limits *limits,
              struct record_in *out, struct err *err)
{
    *out = (struct record_in){
        .id = ragd_cs(in->id),
        .text = ragd_cs(in->text),
        .vec = in->n_vector ? in->vector : NULL,
    };
    struct values_entries entries = {in->metadata, in->n_metadata};
    int rc = dim_in(in->n_vector, &out->dim, err);
    rc = rc ? rc : values_in(arena, entries, limits, &out->meta, err);
    if (rc != 0) {
        err_wrap(err, "record %.128s", in->id);
    }
    return rc;
}
