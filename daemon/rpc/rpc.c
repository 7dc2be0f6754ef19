/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rpc/rpc.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "proto_descriptors.h"
#include "rpc/connection.h"
#include "rpc/front.h"
#include "rpc/listener.h"
#include "rpc/session.h"

enum {
    COMPLAIN_MS = 10000, /* between two lines about strangers */
    SCARCE_PERCENT = 75, /* of the connections: idle ones are closed earlier */
};

static void on_drain_due(struct timer *timer);

int rpc_create(const struct rpc_settings *settings, struct rpc **out, struct err *err)
{
    struct rpc *rpc = mem_calloc(1, sizeof(*rpc));
    if (!rpc) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = hash_bytes(proto_descriptors_bytes, proto_descriptors_bytes_len,
                        rpc->schema_sha256);
    if (rc != 0) {
        mem_free(rpc);
        return err_set(err, ERR_NOMEM, NULL);
    }
    rpc->settings = *settings;
    rpc->limits = settings->limits;
    rpc->settings.services.limits = settings->limits;
    rpc->settings.services.rpc = rpc;
    rpc->state = "starting";
    rpc->started_ms = clock_mono_ms();
    spool_pool_init(&rpc->spools, rpc->limits, settings->spool_dir);
    rpc->timer = (struct timer){.name = "rpc", .arg = rpc};
    rpc->turn = (struct timer){.name = "rpc", .arg = rpc};
    list_init(&rpc->listeners);
    list_init(&rpc->connections);
    list_init(&rpc->lost);
    list_init(&rpc->waiting);
    list_init(&rpc->watchers);
    *out = rpc;
    return 0;
}

int rpc_listen(struct rpc *rpc, int fd, enum stream_kind kind, struct err *err)
{
    return rpc_listener_open(rpc, fd, kind, err);
}

void rpc_set_state(struct rpc *rpc, const char *state)
{
    rpc->state = state;
    health_notify(rpc);
}

const char *rpc_state(const struct rpc *rpc)
{
    return rpc->state;
}

bool rpc_scarce(const struct rpc *rpc)
{
    return rpc->n_connections * 100 > rpc->limits->connections * SCARCE_PERCENT;
}

void rpc_complain(struct rpc *rpc, const char *peer, const struct err *err)
{
    uint64_t now = clock_mono_ms();
    rpc->counters.malformed++;
    if (rpc->complained_ms != 0 && now - rpc->complained_ms < COMPLAIN_MS) {
        rpc->hushed++;
        return;
    }
    log_info("PEER-REFUSED", "%s: %s (%llu more since the last such line)", peer, err->msg,
             (unsigned long long)rpc->hushed);
    rpc->complained_ms = now;
    rpc->hushed = 0;
}

/* The drain. */

static bool empty(const struct rpc *rpc)
{
    return list_empty(&rpc->listeners) && list_empty(&rpc->connections) &&
           list_empty(&rpc->lost);
}

static void on_drained(struct timer *timer)
{
    struct rpc *rpc = timer->arg;
    void (*drained)(void *) = rpc->drained;
    rpc->drained = NULL;
    drained(rpc->drained_arg);
}

void rpc_settle(struct rpc *rpc)
{
    if (rpc->drained && empty(rpc)) {
        timer_start(&rpc->timer, 0, on_drained);
    }
}

static void on_close_all(struct timer *timer)
{
    struct rpc *rpc = timer->arg;
    LIST_EACH(&rpc->connections, node)
    {
        connection_close(connection_of(node));
    }
}

/* Calls have had their time: the rest is cancelled. Whatever is still there
 * after as long again does not read, and is closed. */
static void on_drain_due(struct timer *timer)
{
    struct rpc *rpc = timer->arg;
    LIST_EACH(&rpc->connections, node)
    {
        struct session *session = connection_session(connection_of(node));
        if (session) {
            session_cancel_calls(session, STOP_CANCELLED);
        }
    }
    timer_start(timer, rpc->limits->stop, on_close_all);
}

void rpc_drain(struct rpc *rpc, void (*drained)(void *arg), void *arg)
{
    rpc->drained = drained;
    rpc->drained_arg = arg;
    rpc->draining = true;
    rpc_set_state(rpc, "draining");
    rpc_listeners_close(rpc);
    LIST_EACH(&rpc->connections, node)
    {
        struct connection *connection = connection_of(node);
        struct session *session = connection_session(connection);
        if (session) {
            session_leave(session, ERR_DRAINING, NULL, rpc->limits->stop);
        } else {
            connection_close(connection);
        }
    }
    timer_start(&rpc->timer, rpc->limits->stop, on_drain_due);
    rpc_settle(rpc);
}

void rpc_destroy(struct rpc *rpc)
{
    if (rpc) {
        timer_stop(&rpc->timer);
        timer_stop(&rpc->turn);
        spool_pool_release(&rpc->spools);
        mem_free(rpc);
    }
}
