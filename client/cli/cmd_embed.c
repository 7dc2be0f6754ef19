/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag embed: the vectors of texts. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "pool.h"
#include "rpc.h"
#include "show.h"
#include "text.h"

#include "ragd/v1/query.pb-c.h"

static struct {
    const char *embedder;
    bool query;
} given;

static const struct option OPTIONS[] = {
    {OPTION_STRING, 0, "embedder", &given.embedder, "NAME",
     "INSTANCE or INSTANCE:MODEL (default: the collection's)", NULL},
    {OPTION_FLAG, 0, "query", &given.query, NULL, "Embed as questions, not as documents",
     NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

/* Empty lines count, so that a text's number, in a refusal too, is its line's. */
static void read_lines(struct strings *texts)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) >= 0) {
        line[strcspn(line, "\r\n")] = '\0';
        strings_add(texts, pool_strdup(line));
    }
    free(line);
}

static void begin_json(struct cli *cli, const Ragd__V1__EmbedReply *reply)
{
    struct emit *emit = &cli->emit;
    emit_object(emit);
    emit_put(emit, "embedder", reply->embedder);
    emit_put(emit, "model", reply->model);
    emit_put_uint(emit, "dim", reply->dim);
    emit_put_some(emit, "space", reply->space);
    emit_key(emit, "embeddings");
    emit_array(emit);
}

static void show_line(const Ragd__V1__Embedding *embedding)
{
    for (size_t i = 0; i < embedding->n_vector; i++) {
        char text[TEXT_REAL_BYTES];
        text_float(text, embedding->vector[i]);
        printf("%s%s", i ? " " : "", text);
    }
    putchar('\n');
}

/* On a terminal a vector is a line that fits. */
static void show_short(const struct cli *cli, const Ragd__V1__Embedding *embedding)
{
    size_t used = 0;
    for (size_t i = 0; i < embedding->n_vector; i++) {
        char number[32];
        int n = snprintf(number, sizeof(number), "%s%.4f", i ? "  " : "",
                         (double)embedding->vector[i]);
        if (used + (size_t)n + 3 > cli->columns) {
            fputs("  \xE2\x80\xA6", stdout);
            break;
        }
        fputs(number, stdout);
        used += (size_t)n;
    }
    putchar('\n');
}

struct embedding_list {
    struct cli *cli;
    bool begun;
    uint64_t tokens;
};

static void take(struct embedding_list *list, const Ragd__V1__EmbedReply *reply)
{
    struct cli *cli = list->cli;
    if (!list->begun && wants_json(cli)) {
        begin_json(cli, reply);
    } else if (!list->begun && cli->format == FORMAT_TABLE) {
        note(cli, "%s:%s, %s", reply->embedder, reply->model,
             plural(reply->dim, "dimension"));
    }
    list->begun = true;
    for (size_t i = 0; i < reply->n_embeddings; i++) {
        const Ragd__V1__Embedding *embedding = reply->embeddings[i];
        list->tokens += embedding->tokens;
        if (wants_json(cli)) {
            show_vector(&cli->emit, embedding->vector, embedding->n_vector);
        } else if (cli->format == FORMAT_TABLE) {
            show_short(cli, embedding);
        } else {
            show_line(embedding);
        }
    }
}

static void finish(struct embedding_list *list)
{
    if (wants_json(list->cli) && list->begun) {
        struct emit *emit = &list->cli->emit;
        emit_end(emit);
        if (list->tokens) {
            emit_put_uint(emit, "tokens", list->tokens);
        }
        emit_end(emit);
        emit_done(emit);
    }
}

static int embed(struct cli *cli, struct rpc *rpc, const Ragd__V1__EmbedRequest *request)
{
    struct embedding_list list = {.cli = cli};
    struct stream stream;
    Ragd__V1__EmbedReply *reply;
    int rc = stream_open(&stream, rpc, "ragd.v1.Query/Embed", &request->base,
                         &ragd__v1__embed_reply__descriptor, false);
    if (rc) {
        return rc;
    }
    int got;
    while ((got = stream_next(&stream, -1, &reply)) == STREAM_MESSAGE) {
        take(&list, reply);
    }
    if (got < 0) {
        emit_abort(&cli->emit);
        rc = stream_fail(&stream);
    } else {
        finish(&list);
    }
    stream_close(&stream);
    return rc;
}

static int run_embed(struct cli *cli)
{
    Ragd__V1__EmbedRequest request = RAGD__V1__EMBED_REQUEST__INIT;
    struct strings texts = {0};
    for (size_t i = 0; i < cli->n_args; i++) {
        if (strcmp(cli->args[i], "-") == 0) {
            read_lines(&texts);
        } else {
            strings_add(&texts, cli->args[i]);
        }
    }
    for (size_t i = 0; i < texts.n; i++) {
        int wrong = check_utf8(cli, pool_printf("text %zu", i + 1), texts.items[i]);
        if (wrong) {
            return wrong;
        }
    }
    request.collection = (char *)(given.embedder ? "" : cli_collection(cli));
    request.embedder = (char *)(given.embedder ? given.embedder : "");
    request.texts = (char **)texts.items;
    request.n_texts = texts.n;
    request.query = given.query;
    struct rpc rpc;
    int rc = rpc_open(&rpc, cli, true);
    rc = rc ? rc : embed(cli, &rpc, &request);
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_EMBED = {
    .name = "embed",
    .summary = "Vectors of texts, with the model's name",
    .usage = "[options] TEXT... | -",
    .group = GROUP_LOOK,
    .args_min = 1,
    .args_max = ARGS_ANY,
    .examples = {"embed \"night sky\" --json", "embed --embedder hash - < lines.txt"},
    .options = OPTIONS,
    .run = run_embed,
};
