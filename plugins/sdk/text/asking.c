/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/asking.h"

#include <string.h>

#include "sdk/text/run.h"
#include "sdk/text/utf8.h"

/* Bytes around a pair in which a listed word may overlap it, over the longest one. */
enum { AROUND_BYTES = 16, STEM_CHARS = 2, HANGUL_BYTES = 3 };

/* Blanks before and after each. A mark tells the language, without its first letter
 * where that may be a capital. */
static const struct {
    const char *marks;
    const char *words;
    const char *endings; /* of a run, behind two characters: particles */
} lists[] = {
    [TEXT_ASKING_JA] = {NULL, " 教えて ", NULL},
    [TEXT_ASKING_KO] =
        {NULL,
         " 누구 누가 무엇 무슨 뭐 언제 어디 얼마 며칠 몇 어느 어떤 어떻게 왜 "
         "입니까 습니까 니까 인가요 나요 가요 까요 어요 세요 ",
         " 은 는 이 가 을 를 의 에 와 과 도 로 에서 으로 까지 부터 에게 "},
    [TEXT_ASKING_ES] =
        {" ¿ uién uándo ónde uánt uáles ",
         " el la los las un una unos unas de del al en es son fue fueron era está están hay "
         "ha han y o a por para con que se su sus lo qué quién quiénes cuándo dónde adónde "
         "cuánto cuánta cuántos cuántas cuál cuáles cómo ",
         NULL},
    [TEXT_ASKING_ZH] =
        {" 谁 哪 什么 什麼 甚麼 吗 嗎 怎么 怎麼 多少 有多 几个 几点 几天 为何 何时 ",
         " 谁 哪里 哪裡 哪儿 哪个 哪些 哪 什么时候 什麼時候 什么 什麼 甚麼 吗 嗎 呢 怎么 怎麼 "
         "怎样 多少钱 多少錢 多少 有多 几 为何 何时 请问 的 是 在 了 ",
         NULL},
};

bool text_asking_has(struct ragd_str s, const char *words)
{
    for (const char *at = words + 1; *at;) {
        size_t n = strcspn(at, " ");
        if (memmem(s.p, s.n, at, n)) {
            return true;
        }
        at += n + 1;
    }
    return false;
}

enum text_asking text_asking_of(struct ragd_str question)
{
    bool hangul = false;
    for (size_t i = 0; i < question.n;) {
        uint32_t cp;
        i += text_utf8_next(question.p + i, question.n - i, &cp);
        enum text_run run = text_run_of(cp);
        if (run == TEXT_RUN_HIRAGANA || run == TEXT_RUN_KATAKANA) {
            return TEXT_ASKING_JA;
        }
        hangul |= run == TEXT_RUN_HANGUL;
    }
    if (hangul) {
        return TEXT_ASKING_KO;
    }
    if (text_asking_has(question, lists[TEXT_ASKING_ES].marks)) {
        return TEXT_ASKING_ES;
    }
    return text_asking_has(question, lists[TEXT_ASKING_ZH].marks) ? TEXT_ASKING_ZH
                                                                  : TEXT_ASKING_OTHER;
}

/* Whether [start, end) is one of the words; ASCII case does not matter. */
static bool is_word(struct ragd_str s, size_t start, size_t end, const char *words)
{
    char key[AROUND_BYTES + 3] = " ";
    size_t n = end - start;
    if (n > AROUND_BYTES) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        char c = s.p[start + i];
        key[i + 1] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    key[n + 1] = ' ';
    return strstr(words, key) != NULL;
}

/* Whether a syllable is at i, or before it. */
static bool is_hangul(struct ragd_str s, size_t i)
{
    uint32_t cp = 0;
    if (i < s.n) {
        text_utf8_next(s.p + i, s.n - i, &cp);
    }
    return text_run_of(cp) == TEXT_RUN_HANGUL;
}

/* Whether the particle at [at, end) ends its run, and stands behind a stem. */
static bool is_ending(struct ragd_str s, size_t at, size_t end)
{
    size_t stem = STEM_CHARS * HANGUL_BYTES;
    return !is_hangul(s, end) && at >= stem && is_hangul(s, at - HANGUL_BYTES) &&
           is_hangul(s, at - stem);
}

/* Whether one of the words overlaps [start, end). */
static bool overlaps(struct ragd_str s, size_t start, size_t end, const char *words,
                     bool endings)
{
    size_t from = start > AROUND_BYTES ? start - AROUND_BYTES : 0;
    size_t to = s.n - end > AROUND_BYTES ? end + AROUND_BYTES : s.n;
    for (const char *word = words + 1; *word;) {
        size_t n = strcspn(word, " ");
        for (size_t i = from; i < end && i + n <= to; i++) {
            if (i + n > start && memcmp(s.p + i, word, n) == 0 &&
                (!endings || is_ending(s, i, i + n))) {
                return true;
            }
        }
        word += n + 1;
    }
    return false;
}

bool text_asking_covers(enum text_asking asking, struct ragd_str question, size_t start,
                        size_t end)
{
    const char *words = lists[asking].words, *endings = lists[asking].endings;
    if (asking == TEXT_ASKING_ES) {
        return is_word(question, start, end, words);
    }
    return (words && overlaps(question, start, end, words, false)) ||
           (endings && overlaps(question, start, end, endings, true));
}
