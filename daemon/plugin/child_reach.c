/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "plugin/child_reach.h"

#include <string.h>

/* What its options name, as far as its life asks for it. */
struct reach {
    struct arena *arena;
    const struct instance *instance;
    char **p;
    size_t n;
};

static int reach_add(struct reach *reach, struct ragd_str path, struct err *err)
{
    bool whole = path.n && !memchr(path.p, '\0', path.n);
    if (!whole || path.p[0] != '/') {
        return err_set(err, ERR_CONFIG, "%s: '%.*s' is no absolute path",
                       reach->instance->name, (int)(path.n < 100 ? path.n : 100), path.p);
    }
    reach->p[reach->n] = (char *)(uintptr_t)arena_str(reach->arena, path).p;
    return reach->p[reach->n++] ? 0 : err_set(err, ERR_NOMEM, NULL);
}

static const struct ragd_value *list_option(const struct instance *instance,
                                            const char *name)
{
    struct ragd_kvs options = instance->ctx.options;
    for (size_t i = 0; i < options.n; i++) {
        const struct ragd_kv *kv = &options.p[i];
        if (kv->val.type == RAGD_V_LIST && kv->key.n == strlen(name) &&
            memcmp(kv->key.p, name, kv->key.n) == 0) {
            return &kv->val;
        }
    }
    return NULL;
}

/* The items of an option, and the first one of another. */
static int reach_fill(struct reach *reach, const char *name, const char *first,
                      struct err *err)
{
    const struct ragd_value *list = list_option(reach->instance, name);
    const struct ragd_value *one = first ? list_option(reach->instance, first) : NULL;
    size_t n = list ? list->u.list.n : 0;
    reach->p = arena_calloc(reach->arena, n + 1, sizeof(*reach->p));
    int rc = reach->p ? 0 : err_set(err, ERR_NOMEM, NULL);
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = reach_add(reach, list->u.list.p[i].u.s, err);
    }
    return rc || !one || one->u.list.n == 0 ? rc
                                            : reach_add(reach, one->u.list.p[0].u.s, err);
}

int child_reach(const struct instance *instance, struct arena *arena,
                Ragd__Host__V1__Create *create, struct err *err)
{
    struct reach read = {.arena = arena, .instance = instance}, run = read;
    uint32_t flags = instance->iface->life.flags;
    int rc = 0;
    if (flags & (RAGD_LIFE_NEEDS_DIRS | RAGD_LIFE_NEEDS_EXEC)) {
        rc = reach_fill(&read, "readable", NULL, err);
    }
    if (rc == 0 && flags & RAGD_LIFE_NEEDS_EXEC) {
        rc = reach_fill(&run, "executable", "command", err);
    }
    create->read_paths = read.p;
    create->n_read_paths = read.n;
    create->exec_paths = run.p;
    create->n_exec_paths = run.n;
    return rc;
}
