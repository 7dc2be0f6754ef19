/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Names met in one change, with what became of them. */
#ifndef STORE_NAMES_H
#define STORE_NAMES_H

#include <stdbool.h>

#include <ragd/types.h>

#include "sdk/store/region.h"

struct name {
    struct ragd_str text; /* borrowed */
    bool removed;         /* it was there and goes */
    bool put;
};

struct names {
    struct name *slots;
    size_t n_slots; /* a power of two */
};

/* Room for n names. RAGD_E_NOMEM. */
int names_init(struct names *names, struct region *region, size_t n);
/* Its entry, made when it is new. */
struct name *names_get(struct names *names, struct ragd_str text);

#endif
