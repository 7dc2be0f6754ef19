/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * rag collection export: NDJSON. The first line tells the collection's
 * settings, then come a line per source, per document, per record.
 */
#include "commands.h"

#include <string.h>

#include "base64.h"
#include "fail.h"
#include "pool.h"
#include "rpc.h"
#include "show.h"

#include "ragd/v1/collections.pb-c.h"

struct export
{
    struct cli *cli;
    struct emit *emit;
    bool in_document; /* its text may go on */
    uint64_t records;
};

static void put_hex(struct emit *emit, ProtobufCBinaryData bytes)
{
    char *hex = pool_alloc(2 * bytes.len + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        snprintf(hex + 2 * i, 3, "%02x", bytes.data[i]);
    }
    emit_string(emit, hex);
}

static void put_header(struct export *export, const Ragd__V1__CollectionInfo *info)
{
    struct emit *emit = export->emit;
    emit_object(emit);
    emit_put(emit, "type", "collection");
    show_collection(emit, info);
    emit_end(emit);
    emit_done(emit);
}

static void put_manifest_documents(struct emit *emit, const Ragd__V1__Manifest *manifest)
{
    size_t at = 0;
    emit_key(emit, "documents");
    emit_array(emit);
    for (size_t i = 0; i < manifest->n_documents && i < manifest->n_chunk_counts; i++) {
        emit_object(emit);
        emit_put(emit, "document", manifest->documents[i]);
        emit_key(emit, "chunk_sha256");
        emit_array(emit);
        for (uint64_t k = 0; k < manifest->chunk_counts[i]; k++) {
            if (at < manifest->n_chunk_sha256) {
                put_hex(emit, manifest->chunk_sha256[at++]);
            }
        }
        emit_end(emit);
        emit_end(emit);
    }
    emit_end(emit);
}

static void put_manifest(struct export *export, const Ragd__V1__Manifest *manifest)
{
    struct emit *emit = export->emit;
    emit_object(emit);
    emit_put(emit, "type", "source");
    emit_put(emit, "source", manifest->source);
    emit_key(emit, "sha256");
    put_hex(emit, manifest->sha256);
    emit_put_uint(emit, "size", manifest->size);
    emit_put_some(emit, "version", manifest->version);
    emit_put(emit, "loader", manifest->loader);
    emit_put(emit, "loader_version", manifest->loader_version);
    show_loader_options(emit, manifest->loader_options, manifest->n_loader_options);
    if (manifest->splitter) {
        show_splitter(emit, manifest->splitter);
    }
    emit_put_bool(emit, "own_splitter", manifest->own_splitter);
    emit_put_bool(emit, "own_options", manifest->own_options);
    emit_key(emit, "added_ms");
    emit_int(emit, manifest->added_ms);
    show_metadata(emit, manifest->metadata, manifest->n_metadata);
    put_manifest_documents(emit, manifest);
    emit_end(emit);
    emit_done(emit);
}

static void put_blocks(struct emit *emit, const Ragd__V1__Document *document)
{
    emit_key(emit, "blocks");
    emit_array(emit);
    for (size_t i = 0; i < document->n_blocks; i++) {
        show_block(emit, document->blocks[i]);
    }
    emit_end(emit);
}

/* The text stands last: more of it may follow. */
static void open_document(struct export *export, const Ragd__V1__Document *document)
{
    struct emit *emit = export->emit;
    emit_object(emit);
    emit_put(emit, "type", "document");
    emit_put(emit, "id", document->id);
    emit_put(emit, "source", document->source);
    emit_put_some(emit, "title", document->title);
    emit_put_some(emit, "mime", document->mime);
    emit_put_some(emit, "language", document->language);
    emit_put_uint(emit, "chunks", document->chunks);
    emit_key(emit, "added_ms");
    emit_int(emit, document->added_ms);
    show_metadata(emit, document->metadata, document->n_metadata);
    put_blocks(emit, document);
    emit_key(emit, "text");
    emit_text_begin(emit);
    emit_text_add(emit, document->text, strlen(document->text));
    export->in_document = true;
}

static void close_document(struct export *export)
{
    if (export->in_document) {
        export->in_document = false;
        emit_text_end(export->emit);
        emit_end(export->emit);
        emit_done(export->emit);
    }
}

static void put_record(struct export *export, const Ragd__V1__Chunk *record)
{
    struct emit *emit = export->emit;
    emit_object(emit);
    emit_put(emit, "id", record->id);
    emit_put_some(emit, "source", record->source);
    emit_put_some(emit, "document", record->document);
    if (record->document[0]) {
        show_span(emit, record);
    }
    emit_put(emit, "text", record->text);
    if (record->n_vector) {
        emit_put(emit, "embedding", base64_of_floats(record->vector, record->n_vector));
    }
    show_metadata(emit, record->metadata, record->n_metadata);
    emit_end(emit);
    emit_done(emit);
    export->records++;
}

static void on_reply(struct export *export, const Ragd__V1__ExportReply *reply)
{
    if (reply->kind_case == RAGD__V1__EXPORT_REPLY__KIND_MORE_TEXT) {
        if (export->in_document) {
            emit_text_add(export->emit, reply->more_text, strlen(reply->more_text));
        }
        return;
    }
    close_document(export);
    switch (reply->kind_case) {
    case RAGD__V1__EXPORT_REPLY__KIND_HEADER: put_header(export, reply->header); break;
    case RAGD__V1__EXPORT_REPLY__KIND_MANIFEST:
        put_manifest(export, reply->manifest);
        break;
    case RAGD__V1__EXPORT_REPLY__KIND_DOCUMENT:
        open_document(export, reply->document);
        break;
    case RAGD__V1__EXPORT_REPLY__KIND_RECORD: put_record(export, reply->record); break;
    default: break;
    }
}

static int export_all(struct cli *cli, struct stream *stream)
{
    struct export export = {.cli = cli, .emit = &cli->emit};
    Ragd__V1__ExportReply *reply;
    int got;
    while ((got = stream_next(stream, -1, &reply)) == STREAM_MESSAGE && !ferror(stdout)) {
        struct pool_mark mark = pool_mark();
        on_reply(&export, reply);
        pool_rewind(mark);
    }
    if (got < 0) {
        emit_abort(&cli->emit);
        return stream_fail(stream);
    }
    close_document(&export);
    if (cli->given.verbose) {
        note(cli, "exported %s", plural(export.records, "record"));
    }
    return EXIT_DONE;
}

static int run_export(struct cli *cli)
{
    Ragd__V1__CollectionRequest request = RAGD__V1__COLLECTION_REQUEST__INIT;
    request.name = (char *)(cli->n_args ? cli->args[0] : cli_collection(cli));
    struct rpc rpc;
    struct stream stream;
    int rc = rpc_open(&rpc, cli, true);
    rc = rc ? rc
            : stream_open(&stream, &rpc, "ragd.v1.Collections/Export", &request.base,
                          &ragd__v1__export_reply__descriptor, false);
    if (rc == EXIT_DONE) {
        rc = export_all(cli, &stream);
        stream_close(&stream);
    }
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_COLLECTION_EXPORT = {
    .name = "collection export",
    .summary = "Write one as NDJSON, with vectors and manifests",
    .usage = "[options] [NAME]",
    .text = "Vectors are base64 of little-endian float32. rag collection import reads it.",
    .group = GROUP_MANAGE,
    .operand = OPERAND_COLLECTION,
    .args_max = 1,
    .examples = {"collection export papers > papers.ndjson",
                 "collection export papers | gzip > papers.ndjson.gz"},
    .run = run_export,
};
