/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "core/log.h"
#include "core/mem.h"
#include "support/test.h"
#include "support/tmpdir.h"

struct fixture {
    struct tmpdir dir;
    char path[TMPDIR_BYTES]; /* of the file written last */
    struct config *config;
    struct err err;
};

static const char *write_file(struct fixture *f, const char *name, const char *text)
{
    tmpdir_write(&f->dir, name, text, SIZE_MAX);
    tmpdir_path(&f->dir, name, f->path);
    chmod(f->path, 0600);
    return f->path;
}

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.config = NULL};
    *state = &f;
    tmpdir_init(&f.dir);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    config_destroy(f->config);
    tmpdir_release(&f->dir);
    return 0;
}

static int load_file(struct fixture *f, const char *text)
{
    struct config_request request = {.file = write_file(f, "ragd.yaml", text),
                                     .system = true};
    config_destroy(f->config);
    f->config = NULL;
    return config_load(&request, &f->config, &f->err);
}

static void load_ok(struct fixture *f, const char *text)
{
    assert_ok(load_file(f, text), &f->err);
}

/* The error without the directory's name in front. */
static const char *load_fails(struct fixture *f, const char *text)
{
    assert_true(load_file(f, text) < 0);
    assert_null(f->config);
    const char *file = strstr(f->err.msg, "ragd.yaml");
    return file ? file : f->err.msg;
}

static const char *origin_of(const struct config *config, const char *key)
{
    struct config_value value;
    for (size_t i = 0; config_value(config, i, &value); i++) {
        if (strcmp(value.key, key) == 0) {
            return value.origin;
        }
    }
    return "no such row";
}

static const char *text_of(const struct config *config, const char *key)
{
    struct config_value value;
    for (size_t i = 0; config_value(config, i, &value); i++) {
        if (strcmp(value.key, key) == 0) {
            return value.text;
        }
    }
    return "no such row";
}

static const struct config_instance *find(const struct fixture *f, enum config_kind kind,
                                          const char *name)
{
    const struct config_section *section = &f->config->sections[kind];
    for (size_t i = 0; i < section->n; i++) {
        if (strcmp(section->instances[i].name, name) == 0) {
            return &section->instances[i];
        }
    }
    return NULL;
}

static void without_a_file_everything_has_a_default(void **state)
{
    struct fixture *f = *state;
    load_ok(f, "");
    assert_contains(f->config->socket.p, "/ragd/ragd.sock");
    assert_int_equal(f->config->access, CONFIG_ACCESS_GROUP);
    assert_int_equal(f->config->log_level, RAGD_LOG_INFO);
    assert_int_equal(f->config->k, 4);
    assert_int_equal(f->config->splitter.chunk_size, 1000);
    assert_true(f->config->splitter.strip);
    assert_int_equal(f->config->limits.message, 4 << 20);
    assert_int_equal(f->config->limits.handshake, 5000);
    assert_string_equal(f->config->sections[CONFIG_EMBEDDERS].def, "lexical");
    assert_non_null(find(f, CONFIG_STORES, "rocksdb"));
    assert_non_null(find(f, CONFIG_LOADERS, "markdown"));
    assert_null(find(f, CONFIG_LOADERS, "pdf"));
    assert_string_equal(origin_of(f->config, "socket"), "default");
    assert_string_equal(text_of(f->config, "limits.message"), "4MiB");
    assert_string_equal(text_of(f->config, "limits.handshake"), "5s");
}

static void one_users_paths_follow_the_environment(void **state)
{
    struct fixture *f = *state;
    setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
    setenv("XDG_DATA_HOME", "/home/x/data", 1);
    setenv("XDG_CONFIG_HOME", f->dir.path, 1);
    struct config_request request = {.system = false};
    assert_ok(config_load(&request, &f->config, &f->err), &f->err);
    assert_str_equal(f->config->socket, "/run/user/7/ragd.sock");
    assert_str_equal(f->config->data_dir, "/home/x/data/ragd");
    config_destroy(f->config);
    unsetenv("XDG_RUNTIME_DIR");
    setenv("XDG_DATA_HOME", "relative", 1);
    setenv("HOME", "/home/y", 1);
    assert_ok(config_load(&request, &f->config, &f->err), &f->err);
    char socket[64];
    snprintf(socket, sizeof(socket), "/tmp/ragd-%u/ragd.sock", (unsigned)geteuid());
    assert_str_equal(f->config->socket, socket);
    assert_str_equal(f->config->data_dir, "/home/y/.local/share/ragd");
}

static void values_are_read_with_their_origin(void **state)
{
    struct fixture *f = *state;
    load_ok(f, "socket: /tmp/x.sock\n"
               "access: local\n"
               "log_level: debug\n"
               "listen: [ 'tcp://127.0.0.1:1', \"tcp://[::1]:2\" ]\n"
               "limits: { k: 7, idle: 90s, piece: 2KiB }\n"
               "splitter:\n"
               "  keep_separator: end\n"
               "prompt: |\n"
               "  Use {context}.\n");
    assert_str_equal(f->config->socket, "/tmp/x.sock");
    assert_int_equal(f->config->access, CONFIG_ACCESS_LOCAL);
    assert_int_equal(f->config->log_level, RAGD_LOG_DEBUG);
    assert_int_equal(f->config->listen.n, 2);
    assert_str_equal(f->config->listen.p[1], "tcp://[::1]:2");
    assert_int_equal(f->config->limits.k, 7);
    assert_int_equal(f->config->limits.idle, 90000);
    assert_int_equal(f->config->limits.piece, 2048);
    assert_str_equal(f->config->splitter.keep_separator, "end");
    assert_str_equal(f->config->prompt, "Use {context}.\n");
    assert_contains(origin_of(f->config, "log_level"), "/ragd.yaml:3");
    assert_string_equal(text_of(f->config, "listen"), "[tcp://127.0.0.1:1, tcp://[::1]:2]");
}

static void unknown_keys_get_a_suggestion(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(load_fails(f, "soket: /x\n"),
                        "ragd.yaml:1:1: unknown key 'soket' - did you mean 'socket'?");
    assert_string_equal(
        load_fails(f, "\nsplitter:\n  chunk_sise: 9\n"),
        "ragd.yaml:3:3: unknown key 'chunk_sise' in splitter - did you mean "
        "'chunk_size'?");
    assert_string_equal(
        load_fails(f, "embeders:\n  x:\n"),
        "ragd.yaml:1:1: unknown key 'embeders' - did you mean 'embedders'?");
    assert_string_equal(load_fails(f, "zzz: 1\n"), "ragd.yaml:1:1: unknown key 'zzz'");
    assert_int_equal(f->err.id, ERR_CONFIG);
}

static void wrong_values_say_what_was_expected(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(load_fails(f, "retrieval: { k: many }\n"),
                        "ragd.yaml:1:17: retrieval.k must be a whole number, not 'many'");
    assert_string_equal(
        load_fails(f, "retrieval: { k: 0 }\n"),
        "ragd.yaml:1:17: retrieval.k must be between 1 and 1000000, not '0'");
    assert_string_equal(
        load_fails(f, "log_level: wran\n"),
        "ragd.yaml:1:12: log_level must be one of error, warn, info, debug, "
        "not 'wran'");
    assert_string_equal(f->err.hint, "did you mean 'warn'?");
    assert_string_equal(
        load_fails(f, "limits: { idle: 5 }\n"),
        "ragd.yaml:1:17: limits.idle must be a duration such as 250ms, 5s or "
        "10min, not '5'");
    assert_string_equal(load_fails(f, "socket: x.sock\n"),
                        "ragd.yaml:1:9: socket must be an absolute path, not 'x.sock'");
    assert_string_equal(load_fails(f, "socket: [/x]\n"),
                        "ragd.yaml:1:9: socket must be one value, not a list");
    assert_string_equal(load_fails(f, "socket:\n"),
                        "ragd.yaml:1:8: socket must be one value");
    assert_string_equal(load_fails(f, "limits: 3\n"),
                        "ragd.yaml:1:9: limits must be a map of settings");
    assert_string_equal(
        load_fails(f, "plugins: { dirs: [ plugins ] }\n"),
        "ragd.yaml:1:18: plugins.dirs must hold absolute paths, not 'plugins'");
    assert_string_equal(load_fails(f, "splitter: { chunk_size: 100 }\n"),
                        "ragd.yaml:1:25: splitter.chunk_overlap must be less than "
                        "splitter.chunk_size");
}

static void what_no_question_could_be_asked_with_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(load_fails(f, "retrieval: { k: 5000 }\n"),
                        "ragd.yaml:1:17: retrieval.k is 5000, limits.k is 1000");
    assert_string_equal(load_fails(f, "prompt: Be brief.\n"),
                        "ragd.yaml:1:9: there is no {context} in prompt or ask.question");
    assert_string_equal(load_fails(f, "ask: { question: Well? }\n"),
                        "ragd.yaml:1:18: there is no {question} in prompt or ask.question");
}

static void yaml_that_means_more_than_it_says_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(load_fails(f, "a: &x 1\n"),
                        "ragd.yaml:1:4: anchors are not supported here");
    assert_string_equal(load_fails(f, "a: *x\n"),
                        "ragd.yaml:1:4: aliases are not supported here");
    assert_string_equal(load_fails(f, "a: !!str 1\n"),
                        "ragd.yaml:1:4: tags are not supported here");
    assert_string_equal(load_fails(f, "access: local\naccess: group\n"),
                        "ragd.yaml:2:1: key 'access' was given already in line 1");
    assert_string_equal(
        load_fails(f, "access: local\n---\naccess: group\n"),
        "ragd.yaml:2:1: several documents in one file are not supported here");
    assert_string_equal(load_fails(f, "- a\n"),
                        "ragd.yaml:1:1: a map of settings was expected");
    assert_contains(load_fails(f, "a: [1\n"), "ragd.yaml:2:1: ");
    assert_contains(load_fails(f, "[a]: 1\n"), "a key must be a plain word");
    assert_contains(load_fails(f, "socket: \"/a\\0b\"\n"), "a NUL character in a value");
    assert_contains(load_fails(f, "socket: /\xFF\n"), "ragd.yaml:");
    assert_contains(load_fails(f, "a: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n"),
                    "nested more than 16 deep");
}

static void drop_ins_merge_by_key_in_order_of_their_names(void **state)
{
    struct fixture *f = *state;
    mkdir(tmpdir_path(&f->dir, "conf.d", f->path), 0700);
    write_file(f, "conf.d/20-b.yaml", "limits: { k: 20 }\n");
    write_file(f, "conf.d/10-a.yaml",
               "limits: { k: 10, calls: 3 }\nembedders: { fast: { plugin: hash } }\n");
    write_file(f, "conf.d/.hidden.yaml", "nonsense\n");
    write_file(f, "conf.d/notes.txt", "nonsense\n");
    load_ok(f, "limits: { k: 5, queue: 9 }\nembedders: { default: fast }\n");
    assert_int_equal(f->config->limits.k, 20);
    assert_int_equal(f->config->limits.calls, 3);
    assert_int_equal(f->config->limits.queue, 9);
    assert_contains(origin_of(f->config, "limits.k"), "conf.d/20-b.yaml:1");
    const struct config_instance *fast = find(f, CONFIG_EMBEDDERS, "fast");
    assert_string_equal(fast->plugin, "hash");
    assert_non_null(find(f, CONFIG_EMBEDDERS, "lexical"));

    write_file(f, "conf.d/30-c.yaml", "limits: { kk: 1 }\n");
    assert_true(load_file(f, "") < 0);
    assert_contains(f->err.msg, "conf.d/30-c.yaml:1:11: unknown key 'kk' in limits");
}

static void the_command_line_wins(void **state)
{
    struct fixture *f = *state;
    struct config_override over[] = {{"socket", "/tmp/o.sock"}, {"limits.k", "3"}};
    struct config_request request = {
        .file = write_file(f, "ragd.yaml", "socket: /tmp/x.sock\n"),
        .overrides = over,
        .n_overrides = 2,
    };
    assert_ok(config_load(&request, &f->config, &f->err), &f->err);
    assert_str_equal(f->config->socket, "/tmp/o.sock");
    assert_int_equal(f->config->limits.k, 3);
    assert_string_equal(origin_of(f->config, "socket"), "command line");

    config_destroy(f->config);
    f->config = NULL;
    over[0].value = "relative";
    assert_true(config_load(&request, &f->config, &f->err) < 0);
    assert_string_equal(f->err.msg,
                        "command line: socket must be an absolute path, not 'relative'");
}

static void a_file_that_was_named_must_be_there(void **state)
{
    struct fixture *f = *state;
    struct config_request request = {.file = "/nonexistent/ragd.yaml"};
    assert_int_equal(config_load(&request, &f->config, &f->err), RAGD_E_NOT_FOUND);
    assert_contains(f->err.msg, "cannot read the configuration /nonexistent/ragd.yaml");
}

static void a_file_that_anyone_may_write_is_refused(void **state)
{
    struct fixture *f = *state;
    const char *path = write_file(f, "ragd.yaml", "");
    chmod(path, 0666);
    struct config_request request = {.file = path};
    assert_int_equal(config_load(&request, &f->config, &f->err), RAGD_E_CONFIG);
    assert_contains(f->err.msg, "anyone may write it");
    assert_contains(f->err.hint, "chmod o-w ");
}

static const char *const SIZES[] = {"small", "large", NULL};
static const struct ragd_option MODEL = {.type = RAGD_OPT_STR,
                                         .name = "model",
                                         .flags = RAGD_OPTF_REQUIRED,
                                         .doc = "The name of the model."};
static const struct ragd_option KEY = {.type = RAGD_OPT_SECRET, .name = "api_key"};
static const struct ragd_option BATCH = {.type = RAGD_OPT_INT,
                                         .name = "batch",
                                         .def = "64",
                                         .min = 1,
                                         .max = 100};
static const struct ragd_option SIZE = {.type = RAGD_OPT_STR,
                                        .name = "pool.size",
                                        .def = "small",
                                        .choices = SIZES};
static const struct ragd_option ROOTS = {.type = RAGD_OPT_STRLIST, .name = "roots"};
static const struct ragd_option WAIT = {.type = RAGD_OPT_MS, .name = "wait", .def = "2s"};
static const struct ragd_option OLD = {.type = RAGD_OPT_INT,
                                       .flags = RAGD_OPTF_DEPRECATED,
                                       .name = "old",
                                       .doc = "Use batch."};
static const struct ragd_option *const OPTIONS[] = {&MODEL, &KEY,  &BATCH, &SIZE,
                                                    &ROOTS, &WAIT, &OLD,   NULL};

static int resolve(struct fixture *f, struct arena *arena, const char *model,
                   struct ragd_kvs *out)
{
    struct config_resolve r = {
        .instance = find(f, CONFIG_EMBEDDERS, "x"),
        .options = OPTIONS,
        .model = ragd_cs(model),
        .arena = arena,
    };
    int rc = config_resolve(&r, &f->err);
    *out = r.values;
    return rc;
}

static const struct ragd_value *value_named(struct ragd_kvs values, const char *name)
{
    for (size_t i = 0; i < values.n; i++) {
        if (strlen(name) == values.p[i].key.n &&
            memcmp(values.p[i].key.p, name, values.p[i].key.n) == 0) {
            return &values.p[i].val;
        }
    }
    return NULL;
}

static void plugin_options_are_typed_and_defaulted(void **state)
{
    struct fixture *f = *state;
    struct arena arena = {0};
    struct ragd_kvs values;
    load_ok(f, "embedders:\n"
               "  x:\n"
               "    plugin: openai\n"
               "    model: big\n"
               "    api_key: env:KEY\n"
               "    pool: { size: large }\n"
               "    roots: /one\n");
    assert_ok(resolve(f, &arena, "", &values), &f->err);
    assert_int_equal(values.n, 7);
    assert_str_equal(value_named(values, "model")->u.s, "big");
    assert_int_equal(value_named(values, "batch")->u.i, 64);
    assert_str_equal(value_named(values, "pool.size")->u.s, "large");
    assert_int_equal(value_named(values, "roots")->u.list.n, 1);
    assert_int_equal(value_named(values, "wait")->u.i, 2000);
    assert_string_equal(text_of(f->config, "embedders.x.pool.size"), "large");
    arena_release(&arena);
}

/* What the log says while the settings are resolved. */
static void log_of_resolving(struct fixture *f, struct config_resolve *r, char text[512])
{
    int out[2];
    assert_int_equal(pipe(out), 0);
    log_setup(out[1], LOG_TEXT, RAGD_LOG_WARN);
    int rc = config_resolve(r, &f->err);
    log_setup(STDERR_FILENO, LOG_TEXT, RAGD_LOG_INFO);
    assert_ok(rc, &f->err);
    close(out[1]);
    ssize_t n = read(out[0], text, 511);
    assert_true(n >= 0);
    text[n] = '\0';
    close(out[0]);
}

static void a_deprecated_option_works_and_the_log_says_what_to_do(void **state)
{
    struct fixture *f = *state;
    struct arena arena = {0};
    char text[512];
    load_ok(f, "embedders: { x: { plugin: openai, model: big, old: 3 } }\n");
    struct config_resolve r = {.instance = find(f, CONFIG_EMBEDDERS, "x"),
                               .options = OPTIONS,
                               .arena = &arena};
    log_of_resolving(f, &r, text);
    assert_int_equal(value_named(r.values, "old")->u.i, 3);
    assert_contains(text, "CONFIG-DEPRECATED");
    assert_contains(text, "ragd.yaml:1:52: embedders.x.old is deprecated: Use batch.");
    r.quiet = true;
    log_of_resolving(f, &r, text);
    assert_string_equal(text, "");
    arena_release(&arena);
}

static void a_derived_instance_overrides_the_model(void **state)
{
    struct fixture *f = *state;
    struct arena arena = {0};
    struct ragd_kvs values;
    load_ok(f, "embedders: { x: { plugin: openai } }\n");
    assert_ok(resolve(f, &arena, "other", &values), &f->err);
    assert_str_equal(value_named(values, "model")->u.s, "other");
    assert_int_equal(value_named(values, "api_key")->type, RAGD_V_NULL);
    arena_release(&arena);
}

static const char *resolve_fails(struct fixture *f, const char *text)
{
    struct arena arena = {0};
    struct ragd_kvs values;
    load_ok(f, text);
    assert_int_equal(resolve(f, &arena, "", &values), RAGD_E_CONFIG);
    assert_null(values.p);
    arena_release(&arena);
    return strstr(f->err.msg, "ragd.yaml");
}

static void wrong_plugin_options_are_named_with_their_place(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(resolve_fails(f, "embedders:\n  x:\n    modle: big\n"),
                        "ragd.yaml:3:5: unknown key 'modle' in embedders.x - did you mean "
                        "'model'?");
    assert_string_equal(resolve_fails(f, "embedders:\n  x:\n    batch: 3\n"),
                        "ragd.yaml:2:3: embedders.x.model is missing");
    assert_string_equal(f->err.hint, "The name of the model.");
    assert_string_equal(
        resolve_fails(f, "embedders:\n  x: { model: m, batch: 0 }\n"),
        "ragd.yaml:2:25: embedders.x.batch must be between 1 and 100, not '0'");
    assert_string_equal(resolve_fails(f, "embedders:\n  x: { model: [m] }\n"),
                        "ragd.yaml:2:15: embedders.x.model must be one value, not a list");
}

static void a_literal_secret_is_refused_and_not_repeated(void **state)
{
    struct fixture *f = *state;
    const char *msg = resolve_fails(f,
                                    "embedders:\n  x: { model: m, api_key: sk-12345 }\n");
    assert_contains(msg, "embedders.x.api_key must say where the secret is");
    assert_null(strstr(f->err.msg, "12345"));
    assert_null(strstr(f->err.why, "12345"));
    assert_contains(f->err.hint, "cred:NAME");
}

static void wrong_instances_are_refused(void **state)
{
    struct fixture *f = *state;
    assert_contains(load_fails(f, "embedders: { Big: { plugin: x } }\n"),
                    "ragd.yaml:1:14: 'Big' is no name for an instance");
    assert_contains(load_fails(f, "embedders: { none: { plugin: x } }\n"), "is no name");
    assert_contains(load_fails(f, "embedders: { x: 3 }\n"),
                    "ragd.yaml:1:17: embedders.x must be a map of settings");
    assert_contains(load_fails(f, "embedders: { x: { plugin: [a] } }\n"),
                    "plugin must be the name of a plugin");
    assert_contains(load_fails(f, "embedders: { default: [a] }\n"),
                    "embedders.default must be the name of an instance");
    assert_contains(load_fails(f, "embedders: [ x ]\n"), "must be a map of instances");
    assert_contains(load_fails(f, "embedders: { x: { a: [ { b: 1 } ] } }\n"),
                    "embedders.x.a must hold plain values");
    assert_contains(load_fails(f, "embedders: { x: { a: } }\n"),
                    "embedders.x.a has no value");
}

static void note_change(const struct config_value *value, void *arg)
{
    char *all = arg;
    snprintf(all + strlen(all), 256 - strlen(all), "%s=%s%s ", value->key, value->text,
             value->reload ? "" : "!");
}

static void a_reload_knows_what_it_changes(void **state)
{
    struct fixture *f = *state;
    load_ok(f, "log_level: debug\nembedders: { x: { plugin: a } }\n");
    struct config *old = f->config;
    f->config = NULL;
    load_ok(f, "socket: /tmp/new.sock\n");
    char all[256] = "";
    config_diff(old, f->config, note_change, all);
    assert_string_equal(all, "embedders.x.plugin=a! log_level=info socket=/tmp/new.sock! ");
    config_destroy(old);
}

static void json_lists_every_value_with_its_origin(void **state)
{
    struct fixture *f = *state;
    load_ok(f, "prompt: \"a \\\"{context}\\\"\"\n");
    char *json = config_json(f->config);
    assert_contains(json, "\"key\": \"prompt\"");
    assert_contains(json, "\"value\": \"a \\\"{context}\\\"\"");
    assert_contains(json, "/ragd.yaml:1\"");
    assert_contains(json, "\"origin\": \"default\"");
    mem_free(json);
}

static void want_of_memory_is_reported_and_leaks_nothing(void **state)
{
    struct fixture *f = *state;
    struct config_request request = {
        .file = write_file(f, "ragd.yaml", "limits: { k: 3 }\nllms: { x: { a: b } }\n"),
    };
    FOR_EACH_FAILURE(n, done)
    {
        mem_fail_after(n, 0);
        int rc = config_load(&request, &f->config, &f->err);
        mem_fail_after(-1, 0);
        done = rc == 0;
        assert_true(done || rc == RAGD_E_NOMEM);
    }
}

#define CONFIG_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(without_a_file_everything_has_a_default),
        CONFIG_TEST(one_users_paths_follow_the_environment),
        CONFIG_TEST(values_are_read_with_their_origin),
        CONFIG_TEST(unknown_keys_get_a_suggestion),
        CONFIG_TEST(wrong_values_say_what_was_expected),
        CONFIG_TEST(what_no_question_could_be_asked_with_is_refused),
        CONFIG_TEST(yaml_that_means_more_than_it_says_is_refused),
        CONFIG_TEST(drop_ins_merge_by_key_in_order_of_their_names),
        CONFIG_TEST(the_command_line_wins),
        CONFIG_TEST(a_file_that_was_named_must_be_there),
        CONFIG_TEST(a_file_that_anyone_may_write_is_refused),
        CONFIG_TEST(plugin_options_are_typed_and_defaulted),
        CONFIG_TEST(a_deprecated_option_works_and_the_log_says_what_to_do),
        CONFIG_TEST(a_derived_instance_overrides_the_model),
        CONFIG_TEST(wrong_plugin_options_are_named_with_their_place),
        CONFIG_TEST(a_literal_secret_is_refused_and_not_repeated),
        CONFIG_TEST(wrong_instances_are_refused),
        CONFIG_TEST(a_reload_knows_what_it_changes),
        CONFIG_TEST(json_lists_every_value_with_its_origin),
        CONFIG_TEST(want_of_memory_is_reported_and_leaks_nothing),
    };
    return RUN_TESTS(tests);
}
