/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/cite.h"

#include "core/utf8.h"

static void add_mark(struct cite_scan *scan, uint32_t n)
{
    for (size_t i = 0; i < scan->n_marks; i++) {
        if (scan->marks[i] == n) {
            return;
        }
    }
    if (scan->n_marks < CITE_MARKS_MAX) {
        scan->marks[scan->n_marks++] = n;
    }
}

static void reset(struct cite_scan *scan, bool open)
{
    scan->open = open;
    scan->blank = false;
    scan->n_group = 0;
    scan->number = scan->digits = 0;
}

/* A number ends: false when there is none, or too many. */
static bool end_number(struct cite_scan *scan)
{
    if (!scan->digits || !scan->number || scan->n_group == CITE_GROUP_MAX) {
        return false;
    }
    scan->group[scan->n_group++] = scan->number;
    scan->number = scan->digits = 0;
    scan->blank = false;
    return true;
}

static void scan_inside(struct cite_scan *scan, char c)
{
    if (c >= '0' && c <= '9' && !scan->blank && scan->digits < CITE_DIGITS_MAX) {
        scan->number = scan->number * 10 + (uint32_t)(c - '0');
        scan->digits++;
    } else if (c == ' ') {
        scan->blank = scan->digits > 0;
    } else if ((c == ',' || c == ';') && end_number(scan)) {
        return;
    } else if (c == ']' && end_number(scan)) {
        for (size_t i = 0; i < scan->n_group; i++) {
            add_mark(scan, scan->group[i]);
        }
        reset(scan, false);
    } else {
        reset(scan, c == '[');
    }
}

void cite_scan(struct cite_scan *scan, struct ragd_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (scan->open) {
            scan_inside(scan, text.p[i]);
        } else if (text.p[i] == '[') {
            reset(scan, true);
        }
    }
}

/* Places in a chunk's text are places in its document, moved by where the chunk
 * begins; not where the chunk has gaps. */
static void place(const struct ragd_record *rec, const struct llm_cite *cite,
                  struct ask_citation *out)
{
    bool whole = !cite->start && !cite->end;
    if (!rec->span) {
        out->start_index = cite->start;
        out->end_index = whole ? utf8_count(rec->text.p, rec->text.n) : cite->end;
    } else if (whole || rec->span->flags & RAGD_SPAN_GAPS) {
        out->start_index = rec->span->start_index;
        out->end_index = rec->span->end_index;
    } else {
        out->start_index = rec->span->start_index + cite->start;
        out->end_index = rec->span->start_index + cite->end;
    }
}

static struct ask_citation citation(const struct cite_sources *sources,
                                    const struct llm_cite *cite)
{
    struct ask_citation out = {.n = cite->n, .chunk = ragd_cs("")};
    if (cite->n >= 1 && cite->n <= sources->n) {
        const struct ragd_record *rec = sources->hits[cite->n - 1].chunk.rec;
        out.verified = true;
        out.chunk = rec->id;
        place(rec, cite, &out);
    }
    return out;
}

static bool is_named(const struct cite_sources *sources, uint32_t n)
{
    for (size_t i = 0; i < sources->n_cites; i++) {
        if (sources->cites[i].n == n) {
            return true;
        }
    }
    return false;
}

int cite_resolve(struct arena *arena, const struct cite_sources *sources,
                 const struct cite_scan *scan, struct ask *out)
{
    size_t n = 0;
    struct ask_citation *citations = arena_calloc(arena, sources->n_cites + scan->n_marks,
                                                  sizeof(*citations));
    if (!citations) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < sources->n_cites; i++) {
        citations[n++] = citation(sources, &sources->cites[i]);
    }
    for (size_t i = 0; i < scan->n_marks; i++) {
        if (!is_named(sources, scan->marks[i])) {
            citations[n++] = citation(sources, &(struct llm_cite){.n = scan->marks[i]});
        }
    }
    for (size_t i = 0; i < n; i++) {
        citations[i].chunk = arena_str(arena, citations[i].chunk);
        if (!citations[i].chunk.p) {
            return RAGD_E_NOMEM;
        }
    }
    out->citations = citations;
    out->n_citations = n;
    return 0;
}
