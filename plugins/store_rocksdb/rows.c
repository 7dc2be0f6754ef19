/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/store/distance.h"
#include "store.h"

static uint64_t block_of(uint64_t seq)
{
    return seq / ROWS_PER_BLOCK;
}

static void unref_locked(struct row_block *block)
{
    if (block && --block->refs == 0) {
        free(block);
    }
}

void rows_unref(struct ragd_coll *coll, struct row_block *block)
{
    pthread_mutex_lock(&coll->store->rows_lock);
    unref_locked(block);
    pthread_mutex_unlock(&coll->store->rows_lock);
}

static void drop_block(struct ragd_coll *coll, size_t at)
{
    struct row_block *block = coll->rows.blocks[at];
    if (block) {
        coll->rows.blocks[at] = NULL;
        coll->rows.bytes -= block->bytes;
        coll->store->rows_bytes -= block->bytes;
        unref_locked(block);
    }
}

static void drop_all(struct ragd_coll *coll)
{
    for (size_t i = 0; i < coll->rows.n; i++) {
        drop_block(coll, i);
    }
}

void rows_release(struct ragd_coll *coll)
{
    pthread_mutex_lock(&coll->store->rows_lock);
    drop_all(coll);
    pthread_mutex_unlock(&coll->store->rows_lock);
    free(coll->rows.blocks);
    free(coll->rows.changed);
    coll->rows = (struct rows){0};
}

static int reserve(struct rows *rows, uint64_t block)
{
    if (block < rows->n) {
        return 0;
    }
    if (block > SIZE_MAX / 64) {
        return RAGD_E_NOMEM;
    }
    size_t n = (size_t)block + 1;
    n = n > 2 * rows->n ? n : 2 * rows->n;
    struct row_block **blocks = realloc(rows->blocks, n * sizeof(*blocks));
    if (!blocks) {
        return RAGD_E_NOMEM;
    }
    rows->blocks = blocks;
    uint64_t *changed = realloc(rows->changed, n * sizeof(*changed));
    if (!changed) {
        return RAGD_E_NOMEM;
    }
    rows->changed = changed;
    memset(blocks + rows->n, 0, (n - rows->n) * sizeof(*blocks));
    memset(changed + rows->n, 0, (n - rows->n) * sizeof(*changed));
    rows->n = n;
    return 0;
}

int rows_touch(struct touched *touched, uint64_t seq)
{
    uint64_t block = block_of(seq);
    if (touched->n && touched->blocks[touched->n - 1] == block) {
        return 0;
    }
    if (touched->n == touched->cap) {
        size_t cap = touched->cap ? 2 * touched->cap : 16;
        uint64_t *blocks = realloc(touched->blocks, cap * sizeof(*blocks));
        if (!blocks) {
            return RAGD_E_NOMEM;
        }
        touched->blocks = blocks;
        touched->cap = cap;
    }
    touched->blocks[touched->n++] = block;
    return 0;
}

int rows_invalidate(struct ragd_coll *coll, const struct touched *touched,
                    uint64_t sequence)
{
    int rc = 0;
    pthread_mutex_lock(&coll->store->rows_lock);
    for (size_t i = 0; rc == 0 && i < touched->n; i++) {
        rc = reserve(&coll->rows, touched->blocks[i]);
    }
    for (size_t i = 0; rc == 0 && i < touched->n; i++) {
        size_t at = (size_t)touched->blocks[i];
        drop_block(coll, at);
        coll->rows.changed[at] = sequence;
    }
    pthread_mutex_unlock(&coll->store->rows_lock);
    return rc;
}

/* Room for a full block; seqs, norms and rows lie behind the header. */
static struct row_block *block_create(uint32_t dim, uint32_t n)
{
    size_t each = sizeof(uint64_t) + sizeof(double) + (size_t)dim * sizeof(float);
    struct row_block *block = malloc(sizeof(*block) + n * each);
    if (block) {
        *block = (struct row_block){.refs = 1, .bytes = sizeof(*block) + n * each};
        block->seqs = (uint64_t *)(block + 1);
        block->norms = (double *)(block->seqs + n);
        block->rows = (float *)(block->norms + n);
    }
    return block;
}

/* The same rows without the room for those that are absent. */
static struct row_block *block_trim(struct row_block *full, uint32_t dim)
{
    struct row_block *block = block_create(dim, full->n);
    if (!block) {
        return full;
    }
    block->n = full->n;
    memcpy(block->seqs, full->seqs, full->n * sizeof(*full->seqs));
    memcpy(block->norms, full->norms, full->n * sizeof(*full->norms));
    memcpy(block->rows, full->rows, (size_t)full->n * dim * sizeof(*full->rows));
    free(full);
    return block;
}

static ragd_status read_row(struct row_scan *scan, struct row_block *block)
{
    uint32_t dim = scan->view->coll->dim;
    struct ragd_bytes value = cursor_value(&scan->cursor);
    uint64_t seq;
    if (!key_read_seq(cursor_key(&scan->cursor), &seq) ||
        value.n != (size_t)dim * sizeof(float)) {
        return db_corrupt(scan->call, "vectors");
    }
    float *row = block->rows + (size_t)block->n * dim;
    codec_row_read(value.p, row, dim);
    block->seqs[block->n] = seq;
    block->norms[block->n] = distance_norm(row, dim);
    block->n++;
    return RAGD_OK;
}

static void open_cursor(struct row_scan *scan, const struct key *from)
{
    struct ragd_view *view = scan->view;
    if (scan->cursor.it) {
        cursor_seek(&scan->cursor, from);
        return;
    }
    struct key to;
    key_coll(&to, view->coll->number + 1);
    cursor_open(&scan->cursor, &view->coll->store->db, CF_VECTORS, view->snapshot->rocks,
                from, &to);
}

static bool in_block(const struct row_scan *scan, uint64_t at)
{
    uint64_t seq;
    return cursor_valid(&scan->cursor) &&
           (!key_read_seq(cursor_key(&scan->cursor), &seq) || block_of(seq) <= at);
}

static ragd_status read_block(struct row_scan *scan, uint64_t at, struct row_block **out)
{
    uint32_t dim = scan->view->coll->dim;
    struct row_block *block = block_create(dim, ROWS_PER_BLOCK);
    if (!block) {
        return db_no_memory(scan->call);
    }
    struct key from;
    key_seq(&from, scan->view->coll->number, at * ROWS_PER_BLOCK);
    open_cursor(scan, &from);
    ragd_status status = RAGD_OK;
    for (; status == RAGD_OK && in_block(scan, at); cursor_next(&scan->cursor)) {
        status = read_row(scan, block);
    }
    if (status == RAGD_OK) {
        status = cursor_status(&scan->cursor, scan->call);
    }
    if (status != RAGD_OK) {
        free(block);
        return status;
    }
    *out = block->n < ROWS_PER_BLOCK ? block_trim(block, dim) : block;
    return RAGD_OK;
}

/* Makes room by dropping other collections' rows, the longest unused first. */
static bool make_room(struct ragd_coll *coll, size_t bytes)
{
    struct store *store = coll->store;
    while (store->rows_bytes + bytes > store->rows_limit) {
        struct ragd_coll *oldest = NULL;
        for (struct ragd_coll *c = store->colls; c; c = c->next) {
            if (c != coll && c->rows.bytes &&
                (!oldest || c->rows.used < oldest->rows.used)) {
                oldest = c;
            }
        }
        if (!oldest) {
            return false;
        }
        drop_all(oldest);
    }
    return true;
}

/* Keeps a block that was read, when it shows the newest state. Takes store.lock
 * for the list of collections. */
static void keep_block(struct ragd_view *view, uint64_t at, struct row_block *block)
{
    struct ragd_coll *coll = view->coll;
    struct store *store = coll->store;
    pthread_mutex_lock(&store->lock);
    pthread_mutex_lock(&store->rows_lock);
    if (reserve(&coll->rows, at) == 0 && !coll->rows.blocks[at] &&
        coll->rows.changed[at] <= view->counters.sequence &&
        make_room(coll, block->bytes)) {
        coll->rows.blocks[at] = block;
        coll->rows.bytes += block->bytes;
        store->rows_bytes += block->bytes;
        block->refs++;
    }
    pthread_mutex_unlock(&store->rows_lock);
    pthread_mutex_unlock(&store->lock);
}

static struct row_block *cached_block(struct ragd_view *view, uint64_t at)
{
    struct rows *rows = &view->coll->rows;
    struct row_block *block = NULL;
    pthread_mutex_lock(&view->coll->store->rows_lock);
    if (at < rows->n && rows->changed[at] <= view->counters.sequence) {
        block = rows->blocks[at];
    }
    if (block) {
        block->refs++;
    }
    pthread_mutex_unlock(&view->coll->store->rows_lock);
    return block;
}

void row_scan_open(struct row_scan *scan, struct ragd_view *view, struct ragd_call *call)
{
    struct store *store = view->coll->store;
    scan->view = view;
    scan->call = call;
    scan->cursor.it = NULL;
    scan->next = 0;
    scan->end = view->counters.vectors ? block_of(view->counters.next_seq) + 1 : 0;
    pthread_mutex_lock(&store->rows_lock);
    view->coll->rows.used = ++store->rows_tick;
    pthread_mutex_unlock(&store->rows_lock);
}

ragd_status row_scan_next(struct row_scan *scan, struct row_block **out)
{
    *out = NULL;
    while (scan->next < scan->end) {
        uint64_t at = scan->next++;
        struct row_block *block = cached_block(scan->view, at);
        if (!block) {
            ragd_status status = read_block(scan, at, &block);
            if (status != RAGD_OK) {
                return status;
            }
            keep_block(scan->view, at, block);
        }
        if (block->n) {
            *out = block;
            return RAGD_OK;
        }
        rows_unref(scan->view->coll, block);
    }
    return RAGD_OK;
}

void row_scan_close(struct row_scan *scan)
{
    cursor_close(&scan->cursor);
}
