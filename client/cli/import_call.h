/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The sending part of an import: items travel in batches over one call. */
#ifndef CLI_IMPORT_CALL_H
#define CLI_IMPORT_CALL_H

#include "progress.h"
#include "rpc.h"

#include "ragd/v1/collections.pb-c.h"

enum { IMPORT_BATCH_ITEMS = 1000 };

struct import_call {
    const char *from; /* what is read, for the progress */
    struct stream stream;
    struct progress progress;
    Ragd__V1__ImportItem *items[IMPORT_BATCH_ITEMS]; /* of the present batch */
    size_t n_items, bytes;
    uint64_t sent;
    /* What ragd said. */
    char collection[RAGC_TEXT_BYTES];
    bool created;
    Ragd__V1__ImportTotals totals;
};

/* The functions return 0 or the exit code, after a message. */
int import_call_open(struct import_call *call, struct rpc *rpc,
                     const Ragd__V1__ImportStart *start);
/* Ownership: the item lives until the batch is sent: n_items is 0 then. A
 * batch that is half full is sent, so that this comes between any two items. */
int import_call_put(struct import_call *call, Ragd__V1__ImportItem *item);
/* Sends what is left and waits for the end. */
int import_call_finish(struct import_call *call);
/* After import_call_open() succeeded. */
void import_call_close(struct import_call *call);

#endif
