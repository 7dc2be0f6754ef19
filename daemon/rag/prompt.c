/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/prompt.h"

#include <string.h>

#include "core/utf8.h"

enum {
    ASCII_PER_TOKEN = 4,
    TOKENS_LEAST = 64, /* of a source that is cut */
};

static const char CONTEXT[] = "{context}", QUESTION[] = "{question}";

uint64_t prompt_tokens(struct ragd_str text)
{
    uint64_t ascii = 0, wide = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        ascii += c < 0x80;
        wide += c >= 0xC0; /* the first byte of each other character */
    }
    return (ascii + ASCII_PER_TOKEN - 1) / ASCII_PER_TOKEN + wide;
}

const char *prompt_role(const struct ragd_msg *msg)
{
    switch (msg->role) {
    case RAGD_ROLE_SYSTEM: return "system";
    case RAGD_ROLE_ASSISTANT: return "assistant";
    default: return "user";
    }
}

static double score_of(const struct search_hit *hit, enum score_kind kind, bool *has)
{
    for (uint32_t i = 0; i < hit->n_scores; i++) {
        if (hit->scores[i].kind == kind) {
            *has = true;
            return hit->scores[i].value;
        }
    }
    *has = false;
    return 0;
}

/* Larger is better and nothing is negative, whatever the mode. */
static double source_score(const struct search_hit *hit, uint32_t metric)
{
    bool has;
    double value = score_of(hit, SCORE_FUSED, &has);
    if (has) {
        return value;
    }
    value = score_of(hit, SCORE_KEYWORD, &has);
    if (has) {
        return value;
    }
    value = score_of(hit, SCORE_DISTANCE, &has);
    if (metric == RAGD_METRIC_IP) {
        return value < 1 ? 1 - value : 0;
    }
    return 1 / (1 + (value > 0 ? value : 0));
}

/* The longest prefix of text of at most so many tokens, on a character. */
static struct ragd_str cut(struct ragd_str text, uint64_t tokens)
{
    size_t n = text.n;
    while (n && prompt_tokens((struct ragd_str){text.p, n}) > tokens) {
        n = utf8_cut(text.p, text.n, n - (n + 15) / 16);
    }
    return (struct ragd_str){text.p, n};
}

static struct ragd_str entry(struct arena *arena, size_t n, const struct ragd_llm_source *s)
{
    bool titled = s->title.n > 0;
    return ragd_cs(arena_printf(arena, "%s[%zu]%s%.*s\n%.*s", n > 1 ? "\n\n" : "", n,
                                titled ? " " : "", (int)s->title.n, s->title.p,
                                (int)s->text.n, s->text.p));
}

static struct ragd_llm_source *new_source(struct arena *arena, const struct prompt *prompt,
                                          size_t i)
{
    const struct search_hit *hit = &prompt->hits[i];
    struct ragd_llm_source *source = arena_alloc(arena, sizeof(*source));
    if (source) {
        *source = (struct ragd_llm_source){
            .struct_size = sizeof(*source),
            .id = hit->chunk.rec->id,
            .title = hit->title,
            .text = hit->chunk.rec->text,
            .score = source_score(hit, prompt->metric),
        };
    }
    return source;
}

static uint64_t fixed_tokens(const struct prompt *prompt)
{
    return prompt_tokens(prompt->system_template) + prompt_tokens(prompt->user_template) +
           prompt_tokens(prompt->question);
}

/* Takes sources in order while they fit; the text of all of them. */
static int take_sources(struct arena *arena, struct prompt *prompt,
                        struct ragd_str *context)
{
    uint64_t used = fixed_tokens(prompt), max = prompt->max_tokens;
    struct ragd_str *entries = arena_calloc(arena, prompt->n_hits, sizeof(*entries));
    size_t bytes = 0;
    prompt->sources = arena_calloc(arena, prompt->n_hits, sizeof(*prompt->sources));
    if (!entries || !prompt->sources) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < prompt->n_hits; i++) {
        struct ragd_llm_source *source = new_source(arena, prompt, i);
        if (!source) {
            return RAGD_E_NOMEM;
        }
        if (i == 0) {
            uint64_t left = max > used + TOKENS_LEAST ? max - used : TOKENS_LEAST;
            source->text = cut(source->text, left);
        }
        entries[i] = entry(arena, i + 1, source);
        if (!entries[i].p) {
            return RAGD_E_NOMEM;
        }
        uint64_t tokens = prompt_tokens(entries[i]);
        if (i > 0 && used + tokens > max) {
            break;
        }
        used += tokens;
        bytes += entries[i].n;
        prompt->sources[prompt->n_sources++] = source;
    }
    char *text = arena_alloc(arena, bytes + 1);
    if (!text) {
        return RAGD_E_NOMEM;
    }
    *context = (struct ragd_str){text, bytes};
    for (size_t i = 0; i < prompt->n_sources; i++) {
        memcpy(text, entries[i].p, entries[i].n);
        text += entries[i].n;
    }
    return 0;
}

static size_t expand(struct ragd_str template, const struct ragd_str *context,
                     const struct ragd_str *question, char *out)
{
    size_t n = 0;
    const char *p = template.p, *end = p + template.n;
    while (p < end) {
        const struct ragd_str *value = NULL;
        size_t step = 1;
        if ((size_t)(end - p) >= sizeof(CONTEXT) - 1 &&
            memcmp(p, CONTEXT, sizeof(CONTEXT) - 1) == 0) {
            value = context;
            step = sizeof(CONTEXT) - 1;
        } else if ((size_t)(end - p) >= sizeof(QUESTION) - 1 &&
                   memcmp(p, QUESTION, sizeof(QUESTION) - 1) == 0) {
            value = question;
            step = sizeof(QUESTION) - 1;
        }
        const char *from = value ? value->p : p;
        size_t len = value ? value->n : 1;
        if (out && len) {
            memcpy(out + n, from, len);
        }
        n += len;
        p += step;
    }
    return n;
}

/* {context} and {question} replaced, in one pass: a document that holds such a
 * word stays as it is. */
static struct ragd_str fill(struct arena *arena, struct ragd_str template,
                            const struct ragd_str *context, const struct ragd_str *question)
{
    size_t n = expand(template, context, question, NULL);
    char *out = arena_alloc(arena, n + 1);
    if (out) {
        (void)expand(template, context, question, out);
    }
    return (struct ragd_str){out, n};
}

static int add_message(struct arena *arena, struct prompt *prompt, uint32_t role,
                       struct ragd_str text)
{
    struct ragd_msg *msg = arena_alloc(arena, sizeof(*msg));
    if (!msg || !text.p) {
        return RAGD_E_NOMEM;
    }
    *msg = (struct ragd_msg){sizeof(*msg), role, text};
    prompt->msgs[prompt->n_msgs++] = msg;
    return 0;
}

static int add_messages(struct arena *arena, struct prompt *prompt,
                        const struct ragd_str *context)
{
    struct ragd_str system = fill(arena, prompt->system_template, context,
                                  &prompt->question);
    struct ragd_str user = fill(arena, prompt->user_template, context, &prompt->question);
    prompt->msgs = arena_calloc(arena, 2, sizeof(*prompt->msgs));
    if (!prompt->msgs || !system.p || !user.p) {
        return RAGD_E_NOMEM;
    }
    if (prompt->one_message) {
        const char *both = arena_printf(arena, "%.*s\n\n%.*s", (int)system.n, system.p,
                                        (int)user.n, user.p);
        return add_message(arena, prompt, RAGD_ROLE_USER, ragd_cs(both));
    }
    int rc = add_message(arena, prompt, RAGD_ROLE_SYSTEM, system);
    return rc ? rc : add_message(arena, prompt, RAGD_ROLE_USER, user);
}

int prompt_build(struct arena *arena, struct prompt *prompt)
{
    struct ragd_str context;
    prompt->llm_terms = arena_calloc(arena, prompt->n_terms, sizeof(*prompt->llm_terms));
    if (!prompt->llm_terms || take_sources(arena, prompt, &context)) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < prompt->n_terms; i++) {
        prompt->llm_terms[i] = (struct ragd_llm_term){prompt->terms[i].word,
                                                      prompt->terms[i].idf};
    }
    return add_messages(arena, prompt, &context);
}
