/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Writes what documents ragd, made from its tables, to standard output:
 *
 *   ragd-manual ragd.8       from a template on standard input, whose line
 *                            .\" OPTIONS becomes the options
 *   ragd-manual ragd.yaml.5  all settings
 *   ragd-manual ragd.yaml    an example in which every setting is a comment
 *
 * A program of the build; it is not installed.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "build_info.h"
#include "config/build.h"
#include "config/schema.h"
#include "core/limits.h"
#include "options.h"

static const char *const TYPES[] = {
    [RAGD_OPT_STR] = "text",     [RAGD_OPT_INT] = "whole number",
    [RAGD_OPT_REAL] = "number",  [RAGD_OPT_BOOL] = "true or false",
    [RAGD_OPT_SIZE] = "bytes",   [RAGD_OPT_MS] = "duration",
    [RAGD_OPT_PATH] = "path",    [RAGD_OPT_URL] = "URL",
    [RAGD_OPT_STRLIST] = "list", [RAGD_OPT_SECRET] = "secret",
};

/* ragd.yaml.5 */

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

static void write_settings(struct arena *arena)
{
    printf(".TH \"ragd.yaml\" 5 \"\" \"ragd %s\" \"ragd\"\n%s", BUILD_VERSION, HEAD);
    for (size_t i = 0; i < SCHEMA_N; i++) {
        put_row(&SCHEMA[i], arena);
    }
    fputs(INSTANCES, stdout);
    for (int kind = 0; kind < CONFIG_KINDS; kind++) {
        printf("%s %s", kind ? "," : "", config_kind_key((enum config_kind)kind));
    }
    printf(".\n%s", TAIL);
}

/* ragd.8 */

/* With a minus that is one, for roff. */
static void put_roff(const char *text)
{
    for (; *text; text++) {
        fputs(*text == '-' ? "\\" : "", stdout);
        putchar(*text);
    }
}

static void put_options(void)
{
    struct option_text row;
    for (size_t i = 0; options_row(i, &row); i++) {
        printf(".TP\n.B ");
        put_roff(row.name);
        if (row.value) {
            printf(" \\fI%s\\fR", row.value);
        }
        printf("\n%c%s.\n", toupper((unsigned char)row.help[0]), row.help + 1);
    }
}

static void write_page(void)
{
    char line[1024];
    while (fgets(line, sizeof(line), stdin)) {
        if (strcmp(line, ".\\\" OPTIONS\n") == 0) {
            put_options();
        } else {
            fputs(line, stdout);
        }
    }
}

/* ragd.yaml */

static const char EXAMPLE_HEAD[] =
    "# SPDX-License-Identifier: Apache-2.0\n"
    "# Copyright (c) 2026 the ragd authors\n"
    "#\n"
    "# An example of " BUILD_SYSCONFDIR
    "/ragd/ragd.yaml, made from the table of settings.\n"
    "# ragd runs without any file. A comment with one space behind its # is text, every\n"
    "# other a setting with its default: remove the #, also that of the group it is in.\n"
    "# Behind each text stand the type, the unit, and \"reload\" if SIGHUP suffices for a\n"
    "# change. Bytes are written as 64KiB or 10MiB, durations as 250ms, 5s or 10min.\n"
    "# Check a file with: ragd --check-config --config FILE\n";

/* In quotes unless it is a plain word. */
static const char *yaml_text(const char *text, struct arena *arena)
{
    static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789/_.-";
    size_t n = strspn(text, PLAIN);
    return n && text[n] == '\0' ? text : arena_printf(arena, "'%s'", text);
}

static const char *example_of(const struct schema_row *row, struct arena *arena)
{
    const char *name = row->option.name;
    if (strcmp(name, "socket") == 0) {
        return path_socket(arena, true);
    }
    if (strcmp(name, "token") == 0) {
        return arena_printf(arena, "file:%s.token", path_socket(arena, true));
    }
    if (strcmp(name, "data_dir") == 0) {
        return path_data_dir(arena, true);
    }
    if (strcmp(name, "plugins.dirs") == 0) {
        return "[" BUILD_PLUGINS_DIR "]";
    }
    return row->option.type == RAGD_OPT_STRLIST ? "[]"
                                                : yaml_text(default_of(row, arena), arena);
}

static void put_example(const struct schema_row *row, struct arena *arena)
{
    const struct ragd_option *option = &row->option;
    const char *dot = strchr(option->name, '.');
    printf("# %s", option->doc);
    for (const char *const *it = option->choices; it && *it; it++) {
        printf("%s%s%s", it == option->choices ? " One of " : ", ", *it, it[1] ? "" : ".");
    }
    printf(" (%s%s%s%s)\n", TYPES[option->type], option->unit ? ", " : "",
           option->unit ? option->unit : "",
           option->flags & SCHEMA_RELOAD ? ", reload" : "");
    printf("#%s%s: %s\n", dot ? "  " : "", dot ? dot + 1 : option->name,
           example_of(row, arena));
}

/* The instances that are there without a file. */
static int put_instances(struct arena *arena)
{
    struct node *root;
    if (schema_defaults(arena, true, &root, NULL)) {
        return 1;
    }
    printf(
        "\n# Uses of plugins: each instance has a name of its own, and the settings that\n"
        "# rag plugin show tells. default: the one for requests that name none. These are\n"
        "# there without a file.\n");
    for (int kind = 0; kind < CONFIG_KINDS; kind++) {
        const char *key = config_kind_key((enum config_kind)kind);
        printf("\n#%s:\n", key);
        for (const struct node *it = node_at(root, key)->first; it; it = it->next) {
            const struct node *plugin = node_member(it, "plugin");
            if (plugin) {
                printf("#  %s:\n#    plugin: %s\n", it->key, plugin->text.p);
            } else {
                printf("#  %s: %s\n", it->key, it->text.p);
            }
        }
    }
    return 0;
}

static int write_example(struct arena *arena)
{
    const char *group = "";
    size_t group_n = 0;
    fputs(EXAMPLE_HEAD, stdout);
    for (size_t i = 0; i < SCHEMA_N; i++) {
        const char *name = SCHEMA[i].option.name, *dot = strchr(name, '.');
        size_t n = dot ? (size_t)(dot - name) : 0;
        if (n != group_n || strncmp(name, group, n) != 0) {
            group = name;
            group_n = n;
            if (n) {
                printf("\n#%.*s:\n", (int)n, name);
            }
        }
        fputs(n ? "" : "\n", stdout);
        put_example(&SCHEMA[i], arena);
    }
    return put_instances(arena);
}

int main(int argc, char **argv)
{
    struct arena arena;
    const char *what = argc == 2 ? argv[1] : "";
    int rc = 0;
    arena_init(&arena, 1 << 20);
    if (strcmp(what, "ragd.8") == 0) {
        write_page();
    } else if (strcmp(what, "ragd.yaml.5") == 0) {
        write_settings(&arena);
    } else if (strcmp(what, "ragd.yaml") == 0) {
        rc = write_example(&arena);
    } else {
        fputs("usage: ragd-manual ragd.8 | ragd.yaml.5 | ragd.yaml\n", stderr);
        rc = 2;
    }
    arena_release(&arena);
    return fflush(stdout) ? 1 : rc;
}
