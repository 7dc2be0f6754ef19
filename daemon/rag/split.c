/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/split.h"

#include <string.h>

#include "core/mem.h"
#include "core/utf8.h"

/* A part of the text, in bytes and in code points. */
struct piece {
    size_t start, end;
    size_t index, points;
};

/*
 * One run. The window holds the pieces of the chunk that is growing; it is
 * shared by all levels of recursion, since a level empties it before it goes
 * down and at its own end.
 */
struct splitting {
    const struct split_job *job;
    struct split_list *list;
    struct err *err;
    const char *text;
    struct piece *window;
    size_t head, len, cap;
    size_t total;          /* code points of the window's pieces, joined */
    size_t gaps;           /* neighbours in it that are not neighbours in the text */
    size_t line_at, block; /* the byte that line is of; the next block */
    uint64_t line;
};

/* What one separator makes of a region of the text. */
struct level {
    struct ragd_str separator;
    struct ragd_str joiner; /* put between pieces of one chunk */
    size_t joiner_points;
    size_t next_separator; /* index into the list; its end = none left */
};

struct cutter {
    const struct splitting *splitting;
    struct ragd_str separator;
    size_t separator_points;
    size_t pos, end; /* bytes not yet handed out */
    size_t index;    /* code point at pos */
    size_t from;     /* where the next separator is looked for */
};

static size_t points_in(const char *p, size_t n)
{
    enum { SHORT = 24 }; /* bytes up to which a call costs more than it saves */
    if (n > SHORT) {
        return utf8_count(p, n);
    }
    size_t points = 0;
    for (size_t i = 0; i < n; i++) {
        points += ((unsigned char)p[i] & 0xC0) != 0x80;
    }
    return points;
}

/* White space as Unicode and Python's str.isspace have it: 29 code points. */
static bool is_space(uint32_t c)
{
    if (c < 0x80) {
        return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
    }
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Moves [start, end) inwards over white space; true when nothing is left. */
static bool strip(const char *text, size_t *start, size_t *end)
{
    uint32_t c;
    while (*start < *end) {
        size_t n = utf8_next(text + *start, *end - *start, &c);
        if (!is_space(c)) {
            break;
        }
        *start += n;
    }
    while (*end > *start) {
        size_t at = *end - 1;
        while (((unsigned char)text[at] & 0xC0) == 0x80) {
            at--;
        }
        utf8_next(text + at, *end - at, &c);
        if (!is_space(c)) {
            break;
        }
        *end = at;
    }
    return *start == *end;
}

static size_t find(const struct splitting *s, struct ragd_str separator, size_t from,
                   size_t end)
{
    const char *at = memmem(s->text + from, end - from, separator.p, separator.n);
    return at ? (size_t)(at - s->text) : end;
}

static int check_room(struct splitting *s)
{
    enum { STOP_EVERY = 256 }; /* chunks */
    struct split_list *list = s->list;
    if (s->job->max && s->job->before + list->n >= s->job->max) {
        err_set(s->err, ERR_LIMIT, "a source of more than %zu chunks, limits.chunks",
                s->job->max);
        return err_hint(s->err, "use larger chunks, or split the source");
    }
    if (list->n % STOP_EVERY == 0 && s->job->stop && s->job->stop(s->job->arg)) {
        return err_set(s->err, ERR_CANCELLED, NULL);
    }
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 16;
        struct split_chunk *chunks = mem_realloc(list->chunks, cap, sizeof(*list->chunks));
        if (!chunks) {
            return err_set(s->err, ERR_NOMEM, NULL);
        }
        list->chunks = chunks;
        list->cap = cap;
    }
    return 0;
}

static uint64_t line_ends(const char *p, const char *end)
{
    uint64_t n = 0;
    while ((p = memchr(p, '\n', (size_t)(end - p)))) {
        n++;
        p++;
    }
    return n;
}

/* Of the text's first byte: counted back from the first block that has one. */
static uint64_t first_line(const struct split_job *job)
{
    for (size_t i = 0; i < job->n_blocks; i++) {
        const struct ragd_block *b = &job->blocks[i];
        if (b->line) {
            uint64_t before = line_ends(job->text.p, job->text.p + b->off);
            return b->line > before ? b->line - before : 1;
        }
    }
    return 1;
}

/* Chunks start in order, so lines are counted on from the chunk or block before. */
static uint32_t line_of(struct splitting *s, size_t at)
{
    const struct split_job *job = s->job;
    for (; s->block < job->n_blocks && job->blocks[s->block].off <= at; s->block++) {
        if (job->blocks[s->block].line) {
            s->line = job->blocks[s->block].line;
            s->line_at = (size_t)job->blocks[s->block].off;
        }
    }
    s->line += line_ends(s->text + s->line_at, s->text + at);
    s->line_at = at;
    return s->line < UINT32_MAX ? (uint32_t)s->line : UINT32_MAX;
}

static int emit(struct splitting *s, const struct piece *span, struct ragd_str text,
                uint32_t flags)
{
    int rc = check_room(s);
    if (rc) {
        return rc;
    }
    s->list->chunks[s->list->n++] = (struct split_chunk){
        .text = text,
        .span = {.start_index = span->index,
                 .end_index = span->index + span->points,
                 .start_byte = span->start,
                 .end_byte = span->end,
                 .line = line_of(s, span->start),
                 .flags = flags},
    };
    return 0;
}

static int emit_span(struct splitting *s, const struct piece *span)
{
    struct ragd_str text = {s->text + span->start, span->end - span->start};
    return emit(s, span, text, 0);
}

/* The byte of the text that the byte off of the joined window comes from. */
static size_t origin(const struct splitting *s, const struct level *level, size_t off)
{
    for (size_t i = 0;; i++) {
        const struct piece *piece = &s->window[s->head + i];
        /* A joiner stands for the separator right after the piece. */
        size_t n = piece->end - piece->start + level->joiner.n;
        if (off < n || i + 1 == s->len) {
            return piece->start + off;
        }
        off -= n;
    }
}

static size_t joined_bytes(const struct splitting *s, const struct level *level)
{
    size_t n = (s->len - 1) * level->joiner.n;
    for (size_t i = 0; i < s->len; i++) {
        n += s->window[s->head + i].end - s->window[s->head + i].start;
    }
    return n;
}

static void join(const struct splitting *s, const struct level *level, char *out)
{
    for (size_t i = 0; i < s->len; i++) {
        const struct piece *piece = &s->window[s->head + i];
        size_t n = piece->end - piece->start;
        memcpy(out, s->text + piece->start, n);
        out += n;
        if (i + 1 < s->len) {
            memcpy(out, level->joiner.p, level->joiner.n);
            out += level->joiner.n;
        }
    }
}

/* A window with gaps: its text is not in the document and is made here. */
static int emit_joined(struct splitting *s, const struct level *level)
{
    size_t n = joined_bytes(s, level), start = 0, end = n;
    char *text = arena_alloc(&s->list->joined, n);
    if (!text) {
        return err_set(s->err, ERR_NOMEM, NULL);
    }
    join(s, level, text);
    if (s->job->splitter->strip && strip(text, &start, &end)) {
        return 0;
    }
    const struct piece *first = &s->window[s->head];
    struct piece span = {.start = origin(s, level, start),
                         .end = origin(s, level, end - 1) + 1};
    span.index = first->index +
                 points_in(s->text + first->start, span.start - first->start);
    span.points = points_in(s->text + span.start, span.end - span.start);
    /* Stripping may have taken the part with the gap. */
    bool whole = span.end - span.start == end - start &&
                 memcmp(s->text + span.start, text + start, end - start) == 0;
    struct ragd_str out = {text + start, end - start};
    return emit(s, &span, out, whole ? 0 : RAGD_SPAN_GAPS);
}

static int emit_window(struct splitting *s, const struct level *level)
{
    if (s->gaps) {
        return emit_joined(s, level);
    }
    const struct piece *first = &s->window[s->head];
    struct piece span = {first->start, s->window[s->head + s->len - 1].end, first->index,
                         s->total};
    if (s->job->splitter->strip) {
        size_t start = span.start, end = span.end;
        if (strip(s->text, &start, &end)) {
            return 0;
        }
        size_t before = points_in(s->text + span.start, start - span.start);
        span.index += before;
        span.points -= before + points_in(s->text + end, span.end - end);
        span.start = start;
        span.end = end;
    }
    return emit_span(s, &span);
}

static bool gap_between(const struct level *level, const struct piece *pair)
{
    return pair[1].start - pair[0].end != level->joiner.n;
}

static void window_drop(struct splitting *s, const struct level *level)
{
    const struct piece *first = &s->window[s->head];
    s->total -= first->points + (s->len > 1 ? level->joiner_points : 0);
    s->gaps -= s->len > 1 && gap_between(level, first);
    s->head++;
    s->len--;
}

static int window_push(struct splitting *s, const struct level *level,
                       const struct piece *piece)
{
    if (s->head + s->len == s->cap) {
        if (s->head > s->cap / 2) {
            memmove(s->window, s->window + s->head, s->len * sizeof(*s->window));
            s->head = 0;
        } else {
            size_t cap = s->cap ? 2 * s->cap : 64;
            struct piece *window = mem_realloc(s->window, cap, sizeof(*window));
            if (!window) {
                return err_set(s->err, ERR_NOMEM, NULL);
            }
            s->window = window;
            s->cap = cap;
        }
    }
    s->window[s->head + s->len] = *piece;
    s->gaps += s->len && gap_between(level, &s->window[s->head + s->len - 1]);
    s->total += piece->points + (s->len ? level->joiner_points : 0);
    s->len++;
    return 0;
}

static bool overflows(const struct splitting *s, const struct level *level,
                      const struct piece *piece)
{
    size_t joiner = s->len ? level->joiner_points : 0;
    return s->total + piece->points + joiner > s->job->splitter->chunk_size;
}

/* Adds a piece to the growing chunk; a full one goes out first and leaves as
 * many of its last pieces as the overlap allows. */
static int merge(struct splitting *s, const struct level *level, const struct piece *piece)
{
    if (s->len && overflows(s, level, piece)) {
        int rc = emit_window(s, level);
        if (rc) {
            return rc;
        }
        while (s->total > s->job->splitter->chunk_overlap ||
               (s->total && overflows(s, level, piece))) {
            window_drop(s, level);
        }
    }
    return window_push(s, level, piece);
}

static int flush(struct splitting *s, const struct level *level)
{
    int rc = s->len ? emit_window(s, level) : 0;
    s->head = s->len = s->total = s->gaps = 0;
    return rc;
}

/* Every code point is a piece. */
static bool cut_point(struct cutter *cutter, struct piece *out)
{
    if (cutter->pos == cutter->end) {
        return false;
    }
    uint32_t c;
    size_t n = utf8_next(cutter->splitting->text + cutter->pos, cutter->end - cutter->pos,
                         &c);
    *out = (struct piece){cutter->pos, cutter->pos + n, cutter->index++, 1};
    cutter->pos += n;
    return true;
}

/* The next piece that is not empty, false at the end. */
static bool cut(struct cutter *cutter, struct piece *out)
{
    const struct splitting *s = cutter->splitting;
    enum splitter_keep keep = s->job->splitter->keep;
    if (!cutter->separator.n) {
        return cut_point(cutter, out);
    }
    while (cutter->pos < cutter->end) {
        size_t match = find(s, cutter->separator, cutter->from, cutter->end);
        size_t after = match < cutter->end ? match + cutter->separator.n : match;
        size_t end = keep == SPLITTER_KEEP_END ? after : match;
        size_t points = points_in(s->text + cutter->pos, end - cutter->pos);
        *out = (struct piece){cutter->pos, end, cutter->index, points};
        cutter->index += points;
        cutter->pos = end;
        cutter->from = after;
        if (keep == SPLITTER_KEEP_NONE) {
            cutter->index += after > match ? cutter->separator_points : 0;
            cutter->pos = after;
        }
        if (out->end > out->start) {
            return true;
        }
    }
    return false;
}

/* The first separator from the given one on that is empty or occurs. */
static struct level choose(const struct splitting *s, const struct piece *region,
                           size_t from)
{
    const struct splitter *splitter = s->job->splitter;
    size_t n = splitter->n_separators, at = from;
    while (at < n && splitter->separators[at].n &&
           find(s, splitter->separators[at], region->start, region->end) == region->end) {
        at++;
    }
    struct level level = {.next_separator = n};
    if (at == n) {
        at = n - 1;
    } else if (splitter->separators[at].n) {
        level.next_separator = at + 1;
    }
    level.separator = splitter->separators[at];
    if (splitter->keep == SPLITTER_KEEP_NONE) {
        level.joiner = level.separator;
        level.joiner_points = points_in(level.joiner.p, level.joiner.n);
    }
    return level;
}

/* Recurses once per separator at most. */
static int split_region(struct splitting *s, const struct piece *region, size_t from)
{
    const struct splitter *splitter = s->job->splitter;
    struct level level = choose(s, region, from);
    bool deeper = splitter->kind == SPLITTER_RECURSIVE;
    struct cutter cutter = {s,
                            level.separator,
                            points_in(level.separator.p, level.separator.n),
                            region->start,
                            region->end,
                            region->index,
                            region->start};
    struct piece piece;
    while (cut(&cutter, &piece)) {
        int rc;
        if (!deeper || piece.points < splitter->chunk_size) {
            rc = merge(s, &level, &piece);
        } else if (!(rc = flush(s, &level))) {
            rc = level.next_separator < splitter->n_separators
                     ? split_region(s, &piece, level.next_separator)
                     : emit_span(s, &piece);
        }
        if (rc) {
            return rc;
        }
    }
    return flush(s, &level);
}

int split(const struct split_job *job, struct split_list *out, struct err *err)
{
    struct split_list list = {0};
    struct splitting s = {.job = job, .list = &list, .err = err, .text = job->text.p};
    struct piece all = {.end = job->text.n};
    s.line = job->text.n ? first_line(job) : 1;
    int rc = job->text.n ? split_region(&s, &all, 0) : 0;
    mem_free(s.window);
    if (rc) {
        split_list_release(&list);
        return rc;
    }
    *out = list;
    return 0;
}

void split_list_release(struct split_list *list)
{
    mem_free(list->chunks);
    arena_release(&list->joined);
    *list = (struct split_list){0};
}
