/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The splitter: cases with known chunks, its limits and its settings. With the
 * argument "-" the program splits what it reads and prints the chunks, for
 * comparison with other splitters.
 */
#include <stdio.h>

#include "core/mem.h"
#include "support/rag_splitter.h"

enum { CASE_CHUNKS = 12 };

struct split_case {
    const char *name;
    struct splitter_spec spec;
    const char *text;
    const char *chunks[CASE_CHUNKS]; /* NULL ends */
    int starts[CASE_CHUNKS];         /* code points */
};

static const struct ragd_str BLANK_LINE[] = {{"\n\n", 2}};

static const struct split_case CASES[] = {
    {"prefers larger separators",
     {SIZES(11, 0)},
     "First part\n\nsecond, here\nthird",
     {"First part", "second,", "here", "third"},
     {0, 12, 20, 25}},
    {"overlaps by whole pieces",
     {SIZES(14, 5)},
     "pear plum fig lime date",
     {"pear plum fig", "fig lime date"},
     {0, 10}},
    {"cuts between letters at last",
     {SIZES(3, 1)},
     "abcdefgh",
     {"abc", "cde", "efg", "gh"},
     {0, 2, 4, 6}},
    {"sends a piece of exactly the size down a level",
     {SIZES(4, 0)},
     "ab d",
     {"ab d"},
     {0}},
    {"gives nothing for blanks", {SIZES(9, 0)}, " \n \t\n\n ", {NULL}, {0}},
    {"gives nothing for nothing", {SIZES(9, 0)}, "", {NULL}, {0}},
    {"counts code points, not bytes",
     {SIZES(3, 1)},
     "\u732b\u306f\u53ef\u611b\u3044\u3002",
     {"\u732b\u306f\u53ef", "\u53ef\u611b\u3044", "\u3044\u3002"},
     {0, 2, 4}},
    {"strips white space of all kinds",
     {SIZES(20, 0)},
     "\u3000\u00a0x\u2003y\u1680\x1c",
     {"x\u2003y"},
     {2}},
    {"does not strip what only looks like white space",
     {SIZES(20, 0)},
     "\u200bx\ufeff",
     {"\u200bx\ufeff"},
     {0}},
    {"keeps white space when told to",
     {SIZES(6, 0), .no_strip = true},
     "one two three",
     {"one", " two", " three"},
     {0, 3, 7}},
    {"keeps separators at the end of pieces",
     {SIZES(9, 0), KEEP("end")},
     "alpha be gamma",
     {"alpha be", "gamma"},
     {0, 9}},
    {"joins pieces with the separator it dropped",
     {SIZES(9, 0), KEEP("none")},
     "alpha be gamma",
     {"alpha be", "gamma"},
     {0, 9}},
    {"leaves a long piece alone without further separators",
     {SIZES(5, 0), .separators = BLANK_LINE, .n_separators = 1},
     " toolong \n\nok",
     {" toolong ", "ok"},
     {0, 11}},
    {"treats carriage returns as white space",
     {SIZES(7, 0)},
     "ab\r\n\r\ncd ef\r\ngh",
     {"ab", "cd ef", "gh"},
     {0, 6, 13}},
    {"lets a chunk of one point be white space",
     {SIZES(1, 0)},
     "a b",
     {"a", " ", "b"},
     {0, 1, 2}},
    {"by one separator leaves long pieces long",
     {SIZES(5, 0), KIND("character")},
     "a\n\nbcdefghij\n\nk",
     {"a", "bcdefghij", "k"},
     {0, 3, 14}},
};

static void gives_the_known_chunks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        const struct split_case *c = &CASES[i];
        struct splitter splitter = resolve(&c->spec);
        struct split_list list = split_ok(&splitter, ragd_cs(c->text));
        size_t n = 0;
        while (c->chunks[n]) {
            n++;
        }
        if (list.n != n) {
            fail_msg("'%s' gives %zu chunks, not %zu", c->name, list.n, n);
        }
        for (size_t k = 0; k < n; k++) {
            assert_str_equal(list.chunks[k].text, c->chunks[k]);
            assert_int_equal(list.chunks[k].span.start_index, c->starts[k]);
        }
        split_list_release(&list);
    }
}

static void marks_chunks_that_are_not_in_the_text(void **state)
{
    (void)state;
    struct splitter_spec spec = {SIZES(6, 0), KIND("character")};
    struct splitter splitter = resolve(&spec);
    struct split_list list = split_ok(&splitter, ragd_cs("x\n\n\n\ny\n\nlonger"));
    assert_int_equal(list.n, 2);
    assert_str_equal(list.chunks[0].text, "x\n\ny");
    assert_int_equal(list.chunks[0].span.flags, RAGD_SPAN_GAPS);
    assert_int_equal(list.chunks[0].span.start_byte, 0);
    assert_int_equal(list.chunks[0].span.end_byte, 6);
    assert_int_equal(list.chunks[1].span.flags, 0);
    assert_int_equal(list.chunks[1].span.start_index, 8);
    split_list_release(&list);
}

static void clears_the_mark_when_stripping_took_the_gap(void **state)
{
    (void)state;
    struct splitter_spec spec = {SIZES(6, 0), KIND("character")};
    struct splitter splitter = resolve(&spec);
    struct split_list list = split_ok(&splitter, ragd_cs(" \n\n\n\ny"));
    assert_int_equal(list.n, 1);
    assert_str_equal(list.chunks[0].text, "y");
    assert_int_equal(list.chunks[0].span.flags, 0);
    assert_int_equal(list.chunks[0].span.start_byte, 5);
    split_list_release(&list);
}

static void counts_lines_from_one(void **state)
{
    (void)state;
    struct splitter_spec spec = {SIZES(4, 0)};
    struct splitter splitter = resolve(&spec);
    struct split_list list = split_ok(&splitter, ragd_cs("one\ntwo\n\nsix\nten"));
    assert_int_equal(list.n, 4);
    const uint32_t lines[] = {1, 2, 4, 5};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(list.chunks[i].span.line, lines[i]);
    }
    split_list_release(&list);
}

static void check_lines(const struct ragd_block *blocks, size_t n, const uint32_t lines[4])
{
    struct splitter_spec spec = {SIZES(4, 0)};
    struct splitter splitter = resolve(&spec);
    struct split_job job = {.splitter = &splitter,
                            .text = ragd_cs("one\ntwo\n\nsix\nten"),
                            .blocks = blocks,
                            .n_blocks = n};
    struct split_list list = split_job_ok(&job);
    assert_int_equal(list.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(list.chunks[i].span.line, lines[i]);
    }
    split_list_release(&list);
}

static void counts_on_from_the_line_of_the_block_before(void **state)
{
    (void)state;
    const struct ragd_block blocks[] = {{.line = 10, .len = 3},
                                        {.off = 4, .len = 3},
                                        {.off = 9, .len = 7, .line = 30}};
    check_lines(blocks, 3, (const uint32_t[]){10, 11, 30, 31});
    const struct ragd_block unknown[] = {{.len = 3}, {.off = 9, .len = 7}};
    check_lines(unknown, 2, (const uint32_t[]){1, 2, 4, 5});
}

static void counts_back_from_the_first_line_that_is_known(void **state)
{
    (void)state;
    const struct ragd_block late[] = {{.len = 7}, {.off = 9, .len = 7, .line = 30}};
    check_lines(late, 2, (const uint32_t[]){27, 28, 30, 31});
    const struct ragd_block wrong[] = {{.off = 9, .len = 7, .line = 2}};
    check_lines(wrong, 1, (const uint32_t[]){1, 2, 2, 3});
}

static void stops_at_the_largest_line(void **state)
{
    (void)state;
    const struct ragd_block last[] = {{.len = 3, .line = UINT32_MAX}};
    check_lines(last, 1,
                (const uint32_t[]){UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX});
}

static void refuses_more_chunks_than_allowed(void **state)
{
    (void)state;
    struct splitter_spec spec = {SIZES(1, 0)};
    struct splitter splitter = resolve(&spec);
    struct split_job job = {.splitter = &splitter, .text = ragd_cs("abcd"), .max = 4};
    struct split_list list = {0};
    struct err err = {0};
    assert_ok(split(&job, &list, &err), &err);
    split_list_release(&list);
    job.max = 3;
    assert_err(split(&job, &list, &err), &err, LIMIT);
    assert_null(list.chunks);
    job.max = 5;
    job.before = 2; /* those of an earlier document count */
    assert_err(split(&job, &list, &err), &err, LIMIT);
    assert_string_equal(err.msg, "a source of more than 5 chunks, limits.chunks");
    job.before = 1;
    assert_ok(split(&job, &list, &err), &err);
    split_list_release(&list);
}

static bool stop_now(void *arg)
{
    (void)arg;
    return true;
}

static void stops_when_told(void **state)
{
    (void)state;
    struct splitter_spec spec = {SIZES(1, 0)};
    struct splitter splitter = resolve(&spec);
    struct split_job job = {.splitter = &splitter,
                            .text = ragd_cs("abcd"),
                            .stop = stop_now};
    struct split_list list = {0};
    struct err err = {0};
    assert_err(split(&job, &list, &err), &err, CANCELLED);
}

static void survives_the_failure_of_any_allocation(void **state)
{
    (void)state;
    struct splitter_spec spec = {SIZES(7, 0), KEEP("none")};
    struct splitter splitter = resolve(&spec);
    char text[1200];
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = "ab \n\nc\n\n\nd"[i % 10];
    }
    int rc = -1;
    for (long n = 0; rc; n++) {
        struct split_job job = {.splitter = &splitter, .text = {text, sizeof(text)}};
        struct split_list list = {0};
        struct err err = {0};
        mem_fail_after(n, 0);
        rc = split(&job, &list, &err);
        mem_fail_after(-1, 0);
        if (rc) {
            assert_err(rc, &err, NOMEM);
            assert_null(list.chunks);
        }
        split_list_release(&list);
        assert_true(n < 200);
    }
}

static void names_what_is_wrong_with_a_splitter(void **state)
{
    (void)state;
    struct splitter splitter;
    struct err err = {0};
    struct splitter_spec spec = {SIZES(10, 11)};
    assert_err(splitter_resolve(&spec, NULL, &splitter, &err), &err, INVALID);
    assert_non_null(strstr(err.msg, "11"));
    assert_non_null(strstr(err.msg, "10"));
    spec = (struct splitter_spec){KIND("recursiv")};
    assert_err(splitter_resolve(&spec, NULL, &splitter, &err), &err, INVALID);
    assert_non_null(strstr(err.hint, "recursive"));
    spec = (struct splitter_spec){KEEP("begin")};
    assert_err(splitter_resolve(&spec, NULL, &splitter, &err), &err, INVALID);
    spec = (struct splitter_spec){.chunk_size = SPLITTER_CHUNK_SIZE_MAX + 1};
    assert_err(splitter_resolve(&spec, NULL, &splitter, &err), &err, INVALID);
    assert_non_null(strstr(err.msg, ", the most is 16777216"));
}

static void takes_what_is_unset_from_the_base(void **state)
{
    (void)state;
    struct err err = {0};
    struct splitter_spec spec = {SIZES(500, 50), .no_strip = true};
    struct splitter base = resolve(&spec), splitter;
    spec = (struct splitter_spec){0};
    assert_true(splitter_spec_empty(&spec));
    assert_ok(splitter_resolve(&spec, &base, &splitter, &err), &err);
    assert_true(splitter_equal(&base, &splitter));
    spec.chunk_size = 40;
    assert_false(splitter_spec_empty(&spec));
    assert_ok(splitter_resolve(&spec, &base, &splitter, &err), &err);
    assert_int_equal(splitter.chunk_size, 40);
    assert_int_equal(splitter.chunk_overlap, 0);
    assert_false(splitter_equal(&base, &splitter));
}

/* One case: a line with kind, size, overlap, keep, strip and the numbers of
 * separators and bytes, each separator's length and bytes, then the text. */
static bool split_stdin(void)
{
    char kind[16], keep[16];
    unsigned size, overlap, is_strip;
    size_t n_separators, n_text;
    if (scanf("%15s %u %u %15s %u %zu %zu", kind, &size, &overlap, keep, &is_strip,
              &n_separators, &n_text) != 7) {
        return false;
    }
    struct ragd_str separators[SPLITTER_SEPARATORS_MAX];
    assert_true(n_separators <= SPLITTER_SEPARATORS_MAX);
    for (size_t i = 0; i <= n_separators; i++) {
        size_t n = n_text;
        assert_true(i == n_separators || scanf("%zu", &n) == 1);
        (void)getchar();
        char *p = mem_alloc(n);
        assert_int_equal(fread(p, 1, n, stdin), n);
        if (i < n_separators) {
            separators[i] = (struct ragd_str){p, n};
            continue;
        }
        struct splitter_spec spec = {
            .kind = ragd_cs(kind),
            .chunk_size = size,
            .chunk_overlap_plus1 = overlap + 1,
            .separators = separators,
            .n_separators = n_separators,
            .keep_separator = ragd_cs(keep),
            .no_strip = !is_strip,
        };
        struct splitter splitter = resolve(&spec);
        struct split_list list = split_ok(&splitter, (struct ragd_str){p, n});
        printf("%zu\n", list.n);
        for (size_t k = 0; k < list.n; k++) {
            const struct split_chunk *chunk = &list.chunks[k];
            bool gaps = chunk->span.flags & RAGD_SPAN_GAPS;
            printf("%ld %zu ", gaps ? -1L : (long)chunk->span.start_index, chunk->text.n);
            fwrite(chunk->text.p, 1, chunk->text.n, stdout);
            putchar('\n');
        }
        split_list_release(&list);
        mem_free(p);
    }
    for (size_t i = 0; i < n_separators; i++) {
        mem_free((char *)separators[i].p);
    }
    return true;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "-") == 0) {
        while (split_stdin()) {
        }
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_known_chunks),
        cmocka_unit_test(marks_chunks_that_are_not_in_the_text),
        cmocka_unit_test(clears_the_mark_when_stripping_took_the_gap),
        cmocka_unit_test(counts_lines_from_one),
        cmocka_unit_test(counts_on_from_the_line_of_the_block_before),
        cmocka_unit_test(counts_back_from_the_first_line_that_is_known),
        cmocka_unit_test(stops_at_the_largest_line),
        cmocka_unit_test(refuses_more_chunks_than_allowed),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(survives_the_failure_of_any_allocation),
        cmocka_unit_test(names_what_is_wrong_with_a_splitter),
        cmocka_unit_test(takes_what_is_unset_from_the_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
