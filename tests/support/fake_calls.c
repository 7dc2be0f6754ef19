/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "support/fake_calls.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/utf8.h"

struct fake fake;

struct instance {
    enum plugin_kind kind;
    const char *name;
};

static struct instance instances[PLUGIN_KINDS] = {
    [PLUGIN_SOURCE] = {PLUGIN_SOURCE, "fake"},
    [PLUGIN_LOADER] = {PLUGIN_LOADER, "plain"},
    [PLUGIN_EMBEDDER] = {PLUGIN_EMBEDDER, "words"},
    [PLUGIN_STORE] = {PLUGIN_STORE, "shelf"},
    [PLUGIN_LLM] = {PLUGIN_LLM, "parrot"},
};
static struct instance other_embedder = {PLUGIN_EMBEDDER, "others"};

/* The queue. */

struct call_op {
    struct list link;
    struct call *call;
    fake_make_fn make;
    bool cancelled, paused;
};

static struct list queue;
static long fault_in;
static enum err_id fault_id;
static bool fault_met;
static struct call_op *current;

struct vector {
    struct list link;
    uint8_t hash[HASH_BYTES];
    char space[64];
    float row[64];
};
static struct list vectors;

enum { JOBS = 64 };
static struct job_record jobs[JOBS];
static size_t n_jobs;

static uint64_t fake_mono_ns(void *arg)
{
    (void)arg;
    return fake.clock_ms * 1000000;
}

static int64_t fake_unix_ms(void *arg)
{
    (void)arg;
    return (int64_t)fake.clock_ms + 1700000000000;
}

static void vectors_clear(void)
{
    struct list *node;
    while (vectors.next && (node = list_pop(&vectors))) {
        free(LIST_OF(node, struct vector, link));
    }
}

void fake_reset(void)
{
    static const struct clock CLOCK = {fake_mono_ns, fake_unix_ms, NULL};
    vectors_clear();
    fake = (struct fake){
        .caps = RAGD_STORE_ATOMIC | RAGD_STORE_EXACT | RAGD_STORE_KEYWORD |
                RAGD_STORE_SNAPSHOT | RAGD_STORE_SEQ | RAGD_STORE_BLOBS |
                RAGD_STORE_DURABLE,
        .space = "words/1",
        .dim = FAKE_DIM,
        .page = 3,
        .answer = "It is so [1].",
        .finish = RAGD_FINISH_STOP,
        .clock_ms = 1000,
    };
    list_init(&queue);
    list_init(&vectors);
    fault_in = -1;
    n_jobs = 0;
    clock_install(&CLOCK);
    fake_store_reset();
}

void fake_close(void)
{
    assert_true(list_empty(&queue));
    assert_int_equal(fake_open_handles(), 0);
    fake_store_reset();
    vectors_clear();
    clock_install(NULL);
}

void fake_fault(long n, enum err_id id)
{
    fault_met = n < 0 && fault_met; /* switched off: still to be asked */
    fault_in = n;
    fault_id = id;
}

bool fake_fault_met(void)
{
    return fault_met;
}

void fake_fail(struct call *call, enum err_id id, const char *text)
{
    call->status = err_set(&call->err, id, "%s", text);
}

void fake_enqueue(struct call *call, fake_make_fn make)
{
    struct call_op *op = calloc(1, sizeof(*op));
    assert_non_null(op);
    assert_null(call->op);
    assert_non_null(call->done);
    call->op = op;
    call->status = 0;
    call->err = (struct err){0};
    op->call = call;
    op->make = make;
    list_push(&queue, &op->link);
    fake.calls++;
}

static struct call_op *next_op(void)
{
    LIST_EACH(&queue, node)
    {
        struct call_op *op = LIST_OF(node, struct call_op, link);
        if (!op->paused || op->cancelled) {
            list_remove(node);
            return op;
        }
    }
    return NULL;
}

bool fake_turn(void)
{
    struct call_op *op = next_op();
    if (!op) {
        return false;
    }
    struct call *call = op->call;
    bool fault = fault_in == 0 && call->status == 0 && op->make;
    fault_in -= fault_in >= 0 && op->make;
    if (op->cancelled && !(fake.late_cancel && op->make)) {
        fake_fail(call, ERR_CANCELLED, "cancelled");
    } else if (fault) {
        fault_met = true;
        fake_fail(call, fault_id, "the fault that the test asked for");
    } else if (op->make) {
        current = op;
        op->make(call);
        current = NULL;
        if (op->paused && !op->cancelled) {
            list_push(&queue, &op->link); /* goes on when resumed */
            return true;
        }
    }
    if (call->status < 0) {
        arena_release(&call->arena);
    }
    call->op = NULL;
    free(op);
    call->done(call);
    return true;
}

void fake_settle(void)
{
    enum { TURNS_MAX = 1000000 };
    for (int i = 0; fake_turn(); i++) {
        assert_true(i < TURNS_MAX);
    }
}

void call_cancel(struct call *call)
{
    if (call->op) {
        call->op->cancelled = true;
    }
}

bool call_cancelled(const struct call *call)
{
    return call->op && call->op->cancelled;
}

bool call_active(const struct call *call)
{
    return call->op != NULL;
}

void call_release(struct call *call)
{
    assert_null(call->op);
    arena_release(&call->arena);
}

/* Instances. */

struct instance *fake_instance(enum plugin_kind kind)
{
    return &instances[kind];
}

const char *instance_name(const struct instance *instance)
{
    return instance->name;
}

const char *instance_plugin_name(const struct instance *instance)
{
    return instance->name;
}

const char *instance_plugin_version(const struct instance *instance)
{
    (void)instance;
    return "1.0";
}

struct instance *instance_find(enum plugin_kind kind, struct ragd_str name)
{
    struct instance *instance = &instances[kind];
    bool same = name.n == strlen(instance->name) &&
                memcmp(name.p, instance->name, name.n) == 0;
    return same ? instance : NULL;
}

struct instance *instance_next(enum plugin_kind kind, const struct instance *after)
{
    return after ? NULL : &instances[kind];
}

static void make_instance(struct call *call)
{
    struct call_instance *req = (struct call_instance *)call;
    req->instance = req->name.n ? instance_find(req->kind, req->name)
                                : &instances[req->kind];
    if (!req->instance && req->kind == PLUGIN_EMBEDDER && req->name.n == 6) {
        req->instance = &other_embedder;
    }
    if (!req->instance) {
        fake_fail(call, ERR_NO_INSTANCE, "no such instance");
    }
}

void call_instance_start(struct call_instance *req)
{
    fake_enqueue(&req->call, make_instance);
}

/* Work and time. A later needs no plugin, so it never meets a fault. */

static void make_work(struct call *call)
{
    struct call_work *req = (struct call_work *)call;
    call->status = req->work(req, &call->err);
}

void call_work_start(struct call_work *req)
{
    fake_enqueue(&req->call, make_work);
}

void call_later_start(struct call_later *req)
{
    fake_enqueue(&req->call, NULL);
}

/* The embedder: each word adds one to the place that its letters give. */

void fake_embed_one(struct ragd_str text, float *out)
{
    memset(out, 0, fake.dim * sizeof(*out));
    uint32_t h = 5381;
    for (size_t i = 0; i <= text.n; i++) {
        if (i == text.n || text.p[i] == ' ' || text.p[i] == '\n') {
            out[h % fake.dim] += h != 5381;
            h = 5381;
        } else {
            h = h * 33 + (unsigned char)text.p[i];
        }
    }
}

static void make_embed_info(struct call *call)
{
    struct call_embed_info *req = (struct call_embed_info *)call;
    bool other = req->embedder == &other_embedder;
    req->info = (struct ragd_embed_info){
        .struct_size = sizeof(req->info),
        .flags = fake.embed_flags,
        .model = ragd_cs("counting"),
        .space = ragd_cs(other ? "others/1" : fake.space),
        .dim = other ? fake.dim + 1 : fake.dim,
        .metric = req->metric ? req->metric : RAGD_METRIC_COSINE,
        .max_batch = 16,
    };
}

void call_embed_info_start(struct call_embed_info *req)
{
    fake_enqueue(&req->call, make_embed_info);
}

static void make_embed(struct call *call)
{
    struct call_embed *req = (struct call_embed *)call;
    float *rows = arena_calloc(&call->arena, req->n * fake.dim, sizeof(float));
    uint32_t *tokens = arena_calloc(&call->arena, req->n, sizeof(uint32_t));
    assert_int_equal(req->dim, fake.dim);
    if (!rows || !tokens) {
        fake_fail(call, ERR_NOMEM, "no memory");
        return;
    }
    for (size_t i = 0; i < req->n; i++) {
        fake_embed_one(req->texts[i], rows + i * fake.dim);
        tokens[i] = (uint32_t)req->texts[i].n;
    }
    fake.embedded += req->purpose == RAGD_EMBED_DOCUMENT ? req->n : 0;
    req->rows = rows;
    req->tokens = tokens;
}

void call_embed_start(struct call_embed *req)
{
    fake_enqueue(&req->call, make_embed);
}

/* The loader: a first line "# title" is the title, form feeds part documents. */

struct instance *loader_pick(struct ragd_str name, struct ragd_str mime,
                             struct ragd_bytes head)
{
    (void)name;
    (void)mime;
    return head.n && *(const char *)head.p == '!' ? NULL : &instances[PLUGIN_LOADER];
}

int loader_options_check(struct ragd_kvs options, struct err *err)
{
    for (size_t i = 0; i < options.n; i++) {
        if (!memchr(options.p[i].key.p, '.', options.p[i].key.n)) {
            return err_set(err, ERR_INVALID, "no such loader option");
        }
    }
    return 0;
}

static int load_doc(struct call_load *req, struct ragd_str text, size_t i)
{
    struct ragd_doc *doc = &req->docs[i];
    struct arena *arena = &req->call.arena;
    *doc = (struct ragd_doc){.struct_size = sizeof(*doc)};
    doc->text = arena_str(arena, text);
    doc->mime = ragd_cs("text/plain");
    doc->lang = ragd_cs("");
    doc->title = ragd_cs("");
    doc->key = ragd_cs(i ? arena_printf(arena, "part/%zu", i) : "");
    if (text.n > 2 && text.p[0] == '#') {
        const char *end = memchr(text.p, '\n', text.n);
        struct ragd_str title = {text.p + 2, end ? (size_t)(end - text.p) - 2 : text.n - 2};
        doc->title = arena_str(arena, title);
    }
    return arena_kvs(arena, req->meta, &doc->meta) || !doc->text.p || !doc->key.p;
}

static void make_load(struct call *call)
{
    struct call_load *req = (struct call_load *)call;
    const char *p = req->content.p, *end = p + req->content.size;
    if (p == end || *p == '?') {
        fake_fail(call, ERR_NO_TEXT, "no text in it");
        return;
    }
    req->docs = arena_calloc(&call->arena, 16, sizeof(*req->docs));
    req->n_docs = 0;
    while (p && req->docs) {
        const char *next = memchr(p, '\f', (size_t)(end - p));
        struct ragd_str text = {p, (size_t)((next ? next : end) - p)};
        if (load_doc(req, text, req->n_docs)) {
            req->docs = NULL;
        }
        req->n_docs++;
        p = next ? next + 1 : NULL;
    }
    if (!req->docs) {
        fake_fail(call, ERR_NOMEM, "no memory");
    }
}

void call_load_start(struct call_load *req)
{
    fake_enqueue(&req->call, make_load);
}

/* The source. */

struct instance *source_for(struct ragd_str uri)
{
    bool ours = uri.n >= 5 && memcmp(uri.p, "fake:", 5) == 0;
    return ours ? &instances[PLUGIN_SOURCE] : NULL;
}

static struct ragd_entry entry_of(const struct fake_source *source)
{
    return (struct ragd_entry){
        .struct_size = sizeof(struct ragd_entry),
        .uri = ragd_cs(source->uri),
        .name = ragd_cs(source->uri + 5),
        .mime = ragd_cs("text/plain"),
        .version = ragd_cs(""),
        .size = strlen(source->text),
    };
}

static void make_list(struct call *call)
{
    struct call_list *req = (struct call_list *)call;
    size_t at = req->cursor.n ? (size_t) * (const unsigned char *)req->cursor.p : 0;
    req->entries = arena_calloc(&call->arena, FAKE_SOURCES, sizeof(*req->entries));
    unsigned char *next = arena_alloc(&call->arena, 1);
    if (!req->entries || !next) {
        fake_fail(call, ERR_NOMEM, "no memory");
        return;
    }
    req->n_entries = 0;
    for (; at < FAKE_SOURCES && fake.sources[at].uri && req->n_entries < fake.page; at++) {
        const char *uri = fake.sources[at].uri;
        if (strlen(uri) >= req->root.n && memcmp(uri, req->root.p, req->root.n) == 0) {
            req->entries[req->n_entries++] = entry_of(&fake.sources[at]);
        }
    }
    *next = (unsigned char)at;
    bool more = at < FAKE_SOURCES && fake.sources[at].uri;
    req->next = (struct ragd_bytes){next, more ? 1 : 0};
}

void call_list_start(struct call_list *req)
{
    fake_enqueue(&req->call, make_list);
}

static void make_fetch(struct call *call)
{
    struct call_fetch *req = (struct call_fetch *)call;
    for (size_t i = 0; i < FAKE_SOURCES && fake.sources[i].uri; i++) {
        const struct fake_source *source = &fake.sources[i];
        if (strlen(source->uri) == req->uri.n &&
            memcmp(source->uri, req->uri.p, req->uri.n) == 0) {
            req->head = entry_of(source);
            req->content =
                (struct content){.p = source->text, .size = strlen(source->text), .fd = -1};
            if (hash_bytes(source->text, strlen(source->text), req->sha256)) {
                fake_fail(call, ERR_NOMEM, "no memory");
            }
            return;
        }
    }
    fake_fail(call, ERR_NOT_FOUND, "no such source");
}

void call_fetch_start(struct call_fetch *req)
{
    fake_enqueue(&req->call, make_fetch);
}

/* The model. */

static void note_prompt(const struct ragd_llm_req *request)
{
    fake.prompt[0] = 0;
    size_t at = 0;
    for (size_t i = 0; i < request->n_msgs; i++) {
        struct ragd_str text = request->msgs[i]->text;
        int n = snprintf(fake.prompt + at, sizeof(fake.prompt) - at, "%.*s\n", (int)text.n,
                         text.p);
        at += (size_t)n < sizeof(fake.prompt) - at ? (size_t)n : 0;
    }
    fake.prompt_sources = request->n_sources;
    fake.prompt_terms = request->n_terms;
    for (size_t i = 0; i < request->n_sources && i < 16; i++) {
        fake.last_scores[i] = request->sources[i]->score;
    }
}

/* Tokens of at most 5 bytes; a pause holds the next one back. */
static void make_generate(struct call *call)
{
    struct call_generate *req = (struct call_generate *)call;
    size_t n = strlen(fake.answer);
    if (!req->usage.struct_size) {
        note_prompt(&req->request);
        fake.generated++;
        req->usage.struct_size = sizeof(req->usage);
        req->usage.output_tokens = 0;
    }
    while (req->usage.output_tokens < n && !current->paused && !current->cancelled) {
        size_t at = req->usage.output_tokens;
        size_t step = utf8_cut(fake.answer + at, n - at, 5);
        req->usage.output_tokens += step;
        if (req->on_token) {
            req->on_token(req, (struct ragd_str){fake.answer + at, step});
        }
    }
    if (current->cancelled) {
        fake_fail(call, ERR_CANCELLED, "cancelled");
    }
    if (current->paused && req->usage.output_tokens == n) {
        current->paused = false; /* done is not held back */
    }
    req->usage.finish = fake.finish;
    req->usage.prompt_tokens = strlen(fake.prompt);
    req->usage.model = ragd_cs("parrot-1");
    req->cites = fake.cites;
    req->n_cites = fake.n_cites;
}

void call_generate_start(struct call_generate *req)
{
    req->usage = (struct ragd_usage){0};
    fake_enqueue(&req->call, make_generate);
}

void call_generate_pause(struct call_generate *req)
{
    if (req->call.op) {
        req->call.op->paused = true;
    }
}

void call_generate_resume(struct call_generate *req)
{
    if (req->call.op) {
        req->call.op->paused = false;
    }
}

static void make_llm_info(struct call *call)
{
    struct call_llm_info *req = (struct call_llm_info *)call;
    req->info = (struct ragd_model_info){.struct_size = sizeof(req->info),
                                         .id = ragd_cs("parrot-1"),
                                         .context_tokens = fake.context_tokens};
}

void call_llm_info_start(struct call_llm_info *req)
{
    fake_enqueue(&req->call, make_llm_info);
}

/* The daemon's own state. */

static struct vector *vector_find(const struct call_vectors *req, size_t i)
{
    LIST_EACH(&vectors, node)
    {
        struct vector *v = LIST_OF(node, struct vector, link);
        if (memcmp(v->hash, req->keys[i].text_hash, HASH_BYTES) == 0 &&
            strlen(v->space) == req->space.n &&
            memcmp(v->space, req->space.p, req->space.n) == 0) {
            return v;
        }
    }
    return NULL;
}

static void vectors_put(const struct call_vectors *req)
{
    for (size_t i = 0; i < req->n; i++) {
        struct vector *v = vector_find(req, i);
        if (!v) {
            v = calloc(1, sizeof(*v));
            assert_true(v && req->space.n < sizeof(v->space) && req->dim <= 64);
            memcpy(v->space, req->space.p, req->space.n);
            memcpy(v->hash, req->keys[i].text_hash, HASH_BYTES);
            list_push(&vectors, &v->link);
        }
        memcpy(v->row, req->rows + i * req->dim, req->dim * sizeof(float));
    }
}

static void make_vectors(struct call *call)
{
    struct call_vectors *req = (struct call_vectors *)call;
    if (req->action == VECTORS_PUT) {
        vectors_put(req);
        return;
    }
    float *rows = arena_calloc(&call->arena, req->n * req->dim, sizeof(float));
    uint8_t *found = arena_alloc(&call->arena, req->n);
    if (!rows || !found) {
        fake_fail(call, ERR_NOMEM, "no memory");
        return;
    }
    for (size_t i = 0; i < req->n; i++) {
        struct vector *v = vector_find(req, i);
        found[i] = v != NULL;
        if (v && req->action == VECTORS_GET) {
            memcpy(rows + i * req->dim, v->row, req->dim * sizeof(float));
        } else if (v) {
            list_remove(&v->link);
            free(v);
        }
    }
    req->rows = rows;
    req->found = found;
}

void call_vectors_start(struct call_vectors *req)
{
    fake_enqueue(&req->call, make_vectors);
}

/* Strings of jobs are not kept. */
static void make_jobs(struct call *call)
{
    struct call_jobs *req = (struct call_jobs *)call;
    if (req->action == JOBS_LIST) {
        req->jobs = arena_calloc(&call->arena, n_jobs, sizeof(*jobs));
        req->n_jobs = n_jobs;
        for (size_t i = 0; req->jobs && i < n_jobs; i++) {
            req->jobs[i] = jobs[n_jobs - 1 - i];
        }
        if (!req->jobs) {
            fake_fail(call, ERR_NOMEM, "no memory");
        }
        return;
    }
    if (!req->job.id) {
        assert_true(n_jobs < JOBS);
        req->job.id = ++n_jobs;
    }
    jobs[req->job.id - 1] = req->job;
    jobs[req->job.id - 1].kind = ragd_cs("add");
    jobs[req->job.id - 1].collection = ragd_cs("default");
    jobs[req->job.id - 1].error = ragd_cs("");
}

void call_jobs_start(struct call_jobs *req)
{
    fake_enqueue(&req->call, make_jobs);
}

static void make_watermark(struct call *call)
{
    ((struct call_watermark *)call)->sequence = 0;
}

void call_watermark_start(struct call_watermark *req)
{
    fake_enqueue(&req->call, make_watermark);
}
