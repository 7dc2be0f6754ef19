/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag help, rag version, rag completion: without a daemon. */
#include "commands.h"

#include <stdlib.h>

#include "build_info.h"
#include "completion.h"
#include "help.h"

static int run_help(struct cli *cli)
{
    return help_for(cli, cli->args, cli->n_args);
}

static int run_version(struct cli *cli)
{
    if (wants_json(cli)) {
        emit_object(&cli->emit);
        emit_put(&cli->emit, "version", BUILD_VERSION);
        emit_put(&cli->emit, "protocol", "1.0");
        emit_end(&cli->emit);
        emit_done(&cli->emit);
    } else {
        puts("rag " BUILD_VERSION);
    }
    return EXIT_DONE;
}

/* As JSON the script is a string. */
static int run_completion(struct cli *cli)
{
    char *script;
    size_t n;
    FILE *out = stdout;
    if (!wants_json(cli)) {
        return completion_print(cli, cli->args[0]);
    }
    stdout = open_memstream(&script, &n);
    int rc = completion_print(cli, cli->args[0]);
    fclose(stdout);
    stdout = out;
    if (rc == EXIT_DONE) {
        emit_object(&cli->emit);
        emit_put(&cli->emit, "shell", cli->args[0]);
        emit_put(&cli->emit, "script", script);
        emit_end(&cli->emit);
        emit_done(&cli->emit);
    }
    free(script);
    return rc;
}

const struct command COMMAND_HELP = {
    .name = "help",
    .summary = "Help on a command",
    .usage = "[COMMAND]",
    .group = GROUP_SERVICE,
    .operand = OPERAND_WORD,
    .args_max = 2,
    .hidden = true,
    .examples = {"help", "help add", "help collection create"},
    .run = run_help,
};

const struct command COMMAND_VERSION = {
    .name = "version",
    .summary = "The version of rag (rag status tells that of ragd)",
    .usage = "",
    .group = GROUP_SERVICE,
    .listed = "version, help",
    .listed_text = "The version of rag, help on a command",
    .examples = {"version"},
    .run = run_version,
};

const struct command COMMAND_COMPLETION = {
    .name = "completion",
    .summary = "Completions for a shell: bash, zsh or fish",
    .usage = "bash|zsh|fish",
    .group = GROUP_SERVICE,
    .operand = OPERAND_WORD,
    .args_min = 1,
    .args_max = 1,
    .words = {"bash", "zsh", "fish"},
    .examples = {"completion bash > ~/.local/share/bash-completion/completions/rag"},
    .run = run_completion,
};
