/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: lock, bind, loop, workers; the daemon's database opens on a
 * worker while the plugins load; then instances, engine, listeners: ready.
 * Later drain, close, leave the loop, and release in the opposite order.
 *
 * failure modes: a failing step ends the start, what was opened is closed and
 * the reason returned. A stop during the start waits for the step under way.
 * A drain that exceeds its time ends the process: data is safe at any moment,
 * what was not acknowledged is not there.
 *
 * on close: see drain_parts, close_parts and release.
 */
#include "server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_info.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/rng.h"
#include "datadir.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "notify.h"
#include "parts.h"
#include "plugin/plugins.h"
#include "tidy.h"

enum {
    STOP_GRACE_MS = 1000, /* beyond the limit "stop", to close the parts */
    HURRY_MS = 800,       /* a second signal gets the process out within 1 s */
    PATH_BYTES = 4096,
};

/* One per process, as signals and the loop are. */
static struct parts parts;
static char plugins_dir[PATH_BYTES], cache_dir[PATH_BYTES]; /* of instances */

static void drain_parts(void);
static void close_parts(void);

/* Times are up: what still runs is given up, the sockets' files go. */
static void on_time_up(struct timer *timer)
{
    (void)timer;
    log_warn("STOP-FORCED", "%s, leaving without waiting any longer",
             parts.hurried ? "asked twice to stop" : "the drain took too long");
    parts_unbind(&parts);
    _exit(parts.hurried ? 0 : 1);
}

static void announce(void)
{
    const struct life_info *info = life_info(parts.life);
    rpc_set_state(parts.rpc, info->name);
    notify_ready(info->status);
    log_info("STATE", "%s", info->name);
}

static void begin_drain(void)
{
    log_info("STATE", "%s", life_info(parts.life)->name);
    notify_send("STOPPING=1\nSTATUS=%s", life_info(parts.life)->status);
    timer_start(&parts.limit, parts.boot->limits.stop + STOP_GRACE_MS, on_time_up);
    drain_parts();
}

static void hurry(void)
{
    parts.hurried = true;
    if (parts.engine_started) {
        engine_cancel_all(parts.engine);
    }
    timer_start(&parts.limit, HURRY_MS, on_time_up);
}

void server_event(enum life_event event)
{
    switch (life_move(&parts.life, event)) {
    case LIFE_NOTHING: break;
    case LIFE_ANNOUNCE: announce(); break;
    case LIFE_DRAIN: begin_drain(); break;
    case LIFE_HURRY: hurry(); break;
    case LIFE_CLOSE: close_parts(); break;
    case LIFE_END:
        tidy_stop();
        workers_stop();
        loop_stop();
        break;
    }
}

/* The end. */

static void part_drained(void)
{
    if (--parts.draining == 0) {
        server_event(LIFE_DRAINED);
    }
}

static void on_rpc_drained(void *arg)
{
    (void)arg;
    part_drained();
}

static void on_engine_drained(struct engine *engine, void *arg)
{
    (void)engine;
    (void)arg;
    part_drained();
}

/* A step of the start that is under way calls this when it comes back. */
static void drain_parts(void)
{
    if (parts.busy) {
        return;
    }
    parts.draining = 1; /* this function's own hold */
    if (parts.rpc) {
        parts.draining++;
        rpc_drain(parts.rpc, on_rpc_drained, NULL);
    }
    if (parts.engine_started) {
        parts.draining++;
        engine_drain(parts.engine, on_engine_drained, NULL);
    }
    part_drained();
}

static void on_plugins_closed(void)
{
    server_event(LIFE_CLOSED);
}

static void close_parts(void)
{
    rpc_destroy(parts.rpc);
    parts.rpc = NULL;
    engine_destroy(parts.engine); /* gives its collections back to the stores */
    parts.engine = NULL;
    parts.engine_started = false;
    if (parts.plugins_open) {
        plugins_close(on_plugins_closed);
    } else {
        server_event(LIFE_CLOSED);
    }
}

/* The start, step by step; each ends in the next or in fail. */

static void fail(void)
{
    server_event(LIFE_FAILED);
}

/* Whether the start goes on after a step came back. */
static bool go_on(void)
{
    parts.busy = false;
    if (parts.life == LIFE_STARTING) {
        return true;
    }
    drain_parts();
    return false;
}

static int listen_all(struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < parts.n_bound; i++) {
        struct bound *bound = &parts.bound[i];
        rc = rpc_listen(parts.rpc, bound->fd, bound->kind, err);
        if (rc == 0) {
            bound->fd = -1; /* the listener's */
        }
    }
    return rc;
}

static int serve(struct err *err)
{
    struct rpc_settings settings = {
        .limits = &parts.boot->limits,
        .methods = &METHODS,
        .services = parts_services(&parts),
        .server = "ragd " BUILD_VERSION,
        .boot_id = parts.boot_id,
        .uid = geteuid(),
        .many_users = parts.boot->system,
        .limit_per_uid = parts.boot->system,
        .spool_dir = parts.boot->data_dir.p,
    };
    int rc = parts_token(&parts, &settings.token, err);
    if (rc == 0) {
        rc = rpc_create(&settings, &parts.rpc, err);
    }
    return rc ? rc : listen_all(err);
}

static void on_watchdog(struct timer *timer)
{
    notify_send("WATCHDOG=1");
    timer_start(timer, (uint64_t)(uintptr_t)timer->arg, on_watchdog);
}

/* The sign of life comes from the loop itself: it stops when the loop does. */
static void start_watchdog(void)
{
    uint64_t ms = notify_watchdog_ms() / 2;
    parts.watchdog = (struct timer){.name = "watchdog", .arg = (void *)(uintptr_t)ms};
    if (ms) {
        timer_start(&parts.watchdog, ms, on_watchdog);
    }
}

static void on_engine_started(struct engine *engine, const struct err *err, void *arg)
{
    (void)engine;
    (void)arg;
    if (err) {
        parts.failure = *err;
    }
    parts.engine_started = true;
    if (!go_on()) {
        return;
    }
    if (err || serve(&parts.failure)) {
        fail();
        return;
    }
    struct arena arena = {0};
    struct degraded_view *degraded;
    size_t n = 0;
    parts_degraded(&parts, &arena, &degraded, &n);
    for (size_t i = 0; i < n; i++) {
        log_warn("DEGRADED", "%s: %s", degraded[i].part, degraded[i].reason);
    }
    arena_release(&arena);
    start_watchdog();
    log_info("SERVING", "ragd " BUILD_VERSION " serves %s after %llu ms",
             parts.boot->socket.p,
             (unsigned long long)(clock_mono_ms() - parts.started_ms));
    server_event(n ? LIFE_IMPAIRED : LIFE_OPENED);
}

static void on_plugins_started(void)
{
    struct engine_settings settings;
    if (!go_on()) {
        return;
    }
    parts_engine_settings(parts.boot, &settings);
    if (engine_create(&settings, &parts.engine, &parts.failure)) {
        fail();
        return;
    }
    parts.busy = true;
    engine_start(parts.engine, on_engine_started, NULL);
}

static void do_open(struct work *work)
{
    (void)work;
    char path[PATH_BYTES];
    snprintf(path, sizeof(path), "%s/state", parts.boot->data_dir.p);
    state_open(parts.state, path, &parts.open_err);
}

static void on_opened(struct work *work, int status)
{
    (void)work;
    if (status) {
        err_set(&parts.open_err, err_by_status(status),
                "cannot open the daemon's database");
    }
    if (!go_on()) {
        return;
    }
    if (parts.open_err.id != ERR_NONE) {
        parts.failure = parts.open_err;
        fail();
        return;
    }
    parts.busy = true;
    plugins_start(on_plugins_started);
}

/* The database opens on a worker while the plugins are loaded here. */
static void start(void)
{
    parts.opening.name = "open the daemon's database";
    parts.opening.do_work = do_open;
    parts.opening.on_done = on_opened;
    parts.busy = true;
    workers_submit(&parts.opening, LANE_IO);
    struct plugins_setup setup = {
        .config = parts.boot,
        .state = parts.state,
        .data_dir = plugins_dir,
        .cache_dir = cache_dir,
    };
    struct err err;
    if (parts_open_plugins(parts.options, &setup, &err)) {
        parts.failure = err;
        fail();
        return;
    }
    parts.plugins_open = true;
}

static void on_signal(int signum)
{
    if (signum != SIGHUP) {
        log_info("SIGNAL", "%s", strsignal(signum));
        server_event(LIFE_STOP);
        return;
    }
    if (life_info(parts.life)->serving) {
        parts_reload(&parts, NULL);
    }
}

/* The data directory, and in it what instances keep theirs below. */
static int make_directories(const struct config *config, struct err *err)
{
    int rc = datadir_lock(&parts.made, config->data_dir.p, &parts.lock_fd, err);
    snprintf(plugins_dir, sizeof(plugins_dir), "%s/plugins", config->data_dir.p);
    snprintf(cache_dir, sizeof(cache_dir), "%s/cache", config->data_dir.p);
    rc = rc ? rc : datadir_make(plugins_dir, err);
    return rc ? rc : datadir_make(cache_dir, err);
}

/* One descriptor for each client, and RocksDB's. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int prepare(struct err *err)
{
    static const int SIGNALS[] = {SIGTERM, SIGINT, SIGHUP, 0};
    const struct config *config = parts.boot;
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();
    int rc = make_directories(config, err);
    if (rc == 0) {
        rc = parts_bind(&parts, err);
    }
    if (rc == 0) {
        parts.state = state_create(&config->limits);
        rc = parts.state ? loop_init(&config->limits, err) : err_set(err, ERR_NOMEM, NULL);
    }
    if (rc == 0) {
        workers_init(&config->limits);
        tidy_start();
        rc = signals_start(SIGNALS, on_signal);
        rc = rc ? err_set(err, err_by_status(rc), "cannot watch for signals") : 0;
    }
    return rc;
}

/* A start that failed takes back what it made, its data only while it holds
 * their lock: another daemon may have found the directory and moved in. */
static void release_directories(bool failed)
{
    if (failed) {
        made_undo(&parts.made, parts.lock_fd >= 0 ? parts.boot->data_dir.p : NULL);
    }
    made_release(&parts.made);
    if (parts.lock_fd >= 0) {
        close(parts.lock_fd);
    }
}

/* Everything is closed; a thread that is stuck in a plugin stays behind. */
static void release(bool failed)
{
    timer_stop(&parts.limit);
    timer_stop(&parts.watchdog);
    timer_stop(&parts.stop_later);
    signals_close();
    unsigned stuck = workers_join(PARTS_JOIN_MS);
    while (workers_pending() > stuck && loop_turn()) {
    }
    parts_unbind(&parts);
    if (stuck) {
        log_error("STOP-STUCK", "%u worker threads do not come back, leaving without them",
                  stuck);
        _exit(1);
    }
    plugins_release();
    loop_release();
    state_destroy(parts.state);
    release_directories(failed);
    if (parts.config != parts.boot) {
        config_destroy(parts.config);
    }
    config_destroy(parts.boot);
}

int server_run(const struct options *options, struct config *config, struct err *err)
{
    parts = (struct parts){
        .options = options,
        .boot = config,
        .config = config,
        /* Others must get through to a system's socket; what is on a user's
         * way is private, as the XDG base directories say. */
        .made = {.above = config->system ? 0755 : 0700},
        .lock_fd = -1,
        .started_ms = clock_mono_ms(),
        .limit = {.name = "stop limit"},
        .stop_later = {.name = "stop"},
    };
    parts_reload_init(&parts);
    rng_hex(parts.boot_id, (PARTS_BOOT_ID_BYTES - 1) / 2);
    int rc = prepare(err);
    if (rc == 0) {
        start();
        loop_run();
        if (parts.failure.id != ERR_NONE) {
            *err = parts.failure;
            rc = err_status(err);
        }
    }
    release(rc != 0);
    return rc;
}

struct config_request server_config_request(const struct options *options)
{
    return (struct config_request){
        .file = options->config_file,
        .system = options->system,
        .overrides = options->overrides,
        .n_overrides = options->n_overrides,
    };
}
