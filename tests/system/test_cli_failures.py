# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""What rag says when something is wrong, with which exit code."""

import json
import os
import socket
import subprocess

import pytest

import harness


@pytest.fixture(name="away")
def fixture_away(make_daemon):
    """A daemon that was never started."""
    return make_daemon()


def texts(result):
    """{"rag": what, "why": ..., "try": ...} of an error for people."""
    parts = {}
    for line in result.err.splitlines():
        head, _, rest = line.strip().partition(": ")
        if head in ("rag", "why", "try"):
            parts[head] = rest
    return parts


def test_no_socket_file(away):
    failed = away.rag("ls").failed(4)
    said = texts(failed)
    assert said["rag"] == f"cannot reach ragd at {away.site.socket} (RAG_SOCKET)"
    assert said["why"].startswith("the socket file does not exist")
    assert said["try"] and failed.out == ""
    error = away.rag("ls", "--json").failed(4).error()
    assert (error["type"], error["exit"], error["code"]) == ("error", 4, "not_running")


def test_socket_that_nobody_serves(away):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(away.site.socket))
    assert "nobody answers" in texts(away.rag("status").failed(4))["why"]


def test_what_is_no_socket_is_not_called_stale(away):
    for path in (away.site.home, away.write("a.txt", "text")):
        said = texts(away.rag("ls", "--socket", path).failed(4))
        assert said["why"] == "what is there is no socket" and "restart" not in said["try"]


def test_daemon_killed(daemon):
    daemon.kill()
    assert "nobody answers" in texts(daemon.rag("search", "x").failed(4))["why"]


def test_socket_without_permission(daemon):
    daemon.site.socket.chmod(0)
    said = texts(daemon.rag("status", before=harness.minding_permissions()).failed(5))
    assert said["why"].startswith("permission denied (socket is ")
    assert "usermod" not in said["try"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a directory away")
def test_socket_in_a_directory_of_somebody_else(daemon):
    os.chown(daemon.site.run, 65534, 65534)
    said = texts(daemon.rag("status", before=harness.minding_permissions()).failed(5))
    os.chown(daemon.site.run, 0, 0)
    assert f"the directory {daemon.site.run} is nobody's, you are root" in said["why"]
    assert "its own user" in said["try"] and "usermod" not in said["try"]


@pytest.mark.parametrize("what", ["closed.txt", "closed"])
def test_what_cannot_be_read_is_denied(daemon, what):
    daemon.write("closed/a.txt", "text")
    daemon.write("closed.txt", "text")
    daemon.write("open.txt", "text")
    (daemon.site.home / what).chmod(0)
    minding = harness.minding_permissions()
    try:
        failed = daemon.rag("add", what, before=minding).failed(5)
        assert "Permission denied" in failed.out + failed.err
    finally:
        (daemon.site.home / what).chmod(0o700)


def test_user_socket_is_named(away):
    result = away.rag("status", env={"RAG_SOCKET": ""})
    if "(default)" in result.out:
        pytest.skip("a ragd serves the whole machine")
    failed = result.failed(4)
    assert texts(failed)["rag"].endswith("ragd.sock (user)")
    assert texts(failed)["try"].startswith("rag start")


def test_tcp_without_the_token_says_where_it_is(make_daemon):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        url = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    daemon = make_daemon(config=f"listen: '{url}'\nlimits: {{penalty: 1ms}}\n").start()
    mine = daemon.write("token", "")
    env = {"RAG_SOCKET": url, "RAG_TOKEN_FILE": str(mine)}
    for content, why in (("", "it is empty"), ("wrong", f"the token in {mine} is not the daemon's"),
                         (None, "No such file or directory")):
        if content is None:
            mine.unlink()
        else:
            mine.write_text(content, encoding="utf-8")
        failed = daemon.rag("ls", env=env).failed(5)
        said = texts(failed)
        assert said["rag"] == f"cannot reach ragd at {url} (RAG_SOCKET)"
        assert said["why"].endswith(why) and str(mine) in said["why"]
        assert said["try"].startswith("RAG_TOKEN_FILE=FILE")
        assert f"{daemon.site.socket}.token" in failed.err
    daemon.rag("ls", env={**env, "RAG_TOKEN_FILE": f"{daemon.site.socket}.token"}).ok()


@pytest.mark.parametrize("args, meant", [
    (["serach", "x"], "search"), (["collection", "shwo"], "collection show"),
    (["search", "--mdoe", "auto", "x"], "--mode"), (["search", "--mode", "vectr", "x"], "vector"),
    (["--colour", "never", "ls"], "--color"), (["completion", "bsh"], "bash"),
])
def test_slip_of_the_finger(away, args, meant):
    assert f"did you mean '{meant}'?" in away.rag(*args).failed(2).err
    assert away.rag(*args, "--json").failed(2).error()["hint"] == f"did you mean '{meant}'?"


@pytest.mark.parametrize("args", [
    ["add"], ["search"], ["ask"], ["get"], ["collection", "create"], ["search", "-k", "x", "y"],
    ["search", "--timeout", "soon", "x"], ["ls", "too", "many"], ["add", "--chunk", "5/9", "x"],
    ["search", "--vector", "@/nope", "and", "text"], ["search", "--where", "a =", "x"],
    ["search", "--where-json", "{", "x"], ["collection", "create", "abc", "--dim", "3"],
    ["add", "--name", "x", "y"], ["ask", "--temperature", "-1", "x"], ["rm", "x"],
    ["search", "-k", "0", "x"], ["ls", "--timeout", "0"], ["ls", "-c", ""], ["ls", "--limit", "0"],
    ["ask", "--temperature", "2.5", "x"], ["ask", "--max-tokens", "0", "x"], ["ls", "./docs"],
    ["ls", "-c", "one", "two"], ["help", "ls", "x"],
])
def test_wrong_use(away, args):
    error = away.rag(*args, "--json").failed(2).error()
    assert error["message"] and error["exit"] == 2


BAD = os.fsdecode(b"a=\xff\xfe")


@pytest.mark.parametrize("args, named", [
    (["search", "what", BAD], "an argument"), (["ask", BAD], "an argument"),
    (["embed", BAD], "an argument"), (["collection", "create", BAD], "an argument"),
    (["ls", "-c", BAD], "-c"), (["search", "--where", BAD, "x"], "--where"),
    (["search", "--contains", BAD, "x"], "--contains"), (["add", "--meta", BAD, "x"], "--meta"),
    (["add", "--name", BAD, "-"], "--name"), (["add", "https://example.org/" + BAD], "the address"),
    (["get", BAD], "the id"), (["rm", "--yes", BAD], "an id"),
    (["collection", "import", BAD, "-"], "the name"),
])
def test_what_is_no_utf8_is_refused_by_name(away, args, named):
    error = away.rag(*args, "--json").failed(2).error()
    assert error["message"].startswith(f"{named} is not UTF-8: '")


def test_missing_argument_is_named(away):
    assert texts(away.rag("add").failed(2))["rag"] == "rag add needs SOURCE..."


def test_rule_for_names_of_collections_is_told(shared_daemon):
    said = texts(shared_daemon.rag("collection", "create", "a b").failed(2))
    assert "3 to 63" in said["try"] and "3 to 63" in shared_daemon.rag(
        "help", "collection", "create").ok().out


@pytest.mark.parametrize("args, said", [
    (["search", ""], "the query is blank"), (["search", " \t"], "the query is blank"),
    (["search", "--mode", "hybrid", " "], "the query is blank"),
    (["ask", ""], "the question is blank"), (["ask", " ", "\u3000"], "the question is blank"),
    (["embed", ""], "text 1 of 1 is blank"), (["embed", "a", "\u00a0"], "text 2 of 2 is blank"),
])
def test_blanks_are_no_question(shared_daemon, args, said):
    shared_daemon.rag("collection", "create", "default")
    error = shared_daemon.rag(*args, "--json").failed(2).error()
    assert (error["message"], error["code"]) == (said, "invalid_request")


def test_blank_line_is_named_by_its_number(shared_daemon):
    lines = "one\n\nthree\n"
    said = texts(shared_daemon.rag("embed", "--embedder", "hash", "-", input=lines).failed(2))
    assert said["rag"] == "text 2 of 3 is blank" and said["try"]


def test_bad_cursor_is_refused(shared_daemon):
    shared_daemon.rag("collection", "create", "cursors").ok()
    error = shared_daemon.rag("ls", "cursors", "--chunks", "--after", "x", "--json").failed(2).error()
    assert "cursor" in error["message"]


def test_place_of_a_mistake_in_a_condition(away):
    error = away.rag("search", "x", "--where", "a = 1 and b in (1,").failed(2).err
    lines = error.splitlines()
    caret = next(line for line in lines if line.strip() == "^")
    assert lines[lines.index(caret) - 1].endswith("a = 1 and b in (1,")
    assert len(caret) == len(lines[lines.index(caret) - 1]) + 1


def test_missing_file(away):
    failed = away.rag("add", "nope.md").failed(6)
    assert texts(failed)["rag"] == "cannot add nope.md"


@pytest.mark.parametrize("args", [
    ["search", "-c", "nope", "x"], ["ask", "-c", "nope", "x"], ["ls", "-c", "nope"],
    ["collection", "show", "nope"], ["collection", "rm", "--yes", "nope"],
    ["collection", "export", "nope"], ["verify", "nope"], ["plugin", "show", "nope"],
])
def test_what_is_not_there(shared_daemon, args):
    failed = shared_daemon.rag(*args).failed(6)
    assert texts(failed)["rag"] and failed.out == ""
    assert shared_daemon.rag(*args, "--json").failed(6).error()["code"].startswith("no_such_")


def test_other_embedder_is_refused_before_any_work(daemon):
    daemon.write("a.txt", "text")
    daemon.rag("collection", "create", "papers", "--embedder", "hash").ok()
    failed = daemon.rag("add", "-c", "papers", "--embedder", "lexical", "a.txt").failed(7)
    said = texts(failed)
    assert "papers" in said["rag"] and "hash" in said["rag"] and "lexical" in said["why"]
    assert daemon.json("ls", "-c", "papers")["documents"] == []


def test_removal_is_not_guessed(daemon):
    daemon.write("a.txt", "text")
    daemon.rag("add", "a.txt").ok()
    assert "--yes" in daemon.rag("rm", "a.txt").failed(2).err
    assert "--yes" in daemon.rag("collection", "rm", "default").failed(2).err
    assert daemon.json("collection", "show", "default")["documents"] == 1


def test_output_that_cannot_be_written(shared_daemon):
    with open("/dev/full", "wb") as full:
        run = subprocess.run([harness.bin_dir() / "rag", "version"], stdout=full,
                             stderr=subprocess.PIPE, env=shared_daemon.site.environment(),
                             timeout=60, check=False)
    assert run.returncode == 1 and b"cannot write" in run.stderr


@pytest.mark.parametrize("closed, args", [(">&-", "ls"), (">&-", "status --json"), ("<&-", "add -")])
def test_a_closed_stream_is_not_taken_for_a_file(shared_daemon, closed, args):
    """Else the socket would get its number, and the result."""
    env = shared_daemon.site.environment({"RAG_SOCKET": shared_daemon.url})
    run = subprocess.run(["sh", "-c", f"exec {harness.bin_dir() / 'rag'} {args} {closed}"], env=env,
                         capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 1 and "Bad file descriptor" in run.stderr, run.stderr


def test_a_limit_is_told_with_the_setting_that_raises_it(shared_daemon):
    shared_daemon.rag("collection", "create", "limited").ok()
    error = shared_daemon.rag("search", "-c", "limited", "-k", "5000", "x", "--json").failed(2).error()
    assert error["message"] == "5000 hits asked for, limits.k is 1000"
    assert "limits.k in ragd.yaml" in error["hint"]


def test_a_record_that_is_too_long_is_told_by_its_line_and_limit(make_daemon):
    lines = "\n" + json.dumps({"id": "a", "text": "x" * 6_000_000}) + "\n"
    daemon = make_daemon().start()
    make = ("collection", "import", "--create", "--embedder", "none", "--dim", "1", "own", "-")
    said = texts(daemon.rag(*make, input=lines).failed(1))
    assert said["rag"].startswith("line 2: ") and "limits.message" in said["why"] + said["try"]
    daemon.stop()
    daemon.configure("limits: {message: 8MiB}\n")
    daemon.start()
    daemon.rag(*make, input=lines).ok()


def test_a_name_forges_no_line_of_an_error(shared_daemon):
    failed = shared_daemon.rag("search", "-c", "a\n  try: rm", "x")
    assert failed.exit != 0 and "'a   try: rm'" in failed.err.splitlines()[0], failed


def test_one_is_not_many(shared_daemon):
    made = shared_daemon.rag("collection", "create", "slim", "--embedder", "none", "--dim", "1")
    assert " 1 dim " in made.ok().out


def test_messages_control_no_terminal(shared_daemon):
    failed = shared_daemon.rag("search", "-c", "a\x1b[31mb", "x")
    assert failed.exit != 0 and "\x1b" not in failed.err
