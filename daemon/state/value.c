/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "state/value.h"

#include "wire/codec.h"

int value_pack(const ProtobufCMessage *message, struct buf *out, struct err *err)
{
    buf_clear(out);
    return codec_pack(message, out) ? err_set(err, ERR_NOMEM, NULL) : 0;
}

/* Every message here has its format as the field of number 1. */
static uint32_t format_of(const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(message->descriptor, 1);
    return *(const uint32_t *)(const void *)((const char *)message + field->offset);
}

int value_unpack(struct arena *arena, const ProtobufCMessageDescriptor *type,
                 struct ragd_bytes bytes, ProtobufCMessage **out, struct err *err)
{
    ProtobufCMessage *message;
    int rc = codec_unpack(arena, type, bytes, &message, err);
    if (rc == RAGD_E_NOMEM) {
        return rc;
    }
    if (rc) {
        return err_set(err, ERR_CORRUPT, "the daemon's own database holds a damaged %s",
                       type->short_name);
    }
    if (format_of(message) > VALUE_FORMAT) {
        err_set(err, ERR_CORRUPT, "the daemon's own database holds a %s of a newer ragd",
                type->short_name);
        return err_hint(err, "upgrade ragd");
    }
    *out = message;
    return 0;
}
