/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "datadir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"

enum {
    DIR_MODE = 0700,
    SYSTEM_SOCKET_DIR_MODE = 0755, /* the socket's own mode says who may connect */
    PID_BYTES = 32,
};

int datadir_make(const char *path, struct err *err)
{
    if (mkdir(path, DIR_MODE) && errno != EEXIST) {
        return err_errno(err, errno, "cannot make the directory %s", path);
    }
    return 0;
}

static int refuse_owner(const char *path, uid_t owner, struct err *err)
{
    err_set(err, ERR_DENIED, "the directory %s is not ours", path);
    err_why(err, "it belongs to uid %u and ragd runs as uid %u", (unsigned)owner,
            (unsigned)geteuid());
    return err_hint(err, "run ragd as its owner, or choose another one with --data-dir");
}

static int make_private(const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st)) {
        return err_errno(err, errno, "cannot look at %s", path);
    }
    if (!S_ISDIR(st.st_mode)) {
        return err_set(err, ERR_CONFIG, "%s is not a directory", path);
    }
    if (st.st_uid != geteuid()) {
        return refuse_owner(path, st.st_uid, err);
    }
    if ((st.st_mode & 077) == 0) {
        return 0;
    }
    if (chmod(path, DIR_MODE)) {
        return err_errno(err, errno, "cannot make %s private", path);
    }
    log_warn("DATA-DIR-PRIVATE", "%s was open to others (%03o), it is not any more", path,
             (unsigned)st.st_mode & 0777);
    return 0;
}

static int refuse_second(int fd, const char *path, struct err *err)
{
    char pid[PID_BYTES] = "";
    ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);
    pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
    err_set(err, ERR_EXISTS, "another ragd has the data directory %s", path);
    err_why(err, "the process %s holds its lock", *pid ? pid : "(unknown)");
    return err_hint(err, "stop it, or choose another directory with --data-dir");
}

static int take_lock(const char *path, int *out, struct err *err)
{
    char name[PATH_MAX], pid[PID_BYTES];
    snprintf(name, sizeof(name), "%s/lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return err_errno(err, errno, "cannot open the lock %s", name);
    }
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        int rc = errno == EWOULDBLOCK ? refuse_second(fd, path, err)
                                      : err_errno(err, errno, "cannot lock %s", name);
        close(fd);
        return rc;
    }
    int n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
    if (ftruncate(fd, 0) || pwrite(fd, pid, (size_t)n, 0) != n) {
        int rc = err_errno(err, errno, "cannot write the lock %s", name);
        close(fd);
        return rc;
    }
    *out = fd;
    return 0;
}

int datadir_lock(struct made *made, const char *path, int *fd, struct err *err)
{
    int rc = made_directory(made, path, DIR_MODE, err);
    if (rc) {
        return err_hint(err, "make it for uid %u, or choose another one with --data-dir",
                        (unsigned)geteuid());
    }
    rc = make_private(path, err);
    return rc ? rc : take_lock(path, fd, err);
}

/* lstat: in a directory that all may write, somebody may have put a link. */
static int check_socket_dir(const char *dir, struct err *err)
{
    struct stat st;
    if (lstat(dir, &st)) {
        return err_errno(err, errno, "cannot look at %s", dir);
    }
    if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 022) == 0) {
        return 0;
    }
    err_set(err, ERR_DENIED, "the directory %s is not safe for a socket", dir);
    err_why(err, "it must be a directory of uid %u that nobody else may write",
            (unsigned)geteuid());
    return err_hint(err, "remove it, or choose another place with --socket");
}

int datadir_socket_dir(struct made *made, const char *socket_path, bool system,
                       struct err *err)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(socket_path, '/');
    size_t n = slash ? (size_t)(slash - socket_path) : 0;
    if (n == 0 || n >= sizeof(dir)) {
        return 0; /* the root, or what bind will refuse */
    }
    memcpy(dir, socket_path, n);
    dir[n] = '\0';
    int rc = made_directory(made, dir, system ? SYSTEM_SOCKET_DIR_MODE : DIR_MODE, err);
    if (rc) {
        return err_hint(err, "make it for uid %u, or choose another place with --socket",
                        (unsigned)geteuid());
    }
    return system ? 0 : check_socket_dir(dir, err);
}
