/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag add: files are read here and sent; URIs are fetched by ragd. */
#include "commands.h"

#include <string.h>
#include <unistd.h>

#include "add_report.h"
#include "fail.h"
#include "filter.h"
#include "interrupt.h"
#include "pool.h"
#include "splitter_options.h"
#include "uri.h"

#include "ragd/v1/collections.pb-c.h"

static struct {
    struct strings meta, globs;
    const char *name, *embedder;
    bool sync, dry_run, retry;
} given;

static const struct option OPTIONS[] = {
    OPTION_SUB((void *)SPLITTER_OPTIONS),
    {OPTION_LIST, 0, "meta", &given.meta, "KEY=VALUE",
     "Metadata of each document; together they replace what earlier adds gave", NULL},
    {OPTION_STRING, 0, "name", &given.name, "NAME", "The source's name, for stdin", NULL},
    {OPTION_LIST, 0, "glob", &given.globs, "PATTERN",
     "In directories, only files that match: '*.md'", NULL},
    {OPTION_FLAG, 0, "sync", &given.sync, NULL,
     "Remove documents of files that are no longer in the directories", NULL},
    {OPTION_FLAG, 0, "dry-run", &given.dry_run, NULL, "Load and split, store nothing",
     NULL},
    {OPTION_FLAG, 0, "retry", &given.retry, NULL, "Try sources again that failed before",
     NULL},
    {OPTION_STRING, 0, "embedder", &given.embedder, "NAME",
     "Only go on if this is the collection's embedder", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static int check(const struct cli *cli)
{
    bool from_stdin = false;
    for (size_t i = 0; i < cli->n_args; i++) {
        from_stdin = from_stdin || strcmp(cli->args[i], "-") == 0;
    }
    if (given.name && !from_stdin) {
        return fail_usage(cli, "--name is for stdin: rag add --name notes.md -");
    }
    if (from_stdin && cli->tty_in && cli->given.no_input) {
        return fail_usage(cli, "stdin is a terminal and --no-input was given");
    }
    return EXIT_DONE;
}

static int collect(const struct cli *cli, struct walk *walk)
{
    int rc = EXIT_DONE;
    for (size_t i = 0; rc == EXIT_DONE && i < cli->n_args; i++) {
        rc = strcmp(cli->args[i], "-") == 0
                 ? walk_add_stdin(walk, given.name ? given.name : "stdin")
                 : walk_add(walk, cli->args[i]);
    }
    if (rc == EXIT_DONE && given.sync && walk->n_directories + walk->refused == 0) {
        return fail_usage(cli, "--sync is for directories: rag add --sync docs/");
    }
    return rc;
}

/* No directory is walked for a collection that is not there. That called
 * "default" is made when it is needed, and a dry run needs none. */
static int check_collection(struct rpc *rpc, const struct walk *walk)
{
    Ragd__V1__CollectionRequest request = RAGD__V1__COLLECTION_REQUEST__INIT;
    Ragd__V1__CollectionInfo *info;
    request.name = (char *)cli_collection(rpc->cli);
    if (walk->n_directories == 0 || given.dry_run ||
        strcmp(request.name, COLLECTION_DEFAULT) == 0) {
        return EXIT_DONE;
    }
    return rpc_call(rpc, "ragd.v1.Collections/Describe", &request.base,
                    &ragd__v1__collection_info__descriptor, &info);
}

static int read_meta(const struct cli *cli, Ragd__V1__AddStart *start)
{
    start->metadata = pool_alloc(given.meta.n * sizeof(*start->metadata));
    for (size_t i = 0; i < given.meta.n; i++) {
        const char *key, *value;
        if (!split_pair(given.meta.items[i], &key, &value)) {
            return fail_usage(cli, "--meta needs KEY=VALUE, not '%s'", given.meta.items[i]);
        }
        size_t n = strlen(value);
        bool quoted = n >= 2 && value[0] == '"' && value[n - 1] == '"';
        Ragd__V1__Entry *entry = pool_alloc(sizeof(*entry));
        ragd__v1__entry__init(entry);
        entry->key = (char *)key;
        entry->value = value_of(quoted ? scalar_text_new(pool_copy(value + 1, n - 2))
                                       : scalar_guess(value));
        start->metadata[start->n_metadata++] = entry;
    }
    return EXIT_DONE;
}

static int prepare(const struct cli *cli, Ragd__V1__AddStart *start)
{
    struct loading loading;
    ragd__v1__add_start__init(start);
    int rc = splitter_from_options(cli, &loading);
    rc = rc ? rc : read_meta(cli, start);
    start->collection = (char *)(cli->given.collection ? cli->given.collection : "");
    start->splitter = loading.splitter;
    start->loader_options = loading.options;
    start->n_loader_options = loading.n_options;
    start->embedder = (char *)(given.embedder ? given.embedder : "");
    start->retry_failed = given.retry;
    return rc;
}

/* What is stored of files that are no more: removed, or only told. */
static int settle_gone(struct rpc *rpc, const struct walk *walk, struct add_report *report)
{
    struct below gone = {0};
    struct below_removed removed = {0};
    bool remove = given.sync && !given.dry_run;
    int rc = below_find_gone(rpc, report->collection, walk, remove, &gone);
    if (rc == EXIT_DONE && remove) {
        rc = below_remove(rpc, report->collection, &gone, &removed);
    }
    if (rc == EXIT_DONE) {
        add_report_gone(report, &gone, remove);
    }
    return rc;
}

static int converse(struct cli *cli, struct rpc *rpc, const struct walk *walk,
                    const Ragd__V1__AddStart *start)
{
    struct add_report report;
    add_report_init(&report, cli, walk, given.dry_run);
    struct upload_request request = {
        .method = given.dry_run ? "ragd.v1.Documents/Preview" : "ragd.v1.Documents/Add",
        .start = start,
        .walk = walk,
        .events = add_report_events(&report),
    };
    int rc = walk->n + walk->remote.n ? upload_run(rpc, &request) : EXIT_DONE;
    rc = rc || interrupted() ? rc : settle_gone(rpc, walk, &report);
    rc = add_report_end(&report, rc);
    if (interrupted()) {
        fflush(stdout);
        _exit(rc); /* closing would cancel what ragd still does for us */
    }
    return rc;
}

static void close_files(const struct walk *walk)
{
    for (size_t i = 0; i < walk->n; i++) {
        if (walk->files[i].fd >= 0) {
            close(walk->files[i].fd);
        }
    }
}

static int run_add(struct cli *cli)
{
    struct walk walk = {.cli = cli, .host = "", .globs = &given.globs};
    Ragd__V1__AddStart start;
    struct rpc rpc = {.cli = cli};
    int rc = check(cli);
    rc = rc ? rc : prepare(cli, &start);
    if (rc == EXIT_DONE) {
        endpoint_find(cli, &rpc.endpoint);
        walk.host = rpc.endpoint.path ? "" : uri_host();
        rc = collect(cli, &walk);
    }
    rc = rc ? rc : rpc_open(&rpc, cli, true);
    rc = rc ? rc : check_collection(&rpc, &walk);
    rc = rc ? rc : walk_finish(&walk);
    if (rc == EXIT_DONE) {
        start.sources = (char **)walk.remote.items;
        start.n_sources = walk.remote.n;
        interrupt_catch();
        rc = converse(cli, &rpc, &walk, &start);
    }
    rpc_close(&rpc);
    close_files(&walk);
    return rc;
}

const struct command COMMAND_ADD = {
    .name = "add",
    .summary = "Fetch, split, embed and store documents (file, folder, URI, -)",
    .usage = "[options] SOURCE...",
    .text =
        "Adding a source again updates it: what did not change is not embedded again.\n"
        "The metadata of --meta replace all that earlier adds gave; without --meta these\n"
        "stay.\n"
        "Directories are read with all below them; links and names that begin with a dot\n"
        "are passed over. The options for splitting and loading stay with each source.\n"
        "A source that cannot be read stops no other; each is told, and the exit code is\n"
        "3.\n\n"
        "Files that are no longer in a directory stay stored, and are counted; --sync\n"
        "removes their documents (with --glob those whose names match).\n\n"
        "A source that its loader crashed on is tried again, after all others. One that a\n"
        "loader failed on for good is refused from then on, until its content, its loader\n"
        "options or the loader have changed; --retry tries it all the same, and\n"
        "rag ls --failed lists such sources.",
    .group = GROUP_START,
    .operand = OPERAND_FILE,
    .args_min = 1,
    .args_max = ARGS_ANY,
    .examples = {"add notes.md", "add -c papers --chunk 1000/200 texts/",
                 "add --glob '*.md' --meta project=atlas docs/", "add --sync docs/",
                 "pandoc -t plain thesis.odt | rag add --name thesis -",
                 "add --dry-run --json notes.md"},
    .options = OPTIONS,
    .run = run_add,
};
