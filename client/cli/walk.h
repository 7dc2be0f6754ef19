/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Files and directories of a command line become a list of sources. */
#ifndef CLI_WALK_H
#define CLI_WALK_H

#include "cli.h"

struct source_file {
    const char *uri;
    const char *path;  /* to open it; NULL = fd */
    const char *shown; /* as the user would write it */
    const char *name;  /* its last part */
    int fd;            /* of a spooled stdin, else -1 */
};

/* A directory that was named; all of it is walked, by walk_finish(). */
struct directory {
    const char *path;
    const char *shown;
};

struct walk {
    const struct cli *cli;
    const char *host;            /* in file URIs: "" on this machine */
    const struct strings *globs; /* only names that match one */
    struct source_file *files;   /* in a stable order, no URI twice */
    size_t n, room;
    struct directory *directories;
    size_t n_directories, directory_room;
    struct strings remote; /* URIs that ragd fetches */
    size_t refused;        /* arguments that cannot be taken, among the files */
    size_t hidden;         /* names with a dot that were passed over */
    size_t depth;
};

/* An argument: a path, a file URI or another URI; nothing below it is looked at.
 * 0 or the exit code. */
int walk_add(struct walk *walk, const char *argument);
/* stdin as a source of this name. */
int walk_add_stdin(struct walk *walk, const char *name);
/* Looks for files below the directories; what was named twice stays once. 0 or
 * the exit code. */
int walk_finish(struct walk *walk);
/* Whether a file is to be taken, if it is there; shown as in source_file. */
bool walk_matches(const struct walk *walk, const char *shown);
/* "docs" and "a.md" are "docs/a.md". */
const char *walk_join(const char *directory, const char *name);
/* The file with this URI, NULL when there is none. */
const struct source_file *walk_find(const struct walk *walk, const char *uri);

#endif
