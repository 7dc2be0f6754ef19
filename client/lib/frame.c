/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Decoding with a budget: the daemon at the other end of a tcp connection may
 * be anybody, and a small message can describe a large structure.
 */
#include "internal.h"

#include <stdlib.h>

/* Memory for a decoded message, as a multiple of its size and a floor. */
enum { BUDGET_TIMES = 16, BUDGET_FLOOR = 1 << 20 };

struct budget {
    size_t left;
};

static void *budget_alloc(void *data, size_t n)
{
    struct budget *budget = data;
    if (n > budget->left) {
        return NULL;
    }
    budget->left -= n;
    return malloc(n ? n : 1);
}

static void budget_free(void *data, void *p)
{
    (void)data;
    free(p);
}

static ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *type, const void *p,
                                size_t n)
{
    struct budget budget = {BUDGET_TIMES * n + BUDGET_FLOOR};
    ProtobufCAllocator allocator = {budget_alloc, budget_free, &budget};
    return protobuf_c_message_unpack(type, &allocator, n, p);
}

Ragd__V1__Frame *frame_unpack(const void *p, size_t n)
{
    return (Ragd__V1__Frame *)unpack(&ragd__v1__frame__descriptor, p, n);
}

void frame_free(Ragd__V1__Frame *frame)
{
    if (frame) {
        ragd__v1__frame__free_unpacked(frame, NULL);
    }
}

Ragd__V1__Error *details_unpack(const void *p, size_t n)
{
    return (Ragd__V1__Error *)unpack(&ragd__v1__error__descriptor, p, n);
}
