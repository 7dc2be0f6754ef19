/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Steps behind the calls to a store that keeps no documents or blobs. They are
 * our own work on a worker; a request's records have already gone to the store
 * when its documents come here, so a crash between leaves an old manifest and
 * the next add of that source does the records again.
 */
#include "plugin/store_state.h"

#include <string.h>

#include "core/mem.h"
#include "plugin/call_store_internal.h"
#include "plugin/engine.h"
#include "state/state.h"

enum { PREFIX_BYTES = 2 };

/* What the steps share: the request's fault goes into the attempt as it is. */
static int failed(struct ragd_call *call, int rc, const struct err *err)
{
    if (rc) {
        call->fault = *err;
        if (!call->fault.id) {
            err_set(&call->fault, err_by_status(rc), NULL);
        }
    }
    return rc;
}

static struct state_coll whose(const struct coll *coll)
{
    return (struct state_coll){ragd_cs(instance_name(coll->store)), ragd_cs(coll->name)};
}

/* "d/" or "b/" and a name, in the attempt's memory. */
static int prefixed(struct ragd_call *call, char tag, struct ragd_str name,
                    struct ragd_str *out)
{
    char *p = arena_alloc(&call->inputs, name.n + PREFIX_BYTES);
    if (!p) {
        return RAGD_E_NOMEM;
    }
    p[0] = tag;
    p[1] = '/';
    memcpy(p + PREFIX_BYTES, name.n ? name.p : "", name.n);
    *out = (struct ragd_str){p, name.n + PREFIX_BYTES};
    return 0;
}

static bool no_state(struct err *err)
{
    if (engine()->state) {
        return false;
    }
    err_set(err, ERR_UNSUPPORTED, "the store keeps no documents and ragd has no state");
    return true;
}

/* ---- drop and apply --------------------------------------------------------------- */

static ragd_status invoke_forget(struct ragd_call *call)
{
    const struct call_coll *req = (const struct call_coll *)call->request;
    struct state_coll coll = {ragd_cs(instance_name(req->store)), req->spec.name};
    struct err err = {0};
    int rc = engine()->state ? state_watermark_drop(engine()->state, &coll, &err) : 0;
    return failed(call, rc, &err);
}

static int settle_forget(struct ragd_call *call, struct err *err)
{
    (void)err;
    op_next(call->op, &coll_drop_kind);
    return RAGD_AGAIN;
}

static ragd_status invoke_drop(struct ragd_call *call)
{
    const struct call_coll *req = (const struct call_coll *)call->request;
    struct state_coll coll = {ragd_cs(instance_name(req->store)), req->spec.name};
    struct err err = {0};
    int rc = no_state(&err) ? 0 : state_coll_drop(engine()->state, &coll, &err);
    return failed(call, rc, &err);
}

static int put_doc(struct ragd_call *call, const struct ragd_stored_doc *doc,
                   struct state_blob *out)
{
    struct buf bytes = {0};
    int rc = document_encode(doc, &bytes);
    rc = rc ? rc : prefixed(call, 'd', doc->id, &out->name);
    rc = rc ? rc
            : copy_bytes(&call->inputs, (struct ragd_bytes){bytes.p, bytes.n}, &out->bytes);
    buf_release(&bytes);
    return rc;
}

static int build(struct ragd_call *call, const struct ragd_apply *change,
                 struct state_blob *blobs)
{
    int rc = 0;
    for (size_t i = 0; i < change->n_remove_docs && rc == 0; i++) {
        *blobs = (struct state_blob){0};
        rc = prefixed(call, 'd', change->remove_docs[i], &blobs++->name);
    }
    for (size_t i = 0; i < change->n_docs && rc == 0; i++) {
        rc = put_doc(call, change->docs[i], blobs++);
    }
    for (size_t i = 0; i < change->n_blobs && rc == 0; i++) {
        blobs->bytes = change->blobs[i].bytes;
        rc = prefixed(call, 'b', change->blobs[i].name, &blobs++->name);
    }
    return rc;
}

static ragd_status invoke_apply(struct ragd_call *call)
{
    const struct call_apply *req = (const struct call_apply *)call->request;
    const struct ragd_apply *change = &req->change;
    size_t n = change->n_remove_docs + change->n_docs + change->n_blobs;
    struct state_blob *blobs = arena_calloc(&call->inputs, n, sizeof(*blobs));
    struct err err = {0};
    int rc = no_state(&err) ? err_status(&err)
             : blobs        ? build(call, change, blobs)
                            : RAGD_E_NOMEM;
    if (rc == 0) {
        struct state_coll coll = whose(req->coll);
        rc = state_blobs_write(engine()->state, &coll, blobs, n, &err);
    }
    return failed(call, rc, &err);
}

/* ---- reading ------------------------------------------------------------------------ */

/* Found ones are put in rows of the results by take. */
struct reading {
    struct ragd_call *call;
    struct pile rows;
    size_t max;
    bool more;
    int rc;
    int (*take)(struct reading *reading, const struct state_blob *blob);
};

static int take_doc(struct reading *reading, const struct state_blob *blob)
{
    struct ragd_stored_doc *doc = pile_add(&reading->call->results, &reading->rows);
    return doc ? document_decode(blob->bytes, &reading->call->results, doc) : RAGD_E_NOMEM;
}

static int take_blob(struct reading *reading, const struct state_blob *blob)
{
    struct ragd_blob *out = pile_add(&reading->call->results, &reading->rows);
    struct ragd_blob in = {{blob->name.p + PREFIX_BYTES, blob->name.n - PREFIX_BYTES},
                           blob->bytes};
    return out ? copy_blob(&reading->call->results, &in, out) : RAGD_E_NOMEM;
}

static bool on_blob(void *arg, const struct state_blob *blob)
{
    struct reading *reading = arg;
    if (reading->rows.n >= reading->max) {
        reading->more = true;
        return false;
    }
    reading->rc = reading->take(reading, blob);
    return reading->rc == 0;
}

/* Those of the names that are there. */
static int read_names(struct reading *reading, const struct coll *coll, char tag,
                      const struct ragd_str *names, size_t n, struct err *err)
{
    struct state_coll of = whose(coll);
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct buf bytes = {0};
        struct ragd_str name;
        rc = prefixed(reading->call, tag, names[i], &name);
        rc = rc ? rc : state_blob_get(engine()->state, &of, name, &bytes, err);
        if (rc == 0) {
            struct state_blob blob = {name, {bytes.p, bytes.n}};
            rc = reading->take(reading, &blob);
        } else if (rc == RAGD_E_NOT_FOUND) {
            rc = 0;
            *err = (struct err){0};
        }
        buf_release(&bytes);
    }
    return rc;
}

static int read_page(struct reading *reading, const struct coll *coll, char tag,
                     struct ragd_str prefix, struct ragd_str after, struct err *err)
{
    struct state_coll of = whose(coll);
    struct state_walk walk = {.each = on_blob, .arg = reading};
    int rc = prefixed(reading->call, tag, prefix, &walk.prefix);
    if (rc == 0 && after.n) {
        rc = prefixed(reading->call, tag, after, &walk.after);
    }
    rc = rc ? rc : state_blobs_walk(engine()->state, &of, &walk, err);
    return rc ? rc : reading->rc;
}

static ragd_status invoke_docs(struct ragd_call *call)
{
    struct call_docs *req = (struct call_docs *)call->request;
    struct reading reading = {.call = call,
                              .max = req->max_docs,
                              .take = take_doc,
                              .rows = {.size = sizeof(struct ragd_stored_doc)}};
    struct err err = {0};
    struct ragd_str all = {"", 0};
    int rc = no_state(&err) ? err_status(&err)
             : req->n_ids
                 ? read_names(&reading, req->view->coll, 'd', req->ids, req->n_ids, &err)
                 : read_page(&reading, req->view->coll, 'd', all, req->after, &err);
    req->docs = rc ? NULL : reading.rows.p;
    req->n_docs = rc ? 0 : reading.rows.n;
    req->more = rc == 0 && reading.more;
    return failed(call, rc, &err);
}

static ragd_status invoke_blobs(struct ragd_call *call)
{
    struct call_blobs *req = (struct call_blobs *)call->request;
    struct reading reading = {.call = call,
                              .max = req->max_blobs,
                              .take = take_blob,
                              .rows = {.size = sizeof(struct ragd_blob)}};
    struct err err = {0};
    int rc = no_state(&err) ? err_status(&err)
             : req->n_names
                 ? read_names(&reading, req->view->coll, 'b', req->names, req->n_names,
                              &err)
                 : read_page(&reading, req->view->coll, 'b', req->prefix, req->after, &err);
    req->blobs = rc ? NULL : reading.rows.p;
    req->n_blobs = rc ? 0 : reading.rows.n;
    req->more = rc == 0 && reading.more;
    return failed(call, rc, &err);
}

#define STATE_KIND(name, call)                                             \
    {                                                                      \
        .function = name, .flags = OP_OWN, .lane = LANE_IO, .invoke = call \
    }

const struct op_kind state_forget_kind = {
    .function = "forget",
    .flags = OP_OWN,
    .lane = LANE_IO,
    .invoke = invoke_forget,
    .settle = settle_forget,
};
const struct op_kind state_drop_kind = STATE_KIND("drop", invoke_drop);
const struct op_kind state_apply_kind = STATE_KIND("apply", invoke_apply);
const struct op_kind state_docs_kind = STATE_KIND("documents", invoke_docs);
const struct op_kind state_blobs_kind = STATE_KIND("blobs", invoke_blobs);
