/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

ragd_status beneath_status(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ENOTDIR: return RAGD_E_NOT_FOUND;
    case EXDEV:
    case ELOOP:
    case EACCES:
    case EPERM: return RAGD_E_DENIED;
    case ENOSYS: return RAGD_E_UNSUPPORTED;
    case ENOMEM: return RAGD_E_NOMEM;
    case EMFILE:
    case ENFILE:
    case EAGAIN: return RAGD_E_UNAVAILABLE;
    case ENAMETOOLONG: return RAGD_E_ARG;
    default: return RAGD_E_IO;
    }
}

int beneath_open(int dir, const char *rel, int flags)
{
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS,
    };
    long fd = syscall(SYS_openat2, dir, *rel ? rel : ".", &how, sizeof(how));
    return fd < 0 ? beneath_status(errno) : (int)fd;
}
