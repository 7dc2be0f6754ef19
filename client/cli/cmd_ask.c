/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag ask: an answer with its sources. */
#include "commands.h"

#include <math.h>
#include <string.h>

#include "answer.h"
#include "fail.h"
#include "filter.h"
#include "retrieve.h"
#include "rpc.h"

/* No backend takes more. */
enum { TEMPERATURE_MAX = 2 };

static struct {
    const char *llm;
    double temperature;
    uint64_t max_tokens;
    bool show_prompt, no_sources, stream;
} given = {.temperature = (double)NAN};

static const struct option OPTIONS[] = {
    OPTION_SUB((void *)RETRIEVE_OPTIONS),
    {OPTION_STRING, 0, "llm", &given.llm, "NAME",
     "The LLM to use: an instance, or INSTANCE:MODEL", NULL},
    {OPTION_REAL, 0, "temperature", &given.temperature, "X",
     "0 (always the likeliest word) to 2 (most variety)", NULL},
    {OPTION_COUNT, 0, "max-tokens", &given.max_tokens, "N",
     "Longest answer (extract: words, but a whole sentence at least)", NULL},
    {OPTION_FLAG, 0, "show-prompt", &given.show_prompt, NULL, "Show what the LLM was told",
     NULL},
    {OPTION_FLAG, 0, "no-sources", &given.no_sources, NULL, "Only the answer", NULL},
    {OPTION_FLAG, 0, "stream", &given.stream, NULL,
     "Print words as they come (always on a terminal)", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static int prepare(struct cli *cli, Ragd__V1__AskRequest *request)
{
    ragd__v1__ask_request__init(request);
    request->collection = (char *)cli_collection(cli);
    request->question = (char *)retrieve_question(cli);
    request->k = (uint32_t)RETRIEVE.k;
    request->mode = retrieve_mode();
    request->llm = (char *)(given.llm ? given.llm : "");
    request->show_prompt = given.show_prompt;
    request->max_tokens = given.max_tokens;
    if (!isnan(given.temperature)) {
        if (given.temperature < 0 || given.temperature > TEMPERATURE_MAX) {
            return fail_usage(cli, "--temperature must be from 0 to %d", TEMPERATURE_MAX);
        }
        request->temperature_plus1 = given.temperature + 1;
    }
    int rc = retrieve_check(cli);
    return rc ? rc : filter_from_options(cli, &request->filter);
}

static int converse(struct rpc *rpc, struct answer *answer,
                    const Ragd__V1__AskRequest *request)
{
    struct stream stream;
    Ragd__V1__AskEvent *event;
    int rc = stream_open(&stream, rpc, "ragd.v1.Query/Ask", &request->base,
                         &ragd__v1__ask_event__descriptor, false);
    if (rc) {
        return rc;
    }
    int got;
    while ((got = stream_next(&stream, -1, &event)) == STREAM_MESSAGE) {
        answer_take(answer, &stream, event);
    }
    answer_end(answer, got == STREAM_END);
    if (got < 0) {
        rc = stream_fail(&stream);
    }
    stream_close(&stream);
    return rc;
}

static int run_ask(struct cli *cli)
{
    Ragd__V1__AskRequest request;
    struct rpc rpc = {0};
    struct answer answer;
    int rc = prepare(cli, &request);
    rc = rc ? rc : rpc_open(&rpc, cli, true);
    if (rc == EXIT_DONE) {
        answer_init(&answer, cli);
        answer.sources = !given.no_sources;
        answer.live = given.stream || cli->tty_out;
        rc = converse(&rpc, &answer, &request);
        answer_release(&answer);
    }
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_ASK = {
    .name = "ask",
    .summary = "Answer a question from stored documents, with sources",
    .usage = "[options] QUESTION...",
    .text = "Every statement carries the number of its source. When the documents do not\n"
            "answer the question, rag says so, and exits with 0.",
    .group = GROUP_START,
    .args_min = 1,
    .args_max = ARGS_ANY,
    .examples = {"ask \"Who built the first marine chronometer?\"",
                 "ask -c papers -k 8 \"What is LLaMA?\"",
                 "ask --json --no-sources \"Why?\"",
                 "ask --show-prompt \"What did the model see?\""},
    .options = OPTIONS,
    .run = run_ask,
};
