/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "units.h"

#include <math.h>
#include <string.h>

#include "phrase.h"
#include "sdk/text/run.h"
#include "sdk/text/utf8.h"

/* What counts of a word that says in which form the answer is wanted, and how much
 * more of a name: one that is held is still no answer when the other half of the
 * question is missing, two are when it is one of three. */
static const double FORM_PART = 0.25, NAME_PART = 1.4;
/* Behind whose thing is asked about: 食堂の営業時間. */
static const char whose[] = "の";

/* The question as it is read. */
struct reading {
    struct units *u;
    const struct weigh *w;
    struct ragd_str text;
    size_t n_tokens, end; /* behind the last token */
    bool number;          /* the token is one */
    bool german;          /* whose nouns have capitals */
    bool asked;           /* the last token asks for what follows */
    size_t kind;          /* the unit that is asked for: what colour; UNITS_MAX: none */
    bool of;              /* it says whose what follows is */
    bool counted;         /* it asked for a number: how many */
    bool asks_run;        /* of hiragana, in which a question word stands */
    bool counter;         /* the last pair was 何 and what is counted: 何台 */
    bool joins;           /* the last token made or joined the last unit */
    bool small;           /* there is a content word in small letters */
    bool grand;           /* there is a function word with a capital inside */
};

static uint32_t first_of(struct ragd_str text)
{
    uint32_t cp = 0;
    text_utf8_next(text.p, text.n, &cp);
    return cp;
}

/* Capitals of Latin, Greek and Cyrillic. */
static bool is_capital(uint32_t cp)
{
    return (cp >= 'A' && cp <= 'Z') || (cp >= 0xC0 && cp <= 0xDE && cp != 0xD7) ||
           (cp >= 0x391 && cp <= 0x3A9) || (cp >= 0x400 && cp <= 0x42F);
}

/* A capital or a digit behind the first letter: H4, OpenVPN. */
static bool is_marked(struct ragd_str raw)
{
    for (size_t i = 1; i < raw.n; i++) {
        char c = raw.p[i];
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            return true;
        }
    }
    return false;
}

/* The token as it was written, without an elided article. */
static struct ragd_str raw_of(const struct reading *r, const struct text_token *token)
{
    static const char *const marks[] = {"'", "’"};
    struct ragd_str raw = {r->text.p + token->start, token->end - token->start};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        size_t n = strlen(marks[i]);
        const char *mark = raw.n > n + 2 ? memmem(raw.p, n + 2, marks[i], n) : NULL;
        if (mark) {
            raw.n -= (size_t)(mark + n - raw.p);
            raw.p = mark + n;
        }
    }
    return raw;
}

static void append(struct units *u, int word)
{
    if (u->n_words < UNIT_WORDS_MAX) {
        u->words[u->n_words++] = (uint16_t)word;
        u->at[u->n - 1].n++;
    }
}

static void open_unit(struct reading *r, enum unit_kind kind, double part, int word)
{
    if (r->u->n < UNITS_MAX) {
        r->u->at[r->u->n++] = (struct unit){.kind = kind,
                                            .part = part,
                                            .first = r->u->n_words,
                                            .whose = r->of,
                                            .number = r->number};
        r->of = false;
        append(r->u, word);
        r->joins = true;
    }
}

/* One pair of a run, or its only character. A pair that starts with what 何 counts
 * is none of a text: 何台停める, 二台停める. */
static void read_pair(struct reading *r, const struct text_token *token, int word)
{
    struct units *u = r->u;
    struct ragd_str raw = raw_of(r, token);
    enum text_run run = text_run_of(first_of(raw));
    int asks = weigh_asks(raw);
    bool counter = r->counter && token->start < r->end;
    r->counter = asks == 1;
    r->asked = r->asked && token->start == r->end;
    u->amount |= asks == 1 && !phrase_is(PHRASE_KIND, raw);
    if (counter && !asks) {
        return;
    }
    if (asks) {
        open_unit(r, UNIT_RUN, asks == 1 ? FORM_PART : 1, word);
        r->joins = false; /* what follows is no part of it */
    } else if (r->joins && token->start < r->end) {
        append(u, word);
    } else if (run == TEXT_RUN_HIRAGANA) {
        open_unit(r, UNIT_RUN, r->asks_run ? 0 : FORM_PART, word);
    } else {
        enum unit_kind kind = run == TEXT_RUN_KATAKANA && !r->asked ? UNIT_WHOLE : UNIT_RUN;
        open_unit(r, kind, r->asked ? FORM_PART : 1, word);
    }
    r->asked = false;
}

/* What a word is by its look and by its place in the question. */
struct word {
    bool number, ordinal;
    bool name;   /* numbers and ordinals too */
    bool listed; /* an answer gives it without saying so, see PHRASE_FORM */
    bool form;   /* it only says what is wanted: of "which version" the version */
};

static bool looks_like_name(const struct reading *r, struct ragd_str raw)
{
    return (r->n_tokens > 0 && is_capital(first_of(raw))) || is_marked(raw);
}

/* What follows the asking word, unless it looks like a name: which Python version. */
static bool is_asked_form(const struct reading *r, struct ragd_str raw, bool name)
{
    return r->asked && (!name || r->german || phrase_is(PHRASE_MEASURE, raw));
}

static struct word look_at(const struct reading *r, const struct text_token *token)
{
    struct ragd_str raw = raw_of(r, token);
    struct word w = {.number = token->flags & TEXT_TOKEN_NUMBER,
                     .ordinal = phrase_is(PHRASE_ORDINAL, raw),
                     .listed = phrase_is(PHRASE_FORM, raw)};
    w.name = w.number || w.ordinal || looks_like_name(r, raw);
    w.form = !w.number && (w.listed || is_asked_form(r, raw, w.name));
    return w;
}

/* Adjacent names are one; a number is always one of its own. */
static bool continues_name(const struct reading *r, const struct word *w)
{
    return w->name && !w->number && r->joins && r->u->at[r->u->n - 1].kind == UNIT_NAME;
}

static void read_word(struct reading *r, const struct text_token *token, int word)
{
    struct word w = look_at(r, token);
    r->small |= !w.name;
    r->of = r->of && !w.form;
    if (r->counted && !w.listed) {
        open_unit(r, UNIT_NAME, FORM_PART, word);
        r->joins = false;
    } else if (w.form) {
        r->kind = w.listed ? r->kind : r->u->n;
        open_unit(r, UNIT_WORD, FORM_PART, word);
    } else if (continues_name(r, &w)) {
        append(r->u, word);
    } else {
        double part = w.name && !w.ordinal ? NAME_PART : 1;
        open_unit(r, w.name ? UNIT_NAME : UNIT_WORD, part, word);
    }
    /* Of "which Python version" the version is the form. */
    r->asked = r->asked && !w.form;
    r->counted = false;
}

/* Between what asks and what is counted: combien de jours. */
static bool is_of(struct ragd_str raw)
{
    return raw.n <= 2 && raw.n > 0 && (raw.p[0] == 'd' || raw.p[0] == 'D');
}

/* A word that carries no matter of its own. */
static void read_function(struct reading *r, const struct text_token *token)
{
    struct ragd_str raw = raw_of(r, token);
    enum text_run run = text_run_of(first_of(raw));
    bool asks = token->flags & TEXT_TOKEN_QUESTION;
    r->grand |= r->n_tokens > 0 && is_capital(first_of(raw));
    r->joins = false;
    r->counted = asks ? phrase_is(PHRASE_COUNTING, raw) : r->counted && is_of(raw);
    r->u->amount |= asks && r->counted;
    r->asked = asks && (phrase_is(PHRASE_WHAT, raw) ||
                        (run != TEXT_RUN_NONE && run != TEXT_RUN_HIRAGANA));
    r->asks_run |= asks && run == TEXT_RUN_HIRAGANA;
    r->of = phrase_is(PHRASE_OF, raw) || (r->of && !asks);
    if (token->start == r->end && r->u->n > 0 && raw.n == strlen(whose) &&
        memcmp(raw.p, whose, raw.n) == 0) {
        r->u->at[r->u->n - 1].whose = true;
    }
}

static int on_token(void *user, const struct text_token *token)
{
    struct reading *r = user;
    int word = weigh_find(r->w, token->text, token->len);
    r->number = token->flags & TEXT_TOKEN_NUMBER;
    r->u->asks |= (token->flags & TEXT_TOKEN_QUESTION) != 0;
    r->asks_run = r->asks_run && token->start <= r->end;
    r->u->amount |= r->asked && phrase_is(PHRASE_MEASURE, raw_of(r, token));
    if (token->flags & (TEXT_TOKEN_STOP | TEXT_TOKEN_QUESTION) || word < 0) {
        read_function(r, token);
    } else if (token->flags & TEXT_TOKEN_BIGRAM) {
        read_pair(r, token, word);
    } else {
        read_word(r, token, word);
    }
    r->n_tokens++;
    r->end = token->end;
    return 0;
}

/* Whether all else is one word, or one name, and no run: "what colour is the machine"
 * is as much about the one as the other. */
static bool has_one_other(const struct units *u, size_t kind)
{
    size_t others = 0;
    for (size_t i = 0; i < u->n; i++) {
        bool other = i != kind && u->at[i].part > FORM_PART;
        if (other && u->at[i].kind > UNIT_NAME) {
            return false;
        }
        others += other;
    }
    return others == 1;
}

int units_read(struct units *u, const struct weigh *w, struct text_analyser *an,
               struct ragd_str question)
{
    static const char mark[] = "？";
    *u = (struct units){.kind = kind_of(question), .amount = phrase_asks_amount(question)};
    u->asks = memchr(question.p, '?', question.n) ||
              memmem(question.p, question.n, mark, sizeof(mark) - 1);
    struct reading r = {.u = u,
                        .w = w,
                        .text = question,
                        .kind = UNITS_MAX,
                        .german = text_detect(an, question) == TEXT_LANG_DE};
    int rc = text_analyse(an, TEXT_LANG_AUTO, question, on_token, &r);
    /* In A Title All Words Have Capitals. */
    for (size_t i = 0; i < u->n && r.grand && !r.small; i++) {
        if (u->at[i].kind == UNIT_NAME) {
            u->at[i].kind = UNIT_WORD;
            u->at[i].part = fmin(u->at[i].part, 1);
        }
    }
    if (r.kind < u->n && !u->amount && has_one_other(u, r.kind)) {
        u->at[r.kind].part = 1;
    }
    return rc;
}

static bool holds(const struct units *u, const struct unit *unit, size_t i,
                  const struct weigh_set *set)
{
    return weigh_has(set, u->words[unit->first + i]);
}

/* Share of the unit that is held: of its words, or of the characters of a run,
 * each of which is in two pairs. */
static double held_part(const struct units *u, const struct unit *unit,
                        const struct weigh_set *set)
{
    bool run = unit->kind >= UNIT_RUN && unit->n > 1, before = false;
    size_t n = 0;
    for (size_t i = 0; i < unit->n; i++) {
        bool now = holds(u, unit, i, set);
        n += run ? (before || now) : now;
        before = now;
    }
    n += run && before;
    return (double)n / (double)(unit->n + run);
}

static double weight_of(const struct units *u, const struct weigh *w,
                        const struct unit *unit)
{
    double most = 0;
    for (size_t i = 0; i < unit->n; i++) {
        most = fmax(most, w->mass[u->words[unit->first + i]]);
    }
    return most;
}

double units_share(const struct units *u, const struct weigh *w,
                   const struct weigh_set *held, const struct weigh_set *topic)
{
    double weight = 0, weight_held = 0, count = 0, count_held = 0;
    for (size_t i = 0; i < u->n; i++) {
        const struct unit *unit = &u->at[i];
        double found = held_part(u, unit, held);
        if (unit->kind == UNIT_NAME && found > 0 && held_part(u, unit, topic) >= 1) {
            found = 1;
        }
        double heavy = unit->part * weight_of(u, w, unit);
        weight += heavy;
        weight_held += heavy * found;
        count += unit->part;
        count_held += unit->part * found;
    }
    return weight > 0 ? fmin(weight_held / weight, count_held / count) : 0;
}

double units_new(const struct units *u, const struct weigh *w, const struct weigh_set *held,
                 const struct weigh_set *had)
{
    double weight = 0, added = 0;
    for (size_t i = 0; i < u->n; i++) {
        double heavy = u->at[i].part * weight_of(u, w, &u->at[i]);
        weight += heavy;
        if (held_part(u, &u->at[i], held) > 0 && held_part(u, &u->at[i], had) <= 0) {
            added += heavy;
        }
    }
    return weight > 0 ? added / weight : 0;
}

bool units_named(const struct units *u, const struct weigh_set *here,
                 const struct weigh_set *source)
{
    for (size_t i = 0; i < u->n; i++) {
        const struct unit *unit = &u->at[i];
        double part = held_part(u, unit, here);
        bool lacks = false;
        switch (unit->kind) {
        case UNIT_NAME: lacks = part <= 0 || held_part(u, unit, source) < 1; break;
        case UNIT_RUN: lacks = part > 0 && !holds(u, unit, 0, here); break;
        case UNIT_WHOLE: lacks = part < 1; break;
        default: break;
        }
        if (lacks || (unit->whose && held_part(u, unit, source) <= 0)) {
            return false;
        }
    }
    return true;
}

bool units_complete(const struct units *u, const struct weigh_set *has,
                    const struct weigh_set *topic)
{
    size_t n = 0, n_held = 0;
    bool doing = u->kind == KIND_PERSON;
    for (size_t i = 0; i < u->n; i++) {
        const struct unit *unit = &u->at[i];
        bool own = doing && unit->kind == UNIT_WORD;
        if (unit->part >= 1) {
            n++;
            n_held += held_part(u, unit, own ? has : topic) > 0;
            doing = doing && !own;
        }
    }
    return !u->asks || n > UNITS_SHORT || n_held == n;
}

bool units_same_numbers(const struct units *u, const struct weigh_set *first,
                        const struct weigh_set *held)
{
    for (size_t i = 0; i < u->n; i++) {
        const struct unit *unit = &u->at[i];
        if (unit->number && held_part(u, unit, first) > 0 &&
            held_part(u, unit, held) <= 0) {
            return false;
        }
    }
    return true;
}
