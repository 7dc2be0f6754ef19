/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERR_ROW(id, name, category, status, grpc, exit, text) \
    [ERR_##id] = {name, #category, text, RAGD_E_##status, grpc, exit},

static const struct err_info ROWS[ERR_COUNT] = {ERR_LIST(ERR_ROW)};

const struct err_info *err_info(enum err_id id)
{
    if ((int)id <= ERR_NONE || id >= ERR_COUNT) {
        return &ROWS[ERR_INTERNAL];
    }
    return &ROWS[id];
}

/*
 * Bare statuses come from plugins as a rule, so the three that speak of
 * another party mean the service behind the plugin, not the daemon's caller.
 */
enum err_id err_by_status(int status)
{
    switch (status) {
    case RAGD_E_CANCELLED: return ERR_CANCELLED;
    case RAGD_E_DEADLINE: return ERR_DEADLINE;
    case RAGD_E_ARG: return ERR_INVALID;
    case RAGD_E_CONFIG: return ERR_CONFIG;
    case RAGD_E_NOT_FOUND: return ERR_NOT_FOUND;
    case RAGD_E_EXISTS: return ERR_EXISTS;
    case RAGD_E_UNSUPPORTED: return ERR_UNSUPPORTED;
    case RAGD_E_DENIED: return ERR_DENIED;
    case RAGD_E_AUTH: return ERR_UPSTREAM_AUTH;
    case RAGD_E_RATE: return ERR_UPSTREAM_RATE;
    case RAGD_E_UNAVAILABLE: return ERR_UPSTREAM;
    case RAGD_E_LIMIT: return ERR_LIMIT;
    case RAGD_E_BAD_INPUT: return ERR_PARSE;
    case RAGD_E_CONFLICT: return ERR_CONFLICT;
    case RAGD_E_IO: return ERR_IO;
    case RAGD_E_NOMEM: return ERR_NOMEM;
    case RAGD_E_CORRUPT: return ERR_CORRUPT;
    case RAGD_E_FULL: return ERR_STORAGE_FULL;
    default: return ERR_INTERNAL;
    }
}

enum err_id err_by_name(const char *name, size_t n)
{
    for (int id = ERR_NONE + 1; id < ERR_COUNT; id++) {
        if (strlen(ROWS[id].name) == n && memcmp(ROWS[id].name, name, n) == 0) {
            return (enum err_id)id;
        }
    }
    return ERR_INTERNAL;
}

/* Takes away the start of a character that vsnprintf cut in two. */
static void drop_partial(char *s)
{
    size_t n = strlen(s), tail = 0;
    while (tail < 3 && tail < n && ((unsigned char)s[n - 1 - tail] & 0xC0) == 0x80) {
        tail++;
    }
    if (tail >= n) {
        return;
    }
    unsigned char lead = (unsigned char)s[n - 1 - tail];
    size_t want = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (want > tail) {
        s[n - 1 - tail] = '\0';
    }
}

static void format(char *out, size_t size, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

static void format(char *out, size_t size, const char *fmt, va_list args)
{
    int n = vsnprintf(out, size, fmt, args);
    if (n < 0) {
        out[0] = '\0';
    } else if ((size_t)n >= size) {
        drop_partial(out);
    }
}

int err_set(struct err *err, enum err_id id, const char *fmt, ...)
{
    const struct err_info *info = err_info(id);
    if (!err) {
        return info->status;
    }
    /* fmt may print what err holds, so it is built beside it. */
    char msg[ERR_MSG_BYTES];
    if (fmt) {
        va_list args;
        va_start(args, fmt);
        format(msg, sizeof(msg), fmt, args);
        va_end(args);
    } else {
        snprintf(msg, sizeof(msg), "%s", info->text);
    }
    err->id = id == ERR_NONE ? ERR_INTERNAL : id;
    err->retry_after_ms = 0;
    memcpy(err->msg, msg, sizeof(msg));
    err->why[0] = '\0';
    err->hint[0] = '\0';
    return info->status;
}

int err_why(struct err *err, const char *fmt, ...)
{
    if (!err) {
        return RAGD_E_INTERNAL;
    }
    char why[ERR_WHY_BYTES];
    va_list args;
    va_start(args, fmt);
    format(why, sizeof(why), fmt, args);
    va_end(args);
    memcpy(err->why, why, sizeof(why));
    return err_status(err);
}

int err_hint(struct err *err, const char *fmt, ...)
{
    if (!err) {
        return RAGD_E_INTERNAL;
    }
    char hint[ERR_HINT_BYTES];
    va_list args;
    va_start(args, fmt);
    format(hint, sizeof(hint), fmt, args);
    va_end(args);
    memcpy(err->hint, hint, sizeof(hint));
    return err_status(err);
}

int err_hint_also(struct err *err, const char *hint)
{
    if (!err) {
        return RAGD_E_INTERNAL;
    }
    char first[ERR_HINT_BYTES];
    memcpy(first, err->hint, sizeof(first));
    return err_hint(err, "%s%s%s", first, first[0] ? "; " : "", hint);
}

void err_wrap(struct err *err, const char *fmt, ...)
{
    if (!err) {
        return;
    }
    char context[ERR_MSG_BYTES], old[ERR_MSG_BYTES];
    va_list args;
    va_start(args, fmt);
    format(context, sizeof(context), fmt, args);
    va_end(args);
    memcpy(old, err->msg, sizeof(old));
    int n = snprintf(err->msg, sizeof(err->msg), "%s: %s", context, old);
    if (n >= (int)sizeof(err->msg)) {
        drop_partial(err->msg);
    }
}

static enum err_id id_of_errno(int errnum)
{
    switch (errnum) {
    case ENOSPC:
    case EDQUOT: return ERR_STORAGE_FULL;
    case EACCES:
    case EPERM:
    case EROFS: return ERR_DENIED;
    case ENOENT:
    case ENOTDIR: return ERR_NOT_FOUND;
    case ENOMEM: return ERR_NOMEM;
    default: return ERR_IO;
    }
}

int err_errno(struct err *err, int errnum, const char *fmt, ...)
{
    enum err_id id = id_of_errno(errnum);
    if (!err) {
        return err_info(id)->status;
    }
    char msg[ERR_MSG_BYTES], text[128];
    va_list args;
    va_start(args, fmt);
    format(msg, sizeof(msg), fmt, args);
    va_end(args);
    err_set(err, id, "%s", msg);
    return err_why(err, "%s", strerror_r(errnum, text, sizeof(text)));
}

int err_status(const struct err *err)
{
    return !err || err->id == ERR_NONE ? 0 : err_info(err->id)->status;
}
