/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* llm_extract, through the interface as the daemon calls it. */
#ifndef PLUGIN_EXTRACT_RIG_H
#define PLUGIN_EXTRACT_RIG_H

#include <math.h>
#include <stdlib.h>

#include "fake_rig.h"

enum { SOURCES_MAX = 8, TERMS_MAX = 8 };

struct fixture {
    struct fake_rig rig;
    /* The request, filled by a test. */
    struct ragd_llm_req req;
    struct ragd_llm_source sources[SOURCES_MAX];
    const struct ragd_llm_source *source_list[SOURCES_MAX];
    struct ragd_llm_term terms[TERMS_MAX];
};

/* With the options that were set. */
static inline void open_instance(struct fixture *f)
{
    fake_rig_make(&f->rig, RAGD_IF_LLM);
}

/* For each CASE. */
static inline int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    fake_rig_open(&f->rig);
    open_instance(f);
    f->req = (struct ragd_llm_req){.struct_size = sizeof(f->req),
                                   .sources = f->source_list,
                                   .terms = f->terms,
                                   .temperature = NAN,
                                   .top_p = NAN,
                                   .seed = -1};
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    fake_rig_close(&f->rig);
    free(f);
    return 0;
}

/* Takes effect at once. */
static inline void set_option(struct fixture *f, const char *name, const char *text)
{
    fake_host_set(f->rig.host, name, text);
    open_instance(f);
}

/* Its text is borrowed. */
static inline void add_source(struct fixture *f, const char *text, double score)
{
    size_t n = f->req.n_sources++;
    assert_true(n < SOURCES_MAX);
    f->sources[n] = (struct ragd_llm_source){.struct_size = sizeof(f->sources[n]),
                                             .id = ragd_cs("doc#0"),
                                             .text = ragd_cs(text),
                                             .score = score};
    f->source_list[n] = &f->sources[n];
}

/* A word of the question and its idf. */
static inline void add_term(struct fixture *f, const char *word, double weight)
{
    assert_true(f->req.n_terms < TERMS_MAX);
    f->terms[f->req.n_terms++] = (struct ragd_llm_term){ragd_cs(word), weight};
}

/* For the next question of a test. */
static inline void renew(struct fixture *f)
{
    fake_rig_next_call(&f->rig);
}

/* Asks; results are in the call. */
static inline ragd_status generate(struct fixture *f, const char *question)
{
    const struct ragd_llm *llm = f->rig.instance.table;
    f->req.question = ragd_cs(question);
    return llm->generate(f->rig.instance.inst, f->rig.call, &f->req, &fake_token_sink);
}

/* Asks; fails the test when there is no answer. */
static inline const struct fake_results *ask(struct fixture *f, const char *question)
{
    assert_int_equal(generate(f, question), 0);
    const struct fake_results *r = fake_call_results(f->rig.call);
    assert_int_equal(r->n_usages, 1);
    return r;
}

/* Asks anew: enum ragd_finish. */
static inline uint32_t finish_of(struct fixture *f, const char *question)
{
    renew(f);
    return ask(f, question)->usage.finish;
}

/* Asks; the answer is want. */
static inline void check_answer(struct fixture *f, const char *question, const char *want)
{
    const struct fake_results *r = ask(f, question);
    assert_str_equal(r->text, want);
}

/* Citation i is of code points [start, end) of a source (from 1). */
static inline void assert_cite(const struct fake_results *r, size_t i, uint32_t source,
                               uint64_t start, uint64_t end)
{
    assert_true(i < r->n_cites);
    assert_int_equal(r->cites[i].source, source);
    assert_int_equal(r->cites[i].start, start);
    assert_int_equal(r->cites[i].end, end);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
