# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""A ragd of one's own, started when it is needed."""

import os
import pathlib
import subprocess
import time

import pytest

import harness

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


def in_private_usr_local(user, script, *args, check=True):
    """Runs a shell script as root of a machine of its own, as far as /usr/local, where a ragd
    that was built but not installed has its places, is concerned."""
    places = user.rag("config", "path", "--json", env=NONE).ok().json()
    if not all(places[name].startswith("/usr/local/") for name in ("system_data", "system_socket")):
        pytest.skip("this ragd was built for another prefix")
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    enter = ["unshare", *root, "--mount", "sh", "-euc",
             'mount -t tmpfs none /usr/local; eval "$0"']
    if subprocess.run([*enter, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no mount namespaces here")
    run = subprocess.run(
        [*enter, script, *args], cwd=user.site.home, capture_output=True, text=True, timeout=120,
        env=user.site.environment({**NONE, "RAG": str(harness.bin_dir() / "rag"),
                                   "RAGD": str(harness.bin_dir() / "ragd"),
                                   "DATA": places["system_data"]}), check=False)
    assert run.returncode == 0 or not check, run.stderr
    return run


def test_empty_data_directory_of_the_system_is_no_ragd(user):
    user.write("a.txt", "hello")
    run = in_private_usr_local(user, 'mkdir -p "$DATA"; "$RAG" add a.txt')
    assert "started a ragd of your own" in run.stderr


def test_data_of_the_system_forbid_to_start_one_unasked(user):
    run = in_private_usr_local(user, 'mkdir -p "$DATA/state"; "$RAG" ls', check=False)
    assert run.returncode == 4
    assert "sudo ragd --system" in run.stderr and "rag start" in run.stderr


def test_plain_ragd_of_root_serves_the_system(user):
    if os.geteuid() != 0 or any(path.stat().st_mode & 0o022 for path in harness.bin_dir().parents):
        pytest.skip("plugins of a system's daemon are root's alone")
    run = in_private_usr_local(user, """
        "$RAGD" & pid=$!
        for try in $(seq 300); do "$RAG" status >/dev/null 2>&1 && break; sleep 0.1; done
        "$RAG" -v ls; kill $pid; wait $pid; stat -c %a "$DATA" "${DATA%/*}"
        """)
    assert "/run/ragd/ragd.sock (default)" in run.stderr
    assert run.stdout.split()[-2:] == ["700", "755"]
