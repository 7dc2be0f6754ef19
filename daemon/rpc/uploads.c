/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: announced -wanted-> waiting -room-> open -pieces, one write at a
 * time-> complete -> the engine has it.
 * failure modes: another size or hash than announced, over a limit, not to be
 * read or not to be kept: the engine is told, the others go on. A caller that
 * brings nothing of what it was asked for loses the call (request_await).
 * on close: open ones with all their bytes are finished first.
 */
#include "rpc/uploads.h"

#include <string.h>

#include "core/mem.h"
#include "rpc/front.h"

_Static_assert((int)SPOOL_HEAD_BYTES >= (int)CONTENT_HEAD_BYTES,
               "a loader sees enough to judge");

/* An announced source. */
struct upload {
    struct uploads *uploads;
    struct list node; /* in waiting or open */
    uint32_t index;
    uint64_t size;
    uint8_t sha256[HASH_BYTES];
    struct spool *spool; /* not NULL while open */
    struct list pieces;  /* the first one's bytes are being written */
    uint64_t received;
    bool last;   /* all its bytes have come */
    bool doomed; /* failed while a write was under way */
};

static struct ragd_str key_of(const uint32_t *index)
{
    return (struct ragd_str){(const char *)index, sizeof(*index)};
}

static const Ragd__V1__Content *content_of(const struct piece *piece)
{
    return ((const Ragd__V1__AddPiece *)piece->message)->content;
}

static void pump_wants(struct uploads *uploads);

static void on_room(struct spool_waiter *waiter)
{
    pump_wants((struct uploads *)((char *)waiter - offsetof(struct uploads, waiter)));
}

void uploads_init(struct uploads *uploads, struct request *request, struct add *add)
{
    *uploads = (struct uploads){.request = request, .add = add};
    uploads->waiter.on_room = on_room;
    list_init(&uploads->waiter.node);
    list_init(&uploads->waiting);
    list_init(&uploads->open);
}

static void free_pieces(struct upload *upload)
{
    for (struct list *node; (node = list_pop(&upload->pieces));) {
        piece_destroy(LIST_OF(node, struct piece, node));
    }
}

static void upload_destroy(struct upload *upload)
{
    upload->uploads->n_open -= upload->spool ? 1 : 0;
    map_del(&upload->uploads->by_index, key_of(&upload->index));
    list_remove(&upload->node);
    free_pieces(upload);
    spool_destroy(upload->spool);
    mem_free(upload);
}

void uploads_release(struct uploads *uploads)
{
    size_t at = 0;
    for (struct upload *upload; (upload = map_next(&uploads->by_index, &at, NULL));) {
        upload_destroy(upload);
    }
    map_release(&uploads->by_index);
    list_remove(&uploads->waiter.node);
}

bool uploads_quiet(const struct uploads *uploads)
{
    return list_empty(&uploads->open) && list_empty(&uploads->waiting);
}

static void tell_quiet(struct uploads *uploads)
{
    if (uploads_quiet(uploads)) {
        uploads->on_quiet(uploads);
    }
}

/* The source fails. Its place stays until a write that is under way is done. */
static void fail(struct upload *upload, const struct err *err)
{
    struct uploads *uploads = upload->uploads;
    if (!upload->doomed && !uploads->over) {
        add_content_abort(uploads->add, upload->index, err);
    }
    if (upload->spool && spool_busy(upload->spool)) {
        upload->doomed = true;
    } else {
        upload_destroy(upload);
    }
}

static void release_content(void *arg)
{
    spool_destroy(arg);
}

/* All bytes are in the spool, which becomes the engine's. */
static void complete(struct upload *upload)
{
    struct uploads *uploads = upload->uploads;
    struct err err = {0};
    if (spool_check(upload->spool, upload->sha256, &err) != 0) {
        fail(upload, &err);
        return;
    }
    struct spool *spool = upload->spool;
    struct add_content content = {
        .content = {.p = spool_bytes(spool).p,
                    .size = upload->size,
                    .fd = spool_fd(spool),
                    .head = spool_head(spool)},
        .release = release_content,
        .arg = spool,
    };
    uint32_t index = upload->index;
    upload->spool = NULL;
    uploads->n_open--;
    upload_destroy(upload);
    if (add_content_take(uploads->add, index, content, &err) != 0) {
        add_content_abort(uploads->add, index, &err);
    }
}

static void write_next(struct upload *upload);

/* The first piece is in the spool: the caller may send another one. */
static void on_written(void *arg, const struct err *err)
{
    struct upload *upload = arg;
    struct uploads *uploads = upload->uploads;
    piece_destroy(LIST_OF(list_pop(&upload->pieces), struct piece, node));
    request_credit(uploads->request, 1);
    if (upload->doomed || uploads->over) {
        upload_destroy(upload);
    } else if (err) {
        fail(upload, err);
    } else {
        write_next(upload);
    }
    pump_wants(uploads);
    tell_quiet(uploads);
}

static void write_next(struct upload *upload)
{
    if (!list_empty(&upload->pieces)) {
        const Ragd__V1__Content *content =
            content_of(LIST_OF(upload->pieces.next, struct piece, node));
        spool_write(upload->spool,
                    (struct ragd_bytes){content->bytes.data, content->bytes.len},
                    on_written, upload);
    } else if (upload->last) {
        complete(upload);
    }
}

/* Wants. */

static void send_want(struct uploads *uploads, uint32_t index)
{
    Ragd__V1__AddEvent event = RAGD__V1__ADD_EVENT__INIT;
    Ragd__V1__Want want = RAGD__V1__WANT__INIT;
    want.index = index;
    event.kind_case = RAGD__V1__ADD_EVENT__KIND_WANT;
    event.want = &want;
    request_send(uploads->request, &event.base);
}

/* Whether bytes were asked for and none has come that is not written. */
static bool awaits_bytes(const struct uploads *uploads)
{
    bool asked = false;
    LIST_EACH((struct list *)&uploads->open, node)
    {
        const struct upload *upload = LIST_OF(node, struct upload, node);
        if (!list_empty(&upload->pieces)) {
            return false;
        }
        asked = asked || !upload->last;
    }
    return asked;
}

static void tell_awaited(struct uploads *uploads)
{
    bool more = !uploads->closed && !uploads->over;
    request_await(uploads->request, more && (uploads->idle || awaits_bytes(uploads)));
}

static void ask_for_some(struct uploads *uploads)
{
    struct spool_pool *pool = &uploads->request->rpc->spools;
    list_remove(&uploads->waiter.node);
    while (!list_empty(&uploads->waiting) && uploads->n_open < UPLOADS_OPEN_MAX) {
        struct upload *upload = LIST_OF(uploads->waiting.next, struct upload, node);
        struct err err = {0};
        if (spool_create(pool, upload->size, &upload->spool, &err) == 0) {
            uploads->n_open++;
            list_remove(&upload->node);
            list_push(&uploads->open, &upload->node);
            send_want(uploads, upload->index);
        } else if (err.id == ERR_LIMIT && pool->bytes > 0) {
            list_push(&pool->waiters, &uploads->waiter.node);
            return;
        } else {
            fail(upload, &err);
        }
    }
}

/* Asks for what there is room for; without room, waits for some. */
static void pump_wants(struct uploads *uploads)
{
    ask_for_some(uploads);
    tell_awaited(uploads);
}

void uploads_idle(struct uploads *uploads)
{
    uploads->idle = true;
    tell_awaited(uploads);
}

static int check_size(const struct upload *upload, struct err *err)
{
    uint64_t max = upload->uploads->request->services->limits->document_raw;
    if (upload->size <= max) {
        return 0;
    }
    return err_set(err, ERR_LIMIT, "a source of %llu bytes, limits.document_raw is %llu",
                   (unsigned long long)upload->size, (unsigned long long)max);
}

void uploads_want(struct uploads *uploads, uint32_t index)
{
    struct upload *upload = map_get(&uploads->by_index, key_of(&index));
    struct err err = {0};
    if (!upload) {
        return; /* it has failed already */
    }
    if (uploads->closed) {
        err_set(&err, ERR_INTERRUPTED, "its bytes did not arrive");
        fail(upload, &err);
    } else if (check_size(upload, &err) != 0) {
        fail(upload, &err);
    } else {
        list_push(&uploads->waiting, &upload->node);
        pump_wants(uploads);
    }
}

/* What the caller sends. */

int uploads_announce(struct uploads *uploads, const Ragd__V1__Announce *in, struct err *err)
{
    struct add_announce announce = {
        .index = in->index,
        .source = ragd_cs(in->source),
        .name = ragd_cs(in->name),
        .mime = ragd_cs(in->mime),
        .size = in->size,
        .mtime_ms = in->mtime_ms,
    };
    if (in->sha256.len != HASH_BYTES) {
        return err_set(err, ERR_INVALID, "a SHA-256 has %d bytes, not %zu", HASH_BYTES,
                       in->sha256.len);
    }
    memcpy(announce.sha256, in->sha256.data, HASH_BYTES);
    struct upload *upload = mem_calloc(1, sizeof(*upload));
    if (!upload) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    upload->uploads = uploads;
    upload->index = in->index;
    upload->size = in->size;
    memcpy(upload->sha256, announce.sha256, HASH_BYTES);
    list_init(&upload->node);
    list_init(&upload->pieces);
    int rc = 0;
    if (map_get(&uploads->by_index, key_of(&upload->index))) {
        rc = err_set(err, ERR_INVALID, "index %u was announced before", upload->index);
    } else if (map_put(&uploads->by_index, key_of(&upload->index), upload) != 0) {
        rc = err_set(err, ERR_NOMEM, NULL);
    }
    if (rc != 0) {
        mem_free(upload);
        return rc;
    }
    rc = add_announce(uploads->add, &announce, err);
    if (rc != 0) {
        upload_destroy(upload);
        return rc;
    }
    uploads->idle = false;
    tell_awaited(uploads);
    return 0;
}

/* Whether these bytes are the next ones of a source that was asked for. */
static int check_content(struct uploads *uploads, const struct upload *upload,
                         const Ragd__V1__Content *content, struct err *err)
{
    uint64_t piece = uploads->request->services->limits->piece;
    if (!upload->spool || upload->last) {
        return err_set(err, ERR_INVALID, "nobody asked for bytes of source %u",
                       content->index);
    }
    if (content->bytes.len > piece) {
        return err_set(err, ERR_LIMIT, "a piece of %zu bytes, limits.piece is %llu",
                       content->bytes.len, (unsigned long long)piece);
    }
    if (content->offset != upload->received) {
        return err_set(err, ERR_INVALID, "source %u: bytes at %llu where %llu were due",
                       content->index, (unsigned long long)content->offset,
                       (unsigned long long)upload->received);
    }
    return 0;
}

/* A source that turned out longer, or that cannot be read any more. */
static int check_source(const struct upload *upload, const Ragd__V1__Content *content,
                        struct err *err)
{
    if (content->abort) {
        return err_set(err, ERR_IO, "%.256s",
                       content->error[0] ? content->error : "the client cannot read it");
    }
    if (content->bytes.len > upload->size - upload->received) {
        return err_set(err, ERR_CHANGED,
                       "it has become longer than the %llu bytes announced",
                       (unsigned long long)upload->size);
    }
    return 0;
}

static void accept_content(struct upload *upload, struct piece *piece)
{
    const Ragd__V1__Content *content = content_of(piece);
    bool idle = list_empty(&upload->pieces);
    upload->received += content->bytes.len;
    upload->last = content->last != 0;
    if (content->bytes.len > 0) {
        list_push(&upload->pieces, &piece->node);
    } else {
        request_credit(upload->uploads->request, 1);
        piece_destroy(piece);
    }
    if (idle) {
        write_next(upload);
    }
}

int uploads_content_take(struct uploads *uploads, struct piece *piece,
                         const Ragd__V1__Content *content, struct err *err)
{
    uint32_t index = content->index;
    struct upload *upload = map_get(&uploads->by_index, key_of(&index));
    struct err problem = {0};
    int rc = 0;
    if (!upload || upload->doomed) { /* late bytes of one that has failed */
        request_credit(uploads->request, 1);
        piece_destroy(piece);
        return 0;
    }
    rc = check_content(uploads, upload, content, err);
    if (rc != 0) {
        piece_destroy(piece);
        return rc;
    }
    if (check_source(upload, content, &problem) == 0) {
        accept_content(upload, piece);
    } else {
        request_credit(uploads->request, 1);
        piece_destroy(piece);
        fail(upload, &problem);
    }
    pump_wants(uploads);
    tell_quiet(uploads);
    return 0;
}

/* Ends. */

static void fail_incomplete(struct list *list)
{
    struct err err = {0};
    err_set(&err, ERR_INTERRUPTED, "its bytes did not arrive");
    LIST_EACH(list, node)
    {
        struct upload *upload = LIST_OF(node, struct upload, node);
        if (!upload->last) {
            fail(upload, &err);
        }
    }
}

void uploads_close(struct uploads *uploads)
{
    uploads->closed = true;
    fail_incomplete(&uploads->waiting);
    fail_incomplete(&uploads->open);
    tell_awaited(uploads);
    tell_quiet(uploads);
}

void uploads_over(struct uploads *uploads)
{
    uploads->over = true;
    uploads_close(uploads);
}
