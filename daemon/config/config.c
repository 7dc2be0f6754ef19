/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: defaults, files and the command line become one tree; each row of
 * the schema is taken from it, checked and stored; instances are kept as
 * written. Failure: the first error with its place; nothing is kept.
 */
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/build.h"
#include "config/option.h"
#include "config/schema.h"
#include "core/mem.h"

/* All that a configuration may take; a full file makes a small part of it. */
enum { ARENA_BYTES = 64 * 1024 * 1024, LIST_MAX = 256 };

static int64_t choice_index(const struct ragd_option *option, struct ragd_str s)
{
    int64_t i = 0;
    while (option->choices[i] && (strlen(option->choices[i]) != s.n ||
                                  memcmp(option->choices[i], s.p, s.n) != 0)) {
        i++;
    }
    return i;
}

static int store_list(struct config *config, const struct ragd_value *value,
                      struct config_strings *out)
{
    size_t n = value->u.list.n;
    struct ragd_str *items = arena_calloc(&config->arena, n, sizeof(*items));
    if (!items) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        items[i] = value->u.list.p[i].u.s;
    }
    *out = (struct config_strings){items, n};
    return 0;
}

static int store(struct config *config, const struct schema_row *row,
                 const struct ragd_value *value)
{
    void *at = (char *)config + row->offset;
    if (value->type == RAGD_V_LIST) {
        return store_list(config, value, at);
    }
    if (value->type == RAGD_V_STR && row->option.choices && !row->word) {
        *(int64_t *)at = choice_index(&row->option, value->u.s);
    } else if (value->type == RAGD_V_STR) {
        *(struct ragd_str *)at = value->u.s;
    } else {
        *(int64_t *)at = value->u.i;
    }
    return 0;
}

/* The texts of a node for option_value; false when it is no plain value. */
static bool texts_of(const struct node *node, struct ragd_str *texts, size_t *n)
{
    *n = 0;
    if (node->type == NODE_SCALAR) {
        texts[(*n)++] = node->text;
        return !node->empty;
    }
    for (const struct node *item = node->first; item; item = item->next) {
        if (node->type == NODE_MAP || item->type != NODE_SCALAR || *n == LIST_MAX) {
            return false;
        }
        texts[(*n)++] = item->text;
    }
    return node->type == NODE_LIST;
}

static int read_row(struct config *config, struct node *root, const struct schema_row *row,
                    struct err *err)
{
    const struct ragd_option *option = &row->option;
    struct node *node = node_at(root, option->name);
    struct ragd_str texts[LIST_MAX];
    struct arena *arena = &config->arena;
    struct option_input input = {.path = option->name, .texts = texts};
    input.where = mark_text(arena, node->mark, true);
    char *origin = mark_text(arena, node->mark, false);
    struct ragd_value value = {.type = RAGD_V_STR, .u.s = {"", 0}};
    if (!input.where || !origin) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    if (!texts_of(node, texts, &input.n)) {
        return node_error(err, node->mark, "%s must be %s", option->name,
                          option->type == RAGD_OPT_STRLIST ? "a list of plain values"
                                                           : "one value");
    }
    input.list = node->type == NODE_LIST;
    /* Of the defaults only, an empty text says that there is none. */
    bool unset = node->mark.line == 0 && !input.list && texts[0].n == 0;
    int rc = unset ? 0 : option_value(option, &input, arena, &value, err);
    if (rc == 0 && store(config, row, &value)) {
        rc = err_set(err, ERR_NOMEM, NULL);
    }
    if (rc) {
        return rc;
    }
    char *text = value.type == RAGD_V_LIST ? list_text(arena, texts, input.n)
                                           : value_text(arena, option, &value);
    bool reload = option->flags & SCHEMA_RELOAD;
    return text && config_row_add(config, option->name, text, origin, reload) == 0
               ? 0
               : err_set(err, ERR_NOMEM, NULL);
}

/* The two templates of a prompt, "" = built in, which has what it is to have: between
 * them they say where the sources go, and where the question does. */
static int check_template(const struct node *at, struct ragd_str own, struct ragd_str other,
                          const char *placeholder, struct err *err)
{
    if (own.n == 0 || strstr(own.p, placeholder) ||
        (other.n && strstr(other.p, placeholder))) {
        return 0;
    }
    return node_error(err, at->mark, "there is no %s in prompt or ask.question",
                      placeholder);
}

/* A question is not refused later for what the configuration alone decides. */
static int check_asking(const struct config *config, struct node *root, struct err *err)
{
    const struct node *k = node_at(root, "retrieval.k");
    bool written = k->mark.line || strcmp(k->mark.file, "default") != 0;
    if (written && (uint64_t)config->k > config->limits.k) {
        return node_error(err, k->mark, "retrieval.k is %lld, limits.k is %llu",
                          (long long)config->k, (unsigned long long)config->limits.k);
    }
    int rc = check_template(node_at(root, "prompt"), config->prompt, config->question,
                            "{context}", err);
    return rc ? rc
              : check_template(node_at(root, "ask.question"), config->question,
                               config->prompt, "{question}", err);
}

/* What one row alone cannot see. */
static int check_whole(const struct config *config, struct node *root, struct err *err)
{
    if (config->splitter.chunk_overlap >= config->splitter.chunk_size) {
        struct node *at = node_at(root, "splitter.chunk_overlap");
        if (at->mark.line == 0) {
            at = node_at(root, "splitter.chunk_size");
        }
        return node_error(err, at->mark,
                          "splitter.chunk_overlap must be less than splitter.chunk_size");
    }
    for (size_t i = 0; i < config->plugin_dirs.n; i++) {
        struct ragd_str dir = config->plugin_dirs.p[i];
        if (dir.n == 0 || dir.p[0] != '/') {
            return node_error(err, node_at(root, "plugins.dirs")->mark,
                              "plugins.dirs must hold absolute paths, not '%s'", dir.p);
        }
    }
    return check_asking(config, root, err);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct config_row *)a)->key, ((const struct config_row *)b)->key);
}

static int build(struct config *config, const struct config_request *request,
                 struct err *err)
{
    struct node *root;
    int rc = files_read(request, &config->arena, &root, err);
    if (rc == 0) {
        rc = schema_check_keys(root, err);
    }
    for (size_t i = 0; rc == 0 && i < SCHEMA_N; i++) {
        rc = read_row(config, root, &SCHEMA[i], err);
    }
    if (rc == 0) {
        rc = check_whole(config, root, err);
    }
    if (rc == 0) {
        rc = instances_build(config, root, err);
    }
    if (rc == 0) {
        qsort(config->rows, config->n_rows, sizeof(*config->rows), by_key);
    }
    return rc;
}

int config_load(const struct config_request *request, struct config **out, struct err *err)
{
    struct config *config = mem_calloc(1, sizeof(*config));
    if (!config) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    arena_init(&config->arena, ARENA_BYTES);
    config->system = request->system;
    int rc = build(config, request, err);
    if (rc) {
        config_destroy(config);
        return rc;
    }
    *out = config;
    return 0;
}

void config_destroy(struct config *config)
{
    if (config) {
        arena_release(&config->arena);
        mem_free(config->rows);
        mem_free(config);
    }
}
