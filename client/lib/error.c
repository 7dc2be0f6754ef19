/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct fault_row {
    const char *code, *category;
    int status;
    uint32_t exit;
};

/* By enum ragc_fault. */
static const struct fault_row FAULTS[] = {
    [RAGC_FAULT_NONE] = {"internal", "INTERNAL", RAGC_INTERNAL, 1},
    [RAGC_FAULT_ABSENT] = {"not_running", "UNAVAILABLE", RAGC_UNAVAILABLE, 4},
    [RAGC_FAULT_STALE] = {"not_answering", "UNAVAILABLE", RAGC_UNAVAILABLE, 4},
    [RAGC_FAULT_PERMISSION] = {"denied", "DENIED", RAGC_PERMISSION_DENIED, 5},
    [RAGC_FAULT_PROTOCOL] = {"protocol_version", "CONFLICT", RAGC_FAILED_PRECONDITION, 7},
    [RAGC_FAULT_TIMEOUT] = {"not_answering", "TIMEOUT", RAGC_UNAVAILABLE, 4},
    [RAGC_FAULT_LOST] = {"connection_lost", "UNAVAILABLE", RAGC_UNAVAILABLE, 4},
    [RAGC_FAULT_ADDRESS] = {"unreachable", "UNAVAILABLE", RAGC_UNAVAILABLE, 4},
    [RAGC_FAULT_LOCAL] = {"out_of_memory", "LIMIT", RAGC_RESOURCE_EXHAUSTED, 1},
};

/* Cuts a text that is too long on a character's edge. */
static void set_text(char *out, size_t size, const char *text)
{
    size_t n = strnlen(text, size);
    if (n == size) {
        n = size - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) {
            n--;
        }
    }
    memcpy(out, text, n);
    out[n] = '\0';
}

__attribute__((format(printf, 3, 0))) static void format_text(char *out, size_t size,
                                                              const char *fmt, va_list args)
{
    char text[2 * RAGC_TEXT_BYTES];
    vsnprintf(text, sizeof(text), fmt, args);
    set_text(out, size, text);
}

int error_set(struct ragc_error *error, int status, const char *code, const char *fmt, ...)
{
    if (error) {
        *error = (struct ragc_error){.status = status};
        set_text(error->code, sizeof(error->code), code);
        va_list args;
        va_start(args, fmt);
        format_text(error->message, sizeof(error->message), fmt, args);
        va_end(args);
    }
    return -status;
}

int error_fault(struct ragc_error *error, enum ragc_fault fault, const char *fmt, ...)
{
    const struct fault_row *row = &FAULTS[fault];
    if (error) {
        *error =
            (struct ragc_error){.status = row->status, .fault = fault, .exit = row->exit};
        set_text(error->code, sizeof(error->code), row->code);
        set_text(error->category, sizeof(error->category), row->category);
        va_list args;
        va_start(args, fmt);
        format_text(error->message, sizeof(error->message), fmt, args);
        va_end(args);
    }
    return -row->status;
}

void error_why(struct ragc_error *error, const char *fmt, ...)
{
    if (error) {
        va_list args;
        va_start(args, fmt);
        format_text(error->why, sizeof(error->why), fmt, args);
        va_end(args);
    }
}

int error_copy(struct ragc_error *error, const struct ragc_error *from)
{
    if (error) {
        *error = *from;
    }
    return -from->status;
}

/* An End with a code outside gRPC's sixteen is an error all the same. */
static int status_of(uint32_t code)
{
    return code <= RAGC_UNAUTHENTICATED ? (int)code : RAGC_UNKNOWN;
}

int error_from_end(struct ragc_error *error, const Ragd__V1__End *end)
{
    int status = status_of(end->code);
    error_set(error, status, "", "%s", end->message[0] ? end->message : "the call failed");
    Ragd__V1__Error *details = end->details.len
                                   ? details_unpack(end->details.data, end->details.len)
                                   : NULL;
    if (details && error) {
        set_text(error->code, sizeof(error->code), details->code);
        set_text(error->category, sizeof(error->category), details->category);
        if (details->message[0]) {
            set_text(error->message, sizeof(error->message), details->message);
        }
        set_text(error->why, sizeof(error->why), details->why);
        set_text(error->hint, sizeof(error->hint), details->hint);
        error->exit = details->exit;
        error->retry_after_ms = details->retry_after_ms;
    }
    if (details) {
        ragd__v1__error__free_unpacked(details, NULL);
    }
    return -status;
}
