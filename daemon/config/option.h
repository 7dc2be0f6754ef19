/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Settings against their declarations: the daemon's own and the plugins'. */
#ifndef CONFIG_OPTION_H
#define CONFIG_OPTION_H

#include <ragd/plugin.h>

#include "config/node.h"

/* What was written for an option. */
struct option_input {
    const char *where; /* goes in front of an error: "file:line:column" */
    const char *path;  /* "embedders.openai.model" */
    const struct ragd_str *texts;
    size_t n;
    bool list;
};

/* The value as the option's type, copied into arena. ERR_CONFIG, ERR_NOMEM. */
int option_value(const struct ragd_option *option, const struct option_input *input,
                 struct arena *arena, struct ragd_value *out, struct err *err);
/* Of its default text; null without one. */
int option_default(const struct ragd_option *option, struct arena *arena,
                   struct ragd_value *out, struct err *err);

#endif
