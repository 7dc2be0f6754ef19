/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A loader that gives n documents, and misbehaves when told. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "puppet.h"

static ragd_status emit(struct ragd_call *call, const struct ragd_doc_sink *sink,
                        const struct ragd_doc *doc)
{
    return sink->emit(call, doc);
}

/* One wrong document. */
static ragd_status misbehave(const struct puppet *p, struct ragd_call *call,
                             const struct ragd_doc_sink *sink)
{
    struct ragd_block block = {.kind = RAGD_BLOCK_PARAGRAPH, .off = 0, .len = 1};
    struct ragd_block two[] = {{.off = 1, .len = 2}, {.off = 0, .len = 1}};
    struct ragd_value inner = {.type = RAGD_V_LIST};
    struct ragd_kv meta = {ragd_cs("key"), {RAGD_V_REAL, 0, {.d = 1.0}}};
    struct ragd_doc doc = {.struct_size = sizeof(doc),
                           .text = ragd_cs("t\xc3\xa9xt"),
                           .meta = {&meta, 1}};
    if (acts(p, "utf8")) {
        doc.text = (struct ragd_str){"caf\xe9", 4};
    } else if (acts(p, "block_outside")) {
        block.len = 100;
    } else if (acts(p, "block_wraps")) {
        block.off = 1;
        block.len = UINT64_MAX;
    } else if (acts(p, "block_middle")) {
        block.off = 2;
    } else if (acts(p, "nan")) {
        meta.val.u.d = NAN;
    } else if (acts(p, "empty_key")) {
        meta.key.n = 0;
    } else if (acts(p, "nested")) {
        meta.val = (struct ragd_value){RAGD_V_LIST, 0, {.list = {&inner, 1}}};
    } else if (acts(p, "short_struct")) {
        doc.struct_size = 8;
    } else if (acts(p, "null_text")) {
        doc.text = (struct ragd_str){NULL, 7};
    }
    doc.blocks = &block;
    doc.n_blocks = 1;
    if (acts(p, "block_order")) {
        doc.blocks = two;
        doc.n_blocks = 2;
    }
    return emit(call, sink, &doc);
}

static ragd_status give(const struct puppet *p, struct ragd_call *call,
                        const struct ragd_input *input, const struct ragd_doc_sink *sink)
{
    ragd_status rc = RAGD_OK;
    for (int64_t i = 0; i < p->n && rc == RAGD_OK; i++) {
        char key[32];
        snprintf(key, sizeof(key), "part/%d", acts(p, "same_key") ? 0 : (int)i);
        struct ragd_doc doc = {.struct_size = sizeof(doc),
                               .key = ragd_cs(key),
                               .title = input->name,
                               .text = {input->map.p, input->map.n},
                               .meta = input->options};
        rc = emit(call, sink, &doc);
    }
    return rc;
}

/* n files, each with the content of the whole. */
static ragd_status give_files(const struct puppet *p, struct ragd_call *call,
                              const struct ragd_input *input,
                              const struct ragd_doc_sink *sink)
{
    ragd_status rc = RAGD_OK;
    for (int64_t i = 0; i < p->n && rc == RAGD_OK; i++) {
        char name[32];
        snprintf(name, sizeof(name), "file/%d", acts(p, "same_file") ? 0 : (int)i);
        struct ragd_str as = ragd_cs(acts(p, "unnamed_file") ? "" : name);
        rc = sink->child(call, as, ragd_cs("text/plain"), input->map);
    }
    return rc;
}

static ragd_status load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                        const struct ragd_doc_sink *sink)
{
    const struct puppet *p = inst;
    if (acts(p, "child")) {
        return sink->child(call, ragd_cs("a"), ragd_cs("b"), (struct ragd_bytes){"c", 1});
    }
    if (acts(p, "files") || acts(p, "same_file") || acts(p, "unnamed_file")) {
        return give_files(p, call, input, sink);
    }
    if (acts(p, "cancel")) {
        return RAGD_E_CANCELLED; /* nobody asked for it */
    }
    if (acts(p, "partial")) {
        return RAGD_PARTIAL;
    }
    if (acts(p, "right") || acts(p, "same_key")) {
        return give(p, call, input, sink);
    }
    misbehave(p, call, sink); /* and hides what the sink says to it */
    return RAGD_OK;
}

static int32_t probe(struct ragd_str name, struct ragd_str mime, struct ragd_bytes head)
{
    (void)mime;
    if (head.n == 4 && memcmp(head.p, "hang", 4) == 0) {
        nanosleep(&(struct timespec){0, 500000000}, NULL);
    }
    return name.n > 7 && memcmp(name.p + name.n - 7, ".puppet", 7) == 0 ? 1000 : 0;
}

static const struct ragd_option size = {.struct_size = sizeof(size),
                                        .type = RAGD_OPT_SIZE,
                                        .name = "size",
                                        .doc = "A size.",
                                        .def = "4KiB",
                                        .min = 1,
                                        .max = 1 << 20};
static const struct ragd_option names = {.struct_size = sizeof(names),
                                         .name = "names",
                                         .type = RAGD_OPT_STRLIST,
                                         .doc = "Names.",
                                         .def = "a,b"};
static const struct ragd_option *const load_options[] = {&size, &names, NULL};
static const char *const nothing[] = {NULL};

PUPPET_LIFE(RAGD_EXEC_BLOCKING, RAGD_CONC_INSTANCE, .max_inflight = 0);

static const struct ragd_loader table = {.struct_size = sizeof(table),
                                         .life = &life,
                                         .mimes = nothing,
                                         .suffixes = nothing,
                                         .load_options = load_options,
                                         .probe = probe,
                                         .load = load};

static const void *iface(const char *id)
{
    return strcmp(id, RAGD_IF_LOADER) == 0 ? &table : NULL;
}

static const char *const needs[] = {RAGD_SVC_CONFIG, NULL};
PUPPET("puppet-loader", iface, needs)
