/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The child's end of the socket, and the page that the daemon writes. The
 * daemon is waited for as long as it takes; when it is gone, so are we.
 */
#ifndef HOST_TALK_H
#define HOST_TALK_H

#include <pthread.h>

#include "core/arena.h"
#include "ragd/host/v1/host.pb-c.h"
#include "wire/control.h"
#include "wire/pipe.h"

typedef Ragd__Host__V1__HostFrame frame_msg;

struct talk {
    struct pipe pipe;
    pthread_mutex_t lock; /* of what is written: plugins may log on any thread */
    const struct host_control *control;
};

/* Takes both descriptors; the page's is closed when it is mapped. */
int talk_open_take(struct talk *talk, int socket_fd, int control_fd, struct err *err);

/* Sends a frame. ERR_LIMIT or ERR_NOMEM: it was not sent. Ends the process when
 * the daemon is gone. [any] */
int talk_send(struct talk *talk, const frame_msg *frame, struct err *err);
/*
 * Waits for the next frame, which lives in the arena. Ends the process when the
 * daemon broke the stream; *frame is NULL when it has closed it.
 */
int talk_receive(struct talk *talk, struct arena *arena, frame_msg **frame,
                 struct err *err);

#endif
