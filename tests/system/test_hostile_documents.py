# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Documents that are made to hurt: each ends within its limits, the daemon goes on."""

import threading
import time

import pytest

import harness
import wire
from hostile_documents import DOCUMENTS
from wire import admin

# A fourth of what they are by default, so that all of it takes minutes at most.
LIMITS = "limits: {parse: 15s, parse_cpu: 8s, parse_memory: 512MiB}\n"
# Of those that have what a loader may say; a loader that crashes is a fault of ours.
REASONS = {"limit_exceeded", "unreadable_document", "no_text", "no_loader"}
# Limits of what is made of its text; other settings of the add may be within them.
AFTER_THE_LOADER = ("limits.blocks", "limits.manifest", "limits.chunks")


class Watch(threading.Thread):
    """Asks for the status again and again, and remembers the slowest answer."""

    def __init__(self, daemon):
        super().__init__()
        self.daemon_pid, self.socket = daemon.process.pid, daemon.site.socket
        self.over, self.answers, self.slowest, self.problem = False, 0, 0.0, None
        self.slowest_next = 0.0  # of the good documents after the hostile ones

    def run(self):
        try:
            with wire.Raw(f"ipc://{self.socket}") as raw:
                session = wire.Session(raw)
                while not self.over:
                    began = time.monotonic()
                    reply = session.unary("ragd.v1.Admin/Status", admin.StatusRequest(),
                                          admin.StatusReply)
                    self.slowest = max(self.slowest, time.monotonic() - began)
                    self.answers += 1
                    assert reply.pid == self.daemon_pid
                    time.sleep(0.005)
        except Exception as problem:  # pylint: disable=broad-exception-caught
            self.problem = problem


@pytest.fixture(scope="module")
def daemon():
    daemon = harness.Daemon(config=LIMITS).start()
    yield daemon
    daemon.close()


@pytest.fixture(scope="module")
def watch(daemon):
    watch = Watch(daemon)
    watch.start()
    yield watch
    watch.over = True
    watch.join()
    assert watch.problem is None and watch.answers > len(DOCUMENTS)
    print(f"\nslowest status of {watch.answers}: {watch.slowest * 1000:.0f} ms, "
          f"slowest next document: {watch.slowest_next * 1000:.0f} ms")


def test_there_are_enough():
    assert len(DOCUMENTS) >= 60


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_ends_and_the_next_one_is_served(daemon, watch, name):
    path = daemon.write(name, DOCUMENTS[name]())
    result = daemon.rag("add", "--json", path).json()["sources"][0]
    path.unlink()
    began = time.monotonic()
    good = daemon.write(f"good-{name}", f"Good words, after {name}.\n")
    assert daemon.rag("add", "--json", good).ok().json()["sources"][0]["status"] == "added"
    watch.slowest_next = max(watch.slowest_next, time.monotonic() - began)
    assert watch.problem is None
    if result["status"] == "failed":
        check_reason(daemon, result["source"], result["error"])


def check_reason(daemon, source, error):
    """What its loader cannot end is remembered; all else is soon found again."""
    assert error["code"] in REASONS and error["message"], error
    recorded = {one["source"]: one["error"] for one in daemon.json("ls", "--failed")["failed"]}
    loaders = error["code"] == "limit_exceeded" and not any(
        limit in error["message"] for limit in AFTER_THE_LOADER)
    assert (source in recorded) == loaders
    assert not loaders or recorded[source]["code"] == error["code"]


def test_the_daemon_is_well_afterwards(daemon, watch):
    assert watch.problem is None
    assert daemon.json("status")["state"] == "ready"
    assert {p["state"] for p in daemon.json("plugin", "ls")["plugins"]} == {"loaded"}
    assert daemon.rag("verify").ok()
