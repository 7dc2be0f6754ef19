/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "help.h"

#include <string.h>

#include "fail.h"
#include "pool.h"
#include "suggest.h"

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

static void print_option(const struct option *option, void *arg)
{
    (void)arg;
    if (option->help) {
        printf("  %-26s %s\n", help_flags(option), option->help);
    }
}

static void title(const struct cli *cli, const char *text)
{
    printf("\n%s%s%s\n", bold(cli->color_out), text, plain(cli->color_out));
}

void help_command(const struct cli *cli, const struct command *command)
{
    printf("rag %s \xE2\x80\x93 %s\n", command->name, command->summary);
    if (command->examples[0]) {
        title(cli, "Examples:");
    }
    for (size_t i = 0; i < EXAMPLES_MAX && command->examples[i]; i++) {
        printf("  %s\n", help_example(command->examples[i]));
    }
    title(cli, "Usage:");
    printf("  rag %s %s\n", command->name, command->usage);
    if (command->text) {
        printf("\n%s\n", command->text);
    }
    if (command->options) {
        title(cli, "Options:");
        option_each(command->options, print_option, NULL);
    }
    title(cli, "Global options (each also as a variable, --no-start as RAG_NO_START):");
    option_each(GLOBAL_OPTIONS, print_option, NULL);
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
            printf("  rag %s %-8s %s\n", word, name, (*it)->summary);
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

static void print_row(const struct command *command, const char *word)
{
    bool group = strcmp(word, command->name) != 0;
    const char *text = group                  ? members_of(word)
                       : command->listed_text ? command->listed_text
                                              : command->summary;
    printf("  %-14s %s\n", command->listed ? command->listed : word, text);
}

static void print_group(const struct cli *cli, enum group group)
{
    title(cli, GROUP_TITLES[group]);
    const char *last = "";
    for (const struct command *const *it = COMMANDS; *it; it++) {
        const char *word = first_word((*it)->name);
        if ((*it)->group == group && !(*it)->hidden && strcmp(word, last) != 0) {
            print_row(*it, word);
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
    const char *name = n > 1 && command_is_group(words[0])
                           ? pool_printf("%s %s", words[0], words[1])
                           : words[0];
    const struct command *command = command_find(name);
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
