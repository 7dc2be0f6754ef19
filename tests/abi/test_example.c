/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The example of the author's guide works, and the daemon takes it. */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "plugin/registry.h"
#include "sdk/testing/fake_host.h"
#include "support/test_err.h"

static char dir[PATH_MAX];

static int set_up_all(void **state)
{
    (void)state;
    char here[PATH_MAX - 16];
    assert_non_null(getcwd(here, sizeof(here)));
    snprintf(dir, sizeof(dir), "%s/example", here);
    return 0;
}

static void is_loaded_by_the_daemon(void **state)
{
    (void)state;
    const char *const dirs[] = {dir, NULL};
    struct registry_setup setup = {.dirs = dirs};
    struct err err = {0};
    assert_ok(registry_open(&setup, &err), &err);
    const struct plugin *plugin = plugin_next(NULL);
    assert_non_null(plugin);
    assert_string_equal(plugin->problem.msg, "");
    assert_true(plugin->loaded);
    assert_int_equal(plugin->kinds, 1u << PLUGIN_EMBEDDER);
    registry_close();
}

static void embeds(void **state)
{
    (void)state;
    char path[PATH_MAX + 16];
    snprintf(path, sizeof(path), "%s/example.so", dir);
    struct fake_host *host = fake_host_load(path);
    assert_non_null(host);
    struct fake_instance it;
    assert_int_equal(fake_instance_create(host, RAGD_IF_EMBEDDER, &it), RAGD_OK);
    const struct ragd_embedder *table = it.table;
    struct ragd_call *call = fake_call_create(host);
    struct ragd_embed_info info = {.struct_size = sizeof(info)};
    assert_int_equal(fake_call_wait(call, table->info(it.inst, call, 0, &info)), RAGD_OK);
    assert_true(info.dim > 0 && info.dim <= 16 && info.space.n > 0);
    float rows[32];
    struct ragd_str texts[] = {ragd_cs("a text"), ragd_cs("another")};
    struct ragd_embed_req req = {.struct_size = sizeof(req),
                                 .purpose = RAGD_EMBED_QUERY,
                                 .dim = info.dim,
                                 .n = 2,
                                 .texts = texts,
                                 .out = rows,
                                 .out_stride = info.dim};
    assert_int_equal(fake_call_wait(call, table->embed(it.inst, call, &req)), RAGD_OK);
    assert_true(memcmp(rows, rows + info.dim, info.dim * sizeof(float)) != 0);
    fake_call_expire(call);
    assert_int_equal(fake_call_wait(call, table->embed(it.inst, call, &req)),
                     RAGD_E_DEADLINE);
    fake_call_destroy(call);
    fake_instance_destroy(&it);
    fake_host_destroy(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_loaded_by_the_daemon),
        cmocka_unit_test(embeds),
    };
    return cmocka_run_group_tests(tests, set_up_all, NULL);
}
