/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What rag prints: widths, tables, JSON, base64, numbers. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "support/test.h"

#include "base64.h"
#include "emit.h"
#include "import_line.h"
#include "pool.h"
#include "progress.h"
#include "table.h"
#include "text.h"
#include "vector_in.h"
#include "wrap.h"

static int release(void **state)
{
    (void)state;
    pool_release();
    return 0;
}

static size_t width(const char *text)
{
    return text_width(text, strlen(text));
}

static void wide_characters_count_two_columns(void **state)
{
    (void)state;
    assert_int_equal(width("abc"), 3);
    assert_int_equal(width("日本語"), 6);
    assert_int_equal(width("e\xCC\x81"), 1); /* a combining accent */
    assert_int_equal(width("\xFF"), 1);
}

static void elision_never_cuts_a_character(void **state)
{
    (void)state;
    assert_string_equal(text_elide("abcdef", 6), "abcdef");
    assert_string_equal(text_elide("abcdef", 4), "abc…");
    assert_string_equal(text_elide("日本語", 6), "日本語");
    assert_string_equal(text_elide("日本語", 5), "日本…");
    assert_string_equal(text_elide("日本語", 4), "日…");
    assert_string_equal(text_elide("日本語", 0), "");
    assert_string_equal(text_elide_start("abcdef", 4), "…def");
    assert_string_equal(text_elide_start("日本語", 4), "…語");
    assert_string_equal(text_elide_start("abc", 3), "abc");
}

/* What progress draws on a terminal of so many columns, without its first codes. */
static const char *bar_on(unsigned short columns, const struct progress_now *now)
{
    static char drawn[1024];
    int ours = posix_openpt(O_RDWR | O_NOCTTY), old = dup(STDERR_FILENO);
    assert_true(ours >= 0 && grantpt(ours) == 0 && unlockpt(ours) == 0);
    int theirs = open(ptsname(ours), O_RDWR | O_NOCTTY);
    struct winsize size = {.ws_row = 5, .ws_col = columns};
    assert_int_equal(ioctl(theirs, TIOCSWINSZ, &size), 0);
    dup2(theirs, STDERR_FILENO);
    struct cli cli = {.tty_err = true, .color_err = true};
    struct progress progress;
    progress_init(&progress, &cli, "add");
    progress.last_ms = 0; /* the last one is long ago */
    progress_show(&progress, now);
    fflush(stderr);
    dup2(old, STDERR_FILENO);
    close(old);
    close(theirs);
    size_t used = 0;
    for (ssize_t n; (n = read(ours, drawn + used, sizeof(drawn) - 1 - used)) > 0;) {
        used += (size_t)n; /* until the other side is closed */
    }
    assert_true(used > strlen("\r\033[K"));
    drawn[used] = '\0';
    close(ours);
    return drawn + strlen("\r\033[K");
}

static void bar_fits_every_terminal(void **state)
{
    (void)state;
    const struct progress_now now = {"parse", "notes/a long name of a file.md", 127, 12300};
    for (unsigned short columns = 20; columns < 100; columns++) {
        const char *bar = bar_on(columns, &now);
        assert_true(width(bar) < columns);
        assert_memory_equal(bar, "add  127/12300", 14);
        assert_true(columns < 22 || strstr(bar, "   1%"));
        assert_true(columns < 70 || strstr(bar, "parse "));
    }
}

static void table_lines_hold_no_control_characters(void **state)
{
    (void)state;
    assert_string_equal(text_line("  a\n\t b \x1b[31m", 100), "a b \xEF\xBF\xBD[31m");
    assert_string_equal(text_line("日本", 4), "日");
    assert_string_equal(text_safe("a\n\x1b\xFF", 4), "a\n\xEF\xBF\xBD\xEF\xBF\xBD");
}

static const char *wrapped(size_t columns, const char *const *parts)
{
    char *text;
    size_t n;
    struct wrap wrap;
    FILE *to = open_memstream(&text, &n);
    wrap_init(&wrap, to, columns);
    for (; *parts; parts++) {
        wrap_put(&wrap, *parts);
    }
    wrap_done(&wrap);
    fclose(to);
    const char *copy = pool_copy(text, n);
    free(text);
    return copy;
}

#define WRAPPED(columns, ...) wrapped(columns, (const char *const[]){__VA_ARGS__, NULL})

static void repaired_text_loses_only_ill_formed_bytes(void **state)
{
    (void)state;
    assert_string_equal(text_repair("bad\xFFname.txt"), "bad\xEF\xBF\xBDname.txt");
    assert_string_equal(text_repair("a\n \t\xC3\xA9"), "a\n \t\xC3\xA9");
}

static void answers_break_between_words(void **state)
{
    (void)state;
    assert_string_equal(WRAPPED(10, "one two ", "th", "ree four"), "one two\nthree four\n");
    assert_string_equal(WRAPPED(4, "longword a", "\n\n", "b"), "longword\na\n\nb\n");
    assert_string_equal(WRAPPED(5, "日本", "語"), "日本\n語\n");
    assert_string_equal(WRAPPED(0, "a ", " b"), "a  b\n");
    assert_string_equal(WRAPPED(9, ""), "");
}

/* What a function wrote to stdout. */
static char *captured;
static size_t captured_bytes;
static FILE *real_stdout;

static void capture(void)
{
    real_stdout = stdout;
    stdout = open_memstream(&captured, &captured_bytes);
}

static const char *end_capture(void)
{
    fclose(stdout);
    stdout = real_stdout;
    const char *text = pool_copy(captured, captured_bytes);
    free(captured);
    return text;
}

static const struct column COLUMNS[] = {{"N", true, false, false},
                                        {"NAME", false, false, false},
                                        {"TEXT", false, true, false}};

static void broken_lines_hang_below_their_start(void **state)
{
    (void)state;
    char *text;
    size_t n;
    FILE *to = open_memstream(&text, &n);
    fputs("try: ", to);
    wrap_text(to, 12, 5, "one two three averylongword x");
    fclose(to);
    assert_string_equal(text, "try: one two\n     three\n     averylongword\n     x\n");
    free(text);
}

static void narrow_terminals_cut_texts_never_numbers(void **state)
{
    (void)state;
    static const struct column columns[] = {{"NAME", false, true, false},
                                            {"CHUNKS", true, false, false},
                                            {"EMBEDDER", false, false, false},
                                            {"SIZE", true, false, false}};
    struct cli cli = {.format = FORMAT_TABLE, .columns = 30};
    struct table table;
    capture();
    table_init(&table, &cli, columns, 4);
    table_row(&table,
              (const char *const[]){"明石の子午線", "123456", "lexical:lexical", "12 KiB"});
    table_done(&table);
    assert_string_equal(end_capture(), "NAME    CHUNKS EMBEDDER   SIZE\n"
                                       "明石の… 123456 lexical… 12 KiB\n");
}

static void control_characters_are_escaped_in_a_pipe(void **state)
{
    (void)state;
    capture();
    text_put_escaped("a\t\x1b[31m\x7F\xC2\x9B\\日\xFF", stdout);
    assert_string_equal(end_capture(), "a\\t\\x1B[31m\\x7F\\xC2\\x9B\\\\日\xFF");
}

static const char *print_table(enum format format, size_t columns)
{
    struct cli cli = {.format = format, .columns = columns};
    struct table table;
    capture();
    table_init(&table, &cli, COLUMNS, 3);
    table.id_column = 1;
    table_row(&table, (const char *const[]){"1", "日本", "a\tb\\c"});
    table_row(&table, (const char *const[]){"10", "ab", "0123456789012345678901234567890"});
    table_done(&table);
    return end_capture();
}

static void columns_are_aligned_by_width(void **state)
{
    (void)state;
    assert_string_equal(print_table(FORMAT_TABLE, 80),
                        " N  NAME  TEXT\n"
                        " 1  日本  a b\\c\n"
                        "10  ab    0123456789012345678901234567890\n");
}

static void text_is_cut_to_the_terminal(void **state)
{
    (void)state;
    assert_string_equal(print_table(FORMAT_TABLE, 30), " N  NAME  TEXT\n"
                                                       " 1  日本  a b\\c\n"
                                                       "10  ab    0123456789012345678…\n");
}

static void pipes_get_full_values_and_no_header(void **state)
{
    (void)state;
    assert_string_equal(print_table(FORMAT_TSV, 20),
                        "1\t日本\ta\\tb\\\\c\n10\tab\t0123456789012345678901234567890\n");
    assert_string_equal(print_table(FORMAT_IDS, 20), "日本\nab\n");
}

static void json_escapes_and_repairs_strings(void **state)
{
    (void)state;
    struct emit emit;
    capture();
    emit_init(&emit, stdout);
    emit_object(&emit);
    emit_put(&emit, "k\"", "a\"\\\n\x01\x7F日\xFF");
    emit_key(&emit, "a");
    emit_array(&emit);
    emit_real(&emit, 0.1);
    emit_real(&emit, 3);
    emit_float(&emit, 0.1f);
    emit_real(&emit, (double)NAN);
    emit_int(&emit, -5);
    emit_bool(&emit, true);
    emit_end(&emit);
    emit_end(&emit);
    emit_done(&emit);
    assert_string_equal(end_capture(),
                        "{\"k\\\"\":\"a\\\"\\\\\\n\\u0001\\u007f日\\ufffd\",\"a\":["
                        "0.1,3.0,0.1,null,-5,true]}\n");
}

static void broken_off_json_still_parses(void **state)
{
    (void)state;
    struct emit emit;
    capture();
    emit_init(&emit, stdout);
    emit_object(&emit);
    emit_key(&emit, "a");
    emit_array(&emit);
    emit_object(&emit);
    emit_key(&emit, "text");
    emit_text_begin(&emit);
    emit_text_add(&emit, "half", 4);
    emit_abort(&emit);
    emit_abort(&emit);
    assert_string_equal(end_capture(), "{\"a\":[{\"text\":\"half\"}]}\n");
}

static void base64_is_the_standard_one(void **state)
{
    (void)state;
    static const char *const PAIRS[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="}};
    for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++) {
        const char *text = PAIRS[i][1];
        uint8_t *bytes;
        size_t n;
        assert_string_equal(
            base64_encode((const uint8_t *)PAIRS[i][0], strlen(PAIRS[i][0])), text);
        assert_true(base64_decode(text, strlen(text), &bytes, &n));
        assert_int_equal(n, strlen(PAIRS[i][0]));
        assert_memory_equal(bytes, PAIRS[i][0], n);
    }
    uint8_t *bytes;
    size_t n;
    assert_false(base64_decode("Zg=x", 4, &bytes, &n));
    assert_false(base64_decode("Zm9vY", 5, &bytes, &n));
}

static void floats_survive_base64(void **state)
{
    (void)state;
    const float v[] = {0.1f, -1.5f, 3e38f};
    const char *text = base64_of_floats(v, 3);
    float *back;
    size_t n;
    assert_true(base64_to_floats(text, strlen(text), &back, &n));
    assert_int_equal(n, 3);
    assert_memory_equal(back, v, sizeof(v));
    assert_false(base64_to_floats("Zm8=", 4, &back, &n));
}

static void vectors_are_read_from_text(void **state)
{
    (void)state;
    struct vector vector;
    assert_true(vector_parse("[0.1, 2,-3e1]\n", &vector));
    assert_int_equal(vector.n, 3);
    assert_true(vector.v[0] == 0.1 && vector.v[2] == -30);
    assert_false(vector_parse("", &vector));
    assert_false(vector_parse("1 x", &vector));
    assert_false(vector_parse("1 nan", &vector));
}

static const char *read_line(const char *text, struct import_line *line)
{
    return import_line_read(text, strlen(text), line);
}

static void plain_records_are_imported(void **state)
{
    (void)state;
    struct import_line line;
    assert_null(read_line("{\"id\":\"1\",\"text\":\"t\",\"embedding\":[0.5,2],"
                          "\"metadata\":{\"a\":1,\"b\":[\"x\",2.5],\"c\":null}}",
                          &line));
    const Ragd__V1__Chunk *record = line.item->record;
    assert_string_equal(record->id, "1");
    assert_int_equal(record->n_vector, 2);
    assert_true(record->vector[1] == 2.0f);
    assert_int_equal(record->n_metadata, 3);
    assert_int_equal(record->metadata[0]->value->scalar->integer, 1);
    assert_int_equal(record->metadata[1]->value->list->n_items, 2);
}

static void senseless_lines_are_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "x",
        "[]",
        "{\"text\":\"no id\"}",
        "{\"id\":1}",
        "{\"id\":\"a\",\"embedding\":\"!\"}",
        "{\"id\":\"a\",\"embedding\":[1,\"x\"]}",
        "{\"id\":\"a\",\"embedding\":[1e300]}",
        "{\"id\":\"a\",\"metadata\":{\"k\":{}}}",
        "{\"id\":\"a\",\"metadata\":[]}",
        "{\"type\":\"other\"}",
    };
    struct import_line line;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        if (!read_line(BAD[i], &line)) {
            fail_msg("taken: %s", BAD[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_characters_count_two_columns),
        cmocka_unit_test(elision_never_cuts_a_character),
        cmocka_unit_test(bar_fits_every_terminal),
        cmocka_unit_test(table_lines_hold_no_control_characters),
        cmocka_unit_test(repaired_text_loses_only_ill_formed_bytes),
        cmocka_unit_test(answers_break_between_words),
        cmocka_unit_test(broken_lines_hang_below_their_start),
        cmocka_unit_test(narrow_terminals_cut_texts_never_numbers),
        cmocka_unit_test(control_characters_are_escaped_in_a_pipe),
        cmocka_unit_test(columns_are_aligned_by_width),
        cmocka_unit_test(text_is_cut_to_the_terminal),
        cmocka_unit_test(pipes_get_full_values_and_no_header),
        cmocka_unit_test(json_escapes_and_repairs_strings),
        cmocka_unit_test(broken_off_json_still_parses),
        cmocka_unit_test(base64_is_the_standard_one),
        cmocka_unit_test(floats_survive_base64),
        cmocka_unit_test(vectors_are_read_from_text),
        cmocka_unit_test(plain_records_are_imported),
        cmocka_unit_test(senseless_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
