/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What an add says: results as they come, totals at the end. */
#ifndef CLI_ADD_REPORT_H
#define CLI_ADD_REPORT_H

#include "below.h"
#include "progress.h"
#include "upload.h"

/* A document of a dry run; the rest of its text and its chunks follow it. */
struct preview {
    struct preview *next;
    Ragd__V1__AddEvent *event; /* owned */
    struct preview *more, **more_end;
};

/* Of names and titles in lines for people. */
enum { SHOWN_BYTES_MAX = 500 };

struct add_report {
    struct cli *cli;
    const struct walk *walk;
    bool dry_run;
    size_t n_sources; /* that were asked for */
    size_t n_done, n_failed;
    size_t shown; /* lines about single sources */
    struct progress progress;
    char *text; /* ndjson: the final document is written in one go */
    size_t text_bytes;
    FILE *document;
    const char *collection;
    uint64_t job;
    bool started, array_open;
    /* Of the last source that failed. */
    int worst; /* exit code */
    char code[64], hint[RAGC_TEXT_BYTES];
    struct preview *previews, *last_preview;
    Ragd__V1__AddTotals totals;
};

/* walk and cli are borrowed until add_report_end. */
void add_report_init(struct add_report *report, struct cli *cli, const struct walk *walk,
                     bool dry_run);
/* What upload_run tells the report about. */
struct upload_events add_report_events(struct add_report *report);
/* Documents of files that are no more, which were removed or stay. */
void add_report_gone(struct add_report *report, const struct below *gone, bool removed);
/* After the call; rc is how it went. Returns the exit code of the command. */
int add_report_end(struct add_report *report, int rc);

/* The documents of a dry run (add_preview.c). */
void preview_take(struct add_report *report, Ragd__V1__AddEvent *event);
void preview_show(struct add_report *report, const Ragd__V1__SourceResult *result);
void preview_drop(struct add_report *report);

/* A source as the user named it. */
const char *add_shown_source(const struct add_report *report, const char *uri);
/* What went wrong with a source, and why: one text. */
const char *add_error_text(const Ragd__V1__SourceResult *result);

#endif
