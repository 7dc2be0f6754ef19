/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A command of the operator's as a loader. */
#include <jansson.h>
#include <ragd/ragd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "documents.h"
#include "run.h"
#include "sdk/loader/input.h"
#include "sdk/loader/paragraphs.h"

/* Before any loader that knows the format by itself. */
enum { SURE_SUFFIX = 100, SURE_MIME = 95 };

/* JSON writes a character of two bytes as six. */
enum { JSON_FACTOR = 4 };

struct exec {
    struct ragd_value suffixes, mimes;
    char **argv;
    bool json;
};

static const struct ragd_host *host;
/* The one instance of this process, which probe is asked about. */
static const struct exec *only;

/* ---- the instance --------------------------------------------------------------- */

static void destroy(void *inst)
{
    struct exec *exec = inst;
    for (char **arg = exec->argv; arg && *arg; arg++) {
        free(*arg);
    }
    free(exec->argv);
    free(exec);
    only = NULL;
}

static bool has_nul(struct ragd_str s)
{
    return s.n && memchr(s.p, '\0', s.n);
}

static ragd_status copy_command(struct exec *exec, const struct ragd_value *command)
{
    size_t n = command->u.list.n;
    exec->argv = calloc(n + 1, sizeof(*exec->argv));
    for (size_t i = 0; exec->argv && i < n; i++) {
        struct ragd_str arg = command->u.list.p[i].u.s;
        exec->argv[i] = strndup(arg.p, arg.n);
        if (!exec->argv[i]) {
            return RAGD_E_NOMEM;
        }
    }
    return exec->argv ? RAGD_OK : RAGD_E_NOMEM;
}

/* Each a text that begins with first; "" = with anything. */
static bool all_begin(const struct ragd_value *list, char first)
{
    for (size_t i = 0; i < list->u.list.n; i++) {
        struct ragd_str s = list->u.list.p[i].u.s;
        if (s.n < 2 || has_nul(s) || (first && s.p[0] != first)) {
            return false;
        }
    }
    return true;
}

/* What is wrong with the options; NULL = nothing. */
static const char *fault_of(const struct exec *exec, const struct ragd_value *command)
{
    if (command->type != RAGD_V_LIST || command->u.list.n == 0) {
        return "command is empty";
    }
    struct ragd_str program = command->u.list.p[0].u.s;
    if (program.n < 2 || program.p[0] != '/') {
        return "the program of command must be an absolute path";
    }
    for (size_t i = 0; i < command->u.list.n; i++) {
        if (has_nul(command->u.list.p[i].u.s)) {
            return "an argument of command holds a NUL";
        }
    }
    if (exec->suffixes.u.list.n + exec->mimes.u.list.n == 0) {
        return "suffixes or mimes must say what it reads";
    }
    return !all_begin(&exec->suffixes, '.') ? "a suffix must begin with a dot"
           : !all_begin(&exec->mimes, '\0') ? "a media type is too short"
                                            : NULL;
}

static void get_list(const struct ragd_config_svc *config, struct ragd_ctx *ctx,
                     const char *name, struct ragd_value *out)
{
    *out = (struct ragd_value){.type = RAGD_V_NULL};
    if (config->get(ctx, name, out) || out->type != RAGD_V_LIST) {
        *out = (struct ragd_value){.type = RAGD_V_LIST};
    }
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    const struct ragd_config_svc *config = host->service(ctx, RAGD_SVC_CONFIG);
    struct exec *exec = calloc(1, sizeof(*exec));
    struct ragd_value command, output = {.type = RAGD_V_NULL};
    if (!exec) {
        return RAGD_E_NOMEM;
    }
    get_list(config, ctx, "command", &command);
    get_list(config, ctx, "suffixes", &exec->suffixes);
    get_list(config, ctx, "mimes", &exec->mimes);
    exec->json = config->get(ctx, "output", &output) == RAGD_OK &&
                 output.type == RAGD_V_STR && output.u.s.n == 4 &&
                 memcmp(output.u.s.p, "json", 4) == 0;
    const char *fault = fault_of(exec, &command);
    ragd_status rc = fault ? loader_fail(host, call, RAGD_E_CONFIG, "option", fault)
                           : copy_command(exec, &command);
    if (rc) {
        destroy(exec);
        return rc;
    }
    json_object_seed(0); /* which reads a file */
    *inst = exec;
    only = exec;
    return RAGD_OK;
}

/* ---- what it reads -------------------------------------------------------------- */

static bool ends_in(struct ragd_str name, struct ragd_str suffix)
{
    return name.n > suffix.n &&
           strncasecmp(name.p + name.n - suffix.n, suffix.p, suffix.n) == 0;
}

/* A media type without its parameters. */
static bool is_type(struct ragd_str mime, struct ragd_str wanted)
{
    return mime.n >= wanted.n && strncasecmp(mime.p, wanted.p, wanted.n) == 0 &&
           (mime.n == wanted.n || mime.p[wanted.n] == ';' || mime.p[wanted.n] == ' ');
}

static bool any(const struct ragd_value *list, struct ragd_str s,
                bool (*fits)(struct ragd_str s, struct ragd_str item))
{
    for (size_t i = 0; i < list->u.list.n; i++) {
        if (fits(s, list->u.list.p[i].u.s)) {
            return true;
        }
    }
    return false;
}

static int32_t probe(struct ragd_str name, struct ragd_str mime, struct ragd_bytes head)
{
    (void)head;
    return !only                                 ? 0
           : any(&only->suffixes, name, ends_in) ? SURE_SUFFIX
           : any(&only->mimes, mime, is_type)    ? SURE_MIME
                                                 : 0;
}

/* ---- loading -------------------------------------------------------------------- */

static ragd_status emit_text(struct ragd_call *call, const struct ragd_input *input,
                             const struct run *run, const struct ragd_doc_sink *sink)
{
    struct charset_text text = {0};
    struct ragd_block *blocks = NULL;
    size_t n_blocks = 0;
    struct ragd_bytes bytes = {run->out ? run->out : "", run->n_out};
    ragd_status rc = charset_decode(bytes, ragd_cs("UTF-8"), input->limits->max_text_bytes,
                                    &text);
    struct ragd_str s = {text.p, text.n};
    if (rc && text.why[0]) {
        loader_fail(host, call, rc, "encoding", text.why);
    }
    rc = rc ? rc : paragraphs_of(host, call, s, &blocks, &n_blocks);
    if (rc == RAGD_OK && n_blocks == 0) {
        rc = loader_fail(host, call, RAGD_E_BAD_INPUT, "no_text",
                         "the command finds no text in it");
    }
    if (rc == RAGD_OK) {
        struct ragd_doc doc = {.struct_size = sizeof(doc),
                               .title = loader_name_title(input),
                               .mime = ragd_cs("text/plain"),
                               .text = s,
                               .blocks = blocks,
                               .n_blocks = n_blocks};
        rc = sink->emit(call, &doc);
    }
    free(blocks);
    charset_release(&text);
    return rc;
}

static ragd_status emit_json(struct ragd_call *call, const struct ragd_input *input,
                             const struct run *run, const struct ragd_doc_sink *sink)
{
    struct documents documents = {.call = call,
                                  .sink = sink,
                                  .title = loader_name_title(input)};
    ragd_status rc = documents_emit(&documents, run->out ? run->out : "", run->n_out);
    return rc && documents.why[0] ? loader_fail(host, call, rc, "json", documents.why) : rc;
}

static ragd_status load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                        const struct ragd_doc_sink *sink)
{
    const struct exec *exec = inst;
    size_t text = (size_t)input->limits->max_text_bytes;
    struct run run = {.argv = exec->argv,
                      .name = input->name,
                      .mime = input->mime,
                      .input_fd = input->size ? input->fd : -1,
                      .max = exec->json ? text * JSON_FACTOR : text};
    ragd_status rc = run_command(host, call, &run);
    if (rc && run.reason[0]) {
        loader_fail(host, call, rc, "command", run.reason);
    }
    rc = rc           ? rc
         : exec->json ? emit_json(call, input, &run, sink)
                      : emit_text(call, input, &run, sink);
    free(run.out);
    return rc;
}

/* ---- tables --------------------------------------------------------------------- */

static const char *const outputs[] = {"text", "json", NULL};

#define OPTION(variable, the_type, ...)                                          \
    static const struct ragd_option variable = {.struct_size = sizeof(variable), \
                                                .type = the_type,                \
                                                __VA_ARGS__}

OPTION(option_command, RAGD_OPT_STRLIST, .flags = RAGD_OPTF_REQUIRED, .name = "command",
       .doc = "The program, by its absolute path, and its arguments.");
OPTION(option_suffixes, RAGD_OPT_STRLIST, .name = "suffixes",
       .doc = "Ends of the names of files that it reads, such as .pod.");
OPTION(option_mimes, RAGD_OPT_STRLIST, .name = "mimes",
       .doc = "Media types that it reads, such as application/rtf.");
OPTION(option_output, RAGD_OPT_STR, .name = "output",
       .doc = "What it writes: the text of one document, or documents as JSON.",
       .def = "text", .choices = outputs);
OPTION(option_executable, RAGD_OPT_STRLIST, .name = "executable",
       .doc = "Files and directories of what it may run and read, beside the program "
              "itself.",
       .def = "/lib,/lib64,/usr/lib,/usr/lib64");
OPTION(option_readable, RAGD_OPT_STRLIST, .name = "readable",
       .doc = "Files and directories that it may read.", .def = "/etc/ld.so.cache");

static const struct ragd_option *const options[] = {
    &option_command,    &option_suffixes, &option_mimes, &option_output,
    &option_executable, &option_readable, NULL};

static const char *const none[] = {NULL};
static const char *const needs[] = {RAGD_SVC_CONFIG, NULL};

static const struct ragd_life life = {
    .struct_size = sizeof(life),
    .exec = RAGD_EXEC_BLOCKING,
    .concurrency = RAGD_CONC_INSTANCE,
    .work_class = RAGD_WORK_CPU,
    .flags = RAGD_LIFE_CHILD_ONLY | RAGD_LIFE_NEEDS_EXEC,
    .options = options,
    .create = create,
    .destroy = destroy,
};

static const struct ragd_loader loader = {
    .struct_size = sizeof(loader),
    .life = &life,
    .mimes = none,
    .suffixes = none,
    .probe = probe,
    .load = load,
};

RAGD_PLUGIN(host, RAGD_IF_LOADER, loader, .id = "org.ragd.loader.exec", .name = "exec",
            .version = "0.1.0", .license = "Apache-2.0", .url = "",
            .summary = "A command of the operator's that makes text of files.",
            .needs = needs)
