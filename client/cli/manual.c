/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Writes the manual pages of rag, made from the command and option tables:
 *
 *   rag-manual DIRECTORY      rag.1 and a rag-NAME.1 for each command
 *
 * A program of the build; it is not installed.
 */
#include <string.h>

#include "build_info.h"
#include "command.h"
#include "help.h"
#include "pool.h"

static const char *const EXITS[][2] = {
    {"0", "Done; also when nothing was found."},
    {"1", "Failed."},
    {"2", "Wrong use."},
    {"3", "Partly done: some sources or queries failed."},
    {"4", "ragd cannot be reached."},
    {"5", "No permission."},
    {"6", "Not found."},
    {"7", "Conflict: it exists, or another embedder."},
    {"8", "Something that ragd needs failed: embedder, LLM, a site."},
    {"9", "Nothing found, only with --fail-empty."},
    {"130, 143", "Interrupted."},
};

/* Text of roff: no macros at the start of a line, real dashes. */
static void put(FILE *to, const char *text)
{
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\'')) {
            fputs("\\&", to);
        }
        if (*text == '\\') {
            fputs("\\e", to);
        } else if (*text == '-') {
            fputs("\\-", to);
        } else {
            putc(*text, to);
        }
        start = *text == '\n';
    }
}

static void put_line(FILE *to, const char *text)
{
    put(to, text);
    putc('\n', to);
}

static void put_head(FILE *to, const char *page, const char *summary)
{
    fprintf(to, ".TH \"%s\" 1 \"\" \"rag %s\" \"ragd\"\n.SH NAME\n", page, BUILD_VERSION);
    put(to, page);
    fputs(" \\- ", to);
    put_line(to, summary);
}

static void put_option(const struct option *option, void *arg)
{
    FILE *to = arg;
    fputs(".TP\n.B ", to);
    put_line(to, help_flags(option));
    put_line(to, option->help);
    if (option->kind == OPTION_CHOICE) {
        const char *all = "One of";
        for (const char *const *it = option->choices; *it; it++) {
            all = pool_printf("%s%s %s", all, it == option->choices ? "" : ",", *it);
        }
        fputs(".br\n", to);
        put_line(to, pool_printf("%s.", all));
    }
}

static void put_globals(FILE *to)
{
    fputs(".SH GLOBAL OPTIONS\n", to);
    put_line(to,
             "They may stand before or after the command; each also has an environment\n"
             "variable, --no-start for example RAG_NO_START. Flags win over variables.");
    option_each(GLOBAL_OPTIONS, put_option, to);
}

static void put_exits(FILE *to)
{
    fputs(".SH EXIT STATUS\n", to);
    for (size_t i = 0; i < sizeof(EXITS) / sizeof(EXITS[0]); i++) {
        fprintf(to, ".TP\n.B %s\n", EXITS[i][0]);
        put_line(to, EXITS[i][1]);
    }
}

static const char *page_of(const struct command *command)
{
    char *page = pool_printf("rag-%s", command->name);
    for (char *at = page; *at; at++) {
        *at = *at == ' ' ? '-' : *at;
    }
    return page;
}

static void put_command(FILE *to, const struct command *command)
{
    put_head(to, page_of(command), command->summary);
    fputs(".SH SYNOPSIS\n.B rag ", to);
    put_line(to, pool_printf("%s %s", command->name, command->usage));
    fputs(".SH EXAMPLES\n.nf\n", to);
    for (size_t i = 0; i < EXAMPLES_MAX && command->examples[i]; i++) {
        put_line(to, help_example(command->examples[i]));
    }
    fputs(".fi\n", to);
    if (command->text) {
        fputs(".SH DESCRIPTION\n", to);
        put_line(to, command->text);
    }
    if (command->options) {
        fputs(".SH OPTIONS\n", to);
        option_each(command->options, put_option, to);
    }
    fputs(".SH SEE ALSO\n.BR rag (1)\nfor the global options, the exit status and the "
          "output formats.\n",
          to);
}

static void put_overview(FILE *to)
{
    put_head(to, "rag", "ask your documents");
    fputs(".SH SYNOPSIS\n.B rag\n[options] COMMAND [arguments]\n.SH DESCRIPTION\n", to);
    put_line(
        to, "rag talks to ragd, which keeps collections of documents and answers\n"
            "questions about them. Results go to standard output, everything else to\n"
            "standard error. On a terminal results are tables; in a pipe they are full\n"
            "values separated by tabs, without a header; with --json they are one\n"
            "document. Fields are only ever added.\n\n"
            "In tables and messages a file of this machine stands by its name, which all\n"
            "commands take for its id; pipes and JSON have the id. In values separated by\n"
            "tabs a tab, line end or backslash is \\t, \\n, \\r or \\\\, and any other\n"
            "control character the \\xHH of its bytes.");
    fputs(".SH COMMANDS\n", to);
    for (const struct command *const *it = COMMANDS; *it; it++) {
        fputs(".TP\n.B ", to);
        put_line(to, (*it)->name);
        put_line(to, pool_printf("%s. See %s(1).", (*it)->summary, page_of(*it)));
    }
    put_globals(to);
    fputs(".SH WHICH DAEMON\n", to);
    put_line(to,
             "The one that --socket or RAG_SOCKET names, else the user's own, else the\n"
             "system's. When there is none and the machine has no ragd of the system,\n"
             "commands that need one start it in the background and say so.\n"
             "Over tcp the token is read from the file that RAG_TOKEN_FILE names.");
    put_exits(to);
    fputs(".SH SEE ALSO\n.BR ragd (8)\n", to);
}

static int write_page(const char *directory, const char *page,
                      const struct command *command)
{
    FILE *to = fopen(pool_printf("%s/%s.1", directory, page), "we");
    if (!to) {
        perror(directory);
        return 1;
    }
    if (command) {
        put_command(to, command);
    } else {
        put_overview(to);
    }
    return fclose(to) ? 1 : 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: rag-manual DIRECTORY\n", stderr);
        return EXIT_USAGE;
    }
    int failed = write_page(argv[1], "rag", NULL);
    for (const struct command *const *it = COMMANDS; *it; it++) {
        failed |= write_page(argv[1], page_of(*it), *it);
    }
    pool_release();
    return failed;
}
