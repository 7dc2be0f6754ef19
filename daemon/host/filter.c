/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The system calls that are left. A loader that computes needs memory, time and
 * the socket it has; anything else ends the process, which the daemon reads as
 * a crash with SIGSYS. A command (SANDBOX_EXEC) is somebody else's program and
 * is refused in place of being killed, so that it can say what it misses.
 */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/sandbox.h"

static const int computing[] = {
    SCMP_SYS(read),          SCMP_SYS(readv),           SCMP_SYS(pread64),
    SCMP_SYS(write),         SCMP_SYS(writev),          SCMP_SYS(lseek),
    SCMP_SYS(recvmsg),       SCMP_SYS(sendmsg),         SCMP_SYS(poll),
    SCMP_SYS(ppoll),         SCMP_SYS(close),           SCMP_SYS(fstat),
    SCMP_SYS(brk),           SCMP_SYS(munmap),          SCMP_SYS(mremap),
    SCMP_SYS(madvise),       SCMP_SYS(futex),           SCMP_SYS(sched_yield),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(clock_getres),  SCMP_SYS(gettimeofday),    SCMP_SYS(time),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),          SCMP_SYS(getrandom),
    SCMP_SYS(sysinfo),       SCMP_SYS(rt_sigprocmask),  SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),   SCMP_SYS(restart_syscall), SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* What a thread needs to start and end, beside clone. */
static const int threads[] = {
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_getaffinity),
};

/* Files: which ones is Landlock's business; none can be written. */
static const int files[] = {
    SCMP_SYS(access),     SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(stat),
    SCMP_SYS(lstat),      SCMP_SYS(statx),     SCMP_SYS(newfstatat), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(fcntl),     SCMP_SYS(getdents64),
};

/* What programs and their loader, shells and interpreters do. */
static const int commands[] = {
    SCMP_SYS(execve),         SCMP_SYS(fork),
    SCMP_SYS(vfork),          SCMP_SYS(wait4),
    SCMP_SYS(waitid),         SCMP_SYS(pipe),
    SCMP_SYS(pipe2),          SCMP_SYS(dup),
    SCMP_SYS(dup2),           SCMP_SYS(dup3),
    SCMP_SYS(close_range),    SCMP_SYS(getcwd),
    SCMP_SYS(chdir),          SCMP_SYS(fchdir),
    SCMP_SYS(umask),          SCMP_SYS(uname),
    SCMP_SYS(arch_prctl),     SCMP_SYS(set_tid_address),
    SCMP_SYS(getuid),         SCMP_SYS(geteuid),
    SCMP_SYS(getgid),         SCMP_SYS(getegid),
    SCMP_SYS(getgroups),      SCMP_SYS(getppid),
    SCMP_SYS(getpgrp),        SCMP_SYS(getpgid),
    SCMP_SYS(getsid),         SCMP_SYS(getrlimit),
    SCMP_SYS(getrusage),      SCMP_SYS(times),
    SCMP_SYS(select),         SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),  SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),     SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),       SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigsuspend),  SCMP_SYS(setitimer),
    SCMP_SYS(alarm),          SCMP_SYS(mincore),
    SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler),
    SCMP_SYS(fadvise64),
};

/* What a sanitizer's runtime looks at; Landlock still stands before files. */
static const int sanitizers[] = {
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(stat),
    SCMP_SYS(access),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fcntl),
    SCMP_SYS(getrusage),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sched_getaffinity),
};

enum {
    NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                 CLONE_NEWNET | CLONE_NEWCGROUP | 0x80 /* CLONE_NEWTIME */,
    THREAD = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND,
    WRITING = 1 | 2 | 0100 | 01000 | 02000, /* O_WRONLY O_RDWR O_CREAT O_TRUNC O_APPEND */
};

static int allow_calls(scmp_filter_ctx filter, const int *calls, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
        rc = rc == -EEXIST ? 0 : rc;
    }
    return rc;
}

#define ALLOW(filter, list) allow_calls(filter, list, sizeof(list) / sizeof((list)[0]))

/* Allowed when an argument has none of the bits. */
static int allow_without(scmp_filter_ctx filter, int call, unsigned arg, uint64_t bits)
{
    struct scmp_arg_cmp cmp = {arg, SCMP_CMP_MASKED_EQ, bits, 0};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &cmp);
}

/* Memory is written or executed, never first the one and then the other; a
 * command's program and libraries are mapped by it, though. */
static int allow_memory(scmp_filter_ctx filter, const struct sandbox_want *want)
{
    int rc = allow_without(filter, SCMP_SYS(mprotect), 2, PROT_EXEC);
    if (want->profile != SANDBOX_EXEC) {
        return rc ? rc : allow_without(filter, SCMP_SYS(mmap), 2, PROT_EXEC);
    }
    rc = rc ? rc : allow_without(filter, SCMP_SYS(mmap), 2, PROT_EXEC);
    struct scmp_arg_cmp mapped[] = {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE,
                                     PROT_EXEC},
                                    {3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0}};
    return rc ? rc
              : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, mapped);
}

/* abort() may end us, so that it is read as what it is; no other signal goes
 * anywhere, and the one that ends endless loops keeps its meaning. Limits may
 * be read. */
static int allow_own(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp abort_self[] = {{0, SCMP_CMP_EQ, (uint64_t)getpid(), 0},
                                        {2, SCMP_CMP_EQ, SIGABRT, 0}};
    struct scmp_arg_cmp no_xcpu = {0, SCMP_CMP_NE, SIGXCPU, 0};
    struct scmp_arg_cmp read_limit[] = {{0, SCMP_CMP_EQ, 0, 0}, {2, SCMP_CMP_EQ, 0, 0}};
    int rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2,
                                    abort_self);
    if (!SANDBOX_SANITIZER) {
        rc = rc ? rc
                : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(rt_sigaction), 1,
                                         &no_xcpu);
    }
    return rc ? rc
              : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
                                       read_limit);
}

static int allow_threads(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp as_thread = {0, SCMP_CMP_MASKED_EQ, THREAD | NAMESPACES, THREAD};
    int rc = ALLOW(filter, threads);
    return rc ? rc
              : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                       &as_thread);
}

static int allow_files(scmp_filter_ctx filter)
{
    int rc = ALLOW(filter, files);
    rc = rc ? rc : allow_without(filter, SCMP_SYS(open), 1, WRITING);
    return rc ? rc : allow_without(filter, SCMP_SYS(openat), 2, WRITING);
}

/* Writing to /dev/null is what shells do; Landlock says where else not. */
static int allow_commands(scmp_filter_ctx filter)
{
    int rc = ALLOW(filter, commands);
    rc = rc ? rc : ALLOW(filter, threads);
    rc = rc ? rc : ALLOW(filter, files);
    rc = rc ? rc : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 0);
    rc = rc ? rc : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 0);
    return rc ? rc : allow_without(filter, SCMP_SYS(clone), 0, NAMESPACES);
}

static int refuse_softly(scmp_filter_ctx filter, const struct sandbox_want *want)
{
    /* The C library asks whether stdio's file is a terminal or how large it is,
     * and for clone3 before clone: it takes no for an answer. */
    static const int soft[] = {SCMP_SYS(newfstatat), SCMP_SYS(clone3)};
    int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
    for (size_t i = 0; i < sizeof(soft) / sizeof(soft[0]) && rc == 0; i++) {
        bool needed = soft[i] == SCMP_SYS(newfstatat) &&
                      (SANDBOX_SANITIZER || want->read.n || want->profile == SANDBOX_EXEC);
        rc = needed ? 0 : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), soft[i], 0);
    }
    return rc;
}

static int fill(scmp_filter_ctx filter, const struct sandbox_want *want)
{
    bool command = want->profile == SANDBOX_EXEC;
    int rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    rc = rc ? rc : ALLOW(filter, computing);
    rc = rc ? rc : allow_memory(filter, want);
    rc = rc ? rc : allow_own(filter);
    if (rc == 0 && command) {
        rc = allow_commands(filter);
    } else if (rc == 0) {
        rc = want->threads ? allow_threads(filter) : 0;
        rc = rc || want->read.n == 0 ? rc : allow_files(filter);
    }
    if (rc == 0 && SANDBOX_SANITIZER) {
        rc = ALLOW(filter, sanitizers);
    }
    return rc ? rc : refuse_softly(filter, want);
}

void sandbox_filter(const struct sandbox_want *want, struct sandbox_report *report)
{
    uint32_t rest = want->profile == SANDBOX_EXEC ? SCMP_ACT_ERRNO(EPERM)
                                                  : SCMP_ACT_KILL_PROCESS;
    scmp_filter_ctx filter = seccomp_init(rest);
    int rc = filter ? fill(filter, want) : -ENOMEM;
    rc = rc ? rc : seccomp_load(filter);
    if (filter) {
        seccomp_release(filter);
    }
    if (rc) {
        sandbox_say_open(report, "seccomp: %s", strerrordesc_np(-rc));
    }
    report->seccomp = rc == 0;
}
