/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What plugins are given alike wherever they run, in the daemon or in a process
 * of their own: the parts of its tables that need neither.
 *
 * Thread: [any]; an arena has one user at a time.
 */
#ifndef CORE_GIVEN_H
#define CORE_GIVEN_H

#include <ragd/loader.h>

#include "core/arena.h"

/* call_alloc: NULL also for an alignment that is no power of two or beyond a page. */
void *given_memory(struct arena *memory, size_t size, size_t align);
/* A plugin's word in out, cut on an edge and closed with a NUL; what is ill-formed
 * becomes nothing. */
struct ragd_str given_text(char *out, size_t size, struct ragd_str in);
/* ragd_input.read of content that is mapped. */
int64_t given_content(const struct ragd_input *input, uint64_t off, void *buf, size_t n);

#endif
