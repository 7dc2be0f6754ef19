/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* How calls and connections of ragclient.h fail. */
#ifndef RAGCLIENT_ERROR_H
#define RAGCLIENT_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* gRPC's status codes. */
enum ragc_status {
    RAGC_OK = 0,
    RAGC_CANCELLED = 1,
    RAGC_UNKNOWN = 2,
    RAGC_INVALID_ARGUMENT = 3,
    RAGC_DEADLINE_EXCEEDED = 4,
    RAGC_NOT_FOUND = 5,
    RAGC_ALREADY_EXISTS = 6,
    RAGC_PERMISSION_DENIED = 7,
    RAGC_RESOURCE_EXHAUSTED = 8,
    RAGC_FAILED_PRECONDITION = 9,
    RAGC_ABORTED = 10,
    RAGC_OUT_OF_RANGE = 11,
    RAGC_UNIMPLEMENTED = 12,
    RAGC_INTERNAL = 13,
    RAGC_UNAVAILABLE = 14,
    RAGC_DATA_LOSS = 15,
    RAGC_UNAUTHENTICATED = 16
};

/* Why there is no connection, as far as this side can tell. */
enum ragc_fault {
    RAGC_FAULT_NONE = 0,   /* the daemon itself answered with an error */
    RAGC_FAULT_ABSENT,     /* nothing is at the socket's path */
    RAGC_FAULT_STALE,      /* a socket is there, nobody listens */
    RAGC_FAULT_PERMISSION, /* the system forbids to connect */
    RAGC_FAULT_PROTOCOL,   /* the other side speaks another protocol */
    RAGC_FAULT_TIMEOUT,    /* no answer in time */
    RAGC_FAULT_LOST,       /* the connection ended */
    RAGC_FAULT_ADDRESS,    /* the URL is no good, or its host is unreachable */
    RAGC_FAULT_LOCAL       /* memory, descriptors */
};

enum { RAGC_TEXT_BYTES = 512 };

/* Texts end with a NUL and are cut when longer; empty = not said. */
struct ragc_error {
    int status; /* enum ragc_status */
    enum ragc_fault fault;
    uint32_t exit;           /* exit code the daemon suggests, 0 = none */
    uint64_t retry_after_ms; /* 0 = not said */
    char code[64];           /* stable word: "no_such_collection" */
    char category[32];
    char message[RAGC_TEXT_BYTES];
    char why[RAGC_TEXT_BYTES];
    char hint[RAGC_TEXT_BYTES];
};

#ifdef __cplusplus
}
#endif

#endif
