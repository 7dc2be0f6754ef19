/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/add_list.h"

#include <string.h>

enum { PAGE = 64 }; /* entries listed at once */

static void on_page(struct call *call)
{
    struct add_list *list = call->arg;
    list->has_page = call->status >= 0;
    list->failed = call->status < 0;
    list->err = call->err;
    list->taken = 0;
    run_kick(list->run);
}

static int no_source(struct ragd_str uri, struct err *err)
{
    err_set(err, ERR_NO_INSTANCE, "no source plugin reads %.*s",
            (int)(uri.n < 256 ? uri.n : 256), uri.p);
    return err_hint(err, "rag plugin ls shows the sources there are");
}

static void list_page(struct add_list *list)
{
    struct ragd_str root = list->roots[list->at];
    struct instance *source = source_for(root);
    if (!source) {
        no_source(root, &list->err);
        list->failed = true;
        return;
    }
    call_release(&list->call.call);
    list->call.call.done = on_page;
    list->call.call.arg = list;
    list->call.call.deadline_ms = list->run->op->deadline_ms;
    list->call.source = source;
    list->call.root = root;
    list->call.cursor = list->cursor;
    list->call.max = PAGE;
    call_list_start(&list->call);
}

void add_list_start(struct add_list *list, struct run *run, const struct ragd_str *roots,
                    size_t n)
{
    list->run = run;
    list->roots = roots;
    list->n_roots = n;
}

static void next_root(struct add_list *list)
{
    list->at++;
    list->found = 0;
    list->has_page = list->failed = false;
    list->cursor = (struct ragd_bytes){0};
    arena_release(&list->arena);
}

/* After the last entry of a page: the next page, or the next root. */
static void turn_page(struct add_list *list)
{
    struct ragd_bytes next = list->call.next;
    if (next.n) {
        struct arena arena = list->arena;
        list->arena = (struct arena){0};
        struct ragd_str copy = arena_str(&list->arena, (struct ragd_str){next.p, next.n});
        arena_release(&arena);
        list->cursor = (struct ragd_bytes){copy.p, copy.n};
        list->has_page = false;
        if (!copy.p) {
            list->failed = true;
            err_set(&list->err, ERR_NOMEM, NULL);
        }
        return;
    }
    if (!list->found) {
        list->failed = true;
        err_set(&list->err, ERR_NOT_FOUND, "nothing below %.*s",
                (int)list->roots[list->at].n, list->roots[list->at].p);
        return;
    }
    next_root(list);
}

bool add_list_next(struct add_list *list, struct add_found *out)
{
    while (list->at < list->n_roots && !list->cancelled && !call_active(&list->call.call)) {
        if (list->failed) {
            *out = (struct add_found){{.uri = list->roots[list->at]}, &list->err};
            next_root(list);
            return true;
        }
        if (!list->has_page) {
            list_page(list);
        } else if (list->taken < list->call.n_entries) {
            *out = (struct add_found){list->call.entries[list->taken++], NULL};
            list->found++;
            return true;
        } else {
            turn_page(list);
        }
    }
    return false;
}

bool add_list_active(const struct add_list *list)
{
    return call_active(&list->call.call) || (list->at < list->n_roots && !list->cancelled);
}

void add_list_cancel(struct add_list *list)
{
    list->cancelled = true;
    call_cancel(&list->call.call);
}

void add_list_release(struct add_list *list)
{
    call_release(&list->call.call);
    arena_release(&list->arena);
}
