/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The way onto the loop from any thread: posted items run there in order. */
#ifndef LOOP_INBOX_H
#define LOOP_INBOX_H

/* Embedded in what is posted. It must not be posted again before it has run;
 * on_post may free it or post it again. */
struct inbox_item {
    const char *name;                         /* static, for the watchdog */
    void (*on_post)(struct inbox_item *item); /* [loop] */
    struct inbox_item *next;                  /* private */
};

/* Runs item->on_post later on the loop, never before this returns to the loop.
 * Allocates nothing and cannot fail. Legal until loop_release. [any] */
void inbox_post(struct inbox_item *item);

#endif
