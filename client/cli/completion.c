/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Commands and flags are written into the script; only names of collections
 * are asked for, with a short time limit and in silence.
 */
#include "completion.h"

#include <string.h>

#include "fail.h"
#include "pool.h"
#include "suggest.h"

#define NAMES "rag collection ls --format ids --no-start --timeout 50ms 2>/dev/null"

static const char *first_word(const char *name)
{
    return pool_copy(name, strcspn(name, " "));
}

static bool in_group(const struct command *command)
{
    return strchr(command->name, ' ') != NULL;
}

static const char *second_word(const struct command *command)
{
    return strchr(command->name, ' ') + 1;
}

/* The words after `word`, "" for the first ones, separated by blanks. */
static const char *words_after(const char *word)
{
    const char *all = "", *last = "";
    for (const struct command *const *it = COMMANDS; *it; it++) {
        const char *first = first_word((*it)->name);
        const char *next = NULL;
        if (!word[0] && strcmp(first, last) != 0) {
            next = first;
        } else if (word[0] && in_group(*it) && strcmp(first, word) == 0) {
            next = second_word(*it);
        }
        if (next) {
            all = pool_printf("%s%s%s", all, all[0] ? " " : "", next);
        }
        last = first;
    }
    return all;
}

/* The first words of commands of two. */
static const char *groups(const char *separator)
{
    const char *all = "", *last = "";
    for (const struct command *const *it = COMMANDS; *it; it++) {
        const char *first = first_word((*it)->name);
        if (in_group(*it) && strcmp(first, last) != 0) {
            all = pool_printf("%s%s%s", all, all[0] ? separator : "", first);
        }
        last = first;
    }
    return all;
}

static void add_flags(const struct option *option, void *arg)
{
    const char **all = arg;
    if (option->name) {
        *all = pool_printf("%s --%s", *all, option->name);
    }
    if (option->letter) {
        *all = pool_printf("%s -%c", *all, option->letter);
    }
}

static const char *flags_of(const struct command *command)
{
    const char *all = "";
    option_each(command->options, add_flags, &all);
    option_each(GLOBAL_OPTIONS, add_flags, &all);
    return all + 1;
}

static const char *choices_of(const struct option *option)
{
    const char *all = "";
    for (const char *const *it = option->choices; *it; it++) {
        all = pool_printf("%s%s%s", all, it == option->choices ? "" : " ", *it);
    }
    return all;
}

static const char *words_of(const struct command *command)
{
    if (strcmp(command->name, "help") == 0) {
        return words_after("");
    }
    const char *all = "";
    for (size_t i = 0; i < WORDS_MAX && command->words[i]; i++) {
        all = pool_printf("%s%s%s", all, i ? " " : "", command->words[i]);
    }
    return all;
}

/* "--collection|-c" */
static const char *spellings(const struct option *option)
{
    return pool_printf("%s%s%s%s%s", option->name ? "--" : "",
                       option->name ? option->name : "",
                       option->name && option->letter ? "|" : "", option->letter ? "-" : "",
                       option->letter ? pool_printf("%c", option->letter) : "");
}

/* What follows an option, in bash: a case for each that takes a value; arg
 * holds those that other commands had. */
static void bash_value(const struct option *option, void *arg)
{
    struct strings *seen = arg;
    const char *spelt = spellings(option);
    for (size_t i = 0; i < seen->n; i++) {
        if (strcmp(seen->items[i], spelt) == 0) {
            return;
        }
    }
    if (option->kind == OPTION_FLAG) {
        return;
    }
    strings_add(seen, spelt);
    printf("    %s)", spelt);
    if (option->letter == 'c') {
        printf(" words=\"$(%s)\"", NAMES);
    } else if (option->kind == OPTION_PATH) {
        printf(" files=1");
    } else if (option->kind == OPTION_CHOICE) {
        printf(" words='%s'", choices_of(option));
    }
    puts(" ;;");
}

static void add_valued(const struct option *option, void *arg)
{
    const char **all = arg;
    if (option->kind != OPTION_FLAG) {
        *all = pool_printf("%s%s%s", *all, (*all)[0] ? "|" : "", spellings(option));
    }
}

static void bash_operands(const struct command *command)
{
    if (command->operand == OPERAND_COLLECTION) {
        printf(" words=\"$(%s)\"", NAMES);
    } else if (command->operand == OPERAND_WORD) {
        printf(" words='%s'", words_of(command));
    } else if (command->operand == OPERAND_FILE) {
        printf(" files=1");
    }
}

static void bash_commands(void)
{
    puts("    case \"$verb\" in");
    for (const struct command *const *it = COMMANDS; *it; it++) {
        printf("    '%s') flags='%s'", (*it)->name, flags_of(*it));
        bash_operands(*it);
        puts(" ;;");
    }
    const char *last = "";
    for (const struct command *const *it = COMMANDS; *it; it++) {
        const char *first = first_word((*it)->name);
        if (in_group(*it) && strcmp(first, last) != 0) {
            printf("    '%s'|'help %s') words='%s' ;;\n", first, first, words_after(first));
        }
        last = first;
    }
    printf("    '') words='%s' ;;\n    esac\n", words_after(""));
}

/* "--mode=x" comes as three words: "=" is a break between words. */
static void print_bash(void)
{
    puts("# Completion of rag for bash.\n"
         "_rag() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  local verb='' word words='' flags='' files='' i\n"
         "  if [[ $cur == = ]]; then cur=''\n"
         "  elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    case $word in");
    const char *valued = "";
    struct strings seen = {0};
    option_each(GLOBAL_OPTIONS, add_valued, &valued);
    printf("    %s)\n", valued);
    puts("      [[ ${COMP_WORDS[i+1]} == = ]] && ((i++)); ((i++)) ;;\n"
         "    -*) ;;\n"
         "    *) case $verb in");
    printf("      ''|help|%s) verb=${verb:+$verb }$word ;;\n", groups("|"));
    puts("      esac ;;\n"
         "    esac\n"
         "  done\n"
         "  case $prev in");
    for (const struct command *const *it = COMMANDS; *it; it++) {
        option_each((*it)->options, bash_value, &seen);
    }
    option_each(GLOBAL_OPTIONS, bash_value, &seen);
    puts("    *)");
    bash_commands();
    puts("    if [[ $cur == -* ]]; then words=$flags; files=''; fi ;;\n"
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "  if [[ $files && ! $ZSH_VERSION ]]; then compopt -o default; fi\n"
         "}\n"
         "complete -F _rag rag");
}

/* zsh runs bash's function through its own layer. */
static void print_zsh(void)
{
    puts("#compdef rag\n"
         "autoload -U +X bashcompinit && bashcompinit");
    print_bash();
    puts("# The first time this file is itself the completion.\n"
         "if [[ ${funcstack[1]} == _rag ]]; then _bash_complete -o default -F _rag; fi");
}

struct fish {
    const char *condition;
};

static const char *quoted(const char *text)
{
    char *out = pool_alloc(2 * strlen(text) + 1), *at = out;
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') {
            *at++ = '\\';
        }
        *at++ = *text;
    }
    return out;
}

static void fish_option(const struct option *option, void *arg)
{
    const struct fish *fish = arg;
    printf("complete -c rag%s", fish->condition);
    if (option->name) {
        printf(" -l %s", option->name);
    }
    if (option->letter) {
        printf(" -s %c", option->letter);
    }
    if (option->kind == OPTION_CHOICE) {
        printf(" -x -a '%s'", choices_of(option));
    } else if (option->kind == OPTION_PATH) {
        printf(" -r -F");
    } else if (option->kind != OPTION_FLAG) {
        printf(option->letter == 'c' ? " -x -a '(" NAMES ")'" : " -x");
    }
    printf(" -d '%s'\n", quoted(option->help ? option->help : ""));
}

static void fish_command(const struct command *command)
{
    const char *first = first_word(command->name);
    const char *condition =
        in_group(command) ? pool_printf(" -n '__fish_seen_subcommand_from %s; and "
                                        "__fish_seen_subcommand_from %s'",
                                        first, second_word(command))
                          : pool_printf(" -n '__fish_seen_subcommand_from %s; and not "
                                        "__fish_seen_subcommand_from %s'",
                                        first, groups(" "));
    struct fish fish = {condition};
    option_each(command->options, fish_option, &fish);
    if (command->operand == OPERAND_COLLECTION) {
        printf("complete -c rag%s -a '(" NAMES ")'\n", condition);
    } else if (command->operand == OPERAND_WORD) {
        printf("complete -c rag%s -a '%s'\n", condition, words_of(command));
    } else if (command->operand == OPERAND_FILE) {
        printf("complete -c rag%s -F\n", condition);
    }
}

static void print_fish(void)
{
    puts("# Completion of rag for fish.\ncomplete -c rag -f");
    struct fish everywhere = {""};
    option_each(GLOBAL_OPTIONS, fish_option, &everywhere);
    const char *last = "";
    for (const struct command *const *it = COMMANDS; *it; it++) {
        const char *first = first_word((*it)->name);
        if (strcmp(first, last) != 0) {
            printf("complete -c rag -n __fish_use_subcommand -a %s -d '%s'\n", first,
                   in_group(*it) ? words_after(first) : quoted((*it)->summary));
        }
        if (in_group(*it)) {
            printf("complete -c rag -n '__fish_seen_subcommand_from %s; and not "
                   "__fish_seen_subcommand_from %s' -a %s -d '%s'\n",
                   first, words_after(first), second_word(*it), quoted((*it)->summary));
        }
        last = first;
    }
    for (const struct command *const *it = COMMANDS; *it; it++) {
        fish_command(*it);
    }
}

int completion_print(const struct cli *cli, const char *shell)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } SHELLS[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    struct suggest suggest;
    suggest_init(&suggest, shell, strlen(shell));
    for (size_t i = 0; i < sizeof(SHELLS) / sizeof(SHELLS[0]); i++) {
        if (strcmp(SHELLS[i].shell, shell) == 0) {
            SHELLS[i].print();
            return EXIT_DONE;
        }
        suggest_try(&suggest, SHELLS[i].shell);
    }
    return fail(cli,
                &(struct failure){.exit = EXIT_USAGE,
                                  .code = "usage",
                                  .message = pool_printf("no completions for '%s'", shell),
                                  .hint = "rag completion bash|zsh|fish",
                                  .meant = suggest.best});
}
