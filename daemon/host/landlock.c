/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Landlock: no file but those below the paths of the operator, no tcp, and
 * where the kernel has it no abstract socket and no signal to anybody outside.
 *
 * The build's headers may be older than the kernel, so the numbers of its
 * interface stand here (linux/landlock.h, ABI 1 to 7).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/sandbox.h"

struct ruleset_attr {
    uint64_t files, net, scopes;
};

struct path_beneath {
    uint64_t allowed;
    int32_t fd;
} __attribute__((packed));

enum {
    ASK_VERSION = 1,
    RULE_PATH_BENEATH = 1,

    FILE_EXECUTE = 1 << 0,
    FILE_WRITE = 1 << 1,
    FILE_READ = 1 << 2,
    DIR_READ = 1 << 3,
    FILES_ABI_1 = (1 << 13) - 1, /* all that ABI 1 knows */
    FILE_REFER = 1 << 13,        /* ABI 2 */
    FILE_TRUNCATE = 1 << 14,     /* ABI 3 */
    DEVICE_IOCTL = 1 << 15,      /* ABI 5 */

    NET_BIND = 1, /* ABI 4 */
    NET_CONNECT = 2,

    SCOPE_ABSTRACT_SOCKETS = 1, /* ABI 6 */
    SCOPE_SIGNALS = 2,
};

static uint64_t files_of(unsigned abi)
{
    uint64_t files = FILES_ABI_1;
    files |= abi >= 2 ? FILE_REFER : 0;
    files |= abi >= 3 ? FILE_TRUNCATE : 0;
    files |= abi >= 5 ? DEVICE_IOCTL : 0;
    return files;
}

/* Allows what is below a path; a path that is not there allows nothing. */
static bool allow(int ruleset, const char *path, uint64_t access)
{
    struct stat st;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT;
    }
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode)) {
        access &= ~(uint64_t)DIR_READ;
    }
    struct path_beneath rule = {access, fd};
    long rc = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
    close(fd);
    return rc == 0;
}

static bool allow_all(int ruleset, const struct sandbox_want *want)
{
    for (size_t i = 0; i < want->read.n; i++) {
        if (!allow(ruleset, want->read.p[i], FILE_READ | DIR_READ)) {
            return false;
        }
    }
    /* Where a shell sends what it does not want to see. */
    if (want->profile == SANDBOX_EXEC &&
        !allow(ruleset, "/dev/null", FILE_READ | FILE_WRITE)) {
        return false;
    }
    for (size_t i = 0; want->profile == SANDBOX_EXEC && i < want->exec.n; i++) {
        if (!allow(ruleset, want->exec.p[i], FILE_READ | DIR_READ | FILE_EXECUTE)) {
            return false;
        }
    }
    return true;
}

void sandbox_landlock(const struct sandbox_want *want, struct sandbox_report *report)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
    if (version < 1) {
        sandbox_say_open(report, "landlock: the kernel does not have it");
        return;
    }
    unsigned abi = (unsigned)version;
    report->landlock_abi = abi;
    struct ruleset_attr attr = {
        .files = files_of(abi),
        .net = abi >= 4 ? NET_BIND | NET_CONNECT : 0,
        .scopes = abi >= 6 ? SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS : 0,
    };
    long ruleset = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
    bool on = ruleset >= 0 && allow_all((int)ruleset, want) &&
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
              syscall(SYS_landlock_restrict_self, (int)ruleset, 0) == 0;
    if (!on) {
        sandbox_say_open(report, "landlock: %s", strerrordesc_np(errno));
    }
    if (ruleset >= 0) {
        close((int)ruleset);
    }
    report->landlock_files = on;
    report->landlock_net = on && attr.net;
    report->landlock_scope = on && attr.scopes;
    if (on && !attr.net) {
        sandbox_say_open(report, "landlock: the kernel's ABI %u has no net", abi);
    }
    if (on && !attr.scopes) {
        sandbox_say_open(report, "landlock: the kernel's ABI %u has no scopes", abi);
    }
}
