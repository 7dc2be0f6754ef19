# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Reading the configuration again: what is wrong with it, and many at once."""

import os
import signal
import threading

import pytest

import wire
from test_server import WAIT_SECONDS, Systemd, settings, status

RELOAD = ("ragd.v1.Admin/Reload", wire.admin.ReloadRequest())


def reload(daemon):
    """Asks for one and waits for the answer."""
    with wire.Raw(f"ipc://{daemon.site.socket}") as raw:
        return wire.Session(raw).unary(*RELOAD, wire.admin.ReloadReply)


def a_bad_value(path):
    path.write_text("retrieval: {k: many}\n", encoding="utf-8")


def a_directory(path):
    path.mkdir()


def a_link_to_itself(path):
    path.symlink_to(path)


def a_pipe(path):
    os.mkfifo(path)


@pytest.mark.parametrize("name", ["ragd.yaml", "conf.d/50-more.yaml"])
@pytest.mark.parametrize("make", [a_bad_value, a_directory, a_link_to_itself, a_pipe])
def test_a_bad_file_keeps_the_old_configuration(daemon, name, make):
    daemon.configure("retrieval: {k: 9}\n")
    reload(daemon)
    path = daemon.site.dir / name
    path.parent.mkdir(exist_ok=True)
    if path.exists():
        path.rename(path.with_suffix(".kept"))
    make(path)
    with pytest.raises(wire.Failed) as failed:
        reload(daemon)
    assert str(path) in failed.value.end.message
    assert settings(daemon)["retrieval.k"] == "9"
    told = {part.part: part.reason for part in status(daemon).degraded}
    assert str(path) in told["configuration"]
    assert wire.good_client(f"ipc://{daemon.site.socket}") is None

    (path.rmdir if path.is_dir() else path.unlink)()
    daemon.configure("retrieval: {k: 8}\n")
    assert list(reload(daemon).changed) == ["retrieval.k"]
    assert not status(daemon).degraded


def test_all_who_ask_at_once_are_answered(daemon):
    daemon.configure("retrieval: {k: 9}\n")
    with wire.Raw(f"ipc://{daemon.site.socket}") as raw:
        session = wire.Session(raw)
        calls = [session.call(*RELOAD) for _ in range(20)]
        gone = session.call(*RELOAD)
        session.cancel(gone)
        replies = [wire.admin.ReloadReply.FromString(session.end(call).body) for call in calls]
    # The first reading brought it, the ones after it changed nothing.
    assert list(replies[0].changed) == ["retrieval.k"] and not replies[-1].changed
    assert settings(daemon)["retrieval.k"] == "9"
    assert daemon.log().count(" RELOADED ") < len(calls)


def test_a_caller_that_leaves_does_not_keep_the_new_file_away(daemon):
    daemon.configure("retrieval: {k: 9}\n")
    with wire.Raw(f"ipc://{daemon.site.socket}") as raw:
        wire.Session(raw).call(*RELOAD)
    wire.wait_until(lambda: settings(daemon)["retrieval.k"] == "9", "the reload")


def test_signals_in_a_row_end_in_the_last_file_and_in_pairs(make_daemon):
    daemon = make_daemon()
    told = []
    with Systemd(daemon.site.run) as systemd:

        def listen():  # at once: the kernel keeps ten messages
            while "STOPPING" not in (told[-1] if told else {}):
                told.append(systemd.next())

        listener = threading.Thread(target=listen)
        listener.start()
        process = systemd.start(daemon)
        wire.wait_until(lambda: told, "the start")
        for k in range(1, 101):
            daemon.configure(f"retrieval: {{k: {k}}}\n" if k % 10 else "nonsense: 1\n")
            process.send_signal(signal.SIGHUP)
        daemon.configure("retrieval: {k: 7}\n")
        process.send_signal(signal.SIGHUP)
        wire.wait_until(lambda: settings(daemon)["retrieval.k"] == "7", "the last reload")
        process.terminate()
        assert process.wait(WAIT_SECONDS) == 0
        listener.join(WAIT_SECONDS)
    pairs = ["READY" if "READY" in one else "RELOADING" for one in told[:-1]]
    # The stop may come while the files are read once more.
    assert pairs == (["READY", "RELOADING"] * len(pairs))[:len(pairs)] and len(pairs) > 2


def test_a_reload_in_the_last_moment_disturbs_nothing(daemon):
    process = daemon.process
    for k in range(5):
        daemon.configure(f"retrieval: {{k: {k + 5}}}\n")
        process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGHUP)
    assert process.wait(WAIT_SECONDS) == 0
    daemon.process = None
    assert not daemon.site.socket.exists()
