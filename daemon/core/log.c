/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: a line is built on the stack and leaves in one write.
 *
 * Failure modes: a line never exceeds PIPE_BUF bytes and is written only when
 * the target says it has room, which for a pipe means PIPE_BUF bytes, for a
 * socket is asked with MSG_DONTWAIT: so a stalled reader costs at most
 * WAIT_MS once, then lines are dropped until it reads again. What is too
 * long is cut and marked with "...".
 */
#include "core/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/utf8.h"

enum { LINE_BYTES = PIPE_BUF, TAIL_BYTES = 8, TEXT_BYTES = 2048, WAIT_MS = 5 };

static struct {
    pthread_mutex_t lock; /* of one line's poll and write, and of stalled */
    int fd;
    enum log_format format;
    int stalled;
    atomic_int level;
} target = {PTHREAD_MUTEX_INITIALIZER, STDERR_FILENO, LOG_TEXT, 0, RAGD_LOG_INFO};

/* A line under construction; n stays below LINE_BYTES - TAIL_BYTES. */
struct line {
    char p[LINE_BYTES];
    size_t n;
    int cut;
    int json;
};

/* Whether fd is the stream that systemd connected to the journal. */
static int is_journal(int fd)
{
    const char *env = getenv("JOURNAL_STREAM");
    unsigned long long dev, ino;
    struct stat st;
    return env && sscanf(env, "%llu:%llu", &dev, &ino) == 2 && fstat(fd, &st) == 0 &&
           st.st_dev == dev && st.st_ino == ino;
}

void log_setup(int fd, enum log_format format, enum ragd_log_level level)
{
    pthread_mutex_lock(&target.lock);
    target.fd = fd;
    target.format = format;
    if (format == LOG_AUTO) {
        target.format = is_journal(fd) ? LOG_JOURNAL : LOG_TEXT;
    }
    pthread_mutex_unlock(&target.lock);
    atomic_store(&target.level, (int)level);
}

enum ragd_log_level log_level(void)
{
    return (enum ragd_log_level)atomic_load_explicit(&target.level, memory_order_relaxed);
}

static void put(struct line *line, const char *p, size_t n)
{
    size_t room = LINE_BYTES - TAIL_BYTES - line->n;
    if (line->cut || n > room) {
        line->cut = 1;
        return;
    }
    memcpy(line->p + line->n, p, n);
    line->n += n;
}

static void puts_line(struct line *line, const char *s)
{
    put(line, s, strlen(s));
}

/* Text of anybody: no control byte and no ill-formed UTF-8 reaches the line. */
static void put_text(struct line *line, const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && !line->cut) {
        unsigned char c = (unsigned char)p[i];
        char escaped[8];
        size_t len = 1;
        if (c >= 0x80) {
            size_t rest = n - i < 4 ? n - i : 4;
            uint32_t cp;
            len = utf8_next(p + i, rest, &cp);
            if (utf8_check(p + i, len) < len) {
                puts_line(line, "?");
                len = 1;
            } else {
                put(line, p + i, len);
            }
        } else if (c < 0x20 || c == 0x7F) {
            snprintf(escaped, sizeof(escaped), line->json ? "\\u%04x" : "\\x%02x", c);
            puts_line(line, escaped);
        } else if (line->json && (c == '"' || c == '\\')) {
            put(line, (char[]){'\\', (char)c}, 2);
        } else {
            put(line, p + i, 1);
        }
        i += len;
    }
}

static void put_time(struct line *line)
{
    int64_t ms = clock_unix_ms();
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    char text[48];
    gmtime_r(&seconds, &tm);
    size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + n, sizeof(text) - n, ".%03dZ", (int)(ms % 1000));
    puts_line(line, text);
}

static void put_number(struct line *line, const struct ragd_value *v)
{
    char text[40];
    if (v->type == RAGD_V_REAL) {
        snprintf(text, sizeof(text), "%.17g", v->u.d);
    } else {
        snprintf(text, sizeof(text), "%lld", (long long)v->u.i);
    }
    puts_line(line, text);
}

static void put_string(struct line *line, struct ragd_str s)
{
    int quote = line->json || s.n == 0 || memchr(s.p, ' ', s.n);
    puts_line(line, quote ? "\"" : "");
    put_text(line, s.p, s.n);
    puts_line(line, quote ? "\"" : "");
}

static void put_value(struct line *line, const struct ragd_value *v)
{
    switch (v->type) {
    case RAGD_V_BOOL: puts_line(line, v->u.i ? "true" : "false"); break;
    case RAGD_V_INT:
    case RAGD_V_REAL: put_number(line, v); break;
    case RAGD_V_STR: put_string(line, v->u.s); break;
    case RAGD_V_LIST:
        puts_line(line, "[");
        for (size_t i = 0; i < v->u.list.n; i++) {
            puts_line(line, i ? "," : "");
            if (v->u.list.p[i].type != RAGD_V_LIST) {
                put_value(line, &v->u.list.p[i]);
            }
        }
        puts_line(line, "]");
        break;
    default: puts_line(line, "null");
    }
}

static const char *const LEVELS[] = {"error", "warn", "info", "debug"};
/* Of syslog: error, warning, informational, debug. */
static const char *const PRIORITIES[] = {"<3>", "<4>", "<6>", "<7>"};

static void build_text(struct line *line, enum ragd_log_level level, const char *id,
                       struct ragd_str msg, struct ragd_kvs fields)
{
    if (target.format == LOG_JOURNAL) {
        puts_line(line, PRIORITIES[level]);
    } else {
        put_time(line);
        puts_line(line, " ");
        puts_line(line, LEVELS[level]);
        puts_line(line, level == RAGD_LOG_WARN || level == RAGD_LOG_INFO ? "  " : " ");
    }
    puts_line(line, id);
    puts_line(line, " ");
    put_text(line, msg.p, msg.n);
    for (size_t i = 0; i < fields.n; i++) {
        puts_line(line, " ");
        put_text(line, fields.p[i].key.p, fields.p[i].key.n);
        puts_line(line, "=");
        put_value(line, &fields.p[i].val);
    }
}

/* A cut JSON line would be no JSON: fields that do not fit are left out whole. */
static void put_member(struct line *line, const struct ragd_kv *field)
{
    size_t before = line->n;
    puts_line(line, ",\"");
    put_text(line, field->key.p, field->key.n);
    puts_line(line, "\":");
    put_value(line, &field->val);
    if (line->cut) {
        line->n = before;
    }
}

static void build_json(struct line *line, enum ragd_log_level level, const char *id,
                       struct ragd_str msg, struct ragd_kvs fields)
{
    line->json = 1;
    puts_line(line, "{\"ts\":\"");
    put_time(line);
    puts_line(line, "\",\"level\":\"");
    puts_line(line, LEVELS[level]);
    puts_line(line, "\",\"id\":\"");
    puts_line(line, id);
    puts_line(line, "\",\"msg\":\"");
    put_text(line, msg.p, utf8_cut(msg.p, msg.n, TEXT_BYTES / 4));
    puts_line(line, "\"");
    for (size_t i = 0; i < fields.n && !line->cut; i++) {
        put_member(line, &fields.p[i]);
    }
}

static ssize_t write_now(const char *p, size_t n)
{
    ssize_t sent = send(target.fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 && errno == ENOTSOCK ? write(target.fd, p, n) : sent;
}

static void write_line(const struct line *line)
{
    struct pollfd ready = {.fd = target.fd, .events = POLLOUT};
    if (poll(&ready, 1, target.stalled ? 0 : WAIT_MS) == 1 && (ready.revents & POLLOUT) &&
        write_now(line->p, line->n) == (ssize_t)line->n) {
        target.stalled = 0;
        return;
    }
    target.stalled = 1;
}

void log_fields(enum ragd_log_level level, const char *id, struct ragd_str msg,
                struct ragd_kvs fields)
{
    if (level > log_level()) {
        return;
    }
    struct line line = {.n = 0};
    pthread_mutex_lock(&target.lock);
    if (target.format == LOG_JSON) {
        build_json(&line, level, id, msg, fields);
    } else {
        build_text(&line, level, id, msg, fields);
    }
    /* TAIL_BYTES are kept free for this. */
    const char *tail = line.json ? "}\n" : line.cut ? " ...\n" : "\n";
    size_t n = strlen(tail);
    memcpy(line.p + line.n, tail, n);
    line.n += n;
    write_line(&line);
    pthread_mutex_unlock(&target.lock);
}

void log_event(enum ragd_log_level level, const char *id, const char *fmt, ...)
{
    if (level > log_level()) {
        return;
    }
    char text[TEXT_BYTES];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    log_fields(level, id, (struct ragd_str){text, len}, (struct ragd_kvs){NULL, 0});
}
