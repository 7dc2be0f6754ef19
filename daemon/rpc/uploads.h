/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The sources that one Add announces, and their bytes as they come.
 *
 * The engine wants some of the announced ones; the caller is asked for a few
 * at a time, while all uploads of the daemon find room. Complete ones whose
 * hash is right go to the engine; what goes wrong with one fails that source.
 * Thread: [loop].
 */
#ifndef RPC_UPLOADS_H
#define RPC_UPLOADS_H

#include "core/map.h"
#include "rag/add.h"
#include "ragd/v1/documents.pb-c.h"
#include "rpc/request.h"
#include "rpc/spool.h"

enum {
    UPLOADS_WINDOW = 16,  /* pieces under way in one call */
    UPLOADS_OPEN_MAX = 8, /* sources whose bytes are asked for at once */
};

struct uploads {
    struct request *request;
    struct add *add;
    void (*on_quiet)(struct uploads *uploads); /* nothing is under way any more */
    struct map by_index;
    struct list waiting; /* wanted, there was no room yet */
    struct list open;    /* asked for */
    size_t n_open;
    struct spool_waiter waiter;
    bool idle;   /* the engine has done all that was announced */
    bool closed; /* the caller brings nothing more */
    bool over;   /* the engine takes nothing more */
};

/* For the add that the request asks for; both outlive it. */
void uploads_init(struct uploads *uploads, struct request *request, struct add *add);
/* Once nothing is open. */
void uploads_release(struct uploads *uploads);

/* A new source. What is wrong here is wrong with the call. */
int uploads_announce(struct uploads *uploads, const Ragd__V1__Announce *announce,
                     struct err *err);
/* The engine wants it. */
void uploads_want(struct uploads *uploads, uint32_t index);
/* The engine waits for announcements, or for the end of them. */
void uploads_idle(struct uploads *uploads);
/* Bytes of one; takes the piece, also when it fails. */
int uploads_content_take(struct uploads *uploads, struct piece *piece,
                         const Ragd__V1__Content *content, struct err *err);
/* The caller brings nothing more: what is not complete fails. */
void uploads_close(struct uploads *uploads);
/* The engine is done: what is open is dropped. */
void uploads_over(struct uploads *uploads);
/* Whether nothing is being written or asked for. */
bool uploads_quiet(const struct uploads *uploads);

#endif
