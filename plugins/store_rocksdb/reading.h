/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Records of a view, one at a time. */
#ifndef STORE_READING_H
#define STORE_READING_H

#include "store.h"

/* The record of an insertion number with what include asks for, in region;
 * RAGD_E_NOT_FOUND (without a detail) when the view has none. whole: text and
 * metadata are there whatever include says, until record_show_only. */
ragd_status reading_record(struct ragd_view *view, struct ragd_call *call, uint64_t seq,
                           uint32_t include, struct region *region,
                           struct ragd_record *out);
/* The same from the value at a cursor over the records. */
ragd_status reading_at(struct ragd_view *view, struct ragd_call *call,
                       const struct cursor *cursor, uint32_t include, struct region *region,
                       struct ragd_record *out);
/* A status of the codec as one with a detail. */
ragd_status reading_status(struct ragd_call *call, int rc, const char *what);
/* Refuses a filter that cannot be evaluated. */
ragd_status reading_check_filter(struct ragd_call *call, const struct ragd_filter *filter);

#endif
