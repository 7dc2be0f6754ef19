/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "gone.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "pool.h"
#include "uri.h"

#include "ragd/v1/documents.pb-c.h"

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

static struct gone_source *add(struct gone *gone, const struct directory *directory,
                               const char *source)
{
    gone->sources = pool_grow(gone->sources, &gone->room, gone->n + 1,
                              sizeof(struct gone_source));
    struct gone_source *added = &gone->sources[gone->n++];
    *added = (struct gone_source){pool_strdup(source), directory, 0, 0};
    return added;
}

static void add_document(struct gone *gone, const struct directory *directory,
                         const Ragd__V1__Document *document)
{
    struct gone_source *last = gone->n ? &gone->sources[gone->n - 1] : NULL;
    if (!last || strcmp(last->uri, document->source) != 0) {
        last = add(gone, directory, document->source);
    }
    last->documents++;
    last->chunks += document->chunks;
}

struct search {
    const struct walk *walk;
    const struct directory *directory;
    const char *prefix;
    bool failed; /* among sources that failed, not among documents */
    struct gone *gone;
};

/* One that has documents, too, goes with them. */
static bool has_documents(const struct gone *gone, const char *source)
{
    for (size_t i = 0; i < gone->n; i++) {
        if (strcmp(gone->sources[i].uri, source) == 0) {
            return true;
        }
    }
    return false;
}

/* False behind the last one below the directory. */
static bool take_failed(const struct search *search,
                        const Ragd__V1__DocumentsListReply *reply)
{
    for (size_t i = 0; i < reply->n_failed; i++) {
        const char *source = reply->failed[i]->source;
        if (!begins_with(source, search->prefix)) {
            return false;
        }
        struct pool_mark mark = pool_mark();
        bool gone = is_gone(search->walk, search->directory, source);
        pool_rewind(mark);
        if (gone && !has_documents(search->gone, source)) {
            add(search->gone, search->directory, source);
        }
    }
    return true;
}

/* False behind the last document below the directory. */
static bool take(const struct search *search, const Ragd__V1__DocumentsListReply *reply)
{
    if (search->failed) {
        return take_failed(search, reply);
    }
    for (size_t i = 0; i < reply->n_documents; i++) {
        const Ragd__V1__Document *document = reply->documents[i];
        if (!begins_with(document->id, search->prefix)) {
            return false;
        }
        struct pool_mark mark = pool_mark();
        bool gone = is_gone(search->walk, search->directory, document->source);
        pool_rewind(mark);
        if (gone) {
            add_document(search->gone, search->directory, document);
        }
    }
    return true;
}

/* They come in order of id, or of source. */
static int find_below(struct rpc *rpc, const char *collection, const struct search *search)
{
    Ragd__V1__DocumentsListRequest request = RAGD__V1__DOCUMENTS_LIST_REQUEST__INIT;
    Ragd__V1__DocumentsListReply *reply;
    struct stream stream;
    request.collection = (char *)collection;
    request.after = (char *)search->prefix;
    request.failed = search->failed;
    int rc = stream_open(&stream, rpc, "ragd.v1.Documents/List", &request.base,
                         &ragd__v1__documents_list_reply__descriptor, false);
    if (rc) {
        return rc;
    }
    int got = STREAM_END;
    do {
        got = stream_next(&stream, -1, &reply);
    } while (got == STREAM_MESSAGE && take(search, reply));
    if (got < 0 && strcmp(stream.error.code, "no_such_collection") != 0) {
        rc = stream_fail(&stream);
    }
    stream_close(&stream);
    return rc;
}

int gone_find(struct rpc *rpc, const char *collection, const struct walk *walk, bool failed,
              struct gone *gone)
{
    int rc = EXIT_DONE;
    for (size_t i = 0; rc == EXIT_DONE && i < walk->n_directories; i++) {
        const struct directory *directory = &walk->directories[i];
        struct search search = {walk, directory, uri_below(walk, directory), false, gone};
        if (is_covered(walk, i)) {
            continue;
        }
        rc = find_below(rpc, collection, &search);
        search.failed = true;
        rc = rc || !failed ? rc : find_below(rpc, collection, &search);
    }
    return rc;
}

int gone_remove(struct rpc *rpc, const char *collection, const struct gone *gone)
{
    int rc = EXIT_DONE;
    char *ids[REMOVED_AT_ONCE];
    Ragd__V1__DocumentsRemoveRequest request = RAGD__V1__DOCUMENTS_REMOVE_REQUEST__INIT;
    Ragd__V1__DocumentsRemoveReply *reply;
    request.collection = (char *)collection;
    request.ids = ids;
    for (size_t i = 0; rc == EXIT_DONE && i < gone->n;) {
        for (request.n_ids = 0; i < gone->n && request.n_ids < REMOVED_AT_ONCE; i++) {
            ids[request.n_ids++] = (char *)gone->sources[i].uri;
        }
        rc = rpc_call(rpc, "ragd.v1.Documents/Remove", &request.base,
                      &ragd__v1__documents_remove_reply__descriptor, &reply);
    }
    return rc;
}
