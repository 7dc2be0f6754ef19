/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The walls round a child, put up in two steps: what costs a plugin nothing
 * before any of its code runs, the rest when it is made and before the first
 * byte of a stranger's input. No step is undone, and none is trusted to have
 * worked: the report says what is closed and why the rest is not, and the
 * daemon decides whether that is enough.
 *
 * Thread: the main one, before there are others.
 */
#ifndef HOST_SANDBOX_H
#define HOST_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sandbox_profile {
    SANDBOX_CHILD = 1, /* session, descriptors and rlimits only */
    SANDBOX_CLOSED = 2,
    SANDBOX_EXEC = 3, /* closed, but for running what is under exec_paths */
};

struct sandbox_paths {
    char *const *p; /* absolute */
    size_t n;
};

struct sandbox_want {
    enum sandbox_profile profile;
    bool threads; /* it may start threads */
    struct sandbox_paths read, exec;
    uint64_t memory_bytes; /* address space beyond what is taken now, 0 = any */
};

enum { SANDBOX_OPEN_MAX = 12, SANDBOX_OPEN_BYTES = 160 };

struct sandbox_report {
    bool no_new_privs, no_capabilities, not_dumpable, parent_death, session, descriptors;
    bool rlimits, address_space;
    unsigned landlock_abi; /* of the kernel, 0 = none */
    bool landlock_files, landlock_net, landlock_scope;
    bool seccomp;
    size_t n_open;
    char open[SANDBOX_OPEN_MAX][SANDBOX_OPEN_BYTES]; /* what is not closed, why */
};

/* First thing: no descriptor from first_fd up, none of the daemon's terminal,
 * session, signals and privileges. */
void sandbox_begin(int first_fd, struct sandbox_report *report);
/* What the C library would open on first use, while it still can. */
void sandbox_preload(bool threads);
/* The rest. After it returns nothing more is opened. */
void sandbox_close(const struct sandbox_want *want, struct sandbox_report *report);

/* One more wall that is not there: what and why. */
void sandbox_say_open(struct sandbox_report *report, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The steps of sandbox_close with a file of their own. */
void sandbox_landlock(const struct sandbox_want *want, struct sandbox_report *report);
void sandbox_filter(const struct sandbox_want *want, struct sandbox_report *report);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANDBOX_SANITIZER 1
#endif
#endif
#ifndef SANDBOX_SANITIZER
#define SANDBOX_SANITIZER 0
#endif

#endif
