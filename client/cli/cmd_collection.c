/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag collection create, ls, show, rename, rm. */
#include "commands.h"

#include "collection.h"
#include "confirm.h"
#include "fail.h"
#include "pool.h"
#include "rpc.h"
#include "settings_options.h"
#include "show.h"
#include "splitter_options.h"

static struct {
    bool yes;
} given;

static const struct option CREATE_OPTIONS[] = {
    OPTION_SUB((void *)SETTINGS_OPTIONS),
    OPTION_SUB((void *)SPLITTER_OPTIONS),
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static const struct option RM_OPTIONS[] = {
    {OPTION_FLAG, 'y', "yes", &given.yes, NULL, "Do not ask", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static int prepare(const struct cli *cli, Ragd__V1__CollectionSettings *settings)
{
    struct loading loading;
    int rc = settings_check(cli);
    rc = rc ? rc : splitter_from_options(cli, &loading);
    if (rc) {
        return rc;
    }
    ragd__v1__collection_settings__init(settings);
    settings->name = (char *)cli->args[0];
    settings_apply(settings);
    settings->splitter = loading.splitter;
    settings->loader_options = loading.options;
    settings->n_loader_options = loading.n_options;
    return EXIT_DONE;
}

/* One call that answers with a collection. */
static int call(struct cli *cli, const char *method, const ProtobufCMessage *request,
                Ragd__V1__CollectionInfo **info)
{
    struct rpc rpc;
    int rc = rpc_open(&rpc, cli, true);
    rc = rc ? rc
            : rpc_call(&rpc, method, request, &ragd__v1__collection_info__descriptor, info);
    rpc_close(&rpc);
    return rc;
}

static int run_create(struct cli *cli)
{
    Ragd__V1__CollectionSettings settings;
    Ragd__V1__CollectionInfo *info;
    int rc = prepare(cli, &settings);
    rc = rc ? rc : call(cli, "ragd.v1.Collections/Create", &settings.base, &info);
    if (rc == EXIT_DONE) {
        collection_report(cli, "created", info);
    }
    return rc;
}

static int run_ls(struct cli *cli)
{
    struct rpc rpc;
    int rc = rpc_open(&rpc, cli, true);
    rc = rc ? rc : collection_list(cli, &rpc, 0);
    rpc_close(&rpc);
    return rc;
}

/* The name as an argument, or -c. */
static const char *named(const struct cli *cli)
{
    return cli->n_args ? cli->args[0] : cli_collection(cli);
}

static int run_show(struct cli *cli)
{
    Ragd__V1__CollectionRequest request = RAGD__V1__COLLECTION_REQUEST__INIT;
    Ragd__V1__CollectionInfo *info;
    request.name = (char *)named(cli);
    int rc = call(cli, "ragd.v1.Collections/Describe", &request.base, &info);
    if (rc == EXIT_DONE) {
        collection_show(cli, info);
    }
    return rc;
}

static int run_rename(struct cli *cli)
{
    Ragd__V1__CollectionRenameRequest request = RAGD__V1__COLLECTION_RENAME_REQUEST__INIT;
    Ragd__V1__CollectionInfo *info;
    request.name = (char *)cli->args[0];
    request.new_name = (char *)cli->args[1];
    int rc = call(cli, "ragd.v1.Collections/Rename", &request.base, &info);
    if (rc == EXIT_DONE) {
        collection_report(cli, "renamed", info);
    }
    return rc;
}

static const char *contents_text(const Ragd__V1__CollectionInfo *info)
{
    return pool_printf("its %s, %s", plural(info->documents, "document"),
                       plural(info->chunks, "chunk"));
}

static int run_rm(struct cli *cli)
{
    Ragd__V1__CollectionRequest request = RAGD__V1__COLLECTION_REQUEST__INIT;
    Ragd__V1__CollectionInfo *info;
    request.name = (char *)cli->args[0];
    const char *holds = "all that is in it";
    int rc = EXIT_DONE;
    if (!given.yes && confirm_can_ask(cli)) {
        rc = call(cli, "ragd.v1.Collections/Describe", &request.base, &info);
        holds = rc ? holds : contents_text(info);
    }
    rc = rc ? rc
            : confirm(cli, given.yes,
                      pool_printf("Remove collection %s and %s?", cli->args[0], holds));
    rc = rc ? rc : call(cli, "ragd.v1.Collections/Remove", &request.base, &info);
    if (rc == EXIT_DONE) {
        collection_report(cli, "removed", info);
    }
    return rc;
}

const struct command COMMAND_COLLECTION_CREATE = {
    .name = "collection create",
    .summary = "Make a collection; embedder and metric stay as they are then",
    .usage = "[options] NAME",
    .text =
        "Without options a collection gets ragd's default embedder, its natural metric and\n"
        "the default splitter. The first rag add makes the collection \"default\".\n\n"
        "NAME has 3 to 63 letters a-z and A-Z, digits, '.', '_' and '-'. It begins and ends\n"
        "with a letter or a digit, and holds no two dots in a row, nor is it like an IPv4\n"
        "address.",
    .group = GROUP_MANAGE,
    .args_min = 1,
    .args_max = 1,
    .examples = {"collection create papers --chunk 1000/200",
                 "collection create mine --embedder none --dim 768 --metric cosine"},
    .options = CREATE_OPTIONS,
    .run = run_create,
};

const struct command COMMAND_COLLECTION_LS = {
    .name = "collection ls",
    .summary = "List collections",
    .usage = "[options]",
    .group = GROUP_MANAGE,
    .examples = {"collection ls", "collection ls --json"},
    .run = run_ls,
};

const struct command COMMAND_COLLECTION_SHOW = {
    .name = "collection show",
    .summary = "Show one with its settings",
    .usage = "[options] [NAME]",
    .group = GROUP_MANAGE,
    .operand = OPERAND_COLLECTION,
    .args_max = 1,
    .examples = {"collection show papers"},
    .run = run_show,
};

const struct command COMMAND_COLLECTION_RENAME = {
    .name = "collection rename",
    .summary = "Give one another name",
    .usage = "[options] NAME NEW-NAME",
    .group = GROUP_MANAGE,
    .operand = OPERAND_COLLECTION,
    .args_min = 2,
    .args_max = 2,
    .examples = {"collection rename papers articles"},
    .run = run_rename,
};

const struct command COMMAND_COLLECTION_RM = {
    .name = "collection rm",
    .summary = "Remove one with all its documents",
    .usage = "[options] NAME",
    .group = GROUP_MANAGE,
    .operand = OPERAND_COLLECTION,
    .args_min = 1,
    .args_max = 1,
    .examples = {"collection rm papers", "collection rm --yes papers"},
    .options = RM_OPTIONS,
    .run = run_rm,
};
