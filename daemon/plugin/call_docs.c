/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Documents and blobs of a store, by name or in pages; of one that keeps none,
 * see store_state.h.
 *
 * A document may be as large as the limit of a text, so a page ends behind the
 * one that makes it big, and what was asked for by name comes whole.
 */
#include "plugin/call_store_internal.h"
#include "plugin/check.h"
#include "plugin/store_state.h"

/* A page ends behind the one that makes it this big; bytes. */
enum { DOCS_PAGE_BYTES = 4 << 20 };

/* Both kinds: by name, or a page of those that start with prefix. */
struct docs_args {
    struct view_args base;
    uint32_t include;
    const struct ragd_str *names;
    size_t n_names, max;
    struct ragd_str prefix, after;
    struct pile found;
};

/* Whether the page takes no more. Those asked by name all fit. */
static bool is_full(struct ragd_call *call, const struct docs_args *args)
{
    if (args->n_names == 0 && args->found.n &&
        (args->found.n >= args->max || call->results.used >= DOCS_PAGE_BYTES)) {
        call->page_full = true;
    }
    return call->page_full;
}

/* ---- documents ------------------------------------------------------------------- */

static int prepare_docs(struct ragd_call *call, struct err *err)
{
    const struct call_docs *req = (const struct call_docs *)call->request;
    struct docs_args *args = call->args;
    view_args_take(call, req->view);
    args->include = req->include;
    args->n_names = req->n_ids;
    args->max = req->max_docs;
    args->found.size = sizeof(struct ragd_stored_doc);
    return copy_strs(&call->inputs, req->ids, req->n_ids, &args->names) ||
                   copy_str(&call->inputs, req->after, &args->after)
               ? err_set(err, ERR_NOMEM, NULL)
               : 0;
}

static int take_doc(struct ragd_call *call, const struct ragd_stored_doc *in,
                    struct ragd_stored_doc *out)
{
    struct ragd_stored_doc doc;
    int rc = check_struct(call, "ragd_stored_doc", in, &doc, sizeof(doc));
    if (rc) {
        return rc;
    }
    const struct {
        const char *what;
        struct ragd_str text;
        size_t max;
    } texts[] = {
        {"a document's id", doc.id, ID_BYTES_MAX},
        {"a document's source", doc.source, TITLE_BYTES_MAX},
        {"a document's title", doc.title, TITLE_BYTES_MAX},
        {"a document's type", doc.mime, NAME_BYTES_MAX},
        {"a document's language", doc.lang, NAME_BYTES_MAX},
        {"a document's text", doc.text, SIZE_MAX},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && rc == 0; i++) {
        rc = check_str(call, texts[i].what, texts[i].text, texts[i].max);
    }
    rc = rc ? rc : check_stored_meta(call, "a document's metadata", doc.meta);
    /* Blocks may come without the text they are of. */
    if (rc == 0 && doc.text.n) {
        rc = check_blocks(call, doc.blocks, doc.n_blocks, doc.text);
    }
    return rc ? rc : copy_stored_doc(&call->results, &doc, out) ? check_too_much(call) : 0;
}

static ragd_status emit_doc(struct ragd_call *call, const struct ragd_stored_doc *in)
{
    struct docs_args *args = call->args;
    if (is_full(call, args)) {
        return RAGD_E_CANCELLED;
    }
    struct ragd_stored_doc *doc = pile_add(&call->results, &args->found);
    int rc = doc ? take_doc(call, in, doc) : check_too_much(call);
    return rc ? rc : attempt_state(call);
}

static const struct ragd_doc_out doc_sink = {.struct_size = sizeof(doc_sink),
                                             .emit = emit_doc};

static ragd_status invoke_docs(struct ragd_call *call)
{
    struct docs_args *args = call->args;
    const struct ragd_store *store = store_table(call);
    return args->n_names ? store->doc_get(args->base.handle, call, args->include,
                                          args->names, args->n_names, &doc_sink)
                         : store->doc_scan(args->base.handle, call, args->include,
                                           args->after, &doc_sink);
}

static int settle_docs(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_docs *req = (struct call_docs *)call->request;
    const struct docs_args *args = call->args;
    req->docs = args->found.p;
    req->n_docs = args->found.n;
    req->more = call->page_full;
    return 0;
}

static const struct op_kind docs_kind = {
    .function = "documents",
    .args_bytes = sizeof(struct docs_args),
    .prepare = prepare_docs,
    .invoke = invoke_docs,
    .settle = settle_docs,
    .drop = view_args_drop,
};

void call_docs_start(struct call_docs *req)
{
    bool own = !keeps_blobs(req->view->coll->store);
    req->docs = NULL;
    req->n_docs = 0;
    req->more = false;
    start_on_view(&req->call, own ? &state_docs_kind : &docs_kind, req->view);
}

/* ---- blobs ------------------------------------------------------------------------ */

static int prepare_blobs(struct ragd_call *call, struct err *err)
{
    const struct call_blobs *req = (const struct call_blobs *)call->request;
    struct docs_args *args = call->args;
    view_args_take(call, req->view);
    args->n_names = req->n_names;
    args->max = req->max_blobs;
    args->found.size = sizeof(struct ragd_blob);
    return copy_strs(&call->inputs, req->names, req->n_names, &args->names) ||
                   copy_str(&call->inputs, req->prefix, &args->prefix) ||
                   copy_str(&call->inputs, req->after, &args->after)
               ? err_set(err, ERR_NOMEM, NULL)
               : 0;
}

static ragd_status emit_blob(struct ragd_call *call, const struct ragd_blob *in)
{
    struct docs_args *args = call->args;
    if (is_full(call, args)) {
        return RAGD_E_CANCELLED;
    }
    if (!in || !in->bytes.p || in->bytes.n > BLOB_BYTES_MAX) {
        return attempt_broken(call, "gives a blob without bytes or with too many");
    }
    int rc = check_str(call, "a blob's name", in->name, NAME_BYTES_MAX);
    struct ragd_blob *blob = rc ? NULL : pile_add(&call->results, &args->found);
    if (rc == 0 && (!blob || copy_blob(&call->results, in, blob))) {
        rc = check_too_much(call);
    }
    return rc ? rc : attempt_state(call);
}

static const struct ragd_blob_sink blob_sink = {.struct_size = sizeof(blob_sink),
                                                .emit = emit_blob};

static ragd_status invoke_blobs(struct ragd_call *call)
{
    struct docs_args *args = call->args;
    const struct ragd_store *store = store_table(call);
    return args->n_names ? store->blob_get(args->base.handle, call, args->names,
                                           args->n_names, &blob_sink)
                         : store->blob_scan(args->base.handle, call, args->prefix,
                                            args->after, &blob_sink);
}

static int settle_blobs(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_blobs *req = (struct call_blobs *)call->request;
    const struct docs_args *args = call->args;
    req->blobs = args->found.p;
    req->n_blobs = args->found.n;
    req->more = call->page_full;
    return 0;
}

static const struct op_kind blobs_kind = {
    .function = "blobs",
    .args_bytes = sizeof(struct docs_args),
    .prepare = prepare_blobs,
    .invoke = invoke_blobs,
    .settle = settle_blobs,
    .drop = view_args_drop,
};

void call_blobs_start(struct call_blobs *req)
{
    bool own = !keeps_blobs(req->view->coll->store);
    req->blobs = NULL;
    req->n_blobs = 0;
    req->more = false;
    start_on_view(&req->call, own ? &state_blobs_kind : &blobs_kind, req->view);
}
