/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "document_id.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "text.h"
#include "uri.h"

/* Files that went to another machine carry the name of this one. */
static const char *host_of(const struct cli *cli)
{
    const char *url = cli->given.socket;
    return url && strncmp(url, "tcp://", 6) == 0 ? uri_host() : "";
}

/* Bytes before the "#3" of a chunk; all when there is none. */
static size_t without_ordinal(const char *id)
{
    size_t n = strlen(id), at = n;
    while (at > 0 && id[at - 1] >= '0' && id[at - 1] <= '9') {
        at--;
    }
    return at > 1 && at < n && id[at - 1] == '#' ? at - 1 : n;
}

/* The path of a file that is gone, by its directory, or as it is written. */
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
        return argument[0] == '/' ? argument : NULL;
    }
    return pool_printf("%s/%s", strcmp(real, "/") ? real : "", slash + 1);
}

static const char *id_of_file(const struct cli *cli, const char *path)
{
    char real[PATH_MAX];
    return realpath(path, real) ? uri_of_path(real, host_of(cli)) : NULL;
}

const char *document_id(const struct cli *cli, const char *argument)
{
    if (strncmp(argument, "file:", 5) == 0 || uri_is_remote(argument)) {
        return argument;
    }
    const char *id = id_of_file(cli, argument);
    if (id) {
        return id;
    }
    size_t n = without_ordinal(argument);
    const char *path = pool_copy(argument, n);
    id = id_of_file(cli, path);
    if (!id) {
        const char *gone = gone_path(path);
        id = gone ? uri_of_path(gone, host_of(cli)) : NULL;
    }
    return id ? pool_printf("%s%s", id, argument + n) : argument;
}

/* Whether a path can be read, and typed, as it is. */
static bool is_readable(const char *path)
{
    return text_is_utf8(path) && strcmp(text_safe(path, strlen(path)), path) == 0 &&
           !strpbrk(path, "\n\t") && without_ordinal(path) == strlen(path);
}

const char *document_shown(const struct cli *cli, const char *id)
{
    size_t n = without_ordinal(id);
    const char *uri = pool_copy(id, n), *host = host_of(cli);
    const char *path = uri_path_on(uri, host);
    bool same = path && is_readable(path) && strcmp(uri_of_path(path, host), uri) == 0;
    return same ? pool_printf("%s%s", path, id + n) : id;
}

const char *document_cell(const struct cli *cli, const char *id)
{
    return cli->format == FORMAT_TABLE ? document_shown(cli, id) : id;
}

const char *document_shown_in(const struct cli *cli, const char *text)
{
    static const char HEAD[] = "file:///", END[] = " \n\"", TAIL[] = ":;,.)'";
    const char *all = "", *at;
    while ((at = strstr(text, HEAD))) {
        size_t n = strcspn(at, END);
        while (n > 0 && strchr(TAIL, at[n - 1])) {
            n--;
        }
        const char *shown = document_shown(cli, pool_copy(at, n));
        all = pool_printf("%s%.*s%s", all, (int)(at - text), text, shown);
        text = at + n;
    }
    return all[0] ? pool_printf("%s%s", all, text) : text;
}
