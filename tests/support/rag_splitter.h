/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Splitters from what a test sets, and texts that they must be able to split. */
#ifndef SUPPORT_RAG_SPLITTER_H
#define SUPPORT_RAG_SPLITTER_H

#include "rag/split.h"
#include "support/test_err.h"

#define SIZES(size, overlap) .chunk_size = (size), .chunk_overlap_plus1 = (overlap) + 1
#define KEEP(word) .keep_separator = {word, sizeof(word) - 1}
#define KIND(word) .kind = {word, sizeof(word) - 1}

static inline struct splitter resolve(const struct splitter_spec *spec)
{
    struct splitter splitter = {0};
    struct err err = {0};
    assert_ok(splitter_resolve(spec, NULL, &splitter, &err), &err);
    return splitter;
}

static inline struct split_list split_job_ok(const struct split_job *job)
{
    struct split_list list = {0};
    struct err err = {0};
    assert_ok(split(job, &list, &err), &err);
    return list;
}

static inline struct split_list split_ok(const struct splitter *splitter,
                                         struct ragd_str text)
{
    return split_job_ok(&(struct split_job){.splitter = splitter, .text = text});
}

#endif
