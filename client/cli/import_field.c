/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "import_field.h"

#include <math.h>
#include <string.h>

#include <jansson.h>

#include "base64.h"
#include "filter.h"
#include "pool.h"
#include "scalar_json.h"

bool fields_init(struct fields *fields, const char *text, size_t n)
{
    json_error_t error;
    *fields = (struct fields){0};
    json_t *json = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(json)) {
        fields->why = json ? "not an object"
                           : pool_printf("column %d: %s", error.column, error.text);
        json_decref(json);
        return false;
    }
    fields->json = json;
    return true;
}

void fields_release(struct fields *fields)
{
    json_decref(fields->json);
    fields->json = NULL;
}

void field_wrong(struct fields *fields, const char *key, const char *why)
{
    if (!fields->why) {
        fields->why = pool_printf("%s: %s", key, why);
    }
}

static json_t *member(const struct fields *fields, const char *key)
{
    json_t *json = json_object_get(fields->json, key);
    return json_is_null(json) ? NULL : json;
}

bool field_has(const struct fields *fields, const char *key)
{
    return member(fields, key) != NULL;
}

char *field_text(struct fields *fields, const char *key)
{
    json_t *json = member(fields, key);
    if (json && !json_is_string(json)) {
        field_wrong(fields, key, "needs a string");
    }
    return json_is_string(json) ? pool_strdup(json_string_value(json)) : (char *)"";
}

uint64_t field_uint(struct fields *fields, const char *key)
{
    json_t *json = member(fields, key);
    json_int_t value = json_integer_value(json);
    if (json && (!json_is_integer(json) || value < 0)) {
        field_wrong(fields, key, "needs a whole number");
        return 0;
    }
    return (uint64_t)value;
}

uint32_t field_uint32(struct fields *fields, const char *key)
{
    uint64_t value = field_uint(fields, key);
    if (value >= UINT32_MAX) {
        field_wrong(fields, key, "is too large");
        return 0;
    }
    return (uint32_t)value;
}

bool field_bool(struct fields *fields, const char *key, bool otherwise)
{
    json_t *json = member(fields, key);
    if (json && !json_is_boolean(json)) {
        field_wrong(fields, key, "needs true or false");
    }
    return json ? json_is_true(json) : otherwise;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static ProtobufCBinaryData read_hex(struct fields *fields, const char *key,
                                    const json_t *json)
{
    const char *text = json_string_value(json);
    size_t n = text ? strlen(text) / 2 : 0;
    ProtobufCBinaryData out = {n, pool_alloc(n)};
    for (size_t i = 0; i < n; i++) {
        int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            field_wrong(fields, key, "needs hexadecimal digits");
            break;
        }
        out.data[i] = (uint8_t)(high << 4 | low);
    }
    return out;
}

ProtobufCBinaryData field_hex(struct fields *fields, const char *key)
{
    return read_hex(fields, key, member(fields, key));
}

ProtobufCBinaryData field_hex_item(struct fields *fields, const char *key, size_t i)
{
    return read_hex(fields, key, json_array_get(member(fields, key), i));
}

size_t field_count(struct fields *fields, const char *key)
{
    json_t *json = member(fields, key);
    if (json && !json_is_array(json)) {
        field_wrong(fields, key, "needs an array");
    }
    return json_array_size(json);
}

void field_strings(struct fields *fields, const char *key, char ***items, size_t *n)
{
    *n = field_count(fields, key);
    *items = pool_alloc(*n * sizeof(char *));
    for (size_t i = 0; i < *n; i++) {
        const char *text = json_string_value(json_array_get(member(fields, key), i));
        (*items)[i] = pool_strdup(text ? text : "");
        if (!text) {
            field_wrong(fields, key, "needs strings");
        }
    }
}

static void read_numbers(struct fields *fields, const char *key, float **v, size_t *n)
{
    json_t *json = member(fields, key);
    *n = json_array_size(json);
    *v = pool_alloc(*n * sizeof(float));
    for (size_t i = 0; i < *n; i++) {
        json_t *item = json_array_get(json, i);
        (*v)[i] = (float)json_number_value(item);
        if (!json_is_number(item) || !isfinite((*v)[i])) {
            field_wrong(fields, pool_printf("%s[%zu]", key, i), "is no float32");
            return;
        }
    }
}

void field_vector(struct fields *fields, const char *key, float **v, size_t *n)
{
    json_t *json = member(fields, key);
    *v = NULL;
    *n = 0;
    if (json_is_string(json)) {
        if (!base64_to_floats(json_string_value(json), json_string_length(json), v, n)) {
            field_wrong(fields, key, "needs base64 of little-endian float32");
        }
    } else if (json_is_array(json)) {
        read_numbers(fields, key, v, n);
    } else if (json) {
        field_wrong(fields, key, "needs an array of numbers or base64");
    }
}

static Ragd__V1__Value *read_value(const json_t *json)
{
    if (!json_is_array(json)) {
        Ragd__V1__Scalar *scalar = scalar_of_json(json);
        return scalar ? value_of(scalar) : NULL;
    }
    size_t n = json_array_size(json);
    Ragd__V1__Scalar **items = pool_alloc(n * sizeof(*items));
    for (size_t i = 0; i < n; i++) {
        items[i] = scalar_of_json(json_array_get(json, i));
        if (!items[i]) {
            return NULL;
        }
    }
    return value_list(items, n);
}

void field_metadata(struct fields *fields, Ragd__V1__Entry ***entries, size_t *n)
{
    json_t *json = member(fields, "metadata"), *value;
    const char *key;
    if (json && !json_is_object(json)) {
        field_wrong(fields, "metadata", "needs an object");
    }
    *entries = pool_alloc(json_object_size(json) * sizeof(**entries));
    *n = 0;
    json_object_foreach(json, key, value)
    {
        Ragd__V1__Entry *entry = pool_alloc(sizeof(*entry));
        ragd__v1__entry__init(entry);
        entry->key = pool_strdup(key);
        entry->value = read_value(value);
        (*entries)[(*n)++] = entry;
        if (!entry->value) {
            field_wrong(fields, pool_printf("metadata.%s", key),
                        "only scalars and lists of scalars can be stored");
        }
    }
}

void field_options(struct fields *fields, Ragd__V1__LoaderOption ***options, size_t *n)
{
    json_t *json = member(fields, "loader_options"), *value;
    const char *key;
    *options = pool_alloc(json_object_size(json) * sizeof(**options));
    *n = 0;
    json_object_foreach(json, key, value)
    {
        Ragd__V1__LoaderOption *option = pool_alloc(sizeof(*option));
        ragd__v1__loader_option__init(option);
        option->name = pool_strdup(key);
        option->value = pool_strdup(json_is_string(value) ? json_string_value(value) : "");
        (*options)[(*n)++] = option;
    }
}

struct fields field_object(struct fields *fields, const char *key)
{
    json_t *json = member(fields, key);
    if (json && !json_is_object(json)) {
        field_wrong(fields, key, "needs an object");
    }
    return (struct fields){.json = json_is_object(json) ? json : NULL};
}

struct fields field_item(struct fields *fields, const char *key, size_t i)
{
    json_t *json = json_array_get(member(fields, key), i);
    if (!json_is_object(json)) {
        field_wrong(fields, key, "needs objects");
    }
    return (struct fields){.json = json_is_object(json) ? json : NULL};
}

void field_adopt(struct fields *fields, const struct fields *inner)
{
    if (inner->why && !fields->why) {
        fields->why = inner->why;
    }
}
