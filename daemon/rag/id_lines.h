/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * In which line each id came. Ids are known by 128 bits of their SHA-256, so
 * that millions of them cost some forty bytes each, however long they are.
 *
 * Thread: [any], one at a time.
 */
#ifndef RAG_ID_LINES_H
#define RAG_ID_LINES_H

#include <stddef.h>
#include <stdint.h>

#include <ragd/types.h>

/* Zeroed is empty and legal. */
struct id_lines {
    struct id_line *slots;
    size_t cap; /* a power of two, or 0 */
    size_t n;
};

/* *before: the line it came in already, or 0, then it is noted. line is not 0.
 * RAGD_E_NOMEM leaves all as it was. */
int id_lines_note(struct id_lines *lines, struct ragd_str id, uint64_t line,
                  uint64_t *before);
void id_lines_release(struct id_lines *lines);

#endif
