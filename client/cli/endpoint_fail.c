/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The texts for the ways in which there is no daemon. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_info.h"
#include "endpoint.h"
#include "fail.h"
#include "pool.h"

static const char *user_name(uid_t uid)
{
    const struct passwd *user = getpwuid(uid);
    return user ? pool_strdup(user->pw_name) : pool_printf("%u", (unsigned)uid);
}

static const char *group_name(gid_t gid)
{
    const struct group *group = getgrgid(gid);
    return group ? pool_strdup(group->gr_name) : pool_printf("%u", (unsigned)gid);
}

/* The nearest directory around the path that can be seen, and its status. */
static const char *closed_directory(const char *path, struct stat *st)
{
    const char *slash = strrchr(path, '/');
    while (slash && slash > path) {
        path = pool_copy(path, (size_t)(slash - path));
        if (stat(path, st) == 0) {
            return path;
        }
        slash = strrchr(path, '/');
    }
    path = slash ? "/" : ".";
    return stat(path, st) == 0 ? path : "?";
}

static bool is_no_socket(const struct endpoint *endpoint)
{
    struct stat st;
    return endpoint->path && stat(endpoint->path, &st) == 0 && !S_ISSOCK(st.st_mode);
}

/* "permission denied (socket is root:ragd 0660, you are mika)" */
static const char *why_denied(const struct endpoint *endpoint)
{
    struct stat st;
    const char *me = user_name(geteuid());
    if (stat(endpoint->path, &st) != 0) {
        st = (struct stat){0};
        const char *directory = closed_directory(endpoint->path, &st);
        return pool_printf("permission denied (the directory %s is %s's, you are %s)",
                           directory, user_name(st.st_uid), me);
    }
    return pool_printf("permission denied (socket is %s:%s %04o, you are %s)",
                       user_name(st.st_uid), group_name(st.st_gid),
                       (unsigned)(st.st_mode & 07777), me);
}

static const char *hint_denied(const struct endpoint *endpoint)
{
    struct stat st;
    const char *group = "ragd";
    if (!endpoint_is_system(endpoint)) {
        return pool_printf("it serves its own user; for one of your own leave %s out",
                           endpoint->named ? endpoint->origin : "its address");
    }
    if (stat(endpoint->path, &st) == 0 && st.st_gid != 0) {
        group = group_name(st.st_gid);
    }
    return pool_printf(
        "sudo usermod -aG %s %s, then log in again \xE2\x80\x93 or set access: local",
        group, user_name(geteuid()));
}

static const char *why_no_token(void)
{
    const char *path = path_token();
    errno = 0; /* stays so when the file is there and empty */
    if (endpoint_token()) {
        return pool_printf("the token in %s is not the daemon's", path);
    }
    return pool_printf("tcp needs the daemon's token, and %s: %s", path,
                       errno ? strerror(errno) : "it is empty");
}

static const char *hint_token(void)
{
    return pool_printf("RAG_TOKEN_FILE=FILE rag ...\n"
                       "ragd keeps its token beside its socket (%s.token, or a user's\n"
                       "%s.token), unless its setting \"token\" says otherwise",
                       path_system_socket(), path_user_socket());
}

/* How to start, or look after, the daemon that was meant. */
static const char *hint_start(const struct endpoint *endpoint, bool stale)
{
    if (endpoint->user || endpoint->none) {
        return stale ? pool_printf("rag start        its log: %s", path_user_log())
                     : "rag start";
    }
    if (endpoint->named) {
        return endpoint->path ? pool_printf("start the ragd that listens there, or look at "
                                            "its log\nor without %s: rag start",
                                            endpoint->origin)
                              : "check the address and that ragd listens there";
    }
    const char *own = endpoint_has_unit() ? stale ? "sudo systemctl restart ragd && "
                                                    "journalctl -u ragd -n 20"
                                                  : "sudo systemctl start ragd"
                                          : "sudo ragd --system";
    return pool_printf("%s\nor one of your own: rag start", own);
}

static const char *why_failed(const struct ragc_error *error)
{
    return pool_printf("%s%s%s", error->message, error->why[0] ? ": " : "", error->why);
}

static int fail_with(const struct cli *cli, const struct ragc_error *error,
                     const struct failure *texts)
{
    struct failure failure = *texts;
    failure.exit = error->exit ? (int)error->exit : exit_of_status(error->status);
    failure.code = error->code;
    return fail(cli, &failure);
}

int endpoint_fail(const struct cli *cli, const struct endpoint *endpoint,
                  const struct ragc_error *error)
{
    const char *where = endpoint->path ? endpoint->path : endpoint->url;
    struct failure texts = {
        .message = pool_printf("cannot reach ragd at %s (%s)", where, endpoint->origin)};
    switch (error->fault) {
    case RAGC_FAULT_ABSENT:
        texts.why =
            "the socket file does not exist \xE2\x80\x93 the service is not running";
        texts.hint = hint_start(endpoint, false);
        break;
    case RAGC_FAULT_STALE:
        if (is_no_socket(endpoint)) {
            texts.why = "what is there is no socket";
            texts.hint = "name the socket of a ragd, or leave the name out";
            break;
        }
        texts.why = endpoint->path ? "the socket exists but nobody answers \xE2\x80\x93 "
                                     "ragd stopped without cleaning up"
                                   : "nobody listens there";
        texts.hint = hint_start(endpoint, true);
        break;
    case RAGC_FAULT_PERMISSION:
        texts.why = endpoint->path ? why_denied(endpoint) : why_no_token();
        texts.hint = endpoint->path ? hint_denied(endpoint) : hint_token();
        break;
    case RAGC_FAULT_PROTOCOL:
        texts.why = error->why[0] ? error->why : error->message;
        texts.hint = "install the same version of rag and ragd; this rag is " BUILD_VERSION;
        break;
    case RAGC_FAULT_LOST:
    case RAGC_FAULT_TIMEOUT:
        texts.why = error->fault == RAGC_FAULT_TIMEOUT ? error->why : why_failed(error);
        texts.hint = endpoint->user ? pool_printf("look at its log: %s", path_user_log())
                                    : hint_start(endpoint, true);
        break;
    default: texts.why = why_failed(error); break;
    }
    return fail_with(cli, error, &texts);
}
