/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "postings.h"

#include <string.h>

/* A base-128 number, least digits first. false: cut off or beyond 64 bits. */
static bool read_number(struct ragd_bytes b, size_t *at, uint64_t *out)
{
    const unsigned char *p = b.p;
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && *at < b.n; shift += 7) {
        unsigned char byte = p[(*at)++];
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = v;
            return true;
        }
    }
    return false;
}

static size_t write_number(unsigned char *out, uint64_t v)
{
    size_t n = 0;
    for (; v >= 0x80; v >>= 7) {
        out[n++] = (unsigned char)(v | 0x80);
    }
    out[n++] = (unsigned char)v;
    return n;
}

bool posting_read(struct ragd_bytes block, size_t *at, struct posting *p, bool *bad)
{
    if (*at >= block.n) {
        return false;
    }
    uint64_t step = 0, tf = 0, len = 0;
    bool ok = read_number(block, at, &step) && read_number(block, at, &tf) &&
              (tf == 0 || read_number(block, at, &len));
    /* UINT32_MAX + 1 wraps to 0: the first step counts from -1. */
    uint64_t base = (uint32_t)(p->slot + 1);
    if (!ok || step == 0 || step > POSTINGS_PER_BLOCK || base + step > POSTINGS_PER_BLOCK ||
        tf > UINT32_MAX) {
        *bad = true;
        return false;
    }
    *p = (struct posting){(uint32_t)(base + step - 1), (uint32_t)tf, len};
    return true;
}

size_t posting_write(unsigned char *out, uint32_t last, const struct posting *p)
{
    size_t n = write_number(out, (uint32_t)(p->slot - last));
    n += write_number(out + n, p->tf);
    if (p->tf) {
        n += write_number(out + n, p->len);
    }
    return n;
}

bool postings_count(struct ragd_bytes block, uint64_t *count)
{
    struct posting p = {.slot = UINT32_MAX};
    bool bad = false;
    for (size_t at = 0; posting_read(block, &at, &p, &bad);) {
        *count += p.tf > 0;
    }
    return !bad;
}

/* All slots of a block while operands are folded into it. */
struct fold {
    uint32_t tf[POSTINGS_PER_BLOCK];
    uint64_t len[POSTINGS_PER_BLOCK];
    unsigned char known[POSTINGS_PER_BLOCK];
};

static bool fold_in(struct fold *fold, struct ragd_bytes block)
{
    struct posting p = {.slot = UINT32_MAX};
    bool bad = false;
    for (size_t at = 0; posting_read(block, &at, &p, &bad);) {
        fold->tf[p.slot] = p.tf;
        fold->len[p.slot] = p.len;
        fold->known[p.slot] = 1;
    }
    return !bad;
}

long postings_merge(struct ragd_bytes value, const struct ragd_bytes *operands, size_t n,
                    bool keep, unsigned char *out)
{
    struct fold fold;
    memset(fold.known, 0, sizeof(fold.known));
    if (value.p && !fold_in(&fold, value)) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (!fold_in(&fold, operands[i])) {
            return -1;
        }
    }
    size_t written = 0;
    uint32_t last = UINT32_MAX;
    for (uint32_t slot = 0; slot < POSTINGS_PER_BLOCK; slot++) {
        if (fold.known[slot] && (keep || fold.tf[slot])) {
            struct posting p = {slot, fold.tf[slot], fold.len[slot]};
            written += posting_write(out + written, last, &p);
            last = slot;
        }
    }
    return (long)written;
}
