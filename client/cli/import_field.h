/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Typed members of a JSON object. The first mistake is kept and the rest reads
 * as empty, so that readers need not check each step. Results are in the pool.
 */
#ifndef CLI_IMPORT_FIELD_H
#define CLI_IMPORT_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ragd/v1/common.pb-c.h"

struct fields {
    void *json;      /* json_t; owned only by fields_init()'s */
    const char *why; /* NULL = all well so far */
};

/* false: why says what is wrong with the line. */
bool fields_init(struct fields *fields, const char *text, size_t n);
void fields_release(struct fields *fields);

/* Notes the first mistake: why, at key. */
void field_wrong(struct fields *fields, const char *key, const char *why);
/* Members by key. One that is absent or null reads as "", 0, otherwise or empty;
 * one of another type is a mistake. */
bool field_has(const struct fields *fields, const char *key);
char *field_text(struct fields *fields, const char *key);
uint64_t field_uint(struct fields *fields, const char *key);
uint32_t field_uint32(struct fields *fields, const char *key);
bool field_bool(struct fields *fields, const char *key, bool otherwise);
ProtobufCBinaryData field_hex(struct fields *fields, const char *key);
void field_strings(struct fields *fields, const char *key, char ***items, size_t *n);
/* An array of numbers, or base64 of float32. */
void field_vector(struct fields *fields, const char *key, float **v, size_t *n);
void field_metadata(struct fields *fields, Ragd__V1__Entry ***entries, size_t *n);
void field_options(struct fields *fields, Ragd__V1__LoaderOption ***options, size_t *n);

/* Objects inside: read them, then field_adopt() their mistake. */
struct fields field_object(struct fields *fields, const char *key);
size_t field_count(struct fields *fields, const char *key); /* of an array */
struct fields field_item(struct fields *fields, const char *key, size_t i);
ProtobufCBinaryData field_hex_item(struct fields *fields, const char *key, size_t i);
void field_adopt(struct fields *fields, const struct fields *inner);

#endif
