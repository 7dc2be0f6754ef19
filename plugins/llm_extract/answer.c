/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "answer.h"

#include <stdio.h>
#include <string.h>

#include "sdk/text/asking.h"
#include "sdk/text/run.h"
#include "sdk/text/utf8.h"

enum {
    NUMBER_BYTES = 16,       /* of " [4294967295]" and the end */
    NEAREST_BYTES_MAX = 400, /* of a passage shown beside a refusal */
};

/* What is said of a question without content; else what is said, and what stands
 * around the nearest passage. */
struct refusal {
    const char *empty, *sentence, *before, *after;
};

enum { REFUSAL_EN, REFUSAL_DE, REFUSAL_FR, REFUSAL_JA, REFUSAL_ES, REFUSAL_ZH, REFUSAL_KO };

static const struct refusal REFUSALS[] = {
    [REFUSAL_EN] = {"The question has no word to look for.",
                    "The documents do not answer this.", " The nearest passage is: \"",
                    "\""},
    [REFUSAL_DE] = {"Die Frage hat kein Wort, nach dem sich suchen ließe.",
                    "Die Dokumente beantworten das nicht.", " Am nächsten kommt: „", "“"},
    [REFUSAL_FR] = {"La question n'a aucun mot à chercher.",
                    "Les documents ne répondent pas à cette question.",
                    " Le passage le plus proche : « ", " »"},
    [REFUSAL_JA] = {"質問に検索できる言葉がありません。",
                    "この質問の答えは文書にありません。", "最も近い箇所：「", "」"},
    [REFUSAL_ES] = {"La pregunta no tiene ninguna palabra que buscar.",
                    "Los documentos no responden a esta pregunta.",
                    " El pasaje más cercano: «", "»"},
    [REFUSAL_ZH] = {"问题中没有可以搜索的词。", "文档没有回答这个问题。", "最接近的段落：“",
                    "”"},
    [REFUSAL_KO] = {"질문에 찾을 수 있는 낱말이 없습니다.",
                    "문서에 이 질문의 답이 없습니다.", " 가장 가까운 구절: “", "”"},
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether the code point before at (its end) is one of a script without blanks. */
static bool ends_in_run(const char *s, size_t at)
{
    uint32_t cp = 0;
    size_t start = at;
    while (start > 0 && ((unsigned char)s[--start] & 0xC0) == 0x80) {
    }
    if (at > 0) {
        text_utf8_next(s + start, at - start, &cp);
    }
    return text_run_of(cp) != TEXT_RUN_NONE || (cp >= 0x3001 && cp <= 0x3002);
}

static bool starts_in_run(const char *s, size_t n)
{
    uint32_t cp = 0;
    if (n > 0) {
        text_utf8_next(s, n, &cp);
    }
    return text_run_of(cp) != TEXT_RUN_NONE;
}

/* Whether a number in brackets is at i, which would pass for a citation. *end: its
 * bracket's place. */
static bool is_note(const char *s, size_t n, size_t i, size_t *end)
{
    if (s[i] != '[') {
        return false;
    }
    size_t at = i + 1;
    while (at < n && s[at] >= '0' && s[at] <= '9') {
        at++;
    }
    *end = at;
    return at > i + 1 && at < n && s[at] == ']';
}

/* Copies a sentence on one line: blanks around line ends become one, and none
 * between characters of a script without blanks; a [3] of its own becomes (3).
 * Returns its bytes. */
static size_t flatten(const char *s, size_t n, char *out)
{
    size_t used = 0, note = SIZE_MAX;
    for (size_t i = 0; i < n;) {
        size_t end = i;
        if (!is_blank(s[i])) {
            bool opens = is_note(s, n, i, &end);
            out[used++] = (char)(opens ? '(' : i == note ? ')' : s[i]);
            note = opens ? end : note;
            i++;
            continue;
        }
        bool line = false;
        while (end < n && is_blank(s[end])) {
            line |= s[end] == '\n' || s[end] == '\r';
            end++;
        }
        if (!line || !ends_in_run(out, used) || !starts_in_run(s + end, n - end)) {
            out[used++] = ' ';
        }
        i = end;
    }
    return used;
}

static ragd_status emit(const struct answer *a, const char *text, size_t n)
{
    struct ragd_delta delta = {.struct_size = sizeof(delta),
                               .kind = RAGD_DELTA_TEXT,
                               .text = {text, n}};
    return n ? a->sink->emit(a->task->call, &delta) : RAGD_OK;
}

/* Cuts the text before the first of the request's stop texts. */
static size_t cut_at_stop(const struct answer *a, const char *text, size_t n)
{
    for (size_t i = 0; i < a->task->req->n_stop; i++) {
        struct ragd_str stop = a->task->req->stop[i];
        const char *found = stop.n ? memmem(text, n, stop.p, stop.n) : NULL;
        n = found ? (size_t)(found - text) : n;
    }
    return n;
}

/* Emits before, the sentence, after and the source's number, then cites it.
 * *whole: no stop text was met. */
static ragd_status say(struct answer *a, const struct sentence *s, const char *before,
                       const char *after, bool *whole)
{
    struct ragd_str text = a->task->req->sources[s->source]->text;
    size_t lead = strlen(before),
           room = lead + s->end - s->start + strlen(after) + NUMBER_BYTES;
    char *buffer = a->task->host->call_alloc(a->task->call, room, 1);
    if (!buffer) {
        return RAGD_E_NOMEM;
    }
    memcpy(buffer, before, lead);
    size_t n = lead + flatten(text.p + s->start, s->end - s->start, buffer + lead);
    int tail = snprintf(buffer + n, room - n, "%s [%u]", after, s->source + 1);
    n += (size_t)tail;
    size_t kept = cut_at_stop(a, buffer, n);
    *whole = kept == n;
    ragd_status rc = emit(a, buffer, kept);
    if (rc == RAGD_OK && kept > lead) {
        uint64_t start = text_utf8_count(text.p, s->start);
        uint64_t length = text_utf8_count(text.p + s->start, s->end - s->start);
        rc = a->sink->cite(a->task->call, s->source + 1, start, start + length);
        a->words += s->words;
    }
    return rc;
}

ragd_status answer_say(struct answer *a, const struct picks *picks)
{
    bool whole = true;
    ragd_status rc = RAGD_OK;
    a->finish = RAGD_FINISH_STOP;
    for (size_t i = 0; i < picks->n && whole && rc == RAGD_OK; i++) {
        uint64_t words = a->words + picks->at[i]->words;
        if (i > 0 && a->task->req->max_tokens && words > a->task->req->max_tokens) {
            a->finish = RAGD_FINISH_LENGTH;
            break;
        }
        rc = a->task->host->call_state(a->task->call);
        if (rc == RAGD_OK) {
            rc = say(a, picks->at[i], i > 0 ? " " : "", "", &whole);
        }
    }
    return rc;
}

/* The part of a sentence that is shown: whole, or cut at a blank when it is long. */
static struct sentence shorten(const struct answer *a, const struct sentence *s)
{
    struct sentence part = *s;
    const char *text = a->task->req->sources[s->source]->text.p + s->start;
    size_t n = s->end - s->start, cut = text_utf8_cut(text, n, NEAREST_BYTES_MAX);
    size_t blank = cut;
    while (cut < n && blank > cut / 2 && !is_blank(text[blank])) {
        blank--;
    }
    part.end = s->start + (cut < n && blank > cut / 2 ? blank : cut);
    return part;
}

/* The part of the nearest sentence that fits, cited as far as it is shown. */
static ragd_status show_nearest(struct answer *a, const struct refusal *r,
                                const struct sentence *nearest)
{
    bool whole;
    char after[NUMBER_BYTES];
    struct sentence part = shorten(a, nearest);
    snprintf(after, sizeof(after), "%s%s", part.end < nearest->end ? " …" : "", r->after);
    return say(a, &part, r->before, after, &whole);
}

static int stop_at_function_word(void *user, const struct text_token *token)
{
    (void)user;
    return token->flags & (TEXT_TOKEN_STOP | TEXT_TOKEN_QUESTION) ? 1 : 0;
}

/* Umlauts alone may be Turkish or Swedish: only a word of its grammar is German. */
static bool is_german(struct text_analyser *an, struct ragd_str question)
{
    return text_detect(an, question) == TEXT_LANG_DE &&
           text_analyse(an, TEXT_LANG_DE, question, stop_at_function_word, NULL) == 1;
}

/* English when it is not sure. */
static const struct refusal *refusal_for(struct text_analyser *an, struct ragd_str question)
{
    switch (text_asking_of(question)) {
    case TEXT_ASKING_JA: return &REFUSALS[REFUSAL_JA];
    case TEXT_ASKING_KO: return &REFUSALS[REFUSAL_KO];
    case TEXT_ASKING_ES: return &REFUSALS[REFUSAL_ES];
    case TEXT_ASKING_ZH: return &REFUSALS[REFUSAL_ZH];
    default: break;
    }
    if (is_german(an, question)) {
        return &REFUSALS[REFUSAL_DE];
    }
    return &REFUSALS[text_detect(an, question) == TEXT_LANG_FR ? REFUSAL_FR : REFUSAL_EN];
}

ragd_status answer_refuse(struct answer *a, const struct picks *picks,
                          struct ragd_str question)
{
    const struct refusal *r = refusal_for(a->task->an, question);
    a->finish = RAGD_FINISH_NO_ANSWER;
    const char *said = picks ? r->sentence : r->empty;
    ragd_status rc = emit(a, said, strlen(said));
    return rc == RAGD_OK && picks && picks->nearest ? show_nearest(a, r, picks->nearest)
                                                    : rc;
}
