/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Reading lists of documents, or of sources that failed, as far as somebody cares. */
#ifndef CLI_DOCUMENT_LIST_H
#define CLI_DOCUMENT_LIST_H

#include "rpc.h"

#include "ragd/v1/documents.pb-c.h"

/* A part of the list, borrowed for the call. False = enough. */
typedef bool (*document_list_fn)(void *data, const Ragd__V1__DocumentsListReply *reply);

struct document_list {
    const char *collection;
    const char *after; /* an id, or a source that failed: what is behind it comes */
    uint64_t limit;    /* 0 = all */
    bool failed;       /* sources that failed, not documents */
    bool may_lack;     /* a collection that is not there has none, and is no error */
    document_list_fn on_reply;
    void *data;
};

/* In order of id, or of source. 0, or the exit code after a message. */
int document_list_read(struct rpc *rpc, const struct document_list *list);

#endif
