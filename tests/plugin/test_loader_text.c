/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <stdio.h>

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

/* Each is in a file of iconv's, which a sandbox does not let it open late. */
static void knows_the_charsets_that_a_guess_may_name(void **state)
{
    static const char *const names[] = {
        "BIG5",         "CP932",        "CP949",        "EUC-JP",       "EUC-KR",
        "EUC-TW",       "GB18030",      "IBM852",       "IBM855",       "IBM865",
        "IBM866",       "ISO-2022-CN",  "ISO-2022-JP",  "ISO-2022-KR",  "ISO-8859-1",
        "ISO-8859-10",  "ISO-8859-11",  "ISO-8859-13",  "ISO-8859-15",  "ISO-8859-16",
        "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",
        "ISO-8859-7",   "ISO-8859-8",   "ISO-8859-9",   "KOI8-R",       "MAC-CENTRALEUROPE",
        "MAC-CYRILLIC", "TIS-620",      "UHC",          "VISCII",       "WINDOWS-1250",
        "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255",
        "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "latin1",       "Shift_JIS",
    };
    struct loader_rig *rig = *state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        rig->n_options = 0;
        loader_set(rig, "charset", names[i]);
        assert_int_equal(loader_load_text(rig, "plain letters"), RAGD_OK);
        assert_str_equal(loader_doc(rig)->text, "plain letters");
    }
}

static void refuses_a_charset_that_does_not_fit(void **state)
{
    struct loader_rig *rig = *state;
    loader_set(rig, "charset", "ASCII");
    assert_int_equal(loader_load_text(rig, "caf\xe9!"), RAGD_E_BAD_INPUT);
    assert_contains(fake_call_message(rig->call), "it is not ASCII all the way through");
    rig->n_options = 0;
    loader_set(rig, "charset", "klingon");
    assert_int_equal(loader_load_text(rig, "x"), RAGD_E_ARG);
    assert_contains(fake_call_message(rig->call), "no charset 'klingon'");
}

/* Four umlauts, then the bytes, then U+FFFD as often as is said. */
static void check_replaced(struct loader_rig *rig, const char *bytes, int times)
{
    char text[64], wanted[64];
    int n = snprintf(wanted, sizeof(wanted), "äöüß");
    for (int i = 0; i < times; i++) {
        n += snprintf(wanted + n, sizeof(wanted) - (size_t)n, "\xef\xbf\xbd");
    }
    snprintf(wanted + n, sizeof(wanted) - (size_t)n, "!");
    snprintf(text, sizeof(text), "äöüß%s!", bytes);
    assert_int_equal(loader_load_text(rig, text), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, wanted);
    assert_str_equal(loader_meta(rig, "charset")->u.s, "UTF-8");
    assert_int_equal(loader_meta(rig, "charset_replaced")->u.i, times);
}

static void replaces_a_few_bytes_wherever_they_stand(void **state)
{
    struct loader_rig *rig = *state;
    static const char *const texts[] = {"\xff"
                                        "äöüß",
                                        "äö\xff"
                                        "üß",
                                        "äöüß\xff"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(loader_load_text(rig, texts[i]), RAGD_OK);
        assert_str_equal(loader_meta(rig, "charset")->u.s, "UTF-8");
        assert_int_equal(loader_meta(rig, "charset_replaced")->u.i, 1);
    }
}

/* The examples of the Unicode Standard 15.0, tables 3-8 to 3-11, where few enough. */
static void replaces_each_maximal_subpart(void **state)
{
    struct loader_rig *rig = *state;
    loader_set(rig, "charset", "utf-8");
    check_replaced(rig, "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82", 8);
    check_replaced(rig, "\xed\xa0\x80\xed\xbf\xbf\xed\xaf", 8);
    check_replaced(rig, "\xf4\x91\x92\x93\xff", 5);
    check_replaced(rig, "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf", 4);
}

static void takes_more_than_a_few_for_another_charset(void **state)
{
    struct loader_rig *rig = *state;
    assert_int_equal(loader_load_text(rig, "äöüß\xff"), RAGD_OK); /* one in five */
    assert_str_equal(loader_meta(rig, "charset")->u.s, "UTF-8");
    static const char latin[] = "Die K\xfc"
                                "che f\xfcr gro\xdf"
                                "e B\xe4r"
                                "en \xf6"
                                "ffnet.";
    assert_int_equal(loader_load_text(rig, latin), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, "Die Küche für große Bären öffnet.");
    assert_int_equal(loader_meta(rig, "charset_guessed")->u.i, 1);
    assert_int_equal(loader_meta(rig, "charset_replaced")->u.i, 0);
}

static void believes_a_mark_of_utf8(void **state)
{
    struct loader_rig *rig = *state;
    assert_int_equal(loader_load_text(rig, "\xef\xbb\xbf"
                                           "caf\xe9!"),
                     RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, "caf\xef\xbf\xbd!");
    assert_int_equal(loader_meta(rig, "charset_replaced")->u.i, 1);
}

static void names_formats_that_nobody_reads(void **state)
{
    struct loader_rig *rig = *state;
    static const char *const cases[][3] = {
        {"a.html", "<p>x", "it is HTML"},
        {"page", " \n<!DOCTYPE html><p>x", "it is HTML"},
        {"a.pdf", "no magic", "pdftotext"},
        {"a.txt", "%PDF-1.4 ...", "it is a PDF file"},
        {"a.docx", "PK\3\4...", "it is a Word document"},
        {"a.zip", "PK\3\4...", "it is a ZIP archive"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig->name = cases[i][0];
        assert_int_equal(loader_load_text(rig, cases[i][1]), RAGD_E_BAD_INPUT);
        assert_contains(fake_call_message(rig->call), cases[i][2]);
        assert_contains(fake_call_message(rig->call), "text.formats=text");
    }
    loader_set(rig, "formats", "text");
    rig->name = "a.html";
    assert_int_equal(loader_load_text(rig, "<p>x"), RAGD_OK);
    assert_str_equal(loader_doc(rig)->text, "<p>x");
}

static void takes_text_of_other_names(void **state)
{
    struct loader_rig *rig = *state;
    static const char *const names[] = {"a.c",   "a.csv", "a.json", "a.yaml",
                                        "a.log", "a.php", "a.tmpl", "Makefile"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        rig->name = names[i];
        bool template = i == 5 || i == 6;
        assert_int_equal(loader_load_text(rig, template ? "<html>x" : "x: 1"), RAGD_OK);
    }
}

static void refuses_what_is_no_text(void **state)
{
    struct loader_rig *rig = *state;
    assert_int_equal(loader_load(rig, BYTES("some\0text")), RAGD_E_BAD_INPUT);
    assert_contains(fake_call_message(rig->call), "binary: byte 4 is NUL");
    assert_int_equal(loader_load(rig, BYTES("a\1\2\3")), RAGD_E_BAD_INPUT);
    assert_contains(fake_call_message(rig->call), "3 of 4 bytes are control characters");
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
    /* What nobody takes is loaded to say why not. */
    int32_t refuse = loader->probe(ragd_cs("a.txt"), no, binary);
    assert_true(refuse > 0 && refuse < looks);
    assert_int_equal(loader->probe(ragd_cs("a.html"), no, text), refuse);
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
        LOADER_TEST(replaces_a_few_bytes_wherever_they_stand),
        LOADER_TEST(replaces_each_maximal_subpart),
        LOADER_TEST(takes_more_than_a_few_for_another_charset),
        LOADER_TEST(believes_a_mark_of_utf8),
        LOADER_TEST(names_formats_that_nobody_reads),
        LOADER_TEST(takes_text_of_other_names),
        LOADER_TEST(takes_the_charset_that_is_named),
        LOADER_TEST(knows_the_charsets_that_a_guess_may_name),
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
