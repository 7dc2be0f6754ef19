/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/registry.h"

#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "core/suggest.h"

enum { KEY_BYTES_MAX = COLLECTION_NAME_MAX + sizeof(uint32_t) };

struct name_key {
    char p[KEY_BYTES_MAX];
    struct ragd_str s;
};

/* The owner's bytes, then the name. */
static void key_of(uint32_t owner, struct ragd_str name, struct name_key *key)
{
    assert(name.n <= COLLECTION_NAME_MAX);
    memcpy(key->p, &owner, sizeof(owner));
    memcpy(key->p + sizeof(owner), name.p, name.n);
    key->s = (struct ragd_str){key->p, sizeof(owner) + name.n};
}

static struct collection *lookup(struct engine *engine, uint32_t owner,
                                 struct ragd_str name)
{
    struct name_key key;
    if (name.n > COLLECTION_NAME_MAX) {
        return NULL;
    }
    key_of(owner, name, &key);
    return map_get(&engine->by_name, key.s);
}

static int not_found(struct engine *engine, uint32_t owner, struct ragd_str name,
                     struct err *err)
{
    struct suggest suggest;
    suggest_init(&suggest, name);
    LIST_EACH(&engine->collections, node)
    {
        const struct collection *coll = LIST_OF(node, struct collection, link);
        if (coll->settings.owner == owner && !coll->removed) {
            suggest_try(&suggest, coll->name);
        }
    }
    int shown = (int)(name.n < 2 * COLLECTION_NAME_MAX ? name.n : 2 * COLLECTION_NAME_MAX);
    err_set(err, ERR_NO_COLLECTION, "no collection '%.*s'", shown, name.p);
    if (suggest.best) {
        return err_hint(err, "did you mean '%s'?", suggest.best);
    }
    return err_hint(err, "rag ls shows what there is; rag add makes '" COLLECTION_DEFAULT
                         "', rag collection create any other");
}

int registry_find(struct engine *engine, uint32_t owner, struct ragd_str name,
                  struct collection **out, struct err *err)
{
    struct ragd_str wanted = name.n ? name : ragd_cs(COLLECTION_DEFAULT);
    struct collection *coll = lookup(engine, owner, wanted);
    if (!coll) {
        int rc = engine_check_complete(engine, err);
        return rc ? rc : not_found(engine, owner, wanted, err);
    }
    *out = coll;
    return 0;
}

bool registry_has(struct engine *engine, uint32_t owner, struct ragd_str name)
{
    return lookup(engine, owner, name) != NULL;
}

static int exists(struct ragd_str name, struct err *err)
{
    err_set(err, ERR_EXISTS, "collection '%.*s' exists already", (int)name.n, name.p);
    return err_hint(err, "rag collection show %.*s tells what it is", (int)name.n, name.p);
}

int registry_add(struct engine *engine, struct collection *coll, struct err *err)
{
    struct name_key key;
    if (lookup(engine, coll->settings.owner, coll->settings.name)) {
        return exists(coll->settings.name, err);
    }
    key_of(coll->settings.owner, coll->settings.name, &key);
    if (map_put(&engine->by_name, key.s, coll)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    list_push(&engine->collections, &collection_ref(coll)->link);
    return 0;
}

void registry_drop(struct collection *coll)
{
    struct name_key key;
    key_of(coll->settings.owner, coll->settings.name, &key);
    map_del(&coll->engine->by_name, key.s);
    list_remove(&coll->link);
    coll->removed = true;
    collection_unref(coll);
}

struct coll_name {
    struct coll_name *older;
    char text[COLLECTION_NAME_MAX + 1];
};

static void names_free(struct coll_name *name)
{
    while (name) {
        struct coll_name *older = name->older;
        mem_free(name);
        name = older;
    }
}

/* The one before it is that of a rename that may yet be undone. */
static void take_name(struct collection *coll, struct coll_name *name)
{
    enum { AT_REST = 2 /* the registry's reference and that of who renames */ };
    if (coll->names && coll->refs <= AT_REST) {
        names_free(coll->names->older);
        coll->names->older = NULL;
    }
    name->older = coll->names;
    coll->names = name;
    engine_part_renamed(coll->engine, collection_part(coll), name->text);
    engine_part_renamed(coll->engine, collection_contents(coll), name->text);
    coll->name = name->text;
    coll->settings.name = ragd_cs(name->text);
}

int registry_rename(struct collection *coll, const struct stored_collection *renamed,
                    struct err *err)
{
    struct name_key from, to;
    if (lookup(coll->engine, coll->settings.owner, renamed->name)) {
        return exists(renamed->name, err);
    }
    struct coll_name *name = mem_calloc(1, sizeof(*name));
    key_of(coll->settings.owner, coll->settings.name, &from);
    key_of(coll->settings.owner, renamed->name, &to);
    if (!name || map_put(&coll->engine->by_name, to.s, coll)) {
        mem_free(name);
        return err_set(err, ERR_NOMEM, NULL);
    }
    memcpy(name->text, renamed->name.p, renamed->name.n);
    map_del(&coll->engine->by_name, from.s);
    take_name(coll, name);
    return 0;
}

/* Deep copies; the members that were copied before a failure stay in arena. */
static int copy_splitter(struct arena *arena, const struct splitter *in,
                         struct splitter *out)
{
    struct ragd_str *separators = arena_calloc(arena, in->n_separators,
                                               sizeof(*in->separators));
    if (!separators) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_separators; i++) {
        separators[i] = arena_str(arena, in->separators[i]);
        if (!separators[i].p) {
            return RAGD_E_NOMEM;
        }
    }
    *out = *in;
    out->separators = separators;
    return 0;
}

static int copy_settings(struct arena *arena, const struct stored_collection *in,
                         struct stored_collection *out)
{
    *out = *in;
    out->name = arena_str(arena, in->name);
    out->embedder = arena_str(arena, in->embedder);
    out->model = arena_str(arena, in->model);
    out->space = arena_str(arena, in->space);
    if (!out->name.p || !out->embedder.p || !out->model.p || !out->space.p ||
        copy_splitter(arena, &in->splitter, &out->splitter)) {
        return RAGD_E_NOMEM;
    }
    return arena_kvs(arena, in->loader_options, &out->loader_options);
}

static void collection_free(struct collection *coll)
{
    coll_close(coll->coll);
    locks_release(&coll->locks);
    arena_release(&coll->arena);
    names_free(coll->names);
    mem_free(coll->key);
    mem_free(coll);
}

struct collection *collection_new(struct engine *engine, struct instance *store,
                                  const char *key, const struct stored_collection *settings)
{
    struct collection *coll = mem_calloc(1, sizeof(*coll));
    if (!coll) {
        return NULL;
    }
    coll->engine = engine;
    coll->refs = 1;
    coll->store = store;
    list_init(&coll->link);
    committer_init(&coll->committer);
    coll->key = mem_strdup(key);
    if (!coll->key || copy_settings(&coll->arena, settings, &coll->settings)) {
        collection_free(coll);
        return NULL;
    }
    coll->name = coll->settings.name.p;
    return coll;
}

struct collection *collection_ref(struct collection *coll)
{
    coll->refs++;
    return coll;
}

void collection_unref(struct collection *coll)
{
    if (!coll) {
        return;
    }
    coll->refs--;
    if (coll->refs == 0) {
        collection_free(coll);
    } else if (coll->refs == 1 && coll->on_unused) {
        /* The one that is left is that of the run that removes it. */
        coll->on_unused(coll->unused_arg);
    }
}

void collection_drop_start(struct collection *coll, struct call_coll *drop)
{
    drop->store = coll->store;
    drop->action = COLL_DROP;
    drop->spec = (struct ragd_coll_spec){.struct_size = sizeof(drop->spec),
                                         .name = ragd_cs(coll->key)};
    drop->coll = coll->coll;
    call_coll_start(drop);
}

void collection_dropped(struct collection *coll, const struct call_coll *drop)
{
    if (drop->call.status == 0) {
        coll->coll = NULL; /* closed with it */
        engine_mend(coll->engine, collection_part(coll));
        engine_mend(coll->engine, collection_contents(coll));
        return;
    }
    coll->removed = false;
    if (registry_add(coll->engine, coll, NULL)) {
        engine_degrade(coll->engine, collection_part(coll), &drop->call.err);
    }
}

bool collection_has_keywords(const struct collection *coll)
{
    return store_caps(coll->store) & RAGD_STORE_KEYWORD;
}

bool collection_has_vectors(const struct collection *coll)
{
    return coll->settings.dim && !(coll->settings.lexical && collection_has_keywords(coll));
}

struct engine_part collection_part(const struct collection *coll)
{
    return (struct engine_part){PART_COLLECTION, coll->settings.owner, coll->name};
}

struct engine_part collection_contents(const struct collection *coll)
{
    return (struct engine_part){PART_CONTENTS, coll->settings.owner, coll->name};
}

enum search_mode collection_auto_mode(const struct collection *coll)
{
    if (!collection_has_keywords(coll)) {
        return SEARCH_VECTOR;
    }
    bool embeds = coll->settings.embedder.n && !coll->settings.lexical;
    return embeds ? SEARCH_HYBRID : SEARCH_KEYWORD;
}

int collection_check_whole(const struct collection *coll, struct err *err)
{
    if (coll->sequence >= coll->acknowledged) {
        return 0;
    }
    err_set(err, ERR_CORRUPT,
            "store %s has lost acknowledged changes: it is at %llu, it was at %llu",
            instance_name(coll->store), (unsigned long long)coll->sequence,
            (unsigned long long)coll->acknowledged);
    return err_hint(err, "restore the store from a backup and restart ragd, or add the "
                         "sources again: what is there is not done twice");
}

/* NULL: it is whole. */
static int put_problem(const struct collection *coll, struct arena *arena,
                       const struct err **out)
{
    struct err err = {0};
    struct err *copy = NULL;
    if (collection_check_whole(coll, &err)) {
        copy = arena_alloc(arena, sizeof(*copy));
        if (!copy) {
            return RAGD_E_NOMEM;
        }
        *copy = err;
    }
    *out = copy;
    return 0;
}

int collection_info_fill(const struct collection *coll, struct arena *arena,
                         struct collection_info *out)
{
    const struct stored_collection *set = &coll->settings;
    struct stored_collection copy;
    struct collection_info info = {
        .store = arena_str(arena, ragd_cs(instance_name(coll->store))),
        .documents = coll->documents,
        .chunks = coll->records,
        .dim = set->dim,
        .metric = set->metric,
        .owner = set->owner,
        .created_ms = set->created_ms,
        .auto_mode = collection_auto_mode(coll),
    };
    if (!info.store.p || copy_settings(arena, set, &copy) ||
        put_problem(coll, arena, &info.problem)) {
        return RAGD_E_NOMEM;
    }
    info.name = copy.name;
    info.embedder = copy.embedder.n ? copy.embedder : ragd_cs("none");
    info.model = copy.model;
    info.space = collection_has_vectors(coll) ? copy.space : ragd_cs("");
    info.splitter = copy.splitter;
    info.loader_options = copy.loader_options;
    *out = info;
    return 0;
}

void collection_info_count(struct collection_info *info,
                           const struct ragd_coll_stats *stats)
{
    info->documents = stats->docs;
    info->chunks = stats->records;
    info->bytes = stats->bytes_data ? stats->bytes_data : stats->bytes_disk;
    info->sequence = stats->sequence;
}
