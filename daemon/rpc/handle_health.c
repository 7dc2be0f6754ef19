/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Health and Reflection: whether the daemon is well, and what it speaks. */
#include "core/mem.h"
#include "proto_descriptors.h"
#include "ragd/v1/admin.pb-c.h"
#include "rpc/front.h"
#include "rpc/handle.h"

/* A call that hears of each change of the state. */
struct watcher {
    struct request *request;
    struct list node;
};

static void send_state(struct request *request,
                       void (*send)(struct request *, const ProtobufCMessage *))
{
    Ragd__V1__HealthReply reply = RAGD__V1__HEALTH_REPLY__INIT;
    reply.state = (char *)rpc_state(request->rpc);
    send(request, &reply.base);
}

void handle_health_check(struct request *request)
{
    send_state(request, request_end);
}

static void on_watch_stop(struct request *request, enum request_stop why)
{
    (void)why;
    struct watcher *watcher = request->state;
    list_remove(&watcher->node);
    mem_free(watcher);
    request_end(request, NULL);
}

void handle_health_watch(struct request *request)
{
    struct watcher *watcher = mem_calloc(1, sizeof(*watcher));
    if (!watcher) {
        request_refuse(request, ERR_NOMEM, "no memory for a watcher");
        return;
    }
    watcher->request = request;
    list_init(&watcher->node);
    list_push(&request->rpc->watchers, &watcher->node);
    request->state = watcher;
    request->on_stop = on_watch_stop;
    send_state(request, request_send_latest);
}

/* A watcher that reads slowly misses states, never the newest. */
void health_notify(struct rpc *rpc)
{
    LIST_EACH(&rpc->watchers, node)
    {
        send_state(LIST_OF(node, struct watcher, node)->request, request_send_latest);
    }
}

void handle_reflection_schema(struct request *request)
{
    Ragd__V1__SchemaReply reply = RAGD__V1__SCHEMA_REPLY__INIT;
    reply.file_descriptor_set = (ProtobufCBinaryData){proto_descriptors_bytes_len,
                                                      (uint8_t *)proto_descriptors_bytes};
    reply.sha256 = (ProtobufCBinaryData){HASH_BYTES, request->rpc->schema_sha256};
    request_end(request, &reply.base);
}
