/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The SP mapping: how nng and its relatives put messages on a byte stream.
 *
 * Each side sends eight bytes, 00 53 50 00, its protocol number and 00 00;
 * then each message is its length as eight bytes big-endian and its body, on
 * ipc with a byte 01 in front. No I/O here: bytes go in, messages come out.
 * Not for two threads at a time.
 */
#ifndef WIRE_SP_H
#define WIRE_SP_H

#include <stddef.h>
#include <stdint.h>

#include <ragd/types.h>

#include "core/buf.h"
#include "core/err.h"

enum sp_transport { SP_IPC, SP_TCP };

enum {
    SP_PAIR0 = 0x0010,
    SP_REQ0 = 0x0030,
    SP_REP0 = 0x0031,

    SP_HANDSHAKE_BYTES = 8,
    SP_HEADER_BYTES_MAX = 9,
    SP_HOPS_MAX = 15, /* words of a request's backtrace, as nng's own limit */
};

/* What sp_reader_next found. */
enum sp_event {
    SP_MORE = 0, /* all bytes are taken, more are needed */
    SP_PEER,     /* the handshake is over, reader->peer is known */
    SP_MESSAGE,  /* a whole message */
};

struct sp_reader {
    enum sp_transport transport;
    uint16_t peer; /* SP_PAIR0 or SP_REQ0, 0 until the handshake is over */
    uint64_t max;  /* bytes of a body; may be changed between messages */
    /* Private. */
    uint8_t head[SP_HEADER_BYTES_MAX];
    size_t n_head;
    uint64_t body_bytes; /* as claimed, <= max */
    struct buf body;     /* grows with what arrives, never with the claim */
};

/* Allocates nothing. */
void sp_reader_init(struct sp_reader *reader, enum sp_transport transport, uint64_t max);
void sp_reader_release(struct sp_reader *reader);

/*
 * Takes bytes from the front of *in until something is complete. message, set
 * with SP_MESSAGE only, points into in or the reader and lives until the next
 * call. Errors: ERR_PROTOCOL (not an SP peer, or one of another protocol),
 * ERR_LIMIT (a claim above max, refused before its body), ERR_NOMEM; the
 * stream cannot be read on after any of them.
 */
int sp_reader_next(struct sp_reader *reader, struct ragd_bytes *in,
                   struct ragd_bytes *message, struct err *err);

/* Writes the handshake of a protocol. */
void sp_handshake(uint16_t protocol, uint8_t out[SP_HANDSHAKE_BYTES]);

/* What answers a peer's protocol: PAIR0 to PAIR0, REP0 to REQ0. */
uint16_t sp_answer(uint16_t peer);

/* Writes the header of a message of n bytes; returns the header's bytes. */
size_t sp_header(enum sp_transport transport, uint64_t n, uint8_t out[SP_HEADER_BYTES_MAX]);

/*
 * Splits a REQ0 message into the backtrace (words of four bytes, the last one
 * with its top bit set), which the reply repeats, and the rest. ERR_PROTOCOL.
 */
int sp_request_split(struct ragd_bytes message, struct ragd_bytes *trace,
                     struct ragd_bytes *body, struct err *err);

#endif
