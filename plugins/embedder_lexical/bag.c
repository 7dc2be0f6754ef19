/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "bag.h"

#include <ragd/status.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/text/hash.h"

enum { FIRST_ROOM = 256 };

static void index_word(struct bag *bag, size_t index)
{
    size_t i = bag->words[index].hash & (bag->n_slots - 1);
    while (bag->slots[i]) {
        i = (i + 1) & (bag->n_slots - 1);
    }
    bag->slots[i] = (uint32_t)index + 1;
}

/* Twice the room, the index built anew. */
static int grow(struct bag *bag)
{
    size_t room = bag->room ? 2 * bag->room : FIRST_ROOM;
    struct bag_word *words = realloc(bag->words, room * sizeof(*words));
    if (!words) {
        return RAGD_E_NOMEM;
    }
    bag->words = words;
    uint32_t *slots = calloc(2 * room, sizeof(*slots));
    if (!slots) {
        return RAGD_E_NOMEM;
    }
    free(bag->slots);
    bag->slots = slots;
    bag->room = room;
    bag->n_slots = 2 * room;
    for (size_t i = 0; i < bag->n_words; i++) {
        index_word(bag, i);
    }
    return 0;
}

static int add(struct bag *bag, uint64_t hash)
{
    size_t i = hash & (bag->n_slots - 1);
    for (; bag->n_slots && bag->slots[i]; i = (i + 1) & (bag->n_slots - 1)) {
        struct bag_word *word = &bag->words[bag->slots[i] - 1];
        if (word->hash == hash) {
            word->count++;
            return 0;
        }
    }
    if (bag->n_words == bag->room) {
        int rc = grow(bag);
        if (rc) {
            return rc;
        }
    }
    bag->words[bag->n_words] = (struct bag_word){.hash = hash, .count = 1};
    index_word(bag, bag->n_words++);
    return 0;
}

static int on_token(void *user, const struct text_token *token)
{
    struct bag *bag = user;
    bag->n_all++;
    if (token->flags & (TEXT_TOKEN_STOP | TEXT_TOKEN_QUESTION)) {
        return 0;
    }
    bag->length++;
    return add(bag, text_hash(token->text, token->len));
}

int bag_fill(struct bag *bag, struct text_analyser *an, enum text_language lang,
             struct ragd_str text)
{
    if (bag->n_slots) {
        memset(bag->slots, 0, bag->n_slots * sizeof(bag->slots[0]));
    }
    bag->n_words = 0;
    bag->length = bag->n_all = 0;
    return text_analyse(an, lang, text, on_token, bag);
}

void bag_release(struct bag *bag)
{
    free(bag->words);
    free(bag->slots);
    *bag = (struct bag){0};
}
