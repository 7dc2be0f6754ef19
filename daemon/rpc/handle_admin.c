/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Admin: settings, reload, the end. Status and Verify have files of their own. */
#include <unistd.h>

#include "ragd/v1/admin.pb-c.h"
#include "rpc/handle.h"
#include "rpc/request.h"
#include "rpc/services.h"

/* Config. */

void handle_admin_config(struct request *request)
{
    const struct services *services = request->services;
    Ragd__V1__ConfigReply reply = RAGD__V1__CONFIG_REPLY__INIT;
    struct setting_view *views = NULL;
    struct err err = {0};
    size_t n = 0;
    if (services->settings(services->arg, &request->arena, &views, &n, &err) != 0) {
        request_fail(request, &err);
        return;
    }
    Ragd__V1__ConfigValue *values = arena_calloc(&request->arena, n, sizeof(*values));
    reply.values = arena_calloc(&request->arena, n, sizeof(Ragd__V1__ConfigValue *));
    if (!values || !reply.values) {
        request_refuse(request, ERR_NOMEM, "no memory for the settings");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        ragd__v1__config_value__init(&values[i]);
        values[i].key = (char *)views[i].key;
        values[i].value = (char *)views[i].value;
        values[i].origin = (char *)views[i].origin;
        reply.values[i] = &values[i];
    }
    reply.n_values = n;
    request_end(request, &reply.base);
}

/* Reload. */

struct reload_call {
    struct reload reload;
    struct request *request;
};

static void on_reloaded(struct reload *reload, const struct reload_view *view,
                        const struct err *err)
{
    struct request *request = ((struct reload_call *)reload)->request;
    Ragd__V1__ReloadReply reply = RAGD__V1__RELOAD_REPLY__INIT;
    if (err) {
        request_fail(request, err);
        return;
    }
    reply.n_changed = view->n_changed;
    reply.changed = (char **)view->changed;
    reply.n_needs_restart = view->n_needs_restart;
    reply.needs_restart = (char **)view->needs_restart;
    request_end(request, &reply.base);
}

void handle_admin_reload(struct request *request)
{
    const struct services *services = request->services;
    struct reload_call *call = arena_alloc(&request->arena, sizeof(*call));
    if (!call) {
        request_refuse(request, ERR_NOMEM, "no memory for the call");
        return;
    }
    call->reload.done = on_reloaded;
    call->request = request;
    services->reload(services->arg, &call->reload);
}

/* Shutdown: the answer leaves before the end begins. */

void handle_admin_shutdown(struct request *request)
{
    const struct services *services = request->services;
    Ragd__V1__ShutdownReply reply = RAGD__V1__SHUTDOWN_REPLY__INIT;
    reply.pid = (uint32_t)getpid();
    request_end(request, &reply.base);
    services->shutdown(services->arg);
}
