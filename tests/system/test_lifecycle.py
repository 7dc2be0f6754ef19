# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Starting, stopping, and what is left on disk."""

import stat
import subprocess

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
    run = subprocess.run([harness.bin_dir() / "ragd", "--config", second.site.config],
                         env=second.site.environment(), capture_output=True, timeout=60, check=False)
    assert run.returncode != 0
    assert str(daemon.process.pid) in run.stderr.decode()


def test_a_file_at_the_socket_path_is_never_removed(make_daemon):
    daemon = make_daemon()
    daemon.site.socket.write_text("mine", encoding="utf-8")
    run = subprocess.run([harness.bin_dir() / "ragd", "--config", daemon.site.config],
                         env=daemon.site.environment(), capture_output=True, timeout=60, check=False)
    assert run.returncode != 0
    assert daemon.site.socket.read_text(encoding="utf-8") == "mine"


def test_programs_tell_their_version():
    for name in ("ragd", "rag"):
        run = subprocess.run([harness.bin_dir() / name, "--version"], capture_output=True,
                             text=True, timeout=60, check=True)
        assert run.stdout.startswith(f"{name} ")
