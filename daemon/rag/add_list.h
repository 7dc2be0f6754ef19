/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The sources that an add's URIs stand for, listed page by page. */
#ifndef RAG_ADD_LIST_H
#define RAG_ADD_LIST_H

#include "plugin/call_load.h"
#include "rag/run.h"

struct add_list {
    struct run *run; /* kicked when there is something new */
    const struct ragd_str *roots;
    size_t n_roots, at; /* the root at hand */
    size_t taken;       /* entries of the page */
    size_t found;       /* entries of the root */
    bool has_page, failed, cancelled;
    struct err err;
    struct call_list call;
    struct ragd_bytes cursor; /* copied */
    struct arena arena;
};

/* A source, or (err) why there is none below the root entry.uri. */
struct add_found {
    struct ragd_entry entry;
    const struct err *err;
};

/* Lists roots (borrowed) one after the other; the run is woken when there is more. */
void add_list_start(struct add_list *list, struct run *run, const struct ragd_str *roots,
                    size_t n);
/* The next one, valid until the next call; false when there is none now. */
bool add_list_next(struct add_list *list, struct add_found *out);
/* More may come. */
bool add_list_active(const struct add_list *list);
void add_list_cancel(struct add_list *list);
/* Not while its call is open. */
void add_list_release(struct add_list *list);

#endif
