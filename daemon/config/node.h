/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A parsed YAML document: scalars, maps and lists, each with its place.
 *
 * Thread: [any]; a tree has one user at a time.
 */
#ifndef CONFIG_NODE_H
#define CONFIG_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/err.h"

/* From 1; line 0 = not from a file: then file says it all. */
struct mark {
    const char *file;
    uint32_t line, column;
};

enum node_type { NODE_SCALAR, NODE_MAP, NODE_LIST };

struct node {
    enum node_type type;
    struct mark mark;
    struct ragd_str text; /* of a scalar, with a NUL behind */
    bool empty;           /* a scalar that was left out: "key:" */
    struct node *first;   /* members of a map, items of a list */

    struct node *next; /* in the map or list it belongs to */
    const char *key;   /* in a map */
    struct mark key_mark;
};

/* One document; *out is NULL for an empty one. ERR_CONFIG, ERR_NOMEM. */
int node_parse(struct arena *arena, const char *file, struct ragd_str text,
               struct node **out, struct err *err);

/* The member of a map by its key, or NULL. */
struct node *node_member(const struct node *map, const char *key);
/* The one at a dotted key, or NULL. */
struct node *node_at(struct node *map, const char *key);
/* Puts what over says into base, key by key; scalars and lists replace. */
void node_merge(struct node *base, struct node *over);
/* Adds or replaces the scalar at a dotted key. NULL: no memory. */
struct node *node_set(struct arena *arena, struct node *map, const char *key,
                      const char *value, const char *file);
/* Of one kind and without members. NULL: no memory. */
struct node *node_new(struct arena *arena, enum node_type type, struct mark mark);

/* ERR_CONFIG with "file:line:column: " in front of the text. */
int node_error(struct err *err, struct mark mark, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "file:line:column" or "file:line"; NULL: no memory. */
char *mark_text(struct arena *arena, struct mark mark, bool with_column);

#endif
