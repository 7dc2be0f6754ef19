/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "add_report.h"

#include <stdlib.h>
#include <string.h>

#include "document_id.h"
#include "fail.h"
#include "interrupt.h"
#include "pool.h"
#include "show.h"
#include "text.h"
#include "wrap.h"

#define STATUS(name) RAGD__V1__SOURCE_STATUS__SOURCE_STATUS_##name

/* More sources than this are only counted on a terminal, failures apart. */
enum { LINES_MAX = 20, STATUS_COLUMNS = 11, GAP_COLUMNS = 3 };

static const char *status_name(Ragd__V1__SourceStatus status)
{
    switch (status) {
    case STATUS(ADDED): return "added";
    case STATUS(UPDATED): return "updated";
    case STATUS(UNCHANGED): return "unchanged";
    case STATUS(REMOVED): return "removed";
    default: return "failed";
    }
}

const char *add_shown_source(const struct add_report *report, const char *uri)
{
    const struct source_file *file = walk_find(report->walk, uri);
    return file ? file->shown : document_shown(report->cli, uri);
}

static struct emit *emit_of(struct add_report *report)
{
    return &report->cli->emit;
}

static void on_started(void *arg, const Ragd__V1__Started *started)
{
    struct add_report *report = arg;
    report->collection = pool_strdup(started->collection);
    report->job = started->job;
    report->started = true;
}

/* The head of the document, once it is known. */
static void open_array(struct add_report *report)
{
    struct emit *emit = emit_of(report);
    if (report->array_open) {
        return;
    }
    report->array_open = true;
    if (report->document) {
        emit_init(emit, report->document);
    }
    emit_object(emit);
    if (report->document) {
        emit_put(emit, "type", "result");
    }
    if (!report->dry_run) {
        emit_put(emit, "collection", report->collection);
        if (report->job) {
            emit_put_uint(emit, "job", report->job);
        }
    }
    emit_key(emit, "sources");
    emit_array(emit);
}

static void show_json(struct add_report *report, const Ragd__V1__SourceResult *result)
{
    struct emit *emit = emit_of(report);
    open_array(report);
    emit_object(emit);
    emit_put(emit, "source", result->source);
    if (report->dry_run) {
        preview_show(report, result);
    } else {
        emit_put(emit, "status", status_name(result->status));
        emit_put_uint(emit, "documents", result->documents);
        emit_put_uint(emit, "chunks", result->chunks);
        emit_put_uint(emit, "embedded", result->embedded);
        emit_put_uint(emit, "reused", result->reused);
        if (result->kept) {
            emit_put_uint(emit, "kept", result->kept);
        }
        emit_put_some(emit, "title", result->title);
        emit_put_some(emit, "loader", result->loader);
        if (result->tries > 1) {
            emit_put_uint(emit, "tries", result->tries);
        }
    }
    if (result->error) {
        show_error(emit, "error", result->error);
    }
    emit_end(emit);
}

const char *add_error_text(const Ragd__V1__SourceResult *result)
{
    const Ragd__V1__Error *error = result->error;
    if (!error) {
        return "";
    }
    return error->why[0] ? pool_printf("%s: %s", error->message, error->why)
                         : pool_strdup(error->message);
}

static void show_tsv(struct add_report *report, const Ragd__V1__SourceResult *result)
{
    if (report->cli->format == FORMAT_IDS) {
        puts(result->source);
        return;
    }
    printf("%s\t", status_name(result->status));
    text_put_escaped(result->source, stdout);
    printf("\t%llu\t%llu\t%llu\t", (unsigned long long)result->documents,
           (unsigned long long)result->chunks, (unsigned long long)result->embedded);
    text_put_escaped(add_error_text(result), stdout);
    putchar('\n');
}

/* The name and what became of it, below each other when they are too long. */
static void print_outcome(const struct cli *cli, const char *name, const char *outcome)
{
    size_t room = cli->columns > STATUS_COLUMNS ? cli->columns - STATUS_COLUMNS : 0;
    size_t width = text_width(name, strlen(name)) + GAP_COLUMNS;
    if (width + text_width(outcome, strlen(outcome)) > room) {
        printf("%s\n%*s", text_elide_start(name, room), STATUS_COLUMNS, "");
        wrap_text(stdout, cli->columns, STATUS_COLUMNS, outcome);
    } else {
        printf("%s%*s%s\n", name, GAP_COLUMNS, "", outcome);
    }
}

/* "12 chunks", or what went wrong and what is still answered from. */
static const char *outcome_of(const struct add_report *report,
                              const Ragd__V1__SourceResult *result)
{
    if (result->status == STATUS(UNCHANGED)) {
        return pool_printf("%s, 0 embedded", plural(result->chunks, "chunk"));
    }
    if (result->status != STATUS(FAILED)) {
        return plural(result->chunks, "chunk");
    }
    const char *error = text_line(document_shown_in(report->cli, add_error_text(result)),
                                  SHOWN_BYTES_MAX);
    return result->kept
               ? pool_printf("%s (%s of an earlier add stay%s)", error,
                             plural(result->kept, "chunk"), result->kept == 1 ? "s" : "")
               : error;
}

static void show_line(struct add_report *report, const Ragd__V1__SourceResult *result)
{
    bool failed = result->status == STATUS(FAILED);
    bool few = report->n_sources <= LINES_MAX || report->cli->given.verbose;
    if (!failed && !few) {
        return;
    }
    progress_clear(&report->progress);
    const bool color = report->cli->color_out;
    printf("%s%-*s%s", failed ? red(color) : "", STATUS_COLUMNS,
           status_name(result->status), failed ? plain(color) : "");
    const char *shown = text_line(add_shown_source(report, result->source),
                                  SHOWN_BYTES_MAX);
    print_outcome(report->cli, shown, outcome_of(report, result));
    report->shown++;
}

/* The error outlives its message: it ends the command when it is the only one. */
static void keep_error(struct add_report *report, const Ragd__V1__Error *error)
{
    report->worst = error && error->exit ? (int)error->exit : EXIT_FAILED;
    snprintf(report->code, sizeof(report->code), "%s", error ? error->code : "failed");
    snprintf(report->hint, sizeof(report->hint), "%s", error ? error->hint : "");
}

static void on_result(void *arg, const Ragd__V1__SourceResult *result)
{
    struct add_report *report = arg;
    struct pool_mark mark = pool_mark();
    report->n_done++;
    if (result->status == STATUS(FAILED)) {
        report->n_failed++;
        keep_error(report, result->error);
    }
    if (wants_json(report->cli)) {
        show_json(report, result);
    } else if (report->dry_run) {
        preview_show(report, result);
    } else if (report->cli->format == FORMAT_TABLE) {
        show_line(report, result);
    } else {
        show_tsv(report, result);
    }
    fflush(stdout);
    pool_rewind(mark);
}

static void on_progress(void *arg, const Ragd__V1__Progress *progress)
{
    struct add_report *report = arg;
    struct pool_mark mark = pool_mark();
    struct progress_now now = {.stage = progress->stage,
                               .what = add_shown_source(report, progress->source),
                               .done = report->n_done,
                               .total = report->n_sources};
    if (report->document) {
        now.what = progress->source;
        progress_emit(stdout, &now);
        fflush(stdout);
    } else {
        progress_show(&report->progress, &now);
    }
    pool_rewind(mark);
}

static void on_totals(void *arg, const Ragd__V1__AddTotals *totals)
{
    struct add_report *report = arg;
    report->totals = *totals;
}

static void on_preview_take(void *arg, Ragd__V1__AddEvent *event)
{
    preview_take(arg, event);
}

void add_report_init(struct add_report *report, struct cli *cli, const struct walk *walk,
                     bool dry_run)
{
    *report = (struct add_report){.cli = cli, .walk = walk, .dry_run = dry_run};
    report->n_sources = walk->n + walk->remote.n;
    report->collection = cli_collection(cli);
    ragd__v1__add_totals__init(&report->totals);
    progress_init(&report->progress, cli, "add");
    if (cli->format == FORMAT_NDJSON) {
        report->document = open_memstream(&report->text, &report->text_bytes);
    }
}

struct upload_events add_report_events(struct add_report *report)
{
    return (struct upload_events){
        .on_started = on_started,
        .on_progress = on_progress,
        .on_preview_take = on_preview_take,
        .on_result = on_result,
        .on_totals = on_totals,
        .arg = report,
    };
}

static void on_removed(struct add_report *report, const struct below_source *source)
{
    Ragd__V1__SourceResult result = RAGD__V1__SOURCE_RESULT__INIT;
    result.source = (char *)source->uri;
    result.status = STATUS(REMOVED);
    result.documents = source->documents;
    result.chunks = source->chunks;
    on_result(report, &result);
    report->totals.removed++;
    report->totals.collection_chunks -= source->chunks;
}

/* A line for each directory. */
static void note_gone(struct add_report *report, const struct below *gone)
{
    progress_clear(&report->progress);
    for (size_t i = 0, next; i < gone->n; i = next) {
        const struct directory *directory = gone->sources[i].directory;
        uint64_t documents = 0;
        for (next = i; next < gone->n && gone->sources[next].directory == directory;
             next++) {
            documents += gone->sources[next].documents;
        }
        note(report->cli, "rag: %s of %s no longer exist%s there; --sync %s %s",
             plural(documents, "document"), text_line(directory->shown, SHOWN_BYTES_MAX),
             documents == 1 ? "s" : "", report->dry_run ? "would remove" : "removes",
             documents == 1 ? "it" : "them");
    }
}

void add_report_gone(struct add_report *report, const struct below *gone, bool removed)
{
    if (!removed) {
        note_gone(report, gone);
        return;
    }
    report->n_sources += gone->n;
    for (size_t i = 0; i < gone->n; i++) {
        on_removed(report, &gone->sources[i]);
    }
}

static void end_json(struct add_report *report)
{
    struct emit *emit = emit_of(report);
    const Ragd__V1__AddTotals *totals = &report->totals;
    open_array(report);
    emit_end(emit);
    if (!report->dry_run) {
        emit_key(emit, "totals");
        emit_object(emit);
        emit_put_uint(emit, "added", totals->added);
        emit_put_uint(emit, "updated", totals->updated);
        emit_put_uint(emit, "unchanged", totals->unchanged);
        emit_put_uint(emit, "removed", totals->removed);
        emit_put_uint(emit, "failed", report->n_failed);
        emit_put_uint(emit, "documents", totals->documents);
        emit_put_uint(emit, "chunks", totals->chunks);
        emit_put_uint(emit, "embedded", totals->embedded);
        emit_put_uint(emit, "reused", totals->reused);
        emit_end(emit);
    }
    emit_put_real(emit, "took_ms", totals->took_ms);
    emit_end(emit);
    emit_done(emit);
}

static const char *counted(const char *all, uint64_t n, const char *what)
{
    return n == 0 ? all
                  : pool_printf("%s%s%s %llu", all, all[0] ? ", " : "", what,
                                (unsigned long long)n);
}

/* "added 3, unchanged 5: 34 chunks, 12 embedded, in papers (job 12, 2.1 s)" */
static const char *summary(const struct add_report *report)
{
    const Ragd__V1__AddTotals *totals = &report->totals;
    const char *counts = counted("", totals->added, "added");
    counts = counted(counts, totals->updated, "updated");
    counts = counted(counts, totals->unchanged, "unchanged");
    counts = counted(counts, totals->removed, "removed");
    counts = counted(counts, report->n_failed, "failed");
    if (!report->started) { /* no sources but those */
        return pool_printf("%s from %s", counts, report->collection);
    }
    const char *job = report->job
                          ? pool_printf("job %llu, ", (unsigned long long)report->job)
                          : "";
    return pool_printf("%s: %s, %llu embedded; %s has %s   (%s%s)",
                       counts[0] ? counts : "nothing added",
                       plural(totals->chunks, "chunk"),
                       (unsigned long long)totals->embedded, report->collection,
                       plural(totals->collection_chunks, "chunk"), job,
                       cell_duration(totals->took_ms / 1000));
}

/* ragd was not asked, so nothing is known of the collection. */
static const char *nothing(const struct add_report *report)
{
    const struct strings *globs = report->walk->globs;
    if (globs->n == 0) {
        return "nothing to add: no files there";
    }
    return globs->n == 1 ? pool_printf("nothing to add: no file matches --glob '%s'",
                                       text_line(globs->items[0], SHOWN_BYTES_MAX))
                         : "nothing to add: no file matches any --glob";
}

static void end_text(struct add_report *report)
{
    bool table = report->cli->format == FORMAT_TABLE;
    bool asked = report->n_sources > 0;
    if (!asked || !report->dry_run) {
        const char *line = asked ? summary(report) : nothing(report);
        if (table) {
            say(report->cli, "%s", line);
        } else {
            note(report->cli, "%s", line);
        }
    }
    if (report->walk->hidden) {
        note(report->cli, "rag: passed over %s that begin%s with a dot",
             plural(report->walk->hidden, "name"), report->walk->hidden == 1 ? "s" : "");
    }
    if (table && report->totals.added && !report->dry_run) {
        note(report->cli,
             "next:  rag ask \"\xE2\x80\xA6\"   \xC2\xB7   rag search "
             "\"\xE2\x80\xA6\"   \xC2\xB7   rag ls -c %s",
             report->collection);
    }
}

static int fail_interrupted(struct add_report *report)
{
    const char *job = report->job
                          ? pool_printf(" of job %llu", (unsigned long long)report->job)
                          : "";
    return fail(report->cli,
                &(struct failure){
                    .exit = interrupt_exit(),
                    .code = "interrupted",
                    .message = pool_printf("interrupted: %zu of %s%s done", report->n_done,
                                           plural(report->n_sources, "source"), job),
                    .why = "ragd finishes the sources it has; the others were not added",
                    .hint = "the same command again adds the rest",
                });
}

/* Of several each has been told; now how many. Of one, what to try. */
static int fail_sources(const struct add_report *report)
{
    const struct cli *cli = report->cli;
    bool one = report->n_sources == 1, all = report->n_failed == report->n_sources;
    int code = !all ? EXIT_PARTLY : one ? report->worst : EXIT_FAILED;
    const char *count = pool_printf("%zu of %zu sources failed", report->n_failed,
                                    report->n_sources);
    fflush(stdout);
    if (wants_json(cli)) {
        return fail(cli, &(struct failure){.exit = code,
                                           .code = one ? report->code : "sources_failed",
                                           .message = one ? "the source failed" : count,
                                           .why = "the result says why",
                                           .hint = report->hint});
    }
    if (!one) {
        note(cli, "%s", count);
    } else if (report->hint[0]) {
        note(cli, "  try: %s", report->hint);
    }
    return code;
}

static void finish_document(struct add_report *report)
{
    if (!report->document) {
        return;
    }
    emit_abort(emit_of(report));
    fclose(report->document);
    emit_init(emit_of(report), stdout);
    fwrite(report->text, 1, report->text_bytes, stdout);
    free(report->text);
}

int add_report_end(struct add_report *report, int rc)
{
    progress_clear(&report->progress);
    preview_drop(report);
    bool told = rc == EXIT_DONE;
    if (told && wants_json(report->cli)) {
        end_json(report);
    } else if (told) {
        end_text(report);
    } else {
        emit_abort(emit_of(report));
    }
    finish_document(report);
    if (interrupted() && !told) {
        return fail_interrupted(report);
    }
    return told && report->n_failed ? fail_sources(report) : rc;
}
