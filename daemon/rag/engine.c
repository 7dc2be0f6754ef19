/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/engine.h"

#include <assert.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "rag/chunk.h"
#include "rag/recover.h"
#include "rag/registry.h"
#include "rag/run.h"
#include "rag/search.h"

enum {
    /* Without a model that says how much it takes. */
    PROMPT_TOKENS_DEFAULT = 8192,
    ANSWER_TOKENS_DEFAULT = 1024,
};

static const char PROMPT_SYSTEM[] =
    "You answer questions from numbered extracts of the user's own documents. Use only "
    "what the extracts say. After each statement name the extract it rests on in square "
    "brackets, such as [2]. When the extracts do not answer the question, say so in one "
    "sentence and add nothing.\n\nExtracts:\n\n{context}";

static int copy_strings(struct arena *arena, const struct engine_settings *in,
                        struct engine_settings *out)
{
    const struct ragd_str *from[] = {&in->embedder, &in->store, &in->llm,
                                     &in->prompt_system, &in->prompt_user};
    struct ragd_str *to[] = {&out->embedder, &out->store, &out->llm, &out->prompt_system,
                             &out->prompt_user};
    for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++) {
        *to[i] = arena_str(arena, *from[i]);
        if (!to[i]->p) {
            return RAGD_E_NOMEM;
        }
    }
    return 0;
}

static int copy_separators(struct arena *arena, struct splitter *splitter)
{
    struct ragd_str *copy = arena_calloc(arena, splitter->n_separators, sizeof(*copy));
    for (size_t i = 0; copy && i < splitter->n_separators; i++) {
        copy[i] = arena_str(arena, splitter->separators[i]);
        if (!copy[i].p) {
            return RAGD_E_NOMEM;
        }
    }
    splitter->separators = copy;
    return copy ? 0 : RAGD_E_NOMEM;
}

static void set_defaults(struct engine_settings *settings)
{
    if (!settings->k) {
        settings->k = SEARCH_K_DEFAULT;
    }
    if (!settings->prompt_system.n) {
        settings->prompt_system = ragd_cs(PROMPT_SYSTEM);
    }
    if (!settings->prompt_user.n) {
        settings->prompt_user = ragd_cs("{question}");
    }
    if (!settings->prompt_tokens) {
        settings->prompt_tokens = PROMPT_TOKENS_DEFAULT;
    }
    if (!settings->answer_tokens) {
        settings->answer_tokens = ANSWER_TOKENS_DEFAULT;
    }
}

int engine_splitter(const struct engine_settings *settings, struct splitter *out,
                    struct err *err)
{
    struct err why = {0};
    if (splitter_resolve(&settings->splitter, NULL, out, &why) == 0) {
        return 0;
    }
    why.id = ERR_CONFIG; /* not a mistake of who calls, as it is in a request */
    err_wrap(&why, "splitter");
    if (err) {
        *err = why;
    }
    return err_status(&why);
}

int engine_configure(struct engine *engine, const struct engine_settings *settings,
                     struct err *err)
{
    struct arena arena = {0};
    struct engine_settings copy = *settings;
    struct splitter splitter;
    int rc = engine_splitter(settings, &splitter, err);
    if (rc) {
        return rc;
    }
    if (copy_strings(&arena, settings, &copy) || copy_separators(&arena, &splitter)) {
        arena_release(&arena);
        return err_set(err, ERR_NOMEM, NULL);
    }
    set_defaults(&copy);
    if (settings->limits) {
        engine->limits = *settings->limits;
    } else {
        limits_defaults(&engine->limits);
    }
    copy.splitter = (struct splitter_spec){0};
    copy.limits = &engine->limits;
    arena_release(&engine->arena);
    engine->arena = arena;
    engine->settings = copy;
    engine->splitter = splitter;
    return 0;
}

int engine_create(const struct engine_settings *settings, struct engine **out,
                  struct err *err)
{
    struct engine *engine = mem_calloc(1, sizeof(*engine));
    if (!engine) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = engine_configure(engine, settings, err);
    if (rc) {
        mem_free(engine);
        return rc;
    }
    list_init(&engine->collections);
    list_init(&engine->runs);
    list_init(&engine->add_waiting);
    /* Stages of an earlier process are gone, so that the numbers only have to
     * be unique in this one; the clock makes them easy to tell apart. */
    engine->generation = (uint64_t)clock_unix_ms();
    *out = engine;
    return 0;
}

static void degraded_free(struct engine_degraded *one)
{
    mem_free((char *)one->part.name);
    mem_free((char *)one->reason);
}

static void degraded_clear(struct engine *engine)
{
    for (size_t i = 0; i < engine->n_degraded; i++) {
        degraded_free(&engine->degraded[i]);
    }
    mem_free(engine->degraded);
    engine->degraded = NULL;
    engine->n_degraded = 0;
}

void engine_destroy(struct engine *engine)
{
    if (!engine) {
        return;
    }
    assert(list_empty(&engine->runs));
    LIST_EACH(&engine->collections, node)
    {
        registry_drop(LIST_OF(node, struct collection, link));
    }
    degraded_clear(engine);
    mem_free(engine->gone);
    arena_release(&engine->gone_arena);
    map_release(&engine->by_name);
    arena_release(&engine->arena);
    mem_free(engine);
}

/* With room for any name that the part may get later. */
static char *part_name_dup(const char *name)
{
    size_t n = strlen(name);
    char *copy = mem_calloc((n > COLLECTION_NAME_MAX ? n : COLLECTION_NAME_MAX) + 1, 1);
    if (copy) {
        memcpy(copy, name, n);
    }
    return copy;
}

void engine_degrade(struct engine *engine, struct engine_part part, const struct err *err)
{
    log_error("ENGINE-DEGRADED", "%s: %s%s%s", part.name, err->msg, err->why[0] ? ": " : "",
              err->why);
    size_t n = engine->n_degraded;
    struct engine_degraded *grown = mem_realloc(engine->degraded, n + 1,
                                                sizeof(*engine->degraded));
    if (!grown) {
        return;
    }
    engine->degraded = grown;
    part.name = part_name_dup(part.name);
    grown[n] = (struct engine_degraded){part, mem_strdup(err->msg)};
    if (!grown[n].part.name || !grown[n].reason) {
        degraded_free(&grown[n]);
        return;
    }
    engine->n_degraded = n + 1;
}

static bool is_part(struct engine_part a, struct engine_part b)
{
    return a.kind == b.kind && a.owner == b.owner && strcmp(a.name, b.name) == 0;
}

void engine_mend(struct engine *engine, struct engine_part part)
{
    size_t kept = 0;
    for (size_t i = 0; i < engine->n_degraded; i++) {
        struct engine_degraded one = engine->degraded[i];
        if (is_part(one.part, part)) {
            degraded_free(&one);
        } else {
            engine->degraded[kept++] = one;
        }
    }
    engine->n_degraded = kept;
}

void engine_part_renamed(struct engine *engine, struct engine_part part, const char *name)
{
    for (size_t i = 0; i < engine->n_degraded; i++) {
        const struct engine_part *one = &engine->degraded[i].part;
        if (is_part(*one, part)) {
            memcpy((char *)one->name, name, strlen(name) + 1);
        }
    }
}

int engine_check_complete(const struct engine *engine, struct err *err)
{
    if (engine->lost.id && err) {
        *err = engine->lost;
    }
    return err_status(&engine->lost);
}

int watermark_gone(const struct watermark *mark, struct err *err)
{
    err_set(err, ERR_CORRUPT,
            "collection %.*s is gone: %llu changes of it were acknowledged, its store has "
            "none",
            (int)mark->name.n, mark->name.p, (unsigned long long)mark->sequence);
    return err_hint(err, "restore the store from a backup and restart ragd, or make the "
                         "collection again: rag add");
}

int engine_check_gone(struct engine *engine, uint32_t owner, struct err *err)
{
    for (size_t i = 0; i < engine->n_gone; i++) {
        const struct watermark *gone = &engine->gone[i].mark;
        if (gone->owner == owner && !registry_has(engine, owner, gone->name)) {
            return watermark_gone(gone, err);
        }
    }
    return 0;
}

bool engine_take_gone(struct engine *engine, const struct collection *coll,
                      struct gone *out)
{
    for (size_t i = 0; i < engine->n_gone; i++) {
        const struct watermark *mark = &engine->gone[i].mark;
        if (mark->owner == coll->settings.owner &&
            str_same(mark->name, coll->settings.name)) {
            *out = engine->gone[i];
            engine->gone[i] = engine->gone[--engine->n_gone];
            return true;
        }
    }
    return false;
}

void engine_start(struct engine *engine, engine_started_fn started, void *arg)
{
    engine->started = started;
    engine->started_arg = arg;
    recover_start(engine);
}

static void on_drained(struct call *call)
{
    struct engine *engine = call->arg;
    call_release(call);
    engine->drained(engine, engine->drained_arg);
}

void engine_check_drained(struct engine *engine)
{
    if (!engine->draining || !list_empty(&engine->runs) ||
        call_active(&engine->drain_later.call)) {
        return;
    }
    engine->drain_later.call.done = on_drained;
    engine->drain_later.call.arg = engine;
    call_later_start(&engine->drain_later);
}

void engine_drain(struct engine *engine, engine_drained_fn drained, void *arg)
{
    engine->draining = true;
    engine->drained = drained;
    engine->drained_arg = arg;
    LIST_EACH(&engine->runs, node)
    {
        struct run *run = LIST_OF(node, struct run, link);
        if (run->conf->drain) {
            run->conf->drain(run);
        }
    }
    engine_check_drained(engine);
}

void engine_cancel_all(struct engine *engine)
{
    LIST_EACH(&engine->runs, node)
    {
        operation_cancel(LIST_OF(node, struct run, link)->op);
    }
}

void engine_status(const struct engine *engine, struct engine_status *out)
{
    struct engine_status status = {.degraded = engine->degraded,
                                   .n_degraded = engine->n_degraded};
    LIST_EACH(&engine->collections, node)
    {
        const struct collection *coll = LIST_OF(node, struct collection, link);
        status.collections++;
        status.records += coll->records;
        status.documents += coll->documents;
    }
    LIST_EACH(&engine->runs, node)
    {
        status.operations += !LIST_OF(node, struct run, link)->is_sub;
    }
    *out = status;
}
