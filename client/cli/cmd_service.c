/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag start, rag stop: a ragd of one's own. */
#include "commands.h"

#include <errno.h>
#include <poll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "fail.h"
#include "pool.h"
#include "rpc.h"
#include "spawn.h"

#include "ragd/v1/admin.pb-c.h"

enum { STOP_MS = 30000 };

static void print_action(struct cli *cli, const char *action, const char *text, pid_t pid)
{
    if (wants_json(cli)) {
        emit_object(&cli->emit);
        emit_put(&cli->emit, "action", action);
        if (pid > 0) {
            emit_put_uint(&cli->emit, "pid", (uint64_t)pid);
        }
        emit_put(&cli->emit, "socket", path_user_socket());
        emit_put(&cli->emit, "log", path_user_log());
        emit_end(&cli->emit);
        emit_done(&cli->emit);
    } else {
        puts(text);
    }
}

static int run_start(struct cli *cli)
{
    const char *path = path_user_socket();
    if (cli->given.socket) {
        return fail_usage(cli,
                          "rag start starts a ragd at %s, not at the one that %s names",
                          path, cli->socket_from_env ? "RAG_SOCKET" : "--socket");
    }
    if (endpoint_answers(path)) {
        print_action(cli, "none", pool_printf("ragd runs already at %s", path), 0);
        return EXIT_DONE;
    }
    pid_t pid;
    bool quiet = cli->given.quiet;
    cli->given.quiet = true; /* the result says it */
    int rc = spawn_daemon(cli, path, &pid);
    cli->given.quiet = quiet;
    if (rc == EXIT_DONE) {
        print_action(cli, "started",
                     pool_printf("started ragd (pid %d) at %s", (int)pid, path), pid);
    }
    return rc;
}

/* The socket closes before the data do: waits for the process itself. */
static bool wait_gone(pid_t pid)
{
    int fd = pidfd_open(pid, 0);
    if (fd < 0) {
        return errno == ESRCH;
    }
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    bool gone = poll(&wait, 1, STOP_MS) == 1;
    close(fd);
    return gone;
}

static int shut_down(struct cli *cli, struct rpc *rpc)
{
    Ragd__V1__ShutdownRequest request = RAGD__V1__SHUTDOWN_REQUEST__INIT;
    Ragd__V1__ShutdownReply *reply;
    int rc = rpc_call(rpc, "ragd.v1.Admin/Shutdown", &request.base,
                      &ragd__v1__shutdown_reply__descriptor, &reply);
    if (rc) {
        return rc;
    }
    pid_t pid = (pid_t)reply->pid;
    if (rpc->endpoint.path && !wait_gone(pid)) {
        return fail(cli, &(struct failure){.exit = EXIT_FAILED,
                                           .code = "deadline_exceeded",
                                           .message = "ragd does not stop",
                                           .why = "it may have long jobs to finish",
                                           .hint = pool_printf("kill %d", (int)pid)});
    }
    print_action(cli, "stopped", pool_printf("stopped ragd (pid %d)", (int)pid), pid);
    return EXIT_DONE;
}

static int run_stop(struct cli *cli)
{
    struct rpc rpc = {.cli = cli};
    endpoint_user(cli, &rpc.endpoint);
    if (!rpc.endpoint.named && !endpoint_answers(rpc.endpoint.path)) {
        print_action(cli, "none", "no ragd of yours is running", 0);
        return EXIT_DONE;
    }
    int rc = rpc_connect(&rpc);
    if (rc == EXIT_DONE) {
        rc = shut_down(cli, &rpc);
    }
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_START = {
    .name = "start",
    .summary = "Start a ragd of your own",
    .usage = "[options]",
    .text = "Commands that need a daemon start one by themselves when the machine has no\n"
            "system-wide ragd. Its data are in $XDG_DATA_HOME/ragd, its log in\n"
            "$XDG_STATE_HOME/ragd.",
    .group = GROUP_SERVICE,
    .listed = "start, stop",
    .listed_text = "A ragd of your own",
    .examples = {"start"},
    .run = run_start,
};

const struct command COMMAND_STOP = {
    .name = "stop",
    .summary = "Stop it; the data stay",
    .usage = "[options]",
    .group = GROUP_SERVICE,
    .hidden = true,
    .examples = {"stop", "--socket /run/ragd/ragd.sock stop"},
    .run = run_stop,
};
