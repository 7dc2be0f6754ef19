/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The table of methods: names, shapes, who may call, and who answers.
 *
 * Thread: all functions [loop].
 */
#ifndef RPC_DISPATCH_H
#define RPC_DISPATCH_H

#include <protobuf-c/protobuf-c.h>

#include "core/err.h"

struct request;

/* What travels between Call and End. A method's shape never changes. */
enum method_shape {
    METHOD_UNARY, /* nothing; the answer is End.body */
    METHOD_DOWN,  /* Data from the server */
    METHOD_BOTH,  /* Data both ways */
};

/* Who may call. */
enum method_access {
    ACCESS_NONE,  /* anybody who reached the socket */
    ACCESS_PEER,  /* a peer whose user is known */
    ACCESS_READ,  /* the same; the engine looks only at this user's collections */
    ACCESS_WRITE, /* the same, and changes them */
    ACCESS_ADMIN, /* root and the daemon's own user */
};

enum method_flags {
    METHOD_READ_ONLY = 1, /* may be repeated: REQ0 peers may call it */
    METHOD_LIGHT = 2,     /* answered at once: takes no place among the calls at work */
};

struct method {
    const char *name; /* "ragd.v1.Query/Search" */
    enum method_shape shape;
    enum method_access access;
    unsigned flags;                           /* enum method_flags */
    const ProtobufCMessageDescriptor *call;   /* of Call.body */
    const ProtobufCMessageDescriptor *piece;  /* of the caller's Data, or NULL */
    const ProtobufCMessageDescriptor *answer; /* of the server's Data or End.body */
    void (*start)(struct request *request);   /* must end the request once */
};

/* The methods that a daemon serves. */
struct method_table {
    const struct method *rows;
    size_t n;
};

/* The daemon's own: methods.c. */
extern const struct method_table METHODS;

/* NULL and ERR_UNKNOWN_METHOD, with the nearest name as a hint. */
const struct method *method_find(const struct method_table *table, const char *name,
                                 struct err *err);

#endif
