/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Greedy: the best sentence, then the best beside it, whose words count little
 * when the answer already has them. A sentence's score is its share of the
 * question's mass, less when it is longer than the mean; half of how good its
 * source is among the sources; a tenth of its better neighbour's share. A
 * sentence of few content words (a heading, a "Yes.") counts half.
 */
#include "pick.h"

#include <math.h>
#include <string.h>

static const double LENGTH_PART = 0.1, SOURCE_PART = 0.5, NEIGHBOUR_PART = 0.1;
static const double SHORT_PART = 0.5, PEER_PART = 0.9, NEW_SHARE = 0.15;
enum { SHORT_WORDS = 4 };

static const struct weigh_set nothing; /* nothing is said yet */

/* What the scores are made of. */
struct scale {
    const struct sentences *sentences;
    const struct weigh *w;
    const struct units *units;
    double threshold;
    const struct ragd_llm_req *req;
    double mean;        /* words of a sentence */
    double best_source; /* largest source score */
};

static double source_score(const struct ragd_llm_req *req, uint32_t index)
{
    double score = req->sources[index]->score;
    return isfinite(score) ? score : 0;
}

static struct scale make_scale(const struct sentences *sentences, const struct weigh *w,
                               const struct ragd_llm_req *req)
{
    struct scale scale = {.sentences = sentences, .w = w, .req = req, .mean = 1};
    if (sentences->words) {
        scale.mean = (double)sentences->words / (double)sentences->n;
    }
    scale.best_source = req->n_sources ? source_score(req, 0) : 0;
    for (size_t i = 1; i < req->n_sources; i++) {
        scale.best_source = fmax(scale.best_source, source_score(req, (uint32_t)i));
    }
    return scale;
}

/* 1 for the best source. Scores may be negative (distances turned round): then
 * the fraction is the other way about. */
static double source_part(const struct scale *scale, uint32_t source)
{
    double score = source_score(scale->req, source);
    if (scale->best_source > 0) {
        return fmax(score, 0) / scale->best_source;
    }
    return score < 0 ? scale->best_source / score : 1;
}

static double share(const struct scale *scale, const struct weigh_set *has,
                    const struct weigh_set *covered)
{
    return scale->w->total > 0 ? weigh_sum(scale->w, has, covered) / scale->w->total : 0;
}

static double neighbour_share(const struct scale *scale, const struct sentence *s)
{
    const struct sentence *first = scale->sentences->at;
    const struct sentence *last = first + scale->sentences->n - 1;
    double best = 0;
    if (s > first && s[-1].source == s->source) {
        best = share(scale, &s[-1].has, &nothing);
    }
    if (s < last && s[1].source == s->source) {
        best = fmax(best, share(scale, &s[1].has, &nothing));
    }
    return best;
}

static double score(const struct scale *scale, const struct sentence *s,
                    const struct weigh_set *covered)
{
    double longer = s->words / scale->mean - 1;
    double value = share(scale, &s->has, covered) / (1 + LENGTH_PART * fmax(longer, 0)) +
                   SOURCE_PART * source_part(scale, s->source) +
                   NEIGHBOUR_PART * neighbour_share(scale, s);
    return s->content < SHORT_WORDS ? SHORT_PART * value : value;
}

static bool has_any(const struct sentence *s)
{
    uint64_t any = 0;
    for (int i = 0; i < WEIGH_SET_WORDS; i++) {
        any |= s->has.bits[i];
    }
    return any != 0;
}

/* How much of the question it holds itself, as words or as units. */
static double own_share(const struct scale *scale, const struct sentence *s)
{
    return fmax(units_share(scale->units, scale->w, &s->has, &s->topic),
                share(scale, &s->has, &nothing));
}

/* Whether it can say what kind of thing is asked for. The first row of a table says what
 * the kind of a column is, so any other may. */
static bool fits_kind(const struct scale *scale, const struct sentence *s)
{
    const char *text = scale->req->sources[s->source]->text.p;
    struct ragd_str said = {text + s->start, s->end - s->start};
    return (s->amount || !scale->units->amount) &&
           (s->row || kind_fits(scale->units->kind, said, s->amount));
}

/* Whether it answers, with what stands around it: the question's names, enough of
 * the rest, and half of that itself. Words that are strewn about are no answer. */
static bool answers(const struct scale *scale, const struct sentence *s)
{
    return units_share(scale->units, scale->w, &s->here, &s->topic) >= scale->threshold &&
           2 * own_share(scale, s) >= scale->threshold &&
           units_named(scale->units, &s->here, &s->topic) &&
           units_complete(scale->units, &s->has, &s->topic) && fits_kind(scale, s);
}

/* Whether it goes on with an answer: it answers as well as the best, or beside what
 * was taken of its source brings what the answer lacks. */
static bool adds(const struct scale *scale, const struct picks *picks,
                 const struct sentence *s, const struct weigh_set *covered)
{
    double own = own_share(scale, s);
    if (!units_same_numbers(scale->units, &picks->at[0]->has, &s->has)) {
        return false;
    }
    if (answers(scale, s) && own >= PEER_PART * own_share(scale, picks->at[0])) {
        return true;
    }
    return s->source == picks->at[0]->source && 2 * own >= scale->threshold &&
           units_new(scale->units, scale->w, &s->has, covered) >= NEW_SHARE;
}

/* Overlapping chunks and copied passages: what the answer says already. */
static bool is_repeated(const struct scale *scale, const struct picks *picks,
                        const struct sentence *s)
{
    const char *text = scale->req->sources[s->source]->text.p + s->start;
    size_t n = s->end - s->start;
    for (size_t i = 0; i < picks->n; i++) {
        const struct sentence *p = picks->at[i];
        const char *other = scale->req->sources[p->source]->text.p + p->start;
        size_t len = p->end - p->start;
        if (p == s ||
            (n <= len ? memmem(other, len, text, n) : memmem(text, n, other, len))) {
            return true;
        }
    }
    return false;
}

/* A table's first row says what its columns are. */
static bool is_table_head(const struct scale *scale, const struct sentence *s)
{
    const struct sentence *first = scale->sentences->at, *end = first + scale->sentences->n;
    return s->row && (s == first || s[-1].source != s->source || !s[-1].row) &&
           s + 1 < end && s[1].source == s->source && s[1].row;
}

/* The best sentence, the first of equals, of those that answer or of all; NULL:
 * none. A heading says nothing. */
static const struct sentence *best(const struct scale *scale, const struct picks *picks,
                                   const struct weigh_set *covered, bool all)
{
    const struct sentence *found = NULL;
    double most = 0;
    for (size_t i = 0; i < scale->sentences->n; i++) {
        const struct sentence *s = &scale->sentences->at[i];
        if (s->heading || !s->prose || is_table_head(scale, s) || !has_any(s)) {
            continue;
        }
        double value = score(scale, s, covered);
        if ((!found || value > most) &&
            (all || (picks->n ? adds(scale, picks, s, covered) : answers(scale, s))) &&
            !is_repeated(scale, picks, s)) {
            found = s;
            most = value;
        }
    }
    return found;
}

/* The order of the answer: sources as they were first picked, and within each
 * the order of its text, so that what belongs together reads on. */
static void arrange(struct picks *picks)
{
    uint32_t first[PICK_MAX];
    for (size_t i = 0; i < picks->n; i++) {
        first[i] = (uint32_t)i;
        for (size_t k = 0; k < i; k++) {
            if (picks->at[k]->source == picks->at[i]->source) {
                first[i] = first[k];
                break;
            }
        }
    }
    for (size_t i = 1; i < picks->n; i++) {
        const struct sentence *s = picks->at[i];
        uint32_t rank = first[i];
        size_t k = i;
        for (; k > 0 && (first[k - 1] > rank ||
                         (first[k - 1] == rank && picks->at[k - 1]->start > s->start));
             k--) {
            picks->at[k] = picks->at[k - 1];
            first[k] = first[k - 1];
        }
        picks->at[k] = s;
        first[k] = rank;
    }
}

void pick(struct picks *out, const struct sentences *sentences, const struct weigh *w,
          const struct units *units, const struct ragd_llm_req *req,
          const struct pick_limits *limits)
{
    struct scale scale = make_scale(sentences, w, req);
    struct weigh_set covered = {{0}};
    scale.units = units;
    scale.threshold = limits->threshold;
    *out = (struct picks){0};
    out->nearest = best(&scale, out, &covered, true);
    while (out->n < limits->sentences) {
        const struct sentence *s = best(&scale, out, &covered, false);
        if (!s) {
            break;
        }
        out->at[out->n++] = s;
        for (int i = 0; i < WEIGH_SET_WORDS; i++) {
            covered.bits[i] |= s->has.bits[i];
        }
    }
    arrange(out);
}
