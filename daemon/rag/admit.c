/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/admit.h"

#include "rag/registry.h"

enum {
    /* Memory that a source takes in work, against its bytes: the text, the
     * chunks, the records on their way to the store. */
    COST_FACTOR = 4,
    COST_MIN = 64 << 10,
};

static void kick_next(struct engine *engine)
{
    if (!list_empty(&engine->add_waiting)) {
        struct list *node = engine->add_waiting.next;
        run_kick(LIST_OF(node, struct admission, link)->run);
    }
}

static void unqueue(struct admission *admission)
{
    if (admission->link.next) {
        list_remove(&admission->link);
    }
}

bool admit(struct admission *admission, struct run *run, uint64_t bytes)
{
    struct engine *engine = run->engine;
    uint64_t cost = bytes * COST_FACTOR + COST_MIN;
    unqueue(admission);
    admission->run = run;
    if (engine->add_bytes && engine->add_bytes + cost > engine->limits.add_memory) {
        list_push(&engine->add_waiting, &admission->link);
        return false;
    }
    engine->add_bytes += cost;
    admission->cost = cost;
    kick_next(engine);
    return true;
}

void admission_leave(struct admission *admission, struct engine *engine)
{
    unqueue(admission);
    engine->add_bytes -= admission->cost;
    if (admission->cost) {
        admission->cost = 0;
        kick_next(engine);
    }
}
