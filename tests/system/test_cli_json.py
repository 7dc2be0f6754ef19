# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""--json of every command: one document that parses, when there is much to tell, when there is
nothing, and on failure."""

import json

import pytest

RECORD = '{"id": "r", "text": "alpha"}\n'

# Command: (arguments that give much, that give nothing, that fail). None: there is no such form,
# or, of start and stop, it is tested with a daemon of one's own.
FORMS = {
    "add": (["--dry-run", "docs"], ["empty"], ["nope.txt"]),
    "ask": (["-c", "full", "What is alpha?"], ["-c", "void", "What is alpha?"], ["-c", "nope", "x"]),
    "search": (["-c", "full", "alpha"], ["-c", "full", "nothingatall"], ["-c", "nope", "x"]),
    "ls": (["full", "--chunks"], ["void"], ["nope"]),
    "get": (["-c", "full", "docs/a.md"], None, ["-c", "full", "nope"]),
    "rm": (["-c", "full", "--yes", "docs/b.txt"], None, ["-c", "full", "--yes", "nope"]),
    "embed": (["--embedder", "hash", "a", "b"], None, ["--embedder", "nope", "a"]),
    "collection create": (["made"], None, ["full"]),
    "collection show": (["full"], ["void"], ["nope"]),
    "collection ls": ([], None, ["--limit", "0"]),
    "collection rename": (["renamed", "again"], None, ["nope", "other"]),
    "collection rm": (["--yes", "gone"], None, ["--yes", "nope"]),
    "collection export": (["full"], ["void"], ["nope"]),
    "collection import": (["--create", "own", "-"], None, ["nope", "-"]),
    "plugin ls": ([], None, ["x"]),
    "plugin show": (["text"], None, ["nope"]),
    "config show": ([], None, ["nope"]),
    "config check": (["good.yaml"], None, ["bad.yaml"]),
    "config path": ([], None, ["x"]),
    "start": (None, None, ["x"]),
    "stop": (None, None, ["x"]),
    "status": ([], None, ["x"]),
    "verify": ([], ["void"], ["nope"]),
    "completion": (["fish"], None, ["nope"]),
    "version": ([], None, ["x"]),
    "help": ([], None, ["nope"]),
}


@pytest.fixture(name="library", scope="module")
def fixture_library(shared_daemon):
    shared_daemon.write("docs/a.md", '# Al\u00fcpha "quoted"\n\nAlpha is the first \u2028 letter.\n')
    shared_daemon.write("docs/b.txt", "beta\ttab\n")
    shared_daemon.write("good.yaml", "retrieval: {k: 7}\n").chmod(0o600)
    shared_daemon.write("bad.yaml", "modle: 1\n").chmod(0o600)
    (shared_daemon.site.home / "empty").mkdir()
    for name in ("full", "void", "renamed", "gone"):
        shared_daemon.rag("collection", "create", name).ok()
    shared_daemon.rag("add", "-c", "full", "--meta", "note=a\x7f\t\"b\n", "docs").ok()
    return shared_daemon


def test_the_table_names_every_command(library):
    assert sorted(FORMS) == sorted(c["name"] for c in library.json("help")["commands"])


@pytest.mark.parametrize("command, args", [
    pytest.param(command, args, id=f"{command}-{form}")
    for command, forms in FORMS.items()
    for form, args in zip(("full", "empty"), forms) if args is not None])
def test_a_result_is_one_document(library, command, args):
    result = library.rag(*command.split(), *args, "--json", input=RECORD).ok()
    lines = result.out.rstrip("\n").split("\n")
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert len(lines) == 1 or command == "collection export"


@pytest.mark.parametrize("command", FORMS)
def test_a_failure_is_one_document_on_stderr(library, command):
    result = library.rag(*command.split(), *FORMS[command][2], "--json", input=RECORD)
    error = result.error()
    assert error["type"] == "error" and error["code"] and error["message"], result
    assert error["exit"] == result.exit != 0
    assert result.out == "" or isinstance(result.json(), dict)


def test_vectors_are_for_json(shared_daemon):
    assert "--vector --json" in shared_daemon.rag("get", "--vector", "x").failed(2).err
