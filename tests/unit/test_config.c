/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The files of the configuration: what they give, and what is wrong in them. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_rig.h"
#include "core/mem.h"

/* The error without the directory's name in front. */
static const char *load_fails(struct config_rig *f, const char *text)
{
    assert_true(config_rig_try(f, text) < 0);
    assert_null(f->config);
    const char *file = strstr(f->err.msg, "ragd.yaml");
    return file ? file : f->err.msg;
}

struct refusal {
    const char *text, *msg;
};

/* Each text with its error, up to one that is NULL. */
static void each_is_refused(struct config_rig *f, const struct refusal *refusals)
{
    for (; refusals->text; refusals++) {
        const char *msg = load_fails(f, refusals->text);
        if (strcmp(msg, refusals->msg) != 0) {
            fail_msg("\"%s\" gives \"%s\"", refusals->text, msg);
        }
    }
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

static void without_a_file_everything_has_a_default(void **state)
{
    struct config_rig *f = *state;
    config_rig_load(f, "");
    assert_contains(f->config->socket.p, "/ragd/ragd.sock");
    assert_int_equal(f->config->access, CONFIG_ACCESS_GROUP);
    assert_int_equal(f->config->log_level, RAGD_LOG_INFO);
    assert_int_equal(f->config->k, 4);
    assert_int_equal(f->config->splitter.chunk_size, 1000);
    assert_true(f->config->splitter.strip);
    assert_int_equal(f->config->limits.message, 4 << 20);
    assert_int_equal(f->config->limits.handshake, 5000);
    assert_string_equal(f->config->sections[CONFIG_EMBEDDERS].def, "lexical");
    assert_non_null(config_rig_find(f, CONFIG_STORES, "rocksdb"));
    assert_non_null(config_rig_find(f, CONFIG_LOADERS, "markdown"));
    assert_null(config_rig_find(f, CONFIG_LOADERS, "pdf"));
    assert_string_equal(origin_of(f->config, "socket"), "default");
    assert_string_equal(config_rig_text(f->config, "limits.message"), "4MiB");
    assert_string_equal(config_rig_text(f->config, "limits.handshake"), "5s");
}

static void one_users_paths_follow_the_environment(void **state)
{
    struct config_rig *f = *state;
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
    struct config_rig *f = *state;
    config_rig_load(f, "socket: /tmp/x.sock\n"
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
    assert_string_equal(config_rig_text(f->config, "listen"),
                        "[tcp://127.0.0.1:1, tcp://[::1]:2]");
}

static void unknown_keys_get_a_suggestion(void **state)
{
    static const struct refusal REFUSALS[] = {
        {"soket: /x\n", "ragd.yaml:1:1: unknown key 'soket' - did you mean 'socket'?"},
        {"\nsplitter:\n  chunk_sise: 9\n",
         "ragd.yaml:3:3: unknown key 'chunk_sise' in splitter - did you mean "
         "'chunk_size'?"},
        {"embeders:\n  x:\n",
         "ragd.yaml:1:1: unknown key 'embeders' - did you mean 'embedders'?"},
        {"zzz: 1\n", "ragd.yaml:1:1: unknown key 'zzz'"},
        {NULL, NULL},
    };
    struct config_rig *f = *state;
    each_is_refused(f, REFUSALS);
    assert_int_equal(f->err.id, ERR_CONFIG);
}

static void wrong_values_say_what_was_expected(void **state)
{
    static const struct refusal REFUSALS[] = {
        {"retrieval: { k: many }\n",
         "ragd.yaml:1:17: retrieval.k must be a whole number, not 'many'"},
        {"retrieval: { k: 0 }\n",
         "ragd.yaml:1:17: retrieval.k must be between 1 and 1000000, not '0'"},
        {"log_level: wran\n",
         "ragd.yaml:1:12: log_level must be one of error, warn, info, debug, "
         "not 'wran'"},
        {"limits: { idle: 5 }\n",
         "ragd.yaml:1:17: limits.idle must be a duration such as 250ms, 5s or "
         "10min, not '5'"},
        {"socket: x.sock\n",
         "ragd.yaml:1:9: socket must be an absolute path, not 'x.sock'"},
        {"socket: [/x]\n", "ragd.yaml:1:9: socket must be one value, not a list"},
        {"socket:\n", "ragd.yaml:1:8: socket must be one value"},
        {"limits: 3\n", "ragd.yaml:1:9: limits must be a map of settings"},
        {"plugins: { dirs: [ plugins ] }\n",
         "ragd.yaml:1:18: plugins.dirs must hold absolute paths, not 'plugins'"},
        {"splitter: { chunk_size: 100 }\n",
         "ragd.yaml:1:25: splitter.chunk_overlap must be less than "
         "splitter.chunk_size"},
        {NULL, NULL},
    };
    struct config_rig *f = *state;
    each_is_refused(f, REFUSALS);
    load_fails(f, "log_level: wran\n");
    assert_string_equal(f->err.hint, "did you mean 'warn'?");
}

static void what_no_question_could_be_asked_with_is_refused(void **state)
{
    static const struct refusal REFUSALS[] = {
        {"retrieval: { k: 5000 }\n",
         "ragd.yaml:1:17: retrieval.k is 5000, limits.k is 1000"},
        {"prompt: Be brief.\n",
         "ragd.yaml:1:9: there is no {context} in prompt or ask.question"},
        {"ask: { question: Well? }\n",
         "ragd.yaml:1:18: there is no {question} in prompt or ask.question"},
        {NULL, NULL},
    };
    struct config_rig *f = *state;
    each_is_refused(f, REFUSALS);
}

static void yaml_that_means_more_than_it_says_is_refused(void **state)
{
    static const struct refusal REFUSALS[] = {
        {"a: &x 1\n", "ragd.yaml:1:4: anchors are not supported here"},
        {"a: *x\n", "ragd.yaml:1:4: aliases are not supported here"},
        {"a: !!str 1\n", "ragd.yaml:1:4: tags are not supported here"},
        {"access: local\naccess: group\n",
         "ragd.yaml:2:1: key 'access' was given already in line 1"},
        {"access: local\n---\naccess: group\n",
         "ragd.yaml:2:1: several documents in one file are not supported here"},
        {"- a\n", "ragd.yaml:1:1: a map of settings was expected"},
        {NULL, NULL},
    };
    struct config_rig *f = *state;
    each_is_refused(f, REFUSALS);
    assert_contains(load_fails(f, "a: [1\n"), "ragd.yaml:2:1: ");
    assert_contains(load_fails(f, "[a]: 1\n"), "a key must be a plain word");
    assert_contains(load_fails(f, "socket: \"/a\\0b\"\n"), "a NUL character in a value");
    assert_contains(load_fails(f, "socket: /\xFF\n"), "ragd.yaml:");
    assert_contains(load_fails(f, "a: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n"),
                    "nested more than 16 deep");
}

static void drop_ins_merge_by_key_in_order_of_their_names(void **state)
{
    struct config_rig *f = *state;
    mkdir(tmpdir_path(&f->dir, "conf.d", f->path), 0700);
    config_rig_write(f, "conf.d/20-b.yaml", "limits: { k: 20 }\n");
    config_rig_write(
        f, "conf.d/10-a.yaml",
        "limits: { k: 10, calls: 3 }\nembedders: { fast: { plugin: hash } }\n");
    config_rig_write(f, "conf.d/.hidden.yaml", "nonsense\n");
    config_rig_write(f, "conf.d/notes.txt", "nonsense\n");
    config_rig_load(f, "limits: { k: 5, queue: 9 }\nembedders: { default: fast }\n");
    assert_int_equal(f->config->limits.k, 20);
    assert_int_equal(f->config->limits.calls, 3);
    assert_int_equal(f->config->limits.queue, 9);
    assert_contains(origin_of(f->config, "limits.k"), "conf.d/20-b.yaml:1");
    const struct config_instance *fast = config_rig_find(f, CONFIG_EMBEDDERS, "fast");
    assert_string_equal(fast->plugin, "hash");
    assert_non_null(config_rig_find(f, CONFIG_EMBEDDERS, "lexical"));

    config_rig_write(f, "conf.d/30-c.yaml", "limits: { kk: 1 }\n");
    assert_true(config_rig_try(f, "") < 0);
    assert_contains(f->err.msg, "conf.d/30-c.yaml:1:11: unknown key 'kk' in limits");
}

static void the_command_line_wins(void **state)
{
    struct config_rig *f = *state;
    struct config_override over[] = {{"socket", "/tmp/o.sock"}, {"limits.k", "3"}};
    struct config_request request = {
        .file = config_rig_write(f, "ragd.yaml", "socket: /tmp/x.sock\n"),
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
    struct config_rig *f = *state;
    struct config_request request = {.file = "/nonexistent/ragd.yaml"};
    assert_int_equal(config_load(&request, &f->config, &f->err), RAGD_E_NOT_FOUND);
    assert_contains(f->err.msg, "cannot read the configuration /nonexistent/ragd.yaml");
}

static void a_file_that_anyone_may_write_is_refused(void **state)
{
    struct config_rig *f = *state;
    const char *path = config_rig_write(f, "ragd.yaml", "");
    chmod(path, 0666);
    struct config_request request = {.file = path};
    assert_int_equal(config_load(&request, &f->config, &f->err), RAGD_E_CONFIG);
    assert_contains(f->err.msg, "anyone may write it");
    assert_contains(f->err.hint, "chmod o-w ");
}

static void wrong_instances_are_refused(void **state)
{
    struct config_rig *f = *state;
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
    struct config_rig *f = *state;
    config_rig_load(f, "log_level: debug\nembedders: { x: { plugin: a } }\n");
    struct config *old = f->config;
    f->config = NULL;
    config_rig_load(f, "socket: /tmp/new.sock\n");
    char all[256] = "";
    config_diff(old, f->config, note_change, all);
    assert_string_equal(all, "embedders.x.plugin=a! log_level=info socket=/tmp/new.sock! ");
    config_destroy(old);
}

static void json_lists_every_value_with_its_origin(void **state)
{
    struct config_rig *f = *state;
    config_rig_load(f, "prompt: \"a \\\"{context}\\\"\"\n");
    char *json = config_json(f->config);
    assert_contains(json, "\"key\": \"prompt\"");
    assert_contains(json, "\"value\": \"a \\\"{context}\\\"\"");
    assert_contains(json, "/ragd.yaml:1\"");
    assert_contains(json, "\"origin\": \"default\"");
    mem_free(json);
}

static void want_of_memory_is_reported_and_leaks_nothing(void **state)
{
    struct config_rig *f = *state;
    struct config_request request = {
        .file = config_rig_write(f, "ragd.yaml",
                                 "limits: { k: 3 }\nllms: { x: { a: b } }\n"),
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
        CONFIG_TEST(wrong_instances_are_refused),
        CONFIG_TEST(a_reload_knows_what_it_changes),
        CONFIG_TEST(json_lists_every_value_with_its_origin),
        CONFIG_TEST(want_of_memory_is_reported_and_leaks_nothing),
    };
    return RUN_TESTS(tests);
}
