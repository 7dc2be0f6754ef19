/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* What of a record or document is handed out: RAGD_INCLUDE_* of the caller. */
#ifndef STORE_SHOWN_H
#define STORE_SHOWN_H

#include <ragd/record.h>

/* Blanks what was not asked for. The vector is the store's to read or not. */
static inline void record_show_only(struct ragd_record *rec, uint32_t include)
{
    if (!(include & RAGD_INCLUDE_TEXT)) {
        rec->text = (struct ragd_str){0};
    }
    if (!(include & RAGD_INCLUDE_META)) {
        rec->meta = (struct ragd_kvs){0};
    }
    if (!(include & RAGD_INCLUDE_VECTOR)) {
        rec->vec = NULL;
    }
}

/* The same of a document, which has no vector. */
static inline void document_show_only(struct ragd_stored_doc *doc, uint32_t include)
{
    if (!(include & RAGD_INCLUDE_TEXT)) {
        doc->text = (struct ragd_str){0};
    }
    if (!(include & RAGD_INCLUDE_META)) {
        doc->meta = (struct ragd_kvs){0};
    }
    if (!(include & RAGD_INCLUDE_BLOCKS)) {
        doc->blocks = NULL;
        doc->n_blocks = 0;
    }
}

#endif
