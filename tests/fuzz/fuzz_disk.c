/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Values of store_rocksdb as its database gives them back, which after damage
 * are any bytes. The first byte chooses what they are taken for.
 */
#include <stdlib.h>
#include <string.h>

#include "store_rocksdb/codec.h"
#include "store_rocksdb/postings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { DIM = 4, REGION_MAX = 1 << 26 };

/* The value folded with itself is no longer than a block may be. */
static void postings(struct ragd_bytes in)
{
    static unsigned char out[POSTINGS_PER_BLOCK * POSTINGS_ENTRY_MAX];
    uint64_t count = 0;
    long bytes = postings_merge(in, &in, 1, false, out);
    bool known = postings_count(in, &count);
    if (bytes > (long)sizeof(out) || (known && count > POSTINGS_PER_BLOCK)) {
        abort();
    }
}

static void document(struct region *region, struct ragd_bytes in)
{
    struct ragd_stored_doc doc;
    struct ragd_bytes again;
    if (codec_document_unpack(region, in, &doc) == 0 &&
        codec_document_pack(region, &doc, &again) != 0) {
        abort();
    }
}

static void record(struct region *region, struct ragd_bytes in)
{
    struct ragd_record rec;
    struct ragd_bytes again;
    bool has_vector;
    if (codec_record_unpack(region, in, &rec, &has_vector) == 0 &&
        codec_record_pack(region, &rec, &again) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct region region = {.limit = REGION_MAX};
    struct ragd_coll_spec spec;
    struct counters counters;
    struct ragd_apply apply;
    uint32_t number;
    if (n == 0) {
        return 0;
    }
    struct ragd_bytes in = {data + 1, n - 1};
    switch (data[0] % 6) {
    case 0: postings(in); break;
    case 1: record(&region, in); break;
    case 2: document(&region, in); break;
    case 3: codec_collection_unpack(&region, in, &spec, &number); break;
    case 4: codec_counters_unpack(&region, in, &counters); break;
    default: codec_stage_unpack(&region, in, DIM, &apply); break;
    }
    region_release(&region);
    return 0;
}
