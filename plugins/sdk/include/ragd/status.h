/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * Statuses: what a function of the ABI answers.
 *
 * 0 is success, positive values are not errors, negative ones are. The host's
 * retry policy depends on the status alone: those marked retry may be tried
 * again by the host (3 attempts in all, honouring retry_after_ms, never after
 * the first token of a generation). An unknown negative status counts as
 * RAGD_E_INTERNAL.
 */
#ifndef RAGD_STATUS_H
#define RAGD_STATUS_H

#include <ragd/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(NAME, value, retry, text) */
#define RAGD_STATUS_LIST(X)                   \
    X(CANCELLED, -1, 0, "cancelled")          \
    X(DEADLINE, -2, 1, "deadline exceeded")   \
    X(ARG, -3, 0, "invalid argument")         \
    X(CONFIG, -4, 0, "invalid configuration") \
    X(NOT_FOUND, -5, 0, "not found")          \
    X(EXISTS, -6, 0, "already exists")        \
    X(UNSUPPORTED, -7, 0, "not supported")    \
    X(DENIED, -8, 0, "permission denied")     \
    X(AUTH, -9, 0, "authentication failed")   \
    X(RATE, -10, 1, "rate limited")           \
    X(UNAVAILABLE, -11, 1, "unavailable")     \
    X(LIMIT, -12, 0, "limit exceeded")        \
    X(BAD_INPUT, -13, 0, "malformed input")   \
    X(CONFLICT, -14, 1, "conflict")           \
    X(IO, -15, 0, "input/output error")       \
    X(NOMEM, -16, 0, "out of memory")         \
    X(INTERNAL, -17, 0, "internal error")     \
    X(CORRUPT, -18, 0, "data is damaged")     \
    X(FULL, -19, 0, "no space left")

typedef int32_t ragd_status;

enum {
    RAGD_OK = 0,
    RAGD_PENDING = 1, /* asynchronous: completes later through call_done */
    RAGD_AGAIN = 2,   /* accepted, but pause until resumed */
    RAGD_PARTIAL = 3, /* some items failed, see call_item_error */
#define RAGD_STATUS_ENUM(name, value, retry, text) RAGD_E_##name = value,
    RAGD_STATUS_LIST(RAGD_STATUS_ENUM)
#undef RAGD_STATUS_ENUM
};

/* Detail of an error, given to the host by call_error or call_item_error. */
struct ragd_error {
    uint32_t struct_size;
    ragd_status status;
    /* A stable machine word such as "pdf_truncated"; may be empty. */
    struct ragd_str code;
    /* One sentence for a person. No secrets, no document text. */
    struct ragd_str message;
    int64_t retry_after_ms; /* -1 = unknown */
    int32_t http_status;    /* 0 = none */
    int32_t os_errno;       /* 0 = none */
};

#ifdef __cplusplus
}
#endif
#endif
