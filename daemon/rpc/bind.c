/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: lock, look at the path, remove a stale socket of ours, bind,
 * chmod; nobody can connect before the caller listens.
 * failure modes: every one leaves what was at the path as it was.
 * on close: the socket file goes, then the lock file while its lock is held;
 * who was about to lock it sees that it has no name any more, and starts over.
 */
#include "rpc/bind.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/parse.h"

enum { LOCK_SUFFIX_BYTES = 5 /* ".lock" */ };

static int stream_socket(int family, struct err *err)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 ? fd : err_errno(err, errno, "cannot make a socket");
}

/* Fills in the address of a path. One that is too long is reached through a
 * descriptor of its directory, which *dir_fd becomes. */
static int unix_address(struct sockaddr_un *at, const char *path, int *dir_fd,
                        struct err *err)
{
    *at = (struct sockaddr_un){.sun_family = AF_UNIX};
    *dir_fd = -1;
    int n = snprintf(at->sun_path, sizeof(at->sun_path), "%s", path);
    if (n >= 0 && (size_t)n < sizeof(at->sun_path)) {
        return 0;
    }
    const char *name = strrchr(path, '/') + 1;
    char *dir = mem_dup(path, (size_t)(name - path));
    if (!dir) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    *dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    mem_free(dir);
    if (*dir_fd < 0) {
        return err_errno(err, errno, "cannot open the directory of %s", path);
    }
    n = snprintf(at->sun_path, sizeof(at->sun_path), "/proc/self/fd/%d/%s", *dir_fd, name);
    if (n < 0 || (size_t)n >= sizeof(at->sun_path)) {
        close(*dir_fd);
        *dir_fd = -1;
        return err_set(err, ERR_CONFIG, "the name of the socket %s is too long", path);
    }
    return 0;
}

/* Opens and locks the lock file of a socket. One that its last holder removed
 * between the two guards nothing: then again. */
static int lock_file(const char *name, struct err *err)
{
    for (;;) {
        struct stat st;
        int fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0) {
            return err_errno(err, errno, "cannot make the lock file %s", name);
        }
        bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
        if (locked && fstat(fd, &st) == 0 && st.st_nlink > 0) {
            return fd;
        }
        close(fd);
        if (!locked) {
            err_set(err, ERR_EXISTS, "another ragd serves %.*s",
                    (int)strlen(name) - LOCK_SUFFIX_BYTES, name);
            return err_hint(err, "stop it, or choose another socket");
        }
    }
}

static char *lock_name(const char *path)
{
    size_t n = strlen(path) + LOCK_SUFFIX_BYTES + 1;
    char *name = mem_alloc(n);
    if (name) {
        snprintf(name, n, "%s.lock", path);
    }
    return name;
}

static int take_lock(struct bound *bound, const char *path, struct err *err)
{
    bound->path = mem_strdup(path);
    char *name = lock_name(path);
    if (!name || !bound->path) {
        mem_free(name);
        return err_set(err, ERR_NOMEM, NULL);
    }
    int fd = lock_file(name, err);
    mem_free(name);
    bound->lock_fd = fd > 0 ? fd : 0;
    return fd < 0 ? fd : 0;
}

/* Whether somebody answers at the address. */
static int probe(const struct sockaddr_un *at, const char *path, struct err *err)
{
    int fd = stream_socket(AF_UNIX, err);
    if (fd < 0) {
        return fd;
    }
    int failed = connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0 ? 0 : errno;
    struct ucred peer = {0};
    socklen_t n = sizeof(peer);
    if (!failed) {
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n);
    }
    close(fd);
    if (failed == ECONNREFUSED) {
        return 0;
    }
    if (failed && failed != EAGAIN) {
        return err_errno(err, failed, "cannot tell whether %s is in use", path);
    }
    return err_set(err, ERR_EXISTS, "process %d serves %s", (int)peer.pid, path);
}

/* Makes room at the path: only a socket of ours that nobody serves goes. */
static int clear_path(const struct sockaddr_un *at, const char *path, struct err *err)
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        return errno == ENOENT ? 0 : err_errno(err, errno, "cannot look at %s", path);
    }
    if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid()) {
        err_set(err, ERR_CONFIG, "%s exists and is not a socket of this user", path);
        return err_hint(err, "choose another socket; ragd does not remove it");
    }
    int rc = probe(at, path, err);
    if (rc == 0 && unlink(path) != 0 && errno != ENOENT) {
        rc = err_errno(err, errno, "cannot remove the old socket %s", path);
    }
    return rc;
}

static int bind_at(struct bound *bound, const struct sockaddr_un *at, const char *path,
                   mode_t mode, struct err *err)
{
    int rc = clear_path(at, path, err);
    if (rc != 0) {
        return rc;
    }
    struct stat st;
    if (bind(bound->fd, (const struct sockaddr *)at, sizeof(*at)) != 0) {
        return err_errno(err, errno, "cannot bind %s", path);
    }
    if (chmod(path, mode) != 0 || lstat(path, &st) != 0) {
        int failed = errno;
        unlink(path);
        return err_errno(err, failed, "cannot set the mode of %s", path);
    }
    bound->dev = st.st_dev;
    bound->ino = st.st_ino;
    return 0;
}

static int check_path(const char *path, struct err *err)
{
    if (path[0] != '/' || path[strlen(path) - 1] == '/') {
        return err_set(err, ERR_CONFIG, "the socket's path must be absolute: %s", path);
    }
    return 0;
}

static int bind_path(struct bound *bound, const char *path, mode_t mode, struct err *err)
{
    struct sockaddr_un at;
    int dir_fd = -1;
    int rc = check_path(path, err);
    rc = rc ? rc : unix_address(&at, path, &dir_fd, err);
    if (rc != 0) {
        return rc;
    }
    rc = take_lock(bound, path, err);
    bound->kind = STREAM_UNIX;
    bound->fd = rc ? -1 : stream_socket(AF_UNIX, err);
    if (rc == 0) {
        rc = bound->fd < 0 ? bound->fd : bind_at(bound, &at, path, mode, err);
    }
    if (dir_fd >= 0) {
        close(dir_fd);
    }
    return rc;
}

union tcp_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static int is_loopback(const union tcp_address *at)
{
    return at->any.sa_family == AF_INET ? ntohl(at->v4.sin_addr.s_addr) >> 24 == 127
                                        : IN6_IS_ADDR_LOOPBACK(&at->v6.sin6_addr);
}

/* HOST:PORT, HOST in figures; an IPv6 one in brackets. */
static int tcp_address(union tcp_address *at, const char *text, struct err *err)
{
    char host[INET6_ADDRSTRLEN + 2];
    const char *colon = strrchr(text, ':');
    uint64_t port = 0;
    size_t n = colon ? (size_t)(colon - text) : 0;
    *at = (union tcp_address){0};
    if (!colon || n == 0 || n >= sizeof(host) ||
        parse_uint(ragd_cs(colon + 1), &port) != 0 || port > UINT16_MAX) {
        return err_set(err, ERR_CONFIG, "tcp://%.64s is not tcp://HOST:PORT", text);
    }
    memcpy(host, text, n);
    host[n] = 0;
    if (strcmp(host, "localhost") == 0) {
        snprintf(host, sizeof(host), "127.0.0.1");
    }
    if (inet_pton(AF_INET, host, &at->v4.sin_addr) == 1) {
        at->v4.sin_family = AF_INET;
        at->v4.sin_port = htons((uint16_t)port);
        return 0;
    }
    bool brackets = host[0] == '[' && host[n - 1] == ']';
    host[n - 1] = brackets ? 0 : host[n - 1];
    if (brackets && inet_pton(AF_INET6, host + 1, &at->v6.sin6_addr) == 1) {
        at->v6.sin6_family = AF_INET6;
        at->v6.sin6_port = htons((uint16_t)port);
        return 0;
    }
    return err_set(err, ERR_CONFIG, "%s is not an address in figures", host);
}

static int loopback_address(union tcp_address *at, const char *text, struct err *err)
{
    int rc = tcp_address(at, text, err);
    if (rc == 0 && !is_loopback(at)) {
        err_set(err, ERR_CONFIG, "tcp://%.64s would be reached by other machines", text);
        rc = err_hint(err, "use 127.0.0.1 or [::1]; other addresses need TLS");
    }
    return rc;
}

static int bind_tcp(struct bound *bound, const char *text, struct err *err)
{
    union tcp_address at;
    int rc = loopback_address(&at, text, err);
    if (rc != 0) {
        return rc;
    }
    int family = at.any.sa_family, yes = 1;
    socklen_t n = family == AF_INET ? sizeof(at.v4) : sizeof(at.v6);
    bound->kind = STREAM_TCP;
    bound->fd = stream_socket(family, err);
    if (bound->fd < 0) {
        return bound->fd;
    }
    setsockopt(bound->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(bound->fd, &at.any, n) == 0) {
        return 0;
    }
    if (errno == EADDRINUSE) {
        return err_set(err, ERR_EXISTS, "tcp://%.64s is in use", text);
    }
    return err_errno(err, errno, "cannot bind tcp://%.64s", text);
}

/* What follows the scheme, which is as long for both; NULL: it is neither. */
static const char *address_of(const char *url, bool *tcp, struct err *err)
{
    enum { SCHEME_BYTES = 6 };
    *tcp = strncmp(url, "tcp://", SCHEME_BYTES) == 0;
    if (*tcp || strncmp(url, "ipc://", SCHEME_BYTES) == 0) {
        return url + SCHEME_BYTES;
    }
    err_set(err, ERR_CONFIG, "%.128s is neither ipc:///PATH nor tcp://HOST:PORT", url);
    return NULL;
}

int bind_check(const char *url, struct err *err)
{
    bool tcp;
    union tcp_address at;
    const char *address = address_of(url, &tcp, err);
    if (!address) {
        return RAGD_E_CONFIG;
    }
    return tcp ? loopback_address(&at, address, err) : check_path(address, err);
}

int bind_url(struct bound *out, const char *url, mode_t mode, struct err *err)
{
    bool tcp;
    struct bound bound = {.fd = -1};
    const char *address = address_of(url, &tcp, err);
    if (!address) {
        return RAGD_E_CONFIG;
    }
    int rc = tcp ? bind_tcp(&bound, address, err) : bind_path(&bound, address, mode, err);
    if (rc != 0) {
        bound_release(&bound);
        return rc;
    }
    *out = bound;
    return 0;
}

int bind_inherited(struct bound *out, int fd, struct err *err)
{
    union tcp_address at = {0};
    socklen_t n = sizeof(at);
    int type = 0;
    socklen_t n_type = sizeof(type);
    if (getsockname(fd, &at.any, &n) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n_type) != 0 || type != SOCK_STREAM) {
        return err_set(err, ERR_CONFIG, "descriptor %d is not a stream socket", fd);
    }
    int family = at.any.sa_family;
    if (family != AF_UNIX &&
        ((family != AF_INET && family != AF_INET6) || !is_loopback(&at))) {
        return err_set(err, ERR_CONFIG,
                       "descriptor %d is neither a unix nor a loopback socket", fd);
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    *out = (struct bound){.fd = fd, .kind = family == AF_UNIX ? STREAM_UNIX : STREAM_TCP};
    return 0;
}

/* Removes the file of that name if it is still this one. */
static void remove_file(const char *path, dev_t dev, ino_t ino)
{
    struct stat st;
    if (lstat(path, &st) == 0 && st.st_dev == dev && st.st_ino == ino) {
        unlink(path);
    }
}

/* While it is held: see lock_file. */
static void remove_lock(const struct bound *bound)
{
    struct stat st;
    char *name = lock_name(bound->path);
    if (name && fstat(bound->lock_fd, &st) == 0) {
        remove_file(name, st.st_dev, st.st_ino);
    }
    mem_free(name);
}

void bound_release(struct bound *bound)
{
    if (bound->path) {
        remove_file(bound->path, bound->dev, bound->ino);
    }
    if (bound->lock_fd > 0) {
        remove_lock(bound);
        close(bound->lock_fd);
    }
    mem_free(bound->path);
    if (bound->fd > 0) {
        close(bound->fd);
    }
    *bound = (struct bound){0};
}
