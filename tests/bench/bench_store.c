/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A store by itself: adds, searches, start and memory.
 *
 *   bench_store PLUGIN.so [CHUNKS [DIM [CHUNKS_OF_A_SOURCE [QUERIES]]]]
 *
 * Texts are made up with a fixed seed: about 800 characters of words drawn by
 * Zipf's law from 50 000. Prints one figure a line; CPU times are those of all
 * threads of the process, RocksDB's own included.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <math.h>

#include "sdk/testing/fake_host.h"
#include "support/tmpdir.h"

enum { VOCABULARY = 50000, TEXT_BYTES = 800, QUERIES_MAX = 10000 };

struct bench {
    struct tmpdir dir;
    struct fake_host *host;
    struct fake_instance instance;
    const struct ragd_store *t;
    struct ragd_coll *coll;
    const char *plugin;
    uint64_t chunks, dim, per_source, queries;
    double *zipf; /* cumulated */
};

static uint64_t random_state = 42;

static uint64_t random_next(void)
{
    random_state ^= random_state << 13; /* xorshift64, Marsaglia 2003 */
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static double random_unit(void)
{
    return (double)(random_next() >> 11) / 9007199254740992.0;
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long resident_kib(const char *field)
{
    char line[256];
    long kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof(line), f)) {
        if (strncmp(line, field, strlen(field)) == 0) {
            kib = strtol(line + strlen(field), NULL, 10);
        }
    }
    if (f) {
        fclose(f);
    }
    return kib;
}

static void check(struct ragd_call *call, ragd_status status, const char *what)
{
    if (status != RAGD_OK) {
        fprintf(stderr, "bench_store: %s: %d %s\n", what, status, fake_call_message(call));
        exit(1);
    }
}

static void make_zipf(struct bench *b)
{
    double sum = 0;
    b->zipf = calloc(VOCABULARY, sizeof(*b->zipf));
    for (int i = 0; i < VOCABULARY; i++) {
        sum += 1.0 / (i + 3);
        b->zipf[i] = sum;
    }
}

static unsigned random_word(const struct bench *b)
{
    double at = random_unit() * b->zipf[VOCABULARY - 1];
    int low = 0, high = VOCABULARY - 1;
    while (low < high) {
        int mid = (low + high) / 2;
        if (b->zipf[mid] < at) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return (unsigned)low;
}

/* A word of letters for a number: frequent ones are short. */
static size_t spell(unsigned word, char *out)
{
    static const char *const SYLLABLES[] = {"ba", "ke", "li", "mo", "nu", "ra", "se", "ti",
                                            "vo", "zu", "da", "fe", "gi", "ho", "pu", "wa"};
    size_t n = 0;
    do {
        memcpy(out + n, SYLLABLES[word % 16], 2);
        n += 2;
        word /= 16;
    } while (word);
    out[n++] = 'n';
    return n;
}

static size_t make_text(const struct bench *b, char *out)
{
    size_t n = 0;
    while (n < TEXT_BYTES - 16) {
        n += spell(random_word(b), out + n);
        out[n++] = ' ';
    }
    return n;
}

static void make_vector(const struct bench *b, float *out)
{
    for (uint64_t i = 0; i < b->dim; i++) {
        out[i] = (float)(random_unit() - 0.5);
    }
}

static void open_store(struct bench *b)
{
    b->host = fake_host_load(b->plugin);
    if (!b->host) {
        exit(1);
    }
    fake_host_set_dir(b->host, RAGD_DIR_DATA, b->dir.path);
    if (fake_instance_create(b->host, RAGD_IF_STORE, &b->instance) != RAGD_OK) {
        fprintf(stderr, "bench_store: %s\n", fake_host_message(b->host));
        exit(1);
    }
    b->t = b->instance.table;
    struct ragd_call *call = fake_call_create(b->host);
    ragd_status status = b->t->coll_open(b->instance.inst, call, ragd_cs("bench"),
                                         &b->coll);
    if (status == RAGD_E_NOT_FOUND) {
        struct ragd_coll_spec spec = {.struct_size = sizeof(spec),
                                      .name = ragd_cs("bench"),
                                      .dim = (uint32_t)b->dim,
                                      .metric = b->dim ? RAGD_METRIC_COSINE : 0};
        check(call, b->t->coll_create(b->instance.inst, call, &spec), "create");
        status = b->t->coll_open(b->instance.inst, call, ragd_cs("bench"), &b->coll);
    }
    check(call, status, "open");
    fake_call_destroy(call);
}

static void close_store(struct bench *b)
{
    b->t->coll_close(b->instance.inst, b->coll);
    fake_instance_destroy(&b->instance);
    fake_host_destroy(b->host);
}

struct source {
    struct ragd_record *records;
    const struct ragd_record **list;
    char (*ids)[32];
    char (*texts)[TEXT_BYTES + 32];
    float *vectors;
};

static void make_source(const struct bench *b, struct source *s, uint64_t number)
{
    for (uint64_t i = 0; i < b->per_source; i++) {
        snprintf(s->ids[i], sizeof(s->ids[i]), "doc%llu#%llu", (unsigned long long)number,
                 (unsigned long long)i);
        s->records[i] =
            (struct ragd_record){.struct_size = sizeof(s->records[i]),
                                 .id = ragd_cs(s->ids[i]),
                                 .text = {s->texts[i], make_text(b, s->texts[i])},
                                 .ordinal = i};
        if (b->dim) {
            make_vector(b, s->vectors + i * b->dim);
            s->records[i].vec = s->vectors + i * b->dim;
        }
        s->list[i] = &s->records[i];
    }
}

static void add_all(struct bench *b)
{
    struct source s = {
        .records = calloc(b->per_source, sizeof(*s.records)),
        .list = calloc(b->per_source, sizeof(struct ragd_record *)),
        .ids = calloc(b->per_source, sizeof(*s.ids)),
        .texts = calloc(b->per_source, sizeof(*s.texts)),
        .vectors = calloc(b->per_source * b->dim + 1, sizeof(float)),
    };
    double cpu = 0, wall = 0;
    for (uint64_t n = 0; n * b->per_source < b->chunks; n++) {
        make_source(b, &s, n);
        struct ragd_apply apply = {.struct_size = sizeof(apply),
                                   .records = s.list,
                                   .n_records = b->per_source};
        struct ragd_call *call = fake_call_create(b->host);
        cpu -= cpu_seconds();
        wall -= wall_seconds();
        check(call, b->t->apply(b->coll, call, &apply), "apply");
        if (n % 64 == 63) {
            check(call, b->t->flush(b->coll, call), "flush");
        }
        cpu += cpu_seconds();
        wall += wall_seconds();
        fake_call_destroy(call);
    }
    printf("add_chunks_per_cpu_second %.0f\nadd_chunks_per_second %.0f\n",
           (double)b->chunks / cpu, (double)b->chunks / wall);
    free(s.records);
    free(s.list);
    free(s.ids);
    free(s.texts);
    free(s.vectors);
}

/* CPU seconds of one query; words 0: by vector. */
static double one_query(struct bench *b, int words, const char *filter_text)
{
    char text[512] = "";
    size_t n = 0;
    for (int i = 0; i < words; i++) {
        n += spell(random_word(b), text + n);
        text[n++] = ' ';
    }
    double *vec = calloc(b->dim + 1, sizeof(*vec));
    for (uint64_t i = 0; i < b->dim; i++) {
        vec[i] = random_unit() - 0.5;
    }
    const struct ragd_filter_node node = {.op = RAGD_F_CONTAINS,
                                          .val = {.type = RAGD_V_STR,
                                                  .u.s = ragd_cs(filter_text)}};
    struct ragd_query query = {.struct_size = sizeof(query),
                               .include = RAGD_INCLUDE_TEXT,
                               .k = 10,
                               .text = {text, n},
                               .want_keyword = words > 0,
                               .vec = words ? NULL : vec,
                               .dim = (uint32_t)b->dim,
                               .filter = {&node, filter_text ? 1 : 0}};
    struct ragd_call *call = fake_call_create(b->host);
    struct ragd_view *view = NULL;
    double start = cpu_seconds();
    check(call, b->t->view_open(b->coll, call, &view), "view");
    check(call, b->t->query(view, call, &query, &fake_hit_sink), "query");
    b->t->view_close(view);
    double spent = cpu_seconds() - start;
    fake_call_destroy(call);
    free(vec);
    return spent;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void queries(struct bench *b, const char *name, int words, const char *filter)
{
    static double spent[QUERIES_MAX];
    double sum = 0;
    if (b->queries == 0) {
        return;
    }
    for (uint64_t i = 0; i < b->queries; i++) {
        spent[i] = one_query(b, words, filter);
        sum += spent[i];
    }
    qsort(spent, b->queries, sizeof(*spent), by_value);
    printf("%s_per_cpu_second %.0f\n%s_median_us %.0f\n", name, (double)b->queries / sum,
           name, spent[b->queries / 2] * 1e6);
}

static void run_queries(struct bench *b, const char *when)
{
    char name[64];
    snprintf(name, sizeof(name), "%s_keyword8", when);
    queries(b, name, 8, NULL);
    snprintf(name, sizeof(name), "%s_keyword8_filtered", when);
    queries(b, name, 8, "vovon");
    if (b->dim) {
        snprintf(name, sizeof(name), "%s_vector", when);
        queries(b, name, 0, NULL);
    }
}

static void restart(struct bench *b)
{
    double start = wall_seconds();
    close_store(b);
    printf("close_ms %.1f\n", (wall_seconds() - start) * 1e3);
    start = wall_seconds();
    open_store(b);
    printf("open_ms %.1f\n", (wall_seconds() - start) * 1e3);
    start = wall_seconds();
    one_query(b, b->dim ? 0 : 8, NULL);
    printf("first_search_ms %.1f\n", (wall_seconds() - start) * 1e3);
}

static void report_size(struct bench *b)
{
    struct ragd_call *call = fake_call_create(b->host);
    struct ragd_view *view = NULL;
    struct ragd_coll_stats stats = {.struct_size = sizeof(stats)};
    check(call, b->t->view_open(b->coll, call, &view), "view");
    double start = cpu_seconds();
    check(call, b->t->verify(view, call, &fake_verify_sink), "verify");
    printf("verify_cpu_ms %.0f\nverify_problems %zu\n", (cpu_seconds() - start) * 1e3,
           fake_call_results(call)->n_problems);
    check(call, b->t->stats(view, call, &stats), "stats");
    printf("bytes_per_chunk %.0f\n", (double)stats.bytes_disk / (double)b->chunks);
    b->t->view_close(view);
    fake_call_destroy(call);
}

static uint64_t argument(int argc, char **argv, int i, uint64_t def)
{
    return argc > i ? strtoull(argv[i], NULL, 10) : def;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr,
                "bench_store PLUGIN.so [CHUNKS [DIM [CHUNKS_OF_A_SOURCE [QUERIES]]]]\n");
        return 2;
    }
    struct bench b = {.plugin = argv[1],
                      .chunks = argument(argc, argv, 2, 10000),
                      .dim = argument(argc, argv, 3, 384),
                      .per_source = argument(argc, argv, 4, 5),
                      .queries = argument(argc, argv, 5, 300)};
    b.queries = b.queries < QUERIES_MAX ? b.queries : QUERIES_MAX;
    setvbuf(stdout, NULL, _IOLBF, 0);
    make_zipf(&b);
    tmpdir_init(&b.dir);
    printf("chunks %llu\ndim %llu\n", (unsigned long long)b.chunks,
           (unsigned long long)b.dim);
    open_store(&b);
    printf("rss_empty_kib %ld\n", resident_kib("VmRSS:"));
    add_all(&b);
    printf("rss_added_kib %ld\n", resident_kib("VmRSS:"));
    run_queries(&b, "warm");
    restart(&b);
    run_queries(&b, "restarted");
    printf("rss_searched_kib %ld\nrss_peak_kib %ld\n", resident_kib("VmRSS:"),
           resident_kib("VmHWM:"));
    report_size(&b);
    close_store(&b);
    tmpdir_release(&b.dir);
    free(b.zipf);
    return 0;
}
