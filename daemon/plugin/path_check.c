/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The rule is that of sudo and sshd: who can change the file, or put another
 * one in its place, runs code with the daemon's rights, so nobody may who
 * could not do so anyway.
 */
#include "plugin/path_check.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, GROUP_BYTES = 4096 };

/* A user's private group, as many systems give each user: nobody else in it. */
static bool private_group(gid_t gid)
{
    if (gid != getegid()) {
        return false;
    }
    char buf[GROUP_BYTES], names[GROUP_BYTES];
    struct group group, *found = NULL;
    struct passwd user, *self = NULL;
    if (getgrgid_r(gid, &group, buf, sizeof(buf), &found) || !found ||
        getpwuid_r(geteuid(), &user, names, sizeof(names), &self) || !self ||
        self->pw_gid != gid || strcmp(group.gr_name, user.pw_name) != 0) {
        return false;
    }
    for (char **member = group.gr_mem; *member; member++) {
        if (strcmp(*member, user.pw_name) != 0) {
            return false;
        }
    }
    return true;
}

static int check_owner(const char *path, const struct stat *st, bool system,
                       struct err *err)
{
    if (st->st_uid == 0 || (!system && st->st_uid == geteuid())) {
        return 0;
    }
    err_set(err, ERR_PLUGIN_REFUSED, "%s belongs to user %u", path, (unsigned)st->st_uid);
    err_why(err, system ? "in system mode plugins and their directories belong to root"
                        : "plugins and their directories belong to you or to root");
    return err_hint(err, "chown %s %s", system ? "root" : "\"$USER\"", path);
}

/* In a directory with the sticky bit (/tmp) others may add entries, but not put
 * theirs in the place of one that was found to be ours or root's. That is enough
 * for one's own daemon, from a build below /tmp; a system's runs nothing from
 * where everybody can leave files. */
static int check_writable(const char *path, const struct stat *st, bool system,
                          struct err *err)
{
    mode_t mode = st->st_mode;
    bool sticky = S_ISDIR(mode) && (mode & S_ISVTX);
    bool group = (mode & S_IWGRP) && (system || !private_group(st->st_gid));
    if ((sticky && !system) || !(group || (mode & S_IWOTH))) {
        return 0;
    }
    err_set(err, ERR_PLUGIN_REFUSED, "%s may be written by %s (mode %04o)", path,
            mode & S_IWOTH ? "everybody" : "its group", (unsigned)(mode & 07777));
    err_why(err, "whoever can change it could run code as ragd");
    return sticky
               ? err_hint(err, "install plugins where only root writes, or run ragd --user")
               : err_hint(err, "chmod go-w %s", path);
}

static int check_one(const char *path, const struct stat *st, bool system, struct err *err)
{
    int rc = check_owner(path, st, system, err);
    return rc ? rc : check_writable(path, st, system, err);
}

static int check_directories(const char *path, bool system, struct err *err)
{
    char dir[PATH_MAX];
    size_t n = strlen(path);
    if (n >= sizeof(dir)) {
        return err_set(err, ERR_PLUGIN_REFUSED, "%s: the path is too long", path);
    }
    memcpy(dir, path, n + 1);
    char *slash;
    while ((slash = strrchr(dir, '/'))) {
        slash[slash == dir] = '\0';
        struct stat st;
        if (lstat(dir, &st)) {
            return err_errno(err, errno, "%s", dir);
        }
        int rc = check_one(dir, &st, system, err);
        if (rc || slash == dir) {
            return rc;
        }
    }
    return 0;
}

static int hash_fd(int fd, char sha256[HASH_HEX_BYTES])
{
    struct hash hash = {0};
    uint8_t digest[HASH_BYTES];
    char buf[READ_BYTES];
    if (hash_init(&hash)) {
        return RAGD_E_NOMEM;
    }
    ssize_t n;
    while ((n = read(fd, buf, sizeof(buf))) > 0) {
        hash_update(&hash, buf, (size_t)n);
    }
    if (n < 0) {
        hash_release(&hash);
        return RAGD_E_IO;
    }
    hash_final(&hash, digest);
    hash_hex(digest, sha256);
    return 0;
}

int path_check(const char *path, bool system, char sha256[HASH_HEX_BYTES], struct err *err)
{
    /* Nonblocking: opening a fifo must not wait for its other end. */
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ELOOP) {
        err_set(err, ERR_PLUGIN_REFUSED, "%s is a symbolic link", path);
        return err_hint(err, "put the file itself there");
    }
    if (fd < 0) {
        err_set(err, ERR_PLUGIN_REFUSED, "%s cannot be opened", path);
        return err_why(err, "%s", strerror(errno));
    }
    struct stat st;
    int rc = 0;
    if (fstat(fd, &st)) {
        rc = err_errno(err, errno, "%s", path);
    } else if (!S_ISREG(st.st_mode)) {
        rc = err_set(err, ERR_PLUGIN_REFUSED, "%s is not a regular file", path);
    } else {
        rc = check_one(path, &st, system, err);
    }
    rc = rc ? rc : check_directories(path, system, err);
    if (rc == 0 && hash_fd(fd, sha256)) {
        rc = err_set(err, ERR_PLUGIN_REFUSED, "%s cannot be read", path);
    }
    close(fd);
    return rc;
}
