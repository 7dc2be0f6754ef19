/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/embedder.h"

#include <string.h>

#include "rag/run.h"

enum { E_BEGIN, E_INSTANCE, E_INFO };

static const struct run_state STATES[] = {
    [E_BEGIN] = {"begin", RUN_NEXT(E_INSTANCE), 0},
    [E_INSTANCE] = {"instance", RUN_NEXT(E_INFO), 0},
    [E_INFO] = {"info", 0, 0},
};

struct check_run {
    struct run run;
    struct embedder_check *req;
    struct call_instance instance;
    struct call_embed_info info;
};

static bool is(struct ragd_str a, const char *b)
{
    return a.n == strlen(b) && memcmp(a.p, b, a.n) == 0;
}

static bool same(struct ragd_str a, struct ragd_str b)
{
    return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

int embedder_none(const struct collection *coll, struct err *err)
{
    err_set(err, ERR_MODE, "collection %s has no embedder", coll->name);
    err_why(err, "it was made to hold vectors of its caller, or none");
    return err_hint(err, "give a vector instead of a text, or make a collection with an "
                         "embedder");
}

static int no_embedder(const struct embedder_check *req, struct err *err)
{
    err_set(err, ERR_EMBEDDER_MISMATCH, "collection %s has no embedder", req->coll->name);
    err_why(err, "%.*s would give vectors that it has no place for", (int)req->name.n,
            req->name.p);
    return err_hint(err, "leave --embedder out, or make another collection");
}

static int mismatch(const struct check_run *c, struct err *err)
{
    const struct stored_collection *set = &c->req->coll->settings;
    const struct ragd_embed_info *info = &c->info.info;
    const char *name = instance_name(c->instance.instance);
    err_set(err, ERR_EMBEDDER_MISMATCH, "collection %s was embedded with %.*s (%u dims)",
            c->req->coll->name, (int)set->embedder.n, set->embedder.p, set->dim);
    if (info->dim != set->dim) {
        err_why(err, "%s gives %u dims; vectors of two models cannot be compared", name,
                info->dim);
    } else {
        err_why(err,
                "%s gives another vector space (%.*s, not %.*s); vectors of two models "
                "cannot be compared",
                name, (int)info->space.n, info->space.p, (int)set->space.n, set->space.p);
    }
    if (c->req->name.n) {
        return err_hint(err, "leave --embedder out to use the collection's");
    }
    return err_hint(err,
                    "configure %.*s as it was, or add the documents to a new collection",
                    (int)set->embedder.n, set->embedder.p);
}

static void begin(struct check_run *c)
{
    struct err err = {0};
    const struct stored_collection *set = &c->req->coll->settings;
    bool none = is(c->req->name, "none");
    if (!set->embedder.n) {
        if (none) {
            run_end(&c->run);
            return;
        }
        c->req->name.n ? no_embedder(c->req, &err) : embedder_none(c->req->coll, &err);
        run_fail(&c->run, &err);
        return;
    }
    run_move(&c->run, E_INSTANCE);
    run_try(&c->run, &c->instance.call);
    c->instance.kind = PLUGIN_EMBEDDER;
    c->instance.name = c->req->name.n ? c->req->name : set->embedder;
    call_instance_start(&c->instance);
}

/* The one that a collection was made with may be gone: its words are still there. */
static void no_instance(struct check_run *c)
{
    struct err err = c->instance.call.err;
    const struct collection *coll = c->req->coll;
    if (err.id == ERR_NO_INSTANCE && !c->req->name.n) {
        err_why(&err, "collection %s was made with it", coll->name);
        err_hint(&err, "load its plugin or configure it again%s",
                 collection_has_keywords(coll) ? "; until then: rag search --mode keyword"
                                               : "");
    }
    run_fail(&c->run, &err);
}

static void ask_info(struct check_run *c)
{
    if (c->instance.call.status < 0) {
        no_instance(c);
        return;
    }
    run_move(&c->run, E_INFO);
    run_wait(&c->run, &c->info.call);
    c->info.embedder = c->instance.instance;
    c->info.metric = c->req->coll->settings.metric;
    call_embed_info_start(&c->info);
}

/* Beside a keyword index the vectors of words are not kept, so a collection is free
 * to follow its embedder into another space of as many dimensions, such as that of
 * a new analyser. */
static bool may_follow(const struct check_run *c)
{
    const struct collection *coll = c->req->coll;
    return !collection_has_vectors(coll) && c->info.info.flags & RAGD_EMBED_LEXICAL &&
           is(coll->settings.embedder, instance_name(c->instance.instance));
}

static void compare(struct check_run *c)
{
    struct err err = {0};
    const struct stored_collection *set = &c->req->coll->settings;
    bool fits = same(c->info.info.space, set->space) || may_follow(c);
    if (c->info.info.dim != set->dim || !fits) {
        mismatch(c, &err);
        run_fail(&c->run, &err);
        return;
    }
    if (!c->req->name.n) {
        c->req->coll->embedder = c->instance.instance;
    }
    run_end(&c->run);
}

static void step(struct run *run)
{
    struct check_run *c = (struct check_run *)run;
    switch (run->state) {
    case E_BEGIN: begin(c); break;
    case E_INSTANCE: ask_info(c); break;
    case E_INFO: compare(c); break;
    }
}

static void release(struct run *run)
{
    struct check_run *c = (struct check_run *)run;
    call_release(&c->instance.call);
    call_release(&c->info.call);
}

static const struct run_conf CONF = {
    .name = "embedder",
    .size = sizeof(struct check_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void embedder_check_start(struct embedder_check *check)
{
    struct check_run *c = run_begin(&check->op, &CONF);
    if (c) {
        c->req = check;
    }
}
