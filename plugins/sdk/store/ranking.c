/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/store/ranking.h"

#include <stdlib.h>

void ranking_init(struct ranking *r, size_t k, bool larger_is_better)
{
    *r = (struct ranking){.k = k, .larger_is_better = larger_is_better};
}

static bool better(const struct ranking *r, const struct ranked *a, const struct ranked *b)
{
    if (a->value < b->value || a->value > b->value) {
        return (a->value > b->value) == r->larger_is_better;
    }
    return a->seq < b->seq;
}

/* Whether a stands above b in the heap. */
static bool above(const struct ranking *r, const struct ranked *a, const struct ranked *b)
{
    return r->reading ? better(r, a, b) : better(r, b, a);
}

static void sift_down(struct ranking *r, size_t at)
{
    struct ranked item = r->items[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= r->n) {
            break;
        }
        if (child + 1 < r->n && above(r, &r->items[child + 1], &r->items[child])) {
            child++;
        }
        if (!above(r, &r->items[child], &item)) {
            break;
        }
        r->items[at] = r->items[child];
        at = child;
    }
    r->items[at] = item;
}

static void sift_up(struct ranking *r, size_t at)
{
    struct ranked item = r->items[at];
    while (at > 0 && above(r, &item, &r->items[(at - 1) / 2])) {
        r->items[at] = r->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    r->items[at] = item;
}

static bool grow(struct ranking *r)
{
    size_t cap = r->cap ? 2 * r->cap : 64;
    struct ranked *items = realloc(r->items, cap * sizeof(*items));
    if (!items) {
        return false;
    }
    r->items = items;
    r->cap = cap;
    return true;
}

bool ranking_add(struct ranking *r, double value, uint64_t seq)
{
    struct ranked item = {value, seq};
    if (r->n >= r->k) {
        if (r->k && better(r, &item, &r->items[0])) {
            r->items[0] = item;
            sift_down(r, 0);
        }
        return true;
    }
    if (r->n == r->cap && !grow(r)) {
        return false;
    }
    r->items[r->n++] = item;
    /* Who keeps everything needs no order before the first one is taken. */
    if (r->k != SIZE_MAX) {
        sift_up(r, r->n - 1);
    }
    return true;
}

bool ranking_next(struct ranking *r, struct ranked *out)
{
    if (!r->reading) {
        r->reading = true;
        for (size_t i = r->n / 2; i-- > 0;) {
            sift_down(r, i);
        }
    }
    if (r->n == 0) {
        return false;
    }
    *out = r->items[0];
    r->items[0] = r->items[--r->n];
    if (r->n) {
        sift_down(r, 0);
    }
    return true;
}

void ranking_release(struct ranking *r)
{
    free(r->items);
    *r = (struct ranking){0};
}
