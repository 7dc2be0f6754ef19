/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: bytes come on the loop, whole lines go into the log.
 *
 * Failure modes: who writes too much has the rest dropped and counted; what is no
 * text is shown as '?'.
 *
 * On close: at the child's end, or with all others when the daemon ends.
 */
#include "plugin/child_errors.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/list.h"
#include "core/log.h"
#include "core/mem.h"
#include "loop/inbox.h"
#include "loop/stream.h"
#include "plugin/child_lines.h"
#include "plugin/registry.h"

enum { LINE_BYTES = 512 /* what is longer becomes more lines */ };

struct child_errors {
    struct list node; /* among the watched ones */
    struct inbox_item item;
    int fd;
    pid_t pid;
    void (*on_end)(pid_t pid);
    struct plugin *plugin;
    struct stream *stream;
    size_t n;
    char line[LINE_BYTES];
};

static struct list watched = {&watched, &watched};

struct child_errors *child_errors_create_take(int fd, struct plugin *plugin)
{
    struct child_errors *errors = mem_calloc(1, sizeof(*errors));
    if (!errors) {
        close(fd);
        return NULL;
    }
    list_init(&errors->node);
    errors->fd = fd;
    errors->plugin = plugin;
    return errors;
}

void child_errors_destroy(struct child_errors *errors)
{
    if (errors) {
        close(errors->fd);
        mem_free(errors);
    }
}

void child_errors_last(const struct child_errors *errors, char *out, size_t size)
{
    char bytes[4096];
    ssize_t n = errors ? recv(errors->fd, bytes, sizeof(bytes), MSG_DONTWAIT) : -1;
    size_t end = n > 0 ? (size_t)n : 0, used = 0;
    while (end && bytes[end - 1] <= ' ') {
        end--;
    }
    size_t begin = end;
    while (begin && bytes[begin - 1] != '\n') {
        begin--;
    }
    for (; begin < end && used + 1 < size; begin++) {
        out[used++] = bytes[begin] >= ' ' && bytes[begin] < 0x7f ? bytes[begin] : '?';
    }
    out[used] = '\0';
}

static void put_line(struct child_errors *errors)
{
    if (errors->n && child_lines_take(errors->plugin)) {
        log_warn("CHILD-STDERR", "%s: %.*s", errors->plugin->name, (int)errors->n,
                 errors->line);
    }
    errors->n = 0;
}

static void on_read(struct stream *stream, const uint8_t *p, size_t n)
{
    struct child_errors *errors = stream_arg(stream);
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\n' || errors->n == LINE_BYTES) {
            put_line(errors);
        }
        if (p[i] != '\n') {
            errors->line[errors->n++] = p[i] >= ' ' && p[i] < 0x7f ? (char)p[i] : '?';
        }
    }
}

static void close_one(struct child_errors *errors)
{
    put_line(errors);
    child_lines_tell(errors->plugin);
    list_remove(&errors->node);
    stream_close(errors->stream, mem_free);
}

static void on_end(struct stream *stream, int status)
{
    (void)status;
    struct child_errors *errors = stream_arg(stream);
    pid_t pid = errors->pid;
    void (*told)(pid_t) = errors->on_end;
    close_one(errors);
    told(pid);
}

static const struct stream_events events = {.on_read = on_read, .on_end = on_end};

static void on_watch(struct inbox_item *item)
{
    struct child_errors *errors = LIST_OF(item, struct child_errors, item);
    struct err err;
    if (stream_open(&errors->stream, errors->fd, STREAM_UNIX, &err)) {
        log_warn("CHILD-STDERR", "%s: its stderr cannot be read: %s", errors->plugin->name,
                 err.msg);
        mem_free(errors); /* the descriptor is closed */
        return;
    }
    stream_attach(errors->stream, &events, errors);
    list_push(&watched, &errors->node);
    stream_read_start(errors->stream);
}

void child_errors_watch_take(struct child_errors *errors, pid_t pid,
                             void (*told)(pid_t pid))
{
    errors->pid = pid;
    errors->on_end = told;
    errors->item = (struct inbox_item){.name = "a child's stderr", .on_post = on_watch};
    inbox_post(&errors->item);
}

void child_errors_close(void)
{
    LIST_EACH(&watched, node)
    {
        close_one(LIST_OF(node, struct child_errors, node));
    }
}
