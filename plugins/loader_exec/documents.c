/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "documents.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A document in work. Its texts are the object's, lists are freed with it. */
struct parts {
    struct ragd_doc doc;
    struct ragd_block *blocks;
    struct ragd_kv *meta;
    struct ragd_value *items; /* of all lists in meta, one after the other */
};

static ragd_status wrong(struct documents *d, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(d->why, sizeof(d->why), fmt, args);
    va_end(args);
    return RAGD_E_BAD_INPUT;
}

static struct ragd_str text_of(const json_t *string)
{
    return (struct ragd_str){json_string_value(string), json_string_length(string)};
}

/* A text that may be missing. */
static ragd_status take_text(struct documents *d, const json_t *object, const char *name,
                             struct ragd_str *out)
{
    const json_t *value = json_object_get(object, name);
    if (value && !json_is_string(value)) {
        return wrong(d, "its %s is no text", name);
    }
    if (value) {
        *out = text_of(value);
    }
    return RAGD_OK;
}

/* ---- metadata ------------------------------------------------------------------- */

static bool take_scalar(const json_t *in, struct ragd_value *out)
{
    switch (json_typeof(in)) {
    case JSON_STRING:
        *out = (struct ragd_value){RAGD_V_STR, 0, {.s = text_of(in)}};
        return true;
    case JSON_INTEGER:
        *out = (struct ragd_value){RAGD_V_INT, 0, {.i = json_integer_value(in)}};
        return true;
    case JSON_REAL:
        *out = (struct ragd_value){RAGD_V_REAL, 0, {.d = json_real_value(in)}};
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        *out = (struct ragd_value){RAGD_V_BOOL, 0, {.i = json_is_true(in)}};
        return true;
    default: return false;
    }
}

/* Texts, numbers, booleans, and lists of them. */
static ragd_status take_value(struct documents *d, const char *key, const json_t *in,
                              struct ragd_value **items, struct ragd_value *out)
{
    bool good = true;
    if (!json_is_array(in)) {
        good = take_scalar(in, out);
    } else {
        size_t n = json_array_size(in);
        *out = (struct ragd_value){RAGD_V_LIST, 0, {.list = {*items, n}}};
        for (size_t i = 0; i < n && good; i++) {
            good = take_scalar(json_array_get(in, i), (*items)++);
        }
    }
    return good ? RAGD_OK
                : wrong(d,
                        "its metadata '%.60s' is no text, number or boolean, nor a list "
                        "of them",
                        key);
}

static size_t count_items(json_t *map)
{
    size_t n = 0;
    const char *key;
    json_t *value;
    json_object_foreach(map, key, value)
    {
        n += json_array_size(value);
    }
    return n;
}

static ragd_status take_meta(struct documents *d, const json_t *object, struct parts *parts)
{
    json_t *map = json_object_get(object, "metadata"), *value;
    const char *key;
    ragd_status rc = RAGD_OK;
    if (!map) {
        return RAGD_OK;
    }
    if (!json_is_object(map)) {
        return wrong(d, "its metadata is no object");
    }
    parts->meta = calloc(json_object_size(map) + 1, sizeof(*parts->meta));
    parts->items = calloc(count_items(map) + 1, sizeof(*parts->items));
    if (!parts->meta || !parts->items) {
        return RAGD_E_NOMEM;
    }
    struct ragd_value *items = parts->items;
    size_t n = 0;
    json_object_foreach(map, key, value)
    {
        parts->meta[n].key = ragd_cs(key);
        rc = rc ? rc : take_value(d, key, value, &items, &parts->meta[n].val);
        n++;
    }
    parts->doc.meta = (struct ragd_kvs){parts->meta, n};
    return rc;
}

/* ---- blocks --------------------------------------------------------------------- */

static uint32_t kind_of(const char *name)
{
    static const char *const names[] = {
        [RAGD_BLOCK_PARAGRAPH] = "paragraph", [RAGD_BLOCK_HEADING] = "heading",
        [RAGD_BLOCK_CODE] = "code",           [RAGD_BLOCK_TABLE] = "table",
        [RAGD_BLOCK_LIST] = "list",           [RAGD_BLOCK_QUOTE] = "quote",
        [RAGD_BLOCK_PAGE] = "page",
    };
    uint32_t kind = sizeof(names) / sizeof(names[0]) - 1;
    while (kind && (!name || strcmp(names[kind], name) != 0)) {
        kind--;
    }
    return kind;
}

/* A number that may be missing; false when it is none from 0 to max. */
static bool take_number(const json_t *object, const char *name, uint64_t max, uint64_t *out)
{
    const json_t *value = json_object_get(object, name);
    *out = 0;
    if (!value) {
        return true;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (uint64_t)json_integer_value(value) > max) {
        return false;
    }
    *out = (uint64_t)json_integer_value(value);
    return true;
}

static ragd_status take_block(struct documents *d, const json_t *in, size_t i,
                              size_t n_text, struct ragd_block *out)
{
    uint64_t level = 0, page = 0, start = 0, end = 0;
    uint32_t kind = kind_of(json_string_value(json_object_get(in, "kind")));
    bool good = take_number(in, "level", UINT32_MAX, &level) &&
                take_number(in, "page", UINT32_MAX, &page) &&
                take_number(in, "start_byte", n_text, &start) &&
                take_number(in, "end_byte", n_text, &end);
    if (!kind || !good || start > end) {
        return wrong(d, "its block %zu has no kind, or is not inside the text", i);
    }
    out->kind = kind;
    out->level = (uint32_t)level;
    out->page = (uint32_t)page;
    out->off = start;
    out->len = end - start;
    return RAGD_OK;
}

static ragd_status take_blocks(struct documents *d, const json_t *object,
                               struct parts *parts)
{
    const json_t *list = json_object_get(object, "blocks");
    size_t n = json_array_size(list);
    if (list && !json_is_array(list)) {
        return wrong(d, "its blocks are no list");
    }
    parts->blocks = calloc(n + 1, sizeof(*parts->blocks));
    if (!parts->blocks) {
        return RAGD_E_NOMEM;
    }
    ragd_status rc = RAGD_OK;
    for (size_t i = 0; i < n && rc == RAGD_OK; i++) {
        rc = take_block(d, json_array_get(list, i), i, parts->doc.text.n,
                        &parts->blocks[i]);
    }
    parts->doc.blocks = parts->blocks;
    parts->doc.n_blocks = n;
    return rc;
}

/* ---- documents ------------------------------------------------------------------ */

static ragd_status emit_one(struct documents *d, const json_t *object)
{
    struct parts parts = {.doc = {.struct_size = sizeof(parts.doc),
                                  .title = d->title,
                                  .mime = ragd_cs("text/plain")}};
    if (!json_is_string(json_object_get(object, "text"))) {
        return wrong(d, json_is_object(object) ? "it has no text" : "it is no object");
    }
    ragd_status rc = take_text(d, object, "text", &parts.doc.text);
    rc = rc ? rc : take_text(d, object, "key", &parts.doc.key);
    rc = rc ? rc : take_text(d, object, "title", &parts.doc.title);
    rc = rc ? rc : take_text(d, object, "mime", &parts.doc.mime);
    rc = rc ? rc : take_text(d, object, "language", &parts.doc.lang);
    rc = rc ? rc : take_meta(d, object, &parts);
    rc = rc ? rc : take_blocks(d, object, &parts);
    rc = rc ? rc : d->sink->emit(d->call, &parts.doc);
    free(parts.blocks);
    free(parts.meta);
    free(parts.items);
    return rc;
}

/* Of white space only. */
static bool is_blank(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && (p[i] == ' ' || (p[i] >= '\t' && p[i] <= '\r'))) {
        i++;
    }
    return i == n;
}

ragd_status documents_emit(struct documents *d, const char *p, size_t n)
{
    ragd_status rc = RAGD_OK;
    for (size_t i = 1; rc == RAGD_OK && !is_blank(p, n); i++) {
        json_error_t error;
        char why[DOCUMENTS_WHY_BYTES / 2];
        json_t *object = json_loadb(p, n, JSON_DISABLE_EOF_CHECK, &error);
        if (!object) {
            snprintf(why, sizeof(why), "%.100s", error.text);
            return wrong(d, "document %zu is no JSON: line %d: %s", i, error.line, why);
        }
        rc = emit_one(d, object);
        json_decref(object);
        if (rc == RAGD_E_BAD_INPUT && d->why[0]) {
            snprintf(why, sizeof(why), "%.110s", d->why);
            return wrong(d, "document %zu: %s", i, why);
        }
        p += error.position;
        n -= (size_t)error.position;
    }
    return rc;
}
