/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * under_filter PROGRAM [ARG]...
 *
 * Runs a program without capabilities and with the system calls that stdin
 * names, one a line, as systemd does for a unit: any other fails with EPERM.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { NAME_BYTES = 80, CAPABILITIES = 64 };

static int allow_named(scmp_filter_ctx filter, FILE *names)
{
    char name[NAME_BYTES];
    int rc = 0;
    while (rc == 0 && fgets(name, sizeof(name), names)) {
        name[strcspn(name, "\n")] = '\0';
        int call = seccomp_syscall_resolve_name(name);
        /* Names of other machines are no calls of this one. */
        rc = call == __NR_SCMP_ERROR ? 0
                                     : seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
    return rc;
}

/* What root would have again after exec. Who is not root has nothing to drop. */
static void drop_capabilities(void)
{
    for (unsigned long i = 0; i < CAPABILITIES; i++) {
        (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    }
}

int main(int argc, char **argv)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    drop_capabilities();
    if (argc < 2 || !filter || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        allow_named(filter, stdin) != 0 || seccomp_load(filter) != 0) {
        fputs("under_filter: the filter was not set\n", stderr);
        return 2;
    }
    execv(argv[1], argv + 1);
    perror(argv[1]);
    return 2;
}
