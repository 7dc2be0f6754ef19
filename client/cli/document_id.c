/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "document_id.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "uri.h"

/* Files that went to another machine carry the name of this one. */
static const char *host_of(const struct cli *cli)
{
    const char *url = cli->given.socket;
    return url && strncmp(url, "tcp://", 6) == 0 ? uri_host() : "";
}

/* The path of a file that is gone, by its directory. */
static const char *gone_path(const char *argument)
{
    const char *slash = strrchr(argument, '/');
    char real[PATH_MAX];
    if (!slash || !slash[1]) {
        return NULL;
    }
    const char *directory = slash == argument
                                ? "/"
                                : pool_copy(argument, (size_t)(slash - argument));
    if (!realpath(directory, real)) {
        return NULL;
    }
    return pool_printf("%s/%s", strcmp(real, "/") ? real : "", slash + 1);
}

const char *document_id(const struct cli *cli, const char *argument)
{
    char real[PATH_MAX];
    if (strncmp(argument, "file:", 5) == 0 || uri_is_remote(argument)) {
        return argument;
    }
    if (realpath(argument, real)) {
        return uri_of_path(real, host_of(cli));
    }
    const char *gone = gone_path(argument);
    return gone ? uri_of_path(gone, host_of(cli)) : argument;
}
