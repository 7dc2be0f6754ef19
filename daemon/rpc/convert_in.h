/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What callers ask, as the engine wants it. Results borrow the message's
 * strings and live in the arena. Errors: ERR_INVALID, ERR_LIMIT, ERR_NOMEM.
 */
#ifndef RPC_CONVERT_IN_H
#define RPC_CONVERT_IN_H

#include "core/arena.h"
#include "core/limits.h"
#include "rag/collections.h"
#include "rag/records.h"
#include "ragd/v1/collections.pb-c.h"
#include "ragd/v1/common.pb-c.h"
#include "ragd/v1/query.pb-c.h"
#include "ragd/v1/records.pb-c.h"

/* RAGD_INCLUDE_*; NULL = nothing. */
uint32_t include_in(const Ragd__V1__Include *in);

struct strings_in {
    char *const *p;
    size_t n;
};
/* Views of the texts. */
int strings_in(struct arena *arena, struct strings_in in, const struct ragd_str **out,
               struct err *err);

/* NULL = nothing is set. */
int splitter_in(struct arena *arena, const Ragd__V1__Splitter *in,
                struct splitter_spec *out, struct err *err);

struct options_in {
    Ragd__V1__LoaderOption *const *p;
    size_t n;
};
/* As a map sorted by key. */
int loader_options_in(struct arena *arena, struct options_in in, struct ragd_kvs *out,
                      struct err *err);

/* enum ragd_metric, 0 = not set. */
int metric_in(Ragd__V1__Metric in, uint32_t *out, struct err *err);
int mode_in(Ragd__V1__SearchMode in, enum search_mode *out, struct err *err);

/* Settings of a new collection; what is not set stays zero. */
int settings_in(struct arena *arena, const Ragd__V1__CollectionSettings *in,
                struct collection_settings *out, struct err *err);

/* The dimension of a vector of n numbers. */
int dim_in(size_t n, uint32_t *out, struct err *err);

/* The vector is borrowed; metadata is sorted and checked against the limits. */
int record_in(struct arena *arena, const Ragd__V1__Record *in, const struct limits *limits,
              struct record_in *out, struct err *err);

#endif
