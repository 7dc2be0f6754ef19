# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Starting, stopping, and what is left on disk."""

import os
import pathlib
import stat
import subprocess

import pytest

import harness


def test_starts_without_any_document_and_stops_on_sigterm(daemon):
    assert daemon.json("status")["collections"] == 0
    daemon.stop()
    assert not daemon.site.socket.exists()


def test_data_directory_is_private(daemon):
    assert stat.S_IMODE(daemon.site.data.stat().st_mode) == 0o700


def test_starts_again_after_kill(daemon):
    daemon.kill()
    daemon.start()
    daemon.json("status")


def test_second_daemon_on_the_same_data_says_who_holds_it(daemon, make_daemon):
    second = make_daemon()
    second.site.config.write_text(
        f"socket: {second.site.socket}\ndata_dir: {daemon.site.data}\n", encoding="utf-8")
    run = subprocess.run([harness.bin_dir() / "ragd", "--user", "--config", second.site.config],
                         env=second.site.environment(), capture_output=True, timeout=60, check=False)
    assert run.returncode != 0
    assert str(daemon.process.pid) in run.stderr.decode()


def test_a_file_at_the_socket_path_is_never_removed(make_daemon):
    daemon = make_daemon()
    daemon.site.socket.write_text("mine", encoding="utf-8")
    run = subprocess.run([harness.bin_dir() / "ragd", "--user", "--config", daemon.site.config],
                         env=daemon.site.environment(), capture_output=True, timeout=60, check=False)
    assert run.returncode != 0
    assert daemon.site.socket.read_text(encoding="utf-8") == "mine"


def test_programs_tell_their_version():
    for name in ("ragd", "rag"):
        run = subprocess.run([harness.bin_dir() / name, "--version"], capture_output=True,
                             text=True, timeout=60, check=True)
        assert run.stdout.startswith(f"{name} ")


@pytest.fixture(name="fresh")
def fixture_fresh(make_daemon):
    """A daemon whose directories are missing, with those above them."""
    daemon = make_daemon(args=["--system"])
    daemon.site.socket = daemon.site.dir / "new" / "run" / "ragd" / "ragd.sock"
    daemon.site.data = daemon.site.dir / "new" / "lib" / "ragd"
    daemon.configure()
    return daemon


def test_a_system_daemon_makes_its_directories(fresh):
    """Others reach the socket, nobody else the data; whatever the umask is."""
    before = os.umask(0o077)
    try:
        fresh.start()
    finally:
        os.umask(before)
    modes = {str(path.relative_to(fresh.site.dir)): stat.S_IMODE(path.stat().st_mode)
             for path in (fresh.site.data, fresh.site.data.parent, fresh.site.data.parents[1],
                          fresh.site.socket.parent, fresh.site.socket.parents[1])}
    assert modes == {"new/lib/ragd": 0o700, "new/lib": 0o755, "new": 0o755,
                     "new/run/ragd": 0o755, "new/run": 0o755}


@pytest.mark.parametrize("fault", [
    "listen: 'tcp://192.0.2.1:1'\n",                  # before anything is open
    "embedders: {x: {plugin: nosuch}}\n",            # while the database opens
    "listen: 'tcp://127.0.0.1:0'\ntoken: env:NONE\n",  # when all is open
])
def test_a_start_that_fails_leaves_nothing_behind(fresh, fault):
    fresh.configure(fault)
    before = sorted(fresh.site.dir.rglob("*"))
    run = subprocess.run([harness.bin_dir() / "ragd", "--system", "--config", fresh.site.config],
                         env=fresh.site.environment(), capture_output=True, timeout=60, check=False)
    assert run.returncode == 1, run.stderr
    assert sorted(fresh.site.dir.rglob("*")) == before


def test_a_start_that_fails_keeps_the_data_that_were_there(daemon):
    daemon.write("a.txt", "hello")
    daemon.rag("add", "a.txt").ok()
    daemon.stop()
    daemon.configure("listen: 'tcp://127.0.0.1:0'\ntoken: env:NONE\n")
    with pytest.raises(AssertionError, match="NONE"):
        daemon.start()
    daemon.configure()
    daemon.start()
    assert "hello" in daemon.rag("search", "hello").ok().out


def test_threads_have_names_by_which_to_tell_them_apart(daemon):
    """RocksDB's own would else take the name of the worker that opens the first database."""
    daemon.write("a.txt", "hello")
    daemon.rag("add", "a.txt").ok()
    tasks = pathlib.Path(f"/proc/{daemon.process.pid}/task").iterdir()
    names = [(task / "comm").read_text(encoding="utf-8").strip() for task in tasks]
    workers = [name for name in names if name.startswith(("cpu-", "io-"))]
    assert "rocksdb" in names
    assert workers and sorted(workers) == sorted(set(workers))
