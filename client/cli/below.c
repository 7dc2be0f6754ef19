/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "below.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "document_list.h"
#include "pool.h"
#include "uri.h"

/* In one call: URIs of the longest paths still fit into a message. */
enum { REMOVED_AT_ONCE = 256 };

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const char *uri_below(const struct walk *walk, const struct directory *directory)
{
    return walk_join(uri_of_path(directory->path, walk->host), "");
}

/* Whether an earlier directory, or one around it, has its files as well. */
static bool is_covered(const struct walk *walk, size_t index)
{
    const char *own = walk_join(walk->directories[index].path, "");
    for (size_t i = 0; i < walk->n_directories; i++) {
        const char *other = walk_join(walk->directories[i].path, "");
        bool same = strcmp(own, other) == 0;
        if (i != index && begins_with(own, other) && (!same || i < index)) {
            return true;
        }
    }
    return false;
}

static bool is_gone(const struct walk *walk, const struct directory *directory,
                    const char *source)
{
    struct stat st;
    const char *path = uri_path_on(source, walk->host);
    if (!path || lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR)) {
        return false;
    }
    const char *below = path + strlen(walk_join(directory->path, ""));
    return walk_matches(walk, walk_join(directory->shown, below));
}

static struct below_source *add(struct below *below, const struct directory *directory,
                                const char *source)
{
    below->sources = pool_grow(below->sources, &below->room, below->n + 1,
                               sizeof(struct below_source));
    struct below_source *added = &below->sources[below->n++];
    *added = (struct below_source){pool_strdup(source), directory, 0, 0};
    return added;
}

static void add_document(struct below *below, const struct directory *directory,
                         const Ragd__V1__Document *document)
{
    struct below_source *last = below->n ? &below->sources[below->n - 1] : NULL;
    if (!last || strcmp(last->uri, document->source) != 0) {
        last = add(below, directory, document->source);
    }
    last->documents++;
    last->chunks += document->chunks;
}

struct search {
    const struct walk *walk; /* NULL = also those whose files are there */
    const struct directory *directory;
    const char *prefix;
    struct below *below;
};

static bool is_wanted(const struct search *search, const char *source)
{
    struct pool_mark mark = pool_mark();
    bool wanted = !search->walk || is_gone(search->walk, search->directory, source);
    pool_rewind(mark);
    return wanted;
}

/* One that has documents, too, goes with them. */
static bool has_documents(const struct below *below, const char *source)
{
    for (size_t i = 0; i < below->n; i++) {
        if (strcmp(below->sources[i].uri, source) == 0) {
            return true;
        }
    }
    return false;
}

/* False behind the last one below the directory. */
static bool take_failed(void *data, const Ragd__V1__DocumentsListReply *reply)
{
    const struct search *search = data;
    for (size_t i = 0; i < reply->n_failed; i++) {
        const char *source = reply->failed[i]->source;
        if (!begins_with(source, search->prefix)) {
            return false;
        }
        if (is_wanted(search, source) && !has_documents(search->below, source)) {
            add(search->below, search->directory, source);
        }
    }
    return true;
}

/* False behind the last document below the directory. */
static bool take(void *data, const Ragd__V1__DocumentsListReply *reply)
{
    const struct search *search = data;
    for (size_t i = 0; i < reply->n_documents; i++) {
        const Ragd__V1__Document *document = reply->documents[i];
        if (!begins_with(document->id, search->prefix)) {
            return false;
        }
        if (is_wanted(search, document->source)) {
            add_document(search->below, search->directory, document);
        }
    }
    return true;
}

static int find(struct rpc *rpc, const char *collection, bool failed, struct search *search)
{
    struct document_list list = {.collection = collection,
                                 .after = search->prefix,
                                 .may_lack = true,
                                 .on_reply = take,
                                 .data = search};
    int rc = document_list_read(rpc, &list);
    if (rc || !failed) {
        return rc;
    }
    list.failed = true;
    list.on_reply = take_failed;
    return document_list_read(rpc, &list);
}

int below_find(struct rpc *rpc, const char *collection, const char *uri,
               struct below *below)
{
    struct search search = {.prefix = walk_join(uri, ""), .below = below};
    return find(rpc, collection, true, &search);
}

int below_find_gone(struct rpc *rpc, const char *collection, const struct walk *walk,
                    bool failed, struct below *below)
{
    int rc = EXIT_DONE;
    for (size_t i = 0; rc == EXIT_DONE && i < walk->n_directories; i++) {
        const struct directory *directory = &walk->directories[i];
        struct search search = {walk, directory, uri_below(walk, directory), below};
        if (!is_covered(walk, i)) {
            rc = find(rpc, collection, failed, &search);
        }
    }
    return rc;
}

int below_remove(struct rpc *rpc, const char *collection, const struct below *below,
                 struct below_removed *removed)
{
    int rc = EXIT_DONE;
    char *ids[REMOVED_AT_ONCE];
    Ragd__V1__DocumentsRemoveRequest request = RAGD__V1__DOCUMENTS_REMOVE_REQUEST__INIT;
    Ragd__V1__DocumentsRemoveReply *reply;
    request.collection = (char *)collection;
    request.ids = ids;
    for (size_t i = 0; rc == EXIT_DONE && i < below->n;) {
        for (request.n_ids = 0; i < below->n && request.n_ids < REMOVED_AT_ONCE; i++) {
            ids[request.n_ids++] = (char *)below->sources[i].uri;
        }
        rc = rpc_call(rpc, "ragd.v1.Documents/Remove", &request.base,
                      &ragd__v1__documents_remove_reply__descriptor, &reply);
        if (rc == EXIT_DONE) {
            removed->documents += reply->documents;
            removed->chunks += reply->chunks;
            removed->failed += reply->failed;
        }
    }
    return rc;
}
