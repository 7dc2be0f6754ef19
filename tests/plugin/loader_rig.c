/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "loader_rig.h"

#include "loader_run.h"

static const struct ragd_host *table_seen;

static const struct ragd_plugin *entry(const struct ragd_host *host)
{
    table_seen = host;
    return ragd_plugin_entry_v0(host);
}

int loader_set_up(void **state)
{
    struct loader_rig *rig = calloc(1, sizeof(*rig));
    assert_non_null(rig);
    rig->host = fake_host_create(entry);
    assert_non_null(rig->host);
    assert_int_equal(fake_instance_create(rig->host, RAGD_IF_LOADER, &rig->instance), 0);
    rig->table = table_seen;
    rig->name = "notes.txt";
    rig->as_map = true;
    *state = rig;
    return 0;
}

int loader_tear_down(void **state)
{
    struct loader_rig *rig = *state;
    fake_call_destroy(rig->call);
    fake_instance_destroy(&rig->instance);
    fake_host_destroy(rig->host);
    free(rig);
    return 0;
}

void loader_set(struct loader_rig *rig, const char *name, const char *value)
{
    rig->options[rig->n_options++] =
        (struct ragd_kv){ragd_cs(name), {RAGD_V_STR, 0, {.s = ragd_cs(value)}}};
}

ragd_status loader_load(struct loader_rig *rig, const void *bytes, size_t n)
{
    struct fake_input in;
    fake_call_destroy(rig->call);
    rig->call = fake_call_create(rig->host);
    fake_input_init(&in, rig->name, "", (struct ragd_bytes){bytes, n}, rig->as_map);
    in.read_max = rig->read_max;
    in.input.options = (struct ragd_kvs){rig->options, rig->n_options};
    if (rig->text_max) {
        in.limits.max_text_bytes = rig->text_max;
    }
    return loader_run(rig, &in);
}

ragd_status loader_load_text(struct loader_rig *rig, const char *text)
{
    return loader_load(rig, text, strlen(text));
}

const struct ragd_doc *loader_doc(struct loader_rig *rig)
{
    const struct fake_results *results = fake_call_results(rig->call);
    assert_int_equal(results->n_docs, 1);
    return results->docs;
}

const struct ragd_value *loader_meta(struct loader_rig *rig, const char *key)
{
    struct ragd_kvs meta = loader_doc(rig)->meta;
    for (size_t i = 0; i < meta.n; i++) {
        if (meta.p[i].key.n == strlen(key) &&
            memcmp(meta.p[i].key.p, key, strlen(key)) == 0) {
            return &meta.p[i].val;
        }
    }
    return NULL;
}

struct ragd_str loader_block(struct loader_rig *rig, size_t i)
{
    const struct ragd_doc *doc = loader_doc(rig);
    assert_true(i < doc->n_blocks);
    return (struct ragd_str){doc->text.p + doc->blocks[i].off, doc->blocks[i].len};
}

static bool on_edge(struct ragd_str text, uint64_t at)
{
    return at == text.n || (text.p[at] & 0xc0) != 0x80;
}

void loader_check_blocks(struct loader_rig *rig)
{
    const struct ragd_doc *doc = loader_doc(rig);
    uint64_t before = 0;
    for (size_t i = 0; i < doc->n_blocks; i++) {
        const struct ragd_block *b = &doc->blocks[i];
        assert_true(b->off >= before && b->len > 0);
        assert_true(b->off <= doc->text.n && b->len <= doc->text.n - b->off);
        assert_true(on_edge(doc->text, b->off) && on_edge(doc->text, b->off + b->len));
        before = b->off;
    }
}
