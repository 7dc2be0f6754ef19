/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Embedders that are to be refused, each for one reason: BAD says which. */
#include <ragd/ragd.h>
#include <stddef.h>
#include <string.h>

#define NONE 0
#define NO_ENTRY 1
#define OTHER_MAJOR 2
#define SHORT_TABLE 3
#define REFUSES 4
#define BAD_ID 5
#define BAD_NAME 6
#define NO_VERSION 7
#define NEW_MINOR 8
#define NEEDS_HTTP 9
#define NO_KIND 10
#define NO_EMBED 11
#define SHORT_KIND 12
#define NO_LIFE 13
#define NO_CREATE 14
#define CHILD_ONLY 15
#define BAD_DEFAULT 16
#define BAD_OPTION 17
#define INIT_FAILS 18
#define TAKEN_ID 19
#define TAKEN_NAME 20
#define GREEDY_LOADER 21
#define BAD_EXEC 22
/* Right, but of another minor: a table that is longer, and one that ends with
 * the last function that must be there. */
#define LONG_KIND 23
#define LEAST_KIND 24

#if BAD != NO_ENTRY && BAD != OTHER_MAJOR

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    (void)ctx;
    (void)call;
    (void)inst;
    return RAGD_OK;
}

static void destroy(void *inst)
{
    (void)inst;
}

static ragd_status info(void *inst, struct ragd_call *call, uint32_t metric,
                        struct ragd_embed_info *out)
{
    (void)inst;
    (void)call;
    (void)metric;
    (void)out;
    return RAGD_E_UNSUPPORTED;
}

static ragd_status embed(void *inst, struct ragd_call *call,
                         const struct ragd_embed_req *req)
{
    (void)inst;
    (void)call;
    (void)req;
    return RAGD_E_UNSUPPORTED;
}

static ragd_status count(void *inst, struct ragd_call *call, uint64_t n,
                         const struct ragd_str *texts, uint32_t *tokens)
{
    (void)inst;
    (void)call;
    (void)n;
    (void)texts;
    (void)tokens;
    return RAGD_E_UNSUPPORTED;
}

static const struct ragd_option option = {
    .struct_size = sizeof(option),
    .type = BAD == BAD_OPTION ? 99 : RAGD_OPT_INT,
    .name = "size",
    .doc = "A number.",
    .def = BAD == BAD_DEFAULT ? "11" : "5",
    .min = 1,
    .max = 10,
};
static const struct ragd_option *const options[] = {&option, NULL};

static const struct ragd_life life = {
    .struct_size = sizeof(life),
    .exec = BAD == BAD_EXEC ? 9 : RAGD_EXEC_BLOCKING,
    .flags = BAD == CHILD_ONLY ? RAGD_LIFE_CHILD_ONLY : 0,
    .options = options,
    .create = BAD == NO_CREATE ? NULL : create,
    .destroy = destroy,
};

__attribute__((unused)) static const struct {
    struct ragd_embedder table;
    void (*later[4])(void);
} embedder = {.table = {
                  .struct_size = BAD == SHORT_KIND   ? 24
                                 : BAD == LONG_KIND  ? sizeof(embedder)
                                 : BAD == LEAST_KIND ? offsetof(struct ragd_embedder, count)
                                                     : sizeof(struct ragd_embedder),
                  .life = BAD == NO_LIFE ? NULL : &life,
                  .info = info,
                  .embed = BAD == NO_EMBED ? NULL : embed,
                  .count = count,
              }};

#if BAD == GREEDY_LOADER
static int32_t probe(struct ragd_str name, struct ragd_str mime, struct ragd_bytes head)
{
    (void)name;
    (void)mime;
    (void)head;
    return 0;
}

static ragd_status load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                        const struct ragd_doc_sink *sink)
{
    (void)inst;
    (void)call;
    (void)input;
    (void)sink;
    return RAGD_E_UNSUPPORTED;
}

static const char *const nothing[] = {NULL};
static const struct ragd_loader loader = {.struct_size = sizeof(loader),
                                          .life = &life,
                                          .mimes = nothing,
                                          .suffixes = nothing,
                                          .probe = probe,
                                          .load = load};
#endif

static const void *iface(const char *id)
{
#if BAD == GREEDY_LOADER
    return strcmp(id, RAGD_IF_LOADER) == 0 ? &loader : NULL;
#else
    return BAD != NO_KIND && strcmp(id, RAGD_IF_EMBEDDER) == 0 ? &embedder.table : NULL;
#endif
}

static ragd_status init(const struct ragd_host *host, struct ragd_ctx *ctx)
{
    (void)host;
    (void)ctx;
    return BAD == INIT_FAILS ? RAGD_E_UNAVAILABLE : RAGD_OK;
}

static const char *const needs[] = {BAD == NEEDS_HTTP      ? "ragd.http/1"
                                    : BAD == GREEDY_LOADER ? RAGD_SVC_STATE
                                                           : RAGD_SVC_CONFIG,
                                    NULL};

#define STRING(x) #x
#define ID(n) "org.ragd.test.bad" STRING(n)
#define NAME(n) "bad" STRING(n)

static const struct ragd_plugin plugin = {
    .struct_size = BAD == SHORT_TABLE ? 16 : sizeof(plugin),
    .abi_minor_built = RAGD_ABI_MINOR,
    .abi_minor_min = BAD == NEW_MINOR ? 99 : 0,
    .id = BAD == BAD_ID     ? "NoDomain"
          : BAD == TAKEN_ID ? "org.ragd.test.bad0"
                            : ID(BAD),
    .name = BAD == BAD_NAME     ? "Bad Name"
            : BAD == TAKEN_NAME ? "bad0"
                                : NAME(BAD),
    .version = BAD == NO_VERSION ? "" : "0.1.0",
    .license = "Apache-2.0",
    .url = "",
    .summary = "To be refused.",
    .needs = needs,
    .init = init,
    .iface = iface,
};

const struct ragd_plugin *ragd_plugin_entry_v0(const struct ragd_host *host)
{
    (void)host;
    return BAD == REFUSES ? NULL : &plugin;
}

#elif BAD == OTHER_MAJOR
RAGD_EXPORT const void *ragd_plugin_entry_v1(const struct ragd_host *host);
const void *ragd_plugin_entry_v1(const struct ragd_host *host)
{
    (void)host;
    return NULL;
}
#else
RAGD_EXPORT int something_else(void);
int something_else(void)
{
    return 0;
}
#endif
