/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Sequential unary calls of the client library:
 *
 *   bench_unary ipc:///path/ragd.sock [CALLS]
 *
 * Calls Health/Check and prints the median, the 99th percentile and the
 * largest, in microseconds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ragclient.h"

enum { CALLS_DEFAULT = 10000 };

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Times each call; negative on the first that fails. */
static int measure(struct ragc *conn, double *us, size_t calls, struct ragc_error *error)
{
    const struct ragc_request request = {.method = "ragd.v1.Health/Check"};
    for (size_t i = 0; i < calls; i++) {
        uint8_t *body = NULL;
        size_t bytes = 0;
        double start = now_us();
        int rc = ragc_unary(conn, &request, &body, &bytes, error);
        us[i] = now_us() - start;
        free(body);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    size_t calls = argc > 2 ? strtoul(argv[2], NULL, 10) : CALLS_DEFAULT;
    if (argc < 2 || calls == 0) {
        fprintf(stderr, "usage: bench_unary URL [CALLS]\n");
        return 2;
    }
    struct ragc_options options = {.url = argv[1], .client = "bench_unary"};
    struct ragc_error error = {0};
    struct ragc *conn = NULL;
    double *us = calloc(calls, sizeof(*us));
    int rc = us ? ragc_connect(&options, &conn, &error) : -1;
    if (rc == 0) {
        rc = measure(conn, us, calls, &error);
    }
    if (rc == 0) {
        qsort(us, calls, sizeof(*us), by_value);
        printf("calls %zu, p50 %.1f us, p99 %.1f us, max %.1f us\n", calls, us[calls / 2],
               us[calls - 1 - calls / 100], us[calls - 1]);
    } else {
        fprintf(stderr, "bench_unary: the calls failed (%d)\n", rc);
    }
    ragc_close(conn);
    free(us);
    return rc == 0 ? 0 : 1;
}
