/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Talking to systemd without its library: the notify socket, the watchdog's
 * interval, descriptors handed over. Without systemd everything does nothing.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

/* Lines "KEY=value" with newlines between. Never blocks, cannot fail: the
 * protocol promises no delivery. [any] */
void notify_send(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* READY=1, or RELOADING=1 with the time it began, as systemd pairs them. */
void notify_ready(const char *status);
void notify_reloading(void);

/* Milliseconds after which systemd wants a sign of life, 0 = never. */
uint64_t notify_watchdog_ms(void);

/* Number of descriptors handed over, from NOTIFY_FIRST_FD on; they are set to
 * close on exec and the variables are taken out of the environment. */
enum { NOTIFY_FIRST_FD = 3 };
int notify_listen_fds(void);

#endif
