/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "help.h"

#include <string.h>

#include "fail.h"
#include "pool.h"
#include "suggest.h"
#include "text.h"
#include "wrap.h"

enum {
    COLUMNS_MAX = 100,
    COMMAND_INDENT = 17,
    MEMBER_INDENT = 16, /* beside the group's name */
    OPTION_INDENT = 29,
    ENTRY_NARROW = 6,      /* where the text has its own lines */
    ENTRY_TEXT_LEAST = 20, /* else */
};

const char *help_example(const char *example)
{
    return pool_printf("%s%s", strstr(example, "| rag ") ? "" : "rag ", example);
}

const char *help_flags(const struct option *option)
{
    const char *letter = option->letter ? pool_printf("-%c", option->letter) : "";
    const char *comma = option->letter && option->name ? ", " : "";
    const char *name = option->name ? pool_printf("--%s", option->name) : "";
    const char *blank = option->value ? " " : "";
    return pool_printf("%s%s%s%s%s", letter, comma, name, blank,
                       option->value ? option->value : "");
}

/* Texts of help are for reading: wide terminals do not make wide lines. */
static size_t help_columns(const struct cli *cli)
{
    return cli->columns < COLUMNS_MAX ? cli->columns : COLUMNS_MAX;
}

/* A name and, from `indent` on, what it means. */
static void print_entry(const struct cli *cli, const char *name, size_t indent,
                        const char *text)
{
    size_t width = 2 + text_width(name, strlen(name));
    if (help_columns(cli) < indent + ENTRY_TEXT_LEAST) {
        indent = ENTRY_NARROW;
    }
    bool beside = width < indent;
    printf("  %s%*s", name, beside ? (int)(indent - width) : 0, "");
    if (!beside) {
        printf("\n%*s", (int)indent, "");
    }
    wrap_text(stdout, help_columns(cli), indent, text);
}

static void print_option(const struct option *option, void *arg)
{
    if (option->help) {
        print_entry(arg, help_flags(option), OPTION_INDENT, option->help);
    }
}

/* Paragraphs, of which only empty lines are kept. */
static void print_text(const struct cli *cli, const char *text)
{
    char *copy = pool_strdup(text);
    for (char *at = copy; *at; at++) {
        if (at[0] == '\n' && at[1] == '\n') {
            at++;
        } else if (at[0] == '\n') {
            at[0] = ' ';
        }
    }
    putchar('\n');
    wrap_text(stdout, help_columns(cli), 0, copy);
}

/* Bytes of the shell's next word; quotes hold blanks together. */
static size_t shell_word(const char *text)
{
    size_t n = 0;
    for (char quote = 0; text[n] && (quote || text[n] != ' '); n++) {
        if (quote ? text[n] == quote : text[n] == '"' || text[n] == '\'') {
            quote = quote ? 0 : text[n];
        }
    }
    return n;
}

/* A command that can be copied: broken as the shell wants it. */
static void print_command(const struct cli *cli, const char *text)
{
    size_t limit = help_columns(cli) - strlen(" \\"), column = 2;
    fputs("  ", stdout);
    for (size_t n; (n = shell_word(text)) > 0; text += text[n] ? n + 1 : n) {
        size_t width = text_width(text, n);
        if (column > 2 && column + 1 + width > limit) {
            fputs(" \\\n     ", stdout);
            column = 5;
        }
        printf("%s%.*s", column > 2 ? " " : "", (int)n, text);
        column += width + (column > 2);
    }
    putchar('\n');
}

static void title(const struct cli *cli, const char *text)
{
    printf("\n%s", bold(cli->color_out));
    wrap_text(stdout, help_columns(cli), 0, text);
    fputs(plain(cli->color_out), stdout);
}

void help_command(const struct cli *cli, const struct command *command)
{
    wrap_text(stdout, help_columns(cli), 0,
              pool_printf("rag %s \xE2\x80\x93 %s", command->name, command->summary));
    if (command->examples[0]) {
        title(cli, "Examples:");
    }
    for (size_t i = 0; i < EXAMPLES_MAX && command->examples[i]; i++) {
        print_command(cli, help_example(command->examples[i]));
    }
    title(cli, "Usage:");
    printf("  rag %s ", command->name);
    wrap_text(stdout, help_columns(cli), strlen("  rag  ") + strlen(command->name),
              command->usage);
    if (command->text) {
        print_text(cli, command->text);
    }
    if (command->options) {
        title(cli, "Options:");
        option_each(command->options, print_option, (void *)cli);
    }
    title(cli, "Global options (each also as a variable, --no-start as RAG_NO_START):");
    option_each(GLOBAL_OPTIONS, print_option, (void *)cli);
}

/* "ls" of "collection ls"; NULL for other groups. */
static const char *member(const struct command *command, const char *word)
{
    size_t n = strlen(word);
    bool is = strncmp(command->name, word, n) == 0 && command->name[n] == ' ';
    return is ? command->name + n + 1 : NULL;
}

bool command_is_group(const char *word)
{
    for (const struct command *const *it = COMMANDS; *it; it++) {
        if (member(*it, word)) {
            return true;
        }
    }
    return false;
}

const struct command *command_find(const char *name)
{
    for (const struct command *const *it = COMMANDS; *it; it++) {
        if (strcmp((*it)->name, name) == 0) {
            return *it;
        }
    }
    return NULL;
}

void help_group(const struct cli *cli, const char *word)
{
    printf("rag %s \xE2\x80\x93 its commands\n", word);
    title(cli, "Usage:");
    for (const struct command *const *it = COMMANDS; *it; it++) {
        const char *name = member(*it, word);
        if (name) {
            print_entry(cli, pool_printf("rag %s %s", word, name),
                        strlen(word) + MEMBER_INDENT, (*it)->summary);
        }
    }
    printf("\nMore: rag help %s NAME\n", word);
}

/* "create | ls | show" for a group's line in the overview. */
static const char *members_of(const char *word)
{
    const char *all = "";
    for (const struct command *const *it = COMMANDS; *it; it++) {
        const char *name = member(*it, word);
        if (name) {
            all = pool_printf("%s%s%s", all, all[0] ? " | " : "", name);
        }
    }
    return all;
}

static const char *first_word(const char *name)
{
    return pool_copy(name, strcspn(name, " "));
}

static void print_row(const struct cli *cli, const struct command *command,
                      const char *word)
{
    bool group = strcmp(word, command->name) != 0;
    const char *text = group                  ? members_of(word)
                       : command->listed_text ? command->listed_text
                                              : command->summary;
    print_entry(cli, command->listed ? command->listed : word, COMMAND_INDENT, text);
}

static void print_group(const struct cli *cli, enum group group)
{
    title(cli, GROUP_TITLES[group]);
    const char *last = "";
    for (const struct command *const *it = COMMANDS; *it; it++) {
        const char *word = first_word((*it)->name);
        if ((*it)->group == group && !(*it)->hidden && strcmp(word, last) != 0) {
            print_row(cli, *it, word);
        }
        last = word;
    }
}

void help_overview(const struct cli *cli)
{
    printf("rag \xE2\x80\x93 ask your documents (talks to ragd)\n");
    for (int group = 0; group < GROUP_COUNT; group++) {
        print_group(cli, (enum group)group);
    }
    printf("More: rag help COMMAND, man rag\n");
}

static void emit_option(const struct option *option, void *arg)
{
    struct emit *emit = arg;
    emit_object(emit);
    emit_put_some(emit, "name", option->name);
    if (option->letter) {
        emit_put(emit, "letter", pool_printf("%c", option->letter));
    }
    emit_put_some(emit, "value", option->value);
    emit_put_some(emit, "help", option->help);
    emit_end(emit);
}

static void emit_command(struct emit *emit, const struct command *command)
{
    emit_object(emit);
    emit_put(emit, "name", command->name);
    emit_put(emit, "summary", command->summary);
    emit_put(emit, "usage", pool_printf("rag %s %s", command->name, command->usage));
    emit_key(emit, "options");
    emit_array(emit);
    option_each(command->options, emit_option, emit);
    emit_end(emit);
    emit_end(emit);
}

void help_json(struct cli *cli, const struct command *command)
{
    struct emit *emit = &cli->emit;
    if (command) {
        emit_command(emit, command);
    } else {
        emit_object(emit);
        emit_key(emit, "commands");
        emit_array(emit);
        for (const struct command *const *it = COMMANDS; *it; it++) {
            emit_command(emit, *it);
        }
        emit_end(emit);
        emit_key(emit, "global_options");
        emit_array(emit);
        option_each(GLOBAL_OPTIONS, emit_option, emit);
        emit_end(emit);
        emit_end(emit);
    }
    emit_done(emit);
}

int fail_command(const struct cli *cli, const char *name)
{
    struct suggest suggest;
    suggest_init(&suggest, name, strlen(name));
    for (const struct command *const *it = COMMANDS; *it; it++) {
        suggest_try(&suggest, (*it)->name);
        suggest_try(&suggest, first_word((*it)->name));
    }
    return fail(cli, &(struct failure){.exit = EXIT_USAGE,
                                       .code = "unknown_command",
                                       .message = pool_printf("unknown command '%s'", name),
                                       .hint = suggest.best ? NULL : "rag help",
                                       .meant = suggest.best});
}

int help_for(struct cli *cli, const char *const *words, size_t n)
{
    if (n == 0) {
        if (wants_json(cli)) {
            help_json(cli, NULL);
        } else {
            help_overview(cli);
        }
        return EXIT_DONE;
    }
    bool grouped = n > 1 && command_is_group(words[0]);
    const char *name = grouped ? pool_printf("%s %s", words[0], words[1]) : words[0];
    const struct command *command = command_find(name);
    if (command && n > 1 && !grouped) {
        return fail(cli,
                    &(struct failure){
                        .exit = EXIT_USAGE,
                        .code = "usage",
                        .message = pool_printf("%s has no command '%s'", name, words[1]),
                        .hint = pool_printf("rag help %s", name),
                    });
    }
    if (command && wants_json(cli)) {
        help_json(cli, command);
    } else if (command) {
        help_command(cli, command);
    } else if (n == 1 && command_is_group(name)) {
        help_group(cli, name);
    } else {
        return fail_command(cli, name);
    }
    return EXIT_DONE;
}
