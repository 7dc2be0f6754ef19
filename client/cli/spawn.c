/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: fork, a session of its own, output to the log, exec; the parent
 * connects until somebody accepts.
 *
 * Failure modes: no ragd is installed; it ends before it answers (its last line
 * of the log is told), unless another one was started at the same time and
 * answers; it does not answer in time.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "build_info.h"
#include "endpoint.h"
#include "fail.h"
#include "pool.h"

enum {
    START_MS = 20000, /* for a new daemon to answer */
    POLL_MS = 5,
    TAIL_BYTES = 2000,
    OUTPUT_BYTES_MAX = 64 << 10,
    RIVAL_MS = 2000, /* for another one that was started at the same time */
};

static const char *if_runs(const char *path)
{
    return access(path, X_OK) == 0 ? path : NULL;
}

static const char *in_path(const char *name)
{
    const char *path = getenv("PATH");
    path = path ? pool_printf("%s:/usr/local/sbin:/usr/sbin", path) : "/usr/sbin:/usr/bin";
    for (const char *at = path; *at;) {
        size_t n = strcspn(at, ":");
        const char *full = pool_printf("%.*s/%s", (int)n, at, name);
        if (at[0] == '/' && if_runs(full)) {
            return full;
        }
        at += n + (at[n] == ':');
    }
    return NULL;
}

const char *spawn_find_daemon(void)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    const char *found = NULL;
    if (n > 0) {
        self[n] = '\0';
        char *slash = strrchr(self, '/');
        *slash = '\0';
        found = if_runs(pool_printf("%s/ragd", self));
        found = found ? found
                      : if_runs(pool_printf("%s/%s/ragd", self, BUILD_DAEMON_RELATIVE));
    }
    return found ? found : in_path("ragd");
}

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

static const char *last_line(const char *path)
{
    char *text = pool_alloc(TAIL_BYTES + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return "";
    }
    off_t size = lseek(fd, 0, SEEK_END);
    lseek(fd, size > TAIL_BYTES ? size - TAIL_BYTES : 0, SEEK_SET);
    ssize_t n = read(fd, text, TAIL_BYTES);
    close(fd);
    while (n > 0 && text[n - 1] == '\n') {
        text[--n] = '\0';
    }
    char *end = strrchr(text, '\n');
    return end ? end + 1 : text;
}

static int fail_start(const struct cli *cli, const char *what, const char *log)
{
    return fail(cli, &(struct failure){
                         .exit = EXIT_UNREACHABLE,
                         .code = "start_failed",
                         .message = what,
                         .why = last_line(log),
                         .hint = pool_printf("look at its log: %s", log),
                     });
}

/* Waits for the daemon, for a short time only once it has ended. */
static int wait_until_up(const struct cli *cli, pid_t pid, const char *socket_path,
                         const char *log)
{
    long left = START_MS;
    bool gone = false;
    for (; left > 0; left -= POLL_MS) {
        if (endpoint_answers(socket_path)) {
            return EXIT_DONE;
        }
        int status;
        if (!gone && waitpid(pid, &status, WNOHANG) == pid) {
            gone = true;
            left = left < RIVAL_MS ? left : RIVAL_MS;
        }
        sleep_ms(POLL_MS);
    }
    return fail_start(cli, gone ? "ragd did not start" : "ragd does not answer yet", log);
}

int spawn_daemon(const struct cli *cli, const char *socket_path, pid_t *pid)
{
    const char *program = spawn_find_daemon();
    if (!program) {
        return fail(cli, &(struct failure){.exit = EXIT_UNREACHABLE,
                                           .code = "not_installed",
                                           .message = "cannot start ragd",
                                           .why = "there is no program ragd beside rag or "
                                                  "in PATH",
                                           .hint = "install ragd, or name one that runs: "
                                                   "rag --socket URL"});
    }
    const char *log = path_user_log();
    int fd = open_log(cli, log);
    if (fd < 0) {
        return EXIT_FAILED;
    }
    *pid = fork();
    if (*pid == 0) {
        become_daemon(program, fd);
    }
    close(fd);
    if (*pid < 0) {
        return fail_errno(cli, "cannot start ragd");
    }
    int rc = wait_until_up(cli, *pid, socket_path, log);
    if (rc == EXIT_DONE) {
        note(cli, "rag: started a ragd of your own (data in %s; rag stop ends it)",
             path_user_data());
    }
    return rc;
}

static char *read_end(int fd)
{
    char *text = pool_alloc(OUTPUT_BYTES_MAX + 1), drop[256];
    size_t used = 0;
    ssize_t n;
    while ((n = used < OUTPUT_BYTES_MAX ? read(fd, text + used, OUTPUT_BYTES_MAX - used)
                                        : read(fd, drop, sizeof(drop))) > 0) {
        used += used < OUTPUT_BYTES_MAX ? (size_t)n : 0;
    }
    return text;
}

int spawn_run(const char *const *argv, char **output)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(ends[1]);
    *output = pid > 0 ? read_end(ends[0]) : "";
    close(ends[0]);
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}
