/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <stdio.h>

#include "loader_rig.h"

static void assert_text(struct loader_rig *rig, const char *markdown, const char *text)
{
    assert_int_equal(loader_load_text(rig, markdown), RAGD_OK);
    loader_check_blocks(rig);
    struct ragd_str got = loader_doc(rig)->text;
    if (got.n != strlen(text) || memcmp(got.p, text, got.n) != 0) {
        fail_msg("got:\n%.*s\nwanted:\n%s\n", (int)got.n, got.p, text);
    }
}

static void assert_block(struct loader_rig *rig, size_t i, uint32_t kind, uint32_t level,
                         const char *text)
{
    assert_str_equal(loader_block(rig, i), text);
    assert_int_equal(loader_doc(rig)->blocks[i].kind, kind);
    assert_int_equal(loader_doc(rig)->blocks[i].level, level);
}

static void shows_what_a_reader_sees(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(
        rig,
        "# A *fine* title\n\nSome **bold**, `code` and a [link](http://x.y).\n"
        "On the next line.\n\n![a picture](p.png)\n",
        "A fine title\n\nSome bold, code and a link. On the next line.\n\na picture");
    assert_block(rig, 0, RAGD_BLOCK_HEADING, 1, "A fine title");
    assert_block(rig, 1, RAGD_BLOCK_PARAGRAPH, 0,
                 "Some bold, code and a link. On the next line.");
    assert_int_equal(loader_doc(rig)->n_blocks, 3);
    assert_str_equal(loader_doc(rig)->title, "A fine title");
    assert_str_equal(loader_doc(rig)->mime, "text/markdown");
}

static void keeps_lists_readable(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig,
                "Before\n\n- one\n- two\n  1. inner\n  2. more\n- [x] done\n- [ ] open\n\n"
                "After\n",
                "Before\n\n- one\n- two\n  1. inner\n  2. more\n- [x] done\n- [ ] open\n\n"
                "After");
    assert_block(rig, 1, RAGD_BLOCK_LIST, 1,
                 "- one\n- two\n  1. inner\n  2. more\n- [x] done\n- [ ] open");
    assert_block(rig, 2, RAGD_BLOCK_LIST, 2, "  1. inner\n  2. more");
}

static void numbers_a_list_from_its_start(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig, "7. seven\n\n   goes on\n\n1. eight\n",
                "7. seven\n\ngoes on\n8. eight");
    assert_text(rig, "0. nought\n1. one\n", "0. nought\n1. one");
}

static void leaves_no_trace_of_an_empty_item(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig, "- one\n-\n- three\n", "- one\n- three");
}

static void keeps_code_verbatim(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig, "Text\n\n```c\nint a = 1;\n\n  if (a) { *b; }\n```\n\nMore\n",
                "Text\n\nint a = 1;\n\n  if (a) { *b; }\n\nMore");
    assert_block(rig, 1, RAGD_BLOCK_CODE, 0, "int a = 1;\n\n  if (a) { *b; }");
}

static void keeps_tables_as_lines(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig, "| a | b |\n|---|:-:|\n| 1 | **2** |\n| 3 | |\n",
                "a | b\n1 | 2\n3 | ");
    assert_int_equal(loader_doc(rig)->blocks[0].kind, RAGD_BLOCK_TABLE);
}

static void marks_quotes_and_what_is_inside(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig, "> said\n> she\n>\n> - point\n", "said she\n\n- point");
    assert_block(rig, 0, RAGD_BLOCK_QUOTE, 0, "said she\n\n- point");
    assert_block(rig, 1, RAGD_BLOCK_PARAGRAPH, 0, "said she");
    assert_block(rig, 2, RAGD_BLOCK_LIST, 1, "- point");
}

static void drops_html_and_keeps_what_it_shows(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig,
                "<div class=\"x\">\n<b>Shown</b> too\n<!-- a > b -->\n</div>\n\nA<br>b\n",
                "Shown too\n\nAb");
    assert_text(rig, "<script>\nalert(1 < 2);\n</script>\n\ntext\n", "text");
}

static void decodes_character_references(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig, "a &amp; b &#x3042;&#65; &nosuch; &lt;\n",
                "a & b \xe3\x81\x82"
                "A &nosuch; <");
}

static void joins_lines_without_blanks_in_japanese(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig, "\xe6\x97\xa5\n\xe6\x9c\xac\nABC\n", "\xe6\x97\xa5\xe6\x9c\xac ABC");
    assert_text(rig, "one  \ntwo\\\nthree\n", "one\ntwo\nthree");
}

static void reads_front_matter_to_metadata(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(rig,
                "---\ntitle: The title\nlang: de-AT\nn: 42\nr: 1.5\nyes: true\nnone: ~\n"
                "zip: 00123\nquoted: \"7\"\ntags: [a, b]\nmixed: [1, x]\n"
                "author: {name: Ann, age: 9}\ndate: 2024-05-01\n---\n# Heading\n",
                "Heading");
    assert_str_equal(loader_doc(rig)->title, "The title");
    assert_str_equal(loader_doc(rig)->lang, "de");
    assert_int_equal(loader_meta(rig, "n")->type, RAGD_V_INT);
    assert_int_equal(loader_meta(rig, "n")->u.i, 42);
    assert_true(loader_meta(rig, "r")->u.d == 1.5);
    assert_int_equal(loader_meta(rig, "yes")->type, RAGD_V_BOOL);
    assert_int_equal(loader_meta(rig, "none")->type, RAGD_V_NULL);
    assert_str_equal(loader_meta(rig, "zip")->u.s, "00123");
    assert_str_equal(loader_meta(rig, "quoted")->u.s, "7");
    assert_int_equal(loader_meta(rig, "tags")->u.list.n, 2);
    assert_str_equal(loader_meta(rig, "mixed")->u.list.p[0].u.s, "1");
    assert_str_equal(loader_meta(rig, "author.name")->u.s, "Ann");
    assert_int_equal(loader_meta(rig, "author.age")->u.i, 9);
    assert_str_equal(loader_meta(rig, "date")->u.s, "2024-05-01");
}

static void leaves_alone_what_is_no_front_matter(void **state)
{
    struct loader_rig *rig = *state;
    static const char *const texts[] = {
        "---\njust a line\n---\nend\n",    "---\na: &x 1\nb: *x\n---\nend\n",
        "---\na: !!binary x\n---\nend\n",  "---\n- list\n---\nend\n",
        "---\na: {b: {c: 1}}\n---\nend\n", "---\na: [1\n---\nend\n",
        "---\nnever: closed\n\nend\n",     "----\na: 1\n----\nend\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(loader_load_text(rig, texts[i]), RAGD_OK);
        assert_int_equal(loader_doc(rig)->meta.n, 0);
        struct ragd_str last = loader_block(rig, loader_doc(rig)->n_blocks - 1);
        assert_true(last.n >= 3 && memcmp(last.p + last.n - 3, "end", 3) == 0);
    }
}

static void does_with_front_matter_what_it_is_told(void **state)
{
    struct loader_rig *rig = *state;
    loader_set(rig, "front_matter", "drop");
    assert_text(rig, "---\ntitle: T\na: 1\n---\ntext\n", "text");
    assert_int_equal(loader_doc(rig)->meta.n, 0);
    assert_str_equal(loader_doc(rig)->title, "T");
    rig->n_options = 0;
    loader_set(rig, "front_matter", "text");
    assert_int_equal(loader_load_text(rig, "---\na: 1\n---\ntext\n"), RAGD_OK);
    assert_int_equal(loader_doc(rig)->meta.n, 0);
    assert_str_equal(loader_block(rig, 0), "a: 1");
}

static void takes_the_name_for_a_title_at_last(void **state)
{
    struct loader_rig *rig = *state;
    rig->name = "read-me.md";
    assert_text(rig, "text\n", "text");
    assert_str_equal(loader_doc(rig)->title, "read-me");
    assert_text(rig, "#\n\n## Two *x*\n", "Two x");
    assert_str_equal(loader_doc(rig)->title, "Two x");
}

static void keeps_the_source_when_asked(void **state)
{
    struct loader_rig *rig = *state;
    const char *text =
        "# Head\n\nA **b**\nc.\n\n- one\n- two\n\n```\ncode\n```\n\n|a|b|\n|---|---|\n|1|2|\n";
    loader_set(rig, "text", "source");
    assert_text(rig, text, text);
    assert_block(rig, 0, RAGD_BLOCK_HEADING, 1, "# Head");
    assert_block(rig, 1, RAGD_BLOCK_PARAGRAPH, 0, "A **b**\nc.");
    assert_block(rig, 2, RAGD_BLOCK_LIST, 1, "- one");
    assert_block(rig, 3, RAGD_BLOCK_LIST, 1, "- two");
    assert_block(rig, 4, RAGD_BLOCK_CODE, 0, "code");
    assert_block(rig, 5, RAGD_BLOCK_TABLE, 0, "|a|b|\n|---|---|\n|1|2|");
    assert_str_equal(loader_doc(rig)->title, "Head");
    assert_text(rig, "---\na: 1\n---\n# Head\n", "# Head\n");
    assert_int_equal(loader_meta(rig, "a")->u.i, 1);
}

/* The lines of all blocks, in order; 0 ends. */
static void assert_lines(struct loader_rig *rig, const char *markdown,
                         const uint32_t *lines)
{
    assert_int_equal(loader_load_text(rig, markdown), RAGD_OK);
    const struct ragd_doc *doc = loader_doc(rig);
    for (size_t i = 0; i < doc->n_blocks; i++) {
        assert_int_equal(doc->blocks[i].line, lines[i]);
    }
    assert_int_equal(lines[doc->n_blocks], 0);
}

#define LINES(...)     \
    (const uint32_t[]) \
    {                  \
        __VA_ARGS__, 0 \
    }

static void says_in_which_line_of_the_file_a_block_begins(void **state)
{
    struct loader_rig *rig = *state;
    assert_lines(rig, "# Head\n\nOne\ngoes\non.\n\n\nTwo\nlines\n***\nThree\n",
                 LINES(1, 3, 8, 11));
    assert_lines(rig, "Head\n====\n> said\n> she\n>\n> ends\n", LINES(1, 3, 3, 6));
    assert_lines(rig, "- one\n  goes on\n- two\n  1. inner\n\nAfter\n", LINES(1, 4, 6));
    assert_lines(rig, "Text\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nEnd\n", LINES(1, 3, 7));
    assert_lines(rig, "<div>\n<b>\nShown\n</div>\n\nEnd\n", LINES(3, 6));
}

static void counts_the_lines_of_front_matter(void **state)
{
    struct loader_rig *rig = *state;
    const char *text = "---\na: 1\nb: 2\n---\n\n# Head\n\nText\n";
    assert_lines(rig, text, LINES(6, 8));
    loader_set(rig, "front_matter", "drop");
    assert_lines(rig, text, LINES(6, 8));
    loader_set(rig, "text", "source");
    assert_lines(rig, text, LINES(6, 8));
}

static void finds_the_line_of_code_that_begins_with_blanks(void **state)
{
    struct loader_rig *rig = *state;
    assert_lines(rig, "Text\n\n```c\nx\n```\n", LINES(1, 4));
    assert_lines(rig, "Text\n\n```c\n\n\n  x\n```\n", LINES(1, 4));
    assert_lines(rig, "Text\n\n        x\n      y\n", LINES(1, 3));
    assert_lines(rig, "- ```\n\n  x\n  ```\n", LINES(2, 2));
    assert_lines(rig, "\n| | b |\n|---|---|\n| 1 | 2 |\n", LINES(2));
}

static void counts_line_ends_of_every_system_as_one(void **state)
{
    struct loader_rig *rig = *state;
    assert_lines(rig, "---\r\na: 1\r\n---\r\nOne\r\non.\r\n\r\nTwo\r\n", LINES(4, 7));
}

static void refuses_what_has_no_text(void **state)
{
    struct loader_rig *rig = *state;
    static const char *const blanks[] = {"",
                                         "\n \n",
                                         "<!-- nothing -->\n",
                                         "---\na: 1\n---\n",
                                         "```\n\n\n```\n",
                                         "[x]: http://y\n"};
    for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
        assert_int_equal(loader_load_text(rig, blanks[i]), RAGD_E_BAD_INPUT);
        assert_string_equal(fake_call_code(rig->call), "no_text");
    }
}

static void refuses_a_table_that_is_all_shape(void **state)
{
    struct loader_rig *rig = *state;
    enum { COLUMNS = 3000, ROWS = 30000 };
    size_t n = 0, cap = COLUMNS * 8 + ROWS * 2 + 64;
    char *text = malloc(cap);
    assert_non_null(text);
    for (int i = 0; i < COLUMNS; i++) {
        n += (size_t)snprintf(text + n, cap - n, "|a");
    }
    n += (size_t)snprintf(text + n, cap - n, "|\n");
    for (int i = 0; i < COLUMNS; i++) {
        n += (size_t)snprintf(text + n, cap - n, "|---");
    }
    n += (size_t)snprintf(text + n, cap - n, "|");
    for (int i = 0; i < ROWS; i++) {
        n += (size_t)snprintf(text + n, cap - n, "\n|");
    }
    assert_int_equal(loader_load(rig, text, n), RAGD_E_LIMIT);
    free(text);
}

static void survives_deep_nesting(void **state)
{
    struct loader_rig *rig = *state;
    enum { DEPTH = 20000 };
    static char text[DEPTH + 16];
    memset(text, '>', DEPTH);
    snprintf(text + DEPTH, 16, " deep");
    assert_int_equal(loader_load_text(rig, text), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, "deep");
    loader_check_blocks(rig);
}

/* Ill-formed bytes become U+FFFD, and the metadata of the front matter stays. */
static void counts_the_bytes_it_replaces(void **state)
{
    struct loader_rig *rig = *state;
    assert_text(
        rig,
        "---\nkind: note\n---\n# Größe\n\nschöne Äpfel, \xff grüßen \xe2\x82 für Öl!\n",
        "Größe\n\nschöne Äpfel, \xef\xbf\xbd grüßen \xef\xbf\xbd für Öl!");
    assert_str_equal(loader_meta(rig, "charset")->u.s, "UTF-8");
    assert_int_equal(loader_meta(rig, "charset_replaced")->u.i, 2);
    assert_str_equal(loader_meta(rig, "kind")->u.s, "note");
    assert_int_equal(loader_load_text(rig, "# Größe\n"), RAGD_OK);
    assert_null(loader_meta(rig, "charset_replaced"));
}

/* Whatever is cut off where, it is loaded or refused, with blocks in order. */
static void survives_every_truncation(void **state)
{
    struct loader_rig *rig = *state;
    static const char text[] =
        "---\ntitle: T\ntags: [a, b]\n---\n# \xe6\x97\xa5\n\n> - a\n>   ```\n>\n>   ```\n\n"
        "1. x\n\n   y\n2.\n\n|a|b|\n|-|-|\n|1|\n\n|a|b|\n|---|---|\n|1|\n\n"
        "<p>\n<!-- - > x -->\n\n&amp; ![i](u) **b\n";
    for (size_t n = 0; n < sizeof(text); n++) {
        for (int source = 0; source < 2; source++) {
            rig->n_options = 0;
            loader_set(rig, "text", source ? "source" : "plain");
            ragd_status rc = loader_load(rig, text, n);
            if (rc != RAGD_OK && rc != RAGD_E_BAD_INPUT) {
                fail_msg("%zu bytes give %d", n, rc);
            }
            if (rc == RAGD_OK) {
                loader_check_blocks(rig);
            }
        }
    }
}

int main(void)
{
#define LOADER_TEST(name) \
    cmocka_unit_test_setup_teardown(name, loader_set_up, loader_tear_down)
    const struct CMUnitTest tests[] = {
        LOADER_TEST(shows_what_a_reader_sees),
        LOADER_TEST(keeps_lists_readable),
        LOADER_TEST(numbers_a_list_from_its_start),
        LOADER_TEST(leaves_no_trace_of_an_empty_item),
        LOADER_TEST(keeps_code_verbatim),
        LOADER_TEST(keeps_tables_as_lines),
        LOADER_TEST(marks_quotes_and_what_is_inside),
        LOADER_TEST(drops_html_and_keeps_what_it_shows),
        LOADER_TEST(decodes_character_references),
        LOADER_TEST(joins_lines_without_blanks_in_japanese),
        LOADER_TEST(reads_front_matter_to_metadata),
        LOADER_TEST(leaves_alone_what_is_no_front_matter),
        LOADER_TEST(does_with_front_matter_what_it_is_told),
        LOADER_TEST(takes_the_name_for_a_title_at_last),
        LOADER_TEST(keeps_the_source_when_asked),
        LOADER_TEST(says_in_which_line_of_the_file_a_block_begins),
        LOADER_TEST(counts_the_lines_of_front_matter),
        LOADER_TEST(finds_the_line_of_code_that_begins_with_blanks),
        LOADER_TEST(counts_line_ends_of_every_system_as_one),
        LOADER_TEST(refuses_what_has_no_text),
        LOADER_TEST(refuses_a_table_that_is_all_shape),
        LOADER_TEST(survives_deep_nesting),
        LOADER_TEST(counts_the_bytes_it_replaces),
        LOADER_TEST(survives_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
