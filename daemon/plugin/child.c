/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: a socketpair, a control page and a socket for its stderr are made,
 * the program is started with posix_spawn (never a copy of this process), and
 * frames go back and forth.
 *
 * Failure modes: it dies, and its end says of what; it says nonsense, falls
 * silent or does not read, and is killed by its group, with what it started.
 *
 * On close: every child is waited for by its number, so none is left a zombie,
 * and nobody else's child is taken.
 */
#include "plugin/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "plugin/child_errors.h"
#include "plugin/engine.h"
#include "wire/codec.h"
#include "wire/control.h"

enum {
    SLICE_MS = 10,  /* between two looks at the call's stop */
    END_MS = 500,   /* to end in order */
    DYING_MS = 200, /* between closing its descriptors and being gone */
    FDS_FROM = 16,  /* out of the way of the numbers that it is to find */
    SECOND_MS = 1000,
    NANOS_PER_MS = 1000000,
    MEMORY_FACTOR = 3, /* of a frame once decoded */
};

static char program[PATH_MAX];

void child_set_program(const char *path)
{
    snprintf(program, sizeof(program), "%s", path);
}

/* ---- starting ---------------------------------------------------------------------- */

/* Moves a descriptor out of the way; -1 stays -1. */
static int high_fd(int fd)
{
    int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FDS_FROM);
    if (fd >= 0) {
        close(fd);
    }
    return high;
}

/* Mapped to be written here, then sealed so that nobody else can. */
static int make_control(struct host_control **out)
{
    int fd = high_fd(memfd_create("control", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    int seals = F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
    void *page = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, HOST_CONTROL_BYTES) == 0) {
        page = mmap(NULL, HOST_CONTROL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    if (page != MAP_FAILED) {
        *out = page;
        atomic_store(&(*out)->log_level, log_level());
        if (fcntl(fd, F_ADD_SEALS, seals) == 0) {
            return fd;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

/* The child's ends of what it is born with. */
struct birth {
    int socket, control, errors;
};

static void close_birth(const struct birth *birth)
{
    const int fds[] = {birth->socket, birth->control, birth->errors};
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

/* 0 or an errno. What can be short is descriptors. */
static int make_birth(struct child *child, struct birth *birth)
{
    int pair[2] = {-1, -1}, errors[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0) {
        pipe_init_take(&child->pipe, high_fd(pair[0]), HOST_FIRST_BYTES);
        birth->socket = high_fd(pair[1]);
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, errors) == 0) {
        birth->errors = high_fd(errors[1]);
        child->errors = child_errors_create_take(errors[0], child->plugin);
    }
    birth->control = make_control(&child->control);
    if (birth->errors >= 0 && !child->errors) {
        return ENOMEM;
    }
    return child->pipe.fd >= 0 && birth->socket >= 0 && birth->errors >= 0 &&
                   birth->control >= 0
               ? 0
               : EMFILE;
}

static int start(struct child *child, const struct birth *birth)
{
    char *argv[] = {program, child->plugin->path, NULL};
    char *envp[] = {NULL}; /* nothing of the daemon's is its business */
    posix_spawn_file_actions_t actions;
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc) {
        return rc;
    }
    rc = posix_spawn_file_actions_adddup2(&actions, birth->socket, HOST_SOCKET_FD);
    rc = rc ? rc
            : posix_spawn_file_actions_adddup2(&actions, birth->control, HOST_CONTROL_FD);
    rc = rc ? rc : posix_spawn_file_actions_adddup2(&actions, birth->errors, STDERR_FILENO);
    rc = rc ? rc : posix_spawn(&child->pid, program, &actions, NULL, argv, envp);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

int child_spawn(struct plugin *plugin, struct child **out, struct err *err)
{
    struct birth birth = {-1, -1, -1};
    struct child *child = mem_calloc(1, sizeof(*child));
    if (!child) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    list_init(&child->node);
    child->plugin = plugin;
    child->pipe.fd = child->statm = -1;
    int rc = make_birth(child, &birth);
    rc = rc ? rc : start(child, &birth);
    close_birth(&birth);
    if (rc) {
        child->pid = 0;
        child_destroy(child);
        enum err_id id = rc == ENOMEM ? ERR_NOMEM : ERR_PLUGIN_REFUSED;
        err_set(err, id, "%s: its process cannot be started", plugin->path);
        return err_why(err, "%s: %s", program, strerrordesc_np(rc));
    }
    child->born = child->pid;
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/statm", (long)child->pid);
    child->statm = open(path, O_RDONLY | O_CLOEXEC); /* later it is not ours to open */
    *out = child;
    return 0;
}

/* ---- the end ----------------------------------------------------------------------- */

/* With all that it started: it leads a session of its own. */
static void kill_group(pid_t pid)
{
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL); /* it had no time for a session yet */
}

/* Whether it has ended; then it is no zombie any more, and what it started and
 * left behind is ended, while its number is still nobody else's. */
static bool take_end(struct child *child, int *status)
{
    siginfo_t info = {0};
    int rc = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    if (rc == 0 && info.si_pid == 0) {
        return false;
    }
    if (rc == 0) {
        kill(-child->pid, SIGKILL);
        waitpid(child->pid, status, WNOHANG);
    }
    child->pid = 0;
    return true;
}

/* Waits so long for its end; -1: it lives. */
static int reap(struct child *child, unsigned ms, int *status)
{
    const struct timespec slice = {0, NANOS_PER_MS};
    for (unsigned i = 0; child->pid && i <= ms; i++) {
        if (!take_end(child, status) && i < ms) {
            nanosleep(&slice, NULL);
        }
    }
    return child->pid ? -1 : 0;
}

/* What cannot be reaped without a limit: SIGKILL ends every process. */
static void kill_and_reap(struct child *child, int *status)
{
    if (child->pid) {
        kill_group(child->pid);
        while (waitpid(child->pid, status, 0) < 0 && errno == EINTR) {
        }
        child->pid = 0;
    }
}

void child_destroy(struct child *child)
{
    int status = 0;
    if (!child) {
        return;
    }
    kill_and_reap(child, &status);
    pipe_release(&child->pipe);
    if (child->control) {
        munmap(child->control, HOST_CONTROL_BYTES);
    }
    if (child->statm >= 0) {
        close(child->statm);
    }
    child_errors_destroy(child->errors);
    arena_release(&child->frame);
    mem_free(child);
}

void child_end(struct child *child)
{
    int status = 0;
    if (!child) {
        return;
    }
    pipe_release(&child->pipe);
    reap(child, END_MS, &status);
    child_destroy(child);
}

static void do_end(struct work *work)
{
    struct child *child = LIST_OF(work, struct child, ending);
    int status = 0;
    reap(child, END_MS, &status);
    kill_and_reap(child, &status);
}

static void on_ended(struct work *work, int status)
{
    (void)status; /* at the end of the daemon it did not run, and the kill is here */
    child_destroy(LIST_OF(work, struct child, ending));
}

static void on_leave(struct inbox_item *item)
{
    struct child *child = LIST_OF(item, struct child, leave);
    child->ending =
        (struct work){.name = "end a process", .do_work = do_end, .on_done = on_ended};
    workers_submit(&child->ending, LANE_IO);
}

void child_leave_take(struct child *child)
{
    pipe_release(&child->pipe); /* which is what tells it */
    child->leave = (struct inbox_item){.name = "end a process", .on_post = on_leave};
    inbox_post(&child->leave);
}

/* ---- what went wrong ----------------------------------------------------------------- */

int child_breach(const char *what, struct err *err)
{
    return err_set(err, ERR_PLUGIN, "its process %s", what);
}

void child_last_words(const struct child *child, struct err *err)
{
    char line[ERR_WHY_BYTES / 2];
    if (child && err->id && !err->why[0]) {
        child_errors_last(child->errors, line, sizeof(line));
        if (line[0]) {
            err_why(err, "%s", line);
        }
    }
}

static int killed_by(const struct child *child, int sig, struct err *err)
{
    const char *name = child->plugin->name, *abbreviation = sigabbrev_np(sig);
    if (sig == SIGXCPU) {
        err_set(err, ERR_LIMIT, "loader %s took more than %llu ms of CPU time", name,
                (unsigned long long)child->cpu_ms);
        /* The time for a probe is fixed. */
        return child->cpu_ms == engine()->limits.parse_cpu
                   ? err_hint(err, "the limit is limits.parse_cpu")
                   : err_status(err);
    }
    err_set(err, ERR_LOADER_CRASHED, "loader %s crashed: signal %d (SIG%s)", name, sig,
            abbreviation ? abbreviation : "?");
    return sig == SIGSYS ? err_why(err, "it did what its sandbox forbids")
                         : err_status(err);
}

/* It has closed its socket, or broken it: how did it end? */
static int gone(struct child *child, struct err *err)
{
    int status = 0;
    if (reap(child, DYING_MS, &status)) {
        return child_breach("breaks off what it says and lives on", err);
    }
    if (WIFSIGNALED(status)) {
        return killed_by(child, WTERMSIG(status), err);
    }
    return err_set(err, ERR_LOADER_CRASHED, "loader %s ended its process (exit code %d)",
                   child->plugin->name, WEXITSTATUS(status));
}

/* ---- frames ------------------------------------------------------------------------ */

/* 0: go on; else why not. */
static int look_at_stop(struct child *child, const struct child_wait *wait, struct err *err)
{
    uint64_t now = clock_mono_ms();
    bool late = wait->deadline_ms && now >= wait->deadline_ms;
    int stop = wait->call ? attempt_state(wait->call) : 0;
    stop = stop ? stop : late ? RAGD_E_DEADLINE : 0;
    *err = (struct err){0};
    if (stop && !child->stop_by_ms) {
        atomic_store(&child->control->stop, stop);
        child->stop_by_ms = now + engine()->limits.child_grace;
    }
    if (!child->stop_by_ms || now < child->stop_by_ms) {
        return 0;
    }
    return late ? err_set(err, ERR_DEADLINE, "loader %s does not answer",
                          child->plugin->name)
                : stop;
}

int child_send(struct child *child, const host_frame *frame, int fd,
               const struct child_wait *wait, struct err *err)
{
    int rc = pipe_put(&child->pipe, &frame->base, fd, err);
    int event = rc ? PIPE_FRAME : PIPE_MORE;
    while (rc == 0 && event == PIPE_MORE) {
        event = pipe_flush(&child->pipe, err);
        if (event == PIPE_MORE) {
            rc = look_at_stop(child, wait, err);
            pipe_wait(&child->pipe, true, rc ? 0 : SLICE_MS);
        }
    }
    return event < 0 ? gone(child, err) : rc;
}

/* The bytes as a frame, in memory that is bounded by what a frame may be. */
static int decode(struct child *child, struct ragd_bytes bytes, const host_frame **frame,
                  struct err *err)
{
    struct err why = {0};
    ProtobufCMessage *message = NULL;
    arena_release(&child->frame);
    size_t most = (size_t)child->pipe.max * MEMORY_FACTOR + CODEC_BUDGET_BASE_BYTES;
    arena_init(&child->frame, codec_budget(bytes.n, most));
    if (codec_unpack(&child->frame, &ragd__host__v1__host_frame__descriptor, bytes,
                     &message, &why)) {
        if (why.id == ERR_NOMEM) {
            return err_set(err, ERR_NOMEM, NULL);
        }
        child_breach("sends what is no frame", err);
        return err_why(err, "%s", why.msg);
    }
    *frame = (const host_frame *)message;
    return 0;
}

int child_receive(struct child *child, const struct child_wait *wait,
                  const host_frame **frame, struct err *err)
{
    struct ragd_bytes bytes;
    for (;;) {
        int rc = look_at_stop(child, wait, err);
        if (rc) {
            return rc;
        }
        int event = pipe_read(&child->pipe, &bytes, err);
        switch (event) {
        case PIPE_FRAME: return decode(child, bytes, frame, err);
        case PIPE_MORE: pipe_wait(&child->pipe, false, SLICE_MS); break;
        case RAGD_E_LIMIT: return child_breach("sends too large a frame", err);
        case RAGD_E_NOMEM: return event;
        default: return gone(child, err);
        }
    }
}

bool child_is_quiet(const struct child *child)
{
    return !pipe_wait(&child->pipe, false, 0);
}

/* ---- what it uses -------------------------------------------------------------------- */

/* The soft limit counts from the start of the process, in whole seconds. */
void child_limit_cpu(struct child *child, uint64_t ms)
{
    clockid_t id;
    struct timespec used = {0};
    struct rlimit limit;
    child->cpu_ms = ms;
    if (clock_getcpuclockid(child->pid, &id) || clock_gettime(id, &used) ||
        prlimit(child->pid, RLIMIT_CPU, NULL, &limit)) {
        return; /* it has just died, which the next frame tells */
    }
    uint64_t used_ms = (uint64_t)used.tv_sec * SECOND_MS +
                       (uint64_t)used.tv_nsec / NANOS_PER_MS;
    rlim_t until = (used_ms + ms + SECOND_MS - 1) / SECOND_MS;
    limit.rlim_cur = ms && until < limit.rlim_max ? until : limit.rlim_max;
    prlimit(child->pid, RLIMIT_CPU, &limit, NULL);
}

uint64_t child_resident(const struct child *child)
{
    char line[128];
    unsigned long resident = 0;
    ssize_t n = child->statm < 0 ? -1 : pread(child->statm, line, sizeof(line) - 1, 0);
    if (n <= 0) {
        return 0;
    }
    line[n] = '\0';
    return sscanf(line, "%*u %lu", &resident) == 1
               ? resident * (uint64_t)sysconf(_SC_PAGESIZE)
               : 0;
}
