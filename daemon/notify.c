/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <ragd/types.h>

#include "core/parse.h"

/* As systemd's own limit: more descriptors than any unit hands over. */
enum { LISTEN_FDS_MAX = 64 };

void notify_send(const char *fmt, ...)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t n = path ? strlen(path) : 0;
    char text[512];
    if (n < 2 || n >= sizeof(at.sun_path) || (path[0] != '/' && path[0] != '@')) {
        return;
    }
    memcpy(at.sun_path, path, n);
    if (path[0] == '@') { /* an abstract name */
        at.sun_path[0] = '\0';
    }
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && len > 0 && (size_t)len < sizeof(text)) {
        socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
        (void)!sendto(fd, text, (size_t)len, MSG_NOSIGNAL, (struct sockaddr *)&at, size);
    }
    if (fd >= 0) {
        close(fd);
    }
}

void notify_ready(const char *status)
{
    notify_send("READY=1\nSTATUS=%s", status);
}

/* The time by the system's own clock, whatever clock the daemon has. */
void notify_reloading(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    notify_send("RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=Reading the configuration again",
                (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
}

static uint64_t env_number(const char *name)
{
    const char *text = getenv(name);
    uint64_t n = 0;
    return text && parse_uint(ragd_cs(text), &n) == 0 ? n : 0;
}

/* A variable that names a process is meant for that one alone. */
static int is_ours(const char *pid_variable)
{
    return !getenv(pid_variable) || env_number(pid_variable) == (uint64_t)getpid();
}

uint64_t notify_watchdog_ms(void)
{
    return is_ours("WATCHDOG_PID") ? env_number("WATCHDOG_USEC") / 1000 : 0;
}

int notify_listen_fds(void)
{
    uint64_t n = getenv("LISTEN_PID") && is_ours("LISTEN_PID") ? env_number("LISTEN_FDS")
                                                               : 0;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    n = n > LISTEN_FDS_MAX ? LISTEN_FDS_MAX : n;
    for (int fd = NOTIFY_FIRST_FD; fd < NOTIFY_FIRST_FD + (int)n; fd++) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return (int)n;
}
