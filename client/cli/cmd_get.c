/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag get: a document or a chunk by its id. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "document_id.h"
#include "document_list.h"
#include "fail.h"
#include "pool.h"
#include "rpc.h"
#include "show.h"
#include "text.h"
#include "wrap.h"

enum { PARTS_SHOWN = 10 };

static struct {
    bool meta, vector;
} given;

static const struct option OPTIONS[] = {
    {OPTION_FLAG, 0, "meta", &given.meta, NULL, "Only the metadata, not the text", NULL},
    {OPTION_FLAG, 0, "vector", &given.vector, NULL,
     "Also a chunk's vector; only with --json", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

/* What came of one id. */
struct got {
    Ragd__V1__DocumentsGetReply *first; /* owned */
    char *text;                         /* of a document, collected */
    size_t text_bytes;
    FILE *collect;
};

static void show_json(struct cli *cli, const struct got *got)
{
    struct emit *emit = &cli->emit;
    if (got->first->chunk) {
        show_chunk(emit, got->first->chunk);
        emit_done(emit);
        return;
    }
    const Ragd__V1__Document *document = got->first->document;
    emit_object(emit);
    emit_put(emit, "document", document->id);
    emit_put(emit, "source", document->source);
    emit_put_some(emit, "title", document->title);
    emit_put_some(emit, "mime", document->mime);
    emit_put_some(emit, "language", document->language);
    if (!given.meta) {
        emit_key(emit, "text");
        emit_string_n(emit, got->text, got->text_bytes);
    }
    show_metadata(emit, document->metadata, document->n_metadata);
    emit_put_uint(emit, "chunks", document->chunks);
    emit_put_uint(emit, "bytes", document->bytes);
    emit_put(emit, "added_at", rfc3339(document->added_ms));
    emit_end(emit);
    emit_done(emit);
}

static void show_text(const struct cli *cli, const char *text, size_t n)
{
    if (cli->tty_out) {
        wrap_text(stdout, cli->columns, 0, text_safe(text, n));
    } else {
        fwrite(text, 1, n, stdout);
    }
}

static void show_entries(const struct cli *cli, Ragd__V1__Entry *const *entries, size_t n)
{
    struct field *fields = pool_alloc(n * sizeof(*fields));
    for (size_t i = 0; i < n; i++) {
        fields[i] = (struct field){entries[i]->key, value_text(entries[i]->value)};
    }
    show_fields(cli, fields, n);
}

static void show_document_fields(const struct cli *cli, const Ragd__V1__Document *document)
{
    const struct field fields[] = {
        {"document", document_cell(cli, document->id)},
        {"source", strcmp(document->id, document->source)
                       ? document_cell(cli, document->source)
                       : ""},
        {"title", document->title},
        {"type", document->mime},
        {"language", document->language},
        {"chunks", cell_uint(document->chunks)},
        {"size", cell_bytes(cli, document->bytes)},
        {"added", cell_time(cli, document->added_ms)},
    };
    show_fields(cli, fields, sizeof(fields) / sizeof(fields[0]));
    show_entries(cli, document->metadata, document->n_metadata);
}

static void show_chunk_fields(const struct cli *cli, const Ragd__V1__Chunk *chunk)
{
    const struct field fields[] = {
        {"chunk", document_cell(cli, chunk->id)},
        {"document", document_cell(cli, chunk->document)},
        {"characters",
         chunk->document[0]
             ? pool_printf("%llu\xE2\x80\x93%llu", (unsigned long long)chunk->start_index,
                           (unsigned long long)chunk->end_index)
             : ""},
        {"line", chunk->line ? cell_uint(chunk->line) : ""},
        {"page", chunk->page ? cell_uint(chunk->page) : ""},
    };
    show_fields(cli, fields, sizeof(fields) / sizeof(fields[0]));
    show_entries(cli, chunk->metadata, chunk->n_metadata);
}

static void show(struct cli *cli, const struct got *got)
{
    const Ragd__V1__Chunk *chunk = got->first->chunk;
    const Ragd__V1__Document *document = got->first->document;
    if (wants_json(cli)) {
        show_json(cli, got);
    } else if (cli->format == FORMAT_IDS) {
        puts(chunk ? chunk->id : document->id);
    } else if (given.meta && chunk) {
        show_chunk_fields(cli, chunk);
    } else if (given.meta) {
        show_document_fields(cli, document);
    } else if (chunk) {
        show_text(cli, chunk->text, strlen(chunk->text));
    } else {
        show_text(cli, got->text, got->text_bytes);
    }
}

static void take(struct got *got, struct stream *stream, Ragd__V1__DocumentsGetReply *reply)
{
    if (!got->first && (reply->chunk || reply->document)) {
        got->first = reply;
        stream->current = NULL;
        if (reply->document) {
            fputs(reply->document->text, got->collect);
        }
    }
    fputs(reply->more_text, got->collect);
}

/* The documents of a source that is none itself. */
struct parts {
    const char *source;
    const char *ids; /* of the first PARTS_SHOWN, a line for each */
    uint64_t n;
};

/* False behind the last one: their ids begin with that of the source. */
static bool take_parts(void *data, const Ragd__V1__DocumentsListReply *reply)
{
    struct parts *parts = data;
    for (size_t i = 0; i < reply->n_documents; i++) {
        const Ragd__V1__Document *document = reply->documents[i];
        if (strncmp(document->id, parts->source, strlen(parts->source)) != 0) {
            return false;
        }
        if (strcmp(document->source, parts->source) == 0 && parts->n++ < PARTS_SHOWN) {
            parts->ids = pool_printf("%s\nrag get '%s'", parts->ids, document->id);
        }
    }
    return true;
}

/* Nothing has the id; the documents are listed when it is the source of some. */
static int fail_get(struct cli *cli, struct rpc *rpc, const char *id,
                    const struct stream *stream)
{
    struct parts parts = {.source = id, .ids = ""};
    struct document_list list = {.collection = cli_collection(cli),
                                 .after = id,
                                 .on_reply = take_parts,
                                 .data = &parts};
    if (strcmp(stream->error.code, "no_such_document") != 0) {
        return stream_fail(stream);
    }
    int rc = document_list_read(rpc, &list);
    if (rc || parts.n == 0) {
        return rc ? rc : stream_fail(stream);
    }
    struct failure failure = failure_of_call(&stream->error);
    failure.message = pool_printf("'%s' is a source of %s", document_shown(cli, id),
                                  plural(parts.n, "document"));
    failure.why = "get shows one document";
    failure.hint = pool_printf("%s%s", parts.ids + 1,
                               parts.n > PARTS_SHOWN ? "\n\xE2\x80\xA6" : "");
    return fail(cli, &failure);
}

static int get(struct cli *cli, struct rpc *rpc, const char *id)
{
    Ragd__V1__DocumentsGetRequest request = RAGD__V1__DOCUMENTS_GET_REQUEST__INIT;
    Ragd__V1__Include include = RAGD__V1__INCLUDE__INIT;
    request.collection = (char *)cli_collection(cli);
    request.id = (char *)id;
    request.include = &include;
    include.metadata = true;
    include.text = !given.meta || wants_json(cli);
    include.vector = given.vector;
    struct stream stream;
    int rc = stream_open(&stream, rpc, "ragd.v1.Documents/Get", &request.base,
                         &ragd__v1__documents_get_reply__descriptor, false);
    if (rc) {
        return rc;
    }
    struct got got = {0};
    got.collect = open_memstream(&got.text, &got.text_bytes);
    Ragd__V1__DocumentsGetReply *reply;
    int state;
    while ((state = stream_next(&stream, -1, &reply)) == STREAM_MESSAGE) {
        take(&got, &stream, reply);
    }
    fclose(got.collect);
    if (state < 0) {
        rc = fail_get(cli, rpc, id, &stream);
    } else if (got.first) {
        show(cli, &got);
    }
    if (got.first) {
        ragd__v1__documents_get_reply__free_unpacked(got.first, NULL);
    }
    free(got.text);
    stream_close(&stream);
    return rc;
}

static int run_get(struct cli *cli)
{
    struct rpc rpc = {0};
    if (given.vector && !wants_json(cli)) {
        return fail_usage(cli, "--vector is for JSON: rag get --vector --json ID");
    }
    const char *id = document_id(cli, cli->args[0]);
    int rc = check_utf8(cli, "the id", id);
    rc = rc ? rc : rpc_open(&rpc, cli, true);
    rc = rc ? rc : get(cli, &rpc, id);
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_GET = {
    .name = "get",
    .summary = "Show a document or chunk by id",
    .usage = "[options] ID",
    .text =
        "ID is a document's id, a chunk's (ID#0), or the name of a file that was added.",
    .group = GROUP_LOOK,
    .operand = OPERAND_FILE,
    .args_min = 1,
    .args_max = 1,
    .examples = {"get notes.md", "get --meta file:///home/me/notes.md",
                 "get 'file:///home/me/notes.md#3' --json"},
    .options = OPTIONS,
    .run = run_get,
};
