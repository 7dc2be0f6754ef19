/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Deep copies of the ABI's structs into an arena. 0 or RAGD_E_NOMEM, with out
 * untouched or half filled; the arena keeps what was allocated.
 *
 * Thread: [any]; an arena has one user at a time.
 */
#ifndef PLUGIN_COPY_H
#define PLUGIN_COPY_H

#include <ragd/ragd.h>

#include "core/arena.h"

/* Each copies all that is behind the pointers of in, too. */
int copy_str(struct arena *arena, struct ragd_str in, struct ragd_str *out);
int copy_bytes(struct arena *arena, struct ragd_bytes in, struct ragd_bytes *out);
int copy_strs(struct arena *arena, const struct ragd_str *in, size_t n,
              const struct ragd_str **out);
int copy_filter(struct arena *arena, struct ragd_filter in, struct ragd_filter *out);
int copy_query(struct arena *arena, const struct ragd_query *in, struct ragd_query *out);
int copy_spec(struct arena *arena, const struct ragd_coll_spec *in,
              struct ragd_coll_spec *out);
/* dim: floats of in->vec. */
int copy_record(struct arena *arena, const struct ragd_record *in, uint32_t dim,
                struct ragd_record *out);
int copy_stored_doc(struct arena *arena, const struct ragd_stored_doc *in,
                    struct ragd_stored_doc *out);
int copy_blob(struct arena *arena, const struct ragd_blob *in, struct ragd_blob *out);
int copy_apply(struct arena *arena, const struct ragd_apply *in, uint32_t dim,
               struct ragd_apply *out);
int copy_doc(struct arena *arena, const struct ragd_doc *in, struct ragd_doc *out);
int copy_entry(struct arena *arena, const struct ragd_entry *in, struct ragd_entry *out);
int copy_llm_req(struct arena *arena, const struct ragd_llm_req *in,
                 struct ragd_llm_req *out);

/* A growing array of elements of one size in an arena; what it outgrows stays
 * there until the arena goes. */
struct pile {
    void *p;
    size_t n, cap, size;
};
/* Room for one more, zeroed; NULL without memory. */
void *pile_add(struct arena *arena, struct pile *pile);

#endif
