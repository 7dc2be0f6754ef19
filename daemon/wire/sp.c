/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "wire/sp.h"

#include <stdbool.h>
#include <string.h>

enum {
    IPC_MESSAGE = 0x01,    /* the only message type of the ipc mapping */
    LENGTH_BYTES = 8,      /* of the length field, big-endian */
    KEEP_BYTES = 16 << 10, /* a larger buffer is given back after its message */
    HOP_BYTES = 4,
    HOP_LAST = 0x80, /* top bit of the first byte of the last word */
};

static const uint8_t magic[4] = {0x00, 'S', 'P', 0x00};

void sp_reader_init(struct sp_reader *reader, enum sp_transport transport, uint64_t max)
{
    *reader = (struct sp_reader){.transport = transport, .max = max};
}

void sp_reader_release(struct sp_reader *reader)
{
    buf_release(&reader->body);
}

static size_t header_bytes(const struct sp_reader *reader)
{
    if (reader->peer == 0) {
        return SP_HANDSHAKE_BYTES;
    }
    return reader->transport == SP_IPC ? LENGTH_BYTES + 1 : LENGTH_BYTES;
}

/* Takes n > 0 bytes off the front. */
static const uint8_t *take(struct ragd_bytes *in, size_t n)
{
    const uint8_t *p = in->p;
    in->p = p + n;
    in->n -= n;
    return p;
}

/* Whether a byte may stand at this place of a handshake. The two bytes of the
 * protocol number are judged together at the second. */
static bool handshake_byte_fits(const struct sp_reader *reader, size_t at, uint8_t byte)
{
    if (at < sizeof(magic)) {
        return byte == magic[at];
    }
    if (at == 5) {
        uint16_t protocol = (uint16_t)(reader->head[4] << 8 | byte);
        return sp_answer(protocol) != 0;
    }
    return at == 4 || byte == 0;
}

/* Collects the header's bytes and refuses the first one that cannot be right,
 * so that a stranger is turned away without waiting for more of it. */
static int take_header(struct sp_reader *reader, struct ragd_bytes *in, struct err *err)
{
    size_t want = header_bytes(reader);
    while (reader->n_head < want && in->n > 0) {
        size_t at = reader->n_head;
        uint8_t byte = *take(in, 1);
        if (reader->peer == 0 && !handshake_byte_fits(reader, at, byte)) {
            return err_set(err, ERR_PROTOCOL,
                           "the peer does not speak nng's PAIR0 or REQ0 "
                           "(byte %zu of its handshake is 0x%02x)",
                           at, byte);
        }
        if (reader->peer != 0 && reader->transport == SP_IPC && at == 0 &&
            byte != IPC_MESSAGE) {
            return err_set(err, ERR_PROTOCOL, "unknown type 0x%02x of an ipc message",
                           byte);
        }
        reader->head[reader->n_head++] = byte;
    }
    return 0;
}

static int take_length(struct sp_reader *reader, struct err *err)
{
    size_t at = reader->transport == SP_IPC ? 1 : 0;
    uint64_t n = 0;
    for (size_t i = 0; i < LENGTH_BYTES; i++) {
        n = n << 8 | reader->head[at + i];
    }
    if (n > reader->max) {
        return err_set(err, ERR_LIMIT, "a message of %llu bytes, at most %llu are taken",
                       (unsigned long long)n, (unsigned long long)reader->max);
    }
    reader->body_bytes = n;
    return 0;
}

/* Hands out the message; the next header starts afresh. */
static int message_done(struct sp_reader *reader, struct ragd_bytes body,
                        struct ragd_bytes *message)
{
    reader->n_head = 0;
    *message = body;
    return SP_MESSAGE;
}

/* A body that lies whole in the input is handed out as it lies there. */
static int take_body(struct sp_reader *reader, struct ragd_bytes *in,
                     struct ragd_bytes *message, struct err *err)
{
    size_t missing = (size_t)reader->body_bytes - reader->body.n;
    if (missing == 0) {
        return message_done(reader, (struct ragd_bytes){magic, 0}, message);
    }
    size_t n = in->n < missing ? in->n : missing;
    if (n == 0) {
        return SP_MORE;
    }
    const uint8_t *p = take(in, n);
    if (n == missing && reader->body.n == 0) {
        return message_done(reader, (struct ragd_bytes){p, n}, message);
    }
    if (buf_put(&reader->body, p, n) != 0) {
        return err_set(err, ERR_NOMEM, "no memory for a message of %llu bytes",
                       (unsigned long long)reader->body_bytes);
    }
    if (n < missing) {
        return SP_MORE;
    }
    return message_done(reader, (struct ragd_bytes){reader->body.p, reader->body.n},
                        message);
}

/* The message handed out last lived in the buffer until now. */
static void drop_body(struct sp_reader *reader)
{
    if (reader->n_head == 0 && reader->body.n > 0) {
        if (reader->body.cap > KEEP_BYTES) {
            buf_release(&reader->body);
        } else {
            buf_clear(&reader->body);
        }
    }
}

int sp_reader_next(struct sp_reader *reader, struct ragd_bytes *in,
                   struct ragd_bytes *message, struct err *err)
{
    drop_body(reader);
    bool header_was_complete = reader->n_head == header_bytes(reader);
    if (!header_was_complete) {
        int rc = take_header(reader, in, err);
        if (rc != 0) {
            return rc;
        }
        if (reader->n_head < header_bytes(reader)) {
            return SP_MORE;
        }
        if (reader->peer == 0) {
            reader->peer = (uint16_t)(reader->head[4] << 8 | reader->head[5]);
            reader->n_head = 0;
            return SP_PEER;
        }
        rc = take_length(reader, err);
        if (rc != 0) {
            return rc;
        }
    }
    return take_body(reader, in, message, err);
}

void sp_handshake(uint16_t protocol, uint8_t out[SP_HANDSHAKE_BYTES])
{
    memcpy(out, magic, sizeof(magic));
    out[4] = (uint8_t)(protocol >> 8);
    out[5] = (uint8_t)protocol;
    out[6] = out[7] = 0;
}

uint16_t sp_answer(uint16_t peer)
{
    switch (peer) {
    case SP_PAIR0: return SP_PAIR0;
    case SP_REQ0: return SP_REP0;
    default: return 0;
    }
}

size_t sp_header(enum sp_transport transport, uint64_t n, uint8_t out[SP_HEADER_BYTES_MAX])
{
    size_t at = 0;
    if (transport == SP_IPC) {
        out[at++] = IPC_MESSAGE;
    }
    for (int shift = 56; shift >= 0; shift -= 8) {
        out[at++] = (uint8_t)(n >> shift);
    }
    return at;
}

int sp_request_split(struct ragd_bytes message, struct ragd_bytes *trace,
                     struct ragd_bytes *body, struct err *err)
{
    const uint8_t *p = message.p;
    for (size_t hop = 0; hop < SP_HOPS_MAX; hop++) {
        size_t end = (hop + 1) * HOP_BYTES;
        if (message.n < end) {
            break;
        }
        if (p[end - HOP_BYTES] & HOP_LAST) {
            *trace = (struct ragd_bytes){p, end};
            *body = (struct ragd_bytes){p + end, message.n - end};
            return 0;
        }
    }
    return err_set(err, ERR_PROTOCOL, "a request without a request id");
}
