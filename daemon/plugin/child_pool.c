/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: the process that described the plugin becomes the first one; a
 * call takes an idle one or starts another, and gives it back.
 *
 * Failure modes: an idle one dies: its stderr ends, and it is reaped. One goes
 * wrong: it is killed, the next call starts another. Most calls go wrong: the
 * instance is disabled, and says why.
 *
 * Time: of those that nobody needed for the limit child_idle one stays. A timer
 * runs while there are more.
 *
 * On close: no call is at work any more; all are ended, in order.
 */
#include "plugin/child_pool.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "plugin/child_describe.h"
#include "plugin/child_errors.h"
#include "plugin/child_layers.h"
#include "plugin/child_load.h"
#include "plugin/child_reach.h"
#include "plugin/engine.h"
#include "plugin/load.h"
#include "wire/host_values.h"

enum {
    OUTCOMES = 32,         /* calls that are remembered */
    FAULTS_MAX = 24,       /* of them, until the instance is disabled */
    FRAME_BYTES = 1 << 20, /* of a document beside text, metadata and blocks */
};

struct child_pool {
    struct list node; /* among all pools */
    struct instance *instance;
    pthread_mutex_t lock;
    /* Under lock. */
    struct list idle, busy;
    uint32_t loads, probes; /* outcomes of the last ones, a bit each: 1 = fault */
    struct child_layers layers;
    struct inbox_item disable;
    bool disabled;
};

static struct {
    pthread_mutex_t lock;
    struct list pools;
} all = {PTHREAD_MUTEX_INITIALIZER, {&all.pools, &all.pools}};

struct instance *child_pool_instance(const struct child_pool *pool)
{
    return pool->instance;
}

/* ---- one more ---------------------------------------------------------------------- */

static uint64_t frame_bytes(const struct limits *limits)
{
    uint64_t n = limits->document_text + limits->metadata + limits->blocks + FRAME_BYTES;
    return n < UINT32_MAX ? n : UINT32_MAX;
}

static uint32_t flags_of(const struct plugin *plugin)
{
    return plugin->ifaces[PLUGIN_LOADER]->life.flags;
}

static Ragd__Host__V1__Profile profile_of(const struct plugin *plugin)
{
    if (flags_of(plugin) & RAGD_LIFE_NEEDS_EXEC) {
        return RAGD__HOST__V1__PROFILE__PROFILE_EXEC; /* a stranger's program, always */
    }
    bool closed = plugin->placement == PLACEMENT_SANDBOX &&
                  engine()->config->sandbox != SANDBOX_OFF;
    return closed ? RAGD__HOST__V1__PROFILE__PROFILE_SANDBOX
                  : RAGD__HOST__V1__PROFILE__PROFILE_CHILD;
}

static int send_create(const struct child_pool *pool, struct child *child,
                       const struct child_wait *wait, struct err *err)
{
    const struct limits *limits = &engine()->limits;
    struct arena arena = {0};
    struct host_entries options;
    host_frame frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Create create = RAGD__HOST__V1__CREATE__INIT;
    Ragd__Host__V1__HostLimits out = RAGD__HOST__V1__HOST_LIMITS__INIT;
    int rc = host_kvs_out(&arena, pool->instance->ctx.options, &options)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : child_reach(pool->instance, &arena, &create, err);
    if (rc == 0) {
        out.frame_bytes = frame_bytes(limits);
        out.call_bytes = limits->plugin_memory;
        out.memory_bytes = limits->parse_memory;
        out.text_bytes = limits->document_text;
        out.meta_bytes = limits->metadata;
        out.documents = limits->documents;
        out.depth = (uint32_t)limits->inside_depth;
        create.instance = pool->instance->name;
        create.options = options.p;
        create.n_options = options.n;
        create.profile = profile_of(child->plugin);
        create.limits = &out;
        frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_CREATE;
        frame.create = &create;
        rc = child_send(child, &frame, -1, wait, err);
        child->pipe.max = (uint32_t)out.frame_bytes;
    }
    arena_release(&arena);
    return rc;
}

/* The create of the plugin failed, in its own words. */
static int create_failed(const struct instance *instance,
                         const Ragd__Host__V1__HostError *error, struct err *err)
{
    enum err_id id = err_by_status(error->status < 0 ? error->status : RAGD_E_INTERNAL);
    struct ragd_str text = host_words(error->message, "");
    return text.n ? err_set(err, id, "%s: %.*s", instance->name, (int)text.n, text.p)
                  : err_set(err, id, "%s: create failed: %s", instance->name,
                            err_info(id)->text);
}

static int take_created(struct child_pool *pool, struct child *child,
                        const Ragd__Host__V1__Created *in, struct err *err)
{
    struct child_layers layers;
    if (in->error) {
        return create_failed(pool->instance, in->error, err);
    }
    if (!in->layers) {
        return child_breach("does not say how it is closed in", err);
    }
    int rc = child_layers_take(in->layers, child->plugin->placement,
                               (enum config_sandbox)engine()->config->sandbox, &layers,
                               err);
    if (rc) {
        return rc;
    }
    pthread_mutex_lock(&pool->lock);
    pool->layers = layers;
    pthread_mutex_unlock(&pool->lock);
    return 0;
}

/* From Hello to ready; what create logs comes first. */
static int make_ready(struct child_pool *pool, struct child *child,
                      const struct child_wait *wait, struct err *err)
{
    const host_frame *frame = NULL;
    int rc = send_create(pool, child, wait, err);
    while (rc == 0) {
        rc = child_receive(child, wait, &frame, err);
        if (rc == 0 && frame->kind_case == RAGD__HOST__V1__HOST_FRAME__KIND_CREATED) {
            return take_created(pool, child, frame->created, err);
        }
        rc = rc ? rc : child_hear(&pool->instance->ctx, frame, err);
    }
    return rc;
}

/* Idle, at work, or neither (list NULL); false: it is lost, and in no list. */
static bool put_in(struct child_pool *pool, struct list *list, struct child *child)
{
    pthread_mutex_lock(&pool->lock);
    bool lost = child->lost;
    child->idle_since_ms = clock_mono_ms();
    list_remove(&child->node);
    if (list && !lost) {
        list_push(list, &child->node);
    }
    pthread_mutex_unlock(&pool->lock);
    return !lost;
}

static void on_lost(pid_t pid);

static int start_one(struct child_pool *pool, const struct ragd_call *call,
                     struct child **out, struct err *err)
{
    struct plugin *plugin = pool->instance->plugin;
    struct child_wait wait = {call, clock_mono_ms() + engine()->limits.child_start};
    struct child *child = atomic_exchange(&plugin->spare, NULL);
    int rc = 0;
    if (!child) {
        rc = load_again(plugin, err);
        rc = rc ? rc : child_spawn(plugin, &child, err);
        rc = rc ? rc : child_recognise(child, &wait, err);
    }
    rc = rc ? rc : make_ready(pool, child, &wait, err);
    if (rc && err->id == ERR_DEADLINE) {
        err_hint(err, "the limit is limits.child_start");
    }
    if (rc) {
        child_last_words(child, err);
        child_destroy(child);
        return rc;
    }
    (void)put_in(pool, &pool->busy, child); /* nobody can have lost it yet */
    child_errors_watch_take(child->errors, child->born, on_lost);
    child->errors = NULL;
    *out = child;
    return 0;
}

/* ---- taking and giving --------------------------------------------------------------- */

static struct child *pop_idle(struct child_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct list *node = list_empty(&pool->idle) ? NULL : pool->idle.prev;
    if (node) {
        list_remove(node); /* the last one that had work: the others may end */
    }
    pthread_mutex_unlock(&pool->lock);
    return node ? LIST_OF(node, struct child, node) : NULL;
}

int child_pool_take(struct child_pool *pool, const struct child_wait *wait,
                    struct child **out, struct err *err)
{
    struct child *child;
    *out = NULL;
    while ((child = pop_idle(pool))) {
        if (child_is_quiet(child) && put_in(pool, &pool->busy, child)) {
            *out = child;
            return 0;
        }
        child_destroy(child); /* it died, or speaks without being asked */
    }
    return start_one(pool, wait->call, out, err);
}

static void on_disable(struct inbox_item *item)
{
    struct child_pool *pool = LIST_OF(item, struct child_pool, disable);
    struct err problem;
    err_set(&problem, ERR_PLUGIN, "loader '%s' is disabled: %d of its last %d calls failed",
            pool->instance->name, FAULTS_MAX, OUTCOMES);
    err_why(&problem, "its process crashed, or said what makes no sense");
    err_hint(&problem, "look for '%s' in the log; a reload of ragd enables it again",
             pool->instance->plugin->name);
    instance_disable(pool->instance, &problem);
}

void child_pools_enable(void)
{
    pthread_mutex_lock(&all.lock);
    LIST_EACH(&all.pools, node)
    {
        struct child_pool *pool = LIST_OF(node, struct child_pool, node);
        if (instance_state(pool->instance) == INSTANCE_DISABLED) {
            pthread_mutex_lock(&pool->lock);
            pool->loads = pool->probes = 0;
            pool->disabled = false;
            pthread_mutex_unlock(&pool->lock);
            instance_enable(pool->instance);
        }
    }
    pthread_mutex_unlock(&all.lock);
}

/* Remembers how it went; [any] */
static void count(struct child_pool *pool, uint32_t *outcomes, bool fault)
{
    pthread_mutex_lock(&pool->lock);
    *outcomes = *outcomes << 1 | fault;
    bool disable = !pool->disabled && __builtin_popcount(*outcomes) >= FAULTS_MAX;
    pool->disabled = pool->disabled || disable;
    pthread_mutex_unlock(&pool->lock);
    if (disable) {
        pool->disable = (struct inbox_item){.name = "a loader is disabled",
                                            .on_post = on_disable};
        inbox_post(&pool->disable);
    }
}

static bool is_used_up(const struct child *child)
{
    const struct limits *limits = &engine()->limits;
    bool once = flags_of(child->plugin) & RAGD_LIFE_NEEDS_EXEC; /* with what it started */
    return (once && child->loads) || child->loads >= limits->child_documents ||
           child_resident(child) > limits->child_memory;
}

/* ---- too many are idle --------------------------------------------------------------- */

static struct {
    struct inbox_item item;
    atomic_bool posted;
    struct timer timer;
} trim;

/* Those that may end go to out; whether others may later. */
static bool pick_unneeded(struct child_pool *pool, uint64_t now, struct list *out)
{
    uint64_t idle = engine()->limits.child_idle;
    pthread_mutex_lock(&pool->lock);
    struct list *first = pool->idle.next;
    while (first->next != &pool->idle && first != &pool->idle &&
           now - LIST_OF(first, struct child, node)->idle_since_ms >= idle) {
        list_remove(first);
        list_push(out, first);
        first = pool->idle.next;
    }
    bool more = first != &pool->idle && first->next != &pool->idle;
    pthread_mutex_unlock(&pool->lock);
    return more;
}

static void on_trim_due(struct timer *timer)
{
    struct list out, *node;
    bool more = false;
    uint64_t now = clock_mono_ms();
    list_init(&out);
    pthread_mutex_lock(&all.lock);
    LIST_EACH(&all.pools, pool)
    {
        more = pick_unneeded(LIST_OF(pool, struct child_pool, node), now, &out) || more;
    }
    pthread_mutex_unlock(&all.lock);
    while ((node = list_pop(&out))) {
        child_leave_take(LIST_OF(node, struct child, node));
    }
    if (more) {
        timer_start(timer, engine()->limits.child_idle, on_trim_due);
    }
}

static void on_trim(struct inbox_item *item)
{
    (void)item;
    atomic_store(&trim.posted, false);
    if (!engine()->closing && !timer_active(&trim.timer)) {
        trim.timer = (struct timer){.name = "idle processes", .arg = &trim};
        timer_start(&trim.timer, engine()->limits.child_idle, on_trim_due);
    }
}

void child_pools_close(void)
{
    timer_stop(&trim.timer);
}

/* Into the idle ones; false: it is lost. [any] */
static bool keep(struct child_pool *pool, struct child *child)
{
    bool kept = put_in(pool, &pool->idle, child);
    pthread_mutex_lock(&pool->lock);
    bool many = !list_empty(&pool->idle) && pool->idle.next != pool->idle.prev;
    pthread_mutex_unlock(&pool->lock);
    if (many && !atomic_exchange(&trim.posted, true)) {
        trim.item = (struct inbox_item){.name = "idle processes", .on_post = on_trim};
        inbox_post(&trim.item);
    }
    return kept;
}

/* ---- giving back --------------------------------------------------------------------- */

void child_pool_give_take(struct child_pool *pool, struct child *child, enum child_end end)
{
    switch (end) {
    case CHILD_WELL:
    case CHILD_DONE:
    case CHILD_FAULT: count(pool, &pool->loads, end == CHILD_FAULT); break;
    case CHILD_ASKED:
    case CHILD_MUTE: count(pool, &pool->probes, end == CHILD_MUTE); break;
    default: break;
    }
    (void)put_in(pool, NULL, child);
    arena_release(&child->frame);
    if (end == CHILD_FAULT || end == CHILD_AGAIN || end == CHILD_MUTE ||
        end == CHILD_ENDED) {
        child_destroy(child);
    } else if (end == CHILD_DONE || (end == CHILD_WELL && is_used_up(child)) ||
               !keep(pool, child)) {
        child_leave_take(child);
    }
}

/* ---- an idle one dies ------------------------------------------------------------------ */

static struct child *of_pid(struct list *list, pid_t pid)
{
    LIST_EACH(list, node)
    {
        if (LIST_OF(node, struct child, node)->born == pid) {
            return LIST_OF(node, struct child, node);
        }
    }
    return NULL;
}

/* An idle one leaves its list; one at work is only marked. */
static struct child *lose(struct child_pool *pool, pid_t pid)
{
    pthread_mutex_lock(&pool->lock);
    struct child *idle = of_pid(&pool->idle, pid), *busy = of_pid(&pool->busy, pid);
    if (idle) {
        list_remove(&idle->node);
    }
    if (busy) {
        busy->lost = true;
    }
    pthread_mutex_unlock(&pool->lock);
    return idle;
}

/* One at work is its worker's to end. [loop] */
static void on_lost(pid_t pid)
{
    struct child *found = NULL;
    pthread_mutex_lock(&all.lock);
    LIST_EACH(&all.pools, node)
    {
        found = found ? found : lose(LIST_OF(node, struct child_pool, node), pid);
    }
    pthread_mutex_unlock(&all.lock);
    if (found) {
        child_leave_take(found); /* it may have closed its stderr and live on */
    }
}

/* ---- the instance ---------------------------------------------------------------------- */

static void enlist(struct child_pool *pool)
{
    pthread_mutex_lock(&all.lock);
    list_push(&all.pools, &pool->node);
    pthread_mutex_unlock(&all.lock);
}

static void delist(struct child_pool *pool)
{
    pthread_mutex_lock(&all.lock);
    list_remove(&pool->node);
    pthread_mutex_unlock(&all.lock);
}

ragd_status child_pool_create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    struct child_pool *pool = mem_calloc(1, sizeof(*pool));
    struct child *child = NULL;
    struct err err = {0};
    if (!pool) {
        return RAGD_E_NOMEM;
    }
    list_init(&pool->idle);
    list_init(&pool->busy);
    pool->instance = ctx->instance;
    pthread_mutex_init(&pool->lock, NULL);
    int rc = start_one(pool, call, &child, &err);
    if (rc) {
        attempt_keep_fault(call, &err);
        pthread_mutex_destroy(&pool->lock);
        mem_free(pool);
        return rc;
    }
    (void)put_in(pool, &pool->idle, child); /* what has ended meanwhile is found out */
    enlist(pool);
    *inst = pool;
    return RAGD_OK;
}

void child_pool_destroy(void *inst)
{
    struct child_pool *pool = inst;
    struct child *child;
    delist(pool);
    LIST_EACH(&pool->idle, node)
    {
        pipe_release(&LIST_OF(node, struct child, node)->pipe); /* all end at once */
    }
    while ((child = pop_idle(pool))) {
        child_end(child);
    }
    pthread_mutex_destroy(&pool->lock);
    mem_free(pool);
}

bool instance_layers(const struct instance *instance, struct child_layers *out)
{
    struct child_pool *pool = instance->inst;
    if (!instance->iface || instance->plugin->placement == PLACEMENT_DAEMON ||
        instance->state != INSTANCE_READY) {
        return false;
    }
    pthread_mutex_lock(&pool->lock);
    *out = pool->layers;
    pthread_mutex_unlock(&pool->lock);
    return true;
}
