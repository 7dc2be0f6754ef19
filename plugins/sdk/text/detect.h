/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Which language a text is in. Internal to the analyser: text_detect is public. */
#ifndef TEXT_DETECT_H
#define TEXT_DETECT_H

#include <ragd/types.h>

#include "sdk/text/lexicon.h"

/* Looks at no more than this many words and bytes of a text: a chunk shows its
 * language early, and a long one must not pay for all its words. */
enum { TEXT_DETECT_WORDS_MAX = 64, TEXT_DETECT_BYTES_MAX = 1024 };

/* English, German or AUTO, see text_detect. */
enum text_language text_detect_language(const struct text_lexicon *lex,
                                        struct ragd_str text);

#endif
