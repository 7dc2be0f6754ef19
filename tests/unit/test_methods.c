/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The schema and the table of methods: what holds for all of them. */
#include <stdbool.h>
#include <stdio.h>

#include "ragd/v1/admin.pb-c.h"
#include "ragd/v1/collections.pb-c.h"
#include "ragd/v1/documents.pb-c.h"
#include "ragd/v1/plugins.pb-c.h"
#include "ragd/v1/query.pb-c.h"
#include "ragd/v1/records.pb-c.h"
#include "rpc/dispatch.h"
#include "support/test.h"
#include "wire/codec.h"

enum { PATH_MAX_DEPTH = 64 };

static const ProtobufCServiceDescriptor *const services[] = {
    &ragd__v1__admin__descriptor,      &ragd__v1__health__descriptor,
    &ragd__v1__reflection__descriptor, &ragd__v1__collections__descriptor,
    &ragd__v1__documents__descriptor,  &ragd__v1__plugins__descriptor,
    &ragd__v1__query__descriptor,      &ragd__v1__records__descriptor,
};
enum { N_SERVICES = sizeof(services) / sizeof(services[0]) };

/* The types on the way from the outermost message to the current one. */
struct path {
    const ProtobufCMessageDescriptor *types[PATH_MAX_DEPTH];
    size_t n, deepest;
};

static void walk(struct path *path, const ProtobufCMessageDescriptor *type)
{
    for (size_t i = 0; i < path->n; i++) {
        if (path->types[i] == type) {
            fail_msg("%s refers to itself", type->name);
        }
    }
    path->types[path->n++] = type;
    path->deepest = path->n > path->deepest ? path->n : path->deepest;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (field->label == PROTOBUF_C_LABEL_REQUIRED) {
            fail_msg("%s.%s is required", type->name, field->name);
        }
        /* proto3 without "optional": a has_ flag belongs to a oneof only. */
        if (field->label == PROTOBUF_C_LABEL_OPTIONAL &&
            field->type != PROTOBUF_C_TYPE_MESSAGE &&
            !(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)) {
            fail_msg("%s.%s is optional", type->name, field->name);
        }
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            walk(path, field->descriptor);
        }
    }
    path->n--;
}

static void no_message_refers_to_itself_or_is_optional(void **state)
{
    (void)state;
    struct path path = {0};
    walk(&path, &ragd__v1__frame__descriptor);
    for (size_t i = 0; i < METHODS.n; i++) {
        walk(&path, METHODS.rows[i].call);
        walk(&path, METHODS.rows[i].answer);
        if (METHODS.rows[i].piece) {
            walk(&path, METHODS.rows[i].piece);
        }
    }
    assert_true(path.deepest <= CODEC_DEPTH_MAX);
}

static const struct method *row_of(const ProtobufCServiceDescriptor *service,
                                   const ProtobufCMethodDescriptor *method)
{
    char name[128];
    snprintf(name, sizeof(name), "%s/%s", service->name, method->name);
    struct err err = {0};
    const struct method *row = method_find(&METHODS, name, &err);
    if (!row) {
        fail_msg("%s is declared and not served", name);
    }
    return row;
}

static void every_declared_method_is_served_and_no_other(void **state)
{
    (void)state;
    size_t declared = 0;
    for (size_t i = 0; i < N_SERVICES; i++) {
        for (unsigned k = 0; k < services[i]->n_methods; k++) {
            const ProtobufCMethodDescriptor *method = &services[i]->methods[k];
            const struct method *row = row_of(services[i], method);
            /* With an upload, the input is what the pieces are. */
            assert_ptr_equal(row->piece ? row->piece : row->call, method->input);
            assert_ptr_equal(row->answer, method->output);
            declared++;
        }
    }
    assert_int_equal(declared, METHODS.n);
}

static void shapes_flags_and_pieces_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < METHODS.n; i++) {
        const struct method *row = &METHODS.rows[i];
        assert_int_equal(row->shape == METHOD_BOTH, row->piece != NULL);
        assert_non_null(row->start);
        if (row->access == ACCESS_WRITE) {
            assert_false(row->flags & METHOD_READ_ONLY);
        }
        if (row->access == ACCESS_READ) {
            assert_true(row->flags & METHOD_READ_ONLY);
        }
    }
}

static void only_health_and_reflection_are_for_anybody(void **state)
{
    (void)state;
    for (size_t i = 0; i < METHODS.n; i++) {
        const char *name = METHODS.rows[i].name;
        bool open = strncmp(name, "ragd.v1.Health/", 15) == 0 ||
                    strncmp(name, "ragd.v1.Reflection/", 19) == 0;
        assert_int_equal(METHODS.rows[i].access == ACCESS_NONE, open);
    }
}

static void an_unknown_method_suggests_the_nearest(void **state)
{
    (void)state;
    struct err err = {0};
    assert_null(method_find(&METHODS, "ragd.v1.Health/Chek", &err));
    assert_int_equal(err.id, ERR_UNKNOWN_METHOD);
    assert_contains(err.hint, "ragd.v1.Health/Check");
    assert_null(method_find(&METHODS, "", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_message_refers_to_itself_or_is_optional),
        TEST(every_declared_method_is_served_and_no_other),
        TEST(shapes_flags_and_pieces_agree),
        TEST(only_health_and_reflection_are_for_anybody),
        TEST(an_unknown_method_suggests_the_nearest),
    };
    return RUN_TESTS(tests);
}
