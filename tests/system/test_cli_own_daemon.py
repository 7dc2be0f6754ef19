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
    (["config", "show"], 0), (["completion", "bash"], 0),
])
def test_some_commands_never_start_one(user, args, code):
    user.rag(*args, env=NONE).failed(code)
    time.sleep(0.1)
    user.rag("status", env=NONE).failed(4)


def own_config(user, text):
    path = user.site.home / "config" / "ragd" / "ragd.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_start_that_fails_says_why_and_where_the_log_is(user):
    path = own_config(user, "modle: 1\n")
    failed = user.rag("start", "--json", env=NONE).failed(4).error()
    assert failed["why"] == f"{path}:1:1: unknown key 'modle'"
    assert failed["hint"].endswith(str(user.site.home / "state" / "ragd" / "ragd.log"))


def test_start_that_fails_tells_cause_and_advice_as_lines_of_their_own(user):
    own_config(user, "").chmod(0o666)
    lines = user.rag("start", env=NONE).failed(4).err.splitlines()
    assert lines[0] == "rag: ragd did not start"
    assert lines[1].startswith("  why: ") and lines[1].endswith("anyone may write it")
    assert lines[2].startswith("  try: chmod o-w ")
    assert lines[3].strip().startswith("look at its log: ") and len(lines) == 4


def test_two_starts_at_once_make_one_daemon_and_both_succeed(user):
    command = [harness.bin_dir() / "rag", "start", "--json"]
    runs = [subprocess.Popen(command, env=user.site.environment(NONE), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True) for _ in range(2)]
    outs = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outs
    assert user.rag("stop", "--json", env=NONE).ok().json()["action"] == "stopped"
    assert user.rag("stop", "--json", env=NONE).ok().json()["action"] == "none"


@pytest.mark.skipif(not harness.has_failpoints(), reason="built without failpoints")
def test_start_that_is_killed_tells_nothing_of_an_earlier_one(user):
    path = own_config(user, "modle: 1\n")
    user.rag("start", env=NONE).failed(4)
    path.write_text("", encoding="utf-8")
    failed = user.rag("start", env={**NONE, "RAGD_FAILPOINTS": "state.write=kill"}).failed(4)
    assert "why: it was ended by signal 9" in failed.err and "modle" not in failed.err


def test_config_check_looks_at_the_file_that_a_start_would_read(user):
    """Whoever runs it: for root, plain ragd would read the system's."""
    path = own_config(user, "modle: 1\n")
    places = user.rag("config", "path", "--json", env=NONE).ok().json()
    assert places["mode"] == "user" and places["user_config"] == str(path)
    failed = user.rag("config", "check", env=NONE).failed(1)
    assert f"why: {path}:1:1: unknown key 'modle'" in failed.err
    path.write_text("retrieval: {k: 7}\n", encoding="utf-8")
    assert user.rag("config", "check", env=NONE).ok().out == f"{path}: the configuration is valid\n"


def test_config_check_takes_the_level_of_the_log_seriously(user):
    own_config(user, "log_level: loud\n")
    assert "log_level" in user.rag("config", "check", env=NONE).failed(1).err


def test_config_show_without_a_daemon_reads_the_files(user):
    path = own_config(user, "retrieval: {k: 7}\n")
    shown = user.rag("config", "show", "retrieval", "--origin", env=NONE).ok()
    assert shown.out.split() == ["retrieval.k", "7", f"{path}:1"]
    assert f"no ragd is running; these are the values of {path}" in shown.err
    user.rag("start", env=NONE).ok()
    shown = user.rag("config", "show", "retrieval", "--json", env=NONE).ok()
    assert shown.json()["running"] and shown.err == ""
    named = {**NONE, "RAG_SOCKET": str(user.site.run / "none.sock")}
    user.rag("config", "show", env=named).failed(4)


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


def test_config_check_follows_a_system_daemon(user):
    run = in_private_usr_local(user, """
        mkdir -p "$DATA/state" /usr/local/etc/ragd
        echo 'modle: 1' >/usr/local/etc/ragd/ragd.yaml
        "$RAG" config path --json; "$RAG" config check || echo $?
        """)
    assert '"mode":"system"' in run.stdout and run.stdout.endswith("1\n")
    assert "/usr/local/etc/ragd/ragd.yaml:1:1" in run.stderr
