/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the client reads: conditions as people and as Chroma write them, lines
 * of an import, and frames of a daemon. The first byte chooses.
 */
#include "filter.h"
#include "import_line.h"
#include "internal.h"
#include "pool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void frame(const uint8_t *p, size_t n)
{
    Ragd__V1__Frame *frame = frame_unpack(p, n);
    if (frame) {
        frame_free(frame);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct filter_error error;
    struct import_line line;
    if (n == 0) {
        return 0;
    }
    const char *text = pool_copy((const char *)data + 1, n - 1);
    switch (data[0] % 4) {
    case 0: expr_filter(filter_parse(text, &error)); break;
    case 1: expr_filter(filter_parse_json(text, &error)); break;
    case 2: import_line_read(text, n - 1, &line); break;
    default: frame(data + 1, n - 1); break;
    }
    pool_release();
    return 0;
}
