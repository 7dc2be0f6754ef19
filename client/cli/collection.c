/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "collection.h"

#include <pwd.h>

#include "fail.h"
#include "pool.h"
#include "show.h"
#include "table.h"

static const struct column COLUMNS[] = {
    {"NAME", false, true, 0},      {"DOCS", true, false, 0}, {"CHUNKS", true, false, 0},
    {"EMBEDDER", false, false, 0}, {"DIMS", true, false, 0}, {"METRIC", false, false, 0},
    {"OWNER", false, false, 0},    {"SIZE", true, false, 0},
};

static const char *owner_name(uint32_t uid)
{
    const struct passwd *user = getpwuid(uid);
    return user ? pool_strdup(user->pw_name) : cell_uint(uid);
}

static const char *embedder_text(const Ragd__V1__CollectionInfo *info)
{
    return info->model[0] ? pool_printf("%s:%s", info->embedder, info->model)
                          : info->embedder;
}

static void add_row(struct table *table, const Ragd__V1__CollectionInfo *info)
{
    const char *cells[] = {
        info->name,
        cell_uint(info->documents),
        cell_uint(info->chunks),
        embedder_text(info),
        info->dim ? cell_uint(info->dim) : "",
        metric_name(info->metric),
        owner_name(info->owner),
        cell_bytes(table->cli, info->bytes),
    };
    table_row(table, cells);
}

static void list_json(struct cli *cli, const Ragd__V1__CollectionsListReply *reply)
{
    show_list_begin(cli, "collections");
    for (size_t i = 0; i < reply->n_collections; i++) {
        emit_object(&cli->emit);
        show_collection(&cli->emit, reply->collections[i]);
        emit_end(&cli->emit);
        show_list_item_end(cli);
    }
    show_list_end(cli);
}

/* What a part of the answer says went wrong. */
static int tell(const struct cli *cli, const Ragd__V1__Error *error, const char *message)
{
    return fail(cli, &(struct failure){.exit = (int)error->exit,
                                       .code = error->code,
                                       .message = message,
                                       .why = error->why,
                                       .hint = error->hint});
}

/* What could not be read: all of it, or a part of what is listed. */
static int tell_broken(const struct cli *cli, const Ragd__V1__CollectionsListReply *reply)
{
    size_t n_broken = 0;
    int rc = EXIT_DONE;
    for (size_t i = 0; i < reply->n_collections; i++) {
        const Ragd__V1__CollectionInfo *info = reply->collections[i];
        if (info->problem) {
            rc = tell(cli, info->problem,
                      pool_printf("collection %s: %s", info->name, info->problem->message));
            n_broken++;
        }
    }
    if (reply->incomplete) {
        rc = tell(cli, reply->incomplete, reply->incomplete->message);
    }
    return rc && n_broken < reply->n_collections ? EXIT_PARTLY : rc;
}

int collection_list(struct cli *cli, struct rpc *rpc, uint64_t limit)
{
    Ragd__V1__CollectionsListRequest request = RAGD__V1__COLLECTIONS_LIST_REQUEST__INIT;
    Ragd__V1__CollectionsListReply *reply;
    int rc = rpc_call(rpc, "ragd.v1.Collections/List", &request.base,
                      &ragd__v1__collections_list_reply__descriptor, &reply);
    if (rc) {
        return rc;
    }
    if (limit && reply->n_collections > limit) {
        reply->n_collections = (size_t)limit;
    }
    if (wants_json(cli)) {
        list_json(cli, reply);
        return tell_broken(cli, reply);
    }
    struct table table;
    table_init(&table, cli, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0]));
    for (size_t i = 0; i < reply->n_collections; i++) {
        add_row(&table, reply->collections[i]);
    }
    table_done(&table);
    if (reply->n_collections == 0 && !reply->incomplete) {
        note(cli, "no collections yet: rag add makes one");
    }
    return tell_broken(cli, reply);
}

static const char *splitter_text(const Ragd__V1__Splitter *splitter)
{
    if (!splitter || !splitter->chunk_size) {
        return "";
    }
    uint32_t overlap = splitter->chunk_overlap_plus1 ? splitter->chunk_overlap_plus1 - 1
                                                     : 0;
    return pool_printf("%s, %u/%u characters",
                       splitter->kind[0] ? splitter->kind : "recursive",
                       splitter->chunk_size, overlap);
}

/* As JSON or as an id, when one of them is wanted. action may be NULL. */
static bool show_formal(struct cli *cli, const char *action,
                        const Ragd__V1__CollectionInfo *info)
{
    if (wants_json(cli)) {
        emit_object(&cli->emit);
        emit_put_some(&cli->emit, "action", action);
        show_collection(&cli->emit, info);
        emit_end(&cli->emit);
        emit_done(&cli->emit);
    } else if (cli->format == FORMAT_IDS) {
        puts(info->name);
    } else {
        return false;
    }
    return true;
}

void collection_show(struct cli *cli, const Ragd__V1__CollectionInfo *info)
{
    if (show_formal(cli, NULL, info)) {
        return;
    }
    const struct field fields[] = {
        {"name", info->name},
        {"documents", cell_uint(info->documents)},
        {"chunks", cell_uint(info->chunks)},
        {"embedder", embedder_text(info)},
        {"dimension", info->dim ? cell_uint(info->dim) : ""},
        {"metric", metric_name(info->metric)},
        {"mode", mode_name(info->auto_mode)},
        {"splitter", splitter_text(info->splitter)},
        {"store", info->store},
        {"size", cell_bytes(cli, info->bytes)},
        {"owner", owner_name(info->owner)},
        {"created", cell_time(cli, info->created_ms)},
    };
    show_fields(cli, fields, sizeof(fields) / sizeof(fields[0]));
}

void collection_report(struct cli *cli, const char *action,
                       const Ragd__V1__CollectionInfo *info)
{
    if (show_formal(cli, action, info)) {
        return;
    }
    const char *dims = info->dim ? pool_printf(" \xC2\xB7 %s", plural(info->dim, "dim"))
                                 : "";
    say(cli, "%s collection %s   %s%s \xC2\xB7 %s \xC2\xB7 %s, %s", action, info->name,
        embedder_text(info), dims, metric_name(info->metric),
        plural(info->documents, "document"), plural(info->chunks, "chunk"));
}
