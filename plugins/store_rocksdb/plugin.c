/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * store_rocksdb: the default store. Identity, options, the life of an instance;
 * the operations are in the files that store.h names.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sdk/store/filter.h"
#include "stages.h"
#include "store.h"

static const struct ragd_option DIR_OPTION = {
    .struct_size = sizeof(struct ragd_option),
    .type = RAGD_OPT_PATH,
    .name = "dir",
    .doc = "Directory of the database; by default the instance's own data directory.",
};
static const struct ragd_option CACHE_OPTION = {
    .struct_size = sizeof(struct ragd_option),
    .type = RAGD_OPT_SIZE,
    .name = "cache",
    .doc = "Memory for blocks of the database that were read.",
    .def = "8MiB",
    .min = 64 << 10,
    .max = 1ull << 40,
};
static const struct ragd_option WRITE_BUFFER_OPTION = {
    .struct_size = sizeof(struct ragd_option),
    .type = RAGD_OPT_SIZE,
    .name = "write_buffer",
    .doc = "Memory for changes that are in the log and not yet in tables.",
    .def = "8MiB",
    .min = 1 << 20,
    .max = 1ull << 40,
};
static const struct ragd_option ROWS_OPTION = {
    .struct_size = sizeof(struct ragd_option),
    .type = RAGD_OPT_SIZE,
    .name = "rows",
    .doc = "Memory for vectors that searches have read; beyond it they are read from the "
           "database each time.",
    .def = "256MiB",
    .min = 0,
    .max = 1ull << 44,
};
static const struct ragd_option *const OPTIONS[] = {&DIR_OPTION, &CACHE_OPTION,
                                                    &WRITE_BUFFER_OPTION, &ROWS_OPTION,
                                                    NULL};

static ragd_status make_dir(struct ragd_call *call, const char *dir)
{
    if (mkdir(dir, 0700) == 0 || errno == EEXIST) {
        return RAGD_OK;
    }
    return db_fail(call, errno == ENOSPC ? RAGD_E_FULL : RAGD_E_CONFIG, "store_dir",
                   "The directory %s cannot be made: %s. Make it, or change dir.", dir,
                   strerror(errno));
}

static char *dir_dup(const struct ragd_config_svc *config, struct ragd_ctx *ctx)
{
    struct ragd_value value;
    struct ragd_str dir = {0};
    if (config->get(ctx, "dir", &value) == RAGD_OK && value.type == RAGD_V_STR) {
        dir = value.u.s;
    } else {
        dir = config->dir(ctx, RAGD_DIR_DATA);
    }
    return strndup(dir.n ? dir.p : "", dir.n);
}

static uint64_t size_option(const struct ragd_config_svc *config, struct ragd_ctx *ctx,
                            const char *name, uint64_t def)
{
    struct ragd_value value;
    bool given = config->get(ctx, name, &value) == RAGD_OK && value.type == RAGD_V_INT;
    return given ? (uint64_t)value.u.i : def;
}

static void destroy(void *inst)
{
    struct store *store = inst;
    db_close(&store->db);
    text_pool_destroy(store->analysers);
    pthread_mutex_destroy(&store->catalogue);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->rows_lock);
    free(store->dir);
    free(store);
}

static ragd_status open_store(struct store *store, struct ragd_call *call,
                              const struct ragd_config_svc *config)
{
    store->dir = dir_dup(config, store->ctx);
    store->analysers = text_pool_create();
    if (!store->dir || !store->analysers) {
        return db_no_memory(call);
    }
    if (!store->dir[0]) {
        return db_fail(call, RAGD_E_CONFIG, "store_dir",
                       "The instance has no data directory. Give it one with dir.");
    }
    struct db_options options = {
        .dir = store->dir,
        .cache = size_option(config, store->ctx, "cache", 8u << 20),
        .write_buffer = size_option(config, store->ctx, "write_buffer", 8u << 20)};
    store->rows_limit = size_option(config, store->ctx, "rows", 256u << 20);
    ragd_status status = make_dir(call, store->dir);
    status = status == RAGD_OK ? db_open(&store->db, call, &options) : status;
    return status == RAGD_OK ? stage_drop_leftovers(store, call) : status;
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    const struct ragd_config_svc *config = store_host->service(ctx, RAGD_SVC_CONFIG);
    struct store *store = calloc(1, sizeof(*store));
    if (!store || !config) {
        free(store);
        return db_no_memory(call);
    }
    store->ctx = ctx;
    pthread_mutex_init(&store->catalogue, NULL);
    pthread_mutex_init(&store->lock, NULL);
    pthread_mutex_init(&store->rows_lock, NULL);
    ragd_status status = open_store(store, call, config);
    if (status != RAGD_OK) {
        destroy(store);
        return status;
    }
    *inst = store;
    return RAGD_OK;
}

static const struct ragd_life LIFE = {
    .struct_size = sizeof(LIFE),
    .exec = RAGD_EXEC_BLOCKING,
    .concurrency = RAGD_CONC_FREE,
    .work_class = RAGD_WORK_IO,
    .flags = RAGD_LIFE_NEEDS_THREADS | RAGD_LIFE_NEEDS_DIRS,
    .options = OPTIONS,
    .create = create,
    .destroy = destroy,
};

static const struct ragd_store STORE = {
    .struct_size = sizeof(STORE),
    .caps = RAGD_STORE_ATOMIC | RAGD_STORE_EXACT | RAGD_STORE_KEYWORD |
            RAGD_STORE_SNAPSHOT | RAGD_STORE_SEQ | RAGD_STORE_BLOBS | RAGD_STORE_DURABLE,
    .life = &LIFE,
    .filter_ops = FILTER_OPS_ALL,
    .coll_list = store_coll_list,
    .coll_create = store_coll_create,
    .coll_drop = store_coll_drop,
    .coll_open = store_coll_open,
    .coll_close = store_coll_close,
    .apply = store_apply,
    .flush = store_flush,
    .view_open = store_view_open,
    .view_close = store_view_close,
    .query = store_query,
    .get = store_get,
    .scan = store_scan,
    .count = store_count,
    .stats = store_stats,
    .doc_get = store_doc_get,
    .doc_scan = store_doc_scan,
    .blob_get = store_blob_get,
    .blob_scan = store_blob_scan,
    .verify = store_verify,
};

static const char *const NEEDS[] = {RAGD_SVC_CONFIG, NULL};

RAGD_PLUGIN(store_host, RAGD_IF_STORE, STORE, .abi_minor_min = 1,
            .id = "org.ragd.store.rocksdb", .name = "rocksdb", .version = "0.1.0",
            .license = "Apache-2.0", .url = "",
            .summary = "Keeps collections in RocksDB; exact vector search and BM25.",
            .needs = NEEDS)
