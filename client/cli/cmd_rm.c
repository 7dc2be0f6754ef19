/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag rm: documents, whole sources, what is below a directory, or records without one. */
#include "commands.h"

#include <string.h>

#include "below.h"
#include "confirm.h"
#include "document_id.h"
#include "document_list.h"
#include "fail.h"
#include "pool.h"
#include "rpc.h"
#include "show.h"

static struct {
    bool yes;
} given;

static const struct option OPTIONS[] = {
    {OPTION_FLAG, 'y', "yes", &given.yes, NULL, "Do not ask", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

/* What the arguments name, found before a question or told afterwards. */
struct target {
    struct rpc *rpc;
    struct below below;   /* sources below directories that are no documents */
    uint64_t documents;   /* that were found, a source counted as one */
    const char *chunk_of; /* a chunk was named: its document */
    const char *chunk;    /* its id */
    const char **missing; /* ids */
    size_t n_missing;
};

static int fail_chunk(const struct target *target, int code)
{
    const struct cli *cli = target->rpc->cli;
    return fail(cli, &(struct failure){
                         .exit = code,
                         .code = "no_such_document",
                         .message = pool_printf("'%s' is a chunk, no document",
                                                document_shown(cli, target->chunk)),
                         .why = "chunks are removed with their document",
                         .hint = pool_printf("rag rm -c %s '%s'", cli_collection(cli),
                                             document_shown(cli, target->chunk_of)),
                     });
}

static int fail_missing(const struct target *target, int code)
{
    const struct cli *cli = target->rpc->cli;
    const char *id = target->missing[0];
    if (target->chunk && target->n_missing == 1) {
        return fail_chunk(target, code);
    }
    return fail(cli, &(struct failure){
                         .exit = code,
                         .code = "no_such_document",
                         .message =
                             target->n_missing == 1
                                 ? pool_printf("'%s' is not in %s", id, cli_collection(cli))
                                 : pool_printf("%zu of them are not in %s: '%s' ...",
                                               target->n_missing, cli_collection(cli), id),
                         .hint = pool_printf("rag ls -c %s", cli_collection(cli)),
                     });
}

static int report(struct cli *cli, const struct target *target,
                  const struct below_removed *removed)
{
    struct emit *emit = &cli->emit;
    bool stored = removed->documents || removed->chunks;
    bool none = !stored && !removed->failed;
    if (wants_json(cli)) {
        emit_object(emit);
        emit_key(emit, "removed");
        emit_object(emit);
        emit_put_uint(emit, "documents", removed->documents);
        emit_put_uint(emit, "chunks", removed->chunks);
        if (removed->failed) {
            emit_put_uint(emit, "failed", removed->failed);
        }
        emit_end(emit);
        if (target->n_missing) {
            emit_put_strings(emit, "missing", (char **)target->missing, target->n_missing);
        }
        emit_end(emit);
        emit_done(emit);
    } else if (cli->format != FORMAT_IDS && !stored && removed->failed) {
        say(cli, "removed %s from %s", plural(removed->failed, "failed source"),
            cli_collection(cli));
    } else if (cli->format != FORMAT_IDS && !none) {
        say(cli, "removed %s, %s from %s", plural(removed->documents, "document"),
            plural(removed->chunks, "chunk"), cli_collection(cli));
    }
    return target->n_missing == 0
               ? EXIT_DONE
               : fail_missing(target, none ? EXIT_NOT_FOUND : EXIT_PARTLY);
}

struct wanted {
    const char *source;
    bool found;
};

/* Whether a list tells of the source. */
static bool look(void *data, const Ragd__V1__DocumentsListReply *reply)
{
    struct wanted *wanted = data;
    for (size_t i = 0; i < reply->n_documents && !wanted->found; i++) {
        wanted->found = strcmp(reply->documents[i]->source, wanted->source) == 0;
    }
    for (size_t i = 0; i < reply->n_failed && !wanted->found; i++) {
        wanted->found = strcmp(reply->failed[i]->source, wanted->source) == 0;
    }
    return !wanted->found;
}

/* A source of several documents: their ids begin with its own. Or one that failed. */
static int find_source(struct rpc *rpc, const char *source)
{
    struct wanted wanted = {source, false};
    struct document_list list = {.collection = cli_collection(rpc->cli),
                                 .after = source,
                                 .limit = 1,
                                 .on_reply = look,
                                 .data = &wanted};
    int rc = document_list_read(rpc, &list);
    if (rc == EXIT_DONE && !wanted.found) {
        list.after = "";
        list.limit = 0;
        list.failed = true;
        rc = document_list_read(rpc, &list);
    }
    return rc ? rc : wanted.found ? EXIT_DONE : EXIT_NOT_FOUND;
}

/* Whether an id can be removed: 0, NOT_FOUND untold, or told. */
static int find(struct target *target, const char *id)
{
    struct rpc *rpc = target->rpc;
    Ragd__V1__DocumentsGetRequest request = RAGD__V1__DOCUMENTS_GET_REQUEST__INIT;
    Ragd__V1__DocumentsGetReply *reply;
    struct stream stream;
    request.collection = (char *)cli_collection(rpc->cli);
    request.id = (char *)id;
    int rc = stream_open(&stream, rpc, "ragd.v1.Documents/Get", &request.base,
                         &ragd__v1__documents_get_reply__descriptor, false);
    if (rc) {
        return rc;
    }
    bool there = false;
    if (stream_next(&stream, -1, &reply) < 0) {
        rc = strcmp(stream.error.code, "no_such_document") == 0 ? EXIT_NOT_FOUND
                                                                : stream_fail(&stream);
    } else if (reply->chunk && reply->chunk->document[0]) {
        target->chunk = id;
        target->chunk_of = pool_strdup(reply->chunk->document);
        rc = EXIT_NOT_FOUND;
        there = true;
    }
    stream_close(&stream);
    return rc == EXIT_NOT_FOUND && !there ? find_source(rpc, id) : rc;
}

/* What is below the id, when it is that of a directory; the count is of documents, of
 * sources when these all failed. */
static int find_below(struct target *target, const char *id, uint64_t *n)
{
    size_t before = target->below.n;
    *n = 0;
    int rc = strncmp(id, "file:", 5)
                 ? EXIT_DONE
                 : below_find(target->rpc, cli_collection(target->rpc->cli), id,
                              &target->below);
    for (size_t i = before; i < target->below.n; i++) {
        *n += target->below.sources[i].documents;
    }
    *n = *n ? *n : target->below.n - before;
    return rc;
}

static void add_missing(struct target *target, const char *id)
{
    target->missing[target->n_missing++] = id;
}

static const char *question(const struct cli *cli, const struct target *target)
{
    const char *what = cli->args[0];
    if (cli->n_args > 1) {
        what = plural(target ? target->documents : cli->n_args, "document");
    } else if (target && target->below.n) {
        what = pool_printf("%s below %s", plural(target->documents, "document"), what);
    }
    return pool_printf("Remove %s from %s?", what, cli_collection(cli));
}

/* Asks, unless nothing that was named is there. */
static int ask(struct target *target, const Ragd__V1__DocumentsRemoveRequest *request)
{
    for (size_t i = 0; i < request->n_ids; i++) {
        uint64_t n = 1;
        int rc = find(target, request->ids[i]);
        if (rc == EXIT_NOT_FOUND) {
            rc = find_below(target, request->ids[i], &n);
            if (n == 0) {
                add_missing(target, request->ids[i]);
            }
        }
        if (rc) {
            return rc;
        }
        target->documents += n;
    }
    int rc = target->documents == 0
                 ? fail_missing(target, EXIT_NOT_FOUND)
                 : confirm(target->rpc->cli, false, question(target->rpc->cli, target));
    target->below.n = target->n_missing = 0; /* removing finds them itself */
    return rc;
}

/* Of what was not there as a document: chunks are told, directories are searched. */
static int settle_missing(struct target *target,
                          const Ragd__V1__DocumentsRemoveReply *reply)
{
    int rc = EXIT_DONE;
    for (size_t i = 0; rc == EXIT_DONE && i < reply->n_missing; i++) {
        uint64_t n;
        rc = find_below(target, reply->missing[i], &n);
        if (rc == EXIT_DONE && n == 0) {
            add_missing(target, reply->missing[i]);
        }
    }
    if (rc == EXIT_DONE && target->n_missing && !target->chunk) {
        rc = find(target, target->missing[0]);
        rc = rc == EXIT_NOT_FOUND ? EXIT_DONE : rc;
    }
    return rc;
}

static int remove_all(struct target *target,
                      const Ragd__V1__DocumentsRemoveRequest *request)
{
    Ragd__V1__DocumentsRemoveReply *reply;
    int rc = rpc_call(target->rpc, "ragd.v1.Documents/Remove", &request->base,
                      &ragd__v1__documents_remove_reply__descriptor, &reply);
    rc = rc ? rc : settle_missing(target, reply);
    if (rc) {
        return rc;
    }
    struct cli *cli = (struct cli *)target->rpc->cli;
    struct below_removed removed = {reply->documents, reply->chunks, reply->failed};
    rc = below_remove(target->rpc, cli_collection(cli), &target->below, &removed);
    return rc ? rc : report(cli, target, &removed);
}

static int run_rm(struct cli *cli)
{
    Ragd__V1__DocumentsRemoveRequest request = RAGD__V1__DOCUMENTS_REMOVE_REQUEST__INIT;
    int rc = given.yes || confirm_can_ask(cli) ? EXIT_DONE
                                               : confirm(cli, false, question(cli, NULL));
    request.collection = (char *)cli_collection(cli);
    request.n_ids = cli->n_args;
    request.ids = pool_alloc(cli->n_args * sizeof(char *));
    for (size_t i = 0; i < cli->n_args && rc == EXIT_DONE; i++) {
        request.ids[i] = (char *)document_id(cli, cli->args[i]);
        rc = check_utf8(cli, "an id", request.ids[i]);
    }
    struct rpc rpc = {0};
    struct target target = {.rpc = &rpc,
                            .missing = pool_alloc(cli->n_args * sizeof(char *))};
    rc = rc ? rc : rpc_open(&rpc, cli, true);
    rc = rc || given.yes ? rc : ask(&target, &request);
    rc = rc ? rc : remove_all(&target, &request);
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_RM = {
    .name = "rm",
    .summary = "Remove documents",
    .usage = "[options] ID...",
    .text =
        "ID is a document, a source (also one that failed), a record without one, or the\n"
        "name of a file or of a directory, whose documents go. Chunks are removed with\n"
        "their document, and rag collection rm removes a whole collection.",
    .group = GROUP_LOOK,
    .operand = OPERAND_FILE,
    .args_min = 1,
    .args_max = ARGS_ANY,
    .examples = {"rm notes.md", "rm old-notes/",
                 "rm --yes -c papers file:///home/me/draft.md",
                 "ls -c papers --format ids | xargs -d '\\n' rag rm --yes -c papers"},
    .options = OPTIONS,
    .run = run_rm,
};
