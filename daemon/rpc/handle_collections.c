/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Collections, but for Export and Import (handle_export.c, handle_import.c). */
#include "rag/collections.h"
#include "ragd/v1/collections.pb-c.h"
#include "rpc/convert_in.h"
#include "rpc/convert_out.h"
#include "rpc/handle.h"
#include "rpc/op.h"
#include "wire/values.h"

static void end_with_info(struct operation *op, const struct collection_info *info)
{
    struct arena arena;
    arena_init(&arena, 0);
    Ragd__V1__CollectionInfo *reply = collection_to_wire(&arena, info);
    if (!reply) {
        op_out_of_memory(op);
    }
    op_end(op, reply ? &reply->base : NULL, &arena);
}

static void on_created(struct operation *op)
{
    if (!op_failed(op)) {
        end_with_info(op, &((struct collection_create *)op)->info);
    }
}

void handle_collections_create(struct request *request)
{
    struct err err = {0};
    struct collection_create *create = op_create(request, sizeof(*create), on_created);
    if (!create) {
        return;
    }
    if (settings_in(&request->arena, (const Ragd__V1__CollectionSettings *)request->message,
                    &create->settings, &err) != 0) {
        op_reject(request, &err);
        return;
    }
    collection_create_start(create);
}

static void on_verb_done(struct operation *op)
{
    if (!op_failed(op)) {
        end_with_info(op, &((struct collection_verb_op *)op)->info);
    }
}

static void start_verb(struct request *request, enum collection_verb verb, const char *name,
                       const char *new_name)
{
    struct collection_verb_op *req = op_create(request, sizeof(*req), on_verb_done);
    if (req) {
        req->verb = verb;
        req->name = ragd_cs(name);
        req->new_name = ragd_cs(new_name);
        collection_verb_start(req);
    }
}

void handle_collections_describe(struct request *request)
{
    const Ragd__V1__CollectionRequest *in =
        (const Ragd__V1__CollectionRequest *)request->message;
    start_verb(request, COLLECTION_DESCRIBE, in->name, "");
}

void handle_collections_remove(struct request *request)
{
    const Ragd__V1__CollectionRequest *in =
        (const Ragd__V1__CollectionRequest *)request->message;
    start_verb(request, COLLECTION_REMOVE, in->name, "");
}

void handle_collections_rename(struct request *request)
{
    const Ragd__V1__CollectionRenameRequest *in =
        (const Ragd__V1__CollectionRenameRequest *)request->message;
    start_verb(request, COLLECTION_RENAME, in->name, in->new_name);
}

static void on_listed(struct operation *op)
{
    const struct collection_list *list = (const struct collection_list *)op;
    Ragd__V1__CollectionsListReply reply = RAGD__V1__COLLECTIONS_LIST_REPLY__INIT;
    struct arena arena;
    if (op_failed(op)) {
        return;
    }
    arena_init(&arena, 0);
    reply.collections = arena_calloc(&arena, list->n, sizeof(Ragd__V1__CollectionInfo *));
    for (size_t i = 0; reply.collections && i < list->n; i++) {
        reply.collections[i] = collection_to_wire(&arena, &list->infos[i]);
        if (!reply.collections[i]) {
            reply.collections = NULL;
        }
    }
    reply.n_collections = list->n;
    if (list->incomplete.id) {
        reply.incomplete = error_out(&arena, &list->incomplete);
        reply.collections = reply.incomplete ? reply.collections : NULL;
    }
    if (!reply.collections) {
        op_out_of_memory(op);
    }
    op_end(op, reply.collections ? &reply.base : NULL, &arena);
}

void handle_collections_list(struct request *request)
{
    struct collection_list *list = op_create(request, sizeof(*list), on_listed);
    if (list) {
        collection_list_start(list);
    }
}
