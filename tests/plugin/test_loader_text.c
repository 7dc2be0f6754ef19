/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "loader_rig.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

static void keeps_utf8_as_it_is(void **state)
{
    struct loader_rig *rig = *state;
    assert_int_equal(loader_load_text(rig, "Gr\xc3\xbc\xc3\x9f\x65\nzwei"), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, "Gr\xc3\xbc\xc3\x9f\x65\nzwei");
    assert_int_equal(loader_doc(rig)->meta.n, 0);
    assert_str_equal(loader_doc(rig)->mime, "text/plain");
}

static void drops_a_byte_order_mark_and_unifies_line_ends(void **state)
{
    struct loader_rig *rig = *state;
    assert_int_equal(loader_load_text(rig, "\xef\xbb\xbfone\r\ntwo\rthree\n"), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, "one\ntwo\nthree\n");
}

static void reads_utf16_by_its_mark(void **state)
{
    struct loader_rig *rig = *state;
    assert_int_equal(loader_load(rig, BYTES("\xff\xfeH\0i\0\xe9\0")), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, "Hi\xc3\xa9");
    assert_str_equal(loader_meta(rig, "charset")->u.s, "UTF-16LE");
    assert_int_equal(loader_meta(rig, "charset_guessed")->u.i, 0);
    assert_int_equal(loader_load(rig, BYTES("\xfe\xff\0H\0i")), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, "Hi");
}

/* "The text is in Japanese and must be guessed." */
static const char shift_jis[] =
    "\x82\xb1\x82\xcc\x83\x65\x83\x4c\x83\x58\x83\x67\x82\xcd\x93\xfa\x96\x7b\x8c\xea\x82"
    "\xc5\x8f\x91\x82\xa9\x82\xea\x82\xc4\x82\xa2\x82\xdc\x82\xb7\x81\x42\x0a";
static const char in_japanese[] =
    "\xe3\x81\x93\xe3\x81\xae\xe3\x83\x86\xe3\x82\xad\xe3\x82\xb9\xe3\x83\x88\xe3\x81\xaf\xe6"
    "\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xa7\xe6\x9b\xb8\xe3\x81\x8b\xe3\x82\x8c\xe3\x81"
    "\xa6\xe3\x81\x84\xe3\x81\xbe\xe3\x81\x99\xe3\x80\x82\n";

static void guesses_and_says_so(void **state)
{
    struct loader_rig *rig = *state;
    assert_int_equal(loader_load_text(rig, shift_jis), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, in_japanese);
    assert_str_equal(loader_meta(rig, "charset")->u.s, "CP932");
    assert_int_equal(loader_meta(rig, "charset_guessed")->u.i, 1);
}

static void takes_the_charset_that_is_named(void **state)
{
    struct loader_rig *rig = *state;
    loader_set(rig, "charset", "iso-8859-1");
    assert_int_equal(loader_load_text(rig, "caf\xe9"), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, "caf\xc3\xa9");
    assert_int_equal(loader_meta(rig, "charset_guessed")->u.i, 0);
}

static void refuses_a_charset_that_does_not_fit(void **state)
{
    struct loader_rig *rig = *state;
    loader_set(rig, "charset", "UTF-8");
    assert_int_equal(loader_load_text(rig, "caf\xe9!"), RAGD_E_BAD_INPUT);
    assert_contains(fake_call_message(rig->call), "it is not UTF-8 all the way through");
    rig->n_options = 0;
    loader_set(rig, "charset", "klingon");
    assert_int_equal(loader_load_text(rig, "x"), RAGD_E_ARG);
    assert_contains(fake_call_message(rig->call), "no charset 'klingon'");
}

static void refuses_what_is_no_text(void **state)
{
    struct loader_rig *rig = *state;
    assert_int_equal(loader_load(rig, BYTES("\x7f"
                                            "ELF\2\1\1\0\0\0\0")),
                     RAGD_E_BAD_INPUT);
    assert_contains(fake_call_message(rig->call), "binary");
    assert_int_equal(loader_load(rig, BYTES("\xff\xfe\0\0\1\2\3\4")), RAGD_E_BAD_INPUT);
}

static void refuses_what_has_no_text(void **state)
{
    struct loader_rig *rig = *state;
    static const char *const blanks[] = {"", "\n\n", " \t\r\n ", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
        assert_int_equal(loader_load_text(rig, blanks[i]), RAGD_E_BAD_INPUT);
        assert_string_equal(fake_call_code(rig->call), "no_text");
    }
}

static void finds_paragraphs(void **state)
{
    struct loader_rig *rig = *state;
    assert_int_equal(loader_load_text(rig, "\n\none\n  two\n \t\n\nthree\n\n"), RAGD_OK);
    assert_int_equal(loader_doc(rig)->n_blocks, 2);
    assert_str_equal(loader_block(rig, 0), "one\n  two");
    assert_str_equal(loader_block(rig, 1), "three");
    loader_check_blocks(rig);
}

static void takes_its_title_from_the_name_or_the_first_line(void **state)
{
    struct loader_rig *rig = *state;
    rig->name = "The report.v2.txt";
    assert_int_equal(loader_load_text(rig, "\n  First line \nsecond"), RAGD_OK);
    assert_str_equal(loader_doc(rig)->title, "The report.v2");
    loader_set(rig, "title", "first_line");
    assert_int_equal(loader_load_text(rig, "\n  First line \nsecond"), RAGD_OK);
    assert_str_equal(loader_doc(rig)->title, "First line");
}

static void gives_the_same_for_reads_of_one_byte(void **state)
{
    struct loader_rig *rig = *state;
    rig->as_map = false;
    rig->read_max = 1;
    assert_int_equal(loader_load_text(rig, shift_jis), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, in_japanese);
}

static void keeps_to_the_limit_of_text(void **state)
{
    struct loader_rig *rig = *state;
    rig->text_max = 4;
    assert_int_equal(loader_load_text(rig, "abcd"), RAGD_OK);
    assert_int_equal(loader_load_text(rig, "abcde"), RAGD_E_LIMIT);
    assert_contains(fake_call_message(rig->call), "document_text");
    /* Decoding must not pass it either. */
    assert_int_equal(loader_load(rig, BYTES("\xff\xfe\xe9\0\xe9\0\xe9\0")), RAGD_E_LIMIT);
}

static void stops_when_the_sink_does(void **state)
{
    struct loader_rig *rig = *state;
    struct fake_input in;
    const struct ragd_loader *loader = rig->instance.table;
    rig->call = fake_call_create(rig->host);
    fake_call_cancel_at(rig->call, 1);
    fake_input_init(&in, "a.txt", "", (struct ragd_bytes){"text", 4}, true);
    assert_int_equal(loader->load(rig->instance.inst, rig->call, &in.input, &fake_doc_sink),
                     RAGD_E_CANCELLED);
}

static void is_surest_of_what_is_called_text(void **state)
{
    struct loader_rig *rig = *state;
    const struct ragd_loader *loader = rig->instance.table;
    struct ragd_bytes text = {"words", 5}, binary = {"\0\1\2\3", 4}, none = {"", 0};
    struct ragd_str no = {"", 0};
    int32_t named = loader->probe(ragd_cs("A.TXT"), no, text);
    int32_t code = loader->probe(ragd_cs("a.py"), no, text);
    int32_t looks = loader->probe(ragd_cs("README"), no, text);
    assert_true(named > code && code > looks && looks > 0);
    assert_int_equal(loader->probe(no, ragd_cs("text/plain; charset=x"), text), named);
    assert_int_equal(loader->probe(ragd_cs("a.txt"), no, binary), 0);
    assert_true(loader->probe(ragd_cs("a.txt"), no, none) > 0);
}

int main(void)
{
#define LOADER_TEST(name) \
    cmocka_unit_test_setup_teardown(name, loader_set_up, loader_tear_down)
    const struct CMUnitTest tests[] = {
        LOADER_TEST(keeps_utf8_as_it_is),
        LOADER_TEST(drops_a_byte_order_mark_and_unifies_line_ends),
        LOADER_TEST(reads_utf16_by_its_mark),
        LOADER_TEST(guesses_and_says_so),
        LOADER_TEST(takes_the_charset_that_is_named),
        LOADER_TEST(refuses_a_charset_that_does_not_fit),
        LOADER_TEST(refuses_what_is_no_text),
        LOADER_TEST(refuses_what_has_no_text),
        LOADER_TEST(finds_paragraphs),
        LOADER_TEST(takes_its_title_from_the_name_or_the_first_line),
        LOADER_TEST(gives_the_same_for_reads_of_one_byte),
        LOADER_TEST(keeps_to_the_limit_of_text),
        LOADER_TEST(stops_when_the_sink_does),
        LOADER_TEST(is_surest_of_what_is_called_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
