/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A loader gone bad: it does what the source's name says. When that works it
 * gives the document "did it", else "refused". acts.h has the list, so that the
 * test knows the same one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <ragd/ragd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "forbidden_acts.h"

static const struct ragd_host *host;

/* What an act has to work with. */
struct act {
    struct ragd_call *call;
    const struct ragd_doc_sink *sink;
    char data[256]; /* a directory that the test can write to */
    pid_t parent;
};

enum { SOCKET_FD = 3, FDS = 256, HUGE_BYTES = 1 << 30, BOMB = 64, STACK_BYTES = 1 << 16 };

static const char *below(const struct act *a, const char *name)
{
    static char path[300];
    snprintf(path, sizeof(path), "%s/%s", a->data, name);
    return path;
}

static bool opened(int fd)
{
    return fd >= 0;
}

static bool connected(int family, const void *address, socklen_t n)
{
    int fd = socket(family, SOCK_STREAM, 0);
    return fd >= 0 && (connect(fd, address, n) == 0 || errno == ECONNREFUSED);
}

/* ---- one function an act, named like it: true = it worked -------------------------- */

static bool do_open(const struct act *a)
{
    return opened(open(below(a, "secret"), O_RDONLY));
}

static bool do_open_etc(const struct act *a)
{
    (void)a;
    return opened(open("/etc/passwd", O_RDONLY));
}

static bool do_open_write(const struct act *a)
{
    return opened(open(below(a, "new"), O_WRONLY | O_CREAT, 0600));
}

static bool do_openat2(const struct act *a)
{
    uint64_t how[3] = {O_RDONLY, 0, 0};
    return opened(
        (int)syscall(SYS_openat2, AT_FDCWD, below(a, "secret"), how, sizeof(how)));
}

static bool do_open_by_handle(const struct act *a)
{
    (void)a;
    char handle[64] = {0};
    return opened((int)syscall(SYS_open_by_handle_at, AT_FDCWD, handle, O_RDONLY));
}

static bool do_unlink(const struct act *a)
{
    return unlink(below(a, "secret")) == 0;
}

static bool do_rename(const struct act *a)
{
    char to[300];
    snprintf(to, sizeof(to), "%s/moved", a->data);
    return rename(below(a, "secret"), to) == 0;
}

static bool do_mkdir(const struct act *a)
{
    return mkdir(below(a, "directory"), 0700) == 0;
}

static bool do_chmod(const struct act *a)
{
    return chmod(below(a, "secret"), 0777) == 0;
}

static bool do_truncate(const struct act *a)
{
    return truncate(below(a, "secret"), 0) == 0;
}

static bool do_connect_unix(const struct act *a)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%.100s", below(a, "socket"));
    return connected(AF_UNIX, &address, sizeof(address));
}

static bool do_connect_tcp(const struct act *a)
{
    (void)a;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(9),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return connected(AF_INET, &address, sizeof(address));
}

static bool do_socket_udp(const struct act *a)
{
    (void)a;
    return opened(socket(AF_INET, SOCK_DGRAM, 0));
}

static bool do_socket_netlink(const struct act *a)
{
    (void)a;
    return opened(socket(AF_NETLINK, SOCK_RAW, 0));
}

static bool do_ptrace_parent(const struct act *a)
{
    return ptrace(PTRACE_ATTACH, a->parent, NULL, NULL) == 0;
}

static bool do_ptrace_me(const struct act *a)
{
    (void)a;
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool do_read_parent_memory(const struct act *a)
{
    char here[8];
    struct iovec to = {here, sizeof(here)}, from = {&host, sizeof(here)};
    return process_vm_readv(a->parent, &to, 1, &from, 1, 0) >= 0 || errno == EFAULT;
}

static bool do_kill_parent(const struct act *a)
{
    return kill(a->parent, 0) == 0;
}

static bool do_kill_all(const struct act *a)
{
    (void)a;
    return kill(-1, 0) == 0;
}

static bool do_thread_signal(const struct act *a)
{
    return syscall(SYS_tgkill, a->parent, a->parent, 0) == 0;
}

static bool do_queue_signal(const struct act *a)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return syscall(SYS_rt_sigqueueinfo, a->parent, 0, &info) == 0;
}

static bool do_pidfd(const struct act *a)
{
    return opened((int)syscall(SYS_pidfd_open, a->parent, 0));
}

static bool do_ignore_cpu_limit(const struct act *a)
{
    (void)a;
    return signal(SIGXCPU, SIG_IGN) != SIG_ERR;
}

static bool do_exec(const struct act *a)
{
    (void)a;
    char *argv[] = {(char *)(uintptr_t) "true", NULL};
    execv("/bin/true", argv);
    return false;
}

static bool do_exec_memory(const struct act *a)
{
    (void)a;
    char *argv[] = {(char *)(uintptr_t) "x", NULL};
    int fd = (int)syscall(SYS_memfd_create, "x", 0);
    if (fd >= 0 && write(fd, "#!/bin/true\n", 12) == 12) {
        fexecve(fd, argv, argv + 1);
    }
    return fd >= 0;
}

static bool do_fork_bomb(const struct act *a)
{
    (void)a;
    for (int i = 0; i < BOMB; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            _exit(0);
        }
        if (pid > 0) {
            return true;
        }
    }
    return false;
}

static int nothing_to_do(void *arg)
{
    (void)arg;
    return 0;
}

static bool do_clone(const struct act *a)
{
    (void)a;
    static _Alignas(16) char stack[STACK_BYTES];
    return clone(nothing_to_do, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL) > 0;
}

static bool do_write_and_execute(const struct act *a)
{
    (void)a;
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0) != MAP_FAILED;
}

static bool do_execute_later(const struct act *a)
{
    (void)a;
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool do_proc_self_mem(const struct act *a)
{
    (void)a;
    return opened(open("/proc/self/mem", O_RDWR));
}

static bool do_proc_parent(const struct act *a)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/environ", a->parent);
    return opened(open(path, O_RDONLY));
}

static bool do_inherited(const struct act *a)
{
    (void)a;
    char byte;
    for (int fd = SOCKET_FD + 1; fd < FDS; fd++) {
        if (pread(fd, &byte, 1, 0) >= 0 || errno != EBADF) {
            return true;
        }
    }
    return false;
}

static bool do_raise_limit(const struct act *a)
{
    (void)a;
    struct rlimit limit = {100, 100};
    return setrlimit(RLIMIT_CPU, &limit) == 0;
}

static bool do_limit_parent(const struct act *a)
{
    struct rlimit limit;
    return prlimit(a->parent, RLIMIT_NOFILE, NULL, &limit) == 0;
}

static bool do_dumpable(const struct act *a)
{
    (void)a;
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

static bool do_huge_memory(const struct act *a)
{
    (void)a;
    char *p = malloc(HUGE_BYTES);
    for (size_t i = 0; p && i < HUGE_BYTES; i += 4096) {
        p[i] = 1;
    }
    bool got = p != NULL;
    free(p);
    return got;
}

static bool do_endless_loop(const struct act *a)
{
    volatile const pid_t *parent = &a->parent;
    while (*parent) {
    }
    return true;
}

static bool do_output_flood(const struct act *a)
{
    static char text[1 << 20];
    memset(text, 'x', sizeof(text));
    struct ragd_doc doc = {.struct_size = sizeof(doc), .text = {text, sizeof(text)}};
    while (a->sink->emit(a->call, &doc) == RAGD_OK) {
    }
    return false;
}

static bool do_too_large_document(const struct act *a)
{
    size_t n = 16 << 20; /* more than a frame may be */
    char *text = calloc(1, n);
    struct ragd_doc doc = {.struct_size = sizeof(doc), .text = {text, n}};
    bool sent = text && a->sink->emit(a->call, &doc) == RAGD_OK;
    free(text);
    return sent;
}

static bool do_forged_length(const struct act *a)
{
    (void)a;
    return write(SOCKET_FD, "\xff\xff\xff\xff", 4) == 4 && pause() == 0;
}

static bool do_forged_frame(const struct act *a)
{
    (void)a;
    return write(SOCKET_FD, "\x04\0\0\0\x22\xff\xff\xff", 8) == 8 && pause() == 0;
}

/* A verdict is the daemon's to give. */
static bool do_forged_verdict(const struct act *a)
{
    (void)a;
    return write(SOCKET_FD, "\x03\0\0\0\x9a\x02\0", 7) == 7 && pause() == 0;
}

static bool do_io_uring(const struct act *a)
{
    (void)a;
    struct io_uring_params params = {0};
    return opened((int)syscall(SYS_io_uring_setup, 4, &params));
}

static bool do_bpf(const struct act *a)
{
    (void)a;
    char attr[128] = {0};
    return syscall(SYS_bpf, 0, attr, sizeof(attr)) >= 0;
}

static bool do_unshare_user(const struct act *a)
{
    (void)a;
    return unshare(CLONE_NEWUSER) == 0;
}

static bool do_unshare_mounts(const struct act *a)
{
    (void)a;
    return unshare(CLONE_NEWNS) == 0;
}

static bool do_mount(const struct act *a)
{
    return mount("none", a->data, "tmpfs", 0, NULL) == 0;
}

static bool do_chroot(const struct act *a)
{
    return chroot(a->data) == 0;
}

static bool do_chdir(const struct act *a)
{
    return chdir(a->data) == 0;
}

static bool do_keyctl(const struct act *a)
{
    (void)a;
    return syscall(SYS_keyctl, 0, -3, 0) >= 0;
}

static bool do_add_key(const struct act *a)
{
    (void)a;
    return syscall(SYS_add_key, "user", "x", "y", 1, -2) >= 0;
}

static bool do_perf(const struct act *a)
{
    (void)a;
    char attr[128] = {0};
    return opened((int)syscall(SYS_perf_event_open, attr, 0, -1, -1, 0));
}

static bool do_userfaultfd(const struct act *a)
{
    (void)a;
    return opened((int)syscall(SYS_userfaultfd, 1));
}

static bool do_setuid(const struct act *a)
{
    (void)a;
    return setuid(getuid()) == 0;
}

static bool do_shared_memory(const struct act *a)
{
    (void)a;
    return syscall(SYS_shmget, 0, 4096, 01600) >= 0;
}

static bool do_terminal_input(const struct act *a)
{
    (void)a;
    return ioctl(0, TIOCSTI, "x") == 0;
}

static bool do_personality(const struct act *a)
{
    (void)a;
    return syscall(SYS_personality, 0x0400000) >= 0; /* READ_IMPLIES_EXEC */
}

static bool do_module(const struct act *a)
{
    (void)a;
    return syscall(SYS_init_module, "x", 1, "") == 0;
}

static bool do_other_filter(const struct act *a)
{
    (void)a;
    return syscall(SYS_seccomp, 2, 0, NULL) == 0 || errno == EFAULT;
}

#define ACT_ROW(name) {#name, do_##name},
static const struct {
    const char *name;
    bool (*run)(const struct act *a);
} acts[] = {FORBIDDEN_ACTS(ACT_ROW) FORBIDDEN_ACTS_OF_MEMORY(ACT_ROW)};

/* ---- the loader -------------------------------------------------------------------- */

static struct ragd_value meta_of(const struct ragd_input *input, const char *key)
{
    for (size_t i = 0; i < input->meta.n; i++) {
        struct ragd_str k = input->meta.p[i].key;
        if (k.n == strlen(key) && memcmp(k.p, key, k.n) == 0) {
            return input->meta.p[i].val;
        }
    }
    return (struct ragd_value){.type = RAGD_V_NULL};
}

static ragd_status load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                        const struct ragd_doc_sink *sink)
{
    (void)inst;
    struct act a = {.call = call, .sink = sink};
    struct ragd_str data = meta_of(input, "data").u.s;
    a.parent = (pid_t)meta_of(input, "parent").u.i;
    snprintf(a.data, sizeof(a.data), "%.*s", (int)data.n, data.p ? data.p : "");
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (strlen(acts[i].name) == input->name.n &&
            memcmp(acts[i].name, input->name.p, input->name.n) == 0) {
            bool did = acts[i].run(&a);
            struct ragd_doc doc = {.struct_size = sizeof(doc),
                                   .text = ragd_cs(did ? "did it" : "refused")};
            return sink->emit(call, &doc);
        }
    }
    return RAGD_E_UNSUPPORTED;
}

static int32_t probe(struct ragd_str name, struct ragd_str mime, struct ragd_bytes head)
{
    (void)name, (void)mime, (void)head;
    return 1;
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    (void)ctx, (void)call;
    *inst = NULL;
    return RAGD_OK;
}

static void destroy(void *inst)
{
    (void)inst;
}

static const char *const nothing[] = {NULL};
static const struct ragd_life life = {.struct_size = sizeof(life),
                                      .concurrency = RAGD_CONC_FREE,
                                      .flags = RAGD_LIFE_CHILD_ONLY,
                                      .create = create,
                                      .destroy = destroy};
static const struct ragd_loader loader = {.struct_size = sizeof(loader),
                                          .life = &life,
                                          .mimes = nothing,
                                          .suffixes = nothing,
                                          .probe = probe,
                                          .load = load};

RAGD_PLUGIN(host, RAGD_IF_LOADER, loader, .id = "org.example.forbidden",
            .name = "forbidden", .version = "1.0.0", .license = "Apache-2.0", .url = "",
            .summary = "Tries what no loader may.")
