/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A loader that does what the first word of a source says, to its own process. */
#include <poll.h>
#include <ragd/ragd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SOCKET_FD = 3,
    BIG = 1 << 20,
    NAP_MS = 5,
    SLOW_MS = 200,
    DEAF_MS = 100,
    NOISE = 1000
};

static const struct ragd_host *host;
static struct ragd_ctx *own;
static bool deaf;

struct job {
    struct ragd_call *call;
    const struct ragd_input *input;
    const struct ragd_doc_sink *sink;
};

static bool says(const struct job *job, const char *word)
{
    size_t n = strlen(word);
    return job->input->map.n >= n && memcmp(job->input->map.p, word, n) == 0;
}

static ragd_status give(const struct job *job, const char *key, struct ragd_str text)
{
    struct ragd_doc doc = {.struct_size = sizeof(doc), .key = ragd_cs(key), .text = text};
    return job->sink->emit(job->call, &doc);
}

static void nap(void)
{
    poll(NULL, 0, NAP_MS);
}

/* Documents without an end, whatever is said to them. */
static ragd_status flood(const struct job *job)
{
    char *text = malloc(BIG), key[32];
    if (!text) {
        return RAGD_E_NOMEM;
    }
    memset(text, 'x', BIG);
    for (unsigned i = 0;; i++) {
        snprintf(key, sizeof(key), "%u", i);
        give(job, key, (struct ragd_str){text, BIG});
    }
}

/* The N of "size N" and "page N". */
static size_t number(const struct job *job)
{
    char digits[16] = "";
    size_t n = job->input->map.n < sizeof(digits) ? job->input->map.n : sizeof(digits) - 1;
    memcpy(digits, job->input->map.p, n);
    return strtoul(digits + sizeof("size"), NULL, 10);
}

static ragd_status give_page(const struct job *job)
{
    struct ragd_block block = {.kind = RAGD_BLOCK_PARAGRAPH,
                               .page = (uint32_t)number(job),
                               .len = 4};
    struct ragd_doc doc = {.struct_size = sizeof(doc),
                           .text = ragd_cs("well"),
                           .blocks = &block,
                           .n_blocks = 1};
    return job->sink->emit(job->call, &doc);
}

/* Two files that are inside. */
static ragd_status give_files(const struct job *job)
{
    ragd_status rc = job->sink->child(job->call, ragd_cs("a.md"), ragd_cs("text/markdown"),
                                      job->input->map);
    return rc ? rc
              : job->sink->child(job->call, ragd_cs("b/c.txt"), ragd_cs(""),
                                 (struct ragd_bytes){NULL, 0});
}

static ragd_status give_size(const struct job *job)
{
    size_t size = number(job);
    char *text = malloc(size);
    if (!text) {
        return RAGD_E_NOMEM;
    }
    memset(text, 'x', size);
    ragd_status rc = give(job, "", (struct ragd_str){text, size});
    free(text);
    return rc;
}

/* Keeps what it takes until there is no more. */
static ragd_status allocate(void)
{
    void *p;
    while ((p = malloc(BIG))) {
        memset(p, 1, BIG);
    }
    return RAGD_E_NOMEM;
}

static ragd_status keep_memory(const struct job *job)
{
    enum { KEPT = 8 * BIG, PAGE = 4096 };
    volatile char *p = malloc(KEPT); /* never freed: a leak */
    for (size_t i = 0; p && i < KEPT; i += PAGE) {
        p[i] = 1; /* memset is left out where nobody reads what it wrote */
    }
    return give(job, "", ragd_cs("kept"));
}

/* Answers, and then hears nothing any more, for a while in which it looks idle. */
static ragd_status turn_deaf(const struct job *job)
{
    ragd_status rc = give(job, "", ragd_cs("well"));
    deaf = true;
    return shutdown(SOCKET_FD, SHUT_RD) ? RAGD_E_IO : rc;
}

/* Without a stderr it looks as if it had ended. */
static ragd_status close_stderr(const struct job *job)
{
    return close(STDERR_FILENO) ? RAGD_E_IO : give(job, "", ragd_cs("well"));
}

static ragd_status garbage(void)
{
    static const char noise[] = "\x08\0\0\0garbage!";
    if (write(SOCKET_FD, noise, sizeof(noise) - 1) < 0) {
        return RAGD_E_IO;
    }
    for (;;) {
        nap();
    }
}

/* A Done of its own, whose fault is no text. */
static ragd_status forge(void)
{
    static const char done[] = "\x06\0\0\0\x4a\x04\x1a\x02\xff\xfe";
    if (write(SOCKET_FD, done, sizeof(done) - 1) < 0) {
        return RAGD_E_IO;
    }
    for (;;) {
        nap();
    }
}

static ragd_status chatter(void)
{
    for (int i = 0; i < NOISE; i++) {
        fprintf(stderr, "a line of its own %d\n", i);
    }
    return RAGD_E_BAD_INPUT;
}

static ragd_status write_log(const struct job *job)
{
    for (int i = 0; i < NOISE; i++) {
        host->log(own, RAGD_LOG_WARN, ragd_cs("a line"), (struct ragd_kvs){NULL, 0});
    }
    return give(job, "", ragd_cs("well"));
}

/* As a good one does. */
static ragd_status wait_for_stop(const struct job *job)
{
    ragd_status state = RAGD_OK;
    while (state == RAGD_OK) {
        nap();
        state = host->call_state(job->call);
    }
    return state;
}

static ragd_status tell(const struct job *job)
{
    char text[32];
    if (says(job, "slow")) {
        poll(NULL, 0, SLOW_MS);
    }
    snprintf(text, sizeof(text), "process %ld", (long)getpid());
    return give(job, "", ragd_cs(text));
}

/* Stands between memory that may be read and the null page. */
static int *volatile nowhere;

static ragd_status load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                        const struct ragd_doc_sink *sink)
{
    (void)inst;
    const struct job job = {call, input, sink};
    volatile unsigned turns = 0;
    if (says(&job, "crash")) {
        *nowhere = 1;
    } else if (says(&job, "abort")) {
        abort();
    } else if (says(&job, "exit")) {
        _exit(7);
    } else if (says(&job, "hang")) {
        for (;;) {
            nap();
        }
    } else if (says(&job, "spin")) {
        for (;;) {
            turns++;
        }
    }
    return says(&job, "flood")      ? flood(&job)
           : says(&job, "allocate") ? allocate()
           : says(&job, "page ")    ? give_page(&job)
           : says(&job, "size ")    ? give_size(&job)
           : says(&job, "files")    ? give_files(&job)
           : says(&job, "keep")     ? keep_memory(&job)
           : says(&job, "garbage")  ? garbage()
           : says(&job, "forge")    ? forge()
           : says(&job, "chatter")  ? chatter()
           : says(&job, "wait")     ? wait_for_stop(&job)
           : says(&job, "pid")      ? tell(&job)
           : says(&job, "slow")     ? tell(&job)
           : says(&job, "deaf")     ? turn_deaf(&job)
           : says(&job, "log")      ? write_log(&job)
           : says(&job, "mute")     ? close_stderr(&job)
           : says(&job, "bad")      ? RAGD_E_BAD_INPUT
                                    : give(&job, "", ragd_cs("well"));
}

static int32_t probe(struct ragd_str name, struct ragd_str mime, struct ragd_bytes head)
{
    (void)mime;
    if (head.n >= 5 && memcmp(head.p, "probe", 5) == 0) {
        *nowhere = 1;
    }
    return name.n > 7 && memcmp(name.p + name.n - 7, ".faulty", 7) == 0 ? 100 : 0;
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    const struct ragd_config_svc *config = host->service(ctx, RAGD_SVC_CONFIG);
    struct ragd_value ms = {.type = RAGD_V_NULL};
    (void)call;
    config->get(ctx, "create_ms", &ms);
    poll(NULL, 0, (int)ms.u.i);
    own = ctx;
    *inst = &host;
    return RAGD_OK;
}

static void destroy(void *inst)
{
    if (deaf) {
        poll(NULL, 0, DEAF_MS);
    }
    (void)inst;
}

static const struct ragd_option create_ms = {.struct_size = sizeof(create_ms),
                                             .type = RAGD_OPT_INT,
                                             .name = "create_ms",
                                             .doc = "How long create takes.",
                                             .def = "0"};
static const struct ragd_option *const options[] = {&create_ms, NULL};
static const char *const needs[] = {RAGD_SVC_CONFIG, NULL};
static const char *const nothing[] = {NULL};
static const char *const suffixes[] = {".faulty", NULL};

static const struct ragd_life life = {.struct_size = sizeof(life),
                                      .exec = RAGD_EXEC_BLOCKING,
                                      .concurrency = RAGD_CONC_PLUGIN,
                                      .flags = RAGD_LIFE_CHILD_ONLY,
                                      .options = options,
                                      .create = create,
                                      .destroy = destroy};

static const struct ragd_loader table = {.struct_size = sizeof(table),
                                         .life = &life,
                                         .mimes = nothing,
                                         .suffixes = suffixes,
                                         .probe = probe,
                                         .load = load};

RAGD_PLUGIN(host, RAGD_IF_LOADER, table, .id = "org.ragd.test.faulty", .name = "faulty",
            .version = "0.1.0", .license = "Apache-2.0", .url = "",
            .summary = "A loader that goes wrong.", .needs = needs)
