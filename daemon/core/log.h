/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The log: one line an event, with a level, a stable message id and fields.
 *
 * Text on a terminal, "<N>" prefixes under systemd, JSON on request. Writing
 * never blocks the caller for long: what a stalled target cannot take is
 * dropped and counted. Never document content, never secrets.
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdarg.h>
#include <stdint.h>

#include <ragd/host.h>

enum log_format { LOG_AUTO = 0, LOG_TEXT, LOG_JOURNAL, LOG_JSON };

/* fd: where to; 2 as a rule. Before threads start, and again on reload. */
void log_setup(int fd, enum log_format format, enum ragd_log_level level);
enum ragd_log_level log_level(void);

/* id: stable, upper case, such as "STORE-OPENED". [any] */
void log_event(enum ragd_log_level level, const char *id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with fields, as plugins log. */
void log_fields(enum ragd_log_level level, const char *id, struct ragd_str msg,
                struct ragd_kvs fields);

#define log_error(id, ...) log_event(RAGD_LOG_ERROR, id, __VA_ARGS__)
#define log_warn(id, ...) log_event(RAGD_LOG_WARN, id, __VA_ARGS__)
#define log_info(id, ...) log_event(RAGD_LOG_INFO, id, __VA_ARGS__)
#define log_debug(id, ...) log_event(RAGD_LOG_DEBUG, id, __VA_ARGS__)

#endif
