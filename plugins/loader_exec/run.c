/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: the content is the command's stdin as it is, so nothing has to be
 * written to it; stdout is kept whole and stderr's end, until both are closed and
 * the command has ended with 0.
 *
 * Failure modes: it fails, and the end of its stderr says why; it writes too much,
 * or for too long, and is left to the daemon, which kills all that this process
 * has started.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LOOK_MS = 20, /* between two looks at the call's state */
    READ_BYTES = 64 * 1024,
    TAIL_BYTES = 300, /* of stderr that are kept */
    VARIABLE_BYTES = 4096,
};

/* One end of a pipe to the command, -1 = closed. */
struct ends {
    int read, write;
};

struct talk {
    struct run *run;
    struct ends out, err;
    pid_t pid;
    size_t cap;
    char tail[TAIL_BYTES];
    size_t n_tail;
};

static void close_end(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

static int open_ends(struct ends *ends)
{
    int fds[2];
    *ends = (struct ends){-1, -1};
    if (pipe2(fds, O_CLOEXEC)) {
        return errno;
    }
    *ends = (struct ends){fds[0], fds[1]};
    return fcntl(ends->read, F_SETFL, O_NONBLOCK) ? errno : 0;
}

/* ---- starting ------------------------------------------------------------------ */

/* A stranger's word in the environment: cut, and without NULs. */
static void set_variable(char *out, const char *name, struct ragd_str value)
{
    size_t n = (size_t)snprintf(out, VARIABLE_BYTES, "%s=", name);
    for (size_t i = 0; i < value.n && n < VARIABLE_BYTES - 1; i++) {
        if (value.p[i]) {
            out[n++] = value.p[i];
        }
    }
    out[n] = '\0';
}

static int plan(posix_spawn_file_actions_t *actions, const struct talk *talk)
{
    int rc = 0;
    if (talk->run->input_fd >= 0) {
        rc = posix_spawn_file_actions_adddup2(actions, talk->run->input_fd, STDIN_FILENO);
    }
    rc = rc ? rc
            : posix_spawn_file_actions_adddup2(actions, talk->out.write, STDOUT_FILENO);
    rc = rc ? rc
            : posix_spawn_file_actions_adddup2(actions, talk->err.write, STDERR_FILENO);
    return rc ? rc : posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
}

/* 0 or an errno. */
static int spawn(struct talk *talk)
{
    char name[VARIABLE_BYTES], mime[VARIABLE_BYTES];
    char path[] = "PATH=/usr/bin:/bin", lang[] = "LANG=C.UTF-8";
    char *envp[] = {path, lang, name, mime, NULL};
    posix_spawn_file_actions_t actions;
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc) {
        return rc;
    }
    set_variable(name, "RAGD_NAME", talk->run->name);
    set_variable(mime, "RAGD_MIME", talk->run->mime);
    rc = plan(&actions, talk);
    if (rc == 0 && talk->run->input_fd >= 0 && lseek(talk->run->input_fd, 0, SEEK_SET)) {
        rc = errno;
    }
    char *const *argv = talk->run->argv;
    rc = rc ? rc : posix_spawn(&talk->pid, argv[0], &actions, NULL, argv, envp);
    posix_spawn_file_actions_destroy(&actions);
    close_end(&talk->out.write);
    close_end(&talk->err.write);
    return rc;
}

/* ---- listening ----------------------------------------------------------------- */

static ragd_status too_much(struct run *run)
{
    snprintf(run->reason, sizeof(run->reason), "%s writes more than %zu bytes",
             run->argv[0], run->max);
    return RAGD_E_LIMIT;
}

/* One byte beyond what it may is room for finding that out. */
static ragd_status make_room(struct talk *talk)
{
    struct run *run = talk->run;
    if (talk->cap - run->n_out >= READ_BYTES) {
        return RAGD_OK;
    }
    size_t cap = talk->cap * 2 + READ_BYTES;
    char *out = realloc(run->out, cap);
    if (!out) {
        return RAGD_E_NOMEM;
    }
    run->out = out;
    talk->cap = cap;
    return RAGD_OK;
}

static ragd_status take_out(struct talk *talk)
{
    struct run *run = talk->run;
    ragd_status rc = make_room(talk);
    ssize_t n = rc ? 0 : read(talk->out.read, run->out + run->n_out, READ_BYTES);
    if (rc) {
        return rc;
    }
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close_end(&talk->out.read);
    }
    run->n_out += n > 0 ? (size_t)n : 0;
    return run->n_out > run->max ? too_much(run) : RAGD_OK;
}

static void keep_tail(struct talk *talk, const char *p, size_t n)
{
    if (n > TAIL_BYTES) {
        p += n - TAIL_BYTES;
        n = TAIL_BYTES;
    }
    size_t over = talk->n_tail + n > TAIL_BYTES ? talk->n_tail + n - TAIL_BYTES : 0;
    memmove(talk->tail, talk->tail + over, talk->n_tail - over);
    talk->n_tail -= over;
    memcpy(talk->tail + talk->n_tail, p, n);
    talk->n_tail += n;
}

static void take_err(struct talk *talk)
{
    char bytes[4096];
    ssize_t n = read(talk->err.read, bytes, sizeof(bytes));
    if (n > 0) {
        keep_tail(talk, bytes, (size_t)n);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close_end(&talk->err.read);
    }
}

/* Until it has closed both. */
static ragd_status listen_to(const struct ragd_host *host, struct ragd_call *call,
                             struct talk *talk)
{
    ragd_status rc = host->call_state(call);
    while (rc == RAGD_OK && (talk->out.read >= 0 || talk->err.read >= 0)) {
        struct pollfd fds[] = {{.fd = talk->out.read, .events = POLLIN},
                               {.fd = talk->err.read, .events = POLLIN}};
        if (poll(fds, 2, LOOK_MS) > 0) {
            rc = fds[0].revents ? take_out(talk) : RAGD_OK;
            if (fds[1].revents) {
                take_err(talk);
            }
        }
        rc = rc ? rc : host->call_state(call);
    }
    return rc;
}

static ragd_status wait_for(const struct ragd_host *host, struct ragd_call *call,
                            const struct talk *talk, int *status)
{
    pid_t got = waitpid(talk->pid, status, WNOHANG);
    for (ragd_status rc = RAGD_OK; got == 0; got = waitpid(talk->pid, status, WNOHANG)) {
        poll(NULL, 0, 1);
        rc = host->call_state(call);
        if (rc) {
            return rc;
        }
    }
    return got == talk->pid ? RAGD_OK : RAGD_E_IO;
}

/* ---- how it ended ---------------------------------------------------------------- */

/* The end of stderr as one readable line, behind what is there. */
static void add_tail(struct talk *talk)
{
    struct run *run = talk->run;
    size_t n = strlen(run->reason);
    bool gap = true;
    for (size_t i = 0; i < talk->n_tail && n < sizeof(run->reason) - 3; i++) {
        unsigned char c = (unsigned char)talk->tail[i];
        if (c <= ' ') {
            gap = true;
            continue;
        }
        if (gap) {
            n += (size_t)snprintf(run->reason + n, 3,
                                  i && run->reason[n - 1] != ':' ? " " : "");
        }
        gap = false;
        run->reason[n++] = c < 0x7f ? (char)c : '?';
    }
    run->reason[n] = '\0';
}

static ragd_status judge(struct talk *talk, int status)
{
    struct run *run = talk->run;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return RAGD_OK;
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
        snprintf(run->reason, sizeof(run->reason), "%s used up its CPU time", run->argv[0]);
        return RAGD_E_LIMIT;
    }
    bool killed = WIFSIGNALED(status);
    snprintf(run->reason, sizeof(run->reason), "%.200s %s %d%s", run->argv[0],
             killed ? "was ended by signal" : "failed with exit code",
             killed ? WTERMSIG(status) : WEXITSTATUS(status), talk->n_tail ? ": " : "");
    add_tail(talk);
    return RAGD_E_BAD_INPUT;
}

static ragd_status cannot_run(struct run *run, int errnum)
{
    snprintf(run->reason, sizeof(run->reason),
             "%.200s cannot be run: %s (it and what it needs must be below a path of the "
             "option executable)",
             run->argv[0], strerror(errnum));
    return errnum == ENOMEM ? RAGD_E_NOMEM : RAGD_E_CONFIG;
}

ragd_status run_command(const struct ragd_host *host, struct ragd_call *call,
                        struct run *run)
{
    struct talk talk = {.run = run, .out = {-1, -1}, .err = {-1, -1}};
    int status = 0, errnum = open_ends(&talk.out);
    errnum = errnum ? errnum : open_ends(&talk.err);
    errnum = errnum ? errnum : spawn(&talk);
    ragd_status rc = errnum ? cannot_run(run, errnum) : listen_to(host, call, &talk);
    rc = rc ? rc : wait_for(host, call, &talk, &status);
    rc = rc ? rc : judge(&talk, status);
    close_end(&talk.out.read);
    close_end(&talk.out.write);
    close_end(&talk.err.read);
    close_end(&talk.err.write);
    return rc;
}
