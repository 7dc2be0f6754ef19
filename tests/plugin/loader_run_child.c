/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A process for each source, so that what a loader opens late is opened with
 * the sandbox closed. */
#include <sys/wait.h>

#include "host_rig.h"
#include "loader_run.h"
#include "wire/host_values.h"

static struct ragd_block *blocks_in(struct arena *arena,
                                    const Ragd__Host__V1__HostBlocks *in, size_t *n)
{
    *n = in ? in->n_off : 0;
    struct ragd_block *blocks = arena_calloc(arena, *n, sizeof(*blocks));
    assert_non_null(blocks);
    for (size_t i = 0; i < *n; i++) {
        blocks[i] = (struct ragd_block){.kind = in->kind[i],
                                        .level = in->level[i],
                                        .page = in->page[i],
                                        .line = in->line[i],
                                        .off = in->off[i],
                                        .len = in->len[i]};
    }
    return blocks;
}

static ragd_status emit(struct loader_rig *rig, struct arena *arena,
                        const Ragd__Host__V1__Doc *in)
{
    struct ragd_doc doc = {.struct_size = sizeof(doc)};
    doc.key = host_str(in->key);
    doc.title = host_str(in->title);
    doc.mime = host_str(in->mime);
    doc.lang = host_str(in->lang);
    doc.text = host_str(in->text);
    doc.blocks = blocks_in(arena, in->blocks, &doc.n_blocks);
    assert_int_equal(
        host_kvs_in(arena, (struct host_entries){in->meta, in->n_meta}, &doc.meta), 0);
    return fake_doc_sink.emit(rig->call, &doc);
}

static ragd_status done(struct loader_rig *rig, const Ragd__Host__V1__Done *in)
{
    assert_int_equal(in->fault.len, 0);
    if (in->error) {
        struct ragd_error error = {.struct_size = sizeof(error),
                                   .status = in->error->status,
                                   .code = host_str(in->error->code),
                                   .message = host_str(in->error->message),
                                   .retry_after_ms = in->error->retry_after_ms};
        rig->table->call_error(rig->call, &error);
    }
    return in->status;
}

static ragd_status answer(struct host_rig *host, struct loader_rig *rig)
{
    for (;;) {
        const host_frame *frame = host_next(host);
        assert_non_null(frame);
        if (frame->kind_case == RAGD__HOST__V1__HOST_FRAME__KIND_DOC) {
            host_verdict(host, emit(rig, &host->arena, frame->doc));
        } else if (frame->kind_case == RAGD__HOST__V1__HOST_FRAME__KIND_DONE) {
            return done(rig, frame->done);
        }
    }
}

ragd_status loader_run(struct loader_rig *rig, struct fake_input *in)
{
    struct host_rig host = {.profile = TEST_PROFILE,
                            .text_bytes = in->limits.max_text_bytes};
    struct host_source source = {.name = in->input.name,
                                 .mime = in->input.mime,
                                 .bytes = in->bytes,
                                 .meta = in->input.meta,
                                 .options = in->input.options};
    assert_non_null(host_start(&host, TEST_LOADER)->plugin);
    assert_null(host_create(&host)->error);
    host_load(&host, &source);
    ragd_status status = answer(&host, rig);
    int end = host_end(&host, 0);
    assert_true(WIFEXITED(end) && WEXITSTATUS(end) == 0);
    return status;
}
