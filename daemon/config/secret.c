/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than any key; less than a mistaken file. */
enum { SECRET_BYTES_MAX = 64 * 1024, PATH_BYTES = 4096 };

/* What follows prefix in s, or {NULL, 0}. */
static struct ragd_str after(struct ragd_str s, const char *prefix)
{
    size_t n = strlen(prefix);
    if (s.n <= n || memcmp(s.p, prefix, n) != 0) {
        return (struct ragd_str){NULL, 0};
    }
    return (struct ragd_str){s.p + n, s.n - n};
}

static bool is_name(struct ragd_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool other = (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        if (!letter && !(other && (i > 0 || c == '_'))) {
            return false;
        }
    }
    return s.n > 0;
}

bool secret_is_reference(struct ragd_str s)
{
    struct ragd_str path = after(s, "file:");
    return is_name(after(s, "cred:")) || is_name(after(s, "env:")) ||
           (path.n > 1 && path.p[0] == '/');
}

static int from_env(struct ragd_str name, struct buf *out, struct err *err)
{
    char text[256];
    snprintf(text, sizeof(text), "%.*s", (int)name.n, name.p);
    const char *value = getenv(text);
    if (!value || !*value) {
        err_set(err, ERR_CONFIG, "secret env:%s is not there", text);
        err_why(err, "the environment variable is not set");
        return err_hint(err, "start ragd with %s set", text);
    }
    return buf_puts(out, value) ? err_set(err, ERR_NOMEM, NULL) : 0;
}

static int read_all(int fd, struct buf *out)
{
    while (out->n <= SECRET_BYTES_MAX) {
        if (buf_reserve(out, 4096)) {
            return ENOMEM;
        }
        ssize_t n = read(fd, out->p + out->n, 4096);
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        if (n == 0) {
            return 0;
        }
        out->n += n > 0 ? (size_t)n : 0;
    }
    return EFBIG;
}

static int check_private(int fd, const char *path, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st)) {
        return err_errno(err, errno, "cannot read the secret in %s", path);
    }
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077)) {
        err_set(err, ERR_CONFIG, "the secret in %s is not private", path);
        err_why(err, "others may read or change it");
        return err_hint(err, "chmod 600 %s", path);
    }
    return 0;
}

static int from_file(const char *path, bool private, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return err_errno(err, errno, "cannot read the secret in %s", path);
    }
    int rc = private ? check_private(fd, path, err) : 0;
    if (rc == 0) {
        int failed = read_all(fd, out);
        rc = failed ? err_errno(err, failed, "cannot read the secret in %s", path) : 0;
    }
    close(fd);
    while (rc == 0 && out->n &&
           (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r')) {
        out->n--;
    }
    return rc;
}

static int from_credentials(struct ragd_str name, struct buf *out, struct err *err)
{
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    if (!dir) {
        err_set(err, ERR_CONFIG, "secret cred:%.*s is not there", (int)name.n, name.p);
        err_why(err, "no credentials were handed over: ragd was not started by systemd");
        return err_hint(err, "use LoadCredential= in the unit, or file:/path");
    }
    char path[PATH_BYTES];
    snprintf(path, sizeof(path), "%s/%.*s", dir, (int)name.n, name.p);
    return from_file(path, false, out, err);
}

int secret_read(struct ragd_str reference, struct buf *out, struct err *err)
{
    struct buf secret = {0};
    struct ragd_str name = after(reference, "env:"), cred = after(reference, "cred:");
    struct ragd_str path = after(reference, "file:");
    int rc;
    if (!secret_is_reference(reference)) {
        return err_set(err, ERR_CONFIG, "not a reference to a secret");
    }
    if (name.p) {
        rc = from_env(name, &secret, err);
    } else if (cred.p) {
        rc = from_credentials(cred, &secret, err);
    } else {
        char text[PATH_BYTES];
        snprintf(text, sizeof(text), "%.*s", (int)path.n, path.p);
        rc = from_file(text, true, &secret, err);
    }
    if (rc) {
        buf_release(&secret);
        return rc;
    }
    buf_release(out);
    *out = secret;
    return 0;
}
