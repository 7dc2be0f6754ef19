/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Reading a store through a view: get, scan, count, stats, verify.
 *
 * Everything a store emits is looked at on the thread that emits it and copied
 * into the attempt's results before the sink returns; so a page is bounded
 * while it grows, and the loop only hands over pointers. A scan is ended by its
 * sink when the page is full: that is a success, whatever the store then says.
 */
#include <string.h>

#include "plugin/call_store_internal.h"
#include "plugin/check.h"
#include "plugin/engine.h"

/* A page of a scan ends behind the record that makes it this big; bytes. */
enum { PAGE_BYTES = 1 << 20, PROBLEMS_MAX = 1000, PROBLEM_BYTES_MAX = 4096 };

void view_args_take(struct ragd_call *call, struct view *view)
{
    struct view_args *args = call->args;
    args->view = view;
    args->handle = view->handle;
    view_ref(view);
}

void view_args_drop(struct ragd_call *call)
{
    struct view_args *args = call->args;
    if (args->view) {
        view_unref(args->view);
    }
}

void start_on_view(struct call *call, const struct op_kind *kind, struct view *view)
{
    struct op_target target = {.instance = view->coll->store};
    op_start(call, kind, &target);
}

int check_record(struct ragd_call *call, const struct ragd_record *in, uint32_t dim,
                 struct ragd_record *out)
{
    struct ragd_record rec;
    int rc = check_struct(call, "ragd_record", in, &rec, sizeof(rec));
    rc = rc ? rc : check_str(call, "a record's id", rec.id, ID_BYTES_MAX);
    rc = rc ? rc : check_str(call, "a record's document", rec.doc_id, ID_BYTES_MAX);
    rc = rc ? rc : check_str(call, "a record's text", rec.text, SIZE_MAX);
    rc = rc ? rc : check_stored_meta(call, "a record's metadata", rec.meta);
    rc = rc ? rc : check_span(call, rec.span);
    if (rc == 0 && rec.id.n == 0) {
        rc = attempt_broken(call, "gives a record without id");
    }
    if (rc == 0 && rec.vec) {
        rc = dim ? check_finite(call, "a record's vector", rec.vec, dim)
                 : attempt_broken(call, "gives a vector where there are none");
    }
    *out = rec;
    return rc;
}

int take_record(struct ragd_call *call, const struct ragd_record *in, uint32_t dim,
                struct ragd_record *out)
{
    struct ragd_record rec;
    int rc = check_record(call, in, dim, &rec);
    return rc ? rc : copy_record(&call->results, &rec, dim, out) ? check_too_much(call) : 0;
}

/* ---- get ------------------------------------------------------------------------ */

struct get_args {
    struct view_args base;
    uint32_t include, dim;
    const struct ragd_str *ids;
    size_t n_ids, at; /* at: behind the id given last */
    struct pile records;
};

static bool same(struct ragd_str a, struct ragd_str b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static int prepare_get(struct ragd_call *call, struct err *err)
{
    const struct call_get *req = (const struct call_get *)call->request;
    struct get_args *args = call->args;
    view_args_take(call, req->view);
    args->include = req->include;
    args->dim = req->view->coll->dim;
    args->n_ids = req->n_ids;
    args->records.size = sizeof(struct ragd_record);
    return copy_strs(&call->inputs, req->ids, req->n_ids, &args->ids)
               ? err_set(err, ERR_NOMEM, NULL)
               : 0;
}

static ragd_status emit_got(struct ragd_call *call, const struct ragd_record *in)
{
    struct get_args *args = call->args;
    struct ragd_record *rec = pile_add(&call->results, &args->records);
    int rc = rec ? take_record(call, in, args->dim, rec) : check_too_much(call);
    if (rc) {
        return rc;
    }
    while (args->at < args->n_ids && !same(args->ids[args->at], rec->id)) {
        args->at++;
    }
    if (args->at++ >= args->n_ids) {
        return attempt_broken(call, "gives a record that was not asked for, or too late");
    }
    return attempt_state(call);
}

static const struct ragd_record_sink got_sink = {.struct_size = sizeof(got_sink),
                                                 .emit = emit_got};

static ragd_status invoke_get(struct ragd_call *call)
{
    struct get_args *args = call->args;
    return store_table(call)->get(args->base.handle, call, args->include, args->ids,
                                  args->n_ids, &got_sink);
}

static int settle_get(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_get *req = (struct call_get *)call->request;
    const struct get_args *args = call->args;
    req->records = args->records.p;
    req->n_records = args->records.n;
    return 0;
}

static const struct op_kind get_kind = {
    .function = "get",
    .args_bytes = sizeof(struct get_args),
    .prepare = prepare_get,
    .invoke = invoke_get,
    .settle = settle_get,
    .drop = view_args_drop,
};

void call_get_start(struct call_get *req)
{
    req->records = NULL;
    req->n_records = 0;
    start_on_view(&req->call, &get_kind, req->view);
}

/* ---- scan ------------------------------------------------------------------------ */

struct scan_args {
    struct view_args base;
    uint32_t include, dim;
    struct filter_plan filter;
    uint64_t after; /* the number of the last one */
    size_t max;
    bool ordered; /* the store numbers its records; else they are counted here */
    struct pile records;
};

static int prepare_scan(struct ragd_call *call, struct err *err)
{
    const struct call_scan *req = (const struct call_scan *)call->request;
    struct scan_args *args = call->args;
    view_args_take(call, req->view);
    args->include = req->include;
    args->dim = req->view->coll->dim;
    args->after = req->after_seq;
    args->max = req->max_records;
    args->ordered = store_caps(call->instance) & RAGD_STORE_SEQ;
    args->records.size = sizeof(struct ragd_record);
    return filter_plan_make(call, req->filter, &args->filter, &args->include, err);
}

/* The number that a scan can go on behind. */
static int number_record(struct ragd_call *call, struct ragd_record *rec)
{
    struct scan_args *args = call->args;
    if (!args->ordered) {
        rec->seq = args->after + 1;
    } else if (rec->seq <= args->after) {
        return attempt_broken(call, "scans out of order: number %llu behind %llu",
                              (unsigned long long)rec->seq,
                              (unsigned long long)args->after);
    }
    args->after = rec->seq;
    return 0;
}

static ragd_status emit_scanned(struct ragd_call *call, const struct ragd_record *in)
{
    struct scan_args *args = call->args;
    struct ragd_record raw;
    int rc = check_record(call, in, args->dim, &raw);
    if (rc == 0 && (args->records.n >= args->max ||
                    (args->records.n && call->results.used >= PAGE_BYTES))) {
        call->page_full = call->page_full || filter_plan_match(&args->filter, &raw);
        return call->page_full ? RAGD_E_CANCELLED : attempt_state(call);
    }
    rc = rc ? rc : number_record(call, &raw);
    if (rc || !filter_plan_match(&args->filter, &raw)) {
        return rc ? rc : attempt_state(call);
    }
    struct ragd_record *rec = pile_add(&call->results, &args->records);
    return !rec || copy_record(&call->results, &raw, args->dim, rec) ? check_too_much(call)
                                                                     : attempt_state(call);
}

static const struct ragd_record_sink scan_sink = {.struct_size = sizeof(scan_sink),
                                                  .emit = emit_scanned};

static ragd_status invoke_scan(struct ragd_call *call)
{
    struct scan_args *args = call->args;
    return store_table(call)->scan(args->base.handle, call, args->include,
                                   &args->filter.store, args->after, &scan_sink);
}

static int settle_scan(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_scan *req = (struct call_scan *)call->request;
    const struct scan_args *args = call->args;
    req->records = args->records.p;
    req->n_records = args->records.n;
    req->more = call->page_full;
    return 0;
}

static const struct op_kind scan_kind = {
    .function = "scan",
    .args_bytes = sizeof(struct scan_args),
    .prepare = prepare_scan,
    .invoke = invoke_scan,
    .settle = settle_scan,
    .drop = view_args_drop,
};

void call_scan_start(struct call_scan *req)
{
    req->records = NULL;
    req->n_records = 0;
    req->more = false;
    start_on_view(&req->call, &scan_kind, req->view);
}

/* ---- count and stats --------------------------------------------------------------- */

struct count_args {
    struct view_args base;
    uint32_t include;
    struct filter_plan filter;
    uint64_t count;
    struct ragd_coll_stats stats;
};

static int prepare_count(struct ragd_call *call, struct err *err)
{
    const struct call_count *req = (const struct call_count *)call->request;
    struct count_args *args = call->args;
    view_args_take(call, req->view);
    return filter_plan_make(call, req->filter, &args->filter, &args->include, err);
}

static ragd_status count_match(struct ragd_call *call, const struct ragd_record *in)
{
    struct count_args *args = call->args;
    struct ragd_record raw;
    int rc = check_record(call, in, args->base.view->coll->dim, &raw);
    args->count += rc == 0 && filter_plan_match(&args->filter, &raw);
    return rc ? rc : attempt_state(call);
}

static const struct ragd_record_sink count_sink = {.struct_size = sizeof(count_sink),
                                                   .emit = count_match};

/* With a filter of our own, by looking at every record. */
static ragd_status invoke_count(struct ragd_call *call)
{
    struct count_args *args = call->args;
    const struct ragd_store *store = store_table(call);
    return args->filter.own.n
               ? store->scan(args->base.handle, call, args->include, &args->filter.store, 0,
                             &count_sink)
               : store->count(args->base.handle, call, &args->filter.store, &args->count);
}

static int settle_count(struct ragd_call *call, struct err *err)
{
    (void)err;
    ((struct call_count *)call->request)->count = ((struct count_args *)call->args)->count;
    return 0;
}

static const struct op_kind count_kind = {
    .function = "count",
    .args_bytes = sizeof(struct count_args),
    .prepare = prepare_count,
    .invoke = invoke_count,
    .settle = settle_count,
    .drop = view_args_drop,
};

void call_count_start(struct call_count *req)
{
    req->count = 0;
    start_on_view(&req->call, &count_kind, req->view);
}

static int prepare_stats(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct count_args *args = call->args;
    view_args_take(call, ((const struct call_stats *)call->request)->view);
    args->stats.struct_size = sizeof(args->stats);
    return 0;
}

static ragd_status invoke_stats(struct ragd_call *call)
{
    struct count_args *args = call->args;
    return store_table(call)->stats(args->base.handle, call, &args->stats);
}

static int settle_stats(struct ragd_call *call, struct err *err)
{
    (void)err;
    ((struct call_stats *)call->request)->stats = ((struct count_args *)call->args)->stats;
    return 0;
}

static const struct op_kind stats_kind = {
    .function = "stats",
    .args_bytes = sizeof(struct count_args),
    .prepare = prepare_stats,
    .invoke = invoke_stats,
    .settle = settle_stats,
    .drop = view_args_drop,
};

void call_stats_start(struct call_stats *req)
{
    req->stats = (struct ragd_coll_stats){0};
    start_on_view(&req->call, &stats_kind, req->view);
}

/* ---- verify ------------------------------------------------------------------------- */

struct verify_args {
    struct view_args base;
    uint64_t records, vectors, postings;
    struct pile problems;
};

static int prepare_verify(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct verify_args *args = call->args;
    view_args_take(call, ((const struct call_verify *)call->request)->view);
    args->problems.size = sizeof(struct ragd_str);
    return 0;
}

static ragd_status on_counts(struct ragd_call *call, uint64_t records, uint64_t vectors,
                             uint64_t postings)
{
    struct verify_args *args = call->args;
    args->records = records;
    args->vectors = vectors;
    args->postings = postings;
    return attempt_state(call);
}

static ragd_status on_problem(struct ragd_call *call, struct ragd_str text)
{
    struct verify_args *args = call->args;
    if (args->problems.n >= PROBLEMS_MAX) {
        call->page_full = true; /* enough to know */
        return RAGD_E_CANCELLED;
    }
    int rc = check_str(call, "a problem's text", text, PROBLEM_BYTES_MAX);
    struct ragd_str *problem = rc ? NULL : pile_add(&call->results, &args->problems);
    if (rc == 0 && (!problem || copy_str(&call->results, text, problem))) {
        rc = check_too_much(call);
    }
    return rc ? rc : attempt_state(call);
}

static const struct ragd_verify_sink verify_sink = {.struct_size = sizeof(verify_sink),
                                                    .counts = on_counts,
                                                    .problem = on_problem};

static ragd_status invoke_verify(struct ragd_call *call)
{
    struct verify_args *args = call->args;
    if (!store_table(call)->verify) {
        return RAGD_E_UNSUPPORTED;
    }
    return store_table(call)->verify(args->base.handle, call, &verify_sink);
}

static int settle_verify(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_verify *req = (struct call_verify *)call->request;
    const struct verify_args *args = call->args;
    req->records = args->records;
    req->vectors = args->vectors;
    req->postings = args->postings;
    req->problems = args->problems.p;
    req->n_problems = args->problems.n;
    return 0;
}

static const struct op_kind verify_kind = {
    .function = "verify",
    .args_bytes = sizeof(struct verify_args),
    .prepare = prepare_verify,
    .invoke = invoke_verify,
    .settle = settle_verify,
    .drop = view_args_drop,
};

void call_verify_start(struct call_verify *req)
{
    req->records = req->vectors = req->postings = 0;
    req->problems = NULL;
    req->n_problems = 0;
    start_on_view(&req->call, &verify_kind, req->view);
}
