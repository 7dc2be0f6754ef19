/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag verify: compares records, vectors, postings and manifests. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "document_id.h"
#include "fail.h"
#include "pool.h"
#include "rpc.h"
#include "show.h"
#include "text.h"
#include "wrap.h"

#include "ragd/v1/admin.pb-c.h"

static void show_json(struct emit *emit, const Ragd__V1__VerifyReply *reply)
{
    emit_object(emit);
    emit_put(emit, "name", reply->name);
    emit_put_uint(emit, "records", reply->records);
    emit_put_uint(emit, "vectors", reply->vectors);
    emit_put_uint(emit, "postings", reply->postings);
    emit_put_uint(emit, "manifests", reply->manifests);
    emit_put_strings(emit, "problems", reply->problems, reply->n_problems);
    emit_end(emit);
}

/* Of the last collection whose problems were shown in full. */
struct shown {
    char *name, *problems; /* freed with clear() */
};

static void clear(struct shown *shown)
{
    free(shown->name);
    free(shown->problems);
    *shown = (struct shown){0};
}

static char *copy_of(const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(must_alloc(n), text, n);
}

/* All of them, for comparing. */
static char *join(char *const *problems, size_t n_problems)
{
    size_t n = 1;
    for (size_t i = 0; i < n_problems; i++) {
        n += strlen(problems[i]) + 1;
    }
    char *all = must_alloc(n), *end = all;
    for (size_t i = 0; i < n_problems; i++) {
        size_t one = strlen(problems[i]);
        memcpy(end, problems[i], one);
        end[one] = '\n';
        end += one + 1;
    }
    *end = '\0';
    return all;
}

static void show_line(const struct cli *cli, const char *name, const char *text)
{
    fputs("  ", stderr);
    wrap_text(stderr, cli->columns_err, 2,
              text_line(pool_printf("%s: %s", name, text), SIZE_MAX));
}

/* Collections that share a damaged block of a file have the same long problems. */
static void show_problems(const struct cli *cli, struct shown *shown,
                          const Ragd__V1__VerifyReply *reply)
{
    if (reply->n_problems == 0) {
        return;
    }
    char *problems = join(reply->problems, reply->n_problems);
    if (shown->problems && strcmp(problems, shown->problems) == 0) {
        show_line(cli, reply->name, pool_printf("the same as %s", shown->name));
        free(problems);
        return;
    }
    for (size_t i = 0; i < reply->n_problems; i++) {
        show_line(cli, reply->name, document_shown_in(cli, reply->problems[i]));
    }
    clear(shown);
    *shown = (struct shown){copy_of(reply->name), problems};
}

static void show_text(const struct cli *cli, struct shown *shown,
                      const Ragd__V1__VerifyReply *reply)
{
    if (cli->format != FORMAT_TABLE) {
        printf("%s\t%llu\t%llu\t%llu\t%llu\t%zu\n", reply->name,
               (unsigned long long)reply->records, (unsigned long long)reply->vectors,
               (unsigned long long)reply->postings, (unsigned long long)reply->manifests,
               reply->n_problems);
    } else {
        say(cli, "%s  %s: %s, %s, %s, %s", reply->n_problems ? "damaged" : "ok     ",
            reply->name, plural(reply->records, "record"), plural(reply->vectors, "vector"),
            plural(reply->postings, "posting"), plural(reply->manifests, "manifest"));
    }
    show_problems(cli, shown, reply);
}

static int verify(struct cli *cli, struct stream *stream)
{
    struct emit *emit = &cli->emit;
    bool json = cli->format == FORMAT_JSON;
    size_t problems = 0;
    struct shown shown = {0};
    Ragd__V1__VerifyReply *reply;
    int got = stream_next(stream, -1, &reply);
    if (got < 0) {
        return stream_fail(stream);
    }
    if (json) {
        emit_object(emit);
        emit_key(emit, "collections");
        emit_array(emit);
    }
    for (; got == STREAM_MESSAGE; got = stream_next(stream, -1, &reply)) {
        problems += reply->n_problems;
        if (wants_json(cli)) {
            show_json(emit, reply);
        } else {
            show_text(cli, &shown, reply);
        }
        if (cli->format == FORMAT_NDJSON) {
            emit_done(emit);
        }
    }
    clear(&shown);
    if (got < 0) {
        emit_abort(emit);
        return stream_fail(stream);
    }
    if (json) {
        emit_end(emit);
        emit_put_bool(emit, "ok", problems == 0);
        emit_end(emit);
        emit_done(emit);
    }
    if (problems == 0) {
        return EXIT_DONE;
    }
    return fail(cli, &(struct failure){.exit = EXIT_FAILED,
                                       .code = "corrupt",
                                       .message = pool_printf("verify found %s",
                                                              plural(problems, "problem")),
                                       .hint = "keep a copy of the data directory; export "
                                               "what can still be read"});
}

static int run_verify(struct cli *cli)
{
    Ragd__V1__VerifyRequest request = RAGD__V1__VERIFY_REQUEST__INIT;
    request.collection = (char *)(cli->n_args             ? cli->args[0]
                                  : cli->collection_given ? cli_collection(cli)
                                                          : "");
    struct rpc rpc;
    struct stream stream;
    int rc = rpc_open(&rpc, cli, true);
    rc = rc ? rc
            : stream_open(&stream, &rpc, "ragd.v1.Admin/Verify", &request.base,
                          &ragd__v1__verify_reply__descriptor, false);
    if (rc == EXIT_DONE) {
        rc = verify(cli, &stream);
        stream_close(&stream);
    }
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_VERIFY = {
    .name = "verify",
    .summary = "Compare records, vectors, postings and manifests",
    .usage = "[options] [COLLECTION]",
    .group = GROUP_SERVICE,
    .operand = OPERAND_COLLECTION,
    .args_max = 1,
    .examples = {"verify", "verify papers --json"},
    .run = run_verify,
};
