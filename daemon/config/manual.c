/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Writes the manual page ragd.yaml(5) to standard output, made from the table
 * of settings. A program of the build; it is not installed.
 */
#include <stdio.h>
#include <string.h>

#include "build_info.h"
#include "config/build.h"
#include "config/schema.h"
#include "core/limits.h"

static const char *const TYPES[] = {
    [RAGD_OPT_STR] = "text",     [RAGD_OPT_INT] = "whole number",
    [RAGD_OPT_REAL] = "number",  [RAGD_OPT_BOOL] = "true or false",
    [RAGD_OPT_SIZE] = "bytes",   [RAGD_OPT_MS] = "duration",
    [RAGD_OPT_PATH] = "path",    [RAGD_OPT_URL] = "URL",
    [RAGD_OPT_STRLIST] = "list", [RAGD_OPT_SECRET] = "secret",
};

static const char HEAD[] =
    ".SH NAME\n"
    "ragd.yaml \\- settings of ragd\n"
    ".SH SYNOPSIS\n"
    ".I " BUILD_SYSCONFDIR "/ragd/ragd.yaml, $XDG_CONFIG_HOME/ragd/ragd.yaml\n"
    ".SH DESCRIPTION\n"
    "ragd runs without any file; each setting has a default. The file is YAML; a dot in\n"
    "a name below stands for one more level. Files conf.d/*.yaml beside it are read after\n"
    "it, in the order of their names. Unknown settings are errors. Options of the command\n"
    "line win over files. Changed settings marked \\(dqreload\\(dq are taken up at SIGHUP, all\n"
    "others at the next start. Bytes are written as 64KiB or 10MiB, durations as 250ms, 5s\n"
    "or 10min, secrets as a reference: cred:NAME, file:/PATH or env:NAME.\n"
    ".SH SETTINGS\n";

static const char INSTANCES[] =
    ".SH INSTANCES\n"
    "Each instance of a plugin has a name of its own and stands in the section of its\n"
    "kind, with the plugin's settings, which\n"
    ".BR rag\\-plugin\\-show (1)\n"
    "tells. The member default of a section names the instance that is used when a\n"
    "request names none.\n"
    ".PP\n.nf\n"
    "embedders:\n"
    "  default: words\n"
    "  words:\n"
    "    plugin: lexical\n"
    ".fi\n"
    ".PP\nThe sections are";

static const char TAIL[] = ".SH SEE ALSO\n"
                           ".BR ragd (8),\n"
                           ".BR rag\\-config\\-check (1),\n"
                           ".BR rag\\-config\\-show (1)\n";

/* What a row has without a file; "" where that depends on the machine. */
static const char *default_of(const struct schema_row *row, struct arena *arena)
{
    const struct ragd_option *option = &row->option;
    if (strncmp(option->name, "limits.", 7) != 0) {
        return option->def ? option->def : "";
    }
    const struct limit_info *limit = limits_find(option->name + 7);
    struct ragd_value value = {.type = RAGD_V_INT, .u.i = (int64_t)limit->def};
    const char *text = value_text(arena, option, &value);
    return text ? text : "";
}

static void put_row(const struct schema_row *row, struct arena *arena)
{
    const struct ragd_option *option = &row->option;
    const char *def = default_of(row, arena);
    printf(".TP\n.BR %s \" (%s", option->name, TYPES[option->type]);
    if (option->unit) {
        printf(", %s", option->unit);
    }
    printf("%s%s%s)\"\n%s\n", *def ? ", default " : "", def,
           option->flags & SCHEMA_RELOAD ? ", reload" : "", option->doc);
    for (const char *const *it = option->choices; it && *it; it++) {
        printf("%s%s%s", it == option->choices ? "One of " : ", ", *it, it[1] ? "" : ".\n");
    }
}

int main(void)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    printf(".TH \"ragd.yaml\" 5 \"\" \"ragd %s\" \"ragd\"\n%s", BUILD_VERSION, HEAD);
    for (size_t i = 0; i < SCHEMA_N; i++) {
        put_row(&SCHEMA[i], &arena);
    }
    fputs(INSTANCES, stdout);
    for (int kind = 0; kind < CONFIG_KINDS; kind++) {
        printf("%s %s", kind ? "," : "", config_kind_key((enum config_kind)kind));
    }
    printf(".\n%s", TAIL);
    arena_release(&arena);
    return fflush(stdout) ? 1 : 0;
}
