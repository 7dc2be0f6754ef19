/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Query/Embed. */
#include "rag/embed.h"
#include "ragd/v1/query.pb-c.h"
#include "rpc/convert_in.h"
#include "rpc/handle.h"
#include "rpc/op.h"
#include "wire/values.h"

static void put_embeddings(struct operation *op, const struct op_batch *batch, size_t from,
                           size_t n)
{
    const struct embed *embed = (const struct embed *)op;
    Ragd__V1__EmbedReply reply = RAGD__V1__EMBED_REPLY__INIT;
    char **names = batch->arg;
    if (from == 0) {
        reply.embedder = names[0];
        reply.model = names[1];
        reply.space = names[2];
        reply.dim = embed->dim;
    }
    reply.n_embeddings = n;
    reply.embeddings = (Ragd__V1__Embedding **)batch->items + from;
    request_send(op_request(op), &reply.base);
}

static int embeddings_out(struct arena *arena, const struct embed *embed,
                          Ragd__V1__Embedding ***out)
{
    Ragd__V1__Embedding *rows = arena_calloc(arena, embed->n, sizeof(*rows));
    Ragd__V1__Embedding **list = arena_calloc(arena, embed->n,
                                              sizeof(Ragd__V1__Embedding *));
    if (!rows || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < embed->n; i++) {
        ragd__v1__embedding__init(&rows[i]);
        rows[i].n_vector = embed->dim;
        rows[i].vector = (float *)embed->rows + i * embed->dim;
        rows[i].tokens = embed->tokens ? embed->tokens[i] : 0;
        list[i] = &rows[i];
    }
    *out = list;
    return 0;
}

static void on_embedded(struct operation *op)
{
    const struct embed *embed = (const struct embed *)op;
    struct arena arena;
    Ragd__V1__Embedding **list;
    if (op_failed(op)) {
        return;
    }
    arena_init(&arena, 0);
    char *names[] = {text_out(&arena, embed->name), text_out(&arena, embed->model),
                     text_out(&arena, embed->space)};
    if (names[0] && names[1] && names[2] && embeddings_out(&arena, embed, &list) == 0) {
        struct op_batch batch = {(const ProtobufCMessage *const *)list, embed->n, true,
                                 put_embeddings, names};
        op_send_batches(op, &batch);
    } else {
        op_out_of_memory(op);
    }
    op_end(op, NULL, &arena);
}

void handle_query_embed(struct request *request)
{
    const Ragd__V1__EmbedRequest *in = (const Ragd__V1__EmbedRequest *)request->message;
    struct err err = {0};
    struct embed *embed = op_create(request, sizeof(*embed), on_embedded);
    if (!embed) {
        return;
    }
    embed->collection = ragd_cs(in->collection);
    embed->embedder = ragd_cs(in->embedder);
    embed->query = in->query != 0;
    embed->n = in->n_texts;
    if (strings_in(&request->arena, (struct strings_in){in->texts, in->n_texts},
                   &embed->texts, &err) != 0) {
        op_reject(request, &err);
        return;
    }
    embed_start(embed);
}
