/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The splitter on random texts against a plain transcription of its rules. */
#include "core/mem.h"
#include "core/rng.h"
#include "core/utf8.h"
#include "support/rag_splitter.h"

/* A transcription of the rules on arrays of code points, quadratic and plain:
 * what is compared is the sequence of texts. */
struct plain {
    const struct splitter *splitter;
    struct buf *out; /* texts, each with a zero behind */
};

struct bit {
    const char *p;
    size_t n;
};

static size_t bit_points(struct bit bit)
{
    return utf8_count(bit.p, bit.n);
}

static bool blank_at(const char *p, size_t n)
{
    static const char *const BLANKS[] = {"\t",     "\n",     "\v",       "\f",
                                         "\r",     "\x1c",   "\x1d",     "\x1e",
                                         "\x1f",   " ",      "\xc2\x85", "\u00a0",
                                         "\u2003", "\u3000", "\u2028"};
    for (size_t i = 0; i < sizeof(BLANKS) / sizeof(*BLANKS); i++) {
        if (strlen(BLANKS[i]) == n && memcmp(BLANKS[i], p, n) == 0) {
            return true;
        }
    }
    return false;
}

static void plain_emit(struct plain *plain, const char *p, size_t n, bool strip)
{
    uint32_t c;
    while (strip && n) {
        size_t k = utf8_next(p, n, &c);
        if (!blank_at(p, k)) {
            break;
        }
        p += k;
        n -= k;
    }
    while (strip && n) {
        size_t k = 1;
        while (((unsigned char)p[n - k] & 0xC0) == 0x80) {
            k++;
        }
        if (!blank_at(p + n - k, k)) {
            break;
        }
        n -= k;
    }
    if (n) {
        assert_int_equal(buf_put(plain->out, p, n), 0);
        assert_int_equal(buf_put(plain->out, "", 1), 0);
    }
}

static void plain_join(struct plain *plain, const struct bit *bits, size_t n,
                       struct ragd_str joiner)
{
    struct buf text = {0};
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(buf_put(&text, bits[i].p, bits[i].n), 0);
        if (i + 1 < n) {
            assert_int_equal(buf_put(&text, joiner.p, joiner.n), 0);
        }
    }
    plain_emit(plain, (const char *)text.p, text.n, plain->splitter->strip);
    buf_release(&text);
}

static void plain_merge(struct plain *plain, const struct bit *bits, size_t n,
                        struct ragd_str joiner)
{
    const struct splitter *s = plain->splitter;
    size_t first = 0, total = 0, extra = utf8_count(joiner.p, joiner.n);
    for (size_t i = 0; i < n; i++) {
        size_t points = bit_points(bits[i]);
        if (first < i && total + points + extra > s->chunk_size) {
            plain_join(plain, bits + first, i - first, joiner);
            while (total > s->chunk_overlap ||
                   (total && total + points + (first < i ? extra : 0) > s->chunk_size)) {
                total -= bit_points(bits[first]) + (i - first > 1 ? extra : 0);
                first++;
            }
        }
        total += points + (first < i ? extra : 0);
    }
    if (first < n) {
        plain_join(plain, bits + first, n - first, joiner);
    }
}

static size_t plain_cut(struct bit text, struct ragd_str sep, enum splitter_keep keep,
                        struct bit *out)
{
    size_t n = 0, start = 0, i = 0;
    uint32_t c;
    while (i < text.n) {
        size_t step = sep.n ? 1 : utf8_next(text.p + i, text.n - i, &c);
        bool at = sep.n && text.n - i >= sep.n && memcmp(text.p + i, sep.p, sep.n) == 0;
        size_t end = keep == SPLITTER_KEEP_END && at ? i + sep.n : i;
        if ((at || !sep.n) && end > start) {
            out[n++] = (struct bit){text.p + start, end - start};
        }
        if (at) {
            start = keep == SPLITTER_KEEP_START ? i : i + sep.n;
            step = sep.n;
        } else if (!sep.n) {
            start = i;
        }
        i += step;
    }
    if (start < text.n) {
        out[n++] = (struct bit){text.p + start, text.n - start};
    }
    return n;
}

static void plain_split(struct plain *plain, struct bit text, size_t from)
{
    const struct splitter *s = plain->splitter;
    size_t at = from, next = s->n_separators;
    while (at < s->n_separators && s->separators[at].n &&
           !memmem(text.p, text.n, s->separators[at].p, s->separators[at].n)) {
        at++;
    }
    if (at == s->n_separators) {
        at--;
    } else if (s->separators[at].n) {
        next = at + 1;
    }
    struct ragd_str sep = s->separators[at];
    struct ragd_str joiner = s->keep == SPLITTER_KEEP_NONE ? sep : ragd_cs("");
    struct bit *bits = mem_calloc(text.n + 1, sizeof(*bits));
    size_t n = plain_cut(text, sep, s->keep, bits), held = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->kind == SPLITTER_CHARACTER || bit_points(bits[i]) < s->chunk_size) {
            continue;
        }
        plain_merge(plain, bits + held, i - held, joiner);
        held = i + 1;
        if (next == s->n_separators) {
            plain_emit(plain, bits[i].p, bits[i].n, false);
        } else {
            plain_split(plain, bits[i], next);
        }
    }
    plain_merge(plain, bits + held, n - held, joiner);
    mem_free(bits);
}

static void random_text(struct rng *rng, struct buf *buf)
{
    static const char *const PARTS[] = {
        "a",      "bc",     "def",    " ", " ",  "\n", "\n",   "\r",     "\t",
        "\u00e9", "\u732b", "\u3000", ".", ", ", "::", "\n\n", "\u2028", "\U0001f431"};
    buf_clear(buf);
    uint64_t n = rng_below(rng, 60);
    for (uint64_t i = 0; i < n; i++) {
        const char *part = PARTS[rng_below(rng, sizeof(PARTS) / sizeof(*PARTS))];
        assert_int_equal(buf_puts(buf, part), 0);
    }
}

static struct splitter random_splitter(struct rng *rng)
{
    static const struct ragd_str CODE[] = {{"::", 2}, {"\n", 1}, {", ", 2}, {" ", 1}};
    struct splitter_spec spec = {0};
    spec.chunk_size = (uint32_t)(1 + rng_below(rng, 12));
    spec.chunk_overlap_plus1 = (uint32_t)(1 + rng_below(rng, spec.chunk_size + 1));
    spec.kind = ragd_cs(rng_below(rng, 4) ? "recursive" : "character");
    spec.no_strip = rng_below(rng, 4) == 0;
    const char *const keeps[] = {"", "none", "start", "end"};
    spec.keep_separator = ragd_cs(keeps[rng_below(rng, 4)]);
    struct splitter splitter = resolve(&spec);
    if (splitter.kind == SPLITTER_RECURSIVE && rng_below(rng, 3) == 0) {
        splitter.separators = CODE;
        splitter.n_separators = 1 + rng_below(rng, 4);
    }
    return splitter;
}

/* Spans are true, in order, and say where the text is. */
static void check_spans(const struct split_list *list, struct ragd_str text)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct split_chunk *chunk = &list->chunks[i];
        const struct ragd_span *span = &chunk->span;
        assert_true(span->start_byte <= span->end_byte && span->end_byte <= text.n);
        assert_int_equal(span->start_index, utf8_count(text.p, span->start_byte));
        assert_int_equal(span->end_index, utf8_count(text.p, span->end_byte));
        assert_true(!i || span->start_byte >= list->chunks[i - 1].span.start_byte);
        uint32_t line = 1;
        for (size_t k = 0; k < span->start_byte; k++) {
            line += text.p[k] == '\n';
        }
        assert_int_equal(span->line, line);
        bool same = span->end_byte - span->start_byte == chunk->text.n &&
                    memcmp(text.p + span->start_byte, chunk->text.p, chunk->text.n) == 0;
        assert_int_equal(!(span->flags & RAGD_SPAN_GAPS), same);
    }
}

static void equals_the_plain_rules_on_random_texts(void **state)
{
    (void)state;
    enum { ROUNDS = 20000 };
    struct rng rng;
    rng_seed(&rng, 2718281828);
    struct buf text = {0}, want = {0}, got = {0};
    for (int round = 0; round < ROUNDS; round++) {
        random_text(&rng, &text);
        struct splitter splitter = random_splitter(&rng);
        buf_clear(&want);
        buf_clear(&got);
        struct plain plain = {&splitter, &want};
        if (text.n) {
            plain_split(&plain, (struct bit){(char *)text.p, text.n}, 0);
        }
        struct ragd_str view = {(char *)text.p, text.n};
        struct split_list list = split_ok(&splitter, view);
        check_spans(&list, view);
        for (size_t i = 0; i < list.n; i++) {
            assert_int_equal(buf_put(&got, list.chunks[i].text.p, list.chunks[i].text.n),
                             0);
            assert_int_equal(buf_put(&got, "", 1), 0);
        }
        split_list_release(&list);
        assert_int_equal(got.n, want.n);
        assert_true(!got.n || memcmp(got.p, want.p, got.n) == 0);
    }
    buf_release(&text);
    buf_release(&want);
    buf_release(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_plain_rules_on_random_texts),
    };
    return RUN_TESTS(tests);
}
