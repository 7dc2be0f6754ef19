/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/store/words.h"

#include <stdlib.h>
#include <string.h>

#include <ragd/status.h>

struct words_entry {
    const char *p;
    uint32_t len, hash;
    uint32_t text; /* the last text that held it */
    uint32_t at;   /* its place in that text's counts */
};

/* FNV-1a; the words come from texts, so nobody gains by collisions but a slow
 * add of his own. */
static uint32_t hash_of(const char *p, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ (unsigned char)p[i]) * 16777619u;
    }
    return h ^ (h >> 15);
}

/* The slot of a word, or the free one where it belongs. n_slots > 0. */
static size_t slot_of(const struct words *words, const char *p, size_t n, uint32_t hash)
{
    size_t at = hash & (words->n_slots - 1);
    while (words->slots[at]) {
        const struct words_entry *e = &words->entries[words->slots[at] - 1];
        if (e->hash == hash && e->len == n && memcmp(e->p, p, n) == 0) {
            break;
        }
        at = (at + 1) & (words->n_slots - 1);
    }
    return at;
}

static int grow_slots(struct words *words)
{
    size_t n = words->n_slots ? 2 * words->n_slots : 1024;
    uint32_t *slots = calloc(n, sizeof(*slots));
    if (!slots) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < words->n; i++) {
        size_t at = words->entries[i].hash & (n - 1);
        while (slots[at]) {
            at = (at + 1) & (n - 1);
        }
        slots[at] = (uint32_t)i + 1;
    }
    free(words->slots);
    words->slots = slots;
    words->n_slots = n;
    return 0;
}

static int reserve(struct words *words)
{
    if (words->n == words->cap) {
        size_t cap = words->cap ? 2 * words->cap : 512;
        struct words_entry *entries = realloc(words->entries, cap * sizeof(*entries));
        if (!entries) {
            return RAGD_E_NOMEM;
        }
        words->entries = entries;
        words->cap = cap;
    }
    return 2 * words->n >= words->n_slots ? grow_slots(words) : 0;
}

static int intern(struct words *words, const char *p, size_t n, struct words_entry **out)
{
    int rc = reserve(words);
    if (rc != 0) {
        return rc;
    }
    uint32_t hash = hash_of(p, n);
    size_t at = slot_of(words, p, n, hash);
    if (!words->slots[at]) {
        struct ragd_str copy = region_dup(&words->region, (struct ragd_str){p, n});
        if (!copy.p) {
            return RAGD_E_NOMEM;
        }
        words->entries[words->n] = (struct words_entry){copy.p, (uint32_t)n, hash, 0, 0};
        words->slots[at] = (uint32_t)++words->n;
    }
    *out = &words->entries[words->slots[at] - 1];
    return 0;
}

struct counting {
    struct words *words;
    struct word_count *p;
    size_t n, cap;
    uint64_t len;
};

static int add_count(struct counting *c, struct words_entry *e)
{
    if (c->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 128;
        struct word_count *p = realloc(c->p, cap * sizeof(*p));
        if (!p) {
            return RAGD_E_NOMEM;
        }
        c->p = p;
        c->cap = cap;
    }
    e->text = c->words->text;
    e->at = (uint32_t)c->n;
    c->p[c->n++] = (struct word_count){(uint32_t)(e - c->words->entries), 0};
    return 0;
}

static int on_token(void *user, const struct text_token *token)
{
    struct counting *c = user;
    struct words_entry *e;
    int rc = intern(c->words, token->text, token->len, &e);
    if (rc == 0 && e->text != c->words->text) {
        rc = add_count(c, e);
    }
    if (rc == 0) {
        c->p[e->at].tf++;
        c->len++;
    }
    return rc;
}

int words_count(struct words *words, struct text_analyser *analyser, struct ragd_str text,
                struct region *region, struct word_counts *out)
{
    struct counting c = {.words = words};
    words->text++;
    int rc = text_analyse(analyser, TEXT_LANG_AUTO, text, on_token, &c);
    struct word_count *copy = rc == 0 ? region_calloc(region, c.n, sizeof(*copy)) : NULL;
    if (copy) {
        if (c.n) {
            memcpy(copy, c.p, c.n * sizeof(*copy));
        }
        *out = (struct word_counts){copy, c.n, c.len};
    } else if (rc == 0) {
        rc = RAGD_E_NOMEM;
    }
    free(c.p);
    return rc;
}

struct ragd_str words_text(const struct words *words, uint32_t word)
{
    return (struct ragd_str){words->entries[word].p, words->entries[word].len};
}

uint32_t words_find(const struct words *words, struct ragd_str word)
{
    if (words->n_slots == 0) {
        return UINT32_MAX;
    }
    size_t at = slot_of(words, word.p, word.n, hash_of(word.p, word.n));
    return words->slots[at] ? words->slots[at] - 1 : UINT32_MAX;
}

void words_release(struct words *words)
{
    region_release(&words->region);
    free(words->entries);
    free(words->slots);
    *words = (struct words){0};
}
