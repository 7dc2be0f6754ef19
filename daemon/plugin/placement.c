/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "plugin/placement.h"

#include <string.h>

static const char *const names[] = {
    [PLACEMENT_DAEMON] = "daemon",
    [PLACEMENT_CHILD] = "child",
    [PLACEMENT_SANDBOX] = "sandbox",
};

enum { PLACEMENTS_N = sizeof(names) / sizeof(names[0]) };

const char *placement_name(enum placement placement)
{
    return names[placement];
}

static bool is(const char *text, struct ragd_str s)
{
    return strlen(text) == s.n && memcmp(text, s.p, s.n) == 0;
}

int placement_parse(struct ragd_str text, struct ragd_str *name, enum placement *out,
                    struct err *err)
{
    const char *equals = text.n ? memchr(text.p, '=', text.n) : NULL;
    size_t n = equals ? (size_t)(equals - text.p) : 0;
    struct ragd_str word = {text.p + n + 1, equals ? text.n - n - 1 : 0};
    for (size_t i = 0; n && i < PLACEMENTS_N; i++) {
        if (is(names[i], word)) {
            *name = (struct ragd_str){text.p, n};
            *out = (enum placement)i;
            return 0;
        }
    }
    err_set(err, ERR_CONFIG, "plugins.placement: '%.*s' is no placement",
            (int)(text.n < 100 ? text.n : 100), text.p);
    return err_hint(err, "write PLUGIN=daemon, PLUGIN=child or PLUGIN=sandbox");
}

bool placement_names(struct ragd_str name, const char *file)
{
    size_t n = strlen(file) - 3; /* without .so */
    const char *under = memchr(file, '_', n);
    size_t skip = under ? (size_t)(under + 1 - file) : 0;
    return is(file, name) || (n == name.n && memcmp(file, name.p, n) == 0) ||
           (n - skip == name.n && memcmp(file + skip, name.p, name.n) == 0);
}

enum placement placement_of(const char *file, const struct ragd_str *words, size_t n,
                            bool *said)
{
    enum placement out = strncmp(file, "loader_", 7) == 0 ? PLACEMENT_SANDBOX
                                                          : PLACEMENT_DAEMON;
    *said = false;
    for (size_t i = 0; i < n; i++) {
        struct ragd_str name;
        enum placement placement;
        if (placement_parse(words[i], &name, &placement, NULL) == 0 &&
            placement_names(name, file)) {
            out = placement;
            *said = true;
        }
    }
    return out;
}
