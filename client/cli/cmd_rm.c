/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag rm: documents, whole sources, or records without one. */
#include "commands.h"

#include <string.h>

#include "confirm.h"
#include "document_id.h"
#include "fail.h"
#include "pool.h"
#include "rpc.h"
#include "show.h"

#include "ragd/v1/documents.pb-c.h"

static struct {
    bool yes;
} given;

static const struct option OPTIONS[] = {
    {OPTION_FLAG, 'y', "yes", &given.yes, NULL, "Do not ask", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static int fail_missing(const struct cli *cli, int code, const char *id, size_t n)
{
    return fail(cli,
                &(struct failure){
                    .exit = code,
                    .code = "no_such_document",
                    .message = n == 1 ? pool_printf("'%s' is not in %s", id,
                                                    cli_collection(cli))
                                      : pool_printf("%zu of them are not in %s: '%s' ...",
                                                    n, cli_collection(cli), id),
                    .hint = pool_printf("rag ls -c %s", cli_collection(cli)),
                });
}

static int report(struct cli *cli, const Ragd__V1__DocumentsRemoveReply *reply)
{
    struct emit *emit = &cli->emit;
    bool stored = reply->documents || reply->chunks, none = !stored && !reply->failed;
    if (wants_json(cli)) {
        emit_object(emit);
        emit_key(emit, "removed");
        emit_object(emit);
        emit_put_uint(emit, "documents", reply->documents);
        emit_put_uint(emit, "chunks", reply->chunks);
        if (reply->failed) {
            emit_put_uint(emit, "failed", reply->failed);
        }
        emit_end(emit);
        if (reply->n_missing) {
            emit_put_strings(emit, "missing", reply->missing, reply->n_missing);
        }
        emit_end(emit);
        emit_done(emit);
    } else if (cli->format != FORMAT_IDS && !stored && reply->failed) {
        say(cli, "removed %s from %s", plural(reply->failed, "failed source"),
            cli_collection(cli));
    } else if (cli->format != FORMAT_IDS && !none) {
        say(cli, "removed %s, %s from %s", plural(reply->documents, "document"),
            plural(reply->chunks, "chunk"), cli_collection(cli));
    }
    if (reply->n_missing == 0) {
        return EXIT_DONE;
    }
    return fail_missing(cli, none ? EXIT_NOT_FOUND : EXIT_PARTLY, reply->missing[0],
                        reply->n_missing);
}

static bool is_about(const Ragd__V1__DocumentsListReply *reply, const char *source)
{
    for (size_t i = 0; i < reply->n_documents; i++) {
        if (strcmp(reply->documents[i]->source, source) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < reply->n_failed; i++) {
        if (strcmp(reply->failed[i]->source, source) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a list tells of the source. */
static int find_listed(struct rpc *rpc, const Ragd__V1__DocumentsListRequest *request,
                       const char *source)
{
    Ragd__V1__DocumentsListReply *reply;
    struct stream stream;
    int rc = stream_open(&stream, rpc, "ragd.v1.Documents/List", &request->base,
                         &ragd__v1__documents_list_reply__descriptor, false);
    if (rc) {
        return rc;
    }
    int got = stream_next(&stream, -1, &reply);
    bool found = false;
    while (got == STREAM_MESSAGE && !(found = is_about(reply, source))) {
        got = stream_next(&stream, -1, &reply);
    }
    rc = got < 0 ? stream_fail(&stream) : found ? EXIT_DONE : EXIT_NOT_FOUND;
    stream_close(&stream);
    return rc;
}

/* A source of several documents: their ids begin with its own. Or one that failed. */
static int find_source(struct rpc *rpc, const char *source)
{
    Ragd__V1__DocumentsListRequest request = RAGD__V1__DOCUMENTS_LIST_REQUEST__INIT;
    request.collection = (char *)cli_collection(rpc->cli);
    request.after = (char *)source;
    request.limit = 1;
    int rc = find_listed(rpc, &request, source);
    if (rc == EXIT_NOT_FOUND) {
        request.after = (char *)"";
        request.limit = 0;
        request.failed = true;
        rc = find_listed(rpc, &request, source);
    }
    return rc;
}

/* Before a question: whether an id is there. 0, NOT_FOUND untold, or told. */
static int find(struct rpc *rpc, const char *id)
{
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
    if (stream_next(&stream, -1, &reply) < 0) {
        rc = strcmp(stream.error.code, "no_such_document") == 0 ? EXIT_NOT_FOUND
                                                                : stream_fail(&stream);
    }
    stream_close(&stream);
    return rc == EXIT_NOT_FOUND ? find_source(rpc, id) : rc;
}

static const char *question(const struct cli *cli)
{
    return pool_printf("Remove %s from %s?",
                       cli->n_args == 1 ? cli->args[0] : plural(cli->n_args, "document"),
                       cli_collection(cli));
}

/* Asks, unless nothing that was named is there. */
static int ask(struct rpc *rpc, const Ragd__V1__DocumentsRemoveRequest *request)
{
    const struct cli *cli = rpc->cli;
    int rc = EXIT_NOT_FOUND;
    for (size_t i = 0; i < request->n_ids && rc == EXIT_NOT_FOUND; i++) {
        rc = find(rpc, request->ids[i]);
    }
    if (rc == EXIT_NOT_FOUND) {
        return fail_missing(cli, rc, request->ids[0], request->n_ids);
    }
    return rc ? rc : confirm(cli, false, question(cli));
}

static int run_rm(struct cli *cli)
{
    Ragd__V1__DocumentsRemoveRequest request = RAGD__V1__DOCUMENTS_REMOVE_REQUEST__INIT;
    Ragd__V1__DocumentsRemoveReply *reply;
    int rc = given.yes || confirm_can_ask(cli) ? EXIT_DONE
                                               : confirm(cli, false, question(cli));
    request.collection = (char *)cli_collection(cli);
    request.n_ids = cli->n_args;
    request.ids = pool_alloc(cli->n_args * sizeof(char *));
    for (size_t i = 0; i < cli->n_args && rc == EXIT_DONE; i++) {
        request.ids[i] = (char *)document_id(cli, cli->args[i]);
        rc = check_utf8(cli, "an id", request.ids[i]);
    }
    struct rpc rpc = {0};
    rc = rc ? rc : rpc_open(&rpc, cli, true);
    rc = rc || given.yes ? rc : ask(&rpc, &request);
    rc = rc ? rc
            : rpc_call(&rpc, "ragd.v1.Documents/Remove", &request.base,
                       &ragd__v1__documents_remove_reply__descriptor, &reply);
    rc = rc ? rc : report(cli, reply);
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_RM = {
    .name = "rm",
    .summary = "Remove documents",
    .usage = "[options] ID...",
    .text =
        "ID is a document, a source (also one that failed), a record without one, or the\n"
        "name of a file. rag collection rm removes a whole collection.",
    .group = GROUP_LOOK,
    .operand = OPERAND_FILE,
    .args_min = 1,
    .args_max = ARGS_ANY,
    .examples = {"rm notes.md", "rm --yes -c papers file:///home/me/draft.md",
                 "ls -c papers --format ids | xargs -d '\\n' rag rm --yes -c papers"},
    .options = OPTIONS,
    .run = run_rm,
};
