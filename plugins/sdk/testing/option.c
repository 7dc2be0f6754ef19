/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Values of options from their texts, bounds checked as the daemon does. */
#include "sdk/testing/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *name;
    double factor;
};

static const struct unit SIZE_UNITS[] = {
    {"", 1},  {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024.0 * 1024 * 1024},
    {NULL, 0}};
static const struct unit MS_UNITS[] = {{"ms", 1},     {"s", 1000}, {"min", 60e3},
                                       {"h", 3600e3}, {"", 1},     {NULL, 0}};
static const struct unit NO_UNITS[] = {{"", 1}, {NULL, 0}};

static bool parse_number(const char *text, const struct unit *units, double *out)
{
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text) {
        return false;
    }
    for (const struct unit *u = units; u->name; u++) {
        if (strcmp(end, u->name) == 0) {
            *out = value * u->factor;
            return true;
        }
    }
    return false;
}

static const struct unit *units_of(uint32_t type)
{
    return type == RAGD_OPT_SIZE ? SIZE_UNITS : type == RAGD_OPT_MS ? MS_UNITS : NO_UNITS;
}

static ragd_status number(const struct ragd_option *o, const char *text,
                          struct ragd_value *out, char message[512])
{
    double value = 0;
    if (!parse_number(text, units_of(o->type), &value)) {
        snprintf(message, 512, "%s: \"%s\" is no number of its kind", o->name, text);
        return RAGD_E_CONFIG;
    }
    bool bounded = o->min < 0 || o->min > 0 || o->max < 0 || o->max > 0;
    if (bounded && (value < o->min || value > o->max)) {
        snprintf(message, 512, "%s: %s is not within %g and %g", o->name, text, o->min,
                 o->max);
        return RAGD_E_CONFIG;
    }
    if (o->type == RAGD_OPT_REAL) {
        out->type = RAGD_V_REAL;
        out->u.d = value;
    } else {
        out->type = RAGD_V_INT;
        out->u.i = (int64_t)value;
    }
    return RAGD_OK;
}

static ragd_status boolean(const struct ragd_option *o, const char *text,
                           struct ragd_value *out, char message[512])
{
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
        snprintf(message, 512, "%s: \"%s\" is neither true nor false", o->name, text);
        return RAGD_E_CONFIG;
    }
    out->type = RAGD_V_BOOL;
    out->u.i = strcmp(text, "true") == 0;
    return RAGD_OK;
}

static bool is_choice(const struct ragd_option *o, const char *text, size_t n)
{
    if (!o->choices) {
        return true;
    }
    for (const char *const *c = o->choices; *c; c++) {
        if (strlen(*c) == n && memcmp(*c, text, n) == 0) {
            return true;
        }
    }
    return false;
}

static ragd_status not_a_choice(const struct ragd_option *o, const char *text,
                                char message[512])
{
    snprintf(message, 512, "%s: \"%s\" is not one of its choices", o->name, text);
    return RAGD_E_CONFIG;
}

static ragd_status strings(const struct ragd_option *o, const char *text,
                           struct fake_memory **list, struct ragd_value *out,
                           char message[512])
{
    struct ragd_value *items = NULL;
    size_t n = 0;
    for (const char *p = text; *p;) {
        size_t len = strcspn(p, ",");
        if (!is_choice(o, p, len)) {
            return not_a_choice(o, p, message);
        }
        items = fake_grow(list, items, n, sizeof(*items));
        items[n].type = RAGD_V_STR;
        items[n++].u.s = fake_copy_str(list, (struct ragd_str){p, len});
        p += len + (p[len] == ',');
    }
    out->type = RAGD_V_LIST;
    out->u.list.p = items;
    out->u.list.n = n;
    return RAGD_OK;
}

ragd_status fake_option_parse(const struct ragd_option *option, const char *text,
                              struct fake_memory **list, struct ragd_value *out,
                              char message[512])
{
    *out = (struct ragd_value){.type = RAGD_V_NULL};
    if (!text) {
        return RAGD_OK;
    }
    switch (option->type) {
    case RAGD_OPT_INT:
    case RAGD_OPT_REAL:
    case RAGD_OPT_SIZE:
    case RAGD_OPT_MS: return number(option, text, out, message);
    case RAGD_OPT_BOOL: return boolean(option, text, out, message);
    case RAGD_OPT_STRLIST: return strings(option, text, list, out, message);
    default: break;
    }
    if (!is_choice(option, text, strlen(text))) {
        return not_a_choice(option, text, message);
    }
    out->type = RAGD_V_STR;
    out->u.s = fake_copy_str(list, ragd_cs(text));
    return RAGD_OK;
}
