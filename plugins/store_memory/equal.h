/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Whether an item already is what a change would make of it. */
#ifndef MEMORY_EQUAL_H
#define MEMORY_EQUAL_H

#include "store.h"

/* Both have dim values, or no vector. Maps are compared in their order. */
bool record_equal(const struct ragd_record *a, const struct ragd_record *b, uint32_t dim);
bool doc_equal(const struct ragd_stored_doc *a, const struct ragd_stored_doc *b);
bool blob_equal(const struct ragd_blob *a, const struct ragd_blob *b);

#endif
