/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The effective values as rows: for people, for JSON, for what a reload changes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "config/build.h"
#include "core/buf.h"
#include "core/mem.h"

static char *size_text(struct arena *arena, uint64_t n)
{
    static const char *const UNITS[] = {"", "KiB", "MiB", "GiB"};
    int unit = 0;
    while (unit < 3 && n && n % 1024 == 0) {
        n /= 1024;
        unit++;
    }
    return arena_printf(arena, "%" PRIu64 "%s", n, UNITS[unit]);
}

static char *duration_text(struct arena *arena, uint64_t ms)
{
    if (ms == 0 || ms % 1000) {
        return arena_printf(arena, "%" PRIu64 "ms", ms);
    }
    return ms % 60000 ? arena_printf(arena, "%" PRIu64 "s", ms / 1000)
                      : arena_printf(arena, "%" PRIu64 "min", ms / 60000);
}

char *list_text(struct arena *arena, const struct ragd_str *texts, size_t n)
{
    struct buf buf = {0};
    int rc = buf_puts(&buf, "[");
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = buf_printf(&buf, "%s%.*s", i ? ", " : "", (int)texts[i].n, texts[i].p);
    }
    if (rc == 0) {
        rc = buf_puts(&buf, "]");
    }
    char *text = rc ? NULL
                    : (char *)arena_str(arena, (struct ragd_str){(char *)buf.p, buf.n}).p;
    buf_release(&buf);
    return text;
}

char *value_text(struct arena *arena, const struct ragd_option *option,
                 const struct ragd_value *value)
{
    uint64_t n = value->type == RAGD_V_INT ? (uint64_t)value->u.i : 0;
    switch (value->type) {
    case RAGD_V_STR: return (char *)value->u.s.p;
    case RAGD_V_BOOL: return arena_strdup(arena, value->u.i ? "true" : "false");
    case RAGD_V_REAL: return arena_printf(arena, "%.15g", value->u.d);
    case RAGD_V_INT:
        return option->type == RAGD_OPT_SIZE ? size_text(arena, n)
               : option->type == RAGD_OPT_MS ? duration_text(arena, n)
                                             : arena_printf(arena, "%" PRId64, value->u.i);
    default: return arena_strdup(arena, "");
    }
}

int config_row_add(struct config *config, const char *key, const char *text,
                   const char *origin, bool reload)
{
    size_t n = config->n_rows;
    if ((n & (n - 1)) == 0) { /* at the powers of two it doubles */
        struct config_row *rows = mem_realloc(config->rows, n ? 2 * n : 1, sizeof(*rows));
        if (!rows) {
            return RAGD_E_NOMEM;
        }
        config->rows = rows;
    }
    config->rows[config->n_rows++] = (struct config_row){key, text, origin, reload};
    return 0;
}

bool config_value(const struct config *config, size_t i, struct config_value *out)
{
    if (i >= config->n_rows) {
        return false;
    }
    const struct config_row *row = &config->rows[i];
    *out = (struct config_value){row->key, row->text, row->origin, row->reload};
    return true;
}

static struct config_value value_of(const struct config_row *row)
{
    return (struct config_value){row->key, row->text, row->origin, row->reload};
}

/* Both lists are sorted by key: a merge finds what is in one alone or differs. */
void config_diff(const struct config *old, const struct config *now,
                 config_change_fn changed, void *arg)
{
    size_t i = 0, j = 0;
    while (i < old->n_rows || j < now->n_rows) {
        const struct config_row *a = i < old->n_rows ? &old->rows[i] : NULL;
        const struct config_row *b = j < now->n_rows ? &now->rows[j] : NULL;
        int order = !a ? 1 : !b ? -1 : strcmp(a->key, b->key);
        if (order != 0 || strcmp(a->text, b->text) != 0) {
            struct config_value value = value_of(order < 0 ? a : b);
            changed(&value, arg);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

char *config_json(const struct config *config)
{
    json_t *values = json_array(), *root = json_object();
    int failed = !values || !root;
    for (size_t i = 0; !failed && i < config->n_rows; i++) {
        const struct config_row *row = &config->rows[i];
        json_t *item = json_pack("{s:s, s:s, s:s, s:b}", "key", row->key, "value",
                                 row->text, "origin", row->origin, "reload", row->reload);
        failed = !item || json_array_append_new(values, item);
    }
    failed = failed || json_object_set(root, "values", values);
    char *text = failed ? NULL : json_dumps(root, JSON_INDENT(2));
    char *copy = text ? mem_strdup(text) : NULL;
    mem_free(text);
    json_decref(values);
    json_decref(root);
    return copy;
}
