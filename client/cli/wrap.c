/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "wrap.h"

#include <string.h>

#include "text.h"

void wrap_init(struct wrap *wrap, FILE *to, size_t columns)
{
    *wrap = (struct wrap){.to = to, .columns = columns};
}

static void end_line(struct wrap *wrap)
{
    putc('\n', wrap->to);
    wrap->column = 0;
    wrap->blanks = 0;
}

static void end_word(struct wrap *wrap)
{
    if (wrap->n == 0) {
        return;
    }
    size_t width = text_width(wrap->word, wrap->n);
    bool fits = !wrap->columns || wrap->column + wrap->blanks + width <= wrap->columns;
    if (!fits && wrap->column > wrap->indent) {
        end_line(wrap);
        wrap->blanks = wrap->indent;
    }
    fprintf(wrap->to, "%*s%.*s", (int)wrap->blanks, "", (int)wrap->n, wrap->word);
    wrap->column += wrap->blanks + width;
    wrap->blanks = 0;
    wrap->n = 0;
}

static void add(struct wrap *wrap, const char *p, size_t size)
{
    if (wrap->n + size > WRAP_WORD_BYTES) {
        end_word(wrap);
    }
    memcpy(wrap->word + wrap->n, p, size);
    wrap->n += size;
}

void wrap_put(struct wrap *wrap, const char *text)
{
    size_t n = strlen(text);
    for (size_t at = 0, size; at < n; at += size) {
        int code = text_decode(text + at, n - at, &size);
        if (code == '\n') {
            end_word(wrap);
            end_line(wrap);
        } else if (code == ' ') {
            end_word(wrap);
            wrap->blanks++;
        } else {
            bool wide = text_width(text + at, size) > 1;
            if (wide) {
                end_word(wrap);
            }
            add(wrap, text + at, size);
        }
    }
}

void wrap_hang(struct wrap *wrap, size_t columns)
{
    wrap->column = columns;
    wrap->indent = columns;
}

void wrap_done(struct wrap *wrap)
{
    end_word(wrap);
    if (wrap->column > 0) {
        end_line(wrap);
    }
}

void wrap_text(FILE *to, size_t columns, size_t used, const char *text)
{
    struct wrap wrap;
    wrap_init(&wrap, to, columns);
    wrap_hang(&wrap, used);
    wrap_put(&wrap, text);
    wrap_done(&wrap);
}
