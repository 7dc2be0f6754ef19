/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "host/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "wire/codec.h"

/* The daemon is gone; nobody would read why. */
enum { EXIT_ALONE = 3 };

int talk_open_take(struct talk *talk, int socket_fd, int control_fd, struct err *err)
{
    pipe_init_take(&talk->pipe, socket_fd, HOST_FIRST_BYTES);
    talk->pipe.takes_fd = true;
    fcntl(socket_fd, F_SETFD, FD_CLOEXEC); /* no command of a plugin's speaks for it */
    pthread_mutex_init(&talk->lock, NULL);
    void *page = mmap(NULL, HOST_CONTROL_BYTES, PROT_READ, MAP_SHARED, control_fd, 0);
    if (page == MAP_FAILED) {
        return err_errno(err, errno, "descriptor %d is no control page", control_fd);
    }
    talk->control = page;
    close(control_fd);
    return 0;
}

int talk_send(struct talk *talk, const frame_msg *frame, struct err *err)
{
    pthread_mutex_lock(&talk->lock);
    int rc = pipe_put(&talk->pipe, &frame->base, -1, err);
    int event = rc ? PIPE_FRAME : PIPE_MORE;
    while (event == PIPE_MORE) {
        event = pipe_flush(&talk->pipe, NULL);
        if (event == PIPE_MORE) {
            pipe_wait(&talk->pipe, true, -1);
        }
    }
    pthread_mutex_unlock(&talk->lock);
    if (event < 0) {
        _exit(EXIT_ALONE);
    }
    return rc;
}

int talk_receive(struct talk *talk, struct arena *arena, frame_msg **frame, struct err *err)
{
    struct ragd_bytes bytes;
    int event = pipe_read(&talk->pipe, &bytes, err);
    while (event == PIPE_MORE) {
        pipe_wait(&talk->pipe, false, -1);
        event = pipe_read(&talk->pipe, &bytes, err);
    }
    *frame = NULL;
    if (event == PIPE_END) {
        return 0;
    }
    if (event < 0) {
        _exit(EXIT_ALONE);
    }
    ProtobufCMessage *message = NULL;
    int rc = codec_unpack(arena, &ragd__host__v1__host_frame__descriptor, bytes, &message,
                          err);
    *frame = (frame_msg *)message;
    return rc;
}
