/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "host_rig.h"

#include <fcntl.h>
#include <ragd/host.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/codec.h"
#include "wire/host_values.h"

/* STRAY_FD: one that was left open by mistake. */
enum { STRAY_FD = 42, SOURCES_FROM_FD = 100, PATIENCE_MS = 60000 };

/* Out of the way of the numbers that the child is to find. */
static int high_fd(int fd)
{
    int high = fcntl(fd, F_DUPFD_CLOEXEC, SOURCES_FROM_FD);
    assert_true(high >= 0);
    close(fd);
    return high;
}

static int control_page(struct host_rig *rig)
{
    int fd = memfd_create("control", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_true(fd >= 0 && ftruncate(fd, HOST_CONTROL_BYTES) == 0);
    void *page = mmap(NULL, HOST_CONTROL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(page != MAP_FAILED);
    rig->control = page;
    rig->control->log_level = RAGD_LOG_DEBUG;
    int seals = F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
    assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
    return high_fd(fd);
}

const Ragd__Host__V1__Hello *host_start(struct host_rig *rig, const char *plugin)
{
    static const char program[] = TEST_HOST;
    int pair[2];
    char *argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)plugin, NULL};
    char *envp[] = {NULL};
    posix_spawn_file_actions_t actions;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    int ours = high_fd(pair[0]), theirs = high_fd(pair[1]), control = control_page(rig);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, theirs, HOST_SOCKET_FD);
    posix_spawn_file_actions_adddup2(&actions, control, HOST_CONTROL_FD);
    posix_spawn_file_actions_adddup2(&actions, control, STRAY_FD);
    assert_int_equal(posix_spawn(&rig->pid, program, &actions, NULL, argv, envp), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(theirs);
    close(control);
    pipe_init_take(&rig->pipe, ours, HOST_RIG_FRAME_BYTES);
    const host_frame *frame = host_next(rig);
    assert_non_null(frame);
    assert_int_equal(frame->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_HELLO);
    assert_int_equal(frame->hello->protocol, HOST_PROTOCOL);
    return frame->hello;
}

void host_put(struct host_rig *rig, const host_frame *frame, int fd)
{
    struct err err;
    assert_ok(pipe_put(&rig->pipe, &frame->base, fd, &err), &err);
    int event = PIPE_MORE;
    while (event == PIPE_MORE) {
        event = pipe_flush(&rig->pipe, &err);
        if (event == PIPE_MORE) {
            pipe_wait(&rig->pipe, true, PATIENCE_MS);
        }
    }
}

const host_frame *host_next(struct host_rig *rig)
{
    struct ragd_bytes bytes;
    struct err err;
    int event = pipe_read(&rig->pipe, &bytes, &err);
    while (event == PIPE_MORE) {
        assert_true(pipe_wait(&rig->pipe, false, PATIENCE_MS));
        event = pipe_read(&rig->pipe, &bytes, &err);
    }
    ProtobufCMessage *message = NULL;
    arena_release(&rig->arena);
    if (event != PIPE_FRAME ||
        codec_unpack(&rig->arena, &ragd__host__v1__host_frame__descriptor, bytes, &message,
                     &err)) {
        return NULL;
    }
    return (const host_frame *)message;
}

const Ragd__Host__V1__Created *host_create(struct host_rig *rig)
{
    host_frame frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Create create = RAGD__HOST__V1__CREATE__INIT;
    Ragd__Host__V1__HostLimits limits = RAGD__HOST__V1__HOST_LIMITS__INIT;
    struct arena arena = {0};
    struct host_entries options;
    limits.frame_bytes = HOST_RIG_FRAME_BYTES;
    limits.call_bytes = 1 << 20;
    limits.memory_bytes = rig->memory_bytes ? rig->memory_bytes : HOST_RIG_MEMORY_BYTES;
    limits.text_bytes = rig->text_bytes ? rig->text_bytes : 4 << 20;
    limits.meta_bytes = 64 << 10;
    limits.documents = 1000;
    create.instance = (char *)(uintptr_t) "test";
    create.profile = rig->profile ? rig->profile : RAGD__HOST__V1__PROFILE__PROFILE_SANDBOX;
    assert_int_equal(host_kvs_out(&arena, rig->options, &options), 0);
    create.options = options.p;
    create.n_options = options.n;
    create.limits = &limits;
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_CREATE;
    frame.create = &create;
    host_put(rig, &frame, -1);
    arena_release(&arena);
    const host_frame *answer = host_next(rig);
    assert_non_null(answer);
    assert_int_equal(answer->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_CREATED);
    return answer->created;
}

static int sealed(struct ragd_bytes bytes)
{
    int fd = memfd_create("source", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
    int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

void host_load(struct host_rig *rig, const struct host_source *source)
{
    struct arena arena = {0};
    struct host_entries meta, options;
    host_frame frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Load load = RAGD__HOST__V1__LOAD__INIT;
    int fd = source->bytes.n ? sealed(source->bytes) : -1;
    assert_int_equal(host_kvs_out(&arena, source->meta, &meta), 0);
    assert_int_equal(host_kvs_out(&arena, source->options, &options), 0);
    load.name = host_bytes(source->name.p, source->name.n);
    load.mime = host_bytes(source->mime.p, source->mime.n);
    load.size = source->bytes.n;
    load.meta = meta.p;
    load.n_meta = meta.n;
    load.options = options.p;
    load.n_options = options.n;
    load.timeout_ms = PATIENCE_MS;
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_LOAD;
    frame.load = &load;
    host_put(rig, &frame, fd);
    if (fd >= 0) {
        close(fd);
    }
    arena_release(&arena);
}

void host_verdict(struct host_rig *rig, ragd_status status)
{
    host_frame frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Verdict verdict = RAGD__HOST__V1__VERDICT__INIT;
    verdict.status = status;
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_VERDICT;
    frame.verdict = &verdict;
    host_put(rig, &frame, -1);
}

int host_end(struct host_rig *rig, int kill_with)
{
    int status = 0;
    if (kill_with) {
        kill(rig->pid, kill_with);
    }
    pipe_release(&rig->pipe);
    arena_release(&rig->arena);
    assert_int_equal(waitpid(rig->pid, &status, 0), rig->pid);
    munmap(rig->control, HOST_CONTROL_BYTES);
    return status;
}
