/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document_id.h"
#include "pool.h"
#include "retrieve.h"
#include "show.h"
#include "text.h"

#define KIND(name) RAGD__V1__ASK_EVENT__KIND_##name

enum {
    SOURCE_INDENT = 6,
    SOURCE_GAP = 3, /* columns between a title and its place */
    TITLE_COLUMNS_LEAST = 12,
    TITLE_COLUMNS_MAX = 70,
    TITLE_BYTES_MAX = 500,
};

void answer_init(struct answer *answer, struct cli *cli)
{
    *answer = (struct answer){.cli = cli, .sources = true};
    answer->end = &answer->first;
    wrap_init(&answer->wrap, stdout, cli->columns);
    answer->collect = open_memstream(&answer->text, &answer->text_bytes);
}

static void drop_events(struct answer *answer)
{
    while (answer->first) {
        struct answer_event *next = answer->first->next;
        ragd__v1__ask_event__free_unpacked(answer->first->event, NULL);
        free(answer->first);
        answer->first = next;
    }
}

void answer_release(struct answer *answer)
{
    drop_events(answer);
    if (answer->collect) {
        fclose(answer->collect);
    }
    free(answer->text);
}

const Ragd__V1__AskEvent *answer_event(const struct answer *answer,
                                       Ragd__V1__AskEvent__KindCase kind)
{
    for (const struct answer_event *it = answer->first; it; it = it->next) {
        if (it->event->kind_case == kind) {
            return it->event;
        }
    }
    return NULL;
}

size_t answer_hits(const struct answer *answer)
{
    size_t n = 0;
    for (const struct answer_event *it = answer->first; it; it = it->next) {
        n += it->event->kind_case == KIND(HITS) ? it->event->hits->n_hits : 0;
    }
    return n;
}

const Ragd__V1__Hit *answer_hit(const struct answer *answer, size_t n)
{
    for (const struct answer_event *it = answer->first; it; it = it->next) {
        if (it->event->kind_case != KIND(HITS)) {
            continue;
        }
        if (n <= it->event->hits->n_hits) {
            return it->event->hits->hits[n - 1];
        }
        n -= it->event->hits->n_hits;
    }
    return NULL;
}

/* Words as they come; on a terminal without what would control it. */
static void print_token(struct answer *answer, const char *token)
{
    size_t n = strlen(token);
    if (n == 0) {
        return;
    }
    if (answer->cli->tty_out) {
        wrap_put(&answer->wrap, text_safe(token, n));
    } else {
        fputs(token, stdout);
    }
    fflush(stdout);
    answer->printed = true;
    answer->last = token[n - 1];
}

static void print_prompt(struct answer *answer, const Ragd__V1__Prompt *prompt)
{
    const bool color = answer->cli->color_out;
    printf("%sPrompt (%s):%s\n", bold(color), prompt->role, plain(color));
    if (answer->cli->tty_out) {
        wrap_text(stdout, answer->cli->columns, 0,
                  text_safe(prompt->text, strlen(prompt->text)));
        putchar('\n');
    } else {
        printf("%s\n\n", prompt->text);
    }
}

static void keep(struct answer *answer, struct stream *stream, Ragd__V1__AskEvent *event)
{
    struct answer_event *kept = must_alloc(sizeof(*kept));
    *kept = (struct answer_event){.event = event};
    *answer->end = kept;
    answer->end = &kept->next;
    stream->current = NULL;
}

void answer_take(struct answer *answer, struct stream *stream, Ragd__V1__AskEvent *event)
{
    bool lines = answer->cli->format == FORMAT_NDJSON;
    if (lines) {
        answer_show_event(answer, event);
    }
    if (event->kind_case == KIND(TOKEN)) {
        fputs(event->token, answer->collect);
        if (answer->live && !wants_json(answer->cli) && answer->cli->format != FORMAT_IDS) {
            print_token(answer, event->token);
        }
        return;
    }
    if (event->kind_case == KIND(PROMPT) && !wants_json(answer->cli)) {
        print_prompt(answer, event->prompt);
        return;
    }
    keep(answer, stream, event);
}

static Ragd__V1__SearchMode mode_of(const struct answer *answer)
{
    const Ragd__V1__AskEvent *head = answer_event(answer, KIND(HEAD));
    return head ? head->head->mode : RAGD__V1__SEARCH_MODE__SEARCH_MODE_AUTO;
}

static const char *score_text(const struct answer *answer, const Ragd__V1__Hit *hit)
{
    Ragd__V1__SearchMode mode = mode_of(answer);
    const char *score = mode_score_text(hit, mode);
    bool distance = mode_score(mode) == RAGD__V1__SCORE_KIND__SCORE_KIND_DISTANCE;
    return score[0] ? pool_printf("%s %s", distance ? "distance" : "score", score) : "";
}

static const char *document_of(const Ragd__V1__Chunk *chunk)
{
    return chunk->document[0] ? chunk->document : chunk->id;
}

/* The number of the first source from the same document, 0 = none before. */
static size_t same_before(const struct answer *answer, size_t n)
{
    const char *document = document_of(answer_hit(answer, n)->chunk);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(document_of(answer_hit(answer, i)->chunk), document) == 0) {
            return i;
        }
    }
    return 0;
}

/* The number, the title and where it is; those below it on a narrow terminal. */
static void print_head(const struct cli *cli, const char *number, const char *title,
                       const char *place)
{
    size_t taken = strlen(number) + SOURCE_GAP + text_width(place, strlen(place));
    bool below = cli->columns < taken + TITLE_COLUMNS_LEAST;
    taken = below ? strlen(number) : taken;
    size_t room = cli->columns > taken ? cli->columns - taken : 1;
    room = room < TITLE_COLUMNS_MAX ? room : TITLE_COLUMNS_MAX;
    printf("%s%s", number, text_elide(title, room));
    if (below) {
        printf("\n%*s", SOURCE_INDENT, "");
        wrap_text(stdout, cli->columns, SOURCE_INDENT, place);
    } else {
        printf("%*s%s\n", SOURCE_GAP, "", place);
    }
}

static void print_source(const struct answer *answer, size_t n)
{
    const Ragd__V1__Hit *hit = answer_hit(answer, n);
    size_t same = same_before(answer, n);
    const struct cli *cli = answer->cli;
    const char *title = same ? pool_printf("same document as [%zu]", same)
                             : text_line(hit_title(cli, hit), TITLE_BYTES_MAX);
    const char *ordinal = hit->chunk->document[0]
                              ? pool_printf("#%llu",
                                            (unsigned long long)hit->chunk->ordinal)
                              : "";
    const char *line = hit->chunk->line ? pool_printf(", line %u", hit->chunk->line) : "";
    const char *gap = ordinal[0] || line[0] ? "   " : "";
    print_head(cli, pool_printf("  [%zu] ", n), title,
               pool_printf("%s%s%s%s", ordinal, line, gap, score_text(answer, hit)));
    if (!same) {
        printf("%*s%s%s%s\n", SOURCE_INDENT, "", dim(cli->color_out),
               document_cell(cli, document_of(hit->chunk)), plain(cli->color_out));
    }
}

static bool cited(const Ragd__V1__AskEnd *end, size_t n)
{
    for (size_t i = 0; i < end->n_citations; i++) {
        if (end->citations[i]->n == n && end->citations[i]->verified) {
            return true;
        }
    }
    return false;
}

/* Those the answer cites; when it cites none, or there is no answer, all. */
static void print_sources(const struct answer *answer, const Ragd__V1__AskEnd *end)
{
    size_t n = answer_hits(answer), n_cited = 0;
    for (size_t i = 1; i <= n; i++) {
        n_cited += cited(end, i);
    }
    if (n == 0) {
        return;
    }
    printf("\n%s%s%s\n", bold(answer->cli->color_out),
           end->answered ? "Sources:" : pool_printf("Sources considered (k=%zu):", n),
           plain(answer->cli->color_out));
    for (size_t i = 1; i <= n; i++) {
        if (n_cited == 0 || !end->answered || cited(end, i)) {
            print_source(answer, i);
        }
    }
}

static void print_usage(const struct answer *answer, const Ragd__V1__AskEnd *end)
{
    const Ragd__V1__AskEvent *event = answer_event(answer, KIND(USAGE));
    const Ragd__V1__Usage *usage = event ? event->usage : NULL;
    const char *tokens = "";
    if (usage && usage->prompt_tokens + usage->output_tokens) {
        tokens = pool_printf(" \xC2\xB7 %llu + %llu tokens",
                             (unsigned long long)usage->prompt_tokens,
                             (unsigned long long)usage->output_tokens);
    }
    const char *model = usage && usage->model[0] ? usage->model : "ragd";
    printf("%s%s%s \xC2\xB7 %s%s\n", dim(answer->cli->color_out), model, tokens,
           cell_duration(end->total_ms / 1000), plain(answer->cli->color_out));
}

static void end_text(struct answer *answer, const Ragd__V1__AskEnd *end)
{
    if (!answer->printed) {
        print_token(answer, answer->text ? answer->text : "");
    }
    if (!answer->printed && end && !end->answered) {
        say(answer->cli, "The stored documents do not answer this.");
    } else if (answer->cli->tty_out) {
        wrap_done(&answer->wrap);
    } else if (answer->printed && answer->last != '\n') {
        putchar('\n');
    }
    if (!end) {
        return;
    }
    if (answer->sources) {
        print_sources(answer, end);
    }
    if (answer->cli->format == FORMAT_TABLE && answer->sources) {
        print_usage(answer, end);
    }
    if (strcmp(end->finish, "length") == 0) {
        note(answer->cli, "the answer was cut: it reached its longest (--max-tokens)");
    }
    if (!end->answered) {
        note(answer->cli,
             "try:  rag search \"\xE2\x80\xA6\"   or   rag add more documents");
    }
}

static void end_ids(const struct answer *answer)
{
    for (size_t i = 1; i <= answer_hits(answer); i++) {
        puts(answer_hit(answer, i)->chunk->id);
    }
}

void answer_end(struct answer *answer, bool complete)
{
    fflush(answer->collect);
    const Ragd__V1__AskEvent *event = answer_event(answer, KIND(END));
    switch (answer->cli->format) {
    case FORMAT_NDJSON: break;
    case FORMAT_JSON:
        if (complete) {
            answer_show_json(answer);
        }
        break;
    case FORMAT_IDS: end_ids(answer); break;
    default:
        if (complete || answer->printed) {
            end_text(answer, event ? event->end : NULL);
        }
        break;
    }
}
