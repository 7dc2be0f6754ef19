/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The configuration: strict YAML and drop-ins, read into one immutable struct.
 *
 * It is checked as a whole before it replaces another one. What belongs to
 * plugins is kept as written and checked by config_resolve as soon as the
 * plugin that declares the options is known. Every value knows its origin.
 *
 * Blocking (reads files): for the start and for workers. The result may be
 * read on any thread.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include <ragd/plugin.h>

#include "core/arena.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/log.h"

/* In the order of enum plugin_kind. */
enum config_kind {
    CONFIG_SOURCES,
    CONFIG_LOADERS,
    CONFIG_EMBEDDERS,
    CONFIG_STORES,
    CONFIG_LLMS,
    CONFIG_KINDS,
};

/* "embedders" and the like. */
const char *config_kind_key(enum config_kind kind);

/* A setting as it was written; list tells [x] from x. */
struct config_setting {
    const char *key; /* within its instance, dotted */
    const struct ragd_str *texts;
    size_t n;
    bool list;
    const char *key_where, *where; /* "file:line:column" of key and value */
    const char *origin;            /* "file:line" */
};

struct config_instance {
    enum config_kind kind;
    const char *name, *plugin;
    const char *where, *origin;
    const struct config_setting *settings;
    size_t n_settings;
};

struct config_section {
    const char *def; /* name of the default instance; "none" for embedders is legal */
    const char *def_where;
    const struct config_instance *instances; /* by name */
    size_t n;
};

struct config_strings {
    const struct ragd_str *p;
    size_t n;
};

enum config_access { CONFIG_ACCESS_LOCAL, CONFIG_ACCESS_GROUP };

/* Whether a loader is used whose sandbox does not close. */
enum config_sandbox { SANDBOX_AUTO, SANDBOX_REQUIRE, SANDBOX_PREFER, SANDBOX_OFF };

struct config_row; /* one effective value with its origin */

struct config {
    bool system;                  /* a system's daemon, else one user's */
    struct ragd_str socket;       /* path */
    struct config_strings listen; /* tcp://HOST:PORT */
    struct ragd_str token;        /* reference to what tcp peers show; empty = a file
                                   * beside the socket */
    int64_t access;               /* enum config_access */
    struct ragd_str data_dir;
    int64_t log_level, log_format; /* enum ragd_log_level, enum log_format */
    struct config_strings plugin_dirs, plugin_load; /* load empty = all found */
    struct config_strings placement;                /* "PLUGIN=PLACEMENT" */
    int64_t sandbox;                                /* enum config_sandbox */
    struct config_section sections[CONFIG_KINDS];

    int64_t k; /* hits when a request does not say */
    struct {
        struct ragd_str kind, keep_separator;
        int64_t chunk_size, chunk_overlap;
        struct config_strings separators; /* n 0 = the kind's own */
        int64_t strip;
    } splitter;
    struct ragd_str prompt, question;     /* of asking; empty = built in */
    int64_t prompt_tokens, answer_tokens; /* 0 = built in */
    struct limits limits;

    /* Private. */
    struct arena arena;
    struct config_row *rows;
    size_t n_rows;
};

/* A setting from the command line: a dotted key; wins over every file. */
struct config_override {
    const char *key, *value;
};

struct config_request {
    const char *file; /* NULL = the usual place, where nothing need be */
    bool system;
    const struct config_override *overrides;
    size_t n_overrides;
};

/* ERR_CONFIG with "file:line:column: ..." in front, ERR_NOMEM, ERR_IO. */
int config_load(const struct config_request *request, struct config **out, struct err *err);
void config_destroy(struct config *config); /* NULL is legal */

/* Checks an instance's settings by what its plugin declares. */
struct config_resolve {
    const struct config_instance *instance;   /* NULL settings = only defaults */
    const struct ragd_option *const *options; /* NULL-terminated, or NULL */
    struct ragd_str model; /* of a derived instance: overrides "model"; or empty */
    bool quiet;            /* the log is told of no deprecated option */
    struct arena *arena;
    struct ragd_kvs values; /* out: all options by name, null = no value */
};
/* ERR_CONFIG with the place in front. */
int config_resolve(struct config_resolve *resolve, struct err *err);

/* One effective value. text is how it would be written. */
struct config_value {
    const char *key, *text, *origin;
    bool reload; /* takes effect without a restart */
};
/* All of them, in order of the key; false at the end. */
bool config_value(const struct config *config, size_t i, struct config_value *out);
/* What a reload from old to now changes, in order of the key. */
typedef void (*config_change_fn)(const struct config_value *value, void *arg);
void config_diff(const struct config *old, const struct config *now,
                 config_change_fn changed, void *arg);
/* As JSON for people's tools; NUL-terminated, mem_free. NULL without memory. */
char *config_json(const struct config *config);

#endif
