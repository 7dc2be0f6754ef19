/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Documents in JSON, one object after the other: see README.md. */
#ifndef LOADER_EXEC_DOCUMENTS_H
#define LOADER_EXEC_DOCUMENTS_H

#include <ragd/ragd.h>

enum { DOCUMENTS_WHY_BYTES = 240 };

/* Where the documents go. */
struct documents {
    struct ragd_call *call;
    const struct ragd_doc_sink *sink;
    struct ragd_str title; /* of one that has none */
    char why[DOCUMENTS_WHY_BYTES];
};

/* Emits all in the n bytes. RAGD_E_BAD_INPUT, with why: they are not what is
 * documented; RAGD_E_NOMEM; or what the sink answers. */
ragd_status documents_emit(struct documents *documents, const char *p, size_t n);

#endif
