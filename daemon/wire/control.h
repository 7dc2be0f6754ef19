/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the daemon and ragd-plugin-host agree on beside their frames: the
 * descriptors a child is born with, and a page that only the daemon writes.
 *
 * The page is a memfd, mapped by the daemon before it is sealed with
 * F_SEAL_FUTURE_WRITE, F_SEAL_SHRINK and F_SEAL_GROW; so the child can map it
 * for reading only. There it makes call_state one load.
 */
#ifndef WIRE_CONTROL_H
#define WIRE_CONTROL_H

#include <stdatomic.h>
#include <stdint.h>

enum {
    HOST_PROTOCOL = 1,

    HOST_SOCKET_FD = 3,
    HOST_CONTROL_FD = 4,

    HOST_CONTROL_BYTES = 4096,

    /* Largest frame until Create says another bound. */
    HOST_FIRST_BYTES = 1 << 20,
};

struct host_control {
    /* Why the call at work should end: 0, RAGD_E_CANCELLED, RAGD_E_DEADLINE.
     * 0 again before the next Load. */
    _Atomic(int32_t) stop;
    _Atomic(uint32_t) log_level; /* enum ragd_log_level */
};

_Static_assert(sizeof(struct host_control) <= HOST_CONTROL_BYTES, "one page holds it");

#endif
