/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * store_memory: a store for tests. It keeps nothing beyond its process, and can
 * do without any capability, so that what the daemon does instead is tested.
 */
#include <stdlib.h>
#include <string.h>

#include "sdk/store/filter.h"
#include "store.h"

const struct ragd_host *memory_host;

static const struct {
    const char *name;
    uint32_t cap;
} CAPS[] = {{"atomic", RAGD_STORE_ATOMIC},   {"exact", RAGD_STORE_EXACT},
            {"keyword", RAGD_STORE_KEYWORD}, {"snapshot", RAGD_STORE_SNAPSHOT},
            {"seq", RAGD_STORE_SEQ},         {"blobs", RAGD_STORE_BLOBS}};
enum { N_CAPS = sizeof(CAPS) / sizeof(CAPS[0]) };

static const char *const CAP_NAMES[] = {"atomic", "exact", "keyword", "snapshot",
                                        "seq",    "blobs", NULL};
static const struct ragd_option CAPS_OFF_OPTION = {
    .struct_size = sizeof(struct ragd_option),
    .type = RAGD_OPT_STRLIST,
    .name = "caps_off",
    .doc = "Capabilities to do without, for tests of what the daemon then does itself.",
    .choices = CAP_NAMES,
};
static const struct ragd_option *const OPTIONS[] = {&CAPS_OFF_OPTION, NULL};

ragd_status memory_fail(struct ragd_call *call, ragd_status status, const char *message)
{
    struct ragd_error error = {.struct_size = sizeof(error),
                               .status = status,
                               .code = ragd_cs("store_memory"),
                               .message = ragd_cs(message),
                               .retry_after_ms = -1};
    memory_host->call_error(call, &error);
    return status;
}

/* ---- collections ---------------------------------------------------------------- */

static struct ragd_coll *find(struct memory_store *store, struct ragd_str name)
{
    struct ragd_coll *coll = store->colls;
    while (coll && (coll->dropped || coll->spec.name.n != name.n ||
                    memcmp(coll->spec.name.p, name.p, name.n) != 0)) {
        coll = coll->next;
    }
    return coll;
}

static void coll_unref(struct memory_store *store, struct ragd_coll *coll)
{
    if (--coll->refs) {
        return;
    }
    struct ragd_coll **at = &store->colls;
    while (*at && *at != coll) {
        at = &(*at)->next;
    }
    if (*at) {
        *at = coll->next;
    }
    stages_release(coll);
    state_unref(coll->state);
    region_release(&coll->region);
    pthread_mutex_destroy(&coll->lock);
    free(coll);
}

static ragd_status coll_list(void *inst, struct ragd_call *call,
                             const struct ragd_coll_sink *sink)
{
    struct memory_store *store = inst;
    ragd_status status = RAGD_OK;
    pthread_mutex_lock(&store->lock);
    for (struct ragd_coll *c = store->colls; status == RAGD_OK && c; c = c->next) {
        status = c->dropped ? RAGD_OK : sink->emit(call, &c->spec);
    }
    pthread_mutex_unlock(&store->lock);
    return status;
}

static struct ragd_coll *coll_new(struct memory_store *store,
                                  const struct ragd_coll_spec *spec)
{
    struct ragd_coll *coll = calloc(1, sizeof(*coll));
    if (!coll) {
        return NULL;
    }
    bool ok = true;
    coll->store = store;
    coll->refs = 1; /* the list's */
    pthread_mutex_init(&coll->lock, NULL);
    coll->state = state_create();
    coll->spec = *spec;
    coll->spec.name = region_dup(&coll->region, spec->name);
    coll->spec.space = region_dup(&coll->region, spec->space);
    coll->spec.params = copy_kvs(&coll->region, spec->params, &ok);
    if (!ok || !coll->state || !coll->spec.name.p || !coll->spec.space.p) {
        coll_unref(store, coll);
        return NULL;
    }
    return coll;
}

static ragd_status coll_create(void *inst, struct ragd_call *call,
                               const struct ragd_coll_spec *spec)
{
    struct memory_store *store = inst;
    pthread_mutex_lock(&store->lock);
    ragd_status status = RAGD_OK;
    if (find(store, spec->name)) {
        status = memory_fail(call, RAGD_E_EXISTS,
                             "The store has a collection of this name already.");
    } else {
        struct ragd_coll *coll = coll_new(store, spec), **at = &store->colls;
        /* The list is in order of name, as the other store's. */
        while (coll && *at && strcmp((*at)->spec.name.p, coll->spec.name.p) < 0) {
            at = &(*at)->next;
        }
        if (coll) {
            coll->next = *at;
            *at = coll;
        }
        status = coll ? RAGD_OK : RAGD_E_NOMEM;
    }
    pthread_mutex_unlock(&store->lock);
    return status;
}

static ragd_status coll_drop(void *inst, struct ragd_call *call, struct ragd_str name)
{
    struct memory_store *store = inst;
    pthread_mutex_lock(&store->lock);
    struct ragd_coll *coll = find(store, name);
    ragd_status status = RAGD_OK;
    if (coll) {
        pthread_mutex_lock(&coll->lock);
        coll->dropped = true;
        pthread_mutex_unlock(&coll->lock);
        coll_unref(store, coll);
    } else {
        status = memory_fail(call, RAGD_E_NOT_FOUND, "The store has no such collection.");
    }
    pthread_mutex_unlock(&store->lock);
    return status;
}

static ragd_status coll_open(void *inst, struct ragd_call *call, struct ragd_str name,
                             struct ragd_coll **out)
{
    struct memory_store *store = inst;
    pthread_mutex_lock(&store->lock);
    struct ragd_coll *coll = find(store, name);
    if (coll) {
        coll->refs++;
        *out = coll;
    }
    pthread_mutex_unlock(&store->lock);
    return coll ? RAGD_OK
                : memory_fail(call, RAGD_E_NOT_FOUND, "The store has no such collection.");
}

static void coll_close(void *inst, struct ragd_coll *coll)
{
    struct memory_store *store = inst;
    pthread_mutex_lock(&store->lock);
    coll_unref(store, coll);
    pthread_mutex_unlock(&store->lock);
}

static ragd_status flush(struct ragd_coll *coll, struct ragd_call *call)
{
    (void)coll, (void)call;
    return RAGD_OK;
}

static ragd_status view_open(struct ragd_coll *coll, struct ragd_call *call,
                             struct ragd_view **out)
{
    struct ragd_view *view = calloc(1, sizeof(*view));
    if (!view) {
        return memory_fail(call, RAGD_E_NOMEM, "The store has no memory left.");
    }
    view->coll = coll;
    if (coll->store->caps & RAGD_STORE_SNAPSHOT) {
        view->state = view_state(view);
    }
    *out = view;
    return RAGD_OK;
}

static void view_close(struct ragd_view *view)
{
    state_unref(view->state);
    free(view);
}

/* ---- instance ------------------------------------------------------------------- */

static void destroy(void *inst)
{
    struct memory_store *store = inst;
    while (store->colls) {
        coll_unref(store, store->colls);
    }
    text_pool_destroy(store->analysers);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

static uint32_t cap_of(struct ragd_str name)
{
    for (int i = 0; i < N_CAPS; i++) {
        if (strlen(CAPS[i].name) == name.n && memcmp(CAPS[i].name, name.p, name.n) == 0) {
            return CAPS[i].cap;
        }
    }
    return 0;
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    const struct ragd_config_svc *config = memory_host->service(ctx, RAGD_SVC_CONFIG);
    struct memory_store *store = calloc(1, sizeof(*store));
    if (!store || !config) {
        free(store);
        return memory_fail(call, RAGD_E_NOMEM, "The store has no memory left.");
    }
    pthread_mutex_init(&store->lock, NULL);
    store->analysers = text_pool_create();
    if (!store->analysers) {
        destroy(store);
        return memory_fail(call, RAGD_E_NOMEM, "The store has no memory left.");
    }
    for (int i = 0; i < N_CAPS; i++) {
        store->caps |= CAPS[i].cap;
    }
    struct ragd_value off;
    if (config->get(ctx, "caps_off", &off) == RAGD_OK && off.type == RAGD_V_LIST) {
        for (size_t i = 0; i < off.u.list.n; i++) {
            store->caps &= ~cap_of(off.u.list.p[i].u.s);
        }
    }
    *inst = store;
    return RAGD_OK;
}

static uint32_t instance_caps(void *inst)
{
    return ((struct memory_store *)inst)->caps;
}

static const struct ragd_life LIFE = {
    .struct_size = sizeof(LIFE),
    .exec = RAGD_EXEC_BLOCKING,
    .concurrency = RAGD_CONC_FREE,
    .work_class = RAGD_WORK_CPU,
    .options = OPTIONS,
    .create = create,
    .destroy = destroy,
};

static const struct ragd_store STORE = {
    .struct_size = sizeof(STORE),
    .caps = RAGD_STORE_ATOMIC | RAGD_STORE_EXACT | RAGD_STORE_KEYWORD |
            RAGD_STORE_SNAPSHOT | RAGD_STORE_SEQ | RAGD_STORE_BLOBS,
    .life = &LIFE,
    .filter_ops = FILTER_OPS_ALL,
    .coll_list = coll_list,
    .coll_create = coll_create,
    .coll_drop = coll_drop,
    .coll_open = coll_open,
    .coll_close = coll_close,
    .apply = memory_apply,
    .flush = flush,
    .view_open = view_open,
    .view_close = view_close,
    .query = memory_query,
    .get = memory_get,
    .scan = memory_scan,
    .count = memory_count,
    .stats = memory_stats,
    .doc_get = memory_doc_get,
    .doc_scan = memory_doc_scan,
    .blob_get = memory_blob_get,
    .blob_scan = memory_blob_scan,
    .verify = memory_verify,
    .instance_caps = instance_caps,
};

static const char *const NEEDS[] = {RAGD_SVC_CONFIG, NULL};

RAGD_PLUGIN(memory_host, RAGD_IF_STORE, STORE, .abi_minor_min = 1,
            .id = "org.ragd.store.memory", .name = "memory", .version = "0.1.0",
            .license = "Apache-2.0", .url = "",
            .summary = "Keeps collections in memory, for tests.", .needs = NEEDS)
