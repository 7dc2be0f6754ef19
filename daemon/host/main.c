/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * ragd-plugin-host: one plugin in a process of its own. Started by ragd, with a
 * socket and a page it knows; of no use to anybody else.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/child.h"

#if SANDBOX_SANITIZER
/* Looking for leaks needs ptrace; the same plugins are searched in the daemon. */
const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

static int usage(void)
{
    fputs("ragd-plugin-host is started by ragd, which gives it a socket; it does nothing "
          "alone\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static struct child child;
    struct stat st;
    struct err err;
    if (argc != 2 || fstat(HOST_SOCKET_FD, &st) != 0 || !S_ISSOCK(st.st_mode)) {
        return usage();
    }
    mallopt(M_ARENA_MAX, 1); /* a heap for each thread would count as address space */
    sandbox_begin(HOST_CONTROL_FD + 1, &child.sandbox);
    if (talk_open_take(&child.talk, HOST_SOCKET_FD, HOST_CONTROL_FD, &err)) {
        fprintf(stderr, "%s: %s\n", err.msg, err.why);
        return usage();
    }
    child.object.path = argv[1];
    _exit(child_serve(&child)); /* what libraries do at exit may be what is closed */
}
