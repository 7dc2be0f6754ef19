/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "host/sandbox.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum {
    FDS_SEARCHED = 1024,
    FDS_MORE = 4,       /* than are open: the content of a source, and reserve */
    FDS_MORE_EXEC = 64, /* a command has files, too */
    COMMAND_TASKS = 64, /* a command's processes, beyond those there are */
};

void sandbox_say_open(struct sandbox_report *report, const char *fmt, ...)
{
    if (report->n_open < SANDBOX_OPEN_MAX) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(report->open[report->n_open++], SANDBOX_OPEN_BYTES, fmt, args);
        va_end(args);
    }
}

/* Says why when it did not work; errno is the cause. */
static bool closed(struct sandbox_report *report, const char *what, bool worked)
{
    if (!worked) {
        sandbox_say_open(report, "%s: %s", what, strerrordesc_np(errno));
    }
    return worked;
}

/* ---- first ----------------------------------------------------------------------- */

static bool null_streams(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool worked = dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0;
    if (fd > STDOUT_FILENO) {
        close(fd);
    }
    return worked;
}

/* As a program expects them that nobody prepared. */
static void default_signals(void)
{
    static const int inherited[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXCPU, SIGCHLD};
    for (size_t i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++) {
        signal(inherited[i], SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What a daemon that runs as root could do. A filter round the daemon may forbid
 * to drop what is not there. */
static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capset, &header, none) == 0) {
        return true;
    }
    int why = errno;
    bool empty = syscall(SYS_capget, &header, has) == 0 &&
                 memcmp(has, none, sizeof(none)) == 0;
    errno = why;
    return empty;
}

void sandbox_begin(int first_fd, struct sandbox_report *report)
{
    report->descriptors = closed(report, "descriptors",
                                 close_range((unsigned)first_fd, ~0u, 0) == 0 &&
                                     null_streams());
    default_signals();
    report->no_new_privs = closed(report, "no new privileges",
                                  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    report->no_capabilities = closed(report, "capabilities", drop_capabilities());
    /* Where the daemon was started is no place of its plugins. */
    bool own = (setsid() >= 0 || getsid(0) == getpid()) && chdir("/") == 0;
    report->session = closed(report, "session", own);
    report->parent_death = closed(report, "death with the daemon",
                                  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0);
}

void sandbox_preload(bool threads)
{
    tzset(); /* gmtime and localtime read a file when they are first used */
    if (threads) {
        (void)dlopen("libgcc_s.so.1", RTLD_NOW); /* pthread_exit needs it */
    }
}

/* ---- rlimits ---------------------------------------------------------------------- */

static bool set_limit(int which, rlim_t value)
{
    struct rlimit limit = {value, value};
    return setrlimit((__rlimit_resource_t)which, &limit) == 0;
}

static rlim_t files_open(void)
{
    rlim_t most = 0;
    for (int fd = 0; fd < FDS_SEARCHED; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) {
            most = (rlim_t)fd + 1;
        }
    }
    return most;
}

/* Tasks of the machine, which are no fewer than the user's; 0: nobody says. */
static rlim_t tasks_now(void)
{
    char line[64] = "";
    FILE *f = fopen("/proc/loadavg", "re");
    unsigned long running = 0, all = 0;
    if (f) {
        if (!fgets(line, sizeof(line), f) ||
            sscanf(line, "%*s %*s %*s %lu/%lu", &running, &all) != 2) {
            all = 0;
        }
        fclose(f);
    }
    return all;
}

static bool limit_tasks(const struct sandbox_want *want)
{
    if (want->profile == SANDBOX_EXEC) {
        return set_limit(RLIMIT_NPROC, tasks_now() + COMMAND_TASKS);
    }
    return want->threads || set_limit(RLIMIT_NPROC, 0);
}

static void close_rlimits(const struct sandbox_want *want, struct sandbox_report *report)
{
    rlim_t more = want->profile == SANDBOX_EXEC ? FDS_MORE_EXEC : FDS_MORE;
    report->rlimits =
        closed(report, "rlimits",
               set_limit(RLIMIT_CORE, 0) && set_limit(RLIMIT_FSIZE, 0) &&
                   set_limit(RLIMIT_MSGQUEUE, 0) && set_limit(RLIMIT_MEMLOCK, 0) &&
                   set_limit(RLIMIT_NOFILE, files_open() + more) && limit_tasks(want));
}

static void close_memory(const struct sandbox_want *want, struct sandbox_report *report)
{
    if (SANDBOX_SANITIZER || want->memory_bytes == 0) {
        sandbox_say_open(report, "address space: %s",
                         SANDBOX_SANITIZER ? "a sanitizer needs it all" : "not limited");
        return;
    }
    unsigned long pages = 0;
    char line[64];
    FILE *f = fopen("/proc/self/statm", "re");
    bool read = f && fgets(line, sizeof(line), f) && sscanf(line, "%lu", &pages) == 1;
    if (f) {
        fclose(f);
    }
    rlim_t now = pages * (rlim_t)sysconf(_SC_PAGESIZE);
    report->address_space = closed(report, "address space",
                                   read && set_limit(RLIMIT_AS, now + want->memory_bytes));
}

void sandbox_close(const struct sandbox_want *want, struct sandbox_report *report)
{
    close_memory(want, report);
    report->not_dumpable = closed(report, "not dumpable",
                                  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
    close_rlimits(want, report);
    if (want->profile != SANDBOX_CHILD) {
        sandbox_landlock(want, report);
        sandbox_filter(want, report);
    }
}
