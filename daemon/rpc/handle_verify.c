/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Admin/Verify: what a collection holds, compared with itself. */
#include "rag/verify.h"
#include "ragd/v1/admin.pb-c.h"
#include "rpc/handle.h"
#include "rpc/op.h"
#include "wire/values.h"

static void on_report(struct verify *verify, const struct verify_report *report)
{
    Ragd__V1__VerifyReply reply = RAGD__V1__VERIFY_REPLY__INIT;
    struct arena arena;
    arena_init(&arena, 0);
    reply.name = text_out(&arena, report->name);
    reply.records = report->records;
    reply.vectors = report->vectors;
    reply.postings = report->postings;
    reply.manifests = report->manifests;
    reply.problems = arena_calloc(&arena, report->n_problems, sizeof(char *));
    for (size_t i = 0; reply.problems && i < report->n_problems; i++) {
        reply.problems[i] = text_out(&arena, report->problems[i]);
        reply.problems = reply.problems[i] ? reply.problems : NULL;
    }
    reply.n_problems = report->n_problems;
    if (reply.name && reply.problems) {
        request_send(op_request(&verify->op), &reply.base);
    } else {
        op_out_of_memory(&verify->op);
    }
    arena_release(&arena);
    op_throttle(&verify->op);
}

static void on_verified(struct operation *op)
{
    if (!op_failed(op)) {
        op_end(op, NULL, NULL);
    }
}

void handle_admin_verify(struct request *request)
{
    const Ragd__V1__VerifyRequest *in = (const Ragd__V1__VerifyRequest *)request->message;
    struct verify *verify = op_create(request, sizeof(*verify), on_verified);
    if (verify) {
        verify->collection = ragd_cs(in->collection);
        verify->on_report = on_report;
        verify_start(verify);
    }
}
