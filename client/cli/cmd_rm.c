/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag rm: documents, whole sources, or records without one. */
#include "commands.h"

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

static int report(struct cli *cli, const Ragd__V1__DocumentsRemoveReply *reply)
{
    struct emit *emit = &cli->emit;
    if (wants_json(cli)) {
        emit_object(emit);
        emit_key(emit, "removed");
        emit_object(emit);
        emit_put_uint(emit, "documents", reply->documents);
        emit_put_uint(emit, "chunks", reply->chunks);
        emit_end(emit);
        if (reply->n_missing) {
            emit_key(emit, "missing");
            emit_array(emit);
            for (size_t i = 0; i < reply->n_missing; i++) {
                emit_string(emit, reply->missing[i]);
            }
            emit_end(emit);
        }
        emit_end(emit);
        emit_done(emit);
    } else if (cli->format != FORMAT_IDS) {
        say(cli, "removed %s, %s from %s", plural(reply->documents, "document"),
            plural(reply->chunks, "chunk"), cli_collection(cli));
    }
    if (reply->n_missing == 0) {
        return EXIT_DONE;
    }
    bool none = reply->documents == 0 && reply->chunks == 0;
    return fail(cli,
                &(struct failure){
                    .exit = none ? EXIT_NOT_FOUND : EXIT_PARTLY,
                    .code = "no_such_document",
                    .message = pool_printf("%s not in %s: %s",
                                           reply->n_missing == 1 ? "this is" : "these are",
                                           cli_collection(cli), reply->missing[0]),
                    .hint = pool_printf("rag ls -c %s", cli_collection(cli)),
                });
}

static int run_rm(struct cli *cli)
{
    Ragd__V1__DocumentsRemoveRequest request = RAGD__V1__DOCUMENTS_REMOVE_REQUEST__INIT;
    Ragd__V1__DocumentsRemoveReply *reply;
    request.collection = (char *)cli_collection(cli);
    request.n_ids = cli->n_args;
    request.ids = pool_alloc(cli->n_args * sizeof(char *));
    for (size_t i = 0; i < cli->n_args; i++) {
        request.ids[i] = (char *)document_id(cli, cli->args[i]);
    }
    int rc = confirm(cli, given.yes,
                     pool_printf("Remove %s from %s?",
                                 cli->n_args == 1 ? cli->args[0]
                                                  : plural(cli->n_args, "document"),
                                 cli_collection(cli)));
    struct rpc rpc = {0};
    rc = rc ? rc : rpc_open(&rpc, cli, true);
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
    .text = "ID is a document, a source, a record without one, or the name of a file.\n"
            "rag collection rm removes a whole collection.",
    .group = GROUP_LOOK,
    .operand = OPERAND_FILE,
    .args_min = 1,
    .args_max = ARGS_ANY,
    .examples = {"rm notes.md", "rm --yes -c papers file:///home/me/draft.md",
                 "ls -c papers --format ids | xargs -d '\\n' rag rm --yes -c papers"},
    .options = OPTIONS,
    .run = run_rm,
};
