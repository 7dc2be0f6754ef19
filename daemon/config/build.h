/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* From a tree of settings to struct config; what the files here share. */
#ifndef CONFIG_BUILD_H
#define CONFIG_BUILD_H

#include "config/config.h"
#include "config/node.h"

struct config_row {
    const char *key, *text, *origin;
    bool reload;
};

/* Reads all files and what overrides them into one tree in config's arena. */
int files_read(const struct config_request *request, struct arena *arena, struct node **out,
               struct err *err);
/* The sections of instances, from root's members of these names. */
int instances_build(struct config *config, struct node *root, struct err *err);
/* One more row; key, text and origin live in config's arena. */
int config_row_add(struct config *config, const char *key, const char *text,
                   const char *origin, bool reload);
/* As it would be written. NULL: no memory. */
char *value_text(struct arena *arena, const struct ragd_option *option,
                 const struct ragd_value *value);
char *list_text(struct arena *arena, const struct ragd_str *texts, size_t n);

#endif
