/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "gather.h"

#include <string.h>

#include "phrase.h"
#include "sdk/text/sentence.h"
#include "sdk/text/utf8.h"

enum {
    KANJI_BYTES = 3, /* in UTF-8, as kana */
    /* Least letters of a sentence, to other signs. */
    PROSE_LETTERS = 3,
    PROSE_OTHERS = 2,
};

/* The words of one source find their sentences: both come in order. */
struct reader {
    const struct weigh *w;
    struct ragd_str text;
    struct weigh_set *source;
    struct sentence *at, *end;
};

static size_t count_sentences(const struct ragd_llm_req *req)
{
    size_t n = 0;
    for (size_t i = 0; i < req->n_sources; i++) {
        struct ragd_str text = req->sources[i]->text;
        struct text_sentence s;
        for (size_t pos = 0; text_sentence_next(text, &pos, &s);) {
            n++;
        }
    }
    return n;
}

static void set_word(struct weigh_set *set, int word)
{
    if (word >= 0) {
        set->bits[word / 64] |= UINT64_C(1) << word % 64;
    }
}

/* Notes a word of the source that is one of the question, in s too unless NULL. */
static void note_word(struct reader *reader, struct sentence *s, int word)
{
    set_word(reader->source, word);
    if (s) {
        set_word(&s->has, word);
    }
}

static void note(struct reader *reader, struct sentence *s, const char *text, size_t n)
{
    note_word(reader, s, weigh_find(reader->w, text, n));
}

/* A pair and, of kanji, each of both, which a question may have alone: 高い, 標高. A
 * stop word is none that a question in another language has: the German "die". */
static void note_token(struct reader *reader, struct sentence *s,
                       const struct text_token *token)
{
    if (token->flags & TEXT_TOKEN_STOP && !(token->flags & TEXT_TOKEN_BIGRAM)) {
        return;
    }
    note(reader, s, token->text, token->len);
    note_word(reader, s, weigh_find_related(reader->w, token->text, token->len));
    if (token->flags & TEXT_TOKEN_BIGRAM && token->len == 2 * KANJI_BYTES) {
        note(reader, s, token->text, KANJI_BYTES);
        note(reader, s, token->text + KANJI_BYTES, KANJI_BYTES);
    }
}

/* Words outside of every sentence are the markers of list items, or a title's. */
static int on_token(void *user, const struct text_token *token)
{
    struct reader *reader = user;
    while (reader->at < reader->end && token->start >= reader->at->end) {
        reader->at++;
    }
    if (reader->at == reader->end || token->start < reader->at->start) {
        note_token(reader, NULL, token);
        return 0;
    }
    struct sentence *s = reader->at;
    note_token(reader, s, token);
    s->amount |= phrase_is_amount(
        (struct ragd_str){reader->text.p + token->start, token->end - token->start});
    s->words++;
    s->content += !(token->flags & (TEXT_TOKEN_STOP | TEXT_TOKEN_QUESTION));
    return 0;
}

static void unite(struct weigh_set *set, const struct weigh_set *other)
{
    for (size_t i = 0; i < WEIGH_SET_WORDS; i++) {
        set->bits[i] |= other->bits[i];
    }
}

/* Gives the rows of tables the words of their first one: they say nothing without. */
static void read_tables(struct sentence *first, const struct sentence *end)
{
    const struct sentence *head = NULL;
    for (struct sentence *s = first; s < end; s++) {
        if (!s->row) {
            head = NULL;
        } else if (head) {
            unite(&s->has, &head->has);
        } else {
            head = s;
        }
    }
}

/* What each sentence is read with: the title, the headings right before its part,
 * and the sentence before it in that part; for its topic, all before
 * it there. A row of a table stands alone. */
static void look_around(struct sentence *first, const struct sentence *end,
                        const struct weigh_set *title)
{
    struct weigh_set headings = *title, topic = *title;
    read_tables(first, end);
    for (struct sentence *s = first; s < end; s++) {
        bool follows = s > first && !s[-1].heading;
        if (s->heading && follows) {
            headings = topic = *title;
        }
        unite(&topic, &s->has);
        s->topic = topic;
        s->here = headings;
        unite(&s->here, &s->has);
        if (s->heading) {
            headings = s->here;
        } else if (follows && !s->row) {
            unite(&s->here, &s[-1].has);
        }
    }
}

/* Punctuation, symbols and arrows beyond ASCII. */
static bool is_sign(uint32_t cp)
{
    return (cp >= 0xA1 && cp <= 0xBF) || (cp >= 0x2000 && cp <= 0x2BFF) ||
           (cp >= 0x3001 && cp <= 0x303F) || (cp >= 0xFF01 && cp <= 0xFF0F);
}

/* Whether the text reads as a sentence: most of it is letters or digits, and there is
 * neither a brace nor a part of a box. The bars between cells say nothing. */
static bool is_prose(const char *s, size_t n)
{
    size_t letters = 0, others = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += text_utf8_next(s + i, n - i, &cp);
        if (cp == '{' || cp == '}' || (cp >= 0x2500 && cp <= 0x259F)) {
            return false;
        }
        bool letter = (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') ||
                      (cp >= 'A' && cp <= 'Z') || (cp >= 0x80 && !is_sign(cp));
        letters += letter;
        others += !letter && cp > ' ' && cp != '|';
    }
    return letters * PROSE_OTHERS >= others * PROSE_LETTERS;
}

/* Whether the sentence only repeats the title. */
static bool is_title(const struct ragd_llm_source *source, const struct text_sentence *s)
{
    struct ragd_str title = source->title;
    return s->end - s->start == title.n &&
           memcmp(source->text.p + s->start, title.p, title.n) == 0;
}

static ragd_status read_source(struct sentences *out, const struct weigh *w,
                               struct text_analyser *an, uint32_t index,
                               const struct ragd_llm_source *source)
{
    struct ragd_str text = source->text;
    struct sentence *first = out->at + out->n;
    struct text_sentence s;
    for (size_t pos = 0; text_sentence_next(text, &pos, &s); out->n++) {
        out->at[out->n] =
            (struct sentence){.source = index,
                              .heading = s.heading || is_title(source, &s),
                              .row = s.row,
                              .prose = is_prose(text.p + s.start, s.end - s.start),
                              .start = s.start,
                              .end = s.end};
    }
    struct weigh_set *all = &out->sources[index];
    struct reader title = {.w = w, .text = source->title, .source = all};
    struct weigh_set named;
    struct reader reader = {w, text, all, first, out->at + out->n};
    ragd_status rc = text_analyse(an, TEXT_LANG_AUTO, source->title, on_token, &title);
    named = *all;
    rc = rc ? rc : text_analyse(an, TEXT_LANG_AUTO, text, on_token, &reader);
    for (struct sentence *at = first; at < out->at + out->n; at++) {
        out->words += at->words;
    }
    look_around(first, out->at + out->n, &named);
    return rc;
}

/* What all sources hold together. */
static struct weigh_set union_of(const struct sentences *sentences, size_t n_sources)
{
    struct weigh_set all = {{0}};
    for (size_t i = 0; i < n_sources; i++) {
        unite(&all, &sentences->sources[i]);
    }
    return all;
}

static void count_words(const struct sentences *sentences, struct weigh *w)
{
    uint32_t counts[WEIGH_WORDS_MAX] = {0};
    for (size_t i = 0; i < sentences->n; i++) {
        for (size_t word = 0; word < w->n_words; word++) {
            counts[word] += weigh_has(&sentences->at[i].has, word);
        }
    }
    weigh_by_counts(w, counts, sentences->n);
}

ragd_status gather(struct sentences *out, struct weigh *w, const struct task *task)
{
    const struct ragd_llm_req *req = task->req;
    size_t n = count_sentences(req), bytes = (req->n_sources + 1) * sizeof(*out->sources);
    *out = (struct sentences){0};
    out->at = task->host->call_alloc(task->call, (n + 1) * sizeof(*out->at),
                                     _Alignof(struct sentence));
    out->sources = task->host->call_alloc(task->call, bytes, _Alignof(struct weigh_set));
    ragd_status rc = out->at && out->sources ? RAGD_OK : RAGD_E_NOMEM;
    if (rc == RAGD_OK) {
        memset(out->sources, 0, bytes);
    }
    for (size_t i = 0; i < req->n_sources && rc == RAGD_OK; i++) {
        rc = task->host->call_state(task->call);
        if (rc == RAGD_OK) {
            rc = read_source(out, w, task->an, (uint32_t)i, req->sources[i]);
        }
    }
    if (rc == RAGD_OK && w->counted) {
        count_words(out, w);
    }
    if (rc == RAGD_OK) {
        struct weigh_set held = union_of(out, req->n_sources);
        weigh_settle(w, &held);
    }
    return rc;
}
