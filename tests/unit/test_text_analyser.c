/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * sdk/text/analyser: which words a text has. Expectations are written as the
 * words with blanks between them. The random part compares the two ways through
 * the analyser, and survives any bytes; its seed is fixed.
 */
#include "sdk/text/analyser.h"

#include <stdio.h>
#include <stdlib.h>
#include <unictype.h>
#include <uniwbrk.h>

#include "sdk/text/utf8.h"
#include "support/test.h"

enum { OUT_BYTES = 4096, SEED = 20260, ROUNDS = 4000 };

struct fixture {
    struct text_analyser *an;
};

struct words {
    char text[OUT_BYTES];
    size_t n;
    unsigned flags; /* those of the last word */
};

static int set_up(void **state)
{
    static struct fixture f;
    f.an = text_analyser_create();
    *state = &f;
    return f.an ? 0 : -1;
}

static int tear_down(void **state)
{
    text_analyser_destroy(((struct fixture *)*state)->an);
    return 0;
}

static int on_word(void *user, const struct text_token *token)
{
    struct words *words = user;
    int len = snprintf(words->text + words->n, sizeof(words->text) - words->n, "%s%.*s",
                       words->n ? " " : "", (int)token->len, token->text);
    words->n += (size_t)len;
    assert_true(words->n < sizeof(words->text));
    words->flags = token->flags;
    return 0;
}

static void check(void **state, enum text_language lang, const char *text, const char *want)
{
    struct fixture *f = *state;
    struct words words = {.n = 0};
    assert_int_equal(text_analyse(f->an, lang, (struct ragd_str){text, strlen(text)},
                                  on_word, &words),
                     0);
    assert_string_equal(words.text, want);
}

static unsigned flags_of(void **state, const char *text)
{
    struct fixture *f = *state;
    struct words words = {.n = 0};
    assert_int_equal(text_analyse(f->an, TEXT_LANG_AUTO,
                                  (struct ragd_str){text, strlen(text)}, on_word, &words),
                     0);
    return words.flags;
}

static void an_empty_text_has_no_words(void **state)
{
    check(state, TEXT_LANG_AUTO, "", "");
    check(state, TEXT_LANG_AUTO, " \t\n -- ... '' __ ", "");
}

static void english_words_are_stemmed_and_stop_words_kept(void **state)
{
    check(state, TEXT_LANG_EN, "The Connections were RUNNING", "the connect were run");
    check(state, TEXT_LANG_AUTO, "connections", "connect");
}

static void numbers_stay_whole(void **state)
{
    check(state, TEXT_LANG_EN, "1,234.56 and 3.14, 2024.", "1,234.56 and 3.14 2024");
    assert_int_equal(flags_of(state, "1,234.56"), TEXT_TOKEN_NUMBER);
}

static void a_possessive_is_dropped_with_either_apostrophe(void **state)
{
    check(state, TEXT_LANG_EN, "dog's dog’s DOG'S dogs'", "dog dog dog dog");
    check(state, TEXT_LANG_EN, "'s", "s");
}

static void elided_articles_are_dropped(void **state)
{
    check(state, TEXT_LANG_FR, "l'école d’un qu'il jusqu'à L'HOMME", "écol un il à homm");
    check(state, TEXT_LANG_IT, "dell'acqua un’ora c'è all'inizio", "acqua ora è iniz");
    check(state, TEXT_LANG_AUTO, "l'aigua d'or", "aigua or");
}

/* Whatever is in front is no article, or is not in front of a vowel. */
static void other_words_with_an_apostrophe_stay_whole(void **state)
{
    check(state, TEXT_LANG_FR, "aujourd'hui aujourd’hui", "aujourd'hui aujourd'hui");
    check(state, TEXT_LANG_EN, "o'clock rock'n'roll c'mon", "o'clock rock'n'rol c'mon");
    check(state, TEXT_LANG_EN, "c's l's d'", "c l d");
}

static void an_apostrophe_inside_a_word_is_one_whichever_way_it_is_typed(void **state)
{
    check(state, TEXT_LANG_EN, "don't don’t", "don't don't");
    assert_int_equal(flags_of(state, "don’t"), TEXT_TOKEN_STOP);
}

static void a_dotted_word_is_whole_and_not_stemmed(void **state)
{
    check(state, TEXT_LANG_EN, "U.S. example.com v1.2", "u.s example.com v1.2");
}

static void a_colon_or_hyphen_separates(void **state)
{
    check(state, TEXT_LANG_EN, "key:value well-known", "key valu well known");
}

static void underscores_join_inside_and_vanish_outside(void **state)
{
    check(state, TEXT_LANG_EN, "__init__ _so_ max_batch", "init so max_batch");
}

static void compatibility_forms_are_one_with_the_plain_ones(void **state)
{
    check(state, TEXT_LANG_EN, "ﬁne ＡＢＣ１２３ Ⅷ", "fine abc123 viii");
    check(state, TEXT_LANG_EN, "cafe\xCC\x81 CAFÉ", "café café");
}

static void invisible_code_points_do_not_split_or_change_a_word(void **state)
{
    check(state, TEXT_LANG_EN, "con\xC2\xADnect\xE2\x80\x8Dion", "connect");
}

static void german_is_stemmed_by_its_own_rules(void **state)
{
    check(state, TEXT_LANG_DE, "Verträge Vertrag Häuser größere",
          "vertrag vertrag haus gross");
    check(state, TEXT_LANG_AUTO, "Die Kosten der Verträge", "die kost der vertrag");
}

static void a_word_is_stemmed_by_its_script_when_the_text_is_in_another(void **state)
{
    check(state, TEXT_LANG_EN, "running книгами", "run книг");
    check(state, TEXT_LANG_RU, "running книгами", "run книг");
}

static void other_languages_are_stemmed_when_named(void **state)
{
    check(state, text_language_of("fr", 2), "nationalités", "national");
    check(state, text_language_of("es-MX", 5), "corriendo", "corr");
}

static void japanese_gives_pairs_within_each_script(void **state)
{
    check(state, TEXT_LANG_AUTO, "東京都は首都", "東京 京都 は 首都");
    check(state, TEXT_LANG_AUTO, "猫が好き。", "猫 が 好 き");
    check(state, TEXT_LANG_AUTO, "データ", "デー ータ");
    check(state, TEXT_LANG_AUTO, "らーめん", "らー ーめ めん");
    assert_int_equal(flags_of(state, "猫が"), TEXT_TOKEN_BIGRAM | TEXT_TOKEN_STOP);
    assert_int_equal(flags_of(state, "東京"), TEXT_TOKEN_BIGRAM);
}

static void half_width_kana_are_one_with_the_full_ones(void **state)
{
    check(state, TEXT_LANG_AUTO, "ｶﾞﾗｽ", "ガラ ラス");
    check(state, TEXT_LANG_AUTO, "か\xE3\x82\x99く", "がく");
}

static void japanese_mixes_with_latin_words_and_numbers(void **state)
{
    check(state, TEXT_LANG_AUTO, "2024年にPython3.11を", "2024 年 に python3.11 を");
}

static void chinese_korean_and_thai_give_pairs(void **state)
{
    check(state, TEXT_LANG_AUTO, "中文信息", "中文 文信 信息");
    check(state, TEXT_LANG_AUTO, "한국어 나", "한국 국어 나");
    check(state, TEXT_LANG_AUTO, "ที่นี่", "ที่นี่");
    check(state, TEXT_LANG_AUTO, "ไทย", "ไท ทย");
}

static void an_emoji_is_a_word_of_its_own(void **state)
{
    check(state, TEXT_LANG_AUTO, "go 🚀! ❤\xEF\xB8\x8F", "go 🚀 ❤");
    check(state, TEXT_LANG_AUTO, "👨‍👩‍👧", "👨👩👧");
    assert_int_equal(flags_of(state, "🚀"), TEXT_TOKEN_SYMBOL);
    check(state, TEXT_LANG_AUTO, "© ™ §", "");
}

static void question_words_are_marked(void **state)
{
    assert_int_equal(flags_of(state, "of what"), TEXT_TOKEN_QUESTION);
    assert_int_equal(flags_of(state, "der Vertrag und welcher"), TEXT_TOKEN_QUESTION);
    assert_int_equal(flags_of(state, "猫はなぜ") & TEXT_TOKEN_QUESTION,
                     TEXT_TOKEN_QUESTION);
}

static void ill_formed_bytes_separate_words(void **state)
{
    check(state, TEXT_LANG_EN, "one\xFFtwo\xE6\x97three \x80\x80", "one two three");
}

static void a_long_word_is_cut_on_a_code_point(void **state)
{
    struct fixture *f = *state;
    struct words words = {.n = 0};
    char text[1000];
    memset(text, 'x', sizeof(text));
    assert_int_equal(text_analyse(f->an, TEXT_LANG_EN,
                                  (struct ragd_str){text, sizeof(text)}, on_word, &words),
                     0);
    assert_int_equal(words.n, TEXT_WORD_BYTES_MAX);
    words.n = 0;
    for (size_t i = 0; i < 333; i++) {
        memcpy(text + 3 * i, "ẽ", 3);
    }
    assert_int_equal(text_analyse(f->an, TEXT_LANG_EN, (struct ragd_str){text, 999},
                                  on_word, &words),
                     0);
    assert_int_equal(words.n, TEXT_WORD_BYTES_MAX / 3 * 3);
}

struct tally {
    size_t n, bytes;
};

static int on_tally(void *user, const struct text_token *token)
{
    struct tally *tally = user;
    tally->n++;
    tally->bytes += token->len;
    return 0;
}

static void an_endless_word_is_read_in_pieces(void **state)
{
    struct fixture *f = *state;
    enum { PIECES = 64 };
    size_t n = (size_t)PIECES * TEXT_PIECE_BYTES_MAX;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, 'A', n);
    struct tally tally = {0};
    assert_int_equal(
        text_analyse(f->an, TEXT_LANG_EN, (struct ragd_str){text, n}, on_tally, &tally), 0);
    assert_int_equal(tally.n, PIECES);
    assert_int_equal(tally.bytes, PIECES * TEXT_WORD_BYTES_MAX);
    free(text);
}

static int on_stop(void *user, const struct text_token *token)
{
    (void)token;
    return ++*(int *)user == 2 ? 77 : 0;
}

static void the_callback_ends_the_analysis(void **state)
{
    struct fixture *f = *state;
    const char *texts[] = {"one two three", "é è à", "漢字仮名"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int calls = 0;
        int rc = text_analyse(f->an, TEXT_LANG_EN,
                              (struct ragd_str){texts[i], strlen(texts[i])}, on_stop,
                              &calls);
        assert_int_equal(rc, 77);
        assert_int_equal(calls, 2);
    }
}

static void languages_are_told_by_their_function_words(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        enum text_language lang;
    } cases[] = {
        {"where is the station", TEXT_LANG_EN},
        {"wo ist der Bahnhof", TEXT_LANG_DE},
        {"Kündigungsfrist", TEXT_LANG_DE},
        {"station", TEXT_LANG_AUTO},
        {"in was will", TEXT_LANG_AUTO},
        {"la gare est dans le centre des villes", TEXT_LANG_FR},
        {"quelle est la durée du préavis", TEXT_LANG_FR},
        {"el precio de la casa que está en la plaza", TEXT_LANG_AUTO},
        {"il prezzo della casa che non è nella piazza", TEXT_LANG_AUTO},
        {"och det är på väg att bli en av de största för oss", TEXT_LANG_AUTO},
        {"東京は首都です", TEXT_LANG_AUTO},
        {"", TEXT_LANG_AUTO},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (text_detect(f->an, (struct ragd_str){cases[i].text, strlen(cases[i].text)}) !=
            cases[i].lang) {
            fail_msg("\"%s\" is taken for another language", cases[i].text);
        }
    }
}

static void language_codes_are_read_with_regions(void **state)
{
    (void)state;
    assert_int_equal(text_language_of("de", 2), TEXT_LANG_DE);
    assert_int_equal(text_language_of("DE_at", 5), TEXT_LANG_DE);
    assert_int_equal(text_language_of("en-GB", 5), TEXT_LANG_EN);
    assert_int_equal(text_language_of("ja", 2), TEXT_LANG_AUTO);
    assert_int_equal(text_language_of("deu", 3), TEXT_LANG_AUTO);
    assert_int_equal(text_language_of("", 0), TEXT_LANG_AUTO);
    assert_string_equal(text_language_code(TEXT_LANG_DE), "de");
}

static void every_language_has_its_stemmer(void **state)
{
    struct fixture *f = *state;
    for (int lang = TEXT_LANG_EN; lang < TEXT_LANG_COUNT; lang++) {
        struct words words = {.n = 0};
        const char *text = "слово λόγος word كلمة शब्द բառ சொல்";
        int rc = text_analyse(f->an, (enum text_language)lang,
                              (struct ragd_str){text, strlen(text)}, on_word, &words);
        assert_int_equal(rc, 0);
    }
}

static void a_repeated_word_gives_the_same_stem_as_the_first(void **state)
{
    check(state, TEXT_LANG_EN, "hopes hopes", "hope hope");
    check(state, TEXT_LANG_DE, "hopes hopes", "hop hop");
    check(state, TEXT_LANG_EN, "hopes incomprehensibilities incomprehensibilities",
          "hope incomprehens incomprehens");
}

/* --- Random texts ---------------------------------------------------------------- */

static uint64_t random_state;

/* xorshift64*: the same texts in every run. */
static uint32_t random_below(uint32_t n)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)(random_state * UINT64_C(2685821657736338717) >> 33) % n;
}

struct spans {
    size_t n;
    struct {
        size_t start, end;
    } at[512];
};

static int on_span(void *user, const struct text_token *token)
{
    struct spans *spans = user;
    assert_true(spans->n < 512);
    spans->at[spans->n].start = token->start;
    spans->at[spans->n++].end = token->end;
    return 0;
}

/* A segment's part in the expected words: what stands between its underscores,
 * when there is a letter or digit in it. */
static void add_segment(const char *text, size_t start, size_t end, struct spans *out)
{
    bool word = false;
    for (size_t i = start; i < end;) {
        uint32_t cp;
        i += text_utf8_next(text + i, end - i, &cp);
        word |= uc_is_general_category_withtable(cp,
                                                 UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nd);
    }
    while (start < end && text[start] == '_') {
        start++;
    }
    while (end > start && text[end - 1] == '_') {
        end--;
    }
    if (word) {
        out->at[out->n].start = start;
        out->at[out->n++].end = end;
    }
}

/* The words by libunistring alone, over the whole text. */
static void by_library(const char *text, size_t n, struct spans *out)
{
    char breaks[512];
    out->n = 0;
    u8_wordbreaks((const uint8_t *)text, n, breaks);
    size_t start = 0;
    for (size_t i = 1; i <= n; i++) {
        if (i == n || breaks[i]) {
            add_segment(text, start, i, out);
            start = i;
        }
    }
}

static size_t random_text(char *text)
{
    static const char *const parts[] = {"a", "B", "z",        "1",  "9", "_",  ".",
                                        "'", ",", ";",        " ",  "-", "é",  "ß",
                                        "“", "’", "—",        "я",  "Ω", "\n", "(",
                                        "½", "·", "\xCC\x81", "\"", "a", "b",  "0"};
    size_t n = 0;
    for (uint32_t i = random_below(40); i > 0; i--) {
        const char *part = parts[random_below(sizeof(parts) / sizeof(parts[0]))];
        memcpy(text + n, part, strlen(part));
        n += strlen(part);
    }
    return n;
}

static void word_breaks_are_those_of_the_library(void **state)
{
    struct fixture *f = *state;
    random_state = SEED;
    for (int round = 0; round < ROUNDS; round++) {
        char text[256];
        size_t n = random_text(text);
        struct spans got = {.n = 0}, want;
        by_library(text, n, &want);
        assert_int_equal(text_analyse(f->an, TEXT_LANG_EN, (struct ragd_str){text, n},
                                      on_span, &got),
                         0);
        bool same = got.n == want.n &&
                    memcmp(got.at, want.at, got.n * sizeof(got.at[0])) == 0;
        if (!same) {
            fail_msg("seed %d, round %d: \"%.*s\"", SEED, round, (int)n, text);
        }
    }
}

struct bounds {
    size_t last, n;
};

static int on_sane(void *user, const struct text_token *token)
{
    struct bounds *bounds = user;
    assert_true(token->start < token->end && token->end <= bounds->n);
    assert_true(token->start >= bounds->last);
    assert_in_range(token->len, 1, TEXT_WORD_BYTES_MAX);
    assert_true(text_utf8_valid(token->text, token->len));
    bounds->last = token->start;
    return 0;
}

static void any_bytes_give_well_formed_words_inside_the_text(void **state)
{
    struct fixture *f = *state;
    random_state = SEED + 1;
    for (int round = 0; round < ROUNDS; round++) {
        char text[96];
        size_t n = random_below(sizeof(text) + 1);
        for (size_t i = 0; i < n; i++) {
            /* Leads of the longer forms often, so that some are whole. */
            uint32_t byte = random_below(3) ? 0x80 + random_below(0x75) : random_below(256);
            text[i] = (char)(random_below(4) ? byte : 0xE3);
        }
        struct bounds bounds = {.n = n};
        enum text_language lang = (enum text_language)random_below(TEXT_LANG_COUNT);
        assert_int_equal(
            text_analyse(f->an, lang, (struct ragd_str){text, n}, on_sane, &bounds), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_text_has_no_words),
        cmocka_unit_test(english_words_are_stemmed_and_stop_words_kept),
        cmocka_unit_test(numbers_stay_whole),
        cmocka_unit_test(a_possessive_is_dropped_with_either_apostrophe),
        cmocka_unit_test(elided_articles_are_dropped),
        cmocka_unit_test(other_words_with_an_apostrophe_stay_whole),
        cmocka_unit_test(an_apostrophe_inside_a_word_is_one_whichever_way_it_is_typed),
        cmocka_unit_test(a_dotted_word_is_whole_and_not_stemmed),
        cmocka_unit_test(a_colon_or_hyphen_separates),
        cmocka_unit_test(underscores_join_inside_and_vanish_outside),
        cmocka_unit_test(compatibility_forms_are_one_with_the_plain_ones),
        cmocka_unit_test(invisible_code_points_do_not_split_or_change_a_word),
        cmocka_unit_test(german_is_stemmed_by_its_own_rules),
        cmocka_unit_test(a_word_is_stemmed_by_its_script_when_the_text_is_in_another),
        cmocka_unit_test(other_languages_are_stemmed_when_named),
        cmocka_unit_test(japanese_gives_pairs_within_each_script),
        cmocka_unit_test(half_width_kana_are_one_with_the_full_ones),
        cmocka_unit_test(japanese_mixes_with_latin_words_and_numbers),
        cmocka_unit_test(chinese_korean_and_thai_give_pairs),
        cmocka_unit_test(an_emoji_is_a_word_of_its_own),
        cmocka_unit_test(question_words_are_marked),
        cmocka_unit_test(ill_formed_bytes_separate_words),
        cmocka_unit_test(a_long_word_is_cut_on_a_code_point),
        cmocka_unit_test(an_endless_word_is_read_in_pieces),
        cmocka_unit_test(the_callback_ends_the_analysis),
        cmocka_unit_test(languages_are_told_by_their_function_words),
        cmocka_unit_test(language_codes_are_read_with_regions),
        cmocka_unit_test(every_language_has_its_stemmer),
        cmocka_unit_test(a_repeated_word_gives_the_same_stem_as_the_first),
        cmocka_unit_test(word_breaks_are_those_of_the_library),
        cmocka_unit_test(any_bytes_give_well_formed_words_inside_the_text),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
