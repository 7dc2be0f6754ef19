/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* map, list, rng, hash and limits. */
#include <stdio.h>

#include <ragd/status.h>

#include "core/hash.h"
#include "core/limits.h"
#include "core/list.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/rng.h"
#include "support/test.h"

static int values[2000];

static struct ragd_str key_of(int i, char *space, size_t n)
{
    snprintf(space, n, "key-%d", i);
    return ragd_cs(space);
}

static void map_agrees_with_an_array(void **state)
{
    (void)state;
    struct map map = {0};
    struct rng rng;
    int there[2000] = {0};
    char space[32];
    rng_seed(&rng, 11);
    for (int step = 0; step < 40000; step++) {
        int i = (int)rng_below(&rng, 2000);
        struct ragd_str key = key_of(i, space, sizeof(space));
        assert_ptr_equal(map_get(&map, key), there[i] ? &values[i] : NULL);
        if (rng_below(&rng, 2)) {
            assert_int_equal(map_put(&map, key, &values[i]), 0);
            there[i] = 1;
        } else {
            assert_ptr_equal(map_del(&map, key), there[i] ? &values[i] : NULL);
            there[i] = 0;
        }
    }
    size_t n = 0, at = 0;
    struct ragd_str key;
    for (int *v; (v = map_next(&map, &at, &key)); n++) {
        assert_true(there[v - values]);
    }
    assert_int_equal(n, map.n);
    map_release(&map);
}

static void map_keys_may_hold_any_bytes(void **state)
{
    (void)state;
    struct map map = {0};
    assert_int_equal(map_put(&map, (struct ragd_str){"a\0b", 3}, &values[0]), 0);
    assert_int_equal(map_put(&map, (struct ragd_str){"", 0}, &values[1]), 0);
    assert_null(map_get(&map, ragd_cs("a")));
    assert_ptr_equal(map_get(&map, (struct ragd_str){"a\0b", 3}), &values[0]);
    assert_ptr_equal(map_get(&map, (struct ragd_str){NULL, 0}), &values[1]);
    map_release(&map);
}

static void map_is_unchanged_when_memory_ends(void **state)
{
    (void)state;
    struct map map = {0};
    char space[32];
    for (int i = 0; i < 200; i++) {
        FOR_EACH_FAILURE(n, done)
        {
            struct ragd_str key = key_of(i, space, sizeof(space));
            mem_fail_after(n, 0);
            done = map_put(&map, key, &values[i]) == 0;
            mem_fail_after(-1, 0);
            assert_int_equal(map.n, (size_t)i + (done ? 1 : 0));
        }
    }
    map_release(&map);
}

struct item {
    int n;
    struct list node;
};

static void list_keeps_the_order_and_forgets_removed_items(void **state)
{
    (void)state;
    struct list head;
    struct item items[5];
    list_init(&head);
    for (int i = 0; i < 5; i++) {
        items[i].n = i;
        list_push(&head, &items[i].node);
    }
    LIST_EACH(&head, node)
    {
        if (LIST_OF(node, struct item, node)->n % 2) {
            list_remove(node);
        }
    }
    for (int want = 0; want <= 4; want += 2) {
        assert_int_equal(LIST_OF(list_pop(&head), struct item, node)->n, want);
    }
    assert_null(list_pop(&head));
    list_remove(&items[1].node); /* in no list: legal */
    assert_true(list_empty(&head));
}

static void same_seed_gives_the_same_numbers(void **state)
{
    (void)state;
    struct rng a, b, c;
    rng_seed(&a, 1);
    rng_seed(&b, 1);
    rng_seed(&c, 2);
    int differ = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t x = rng_next(&a);
        assert_true(x == rng_next(&b));
        differ += x != rng_next(&c);
    }
    assert_true(differ > 90);
}

static void random_numbers_stay_in_range(void **state)
{
    (void)state;
    struct rng rng;
    unsigned seen[7] = {0};
    rng_seed(&rng, 3);
    for (int i = 0; i < 7000; i++) {
        seen[rng_below(&rng, 7)]++;
        double x = rng_real(&rng);
        assert_true(x >= 0.0 && x < 1.0);
    }
    for (int i = 0; i < 7; i++) {
        assert_in_range(seen[i], 800, 1200);
    }
}

static void random_ids_differ(void **state)
{
    (void)state;
    char a[17], b[17];
    rng_hex(a, 8);
    rng_hex(b, 8);
    assert_int_equal(strspn(a, "0123456789abcdef"), 16);
    assert_string_not_equal(a, b);
}

static void sha256_of_abc(void **state)
{
    (void)state;
    uint8_t digest[HASH_BYTES];
    char hex[HASH_HEX_BYTES];
    const char *want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_int_equal(hash_bytes("abc", 3, digest), 0);
    hash_hex(digest, hex);
    assert_string_equal(hex, want);

    struct hash hash;
    assert_int_equal(hash_init(&hash), 0);
    hash_update(&hash, "a", 1);
    hash_update(&hash, "bc", 2);
    hash_final(&hash, digest);
    hash_hex(digest, hex);
    assert_string_equal(hex, want);
    hash_release(&hash); /* twice is legal */
}

static void every_limit_is_found_by_name_and_has_a_legal_default(void **state)
{
    (void)state;
    struct limits limits;
    limits_defaults(&limits);
    for (size_t i = 0; i < LIMITS_N; i++) {
        assert_ptr_equal(limits_find(LIMITS[i].name), &LIMITS[i]);
        assert_true(LIMITS[i].def >= LIMITS[i].least);
        assert_true(*limits_at(&limits, &LIMITS[i]) == LIMITS[i].def);
        assert_true(LIMITS[i].doc[0]);
    }
    assert_int_equal(limits.message, 4 * 1024 * 1024);
    assert_null(limits_find("no such"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(map_agrees_with_an_array),
        TEST(map_keys_may_hold_any_bytes),
        TEST(map_is_unchanged_when_memory_ends),
        TEST(list_keeps_the_order_and_forgets_removed_items),
        TEST(same_seed_gives_the_same_numbers),
        TEST(random_numbers_stay_in_range),
        TEST(random_ids_differ),
        TEST(sha256_of_abc),
        TEST(every_limit_is_found_by_name_and_has_a_legal_default),
    };
    return RUN_TESTS(tests);
}
