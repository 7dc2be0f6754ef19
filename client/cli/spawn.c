/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: fork, a session of its own, output to the log, exec; the parent
 * connects until somebody accepts.
 *
 * Failure modes: no ragd is installed; it ends before it answers (what it said
 * is told), unless another one was started at the same time and
 * answers; it does not answer in time.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "endpoint.h"
#include "fail.h"
#include "pool.h"
#include "program.h"

enum {
    START_MS = 20000, /* for a new daemon to answer */
    POLL_MS = 5,
    TAIL_BYTES = 16 << 10,
    RIVAL_MS = 2000, /* for another one that was started at the same time */
};

/* Makes the directories of a file's path. */
static void make_directories(const char *file)
{
    char *path = pool_strdup(file);
    for (char *at = path + 1; *at; at++) {
        if (*at == '/') {
            *at = '\0';
            mkdir(path, 0700);
            *at = '/';
        }
    }
}

static int open_log(const struct cli *cli, const char *path)
{
    make_directories(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) {
        fail_errno(cli, "cannot write the log of ragd, %s", path);
    }
    return fd;
}

static void sleep_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* In the child: nothing but system calls. */
static void become_daemon(const char *program, int log)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (setsid() < 0 || chdir("/") < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 ||
        dup2(log, 2) < 0) {
        _exit(127);
    }
    execl(program, "ragd", "--user", (char *)NULL);
    _exit(127);
}

/* What the log holds from an offset on, at most TAIL_BYTES of it. */
static const char *log_since(const char *path, off_t start)
{
    char *text = pool_alloc(TAIL_BYTES + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        off_t size = lseek(fd, 0, SEEK_END);
        ssize_t n = pread(fd, text, TAIL_BYTES,
                          size - start > TAIL_BYTES ? size - TAIL_BYTES : start);
        text[n > 0 ? n : 0] = '\0';
        close(fd);
    }
    return text;
}

/* A ragd that is started. */
struct child {
    pid_t pid;
    bool gone;
    int status; /* once it has gone */
    const char *log;
    off_t log_start; /* what it writes begins there */
};

static const char *why_gone(const struct child *child)
{
    if (WIFSIGNALED(child->status)) {
        return pool_printf("it was ended by signal %d (%s)", WTERMSIG(child->status),
                           strsignal(WTERMSIG(child->status)));
    }
    return pool_printf("it ended with %d and did not say why", WEXITSTATUS(child->status));
}

static int fail_start(const struct cli *cli, const struct child *child)
{
    struct program_error error;
    struct failure failure = {.exit = EXIT_UNREACHABLE, .code = "start_failed"};
    bool said = program_error(log_since(child->log, child->log_start), &error);
    failure.message = child->gone ? "ragd did not start" : "ragd does not answer yet";
    failure.why = said          ? error.why
                  : child->gone ? why_gone(child)
                                : "it takes longer than usual";
    failure.hint = pool_printf("%s%slook at its log: %s", error.hint ? error.hint : "",
                               error.hint ? "\n" : "", child->log);
    return fail(cli, &failure);
}

/* Whether it ended because another one is there. */
static bool has_rival(const struct child *child)
{
    return WIFEXITED(child->status) && WEXITSTATUS(child->status) == EXIT_CONFLICT;
}

/* Waits for the daemon, or for the one that it made way for. */
static int wait_until_up(const struct cli *cli, struct child *child,
                         const char *socket_path)
{
    for (long left = START_MS; left > 0; left -= POLL_MS) {
        if (endpoint_answers(socket_path)) {
            return EXIT_DONE;
        }
        if (!child->gone && waitpid(child->pid, &child->status, WNOHANG) == child->pid) {
            child->gone = true;
            left = !has_rival(child) ? 0 : left < RIVAL_MS ? left : RIVAL_MS;
        }
        sleep_ms(POLL_MS);
    }
    return fail_start(cli, child);
}

int spawn_daemon(const struct cli *cli, const char *socket_path, pid_t *pid)
{
    const char *program = program_find();
    if (!program) {
        return fail(cli, &(struct failure){.exit = EXIT_UNREACHABLE,
                                           .code = "not_installed",
                                           .message = "cannot start ragd",
                                           .why = "there is no program ragd beside rag or "
                                                  "in PATH",
                                           .hint = "install ragd, or name one that runs: "
                                                   "rag --socket URL"});
    }
    struct child child = {.log = path_user_log()};
    int fd = open_log(cli, child.log);
    if (fd < 0) {
        return EXIT_FAILED;
    }
    child.log_start = lseek(fd, 0, SEEK_END);
    child.pid = fork();
    if (child.pid == 0) {
        become_daemon(program, fd);
    }
    close(fd);
    if (child.pid < 0) {
        return fail_errno(cli, "cannot start ragd");
    }
    *pid = child.pid;
    int rc = wait_until_up(cli, &child, socket_path);
    if (rc == EXIT_DONE) {
        note(cli, "rag: started a ragd of your own (data in %s; rag stop ends it)",
             path_user_data());
    }
    return rc;
}
