/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What ragd-plugin-host says of a plugin and of what the plugin does. */
#include <ragd/ragd.h>
#include <stdio.h>
#include <sys/wait.h>

#include "host_rig.h"

static struct host_rig start(const char *act, int64_t n)
{
    static struct ragd_kv options[2];
    struct host_rig rig = {.options = {options, 2}};
    options[0] = (struct ragd_kv){ragd_cs("act"), {RAGD_V_STR, 0, {.s = ragd_cs(act)}}};
    options[1] = (struct ragd_kv){ragd_cs("n"), {RAGD_V_INT, 0, {.i = n}}};
    assert_non_null(host_start(&rig, TEST_PUPPET)->plugin);
    return rig;
}

/* Starts, creates and loads a source; the first frame that follows. */
static const host_frame *load(struct host_rig *rig, const char *act, int64_t n,
                              const char *text)
{
    struct host_source source = {.name = ragd_cs("a.puppet"),
                                 .bytes = {text, strlen(text)}};
    *rig = start(act, n);
    assert_null(host_create(rig)->error);
    host_load(rig, &source);
    return host_next(rig);
}

static void assert_ends_well(struct host_rig *rig)
{
    int status = host_end(rig, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const Ragd__Host__V1__Done *done_of(const host_frame *frame)
{
    assert_non_null(frame);
    assert_int_equal(frame->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_DONE);
    return frame->done;
}

static void says_what_the_plugin_is(void **state)
{
    (void)state;
    struct host_rig rig = {0};
    const Ragd__Host__V1__HostPlugin *plugin = host_start(&rig, TEST_PUPPET)->plugin;
    assert_string_equal(plugin->name, "puppet-loader");
    assert_int_equal(plugin->n_interfaces, 1);
    assert_string_equal(plugin->interfaces[0], RAGD_IF_LOADER);
    assert_int_equal(plugin->n_needs, 1);
    assert_int_equal(plugin->loader->life->concurrency, RAGD_CONC_INSTANCE);
    assert_true(plugin->loader->life->n_options >= 2);
    assert_int_equal(plugin->loader->n_load_options, 2);
    const Ragd__Host__V1__HostOption *size = plugin->loader->load_options[0];
    assert_string_equal(size->name, "size");
    assert_true(size->has_default && size->max == 1 << 20);
    assert_string_equal(size->default_value, "4KiB");
    assert_ends_well(&rig);
}

static void says_why_an_instance_cannot_be_made(void **state)
{
    (void)state;
    struct host_rig rig = start("fail_create", 0);
    const Ragd__Host__V1__HostError *error = host_create(&rig)->error;
    assert_non_null(error);
    assert_int_equal(error->status, RAGD_E_IO);
    assert_memory_equal(error->message.data, "its directory is on fire", 24);
    int status = host_end(&rig, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

static void answers_probes(void **state)
{
    (void)state;
    struct host_rig rig = start("right", 0);
    host_create(&rig);
    host_frame frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__Probe probe = RAGD__HOST__V1__PROBE__INIT;
    uint8_t name[] = "some.puppet";
    probe.name = (ProtobufCBinaryData){sizeof(name) - 1, name};
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_PROBE;
    frame.probe = &probe;
    host_put(&rig, &frame, -1);
    const host_frame *answer = host_next(&rig);
    assert_non_null(answer);
    assert_int_equal(answer->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_PROBE_REPLY);
    assert_int_equal(answer->probe_reply->sure, 1000); /* for the daemon to judge */
    assert_ends_well(&rig);
}

static void gives_each_document_and_waits_for_its_verdict(void **state)
{
    (void)state;
    struct host_rig rig;
    const host_frame *frame = load(&rig, "right", 3, "the text");
    for (int i = 0; i < 3; i++) {
        char key[16];
        snprintf(key, sizeof(key), "part/%d", i);
        assert_non_null(frame);
        assert_int_equal(frame->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_DOC);
        assert_int_equal(frame->doc->key.len, strlen(key));
        assert_memory_equal(frame->doc->key.data, key, strlen(key));
        assert_memory_equal(frame->doc->text.data, "the text", 8);
        assert_false(pipe_wait(&rig.pipe, false, 20));
        host_verdict(&rig, RAGD_OK);
        frame = host_next(&rig);
    }
    assert_int_equal(done_of(frame)->status, RAGD_OK);
    assert_ends_well(&rig);
}

static void a_verdict_against_it_reaches_the_plugin(void **state)
{
    (void)state;
    struct host_rig rig;
    assert_non_null(load(&rig, "right", 3, "the text"));
    host_verdict(&rig, RAGD_E_LIMIT);
    assert_int_equal(done_of(host_next(&rig))->status, RAGD_E_LIMIT);
    assert_ends_well(&rig);
}

static void an_empty_source_comes_without_a_descriptor(void **state)
{
    (void)state;
    struct host_rig rig;
    const host_frame *frame = load(&rig, "right", 1, "");
    assert_non_null(frame);
    assert_int_equal(frame->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_DOC);
    assert_int_equal(frame->doc->text.len, 0);
    host_verdict(&rig, RAGD_OK);
    assert_int_equal(done_of(host_next(&rig))->status, RAGD_OK);
    assert_ends_well(&rig);
}

static void an_attachment_goes_out_too(void **state)
{
    (void)state;
    struct host_rig rig;
    const host_frame *frame = load(&rig, "child", 0, "x");
    assert_non_null(frame);
    assert_int_equal(frame->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_CHILD);
    assert_memory_equal(frame->child->content.data, "c", 1);
    host_verdict(&rig, RAGD_E_UNSUPPORTED);
    assert_int_equal(done_of(host_next(&rig))->status, RAGD_E_UNSUPPORTED);
    assert_ends_well(&rig);
}

static void what_cannot_be_sent_is_the_plugins_fault(void **state)
{
    (void)state;
    static const char *const acts[][2] = {
        {"short_struct", "struct_size of ragd_doc is 8, at least"},
        {"null_text", "the text is NULL with a length"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct host_rig rig;
        const Ragd__Host__V1__Done *done = done_of(load(&rig, acts[i][0], 0, "x"));
        assert_true(done->fault.len >= strlen(acts[i][1]));
        assert_memory_equal(done->fault.data, acts[i][1], strlen(acts[i][1]));
        assert_ends_well(&rig);
    }
}

/* What is wrong inside a document is not ours to judge. */
static void what_is_wrong_goes_out_as_it_is(void **state)
{
    (void)state;
    struct host_rig rig;
    const host_frame *frame = load(&rig, "utf8", 0, "x");
    assert_non_null(frame);
    assert_int_equal(frame->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_DOC);
    assert_memory_equal(frame->doc->text.data, "caf\xe9", 4);
    host_verdict(&rig, RAGD_E_INTERNAL);
    assert_int_equal(done_of(host_next(&rig))->status, RAGD_OK); /* it hides it */
    assert_ends_well(&rig);
}

static void the_page_stops_the_call(void **state)
{
    (void)state;
    struct host_rig rig = {0};
    size_t n = 1 << 20;
    char *text = malloc(n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++) {
        text[i] = i % 3 == 0 ? 'x' : '\n';
    }
    struct host_source source = {.name = ragd_cs("a.txt"), .bytes = {text, n}};
    host_start(&rig, TEST_LOADER);
    host_create(&rig);
    atomic_store(&rig.control->stop, RAGD_E_DEADLINE);
    host_load(&rig, &source);
    assert_int_equal(done_of(host_next(&rig))->status, RAGD_E_DEADLINE);
    atomic_store(&rig.control->stop, 0);
    host_load(&rig, &source);
    const host_frame *frame = host_next(&rig);
    assert_non_null(frame);
    assert_int_equal(frame->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_DOC);
    host_verdict(&rig, RAGD_OK);
    assert_int_equal(done_of(host_next(&rig))->status, RAGD_OK);
    assert_ends_well(&rig);
    free(text);
}

/* A description is all that a scan wants. */
static void it_ends_in_peace_without_an_instance(void **state)
{
    (void)state;
    struct host_rig rig = start("right", 0);
    assert_ends_well(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_what_the_plugin_is),
        TEST(says_why_an_instance_cannot_be_made),
        TEST(answers_probes),
        TEST(gives_each_document_and_waits_for_its_verdict),
        TEST(a_verdict_against_it_reaches_the_plugin),
        TEST(an_empty_source_comes_without_a_descriptor),
        TEST(an_attachment_goes_out_too),
        TEST(what_cannot_be_sent_is_the_plugins_fault),
        TEST(what_is_wrong_goes_out_as_it_is),
        TEST(the_page_stops_the_call),
        TEST(it_ends_in_peace_without_an_instance),
    };
    return RUN_TESTS(tests);
}
