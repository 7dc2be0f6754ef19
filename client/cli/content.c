/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pool.h"

enum { COPY_BYTES = 64 << 10 };

const char *content_kind(mode_t mode)
{
    return S_ISREG(mode)    ? NULL
           : S_ISDIR(mode)  ? "a directory"
           : S_ISLNK(mode)  ? "a symbolic link"
           : S_ISFIFO(mode) ? "a pipe"
           : S_ISSOCK(mode) ? "a socket"
           : S_ISCHR(mode)  ? "a device"
           : S_ISBLK(mode)  ? "a device"
                            : "no regular file";
}

struct failure content_refused(const char *shown, mode_t mode)
{
    return (struct failure){
        .exit = EXIT_USAGE,
        .code = "usage",
        .message = pool_printf("cannot add %s: it is %s", shown, content_kind(mode)),
        .hint = "rag add --name NAME -   reads stdin",
    };
}

static struct failure unreadable(const struct source_file *file, int errnum)
{
    const char *message = pool_printf("cannot read %s", file->shown);
    struct failure failure = failure_of_errno(errnum, message);
    if (errnum == EAGAIN) {
        failure.why = "it has nothing to read now, and rag does not wait for a file";
    }
    return failure;
}

int content_open(const struct source_file *file, struct stat *st, struct failure *failure)
{
    int fd = file->path ? open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
                        : dup(file->fd);
    bool known = fd >= 0 && fstat(fd, st) == 0;
    if (known && S_ISREG(st->st_mode) && lseek(fd, 0, SEEK_SET) == 0) {
        return fd;
    }
    *failure = known && !S_ISREG(st->st_mode) ? content_refused(file->shown, st->st_mode)
                                              : unreadable(file, errno);
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

ssize_t content_read(const struct source_file *file, int fd, uint8_t *p, size_t n,
                     struct failure *failure)
{
    size_t used = 0;
    while (used < n) {
        ssize_t got = read(fd, p + used, n - used);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            *failure = unreadable(file, errno);
            return -1;
        }
        if (got == 0) {
            break;
        }
        used += (size_t)got;
    }
    return (ssize_t)used;
}

/* Not every file system makes files without a name; those of the others lose it
 * at once. */
static int create_unnamed(const char *directory)
{
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        char *path = pool_printf("%s/rag-XXXXXX", directory);
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0) {
            unlink(path);
        }
    }
    return fd;
}

static int fail_kept(const struct cli *cli, const char *directory)
{
    return fail_errno(cli, "cannot keep stdin in %s", directory);
}

static int copy(const struct cli *cli, int in, int to, const char *directory)
{
    char *buffer = pool_alloc(COPY_BYTES);
    ssize_t n;
    while ((n = read(in, buffer, COPY_BYTES)) > 0) {
        for (ssize_t at = 0, wrote; at < n; at += wrote) {
            wrote = write(to, buffer + at, (size_t)(n - at));
            if (wrote < 0) {
                return fail_kept(cli, directory);
            }
        }
    }
    return n < 0 ? fail_errno(cli, "cannot read stdin") : EXIT_DONE;
}

int content_spool(const struct cli *cli, int in, int *out)
{
    const char *directory = getenv("TMPDIR");
    directory = directory && directory[0] ? directory : "/tmp";
    int fd = create_unnamed(directory);
    if (fd < 0) {
        return fail_kept(cli, directory);
    }
    int rc = copy(cli, in, fd, directory);
    if (rc) {
        close(fd);
        return rc;
    }
    *out = fd;
    return EXIT_DONE;
}
