/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Loaders: what they give, which is chosen, and what is made of what is wrong. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/mem.h"
#include "loop/loop.h"
#include "plugin/call_load.h"
#include "plugin/instance.h"
#include "plugin_rig.h"

static struct call_load load_req(struct instance *loader, const char *text)
{
    return (struct call_load){.call = {.done = rig_done},
                              .loader = loader,
                              .content = {text, strlen(text), -1, {text, strlen(text)}},
                              .uri = ragd_cs("file:///a.puppet"),
                              .name = ragd_cs("a.puppet")};
}

static void gives_documents_and_typed_options(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "right", "");
    struct ragd_kv options[] = {
        {ragd_cs("it.size"), {RAGD_V_STR, 0, {.s = ragd_cs("64KiB")}}},
        {ragd_cs("other.option"), {RAGD_V_STR, 0, {.s = ragd_cs("x")}}}};
    struct call_load req = load_req(rig_instance(PLUGIN_LOADER, "it"), "some text");
    req.options = (struct ragd_kvs){options, 2};
    call_load_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_docs, 3);
    assert_str_equal(req.docs[1].key, "part/1");
    assert_str_equal(req.docs[1].title, "a.puppet");
    assert_str_equal(req.docs[2].text, "some text");
    struct ragd_kvs meta = req.docs[0].meta; /* the options, sorted by name */
    assert_int_equal(meta.n, 2);
    assert_str_equal(meta.p[0].key, "names");
    assert_int_equal(meta.p[0].val.u.list.n, 2);
    assert_int_equal(meta.p[1].val.u.i, 65536);
    call_release(&req.call);
    rig_close(&rig);
}

static void maps_content_of_a_descriptor(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "right", "");
    int fd = memfd_create("content", MFD_CLOEXEC);
    assert_int_equal(write(fd, "from a file", 11), 11);
    struct call_load req = load_req(rig_instance(PLUGIN_LOADER, "it"), "");
    req.content = (struct content){NULL, 11, fd, {"from a file", 11}};
    call_load_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_str_equal(req.docs[0].text, "from a file");
    assert_true(fcntl(fd, F_GETFD) >= 0); /* still ours */
    close(fd);
    call_release(&req.call);
    rig_close(&rig);
}

static void refuses(const char *act, const char *more, enum err_id id, const char *text)
{
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", act, more);
    struct call_load req = load_req(rig_instance(PLUGIN_LOADER, "it"), "some text");
    call_load_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, id);
    assert_contains(req.call.err.msg, text);
    assert_null(req.docs);
    if (id == ERR_PLUGIN) {
        rig_assert_logged(&rig, "it (puppet-loader): load: ");
    }
    call_release(&req.call);
    rig_close(&rig);
}

static void refuses_what_breaks_the_contract(void **state)
{
    (void)state;
    refuses("utf8", "", ERR_PLUGIN, "the text is not UTF-8 at byte 3");
    refuses("null_text", "", ERR_PLUGIN, "the text is NULL with a length of 7");
    refuses("block_outside", "", ERR_PLUGIN, "block 0 lies outside the text");
    refuses("block_wraps", "", ERR_PLUGIN, "block 0 lies outside the text");
    refuses("block_middle", "", ERR_PLUGIN, "block 0 cuts a character in two");
    refuses("block_order", "", ERR_PLUGIN, "block ");
    refuses("nan", "", ERR_PLUGIN, "a number that is not finite");
    refuses("empty_key", "", ERR_PLUGIN, "an empty key");
    refuses("nested", "", ERR_PLUGIN, "has a value of type 5");
    refuses("short_struct", "", ERR_PLUGIN, "struct_size of ragd_doc is 8");
    refuses("same_key", "", ERR_PLUGIN, "the document's key 'part/0' twice");
    refuses("cancel", "", ERR_PLUGIN, "answers status -1");
    refuses("partial", "", ERR_PLUGIN, "answers status 3");
}

static void keeps_to_the_limits(void **state)
{
    (void)state;
    refuses("right", "limits: {document_text: 8}", ERR_LIMIT,
            "the text has 9 bytes, limits.document_text is 8");
    refuses("right", "limits: {documents: 2}", ERR_LIMIT,
            "more than 2 documents (limits.documents)");
    refuses("right", "limits: {metadata_keys: 1}", ERR_LIMIT,
            "has 2 keys, limits.metadata_keys is 1");
    refuses("right", "limits: {metadata: 8}", ERR_LIMIT, "bytes, limits.metadata is 8");
    refuses("right, n: 100", "limits: {plugin_results: 4096}", ERR_LIMIT,
            "the answer of load is larger than 4096 bytes, limits.plugin_results");
}

/* ---- files inside ------------------------------------------------------------------- */

struct inside {
    const char *act, *limits;
    unsigned depth;
    struct load_room room;
};

/* What comes of it: the room that is left, or err. */
static int load_inside(struct inside *inside, struct err *err)
{
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", inside->act, inside->limits);
    struct call_load req = load_req(rig_instance(PLUGIN_LOADER, "it"), "text");
    req.depth = inside->depth;
    req.room = &inside->room;
    call_load_start(&req);
    rig_wait(&req.call);
    int rc = req.call.status;
    *err = req.call.err;
    for (size_t i = 0; i < req.n_children; i++) {
        char name[32];
        snprintf(name, sizeof(name), "file/%zu", i);
        assert_str_equal(req.children[i].name, name);
        assert_str_equal(req.children[i].mime, "text/plain");
        assert_str_equal(req.children[i].bytes, "text");
    }
    call_release(&req.call);
    rig_close(&rig);
    return rc;
}

static void hands_on_the_files_inside(void **state)
{
    (void)state;
    struct err err;
    struct inside inside = {"files, n: 3", "", 0, {10, 100}};
    assert_ok(load_inside(&inside, &err), &err);
    assert_int_equal(inside.room.files, 7);
    assert_int_equal(inside.room.bytes, 88);
}

static void files_inside_keep_to_their_limits(void **state)
{
    (void)state;
    static const struct {
        struct inside inside;
        const char *why; /* NULL = it works */
    } cases[] = {
        {{"files, n: 2", "", 0, {3, 100}}, NULL},
        {{"files, n: 3", "", 0, {3, 100}}, NULL},
        {{"files, n: 4", "limits: {inside_files: 3}", 0, {3, 100}},
         "more than 3 files inside (limits.inside_files)"},
        {{"files, n: 3", "", 0, {9, 13}}, NULL},
        {{"files, n: 3", "", 0, {9, 12}}, NULL},
        {{"files, n: 3", "limits: {inside_ratio: 5}", 0, {9, 11}},
         "more than 5 times its size (limits.inside_ratio)"},
        {{"files, n: 1", "limits: {inside_depth: 2}", 0, {9, 99}}, NULL},
        {{"files, n: 1", "limits: {inside_depth: 2}", 1, {9, 99}}, NULL},
        {{"files, n: 1", "limits: {inside_depth: 2}", 2, {9, 99}},
         "more than 2 deep (limits.inside_depth)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct inside inside = cases[i].inside;
        struct err err;
        int rc = load_inside(&inside, &err);
        assert_int_equal(err.id, cases[i].why ? ERR_LIMIT : ERR_NONE);
        assert_int_equal(rc != 0, cases[i].why != NULL);
        assert_contains(err.msg, cases[i].why ? cases[i].why : "");
    }
}

static void files_inside_have_names_of_their_own(void **state)
{
    (void)state;
    struct err err;
    struct inside same = {"same_file, n: 2", "", 0, {9, 99}};
    struct inside unnamed = {"unnamed_file", "", 0, {9, 99}};
    assert_int_equal(load_inside(&same, &err), err_info(ERR_PLUGIN)->status);
    assert_contains(err.msg, "the name of a file inside 'file/0' twice");
    assert_int_equal(same.room.files, 9);
    assert_int_equal(load_inside(&unnamed, &err), err_info(ERR_PLUGIN)->status);
    assert_contains(err.msg, "a file inside without a name");
}

static void a_source_has_room_by_its_size(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "limits: {inside_files: 7, inside_ratio: 3}", NULL);
    assert_int_equal(load_room(1).files, 7);
    assert_int_equal(load_room(1).bytes, 1 << 20);
    assert_int_equal(load_room(1 << 20).bytes, 3 << 20);
    assert_true(load_room(UINT64_MAX / 2).bytes == UINT64_MAX);
    rig_close(&rig);
}

static void a_lack_of_memory_fails_files_inside(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "files", "");
    struct instance *loader = rig_instance(PLUGIN_LOADER, "it");
    FOR_EACH_FAILURE(n, done)
    {
        struct load_room room = {9, 99};
        struct call_load req = load_req(loader, "text");
        req.room = &room;
        mem_fail_after(n, 0);
        call_load_start(&req);
        rig_wait(&req.call);
        done = mem_fail_after(-1, 0);
        assert_true(req.call.status == 0 || (!done && req.call.err.id == ERR_NOMEM));
        assert_int_equal(room.files, req.call.status ? 9 : 6);
        call_release(&req.call);
    }
    rig_close(&rig);
}

static void tells_that_there_is_no_text(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "right", "");
    struct call_load req = load_req(rig_instance(PLUGIN_LOADER, "it"), "");
    call_load_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_NO_TEXT);
    call_release(&req.call);
    req = load_req(rig_instance(PLUGIN_LOADER, "text"), " \n ");
    call_load_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_NO_TEXT);
    call_release(&req.call);
    rig_close(&rig);
}

static void says_why_an_instance_is_not_there(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "fail_create", "");
    struct call_load req = load_req(instance_find(PLUGIN_LOADER, ragd_cs("it")), "x");
    call_load_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_IO);
    assert_contains(req.call.err.msg, "it: its directory is on fire");
    assert_string_equal(instance_state_name(req.loader), "failed");
    rig_assert_logged(&rig, "loader it (puppet-loader): it: its directory is on fire");
    rig_close(&rig);
}

static void picks_the_loader_that_is_surest(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "right", "");
    struct ragd_bytes words = {"words", 5}, zeros = {"\0\0\0\0", 4};
    assert_string_equal(rig_pick("a.md", words), "markdown");
    assert_string_equal(rig_pick("a.txt", words), "text");
    assert_string_equal(rig_pick("a.puppet", words), "puppet-loader");
    /* The one that can tell why nobody reads them. */
    assert_string_equal(rig_pick("a.bin", zeros), "text");
    rig_close(&rig);
}

static void gives_up_a_loader_inside_the_daemon_that_hangs_when_asked(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "right", "limits: {grace: 1ms}");
    struct instance *loader = rig_instance(PLUGIN_LOADER, "it");
    assert_string_equal(rig_pick("a.txt", (struct ragd_bytes){"x", 1}), "text"); /* ready */
    char *head = mem_strdup("hang"); /* goes with the call */
    struct call_pick req = {.call = {.done = rig_done},
                            .name = ragd_cs("a.txt"),
                            .head = {head, 4}};
    req.call.deadline_ms = clock_mono_ms() + 100;
    call_pick_start(&req);
    rig_wait(&req.call);
    call_release(&req.call);
    mem_free(head);
    assert_int_equal(req.call.err.id, ERR_DEADLINE);
    assert_contains(req.call.err.why, "it does not come back from probe");
    assert_int_equal(instance_state(loader), INSTANCE_STUCK);
    rig_assert_logged(&rig, "loader 'it' is stuck");
    /* The others are asked without it, until it is back. */
    assert_string_equal(rig_pick("a.txt", (struct ragd_bytes){"hang", 4}), "text");
    while (instance_state(loader) == INSTANCE_STUCK) {
        loop_turn();
    }
    assert_string_equal(rig_pick("a.puppet", (struct ragd_bytes){"x", 1}), "puppet-loader");
    rig_close(&rig);
}

static void picking_without_memory_is_only_a_failure(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "right", "");
    assert_string_equal(rig_pick("a.txt", (struct ragd_bytes){"x", 1}), "text"); /* ready */
    FOR_EACH_FAILURE(n, done)
    {
        struct call_pick req = {.call = {.done = rig_done},
                                .name = ragd_cs("a.txt"),
                                .head = {"x", 1}};
        mem_fail_after(n, 0);
        call_pick_start(&req);
        rig_wait(&req.call);
        mem_fail_after(-1, 0);
        done = req.call.status == 0;
        assert_true(done || req.call.err.id == ERR_NOMEM);
        assert_int_equal(req.loader != NULL, done);
        call_release(&req.call);
    }
    rig_close(&rig);
}

static void without_a_deadline_a_hanging_probe_has_the_time_of_a_parse(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "right",
                    "limits: {grace: 1ms, parse: 100ms}");
    struct instance *loader = rig_instance(PLUGIN_LOADER, "it");
    struct call_pick req = {.call = {.done = rig_done},
                            .name = ragd_cs("a.txt"),
                            .head = {"hang", 4}};
    call_pick_start(&req);
    rig_wait(&req.call);
    call_release(&req.call);
    assert_int_equal(req.call.err.id, ERR_DEADLINE);
    while (instance_state(loader) == INSTANCE_STUCK) {
        loop_turn();
    }
    rig_close(&rig);
}

static int check_option(const char *key, const char *value, struct err *err)
{
    struct ragd_kv kv = {ragd_cs(key), {RAGD_V_STR, 0, {.s = ragd_cs(value)}}};
    *err = (struct err){0};
    return loader_options_check((struct ragd_kvs){&kv, 1}, err);
}

static void checks_loader_options_by_their_declarations(void **state)
{
    (void)state;
    struct rig rig;
    struct err err;
    rig_open_puppet(&rig, "loaders", "puppet-loader", "right", "");
    assert_ok(check_option("markdown.text", "source", &err), &err);
    assert_ok(check_option("it.names", "x,y,z", &err), &err);
    assert_int_equal(check_option("markdown.txt", "source", &err), RAGD_E_ARG);
    assert_contains(err.msg, "loader option markdown.txt is not known");
    assert_contains(err.hint, "'text'");
    assert_int_equal(check_option("markdwon.text", "source", &err), RAGD_E_ARG);
    assert_contains(err.msg, "no loader 'markdwon'");
    assert_contains(err.hint, "'markdown'");
    assert_int_equal(check_option("markdown.text", "sauce", &err), RAGD_E_ARG);
    assert_int_equal(err.id, ERR_INVALID);
    assert_contains(err.msg, "markdown.text must be one of plain, source");
    assert_contains(err.hint, "source");
    assert_int_equal(check_option("it.size", "2MiB", &err), RAGD_E_ARG);
    assert_contains(err.msg, "it.size must be between 1 and 1048576");
    assert_int_equal(check_option("size", "1", &err), RAGD_E_ARG);
    assert_contains(err.msg, "it must be written LOADER.OPTION");
    rig_close(&rig);
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    struct rig rig;
    char yaml[] = "loaders: {it: {plugin: puppet-loader}}\nsources: {it: {plugin: "
                  "puppet-source}}\nlimits: {retry_delay: 1ms}";
    rig_open(&rig, yaml, rig_puppets());
    struct instance *loader = rig_instance(PLUGIN_LOADER, "it");
    struct instance *source = rig_instance(PLUGIN_SOURCE, "it");
    FOR_EACH_FAILURE(n, done)
    {
        struct call_load load = load_req(loader, "some text");
        struct call_fetch get = {.call = {.done = rig_done},
                                 .source = source,
                                 .uri = ragd_cs("puppet:1")};
        mem_fail_after(n, 0);
        call_load_start(&load);
        rig_wait(&load.call);
        call_fetch_start(&get);
        rig_wait(&get.call);
        mem_fail_after(-1, 0);
        done = load.call.status == 0 && get.call.status == 0;
        call_release(&load.call);
        call_release(&get.call);
    }
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_documents_and_typed_options),
        TEST(maps_content_of_a_descriptor),
        TEST(refuses_what_breaks_the_contract),
        TEST(keeps_to_the_limits),
        TEST(hands_on_the_files_inside),
        TEST(files_inside_keep_to_their_limits),
        TEST(files_inside_have_names_of_their_own),
        TEST(a_source_has_room_by_its_size),
        TEST(a_lack_of_memory_fails_files_inside),
        TEST(tells_that_there_is_no_text),
        TEST(says_why_an_instance_is_not_there),
        TEST(picks_the_loader_that_is_surest),
        TEST(gives_up_a_loader_inside_the_daemon_that_hangs_when_asked),
        TEST(picking_without_memory_is_only_a_failure),
        TEST(without_a_deadline_a_hanging_probe_has_the_time_of_a_parse),
        TEST(checks_loader_options_by_their_declarations),
        TEST(survives_every_failing_allocation),
    };
    return RUN_TESTS(tests);
}
