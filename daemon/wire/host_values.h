/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Maps of values between plain structs and the frames of a child. Both ways
 * carry what they are given, also what is wrong: who uses it looks at it as at
 * anything that a plugin says.
 *
 * Thread: [any]; an arena has one user at a time.
 */
#ifndef WIRE_HOST_VALUES_H
#define WIRE_HOST_VALUES_H

#include <ragd/types.h>

#include "core/arena.h"
#include "ragd/host/v1/host.pb-c.h"

/* A text or bytes, borrowed. */
ProtobufCBinaryData host_bytes(const void *p, size_t n);
struct ragd_str host_str(ProtobufCBinaryData bytes);
/* For a sentence: else where it is empty or no text. */
struct ragd_str host_words(ProtobufCBinaryData bytes, const char *otherwise);

struct host_entries {
    Ragd__Host__V1__HostEntry **p;
    size_t n;
};
/* Texts are borrowed, so out lives no longer than in. 0 or RAGD_E_NOMEM. */
int host_kvs_out(struct arena *arena, struct ragd_kvs in, struct host_entries *out);
/* The same the other way; in the order of the frame. */
int host_kvs_in(struct arena *arena, struct host_entries in, struct ragd_kvs *out);

#endif
