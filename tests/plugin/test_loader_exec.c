/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The inside of loader_exec, without a sandbox; tests/system/test_exec.py has it
 * inside one. */
#include <sys/mman.h>
#include <unistd.h>

#include "fake_rig.h"
#include "loader_exec/documents.h"

static int set_up(void **state)
{
    struct fake_rig *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    fake_rig_open(f);
    fake_host_set(f->host, "suffixes", ".x,.tar.y");
    fake_host_set(f->host, "mimes", "text/x-it");
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fake_rig *f = *state;
    fake_rig_close(f);
    free(f);
    return 0;
}

static const struct ragd_loader *make(struct fake_rig *f, const char *command)
{
    fake_host_set(f->host, "command", command);
    fake_rig_make(f, RAGD_IF_LOADER);
    return f->instance.table;
}

static ragd_status load(struct fake_rig *f, const char *text, uint64_t text_max)
{
    const struct ragd_loader *loader = f->instance.table;
    struct fake_input in;
    fake_input_init(&in, "a.x", "", (struct ragd_bytes){text, strlen(text)}, true);
    in.limits.max_text_bytes = text_max;
    in.input.fd = memfd_create("source", MFD_CLOEXEC);
    assert_int_equal(write(in.input.fd, text, strlen(text)), strlen(text));
    fake_rig_next_call(f);
    ragd_status status = loader->load(f->instance.inst, f->call, &in.input, &fake_doc_sink);
    close(in.input.fd);
    return status;
}

static void its_text_may_be_as_large_as_the_limit(void **state)
{
    struct fake_rig *f = *state;
    make(f, "/bin/cat");
    assert_int_equal(load(f, "123456", 7), RAGD_OK);
    assert_int_equal(load(f, "1234567", 7), RAGD_OK);
    assert_str_equal(fake_call_results(f->call)->docs[0].text, "1234567");
    assert_int_equal(load(f, "12345678", 7), RAGD_E_LIMIT);
    assert_contains(fake_call_message(f->call), "/bin/cat writes more than 7 bytes");
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
    struct fake_rig *f = *state;
    make(f, "/bin/cat");
    assert_int_equal(load(f, "a\xff z", 100), RAGD_OK);
    assert_str_equal(fake_call_results(f->call)->docs[0].text, "a\xef\xbf\xbd z");
    assert_int_equal(load(f, " \n", 100), RAGD_E_BAD_INPUT);
    assert_string_equal(fake_call_code(f->call), "no_text");
}

static void a_program_that_is_not_there_is_named(void **state)
{
    struct fake_rig *f = *state;
    make(f, "/nowhere/program");
    assert_int_equal(load(f, "words", 100), RAGD_E_CONFIG);
    assert_contains(fake_call_message(f->call), "/nowhere/program cannot be run");
}

static int32_t sure(const struct ragd_loader *loader, const char *name, const char *mime)
{
    return loader->probe(ragd_cs(name), ragd_cs(mime), (struct ragd_bytes){"x", 1});
}

static void it_reads_what_the_configuration_says(void **state)
{
    const struct ragd_loader *loader = make(*state, "/bin/cat");
    assert_int_equal(sure(loader, "a.X", ""), 100);
    assert_int_equal(sure(loader, "a.tar.y", "text/plain"), 100);
    assert_int_equal(sure(loader, "a.y", "TEXT/X-it; charset=utf-8"), 95);
    assert_int_equal(sure(loader, ".x", ""), 0);
    assert_int_equal(sure(loader, "a.xx", "text/x-items"), 0);
}

static ragd_status give(struct fake_rig *f, const char *json, struct documents *d)
{
    fake_rig_next_call(f);
    *d = (struct documents){.call = f->call,
                            .sink = &fake_doc_sink,
                            .title = ragd_cs("name")};
    return documents_emit(d, json, strlen(json));
}

static void a_document_has_what_its_object_says(void **state)
{
    struct fake_rig *f = *state;
    struct documents d;
    assert_int_equal(
        give(f,
             "\n{\"text\": \"caf\\u00e9\", \"unknown\": {}}"
             "{\"key\": \"k\", \"title\": \"t\", \"mime\": \"m\", \"language\": "
             "\"fr\", \"text\": \"one\",\n \"metadata\": {\"i\": -3, \"r\": 0.5, "
             "\"b\": true, \"l\": [\"x\", 2]}, \"blocks\": [{\"kind\": "
             "\"heading\", \"level\": 2, \"page\": 9, \"start_byte\": 1, "
             "\"end_byte\": 3}]}\n",
             &d),
        RAGD_OK);
    const struct fake_results *results = fake_call_results(f->call);
    assert_int_equal(results->n_docs, 2);
    assert_str_equal(results->docs[0].text, "caf\xc3\xa9");
    assert_str_equal(results->docs[0].title, "name");
    const struct ragd_doc *doc = &results->docs[1];
    assert_str_equal(doc->key, "k");
    assert_str_equal(doc->title, "t");
    assert_str_equal(doc->mime, "m");
    assert_str_equal(doc->lang, "fr");
    assert_int_equal(doc->meta.n, 4);
    assert_int_equal(doc->n_blocks, 1);
    assert_int_equal(doc->blocks[0].kind, RAGD_BLOCK_HEADING);
    assert_int_equal(doc->blocks[0].page, 9);
    assert_int_equal(doc->blocks[0].off, 1);
    assert_int_equal(doc->blocks[0].len, 2);
}

static void what_is_no_document_is_named_by_its_number(void **state)
{
    struct fake_rig *f = *state;
    static const struct {
        const char *json, *why;
    } wrong[] = {
        {"{\"text\": 1}", "document 1: it has no text"},
        {"{\"text\": \"a\"} [", "document 2 is no JSON"},
        {"\"text\"", "document 1 is no JSON"},
        {"{\"text\": \"a\", \"title\": 1}", "its title is no text"},
        {"{\"text\": \"a\\u0000\"}", "document 1 is no JSON"},
        {"{\"text\": \"\xff\"}", "document 1 is no JSON"},
        {"{\"text\": \"a\", \"metadata\": []}", "its metadata is no object"},
        {"{\"text\": \"a\", \"metadata\": {\"k\": [[]]}}", "its metadata 'k'"},
        {"{\"text\": \"a\", \"blocks\": {}}", "its blocks are no list"},
        {"{\"text\": \"a\", \"blocks\": [1]}", "its block 0"},
        {"{\"text\": \"a\", \"blocks\": [{\"kind\": \"page\", \"end_byte\": 2}]}",
         "its block 0"},
        {"{\"text\": \"a\", \"blocks\": [{\"kind\": \"page\", \"start_byte\": -1}]}",
         "its block 0"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct documents d;
        assert_int_equal(give(f, wrong[i].json, &d), RAGD_E_BAD_INPUT);
        assert_contains(d.why, wrong[i].why);
    }
}

static void what_the_sink_answers_ends_it(void **state)
{
    struct fake_rig *f = *state;
    struct documents d = {.call = f->call, .sink = &fake_doc_sink};
    static const char two[] = "{\"text\": \"a\", \"key\": \"1\"} {\"text\": \"b\"}";
    fake_call_stop_at(f->call, 1, RAGD_E_LIMIT);
    assert_int_equal(documents_emit(&d, two, sizeof(two) - 1), RAGD_E_LIMIT);
    assert_string_equal(d.why, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(its_text_may_be_as_large_as_the_limit),
        CASE(bytes_that_are_no_text_are_replaced),
        CASE(a_program_that_is_not_there_is_named),
        CASE(it_reads_what_the_configuration_says),
        CASE(a_document_has_what_its_object_says),
        CASE(what_is_no_document_is_named_by_its_number),
        CASE(what_the_sink_answers_ends_it),
    };
    return RUN_TESTS(tests);
}
