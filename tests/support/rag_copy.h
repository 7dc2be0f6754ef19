/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Exports kept in memory, and imports that are fed from it. */
#ifndef SUPPORT_RAG_COPY_H
#define SUPPORT_RAG_COPY_H

#include "rag/transfer.h"
#include "rag/verify.h"
#include "support/rag_world.h"

enum { COPY_ITEMS = 32 };

/* An export kept in memory, to be imported again. */
struct copy {
    struct export export;
    struct arena arena;
    struct import_item items[COPY_ITEMS];
    size_t n, headers;
};

struct importer {
    struct import import;
    const struct import_item *items;
    size_t n, at, per_push, started;
    bool no_end;
};

static inline void copy_on_header(struct export *export, const struct collection_info *info)
{
    assert_int_equal(((struct copy *)export)->n, 0);
    assert_str_equal(info->name, "default");
    ((struct copy *)export)->headers++;
}

static inline void copy_on_manifest(struct export *export, const struct manifest *manifest)
{
    struct copy *copy = (struct copy *)export;
    struct buf buf = {0};
    struct manifest *out = arena_alloc(&copy->arena, sizeof(*out));
    assert_int_equal(stored_manifest_encode(manifest, &buf), 0);
    struct ragd_bytes bytes = {buf.p, buf.n};
    assert_int_equal(stored_manifest_decode(bytes, &copy->arena, out, NULL), 0);
    buf_release(&buf);
    copy->items[copy->n++].manifest = out;
}

static inline size_t copy_on_doc(struct export *export, const struct ragd_stored_doc *doc)
{
    struct copy *copy = (struct copy *)export;
    struct ragd_stored_doc *out = arena_alloc(&copy->arena, sizeof(*out));
    *out = *doc;
    out->id = arena_str(&copy->arena, doc->id);
    out->source = arena_str(&copy->arena, doc->source);
    out->title = arena_str(&copy->arena, doc->title);
    out->text = arena_str(&copy->arena, doc->text);
    out->mime = out->lang = ragd_cs("");
    out->meta = (struct ragd_kvs){0};
    copy->items[copy->n++].doc = out;
    return doc->text.n;
}

static inline void copy_on_record(struct export *export, const struct chunk_out *chunk)
{
    struct copy *copy = (struct copy *)export;
    struct ragd_record *out = arena_alloc(&copy->arena, sizeof(*out));
    const struct ragd_record *rec = chunk->rec;
    *out = *rec;
    out->id = arena_str(&copy->arena, rec->id);
    out->doc_id = arena_str(&copy->arena, rec->doc_id);
    out->text = arena_str(&copy->arena, rec->text);
    out->meta = (struct ragd_kvs){0};
    if (rec->span) {
        size_t n = sizeof(*rec->span);
        out->span = memcpy(arena_alloc(&copy->arena, n), rec->span, n);
    }
    if (rec->vec) {
        size_t n = chunk->dim * sizeof(float);
        out->vec = memcpy(arena_alloc(&copy->arena, n), rec->vec, n);
    }
    copy->items[copy->n].vec_dim = chunk->dim;
    copy->items[copy->n++].record = out;
}

static inline int copy_export(struct world *world, struct copy *copy)
{
    copy->export.on_header = copy_on_header;
    copy->export.on_manifest = copy_on_manifest;
    copy->export.on_doc = copy_on_doc;
    copy->export.on_record = copy_on_record;
    world_op(world, &copy->export.op);
    export_start(&copy->export);
    return world_end(world, &copy->export.op);
}

static inline void copy_release(struct copy *copy)
{
    operation_release(&copy->export.op);
    arena_release(&copy->arena);
}

static inline void importer_on_started(struct import *import, struct ragd_str collection,
                                       uint64_t job, bool created)
{
    (void)created;
    assert_true(collection.n > 0 && job > 0);
    ((struct importer *)import)->started++;
}

static inline void importer_on_room(struct import *import)
{
    struct importer *importer = (struct importer *)import;
    size_t left = importer->n - importer->at;
    size_t n = left < importer->per_push ? left : importer->per_push;
    if (n) {
        import_push(import, importer->items + importer->at, n);
        importer->at += n;
    } else if (!importer->no_end) {
        import_end(import);
    }
}

static inline int importer_run(struct world *world, struct importer *importer)
{
    importer->import.on_started = importer_on_started;
    importer->import.on_room = importer_on_room;
    importer->per_push = importer->per_push ? importer->per_push : 2;
    world_op(world, &importer->import.op);
    import_start(&importer->import);
    return world_end(world, &importer->import.op);
}

static inline void copy_on_report(struct verify *verify, const struct verify_report *report)
{
    (void)verify;
    for (size_t i = 0; i < report->n_problems; i++) {
        print_message("%.*s\n", (int)report->problems[i].n, report->problems[i].p);
    }
}

static inline bool world_is_clean(struct world *world)
{
    struct verify verify = {.on_report = copy_on_report};
    world_op(world, &verify.op);
    verify_start(&verify);
    assert_ok(world_end(world, &verify.op), &verify.op.err);
    operation_release(&verify.op);
    return verify.ok;
}

#endif
