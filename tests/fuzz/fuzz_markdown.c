/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* loader_markdown on any bytes. The first byte chooses the options. */
#include <stdlib.h>

#include "sdk/testing/fake_host.h"
#include "sdk/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool on_edge(struct ragd_str text, uint64_t at)
{
    return at == text.n || (text.p[at] & 0xc0) != 0x80;
}

/* What the daemon demands of a document. */
static void check(const struct ragd_doc *doc)
{
    uint64_t before = 0;
    demand(text_utf8_valid(doc->text.p, doc->text.n));
    demand(text_utf8_valid(doc->title.p, doc->title.n));
    for (size_t i = 0; i < doc->n_blocks; i++) {
        const struct ragd_block *b = &doc->blocks[i];
        demand(b->off >= before && b->off <= doc->text.n && b->len <= doc->text.n - b->off);
        demand(on_edge(doc->text, b->off) && on_edge(doc->text, b->off + b->len));
        before = b->off;
    }
    for (size_t i = 0; i < doc->meta.n; i++) {
        demand(doc->meta.p[i].key.n > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const matters[] = {"metadata", "text", "drop"};
    static struct fake_host *host;
    static struct fake_instance it;
    if (n == 0) {
        return 0;
    }
    if (!host) {
        host = fake_host_create(ragd_plugin_entry_v0);
        demand(host && fake_instance_create(host, RAGD_IF_LOADER, &it) == RAGD_OK);
    }
    const char *text = data[0] & 1 ? "source" : "plain";
    struct ragd_kv options[] = {
        {ragd_cs("text"), {RAGD_V_STR, 0, {.s = ragd_cs(text)}}},
        {ragd_cs("front_matter"),
         {RAGD_V_STR, 0, {.s = ragd_cs(matters[(data[0] >> 1) % 3])}}}};
    struct fake_input in;
    const struct ragd_loader *loader = it.table;
    struct ragd_call *call = fake_call_create(host);
    fake_input_init(&in, "a.md", "", (struct ragd_bytes){data + 1, n - 1}, true);
    in.input.options = (struct ragd_kvs){options, 2};
    ragd_status rc = loader->load(it.inst, call, &in.input, &fake_doc_sink);
    demand(rc == RAGD_OK || rc == RAGD_E_BAD_INPUT || rc == RAGD_E_LIMIT);
    if (rc == RAGD_OK) {
        demand(fake_call_results(call)->n_docs == 1);
        check(fake_call_results(call)->docs);
    }
    fake_call_destroy(call);
    return 0;
}
