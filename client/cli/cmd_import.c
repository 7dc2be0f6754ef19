/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * rag collection import: lines become items, items travel in batches.
 *
 * Memory: one line and one batch, whatever the length of the input. An import
 * that fails, or whose client goes away, leaves nothing.
 */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "import_call.h"
#include "import_line.h"
#include "pool.h"
#include "settings_options.h"
#include "show.h"

struct import {
    struct cli *cli;
    FILE *from;
    const char *file;
    char *line;
    size_t room, number;
    struct import_call call;
};

static bool create; /* --create */

static const struct option OPTIONS[] = {
    {OPTION_FLAG, 0, "create", &create, NULL, "Make the collection when it is not there",
     NULL},
    OPTION_SUB((void *)SETTINGS_OPTIONS),
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
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
        if (line->item) {
            line->item->line = import->number;
        }
        return 1;
    }
    if (ferror(import->from)) {
        *rc = fail_errno(import->cli, "cannot read %s", import->file);
        return -1;
    }
    return 0;
}

/* How to make the collection when it is not there: as the options say, else the
 * header, else for own vectors when the first record brings one. NULL = not at
 * all: without a header a mistyped name would be a new collection. */
static Ragd__V1__CollectionSettings *settings_of(const struct import_line *first)
{
    Ragd__V1__CollectionSettings *settings = first->settings;
    bool record = first->item &&
                  first->item->kind_case == RAGD__V1__IMPORT_ITEM__KIND_RECORD;
    size_t dim = record ? first->item->record->n_vector : 0;
    if (!settings && !create) {
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

static int send_lines(struct import *import, struct import_line *line)
{
    struct import_call *call = &import->call;
    struct pool_mark mark = pool_mark();
    int got = 1, rc = EXIT_DONE;
    while (got > 0 && rc == EXIT_DONE) {
        rc = line->item ? import_call_put(call, line->item) : EXIT_DONE;
        if (call->n_items == 0) {
            pool_rewind(mark);
        }
        got = rc ? 0 : next_line(import, line, &rc);
    }
    return rc;
}

static int converse(struct import *import, struct rpc *rpc, struct import_line *first)
{
    Ragd__V1__ImportStart start = RAGD__V1__IMPORT_START__INIT;
    start.collection = (char *)target(import, first);
    start.settings = settings_of(first);
    if (start.settings) {
        start.settings->name = start.collection;
    }
    int rc = import_call_open(&import->call, rpc, &start);
    if (rc) {
        return rc;
    }
    rc = send_lines(import, first);
    rc = rc ? rc : import_call_finish(&import->call);
    import_call_close(&import->call);
    return rc;
}

static void report(struct import *import)
{
    struct cli *cli = import->cli;
    const struct import_call *call = &import->call;
    const Ragd__V1__ImportTotals *totals = &call->totals;
    if (!wants_json(cli)) {
        const char *documents =
            totals->documents ? pool_printf(", %s", plural(totals->documents, "document"))
                              : "";
        say(cli, "imported %s%s into %s   (%llu embedded, %s)",
            plural(totals->records, "record"), documents, call->collection,
            (unsigned long long)totals->embedded, cell_duration(totals->took_ms / 1000));
        return;
    }
    emit_object(&cli->emit);
    emit_put(&cli->emit, "action", "imported");
    emit_put(&cli->emit, "collection", call->collection);
    emit_put_bool(&cli->emit, "created", call->created);
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
    progress_clear(&import->call.progress);
    if (rc == EXIT_DONE) {
        report(import);
    }
    rpc_close(&rpc);
    return rc;
}

static int run_import(struct cli *cli)
{
    int wrong = cli->n_args == 2 ? check_utf8(cli, "the name", cli->args[0]) : EXIT_DONE;
    if (wrong) {
        return wrong;
    }
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
    import->call.from = import->file;
    progress_init(&import->call.progress, cli, "import");
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
        "collection export wrote restores sources and documents too, and makes NAME when\n"
        "it is not there; for other lines --create does: as the options say, else for the\n"
        "vectors that come. No id may come twice; members of other names are\n"
        "left aside. An import that fails leaves nothing.",
    .group = GROUP_MANAGE,
    .operand = OPERAND_FILE,
    .args_max = 2,
    .examples = {"collection import papers.ndjson", "collection import copy papers.ndjson",
                 "collection import --create --metric cosine mine vectors.ndjson",
                 "zcat papers.ndjson.gz | rag collection import -"},
    .options = OPTIONS,
    .run = run_import,
};
