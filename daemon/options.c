/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "options.h"

#include <string.h>
#include <unistd.h>

#include "core/suggest.h"

/* Below it are accounts of the system, such as the one a unit names: theirs is
 * a system's daemon unless --user says otherwise. */
enum { FIRST_USER_UID = 1000 };

enum option_id {
    OPT_CONFIG,
    OPT_USER,
    OPT_SYSTEM,
    OPT_PLUGIN_DIR,
    OPT_SETTING,
    OPT_CHECK,
    OPT_PRINT,
    OPT_VERSION,
    OPT_HELP,
};

static const struct option_row {
    struct option_text text;
    enum option_id id;
    const char *key; /* of the setting it overrides */
} ROWS[] = {
    {{"--config", "FILE", "read FILE and conf.d/ beside it"}, OPT_CONFIG, NULL},
    {{"--user", NULL, "one user's daemon (the default of ordinary users)"}, OPT_USER, NULL},
    {{"--system", NULL, "the system's daemon"}, OPT_SYSTEM, NULL},
    {{"--data-dir", "DIR", "keep everything in DIR"}, OPT_SETTING, "data_dir"},
    {{"--socket", "PATH", "serve at the socket PATH"}, OPT_SETTING, "socket"},
    {{"--listen", "URL", "serve at tcp://HOST:PORT on loopback too"},
     OPT_SETTING,
     "listen"},
    {{"--plugin-dir", "DIR", "look for plugins in DIR first; may be repeated"},
     OPT_PLUGIN_DIR,
     NULL},
    {{"--log-level", "LEVEL", "log from LEVEL on: error, warn, info or debug"},
     OPT_SETTING,
     "log_level"},
    {{"--log-format", "FORMAT", "log as FORMAT: auto, text, journal or json"},
     OPT_SETTING,
     "log_format"},
    {{"--check-config", NULL, "check the configuration and leave"}, OPT_CHECK, NULL},
    {{"--print-config", NULL, "print it as JSON with origins and leave"}, OPT_PRINT, NULL},
    {{"--version", NULL, "print the version and leave"}, OPT_VERSION, NULL},
    {{"--help", NULL, "print this and leave"}, OPT_HELP, NULL},
};

enum { N_ROWS = sizeof(ROWS) / sizeof(ROWS[0]) };

void options_help(FILE *out)
{
    fputs("Usage: ragd [OPTION]...\n"
          "Keeps collections of documents and answers questions about them.\n\n",
          out);
    for (size_t i = 0; i < N_ROWS; i++) {
        char left[40];
        const struct option_text *text = &ROWS[i].text;
        snprintf(left, sizeof(left), "%s%s%s", text->name, text->value ? " " : "",
                 text->value ? text->value : "");
        fprintf(out, "  %-22s %s\n", left, text->help);
    }
    fputs("\nIt stays in the foreground. SIGHUP reads the configuration again, SIGTERM\n"
          "ends it in order, a second one at once.\n",
          out);
}

bool options_row(size_t i, struct option_text *out)
{
    if (i >= N_ROWS) {
        return false;
    }
    *out = ROWS[i].text;
    return true;
}

/* The row of --name or --name=value; *value is behind the "=", or NULL. */
static const struct option_row *find(const char *arg, const char **value)
{
    size_t n = strcspn(arg, "=");
    *value = arg[n] ? arg + n + 1 : NULL;
    for (size_t i = 0; i < N_ROWS; i++) {
        if (strlen(ROWS[i].text.name) == n && strncmp(ROWS[i].text.name, arg, n) == 0) {
            return &ROWS[i];
        }
    }
    return NULL;
}

static int unknown(const char *arg, struct err *err)
{
    const char *names[N_ROWS];
    for (size_t i = 0; i < N_ROWS; i++) {
        names[i] = ROWS[i].text.name;
    }
    struct ragd_str word = {arg, strcspn(arg, "=")};
    const char *near = suggest_of(word, names, N_ROWS);
    err_set(err, ERR_INVALID, "unknown option '%s'%s%s%s", arg,
            near ? " - did you mean '" : "", near ? near : "", near ? "'?" : "");
    return err_hint(err, "ragd --help lists the options");
}

static int too_often(const struct option_row *row, struct err *err)
{
    return err_set(err, ERR_INVALID, "%s was given too often", row->text.name);
}

static int apply(const struct option_row *row, const char *value, struct options *out,
                 struct err *err)
{
    switch (row->id) {
    case OPT_CONFIG: out->config_file = value; break;
    case OPT_USER: out->system = false; break;
    case OPT_SYSTEM: out->system = true; break;
    case OPT_CHECK: out->run = OPTIONS_CHECK_CONFIG; break;
    case OPT_PRINT: out->run = OPTIONS_PRINT_CONFIG; break;
    case OPT_VERSION: out->run = OPTIONS_VERSION; break;
    case OPT_HELP: out->run = OPTIONS_HELP; break;
    case OPT_PLUGIN_DIR:
        if (out->n_plugin_dirs == OPTIONS_PLUGIN_DIRS_MAX) {
            return too_often(row, err);
        }
        out->plugin_dirs[out->n_plugin_dirs++] = value;
        break;
    case OPT_SETTING:
        if (out->n_overrides == OPTIONS_OVERRIDES_MAX) {
            return too_often(row, err);
        }
        out->overrides[out->n_overrides++] = (struct config_override){row->key, value};
    }
    return 0;
}

int options_parse(int argc, char *const *argv, struct options *out, struct err *err)
{
    *out = (struct options){.system = geteuid() < FIRST_USER_UID};
    for (int i = 1; i < argc; i++) {
        const char *value;
        const struct option_row *row = find(argv[i], &value);
        if (!row) {
            return unknown(argv[i], err);
        }
        if (!row->text.value && value) {
            return err_set(err, ERR_INVALID, "%s takes no value", row->text.name);
        }
        if (row->text.value && !value) {
            value = i + 1 < argc ? argv[++i] : "";
        }
        if (row->text.value && !*value) {
            return err_set(err, ERR_INVALID, "%s needs a value: %s %s", row->text.name,
                           row->text.name, row->text.value);
        }
        int rc = apply(row, value, out, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}
