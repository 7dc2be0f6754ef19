/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* An answer as it arrives, in every format. */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include "rpc.h"
#include "wrap.h"

#include "ragd/v1/query.pb-c.h"

/* Events that are kept until the end. */
struct answer_event {
    struct answer_event *next;
    Ragd__V1__AskEvent *event;
};

struct answer {
    struct cli *cli;
    bool sources;     /* print them */
    bool live;        /* print words as they come */
    bool printed;     /* some words were */
    char last;        /* the last byte printed */
    struct wrap wrap; /* on a terminal */
    struct answer_event *first, **end;
    char *text; /* all tokens; a stream that collects them */
    size_t text_bytes;
    FILE *collect;
};

/* Empty; cli is borrowed. */
void answer_init(struct answer *answer, struct cli *cli);
/* May keep the event, which is the stream's current message then. */
void answer_take(struct answer *answer, struct stream *stream, Ragd__V1__AskEvent *event);
/* Prints what is to be printed at the end. complete = the call ended well. */
void answer_end(struct answer *answer, bool complete);
void answer_release(struct answer *answer);

/* The kept event of a kind, NULL when none came. */
const Ragd__V1__AskEvent *answer_event(const struct answer *answer,
                                       Ragd__V1__AskEvent__KindCase kind);
/* The hits, in order: their number, and one from 1. */
size_t answer_hits(const struct answer *answer);
const Ragd__V1__Hit *answer_hit(const struct answer *answer, size_t n);

/* answer_json.c */
void answer_show_json(struct answer *answer);
/* One event as an object on a line of its own. */
void answer_show_event(struct answer *answer, const Ragd__V1__AskEvent *event);

#endif
