/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "faulty_rig.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/loop.h"
#include "loop/workers.h"
#include "plugin/instance.h"

const char *faulty_dir(void)
{
    static char dir[PATH_MAX];
    char here[PATH_MAX - sizeof("/faulty")];
    assert_non_null(getcwd(here, sizeof(here)));
    snprintf(dir, sizeof(dir), "%s/faulty", here);
    return dir;
}

struct instance *faulty_open(struct rig *rig, const char *yaml)
{
    rig_open(rig, yaml, faulty_dir());
    return rig_instance(PLUGIN_LOADER, "faulty");
}

struct call_load faulty_load_of(struct instance *loader, const char *text)
{
    return (struct call_load){.call = {.done = rig_done},
                              .loader = loader,
                              .content = {text, strlen(text), -1, {text, strlen(text)}},
                              .uri = ragd_cs("file:///a.faulty"),
                              .name = ragd_cs("a.faulty")};
}

void faulty_start(struct call_load *req, struct instance *loader, const char *text)
{
    *req = faulty_load_of(loader, text);
    call_load_start(req);
}

const char *faulty_load(struct instance *loader, const char *text, struct err *err)
{
    static char out[64];
    struct call_load req;
    faulty_start(&req, loader, text);
    rig_wait(&req.call);
    *err = req.call.err;
    out[0] = '\0';
    if (req.call.status == 0) {
        assert_int_equal(req.n_docs, 1);
        snprintf(out, sizeof(out), "%.*s", (int)req.docs[0].text.n, req.docs[0].text.p);
    }
    call_release(&req.call);
    return out;
}

void faulty_assert_well(struct instance *loader)
{
    struct err err;
    assert_string_equal(faulty_load(loader, "anything", &err), "well");
}

void faulty_assert_fails(struct instance *loader, const char *text, enum err_id id,
                         const char *why)
{
    struct err err;
    faulty_load(loader, text, &err);
    if (err.id != id) {
        print_error("%s: %s: %s\n", text, err_info(err.id)->name, err.msg);
    }
    assert_int_equal(err.id, id);
    assert_contains(err.msg, why);
    faulty_assert_well(loader);
}

pid_t faulty_process(struct instance *loader, const char *text)
{
    struct err err;
    long pid = 0;
    assert_int_equal(sscanf(faulty_load(loader, text, &err), "process %ld", &pid), 1);
    return (pid_t)pid;
}

unsigned rig_descriptors(void)
{
    unsigned n = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir)) {
        n++;
    }
    closedir(dir);
    return n;
}

void rig_settle(void)
{
    rig_turns();
    while (workers_pending()) {
        loop_turn();
    }
    rig_turns();
}

bool rig_has_zombie(void)
{
    siginfo_t info = {0};
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}
