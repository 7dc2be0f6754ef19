/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "units.h"

#include <math.h>
#include <string.h>

#include "sdk/text/run.h"
#include "sdk/text/utf8.h"

/* What counts of a word that says in which form the answer is wanted, and how much
 * more of a name: one that is held is still no answer when the other half of the
 * question is missing, two are when it is one of three. */
static const double FORM_PART = 0.25, NAME_PART = 1.4;
enum { FORM_BYTES_MAX = 24 };

/* They ask for a number of what follows, which the answer mostly names too. */
static const char counting[] = " many viele vielen viel wieviel wieviele combien ";

/* What an answer gives without saying the word, and the verbs that go with it. */
static const char forms[] =
    /* English */
    " name names date day year time hour price cost costs amount number length height "
    "width depth size age weight altitude address use uses used get gets got take takes "
    "took come comes came go goes went give gives gave make makes made need needs "
    "happen happens happened call called mean means located allowed "
    /* German */
    "name namen datum tag jahr zeit uhrzeit uhr preis kosten kostet betrag zahl anzahl "
    "länge höhe breite tiefe größe alter gewicht dauer dauert adresse heißt heißen gibt "
    "liegt kommt kommen geht gehen macht machen braucht brauchen steht stehen bekommt "
    "bekommen nutzt benutzt passiert bedeutet "
    /* French */
    "nom date jour année an heure heures prix coût coûte coûtent montant nombre longueur "
    "hauteur largeur profondeur taille âge poids altitude adresse durée dure appelle "
    "appelle-t vient viennent donne prend trouve trouvent mesure temps ";

/* The question as it is read. */
struct reader {
    struct units *u;
    const struct weigh *w;
    struct ragd_str text;
    size_t n_tokens, end; /* behind the last token */
    bool asked;           /* the last token was a question word */
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
static struct ragd_str raw_of(const struct reader *r, const struct text_token *token)
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

static bool is_listed(const char *list, struct ragd_str raw)
{
    char key[FORM_BYTES_MAX + 3] = " ";
    if (raw.n > FORM_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        key[i + 1] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    key[raw.n + 1] = ' ';
    return strstr(list, key) != NULL;
}

static void append(struct units *u, int word)
{
    if (u->n_words < UNIT_WORDS_MAX) {
        u->words[u->n_words++] = (uint16_t)word;
        u->at[u->n - 1].n++;
    }
}

static void open_unit(struct reader *r, enum unit_kind kind, double part, int word)
{
    if (r->u->n < UNITS_MAX) {
        r->u->at[r->u->n++] = (struct unit){kind, part, r->u->n_words, 0};
        append(r->u, word);
        r->joins = true;
    }
}

/* One pair of a run, or its only character. A pair that starts with what 何 counts
 * is none of a text: 何台停める, 二台停める. */
static void read_pair(struct reader *r, const struct text_token *token, int word)
{
    struct units *u = r->u;
    struct ragd_str raw = raw_of(r, token);
    enum text_run run = text_run_of(first_of(raw));
    int asks = weigh_asks(raw);
    bool counter = r->counter && token->start < r->end;
    r->counter = asks == 1;
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
        bool form = r->asked && token->start == r->end;
        enum unit_kind kind = run == TEXT_RUN_KATAKANA && !form ? UNIT_WHOLE : UNIT_RUN;
        open_unit(r, kind, form ? FORM_PART : 1, word);
    }
}

static void read_word(struct reader *r, const struct text_token *token, int word)
{
    struct ragd_str raw = raw_of(r, token);
    bool number = token->flags & TEXT_TOKEN_NUMBER;
    bool capital = is_capital(first_of(raw)) && r->n_tokens > 0;
    bool name = number || capital || is_marked(raw);
    bool form = !number && (r->asked || is_listed(forms, raw));
    r->small |= !name;
    if (r->counted && !is_listed(forms, raw)) {
        open_unit(r, UNIT_NAME, FORM_PART, word);
        r->joins = false;
        return;
    }
    bool joins = name && !form && !number && r->joins &&
                 r->u->at[r->u->n - 1].kind == UNIT_NAME;
    if (joins) {
        append(r->u, word);
    } else {
        open_unit(r, name && !form ? UNIT_NAME : UNIT_WORD,
                  form   ? FORM_PART
                  : name ? NAME_PART
                         : 1,
                  word);
    }
}

/* Between what asks and what is counted: combien de jours. */
static bool is_of(struct ragd_str raw)
{
    return raw.n <= 2 && raw.n > 0 && (raw.p[0] == 'd' || raw.p[0] == 'D');
}

static int on_token(void *user, const struct text_token *token)
{
    struct reader *r = user;
    struct ragd_str raw = raw_of(r, token);
    bool adjoins = token->start <= r->end;
    enum text_run run = text_run_of(first_of(raw));
    int word = weigh_find(r->w, token->text, token->len);
    r->asks_run = adjoins && r->asks_run;
    if (token->flags & (TEXT_TOKEN_STOP | TEXT_TOKEN_QUESTION) || word < 0) {
        r->grand |= r->n_tokens > 0 && is_capital(first_of(raw));
        r->joins = false;
        bool asks = token->flags & TEXT_TOKEN_QUESTION;
        r->counted = asks ? is_listed(counting, raw) : r->counted && is_of(raw);
        r->asked = asks && !r->counted && run != TEXT_RUN_HIRAGANA;
        r->asks_run |= asks && run == TEXT_RUN_HIRAGANA;
    } else {
        if (token->flags & TEXT_TOKEN_BIGRAM) {
            read_pair(r, token, word);
        } else {
            read_word(r, token, word);
        }
        r->asked = r->counted = false;
    }
    r->n_tokens++;
    r->end = token->end;
    return 0;
}

int units_read(struct units *u, const struct weigh *w, struct text_analyser *an,
               struct ragd_str question)
{
    *u = (struct units){0};
    struct reader r = {.u = u, .w = w, .text = question};
    int rc = text_analyse(an, TEXT_LANG_AUTO, question, on_token, &r);
    /* In A Title All Words Have Capitals. */
    for (size_t i = 0; i < u->n && r.grand && !r.small; i++) {
        if (u->at[i].kind == UNIT_NAME) {
            u->at[i].kind = UNIT_WORD;
            u->at[i].part = fmin(u->at[i].part, 1);
        }
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
                   const struct weigh_set *held)
{
    double weight = 0, weight_held = 0, count = 0, count_held = 0;
    for (size_t i = 0; i < u->n; i++) {
        double part = u->at[i].part, found = held_part(u, &u->at[i], held);
        double heavy = part * weight_of(u, w, &u->at[i]);
        weight += heavy;
        weight_held += heavy * found;
        count += part;
        count_held += part * found;
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
        if (lacks) {
            return false;
        }
    }
    return true;
}
