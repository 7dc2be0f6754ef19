/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag ls: collections, or the documents or chunks of one. */
#include "commands.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collection.h"
#include "document_id.h"
#include "fail.h"
#include "filter.h"
#include "pool.h"
#include "rpc.h"
#include "show.h"
#include "table.h"

#include "ragd/v1/documents.pb-c.h"

static struct {
    bool chunks, failed;
    uint64_t limit;
    const char *after;
} given;

static const struct option OPTIONS[] = {
    {OPTION_FLAG, 0, "chunks", &given.chunks, NULL, "List chunks instead of documents",
     NULL},
    {OPTION_FLAG, 0, "failed", &given.failed, NULL,
     "List sources that are refused because they failed before (rag add --retry)", NULL},
    {OPTION_COUNT, 0, "limit", &given.limit, "N", "At most N of them", NULL},
    {OPTION_STRING, 0, "after", &given.after, "CURSOR",
     "Go on where an earlier list ended (its \"next\")", NULL},
    OPTION_SUB((void *)FILTER_OPTIONS),
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static const struct column DOCUMENT_COLUMNS[] = {
    {"DOCUMENT", false, false, TAIL_WHOLE},
    {"TITLE", false, true, 0},
    {"CHUNKS", true, false, 0},
    {"BYTES", true, false, 0},
    {"ADDED", true, false, 0},
};

static const struct column CHUNK_COLUMNS[] = {
    {"CHUNK", false, false, TAIL_SHARE},
    {"OFFSET", true, false, 0},
    {"CHARS", true, false, 0},
    {"TEXT", false, true, 0},
};

static const struct column FAILED_COLUMNS[] = {
    {"SOURCE", false, true, TAIL_SHARE},
    {"REASON", false, true, 0},
    {"TRIES", true, false, 0},
    {"FAILED", true, false, 0},
};

struct list {
    struct cli *cli;
    struct table table;
    uint64_t n;
    const char *next;
};

static void show_document(struct emit *emit, const Ragd__V1__Document *document)
{
    emit_object(emit);
    emit_put(emit, "document", document->id);
    emit_put(emit, "source", document->source);
    emit_put_some(emit, "title", document->title);
    emit_put_uint(emit, "chunks", document->chunks);
    if (document->bytes) {
        emit_put_uint(emit, "bytes", document->bytes);
    }
    emit_put(emit, "added_at", rfc3339(document->added_ms));
    show_metadata(emit, document->metadata, document->n_metadata);
    emit_end(emit);
}

/* Cells live until the row is printed; in a pipe that is at once. */
static void row_document(struct list *list, const Ragd__V1__Document *document)
{
    const char *cells[] = {document_cell(list->cli, document->id), document->title,
                           cell_uint(document->chunks),
                           document->bytes ? cell_bytes(list->cli, document->bytes) : "",
                           cell_time(list->cli, document->added_ms)};
    table_row(&list->table, cells);
}

static void row_chunk(struct list *list, const Ragd__V1__Chunk *chunk)
{
    bool span = chunk->document[0] != '\0';
    char offset[24], chars[24];
    snprintf(offset, sizeof(offset), "%llu", (unsigned long long)chunk->start_index);
    snprintf(chars, sizeof(chars), "%llu",
             (unsigned long long)(chunk->end_index - chunk->start_index));
    const char *cells[] = {document_cell(list->cli, chunk->id), span ? offset : "",
                           span ? chars : "", chunk->text};
    table_row(&list->table, cells);
}

static void on_documents(struct list *list, const Ragd__V1__DocumentsListReply *reply)
{
    bool json = wants_json(list->cli), lines = list->cli->format == FORMAT_NDJSON;
    struct emit *emit = &list->cli->emit;
    for (size_t i = 0; i < reply->n_documents; i++) {
        if (json) {
            show_document(emit, reply->documents[i]);
        } else {
            row_document(list, reply->documents[i]);
        }
        if (lines) {
            emit_done(emit);
        }
    }
}

static void on_chunks(struct list *list, const Ragd__V1__DocumentsListReply *reply)
{
    bool json = wants_json(list->cli), lines = list->cli->format == FORMAT_NDJSON;
    struct emit *emit = &list->cli->emit;
    for (size_t i = 0; i < reply->n_chunks; i++) {
        if (json) {
            show_chunk(emit, reply->chunks[i]);
        } else {
            row_chunk(list, reply->chunks[i]);
        }
        if (lines) {
            emit_done(emit);
        }
    }
}

static void show_failed(struct emit *emit, const Ragd__V1__FailedSource *failed)
{
    emit_object(emit);
    emit_put(emit, "source", failed->source);
    if (failed->error) {
        show_error(emit, "error", failed->error);
    }
    emit_put(emit, "loader", failed->loader);
    emit_put(emit, "loader_version", failed->loader_version);
    emit_put_uint(emit, "tries", failed->tries);
    emit_put(emit, "failed_at", rfc3339(failed->failed_ms));
    emit_end(emit);
}

static void row_failed(struct list *list, const Ragd__V1__FailedSource *failed)
{
    const char *cells[] = {document_cell(list->cli, failed->source),
                           failed->error ? failed->error->message : "",
                           cell_uint(failed->tries),
                           cell_time(list->cli, failed->failed_ms)};
    table_row(&list->table, cells);
}

static void on_failed(struct list *list, const Ragd__V1__DocumentsListReply *reply)
{
    bool json = wants_json(list->cli), lines = list->cli->format == FORMAT_NDJSON;
    for (size_t i = 0; i < reply->n_failed; i++) {
        if (json) {
            show_failed(&list->cli->emit, reply->failed[i]);
        } else {
            row_failed(list, reply->failed[i]);
        }
        if (lines) {
            emit_done(&list->cli->emit);
        }
    }
}

/* What is listed, in the plural: also a key of JSON. */
static const char *subject(void)
{
    return given.failed ? "failed" : given.chunks ? "chunks" : "documents";
}

static void begin(struct list *list)
{
    struct emit *emit = &list->cli->emit;
    if (list->cli->format == FORMAT_JSON) {
        emit_object(emit);
        emit_put(emit, "collection", cli_collection(list->cli));
        emit_key(emit, subject());
        emit_array(emit);
    } else if (given.failed) {
        table_init(&list->table, list->cli, FAILED_COLUMNS, 4);
    } else if (given.chunks) {
        table_init(&list->table, list->cli, CHUNK_COLUMNS, 4);
    } else {
        table_init(&list->table, list->cli, DOCUMENT_COLUMNS, 5);
    }
}

static void finish(struct list *list)
{
    struct emit *emit = &list->cli->emit;
    if (list->cli->format == FORMAT_JSON) {
        emit_end(emit);
        emit_put_some(emit, "next", list->next);
        emit_end(emit);
        emit_done(emit);
    } else if (list->cli->format != FORMAT_NDJSON) {
        table_done(&list->table);
    }
    if (list->n == 0 && !wants_json(list->cli)) {
        const char *name = cli_collection(list->cli);
        const char *more = given.after ? "'"
                           : given.chunks || given.failed
                               ? ""
                               : "; --chunks lists records without a document, too";
        note(list->cli, "no %s in %s%s%s%s", given.failed ? "failed sources" : subject(),
             name, given.after ? " after '" : "", given.after ? given.after : "", more);
    } else if (list->next && list->cli->format == FORMAT_TABLE) {
        note(list->cli, "more: --after '%s'", list->next);
    }
}

/* What to do with the name of a file, or with what is written like one. */
static void explain_path(struct failure *failure, const char *name)
{
    struct stat st;
    bool directory = stat(name, &st) == 0 && S_ISDIR(st.st_mode);
    failure->why = "rag ls lists collections, or the documents of one";
    failure->hint = directory ? "rag ls -c default lists the documents of the usual one"
                              : pool_printf("rag get %s", name);
}

static int fail_list(const struct list *list, const struct stream *stream)
{
    const char *name = cli_collection(list->cli);
    struct failure failure = failure_of_call(&stream->error);
    if (strcmp(stream->error.code, "no_such_collection") == 0 && access(name, F_OK) == 0) {
        explain_path(&failure, name);
    }
    return fail(list->cli, &failure);
}

static int read_all(struct list *list, struct stream *stream)
{
    Ragd__V1__DocumentsListReply *reply;
    int got = stream_next(stream, -1, &reply);
    if (got < 0) {
        return fail_list(list, stream);
    }
    begin(list);
    for (; got == STREAM_MESSAGE; got = stream_next(stream, -1, &reply)) {
        struct pool_mark mark = pool_mark();
        list->n += reply->n_documents + reply->n_chunks + reply->n_failed;
        on_failed(list, reply);
        on_documents(list, reply);
        on_chunks(list, reply);
        if (list->cli->format != FORMAT_TABLE) {
            pool_rewind(mark); /* a table keeps its cells */
        }
        if (reply->next[0]) {
            list->next = pool_strdup(reply->next);
        }
    }
    if (got < 0) {
        emit_abort(&list->cli->emit);
        return stream_fail(stream);
    }
    finish(list);
    return EXIT_DONE;
}

static int list_documents(struct cli *cli, struct rpc *rpc,
                          const Ragd__V1__DocumentsListRequest *request)
{
    struct list list = {.cli = cli};
    struct stream stream;
    int rc = stream_open(&stream, rpc, "ragd.v1.Documents/List", &request->base,
                         &ragd__v1__documents_list_reply__descriptor, false);
    if (rc == EXIT_DONE) {
        rc = read_all(&list, &stream);
        stream_close(&stream);
    }
    return rc;
}

/* rag ls NAME is rag ls -c NAME. */
static int take_name(struct cli *cli)
{
    if (cli->n_args == 0) {
        return EXIT_DONE;
    }
    const char *name = cli->args[0];
    if (cli->collection_given && strcmp(cli->given.collection, name) != 0) {
        return fail_usage(cli, "rag ls takes one collection: %s or %s?",
                          cli->given.collection, name);
    }
    if (strpbrk(name, "/:")) {
        struct failure failure = {
            .exit = EXIT_USAGE,
            .code = "usage",
            .message = pool_printf("'%s' is no collection", name),
        };
        explain_path(&failure, name);
        return fail(cli, &failure);
    }
    cli->given.collection = name;
    cli->collection_given = true;
    return EXIT_DONE;
}

static int run_ls(struct cli *cli)
{
    int rc = take_name(cli);
    if (rc) {
        return rc;
    }
    Ragd__V1__DocumentsListRequest request = RAGD__V1__DOCUMENTS_LIST_REQUEST__INIT;
    Ragd__V1__Include include = RAGD__V1__INCLUDE__INIT;
    request.collection = (char *)cli_collection(cli);
    request.chunks = given.chunks;
    request.failed = given.failed;
    request.limit = given.limit;
    request.after = (char *)(given.after ? given.after : "");
    request.include = &include;
    include.text = given.chunks && cli->format != FORMAT_IDS;
    include.metadata = wants_json(cli);
    rc = filter_from_options(cli, &request.filter);
    if (rc == EXIT_DONE && request.filter && !given.chunks) {
        rc = fail_usage(cli, "--where and --contains are for --chunks");
    }
    if (rc == EXIT_DONE && given.failed && given.chunks) {
        rc = fail_usage(cli, "--failed and --chunks are two lists");
    }
    bool documents = cli->collection_given || given.chunks || given.failed || given.after;
    struct rpc rpc = {0};
    rc = rc ? rc : rpc_open(&rpc, cli, true);
    if (rc == EXIT_DONE) {
        rc = documents ? list_documents(cli, &rpc, &request)
                       : collection_list(cli, &rpc, given.limit);
    }
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_LS = {
    .name = "ls",
    .summary = "List collections, or documents in one (--chunks, --failed)",
    .usage = "[options] [COLLECTION]",
    .group = GROUP_LOOK,
    .operand = OPERAND_COLLECTION,
    .args_max = 1,
    .examples = {"ls", "ls papers", "ls papers --chunks --limit 20",
                 "ls papers --format ids", "ls papers --failed"},
    .options = OPTIONS,
    .run = run_ls,
};
