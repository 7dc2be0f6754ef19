/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the daemon keeps in a store: manifests (the first byte is a multiple of
 * three), settings of collections and reasons of failed sources (one and two more).
 * What was understood can be written, and that is understood too.
 */
#include <stdlib.h>

#include "plugin/stored.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void manifest(struct ragd_bytes bytes, struct arena *arena)
{
    struct manifest out, second;
    struct err err = {0};
    struct buf again = {0};
    if (stored_manifest_decode(bytes, arena, &out, &err) == 0 &&
        (stored_manifest_encode(&out, &again) ||
         stored_manifest_decode((struct ragd_bytes){again.p, again.n}, arena, &second,
                                &err))) {
        abort();
    }
    buf_release(&again);
}

static void collection(struct ragd_bytes bytes, struct arena *arena)
{
    struct stored_collection out, second;
    struct err err = {0};
    struct buf again = {0};
    if (stored_collection_decode(bytes, arena, &out, &err) == 0 &&
        (stored_collection_encode(&out, &again) ||
         stored_collection_decode((struct ragd_bytes){again.p, again.n}, arena, &second,
                                  &err))) {
        abort();
    }
    buf_release(&again);
}

static void failure(struct ragd_bytes bytes, struct arena *arena)
{
    struct stored_failure out, second;
    struct err err = {0};
    struct buf again = {0};
    if (stored_failure_decode(bytes, arena, &out, &err) == 0 &&
        (stored_failure_encode(&out, &again) ||
         stored_failure_decode((struct ragd_bytes){again.p, again.n}, arena, &second,
                               &err))) {
        abort();
    }
    buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const decode[])(struct ragd_bytes,
                                  struct arena *) = {manifest, collection, failure};
    struct arena arena;
    if (n == 0) {
        return 0;
    }
    arena_init(&arena, 1 << 26);
    struct ragd_bytes bytes = {data + 1, n - 1};
    decode[data[0] % 3](bytes, &arena);
    arena_release(&arena);
    return 0;
}
