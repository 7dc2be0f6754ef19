/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The command line of rag: options, suggestions, the tables of all commands. */
#include "support/test.h"

#include "command.h"
#include "document_id.h"
#include "option.h"
#include "pool.h"
#include "splitter_options.h"
#include "suggest.h"
#include "uri.h"

static struct {
    bool flag;
    const char *text, *choice;
    uint64_t count, duration;
    double real;
    struct strings list;
} got;

static const char *const CHOICES[] = {"auto", "vector", NULL};

static const struct option INNER[] = {
    {OPTION_COUNT, 'k', "keep", &got.count, "N", "help", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static const struct option TABLE[] = {
    {OPTION_FLAG, 'q', "quiet", &got.flag, NULL, "help", NULL},
    {OPTION_STRING, 0, "name", &got.text, "TEXT", "help", NULL},
    {OPTION_CHOICE, 0, "mode", &got.choice, "MODE", "help", CHOICES},
    {OPTION_REAL, 0, "real", &got.real, "X", "help", NULL},
    {OPTION_DURATION, 0, "timeout", &got.duration, "TIME", "help", NULL},
    {OPTION_LIST, 'm', "meta", &got.list, "K=V", "help", NULL},
    OPTION_SUB((void *)INNER),
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static struct strings rest;
static struct option_error error;

static bool parse(const char *const *words)
{
    int n = 0;
    while (words[n]) {
        n++;
    }
    memset(&got, 0, sizeof(got));
    rest = (struct strings){0};
    return option_parse(TABLE, n, (char **)words, &rest, &error);
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static int release(void **state)
{
    (void)state;
    pool_release();
    return 0;
}

static void options_may_stand_anywhere(void **state)
{
    (void)state;
    assert_true(PARSE("a", "--name", "x", "b", "-q", "--keep=7", "-"));
    assert_int_equal(rest.n, 3);
    assert_string_equal(rest.items[1], "b");
    assert_string_equal(rest.items[2], "-");
    assert_string_equal(got.text, "x");
    assert_true(got.flag);
    assert_int_equal(got.count, 7);
}

static void letters_combine_and_take_values(void **state)
{
    (void)state;
    assert_true(PARSE("-qk5", "-m", "a=1", "-mb=2"));
    assert_true(got.flag);
    assert_int_equal(got.count, 5);
    assert_int_equal(got.list.n, 2);
    assert_string_equal(got.list.items[1], "b=2");
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    assert_true(PARSE("--", "-q", "--name"));
    assert_int_equal(rest.n, 2);
    assert_false(got.flag);
}

static void mistyped_option_is_suggested(void **state)
{
    (void)state;
    assert_false(PARSE("--nmae=1"));
    assert_string_equal(error.hint, "--name");
    assert_false(PARSE("--mode", "vectr"));
    assert_string_equal(error.hint, "vector");
    assert_false(PARSE("--zzzzzz"));
    assert_string_equal(error.hint, "");
}

static void values_are_checked(void **state)
{
    (void)state;
    assert_false(PARSE("--keep", "-1"));
    assert_false(PARSE("--keep", "1x"));
    assert_false(PARSE("--keep", "99999999999999999999"));
    assert_false(PARSE("--real", "nan"));
    assert_false(PARSE("--timeout", "5 parsecs"));
    assert_false(PARSE("--name"));
    assert_false(PARSE("--name="));
    assert_false(PARSE("--name", "\xFF"));
    assert_false(PARSE("--keep", "0"));
    assert_false(PARSE("--timeout", "0s"));
    assert_false(PARSE("--quiet=1"));
    assert_false(PARSE("-x"));
}

static void durations_have_units(void **state)
{
    (void)state;
    assert_true(PARSE("--timeout", "500ms"));
    assert_int_equal(got.duration, 500);
    assert_true(PARSE("--timeout", "2m"));
    assert_int_equal(got.duration, 120000);
    assert_true(PARSE("--timeout", "3"));
    assert_int_equal(got.duration, 3000);
}

struct check {
    const struct command *command;
    char letters[64];
};

static void check_option(const struct option *option, void *arg)
{
    struct check *check = arg;
    const char *name = check->command->name;
    if (!option->at || !option->help || (option->kind != OPTION_FLAG && !option->value) ||
        (option->kind == OPTION_CHOICE) != (option->choices != NULL)) {
        fail_msg("rag %s: the row of --%s is not complete", name, option->name);
    }
    if (option->letter && strchr(check->letters, option->letter)) {
        fail_msg("rag %s: -%c twice", name, option->letter);
    }
    if (option->letter) {
        check->letters[strlen(check->letters)] = option->letter;
    }
    if (option->name && option_find(GLOBAL_OPTIONS, option->name, strlen(option->name)) &&
        option_find(check->command->options, option->name, strlen(option->name))) {
        fail_msg("rag %s: --%s hides a global option", name, option->name);
    }
}

static void every_command_has_a_complete_table(void **state)
{
    (void)state;
    for (const struct command *const *it = COMMANDS; *it; it++) {
        struct check check = {.command = *it};
        option_each((*it)->options, check_option, &check);
        option_each(GLOBAL_OPTIONS, check_option, &check);
        assert_non_null((*it)->run);
        assert_non_null((*it)->examples[0]);
        assert_true((*it)->args_min <= (*it)->args_max);
        assert_ptr_equal(command_find((*it)->name), *it);
    }
}

static void nearest_command_is_suggested(void **state)
{
    (void)state;
    struct suggest suggest;
    suggest_init(&suggest, "serach", 6);
    for (const struct command *const *it = COMMANDS; *it; it++) {
        suggest_try(&suggest, (*it)->name);
    }
    assert_string_equal(suggest.best, "search");
    suggest_init(&suggest, "xyz", 3);
    suggest_try(&suggest, "add");
    assert_null(suggest.best);
}

static void word_that_was_begun_is_suggested_before_a_similar_one(void **state)
{
    (void)state;
    struct suggest suggest;
    suggest_init(&suggest, "stat", 4);
    suggest_try(&suggest, "start");
    suggest_try(&suggest, "status");
    suggest_try(&suggest, "start");
    assert_string_equal(suggest.best, "status");
    suggest_init(&suggest, "wher", 4);
    suggest_try(&suggest, "where-json");
    suggest_try(&suggest, "where");
    assert_string_equal(suggest.best, "where");
}

static void file_uris_are_canonical(void **state)
{
    (void)state;
    assert_string_equal(uri_of_path("/a b/ü#?%.md", ""),
                        "file:///a%20b/%C3%BC%23%3F%25.md");
    assert_string_equal(uri_of_path("/x", "host"), "file://host/x");
    assert_string_equal(path_of_uri("file:///a%20b/%C3%BC%23%3F%25.md"), "/a b/ü#?%.md");
    assert_string_equal(path_of_uri("file://localhost/x"), "/x");
    assert_null(path_of_uri("file://other/x"));
    assert_null(path_of_uri("file:///x%00y"));
    assert_null(path_of_uri("file:///x%zz"));
}

static void ids_are_shown_as_paths_that_find_them_again(void **state)
{
    (void)state;
    static const char *const PAIRS[][2] = {
        {"file:///no/such/a%20b/%E6%98%8E.md", "/no/such/a b/明.md"},
        {"file:///no/such/%E6%98%8E.md#12", "/no/such/明.md#12"},
        {"file:///no/such/a!key", "/no/such/a!key"},
        {"file:///no/such/100%25.md", "/no/such/100%.md"},
    };
    static const char *const KEPT[] = {
        "file:///no/such/bad%FF.md", /* no UTF-8 */
        "file:///no/such/x%1B.md",   /* controls the terminal */
        "file:///no/such/x%231",     /* would be taken for a chunk */
        "file:///no/such/x.zip!%41", /* not how a path is written */
        "file://elsewhere/no/such/%E6.md", "https://example.org/%E6%98%8E",
    };
    struct cli cli = {.format = FORMAT_TABLE};
    for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++) {
        assert_string_equal(document_shown(&cli, PAIRS[i][0]), PAIRS[i][1]);
        assert_string_equal(document_id(&cli, PAIRS[i][1]), PAIRS[i][0]);
    }
    for (size_t i = 0; i < sizeof(KEPT) / sizeof(KEPT[0]); i++) {
        assert_string_equal(document_shown(&cli, KEPT[i]), KEPT[i]);
        assert_string_equal(document_id(&cli, KEPT[i]), KEPT[i]);
    }
    assert_string_equal(document_shown_in(&cli, "no file:///a%20b, nor 'file:///c#1'."),
                        "no /a b, nor '/c#1'.");
    assert_string_equal(document_shown_in(&cli, "nothing"), "nothing");
    cli.format = FORMAT_TSV;
    assert_string_equal(document_cell(&cli, PAIRS[0][0]), PAIRS[0][0]);
}

static void remote_uris_are_told_from_paths(void **state)
{
    (void)state;
    assert_true(uri_is_remote("https://example.org/"));
    assert_true(uri_is_remote("arxiv:2311.00681"));
    assert_false(uri_is_remote("notes.md"));
    assert_false(uri_is_remote("./a:b"));
    assert_false(uri_is_remote("c:"));
    assert_false(uri_is_remote("file:///x"));
}

static void pairs_and_escapes(void **state)
{
    (void)state;
    const char *key, *value;
    assert_true(split_pair("a=b=c", &key, &value));
    assert_string_equal(key, "a");
    assert_string_equal(value, "b=c");
    assert_false(split_pair("=x", &key, &value));
    assert_false(split_pair("x", &key, &value));
    assert_string_equal(unescape("a\\n\\tb\\\\n\\x"), "a\n\tb\\n\\x");
}

static void pool_gives_back_what_came_after_a_mark(void **state)
{
    (void)state;
    char *kept = pool_strdup("kept");
    struct pool_mark mark = pool_mark();
    for (int i = 0; i < 100; i++) {
        pool_alloc(10000);
    }
    pool_rewind(mark);
    char *fresh = pool_alloc(100);
    assert_int_equal(fresh[0], 0);
    assert_string_equal(kept, "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_may_stand_anywhere),
        cmocka_unit_test(letters_combine_and_take_values),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(mistyped_option_is_suggested),
        cmocka_unit_test(values_are_checked),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(every_command_has_a_complete_table),
        cmocka_unit_test(nearest_command_is_suggested),
        cmocka_unit_test(word_that_was_begun_is_suggested_before_a_similar_one),
        cmocka_unit_test(file_uris_are_canonical),
        cmocka_unit_test(ids_are_shown_as_paths_that_find_them_again),
        cmocka_unit_test(remote_uris_are_told_from_paths),
        cmocka_unit_test(pairs_and_escapes),
        cmocka_unit_test(pool_gives_back_what_came_after_a_mark),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
