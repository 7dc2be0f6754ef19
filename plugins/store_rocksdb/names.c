/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "names.h"

#include <string.h>

#include <ragd/status.h>

int names_init(struct names *names, struct region *region, size_t n)
{
    names->n_slots = 8;
    while (names->n_slots < 2 * n) {
        names->n_slots *= 2;
    }
    names->slots = region_calloc(region, names->n_slots, sizeof(*names->slots));
    return names->slots ? 0 : RAGD_E_NOMEM;
}

static uint64_t hash_of(struct ragd_str s)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < s.n; i++) {
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    }
    return h ^ (h >> 29);
}

struct name *names_get(struct names *names, struct ragd_str text)
{
    size_t at = (size_t)hash_of(text) & (names->n_slots - 1);
    /* Texts in use have a pointer: the callers refused empty ones. */
    while (names->slots[at].text.p &&
           (names->slots[at].text.n != text.n ||
            memcmp(names->slots[at].text.p, text.p, text.n) != 0)) {
        at = (at + 1) & (names->n_slots - 1);
    }
    names->slots[at].text = text;
    return &names->slots[at];
}
