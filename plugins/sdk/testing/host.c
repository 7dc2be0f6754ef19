/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* The plugin under test and its instances. */
#include "sdk/testing/internal.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How every interface's table begins. */
struct table_head {
    uint32_t struct_size, flags;
    const struct ragd_life *life;
};

static bool is_word(const char *s, const char *more)
{
    if (!s || !*s) {
        return false;
    }
    for (; *s; s++) {
        bool alnum = (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9');
        if (!alnum && !strchr(more, *s)) {
            return false;
        }
    }
    return true;
}

static const char *identity_fault(const struct ragd_plugin *p)
{
    if (!p) {
        return "the entry refused";
    }
    if (!is_word(p->id, ".-_") || !strchr(p->id, '.') || strlen(p->id) > 63) {
        return "id is no reverse DNS name";
    }
    if (!is_word(p->name, "_-")) {
        return "name is not [a-z][a-z0-9_-]*";
    }
    if (!p->version || !p->license || !p->url || !p->summary || !p->iface) {
        return "version, license, url, summary or iface is missing";
    }
    if (p->iface("ragd.no-such-interface/1")) {
        return "iface answers for an interface that does not exist";
    }
    return NULL;
}

struct fake_host *fake_host_create(fake_entry_fn *entry)
{
    const struct ragd_plugin *plugin = entry(&fake_host_table);
    const char *fault = identity_fault(plugin);
    if (fault) {
        fprintf(stderr, "fake host: %s\n", fault);
        return NULL;
    }
    struct fake_host *host = calloc(1, sizeof(*host));
    if (!host) {
        abort();
    }
    host->ctx.host = host;
    host->plugin = plugin;
    pthread_mutex_init(&host->lock, NULL);
    if (RAGD_HAS(plugin, init)) {
        ragd_status status = plugin->init(&fake_host_table, &host->ctx);
        if (status != RAGD_OK) {
            fprintf(stderr, "fake host: init answered %d\n", status);
            free(host);
            return NULL;
        }
    }
    return host;
}

struct fake_host *fake_host_load(const char *path)
{
    /* Never unloaded, as in the daemon. */
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = object ? dlsym(object, "ragd_plugin_entry_v0") : NULL;
    if (!symbol) {
        fprintf(stderr, "fake host: %s\n", dlerror());
        return NULL;
    }
    fake_entry_fn *entry;
    memcpy(&entry, &symbol, sizeof(entry));
    return fake_host_create(entry);
}

void fake_host_destroy(struct fake_host *host)
{
    if (!host) {
        return;
    }
    if (RAGD_HAS(host->plugin, fini)) {
        host->plugin->fini();
    }
    for (size_t i = 0; i < host->n_options; i++) {
        free(host->options[i].key);
        free(host->options[i].text);
    }
    for (size_t i = 0; i < host->n_metrics; i++) {
        free(host->metrics[i].name);
    }
    for (size_t i = 0; i < host->n_state; i++) {
        free(host->state[i].key);
        free(host->state[i].bytes);
    }
    for (size_t i = 0; i < 3; i++) {
        free(host->dirs[i]);
    }
    free(host->log);
    pthread_mutex_destroy(&host->lock);
    free(host);
}

void fake_host_set(struct fake_host *host, const char *name, const char *text)
{
    size_t i = 0;
    while (i < host->n_options && strcmp(host->options[i].key, name) != 0) {
        i++;
    }
    if (i == FAKE_OPTIONS_MAX) {
        abort();
    }
    if (i == host->n_options) {
        host->options[host->n_options++].key = strdup(name);
    }
    free(host->options[i].text);
    host->options[i].text = text ? strdup(text) : NULL;
}

void fake_host_set_dir(struct fake_host *host, enum ragd_dir which, const char *path)
{
    free(host->dirs[which]);
    host->dirs[which] = path ? strdup(path) : NULL;
}

const char *fake_host_log(const struct fake_host *host)
{
    return host->log ? host->log : "";
}

double fake_host_metric(const struct fake_host *host, const char *name)
{
    for (size_t i = 0; i < host->n_metrics; i++) {
        if (strcmp(host->metrics[i].name, name) == 0) {
            return host->metrics[i].value;
        }
    }
    return 0;
}

const char *fake_host_message(const struct fake_host *host)
{
    return host->message;
}

static const char *text_of(const struct fake_host *host, const char *name)
{
    for (size_t i = 0; i < host->n_options; i++) {
        if (strcmp(host->options[i].key, name) == 0) {
            return host->options[i].text;
        }
    }
    return NULL;
}

static bool declares(const struct ragd_life *life, const char *name)
{
    for (const struct ragd_option *const *o = life->options; o && *o; o++) {
        if (strcmp((*o)->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static ragd_status apply_options(struct fake_host *host, const struct ragd_life *life,
                                 struct ragd_ctx *ctx)
{
    for (size_t i = 0; i < host->n_options; i++) {
        if (host->options[i].text && !declares(life, host->options[i].key)) {
            snprintf(host->message, sizeof(host->message), "%s: no such option",
                     host->options[i].key);
            return RAGD_E_CONFIG;
        }
    }
    for (const struct ragd_option *const *o = life->options; o && *o; o++) {
        const char *text = text_of(host, (*o)->name);
        if (!text && ((*o)->flags & RAGD_OPTF_REQUIRED)) {
            snprintf(host->message, sizeof(host->message), "%s: is required", (*o)->name);
            return RAGD_E_CONFIG;
        }
        if (ctx->n_values == FAKE_OPTIONS_MAX) {
            abort();
        }
        struct ragd_kv *value = &ctx->values[ctx->n_values++];
        value->key = ragd_cs((*o)->name);
        ragd_status status = fake_option_parse(*o, text ? text : (*o)->def, &ctx->memory,
                                               &value->val, host->message);
        if (status != RAGD_OK) {
            return status;
        }
    }
    return RAGD_OK;
}

ragd_status fake_instance_create(struct fake_host *host, const char *interface,
                                 struct fake_instance *out)
{
    *out = (struct fake_instance){0};
    const struct table_head *table = host->plugin->iface(interface);
    if (!table) {
        snprintf(host->message, sizeof(host->message), "no interface %s", interface);
        return RAGD_E_NOT_FOUND;
    }
    struct ragd_ctx *ctx = calloc(1, sizeof(*ctx));
    if (!ctx) {
        abort();
    }
    ctx->host = host;
    void *inst = NULL;
    ragd_status status = apply_options(host, table->life, ctx);
    if (status == RAGD_OK) {
        struct ragd_call *call = fake_call_create(host);
        status = fake_call_wait(call, table->life->create(ctx, call, &inst));
        snprintf(host->message, sizeof(host->message), "%s", call->message);
        fake_call_destroy(call);
    }
    if (status != RAGD_OK) {
        fake_release(&ctx->memory);
        free(ctx);
        return status;
    }
    *out = (struct fake_instance){table, inst, ctx};
    return RAGD_OK;
}

void fake_instance_destroy(struct fake_instance *instance)
{
    if (!instance->ctx) {
        return;
    }
    const struct table_head *table = instance->table;
    table->life->destroy(instance->inst);
    fake_release(&instance->ctx->memory);
    free(instance->ctx);
    *instance = (struct fake_instance){0};
}
