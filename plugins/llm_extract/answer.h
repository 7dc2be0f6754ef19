/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Saying it: sentences with their source's number, and their citations. */
#ifndef ANSWER_H
#define ANSWER_H

#include "pick.h"

struct answer {
    const struct task *task;
    const struct ragd_token_sink *sink;
    uint64_t words;  /* said so far */
    uint32_t finish; /* enum ragd_finish */
};

/* Emits the picked sentences, within max_tokens (words, but at least one
 * sentence) and up to a stop text. Errors: RAGD_E_NOMEM, a sink's answer. */
ragd_status answer_say(struct answer *a, const struct picks *picks);

/* Says that the sources do not answer, in the question's language, and shows the
 * nearest sentence when there is one. picks NULL: the question has no word that
 * could be looked for. */
ragd_status answer_refuse(struct answer *a, const struct picks *picks,
                          struct ragd_str question);

#endif
