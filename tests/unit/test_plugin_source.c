/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Sources: what they list and fetch, and which is asked. */
#include <stdio.h>

#include "core/hash.h"
#include "plugin/call_load.h"
#include "plugin/instance.h"
#include "plugin_rig.h"

static void lists_in_pages_that_go_on(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "sources", "puppet-source", "right, n: 7", "");
    struct call_list req = {.call = {.done = rig_done},
                            .source = rig_instance(PLUGIN_SOURCE, "it"),
                            .max = 3};
    char next[32] = "";
    size_t n = 0;
    do {
        req.call = (struct call){.done = rig_done};
        req.cursor = (struct ragd_bytes){next, strlen(next)};
        call_list_start(&req);
        rig_wait(&req.call);
        assert_ok(req.call.status, &req.call.err);
        for (size_t i = 0; i < req.n_entries; i++) {
            char uri[32];
            snprintf(uri, sizeof(uri), "puppet:%zu", n++);
            assert_str_equal(req.entries[i].uri, uri);
        }
        assert_true(req.next.n < sizeof(next));
        memcpy(next, req.next.p ? req.next.p : "", req.next.n);
        next[req.next.n] = '\0';
        call_release(&req.call);
    } while (next[0]);
    assert_int_equal(n, 7);
    rig_close(&rig);
}

static void lists_all_at_once_without_checkpoints(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "sources", "puppet-source", "no_checkpoint, n: 7", "");
    struct call_list req = {.call = {.done = rig_done},
                            .source = rig_instance(PLUGIN_SOURCE, "it"),
                            .max = 3};
    call_list_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_entries, 7);
    assert_int_equal(req.next.n, 0);
    call_release(&req.call);
    rig_close(&rig);
}

static struct call_fetch fetch(struct rig *rig, const char *act, const char *more)
{
    rig_open_puppet(rig, "sources", "puppet-source", act, more);
    struct call_fetch req = {.call = {.done = rig_done},
                             .source = rig_instance(PLUGIN_SOURCE, "it"),
                             .uri = ragd_cs("puppet:1")};
    call_fetch_start(&req);
    rig_wait(&req.call);
    return req;
}

static void fetches_into_memory_or_a_file(void **state)
{
    (void)state;
    static const char *const limits[] = {"", "limits: {spool_memory: 1500}"};
    for (int i = 0; i < 2; i++) {
        struct rig rig;
        struct call_fetch req = fetch(&rig, "right, n: 5", limits[i]);
        assert_ok(req.call.status, &req.call.err);
        assert_int_equal(req.content.size, 5 * 1024);
        assert_int_equal(req.content.fd >= 0, i == 1);
        assert_int_equal(((const char *)req.content.p)[1024], 'b');
        assert_int_equal(((const char *)req.content.p)[5119], 'e');
        assert_int_equal(req.content.head.n, CONTENT_HEAD_BYTES);
        uint8_t sha256[HASH_BYTES];
        hash_bytes(req.content.p, req.content.size, sha256);
        assert_memory_equal(req.sha256, sha256, HASH_BYTES);
        assert_str_equal(req.head.uri, "puppet:1");
        call_release(&req.call);
        call_release(&req.call);
        rig_close(&rig);
    }
}

static void refuses_to_fetch(const char *act, const char *more, enum err_id id,
                             const char *text)
{
    struct rig rig;
    struct call_fetch req = fetch(&rig, act, more);
    assert_int_equal(req.call.err.id, id);
    assert_contains(req.call.err.msg, text);
    call_release(&req.call);
    rig_close(&rig);
}

static void checks_what_is_fetched(void **state)
{
    (void)state;
    refuses_to_fetch("no_head", "", ERR_PLUGIN, "writes without a head");
    refuses_to_fetch("two_heads", "", ERR_PLUGIN, "gives two heads");
    refuses_to_fetch("right", "limits: {document_raw: 3071}", ERR_LIMIT,
                     "larger than 3071 bytes");
    struct rig rig;
    struct call_fetch req = fetch(&rig, "right", "limits: {document_raw: 3072}");
    assert_ok(req.call.status, &req.call.err);
    call_release(&req.call);
    rig_close(&rig);
}

static void finds_the_source_of_a_scheme(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_puppet(&rig, "sources", "puppet-source", "right", "");
    assert_string_equal(instance_name(source_for(ragd_cs("puppet:x"))), "it");
    assert_string_equal(instance_name(source_for(ragd_cs("marionette:x"))), "it");
    assert_string_equal(instance_name(source_for(ragd_cs("file:///x"))), "file");
    assert_null(source_for(ragd_cs("gopher://x")));
    assert_null(source_for(ragd_cs("no scheme at all")));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_in_pages_that_go_on),     TEST(lists_all_at_once_without_checkpoints),
        TEST(fetches_into_memory_or_a_file), TEST(checks_what_is_fetched),
        TEST(finds_the_source_of_a_scheme),
    };
    return RUN_TESTS(tests);
}
