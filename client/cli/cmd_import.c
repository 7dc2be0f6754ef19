/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * rag collection import: lines become items, items travel in batches.
 *
 * Memory: one line and one batch, whatever the length of the input. An import
 * that fails, or whose client goes away, leaves no record; a collection that was
 * made for it stays, empty.
 */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "import_line.h"
#include "pool.h"
#include "progress.h"
#include "rpc.h"
#include "settings_options.h"
#include "show.h"

enum {
    BATCH_BYTES = 512 << 10, /* sent once it has this many */
    BATCH_ITEMS = 1000,
    TEXT_BYTES = 256 << 10, /* longer texts of documents are sent in parts */
};

struct import {
    struct cli *cli;
    FILE *from;
    const char *file;
    char *line;
    size_t room, number;
    struct stream stream;
    Ragd__V1__ImportItem *items[BATCH_ITEMS];
    size_t n_items, bytes;
    struct progress progress;
    uint64_t sent;
    char collection[RAGC_TEXT_BYTES];
    bool created;
    Ragd__V1__ImportTotals totals;
};

static int fail_line(const struct import *import, const char *why)
{
    return fail(import->cli,
                &(struct failure){.exit = EXIT_USAGE,
                                  .code = "bad_record",
                                  .message = pool_printf("%s, line %zu cannot be imported",
                                                         import->file, import->number),
                                  .why = why,
                                  .hint = "a line is {\"id\": \"...\", \"text\": \"...\", "
                                          "\"embedding\": [...], \"metadata\": {...}}\n"
                                          "nothing was imported"});
}

/* The next line that is not empty. 1 = *line, 0 = the end, -1 = *rc. */
static int next_line(struct import *import, struct import_line *line, int *rc)
{
    ssize_t n;
    while ((n = getline(&import->line, &import->room, import->from)) >= 0) {
        import->number++;
        size_t used = (size_t)n;
        while (used > 0 && strchr(" \t\r\n", import->line[used - 1])) {
            used--;
        }
        if (used == 0) {
            continue;
        }
        const char *why = import_line_read(import->line, used, line);
        if (why) {
            *rc = fail_line(import, why);
            return -1;
        }
        return 1;
    }
    if (ferror(import->from)) {
        *rc = fail_errno(import->cli, "cannot read %s", import->file);
        return -1;
    }
    return 0;
}

static void on_event(struct import *import, const Ragd__V1__ImportEvent *event)
{
    switch (event->kind_case) {
    case RAGD__V1__IMPORT_EVENT__KIND_STARTED:
        snprintf(import->collection, sizeof(import->collection), "%s",
                 event->started->collection);
        import->created = event->started->created;
        break;
    case RAGD__V1__IMPORT_EVENT__KIND_TOTALS: import->totals = *event->totals; break;
    default: break;
    }
}

static void show_progress(struct import *import)
{
    struct progress_now now = {.stage = "read", .what = import->file, .done = import->sent};
    progress_show(&import->progress, &now);
}

/* Takes what came. 0 = the call goes on or ended well, else the exit code;
 * *ended tells which. */
static int pump(struct import *import, int timeout_ms, bool *ended)
{
    Ragd__V1__ImportEvent *event;
    int got;
    while ((got = stream_next(&import->stream, timeout_ms, &event)) == STREAM_MESSAGE) {
        on_event(import, event);
    }
    *ended = got != STREAM_NOTHING;
    return got < 0 ? stream_fail(&import->stream) : EXIT_DONE;
}

static int send_piece(struct import *import, Ragd__V1__ImportPiece *piece)
{
    bool ended = false;
    int rc = EXIT_DONE;
    while (rc == EXIT_DONE && !ended) {
        int sent = stream_send(&import->stream, &piece->base, 0, 1000);
        if (sent == 0) {
            return pump(import, 0, &ended);
        }
        rc = pump(import, 0, &ended);
        show_progress(import);
    }
    return rc ? rc : EXIT_FAILED;
}

static int flush_items(struct import *import)
{
    if (import->n_items == 0) {
        return EXIT_DONE;
    }
    Ragd__V1__ImportPiece piece = RAGD__V1__IMPORT_PIECE__INIT;
    piece.items = import->items;
    piece.n_items = import->n_items;
    int rc = send_piece(import, &piece);
    import->sent += import->n_items;
    import->n_items = import->bytes = 0;
    show_progress(import);
    return rc;
}

static int add_item(struct import *import, Ragd__V1__ImportItem *item)
{
    size_t n = ragd__v1__import_item__get_packed_size(item);
    int rc = EXIT_DONE;
    if (import->n_items == BATCH_ITEMS ||
        (import->n_items > 0 && import->bytes + n > BATCH_BYTES)) {
        rc = flush_items(import);
    }
    import->items[import->n_items++] = item;
    import->bytes += n;
    return rc;
}

/* Bytes of the longest part of at most TEXT_BYTES that ends on an edge. */
static size_t text_part(const char *text)
{
    size_t n = strnlen(text, TEXT_BYTES + 1);
    if (n <= TEXT_BYTES) {
        return n;
    }
    n = TEXT_BYTES;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) {
        n--;
    }
    return n;
}

/* A document with a long text: its head, then the rest in items of their own. */
static int add_document(struct import *import, Ragd__V1__ImportItem *item)
{
    const char *text = item->document->text;
    size_t n = text_part(text);
    item->document->text = pool_copy(text, n);
    int rc = add_item(import, item);
    for (text += n; rc == EXIT_DONE && *text; text += n) {
        n = text_part(text);
        Ragd__V1__ImportItem *more = pool_alloc(sizeof(*more));
        ragd__v1__import_item__init(more);
        more->kind_case = RAGD__V1__IMPORT_ITEM__KIND_MORE_TEXT;
        more->more_text = pool_copy(text, n);
        rc = add_item(import, more);
    }
    return rc;
}

static int send_line(struct import *import, const struct import_line *line)
{
    if (!line->item) {
        return EXIT_DONE;
    }
    return line->item->kind_case == RAGD__V1__IMPORT_ITEM__KIND_DOCUMENT
               ? add_document(import, line->item)
               : add_item(import, line->item);
}

/* A batch is sent between two lines, so that the pool can be rewound there. */
static bool batch_is_full(const struct import *import)
{
    return import->n_items == BATCH_ITEMS || import->bytes > BATCH_BYTES / 2;
}

static int send_lines(struct import *import, struct import_line *line)
{
    struct pool_mark mark = pool_mark();
    int got = 1, rc = EXIT_DONE;
    while (got > 0 && rc == EXIT_DONE) {
        rc = send_line(import, line);
        if (rc == EXIT_DONE && batch_is_full(import)) {
            rc = flush_items(import);
        }
        if (import->n_items == 0) {
            pool_rewind(mark);
        }
        got = rc ? 0 : next_line(import, line, &rc);
    }
    return rc ? rc : flush_items(import);
}

/* Makes the collection when it is not there: as the options say, else the
 * header, else for own vectors when the first record brings one. */
static Ragd__V1__CollectionSettings *settings_of(const struct import_line *first)
{
    Ragd__V1__CollectionSettings *settings = first->settings;
    bool record = first->item &&
                  first->item->kind_case == RAGD__V1__IMPORT_ITEM__KIND_RECORD;
    size_t dim = record ? first->item->record->n_vector : 0;
    if (!settings && dim == 0 && !settings_given()) {
        return NULL;
    }
    if (!settings) {
        settings = pool_alloc(sizeof(*settings));
        ragd__v1__collection_settings__init(settings);
        settings->embedder = (char *)(dim ? "none" : "");
    }
    settings_apply(settings);
    if (settings->dim == 0 && strcmp(settings->embedder, "none") == 0) {
        settings->dim = (uint32_t)dim;
    }
    return settings;
}

static const char *target(const struct import *import, const struct import_line *first)
{
    const struct cli *cli = import->cli;
    if (cli->n_args == 2) {
        return cli->args[0];
    }
    bool named = !cli->collection_given && first->settings && first->settings->name[0];
    return named ? first->settings->name : cli_collection(cli);
}

static int converse(struct import *import, struct rpc *rpc, struct import_line *first)
{
    Ragd__V1__ImportStart start = RAGD__V1__IMPORT_START__INIT;
    start.collection = (char *)target(import, first);
    start.settings = settings_of(first);
    if (start.settings) {
        start.settings->name = start.collection;
    }
    snprintf(import->collection, sizeof(import->collection), "%s", start.collection);
    int rc = stream_open(&import->stream, rpc, "ragd.v1.Collections/Import", &start.base,
                         &ragd__v1__import_event__descriptor, false);
    if (rc) {
        return rc;
    }
    bool ended = false;
    rc = send_lines(import, first);
    if (rc == EXIT_DONE) {
        stream_send(&import->stream, NULL, RAGC_LAST, 0);
        rc = pump(import, -1, &ended);
    }
    stream_close(&import->stream);
    return rc;
}

static void report(struct import *import)
{
    struct cli *cli = import->cli;
    const Ragd__V1__ImportTotals *totals = &import->totals;
    if (!wants_json(cli)) {
        printf("imported %s", plural(totals->records, "record"));
        if (totals->documents) {
            printf(", %s", plural(totals->documents, "document"));
        }
        printf(" into %s   (%llu embedded, %s)\n", import->collection,
               (unsigned long long)totals->embedded, cell_duration(totals->took_ms / 1000));
        return;
    }
    emit_object(&cli->emit);
    emit_put(&cli->emit, "action", "imported");
    emit_put(&cli->emit, "collection", import->collection);
    emit_put_bool(&cli->emit, "created", import->created);
    emit_put_uint(&cli->emit, "records", totals->records);
    emit_put_uint(&cli->emit, "documents", totals->documents);
    emit_put_uint(&cli->emit, "sources", totals->manifests);
    emit_put_uint(&cli->emit, "embedded", totals->embedded);
    emit_put_real(&cli->emit, "took_ms", totals->took_ms);
    emit_end(&cli->emit);
    emit_done(&cli->emit);
}

static int import_all(struct import *import)
{
    struct import_line first;
    int rc = settings_check(import->cli);
    if (rc) {
        return rc;
    }
    int got = next_line(import, &first, &rc);
    if (got < 0) {
        return rc;
    }
    if (got == 0) {
        return fail_usage(import->cli, "%s holds nothing to import", import->file);
    }
    struct rpc rpc;
    rc = rpc_open(&rpc, import->cli, true);
    rc = rc ? rc : converse(import, &rpc, &first);
    progress_clear(&import->progress);
    if (rc == EXIT_DONE) {
        report(import);
    }
    rpc_close(&rpc);
    return rc;
}

static int run_import(struct cli *cli)
{
    struct import *import = pool_alloc(sizeof(*import));
    import->cli = cli;
    import->file = cli->n_args ? cli->args[cli->n_args - 1] : "-";
    bool from_stdin = strcmp(import->file, "-") == 0;
    import->from = from_stdin ? stdin : fopen(import->file, "re");
    if (!import->from) {
        return fail_errno(cli, "cannot open %s", import->file);
    }
    if (from_stdin) {
        import->file = "stdin";
    }
    progress_init(&import->progress, cli, "import");
    int rc = import_all(import);
    if (!from_stdin) {
        fclose(import->from);
    }
    free(import->line);
    return rc;
}

const struct command COMMAND_COLLECTION_IMPORT = {
    .name = "collection import",
    .summary = "Read records, with or without vectors, from NDJSON",
    .usage = "[options] [[NAME] FILE]",
    .text =
        "A line is {\"id\": \"1\", \"text\": \"...\", \"embedding\": [0.1, ...], \"metadata\": "
        "{}};\nthe embedding may be base64 of little-endian float32, or missing. What rag\n"
        "collection export wrote restores sources and documents too. NAME is made when it\n"
        "is not there: as the options say, else as the export was, else for the vectors\n"
        "that come. An import that fails adds nothing; a collection made for it stays, empty.",
    .group = GROUP_MANAGE,
    .operand = OPERAND_FILE,
    .args_max = 2,
    .examples =
        {"collection import papers.ndjson", "collection import copy papers.ndjson",
         "collection import --embedder none --dim 768 --metric cosine mine vectors.ndjson",
         "zcat papers.ndjson.gz | rag collection import -"},
    .options = SETTINGS_OPTIONS,
    .run = run_import,
};
