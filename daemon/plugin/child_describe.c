/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: Hello comes, its texts and options are copied, and the functions
 * of the tables are those that talk to a child.
 *
 * Failure modes: the process dies while it loads the file, refuses it, or says
 * what a child does not say first: the plugin is refused, with the reason.
 */
#include "plugin/child_describe.h"

#include <string.h>

#include "core/clock.h"
#include "plugin/child_load.h"
#include "plugin/child_pool.h"
#include "wire/control.h"
#include "wire/host_values.h"

typedef Ragd__Host__V1__HostPlugin plugin_msg;

static int receive_hello(struct child *child, const struct child_wait *wait,
                         const plugin_msg **out, struct err *err)
{
    const host_frame *frame;
    int rc = child_receive(child, wait, &frame, err);
    if (rc) {
        return rc;
    }
    if (frame->kind_case != RAGD__HOST__V1__HOST_FRAME__KIND_HELLO) {
        return child_breach("does not say first what it is", err);
    }
    if (frame->hello->protocol != HOST_PROTOCOL) {
        return err_set(err, ERR_PLUGIN_REFUSED,
                       "ragd-plugin-host is not of the same build as ragd");
    }
    struct ragd_str refusal = host_words(frame->hello->refusal, "refused without a reason");
    if (!frame->hello->plugin) {
        return err_set(err, ERR_PLUGIN_REFUSED, "%.*s", (int)refusal.n, refusal.p);
    }
    *out = frame->hello->plugin;
    return 0;
}

/* ---- copies ------------------------------------------------------------------------ */

/* NULL-terminated; NULL without memory. */
static const char *const *copy_texts(struct arena *arena, char *const *in, size_t n)
{
    const char **out = arena_calloc(arena, n + 1, sizeof(*out));
    for (size_t i = 0; out && i < n; i++) {
        out[i] = arena_strdup(arena, in[i]);
        out = out[i] ? out : NULL;
    }
    return out;
}

static const struct ragd_option *copy_option(struct arena *arena,
                                             const Ragd__Host__V1__HostOption *in)
{
    struct ragd_option *out = arena_alloc(arena, sizeof(*out));
    if (!out) {
        return NULL;
    }
    *out = (struct ragd_option){.struct_size = sizeof(*out),
                                .type = in->type,
                                .flags = in->flags,
                                .name = arena_strdup(arena, in->name),
                                .doc = arena_strdup(arena, in->doc),
                                .min = in->min,
                                .max = in->max};
    bool whole = out->name && out->doc;
    if (in->has_default) {
        out->def = arena_strdup(arena, in->default_value);
        whole = whole && out->def;
    }
    if (in->unit[0]) {
        out->unit = arena_strdup(arena, in->unit);
        whole = whole && out->unit;
    }
    if (in->n_choices) {
        out->choices = copy_texts(arena, in->choices, in->n_choices);
        whole = whole && out->choices;
    }
    return whole ? out : NULL;
}

static const struct ragd_option *const *copy_options(struct arena *arena,
                                                     Ragd__Host__V1__HostOption **in,
                                                     size_t n)
{
    const struct ragd_option **out = arena_calloc(arena, n + 1, sizeof(*out));
    for (size_t i = 0; out && i < n; i++) {
        out[i] = copy_option(arena, in[i]);
        out = out[i] ? out : NULL;
    }
    return out;
}

/* One beyond what can be is refused as one that is too new. */
static uint16_t minor_of(uint32_t minor)
{
    return (uint16_t)(minor < UINT16_MAX ? minor : UINT16_MAX);
}

static int copy_identity(struct arena *arena, const plugin_msg *in, struct ragd_plugin *out)
{
    *out = (struct ragd_plugin){
        .struct_size = sizeof(*out),
        .abi_minor_built = minor_of(in->abi_minor_built),
        .abi_minor_min = minor_of(in->abi_minor_min),
        .id = arena_strdup(arena, in->id),
        .name = arena_strdup(arena, in->name),
        .version = arena_strdup(arena, in->version),
        .license = arena_strdup(arena, in->license),
        .url = arena_strdup(arena, in->url),
        .summary = arena_strdup(arena, in->summary),
        .needs = copy_texts(arena, in->needs, in->n_needs),
        .wants = copy_texts(arena, in->wants, in->n_wants),
    };
    return out->id && out->name && out->version && out->license && out->url &&
                   out->summary && out->needs && out->wants
               ? 0
               : RAGD_E_NOMEM;
}

/* Each child serves one call, so there may be as many as there are children; here
 * a call only waits. */
static struct ragd_life *copy_life(struct arena *arena, const Ragd__Host__V1__HostLife *in)
{
    struct ragd_life *out = arena_alloc(arena, sizeof(*out));
    if (out) {
        *out =
            (struct ragd_life){.struct_size = sizeof(*out),
                               .exec = in->exec,
                               .concurrency = RAGD_CONC_FREE,
                               .work_class = RAGD_WORK_IO,
                               .flags = in->flags,
                               .options = copy_options(arena, in->options, in->n_options),
                               .create = child_pool_create,
                               .destroy = child_pool_destroy};
        out = out->options ? out : NULL;
    }
    return out;
}

static const struct ragd_loader *copy_loader(struct arena *arena,
                                             const Ragd__Host__V1__HostLoader *in)
{
    struct ragd_loader *out = arena_alloc(arena, sizeof(*out));
    if (!out) {
        return NULL;
    }
    *out = (struct ragd_loader){
        .struct_size = sizeof(*out),
        .life = copy_life(arena, in->life),
        .mimes = copy_texts(arena, in->mimes, in->n_mimes),
        .suffixes = copy_texts(arena, in->suffixes, in->n_suffixes),
        .load_options = copy_options(arena, in->load_options, in->n_load_options),
        .load = child_load,
    };
    return out->life && out->mimes && out->suffixes && out->load_options ? out : NULL;
}

/* ---- the whole --------------------------------------------------------------------- */

static int only_loaders(const plugin_msg *in, struct err *err)
{
    err_why(err, "only a loader whose operations block runs in a process of its own");
    return err_hint(err, "plugins.placement: [%.60s=daemon]", in->name);
}

/* What has no frames of its own runs in the daemon. */
static int check_kinds(const plugin_msg *in, struct err *err)
{
    for (size_t i = 0; i < in->n_interfaces; i++) {
        if (strcmp(in->interfaces[i], RAGD_IF_LOADER) != 0) {
            err_set(err, ERR_CONFIG, "it is more than a loader: %.100s", in->interfaces[i]);
            return only_loaders(in, err);
        }
    }
    if (!in->loader || !in->loader->life) {
        return err_set(err, ERR_PLUGIN_REFUSED, "has no interface that ragd knows");
    }
    if (in->loader->life->exec != RAGD_EXEC_BLOCKING) {
        err_set(err, ERR_CONFIG, "its operations do not block");
        return only_loaders(in, err);
    }
    return 0;
}

static int take_hello(struct plugin *plugin, uint64_t ms, const struct ragd_plugin **out,
                      struct err *err)
{
    const plugin_msg *in;
    struct child_wait wait = {.deadline_ms = ms ? clock_mono_ms() + ms : 0};
    int rc = receive_hello(plugin->spare, &wait, &in, err);
    rc = rc ? rc : check_kinds(in, err);
    if (rc) {
        return rc;
    }
    struct ragd_plugin *table = arena_alloc(&plugin->arena, sizeof(*table));
    rc = table ? copy_identity(&plugin->arena, in, table) : RAGD_E_NOMEM;
    plugin->described = rc ? NULL : copy_loader(&plugin->arena, in->loader);
    *out = table;
    return plugin->described ? 0 : err_set(err, ERR_NOMEM, NULL);
}

int child_describe(struct plugin *plugin, uint64_t ms, const struct ragd_plugin **table,
                   struct err *err)
{
    int rc = take_hello(plugin, ms, table, err);
    if (rc) {
        child_last_words(atomic_load(&plugin->spare), err);
    }
    if (rc && err->id != ERR_NOMEM) {
        err_wrap(err, "%s", plugin->path);
        err->id = err->id == ERR_CONFIG && plugin->placed ? ERR_CONFIG : ERR_PLUGIN_REFUSED;
        rc = err_status(err);
    }
    return rc;
}

int child_recognise(struct child *child, const struct child_wait *wait, struct err *err)
{
    const plugin_msg *in;
    const struct ragd_plugin *was = &child->plugin->table;
    int rc = receive_hello(child, wait, &in, err);
    if (rc) {
        return rc;
    }
    if (strcmp(in->id, was->id) != 0 || strcmp(in->version, was->version) != 0) {
        err_set(err, ERR_PLUGIN_REFUSED, "%s is not the plugin it was at the start",
                child->plugin->path);
        return err_hint(err, "restart ragd");
    }
    return 0;
}
