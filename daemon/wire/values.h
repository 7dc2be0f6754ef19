/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Texts, metadata and errors: plain structs on our side, protobuf on the wire.
 *
 * "in" makes a view of a decoded message, whose strings it borrows; "out"
 * makes a message in an arena. Errors: ERR_INVALID names the key, ERR_LIMIT
 * the bound, ERR_NOMEM; outputs stay untouched then.
 *
 * Thread: [any].
 */
#ifndef WIRE_VALUES_H
#define WIRE_VALUES_H

#include <ragd/types.h>

#include "core/arena.h"
#include "core/err.h"
#include "core/limits.h"
#include "ragd/v1/common.pb-c.h"
#include "ragd/v1/frame.pb-c.h"

/* A value; a message without one is null. NULL is legal and is null. */
int value_in(struct arena *arena, const Ragd__V1__Value *in, struct ragd_value *out,
             struct err *err);

/* A map, sorted by key; a key that is empty or stands twice is refused. */
struct values_entries {
    Ragd__V1__Entry **p;
    size_t n;
};
int values_in(struct arena *arena, struct values_entries in, const struct limits *limits,
              struct ragd_kvs *out, struct err *err);

/* 0 or RAGD_E_NOMEM. */
int values_out(struct arena *arena, struct ragd_kvs in, struct values_entries *out);

/* A C string. The wire has no NUL inside strings: each becomes U+FFFD. NULL
 * without memory. */
char *text_out(struct arena *arena, struct ragd_str text);

/* A copy whose ill-formed bytes are '?': texts that quote a peer may be cut in
 * the middle of a character. NULL without memory. */
char *clean_text(struct arena *arena, const char *text);

/* The message of an error; NULL without memory. */
Ragd__V1__Error *error_out(struct arena *arena, const struct err *err);

#endif
