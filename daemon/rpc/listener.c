/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: a peer connects and gets a connection.
 * failure modes: above a limit it is closed at once, or, while there are
 * places left, told why first. Without descriptors the loop closes it.
 * on close: what was accepted stays.
 */
#include "rpc/listener.h"

#include "core/mem.h"
#include "rpc/connection.h"
#include "rpc/front.h"

struct door {
    struct rpc *rpc;
    struct list node;
    struct listener *listener;
};

static bool too_many_of(struct rpc *rpc, const struct stream_peer *peer)
{
    if (!rpc->settings.limit_per_uid || peer->kind != STREAM_UNIX) {
        return false;
    }
    uint64_t n = 0;
    LIST_EACH(&rpc->connections, node)
    {
        n += connection_uid(connection_of(node)) == peer->uid ? 1 : 0;
    }
    return n >= rpc->limits->connections_per_uid;
}

static void on_accept(struct listener *listener, struct stream *stream)
{
    struct door *door = listener_arg(listener);
    struct rpc *rpc = door->rpc;
    const struct stream_peer *peer = stream_peer(stream);
    rpc->counters.accepted++;
    bool refused = too_many_of(rpc, peer);
    /* A refused peer takes a place until it has heard so: not when they are
     * scarce. */
    if (rpc->n_connections >= rpc->limits->connections || (refused && rpc_scarce(rpc)) ||
        (peer->kind == STREAM_TCP && !peer->loopback)) {
        rpc->counters.refused++;
        stream_close(stream, NULL);
        return;
    }
    rpc->counters.refused += refused ? 1 : 0;
    bool was_scarce = rpc_scarce(rpc);
    connection_open_take(rpc, stream, refused);
    if (!was_scarce && rpc_scarce(rpc)) {
        LIST_EACH(&rpc->connections, node)
        {
            connection_hurry(connection_of(node));
        }
    }
}

int rpc_listener_open(struct rpc *rpc, int fd, enum stream_kind kind, struct err *err)
{
    struct door *door = mem_calloc(1, sizeof(*door));
    if (!door) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = listener_open(&door->listener, fd, kind, on_accept, door);
    if (rc != 0) {
        mem_free(door);
        return err_set(err, ERR_IO, "cannot listen on the socket");
    }
    door->rpc = rpc;
    list_init(&door->node);
    list_push(&rpc->listeners, &door->node);
    return 0;
}

static void on_closed(void *arg)
{
    struct door *door = arg;
    struct rpc *rpc = door->rpc;
    list_remove(&door->node);
    mem_free(door);
    rpc_settle(rpc);
}

void rpc_listeners_close(struct rpc *rpc)
{
    LIST_EACH(&rpc->listeners, node)
    {
        listener_close(LIST_OF(node, struct door, node)->listener, on_closed);
    }
}
