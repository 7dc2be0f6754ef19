/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The fake host, by a plugin that only exists here. */
#include "support/test.h"

#include "sdk/testing/fake_host.h"

static const struct ragd_host *host_table;

static const struct ragd_option SIZE_OPTION = {.struct_size = sizeof(struct ragd_option),
                                               .type = RAGD_OPT_SIZE,
                                               .name = "size",
                                               .doc = "Bytes.",
                                               .def = "2KiB",
                                               .min = 1,
                                               .max = 1 << 20};
static const struct ragd_option LIST_OPTION = {.struct_size = sizeof(struct ragd_option),
                                               .type = RAGD_OPT_STRLIST,
                                               .name = "list",
                                               .doc = "Words."};
static const struct ragd_option *const OPTIONS[] = {&SIZE_OPTION, &LIST_OPTION, NULL};

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    (void)call;
    host_table->log(ctx, RAGD_LOG_INFO, ragd_cs("made one"), (struct ragd_kvs){0});
    *inst = ctx;
    return RAGD_OK;
}

static void destroy(void *inst)
{
    (void)inst;
}

static ragd_status load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                        const struct ragd_doc_sink *sink)
{
    (void)inst;
    char text[64];
    int64_t n = input->read(input, 0, text, sizeof(text));
    struct ragd_doc doc = {.struct_size = sizeof(doc), .text = {text, (size_t)n}};
    for (int i = 0; i < 3; i++) {
        ragd_status status = sink->emit(call, &doc);
        if (status != RAGD_OK) {
            struct ragd_error error = {.struct_size = sizeof(error),
                                       .code = ragd_cs("stopped"),
                                       .message = ragd_cs("It was stopped.")};
            host_table->call_error(call, &error);
            return status;
        }
    }
    return host_table->call_state(call);
}

static const struct ragd_life LIFE = {.struct_size = sizeof(LIFE),
                                      .options = OPTIONS,
                                      .create = create,
                                      .destroy = destroy};
static const struct ragd_loader LOADER = {.struct_size = sizeof(LOADER),
                                          .life = &LIFE,
                                          .load = load};
static const char *const NEEDS[] = {RAGD_SVC_CONFIG, NULL};

static const void *iface(const char *id)
{
    return strcmp(id, RAGD_IF_LOADER) == 0 ? &LOADER : NULL;
}

static const struct ragd_plugin PLUGIN = {.struct_size = sizeof(PLUGIN),
                                          .id = "org.example.three",
                                          .name = "three",
                                          .version = "1.0.0",
                                          .license = "0BSD",
                                          .url = "",
                                          .summary = "Gives every document thrice.",
                                          .needs = NEEDS,
                                          .iface = iface};

static const struct ragd_plugin *entry(const struct ragd_host *host)
{
    host_table = host;
    return &PLUGIN;
}

struct fixture {
    struct fake_host *host;
    struct fake_instance loader;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->host = fake_host_create(entry);
    *state = f;
    return f->host ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    fake_instance_destroy(&f->loader);
    fake_host_destroy(f->host);
    free(f);
    return 0;
}

static int64_t size_option(struct fixture *f)
{
    const struct ragd_config_svc *config = host_table->service(f->loader.ctx,
                                                               RAGD_SVC_CONFIG);
    struct ragd_value value;
    assert_int_equal(config->get(f->loader.ctx, "size", &value), RAGD_OK);
    assert_int_equal(value.type, RAGD_V_INT);
    return value.u.i;
}

static void gives_options_with_their_defaults(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fake_instance_create(f->host, RAGD_IF_LOADER, &f->loader), RAGD_OK);
    assert_int_equal(size_option(f), 2048);
    assert_string_equal(fake_host_log(f->host), "info: made one\n");
}

static void gives_options_as_they_were_set(void **state)
{
    struct fixture *f = *state;
    fake_host_set(f->host, "size", "3KiB");
    fake_host_set(f->host, "list", "a,bc");
    assert_int_equal(fake_instance_create(f->host, RAGD_IF_LOADER, &f->loader), RAGD_OK);
    assert_int_equal(size_option(f), 3072);
    const struct ragd_config_svc *config = host_table->service(f->loader.ctx,
                                                               RAGD_SVC_CONFIG);
    struct ragd_value value;
    assert_int_equal(config->get(f->loader.ctx, "list", &value), RAGD_OK);
    assert_int_equal(value.u.list.n, 2);
    assert_str_equal(value.u.list.p[1].u.s, "bc");
    assert_int_equal(config->get(f->loader.ctx, "other", &value), RAGD_E_NOT_FOUND);
}

static void refuses_options_out_of_bounds_and_unknown_ones(void **state)
{
    struct fixture *f = *state;
    fake_host_set(f->host, "size", "3MiB");
    assert_int_equal(fake_instance_create(f->host, RAGD_IF_LOADER, &f->loader),
                     RAGD_E_CONFIG);
    assert_contains(fake_host_message(f->host), "size");
    fake_host_set(f->host, "size", NULL);
    fake_host_set(f->host, "colour", "red");
    assert_int_equal(fake_instance_create(f->host, RAGD_IF_LOADER, &f->loader),
                     RAGD_E_CONFIG);
    assert_contains(fake_host_message(f->host), "colour");
}

static void hands_out_declared_services_only(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fake_instance_create(f->host, RAGD_IF_LOADER, &f->loader), RAGD_OK);
    assert_non_null(host_table->service(f->loader.ctx, RAGD_SVC_CONFIG));
    assert_null(host_table->service(f->loader.ctx, RAGD_SVC_STATE));
}

static ragd_status run_load(struct fixture *f, struct ragd_call *call)
{
    const struct ragd_loader *table = f->loader.table;
    struct fake_input in;
    fake_input_init(&in, "a.txt", "text/plain", (struct ragd_bytes){"abcdef", 6}, false);
    in.read_max = 4;
    return fake_call_wait(call,
                          table->load(f->loader.inst, call, &in.input, &fake_doc_sink));
}

static void collects_copies_of_what_a_sink_gets(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fake_instance_create(f->host, RAGD_IF_LOADER, &f->loader), RAGD_OK);
    struct ragd_call *call = fake_call_create(f->host);
    assert_int_equal(run_load(f, call), RAGD_OK);
    const struct fake_results *results = fake_call_results(call);
    assert_int_equal(results->n_docs, 3);
    assert_str_equal(results->docs[2].text, "abcd");
    fake_call_destroy(call);
}

static void cancels_at_the_sink_call_asked_for(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fake_instance_create(f->host, RAGD_IF_LOADER, &f->loader), RAGD_OK);
    for (uint64_t n = 1; n <= 3; n++) {
        struct ragd_call *call = fake_call_create(f->host);
        fake_call_cancel_at(call, n);
        assert_int_equal(run_load(f, call), RAGD_E_CANCELLED);
        assert_int_equal(fake_call_results(call)->n_sink_calls, n);
        assert_string_equal(fake_call_code(call), "stopped");
        assert_string_equal(fake_call_message(call), "It was stopped.");
        fake_call_destroy(call);
    }
}

static void stops_without_cancelling(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fake_instance_create(f->host, RAGD_IF_LOADER, &f->loader), RAGD_OK);
    struct ragd_call *call = fake_call_create(f->host);
    fake_call_stop_at(call, 2, RAGD_E_LIMIT);
    assert_int_equal(run_load(f, call), RAGD_E_LIMIT);
    assert_int_equal(host_table->call_state(call), RAGD_OK);
    fake_call_destroy(call);
}

static void gives_no_memory_beyond_a_limit(void **state)
{
    struct fixture *f = *state;
    struct ragd_call *call = fake_call_create(f->host);
    fake_call_limit_memory(call, 100);
    assert_non_null(host_table->call_alloc(call, 60, 8));
    assert_null(host_table->call_alloc(call, 60, 8));
    assert_non_null(host_table->call_alloc(call, 40, 8));
    fake_call_destroy(call);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(gives_options_with_their_defaults),
        CASE(gives_options_as_they_were_set),
        CASE(refuses_options_out_of_bounds_and_unknown_ones),
        CASE(hands_out_declared_services_only),
        CASE(collects_copies_of_what_a_sink_gets),
        CASE(cancels_at_the_sink_call_asked_for),
        CASE(stops_without_cancelling),
        CASE(gives_no_memory_beyond_a_limit),
    };
    return RUN_TESTS(tests);
}
