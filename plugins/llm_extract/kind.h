/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What kind of thing a question wants, and which sentences can say one. Thread: any. */
#ifndef KIND_H
#define KIND_H

#include <stdbool.h>

#include <ragd/ragd.h>

enum kind {
    KIND_ANY, /* no sentence is ruled out */
    KIND_PLACE,
    KIND_TIME,
    KIND_PRICE,
    KIND_PERSON, /* no sentence either: names do not show */
    KIND_DOER,
};

/* KIND_ANY when the question asks for several, or when it is not clear what it wants. */
enum kind kind_of(struct ragd_str question);

/* Whether the sentence may say something of the kind: a place has a preposition or a
 * label, a time a date. amount: it gives one. */
bool kind_fits(enum kind kind, struct ragd_str sentence, bool amount);

#endif
