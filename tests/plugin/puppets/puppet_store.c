/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A store with one collection "c" of dimension 2 and the records r0, r1, ...
 * Compiled twice: PLAIN can do nothing beyond the least.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>

#include "puppet.h"

#ifdef PLAIN
#define NAME "puppet-plain"
enum { CAPS = 0, FILTER_OPS = 0 };
#else
#define NAME "puppet-store"
enum {
    CAPS = RAGD_STORE_EXACT | RAGD_STORE_KEYWORD | RAGD_STORE_SEQ | RAGD_STORE_ATOMIC,
    FILTER_OPS = -1,
};
#endif

static struct puppet *self; /* of the only instance */
static atomic_int applying, most_at_once;
static atomic_int handles; /* open collections and views */

struct ragd_coll {
    int unused;
};
struct ragd_view {
    int unused;
};

static ragd_status coll_list(void *inst, struct ragd_call *call,
                             const struct ragd_coll_sink *sink)
{
    struct puppet *p = inst;
    self = p;
    struct ragd_coll_spec spec = {.struct_size = sizeof(spec),
                                  .name = ragd_cs(acts(p, "no_name") ? "" : "c"),
                                  .space = ragd_cs("s"),
                                  .dim = 2,
                                  .metric = RAGD_METRIC_L2};
    return sink->emit(call, &spec);
}

static ragd_status coll_create(void *inst, struct ragd_call *call,
                               const struct ragd_coll_spec *spec)
{
    (void)inst;
    (void)call;
    return spec->name.n == 1 ? RAGD_E_EXISTS : RAGD_OK;
}

static ragd_status coll_drop(void *inst, struct ragd_call *call, struct ragd_str name)
{
    (void)inst;
    (void)call;
    return name.n == 1 ? RAGD_OK : RAGD_E_NOT_FOUND;
}

static ragd_status coll_open(void *inst, struct ragd_call *call, struct ragd_str name,
                             struct ragd_coll **out)
{
    struct puppet *p = inst;
    (void)call;
    (void)name;
    if (acts(p, "no_handle")) {
        return RAGD_OK;
    }
    *out = calloc(1, sizeof(**out));
    atomic_fetch_add(&handles, 1);
    return *out ? RAGD_OK : RAGD_E_NOMEM;
}

static void coll_close(void *inst, struct ragd_coll *coll)
{
    (void)inst;
    atomic_fetch_sub(&handles, 1);
    free(coll);
}

static ragd_status apply(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *change)
{
    const struct ragd_task_svc *task = host->service(self->ctx, RAGD_SVC_TASK);
    (void)coll;
    int now = atomic_fetch_add(&applying, 1) + 1;
    if (now > atomic_load(&most_at_once)) {
        atomic_store(&most_at_once, now);
    }
    ragd_status rc = task->wait_ms(call, 5);
    atomic_fetch_sub(&applying, 1);
    if (CAPS == 0 && (change->n_blobs || change->n_docs)) {
        return RAGD_E_UNSUPPORTED; /* the daemon should have known */
    }
    return rc;
}

static ragd_status flush(struct ragd_coll *coll, struct ragd_call *call)
{
    (void)coll;
    (void)call;
    return RAGD_OK;
}

static ragd_status view_open(struct ragd_coll *coll, struct ragd_call *call,
                             struct ragd_view **out)
{
    (void)coll;
    (void)call;
    *out = calloc(1, sizeof(**out));
    atomic_fetch_add(&handles, 1);
    return *out ? RAGD_OK : RAGD_E_NOMEM;
}

static void view_close(struct ragd_view *view)
{
    atomic_fetch_sub(&handles, 1);
    free(view);
}

/* ---- reading ------------------------------------------------------------------------- */

/* Record i lies at (i, 0). */
struct made {
    struct ragd_record rec;
    char id[16];
    float vec[2];
    struct ragd_kv meta; /* "n": i */
};

static const struct ragd_record *make(struct made *m, int64_t i)
{
    snprintf(m->id, sizeof(m->id), "r%lld", (long long)i);
    m->vec[0] = (float)i;
    m->vec[1] = 0.0f;
    m->meta = (struct ragd_kv){ragd_cs("n"), {RAGD_V_INT, 0, {.i = i}}};
    m->rec = (struct ragd_record){.meta = {&m->meta, 1},
                                  .struct_size = sizeof(m->rec),
                                  .id = ragd_cs(m->id),
                                  .text = ragd_cs("text"),
                                  .vec = m->vec,
                                  .seq = CAPS & RAGD_STORE_SEQ ? (uint64_t)i + 1 : 0};
    return &m->rec;
}

static ragd_status give_hits(struct ragd_call *call, const struct ragd_query *query,
                             const struct ragd_hit_sink *sink)
{
    uint64_t k = acts(self, "too_many") ? query->k + 1 : query->k;
    ragd_status rc = RAGD_OK;
    k = k < (uint64_t)self->n || acts(self, "too_many") ? k : (uint64_t)self->n;
    for (uint64_t i = 0; i < k && rc == RAGD_OK; i++) {
        struct made m;
        uint64_t at = CAPS ? i : k - 1 - i; /* PLAIN: in no order at all */
        struct ragd_hit hit = {RAGD_LIST_VECTOR, (uint32_t)i, (double)at,
                               make(&m, (int64_t)at)};
        if (acts(self, "wrong_list")) {
            hit.list = RAGD_LIST_KEYWORD;
        } else if (acts(self, "bad_rank")) {
            hit.rank = 7;
        } else if (acts(self, "bad_value")) {
            hit.value = NAN;
        } else if (acts(self, "bad_order")) {
            hit.value = -(double)i;
        } else if (acts(self, "tie_order")) {
            hit.value = 1.0;
            m.rec.seq = 100 - i;
        } else if (acts(self, "bad_vector")) {
            m.vec[1] = INFINITY;
        } else if (acts(self, "no_vector")) {
            m.rec.vec = NULL;
        }
        rc = sink->hit(call, &hit);
    }
    return rc;
}

static ragd_status query(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_query *q, const struct ragd_hit_sink *sink)
{
    struct ragd_term term = {ragd_cs("word"), acts(self, "bad_idf") ? NAN : 1.5, 2};
    (void)view;
    ragd_status rc = q->text.n ? sink->term(call, &term) : RAGD_OK;
    rc = rc ? rc : sink->plan(call, RAGD_LIST_VECTOR, RAGD_PLAN_EXACT);
    return rc ? rc : give_hits(call, q, sink);
}

static ragd_status get(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                       const struct ragd_str *ids, size_t n,
                       const struct ragd_record_sink *sink)
{
    struct made m;
    ragd_status rc = RAGD_OK;
    (void)view;
    (void)include;
    for (size_t i = 0; i < n && rc == RAGD_OK; i++) {
        if (ids[i].n == 2) {
            rc = sink->emit(call,
                            make(&m, acts(self, "stranger") ? 99 : ids[i].p[1] - '0'));
        }
    }
    return rc;
}

static ragd_status scan(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                        const struct ragd_filter *filter, uint64_t after_seq,
                        const struct ragd_record_sink *sink)
{
    ragd_status rc = RAGD_OK;
    (void)view;
    (void)include;
    (void)filter;
    for (int64_t i = (int64_t)after_seq; i < self->n && rc == RAGD_OK; i++) {
        struct made m;
        rc = sink->emit(call, make(&m, acts(self, "backwards") ? self->n - 1 - i : i));
    }
    return rc;
}

static ragd_status count(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_filter *filter, uint64_t *out)
{
    (void)view;
    (void)call;
    (void)filter;
    *out = (uint64_t)self->n;
    return RAGD_OK;
}

/* The tests read the puppet's inside here. */
static ragd_status stats(struct ragd_view *view, struct ragd_call *call,
                         struct ragd_coll_stats *out)
{
    (void)view;
    (void)call;
    out->dim = 2;
    out->records = (uint64_t)atomic_load(&most_at_once);
    out->vectors = (uint64_t)atomic_load(&handles);
    return RAGD_OK;
}

static ragd_status verify(struct ragd_view *view, struct ragd_call *call,
                          const struct ragd_verify_sink *sink)
{
    ragd_status rc = sink->counts(call, 1, 2, 3);
    (void)view;
    for (int64_t i = 0; i < self->n && rc == RAGD_OK; i++) {
        rc = sink->problem(call, ragd_cs("a record is missing"));
    }
    return rc;
}

PUPPET_LIFE(RAGD_EXEC_BLOCKING, RAGD_CONC_FREE, .max_inflight = 8);

static const struct ragd_store table = {.struct_size = sizeof(table),
                                        .caps = CAPS,
                                        .life = &life,
                                        .filter_ops = (uint64_t)(int64_t)FILTER_OPS,
                                        .coll_list = coll_list,
                                        .coll_create = coll_create,
                                        .coll_drop = coll_drop,
                                        .coll_open = coll_open,
                                        .coll_close = coll_close,
                                        .apply = apply,
                                        .flush = flush,
                                        .view_open = view_open,
                                        .view_close = view_close,
                                        .query = query,
                                        .get = get,
                                        .scan = scan,
                                        .count = count,
                                        .stats = stats,
                                        .verify = verify};

static const void *iface(const char *id)
{
    return strcmp(id, RAGD_IF_STORE) == 0 ? &table : NULL;
}

static const char *const needs[] = {RAGD_SVC_CONFIG, RAGD_SVC_TASK, NULL};
PUPPET(NAME, iface, needs)
