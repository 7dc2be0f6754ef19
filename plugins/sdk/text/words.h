/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* The word tables: lower case, blanks between them, in no order. */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

/* Stop words carry grammar; question words ask. Both leave a question. */
extern const char text_words_en[], text_words_en_question[];
extern const char text_words_de[], text_words_de_question[];
extern const char text_words_fr[], text_words_fr_question[];

/* Pairs of kana as the analyser cuts them. A single kana is always one. */
extern const char text_words_ja[], text_words_ja_question[];

/* Frequent words of languages that are none of these; only text_detect uses them. */
extern const char text_words_foreign[];

#endif
