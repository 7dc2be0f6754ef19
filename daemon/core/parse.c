/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/parse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <ragd/status.h>

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit SIZES[] = {
    {"", 1},
    {"B", 1},
    {"kB", 1000},
    {"MB", 1000 * 1000},
    {"GB", 1000 * 1000 * 1000},
    {"KiB", 1024},
    {"MiB", 1024 * 1024},
    {"GiB", 1024 * 1024 * 1024},
};

static const struct unit DURATIONS[] = {
    {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000},
};

/* Digits at the start of s; the rest goes to *rest. */
static int digits(struct ragd_str s, uint64_t *out, struct ragd_str *rest)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value)) {
            return RAGD_E_ARG;
        }
    }
    if (i == 0) {
        return RAGD_E_ARG;
    }
    *out = value;
    *rest = (struct ragd_str){s.p + i, s.n - i};
    return 0;
}

int parse_uint(struct ragd_str s, uint64_t *out)
{
    uint64_t value;
    struct ragd_str rest;
    if (digits(s, &value, &rest) || rest.n) {
        return RAGD_E_ARG;
    }
    *out = value;
    return 0;
}

int parse_int(struct ragd_str s, int64_t *out)
{
    int negative = s.n && s.p[0] == '-';
    uint64_t value;
    if (parse_uint(negative ? (struct ragd_str){s.p + 1, s.n - 1} : s, &value) ||
        value > (uint64_t)INT64_MAX + (uint64_t)negative) {
        return RAGD_E_ARG;
    }
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return 0;
}

int parse_real(struct ragd_str s, double *out)
{
    char text[64], *end;
    if (s.n == 0 || s.n >= sizeof(text)) {
        return RAGD_E_ARG;
    }
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    if (strspn(text, "+-.eE0123456789") < s.n) {
        return RAGD_E_ARG;
    }
    /* The daemon never calls setlocale, so the point is a point. */
    double value = strtod(text, &end);
    if (*end || !isfinite(value)) {
        return RAGD_E_ARG;
    }
    *out = value;
    return 0;
}

static int is(struct ragd_str s, const char *word)
{
    return strlen(word) == s.n && memcmp(word, s.p, s.n) == 0;
}

int parse_bool(struct ragd_str s, int *out)
{
    static const char *const WORDS[] = {"false", "true", "no", "yes", "off", "on"};
    for (int i = 0; i < 6; i++) {
        if (is(s, WORDS[i])) {
            *out = i & 1;
            return 0;
        }
    }
    return RAGD_E_ARG;
}

static int with_unit(struct ragd_str s, const struct unit *units, size_t n, uint64_t *out)
{
    uint64_t value;
    struct ragd_str rest;
    if (digits(s, &value, &rest)) {
        return RAGD_E_ARG;
    }
    for (size_t i = 0; i < n; i++) {
        if (is(rest, units[i].name)) {
            if (__builtin_mul_overflow(value, units[i].factor, &value)) {
                return RAGD_E_ARG;
            }
            *out = value;
            return 0;
        }
    }
    return RAGD_E_ARG;
}

int parse_size(struct ragd_str s, uint64_t *out)
{
    return with_unit(s, SIZES, sizeof(SIZES) / sizeof(SIZES[0]), out);
}

int parse_duration(struct ragd_str s, uint64_t *out)
{
    if (is(s, "0")) {
        *out = 0;
        return 0;
    }
    return with_unit(s, DURATIONS, sizeof(DURATIONS) / sizeof(DURATIONS[0]), out);
}
