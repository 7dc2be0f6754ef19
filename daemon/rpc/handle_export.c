/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Collections/Export: header, manifests, documents, records. */
#include "rag/transfer.h"
#include "ragd/v1/collections.pb-c.h"
#include "rpc/convert_manifest.h"
#include "rpc/convert_out.h"
#include "rpc/handle.h"
#include "rpc/handle_hits.h"
#include "rpc/op.h"

static void send_reply(struct operation *op, Ragd__V1__ExportReply__KindCase kind,
                       void *part)
{
    Ragd__V1__ExportReply reply = RAGD__V1__EXPORT_REPLY__INIT;
    reply.kind_case = kind;
    reply.header = part; /* the members of the union are all pointers */
    if (part) {
        request_send(op_request(op), &reply.base);
    } else {
        op_out_of_memory(op);
    }
    op_throttle(op);
}

static void on_header(struct export *export, const struct collection_info *info)
{
    struct arena arena;
    arena_init(&arena, 0);
    send_reply(&export->op, RAGD__V1__EXPORT_REPLY__KIND_HEADER,
               collection_to_wire(&arena, info));
    arena_release(&arena);
}

static void on_manifest(struct export *export, const struct manifest *manifest)
{
    struct arena arena;
    arena_init(&arena, 0);
    send_reply(&export->op, RAGD__V1__EXPORT_REPLY__KIND_MANIFEST,
               manifest_to_wire(&arena, manifest));
    arena_release(&arena);
}

static void send_more_text(struct operation *op, char *text)
{
    send_reply(op, RAGD__V1__EXPORT_REPLY__KIND_MORE_TEXT, text);
}

static size_t on_doc(struct export *export, const struct ragd_stored_doc *doc)
{
    struct arena arena;
    struct operation *op = &export->op;
    size_t head = text_head_bytes(op, doc->text);
    arena_init(&arena, 0);
    send_reply(op, RAGD__V1__EXPORT_REPLY__KIND_DOCUMENT,
               document_to_wire(&arena, doc, head));
    arena_release(&arena);
    return head;
}

static size_t on_text(struct export *export, struct ragd_str rest)
{
    return send_text_part(&export->op, rest, send_more_text);
}

static void on_record(struct export *export, const struct chunk_out *record)
{
    struct arena arena;
    uint32_t include = RAGD_INCLUDE_TEXT | RAGD_INCLUDE_META | RAGD_INCLUDE_VECTOR;
    arena_init(&arena, 0);
    send_reply(&export->op, RAGD__V1__EXPORT_REPLY__KIND_RECORD,
               chunk_to_wire(&arena, record, include));
    arena_release(&arena);
}

static void on_exported(struct operation *op)
{
    if (!op_failed(op)) {
        op_end(op, NULL, NULL);
    }
}

void handle_collections_export(struct request *request)
{
    struct export *export = op_create(request, sizeof(*export), on_exported);
    if (export) {
        export->collection =
            ragd_cs(((const Ragd__V1__CollectionRequest *)request->message)->name);
        export->on_header = on_header;
        export->on_manifest = on_manifest;
        export->on_doc = on_doc;
        export->on_text = on_text;
        export->on_record = on_record;
        export_start(export);
    }
}
