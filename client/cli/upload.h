/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The conversation of Documents.Add and Preview: sources are announced with
 * their hash, ragd says which it wants, those are sent in pieces.
 */
#ifndef CLI_UPLOAD_H
#define CLI_UPLOAD_H

#include "rpc.h"
#include "walk.h"

#include "ragd/v1/documents.pb-c.h"

struct upload;

/* What came; also what went wrong on this side, as a failed source. */
struct upload_events {
    void (*on_started)(void *arg, const Ragd__V1__Started *started);
    void (*on_progress)(void *arg, const Ragd__V1__Progress *progress);
    /* Takes the message that holds the preview, to be freed with the others. */
    void (*on_preview_take)(void *arg, Ragd__V1__AddEvent *event);
    void (*on_result)(void *arg, const Ragd__V1__SourceResult *result);
    void (*on_totals)(void *arg, const Ragd__V1__AddTotals *totals);
    void *arg;
};

struct upload_request {
    const char *method;
    const Ragd__V1__AddStart *start;
    const struct walk *walk;
    struct upload_events events;
};

/* Runs it to its end. 0, an exit code after the error was told, or that of
 * interrupt_exit() when it was interrupted; then the connection must be left
 * to the end of the process, so that ragd goes on with what it has. */
int upload_run(struct rpc *rpc, const struct upload_request *request);

#endif
