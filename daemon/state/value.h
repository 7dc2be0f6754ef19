/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Stored values: protobuf messages with a format number.
 *
 * Thread: [any]; an arena has one user at a time.
 */
#ifndef STATE_VALUE_H
#define STATE_VALUE_H

#include <protobuf-c/protobuf-c.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"

/* Of every message but Schema; grows when a value changes its meaning. */
enum { VALUE_FORMAT = 1 };

/* Replaces out. ERR_NOMEM. */
int value_pack(const ProtobufCMessage *message, struct buf *out, struct err *err);
/* Unpacks into arena. ERR_CORRUPT, also for a format newer than ours. */
int value_unpack(struct arena *arena, const ProtobufCMessageDescriptor *type,
                 struct ragd_bytes bytes, ProtobufCMessage **out, struct err *err);

#endif
