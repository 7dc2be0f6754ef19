/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Changes too big for one batch.
 *
 * Happy path: each stage is written as it came under (collection, generation,
 * stage). The last apply writes its own stage together with the generation's
 * number under the collection ('g' in meta): from this write on the whole
 * change is decided. Then stage after stage is moved in as an ordinary change
 * that also deletes the stage; so memory holds one stage at a time. Meanwhile
 * new views share the snapshot from before the first.
 *
 * Failure modes: a kill before the decision leaves stages that the next start
 * drops; one after it is finished when the collection is opened. When moving in
 * fails (a full disk), views keep seeing the state before and the next apply,
 * or the next open, goes on.
 */
#ifndef STORE_STAGES_H
#define STORE_STAGES_H

#include "store.h"

/* The caller holds coll.write in all of them. */
ragd_status stage_add(struct ragd_coll *coll, struct ragd_call *call,
                      const struct ragd_apply *change);
ragd_status stage_abort(struct ragd_coll *coll, struct ragd_call *call,
                        uint64_t generation);
/* Whether stages of this generation came before. */
bool stage_pending(const struct ragd_coll *coll, uint64_t generation);
ragd_status stage_commit(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *change);
/* Finishes a generation that was decided and not moved in; else does nothing. */
ragd_status stage_redo(struct ragd_coll *coll, struct ragd_call *call);

/* Drops the stages of generations that were never decided; at the start. */
ragd_status stage_drop_leftovers(struct store *store, struct ragd_call *call);
void stage_release(struct ragd_coll *coll);

#endif
