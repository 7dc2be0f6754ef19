/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "answer.h"

#include "retrieve.h"
#include "show.h"

#define KIND(name) RAGD__V1__ASK_EVENT__KIND_##name

static void show_sources(struct emit *emit, const struct answer *answer)
{
    emit_key(emit, "sources");
    emit_array(emit);
    for (size_t i = 1; i <= answer_hits(answer); i++) {
        emit_object(emit);
        emit_put_uint(emit, "n", i);
        hit_show(emit, answer_hit(answer, i));
        emit_end(emit);
    }
    emit_end(emit);
}

static void show_citations(struct emit *emit, const Ragd__V1__AskEnd *end)
{
    emit_key(emit, "citations");
    emit_array(emit);
    for (size_t i = 0; i < end->n_citations; i++) {
        const Ragd__V1__Citation *citation = end->citations[i];
        emit_object(emit);
        emit_put_uint(emit, "n", citation->n);
        if (citation->verified) {
            emit_put(emit, "chunk", citation->chunk);
            emit_put_uint(emit, "start_index", citation->start_index);
            emit_put_uint(emit, "end_index", citation->end_index);
        }
        emit_put_bool(emit, "verified", citation->verified);
        emit_end(emit);
    }
    emit_end(emit);
}

static void show_usage(struct emit *emit, const Ragd__V1__Usage *usage)
{
    emit_put_some(emit, "model", usage->model);
    emit_key(emit, "usage");
    emit_object(emit);
    emit_put_uint(emit, "prompt_tokens", usage->prompt_tokens);
    emit_put_uint(emit, "output_tokens", usage->output_tokens);
    emit_end(emit);
}

static void show_end(struct emit *emit, const Ragd__V1__AskEnd *end)
{
    emit_put_bool(emit, "answered", end->answered);
    emit_put_some(emit, "finish", end->finish);
    show_citations(emit, end);
    emit_key(emit, "took_ms");
    emit_object(emit);
    emit_put_real(emit, "search", end->search_ms);
    emit_put_real(emit, "generate", end->generate_ms);
    emit_put_real(emit, "total", end->total_ms);
    emit_end(emit);
}

static void show_prompts(struct emit *emit, const struct answer *answer)
{
    if (!answer_event(answer, KIND(PROMPT))) {
        return;
    }
    emit_key(emit, "prompt");
    emit_array(emit);
    for (const struct answer_event *it = answer->first; it; it = it->next) {
        if (it->event->kind_case == KIND(PROMPT)) {
            emit_object(emit);
            emit_put(emit, "role", it->event->prompt->role);
            emit_put(emit, "text", it->event->prompt->text);
            emit_end(emit);
        }
    }
    emit_end(emit);
}

static void show_head(struct emit *emit, const Ragd__V1__AskHead *head)
{
    emit_put(emit, "collection", head->collection);
    emit_put(emit, "question", head->question);
    emit_put(emit, "mode", mode_name(head->mode));
    emit_put(emit, "metric", metric_name(head->metric));
    emit_put_some(emit, "chain", head->chain);
}

void answer_show_json(struct answer *answer)
{
    struct emit *emit = &answer->cli->emit;
    const Ragd__V1__AskEvent *head = answer_event(answer, KIND(HEAD));
    const Ragd__V1__AskEvent *usage = answer_event(answer, KIND(USAGE));
    const Ragd__V1__AskEvent *end = answer_event(answer, KIND(END));
    emit_object(emit);
    if (head) {
        show_head(emit, head->head);
    }
    emit_put(emit, "answer", answer->text ? answer->text : "");
    if (answer->sources) {
        show_sources(emit, answer);
    }
    show_prompts(emit, answer);
    if (usage) {
        show_usage(emit, usage->usage);
    }
    if (end) {
        show_end(emit, end->end);
    }
    emit_end(emit);
    emit_done(emit);
}

static void show_hits_event(struct emit *emit, const Ragd__V1__HitList *list)
{
    emit_put(emit, "type", "hits");
    emit_key(emit, "hits");
    emit_array(emit);
    for (size_t i = 0; i < list->n_hits; i++) {
        emit_object(emit);
        emit_put_uint(emit, "rank", list->hits[i]->rank);
        hit_show(emit, list->hits[i]);
        emit_end(emit);
    }
    emit_end(emit);
}

void answer_show_event(struct answer *answer, const Ragd__V1__AskEvent *event)
{
    struct emit *emit = &answer->cli->emit;
    emit_object(emit);
    switch (event->kind_case) {
    case KIND(HEAD):
        emit_put(emit, "type", "head");
        show_head(emit, event->head);
        break;
    case KIND(HITS): show_hits_event(emit, event->hits); break;
    case KIND(PROMPT):
        emit_put(emit, "type", "prompt");
        emit_put(emit, "role", event->prompt->role);
        emit_put(emit, "text", event->prompt->text);
        break;
    case KIND(TOKEN):
        emit_put(emit, "type", "token");
        emit_put(emit, "text", event->token);
        break;
    case KIND(USAGE):
        emit_put(emit, "type", "usage");
        show_usage(emit, event->usage);
        break;
    case KIND(END):
        emit_put(emit, "type", "end");
        show_end(emit, event->end);
        break;
    default: emit_put(emit, "type", "unknown"); break;
    }
    emit_end(emit);
    emit_done(emit);
    fflush(stdout);
}
