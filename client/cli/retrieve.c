/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "retrieve.h"

#include <math.h>
#include <string.h>

#include "document_id.h"
#include "fail.h"
#include "filter.h"
#include "pool.h"
#include "show.h"
#include "text.h"

#define KIND(name) RAGD__V1__SCORE_KIND__SCORE_KIND_##name
#define MODE(name) RAGD__V1__SEARCH_MODE__SEARCH_MODE_##name

struct retrieve RETRIEVE;

static const char *const MODES[] = {"auto", "keyword", "vector", "hybrid", NULL};

const struct option RETRIEVE_OPTIONS[] = {
    {OPTION_COUNT, 'k', NULL, &RETRIEVE.k, "N", "How many chunks (default: ragd's, 4)",
     NULL},
    {OPTION_CHOICE, 0, "mode", &RETRIEVE.mode, "MODE", "auto, keyword, vector or hybrid",
     MODES},
    OPTION_SUB((void *)FILTER_OPTIONS),
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

Ragd__V1__SearchMode retrieve_mode(void)
{
    static const Ragd__V1__SearchMode BY_INDEX[] = {MODE(AUTO), MODE(KEYWORD), MODE(VECTOR),
                                                    MODE(HYBRID)};
    for (size_t i = 0; RETRIEVE.mode && MODES[i]; i++) {
        if (strcmp(RETRIEVE.mode, MODES[i]) == 0) {
            return BY_INDEX[i];
        }
    }
    return MODE(AUTO);
}

int retrieve_check(const struct cli *cli)
{
    return RETRIEVE.k > UINT32_MAX ? fail_usage(cli, "-k is too large") : EXIT_DONE;
}

const char *retrieve_question(const struct cli *cli)
{
    const char *all = cli->args[0];
    for (size_t i = 1; i < cli->n_args; i++) {
        all = pool_printf("%s %s", all, cli->args[i]);
    }
    return all;
}

double hit_score(const Ragd__V1__Hit *hit, Ragd__V1__ScoreKind kind)
{
    for (size_t i = 0; i < hit->n_scores; i++) {
        if (hit->scores[i]->kind == kind) {
            return hit->scores[i]->value;
        }
    }
    return (double)NAN;
}

static void show_scores(struct emit *emit, const Ragd__V1__Hit *hit)
{
    static const struct {
        Ragd__V1__ScoreKind kind;
        const char *key;
    } KEYS[] = {
        {KIND(DISTANCE), "distance"},
        {KIND(RELEVANCE), "relevance"},
        {KIND(KEYWORD), "keyword_score"},
        {KIND(FUSED), "fused_score"},
    };
    for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
        double value = hit_score(hit, KEYS[i].kind);
        if (!isnan(value)) {
            emit_put_real(emit, KEYS[i].key, value);
        }
    }
}

void hit_show(struct emit *emit, const Ragd__V1__Hit *hit)
{
    show_scores(emit, hit);
    if (hit->n_duplicates) {
        emit_put_strings(emit, "duplicates", hit->duplicates, hit->n_duplicates);
    }
    emit_put_some(emit, "title", hit->title);
    emit_key(emit, "chunk");
    show_chunk(emit, hit->chunk);
}

Ragd__V1__ScoreKind mode_score(Ragd__V1__SearchMode mode)
{
    return mode == MODE(KEYWORD)  ? KIND(KEYWORD)
           : mode == MODE(HYBRID) ? KIND(FUSED)
                                  : KIND(DISTANCE);
}

const char *mode_score_title(Ragd__V1__SearchMode mode)
{
    return mode == MODE(VECTOR) ? "DISTANCE" : "SCORE";
}

const char *mode_score_text(const Ragd__V1__Hit *hit, Ragd__V1__SearchMode mode)
{
    double value = hit_score(hit, mode_score(mode));
    return isnan(value) ? "" : cell_real(value, 4);
}

static const char *last_part(const char *source)
{
    const char *slash = strrchr(source, '/');
    return slash && slash[1] ? slash + 1 : source;
}

/* Loaders give a file without a title its name less the suffix. */
static bool is_stem(const char *title, const char *name)
{
    size_t n = strlen(title);
    return strncmp(title, name, n) == 0 && name[n] == '.' && !strchr(name + n + 1, '.');
}

static const char *metadata_title(const Ragd__V1__Chunk *chunk)
{
    for (size_t i = 0; i < chunk->n_metadata; i++) {
        const char *key = chunk->metadata[i]->key;
        if (strcmp(key, "title") == 0 || strcmp(key, "Title") == 0) {
            return value_text(chunk->metadata[i]->value);
        }
    }
    return "";
}

const char *hit_title(const struct cli *cli, const Ragd__V1__Hit *hit)
{
    const Ragd__V1__Chunk *chunk = hit->chunk;
    const char *source = chunk->source[0] ? chunk->source : chunk->id;
    const char *name = last_part(document_shown(cli, source));
    const char *title = hit->title;
    if (!title[0] || is_stem(title, name)) {
        title = metadata_title(chunk);
    }
    return pool_strdup(title[0] ? title : name);
}
