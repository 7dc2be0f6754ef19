# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Completions, as bash runs them; those of zsh and fish are looked at."""

import subprocess

import pytest

import harness

# The function as bash calls it for words, of which the last is being typed.
DRIVER = """
source <(rag completion bash)
compopt() { echo FILES; }
COMP_WORDS=("$@") COMP_CWORD=$(($#-1))
_rag
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(name="library", scope="module")
def fixture_library(shared_daemon):
    shared_daemon.rag("collection", "create", "papers").ok()
    shared_daemon.rag("collection", "create", "pictures").ok()
    return shared_daemon


def complete(daemon, *words, url=None):
    path = f"{harness.bin_dir()}:/usr/bin:/bin"
    env = daemon.site.environment({"RAG_SOCKET": url or daemon.url, "PATH": path})
    run = subprocess.run(["bash", "-c", DRIVER, "bash", "rag", *words], env=env, timeout=60,
                         capture_output=True, text=True, check=True)
    assert run.stderr == ""
    return run.stdout.split()


@pytest.mark.parametrize("words, expected", [
    (["sea"], ["search"]), (["collection", "re"], ["rename"]), (["help", "se"], ["search"]),
    (["help", "collection", "sh"], ["show"]), (["-q", "-c", "papers", "sta"], ["start", "status"]),
    (["search", "--mo"], ["--mode"]), (["search", "--mode", "v"], ["vector"]),
    (["search", "--mode", "=", "v"], ["vector"]), (["search", "-k", ""], []),
    (["completion", "f"], ["fish"]), (["-c", "pa"], ["papers"]),
    (["--collection", "=", "pi"], ["pictures"]), (["ls", "p"], ["papers", "pictures"]),
    (["collection", "rm", "pa"], ["papers"]), (["add", ""], ["FILES"]), (["add", "--chunk", ""], []),
    (["search", "--vector", ""], ["FILES"]), (["add", "--dry"], ["--dry-run"]),
    (["--format", "json", "ls", "--li"], ["--limit"]),
])
def test_bash_completes(library, words, expected):
    assert complete(library, *words) == expected


def test_every_command_is_completed(library):
    commands = [c["name"] for c in library.json("help")["commands"]]
    for name in commands:
        *before, last = name.split()
        assert last in complete(library, *before, "")


def test_overview_fits_one_screen(library):
    lines = library.rag().ok().out.splitlines()
    assert len(lines) <= 25 and all(len(line) <= 80 for line in lines)


def test_no_daemon_is_no_noise(library):
    assert complete(library, "-c", "", url="ipc:///nowhere/ragd.sock") == []


@pytest.mark.parametrize("shell, head", [("zsh", "#compdef rag"), ("fish", "# Completion of rag")])
def test_other_shells_get_every_command(library, shell, head):
    script = library.rag("completion", shell).ok().out
    assert script.startswith(head)
    for command in library.json("help")["commands"]:
        assert command["name"].split()[-1] in script
    assert library.json("completion", shell) == {"shell": shell, "script": script}
