/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "render.h"

#include <md4c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "entity.h"
#include "sdk/text/utf8.h"

enum {
    /* Events per byte of input: a table of many columns and short rows makes
     * many more, which nobody wrote. */
    EVENTS_PER_BYTE = 8,
    EVENTS_MIN = 10000,
    CANCEL_EVERY = 1024,
    INDENT = 2,
    INDENT_MAX = 24,
    PARSER_WORD_BYTES = 64,
    PADDING_BYTES = 16,
};

/* In a block of HTML: of a comment, and of what is no text at all, all is
 * dropped up to its end. */
enum html_state { HTML_TEXT, HTML_TAG, HTML_COMMENT, HTML_SCRIPT };

static const size_t NO_PLACE = SIZE_MAX;

/* ---- the source's own places ---------------------------------------------------- */

static bool in_source(const struct render *r, const char *p, size_t n)
{
    const char *end = r->padded + r->source.n;
    return p >= r->padded && p <= end && n <= (size_t)(end - p);
}

static uint32_t line_ends(const char *p, const char *end)
{
    uint32_t n = 0;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        n++;
        p++;
    }
    return n;
}

/* The parser gives texts in order, so lines are counted on from the one before. */
static void note_place(struct render *r, const char *p, size_t n)
{
    r->out.line = 0;
    if (n == 0 || !in_source(r, p, n)) {
        return;
    }
    size_t at = (size_t)(p - r->padded);
    if (at > r->line_at) {
        r->line += line_ends(r->padded + r->line_at, p);
        r->line_at = at;
    }
    r->out.line = r->line;
    if (r->first == NO_PLACE) {
        r->first = at;
        r->first_line = r->line;
    }
    r->last = at + n;
}

/* The lines of the text since the last block as a block. */
static void add_source_block(struct render *r, uint32_t kind, uint32_t level)
{
    size_t begin = r->first, end = r->last;
    if (begin == NO_PLACE || r->out.status) {
        return;
    }
    r->first = NO_PLACE;
    while (begin > 0 && r->source.p[begin - 1] != '\n') {
        begin--;
    }
    while (end > begin && r->source.p[end - 1] == '\n') {
        end--;
    }
    while (end < r->source.n && r->source.p[end] != '\n') {
        end++;
    }
    /* output's own positions are of a text: here they are the source's. */
    r->out.n = begin;
    output_open(&r->out, kind, level);
    if (r->out.status == RAGD_OK) {
        r->out.blocks[r->out.n_blocks - 1].off = begin;
        r->out.blocks[r->out.n_blocks - 1].line = r->first_line;
    }
    r->out.n = end;
    output_close(&r->out);
}

/* ---- blocks ----------------------------------------------------------------------- */

static uint32_t kind_of(MD_BLOCKTYPE type)
{
    switch (type) {
    case MD_BLOCK_H: return RAGD_BLOCK_HEADING;
    case MD_BLOCK_CODE: return RAGD_BLOCK_CODE;
    case MD_BLOCK_TABLE: return RAGD_BLOCK_TABLE;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL: return RAGD_BLOCK_LIST;
    case MD_BLOCK_QUOTE: return RAGD_BLOCK_QUOTE;
    default: return RAGD_BLOCK_PARAGRAPH;
    }
}

static uint32_t level_of(const struct render *r, MD_BLOCKTYPE type, const void *detail)
{
    if (type == MD_BLOCK_H) {
        return ((const MD_BLOCK_H_DETAIL *)detail)->level;
    }
    return type == MD_BLOCK_UL || type == MD_BLOCK_OL ? r->lists : 0;
}

static bool makes_block(MD_BLOCKTYPE type)
{
    switch (type) {
    case MD_BLOCK_QUOTE:
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
    case MD_BLOCK_H:
    case MD_BLOCK_CODE:
    case MD_BLOCK_HTML:
    case MD_BLOCK_P:
    case MD_BLOCK_TABLE: return true;
    default: return false;
    }
}

static bool is_leaf(MD_BLOCKTYPE type)
{
    return makes_block(type) && type != MD_BLOCK_QUOTE && type != MD_BLOCK_UL &&
           type != MD_BLOCK_OL;
}

static void enter_list(struct render *r, unsigned start)
{
    if (r->lists < OPEN_BLOCKS_MAX) {
        r->numbers[r->lists] = start;
    }
    r->lists++;
    output_lines(&r->out, r->lists == 1 ? 2 : 1);
}

static void enter_item(struct render *r, const MD_BLOCK_LI_DETAIL *item)
{
    unsigned depth = r->lists ? r->lists - 1 : 0;
    unsigned indent = depth * INDENT < INDENT_MAX ? depth * INDENT : INDENT_MAX;
    const char *task = !item->is_task ? "" : item->task_mark == ' ' ? "[ ] " : "[x] ";
    char mark[MARK_BYTES];
    unsigned *number = depth < OPEN_BLOCKS_MAX ? &r->numbers[depth] : NULL;
    if (number && *number) {
        snprintf(mark, sizeof(mark), "%*s%u. %s", (int)indent, "", *number - 1, task);
        ++*number;
    } else {
        snprintf(mark, sizeof(mark), "%*s- %s", (int)indent, "", task);
    }
    output_mark(&r->out, ""); /* of an empty item in front */
    output_lines(&r->out, 1);
    output_mark(&r->out, mark);
}

static void enter_plain(struct render *r, MD_BLOCKTYPE type, void *detail)
{
    switch (type) {
    case MD_BLOCK_UL: enter_list(r, 0); break;
    case MD_BLOCK_OL: enter_list(r, ((MD_BLOCK_OL_DETAIL *)detail)->start + 1); break;
    case MD_BLOCK_LI: enter_item(r, detail); break;
    case MD_BLOCK_TR:
        output_lines(&r->out, 1);
        r->cells = 0;
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        if (r->cells++) {
            output_text(&r->out, " | ", 3);
        }
        break;
    default:
        if (makes_block(type)) {
            output_lines(&r->out, 2);
        }
    }
    if (makes_block(type)) {
        output_open(&r->out, kind_of(type), level_of(r, type, detail));
    }
}

/* Whether to go on; md4c ends at anything but 0. */
static int go_on(struct render *r)
{
    if (r->out.status == RAGD_OK && ++r->events > r->events_max) {
        r->out.status = RAGD_E_LIMIT;
    }
    if (r->out.status == RAGD_OK && r->events % CANCEL_EVERY == 0) {
        r->out.status = r->host->call_state(r->call);
    }
    return r->out.status ? -1 : 0;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct render *r = arg;
    r->in_html = type == MD_BLOCK_HTML;
    r->html = HTML_TEXT;
    r->out.line = 0; /* what stands between cells has none */
    r->in_heading = type == MD_BLOCK_H && r->heading_n == 0;
    if (r->plain) {
        enter_plain(r, type, detail);
    } else if (makes_block(type) || type == MD_BLOCK_LI) {
        add_source_block(r, RAGD_BLOCK_LIST, r->lists); /* of an item without paragraphs */
        r->lists += type == MD_BLOCK_UL || type == MD_BLOCK_OL;
    }
    return go_on(r);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct render *r = arg;
    if (r->plain) {
        if (type == MD_BLOCK_CODE || type == MD_BLOCK_HTML) {
            output_trim(&r->out);
        }
        if (makes_block(type)) {
            output_close(&r->out);
        }
    } else if (is_leaf(type)) {
        add_source_block(r, kind_of(type), level_of(r, type, detail));
    } else if (type == MD_BLOCK_LI) {
        add_source_block(r, RAGD_BLOCK_LIST, r->lists);
    }
    r->lists -= (type == MD_BLOCK_UL || type == MD_BLOCK_OL) && r->lists;
    if (type == MD_BLOCK_LI) {
        output_mark(&r->out, "");
    }
    r->in_html = r->in_heading = false;
    return go_on(r);
}

static int enter_span(MD_SPANTYPE type, void *detail, void *arg)
{
    (void)type;
    (void)detail;
    return go_on(arg);
}

static int leave_span(MD_SPANTYPE type, void *detail, void *arg)
{
    (void)type;
    (void)detail;
    return go_on(arg);
}

/* ---- text ------------------------------------------------------------------------- */

static void put(struct render *r, const char *p, size_t n)
{
    if (r->in_heading && r->heading_n < HEADING_BYTES - 1) {
        size_t room = HEADING_BYTES - 1 - r->heading_n;
        size_t part = n <= room ? n : text_utf8_cut(p, n, room);
        memcpy(r->heading + r->heading_n, p, part);
        r->heading_n += part;
        if (part < n) {
            r->in_heading = false;
        }
    }
    if (r->plain) {
        output_text(&r->out, p, n);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* Text between tags: white space at its ends is owed like a line break. */
static void put_between(struct render *r, const char *p, size_t n)
{
    size_t begin = 0, end = n;
    while (begin < n && is_blank(p[begin])) {
        begin++;
    }
    while (end > begin && is_blank(p[end - 1])) {
        end--;
    }
    bool line = memchr(p, '\n', begin) != NULL;
    if (begin) {
        line ? output_lines(&r->out, 1) : output_soft_break(&r->out);
    }
    put(r, p + begin, end - begin);
    if (end < n) {
        memchr(p + end, '\n', n - end) ? output_lines(&r->out, 1)
                                       : output_soft_break(&r->out);
    }
}

static bool begins(const char *p, size_t n, const char *with)
{
    return n >= strlen(with) && strncasecmp(p, with, strlen(with)) == 0;
}

/* Where what begins at the '<' leads. */
static enum html_state open_tag(const char *p, size_t n)
{
    if (begins(p, n, "<!--")) {
        return HTML_COMMENT;
    }
    return begins(p, n, "<script") || begins(p, n, "<style") ? HTML_SCRIPT : HTML_TAG;
}

/* Of a block of HTML, what stands between the tags. */
static void put_html(struct render *r, const char *p, size_t n)
{
    size_t begin = 0;
    for (size_t i = 0; i < n; i++) {
        if (r->html == HTML_TEXT && p[i] == '<') {
            put_between(r, p + begin, i - begin);
            r->html = (int)open_tag(p + i, n - i);
        } else if (p[i] == '>' &&
                   (r->html == HTML_TAG || (r->html == HTML_COMMENT && i >= 2 &&
                                            memcmp(p + i - 2, "--", 2) == 0))) {
            r->html = HTML_TEXT;
            begin = i + 1;
        }
    }
    if (r->html == HTML_TEXT) {
        put_between(r, p + begin, n - begin);
    }
}

static void put_entity(struct render *r, const char *p, size_t n)
{
    uint32_t cp = entity_decode(p, n);
    char utf8[TEXT_UTF8_MAX];
    if (cp) {
        put(r, utf8, text_utf8_put(cp, utf8));
    } else {
        put(r, p, n);
    }
}

/* Whether a piece is one: of the source, or one of the parser's short words. A
 * parser that counts past the end of a link once was enough. */
static bool is_piece(const struct render *r, const char *p, size_t n)
{
    return in_source(r, p, n) || n <= PARSER_WORD_BYTES;
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE n, void *arg)
{
    struct render *r = arg;
    if (!is_piece(r, p, n)) {
        r->out.status = RAGD_E_BAD_INPUT;
        return -1;
    }
    note_place(r, p, n);
    switch (type) {
    case MD_TEXT_NULLCHAR: put(r, "\xef\xbf\xbd", 3); break;
    case MD_TEXT_BR: r->in_heading ? put(r, " ", 1) : output_lines(&r->out, 1); break;
    case MD_TEXT_SOFTBR: r->in_heading ? put(r, " ", 1) : output_soft_break(&r->out); break;
    case MD_TEXT_ENTITY: put_entity(r, p, n); break;
    case MD_TEXT_HTML:
        if (r->in_html) {
            put_html(r, p, n);
        }
        break;
    default: put(r, p, n);
    }
    return go_on(r);
}

/* The parser looks past the end of the text at times: there is a line end and
 * some zeros. */
static ragd_status pad(struct render *r)
{
    r->padded = calloc(r->source.n + PADDING_BYTES, 1);
    if (!r->padded) {
        return RAGD_E_NOMEM;
    }
    memcpy(r->padded, r->source.p, r->source.n);
    r->padded[r->source.n] = '\n';
    return RAGD_OK;
}

ragd_status render_markdown(struct render *r, size_t max)
{
    static const MD_PARSER parser = {
        .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS,
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = enter_span,
        .leave_span = leave_span,
        .text = on_text,
    };
    if (r->source.n > UINT32_MAX - PADDING_BYTES) {
        return RAGD_E_LIMIT;
    }
    if (pad(r)) {
        return RAGD_E_NOMEM;
    }
    output_init(&r->out, max);
    r->first = NO_PLACE;
    r->line = 1 + line_ends(r->front.p, r->front.p + r->front.n);
    r->events_max = r->source.n * EVENTS_PER_BYTE + EVENTS_MIN;
    int rc = md_parse(r->padded, (MD_SIZE)r->source.n + 1, &parser, r);
    return rc && r->out.status == RAGD_OK ? RAGD_E_NOMEM : r->out.status;
}

void render_release(struct render *r)
{
    output_release(&r->out);
    free(r->padded);
    r->padded = NULL;
}
