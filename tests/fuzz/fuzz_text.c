/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* sdk/text: words, questions and sentences of any bytes. The first byte chooses
 * the language. */
#include <stdlib.h>

#include "sdk/text/question.h"
#include "sdk/text/sentence.h"
#include "sdk/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static int on_token(void *user, const struct text_token *token)
{
    const size_t *n = user;
    demand(token->len > 0 && token->len <= TEXT_WORD_BYTES_MAX);
    demand(token->start < token->end && token->end <= *n);
    demand(text_utf8_valid(token->text, token->len));
    return 0;
}

static void read_sentences(const char *text, size_t n)
{
    struct text_sentence s;
    size_t last = 0;
    for (size_t pos = 0; text_sentence_next((struct ragd_str){text, n}, &pos, &s);) {
        demand(s.start >= last && s.start < s.end && s.end <= pos && pos <= n);
        last = s.end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct text_analyser *an;
    if (!an) {
        an = text_analyser_create();
    }
    if (!an || n == 0) {
        return 0;
    }
    enum text_language lang = (enum text_language)(data[0] % TEXT_LANG_COUNT);
    const char *text = (const char *)data + 1;
    size_t length = n - 1;
    demand(text_analyse(an, lang, (struct ragd_str){text, length}, on_token, &length) == 0);
    struct text_question q;
    demand(text_question_init(&q, an, TEXT_LANG_AUTO, (struct ragd_str){text, length}) ==
           0);
    text_question_release(&q);
    read_sentences(text, length);
    return 0;
}
