/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Making a collection.
 *
 * happy path: EMBEDDER and INFO give the vector space (not without an
 * embedder), STORE its place, CREATE and OPEN the collection under a name of
 * our own, APPLY writes its settings, COMMIT (or FLUSH) makes them durable; then it is
 * known by its name.
 * failure modes: what fails after CREATE is undone by UNDO; what a crash leaves
 * there has no settings, or, made for an add or import, nothing committed to it:
 * recovery drops it.
 * on close: from APPLY on it is not cancelled any more.
 */
#include <string.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/failpoint.h"
#include "core/rng.h"
#include "plugin/call_load.h"
#include "rag/embedder.h"
#include "rag/registry.h"
#include "rag/run.h"

enum {
    C_BEGIN,
    C_EMBEDDER,
    C_INFO,
    C_STORE,
    C_CREATE,
    C_OPEN,
    C_APPLY,
    C_FLUSH,
    C_COMMIT,
    C_UNDO
};

static const struct run_state STATES[] = {
    [C_BEGIN] = {"begin", RUN_NEXT(C_EMBEDDER) | RUN_NEXT(C_STORE), 0},
    [C_EMBEDDER] = {"embedder", RUN_NEXT(C_INFO), 0},
    [C_INFO] = {"info", RUN_NEXT(C_STORE), 0},
    [C_STORE] = {"store", RUN_NEXT(C_CREATE), 0},
    [C_CREATE] = {"create", RUN_NEXT(C_OPEN), RUN_FINAL},
    [C_OPEN] = {"open", RUN_NEXT(C_APPLY) | RUN_NEXT(C_UNDO), RUN_FINAL},
    [C_APPLY] = {"apply", RUN_NEXT(C_FLUSH) | RUN_NEXT(C_COMMIT) | RUN_NEXT(C_UNDO),
                 RUN_FINAL},
    [C_FLUSH] = {"flush", RUN_NEXT(C_UNDO), RUN_FINAL},
    [C_COMMIT] = {"commit", RUN_NEXT(C_UNDO), RUN_FINAL},
    [C_UNDO] = {"undo", 0, RUN_FINAL},
};

struct create_run {
    struct run run;
    struct collection_create *req;
    struct stored_collection settings; /* borrows from req, engine and info */
    char key[COLLECTION_KEY_BYTES];
    struct buf blob;
    struct ragd_blob blob_ref;
    struct err err; /* what UNDO ends with */
    struct call_instance embedder, store;
    struct call_embed_info info;
    struct call_coll coll;
    struct call_apply apply;
    struct call_flush flush;
};

static const char KEY_PREFIX[] = "c-";

enum { KEY_RANDOM_BYTES = 8 };

void collection_key_make(char key[COLLECTION_KEY_BYTES])
{
    memcpy(key, KEY_PREFIX, sizeof(KEY_PREFIX) - 1);
    rng_hex(key + sizeof(KEY_PREFIX) - 1, KEY_RANDOM_BYTES);
}

bool collection_key_is_ours(struct ragd_str key)
{
    size_t n = sizeof(KEY_PREFIX) - 1;
    return key.n == n + (size_t)2 * KEY_RANDOM_BYTES && memcmp(key.p, KEY_PREFIX, n) == 0;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_ipv4(struct ragd_str s)
{
    size_t dots = 0, digits = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' && digits) {
            dots++;
            digits = 0;
        } else if (s.p[i] >= '0' && s.p[i] <= '9' && digits < 3) {
            digits++;
        } else {
            return false;
        }
    }
    return dots == 3 && digits;
}

/* The rule that a name breaks, or NULL. */
static const char *broken_rule(struct ragd_str name)
{
    if (name.n < COLLECTION_NAME_MIN || name.n > COLLECTION_NAME_MAX) {
        return "it must have 3 to 63 characters";
    }
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!is_alnum(c) && c != '.' && c != '_' && c != '-') {
            return "it may hold letters a-z and A-Z, digits, '.', '_' and '-' only";
        }
    }
    if (!is_alnum(name.p[0]) || !is_alnum(name.p[name.n - 1])) {
        return "it must begin and end with a letter or a digit";
    }
    if (memmem(name.p, name.n, "..", 2)) {
        return "it must not hold two dots in a row";
    }
    return is_ipv4(name) ? "it must not look like an IPv4 address" : NULL;
}

int collection_name_check(struct ragd_str name, struct err *err)
{
    const char *rule = broken_rule(name);
    if (!rule) {
        return 0;
    }
    int shown = (int)(name.n < 2 * COLLECTION_NAME_MAX ? name.n : 2 * COLLECTION_NAME_MAX);
    err_set(err, ERR_INVALID, "'%.*s' is no name for a collection", shown, name.p);
    err_why(err, "%s", rule);
    return err_hint(err, "a name like papers or my-notes.2026: 3 to 63 letters, digits, "
                         "'.', '_' and '-', a letter or digit at both ends");
}

static bool is_none(struct ragd_str embedder)
{
    return embedder.n == 4 && memcmp(embedder.p, "none", 4) == 0;
}

static int check(const struct create_run *c, struct err *err)
{
    const struct collection_settings *in = &c->req->settings;
    int rc = collection_name_check(in->name, err);
    if (!rc && registry_has(c->run.engine, c->req->op.owner, in->name)) {
        err_set(err, ERR_EXISTS, "collection '%.*s' exists already", (int)in->name.n,
                in->name.p);
        rc = err_hint(err, "rag collection show %.*s tells what it is", (int)in->name.n,
                      in->name.p);
    }
    if (!rc && in->metric > RAGD_METRIC_IP) {
        rc = err_set(err, ERR_INVALID, "unknown metric %u", in->metric);
    }
    if (!rc && in->dim > COLLECTION_DIM_MAX) {
        rc = err_set(err, ERR_INVALID, "a dimension of %u, the most is %d", in->dim,
                     COLLECTION_DIM_MAX);
    }
    if (!rc && in->dim && in->embedder.n && !is_none(in->embedder)) {
        err_set(err, ERR_INVALID, "a dimension can be given with the embedder none only");
        rc = err_hint(err, "leave it out: the embedder knows its own");
    }
    return rc ? rc : loader_options_check(in->loader_options, err);
}

static void find_store(struct create_run *c)
{
    run_move(&c->run, C_STORE);
    run_wait(&c->run, &c->store.call);
    c->store.kind = PLUGIN_STORE;
    c->store.name = c->req->settings.store.n ? c->req->settings.store
                                             : c->run.engine->settings.store;
    call_instance_start(&c->store);
}

static void begin(struct create_run *c)
{
    struct err err = {0};
    const struct collection_settings *in = &c->req->settings;
    struct ragd_str embedder = in->embedder;
    if (!embedder.n && !in->dim) {
        embedder = c->run.engine->settings.embedder;
    }
    if (check(c, &err) || splitter_resolve(&in->splitter, &c->run.engine->splitter,
                                           &c->settings.splitter, &err)) {
        run_fail(&c->run, &err);
        return;
    }
    c->settings.owner = c->req->op.owner;
    c->settings.name = in->name;
    c->settings.loader_options = in->loader_options;
    c->settings.metric = in->metric;
    c->settings.created_ms = clock_unix_ms();
    c->settings.provisional = c->req->provisional;
    if (is_none(embedder) || (in->dim && !embedder.n)) {
        c->settings.dim = in->dim;
        c->settings.metric = in->metric ? in->metric : RAGD_METRIC_L2;
        find_store(c);
        return;
    }
    run_move(&c->run, C_EMBEDDER);
    run_wait(&c->run, &c->embedder.call);
    c->embedder.kind = PLUGIN_EMBEDDER;
    c->embedder.name = embedder;
    call_instance_start(&c->embedder);
}

static void ask_info(struct create_run *c)
{
    run_move(&c->run, C_INFO);
    run_wait(&c->run, &c->info.call);
    c->info.embedder = c->embedder.instance;
    c->info.metric = c->settings.metric;
    call_embed_info_start(&c->info);
}

static void take_info(struct create_run *c)
{
    const struct ragd_embed_info *info = &c->info.info;
    c->settings.embedder = ragd_cs(instance_name(c->embedder.instance));
    c->settings.model = info->model;
    c->settings.space = info->space;
    c->settings.dim = info->dim;
    c->settings.lexical = info->flags & RAGD_EMBED_LEXICAL;
    if (!c->settings.metric) {
        c->settings.metric = info->metric ? info->metric : RAGD_METRIC_L2;
    }
    find_store(c);
}

/* Opens a private collection around the store's, not yet known by name. */
static void create(struct create_run *c)
{
    collection_key_make(c->key);
    struct collection *coll = collection_new(c->run.engine, c->store.instance, c->key,
                                             &c->settings);
    if (!coll) {
        run_fail_id(&c->run, ERR_NOMEM);
        return;
    }
    coll->provisional = c->settings.provisional;
    c->run.coll = coll;
    run_move(&c->run, C_CREATE);
    run_wait(&c->run, &c->coll.call);
    c->coll.store = c->store.instance;
    c->coll.action = COLL_CREATE;
    c->coll.spec = (struct ragd_coll_spec){
        .struct_size = sizeof(c->coll.spec),
        .name = ragd_cs(c->key),
        .space = c->settings.space,
        .dim = collection_has_vectors(coll) ? c->settings.dim : 0,
        .metric = c->settings.metric,
    };
    call_coll_start(&c->coll);
}

static void undo(struct create_run *c, const struct err *err)
{
    c->err = *err;
    run_move(&c->run, C_UNDO);
    run_try(&c->run, &c->coll.call);
    c->coll.action = COLL_DROP;
    c->coll.coll = c->run.coll->coll;
    call_coll_start(&c->coll);
}

static void open(struct create_run *c)
{
    run_move(&c->run, C_OPEN);
    run_try(&c->run, &c->coll.call);
    c->coll.action = COLL_OPEN;
    call_coll_start(&c->coll);
}

static void apply(struct create_run *c)
{
    c->run.coll->coll = c->coll.coll;
    if (stored_collection_encode(&c->settings, &c->blob)) {
        struct err err = {0};
        err_set(&err, ERR_NOMEM, NULL);
        undo(c, &err);
        return;
    }
    c->blob_ref = (struct ragd_blob){ragd_cs(STORED_SETTINGS), {c->blob.p, c->blob.n}};
    run_move(&c->run, C_APPLY);
    run_try(&c->run, &c->apply.call);
    c->apply.coll = c->run.coll->coll;
    c->apply.change = (struct ragd_apply){.struct_size = sizeof(c->apply.change),
                                          .blobs = &c->blob_ref,
                                          .n_blobs = 1};
    call_apply_start(&c->apply);
}

/* One made on first use is acknowledged, and marked, with what is put into it. */
static void make_durable(struct create_run *c)
{
    if (!c->req->provisional) {
        run_move(&c->run, C_COMMIT);
        run_commit(&c->run);
        return;
    }
    run_move(&c->run, C_FLUSH);
    run_try(&c->run, &c->flush.call);
    c->flush.coll = c->run.coll->coll;
    call_flush_start(&c->flush);
}

static void publish(struct create_run *c)
{
    struct err err = {0};
    struct collection_create *req = c->req;
    if (collection_info_fill(c->run.coll, &req->op.arena, &req->info)) {
        err_set(&err, ERR_NOMEM, NULL);
    } else if (!registry_add(c->run.engine, c->run.coll, &err)) {
        c->run.coll->embedder = c->embedder.instance;
        run_end(&c->run);
        return;
    }
    req->info = (struct collection_info){0};
    undo(c, &err);
}

static void undone(struct create_run *c)
{
    struct err err = c->err;
    if (c->coll.call.status == 0) {
        c->run.coll->coll = NULL;
    }
    run_fail(&c->run, &err);
}

/* Past CREATE a failure is undone. */
static bool failed(struct create_run *c, const struct call *call)
{
    if (call->status >= 0) {
        return false;
    }
    struct err err = call->err;
    undo(c, &err);
    return true;
}

static void step(struct run *run)
{
    struct create_run *c = (struct create_run *)run;
    switch (run->state) {
    case C_BEGIN: begin(c); break;
    case C_EMBEDDER: ask_info(c); break;
    case C_INFO: take_info(c); break;
    case C_STORE: create(c); break;
    case C_CREATE: open(c); break;
    case C_OPEN:
        if (!failed(c, &c->coll.call)) {
            apply(c);
        }
        break;
    case C_APPLY:
        if (!failed(c, &c->apply.call)) {
            make_durable(c);
        }
        break;
    case C_FLUSH:
        if (!failed(c, &c->flush.call)) {
            publish(c);
        }
        break;
    case C_COMMIT: publish(c); break;
    case C_UNDO: undone(c); break;
    }
}

static void fail(struct run *run, const struct err *err)
{
    if (run->state == C_COMMIT) {
        undo((struct create_run *)run, err);
    } else {
        run_fail(run, err);
    }
}

static void release(struct run *run)
{
    struct create_run *c = (struct create_run *)run;
    call_release(&c->embedder.call);
    call_release(&c->store.call);
    call_release(&c->info.call);
    call_release(&c->coll.call);
    call_release(&c->apply.call);
    call_release(&c->flush.call);
    buf_release(&c->blob);
}

static const struct run_conf CONF = {
    .name = "create",
    .size = sizeof(struct create_run),
    .states = STATES,
    .step = step,
    .fail = fail,
    .release = release,
};

void collection_create_start(struct collection_create *req)
{
    struct create_run *c = run_begin(&req->op, &CONF);
    if (c) {
        c->req = req;
    }
}
