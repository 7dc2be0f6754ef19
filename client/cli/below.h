/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Sources that are stored below a directory: all, or those whose files are no more. */
#ifndef CLI_BELOW_H
#define CLI_BELOW_H

#include "rpc.h"
#include "walk.h"

struct below_source {
    const char *uri;
    const struct directory *directory; /* that was walked; NULL = none was */
    uint64_t documents, chunks;        /* 0 for one that failed */
};

struct below {
    struct below_source *sources; /* in order of URI for each directory */
    size_t n, room;
};

struct below_removed {
    uint64_t documents, chunks, failed; /* failed: sources that had, now forgotten */
};

/* Adds all that are below the URI of a directory, also those that failed; a
 * collection that does not exist has none. */
int below_find(struct rpc *rpc, const char *collection, const char *uri,
               struct below *below);
/*
 * Those of files that are no more: below a directory that was walked, by a name that
 * would be taken, and not there. One that cannot be looked at is not gone. With failed
 * also sources that are remembered because they failed.
 */
int below_find_gone(struct rpc *rpc, const char *collection, const struct walk *walk,
                    bool failed, struct below *below);
/* Removes them from the collection, and adds up what that removed. */
int below_remove(struct rpc *rpc, const char *collection, const struct below *below,
                 struct below_removed *removed);

#endif
