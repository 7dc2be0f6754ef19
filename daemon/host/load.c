/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * One source through the loader.
 *
 * Happy path: the content is mapped from the descriptor that came with Load;
 * each document goes out as a frame and waits for what the daemon's sink says;
 * Done carries what load returned.
 *
 * Failure modes: what cannot be put into a frame (a struct too small, a text
 * that is NULL) is told in Done as the plugin's fault; a document larger than a
 * frame may be ends in the limit, whatever the plugin makes of it.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/given.h"
#include "host/child.h"
#include "wire/host_values.h"

/* The content and what goes with it. */
struct loading {
    struct arena arena;
    struct ragd_input input;
    void *map;
};

/* ---- answers ----------------------------------------------------------------------- */

/* Sends a Doc or Child and returns the daemon's verdict. */
static ragd_status ask_verdict(struct ragd_call *call, frame_msg *frame)
{
    struct child *child = call->child;
    struct arena arena = {0};
    frame_msg *answer = NULL;
    struct err err = {0};
    int rc = talk_send(&child->talk, frame, &err);
    if (rc) {
        call->refusal = call->refusal.id ? call->refusal : err;
        return rc;
    }
    rc = talk_receive(&child->talk, &arena, &answer, &err);
    if (rc || !answer || answer->kind_case != RAGD__HOST__V1__HOST_FRAME__KIND_VERDICT) {
        _exit(rc || answer ? 2 : 0); /* the daemon has no more use for us */
    }
    rc = answer->verdict->status;
    arena_release(&arena);
    return rc;
}

static int blocks_out(struct arena *arena, const struct ragd_doc *doc,
                      Ragd__Host__V1__HostBlocks *out)
{
    size_t n = doc->n_blocks;
    ragd__host__v1__host_blocks__init(out);
    out->kind = arena_calloc(arena, n, sizeof(*out->kind));
    out->level = arena_calloc(arena, n, sizeof(*out->level));
    out->page = arena_calloc(arena, n, sizeof(*out->page));
    out->line = arena_calloc(arena, n, sizeof(*out->line));
    out->off = arena_calloc(arena, n, sizeof(*out->off));
    out->len = arena_calloc(arena, n, sizeof(*out->len));
    if (!out->kind || !out->level || !out->page || !out->line || !out->off || !out->len) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        out->kind[i] = doc->blocks[i].kind;
        out->level[i] = doc->blocks[i].level;
        out->page[i] = doc->blocks[i].page;
        out->line[i] = doc->blocks[i].line;
        out->off[i] = doc->blocks[i].off;
        out->len[i] = doc->blocks[i].len;
    }
    out->n_kind = out->n_level = out->n_page = out->n_line = n;
    out->n_off = out->n_len = n;
    return 0;
}

/* A view of nothing with a length would read as an empty one there. */
static const char *null_in(const struct ragd_doc *doc)
{
    return doc->key.n && !doc->key.p       ? "a document's key"
           : doc->title.n && !doc->title.p ? "the title"
           : doc->mime.n && !doc->mime.p   ? "the type"
           : doc->lang.n && !doc->lang.p   ? "the language"
           : doc->text.n && !doc->text.p   ? "the text"
           : doc->n_blocks && !doc->blocks ? "the list of blocks"
           : doc->meta.n && !doc->meta.p   ? "the metadata"
                                           : NULL;
}

static ragd_status send_doc(struct ragd_call *call, struct arena *arena,
                            const struct ragd_doc *doc)
{
    frame_msg frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Doc out = RAGD__HOST__V1__DOC__INIT;
    Ragd__Host__V1__HostBlocks blocks;
    struct host_entries meta;
    if (blocks_out(arena, doc, &blocks) || host_kvs_out(arena, doc->meta, &meta)) {
        return err_set(&call->refusal, ERR_NOMEM, NULL);
    }
    out.key = host_bytes(doc->key.p, doc->key.n);
    out.title = host_bytes(doc->title.p, doc->title.n);
    out.mime = host_bytes(doc->mime.p, doc->mime.n);
    out.lang = host_bytes(doc->lang.p, doc->lang.n);
    out.text = host_bytes(doc->text.p, doc->text.n);
    out.flags = doc->flags;
    out.blocks = doc->n_blocks ? &blocks : NULL;
    out.meta = meta.p;
    out.n_meta = meta.n;
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_DOC;
    frame.doc = &out;
    return ask_verdict(call, &frame);
}

static ragd_status emit_doc(struct ragd_call *call, const struct ragd_doc *in)
{
    struct ragd_doc doc;
    if (!call || !call->alive) {
        return RAGD_E_CANCELLED;
    }
    if (!in) {
        return call_broken(call, "ragd_doc is NULL");
    }
    if (in->struct_size < sizeof(doc)) {
        return call_broken(call, "struct_size of ragd_doc is %u, at least %zu is needed",
                           in->struct_size, sizeof(doc));
    }
    memcpy(&doc, in, sizeof(doc));
    if (null_in(&doc)) {
        return call_broken(call, "%s is NULL with a length", null_in(&doc));
    }
    struct arena arena = {0};
    ragd_status rc = send_doc(call, &arena, &doc);
    arena_release(&arena);
    return rc;
}

static ragd_status emit_child(struct ragd_call *call, struct ragd_str name,
                              struct ragd_str mime, struct ragd_bytes bytes)
{
    if (!call || !call->alive) {
        return RAGD_E_CANCELLED;
    }
    if ((name.n && !name.p) || (mime.n && !mime.p) || (bytes.n && !bytes.p)) {
        return call_broken(call, "an attachment is NULL with a length");
    }
    frame_msg frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Child out = RAGD__HOST__V1__CHILD__INIT;
    out.name = host_bytes(name.p, name.n);
    out.mime = host_bytes(mime.p, mime.n);
    out.content = host_bytes(bytes.p, bytes.n);
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_CHILD;
    frame.child = &out;
    return ask_verdict(call, &frame);
}

static const struct ragd_doc_sink doc_sink = {.struct_size = sizeof(doc_sink),
                                              .emit = emit_doc,
                                              .child = emit_child};

/* ---- input ----------------------------------------------------------------------- */

static int map_content(struct loading *loading, int fd, uint64_t size, struct err *err)
{
    struct ragd_input *input = &loading->input;
    input->fd = fd;
    input->size = size;
    input->map = (struct ragd_bytes){"", 0};
    if (size == 0) {
        return 0;
    }
    void *p = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        return err_errno(err, fd < 0 ? EBADF : errno, "cannot map the source");
    }
    loading->map = p;
    input->map = (struct ragd_bytes){p, size};
    return 0;
}

static int take_input(struct child *child, const Ragd__Host__V1__Load *in,
                      struct loading *loading, struct err *err)
{
    struct ragd_input *input = &loading->input;
    input->struct_size = sizeof(*input);
    input->depth = (int32_t)in->depth;
    input->uri = host_str(in->uri);
    input->name = host_str(in->name);
    input->mime = host_str(in->mime);
    input->limits = &child->limits;
    input->read = given_content;
    struct host_entries meta = {in->meta, in->n_meta},
                        options = {in->options, in->n_options};
    int rc = map_content(loading, pipe_take_fd(&child->talk.pipe), in->size, err);
    if (rc == 0 && (host_kvs_in(&loading->arena, meta, &input->meta) ||
                    host_kvs_in(&loading->arena, options, &input->options))) {
        rc = err_set(err, ERR_NOMEM, NULL);
    }
    return rc;
}

static void drop_input(struct loading *loading)
{
    if (loading->map) {
        munmap(loading->map, loading->input.map.n);
    }
    if (loading->input.fd >= 0) {
        close(loading->input.fd);
    }
    arena_release(&loading->arena);
}

/* ---- the call ---------------------------------------------------------------------- */

/* What we could not do outweighs what the plugin says. */
static void send_done(struct ragd_call *call, ragd_status status)
{
    frame_msg frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Done done = RAGD__HOST__V1__DONE__INIT;
    Ragd__Host__V1__HostError detail;
    done.status = status;
    done.error = call_error_out(call, &detail);
    if (call->refusal.id) {
        struct ragd_str why = ragd_cs(call->refusal.msg);
        ragd__host__v1__host_error__init(&detail);
        detail.status = done.status = err_status(&call->refusal);
        detail.message = host_bytes(why.p, why.n);
        detail.retry_after_ms = -1;
        done.error = &detail;
    }
    done.fault = host_bytes(call->fault, strlen(call->fault));
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_DONE;
    frame.done = &done;
    (void)talk_send(&call->child->talk, &frame, NULL);
}

void load_serve(struct child *child, const Ragd__Host__V1__Load *in)
{
    struct loading loading = {.input.fd = -1};
    struct ragd_call *call = call_begin(child, in->timeout_ms);
    ragd_status status = take_input(child, in, &loading, &call->refusal);
    if (status == 0) {
        status = child->object.loader.load(child->inst, call, &loading.input, &doc_sink);
    }
    if (status == RAGD_PENDING) {
        status = call_broken(call, "answers RAGD_PENDING in a blocking operation");
    }
    send_done(call, status);
    call_end(call);
    drop_input(&loading);
}
