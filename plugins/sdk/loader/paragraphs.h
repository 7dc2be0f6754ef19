/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Paragraphs of a plain text: what blank lines separate. */
#ifndef LOADER_TEXT_PARAGRAPHS_H
#define LOADER_TEXT_PARAGRAPHS_H

#include <stdbool.h>

#include <ragd/types.h>

/* The first block from *at on, without the line ends around it; false when
 * only white space is left. *at moves behind it. */
bool paragraph_next(struct ragd_str text, size_t *at, struct ragd_block *out);

/* The first line that is not blank, without white space at its ends. */
struct ragd_str first_line(struct ragd_str text);

#endif
