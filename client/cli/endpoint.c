/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "endpoint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address.h"
#include "build_info.h"
#include "pool.h"

enum { TOKEN_BYTES_MAX = 4096 };

static const char *absolute_env(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] == '/' ? value : NULL;
}

static const char *below_home(const char *variable, const char *fallback, const char *rest)
{
    const char *base = absolute_env(variable);
    if (base) {
        return pool_printf("%s/%s", base, rest);
    }
    const char *home = absolute_env("HOME");
    if (!home) {
        const struct passwd *user = getpwuid(geteuid());
        home = user ? user->pw_dir : "/";
    }
    return pool_printf("%s/%s/%s", home, fallback, rest);
}

const char *path_user_socket(void)
{
    const char *runtime = absolute_env("XDG_RUNTIME_DIR");
    return runtime ? pool_printf("%s/ragd.sock", runtime)
                   : pool_printf("/tmp/ragd-%u/ragd.sock", (unsigned)geteuid());
}

const char *path_system_socket(void)
{
    return BUILD_RUNSTATEDIR "/ragd/ragd.sock";
}

const char *path_user_config(void)
{
    return below_home("XDG_CONFIG_HOME", ".config", "ragd/ragd.yaml");
}

const char *path_system_config(void)
{
    return BUILD_SYSCONFDIR "/ragd/ragd.yaml";
}

const char *path_user_data(void)
{
    return below_home("XDG_DATA_HOME", ".local/share", "ragd");
}

const char *path_system_data(void)
{
    return BUILD_LOCALSTATEDIR "/lib/ragd";
}

const char *path_user_log(void)
{
    return below_home("XDG_STATE_HOME", ".local/state", "ragd/ragd.log");
}

/* A directory below /tmp counts only when it is ours alone: anybody can make
 * one of that name first. */
static bool is_ours(const char *socket_path)
{
    if (strncmp(socket_path, "/tmp/", 5) != 0) {
        return true;
    }
    struct stat st;
    const char *directory = pool_copy(socket_path,
                                      (size_t)(strrchr(socket_path, '/') - socket_path));
    return lstat(directory, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
           (st.st_mode & 077) == 0;
}

static enum ragc_fault probe(const char *socket_path)
{
    struct address address;
    struct ragc_error error;
    if (address_init(&address, socket_path, &error)) {
        return error.fault;
    }
    enum ragc_fault fault = address_probe(&address, 0, &error);
    address_release(&address);
    return fault;
}

bool endpoint_answers(const char *socket_path)
{
    return probe(socket_path) == RAGC_FAULT_NONE;
}

bool endpoint_stopped(const struct endpoint *endpoint)
{
    if (endpoint->named || endpoint->none) {
        return endpoint->none;
    }
    enum ragc_fault fault = probe(endpoint->path);
    return fault == RAGC_FAULT_ABSENT || fault == RAGC_FAULT_STALE;
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 || errno == EACCES;
}

bool endpoint_has_unit(void)
{
    static const char *const PLACES[] = {
        "/lib/systemd/system/ragd.service",
        "/usr/lib/systemd/system/ragd.service",
        "/etc/systemd/system/ragd.service",
    };
    for (size_t i = 0; i < sizeof(PLACES) / sizeof(PLACES[0]); i++) {
        if (exists(PLACES[i])) {
            return true;
        }
    }
    return false;
}

/* An empty one is nobody's; one that we may not look into is somebody's. */
static bool has_entries(const char *directory)
{
    DIR *dir = opendir(directory);
    if (!dir) {
        return errno == EACCES;
    }
    const struct dirent *entry;
    bool found = false;
    while (!found && (entry = readdir(dir))) {
        found = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(dir);
    return found;
}

/* Documents must never land silently in another daemon than the machine's. */
static bool has_system_ragd(void)
{
    return endpoint_has_unit() || exists(path_system_socket()) ||
           has_entries(path_system_data());
}

static void set_path(struct endpoint *endpoint, const char *path, const char *origin)
{
    endpoint->url = endpoint->path = path;
    endpoint->origin = origin;
}

static void set_named(struct endpoint *endpoint, const char *url, const char *origin)
{
    endpoint->named = true;
    endpoint->url = url;
    endpoint->origin = origin;
    if (strncmp(url, "ipc://", 6) == 0) {
        endpoint->path = url + 6;
    } else if (url[0] == '/') {
        endpoint->path = url;
    }
}

void endpoint_user(const struct cli *cli, struct endpoint *endpoint)
{
    *endpoint = (struct endpoint){.user = true};
    if (cli->given.socket) {
        set_named(endpoint, cli->given.socket,
                  cli->socket_from_env ? "RAG_SOCKET" : "--socket");
    } else {
        set_path(endpoint, path_user_socket(), "user");
    }
}

void endpoint_find(const struct cli *cli, struct endpoint *endpoint)
{
    endpoint_user(cli, endpoint);
    if (endpoint->named) {
        endpoint->user = false;
        return;
    }
    enum ragc_fault fault = exists(endpoint->path) && is_ours(endpoint->path)
                                ? probe(endpoint->path)
                                : RAGC_FAULT_ABSENT;
    if (fault != RAGC_FAULT_ABSENT && fault != RAGC_FAULT_STALE) {
        return;
    }
    if (has_system_ragd()) {
        endpoint->user = false;
        set_path(endpoint, path_system_socket(), "default");
        return;
    }
    endpoint->none = true;
}

bool endpoint_is_system(const struct endpoint *endpoint)
{
    return endpoint->path && strcmp(endpoint->path, path_system_socket()) == 0;
}

const char *path_token(void)
{
    const char *path = getenv("RAG_TOKEN_FILE");
    return path && path[0] ? path : pool_printf("%s.token", path_user_socket());
}

const char *endpoint_token(void)
{
    int fd = open(path_token(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    char *token = pool_alloc(TOKEN_BYTES_MAX + 1);
    ssize_t n = read(fd, token, TOKEN_BYTES_MAX);
    close(fd);
    token[n > 0 ? strcspn(token, "\r\n") : 0] = '\0';
    return token[0] ? token : NULL;
}
