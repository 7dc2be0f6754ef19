/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Room on the disk of the data directory; state.h has the question. */
#ifndef STATE_ROOM_H
#define STATE_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

/* What has to be free of a disk of total bytes so that more may be stored: the
 * floor, a tenth of a disk where that is less; half as much again once it was low. */
uint64_t room_wanted(uint64_t floor, uint64_t total, bool low);
/* The refusal of a database that a full disk let open for reading only. */
int room_read_only(struct err *err);

#endif
