/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The objects of the protocol as JSON and as cells of a table. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli.h"

#include "ragd/v1/collections.pb-c.h"
#include "ragd/v1/common.pb-c.h"
#include "ragd/v1/query.pb-c.h"

/* The members of a chunk's place, into an open object. */
void show_span(struct emit *emit, const Ragd__V1__Chunk *chunk);
void show_metadata(struct emit *emit, Ragd__V1__Entry *const *entries, size_t n);
/* The chunk object; One without an id is of a dry run. */
void show_chunk(struct emit *emit, const Ragd__V1__Chunk *chunk);
void show_splitter(struct emit *emit, const Ragd__V1__Splitter *splitter);
void show_loader_options(struct emit *emit, Ragd__V1__LoaderOption *const *options,
                         size_t n);
/* The members of a collection's object, into an open one. */
void show_collection(struct emit *emit, const Ragd__V1__CollectionInfo *info);
void show_block(struct emit *emit, const Ragd__V1__Block *block);
/* As the member of that name. */
void show_error(struct emit *emit, const char *key, const Ragd__V1__Error *error);

/* A document {"key": [...]} of objects, or with NDJSON a line for each. */
void show_list_begin(struct cli *cli, const char *key);
void show_list_item_end(struct cli *cli); /* after each object */
void show_list_end(struct cli *cli);

/* An array of numbers. */
void show_vector(struct emit *emit, const float *v, size_t n);

/* Names of enum values, static. */
const char *metric_name(Ragd__V1__Metric metric); /* "l2" */
const char *mode_name(Ragd__V1__SearchMode mode);

/* A value as text: strings as they are, lists with commas. */
const char *value_text(const Ragd__V1__Value *value);

/* Numbers as cells of a table, in the pool. */
const char *cell_uint(uint64_t value);
const char *cell_real(double value, int digits);
/* "412 KiB" on a terminal, bytes in a pipe. */
const char *cell_bytes(const struct cli *cli, uint64_t bytes);
/* "2026-11-23 10:20" or RFC 3339 in a pipe; from milliseconds. */
const char *cell_time(const struct cli *cli, int64_t ms);
const char *rfc3339(int64_t ms);
const char *cell_duration(double seconds);
/* "1 chunk", "2 chunks" */
const char *plural(uint64_t n, const char *noun);

/* Names and values: aligned on a terminal, tab-separated in a pipe. A NULL or
 * empty value is left out. */
struct field {
    const char *name, *value;
};
void show_fields(const struct cli *cli, const struct field *fields, size_t n);

#endif
