/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * An embedder whose vectors say what it found out about its host.
 * Compiled twice: WHOLE wants one operation at once in all its instances.
 */
#include <stdatomic.h>
#include <sys/stat.h>

#include "puppet.h"

#ifdef WHOLE
#define NAME "puppet-whole"
enum { CONCURRENCY = RAGD_CONC_PLUGIN };
#else
#define NAME "puppet-services"
enum { CONCURRENCY = RAGD_CONC_INSTANCE };
#endif

static atomic_int at_once, most;

static ragd_status info(void *inst, struct ragd_call *call, uint32_t metric,
                        struct ragd_embed_info *out)
{
    (void)inst;
    (void)call;
    out->model = out->space = ragd_cs("services");
    out->dim = 4;
    out->metric = metric ? metric : RAGD_METRIC_L2;
    out->max_batch = 1;
    return RAGD_OK;
}

static bool same(struct ragd_bytes b, const char *text)
{
    return b.n == strlen(text) && memcmp(b.p, text, b.n) == 0;
}

static void try_state(const struct puppet *p, struct ragd_call *call, float *row)
{
    const struct ragd_state_svc *state = host->service(p->ctx, RAGD_SVC_STATE);
    struct ragd_bytes got = {NULL, 0};
    static char big[70000];
    row[0] = (float)state->get(call, ragd_cs("absent"), &got);
    state->put(call, ragd_cs("key"), (struct ragd_bytes){"value", 5});
    row[1] = state->get(call, ragd_cs("key"), &got) == RAGD_OK && same(got, "value");
    row[2] = (float)state->put(call, ragd_cs("key"), (struct ragd_bytes){big, sizeof(big)});
    state->del(call, ragd_cs("key"));
    row[3] = (float)state->get(call, ragd_cs("key"), &got);
}

static void try_config(const struct puppet *p, float *row)
{
    const struct ragd_config_svc *config = host->service(p->ctx, RAGD_SVC_CONFIG);
    struct ragd_value value = {.type = RAGD_V_NULL};
    struct stat st = {0};
    struct ragd_str dir = config->dir(p->ctx, RAGD_DIR_DATA);
    row[0] = (float)config->get(p->ctx, "nothing", &value);
    row[1] = config->get(p->ctx, "n", &value) == RAGD_OK ? (float)value.u.i : -1.0f;
    row[2] = stat(dir.p, &st) == 0 && S_ISDIR(st.st_mode) ? (float)(st.st_mode & 0777) : -1;
    row[3] = host->service(p->ctx, RAGD_SVC_METRIC) ||       /* it did not say so */
                     host->service(p->ctx, "ragd.nothing/1") /* there is none */
                 ? -1.0f
                 : 1.0f;
}

static void try_memory(struct ragd_call *call, float *row)
{
    char *p = host->call_alloc(call, 100, 64);
    row[0] = p && (uintptr_t)p % 64 == 0 && p[0] == 0 && p[99] == 0;
    row[1] = host->call_alloc(call, 1, 3) == NULL; /* no power of two */
    row[2] = 0;
    while (host->call_alloc(call, 1024, 8)) {
        row[2] += 1.0f;
    }
}

/* row[0]: the most operations there ever were at once. */
static void try_company(const struct puppet *p, struct ragd_call *call, float *row)
{
    const struct ragd_task_svc *task = host->service(p->ctx, RAGD_SVC_TASK);
    int now = atomic_fetch_add(&at_once, 1) + 1;
    if (now > atomic_load(&most)) {
        atomic_store(&most, now);
    }
    task->wait_ms(call, 5);
    atomic_fetch_sub(&at_once, 1);
    row[0] = (float)atomic_load(&most);
}

static void try_call(struct ragd_call *call, float *row)
{
    static const struct ragd_error none = {.struct_size = 4};
    host->call_progress(call, 3, 7);
    host->call_set(call, row, NULL);
    row[0] = host->call_get(call) == row;
    row[1] = host->call_left_ms(call) > 0;
    host->call_error(call, &none); /* too short: not read */
    host->call_error(call, NULL);
    row[2] = (float)host->abi_minor;
}

static ragd_status embed(void *inst, struct ragd_call *call,
                         const struct ragd_embed_req *req)
{
    const struct puppet *p = inst;
    memset(req->out, 0, 4 * sizeof(*req->out));
    if (acts(p, "state")) {
        try_state(p, call, req->out);
    } else if (acts(p, "config")) {
        try_config(p, req->out);
    } else if (acts(p, "memory")) {
        try_memory(call, req->out);
    } else if (acts(p, "call")) {
        try_call(call, req->out);
    } else {
        try_company(p, call, req->out);
    }
    return RAGD_OK;
}

PUPPET_LIFE(RAGD_EXEC_BLOCKING, CONCURRENCY, .max_inflight = 8);

static const struct ragd_embedder table = {.struct_size = sizeof(table),
                                           .life = &life,
                                           .info = info,
                                           .embed = embed};

static const void *iface(const char *id)
{
    return strcmp(id, RAGD_IF_EMBEDDER) == 0 ? &table : NULL;
}

static const char *const needs[] = {RAGD_SVC_CONFIG, RAGD_SVC_TASK, RAGD_SVC_STATE, NULL};
PUPPET(NAME, iface, needs)
