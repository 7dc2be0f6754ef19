/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/failpoint.h"

#ifdef RAGD_FAILPOINTS

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ragd/status.h>

enum { POINTS_MAX = 32, NAME_BYTES = 64, EXIT_CODE = 86 };

enum action { ACT_EXIT, ACT_ABORT, ACT_KILL, ACT_SLEEP, ACT_ERROR };

struct point {
    char name[NAME_BYTES];
    enum action action;
    long arg;         /* ms to sleep, or the status */
    long at;          /* passage that fires, 0 = each */
    atomic_long seen; /* passages so far */
};

static struct point points[POINTS_MAX];
static size_t n_points;
static pthread_once_t from_env = PTHREAD_ONCE_INIT;

static const struct {
    const char *name;
    int status;
} STATUSES[] = {
#define STATUS_ROW(name, value, retry, text) {#name, value},
    RAGD_STATUS_LIST(STATUS_ROW)
#undef STATUS_ROW
};

static int status_by_name(const char *name, size_t n, long *out)
{
    for (size_t i = 0; i < sizeof(STATUSES) / sizeof(STATUSES[0]); i++) {
        if (strlen(STATUSES[i].name) == n && strncmp(STATUSES[i].name, name, n) == 0) {
            *out = STATUSES[i].status;
            return 0;
        }
    }
    return RAGD_E_ARG;
}

/* word, or word(arg); n covers all of it. */
static int parse_action(const char *s, size_t n, struct point *point)
{
    static const char *const BARE[] =
        {[ACT_EXIT] = "exit", [ACT_ABORT] = "abort", [ACT_KILL] = "kill"};
    for (int i = ACT_EXIT; i <= ACT_KILL; i++) {
        if (strlen(BARE[i]) == n && strncmp(s, BARE[i], n) == 0) {
            point->action = (enum action)i;
            return 0;
        }
    }
    if (n < 8 || s[n - 1] != ')') {
        return RAGD_E_ARG;
    }
    if (strncmp(s, "sleep(", 6) == 0) {
        point->action = ACT_SLEEP;
        point->arg = strtol(s + 6, NULL, 10);
        return point->arg > 0 ? 0 : RAGD_E_ARG;
    }
    point->action = ACT_ERROR;
    return strncmp(s, "error(", 6) ? RAGD_E_ARG : status_by_name(s + 6, n - 7, &point->arg);
}

/* name=action[@n] in s[0..n) */
static int parse_point(const char *s, size_t n, struct point *point)
{
    const char *equals = memchr(s, '=', n);
    size_t name = equals ? (size_t)(equals - s) : 0;
    if (name == 0 || name >= NAME_BYTES) {
        return RAGD_E_ARG;
    }
    const char *action = equals + 1;
    size_t len = n - name - 1;
    const char *at = memchr(action, '@', len);
    long passage = at ? strtol(at + 1, NULL, 10) : 0;
    if (at && passage < 1) {
        return RAGD_E_ARG;
    }
    memcpy(point->name, s, name);
    point->name[name] = '\0';
    point->at = passage;
    atomic_store(&point->seen, 0);
    return parse_action(action, at ? (size_t)(at - action) : len, point);
}

static int arm(const char *spec)
{
    n_points = 0;
    size_t n = 0;
    while (spec && *spec) {
        size_t len = strcspn(spec, ";");
        if (len && (n == POINTS_MAX || parse_point(spec, len, &points[n++]))) {
            return RAGD_E_ARG;
        }
        spec += len + (spec[len] == ';');
    }
    n_points = n;
    return 0;
}

static void arm_from_env(void)
{
    if (arm(getenv("RAGD_FAILPOINTS"))) {
        fprintf(stderr, "RAGD_FAILPOINTS: cannot read it\n");
        _exit(2);
    }
}

static void no_env(void)
{
}

int failpoint_arm(const char *spec)
{
    pthread_once(&from_env, no_env);
    return arm(spec);
}

static int fire(const struct point *point)
{
    switch (point->action) {
    case ACT_EXIT: _exit(EXIT_CODE);
    case ACT_ABORT: abort();
    case ACT_KILL: kill(getpid(), SIGKILL); return 0;
    case ACT_SLEEP: {
        struct timespec t = {point->arg / 1000, point->arg % 1000 * 1000000};
        nanosleep(&t, NULL);
        return 0;
    }
    case ACT_ERROR: return (int)point->arg;
    }
    return 0;
}

int failpoint_hit(const char *name)
{
    pthread_once(&from_env, arm_from_env);
    for (size_t i = 0; i < n_points; i++) {
        if (strcmp(points[i].name, name) == 0) {
            long passage = atomic_fetch_add(&points[i].seen, 1) + 1;
            if (points[i].at == 0 || points[i].at == passage) {
                return fire(&points[i]);
            }
        }
    }
    return 0;
}

#endif
