/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "wire/codec.h"

#include <string.h>

#include "core/utf8.h"

enum {
    VARINT_BYTES_MAX = 10,
    TAG_TYPE_BITS = 3, /* low bits of a tag: the wire type */
};

/* Where a check stands. base stays the start of the outermost message. */
struct cursor {
    const uint8_t *base, *p, *end;
    unsigned depth;
    struct err *err;
};

size_t codec_budget(size_t n, size_t max)
{
    if (n > (SIZE_MAX - CODEC_BUDGET_BASE_BYTES) / CODEC_BUDGET_FACTOR) {
        return max;
    }
    size_t budget = n * CODEC_BUDGET_FACTOR + CODEC_BUDGET_BASE_BYTES;
    return budget < max ? budget : max;
}

static int malformed(const struct cursor *at, const ProtobufCMessageDescriptor *type,
                     const char *what)
{
    return err_set(at->err, ERR_DECODE, "cannot decode %s: %s (offset %zu)", type->name,
                   what, (size_t)(at->p - at->base));
}

/* Reads a varint; 0 bytes taken when it is cut off or too long. */
static size_t read_varint(const struct cursor *at, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < VARINT_BYTES_MAX && at->p + i < at->end; i++) {
        uint8_t byte = at->p[i];
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if ((byte & 0x80) == 0) {
            *out = value;
            return i + 1;
        }
    }
    return 0;
}

static int check_string(const struct cursor *at, const ProtobufCMessageDescriptor *type,
                        const ProtobufCFieldDescriptor *field, size_t n)
{
    size_t bad = utf8_check(at->p, n);
    const char *what = "is not UTF-8";
    if (bad == n) {
        const uint8_t *nul = memchr(at->p, 0, n);
        if (!nul) {
            return 0;
        }
        bad = (size_t)(nul - at->p);
        what = "holds a NUL";
    }
    return err_set(at->err, ERR_DECODE, "cannot decode %s: %s %s (offset %zu)", type->name,
                   field->name, what, (size_t)(at->p - at->base) + bad);
}

static int check_fields(struct cursor *at, const ProtobufCMessageDescriptor *type);

static int check_prefixed(struct cursor *at, const ProtobufCMessageDescriptor *type,
                          const ProtobufCFieldDescriptor *field)
{
    uint64_t n = 0;
    size_t taken = read_varint(at, &n);
    if (taken == 0) {
        return malformed(at, type, "a broken length");
    }
    at->p += taken;
    if (n > (uint64_t)(at->end - at->p)) {
        return malformed(at, type, "a field longer than the message");
    }
    int rc = 0;
    if (field && field->type == PROTOBUF_C_TYPE_STRING) {
        rc = check_string(at, type, field, (size_t)n);
    } else if (field && field->type == PROTOBUF_C_TYPE_MESSAGE) {
        struct cursor inner = {at->base, at->p, at->p + n, at->depth + 1, at->err};
        rc = inner.depth > CODEC_DEPTH_MAX ? malformed(at, type, "nesting exceeds 32")
                                           : check_fields(&inner, field->descriptor);
    }
    at->p += n;
    return rc;
}

static int skip_fixed(struct cursor *at, const ProtobufCMessageDescriptor *type, size_t n)
{
    if ((size_t)(at->end - at->p) < n) {
        return malformed(at, type, "it is cut off");
    }
    at->p += n;
    return 0;
}

static int check_field(struct cursor *at, const ProtobufCMessageDescriptor *type)
{
    uint64_t tag = 0;
    size_t taken = read_varint(at, &tag);
    if (taken == 0 || tag >> 32 != 0 || tag >> TAG_TYPE_BITS == 0) {
        return malformed(at, type, "a broken tag");
    }
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> TAG_TYPE_BITS));
    at->p += taken;
    switch ((unsigned)tag & ((1u << TAG_TYPE_BITS) - 1)) {
    case PROTOBUF_C_WIRE_TYPE_VARINT: {
        uint64_t unused = 0;
        taken = read_varint(at, &unused);
        at->p += taken;
        return taken == 0 ? malformed(at, type, "a broken number") : 0;
    }
    case PROTOBUF_C_WIRE_TYPE_64BIT: return skip_fixed(at, type, 8);
    case PROTOBUF_C_WIRE_TYPE_32BIT: return skip_fixed(at, type, 4);
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED: return check_prefixed(at, type, field);
    default: return malformed(at, type, "an unknown wire type");
    }
}

static int check_fields(struct cursor *at, const ProtobufCMessageDescriptor *type)
{
    while (at->p < at->end) {
        int rc = check_field(at, type);
        if (rc != 0) {
            return rc;
        }
    }
    return 0;
}

int codec_check(const ProtobufCMessageDescriptor *type, struct ragd_bytes bytes,
                struct err *err)
{
    static const uint8_t nothing[1];
    const uint8_t *p = bytes.n > 0 ? bytes.p : nothing;
    struct cursor at = {p, p, p + bytes.n, 0, err};
    return check_fields(&at, type);
}

/* protobuf-c's allocator on top of an arena. */
struct allocation {
    struct arena *arena;
    enum err_id failure; /* why the last one failed */
};

static void *on_alloc(void *data, size_t size)
{
    struct allocation *allocation = data;
    struct arena *arena = allocation->arena;
    void *p = arena_alloc(arena, size);
    if (!p) {
        allocation->failure = arena->over ? ERR_LIMIT : ERR_NOMEM;
    }
    return p;
}

static void on_free(void *data, void *p)
{
    (void)data;
    (void)p; /* the arena frees all at once */
}

int codec_unpack(struct arena *arena, const ProtobufCMessageDescriptor *type,
                 struct ragd_bytes bytes, ProtobufCMessage **out, struct err *err)
{
    int rc = codec_check(type, bytes, err);
    if (rc != 0) {
        return rc;
    }
    struct allocation allocation = {.arena = arena};
    ProtobufCAllocator allocator = {on_alloc, on_free, &allocation};
    ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, bytes.n,
                                                          bytes.p);
    if (message) {
        *out = message;
        return 0;
    }
    switch (allocation.failure) {
    case ERR_LIMIT:
        return err_set(
            err, ERR_LIMIT,
            "a %s of %zu bytes needs more than %zu bytes of memory: 16 times its "
            "size and 1 MiB, or limits.unpack",
            type->name, bytes.n, arena->budget);
    case ERR_NOMEM: return err_set(err, ERR_NOMEM, "no memory for a %s", type->name);
    default:
        return err_set(err, ERR_DECODE, "cannot decode %s: a field of another type",
                       type->name);
    }
}

int codec_pack(const ProtobufCMessage *message, struct buf *out)
{
    size_t n = protobuf_c_message_get_packed_size(message);
    int rc = n > 0 ? buf_reserve(out, n) : 0;
    if (rc != 0 || n == 0) {
        return rc;
    }
    out->n += protobuf_c_message_pack(message, out->p + out->n);
    return 0;
}
