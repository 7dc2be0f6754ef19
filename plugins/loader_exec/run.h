/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A command: started, fed, listened to until it has ended. */
#ifndef LOADER_EXEC_RUN_H
#define LOADER_EXEC_RUN_H

#include <ragd/ragd.h>

enum { RUN_REASON_BYTES = 400 };

struct run {
    char *const *argv;    /* the program's absolute path first; ends in NULL */
    struct ragd_str name; /* of the file, for $RAGD_NAME */
    struct ragd_str mime; /* $RAGD_MIME */
    int input_fd;         /* its stdin, -1 = nothing to read */
    size_t max;           /* bytes on stdout */
    char *out;            /* what it wrote; the caller frees it, also on failure */
    size_t n_out;
    char reason[RUN_REASON_BYTES]; /* of a failure, "" when the status says it all */
};

/*
 * Runs it. RAGD_E_BAD_INPUT: it failed, with the end of its stderr as the reason;
 * RAGD_E_LIMIT: it wrote too much, or used up its CPU time; RAGD_E_CONFIG: it
 * cannot be run; RAGD_E_NOMEM, RAGD_E_IO; or the call's state when it is to end.
 * After a failure the command may still run: who fails ends its process, and the
 * daemon all that it started.
 */
ragd_status run_command(const struct ragd_host *host, struct ragd_call *call,
                        struct run *run);

#endif
