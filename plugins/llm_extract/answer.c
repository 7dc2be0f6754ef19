/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "answer.h"

#include <stdio.h>
#include <string.h>

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

static const struct refusal REFUSALS[] = {
    {"The question has no word to look for.", "The documents do not answer this.",
     " The nearest passage is: \"", "\""},
    {"Die Frage hat kein Wort, nach dem sich suchen ließe.",
     "Die Dokumente beantworten das nicht.", " Am nächsten kommt: „", "“"},
    {"La question n'a aucun mot à chercher.",
     "Les documents ne répondent pas à cette question.", " Le passage le plus proche : « ",
     " »"},
    {"質問に検索できる言葉がありません。", "この質問の答えは文書にありません。",
     "最も近い箇所：「", "」"},
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

static bool has_kana(struct ragd_str text)
{
    for (size_t i = 0; i < text.n;) {
        uint32_t cp;
        i += text_utf8_next(text.p + i, text.n - i, &cp);
        enum text_run run = text_run_of(cp);
        if (run == TEXT_RUN_HIRAGANA || run == TEXT_RUN_KATAKANA) {
            return true;
        }
    }
    return false;
}

ragd_status answer_refuse(struct answer *a, const struct picks *picks,
                          struct ragd_str question, enum text_language lang)
{
    const struct refusal *r = has_kana(question)     ? &REFUSALS[3]
                              : lang == TEXT_LANG_FR ? &REFUSALS[2]
                              : lang == TEXT_LANG_DE ? &REFUSALS[1]
                                                     : &REFUSALS[0];
    a->finish = RAGD_FINISH_NO_ANSWER;
    const char *said = picks ? r->sentence : r->empty;
    ragd_status rc = emit(a, said, strlen(said));
    return rc == RAGD_OK && picks && picks->nearest ? show_nearest(a, r, picks->nearest)
                                                    : rc;
}
