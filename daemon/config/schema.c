/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "config/schema.h"

#include <stdio.h>
#include <string.h>

#include "core/suggest.h"

static const char *const ACCESS[] = {"local", "group", NULL};
static const char *const LEVELS[] = {"error", "warn", "info", "debug", NULL};
static const char *const SANDBOXES[] = {"auto", "require", "prefer", "off", NULL};
static const char *const FORMATS[] = {"auto", "text", "journal", "json", NULL};
static const char *const SPLITTERS[] = {"recursive", "character", NULL};
static const char *const KEEPS[] = {"start", "end", "none", NULL};

/* For suggestions; the table and its words are smaller. */
enum { SCHEMA_WORDS_MAX = 128, SCHEMA_WORD_BYTES = 32 };

/* Largest integer that a double and so an option's bound holds exactly. */
#define MOST 9007199254740992.0

#define OPTION(key, kind, ...)                            \
    .option = {.struct_size = sizeof(struct ragd_option), \
               .type = RAGD_OPT_##kind,                   \
               .name = (key),                             \
               __VA_ARGS__}

#define TYPE_BYTES SIZE
#define TYPE_MS MS
#define TYPE_COUNT INT
#define LIMIT_ROW(key, kind, default_, least, text) \
    LIMIT_ROW_OF(key, TYPE_##kind, least, text)
#define LIMIT_ROW_OF(key, kind, least, text) LIMIT_ROW_AS(key, kind, least, text)
#define LIMIT_ROW_AS(key, kind, least, text)                                   \
    {OPTION("limits." #key, kind, .doc = (text), .min = (least), .max = MOST), \
     offsetof(struct config, limits.key)},

#define AT(member) offsetof(struct config, member)

const struct schema_row SCHEMA[] = {
    {OPTION("socket", PATH, .doc = "The socket that clients dial."), AT(socket)},
    {OPTION("listen", STRLIST, .doc = "Further addresses, tcp://HOST:PORT on loopback."),
     AT(listen)},
    {OPTION("token", SECRET,
            .doc = "What tcp clients have to show, a file beside the socket when empty."),
     AT(token)},
    {OPTION("access", STR, .def = "group", .choices = ACCESS,
            .doc = "Who may connect: any local user, or the socket's group."),
     AT(access)},
    {OPTION("data_dir", PATH, .doc = "Where everything is kept."), AT(data_dir)},
    {OPTION("log_level", STR, .def = "info", .choices = LEVELS, .flags = SCHEMA_RELOAD,
            .doc = "The least important messages that are logged."),
     AT(log_level)},
    {OPTION("log_format", STR, .def = "auto", .choices = FORMATS, .flags = SCHEMA_RELOAD,
            .doc = "How messages are written."),
     AT(log_format)},
    {OPTION("plugins.dirs", STRLIST, .doc = "Directories to look for plugins in."),
     AT(plugin_dirs)},
    {OPTION("plugins.load", STRLIST,
            .doc = "Plugins to load, all that are found when empty."),
     AT(plugin_load)},
    {OPTION("plugins.placement", STRLIST,
            .doc = "Where plugins run, as PLUGIN=daemon, PLUGIN=child (a process of its "
                   "own) or PLUGIN=sandbox (one that reaches nothing). Loaders run in a "
                   "sandbox, the others in the daemon."),
     AT(placement)},
    {OPTION("plugins.sandbox", STR, .def = "auto", .choices = SANDBOXES,
            .doc = "Whether a loader is used whose sandbox does not close: never "
                   "(require), only where the kernel cannot do it (auto), or all the same "
                   "(prefer). off tries none."),
     AT(sandbox)},
    {OPTION("retrieval.k", INT, .def = "4", .min = 1, .max = 1000000,
            .flags = SCHEMA_RELOAD, .doc = "Hits when a request does not say how many."),
     AT(k)},
    {OPTION("splitter.kind", STR, .def = "recursive", .choices = SPLITTERS,
            .flags = SCHEMA_RELOAD, .doc = "How documents are cut into chunks."),
     AT(splitter.kind), true},
    {OPTION("splitter.chunk_size", INT, .def = "1000", .min = 1, .max = 1 << 24,
            .unit = "characters", .flags = SCHEMA_RELOAD, .doc = "Longest chunk."),
     AT(splitter.chunk_size)},
    {OPTION("splitter.chunk_overlap", INT, .def = "200", .min = 0, .max = 1 << 24,
            .unit = "characters", .flags = SCHEMA_RELOAD,
            .doc = "What neighbouring chunks share at most."),
     AT(splitter.chunk_overlap)},
    {OPTION("splitter.separators", STRLIST, .flags = SCHEMA_RELOAD,
            .doc = "Where to cut, in order of preference; empty = the kind's own."),
     AT(splitter.separators)},
    {OPTION("splitter.keep_separator", STR, .def = "start", .choices = KEEPS,
            .flags = SCHEMA_RELOAD, .doc = "What becomes of a separator."),
     AT(splitter.keep_separator), true},
    {OPTION("splitter.strip", BOOL, .def = "true", .flags = SCHEMA_RELOAD,
            .doc = "Whether chunks lose white space at their ends."),
     AT(splitter.strip)},
    {OPTION(
         "prompt", STR, .def = "", .flags = SCHEMA_RELOAD,
         .doc =
             "Instructions for answering; {context} stands for the sources. Empty = built in."),
     AT(prompt)},
    {OPTION("ask.question", STR, .def = "", .flags = SCHEMA_RELOAD,
            .doc =
                "What follows them; {question} stands for the question. Empty = built in."),
     AT(question)},
    {OPTION("ask.prompt_tokens", INT, .def = "0", .min = 0, .max = MOST, .unit = "tokens",
            .flags = SCHEMA_RELOAD, .doc = "Longest prompt, 0 = what the backend takes."),
     AT(prompt_tokens)},
    {OPTION("ask.answer_tokens", INT, .def = "0", .min = 0, .max = MOST, .unit = "tokens",
            .flags = SCHEMA_RELOAD, .doc = "Kept free for the answer, 0 = built in."),
     AT(answer_tokens)},
    LIMITS_LIST(LIMIT_ROW)};
const size_t SCHEMA_N = sizeof(SCHEMA) / sizeof(SCHEMA[0]);

/* Instances that are there without a word in a file. */
static const struct {
    const char *key, *value;
} BUILT_IN[] = {
    {"sources.default", "file"},      {"sources.file.plugin", "file"},
    {"loaders.text.plugin", "text"},  {"loaders.markdown.plugin", "markdown"},
    {"embedders.default", "lexical"}, {"embedders.lexical.plugin", "lexical"},
    {"stores.default", "rocksdb"},    {"stores.rocksdb.plugin", "rocksdb"},
    {"llms.default", "extract"},      {"llms.extract.plugin", "extract"},
};

static const char *const KIND_KEYS[CONFIG_KINDS] = {
    [CONFIG_SOURCES] = "sources",     [CONFIG_LOADERS] = "loaders",
    [CONFIG_EMBEDDERS] = "embedders", [CONFIG_STORES] = "stores",
    [CONFIG_LLMS] = "llms",
};

const char *config_kind_key(enum config_kind kind)
{
    return KIND_KEYS[kind];
}

/* The default of a row as text, "" when it has none. */
static const char *default_text(struct arena *arena, const struct schema_row *row,
                                bool system)
{
    const char *name = row->option.name;
    if (row->option.def) {
        return row->option.def;
    }
    if (strcmp(name, "socket") == 0) {
        return path_socket(arena, system);
    }
    if (strcmp(name, "data_dir") == 0) {
        return path_data_dir(arena, system);
    }
    if (strcmp(name, "plugins.dirs") == 0) {
        return path_plugins(arena);
    }
    if (strncmp(name, "limits.", 7) == 0) {
        const struct limit_info *limit = limits_find(name + 7);
        return arena_printf(arena, "%llu%s", (unsigned long long)limit->def,
                            limit->unit == LIMIT_MS ? "ms" : "");
    }
    return "";
}

static int set_default(struct arena *arena, struct node *root, const char *key,
                       const char *value)
{
    struct node *node = value ? node_set(arena, root, key, value, "default") : NULL;
    return node ? 0 : RAGD_E_NOMEM;
}

int schema_defaults(struct arena *arena, bool system, struct node **out, struct err *err)
{
    struct node *root = node_new(arena, NODE_MAP, (struct mark){"default", 0, 0});
    int rc = root ? 0 : RAGD_E_NOMEM;
    for (size_t i = 0; rc == 0 && i < SCHEMA_N; i++) {
        const char *text = default_text(arena, &SCHEMA[i], system);
        rc = set_default(arena, root, SCHEMA[i].option.name, text);
        if (rc == 0 && !*text && SCHEMA[i].option.type == RAGD_OPT_STRLIST) {
            struct node *list = node_at(root, SCHEMA[i].option.name);
            list->type = NODE_LIST;
        }
    }
    for (size_t i = 0; rc == 0 && i < sizeof(BUILT_IN) / sizeof(BUILT_IN[0]); i++) {
        rc = set_default(arena, root, BUILT_IN[i].key, BUILT_IN[i].value);
    }
    if (rc) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    *out = root;
    return 0;
}

/* The part of a row's name below prefix ("" or "limits."), or NULL. */
static const char *below(const struct schema_row *row, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(row->option.name, prefix, n) == 0 ? row->option.name + n : NULL;
}

/* "did you mean" among the keys that may stand where this one does. */
static int unknown_key(const struct node *node, const char *prefix, struct err *err)
{
    struct suggest suggest;
    char words[SCHEMA_WORDS_MAX][SCHEMA_WORD_BYTES];
    suggest_init(&suggest, ragd_cs(node->key));
    for (size_t i = 0; i < SCHEMA_N && i < SCHEMA_WORDS_MAX; i++) {
        const char *rest = below(&SCHEMA[i], prefix);
        if (rest) {
            snprintf(words[i], sizeof(words[i]), "%.*s", (int)strcspn(rest, "."), rest);
            suggest_try(&suggest, words[i]);
        }
    }
    for (int kind = 0; kind < CONFIG_KINDS && !*prefix; kind++) {
        suggest_try(&suggest, KIND_KEYS[kind]);
    }
    char place[64] = "";
    if (*prefix) {
        snprintf(place, sizeof(place), " in %.*s", (int)strlen(prefix) - 1, prefix);
    }
    if (!suggest.best) {
        return node_error(err, node->key_mark, "unknown key '%s'%s", node->key, place);
    }
    return node_error(err, node->key_mark, "unknown key '%s'%s - did you mean '%s'?",
                      node->key, place, suggest.best);
}

static bool is_kind(const char *key)
{
    for (int kind = 0; kind < CONFIG_KINDS; kind++) {
        if (strcmp(KIND_KEYS[kind], key) == 0) {
            return true;
        }
    }
    return false;
}

enum key_role { KEY_UNKNOWN, KEY_LEAF, KEY_GROUP };

static enum key_role role_of(const char *prefix, const char *key)
{
    size_t n = strlen(key);
    for (size_t i = 0; i < SCHEMA_N; i++) {
        const char *rest = below(&SCHEMA[i], prefix);
        if (rest && strncmp(rest, key, n) == 0 && (rest[n] == '\0' || rest[n] == '.')) {
            return rest[n] ? KEY_GROUP : KEY_LEAF;
        }
    }
    return KEY_UNKNOWN;
}

static int check_member(const struct node *node, const char *prefix, struct err *err)
{
    switch (role_of(prefix, node->key)) {
    case KEY_UNKNOWN: return unknown_key(node, prefix, err);
    case KEY_LEAF: return 0;
    case KEY_GROUP: break;
    }
    if (node->type != NODE_MAP) {
        return node_error(err, node->mark, "%s must be a map of settings", node->key);
    }
    char below_it[64];
    snprintf(below_it, sizeof(below_it), "%s%s.", prefix, node->key);
    for (const struct node *member = node->first; member; member = member->next) {
        int rc = check_member(member, below_it, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

int schema_check_keys(const struct node *root, struct err *err)
{
    for (const struct node *node = root->first; node; node = node->next) {
        int rc = is_kind(node->key) ? 0 : check_member(node, "", err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}
