/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The one table of the daemon's own settings. */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include "config/config.h"
#include "config/node.h"

/*
 * A setting and where its value goes in struct config: a ragd_str, a
 * config_strings, or an int64_t (numbers, and the index of a choice).
 */
struct schema_row {
    struct ragd_option option;
    size_t offset;
    bool word; /* a choice that is kept as its word */
};

/* A flag of these options beside RAGD_OPTF_*: taken up without a restart. */
enum { SCHEMA_RELOAD = 1 << 16 };

extern const struct schema_row SCHEMA[];
extern const size_t SCHEMA_N;

/* A tree of all defaults, with the usual paths and the built-in instances. */
int schema_defaults(struct arena *arena, bool system, struct node **out, struct err *err);
/* root: a map. An unknown key anywhere but inside instances is an error. */
int schema_check_keys(const struct node *root, struct err *err);

/* The usual places. In arena; NULL: no memory. */
char *path_config_file(struct arena *arena, bool system);
char *path_socket(struct arena *arena, bool system);
char *path_data_dir(struct arena *arena, bool system);
char *path_plugins(struct arena *arena);
char *path_host(struct arena *arena); /* the program ragd-plugin-host */

#endif
