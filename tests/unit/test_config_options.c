/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The options of plugins, as their instances in the configuration give them. */
#include <unistd.h>

#include "config_rig.h"
#include "core/log.h"
#include "core/mem.h"

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

static int resolve(struct config_rig *f, struct arena *arena, const char *model,
                   struct ragd_kvs *out)
{
    struct config_resolve r = {
        .instance = config_rig_find(f, CONFIG_EMBEDDERS, "x"),
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
    struct config_rig *f = *state;
    struct arena arena = {0};
    struct ragd_kvs values;
    config_rig_load(f, "embedders:\n"
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
    assert_string_equal(config_rig_text(f->config, "embedders.x.pool.size"), "large");
    arena_release(&arena);
}

/* What the log says while the settings are resolved. */
static void log_of_resolving(struct config_rig *f, struct config_resolve *r, char text[512])
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
    struct config_rig *f = *state;
    struct arena arena = {0};
    char text[512];
    config_rig_load(f, "embedders: { x: { plugin: openai, model: big, old: 3 } }\n");
    struct config_resolve r = {.instance = config_rig_find(f, CONFIG_EMBEDDERS, "x"),
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
    struct config_rig *f = *state;
    struct arena arena = {0};
    struct ragd_kvs values;
    config_rig_load(f, "embedders: { x: { plugin: openai } }\n");
    assert_ok(resolve(f, &arena, "other", &values), &f->err);
    assert_str_equal(value_named(values, "model")->u.s, "other");
    assert_int_equal(value_named(values, "api_key")->type, RAGD_V_NULL);
    arena_release(&arena);
}

static const char *resolve_fails(struct config_rig *f, const char *text)
{
    struct arena arena = {0};
    struct ragd_kvs values;
    config_rig_load(f, text);
    assert_int_equal(resolve(f, &arena, "", &values), RAGD_E_CONFIG);
    assert_null(values.p);
    arena_release(&arena);
    return strstr(f->err.msg, "ragd.yaml");
}

static void wrong_plugin_options_are_named_with_their_place(void **state)
{
    struct config_rig *f = *state;
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
    struct config_rig *f = *state;
    const char *msg = resolve_fails(f,
                                    "embedders:\n  x: { model: m, api_key: sk-12345 }\n");
    assert_contains(msg, "embedders.x.api_key must say where the secret is");
    assert_null(strstr(f->err.msg, "12345"));
    assert_null(strstr(f->err.why, "12345"));
    assert_contains(f->err.hint, "cred:NAME");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(plugin_options_are_typed_and_defaulted),
        CONFIG_TEST(a_deprecated_option_works_and_the_log_says_what_to_do),
        CONFIG_TEST(a_derived_instance_overrides_the_model),
        CONFIG_TEST(wrong_plugin_options_are_named_with_their_place),
        CONFIG_TEST(a_literal_secret_is_refused_and_not_repeated),
    };
    return RUN_TESTS(tests);
}
