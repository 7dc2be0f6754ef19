/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Documents of files that are no more: stored, below a directory that was walked
 * by a name that would be taken, and not there. One that cannot be looked at is
 * not gone.
 */
#ifndef CLI_GONE_H
#define CLI_GONE_H

#include "rpc.h"
#include "walk.h"

struct gone_source {
    const char *uri;
    const struct directory *directory;
    uint64_t documents, chunks;
};

struct gone {
    struct gone_source *sources; /* in order of URI for each directory */
    size_t n, room;
};

/* Looks for them in the collection; one that does not exist has none. With failed
 * also for sources that are remembered because they failed. */
int gone_find(struct rpc *rpc, const char *collection, const struct walk *walk, bool failed,
              struct gone *gone);
/* Removes them from the collection. */
int gone_remove(struct rpc *rpc, const char *collection, const struct gone *gone);

#endif
