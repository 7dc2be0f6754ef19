/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * An ingest's inside, for ingest.c (the flow), ingest_stored.c (what is stored of
 * its source) and ingest_fail.c (when its loader fails).
 *
 * Thread: [loop], but for what ingest.c gives to a worker.
 */
#ifndef RAG_INGEST_INTERNAL_H
#define RAG_INGEST_INTERNAL_H

#include "rag/admit.h"
#include "rag/ingest.h"
#include "rag/ingest_plan.h"
#include "rag/ingest_write.h"
#include "rag/quarantine.h"
#include "rag/run.h"

enum {
    I_BEGIN,
    I_LOCK,
    I_VIEW,
    I_MANIFEST,
    I_DECODE,
    I_CONTENT,
    I_FETCH,
    I_ADMIT,
    I_PICK,
    I_LOAD,
    I_PLAN,
    I_PREVIEW,
    I_WRITE,
    I_PARK,
    I_RECORD,
};

/* What is told next of a preview. */
struct preview_cursor {
    size_t doc, text, chunk;
    bool begun; /* the document itself was told */
};

struct ingest_run {
    struct run run;
    struct ingest *req;
    struct source_lock lock;
    struct arena arena; /* of the old manifest and the settled options */
    bool has_old, has_failed;
    struct manifest old;
    struct stored_failure failed; /* when it was tried the last time */
    struct manifest next;         /* what is going to be stored, without its documents */
    struct call_view view;
    struct call_blobs blobs;
    struct ragd_str blob_names[2]; /* of the manifest, and of the failure */
    struct ragd_bytes manifest;
    bool hashed; /* its hash is known: the caller's, or of what was fetched */
    bool has_content, gave_up, resumed;
    struct err give_up;
    struct add_content content;
    struct call_fetch fetch;
    struct admission admission;
    struct call_pick pick;
    struct call_load load;
    struct call_work work;
    struct limits limits; /* as they were; a worker reads them */
    struct ingest_plan plan;
    struct preview_cursor shown;
    struct ingest_write write;
    struct err failure; /* what RECORD ends with, or no id */
    struct quarantine_write record;
};

/* From BEGIN: what is stored of it decides what is to be done. */
void ingest_begin(struct ingest_run *g);
/* From PARK, once it was resumed: what is stored may have changed. */
void ingest_begin_again(struct ingest_run *g);
void ingest_read_view(struct ingest_run *g);
void ingest_read_manifest(struct ingest_run *g);
void ingest_take_manifest(struct ingest_run *g);
void ingest_take_decoded(struct ingest_run *g);
/* Ends it when nothing is to be read; its options and its hash, or its version,
 * are known. */
bool ingest_is_settled(struct ingest_run *g);

/* From ADMIT: with its bytes at hand. */
void ingest_enter(struct ingest_run *g);

/* The failed call was to this loader; NULL = to none in particular. */
void ingest_loader_failed(struct ingest_run *g, const struct call *call,
                          const struct instance *loader);
/* To RECORD: writes why it failed, or (NULL) that it does not fail any more. */
void ingest_record(struct ingest_run *g, const struct stored_failure *failure);
void ingest_recorded(struct ingest_run *g);

#endif
