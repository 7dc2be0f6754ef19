/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * All regular files below a directory, in a stable order: depth first, names
 * by their bytes. Links, sockets, pipes and devices are passed over, as is
 * what cannot be read. Memory: the names of one directory at each level.
 */
#ifndef SOURCE_FILE_WALK_H
#define SOURCE_FILE_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "uri.h"

enum { WALK_LEVELS_MAX = 64 };

struct walk {
    bool hidden;       /* also names that begin with a dot */
    const char *after; /* relative path to go on behind, "" = from the start */
    /* rel: relative to the directory. Anything but 0 ends the walk. */
    ragd_status (*file)(struct walk *walk, const char *rel, const struct stat *st);
    /* Something was passed over; reason is for people. May be NULL. */
    void (*skipped)(struct walk *walk, const char *rel, const char *reason);
    void *arg;
    char rel[PATH_BYTES]; /* while it runs */
};

/* dir is borrowed. */
ragd_status walk_files(struct walk *walk, int dir);

#endif
