# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""A ragd of one's own, started when it is needed."""

import pathlib
import time

import pytest

NONE = {"RAG_SOCKET": "", "RAG_NO_START": "", "XDG_DATA_HOME": ""}


@pytest.fixture(name="user")
def fixture_user(make_daemon):
    """A user without any ragd; theirs is stopped at the end."""
    places = [pathlib.Path("/lib/systemd/system/ragd.service"), pathlib.Path("/var/lib/ragd")]
    if any(place.exists() for place in places):
        pytest.skip("this machine has a ragd of the system")
    daemon = make_daemon()
    yield daemon
    daemon.rag("stop", env=NONE)


def test_first_add_starts_one_and_says_so(user):
    user.write("a.txt", "hello")
    first = user.rag("add", "a.txt", env=NONE).ok()
    assert "started a ragd of your own" in first.err
    second = user.rag("search", "hello", env=NONE).ok()
    assert "started" not in second.err and "hello" in second.out
    stopped = user.rag("stop", "--json", env=NONE).ok().json()
    assert stopped["action"] == "stopped"
    assert user.rag("stop", "--json", env=NONE).ok().json()["action"] == "none"


def test_start_and_stop_keep_the_data(user):
    assert user.rag("start", "--json", env=NONE).ok().json()["action"] == "started"
    assert user.rag("start", "--json", env=NONE).ok().json()["action"] == "none"
    user.write("a.txt", "hello")
    user.rag("add", "a.txt", env=NONE).ok()
    user.rag("stop", env=NONE).ok()
    user.rag("start", env=NONE).ok()
    assert user.rag("search", "hello", "--format", "ids", env=NONE).ok().out


def test_no_start_forbids_it(user):
    user.write("a.txt", "hello")
    user.rag("add", "--no-start", "a.txt", env=NONE).failed(4)
    user.rag("ls", env={**NONE, "RAG_NO_START": "1"}).failed(4)


@pytest.mark.parametrize("args, code", [
    (["status"], 4), (["stop"], 0), (["version"], 0), (["help"], 0), (["config", "path"], 0),
    (["config", "show"], 4), (["completion", "bash"], 0),
])
def test_some_commands_never_start_one(user, args, code):
    user.rag(*args, env=NONE).failed(code)
    time.sleep(0.1)
    user.rag("status", env=NONE).failed(4)


def test_start_that_fails_shows_the_log(user):
    bad = user.site.home / "config" / "ragd" / "ragd.yaml"
    bad.parent.mkdir(parents=True)
    bad.write_text("modle: 1\n", encoding="utf-8")
    bad.chmod(0o600)
    failed = user.rag("start", "--json", env=NONE).failed(4).error()
    assert "modle" in failed["why"] and "ragd.log" in failed["hint"]
