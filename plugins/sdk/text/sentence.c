/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * The rules, in the order in which they are asked:
 *
 *  1. A blank line, a heading's or table row's end, and a line that starts a list
 *     item, heading, row or fence end a sentence; any other line break is a blank.
 *     The marker of an item or heading is not part of it.
 *  2. 。！？ end one at once, with the closing brackets after them; not when the
 *     quotation they close goes on in hiragana (「はい。」と言う).
 *  3. . ! ? and the terminators of other scripts end one when a blank or kanji or
 *     kana follows (after quotes, brackets and [12]), so never inside 3.14, a name
 *     of a file or an address.
 *  4. After . or ... a small letter goes on. ! and ? inside a quotation go on
 *     before a small letter too.
 *  5. A single full stop does not end one after an abbreviation, an initial, or a
 *     number of one or two digits between German words ("am 3. Oktober") or before
 *     another number. Some of these may end it after all before a word that plainly
 *     starts one: "The".
 *
 * Looking back and ahead is bounded, so all calls together are linear.
 */
#include "sdk/text/sentence.h"

#include <stdint.h>
#include <string.h>
#include <unictype.h>

#include "sdk/text/abbreviation.h"
#include "sdk/text/run.h"
#include "sdk/text/utf8.h"

enum {
    WORD_BYTES_MAX = 32,    /* how far a word is read back or ahead */
    NOTE_BYTES_MAX = 16,    /* of a footnote mark such as [12, 13] */
    HEADING_BYTES_MAX = 80, /* of a line that is one without a mark */
    CELL_BYTES_MAX = 200,   /* of a row's first cell */
    WIDE_FULL_STOP = 0xFF0E,
};

static uint32_t cp_at(const struct ragd_str *v, size_t i, size_t *len)
{
    uint32_t cp = 0;
    *len = i < v->n ? text_utf8_next(v->p + i, v->n - i, &cp) : 0;
    return cp;
}

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static bool is_line_end(uint32_t cp)
{
    return (cp >= 0x0A && cp <= 0x0D) || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

/* Blanks within a line. */
static bool is_space(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0xA0 || cp == 0x3000 || cp == 0xFEFF ||
           (cp >= 0x2000 && cp <= 0x200B) || cp == 0x202F || cp == 0x205F;
}

static size_t skip_space(const struct ragd_str *v, size_t i)
{
    size_t len;
    while (i < v->n && is_space(cp_at(v, i, &len))) {
        i += len;
    }
    return i;
}

static size_t skip_blank(const struct ragd_str *v, size_t i)
{
    size_t len;
    for (uint32_t cp; i < v->n; i += len) {
        cp = cp_at(v, i, &len);
        if (!is_space(cp) && !is_line_end(cp)) {
            break;
        }
    }
    return i;
}

/* --- Lines --------------------------------------------------------------------- */

enum line_kind {
    LINE_TEXT,
    LINE_BLANK,
    LINE_ITEM,  /* list item: starts a sentence */
    LINE_WHOLE, /* heading, table row, fence: is one */
};

static bool is_bullet(uint32_t cp)
{
    return cp == '-' || cp == '*' || cp == '+' || cp == 0xB7 || cp == 0x2013 ||
           cp == 0x2014 || cp == 0x2022 || cp == 0x2023 || cp == 0x2043;
}

/* Marks that start an item even without a blank behind them, Japanese ones. */
static bool is_tight_bullet(uint32_t cp)
{
    return (cp >= 0x25A0 && cp <= 0x25FF) || (cp >= 0x2460 && cp <= 0x2473) ||
           cp == 0x203B || cp == 0x30FB;
}

/* Behind "12." "3)" "(4)" "a)" at i when that is an item's number, else i. */
static size_t skip_number(const struct ragd_str *v, size_t i)
{
    size_t at = i + (i < v->n && v->p[i] == '('), digits = at, len;
    while (digits < v->n && digits - at < 3 && is_digit((unsigned char)v->p[digits])) {
        digits++;
    }
    bool letter = digits == at && at + 1 < v->n && v->p[at] >= 'a' && v->p[at] <= 'z';
    size_t mark = letter ? at + 1 : digits;
    if (mark == at) {
        return i;
    }
    uint32_t cp = cp_at(v, mark, &len);
    bool full_stop = cp == '.' && !letter && at == i;
    size_t next = mark + len;
    if ((cp == ')' || full_stop) && next < v->n && is_space(cp_at(v, next, &len))) {
        return next;
    }
    return !letter && (cp == 0x3001 || cp == 0xFF09) ? next : i;
}

/* Behind the marker of an item at i, else i. */
static size_t skip_item(const struct ragd_str *v, size_t i)
{
    size_t len, next_len;
    uint32_t cp = cp_at(v, i, &len);
    if (is_tight_bullet(cp)) {
        return i + len;
    }
    if (is_bullet(cp)) {
        return is_space(cp_at(v, i + len, &next_len)) ? i + len : i;
    }
    return skip_number(v, i);
}

/* Behind "### " at i, else i. */
static size_t skip_hashes(const struct ragd_str *v, size_t i)
{
    size_t at = i;
    while (at < v->n && at - i < 6 && v->p[at] == '#') {
        at++;
    }
    return at > i && at < v->n && is_space((unsigned char)v->p[at]) ? at : i;
}

static bool starts_with(const struct ragd_str *v, size_t i, const char *what)
{
    size_t len = strlen(what);
    return v->n - i >= len && memcmp(v->p + i, what, len) == 0;
}

/* Whether the line at i is a row of cells: something, then a | between blanks. */
static bool is_row(const struct ragd_str *v, size_t i)
{
    size_t len;
    for (size_t at = i; at < v->n && at - i < CELL_BYTES_MAX; at += len) {
        if (is_line_end(cp_at(v, at, &len))) {
            return false;
        }
        if (starts_with(v, at, " | ")) {
            return at > i;
        }
    }
    return false;
}

/* What the line is whose text starts at i, its indentation skipped. *text: where
 * its text starts behind the marker. */
static enum line_kind line_kind(const struct ragd_str *v, size_t i, size_t *text)
{
    size_t len;
    *text = i;
    if (i >= v->n || is_line_end(cp_at(v, i, &len))) {
        return LINE_BLANK;
    }
    size_t behind = skip_hashes(v, i);
    if (behind > i || v->p[i] == '|' || starts_with(v, i, "```") ||
        starts_with(v, i, "~~~") || starts_with(v, i, "---") || starts_with(v, i, "===") ||
        is_row(v, i)) {
        *text = behind;
        return LINE_WHOLE;
    }
    behind = skip_item(v, i);
    *text = behind;
    return behind > i ? LINE_ITEM : LINE_TEXT;
}

/* Behind the line end at i; CR LF is one. */
static size_t skip_line_end(const struct ragd_str *v, size_t i)
{
    size_t len;
    uint32_t cp = cp_at(v, i, &len);
    return i + len + (cp == '\r' && i + 1 < v->n && v->p[i + 1] == '\n');
}

/* Whether the line end at i ends the sentence: rule 1. */
static bool ends_at_line(const struct ragd_str *v, size_t i, enum line_kind current)
{
    size_t len, text;
    uint32_t cp = cp_at(v, i, &len);
    size_t next = skip_space(v, skip_line_end(v, i));
    return current == LINE_WHOLE || cp == '\f' || cp == '\v' || cp == 0x2029 ||
           line_kind(v, next, &text) != LINE_TEXT;
}

/* --- Terminators --------------------------------------------------------------- */

/* A possible end: what stands there, and what follows. */
struct stop {
    size_t at;   /* of the first terminator */
    size_t end;  /* behind the last, its closers and a footnote mark */
    size_t next; /* the text behind the blanks */
    uint32_t cp; /* the last terminator */
    bool wide;   /* 。 and its like */
    bool dots;   /* only full stops and dots of ellipsis */
    bool single; /* exactly one full stop */
    bool closed; /* quotes or brackets close */
};

static bool is_wide_stop(uint32_t cp)
{
    return cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F || cp == 0xFF61 ||
           cp == WIDE_FULL_STOP;
}

static bool is_stop(uint32_t cp)
{
    return cp == '.' || cp == '!' || cp == '?' || cp == 0x2026 ||
           (cp >= 0x80 && cp != TEXT_UTF8_BAD && uc_is_property_sentence_terminal(cp));
}

static bool is_closer(uint32_t cp)
{
    return cp == ')' || cp == ']' || cp == '}' || cp == '"' || cp == '\'' || cp == '*' ||
           cp == '_' || cp == 0xBB || cp == 0xAB || (cp >= 0x2018 && cp <= 0x201F) ||
           (cp >= 0x3008 && cp <= 0x3011 && cp % 2 == 1) || cp == 0x3015 || cp == 0xFF09 ||
           cp == 0xFF3D || cp == 0xFF63;
}

static bool is_opener(uint32_t cp)
{
    return cp == '(' || cp == '[' || cp == '"' || cp == '\'' || cp == '*' || cp == '_' ||
           cp == 0xBB || cp == 0xAB || (cp >= 0x2018 && cp <= 0x201F);
}

/* Behind a footnote mark such as [3] or [12, 13] at i, else i. */
static size_t skip_note(const struct ragd_str *v, size_t i)
{
    if (i >= v->n || v->p[i] != '[') {
        return i;
    }
    for (size_t at = i + 1; at < v->n && at - i < NOTE_BYTES_MAX; at++) {
        char c = v->p[at];
        if (c == ']') {
            return at > i + 1 ? at + 1 : i;
        }
        if (!is_digit((unsigned char)c) && c != ',' && c != ' ' && c != '-') {
            break;
        }
    }
    return i;
}

static struct stop read_stop(const struct ragd_str *v, size_t i)
{
    struct stop stop = {.at = i, .dots = true};
    size_t len;
    for (uint32_t cp; is_stop(cp = cp_at(v, i, &len)); i += len) {
        stop.cp = cp;
        stop.wide |= is_wide_stop(cp);
        stop.dots &= cp == '.' || cp == 0x2026;
    }
    stop.single = stop.dots && i - stop.at == 1;
    while (is_closer(cp_at(v, i, &len))) {
        i += len;
        stop.closed = true;
    }
    stop.end = skip_note(v, i);
    stop.next = skip_blank(v, stop.end);
    return stop;
}

/* The first letter or digit behind the blanks, openers skipped; 0 when there is
 * none soon. *start: where it is. */
static uint32_t next_letter(const struct ragd_str *v, const struct stop *stop,
                            size_t *start)
{
    size_t len, i = stop->next;
    uint32_t cp = cp_at(v, i, &len);
    while (is_opener(cp) && i - stop->next < WORD_BYTES_MAX) {
        i += len;
        cp = cp_at(v, i, &len);
    }
    *start = i;
    return len && cp != TEXT_UTF8_BAD ? cp : 0;
}

static bool is_word_part(const struct ragd_str *v, size_t i)
{
    unsigned char c = (unsigned char)v->p[i];
    return c >= 0x80 || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '.';
}

/* Where the word before the full stop at i starts; not before from. */
static size_t word_start(const struct ragd_str *v, size_t from, size_t i)
{
    size_t start = i;
    while (start > from && i - start < WORD_BYTES_MAX && is_word_part(v, start - 1)) {
        start--;
    }
    return start;
}

/* French l' c' j' n' s' at i. No d', which starts names. */
static bool is_elision(const struct ragd_str *v, size_t i)
{
    return i + 1 < v->n && strchr("LCJNSlcjns", v->p[i]) != NULL && v->p[i] &&
           (v->p[i + 1] == '\'' || starts_with(v, i + 1, "’"));
}

/* Where the word at i ends. */
static size_t word_end(const struct ragd_str *v, size_t i)
{
    size_t end = i;
    while (end < v->n && end - i < WORD_BYTES_MAX && is_word_part(v, end) &&
           v->p[end] != '.') {
        end++;
    }
    return end;
}

static bool is_starter(const struct ragd_str *v, size_t i)
{
    return is_elision(v, i) || text_abbreviation_starter(v->p + i, word_end(v, i) - i);
}

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_digit((unsigned char)s[i])) {
            return false;
        }
    }
    return n > 0;
}

/* Rule 5 for the number at start, of a sentence from there or before; next: the word
 * behind its full stop. */
static bool goes_on_after_number(const struct ragd_str *v, size_t from, size_t start,
                                 size_t next)
{
    size_t before = start - (start > from && v->p[start - 1] == ' ');
    size_t word = word_start(v, from, before);
    return (next < v->n && is_digit((unsigned char)v->p[next])) ||
           text_abbreviation_ordinal(v->p + word, before - word, v->p + next,
                                     word_end(v, next) - next);
}

/* Rule 5 for the word in front of a single full stop. */
static bool goes_on_after_word(const struct ragd_str *v, size_t from,
                               const struct stop *stop)
{
    size_t next, len;
    uint32_t cp = next_letter(v, stop, &next);
    size_t start = word_start(v, from, stop->at);
    size_t n = stop->at - start;
    bool starter = is_starter(v, next);
    if (n == 0) {
        return false;
    }
    if (all_digits(v->p + start, n)) {
        return start == from
                   ? n <= 3
                   : n <= 2 && !starter && goes_on_after_number(v, from, start, next);
    }
    cp_at(v, start, &len);
    if (len == n) { /* an initial, or s. 5 */
        return !starter;
    }
    switch (text_abbreviation_of(v->p + start, n)) {
    case TEXT_ABBR_NEVER_ENDS: return true;
    case TEXT_ABBR_MAY_END: return !starter;
    case TEXT_ABBR_BEFORE_NUMBER: return is_digit(cp);
    default: return false;
    }
}

/* Rule 2: the quotation that the stop closes is a part of its sentence. */
static bool goes_on_in_kana(const struct ragd_str *v, const struct stop *stop)
{
    size_t len;
    return stop->closed && stop->next == stop->end &&
           text_run_of(cp_at(v, stop->end, &len)) == TEXT_RUN_HIRAGANA;
}

/* Whether the sentence that started at from ends with the stop: rules 2 to 5. */
static bool ends_at_stop(const struct ragd_str *v, size_t from, const struct stop *stop)
{
    size_t len, at;
    if (stop->next == v->n) {
        return true;
    }
    uint32_t follows = cp_at(v, stop->end, &len);
    if (stop->wide) {
        bool digit = is_digit(follows) || (follows >= 0xFF10 && follows <= 0xFF19);
        return !(stop->cp == WIDE_FULL_STOP && digit) && !goes_on_in_kana(v, stop);
    }
    bool blank = stop->next > stop->end;
    if (!blank && (text_run_of(follows) == TEXT_RUN_NONE || stop->dots)) {
        return false;
    }
    uint32_t cp = next_letter(v, stop, &at);
    bool small = cp && uc_is_property_lowercase(cp);
    if (small && (stop->dots || stop->closed)) {
        return false;
    }
    return !(stop->single && goes_on_after_word(v, from, stop));
}

/* --- Sentences ----------------------------------------------------------------- */

/* The sentence at from, on a line of this kind: its end without the blanks before
 * it, and in *next where to go on. */
static size_t find_end(const struct ragd_str *v, size_t from, enum line_kind kind,
                       size_t *next)
{
    size_t i = from, blank = from, solid = from, len;
    while (i < v->n) {
        uint32_t cp = cp_at(v, i, &len);
        if (i + len - from > TEXT_SENTENCE_BYTES_MAX) {
            *next = blank > from ? blank : i;
            return *next;
        }
        if (is_line_end(cp)) {
            if (ends_at_line(v, i, kind)) {
                break;
            }
            blank = solid;
            i = skip_line_end(v, i);
        } else if (is_space(cp)) {
            blank = solid;
            i += len;
        } else if (is_stop(cp) && kind != LINE_WHOLE) {
            struct stop stop = read_stop(v, i);
            i = solid = stop.end;
            if (ends_at_stop(v, from, &stop)) {
                break;
            }
        } else {
            i = solid = i + len;
        }
    }
    *next = i;
    return solid;
}

/* Where a sentence starts, and on what line. */
struct opening {
    size_t at;
    enum line_kind kind;
    bool mark;      /* behind a heading's # */
    unsigned lines; /* line ends before it; the text's start is a blank line */
};

/* The first sentence at or behind pos; false: there is none. */
static bool find_start(const struct ragd_str *v, size_t pos, struct opening *out)
{
    size_t i = pos, len;
    *out = (struct opening){.lines = i == 0 ? 2 : 0};
    while (i < v->n) {
        uint32_t cp = cp_at(v, i, &len);
        if (is_line_end(cp)) {
            out->lines++;
            out->mark = false;
            i = skip_line_end(v, i);
            continue;
        }
        if (!is_space(cp)) {
            size_t text = i;
            out->kind = out->lines ? line_kind(v, i, &text) : LINE_TEXT;
            if (text == i) {
                out->at = i;
                return true;
            }
            out->mark = v->p[i] == '#';
            out->lines = 0;
            i = skip_space(v, text);
            if (i < v->n && !is_line_end(cp_at(v, i, &len))) {
                out->at = i;
                return true;
            }
            continue;
        }
        i += len;
    }
    return false;
}

/* Whether the sentence is a short line of its own between blank lines, that says
 * nothing: no digit, no stop, no colon. */
static bool stands_alone(const struct ragd_str *v, const struct text_sentence *s)
{
    size_t len, text;
    if (s->end - s->start > HEADING_BYTES_MAX) {
        return false;
    }
    for (size_t i = s->start; i < s->end; i += len) {
        uint32_t cp = cp_at(v, i, &len);
        if (is_stop(cp) || is_digit(cp) || is_line_end(cp) || cp == ':' || cp == 0xFF1A) {
            return false;
        }
    }
    size_t at = skip_space(v, s->end);
    return at < v->n && is_line_end(cp_at(v, at, &len)) &&
           line_kind(v, skip_space(v, skip_line_end(v, at)), &text) == LINE_BLANK;
}

bool text_sentence_next(struct ragd_str text, size_t *pos, struct text_sentence *out)
{
    struct opening from;
    if (!find_start(&text, *pos, &from)) {
        *pos = text.n;
        return false;
    }
    out->start = from.at;
    out->end = find_end(&text, from.at, from.kind, pos);
    out->row = from.kind == LINE_WHOLE &&
               (text.p[from.at] == '|' || is_row(&text, from.at));
    out->heading = from.mark ||
                   (from.lines > 1 && from.kind == LINE_TEXT && stands_alone(&text, out));
    return true;
}
