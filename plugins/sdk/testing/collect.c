/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Sinks of loaders, LLM backends and sources, and a loader's input. */
#include "sdk/testing/internal.h"

#include <string.h>

/* Bytes of room behind n collected ones: the next power of two, so that many
 * small pieces are collected in linear time. */
static size_t room_of(size_t n)
{
    size_t room = 64;
    while (n && room < n) {
        room *= 2;
    }
    return n ? room : 0;
}

static struct ragd_str concat(struct ragd_call *call, struct ragd_str a, const void *p,
                              size_t n)
{
    char *joined = (char *)(uintptr_t)a.p;
    if (a.n + n > room_of(a.n)) {
        joined = fake_alloc(&call->memory, room_of(a.n + n));
        if (a.n) {
            memcpy(joined, a.p, a.n);
        }
    }
    if (n) {
        memcpy(joined + a.n, p, n);
    }
    return (struct ragd_str){joined, a.n + n};
}

static ragd_status on_doc(struct ragd_call *call, const struct ragd_doc *doc)
{
    struct fake_results *r = &call->results;
    struct ragd_doc *docs = fake_grow(&call->memory, r->docs, r->n_docs, sizeof(*docs));
    struct ragd_doc copy = *doc;
    copy.key = fake_copy_str(&call->memory, doc->key);
    copy.title = fake_copy_str(&call->memory, doc->title);
    copy.mime = fake_copy_str(&call->memory, doc->mime);
    copy.lang = fake_copy_str(&call->memory, doc->lang);
    copy.text = fake_copy_str(&call->memory, doc->text);
    copy.meta = fake_copy_kvs(&call->memory, doc->meta);
    size_t size = doc->n_blocks * sizeof(*doc->blocks);
    copy.blocks = fake_copy_bytes(&call->memory, (struct ragd_bytes){doc->blocks, size}).p;
    docs[r->n_docs++] = copy;
    r->docs = docs;
    return fake_call_step(call);
}

static ragd_status on_child(struct ragd_call *call, struct ragd_str name,
                            struct ragd_str mime, struct ragd_bytes bytes)
{
    struct fake_results *r = &call->results;
    struct fake_child *children = fake_grow(&call->memory, r->children, r->n_children,
                                            sizeof(*children));
    children[r->n_children++] = (struct fake_child){fake_copy_str(&call->memory, name),
                                                    fake_copy_str(&call->memory, mime),
                                                    fake_copy_bytes(&call->memory, bytes)};
    r->children = children;
    return fake_call_step(call);
}

static ragd_status on_delta(struct ragd_call *call, const struct ragd_delta *delta)
{
    struct fake_results *r = &call->results;
    r->n_deltas++;
    if (delta->kind == RAGD_DELTA_TEXT) {
        r->text = concat(call, r->text, delta->text.p, delta->text.n);
    } else if (delta->kind == RAGD_DELTA_REASONING) {
        r->reasoning = concat(call, r->reasoning, delta->text.p, delta->text.n);
    }
    return fake_call_step(call);
}

static ragd_status on_cite(struct ragd_call *call, uint32_t n, uint64_t start, uint64_t end)
{
    struct fake_results *r = &call->results;
    struct fake_cite *cites = fake_grow(&call->memory, r->cites, r->n_cites,
                                        sizeof(*cites));
    cites[r->n_cites++] = (struct fake_cite){n, start, end};
    r->cites = cites;
    return fake_call_step(call);
}

static ragd_status on_usage(struct ragd_call *call, const struct ragd_usage *usage)
{
    struct fake_results *r = &call->results;
    r->n_usages++;
    r->usage = *usage;
    r->usage.model = fake_copy_str(&call->memory, usage->model);
    r->usage.request_id = fake_copy_str(&call->memory, usage->request_id);
    return fake_call_step(call);
}

static ragd_status on_model(struct ragd_call *call, const struct ragd_model_info *model)
{
    struct fake_results *r = &call->results;
    struct ragd_model_info *models = fake_grow(&call->memory, r->models, r->n_models,
                                               sizeof(*models));
    models[r->n_models] = *model;
    models[r->n_models++].id = fake_copy_str(&call->memory, model->id);
    r->models = models;
    return fake_call_step(call);
}

static struct ragd_entry copy_entry(struct ragd_call *call, const struct ragd_entry *entry)
{
    struct ragd_entry copy = *entry;
    copy.uri = fake_copy_str(&call->memory, entry->uri);
    copy.name = fake_copy_str(&call->memory, entry->name);
    copy.version = fake_copy_str(&call->memory, entry->version);
    copy.mime = fake_copy_str(&call->memory, entry->mime);
    copy.meta = fake_copy_kvs(&call->memory, entry->meta);
    return copy;
}

static ragd_status on_entry(struct ragd_call *call, const struct ragd_entry *entry)
{
    struct fake_results *r = &call->results;
    struct ragd_entry *entries = fake_grow(&call->memory, r->entries, r->n_entries,
                                           sizeof(*entries));
    entries[r->n_entries++] = copy_entry(call, entry);
    r->entries = entries;
    return fake_call_step(call);
}

static ragd_status on_checkpoint(struct ragd_call *call, struct ragd_bytes cursor)
{
    call->results.n_checkpoints++;
    call->results.cursor = fake_copy_bytes(&call->memory, cursor);
    return fake_call_step(call);
}

static ragd_status on_head(struct ragd_call *call, const struct ragd_entry *entry)
{
    call->results.n_heads++;
    call->results.head = copy_entry(call, entry);
    return fake_call_step(call);
}

static ragd_status on_write(struct ragd_call *call, struct ragd_bytes bytes)
{
    struct fake_results *r = &call->results;
    struct ragd_str all = concat(call, (struct ragd_str){r->body.p, r->body.n}, bytes.p,
                                 bytes.n);
    r->body = (struct ragd_bytes){all.p, all.n};
    return fake_call_step(call);
}

const struct ragd_doc_sink fake_doc_sink = {sizeof(fake_doc_sink), 0, on_doc, on_child};
const struct ragd_token_sink fake_token_sink = {sizeof(fake_token_sink), 0, on_delta,
                                                on_cite, on_usage};
const struct ragd_model_sink fake_model_sink = {sizeof(fake_model_sink), 0, on_model};
const struct ragd_entry_sink fake_entry_sink = {sizeof(fake_entry_sink), 0, on_entry,
                                                on_checkpoint};
const struct ragd_byte_sink fake_byte_sink = {sizeof(fake_byte_sink), 0, on_head, on_write};

static int64_t input_read(const struct ragd_input *input, uint64_t off, void *buf, size_t n)
{
    const struct fake_input *in = input->host_priv;
    if (off >= in->bytes.n) {
        return 0;
    }
    size_t left = in->bytes.n - (size_t)off;
    n = n < left ? n : left;
    if (in->read_max && n > in->read_max) {
        n = in->read_max;
    }
    memcpy(buf, (const char *)in->bytes.p + off, n);
    return (int64_t)n;
}

void fake_input_init(struct fake_input *in, const char *name, const char *mime,
                     struct ragd_bytes bytes, bool as_map)
{
    *in = (struct fake_input){
        .limits = {.struct_size = sizeof(in->limits),
                   .max_depth = 10,
                   .max_docs = 10000,
                   .max_text_bytes = 32u << 20,
                   .max_meta_bytes = 64u << 10},
        .bytes = bytes,
        .input = {.struct_size = sizeof(in->input),
                  .fd = -1,
                  .uri = ragd_cs(name),
                  .name = ragd_cs(name),
                  .mime = ragd_cs(mime),
                  .size = bytes.n,
                  .read = input_read},
    };
    if (as_map) {
        in->input.map = bytes;
    }
    in->input.limits = &in->limits;
    in->input.host_priv = in;
}
