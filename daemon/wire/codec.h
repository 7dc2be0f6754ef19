/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Protobuf messages from strangers, and back to bytes.
 *
 * protobuf-c takes any bytes for a string, recurses without a bound and turns
 * a small message into a large one. So a message is first checked as it came:
 * its structure, its depth, each string well-formed UTF-8 without NUL; then it
 * is unpacked into an arena whose budget bounds what it may become.
 *
 * Thread: [any].
 */
#ifndef WIRE_CODEC_H
#define WIRE_CODEC_H

#include <protobuf-c/protobuf-c.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"

enum {
    CODEC_DEPTH_MAX = 32,              /* messages inside messages */
    CODEC_BUDGET_BASE_BYTES = 1 << 20, /* beside the factor, for small ones */
    CODEC_BUDGET_FACTOR = 16,          /* times the bytes on the wire */
};

/* The budget for the arena of a message of n bytes, at most max. */
size_t codec_budget(size_t n, size_t max);

/* ERR_DECODE, naming the field and the offset; nothing is allocated. */
int codec_check(const ProtobufCMessageDescriptor *type, struct ragd_bytes bytes,
                struct err *err);

/*
 * Checks and unpacks; *out lives in the arena and is never freed alone.
 * Errors: ERR_DECODE, ERR_LIMIT (the arena's budget), ERR_NOMEM.
 */
int codec_unpack(struct arena *arena, const ProtobufCMessageDescriptor *type,
                 struct ragd_bytes bytes, ProtobufCMessage **out, struct err *err);

/* Appends the packed message. 0 or RAGD_E_NOMEM. */
int codec_pack(const ProtobufCMessage *message, struct buf *out);

#endif
