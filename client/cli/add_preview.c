/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * rag add --dry-run: several sources are read at the same time, so the parts of
 * a source's documents are kept until its result comes.
 */
#include <stdlib.h>
#include <string.h>

#include "add_report.h"
#include "document_id.h"
#include "pool.h"
#include "show.h"
#include "text.h"

static const Ragd__V1__DocumentPreview *part_of(const struct preview *preview)
{
    return preview->event->preview;
}

static const Ragd__V1__Document *document_of(const struct preview *preview)
{
    return part_of(preview)->document;
}

static bool belongs(const struct preview *preview, const char *source)
{
    return strcmp(document_of(preview)->source, source) == 0;
}

void preview_take(struct add_report *report, Ragd__V1__AddEvent *event)
{
    if (!event->preview->document && !report->last_preview) {
        ragd__v1__add_event__free_unpacked(event, NULL);
        return;
    }
    struct preview *preview = must_alloc(sizeof(*preview));
    *preview = (struct preview){.event = event};
    preview->more_end = &preview->more;
    if (!event->preview->document) {
        *report->last_preview->more_end = preview;
        report->last_preview->more_end = &preview->next;
        return;
    }
    struct preview **at = &report->previews;
    while (*at) {
        at = &(*at)->next;
    }
    *at = preview;
    report->last_preview = preview;
}

/* The text of all parts; the caller frees it. */
static char *whole_text(const struct preview *preview)
{
    char *text;
    size_t n;
    FILE *collect = open_memstream(&text, &n);
    fputs(document_of(preview)->text, collect);
    for (const struct preview *it = preview->more; it; it = it->next) {
        fputs(part_of(it)->more_text, collect);
    }
    fclose(collect);
    return text;
}

static size_t show_chunks(struct emit *emit, const struct preview *preview)
{
    size_t n = 0;
    for (const struct preview *it = preview; it; it = it == preview ? it->more : it->next) {
        for (size_t i = 0; emit && i < part_of(it)->n_chunks; i++) {
            show_chunk(emit, part_of(it)->chunks[i]);
        }
        n += part_of(it)->n_chunks;
    }
    return n;
}

static void show_document(struct emit *emit, const struct preview *preview)
{
    const Ragd__V1__Document *document = document_of(preview);
    char *text = whole_text(preview);
    emit_object(emit);
    emit_put(emit, "document", document->id);
    emit_put_some(emit, "title", document->title);
    emit_put_some(emit, "mime", document->mime);
    emit_put_some(emit, "language", document->language);
    emit_put(emit, "text", text);
    free(text);
    show_metadata(emit, document->metadata, document->n_metadata);
    emit_key(emit, "blocks");
    emit_array(emit);
    for (size_t i = 0; i < document->n_blocks; i++) {
        show_block(emit, document->blocks[i]);
    }
    emit_end(emit);
    emit_key(emit, "chunks");
    emit_array(emit);
    show_chunks(emit, preview);
    emit_end(emit);
    emit_end(emit);
}

static void show_row(struct add_report *report, const struct preview *preview)
{
    const Ragd__V1__Document *document = document_of(preview);
    size_t chunks = show_chunks(NULL, preview);
    progress_clear(&report->progress);
    if (report->cli->format == FORMAT_TABLE) {
        const struct source_file *file = walk_find(report->walk, document->source);
        const char *name = file ? file->shown : document_shown(report->cli, document->id);
        say(report->cli, "%s   %s   %s", text_line(name, SHOWN_BYTES_MAX),
            plural(chunks, "chunk"), text_line(document->title, SHOWN_BYTES_MAX));
    } else if (report->cli->format == FORMAT_IDS) {
        puts(document->id);
    } else {
        text_put_escaped(document->id, stdout);
        printf("\t%zu\t", chunks);
        text_put_escaped(document->title, stdout);
        putchar('\n');
    }
}

static void free_preview(struct preview *preview)
{
    while (preview->more) {
        struct preview *next = preview->more->next;
        free_preview(preview->more);
        preview->more = next;
    }
    ragd__v1__add_event__free_unpacked(preview->event, NULL);
    free(preview);
}

static void drop_source(struct add_report *report, const char *source)
{
    struct preview **at = &report->previews;
    while (*at) {
        struct preview *preview = *at;
        if (belongs(preview, source)) {
            *at = preview->next;
            report->last_preview = report->last_preview == preview ? NULL
                                                                   : report->last_preview;
            free_preview(preview);
        } else {
            at = &preview->next;
        }
    }
}

static void show_failed_row(struct add_report *report, const Ragd__V1__SourceResult *result)
{
    const char *text = add_error_text(result);
    if (!strstr(text, result->source)) {
        text = pool_printf("%s: %s", add_shown_source(report, result->source), text);
    }
    progress_clear(&report->progress);
    note(report->cli, "rag: %s",
         text_line(document_shown_in(report->cli, text), SHOWN_BYTES_MAX));
}

void preview_show(struct add_report *report, const Ragd__V1__SourceResult *result)
{
    bool json = wants_json(report->cli);
    struct emit *emit = &report->cli->emit;
    if (json) {
        emit_key(emit, "documents");
        emit_array(emit);
    }
    for (struct preview *it = report->previews; it; it = it->next) {
        if (belongs(it, result->source)) {
            if (json) {
                show_document(emit, it);
            } else {
                show_row(report, it);
            }
        }
    }
    if (json) {
        emit_end(emit);
    } else if (result->error) {
        show_failed_row(report, result);
    }
    drop_source(report, result->source);
}

void preview_drop(struct add_report *report)
{
    while (report->previews) {
        struct preview *next = report->previews->next;
        free_preview(report->previews);
        report->previews = next;
    }
}
