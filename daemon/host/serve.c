/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The order of things in a child; proto/ragd/host/v1/host.proto has the picture.
 *
 * Happy path: Hello describes the plugin; Create makes its instance and closes
 * the sandbox; then Probe and Load are answered one after the other.
 *
 * Failure modes: a plugin that cannot be used is told in Hello or Created and
 * the process ends; a frame out of order ends it without a word. What the
 * plugin does to the process is for the daemon to see.
 *
 * On close: the daemon closes the socket; instance and plugin are ended in
 * order, inside the sandbox.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/child.h"
#include "wire/host_values.h"

enum { EXIT_PROTOCOL = 2 };

/* ---- Hello ------------------------------------------------------------------------- */

static int send_hello(struct child *child, const struct err *refusal)
{
    struct arena arena = {0};
    frame_msg frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Hello hello = RAGD__HOST__V1__HELLO__INIT;
    Ragd__Host__V1__HostPlugin plugin;
    char text[ERR_MSG_BYTES + ERR_WHY_BYTES + 2];
    hello.protocol = HOST_PROTOCOL;
    int rc = 0;
    if (refusal->id) {
        snprintf(text, sizeof(text), "%s%s%s", refusal->msg, refusal->why[0] ? ": " : "",
                 refusal->why);
        hello.refusal = host_bytes(text, strlen(text));
    } else {
        rc = object_describe(&child->object, &arena, &plugin);
        hello.plugin = &plugin;
    }
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_HELLO;
    frame.hello = &hello;
    rc = rc ? rc : talk_send(&child->talk, &frame, NULL);
    arena_release(&arena);
    return rc;
}

/* ---- Create ------------------------------------------------------------------------ */

static int create_instance(struct child *child, struct ragd_call *call)
{
    struct object *object = &child->object;
    if (!object->has_loader || object->life.exec != RAGD_EXEC_BLOCKING) {
        return err_set(&call->refusal, ERR_UNSUPPORTED,
                       "only loaders whose operations block run in a child");
    }
    child->plugin_ctx = (struct ragd_ctx){.child = child};
    int rc = object->plugin.init ? object->plugin.init(&HOST_TABLE, &child->plugin_ctx) : 0;
    if (rc) {
        return rc;
    }
    child->initialised = true;
    rc = object->life.create(&child->ctx, call, &child->inst);
    child->created = rc == 0;
    return rc;
}

static enum sandbox_profile profile_of(Ragd__Host__V1__Profile profile)
{
    switch (profile) {
    case RAGD__HOST__V1__PROFILE__PROFILE_CHILD: return SANDBOX_CHILD;
    case RAGD__HOST__V1__PROFILE__PROFILE_EXEC: return SANDBOX_EXEC;
    default: return SANDBOX_CLOSED; /* what is not known is not open */
    }
}

static void close_sandbox(struct child *child, const Ragd__Host__V1__Create *in)
{
    uint32_t flags = child->object.life.flags;
    struct sandbox_want want = {
        .profile = profile_of(in->profile),
        .threads = flags & RAGD_LIFE_NEEDS_THREADS,
        .exec = {in->exec_paths, in->n_exec_paths},
        .memory_bytes = in->limits->memory_bytes,
    };
    if (flags & RAGD_LIFE_NEEDS_DIRS || want.profile == SANDBOX_EXEC) {
        want.read = (struct sandbox_paths){in->read_paths, in->n_read_paths};
    }
    sandbox_preload(want.threads);
    sandbox_close(&want, &child->sandbox);
}

static void layers_out(struct sandbox_report *in, Ragd__Host__V1__Layers *out,
                       char *open[SANDBOX_OPEN_MAX])
{
    ragd__host__v1__layers__init(out);
    out->no_new_privs = in->no_new_privs;
    out->no_capabilities = in->no_capabilities;
    out->not_dumpable = in->not_dumpable;
    out->parent_death = in->parent_death;
    out->session = in->session;
    out->descriptors = in->descriptors;
    out->rlimits = in->rlimits;
    out->address_space = in->address_space;
    out->landlock_abi = in->landlock_abi;
    out->landlock_files = in->landlock_files;
    out->landlock_net = in->landlock_net;
    out->landlock_scope = in->landlock_scope;
    out->seccomp = in->seccomp;
    for (size_t i = 0; i < in->n_open; i++) {
        open[i] = in->open[i];
    }
    out->open = open;
    out->n_open = in->n_open;
}

/* The call's own words, or at least the status. */
static Ragd__Host__V1__HostError *failure_out(const struct ragd_call *call, int status,
                                              Ragd__Host__V1__HostError *out)
{
    if (!call_error_out(call, out)) {
        ragd__host__v1__host_error__init(out);
        out->retry_after_ms = -1;
        out->message = host_bytes(call->refusal.msg, strlen(call->refusal.msg));
    }
    out->status = status;
    return out;
}

static int send_created(struct child *child, const struct ragd_call *call, int status)
{
    char *open[SANDBOX_OPEN_MAX];
    frame_msg frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Created created = RAGD__HOST__V1__CREATED__INIT;
    Ragd__Host__V1__HostError error;
    Ragd__Host__V1__Layers layers;
    layers_out(&child->sandbox, &layers, open);
    created.layers = &layers;
    created.error = status ? failure_out(call, status, &error) : NULL;
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_CREATED;
    frame.created = &created;
    return talk_send(&child->talk, &frame, NULL);
}

static int take_create(struct child *child, const Ragd__Host__V1__Create *in)
{
    struct host_entries options = {in->options, in->n_options};
    const Ragd__Host__V1__HostLimits *limits = in->limits;
    if (!limits || limits->frame_bytes == 0 || limits->frame_bytes > UINT32_MAX ||
        host_kvs_in(&child->arena, options, &child->ctx.options)) {
        return RAGD_E_ARG;
    }
    child->ctx.child = child;
    child->call_bytes = limits->call_bytes;
    child->talk.pipe.max = (uint32_t)limits->frame_bytes;
    child->limits = (struct ragd_limits){
        .struct_size = sizeof(child->limits),
        .max_depth = limits->depth,
        .max_docs = limits->documents,
        .max_text_bytes = limits->text_bytes,
        .max_meta_bytes = limits->meta_bytes,
    };
    return 0;
}

/* The frame lives in the child's arena, as the instance's options do. */
static int serve_create(struct child *child)
{
    frame_msg *frame = NULL;
    int rc = talk_receive(&child->talk, &child->arena, &frame, NULL);
    if (rc == 0 && !frame) {
        exit(EXIT_SUCCESS); /* a description was all that was wanted */
    }
    if (rc || frame->kind_case != RAGD__HOST__V1__HOST_FRAME__KIND_CREATE ||
        take_create(child, frame->create)) {
        return RAGD_E_ARG;
    }
    struct ragd_call *call = call_begin(child, 0);
    int status = create_instance(child, call);
    if (status == 0) {
        close_sandbox(child, frame->create);
    }
    rc = send_created(child, call, status);
    call_end(call);
    return status ? status : rc;
}

/* ---- the rest ---------------------------------------------------------------------- */

static int serve_probe(struct child *child, const Ragd__Host__V1__Probe *in)
{
    frame_msg frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__ProbeReply reply = RAGD__HOST__V1__PROBE_REPLY__INIT;
    struct ragd_str head = host_str(in->head);
    reply.sure = child->object.loader.probe(host_str(in->name), host_str(in->mime),
                                            (struct ragd_bytes){head.p, head.n});
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_PROBE_REPLY;
    frame.probe_reply = &reply;
    return talk_send(&child->talk, &frame, NULL);
}

static int serve_frame(struct child *child, const frame_msg *frame)
{
    switch (frame->kind_case) {
    case RAGD__HOST__V1__HOST_FRAME__KIND_PROBE: return serve_probe(child, frame->probe);
    case RAGD__HOST__V1__HOST_FRAME__KIND_LOAD: load_serve(child, frame->load); return 0;
    default: return RAGD_E_ARG;
    }
}

static int serve_calls(struct child *child)
{
    for (;;) {
        struct arena arena = {0};
        frame_msg *frame = NULL;
        int rc = talk_receive(&child->talk, &arena, &frame, NULL);
        bool end = rc == 0 && !frame;
        rc = rc || end ? rc : serve_frame(child, frame);
        arena_release(&arena);
        if (rc || end) {
            return rc;
        }
    }
}

static void end_plugin(struct child *child)
{
    if (child->created) {
        child->object.life.destroy(child->inst);
    }
    if (child->initialised && child->object.plugin.fini) {
        child->object.plugin.fini();
    }
}

int child_serve(struct child *child)
{
    struct err refusal = {0};
    int rc = object_open(&child->object, child->object.path, &HOST_TABLE, &refusal);
    int sent = send_hello(child, &refusal);
    if (rc || sent) {
        return EXIT_FAILURE;
    }
    rc = serve_create(child);
    if (rc) {
        end_plugin(child);
        return child->created || !child->call.child ? EXIT_PROTOCOL : EXIT_FAILURE;
    }
    rc = serve_calls(child);
    end_plugin(child);
    arena_release(&child->arena);
    return rc ? EXIT_PROTOCOL : EXIT_SUCCESS;
}
