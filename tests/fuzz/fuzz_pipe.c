/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a child may write to the daemon: frames, and the values in them. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ragd/host/v1/host.pb-c.h"
#include "wire/codec.h"
#include "wire/host_values.h"
#include "wire/pipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { FRAME_BYTES = 1 << 20, INPUT_BYTES = 64 << 10 /* fits into a socket */ };

static void take(struct ragd_bytes bytes)
{
    struct arena arena;
    ProtobufCMessage *message = NULL;
    arena_init(&arena, codec_budget(bytes.n, 64 << 20));
    if (codec_unpack(&arena, &ragd__host__v1__host_frame__descriptor, bytes, &message,
                     NULL) == 0) {
        const Ragd__Host__V1__HostFrame *frame = (const Ragd__Host__V1__HostFrame *)message;
        struct ragd_kvs kvs;
        if (frame->kind_case == RAGD__HOST__V1__HOST_FRAME__KIND_DOC) {
            host_kvs_in(&arena, (struct host_entries){frame->doc->meta, frame->doc->n_meta},
                        &kvs);
        }
    }
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int pair[2];
    struct pipe pipe;
    struct ragd_bytes frame;
    if (n > INPUT_BYTES || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        return 0;
    }
    pipe_init_take(&pipe, pair[0], FRAME_BYTES);
    if (write(pair[1], data, n) != (ssize_t)n) {
        abort();
    }
    close(pair[1]);
    while (pipe_read(&pipe, &frame, NULL) == PIPE_FRAME) {
        take(frame);
    }
    pipe_release(&pipe);
    return 0;
}
