/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/stem.h"

#include <libstemmer.h>
#include <ragd/status.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* Direct-mapped. A text's words repeat, so nine in ten are found here, at a
     * tenth of a stemmer's time. Words up to KEY_BYTES - 2 bytes. */
    CACHE_SLOTS = 4096,
    KEY_BYTES = 24,
    STEM_BYTES_MAX = 22,
};

struct slot {
    char key[KEY_BYTES]; /* the word, zeros, the language: never equal to zeros */
    char stem[STEM_BYTES_MAX];
    uint8_t len, flags;
};

struct text_stemmer {
    const struct text_lexicon *lex;
    struct sb_stemmer *stemmers[TEXT_LANG_COUNT]; /* made when first needed */
    struct slot cache[CACHE_SLOTS];
};

struct text_stemmer *text_stemmer_create(const struct text_lexicon *lex)
{
    struct text_stemmer *st = calloc(1, sizeof(*st));
    if (st) {
        st->lex = lex;
    }
    return st;
}

void text_stemmer_destroy(struct text_stemmer *st)
{
    for (int i = 0; st && i < TEXT_LANG_COUNT; i++) {
        sb_stemmer_delete(st->stemmers[i]);
    }
    free(st);
}

static struct sb_stemmer *stemmer_of(struct text_stemmer *st, enum text_language lang)
{
    if (!st->stemmers[lang]) {
        st->stemmers[lang] = sb_stemmer_new(text_language_stemmer(lang), "UTF_8");
    }
    return st->stemmers[lang];
}

/* Three words multiplied and folded (the mixing of wyhash, simplified). */
static size_t slot_index(const char key[KEY_BYTES])
{
    uint64_t w[3];
    memcpy(w, key, sizeof(w));
    uint64_t h = w[0] * UINT64_C(0x9E3779B97F4A7C15) ^ w[1] * UINT64_C(0xC2B2AE3D27D4EB4F) ^
                 w[2] * UINT64_C(0x165667B19E3779F9);
    h ^= h >> 29;
    return (size_t)(h * UINT64_C(0xBF58476D1CE4E5B9) >> 52) % CACHE_SLOTS;
}

static int stem_anew(struct text_stemmer *st, enum text_language lang, const char *word,
                     size_t n, struct text_stem *out)
{
    struct sb_stemmer *sb = stemmer_of(st, lang);
    const sb_symbol *stem = sb ? sb_stemmer_stem(sb, (const sb_symbol *)word, (int)n)
                               : NULL;
    if (!stem) {
        return RAGD_E_NOMEM;
    }
    int len = sb_stemmer_length(sb);
    out->text = len > 0 ? (const char *)stem : word;
    out->len = len > 0 ? (uint32_t)len : (uint32_t)n;
    out->flags = text_lexicon_flags(st->lex, lang, word, n);
    return 0;
}

int text_stem(struct text_stemmer *st, enum text_language lang, const char *word, size_t n,
              struct text_stem *out)
{
    if (n > KEY_BYTES - 2) {
        return stem_anew(st, lang, word, n, out);
    }
    char key[KEY_BYTES] = {0};
    memcpy(key, word, n);
    key[KEY_BYTES - 1] = (char)lang;
    struct slot *slot = &st->cache[slot_index(key)];
    if (memcmp(slot->key, key, KEY_BYTES) != 0) {
        int rc = stem_anew(st, lang, word, n, out);
        if (rc || out->len > STEM_BYTES_MAX) {
            return rc;
        }
        memcpy(slot->key, key, KEY_BYTES);
        memcpy(slot->stem, out->text, out->len);
        slot->len = (uint8_t)out->len;
        slot->flags = (uint8_t)out->flags;
    }
    out->text = slot->stem;
    out->len = slot->len;
    out->flags = slot->flags;
    return 0;
}
