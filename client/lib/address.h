/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Where a URL leads, and why nobody answers there. Plain sockets, no nng. */
#ifndef CLIENT_ADDRESS_H
#define CLIENT_ADDRESS_H

#include <stddef.h>

#include "ragclient_error.h"

enum {
    ADDRESS_URL_BYTES = 4200,
    /* Longer socket paths do not fit the system's address structure. */
    ADDRESS_PATH_MAX = 107,
};

/* A URL as nng takes it. */
struct address {
    char url[ADDRESS_URL_BYTES];
    const char *path; /* into url; NULL for tcp */
    int directory;    /* descriptor that a long path goes through, -1 = none */
};

/* Checks and canonises; 0 or a negative status. */
int address_init(struct address *address, const char *url, struct ragc_error *error);
void address_release(struct address *address);

/*
 * Connects with a plain socket and closes it: RAGC_FAULT_NONE when somebody
 * accepts, else the fault and its text in error.
 */
enum ragc_fault address_probe(const struct address *address, int timeout_ms,
                              struct ragc_error *error);

#endif
