/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/need.h"

#include "rag/chunk.h"
#include "rag/registry.h"

enum need_state need_collection(struct run *run, struct need *need, struct ragd_str name,
                                const struct collection_settings *settings)
{
    struct err err = {0};
    struct collection *coll;
    struct ragd_str wanted = name.n ? name : ragd_cs(COLLECTION_DEFAULT);
    if (!registry_find(run->engine, run->op->owner, wanted, &coll, &err)) {
        run_use(run, coll);
        return NEED_READY;
    }
    if (err.id != ERR_NO_COLLECTION) {
        run_fail(run, &err); /* it may be there, unread: no second one */
        return NEED_GONE;
    }
    if (!settings && !str_same(wanted, ragd_cs(COLLECTION_DEFAULT))) {
        run_fail(run, &err);
        return NEED_GONE;
    }
    need->create = (struct collection_create){0};
    if (settings) {
        need->create.settings = *settings;
    }
    need->create.settings.name = wanted;
    need->create.provisional = true;
    run_try_sub(run, &need->create.op);
    collection_create_start(&need->create);
    return NEED_WAIT;
}

enum need_state need_made(struct run *run, struct need *need)
{
    struct err err = need->create.op.err;
    struct collection *coll;
    bool raced = err.id == ERR_EXISTS; /* somebody else made it meanwhile */
    need->created = need->create.op.status == 0;
    if ((!need->created && !raced) ||
        registry_find(run->engine, run->op->owner, need->create.settings.name, &coll,
                      &err)) {
        run_fail(run, &err);
        return NEED_GONE;
    }
    run_use(run, coll);
    return NEED_READY;
}

bool need_undo(struct run *run, struct need *need)
{
    struct collection *coll;
    struct ragd_str made = need->create.info.name;
    if (!run->coll && made.n &&
        !registry_find(run->engine, run->op->owner, made, &coll, NULL)) {
        run_use(run, coll); /* cancelled between its creation and need_made */
    }
    coll = run->coll;
    bool alone = coll && coll->refs == 2; /* the registry's and the run's */
    if (!alone || !coll->provisional || coll->removed) {
        return false;
    }
    view_close(run->view);
    run->view = NULL;
    registry_drop(coll);
    run_try(run, &need->drop.call);
    collection_drop_start(coll, &need->drop);
    return true;
}

void need_undone(struct run *run, struct need *need)
{
    collection_dropped(run->coll, &need->drop);
}

void need_release(struct need *need)
{
    call_release(&need->drop.call);
    operation_release(&need->create.op);
}
