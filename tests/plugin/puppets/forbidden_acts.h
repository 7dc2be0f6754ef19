/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What the plugin forbidden tries, one act a source: the source's name. */
#ifndef PUPPETS_FORBIDDEN_ACTS_H
#define PUPPETS_FORBIDDEN_ACTS_H

/* clang-format off */
#define FORBIDDEN_ACTS(X) \
    X(open) \
    X(open_etc) \
    X(open_write) \
    X(openat2) \
    X(open_by_handle) \
    X(unlink) \
    X(rename) \
    X(mkdir) \
    X(chmod) \
    X(truncate) \
    X(connect_unix) \
    X(connect_tcp) \
    X(socket_udp) \
    X(socket_netlink) \
    X(ptrace_parent) \
    X(ptrace_me) \
    X(read_parent_memory) \
    X(kill_parent) \
    X(kill_all) \
    X(thread_signal) \
    X(queue_signal) \
    X(pidfd) \
    X(exec) \
    X(exec_memory) \
    X(fork_bomb) \
    X(clone) \
    X(write_and_execute) \
    X(execute_later) \
    X(proc_self_mem) \
    X(proc_parent) \
    X(inherited) \
    X(raise_limit) \
    X(limit_parent) \
    X(dumpable) \
    X(endless_loop) \
    X(output_flood) \
    X(too_large_document) \
    X(forged_length) \
    X(forged_frame) \
    X(forged_verdict) \
    X(io_uring) \
    X(bpf) \
    X(unshare_user) \
    X(unshare_mounts) \
    X(mount) \
    X(chroot) \
    X(chdir) \
    X(keyctl) \
    X(add_key) \
    X(perf) \
    X(userfaultfd) \
    X(setuid) \
    X(shared_memory) \
    X(terminal_input) \
    X(personality) \
    X(module) \
    X(other_filter)

/* A sanitizer needs the whole address space and signals of its own, so in its
 * builds nothing stands against these. */
#define FORBIDDEN_ACTS_OF_MEMORY(X) \
    X(huge_memory) \
    X(ignore_cpu_limit)
/* clang-format on */

#endif
