/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: the content goes to a child as a descriptor that it can only read;
 * each document comes back as a frame, is looked at and copied by the same sink
 * as one from inside the daemon, and is answered with what the sink says; Done
 * ends it.
 *
 * Failure modes: the child dies, breaks the protocol, is asked to stop and does
 * not, takes too long or says too much: it is killed and the call fails with the
 * reason. One that died while it was idle is no document's fault: the next one is
 * sent the same.
 *
 * On close: a call that is stopped comes back within the limit child_grace.
 */
#include "plugin/child_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "plugin/child_lines.h"
#include "plugin/child_pool.h"
#include "plugin/engine.h"
#include "plugin/host.h"
#include "wire/control.h"
#include "wire/host_values.h"

enum {
    PROBE_MS = 2000,     /* for an answer from the first few kilobytes */
    FRAME_OVERHEAD = 64, /* bytes that a frame counts beside its own */
    SENDS_MAX = 3,       /* children that died while they were idle */
};

/* ---- the content ---------------------------------------------------------------------- */

static int copy_sealed(struct ragd_bytes bytes)
{
    int fd = memfd_create("source", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    const char *p = bytes.p;
    ssize_t n = 0;
    for (size_t done = 0; fd >= 0 && done < bytes.n && n >= 0; done += (size_t)n) {
        n = write(fd, p + done, bytes.n - done);
    }
    int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (fd >= 0 && (n < 0 || fcntl(fd, F_ADD_SEALS, seals) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Opened anew, a file of ours can only be read by who gets it. */
static int content_fd(const struct ragd_input *input, int *out, struct err *err)
{
    char path[64];
    int fd = -1;
    *out = -1;
    if (input->size == 0) {
        return 0;
    }
    if (input->fd >= 0) {
        snprintf(path, sizeof(path), "/proc/self/fd/%d", input->fd);
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    fd = fd < 0 ? copy_sealed(input->map) : fd;
    if (fd < 0) {
        return err_errno(err, errno, "cannot hand the source over");
    }
    *out = fd;
    return 0;
}

/* ---- one call -------------------------------------------------------------------------- */

struct loading {
    struct ragd_call *call;
    struct child_pool *pool;
    const struct ragd_input *input;
    const struct ragd_doc_sink *sink;
    struct child_wait wait;
    struct child *child;
    uint64_t received; /* of the child before this call */
    uint64_t frames;
};

int child_hear(struct ragd_ctx *ctx, const host_frame *frame, struct err *err)
{
    struct arena arena = {0};
    struct ragd_kvs fields;
    if (frame->kind_case != RAGD__HOST__V1__HOST_FRAME__KIND_LOG) {
        return child_breach("says what nobody asked", err);
    }
    struct host_entries in = {frame->log->fields, frame->log->n_fields};
    if (frame->log->level > log_level() || !child_lines_take(ctx->plugin)) {
        return 0;
    }
    if (host_kvs_in(&arena, in, &fields) == 0) {
        HOST.log(ctx, frame->log->level, host_str(frame->log->text), fields);
    }
    arena_release(&arena);
    return 0;
}

static int send_verdict(struct loading *l, ragd_status status, struct err *err)
{
    host_frame frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Verdict verdict = RAGD__HOST__V1__VERDICT__INIT;
    verdict.status = status;
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_VERDICT;
    frame.verdict = &verdict;
    return child_send(l->child, &frame, -1, &l->wait, err);
}

static int take_blocks(struct arena *arena, const Ragd__Host__V1__HostBlocks *in,
                       struct ragd_doc *doc, struct err *err)
{
    size_t n = in ? in->n_off : 0;
    if (n && (in->n_kind != n || in->n_level != n || in->n_page != n || in->n_line != n ||
              in->n_len != n)) {
        return child_breach("gives blocks with missing parts", err);
    }
    struct ragd_block *blocks = arena_calloc(arena, n, sizeof(*blocks));
    if (!blocks) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < n; i++) {
        blocks[i].kind = in->kind[i];
        blocks[i].level = in->level[i];
        blocks[i].page = in->page[i];
        blocks[i].line = in->line[i];
        blocks[i].off = in->off[i];
        blocks[i].len = in->len[i];
    }
    doc->blocks = blocks;
    doc->n_blocks = n;
    return 0;
}

static int take_doc(struct loading *l, const Ragd__Host__V1__Doc *in, struct err *err)
{
    struct arena arena = {0};
    struct ragd_doc doc = {.struct_size = sizeof(doc),
                           .flags = in->flags,
                           .key = host_str(in->key),
                           .title = host_str(in->title),
                           .mime = host_str(in->mime),
                           .lang = host_str(in->lang),
                           .text = host_str(in->text)};
    struct host_entries meta = {in->meta, in->n_meta};
    int rc = host_kvs_in(&arena, meta, &doc.meta) ? err_set(err, ERR_NOMEM, NULL) : 0;
    rc = rc ? rc : take_blocks(&arena, in->blocks, &doc, err);
    ragd_status verdict = rc ? rc : l->sink->emit(l->call, &doc);
    arena_release(&arena);
    return rc ? rc : send_verdict(l, verdict, err);
}

static int take_child(struct loading *l, const Ragd__Host__V1__Child *in, struct err *err)
{
    struct ragd_bytes content = {in->content.data, in->content.len};
    ragd_status verdict = l->sink->child(l->call, host_str(in->name), host_str(in->mime),
                                         content);
    return send_verdict(l, verdict, err);
}

static struct ragd_error error_of(const Ragd__Host__V1__HostError *in)
{
    return (struct ragd_error){.struct_size = sizeof(struct ragd_error),
                               .status = in->status,
                               .code = host_str(in->code),
                               .message = host_str(in->message),
                               .retry_after_ms = in->retry_after_ms,
                               .http_status = in->http_status,
                               .os_errno = in->os_errno};
}

static int take_item_error(struct loading *l, const Ragd__Host__V1__ItemError *in,
                           struct err *err)
{
    if (!in->error) {
        return child_breach("tells an error without one", err);
    }
    struct ragd_error error = error_of(in->error);
    HOST.call_item_error(l->call, in->index, &error);
    return 0;
}

/* What a frame between Load and Done asks for. */
static int take_frame(struct loading *l, const host_frame *frame, struct err *err)
{
    switch (frame->kind_case) {
    case RAGD__HOST__V1__HOST_FRAME__KIND_DOC: return take_doc(l, frame->doc, err);
    case RAGD__HOST__V1__HOST_FRAME__KIND_CHILD: return take_child(l, frame->child, err);
    case RAGD__HOST__V1__HOST_FRAME__KIND_PROGRESS:
        HOST.call_progress(l->call, frame->progress->done, frame->progress->total);
        return 0;
    case RAGD__HOST__V1__HOST_FRAME__KIND_ITEM_ERROR:
        return take_item_error(l, frame->item_error, err);
    default: return child_hear(&child_pool_instance(l->pool)->ctx, frame, err);
    }
}

/* All that it says of one source, also what is not kept. */
static int check_budget(struct loading *l, struct err *err)
{
    uint64_t most = engine()->limits.plugin_results;
    l->frames++;
    if (l->child->pipe.received - l->received + l->frames * FRAME_OVERHEAD <= most) {
        return 0;
    }
    err_set(err, ERR_LIMIT, "loader %s says more than %llu bytes about it",
            l->child->plugin->name, (unsigned long long)most);
    return err_hint(err, "the limit is limits.plugin_results");
}

static int send_load(struct loading *l, int fd, struct err *err)
{
    const struct ragd_input *input = l->input;
    struct arena arena = {0};
    struct host_entries meta, options;
    host_frame frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Load load = RAGD__HOST__V1__LOAD__INIT;
    int64_t left = attempt_left_ms(l->call), most = (int64_t)engine()->limits.parse;
    int rc = host_kvs_out(&arena, input->meta, &meta) ||
                     host_kvs_out(&arena, input->options, &options)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : 0;
    if (rc == 0) {
        load.uri = host_bytes(input->uri.p, input->uri.n);
        load.name = host_bytes(input->name.p, input->name.n);
        load.mime = host_bytes(input->mime.p, input->mime.n);
        load.size = input->size;
        load.depth = (uint32_t)input->depth;
        load.meta = meta.p;
        load.n_meta = meta.n;
        load.options = options.p;
        load.n_options = options.n;
        load.timeout_ms = (uint64_t)(left < most ? left : most) + 1;
        frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_LOAD;
        frame.load = &load;
        rc = child_send(l->child, &frame, fd, &l->wait, err);
    }
    arena_release(&arena);
    return rc;
}

/* A child that takes no Load died while it was idle: no document's fault. */
static int begin(struct loading *l, int fd, struct err *err)
{
    int rc = 0;
    for (int i = 0; i < SENDS_MAX; i++) {
        rc = child_pool_take(l->pool, &l->wait, &l->child, err);
        if (rc) {
            return rc;
        }
        struct child *child = l->child;
        l->wait.deadline_ms = clock_mono_ms() + engine()->limits.parse;
        atomic_store(&child->control->stop, 0);
        child->stop_by_ms = 0;
        child->loads++;
        child_limit_cpu(child, engine()->limits.parse_cpu);
        l->received = child->pipe.received;
        *err = (struct err){0};
        rc = send_load(l, fd, err);
        if (rc == 0 || err->id != ERR_LOADER_CRASHED) {
            return rc;
        }
        child_pool_give_take(l->pool, child, CHILD_ENDED);
        l->child = NULL;
    }
    return rc;
}

/* Until Done, which lives in the child's frame. */
static int converse(struct loading *l, const Ragd__Host__V1__Done **done, struct err *err)
{
    const host_frame *frame;
    int rc = child_receive(l->child, &l->wait, &frame, err);
    while (rc == 0 && frame->kind_case != RAGD__HOST__V1__HOST_FRAME__KIND_DONE) {
        rc = check_budget(l, err);
        rc = rc ? rc : take_frame(l, frame, err);
        rc = rc ? rc : child_receive(l->child, &l->wait, &frame, err);
    }
    *done = rc ? NULL : frame->done;
    return rc;
}

/* ---- how it went ------------------------------------------------------------------------- */

static int too_long(const struct loading *l, struct err *err)
{
    err_set(err, ERR_LIMIT, "loader %s took longer than %llu ms",
            child_pool_instance(l->pool)->plugin->name,
            (unsigned long long)engine()->limits.parse);
    return err_hint(err, "the limit is limits.parse");
}

static int too_much_memory(const struct loading *l, struct err *err)
{
    err_set(err, ERR_LIMIT, "loader %s needed more than %llu bytes of memory",
            child_pool_instance(l->pool)->plugin->name,
            (unsigned long long)engine()->limits.parse_memory);
    return err_hint(err, "the limit is limits.parse_memory");
}

static bool is_past(const struct loading *l)
{
    return l->wait.deadline_ms && clock_mono_ms() >= l->wait.deadline_ms;
}

/* The loader's own answer; what makes no sense of it is found by who asked. */
static ragd_status take_done(struct loading *l, const Ragd__Host__V1__Done *done)
{
    struct err err = {0};
    if (done->fault.len) {
        struct ragd_str fault = host_words(done->fault, "says why in what is no text");
        return attempt_broken(l->call, "%.*s", (int)fault.n, fault.p);
    }
    if (done->status == RAGD_E_NOMEM) {
        too_much_memory(l, &err);
    } else if (done->status == RAGD_E_DEADLINE && is_past(l)) {
        too_long(l, &err);
    }
    if (err.id) {
        attempt_keep_fault(l->call, &err);
    } else if (done->error) {
        struct ragd_error error = error_of(done->error);
        HOST.call_error(l->call, &error);
    }
    return done->status;
}

/* No answer: the reason is the call's fault, but for its own stop. */
static ragd_status take_failure(struct loading *l, int rc, struct err *err)
{
    if (err->id == ERR_DEADLINE && is_past(l)) {
        rc = too_long(l, err);
    }
    attempt_keep_fault(l->call, err);
    return rc;
}

static enum child_end end_of(const struct ragd_call *call, const struct err *err)
{
    bool fault = err->id == ERR_LOADER_CRASHED || err->id == ERR_PLUGIN;
    return !fault ? CHILD_ENDED : call->again ? CHILD_AGAIN : CHILD_FAULT;
}

ragd_status child_load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                       const struct ragd_doc_sink *sink)
{
    struct loading l = {.call = call, .pool = inst, .input = input, .sink = sink};
    const Ragd__Host__V1__Done *done = NULL;
    struct err err = {0};
    int fd = -1;
    l.wait.call = call; /* its time counts from when it has a process */
    int rc = content_fd(input, &fd, &err);
    rc = rc ? rc : begin(&l, fd, &err);
    if (fd >= 0) {
        close(fd);
    }
    rc = rc ? rc : converse(&l, &done, &err);
    ragd_status status = done ? take_done(&l, done) : take_failure(&l, rc, &err);
    if (l.child) {
        enum child_end end = !done               ? end_of(call, &err)
                             : done->fault.len   ? CHILD_FAULT
                             : done->status != 0 ? CHILD_DONE
                                                 : CHILD_WELL;
        child_pool_give_take(l.pool, l.child, end);
    }
    return status;
}

/* ---- probing --------------------------------------------------------------------------- */

static int ask(struct child *child, const struct child_wait *wait, struct ragd_ctx *ctx,
               const Ragd__Host__V1__Probe *probe, int32_t *sure, struct err *err)
{
    const host_frame *answer;
    host_frame frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_PROBE;
    frame.probe = (Ragd__Host__V1__Probe *)(uintptr_t)probe;
    int rc = child_send(child, &frame, -1, wait, err);
    rc = rc ? rc : child_receive(child, wait, &answer, err);
    while (rc == 0 && answer->kind_case != RAGD__HOST__V1__HOST_FRAME__KIND_PROBE_REPLY) {
        rc = child_hear(ctx, answer, err);
        rc = rc ? rc : child_receive(child, wait, &answer, err);
    }
    if (rc == 0) {
        *sure = answer->probe_reply->sure;
    }
    return rc;
}

enum { PROBES = 2 /* of one source by one loader, when a process dies of it */ };

static int probe_once(struct child_pool *pool, const struct ragd_call *call,
                      const Ragd__Host__V1__Probe *probe, int32_t *sure, struct err *err)
{
    struct child_wait wait = {.call = call};
    struct child *child;
    *err = (struct err){0};
    int rc = child_pool_take(pool, &wait, &child, err);
    if (rc) {
        return rc;
    }
    atomic_store(&child->control->stop, 0);
    child->stop_by_ms = 0;
    wait.deadline_ms = clock_mono_ms() + PROBE_MS; /* its start has a limit of its own */
    child_limit_cpu(child, PROBE_MS);
    rc = ask(child, &wait, &child_pool_instance(pool)->ctx, probe, sure, err);
    if (rc && err->id == ERR_DEADLINE) {
        rc = err_set(err, ERR_LIMIT, "loader %s took longer than %d ms to look at it",
                     child->plugin->name, PROBE_MS);
    }
    enum child_end end = rc ? end_of(call, err) : CHILD_ASKED;
    child_pool_give_take(pool, child, end == CHILD_FAULT ? CHILD_MUTE : end);
    return rc;
}

/* A process that dies says nothing of the source yet: another one is asked, or a
 * loader that knows it less well would get it. */
int child_probe(const struct instance *instance, const struct ragd_call *call,
                const struct call_pick *pick, int32_t *sure, struct err *err)
{
    Ragd__Host__V1__Probe probe = RAGD__HOST__V1__PROBE__INIT;
    probe.name = host_bytes(pick->name.p, pick->name.n);
    probe.mime = host_bytes(pick->mime.p, pick->mime.n);
    probe.head = host_bytes(pick->head.p, pick->head.n);
    int rc = probe_once(instance->inst, call, &probe, sure, err);
    for (int i = 1; rc && err->id == ERR_LOADER_CRASHED && i < PROBES; i++) {
        rc = probe_once(instance->inst, call, &probe, sure, err);
    }
    return rc;
}
