/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/loader/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchardet/uchardet.h>

#include "sdk/loader/charset_names.h"
#include "sdk/text/utf8.h"

enum {
    GUESS_BYTES = 256 * 1024, /* what a guess looks at */
    GROW_BYTES = 4096,
    CONTROLS_PER_1000 = 20, /* above this, a file is no text */
};

/* ---- byte order marks --------------------------------------------------------- */

/* Longer marks first: that of UTF-32LE begins like that of UTF-16LE. */
static const struct mark {
    const char *bytes;
    size_t n;
    const char *charset;
} marks[] = {
    {"\xff\xfe\x00\x00", 4, "UTF-32LE"}, {"\x00\x00\xfe\xff", 4, "UTF-32BE"},
    {"\xef\xbb\xbf", 3, "UTF-8"},        {"\xff\xfe", 2, "UTF-16LE"},
    {"\xfe\xff", 2, "UTF-16BE"},
};

static const struct mark *find_mark(struct ragd_bytes in)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (in.n >= marks[i].n && memcmp(in.p, marks[i].bytes, marks[i].n) == 0) {
            return &marks[i];
        }
    }
    return NULL;
}

/* ---- what is no text ----------------------------------------------------------- */

static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b) ||
           c == 0x7f;
}

/* Why a file that begins so is no text; false: it may be text. */
static bool looks_binary(struct ragd_bytes head, char why[CHARSET_WHY_BYTES])
{
    const struct mark *mark = find_mark(head);
    if (mark && mark->n != 3) {
        return false; /* UTF-16 and UTF-32 are full of zeros */
    }
    const unsigned char *p = head.p;
    size_t controls = 0;
    for (size_t i = 0; i < head.n; i++) {
        if (p[i] == 0) {
            snprintf(why, CHARSET_WHY_BYTES,
                     "it looks binary: byte %zu is NUL; text in UTF-16 without a byte "
                     "order mark is read with the loader option charset=UTF-16LE",
                     i);
            return true;
        }
        controls += is_control(p[i]);
    }
    if (controls * 1000 <= head.n * CONTROLS_PER_1000) {
        return false;
    }
    snprintf(why, CHARSET_WHY_BYTES,
             "it looks binary: %zu of %zu bytes are control characters, and text has at "
             "most %d in 1000",
             controls, head.n, CONTROLS_PER_1000);
    return true;
}

bool charset_is_text(struct ragd_bytes head)
{
    char why[CHARSET_WHY_BYTES];
    return !looks_binary(head, why);
}

/* ---- decoding ------------------------------------------------------------------- */

/* "BEGIN NAME END" says why; returns status. */
static ragd_status fail(struct charset_text *out, ragd_status status,
                        const char *const words[3])
{
    snprintf(out->why, sizeof(out->why), "%s%s%s", words[0], words[1], words[2]);
    return status;
}

#define FAIL(out, status, begin, name, end) \
    fail(out, status, (const char *const[3]){begin, name, end})

struct sink {
    char *p;
    size_t n, cap, max;
};

static ragd_status grow(struct sink *sink)
{
    if (sink->cap >= sink->max) {
        return RAGD_E_LIMIT;
    }
    size_t cap = sink->cap * 2 + GROW_BYTES;
    cap = cap > sink->max ? sink->max : cap;
    char *p = realloc(sink->p, cap);
    if (!p) {
        return RAGD_E_NOMEM;
    }
    sink->p = p;
    sink->cap = cap;
    return RAGD_OK;
}

/* All of in, every byte of it, or nothing. The last call gives the letter that
 * some charsets hold back for an accent that may follow. */
static ragd_status convert(iconv_t cd, struct ragd_bytes in, struct sink *sink)
{
    char *from = (char *)(uintptr_t)in.p;
    size_t left = in.n;
    ragd_status rc = RAGD_OK;
    while (rc == RAGD_OK) {
        char *to = sink->p + sink->n;
        size_t room = sink->cap - sink->n;
        bool last = left == 0;
        size_t got = iconv(cd, last ? NULL : &from, &left, &to, &room);
        sink->n = sink->cap - room;
        if (got != (size_t)-1 && last) {
            return RAGD_OK;
        }
        if (got == (size_t)-1) {
            rc = errno == E2BIG ? grow(sink) : RAGD_E_BAD_INPUT;
        }
    }
    return rc;
}

static ragd_status decode_as(struct ragd_bytes in, const char *charset, size_t max,
                             struct charset_text *out)
{
    iconv_t cd = charset_known(charset) ? iconv_open("UTF-8", charset) : (iconv_t)-1;
    if (cd == (iconv_t)-1) {
        return FAIL(out, RAGD_E_ARG, "no charset '", charset, "' is known here");
    }
    struct sink sink = {.max = max};
    ragd_status rc = grow(&sink);
    rc = rc ? rc : convert(cd, in, &sink);
    iconv_close(cd);
    /* glibc's UTF-8 goes on beyond the last character of Unicode. */
    if (rc == RAGD_OK && !text_utf8_valid(sink.p, sink.n)) {
        rc = RAGD_E_BAD_INPUT;
    }
    if (rc) {
        free(sink.p);
        return rc == RAGD_E_BAD_INPUT
                   ? FAIL(out, rc, "it is not ", charset, " all the way through")
                   : rc;
    }
    out->p = out->own = sink.p;
    out->n = sink.n;
    snprintf(out->name, sizeof(out->name), "%s", charset);
    return RAGD_OK;
}

/* The wider set that files so labelled are really in. */
static const char *wider(const char *charset)
{
    static const char *const names[][2] = {
        {"SHIFT_JIS", "CP932"}, {"EUC-KR", "CP949"},       {"ISO-8859-1", "WINDOWS-1252"},
        {"GB2312", "GB18030"},  {"ASCII", "WINDOWS-1252"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i][0], charset) == 0) {
            return names[i][1];
        }
    }
    return charset;
}

static bool has_c1(struct ragd_str s)
{
    for (size_t i = 0; i + 1 < s.n; i++) {
        if ((unsigned char)s.p[i] == 0xc2 && (unsigned char)s.p[i + 1] < 0xa0) {
            return true;
        }
    }
    return false;
}

static ragd_status guess(struct ragd_bytes in, size_t max, struct charset_text *out)
{
    uchardet_t detector = uchardet_new();
    if (!detector) {
        return RAGD_E_NOMEM;
    }
    char name[CHARSET_NAME_BYTES] = "";
    size_t n = in.n < GUESS_BYTES ? in.n : GUESS_BYTES;
    if (uchardet_handle_data(detector, in.p, n) == 0) {
        uchardet_data_end(detector);
        snprintf(name, sizeof(name), "%s", wider(uchardet_get_charset(detector)));
    }
    uchardet_delete(detector);
    if (!name[0]) {
        return FAIL(out, RAGD_E_BAD_INPUT, "its encoding is not known", "", "");
    }
    ragd_status rc = decode_as(in, name, max, out);
    if (rc == RAGD_OK && has_c1((struct ragd_str){out->p, out->n})) {
        charset_release(out);
        rc = RAGD_E_BAD_INPUT;
    }
    if (rc == RAGD_E_BAD_INPUT || rc == RAGD_E_ARG) {
        return FAIL(out, RAGD_E_BAD_INPUT, "its encoding looks like ", name, " and is not");
    }
    out->guessed = rc == RAGD_OK;
    return rc;
}

/* ---- UTF-8 --------------------------------------------------------------------- */

/* Bytes of the maximal subpart of an ill-formed sequence at s: what a longer
 * well-formed one could begin with, else 1 (Unicode 15.0, D93b and table 3-7). */
static size_t subpart_bytes(const unsigned char *s, size_t n)
{
    static const struct {
        unsigned char first, last, low, high; /* lead bytes, and what may follow */
        size_t bytes;
    } rows[] = {
        {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
        {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (s[0] < rows[i].first || s[0] > rows[i].last) {
            continue;
        }
        if (n < 2 || s[1] < rows[i].low || s[1] > rows[i].high) {
            return 1;
        }
        size_t len = 2;
        while (len < n && len < rows[i].bytes - 1 && (s[len] & 0xc0) == 0x80) {
            len++;
        }
        return len;
    }
    return 1;
}

/* What is not ASCII in a text that may be UTF-8. */
struct census {
    uint64_t wide, ill; /* well-formed sequences, ill-formed subparts */
};

/* Moves over what stands at *at: whether it is well-formed. */
static bool step(struct ragd_bytes in, size_t *at, struct census *census)
{
    const char *s = (const char *)in.p + *at;
    uint32_t cp;
    size_t len = text_utf8_next(s, in.n - *at, &cp);
    bool well = cp != TEXT_UTF8_BAD;
    *at += well ? len : subpart_bytes((const unsigned char *)s, in.n - *at);
    census->wide += well && len > 1;
    census->ill += !well;
    return well;
}

static struct census take_census(struct ragd_bytes in)
{
    struct census census = {0, 0};
    for (size_t at = 0; at < in.n;) {
        step(in, &at, &census);
    }
    return census;
}

static ragd_status as_utf8(struct ragd_bytes in, size_t max, struct charset_text *out)
{
    struct census census = {0, 0};
    if (!text_utf8_valid(in.p, in.n)) {
        census = take_census(in);
    }
    if (in.n > max || census.ill * 2 > max - in.n) { /* one byte becomes three at most */
        return RAGD_E_LIMIT;
    }
    out->p = in.p;
    out->n = in.n;
    out->replaced = census.ill;
    snprintf(out->name, sizeof(out->name), "UTF-8");
    if (census.ill == 0) {
        return RAGD_OK;
    }
    char *to = malloc(in.n + (size_t)census.ill * 2);
    if (!to) {
        return RAGD_E_NOMEM;
    }
    size_t n = 0;
    for (size_t at = 0, from = 0; at < in.n; from = at) {
        bool well = step(in, &at, &census);
        size_t len = well ? at - from : 3;
        memcpy(to + n, well ? (const char *)in.p + from : "\xef\xbf\xbd", len);
        n += len;
    }
    out->p = out->own = to;
    out->n = n;
    return RAGD_OK;
}

/* Not marked and not asked for: rules 3 to 5. */
static ragd_status find_out(struct ragd_bytes in, size_t max, struct charset_text *out)
{
    if (text_utf8_valid(in.p, in.n)) {
        return as_utf8(in, max, out);
    }
    struct census census = take_census(in);
    if (census.ill * CHARSET_ILL_PER_WIDE <= census.wide + census.ill) {
        return as_utf8(in, max, out);
    }
    ragd_status rc = guess(in, max, out);
    if (rc == RAGD_E_BAD_INPUT && census.ill * CHARSET_ILL_PER_BYTES <= in.n) {
        rc = as_utf8(in, max, out);
    }
    return rc;
}

/* ---- line ends -------------------------------------------------------------------- */

/* CR LF and CR become LF. */
static ragd_status unify_lines(struct charset_text *text)
{
    if (text->n == 0 || !memchr(text->p, '\r', text->n)) {
        return RAGD_OK;
    }
    char *to = text->own ? text->own : malloc(text->n);
    if (!to) {
        return RAGD_E_NOMEM;
    }
    size_t n = 0;
    for (size_t i = 0; i < text->n; i++) {
        char c = text->p[i];
        if (c == '\r') {
            c = '\n';
            i += i + 1 < text->n && text->p[i + 1] == '\n';
        }
        to[n++] = c;
    }
    text->p = text->own = to;
    text->n = n;
    return RAGD_OK;
}

/* ---- all of it --------------------------------------------------------------------- */

static ragd_status decode_asked(struct ragd_bytes in, struct ragd_str charset, size_t max,
                                struct charset_text *out)
{
    char name[CHARSET_NAME_BYTES];
    snprintf(name, sizeof(name), "%.*s",
             (int)(charset.n < sizeof(name) ? charset.n : sizeof(name) - 1), charset.p);
    const struct mark *mark = find_mark(in);
    if (mark && strcasecmp(mark->charset, name) == 0) {
        in = (struct ragd_bytes){(const char *)in.p + mark->n, in.n - mark->n};
    }
    bool utf8 = strcasecmp(name, "UTF-8") == 0 || strcasecmp(name, "UTF8") == 0;
    return utf8 ? as_utf8(in, max, out) : decode_as(in, name, max, out);
}

static ragd_status decode_auto(struct ragd_bytes in, size_t max, struct charset_text *out)
{
    const struct mark *mark = find_mark(in);
    if (mark) {
        in = (struct ragd_bytes){(const char *)in.p + mark->n, in.n - mark->n};
    }
    if (mark && mark->n != 3) {
        return decode_as(in, mark->charset, max, out);
    }
    if (looks_binary(in, out->why)) {
        return RAGD_E_BAD_INPUT;
    }
    return mark ? as_utf8(in, max, out) : find_out(in, max, out);
}

ragd_status charset_decode(struct ragd_bytes in, struct ragd_str charset, size_t max,
                           struct charset_text *out)
{
    *out = (struct charset_text){.p = ""};
    if (in.n == 0) {
        snprintf(out->name, sizeof(out->name), "UTF-8");
        return RAGD_OK;
    }
    bool asked = charset.n && !(charset.n == 4 && memcmp(charset.p, "auto", 4) == 0);
    ragd_status rc = asked ? decode_asked(in, charset, max, out)
                           : decode_auto(in, max, out);
    if (rc == RAGD_OK && out->n && memchr(out->p, 0, out->n)) {
        rc = FAIL(out, RAGD_E_BAD_INPUT, "it holds NUL characters", "", "");
    }
    rc = rc ? rc : unify_lines(out);
    if (rc) {
        charset_release(out);
    }
    return rc;
}

void charset_release(struct charset_text *text)
{
    free(text->own);
    text->own = NULL;
    text->p = "";
    text->n = 0;
}
