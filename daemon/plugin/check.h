/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Looking at what a plugin hands over. Each returns 0, or records a fault in
 * the call (attempt_fault) and returns its status, for a sink to hand on.
 * Thread: [call].
 */
#ifndef PLUGIN_CHECK_H
#define PLUGIN_CHECK_H

#include "plugin/attempt.h"
#include "plugin/shape.h"

/* Copies the size bytes of the struct that this daemon knows into out. what:
 * "ragd_doc". The struct's own size comes first in it. */
int check_struct(struct ragd_call *call, const char *what, const void *in, void *out,
                 size_t size);
/* Valid UTF-8 of at most max bytes; SIZE_MAX where only the room for the answer
 * is a bound. */
int check_str(struct ragd_call *call, const char *what, struct ragd_str s, size_t max);
/* Keys, types, finite numbers, and the limits of metadata. */
int check_meta(struct ragd_call *call, const char *what, struct ragd_kvs meta);
/* The same of what is stored, which limits of today do not bind: its bound is
 * that of the answer. */
int check_stored_meta(struct ragd_call *call, const char *what, struct ragd_kvs meta);
/* As blocks_fault has it. */
int check_blocks(struct ragd_call *call, const struct ragd_block *blocks, size_t n,
                 struct ragd_str text);
int check_span(struct ragd_call *call, const struct ragd_span *span);
/* n finite numbers. */
int check_finite(struct ragd_call *call, const char *what, const float *p, size_t n);

/* The answer does not fit: ERR_LIMIT; or ERR_NOMEM, when there is no memory. */
int check_too_much(struct ragd_call *call);

#endif
