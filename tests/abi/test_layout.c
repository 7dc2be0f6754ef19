/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The layout of the plugin ABI against the recorded one. A change is either an
 * append to a struct that begins with struct_size, then record it with
 * abi_layout --print and note it in the changelog; or it breaks every plugin.
 */
#include <dirent.h>
#include <ragd/ragd.h>
#include <stdbool.h>
#include <stdio.h>

#include "structs.h"
#include "support/test.h"

enum { TEXT_BYTES = 64 * 1024, LINE_BYTES = 512 };

/* No padding: the members' sizes add up to the struct's, which is a multiple of
 * 8, so that a member appended later cannot hide in a hole. */
#define M_SIZE(m) +sizeof(self->m)
#define CHECK(name, members)                                                               \
    __attribute__((unused)) static inline void check_##name(const struct name *self)       \
    {                                                                                      \
        (void)self;                                                                        \
        _Static_assert((0 members) == sizeof(*self), #name " has a hole, or a member that" \
                                                           " is not listed");              \
        _Static_assert(sizeof(*self) % 8 == 0, #name " is no multiple of 8");              \
    }
ABI_STRUCTS(CHECK, M_SIZE)

struct layout {
    char *p;
    size_t n;
};

static void add(struct layout *out, const char *name, size_t offset, size_t size)
{
    out->n += (size_t)snprintf(out->p + out->n, TEXT_BYTES - out->n, "  %s %zu %zu\n", name,
                               offset, size);
}

#define M_ADD(m) \
    add(out, #m, (size_t)((const char *)&self->m - (const char *)self), sizeof(self->m));
#define WRITE(name, members)                                                         \
    static void write_##name(struct layout *out)                                     \
    {                                                                                \
        static const struct name here;                                               \
        const struct name *self = &here;                                             \
        out->n += (size_t)snprintf(out->p + out->n, TEXT_BYTES - out->n, "%s %zu\n", \
                                   #name, sizeof(*self));                            \
        members                                                                      \
    }
ABI_STRUCTS(WRITE, M_ADD)

static void write_all(struct layout *out)
{
#define NO_MEMBER(m)
#define CALL(name, members) write_##name(out);
    ABI_STRUCTS(CALL, NO_MEMBER)
#undef CALL
}

static void is_the_recorded_one(void **state)
{
    (void)state;
    static char text[TEXT_BYTES], recorded[TEXT_BYTES];
    struct layout layout = {text, 0};
    write_all(&layout);
    FILE *file = fopen(ABI_LAYOUT, "rb");
    assert_non_null(file); /* no record is no pass */
    size_t n = fread(recorded, 1, sizeof(recorded) - 1, file);
    fclose(file);
    recorded[n] = '\0';
    assert_string_equal(text, recorded);
}

/* Whether "struct NAME {" of a header is in the list. */
static bool is_listed(const char *name, size_t n)
{
#define SAME(known, members)                                   \
    if (strlen(#known) == n && memcmp(name, #known, n) == 0) { \
        return true;                                           \
    }
    ABI_STRUCTS(SAME, NO_MEMBER)
#undef SAME
    return false;
}

static void check_header(const char *path, size_t *found)
{
    char line[LINE_BYTES];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        size_t n = strcspn(line + 7, " ;\n");
        if (strncmp(line, "struct ", 7) == 0 && strncmp(line + 7 + n, " {", 2) == 0) {
            if (!is_listed(line + 7, n)) {
                fail_msg("%.*s is not in structs.h", (int)n, line + 7);
            }
            ++*found;
        }
    }
    fclose(file);
}

static void knows_every_struct_of_the_headers(void **state)
{
    (void)state;
    size_t found = 0, listed = 0;
    DIR *dir = opendir(ABI_HEADERS);
    assert_non_null(dir);
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        char path[LINE_BYTES];
        snprintf(path, sizeof(path), "%s/%s", ABI_HEADERS, entry->d_name);
        if (strstr(entry->d_name, ".h")) {
            check_header(path, &found);
        }
    }
    closedir(dir);
#define COUNT(name, members) listed++;
    ABI_STRUCTS(COUNT, NO_MEMBER)
#undef COUNT
    assert_int_equal(found, listed);
}

static bool is_frozen(const char *name)
{
    static const char *const frozen[] = {"ragd_str",     "ragd_bytes",  "ragd_value",
                                         "ragd_kv",      "ragd_kvs",    "ragd_span",
                                         "ragd_block",   "ragd_filter", "ragd_blob",
                                         "ragd_hit",     "ragd_term",   "ragd_filter_node",
                                         "ragd_llm_term"};
    for (size_t i = 0; i < sizeof(frozen) / sizeof(frozen[0]); i++) {
        if (strcmp(frozen[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void begins_with_its_size_where_it_may_grow(void **state)
{
    (void)state;
#define FIRST(name, members)                                                    \
    if (is_frozen(#name) == !strncmp(#members, "NO_MEMBER(struct_size)", 22)) { \
        fail_msg("%s: frozen, or struct_size first", #name);                    \
    }
    ABI_STRUCTS(FIRST, NO_MEMBER)
#undef FIRST
}

static ragd_status no_embed(void *inst, struct ragd_call *call,
                            const struct ragd_embed_req *req)
{
    (void)inst;
    (void)call;
    (void)req;
    return RAGD_OK;
}

static void sees_which_members_are_there(void **state)
{
    (void)state;
    struct ragd_embedder table = {.struct_size = sizeof(table)};
    assert_false(RAGD_HAS(&table, count)); /* known, but NULL */
    assert_false(RAGD_HAS(&table, embed));
    table.embed = no_embed;
    assert_true(RAGD_HAS(&table, embed));
    table.struct_size = (uint32_t)offsetof(struct ragd_embedder, embed);
    assert_false(RAGD_HAS(&table, embed)); /* of a later minor than the table */
    table.struct_size += (uint32_t)sizeof(table.embed);
    assert_true(RAGD_HAS(&table, embed));
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        static char text[TEXT_BYTES];
        struct layout layout = {text, 0};
        write_all(&layout);
        fputs(text, stdout);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_recorded_one),
        cmocka_unit_test(knows_every_struct_of_the_headers),
        cmocka_unit_test(begins_with_its_size_where_it_may_grow),
        cmocka_unit_test(sees_which_members_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
