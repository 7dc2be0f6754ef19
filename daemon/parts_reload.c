/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Reading the configuration again.
 *
 * happy path: a worker loads the files and checks them by the plugins'
 * declarations; the loop applies the new configuration, keeps it, and tells those
 * who asked. One reading at a time: who asks meanwhile is answered by one more
 * reading after it, however many they are.
 * failure modes: whatever is wrong with the new one, the old one stays whole
 * and the status says so until a good one came.
 * on close: a reading that ends when the daemon no longer serves changes nothing.
 */
#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "notify.h"
#include "parts.h"
#include "plugin/plugins.h"
#include "server.h"

void parts_engine_settings(const struct config *config, struct engine_settings *out)
{
    *out = (struct engine_settings){
        .embedder = ragd_cs(config->sections[CONFIG_EMBEDDERS].def),
        .store = ragd_cs(config->sections[CONFIG_STORES].def),
        .llm = ragd_cs(config->sections[CONFIG_LLMS].def),
        .splitter = {.kind = config->splitter.kind,
                     .chunk_size = (uint32_t)config->splitter.chunk_size,
                     .chunk_overlap_plus1 = (uint32_t)config->splitter.chunk_overlap + 1,
                     .separators = config->splitter.separators.p,
                     .n_separators = config->splitter.separators.n,
                     .keep_separator = config->splitter.keep_separator,
                     .no_strip = !config->splitter.strip},
        .k = (uint32_t)config->k,
        .prompt_system = config->prompt,
        .prompt_user = config->question,
        .prompt_tokens = (uint64_t)config->prompt_tokens,
        .answer_tokens = (uint64_t)config->answer_tokens,
        .limits = &config->limits,
    };
}

struct changes {
    struct arena *arena;
    struct reload_view view;
    size_t cap_changed, cap_restart;
    bool no_memory;
};

static void add_key(struct changes *changes, const char ***list, size_t *n, size_t *cap,
                    const char *key)
{
    if (*n == *cap) {
        size_t more = *cap ? 2 * *cap : 8;
        const char **grown = arena_calloc(changes->arena, more, sizeof(char *));
        if (!grown) {
            changes->no_memory = true;
            return;
        }
        if (*n) {
            memcpy(grown, *list, *n * sizeof(char *));
        }
        *list = grown;
        *cap = more;
    }
    const char *copy = arena_strdup(changes->arena, key);
    if (copy) {
        (*list)[(*n)++] = copy;
    } else {
        changes->no_memory = true;
    }
}

static void on_change(const struct config_value *value, void *arg)
{
    struct changes *changes = arg;
    struct reload_view *view = &changes->view;
    add_key(changes, &view->changed, &view->n_changed, &changes->cap_changed, value->key);
    if (!value->reload) {
        add_key(changes, &view->needs_restart, &view->n_needs_restart,
                &changes->cap_restart, value->key);
    }
}

static int apply(struct parts *parts, struct config *now, struct err *err)
{
    struct engine_settings settings;
    parts_engine_settings(now, &settings);
    settings.limits = &parts->boot->limits;
    int rc = parts->engine ? engine_configure(parts->engine, &settings, err) : 0;
    if (rc) {
        return rc;
    }
    log_setup(2, (enum log_format)now->log_format, (enum ragd_log_level)now->log_level);
    if (parts->config != parts->boot) {
        config_destroy(parts->config);
    }
    parts->config = now;
    plugins_enable();
    return 0;
}

/* [worker]: what plugins there are does not change any more. */
static void do_read(struct work *work)
{
    struct reloading *r =
        (struct reloading *)((char *)work - offsetof(struct reloading, work));
    struct config_request request = server_config_request(r->options);
    r->err = (struct err){.id = ERR_NONE};
    r->config = NULL;
    if (config_load(&request, &r->config, &r->err) == 0 &&
        (parts_check_listen(r->config, &r->err) != 0 ||
         parts_check_plugins(r->config, &r->err) != 0)) {
        config_destroy(r->config);
        r->config = NULL;
    }
}

/* The configuration that was read becomes the present one; else it goes. */
static int take(struct parts *parts, struct arena *arena, struct reload_view *view,
                struct err *err)
{
    struct reloading *r = &parts->reloading;
    struct changes changes = {.arena = arena};
    int rc = life_info(parts->life)->serving ? err_status(&r->err)
                                             : err_set(&r->err, ERR_DRAINING, NULL);
    if (rc == 0) {
        /* What needs a restart stays different from what the daemon began with. */
        config_diff(parts->config, r->config, on_change, &changes);
        rc = changes.no_memory ? err_set(&r->err, ERR_NOMEM, NULL)
                               : apply(parts, r->config, &r->err);
    }
    if (rc) {
        config_destroy(r->config);
        *err = r->err;
    }
    r->config = NULL;
    *view = changes.view;
    return rc;
}

static void begin(struct parts *parts);

/* systemd is told READY once for each RELOADING, but not after STOPPING. */
static void tell(struct parts *parts, const struct reload_view *view, const struct err *err)
{
    const struct life_info *life = life_info(parts->life);
    const char *status = life->status;
    if (err) {
        log_error("RELOAD-REFUSED", "%s; the old configuration stays", err->msg);
        parts->refused = *err;
        status = "The configuration is not valid, the old one stays";
    } else {
        parts->refused = (struct err){.id = ERR_NONE};
        log_info(
            "RELOADED",
            "the configuration was read again; settings changed: %zu, of which wait for "
            "a restart: %zu",
            view->n_changed, view->n_needs_restart);
    }
    if (life->serving) {
        notify_ready(status);
    }
}

static void on_read(struct work *work, int status)
{
    struct reloading *r =
        (struct reloading *)((char *)work - offsetof(struct reloading, work));
    struct parts *parts = r->parts;
    struct arena arena = {0};
    struct reload_view view;
    struct err err = {.id = ERR_NONE};
    if (status) { /* do_read did not run */
        r->config = NULL;
        err_set(&r->err, err_by_status(status), "the configuration was not read again");
    }
    r->busy = false;
    int rc = take(parts, &arena, &view, &err);
    tell(parts, &view, rc ? &err : NULL);
    for (struct list *node; (node = list_pop(&r->served));) {
        struct reload *reload = LIST_OF(node, struct reload, node);
        reload->done(reload, &view, rc ? &err : NULL);
    }
    arena_release(&arena);
    if (r->again) {
        begin(parts);
    }
}

static void begin(struct parts *parts)
{
    struct reloading *r = &parts->reloading;
    for (struct list *node; (node = list_pop(&r->asked));) {
        list_push(&r->served, node);
    }
    r->again = false;
    r->busy = true;
    notify_reloading();
    r->work.name = "read the configuration";
    r->work.do_work = do_read;
    r->work.on_done = on_read;
    workers_submit(&r->work, LANE_IO);
}

void parts_reload_init(struct parts *parts)
{
    struct reloading *r = &parts->reloading;
    r->parts = parts;
    r->options = parts->options;
    list_init(&r->asked);
    list_init(&r->served);
}

void parts_reload(struct parts *parts, struct reload *reload)
{
    struct reloading *r = &parts->reloading;
    if (reload) {
        list_push(&r->asked, &reload->node);
    }
    r->again = true;
    if (!r->busy) {
        begin(parts);
    }
}
