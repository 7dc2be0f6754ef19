/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Sockets and the token. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config/secret.h"
#include "core/log.h"
#include "core/mem.h"
#include "datadir.h"
#include "notify.h"
#include "parts.h"

static mode_t socket_mode(const struct config *config)
{
    if (!config->system) {
        return 0600;
    }
    return config->access == CONFIG_ACCESS_LOCAL ? 0666 : 0660;
}

static int bind_socket(struct parts *parts, struct err *err)
{
    const struct config *config = parts->boot;
    char *url = mem_alloc(config->socket.n + sizeof("ipc://"));
    if (!url) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    snprintf(url, config->socket.n + sizeof("ipc://"), "ipc://%s", config->socket.p);
    int rc = datadir_socket_dir(&parts->made, config->socket.p, config->system, err);
    if (rc == 0) {
        rc = bind_url(&parts->bound[parts->n_bound], url, socket_mode(config), err);
    }
    if (rc == 0) {
        parts->n_bound++;
    }
    mem_free(url);
    return rc;
}

static int bind_inherited_all(struct parts *parts, int n, struct err *err)
{
    for (int i = 0; i < n; i++) {
        int rc = bind_inherited(&parts->bound[parts->n_bound], NOTIFY_FIRST_FD + i, err);
        if (rc) {
            return rc;
        }
        parts->n_bound++;
    }
    return 0;
}

int parts_bind(struct parts *parts, struct err *err)
{
    const struct config *config = parts->boot;
    int inherited = notify_listen_fds();
    int rc = inherited ? bind_inherited_all(parts, inherited, err)
                       : bind_socket(parts, err);
    for (size_t i = 0; rc == 0 && i < config->listen.n; i++) {
        if (parts->n_bound == PARTS_BOUND_MAX) {
            return err_set(err, ERR_CONFIG, "more than %d addresses to listen at",
                           PARTS_BOUND_MAX);
        }
        rc = bind_url(&parts->bound[parts->n_bound], config->listen.p[i].p, 0, err);
        parts->n_bound += rc == 0;
    }
    return rc;
}

int parts_check_listen(const struct config *config, struct err *err)
{
    struct config_value value = {.origin = ""};
    for (size_t i = 0; config_value(config, i, &value) && strcmp(value.key, "listen");
         i++) {
    }
    for (size_t i = 0; i < config->listen.n; i++) {
        int rc = bind_check(config->listen.p[i].p, err);
        if (rc) {
            err_wrap(err, "%s: listen", value.origin);
            return rc;
        }
    }
    return 0;
}

void parts_unbind(struct parts *parts)
{
    for (size_t i = 0; i < parts->n_bound; i++) {
        bound_release(&parts->bound[i]);
    }
    parts->n_bound = 0;
}

bool parts_tcp(const struct parts *parts)
{
    for (size_t i = 0; i < parts->n_bound; i++) {
        if (parts->bound[i].kind == STREAM_TCP) {
            return true;
        }
    }
    return false;
}

static int token_by_reference(struct ragd_str reference, struct token *out, struct err *err)
{
    static const char FILE_PREFIX[] = "file:";
    if (strncmp(reference.p, FILE_PREFIX, sizeof(FILE_PREFIX) - 1) == 0) {
        return token_load(out, reference.p + sizeof(FILE_PREFIX) - 1, err);
    }
    struct buf secret = {0};
    int rc = secret_read(reference, &secret, err);
    if (rc == 0 && buf_put(&secret, "", 1)) {
        rc = err_set(err, ERR_NOMEM, NULL);
    }
    if (rc == 0 && token_set(out, (const char *)secret.p)) {
        rc = err_set(err, ERR_CONFIG, "the token is not %d hex digits", TOKEN_CHARS);
    }
    buf_release(&secret);
    return rc;
}

int parts_token(const struct parts *parts, struct token *out, struct err *err)
{
    const struct config *config = parts->boot;
    *out = (struct token){.set = false};
    if (config->token.n) {
        return parts_tcp(parts) ? token_by_reference(config->token, out, err) : 0;
    }
    char path[4096];
    snprintf(path, sizeof(path), "%s.token", config->socket.p);
    if (!parts_tcp(parts)) { /* a secret that opens nothing any more */
        token_remove(path);
        return 0;
    }
    return token_load(out, path, err);
}
