/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * One loader, one call at a time, in each placement:
 *
 *   RAGD_TEST_PLUGINS=DIR RAGD_PLUGIN_HOST=FILE bench_load [DOCUMENTS [BYTES]]
 *
 * Loads Markdown and prints the median, the 99th percentile and the largest, in
 * microseconds, and the CPU time of the loader's processes for each document, which
 * a busy machine changes little; cold is a process that is started for the document.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "../unit/plugin_rig.h"
#include "plugin/call_load.h"

enum { DOCUMENTS = 2000, BYTES = 4096, COLD = 20 };

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Of the processes that have ended. */
static double cpu_us(void)
{
    struct rusage r;
    getrusage(RUSAGE_CHILDREN, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static char *make_text(size_t n)
{
    static const char line[] = "A *paragraph* of some words, and `code`.\n\n";
    char *text = malloc(n);
    for (size_t i = 0; text && i < n; i++) {
        text[i] = line[i % (sizeof(line) - 1)];
    }
    return text;
}

static void measure(const char *name, const char *yaml, struct ragd_bytes text, size_t n)
{
    struct rig rig;
    double *us = calloc(n, sizeof(*us)), before = cpu_us();
    rig_open(&rig, yaml, NULL);
    struct instance *loader = rig_instance(PLUGIN_LOADER, "markdown");
    for (size_t i = 0; us && i < n; i++) {
        struct call_load req = {.call = {.done = rig_done},
                                .loader = loader,
                                .content = {text.p, text.n, -1, text},
                                .name = ragd_cs("a.md")};
        double start = now_us();
        call_load_start(&req);
        rig_wait(&req.call);
        us[i] = now_us() - start;
        assert_ok(req.call.status, &req.call.err);
        call_release(&req.call);
    }
    rig_close(&rig);
    if (us) {
        qsort(us, n, sizeof(*us), by_value);
        printf("%-8s p50 %8.1f  p99 %8.1f  max %8.1f  cpu %8.1f us\n", name, us[n / 2],
               us[n * 99 / 100], us[n - 1], (cpu_us() - before) / (double)n);
    }
    free(us);
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : DOCUMENTS;
    size_t bytes = argc > 2 ? strtoul(argv[2], NULL, 10) : BYTES;
    char *p = make_text(bytes);
    struct ragd_bytes text = {p, bytes};
    if (!p || n < COLD) {
        return 2;
    }
    measure("daemon", "plugins: {placement: [markdown=daemon]}\n", text, n);
    measure("child", "plugins: {placement: [markdown=child]}\n", text, n);
    measure("sandbox", "", text, n);
    measure("cold", "limits: {child_documents: 1}\n", text, n / COLD);
    free(p);
    return 0;
}
