/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The processes of one instance: as many as calls at work at the same time, kept
 * warm between calls, replaced when they were used up or went wrong; without work for
 * a while one is left.
 *
 * Thread: [worker] but where said.
 */
#ifndef PLUGIN_CHILD_POOL_H
#define PLUGIN_CHILD_POOL_H

#include "plugin/child.h"

struct child_pool;

/* create and destroy of the life of a plugin that was described by a child: an
 * instance of such a plugin is its pool. */
ragd_status child_pool_create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst);
void child_pool_destroy(void *inst);

/* One that is ready for a call, *out NULL on failure: what child_receive says,
 * or what its create said. */
int child_pool_take(struct child_pool *pool, const struct child_wait *wait,
                    struct child **out, struct err *err);

enum child_end {
    CHILD_WELL,  /* the call succeeded */
    CHILD_DONE,  /* it was answered with an error: this one is not used again */
    CHILD_FAULT, /* the process itself went wrong */
    CHILD_AGAIN, /* the same, on what it went wrong on before: that counts once */
    CHILD_ENDED, /* we ended it */
    CHILD_ASKED, /* a probe succeeded: that does not use it up */
    CHILD_MUTE,  /* the process went wrong in a probe; probes are counted apart, as
                    most are of sources that are others' */
};
/* After the call; takes child. Too many faults disable the instance. */
void child_pool_give_take(struct child_pool *pool, struct child *child, enum child_end end);

/* Instances that were disabled get another chance. [loop] */
void child_pools_enable(void);

/* Ends what runs on the loop for all of them. [loop] */
void child_pools_close(void);

/* Whose it is. */
struct instance *child_pool_instance(const struct child_pool *pool);

#endif
