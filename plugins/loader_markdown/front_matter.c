/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "front_matter.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    LEVELS_MAX = 2,
    ITEMS_MAX = 1000,
    PAIRS_MAX = 1000,
    KEY_BYTES = 256,
    NUMBER_BYTES = 64
};

struct reader {
    const struct ragd_host *host;
    struct ragd_call *call;
    yaml_parser_t yaml;
    struct front_matter *out;
    ragd_status status; /* RAGD_E_BAD_INPUT: no front matter */
};

/* ---- where it is ------------------------------------------------------------------ */

static size_t line_bytes(struct ragd_str text, size_t at)
{
    const char *end = memchr(text.p + at, '\n', text.n - at);
    return end ? (size_t)(end - text.p) + 1 - at : text.n - at;
}

/* "---" or "..." and nothing but blanks behind it. */
static bool is_fence(struct ragd_str text, size_t at, size_t n, const char *fence)
{
    if (n < 3 || memcmp(text.p + at, fence, 3) != 0) {
        return false;
    }
    for (size_t i = 3; i < n; i++) {
        if (!strchr(" \t\n", text.p[at + i])) {
            return false;
        }
    }
    return true;
}

/* The YAML between the fences; all bytes with them, 0 = none. */
static size_t find(struct ragd_str text, struct ragd_str *inside)
{
    size_t first = text.n ? line_bytes(text, 0) : 0;
    if (!is_fence(text, 0, first, "---")) {
        return 0;
    }
    for (size_t at = first, n; at < text.n && at < FRONT_MATTER_BYTES_MAX; at += n) {
        n = line_bytes(text, at);
        if (is_fence(text, at, n, "---") || is_fence(text, at, n, "...")) {
            *inside = (struct ragd_str){text.p + first, at - first};
            return at + n;
        }
    }
    return 0;
}

/* ---- values ----------------------------------------------------------------------- */

static struct ragd_str keep(struct reader *r, const char *p, size_t n)
{
    char *copy = r->host->call_alloc(r->call, n + 1, 1);
    if (!copy) {
        r->status = RAGD_E_NOMEM;
        return (struct ragd_str){"", 0};
    }
    memcpy(copy, p, n);
    return (struct ragd_str){copy, n};
}

static bool is(const yaml_event_t *e, const char *word)
{
    return e->data.scalar.length == strlen(word) &&
           memcmp(e->data.scalar.value, word, strlen(word)) == 0;
}

/* The numbers of YAML's core schema: no octal surprises, no sexagesimals. */
static bool as_number(const yaml_event_t *e, struct ragd_value *out)
{
    const char *s = (const char *)e->data.scalar.value;
    size_t n = e->data.scalar.length, digits = strspn(s, "+-0123456789");
    char *end = NULL;
    bool leading_zero = s[0] == '0' && n > 1 && s[1] != '.';
    if (n == 0 || n >= NUMBER_BYTES || s[strspn(s, "+-0123456789.eE")] != '\0' ||
        leading_zero || !strpbrk(s, "0123456789")) {
        return false;
    }
    errno = 0;
    if (digits == n) {
        out->type = RAGD_V_INT;
        out->u.i = strtoll(s, &end, 10);
    } else {
        out->type = RAGD_V_REAL;
        out->u.d = strtod(s, &end);
    }
    return errno == 0 && *end == '\0' && (out->type == RAGD_V_INT || isfinite(out->u.d));
}

static struct ragd_value scalar(struct reader *r, const yaml_event_t *e)
{
    struct ragd_value v = {.type = RAGD_V_NULL};
    if (e->data.scalar.anchor || e->data.scalar.tag ||
        memchr(e->data.scalar.value, 0, e->data.scalar.length)) {
        r->status = RAGD_E_BAD_INPUT;
        return v;
    }
    if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        if (is(e, "") || is(e, "~") || is(e, "null")) {
            return v;
        }
        if (is(e, "true") || is(e, "false")) {
            v.type = RAGD_V_BOOL;
            v.u.i = is(e, "true");
            return v;
        }
        if (as_number(e, &v)) {
            return v;
        }
    }
    v.type = RAGD_V_STR;
    v.u.s = keep(r, (const char *)e->data.scalar.value, e->data.scalar.length);
    return v;
}

/* As it was written: lists are of one type, so all their items become texts
 * when they differ. */
static struct ragd_value as_text(struct reader *r, const struct ragd_value *v)
{
    char buf[NUMBER_BYTES];
    switch (v->type) {
    case RAGD_V_BOOL: snprintf(buf, sizeof(buf), "%s", v->u.i ? "true" : "false"); break;
    case RAGD_V_INT: snprintf(buf, sizeof(buf), "%lld", (long long)v->u.i); break;
    case RAGD_V_REAL: snprintf(buf, sizeof(buf), "%.17g", v->u.d); break;
    case RAGD_V_STR: return *v;
    default: buf[0] = '\0';
    }
    return (struct ragd_value){RAGD_V_STR, 0, {.s = keep(r, buf, strlen(buf))}};
}

static struct ragd_value list_of(struct reader *r, const struct ragd_value *items, size_t n)
{
    bool mixed = false;
    for (size_t i = 1; i < n; i++) {
        mixed = mixed || items[i].type != items[0].type;
    }
    struct ragd_value *copy = r->host->call_alloc(r->call, n * sizeof(*copy) + 1,
                                                  _Alignof(struct ragd_value));
    if (!copy) {
        r->status = RAGD_E_NOMEM;
        return (struct ragd_value){0};
    }
    for (size_t i = 0; i < n; i++) {
        copy[i] = mixed ? as_text(r, &items[i]) : items[i];
    }
    return (struct ragd_value){RAGD_V_LIST, 0, {.list = {copy, n}}};
}

/* ---- the mapping -------------------------------------------------------------------- */

/* The next event; false at an error, which ends everything. */
static bool next(struct reader *r, yaml_event_t *e)
{
    if (r->status) {
        return false;
    }
    if (!yaml_parser_parse(&r->yaml, e)) {
        r->status = r->yaml.error == YAML_MEMORY_ERROR ? RAGD_E_NOMEM : RAGD_E_BAD_INPUT;
        return false;
    }
    return true;
}

static void add(struct reader *r, struct ragd_str key, struct ragd_value value)
{
    struct front_matter *out = r->out;
    if (r->status) {
        return;
    }
    if (out->n >= PAIRS_MAX) {
        r->status = RAGD_E_BAD_INPUT;
        return;
    }
    if (out->n == out->cap) {
        size_t cap = out->cap ? out->cap * 2 : 16;
        struct ragd_kv *grown = realloc(out->kvs, cap * sizeof(*grown));
        if (!grown) {
            r->status = RAGD_E_NOMEM;
            return;
        }
        out->kvs = grown;
        out->cap = cap;
    }
    out->kvs[out->n++] = (struct ragd_kv){key, value};
}

static struct ragd_value read_list(struct reader *r)
{
    struct ragd_value items[ITEMS_MAX];
    size_t n = 0;
    yaml_event_t e;
    while (next(r, &e)) {
        bool end = e.type == YAML_SEQUENCE_END_EVENT;
        if (e.type == YAML_SCALAR_EVENT && n < ITEMS_MAX) {
            items[n++] = scalar(r, &e);
        } else if (!end) {
            r->status = RAGD_E_BAD_INPUT;
        }
        yaml_event_delete(&e);
        if (end) {
            return list_of(r, items, n);
        }
    }
    return (struct ragd_value){0};
}

static void read_mapping(struct reader *r, struct ragd_str prefix, int level);

static void read_value(struct reader *r, struct ragd_str key, int level)
{
    yaml_event_t e;
    if (!next(r, &e)) {
        return;
    }
    switch (e.type) {
    case YAML_SCALAR_EVENT: add(r, key, scalar(r, &e)); break;
    case YAML_SEQUENCE_START_EVENT: add(r, key, read_list(r)); break;
    case YAML_MAPPING_START_EVENT:
        if (level < LEVELS_MAX) {
            read_mapping(r, key, level + 1);
            break;
        }
        /* fall through */
    default: r->status = r->status ? r->status : RAGD_E_BAD_INPUT;
    }
    yaml_event_delete(&e);
}

/* Up to its end; the start was read. */
static void read_mapping(struct reader *r, struct ragd_str prefix, int level)
{
    yaml_event_t e;
    while (next(r, &e)) {
        if (e.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&e);
            return;
        }
        char key[KEY_BYTES];
        int n = -1;
        if (e.type == YAML_SCALAR_EVENT && !e.data.scalar.anchor && !e.data.scalar.tag) {
            n = snprintf(key, sizeof(key), "%.*s%s%s", (int)prefix.n, prefix.p,
                         prefix.n ? "." : "", (const char *)e.data.scalar.value);
        }
        yaml_event_delete(&e);
        if (n <= 0 || n >= (int)sizeof(key)) {
            r->status = RAGD_E_BAD_INPUT;
            return;
        }
        read_value(r, keep(r, key, (size_t)n), level);
    }
}

/* STREAM-START, DOCUMENT-START, a mapping, and no other document behind it. */
static void read_document(struct reader *r)
{
    static const yaml_event_type_t before[] = {YAML_STREAM_START_EVENT,
                                               YAML_DOCUMENT_START_EVENT,
                                               YAML_MAPPING_START_EVENT};
    static const yaml_event_type_t behind[] = {YAML_DOCUMENT_END_EVENT,
                                               YAML_STREAM_END_EVENT};
    yaml_event_t e;
    for (size_t i = 0; i < 3 && next(r, &e); i++) {
        if (e.type != before[i]) {
            r->status = RAGD_E_BAD_INPUT;
        }
        yaml_event_delete(&e);
    }
    read_mapping(r, (struct ragd_str){"", 0}, 1);
    for (size_t i = 0; i < 2 && next(r, &e); i++) {
        if (e.type != behind[i]) {
            r->status = RAGD_E_BAD_INPUT;
        }
        yaml_event_delete(&e);
    }
}

ragd_status front_matter_parse(const struct ragd_host *host, struct ragd_call *call,
                               struct ragd_str text, struct front_matter *out)
{
    struct ragd_str inside;
    struct reader r = {.host = host, .call = call, .out = out};
    *out = (struct front_matter){0};
    size_t bytes = find(text, &inside);
    if (bytes == 0) {
        return RAGD_OK;
    }
    if (!yaml_parser_initialize(&r.yaml)) {
        return RAGD_E_NOMEM;
    }
    yaml_parser_set_input_string(&r.yaml, (const unsigned char *)inside.p, inside.n);
    yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
    read_document(&r);
    yaml_parser_delete(&r.yaml);
    if (r.status) {
        front_matter_release(out);
    } else {
        out->bytes = bytes;
    }
    return r.status == RAGD_E_BAD_INPUT ? RAGD_OK : r.status;
}

struct ragd_str front_matter_text(const struct front_matter *matter, const char *key)
{
    for (size_t i = matter->n; i-- > 0;) { /* the last one of a key counts */
        const struct ragd_kv *kv = &matter->kvs[i];
        if (kv->key.n == strlen(key) && memcmp(kv->key.p, key, kv->key.n) == 0) {
            return kv->val.type == RAGD_V_STR ? kv->val.u.s : (struct ragd_str){"", 0};
        }
    }
    return (struct ragd_str){"", 0};
}

void front_matter_release(struct front_matter *matter)
{
    free(matter->kvs);
    *matter = (struct front_matter){0};
}
