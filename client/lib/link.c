/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: a dialer starts, nng reports its pipe, messages go through two
 * aios without callbacks, which spares a thread switch per message.
 *
 * Failure modes: dialing reports nothing by itself, so after a short wait a
 * plain socket asks why. When the pipe is removed the waiting aio is cancelled;
 * a second pipe, from nng's own reconnecting, is refused: the daemon behind it
 * knows nothing of our calls.
 *
 * On close: aios are stopped before the socket is closed (nng aborts
 * otherwise). A socket with traffic under way may never return from closing,
 * a lost connection included (a message it still held keeps nng 1.5.2 waiting
 * for ever), so it is kept, and everything its callbacks use with it; it
 * hardly dials again, and what it dials is refused.
 */
#include "link.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>

#include "address.h"
#include "internal.h"

enum {
    PROBE_MS = 20,       /* without a connection until we ask why */
    RECV_SLICE_MS = 500, /* a loss that falls between two waits is seen after this */
    ABANDONED_MS = 24 * 3600 * 1000, /* between the dials of an abandoned socket */
    RECV_QUEUE = 16,                 /* messages nng reads ahead; credits bound them too */
};

struct link {
    nng_socket socket;
    nng_dialer dialer;
    nng_aio *send, *recv;
    struct address address;
    pthread_mutex_t mutex; /* guards what follows; nng's threads write it */
    pthread_cond_t changed;
    bool seen, up, lost;
    struct link *abandoned; /* next one that was left open */
};

/* Keeps abandoned links reachable. Thread: closers of any connection. */
static struct link *abandoned;
static pthread_mutex_t abandoned_mutex = PTHREAD_MUTEX_INITIALIZER;

/* Thread: nng's. */
static void on_pipe(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
    struct link *link = arg;
    pthread_mutex_lock(&link->mutex);
    bool refuse = false, cancel = false;
    if (event == NNG_PIPE_EV_ADD_PRE) {
        refuse = link->seen;
        link->seen = true;
    } else if (event == NNG_PIPE_EV_ADD_POST) {
        link->up = true;
    } else {
        link->lost = cancel = true;
    }
    pthread_cond_broadcast(&link->changed);
    pthread_mutex_unlock(&link->mutex);
    if (refuse) {
        nng_pipe_close(pipe);
    }
    if (cancel) {
        nng_aio_cancel(link->recv);
        nng_aio_cancel(link->send);
    }
}

static bool is_lost(struct link *link)
{
    pthread_mutex_lock(&link->mutex);
    bool lost = link->lost;
    pthread_mutex_unlock(&link->mutex);
    return lost;
}

/* True when the connection came up (and perhaps went) within timeout_ms. */
static bool wait_up(struct link *link, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&link->mutex);
    int rc = 0;
    while (!link->up && !link->lost && rc != ETIMEDOUT) {
        rc = pthread_cond_timedwait(&link->changed, &link->mutex, &until);
    }
    bool up = link->up || link->lost;
    pthread_mutex_unlock(&link->mutex);
    return up;
}

static int await(struct link *link, int timeout_ms, struct ragc_error *error)
{
    int64_t since = now_ms();
    if (wait_up(link, timeout_ms < PROBE_MS ? timeout_ms : PROBE_MS)) {
        return 0;
    }
    if (address_probe(&link->address, left_ms(since, timeout_ms), error)) {
        return -RAGC_UNAVAILABLE;
    }
    if (wait_up(link, left_ms(since, timeout_ms))) {
        return 0;
    }
    error_fault(error, RAGC_FAULT_TIMEOUT, "no answer from %s", link->address.url);
    error_why(error, "nothing there has answered as a ragd does for %d ms", timeout_ms);
    return -RAGC_UNAVAILABLE;
}

static int open_socket(struct link *link, size_t max_message)
{
    int rc = nng_pair0_open(&link->socket);
    if (rc) {
        return rc;
    }
    nng_pipe_notify(link->socket, NNG_PIPE_EV_ADD_PRE, on_pipe, link);
    nng_pipe_notify(link->socket, NNG_PIPE_EV_ADD_POST, on_pipe, link);
    nng_pipe_notify(link->socket, NNG_PIPE_EV_REM_POST, on_pipe, link);
    if (!rc) {
        rc = nng_socket_set_size(link->socket, NNG_OPT_RECVMAXSZ, max_message);
    }
    if (!rc) {
        rc = nng_socket_set_int(link->socket, NNG_OPT_RECVBUF, RECV_QUEUE);
    }
    if (!rc) {
        rc = nng_dialer_create(&link->dialer, link->socket, link->address.url);
    }
    if (!rc) {
        rc = nng_dialer_start(link->dialer, NNG_FLAG_NONBLOCK);
    }
    if (rc) {
        nng_close(link->socket);
    }
    return rc;
}

static void destroy(struct link *link)
{
    nng_aio_free(link->send);
    nng_aio_free(link->recv);
    address_release(&link->address);
    pthread_cond_destroy(&link->changed);
    pthread_mutex_destroy(&link->mutex);
    free(link);
}

static struct link *create(void)
{
    struct link *link = calloc(1, sizeof(*link));
    if (!link) {
        return NULL;
    }
    link->address.directory = -1;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&link->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&link->mutex, NULL);
    if (nng_aio_alloc(&link->send, NULL, NULL) || nng_aio_alloc(&link->recv, NULL, NULL)) {
        destroy(link);
        return NULL;
    }
    return link;
}

int link_open(const char *url, size_t max_message, int timeout_ms, struct link **out,
              struct ragc_error *error)
{
    struct link *link = create();
    if (!link) {
        return error_fault(error, RAGC_FAULT_LOCAL, "out of memory");
    }
    int rc = address_init(&link->address, url, error);
    if (rc) {
        destroy(link);
        return rc;
    }
    int failed = open_socket(link, max_message);
    if (failed) {
        destroy(link);
        return error_fault(error, RAGC_FAULT_ADDRESS, "%s: %s", url, nng_strerror(failed));
    }
    rc = await(link, timeout_ms, error);
    if (rc) {
        link_close(link, 1);
        return rc;
    }
    *out = link;
    return 0;
}

int link_reserve(size_t n, void **message, uint8_t **body)
{
    nng_msg *msg = NULL;
    if (nng_msg_alloc(&msg, n)) {
        return -RAGC_RESOURCE_EXHAUSTED;
    }
    *message = msg;
    *body = nng_msg_body(msg);
    return 0;
}

static int lost_error(struct ragc_error *error)
{
    error_fault(error, RAGC_FAULT_LOST, "the connection to ragd was lost");
    error_why(error, "ragd ended it or is gone");
    return -RAGC_UNAVAILABLE;
}

int link_send_take(struct link *link, void *message, int timeout_ms,
                   struct ragc_error *error)
{
    if (is_lost(link)) {
        nng_msg_free(message);
        return lost_error(error);
    }
    nng_aio_set_msg(link->send, message);
    nng_aio_set_timeout(link->send, timeout_ms);
    nng_send_aio(link->socket, link->send);
    nng_aio_wait(link->send);
    int rc = nng_aio_result(link->send);
    if (rc == 0) {
        return 0;
    }
    nng_msg_free(message);
    if (rc == NNG_ETIMEDOUT) {
        error_fault(error, RAGC_FAULT_TIMEOUT, "ragd takes nothing for %d ms", timeout_ms);
        return -RAGC_UNAVAILABLE;
    }
    return lost_error(error);
}

int link_recv(struct link *link, int timeout_ms, void **message, uint8_t **body, size_t *n,
              struct ragc_error *error)
{
    int64_t since = now_ms();
    for (;;) {
        /* What came before a loss is still delivered. */
        bool lost = is_lost(link);
        int left = left_ms(since, timeout_ms);
        int slice = left < 0 || left > RECV_SLICE_MS ? RECV_SLICE_MS : left;
        nng_aio_set_timeout(link->recv, lost ? 0 : slice);
        nng_recv_aio(link->socket, link->recv);
        nng_aio_wait(link->recv);
        int rc = nng_aio_result(link->recv);
        if (rc == 0) {
            nng_msg *msg = nng_aio_get_msg(link->recv);
            *message = msg;
            *body = nng_msg_body(msg);
            *n = nng_msg_len(msg);
            return 1;
        }
        if (lost || rc == NNG_ECLOSED) {
            return lost_error(error);
        }
        if (rc == NNG_ETIMEDOUT && left_ms(since, timeout_ms) == 0) {
            return 0;
        }
    }
}

void link_free(void *message)
{
    nng_msg_free(message);
}

void link_close(struct link *link, int quiet)
{
    if (!link) {
        return;
    }
    nng_aio_stop(link->send);
    nng_aio_stop(link->recv);
    if (!quiet) {
        nng_dialer_set_ms(link->dialer, NNG_OPT_RECONNMINT, ABANDONED_MS);
        nng_dialer_set_ms(link->dialer, NNG_OPT_RECONNMAXT, ABANDONED_MS);
        pthread_mutex_lock(&abandoned_mutex);
        link->abandoned = abandoned;
        abandoned = link;
        pthread_mutex_unlock(&abandoned_mutex);
        return;
    }
    nng_close(link->socket);
    destroy(link);
}
