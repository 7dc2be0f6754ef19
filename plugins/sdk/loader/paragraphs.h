/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Paragraphs of a plain text: what blank lines separate. */
#ifndef LOADER_PARAGRAPHS_H
#define LOADER_PARAGRAPHS_H

#include <stdbool.h>

#include <ragd/ragd.h>

/* The first block from *at on, without the line ends around it; false when
 * only white space is left. *at moves behind it. */
bool paragraph_next(struct ragd_str text, size_t *at, struct ragd_block *out);

/* All of them as blocks, which the caller frees. RAGD_E_NOMEM, or the call's state
 * when it is to end. */
ragd_status paragraphs_of(const struct ragd_host *host, struct ragd_call *call,
                          struct ragd_str text, struct ragd_block **out, size_t *n);

/* The first line that is not blank, without white space at its ends. */
struct ragd_str first_line(struct ragd_str text);

#endif
