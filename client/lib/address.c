/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "address.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "internal.h"

/* A path that is too long for a socket address is reached through its
 * directory's descriptor. */
static int shorten(struct address *address, const char *path, struct ragc_error *error)
{
    const char *name = strrchr(path, '/') + 1;
    char directory[ADDRESS_URL_BYTES];
    snprintf(directory, sizeof(directory), "%.*s", (int)(name - path), path);
    address->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (address->directory < 0) {
        bool denied = errno == EACCES;
        return error_fault(error, denied ? RAGC_FAULT_PERMISSION : RAGC_FAULT_ABSENT,
                           "%s: %s", directory, strerror(errno));
    }
    int n = snprintf(address->url, sizeof(address->url), "ipc:///proc/self/fd/%d/%s",
                     address->directory, name);
    if (n - (int)strlen("ipc://") > ADDRESS_PATH_MAX) {
        address_release(address);
        return error_fault(error, RAGC_FAULT_ADDRESS, "the socket's name is too long: %s",
                           name);
    }
    return 0;
}

static int init_path(struct address *address, const char *path, struct ragc_error *error)
{
    if (path[0] != '/') {
        return error_fault(error, RAGC_FAULT_ADDRESS,
                           "the path of a socket must start with a slash: %s", path);
    }
    if (strlen(path) > ADDRESS_URL_BYTES - 16) {
        return error_fault(error, RAGC_FAULT_ADDRESS, "the socket's path is too long");
    }
    if (strlen(path) > ADDRESS_PATH_MAX) {
        int rc = shorten(address, path, error);
        if (rc) {
            return rc;
        }
    } else {
        snprintf(address->url, sizeof(address->url), "ipc://%s", path);
    }
    address->path = address->url + strlen("ipc://");
    return 0;
}

int address_init(struct address *address, const char *url, struct ragc_error *error)
{
    *address = (struct address){.directory = -1};
    if (strncmp(url, "ipc://", 6) == 0) {
        return init_path(address, url + 6, error);
    }
    if (url[0] == '/') {
        return init_path(address, url, error);
    }
    const char *port = strrchr(url, ':');
    if (strncmp(url, "tcp://", 6) == 0 && port > url + 6 && port[1] &&
        strlen(url) < sizeof(address->url)) {
        memcpy(address->url, url, strlen(url) + 1);
        return 0;
    }
    error_fault(error, RAGC_FAULT_ADDRESS, "not the address of a ragd: %s", url);
    error_why(error, "it must be ipc:///path, /path or tcp://host:port");
    return -RAGC_UNAVAILABLE;
}

void address_release(struct address *address)
{
    if (address->directory >= 0) {
        close(address->directory);
        address->directory = -1;
    }
}

/* Waits for a connect that is under way; 0 or an errno. */
static int await_connect(int fd, int timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int n = poll(&wait, 1, timeout_ms);
    if (n == 0) {
        return ETIMEDOUT;
    }
    int result = 0;
    socklen_t size = sizeof(result);
    if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &size) < 0) {
        return errno;
    }
    return result;
}

static int try_connect(const struct sockaddr *to, socklen_t n, int timeout_ms)
{
    int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return errno;
    }
    int result = connect(fd, to, n) == 0 ? 0 : errno;
    if (result == EINPROGRESS) {
        result = await_connect(fd, timeout_ms);
    }
    close(fd);
    return result;
}

static enum ragc_fault fault_of(int errnum)
{
    switch (errnum) {
    case 0:
    case EAGAIN: return RAGC_FAULT_NONE; /* it listens, its queue is full */
    case ENOENT:
    case ENOTDIR: return RAGC_FAULT_ABSENT;
    case ECONNREFUSED:
    case EPROTOTYPE:
    case ENOTSOCK: return RAGC_FAULT_STALE;
    case EACCES:
    case EPERM: return RAGC_FAULT_PERMISSION;
    case ETIMEDOUT: return RAGC_FAULT_TIMEOUT;
    case EMFILE:
    case ENFILE:
    case ENOMEM: return RAGC_FAULT_LOCAL;
    default: return RAGC_FAULT_ADDRESS;
    }
}

static const char *fault_text(enum ragc_fault fault, int errnum)
{
    switch (fault) {
    case RAGC_FAULT_ABSENT: return "the socket file does not exist";
    case RAGC_FAULT_STALE: return "the socket exists but nobody answers";
    case RAGC_FAULT_TIMEOUT: return "no answer in time";
    default: return strerror(errnum);
    }
}

static enum ragc_fault report(enum ragc_fault fault, int errnum, const char *url,
                              struct ragc_error *error)
{
    if (fault != RAGC_FAULT_NONE) {
        error_fault(error, fault, "cannot reach ragd at %s", url);
        error_why(error, "%s", fault_text(fault, errnum));
    }
    return fault;
}

static enum ragc_fault probe_path(const struct address *address, struct ragc_error *error)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof(to.sun_path), "%s", address->path);
    int errnum = try_connect((const struct sockaddr *)&to, sizeof(to), 0);
    return report(fault_of(errnum), errnum, address->path, error);
}

static enum ragc_fault probe_tcp(const char *url, int timeout_ms, struct ragc_error *error)
{
    char host[256];
    const char *port = strrchr(url, ':') + 1;
    const char *start = url + strlen("tcp://");
    int n = (int)(port - 1 - start);
    if (n >= 2 && start[0] == '[' && start[n - 1] == ']') {
        start++;
        n -= 2;
    }
    snprintf(host, sizeof(host), "%.*s", n, start);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int rc = getaddrinfo(host, port, &hints, &found);
    if (rc) {
        error_fault(error, RAGC_FAULT_ADDRESS, "cannot reach ragd at %s", url);
        error_why(error, "%s", gai_strerror(rc));
        return RAGC_FAULT_ADDRESS;
    }
    int errnum = EADDRNOTAVAIL;
    for (struct addrinfo *it = found; it && errnum; it = it->ai_next) {
        errnum = try_connect(it->ai_addr, it->ai_addrlen, timeout_ms);
    }
    freeaddrinfo(found);
    if (errnum == ECONNREFUSED) {
        error_fault(error, RAGC_FAULT_STALE, "cannot reach ragd at %s", url);
        error_why(error, "nobody listens there");
        return RAGC_FAULT_STALE;
    }
    return report(fault_of(errnum), errnum, url, error);
}

enum ragc_fault address_probe(const struct address *address, int timeout_ms,
                              struct ragc_error *error)
{
    if (address->path) {
        return probe_path(address, error);
    }
    return probe_tcp(address->url, timeout_ms, error);
}
