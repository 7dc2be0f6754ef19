/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What a child writes to stderr: lines of the log that name its plugin, at a
 * bounded rate. Its end is also the first that is known of the child's.
 */
#ifndef PLUGIN_CHILD_ERRORS_H
#define PLUGIN_CHILD_ERRORS_H

#include <sys/types.h>

struct child_errors;
struct plugin;

/* Takes fd, also when it fails: NULL without memory. */
struct child_errors *child_errors_create_take(int fd, struct plugin *plugin);
/* Before it is watched; NULL is legal. */
void child_errors_destroy(struct child_errors *errors);
/* The last line that was written so far, "" when there is none; not for one that is
 * watched. What it was written by, such as the program's loader, is no plugin yet. */
void child_errors_last(const struct child_errors *errors, char *out, size_t size);
/* Reads on the loop from now on, until its end; on_end is told the number of the
 * process, which may be reaped by then. Takes errors. [any] */
void child_errors_watch_take(struct child_errors *errors, pid_t pid,
                             void (*on_end)(pid_t pid));
/* Ends all that are watched. [loop] */
void child_errors_close(void);

#endif
