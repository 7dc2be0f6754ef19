/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The source and the loader of the fake. */
#include <stdio.h>

#include "support/fake_calls.h"

/* The loader: a first line "# title" is the title, form feeds part documents. */

static void make_pick(struct call *call)
{
    struct call_pick *req = (struct call_pick *)call;
    bool none = req->head.n && *(const char *)req->head.p == '!';
    req->loader = none ? NULL : fake_instance(PLUGIN_LOADER);
}

void call_pick_start(struct call_pick *req)
{
    fake_enqueue(&req->call, make_pick);
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
        struct ragd_block *heading = arena_alloc(arena, sizeof(*heading));
        doc->title = arena_str(arena, title);
        if (!heading) {
            return RAGD_E_NOMEM;
        }
        *heading = (struct ragd_block){.kind = RAGD_BLOCK_HEADING, .len = title.n + 2};
        doc->blocks = heading;
        doc->n_blocks = 1;
    }
    return arena_kvs(arena, req->meta, &doc->meta) || !doc->text.p || !doc->key.p;
}

/* Times that it was asked to read this before. */
static int count_loads(struct ragd_str uri)
{
    int n = 0;
    for (size_t i = 0; i < fake.n_loads; i++) {
        n += strlen(fake.loads[i].uri) == uri.n &&
             memcmp(fake.loads[i].uri, uri.p, uri.n) == 0;
    }
    return n;
}

static void note_load(const struct call_load *req)
{
    assert_true(fake.n_loads < FAKE_LOADS);
    snprintf(fake.loads[fake.n_loads].uri, sizeof(fake.loads[0].uri), "%.*s",
             (int)req->uri.n, req->uri.p);
    fake.loads[fake.n_loads].at_ms = fake.clock_ms;
    fake.loads[fake.n_loads++].again = req->again;
}

/* Whether it goes wrong on this one. */
static bool load_fails(struct call *call, const char *p)
{
    const struct call_load *req = (const struct call_load *)call;
    int before = count_loads(req->uri);
    call->attempts = *p != '&';
    note_load(req);
    switch (*p) {
    case '@':
        if (before < p[1] - '0') {
            fake_fail(call, ERR_LOADER_CRASHED, "loader plain crashed: signal 11");
        }
        break;
    case '%':
        fake_fail(call, ERR_LIMIT, "loader plain took too long");
        err_hint(&call->err, "the limit is limits.parse");
        break;
    case '$': fake_fail(call, ERR_PLUGIN, "its process sends nonsense"); break;
    case '&': fake_fail(call, ERR_PLUGIN, "loader plain is disabled"); break;
    case '?': fake_fail(call, ERR_NO_TEXT, "no text in it"); break;
    default: break;
    }
    return call->status < 0;
}

static void make_load(struct call *call)
{
    struct call_load *req = (struct call_load *)call;
    const char *p = req->content.p, *end = p + req->content.size;
    if (load_fails(call, p == end ? "?" : p)) {
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
    return ours ? fake_instance(PLUGIN_SOURCE) : NULL;
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
