/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Documents that the daemon keeps for a store that does not. */
#include <stdlib.h>
#include <string.h>

#include "plugin/store_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena arena;
    struct ragd_stored_doc doc;
    struct buf again = {0};
    arena_init(&arena, n * 64 + 4096);
    if (document_decode((struct ragd_bytes){data, n}, &arena, &doc) == 0) {
        /* What was understood is written as it was read. */
        if (document_encode(&doc, &again) || again.n != n ||
            memcmp(again.p, data, n) != 0) {
            abort();
        }
    }
    buf_release(&again);
    arena_release(&arena);
    return 0;
}
