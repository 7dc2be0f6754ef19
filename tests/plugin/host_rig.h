/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The daemon's side of ragd-plugin-host, as a test plays it: one child, and what
 * it says. What must not happen fails the test. */
#ifndef PLUGIN_HOST_RIG_H
#define PLUGIN_HOST_RIG_H

#include <sys/types.h>

#include "core/arena.h"
#include "ragd/host/v1/host.pb-c.h"
#include "support/test.h"
#include "wire/control.h"
#include "wire/pipe.h"

typedef Ragd__Host__V1__HostFrame host_frame;

enum { HOST_RIG_FRAME_BYTES = 8 << 20, HOST_RIG_MEMORY_BYTES = 256 << 20 };

struct host_rig {
    pid_t pid;
    struct pipe pipe;
    struct host_control *control;
    struct arena arena; /* of the last frame */
    Ragd__Host__V1__Profile profile;
    uint64_t memory_bytes, text_bytes; /* 0 = as usual */
    struct ragd_kvs options;           /* of the instance */
};

struct host_source {
    struct ragd_str name, mime;
    struct ragd_bytes bytes;
    struct ragd_kvs meta, options;
};

/* Starts the child with a plugin and returns its Hello. */
const Ragd__Host__V1__Hello *host_start(struct host_rig *rig, const char *plugin);
/* Sends Create and returns the answer. */
const Ragd__Host__V1__Created *host_create(struct host_rig *rig);
void host_put(struct host_rig *rig, const host_frame *frame, int fd);
/* The next frame; NULL: the child has closed, or broke the stream. */
const host_frame *host_next(struct host_rig *rig);
void host_load(struct host_rig *rig, const struct host_source *source);
void host_verdict(struct host_rig *rig, ragd_status status);
/* Closes, or kills it first, and returns how it ended (waitpid). */
int host_end(struct host_rig *rig, int kill_with);

#endif
