/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Calls of a loader that runs in a process of its own.
 *
 * Thread: [worker]; they block until the answer, the call's stop, or a limit.
 */
#ifndef PLUGIN_CHILD_LOAD_H
#define PLUGIN_CHILD_LOAD_H

#include "plugin/call_load.h"
#include "plugin/child.h"

/* load of the table of such a loader; inst is a child_pool. */
ragd_status child_load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                       const struct ragd_doc_sink *sink);

/* What its probe says to a pick, whose call it is. An error when it could not be
 * asked, or the call's stop with err->id ERR_NONE. */
int child_probe(const struct instance *instance, const struct ragd_call *call,
                const struct call_pick *pick, int32_t *sure, struct err *err);

/* A frame that may come at any time goes into the log; ERR_PLUGIN: another. */
int child_hear(struct ragd_ctx *ctx, const host_frame *frame, struct err *err);

#endif
