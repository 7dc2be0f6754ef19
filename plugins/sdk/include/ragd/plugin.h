/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * Identity and life of a plugin: the one exported symbol, option descriptors,
 * how instances are made and run.
 *
 * A plugin is a shared object that exports ragd_plugin_entry_v0 and nothing
 * else. The major of the ABI is in the symbol's name. Major 0 promises
 * nothing between releases.
 */
#ifndef RAGD_PLUGIN_H
#define RAGD_PLUGIN_H

#include <string.h>

#include <ragd/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RAGD_ABI_MAJOR 0
#define RAGD_ABI_MINOR 1

enum ragd_option_type {
    RAGD_OPT_STR = 1, /* one of choices when those are given */
    RAGD_OPT_INT = 2,
    RAGD_OPT_REAL = 3,
    RAGD_OPT_BOOL = 4,
    RAGD_OPT_SIZE = 5, /* bytes: 512, 64KiB, 10MiB */
    RAGD_OPT_MS = 6,   /* duration: 250ms, 5s, 10min */
    RAGD_OPT_PATH = 7, /* absolute */
    RAGD_OPT_URL = 8,
    RAGD_OPT_STRLIST = 9,
    /* cred:NAME, file:/path, env:NAME. The plugin is given this reference, not
     * the secret: the service that lends secrets comes with the network. */
    RAGD_OPT_SECRET = 10,
};

enum {
    RAGD_OPTF_REQUIRED = 1,
    RAGD_OPTF_DEPRECATED = 4, /* still works; who sets it is shown doc in the log */
};

/* One option; static data. The host validates, documents and suggests by it. */
struct ragd_option {
    uint32_t struct_size;
    uint32_t type;  /* enum ragd_option_type */
    uint32_t flags; /* RAGD_OPTF_* */
    uint32_t reserved;
    const char *name;           /* [a-z][a-z0-9_]*, dots for nesting */
    const char *doc;            /* one sentence */
    const char *def;            /* default as text, NULL = none */
    const char *unit;           /* for people, may be NULL */
    const char *const *choices; /* NULL-terminated, or NULL */
    double min, max;            /* both 0 = unbounded; SIZE bytes, MS ms */
};

enum { RAGD_EXEC_BLOCKING = 0, RAGD_EXEC_ASYNC = 1 };
enum { RAGD_CONC_PLUGIN = 0, RAGD_CONC_INSTANCE = 1, RAGD_CONC_FREE = 2 };
enum { RAGD_WORK_CPU = 0, RAGD_WORK_IO = 1 };
enum {
    RAGD_LIFE_NEEDS_THREADS = 1, /* sandbox profile: may start threads */
    /* sandbox profile: reads what its option "readable" lists (absolute paths) */
    RAGD_LIFE_NEEDS_DIRS = 2,
    RAGD_LIFE_CHILD_ONLY = 4, /* never loaded into the daemon itself */
    /* sandbox profile of its own, always: runs the first item of its option "command"
     * with what its option "executable" lists, reads that and "readable"; a process
     * reads one source */
    RAGD_LIFE_NEEDS_EXEC = 8,
};

/* How instances of one interface live and run; static data. */
struct ragd_life {
    uint32_t struct_size;
    uint32_t exec;         /* BLOCKING: operations run on a worker and may
                            * block; ASYNC: on the loop, within 5 ms, may
                            * answer RAGD_PENDING */
    uint32_t concurrency;  /* in this process. PLUGIN: one operation at once in
                            * this file; INSTANCE: one per instance; FREE */
    uint32_t work_class;   /* which worker lane BLOCKING work goes to */
    uint32_t max_inflight; /* 0 = the host decides */
    uint32_t flags;        /* RAGD_LIFE_* */
    const struct ragd_option *const *options; /* NULL-terminated, or NULL */
    /* Makes an instance from its options: open files, load models, but no
     * network round trip. On failure nothing is left. [worker] */
    ragd_status (*create)(struct ragd_ctx *ctx, struct ragd_call *call, void **inst);
    /* After every operation on it has completed; ctx dies with it. [worker] */
    void (*destroy)(void *inst);
    /* ASYNC only, optional: a request; the call must still complete once.
     * [loop] */
    void (*cancel)(void *inst, struct ragd_call *call);
    /* ASYNC only, optional: a sink that answered RAGD_AGAIN has room. [loop] */
    void (*resume)(void *inst, struct ragd_call *call);
};

/* What the entry returns; static data that lives as long as the process. */
struct ragd_plugin {
    uint32_t struct_size;
    uint16_t abi_minor_built; /* RAGD_ABI_MINOR of the author's header */
    uint16_t abi_minor_min;   /* least minor of a host it runs on */
    const char *id;           /* unique: reverse DNS, lower case, < 64 bytes */
    const char *name;         /* short: [a-z][a-z0-9_-]*, unique per kind;
                               * what a configuration's plugin: names */
    const char *version;      /* semantic version */
    const char *license;      /* SPDX expression */
    const char *url;          /* may be empty */
    const char *summary;      /* one sentence */
    const char *const *needs; /* service ids, NULL-terminated, or NULL */
    const char *const *wants; /* used when present */
    /* Once per process, before any instance. Optional. [init] */
    ragd_status (*init)(const struct ragd_host *host, struct ragd_ctx *ctx);
    /* Orderly end of the process, after the last instance. The object is
     * never unloaded. Optional. [init] */
    void (*fini)(void);
    /* The table of an interface id, NULL for any it does not know. [any] */
    const void *(*iface)(const char *id);
};

#if defined(__GNUC__)
#define RAGD_EXPORT __attribute__((visibility("default")))
#else
#define RAGD_EXPORT
#endif

/*
 * The entry. Pure and fast: no threads, no files. Returns NULL to refuse.
 * host->struct_size tells which of the host's functions exist. [init]
 */
RAGD_EXPORT const struct ragd_plugin *ragd_plugin_entry_v0(const struct ragd_host *host);

/*
 * The end of most plugins: the table and the entry of one that has a single
 * interface. host is a variable of the file's that init fills, id_of_interface
 * such as RAGD_IF_LOADER, interface the table; then the identity follows:
 *
 *   RAGD_PLUGIN(host, RAGD_IF_LOADER, loader, .id = "org.example.loader.pdf",
 *               .name = "pdf", .version = "1.0.0", .license = "0BSD", .url = "",
 *               .summary = "Text of PDF files.")
 *
 * In C++ it needs designated initializers (C++20), in the order of the members.
 * What has more interfaces, or an init of its own, writes these lines itself.
 */
#define RAGD_PLUGIN(host, id_of_interface, interface, ...)                                 \
    static ragd_status ragd_plugin_init_(const struct ragd_host *from, struct ragd_ctx *c) \
    {                                                                                      \
        (void)c;                                                                           \
        host = from;                                                                       \
        return RAGD_OK;                                                                    \
    }                                                                                      \
    static const void *ragd_plugin_iface_(const char *id)                                  \
    {                                                                                      \
        return strcmp(id, id_of_interface) == 0 ? &(interface) : NULL;                     \
    }                                                                                      \
    static const struct ragd_plugin ragd_plugin_ = {.struct_size = sizeof(ragd_plugin_),   \
                                                    .abi_minor_built = RAGD_ABI_MINOR,     \
                                                    __VA_ARGS__,                           \
                                                    .init = ragd_plugin_init_,             \
                                                    .iface = ragd_plugin_iface_};          \
    const struct ragd_plugin *ragd_plugin_entry_v0(const struct ragd_host *from)           \
    {                                                                                      \
        (void)from;                                                                        \
        return &ragd_plugin_;                                                              \
    }

/* Whether a table's optional or later member is there to be called. */
#define RAGD_HAS(table, member)                                             \
    ((table)->struct_size >=                                                \
         (size_t)((const char *)&(table)->member - (const char *)(table)) + \
             sizeof((table)->member) &&                                     \
     (table)->member)

#ifdef __cplusplus
}
#endif
#endif
