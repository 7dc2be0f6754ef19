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
    OPT_SETTING,
    OPT_CHECK,
    OPT_PRINT,
    OPT_VERSION,
    OPT_HELP,
};

static const struct option_row {
    const char *name, *value; /* value: its name in the help, NULL = takes none */
    enum option_id id;
    const char *key; /* of the setting it overrides */
    const char *help;
} ROWS[] = {
    {"--config", "FILE", OPT_CONFIG, NULL, "read FILE and conf.d/ beside it"},
    {"--user", NULL, OPT_USER, NULL, "one user's daemon (the default of ordinary users)"},
    {"--system", NULL, OPT_SYSTEM, NULL, "the system's daemon"},
    {"--data-dir", "DIR", OPT_SETTING, "data_dir", "keep everything in DIR"},
    {"--socket", "PATH", OPT_SETTING, "socket", "serve at the socket PATH"},
    {"--listen", "URL", OPT_SETTING, "listen", "serve at tcp://HOST:PORT on loopback too"},
    {"--log-level", "LEVEL", OPT_SETTING, "log_level", "error, warn, info or debug"},
    {"--log-format", "FORMAT", OPT_SETTING, "log_format", "auto, text, journal or json"},
    {"--check-config", NULL, OPT_CHECK, NULL, "check the configuration and leave"},
    {"--print-config", NULL, OPT_PRINT, NULL, "print it as JSON with origins and leave"},
    {"--version", NULL, OPT_VERSION, NULL, "print the version and leave"},
    {"--help", NULL, OPT_HELP, NULL, "print this and leave"},
};

enum { N_ROWS = sizeof(ROWS) / sizeof(ROWS[0]) };

void options_help(FILE *out)
{
    fputs("Usage: ragd [OPTION]...\n"
          "Keeps collections of documents and answers questions about them.\n\n",
          out);
    for (size_t i = 0; i < N_ROWS; i++) {
        char left[40];
        snprintf(left, sizeof(left), "%s%s%s", ROWS[i].name, ROWS[i].value ? " " : "",
                 ROWS[i].value ? ROWS[i].value : "");
        fprintf(out, "  %-22s %s\n", left, ROWS[i].help);
    }
    fputs("\nIt stays in the foreground. SIGHUP reads the configuration again, SIGTERM\n"
          "ends it in order, a second one at once.\n",
          out);
}

/* The row of --name or --name=value; *value is behind the "=", or NULL. */
static const struct option_row *find(const char *arg, const char **value)
{
    size_t n = strcspn(arg, "=");
    *value = arg[n] ? arg + n + 1 : NULL;
    for (size_t i = 0; i < N_ROWS; i++) {
        if (strlen(ROWS[i].name) == n && strncmp(ROWS[i].name, arg, n) == 0) {
            return &ROWS[i];
        }
    }
    return NULL;
}

static int unknown(const char *arg, struct err *err)
{
    const char *names[N_ROWS];
    for (size_t i = 0; i < N_ROWS; i++) {
        names[i] = ROWS[i].name;
    }
    struct ragd_str word = {arg, strcspn(arg, "=")};
    const char *near = suggest_of(word, names, N_ROWS);
    err_set(err, ERR_INVALID, "unknown option '%s'%s%s%s", arg,
            near ? " - did you mean '" : "", near ? near : "", near ? "'?" : "");
    return err_hint(err, "ragd --help lists the options");
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
    case OPT_SETTING:
        if (out->n_overrides == OPTIONS_OVERRIDES_MAX) {
            return err_set(err, ERR_INVALID, "%s was given too often", row->name);
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
        if (!row->value && value) {
            return err_set(err, ERR_INVALID, "%s takes no value", row->name);
        }
        if (row->value && !value) {
            value = i + 1 < argc ? argv[++i] : "";
        }
        if (row->value && !*value) {
            return err_set(err, ERR_INVALID, "%s needs a value: %s %s", row->name,
                           row->name, row->value);
        }
        int rc = apply(row, value, out, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}
