/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A source of n entries, with a checkpoint behind every second one. */
#include <stdio.h>

#include "puppet.h"

static ragd_status emit(struct ragd_call *call, const struct ragd_entry_sink *sink,
                        int64_t i)
{
    char uri[32];
    snprintf(uri, sizeof(uri), "puppet:%lld", (long long)i);
    struct ragd_entry entry = {.struct_size = sizeof(entry),
                               .uri = ragd_cs(uri),
                               .name = ragd_cs(uri),
                               .size = 1};
    return sink->emit(call, &entry);
}

static ragd_status list(void *inst, struct ragd_call *call, struct ragd_str root,
                        struct ragd_bytes cursor, const struct ragd_entry_sink *sink)
{
    const struct puppet *p = inst;
    char text[32] = "0";
    ragd_status rc = RAGD_OK;
    (void)root;
    if (cursor.n && cursor.n < sizeof(text)) {
        memcpy(text, cursor.p, cursor.n);
        text[cursor.n] = '\0';
    }
    for (int64_t i = strtoll(text, NULL, 10); i < p->n && rc == RAGD_OK; i++) {
        rc = emit(call, sink, i);
        if (rc == RAGD_OK && i % 2 == 1 && !acts(p, "no_checkpoint")) {
            snprintf(text, sizeof(text), "%lld", (long long)i + 1);
            struct ragd_bytes at = {text, acts(p, "no_cursor") ? 0 : strlen(text)};
            rc = sink->checkpoint(call, at);
        }
    }
    return rc;
}

static ragd_status fetch(void *inst, struct ragd_call *call, struct ragd_str uri,
                         const struct ragd_byte_sink *sink)
{
    const struct puppet *p = inst;
    struct ragd_entry head = {.struct_size = sizeof(head),
                              .uri = uri,
                              .name = ragd_cs("n")};
    ragd_status rc = acts(p, "no_head") ? RAGD_OK : sink->head(call, &head);
    if (acts(p, "two_heads")) {
        rc = sink->head(call, &head);
    }
    for (int64_t i = 0; i < p->n && rc == RAGD_OK; i++) {
        char piece[1024];
        memset(piece, 'a' + (int)(i % 26), sizeof(piece));
        rc = sink->write(call, (struct ragd_bytes){piece, sizeof(piece)});
    }
    return rc;
}

static const char *const schemes[] = {"puppet", "marionette", NULL};

PUPPET_LIFE(RAGD_EXEC_BLOCKING, RAGD_CONC_PLUGIN, .max_inflight = 0);

static const struct ragd_source table = {.struct_size = sizeof(table),
                                         .life = &life,
                                         .schemes = schemes,
                                         .list = list,
                                         .fetch = fetch};

static const void *iface(const char *id)
{
    return strcmp(id, RAGD_IF_SOURCE) == 0 ? &table : NULL;
}

static const char *const needs[] = {RAGD_SVC_CONFIG, NULL};
PUPPET("puppet-source", iface, needs)
