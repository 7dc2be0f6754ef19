/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "config/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

/* More than any configuration has; they bound the recursion and the searches. */
enum { DEPTH_MAX = 16, MEMBERS_MAX = 1000 };

struct reader {
    yaml_parser_t yaml;
    struct arena *arena;
    const char *file;
    struct err *err;
};

char *mark_text(struct arena *arena, struct mark mark, bool with_column)
{
    if (mark.line == 0) {
        return arena_strdup(arena, mark.file);
    }
    return with_column ? arena_printf(arena, "%s:%u:%u", mark.file, mark.line, mark.column)
                       : arena_printf(arena, "%s:%u", mark.file, mark.line);
}

int node_error(struct err *err, struct mark mark, const char *fmt, ...)
{
    char text[ERR_MSG_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (mark.line == 0) {
        return err_set(err, ERR_CONFIG, "%s: %s", mark.file, text);
    }
    return err_set(err, ERR_CONFIG, "%s:%u:%u: %s", mark.file, mark.line, mark.column,
                   text);
}

struct node *node_new(struct arena *arena, enum node_type type, struct mark mark)
{
    struct node *node = arena_alloc(arena, sizeof(*node));
    if (node) {
        node->type = type;
        node->mark = mark;
    }
    return node;
}

struct node *node_member(const struct node *map, const char *key)
{
    struct node *node = map && map->type == NODE_MAP ? map->first : NULL;
    while (node && strcmp(node->key, key) != 0) {
        node = node->next;
    }
    return node;
}

struct node *node_at(struct node *map, const char *key)
{
    while (map && *key) {
        char word[64];
        size_t n = strcspn(key, ".");
        if (n >= sizeof(word)) {
            return NULL;
        }
        memcpy(word, key, n);
        word[n] = '\0';
        map = node_member(map, word);
        key += n + (key[n] == '.');
    }
    return map;
}

static void append(struct node *parent, struct node *child)
{
    struct node **end = &parent->first;
    while (*end) {
        end = &(*end)->next;
    }
    child->next = NULL;
    *end = child;
}

void node_merge(struct node *base, struct node *over)
{
    struct node *next;
    for (struct node *member = over->first; member; member = next) {
        next = member->next;
        struct node *old = node_member(base, member->key);
        if (!old) {
            append(base, member);
        } else if (old->type == NODE_MAP && member->type == NODE_MAP) {
            node_merge(old, member);
        } else {
            struct node *after = old->next;
            *old = *member;
            old->next = after;
        }
    }
}

static struct node *member_or_new(struct arena *arena, struct node *map, const char *key,
                                  size_t n, struct mark mark)
{
    char *name = (char *)arena_str(arena, (struct ragd_str){key, n}).p;
    if (!name) {
        return NULL;
    }
    struct node *node = node_member(map, name);
    if (!node) {
        node = node_new(arena, NODE_MAP, mark);
        if (node) {
            node->key = name;
            node->key_mark = mark;
            append(map, node);
        }
    }
    return node;
}

struct node *node_set(struct arena *arena, struct node *map, const char *key,
                      const char *value, const char *file)
{
    struct mark mark = {file, 0, 0};
    for (;;) {
        size_t n = strcspn(key, ".");
        map = member_or_new(arena, map, key, n, mark);
        if (!map || key[n] == '\0') {
            break;
        }
        map->type = NODE_MAP;
        key += n + 1;
    }
    if (map) {
        map->type = NODE_SCALAR;
        map->mark = mark;
        map->first = NULL;
        map->text = arena_str(arena, ragd_cs(value));
    }
    return map && map->text.p ? map : NULL;
}

static struct mark mark_of(const struct reader *reader, yaml_mark_t at)
{
    return (struct mark){reader->file, (uint32_t)at.line + 1, (uint32_t)at.column + 1};
}

static int no_memory(struct reader *reader)
{
    return err_set(reader->err, ERR_NOMEM, NULL);
}

static int next_event(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->yaml, event)) {
        return 0;
    }
    memset(event, 0, sizeof(*event)); /* deleting it stays legal */
    if (reader->yaml.error == YAML_MEMORY_ERROR) {
        return no_memory(reader);
    }
    return node_error(reader->err, mark_of(reader, reader->yaml.problem_mark), "%s",
                      reader->yaml.problem ? reader->yaml.problem : "cannot be read");
}

static int refuse(struct reader *reader, const yaml_event_t *event, const char *what)
{
    return node_error(reader->err, mark_of(reader, event->start_mark),
                      "%s are not supported here", what);
}

/* Anchors and tags make one text mean another; a configuration needs neither. */
static int check_plainness(struct reader *reader, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT: return refuse(reader, event, "aliases");
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default: break;
    }
    if (anchor) {
        return refuse(reader, event, "anchors");
    }
    return tag ? refuse(reader, event, "tags") : 0;
}

static int read_scalar(struct reader *reader, const yaml_event_t *event, struct node **out)
{
    struct ragd_str text = {(const char *)event->data.scalar.value,
                            event->data.scalar.length};
    struct mark mark = mark_of(reader, event->start_mark);
    if (memchr(text.p, '\0', text.n)) {
        return node_error(reader->err, mark, "a NUL character in a value");
    }
    struct node *node = node_new(reader->arena, NODE_SCALAR, mark);
    if (node) {
        node->text = arena_str(reader->arena, text);
    }
    if (!node || !node->text.p) {
        return no_memory(reader);
    }
    int plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->empty = plain && (text.n == 0 || strcmp(node->text.p, "~") == 0 ||
                            strcmp(node->text.p, "null") == 0);
    *out = node;
    return 0;
}

static int read_node(struct reader *reader, const yaml_event_t *event, int depth,
                     struct node **out);

static int read_list(struct reader *reader, struct node *list, int depth)
{
    struct node **end = &list->first;
    for (;;) {
        yaml_event_t event;
        int rc = next_event(reader, &event);
        if (rc == 0 && event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return 0;
        }
        if (rc == 0) {
            rc = read_node(reader, &event, depth, end);
        }
        yaml_event_delete(&event);
        if (rc) {
            return rc;
        }
        end = &(*end)->next;
    }
}

/* The key of the member that follows. */
static int read_key(struct reader *reader, const struct node *map,
                    const yaml_event_t *event, struct node **out)
{
    if (event->type != YAML_SCALAR_EVENT) {
        return node_error(reader->err, mark_of(reader, event->start_mark),
                          "a key must be a plain word");
    }
    int rc = check_plainness(reader, event);
    if (rc == 0) {
        rc = read_scalar(reader, event, out);
    }
    if (rc) {
        return rc;
    }
    const struct node *twin = node_member(map, (*out)->text.p);
    if (twin) {
        return node_error(reader->err, (*out)->mark,
                          "key '%s' was given already in line %u", (*out)->text.p,
                          twin->key_mark.line);
    }
    return 0;
}

static int read_value(struct reader *reader, int depth, struct node **out)
{
    yaml_event_t event;
    int rc = next_event(reader, &event);
    if (rc == 0) {
        rc = read_node(reader, &event, depth, out);
    }
    yaml_event_delete(&event);
    return rc;
}

static int read_map(struct reader *reader, struct node *map, int depth)
{
    for (int n = 0;; n++) {
        yaml_event_t event;
        struct node *key = NULL, *value = NULL;
        int rc = next_event(reader, &event);
        if (rc == 0 && event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return 0;
        }
        if (rc == 0 && n == MEMBERS_MAX) {
            rc = node_error(reader->err, map->mark, "more than %d keys", MEMBERS_MAX);
        }
        if (rc == 0) {
            rc = read_key(reader, map, &event, &key);
        }
        yaml_event_delete(&event);
        if (rc == 0) {
            rc = read_value(reader, depth, &value);
        }
        if (rc) {
            return rc;
        }
        value->key = key->text.p;
        value->key_mark = key->mark;
        append(map, value);
    }
}

static int read_node(struct reader *reader, const yaml_event_t *event, int depth,
                     struct node **out)
{
    int rc = check_plainness(reader, event);
    if (rc) {
        return rc;
    }
    struct mark mark = mark_of(reader, event->start_mark);
    if (event->type == YAML_SCALAR_EVENT) {
        return read_scalar(reader, event, out);
    }
    if (depth == DEPTH_MAX) {
        return node_error(reader->err, mark, "nested more than %d deep", DEPTH_MAX);
    }
    int is_map = event->type == YAML_MAPPING_START_EVENT;
    struct node *node = node_new(reader->arena, is_map ? NODE_MAP : NODE_LIST, mark);
    if (!node) {
        return no_memory(reader);
    }
    *out = node;
    return is_map ? read_map(reader, node, depth + 1) : read_list(reader, node, depth + 1);
}

/* The events of a whole stream: nothing, or one document. */
static int read_stream(struct reader *reader, struct node **out)
{
    int documents = 0;
    for (;;) {
        yaml_event_t event;
        int rc = next_event(reader, &event);
        yaml_event_type_t type = event.type;
        if (rc == 0 && type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
            rc = refuse(reader, &event, "several documents in one file");
        } else if (rc == 0 && type != YAML_STREAM_START_EVENT &&
                   type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT &&
                   type != YAML_STREAM_END_EVENT) {
            rc = read_node(reader, &event, 0, out);
        }
        yaml_event_delete(&event);
        if (rc || type == YAML_STREAM_END_EVENT) {
            return rc;
        }
    }
}

int node_parse(struct arena *arena, const char *file, struct ragd_str text,
               struct node **out, struct err *err)
{
    struct reader reader = {.arena = arena, .file = file, .err = err};
    struct node *root = NULL;
    if (!yaml_parser_initialize(&reader.yaml)) {
        return no_memory(&reader);
    }
    yaml_parser_set_encoding(&reader.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.yaml, (const unsigned char *)text.p, text.n);
    int rc = read_stream(&reader, &root);
    yaml_parser_delete(&reader.yaml);
    if (rc == 0) {
        *out = root && root->empty ? NULL : root;
    }
    return rc;
}
