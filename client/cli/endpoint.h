/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Which ragd to talk to: --socket, $RAG_SOCKET, the user's, the system's. Only
 * plain sockets are used here, so a daemon can still be started afterwards.
 */
#ifndef CLI_ENDPOINT_H
#define CLI_ENDPOINT_H

#include "cli.h"
#include "ragclient_error.h"

struct endpoint {
    const char *url;
    const char *path;   /* of the socket; NULL for tcp */
    const char *origin; /* "--socket", "RAG_SOCKET", "user", "default" */
    bool named;         /* by flag or variable */
    bool user;          /* the user's own */
    bool none;          /* nothing runs, and no system-wide ragd is installed */
};

/* The socket of a ragd of one's own, and its places. */
const char *path_user_socket(void);
const char *path_system_socket(void);
const char *path_user_config(void);
const char *path_system_config(void);
const char *path_user_data(void);
const char *path_system_data(void);
const char *path_user_log(void);

/* Which daemon this command talks to, by option, environment, sockets in place.
 * Never fails: what is wrong shows when it is dialled. */
void endpoint_find(const struct cli *cli, struct endpoint *endpoint);

/* The endpoint of the user's own ragd, whatever else is there. */
void endpoint_user(const struct cli *cli, struct endpoint *endpoint);

/* True when it is the one of the machine, whose files are the system's. */
bool endpoint_is_system(const struct endpoint *endpoint);

/* True when it is an unnamed one and nothing runs there. */
bool endpoint_stopped(const struct endpoint *endpoint);

/* True when a unit of systemd can start the system's ragd. */
bool endpoint_has_unit(void);

/* True when somebody accepts connections there. */
bool endpoint_answers(const char *socket_path);

/* The token for tcp, from the file that $RAG_TOKEN_FILE names, else from the one
 * beside the user's socket. NULL when there is none; errno says why. */
const char *path_token(void);
const char *endpoint_token(void);

/* Says why no connection came about; returns the exit code. */
int endpoint_fail(const struct cli *cli, const struct endpoint *endpoint,
                  const struct ragc_error *error);

#endif
