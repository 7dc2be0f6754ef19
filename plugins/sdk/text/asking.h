/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * How questions are asked in languages whose function words the analyser does not mark:
 * Spanish, Chinese, Korean, and what it misses of Japanese. The index has all words, so
 * these are lists of the question's side alone. Thread: any.
 */
#ifndef TEXT_ASKING_H
#define TEXT_ASKING_H

#include <ragd/types.h>
#include <stdbool.h>
#include <stddef.h>

enum text_asking {
    TEXT_ASKING_OTHER, /* another language, or it does not show */
    TEXT_ASKING_JA,    /* there is kana */
    TEXT_ASKING_KO,    /* there is Hangul */
    TEXT_ASKING_ES,    /* a mark or word that only Spanish has */
    TEXT_ASKING_ZH,    /* a Chinese question word, and no kana */
};

/* The first of these that fits, by script or by a single mark. Linear in its bytes. */
enum text_asking text_asking_of(struct ragd_str question);

/* Whether the question's bytes [start, end), a word or a pair of characters, are a
 * question or function word, or overlap one in a script without blanks. */
bool text_asking_covers(enum text_asking asking, struct ragd_str question, size_t start,
                        size_t end);

/* Whether one of the words, a blank before and after each, is anywhere in the text. */
bool text_asking_has(struct ragd_str text, const char *words);

#endif
