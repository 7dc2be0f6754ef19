# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""A disk that is full: adding is refused, the rest goes on, no restart is needed."""

import concurrent.futures
import random
import resource
import subprocess
import time

import pytest

import harness

DISK_MIB = 24
FILE_BYTES = 200_000
HEAL_SECONDS = 60  # RocksDB looks every 5 s; a sanitized build on a loaded machine
FULL_EXIT, PARTLY_EXIT = 1, 3


@pytest.fixture
def small_disk(make_daemon):
    """A daemon, not started, whose data directory is a file system of DISK_MIB."""
    daemon = make_daemon()
    daemon.site.data.mkdir(mode=0o700)
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=0700", "ragd-test",
         daemon.site.data], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip(f"mount needs root: {mount.stderr.decode().strip()}")
    yield daemon
    try:
        daemon.stop()
    finally:
        subprocess.run(["umount", "--lazy", daemon.site.data], check=True)


def write_many(daemon, count):
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(3, 9)))
             for _ in range(3000)]
    for i in range(count):
        daemon.write(f"many/n{i}.txt", " ".join(chance.choices(words, k=190)) + "\n")
    return daemon.site.home / "many"


def fill(daemon):
    """Others take all that is free."""
    with (daemon.site.data / "ballast").open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            pass


def drain(daemon):
    (daemon.site.data / "ballast").unlink()


def degraded(daemon):
    return {part["part"]: part["reason"] for part in daemon.json("status")["degraded"]}


def eventually(daemon, *args):
    """The result of a command that succeeds once the daemon has noticed."""
    deadline = time.monotonic() + HEAL_SECONDS
    while True:
        run = daemon.rag(*args)
        if run.exit == 0 or time.monotonic() > deadline:
            return run.ok()
        time.sleep(0.2)


def test_what_does_not_fit_is_refused_and_the_rest_goes_on(small_disk):
    daemon = small_disk.start()
    walrus = daemon.write("walrus.txt", "The walrus sleeps on the ice.\n")
    spare = daemon.write("spare.txt", "A spare text that may go.\n")
    daemon.rag("add", walrus, spare).ok()
    many = write_many(daemon, 3000)
    run = daemon.rag("add", many, "--json")
    assert run.exit == PARTLY_EXIT and "storage_full" in run.out + run.err, str(run)[-4000:]
    assert f"on {daemon.site.data}" in degraded(daemon)["disk"]
    assert "walrus" in daemon.rag("search", "walrus").ok().out
    daemon.rag("rm", "--yes", spare).ok()
    assert daemon.log().count("DISK-LOW") < 5

    daemon.rag("collection", "rm", "--yes", "default").ok()
    eventually(daemon, "add", walrus)
    assert not degraded(daemon)
    assert daemon.json("verify")["ok"] is True


def kill_on_full_disk(daemon, free_kib):
    """Some documents, then kill -9 and a disk with hardly any room."""
    daemon.start()
    walrus = daemon.write("walrus.txt", "The walrus sleeps on the ice.\n")
    daemon.rag("add", walrus).ok()
    daemon.rag("add", write_many(daemon, 300)).ok()
    daemon.kill()
    room = daemon.site.data / "room"
    room.write_bytes(bytes(free_kib * 1024))
    fill(daemon)
    room.unlink()


@pytest.mark.parametrize("free_kib", [4, 16, 64, 512])
def test_a_start_with_hardly_any_room_serves_what_is_there(small_disk, free_kib):
    daemon = small_disk
    kill_on_full_disk(daemon, free_kib)
    daemon.start()
    assert "walrus" in daemon.rag("search", "walrus").ok().out
    daemon.rag("rm", "--yes", daemon.site.home / "walrus.txt")
    assert daemon.json("ls")["collections"][0]["documents"] >= 300
    drain(daemon)
    daemon.restart()
    eventually(daemon, "add", daemon.write("other.txt", "Another text.\n"))
    assert daemon.json("verify")["ok"] is True


def test_a_start_on_a_full_disk_is_for_reading_only(small_disk):
    daemon = small_disk
    kill_on_full_disk(daemon, 0)
    daemon.start()
    assert "disk" in degraded(daemon)
    assert daemon.json("ls")["collections"][0]["documents"] == 301
    assert "walrus" in daemon.rag("search", "walrus").ok().out
    other = daemon.write("other.txt", "Another text.\n")
    error = daemon.rag("add", other, "--json").failed(FULL_EXIT)
    assert "storage_full" in error.out + error.err
    daemon.stop()

    drain(daemon)
    daemon.start()
    assert not degraded(daemon)
    daemon.rag("add", other).ok()
    assert daemon.json("verify")["ok"] is True


def test_a_first_start_on_a_full_disk_says_so(small_disk):
    fill(small_disk)
    with pytest.raises(AssertionError, match="ragd ended with 1 before it was ready") as told:
        small_disk.start()
    assert "No space left" in str(told.value)


def test_a_disk_that_others_fill_is_survived(small_disk):
    daemon = small_disk.start()
    walrus = daemon.write("walrus.txt", "The walrus sleeps on the ice.\n")
    daemon.rag("add", walrus).ok()
    for i in range(3):
        daemon.rag("add", daemon.write(f"n{i}.txt", "A text.\n" * 200)).ok()
    fill(daemon)
    for i in range(3):  # until the log does not fit any more
        daemon.rag("rm", "--yes", daemon.site.home / f"n{i}.txt")
        daemon.rag("collection", "create", f"coll{i}")
    assert "disk" in degraded(daemon)
    assert "walrus" in daemon.rag("search", "walrus").ok().out
    drain(daemon)
    eventually(daemon, "add", daemon.write("new.txt", "A new text about terns.\n"))
    assert not degraded(daemon)
    daemon.kill()
    daemon.start()
    assert "terns" in daemon.rag("search", "terns").ok().out
    assert daemon.json("verify")["ok"] is True


def test_a_disk_that_fails_is_told_until_the_store_takes_a_change(daemon):
    """A limit of the size of files stands for it: RocksDB then refuses all changes."""
    walrus = daemon.write("walrus.txt", "The walrus sleeps on the ice.\n")
    daemon.rag("add", walrus).ok()
    limits = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (FILE_BYTES, limits[1]))
    run = daemon.rag("add", write_many(daemon, 300), "--json")
    assert run.exit in (FULL_EXIT, PARTLY_EXIT) and "storage_io" in run.out, str(run)[-4000:]
    status = daemon.json("status")
    assert status["state"] == "degraded"
    assert "The store's disk failed" in degraded(daemon)["stores.rocksdb"], status
    assert daemon.log().count("STORE-FAILED") == 1
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, limits)
    assert "walrus" in daemon.rag("search", "walrus").ok().out

    daemon.restart()
    daemon.rag("add", walrus).ok()
    assert not degraded(daemon)
    assert daemon.json("verify")["ok"] is True


@pytest.mark.skipif(not harness.has_failpoints(), reason="built without failpoints")
def test_a_low_disk_refuses_adding_only(daemon):
    walrus = daemon.write("walrus.txt", "The walrus sleeps on the ice.\n")
    spare = daemon.write("spare.txt", "A spare text that may go.\n")
    daemon.rag("add", walrus, spare).ok()
    daemon.stop()
    daemon.start(env={"RAGD_FAILPOINTS": "state.room=error(FULL)"})
    assert daemon.json("status")["state"] == "degraded"
    assert "MiB more on /" in degraded(daemon)["disk"]
    new = daemon.write("new.txt", "A new text about terns.\n")
    assert daemon.rag("add", new, "--json").failed(FULL_EXIT).error()["code"] == "storage_full"
    assert daemon.rag("collection", "create", "terns", "--json").failed(FULL_EXIT).error()[
        "code"] == "storage_full"
    assert "walrus" in daemon.rag("search", "walrus").ok().out
    daemon.rag("rm", "--yes", spare).ok()
    daemon.stop()
    daemon.start(env={"RAGD_FAILPOINTS": "state.room=error(FULL)@1"})
    eventually(daemon, "add", new)
    assert not degraded(daemon)


@pytest.mark.skipif(not harness.has_failpoints(), reason="built without failpoints")
def test_a_disk_that_does_not_answer_keeps_only_those_who_ask_of_it(daemon):
    daemon.stop()
    daemon.start(env={"RAGD_FAILPOINTS": "state.room=sleep(4000)@2"})  # the first is the start's
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waits = pool.submit(daemon.rag, "status")
        for _ in range(10):
            daemon.rag("ls").ok()
        assert not waits.done()
        assert "disk" not in waits.result().ok().out
