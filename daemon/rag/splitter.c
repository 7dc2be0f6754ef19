/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* How a splitter is described: defaults, checks, comparison. */
#include <string.h>

#include "core/suggest.h"
#include "rag/split.h"

enum { CHUNK_SIZE_DEFAULT = 1000, CHUNK_OVERLAP_DEFAULT = 20 };

static const struct ragd_str RECURSIVE_SEPARATORS[] = {{"\n\n", 2},
                                                       {"\n", 1},
                                                       {" ", 1},
                                                       {"", 0}};
static const struct ragd_str CHARACTER_SEPARATORS[] = {{"\n\n", 2}};

static const char *const KINDS[] = {
    [SPLITTER_RECURSIVE] = "recursive",
    [SPLITTER_CHARACTER] = "character",
};

static const char *const KEEPS[] = {
    [SPLITTER_KEEP_NONE] = "none",
    [SPLITTER_KEEP_START] = "start",
    [SPLITTER_KEEP_END] = "end",
};

enum { N_KINDS = sizeof(KINDS) / sizeof(*KINDS), N_KEEPS = sizeof(KEEPS) / sizeof(*KEEPS) };

static bool str_eq(struct ragd_str a, struct ragd_str b)
{
    return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

const char *splitter_kind_name(enum splitter_kind kind)
{
    return KINDS[kind];
}

const char *splitter_keep_name(enum splitter_keep keep)
{
    return KEEPS[keep];
}

/* Index of word among n names (0 is no name), or ERR_INVALID. */
static int pick(const char *what, struct ragd_str word, const char *const *names, size_t n,
                struct err *err)
{
    for (size_t i = 1; i < n; i++) {
        if (str_eq(word, ragd_cs(names[i]))) {
            return (int)i;
        }
    }
    err_set(err, ERR_INVALID, "unknown %s '%.*s'", what, (int)(word.n < 64 ? word.n : 64),
            word.p);
    const char *near = suggest_of(word, names + 1, n - 1);
    return err_hint(err, "did you mean '%s'?", near ? near : names[1]);
}

static struct splitter defaults_of(enum splitter_kind kind)
{
    struct splitter splitter = {
        .kind = kind,
        .chunk_size = CHUNK_SIZE_DEFAULT,
        .chunk_overlap = CHUNK_OVERLAP_DEFAULT,
        .separators = RECURSIVE_SEPARATORS,
        .n_separators = sizeof(RECURSIVE_SEPARATORS) / sizeof(*RECURSIVE_SEPARATORS),
        .keep = SPLITTER_KEEP_START,
        .strip = true,
    };
    if (kind == SPLITTER_CHARACTER) {
        splitter.separators = CHARACTER_SEPARATORS;
        splitter.n_separators = 1;
        splitter.keep = SPLITTER_KEEP_NONE;
    }
    return splitter;
}

static int set_separators(const struct splitter_spec *spec, struct splitter *out,
                          struct err *err)
{
    size_t max = out->kind == SPLITTER_CHARACTER ? 1 : SPLITTER_SEPARATORS_MAX;
    if (spec->n_separators > max) {
        return err_set(err, ERR_INVALID, "%zu separators of a %s splitter, the most is %zu",
                       spec->n_separators, splitter_kind_name(out->kind), max);
    }
    for (size_t i = 0; i < spec->n_separators; i++) {
        if (spec->separators[i].n > SPLITTER_SEPARATOR_BYTES_MAX) {
            return err_set(err, ERR_INVALID, "a separator of %zu bytes, the most is %d",
                           spec->separators[i].n, SPLITTER_SEPARATOR_BYTES_MAX);
        }
    }
    out->separators = spec->separators;
    out->n_separators = spec->n_separators;
    return 0;
}

/* A smaller chunk size does not inherit an overlap that is larger than it. */
static void set_sizes(const struct splitter_spec *spec, struct splitter *out)
{
    if (spec->chunk_size) {
        out->chunk_size = spec->chunk_size;
    }
    if (spec->chunk_overlap_plus1) {
        out->chunk_overlap = spec->chunk_overlap_plus1 - 1;
    } else if (out->chunk_overlap > out->chunk_size) {
        out->chunk_overlap = 0;
    }
}

static int check_sizes(const struct splitter *splitter, struct err *err)
{
    if (splitter->chunk_size > SPLITTER_CHUNK_SIZE_MAX) {
        return err_set(err, ERR_INVALID, "a chunk size of %u, the most is %d",
                       splitter->chunk_size, SPLITTER_CHUNK_SIZE_MAX);
    }
    if (splitter->chunk_overlap > splitter->chunk_size) {
        err_set(err, ERR_INVALID, "the overlap %u is larger than the chunk size %u",
                splitter->chunk_overlap, splitter->chunk_size);
        return err_hint(err, "give sizes like 1000/20");
    }
    return 0;
}

static int resolve_kind(const struct splitter_spec *spec, const struct splitter *base,
                        struct splitter *out, struct err *err)
{
    int kind = base ? (int)base->kind : SPLITTER_RECURSIVE;
    if (spec->kind.n && (kind = pick("splitter", spec->kind, KINDS, N_KINDS, err)) < 0) {
        return kind;
    }
    *out = defaults_of((enum splitter_kind)kind);
    if (base && base->kind == out->kind) {
        *out = *base;
    } else if (base) {
        out->chunk_size = base->chunk_size;
        out->chunk_overlap = base->chunk_overlap;
    }
    return 0;
}

int splitter_resolve(const struct splitter_spec *spec, const struct splitter *base,
                     struct splitter *out, struct err *err)
{
    struct splitter splitter;
    int rc = resolve_kind(spec, base, &splitter, err);
    if (rc) {
        return rc;
    }
    set_sizes(spec, &splitter);
    splitter.strip = splitter.strip && !spec->no_strip;
    if (spec->n_separators && (rc = set_separators(spec, &splitter, err))) {
        return rc;
    }
    if (spec->keep_separator.n) {
        int keep = pick("keep_separator", spec->keep_separator, KEEPS, N_KEEPS, err);
        if (keep < 0) {
            return keep;
        }
        splitter.keep = (enum splitter_keep)keep;
    }
    if ((rc = check_sizes(&splitter, err))) {
        return rc;
    }
    *out = splitter;
    return 0;
}

bool splitter_spec_empty(const struct splitter_spec *spec)
{
    return !spec->kind.n && !spec->chunk_size && !spec->chunk_overlap_plus1 &&
           !spec->n_separators && !spec->keep_separator.n && !spec->no_strip;
}

bool splitter_equal(const struct splitter *a, const struct splitter *b)
{
    if (a->kind != b->kind || a->chunk_size != b->chunk_size ||
        a->chunk_overlap != b->chunk_overlap || a->keep != b->keep ||
        a->strip != b->strip || a->n_separators != b->n_separators) {
        return false;
    }
    for (size_t i = 0; i < a->n_separators; i++) {
        if (!str_eq(a->separators[i], b->separators[i])) {
            return false;
        }
    }
    return true;
}
