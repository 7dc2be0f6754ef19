/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: once ragd took the call, one step at a time, what is most urgent
 * first: a piece of the file under way, the next wanted file, the next announcement. Without credit
 * or work it waits for an event. The half is closed once every announced
 * source was either sent completely or answered without its bytes.
 *
 * Failure modes: a file that cannot be read when it is to be announced fails
 * here; one that breaks later is aborted, and ragd says so in its result.
 *
 * On interrupt: the call was opened to outlive the connection, so ragd finishes
 * the sources it has.
 */
#include "upload.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content.h"
#include "interrupt.h"
#include "pool.h"
#include "sha256.h"
#include "text.h"

enum { PIECE_BYTES = 1 << 20 };

enum source_state { SOURCE_WAITING, SOURCE_ANNOUNCED, SOURCE_WANTED, SOURCE_SETTLED };

struct upload {
    struct rpc *rpc;
    const struct upload_request *request;
    struct stream stream;
    uint8_t *state;   /* enum source_state of each file */
    uint32_t *wanted; /* queue of indexes */
    size_t wanted_first, wanted_last;
    size_t announced; /* files looked at, in order */
    size_t unsettled; /* announced, not settled */
    bool started;     /* ragd took the call; nothing is read for one it refuses */
    bool half_closed;
    int fd; /* of the file under way, -1 = none */
    uint32_t index;
    uint64_t offset;
    uint8_t *piece;
};

static const struct source_file *file_at(const struct upload *upload, size_t index)
{
    return &upload->request->walk->files[index];
}

/* Size, time and hash of a file as it is now. */
static bool describe(struct upload *upload, const struct source_file *file,
                     Ragd__V1__Announce *announce, uint8_t hash[SHA256_BYTES],
                     struct failure *failure)
{
    struct stat st;
    int fd = content_open(file, &st, failure);
    if (fd < 0) {
        return false;
    }
    struct sha256 *sum = sha256_create();
    ssize_t n = 1;
    while (n > 0) {
        n = content_read(file, fd, upload->piece, PIECE_BYTES, failure);
        if (n > 0) {
            sha256_update(sum, upload->piece, (size_t)n);
            announce->size += (uint64_t)n;
        }
    }
    close(fd);
    if (n < 0) {
        sha256_destroy(sum);
        return false;
    }
    sha256_final(sum, hash);
    announce->sha256 = (ProtobufCBinaryData){SHA256_BYTES, hash};
    announce->mtime_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
    return true;
}

static void fail_here(struct upload *upload, const struct source_file *file,
                      const struct failure *failure)
{
    Ragd__V1__Error error = RAGD__V1__ERROR__INIT;
    error.exit = (uint32_t)failure->exit;
    error.code = (char *)failure->code;
    error.message = (char *)failure->message;
    error.why = (char *)(failure->why ? failure->why : "");
    error.hint = (char *)(failure->hint ? failure->hint : "");
    Ragd__V1__SourceResult result = RAGD__V1__SOURCE_RESULT__INIT;
    result.source = (char *)file->uri;
    result.status = RAGD__V1__SOURCE_STATUS__SOURCE_STATUS_FAILED;
    result.error = &error;
    upload->request->events.on_result(upload->request->events.arg, &result);
}

static int send_piece(struct upload *upload, Ragd__V1__AddPiece *piece)
{
    int rc = stream_send(&upload->stream, &piece->base, 0, 0);
    return rc < 0 ? rc : 0;
}

static int announce_next(struct upload *upload)
{
    uint32_t index = (uint32_t)upload->announced++;
    const struct source_file *file = file_at(upload, index);
    uint8_t hash[SHA256_BYTES];
    Ragd__V1__Announce announce = RAGD__V1__ANNOUNCE__INIT;
    struct failure failure;
    if (!describe(upload, file, &announce, hash, &failure)) {
        upload->state[index] = SOURCE_SETTLED;
        fail_here(upload, file, &failure);
        return 0;
    }
    announce.index = index;
    announce.source = (char *)file->uri;
    /* Only a hint, but a protobuf string; the URI keeps the bytes, as %XX. */
    announce.name = (char *)text_repair(file->name);
    Ragd__V1__AddPiece piece = RAGD__V1__ADD_PIECE__INIT;
    piece.kind_case = RAGD__V1__ADD_PIECE__KIND_ANNOUNCE;
    piece.announce = &announce;
    upload->state[index] = SOURCE_ANNOUNCED;
    upload->unsettled++;
    return send_piece(upload, &piece);
}

static void settle(struct upload *upload, size_t index)
{
    if (upload->state[index] == SOURCE_ANNOUNCED || upload->state[index] == SOURCE_WANTED) {
        upload->state[index] = SOURCE_SETTLED;
        upload->unsettled--;
    }
}

static void close_file(struct upload *upload)
{
    if (upload->fd >= 0) {
        close(upload->fd);
        upload->fd = -1;
    }
}

static int send_content(struct upload *upload, Ragd__V1__Content *content)
{
    content->index = upload->index;
    content->offset = upload->offset;
    Ragd__V1__AddPiece piece = RAGD__V1__ADD_PIECE__INIT;
    piece.kind_case = RAGD__V1__ADD_PIECE__KIND_CONTENT;
    piece.content = content;
    if (content->last || content->abort) {
        close_file(upload);
        settle(upload, upload->index);
    }
    return send_piece(upload, &piece);
}

static int abort_content(struct upload *upload, const struct failure *failure)
{
    Ragd__V1__Content content = RAGD__V1__CONTENT__INIT;
    content.abort = true;
    content.error = (char *)(failure->why ? failure->why : failure->message);
    return send_content(upload, &content);
}

static int open_wanted(struct upload *upload)
{
    upload->index = upload->wanted[upload->wanted_first++];
    upload->offset = 0;
    struct failure failure;
    struct stat st;
    upload->fd = content_open(file_at(upload, upload->index), &st, &failure);
    return upload->fd < 0 ? abort_content(upload, &failure) : 0;
}

static int send_next_piece(struct upload *upload)
{
    struct failure failure;
    ssize_t n = content_read(file_at(upload, upload->index), upload->fd, upload->piece,
                             PIECE_BYTES, &failure);
    if (n < 0) {
        return abort_content(upload, &failure);
    }
    Ragd__V1__Content content = RAGD__V1__CONTENT__INIT;
    content.bytes = (ProtobufCBinaryData){(size_t)n, upload->piece};
    content.last = n < PIECE_BYTES;
    int rc = send_content(upload, &content);
    upload->offset += (uint64_t)n;
    return rc;
}

/* 1 = something was done, 0 = nothing to do now, negative = the call ended. */
static int step(struct upload *upload)
{
    const struct walk *walk = upload->request->walk;
    if (!upload->started) {
        return 0;
    }
    if (!upload->half_closed && upload->announced == walk->n && upload->unsettled == 0) {
        upload->half_closed = true;
        int rc = stream_send(&upload->stream, NULL, RAGC_LAST, 0);
        return rc < 0 ? rc : 1;
    }
    if (ragc_credit(upload->stream.call) == 0) {
        return 0;
    }
    int rc = 0;
    if (upload->fd >= 0) {
        rc = send_next_piece(upload);
    } else if (upload->wanted_first < upload->wanted_last) {
        rc = open_wanted(upload);
    } else if (upload->announced < walk->n) {
        rc = announce_next(upload);
    } else {
        return 0;
    }
    return rc < 0 ? rc : 1;
}

static void on_want(struct upload *upload, uint32_t index)
{
    if (index < upload->request->walk->n && upload->state[index] == SOURCE_ANNOUNCED) {
        upload->state[index] = SOURCE_WANTED;
        upload->wanted[upload->wanted_last++] = index;
    }
}

/* A source that ragd gave up while it was sent still gets all its bytes. */
static void on_result(struct upload *upload, const Ragd__V1__SourceResult *result)
{
    const struct source_file *file = walk_find(upload->request->walk, result->source);
    if (file) {
        size_t index = (size_t)(file - upload->request->walk->files);
        if (upload->state[index] == SOURCE_ANNOUNCED) {
            settle(upload, index);
        }
    }
    upload->request->events.on_result(upload->request->events.arg, result);
}

static void on_event(struct upload *upload, Ragd__V1__AddEvent *event)
{
    const struct upload_events *events = &upload->request->events;
    switch (event->kind_case) {
    case RAGD__V1__ADD_EVENT__KIND_STARTED:
        upload->started = true;
        events->on_started(events->arg, event->started);
        break;
    case RAGD__V1__ADD_EVENT__KIND_WANT: on_want(upload, event->want->index); break;
    case RAGD__V1__ADD_EVENT__KIND_PROGRESS:
        events->on_progress(events->arg, event->progress);
        break;
    case RAGD__V1__ADD_EVENT__KIND_RESULT: on_result(upload, event->result); break;
    case RAGD__V1__ADD_EVENT__KIND_TOTALS:
        events->on_totals(events->arg, event->totals);
        break;
    case RAGD__V1__ADD_EVENT__KIND_PREVIEW:
        upload->stream.current = NULL;
        events->on_preview_take(events->arg, event);
        break;
    default: break;
    }
}

static int converse(struct upload *upload)
{
    for (;;) {
        int done = step(upload);
        Ragd__V1__AddEvent *event;
        int got = stream_next(&upload->stream, done > 0 ? 0 : INTERRUPT_POLL_MS, &event);
        if (got == STREAM_MESSAGE) {
            on_event(upload, event);
        } else if (got != STREAM_NOTHING) {
            return got == STREAM_END ? EXIT_DONE : stream_fail(&upload->stream);
        }
        if (interrupted()) {
            return interrupt_exit();
        }
    }
}

int upload_run(struct rpc *rpc, const struct upload_request *request)
{
    size_t n = request->walk->n;
    struct upload upload = {.rpc = rpc, .request = request, .fd = -1};
    upload.state = pool_alloc(n);
    upload.wanted = pool_alloc(n * sizeof(*upload.wanted));
    upload.piece = pool_alloc(PIECE_BYTES);
    int rc = stream_open(&upload.stream, rpc, request->method, &request->start->base,
                         &ragd__v1__add_event__descriptor, true);
    if (rc) {
        return rc;
    }
    rc = converse(&upload);
    close_file(&upload);
    if (!interrupted()) {
        stream_close(&upload.stream);
    }
    return rc;
}
