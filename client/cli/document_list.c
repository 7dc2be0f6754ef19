/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "document_list.h"

#include <string.h>

int document_list_read(struct rpc *rpc, const struct document_list *list)
{
    Ragd__V1__DocumentsListRequest request = RAGD__V1__DOCUMENTS_LIST_REQUEST__INIT;
    Ragd__V1__DocumentsListReply *reply;
    struct stream stream;
    request.collection = (char *)list->collection;
    request.after = (char *)list->after;
    request.limit = list->limit;
    request.failed = list->failed;
    int rc = stream_open(&stream, rpc, "ragd.v1.Documents/List", &request.base,
                         &ragd__v1__documents_list_reply__descriptor, false);
    if (rc) {
        return rc;
    }
    int got = STREAM_END;
    do {
        got = stream_next(&stream, -1, &reply);
    } while (got == STREAM_MESSAGE && list->on_reply(list->data, reply));
    if (got < 0 &&
        !(list->may_lack && strcmp(stream.error.code, "no_such_collection") == 0)) {
        rc = stream_fail(&stream);
    }
    stream_close(&stream);
    return rc;
}
