/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/id_lines.h"

#include <string.h>

#include <ragd/status.h>

#include "core/hash.h"
#include "core/mem.h"

/* line 0: free. */
struct id_line {
    uint64_t key[2];
    uint64_t line;
};

enum { CAP_FIRST = 64 };

/* Where it is, or the free place for it; there always is one. */
static struct id_line *place(struct id_line *slots, size_t cap, const uint64_t key[2])
{
    size_t i = key[0] & (cap - 1);
    while (slots[i].line && (slots[i].key[0] != key[0] || slots[i].key[1] != key[1])) {
        i = (i + 1) & (cap - 1);
    }
    return &slots[i];
}

/* Room for one more below a load of 3/4. */
static int make_room(struct id_lines *lines)
{
    if ((lines->n + 1) * 4 <= lines->cap * 3) {
        return 0;
    }
    size_t cap = lines->cap ? 2 * lines->cap : CAP_FIRST;
    struct id_line *slots = mem_calloc(cap, sizeof(*slots));
    if (!slots) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < lines->cap; i++) {
        const struct id_line *old = &lines->slots[i];
        if (old->line) {
            *place(slots, cap, old->key) = *old;
        }
    }
    mem_free(lines->slots);
    lines->slots = slots;
    lines->cap = cap;
    return 0;
}

int id_lines_note(struct id_lines *lines, struct ragd_str id, uint64_t line,
                  uint64_t *before)
{
    uint8_t hash[HASH_BYTES];
    uint64_t key[2];
    if (hash_bytes(id.p, id.n, hash) || make_room(lines)) {
        return RAGD_E_NOMEM;
    }
    memcpy(key, hash, sizeof(key));
    struct id_line *slot = place(lines->slots, lines->cap, key);
    *before = slot->line;
    if (!slot->line) {
        *slot = (struct id_line){{key[0], key[1]}, line};
        lines->n++;
    }
    return 0;
}

void id_lines_release(struct id_lines *lines)
{
    mem_free(lines->slots);
    *lines = (struct id_lines){0};
}
