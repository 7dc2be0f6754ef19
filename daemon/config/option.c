/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "config/option.h"

#include <stdio.h>
#include <string.h>

#include "config/secret.h"
#include "core/parse.h"
#include "core/suggest.h"

/* Texts of a value are shown in errors only up to here. */
enum { SHOWN_BYTES = 60, DEFAULT_ITEMS_MAX = 32 };

static int wrong(const struct option_input *input, struct err *err, const char *expected)
{
    struct ragd_str s = input->n ? input->texts[0] : (struct ragd_str){"", 0};
    return err_set(err, ERR_CONFIG, "%s: %s must be %s, not '%.*s'", input->where,
                   input->path, expected, (int)(s.n < SHOWN_BYTES ? s.n : SHOWN_BYTES),
                   s.p);
}

/* The value of a secret is never shown, in whatever form it came. */
static int wrong_secret(const struct option_input *input, struct err *err)
{
    err_set(err, ERR_CONFIG, "%s: %s must say where the secret is, not the secret itself",
            input->where, input->path);
    return err_hint(err, "write cred:NAME, file:/path or env:NAME");
}

static int check_choice(const struct ragd_option *option, const struct option_input *input,
                        struct err *err)
{
    struct ragd_str s = input->texts[0];
    size_t n = 0;
    char all[160] = "";
    for (; option->choices[n]; n++) {
        if (strlen(option->choices[n]) == s.n &&
            memcmp(option->choices[n], s.p, s.n) == 0) {
            return 0;
        }
        size_t at = strlen(all);
        snprintf(all + at, sizeof(all) - at, "%s%s", n ? ", " : "", option->choices[n]);
    }
    char expected[220];
    const char *near = suggest_of(s, option->choices, n);
    snprintf(expected, sizeof(expected), "one of %s", all);
    int rc = wrong(input, err, expected);
    return near ? err_hint(err, "did you mean '%s'?", near) : rc;
}

static int check_range(const struct ragd_option *option, const struct option_input *input,
                       double value, struct err *err)
{
    int bounded = option->min < 0.0 || option->min > 0.0 || option->max > 0.0;
    if (!bounded || (value >= option->min && value <= option->max)) {
        return 0;
    }
    char expected[120];
    snprintf(expected, sizeof(expected), "between %.15g and %.15g%s%s", option->min,
             option->max, option->unit ? " " : "", option->unit ? option->unit : "");
    return wrong(input, err, expected);
}

static int parse_number(const struct ragd_option *option, const struct option_input *input,
                        struct ragd_value *out, struct err *err)
{
    struct ragd_str s = input->texts[0];
    struct ragd_value v = {.type = RAGD_V_INT};
    uint64_t u = 0;
    double d = 0;
    int rc, flag = 0;
    const char *expected = "a whole number";
    switch (option->type) {
    case RAGD_OPT_INT: rc = parse_int(s, &v.u.i); break;
    case RAGD_OPT_SIZE:
        rc = parse_size(s, &u);
        expected = "a size such as 512, 64KiB or 10MiB";
        break;
    case RAGD_OPT_MS:
        rc = parse_duration(s, &u);
        expected = "a duration such as 250ms, 5s or 10min";
        break;
    case RAGD_OPT_BOOL:
        rc = parse_bool(s, &flag);
        expected = "true or false";
        v = (struct ragd_value){.type = RAGD_V_BOOL, .u.i = flag};
        break;
    default:
        rc = parse_real(s, &d);
        expected = "a number";
        v = (struct ragd_value){.type = RAGD_V_REAL, .u.d = d};
    }
    if (rc || u > INT64_MAX) {
        return wrong(input, err, expected);
    }
    if (option->type == RAGD_OPT_SIZE || option->type == RAGD_OPT_MS) {
        v.u.i = (int64_t)u;
    }
    if (option->type != RAGD_OPT_BOOL) {
        rc = check_range(option, input, v.type == RAGD_V_REAL ? v.u.d : (double)v.u.i, err);
    }
    if (rc == 0) {
        *out = v;
    }
    return rc;
}

static int has_prefix(struct ragd_str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n > n && memcmp(s.p, prefix, n) == 0;
}

static int check_text(const struct ragd_option *option, const struct option_input *input,
                      struct err *err)
{
    struct ragd_str s = input->texts[0];
    switch (option->type) {
    case RAGD_OPT_PATH:
        return s.n && s.p[0] == '/' ? 0 : wrong(input, err, "an absolute path");
    case RAGD_OPT_URL:
        return has_prefix(s, "http://") || has_prefix(s, "https://")
                   ? 0
                   : wrong(input, err, "a URL that begins with http:// or https://");
    case RAGD_OPT_SECRET: return secret_is_reference(s) ? 0 : wrong_secret(input, err);
    default: return option->choices ? check_choice(option, input, err) : 0;
    }
}

static int copy_list(const struct ragd_option *option, const struct option_input *input,
                     struct arena *arena, struct ragd_value *out, struct err *err)
{
    struct ragd_value *items = arena_calloc(arena, input->n, sizeof(*items));
    if (!items) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < input->n; i++) {
        struct option_input item = *input;
        item.texts += i;
        if (option->choices) {
            int rc = check_choice(option, &item, err);
            if (rc) {
                return rc;
            }
        }
        items[i].type = RAGD_V_STR;
        items[i].u.s = arena_str(arena, input->texts[i]);
        if (!items[i].u.s.p) {
            return err_set(err, ERR_NOMEM, NULL);
        }
    }
    *out = (struct ragd_value){.type = RAGD_V_LIST, .u.list = {items, input->n}};
    return 0;
}

int option_value(const struct ragd_option *option, const struct option_input *input,
                 struct arena *arena, struct ragd_value *out, struct err *err)
{
    if (option->type == RAGD_OPT_STRLIST) {
        return copy_list(option, input, arena, out, err); /* x stands for [x] */
    }
    if (input->list) {
        return err_set(err, ERR_CONFIG, "%s: %s must be one value, not a list",
                       input->where, input->path);
    }
    switch (option->type) {
    case RAGD_OPT_INT:
    case RAGD_OPT_REAL:
    case RAGD_OPT_BOOL:
    case RAGD_OPT_SIZE:
    case RAGD_OPT_MS: return parse_number(option, input, out, err);
    default: break;
    }
    int rc = check_text(option, input, err);
    if (rc) {
        return rc;
    }
    struct ragd_str copy = arena_str(arena, input->texts[0]);
    if (!copy.p) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    *out = (struct ragd_value){.type = RAGD_V_STR, .u.s = copy};
    return 0;
}

/* The default of a list is its items with commas between. */
int option_default(const struct ragd_option *option, struct arena *arena,
                   struct ragd_value *out, struct err *err)
{
    if (!option->def) {
        *out = (struct ragd_value){.type = RAGD_V_NULL};
        return 0;
    }
    struct ragd_str items[DEFAULT_ITEMS_MAX] = {ragd_cs(option->def)};
    struct option_input input = {"default", option->name, items, 1, false};
    if (option->type == RAGD_OPT_STRLIST) {
        const char *at = option->def;
        for (input.n = 0; *at && input.n < DEFAULT_ITEMS_MAX; input.n++) {
            size_t n = strcspn(at, ",");
            items[input.n] = (struct ragd_str){at, n};
            at += n + (at[n] == ',');
        }
        input.list = true;
    }
    return option_value(option, &input, arena, out, err);
}
