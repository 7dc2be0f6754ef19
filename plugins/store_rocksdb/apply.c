/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Writing: whole changes, stages of them, and making them durable. */
#include "change.h"
#include "stages.h"

static ragd_status apply_locked(struct ragd_coll *coll, struct ragd_call *call,
                                const struct ragd_apply *change)
{
    if (coll->dropped) {
        return db_fail(call, RAGD_E_NOT_FOUND, "store_dropped",
                       "The collection has been removed.");
    }
    ragd_status status = stage_redo(coll, call);
    if (status != RAGD_OK) {
        return status;
    }
    if (change->generation && (change->flags & RAGD_APPLY_ABORT)) {
        return stage_abort(coll, call, change->generation);
    }
    if (change->generation && (change->flags & RAGD_APPLY_STAGE)) {
        return stage_add(coll, call, change);
    }
    if (change->generation && stage_pending(coll, change->generation)) {
        return stage_commit(coll, call, change);
    }
    return change_apply(coll, call, change, NULL);
}

ragd_status store_apply(struct ragd_coll *coll, struct ragd_call *call,
                        const struct ragd_apply *change)
{
    pthread_mutex_lock(&coll->write);
    ragd_status status = apply_locked(coll, call, change);
    pthread_mutex_unlock(&coll->write);
    return status;
}

ragd_status store_flush(struct ragd_coll *coll, struct ragd_call *call)
{
    STORE_PASSAGE("store.before_flush");
    ragd_status status = db_sync(&coll->store->db, call);
    STORE_PASSAGE("store.after_flush");
    return status;
}
