/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "plugin_rig.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "loop/loop.h"
#include "loop/workers.h"
#include "plugin/call_load.h"
#include "plugin/host.h"

enum { TURNS = 50, LOG_BYTES = 64 * 1024 };

static bool closed;

static void load_config(struct rig *rig, const char *yaml)
{
    char path[TMPDIR_BYTES];
    tmpdir_write(&rig->dir, "ragd.yaml", yaml, SIZE_MAX);
    chmod(tmpdir_path(&rig->dir, "ragd.yaml", path), 0600);
    struct config_override overrides[] = {
        {"data_dir", rig->data},
        {"plugins.dirs", getenv("RAGD_TEST_PLUGINS")},
    };
    struct config_request request = {.file = path,
                                     .overrides = overrides,
                                     .n_overrides = 2};
    assert_ok(config_load(&request, &rig->config, &rig->err), &rig->err);
}

static void open_log(struct rig *rig)
{
    char path[TMPDIR_BYTES];
    rig->log = open(tmpdir_path(&rig->dir, "log", path), O_CREAT | O_RDWR | O_APPEND, 0600);
    assert_true(rig->log >= 0);
    log_setup(rig->log, LOG_TEXT, RAGD_LOG_INFO);
}

int rig_try(struct rig *rig, const char *yaml, const char *dir)
{
    *rig = (struct rig){0};
    tmpdir_init(&rig->dir);
    mkdir(tmpdir_path(&rig->dir, "data", rig->data), 0700);
    open_log(rig);
    load_config(rig, yaml);
    struct limits *limits = &rig->config->limits;
    assert_ok(loop_init(limits, &rig->err), &rig->err);
    workers_init(limits);
    char state[TMPDIR_BYTES];
    tmpdir_path(&rig->dir, "state", state);
    rig->state = state_create(limits);
    assert_non_null(rig->state);
    assert_ok(state_open(rig->state, state, &rig->err), &rig->err);
    struct plugins_setup setup = {.config = rig->config,
                                  .state = rig->state,
                                  .plugin_dirs = &dir,
                                  .n_plugin_dirs = dir != NULL,
                                  .data_dir = rig->data,
                                  .cache_dir = rig->data,
                                  .seed = 1};
    return plugins_open(&setup, &rig->err);
}

void rig_open(struct rig *rig, const char *yaml, const char *dir)
{
    assert_ok(rig_try(rig, yaml, dir), &rig->err);
}

void rig_open_puppet(struct rig *rig, const char *section, const char *plugin,
                     const char *act, const char *more)
{
    char yaml[512];
    snprintf(yaml, sizeof(yaml), "%s\n%s: {it: {plugin: %s, act: %s}}\n", more, section,
             plugin, act);
    rig_open(rig, yaml, rig_puppets());
}

static void on_closed(void)
{
    closed = true;
    loop_stop();
}

void rig_close(struct rig *rig)
{
    closed = false;
    plugins_close(on_closed);
    while (!closed) {
        loop_run();
    }
    workers_stop();
    assert_int_equal(workers_join(10000), 0);
    rig_turns();
    plugins_release();
    loop_release();
    state_destroy(rig->state);
    config_destroy(rig->config);
    log_setup(2, LOG_TEXT, RAGD_LOG_INFO);
    close(rig->log);
    tmpdir_release(&rig->dir);
}

void rig_done(struct call *call)
{
    assert_true(loop_is_current());
    assert_false(call_active(call));
    call->arg = call; /* seen */
    loop_stop();
}

void rig_wait(struct call *call)
{
    while (call->arg != call) {
        loop_run();
    }
    assert_false(call_active(call));
}

void rig_turns(void)
{
    for (int i = 0; i < TURNS; i++) {
        loop_turn();
    }
}

const char *rig_puppets(void)
{
    static char dir[PATH_MAX];
    assert_non_null(getcwd(dir, sizeof(dir) - sizeof("/puppets")));
    memcpy(dir + strlen(dir), "/puppets", sizeof("/puppets"));
    return dir;
}

void rig_assert_logged(struct rig *rig, const char *text)
{
    static char all[LOG_BYTES];
    ssize_t n = pread(rig->log, all, sizeof(all) - 1, 0);
    all[n > 0 ? n : 0] = '\0';
    assert_contains(all, text);
}

double rig_metric(const char *instance, const char *name)
{
    struct plugin_metric m;
    for (size_t i = 0; plugin_metric(i, &m); i++) {
        if (strcmp(m.instance, instance) == 0 && strcmp(m.name, name) == 0) {
            return m.value;
        }
    }
    return 0;
}

struct instance *rig_instance(enum plugin_kind kind, const char *name)
{
    struct call_instance req = {.call = {.done = rig_done},
                                .kind = kind,
                                .name = ragd_cs(name)};
    call_instance_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    call_release(&req.call);
    return req.instance;
}

const char *rig_pick(const char *name, struct ragd_bytes head)
{
    struct call_pick req = {.call = {.done = rig_done},
                            .name = ragd_cs(name),
                            .head = head};
    call_pick_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    const char *plugin = req.loader ? instance_plugin_name(req.loader) : NULL;
    call_release(&req.call);
    return plugin;
}
