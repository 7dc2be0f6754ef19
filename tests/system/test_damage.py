# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""A store that is damaged on disk: nothing says that what it held never existed."""

import os

import pytest
import wire

LOOKUPS = (
    ("ls",),
    ("verify",),
    ("search", "walrus"),
    ("ask", "where does it sleep?"),
    ("ls", "-c", "default"),
    ("verify", "-c", "default"),
)


def store_files(daemon, pattern):
    found = sorted((daemon.site.data / "plugins" / "store").rglob(pattern))
    assert found, f"no {pattern} in the store"
    return found


def overwrite(path):
    """All blocks of a file are noise, its size stays."""
    path.write_bytes(b"\xa5" * path.stat().st_size)


@pytest.mark.parametrize("pattern", ["*.sst", "CURRENT"])
def test_a_damaged_store_is_never_an_empty_one(daemon, pattern):
    text = daemon.write("walrus.txt", "The walrus sleeps on the ice.\n")
    daemon.rag("add", text).ok()
    daemon.restart()  # what is in the log becomes a table
    daemon.stop()
    kept = {path: path.read_bytes() for path in store_files(daemon, pattern)}
    for path in kept:
        overwrite(path)

    daemon.start()
    assert daemon.json("status")["degraded"]
    for args in LOOKUPS:
        error = daemon.rag(*args, "--json").failed(1).error()
        assert "no collection" not in str(error), f"{args}: {error}"

    daemon.stop()
    for path, content in kept.items():
        path.write_bytes(content)
    daemon.start()
    assert [c["name"] for c in daemon.json("ls")["collections"]] == ["default"]
    assert daemon.json("verify")["ok"] is True
    assert "walrus" in daemon.rag("search", "walrus").ok().out


@pytest.mark.parametrize("plugins", ["{load: [lexical]}", "{dirs: [/nonexistent]}"])
def test_a_store_whose_plugin_is_not_there_is_never_an_empty_one(daemon, plugins):
    daemon.rag("add", daemon.write("walrus.txt", "The walrus sleeps on the ice.\n")).ok()
    daemon.stop()
    config = daemon.site.config.read_text(encoding="utf-8")
    daemon.site.config.write_text(f"{config}plugins: {plugins}\n", encoding="utf-8")
    daemon.start()
    status = daemon.json("status")
    assert status["state"] == "degraded", status
    (part,) = (one for one in status["degraded"] if one["part"] == "rocksdb")
    assert "1 collection is not there: no plugin for the store 'rocksdb'" in part["reason"]
    for args in LOOKUPS:
        error = daemon.rag(*args, "--json").failed(1).error()
        assert "the store 'rocksdb'" in error["message"], f"{args}: {error}"


def damage_first_block(path):
    """What a table says of itself is at its end: it still opens."""
    content = path.read_bytes()
    path.write_bytes(b"\xa5" * 64 + content[64:])


def test_verifying_goes_on_past_a_damaged_collection(daemon):
    text = daemon.write("walrus.txt", "".join(
        f"Walrus number {i} sleeps on the ice and is not like the other ones.\n"
        for i in range(20000)))
    for name in ("first", "second", "third"):
        daemon.rag("collection", "create", name).ok()
        daemon.rag("add", "-c", name, text).ok()
    daemon.restart()
    daemon.stop()
    largest = max(store_files(daemon, "*.sst"), key=lambda path: path.stat().st_size)
    content = largest.read_bytes()
    damage_first_block(largest)

    daemon.start()
    listed = daemon.rag("ls", "--json")
    names = [c["name"] for c in listed.json()["collections"]]
    assert names == ["first", "second", "third"]
    run = daemon.rag("verify", "--json").failed(1)
    told = {c["name"]: c["problems"] for c in run.json()["collections"]}
    assert "store rocksdb" in told["first"][0]
    assert told == {"first": told["first"], "second": [], "third": []}
    assert run.json()["ok"] is False
    assert run.error()["code"] == "corrupt"

    status = daemon.json("status")
    assert status["state"] == "degraded"
    told = {part["part"]: part["reason"] for part in status["degraded"]}
    assert list(told) == ["first"] and "store rocksdb" in told["first"], told
    assert "error ENGINE-DEGRADED first: verify found" in daemon.log()
    largest.write_bytes(content)
    assert daemon.json("verify")["ok"] is True
    status = daemon.json("status")
    assert (status["state"], status["degraded"]) == ("ready", [])


def test_one_damage_of_many_collections_is_told_once(daemon):
    """Small collections share a block of the file that holds their records."""
    text = daemon.write("walrus.txt", "".join(f"Walrus {i} sleeps.\n" for i in range(20)))
    for name in ("first", "second", "third"):
        daemon.rag("collection", "create", name).ok()
        daemon.rag("add", "-c", name, text).ok()
    daemon.restart()
    daemon.stop()
    shared = 0
    for path in store_files(daemon, "*.sst"):
        content = path.read_bytes()
        damage_first_block(path)
        daemon.start()
        if daemon.rag("ls").exit == 0:  # not the one that names the collections
            shared += 1
            run = daemon.rag("verify").failed(1)
            assert run.err.count("RocksDB says") == 1, run.err
            assert run.err.count(": the same as ") == 2, run.err
            for name in ("first", "second", "third"):
                assert run.err.count(f"\n  {name}: ") + run.err.startswith(f"  {name}: "), run.err
            for told in daemon.rag("verify", "--json").json()["collections"]:
                assert sum("RocksDB says" in one for one in told["problems"]) == 1, told
        daemon.stop()
        path.write_bytes(content)
    assert shared >= 3


def newest_log(daemon):
    return max(store_files(daemon, "*.log"), key=lambda path: int(path.stem))


def test_a_cut_log_of_the_store_is_noticed(daemon):
    """What was acknowledged and is not there any more: told, and served as it is."""
    text = daemon.write("walrus.txt", "The walrus sleeps on the ice.\n")
    daemon.rag("add", text).ok()
    daemon.rag("collection", "create", "other").ok()
    daemon.rag("add", "-c", "other", text).ok()
    log = newest_log(daemon)
    whole = log.read_bytes()
    daemon.rag("add", daemon.write("bear.txt", "The bear sleeps in the snow.\n")).ok()
    daemon.kill()
    assert log.read_bytes()[:len(whole)] == whole
    log.write_bytes(whole)

    daemon.start()
    assert "default: store rocksdb has lost acknowledged changes" in daemon.log()
    assert "default" in str(daemon.json("status")["degraded"])
    listed = daemon.rag("ls", "--json").failed(3)  # the other one is whole
    told = {c["name"]: c.get("problem", {}).get("code") for c in listed.json()["collections"]}
    assert told == {"default": "corrupt", "other": None}
    assert listed.error()["code"] == "corrupt"
    run = daemon.rag("verify", "--json").failed(1)
    told = {c["name"]: c["problems"] for c in run.json()["collections"]}
    assert "lost acknowledged changes" in told["default"][0] and told["other"] == []
    assert "walrus" in daemon.rag("search", "walrus").ok().out

    daemon.rag("add", daemon.site.home / "bear.txt").ok()
    daemon.rag("ls").ok()
    daemon.rag("verify").ok()
    assert daemon.json("status")["degraded"] == []


def test_a_collection_that_vanishes_with_the_log_is_noticed(daemon):
    daemon.rag("add", daemon.write("walrus.txt", "The walrus sleeps on the ice.\n")).ok()
    daemon.kill()
    newest_log(daemon).write_bytes(b"")

    daemon.start()
    for command in ("ls", "verify"):
        error = daemon.rag(command, "--json").failed(1).error()
        assert "default is gone" in error["message"], error
    daemon.rag("add", daemon.site.home / "walrus.txt").ok()
    for command in ("ls", "verify"):
        daemon.rag(command).ok()
    daemon.rag("collection", "rm", "default", "--yes").ok()
    daemon.kill()
    daemon.start()
    assert daemon.json("status")["degraded"] == []
    daemon.rag("ls").ok()


def status_as(daemon, uid):
    """What Admin/Status tells a user."""
    os.seteuid(uid)
    try:
        raw = wire.Raw(daemon.url)
    finally:
        os.seteuid(0)
    with raw:
        return wire.Session(raw).unary("ragd.v1.Admin/Status", wire.admin.StatusRequest(),
                                       wire.admin.StatusReply)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is another user at will")
def test_what_others_collections_are_called_stays_theirs(make_daemon):
    daemon = make_daemon(args=("--system",)).start()
    daemon.rag("collection", "create", "secret-plans").ok()
    daemon.kill()
    newest_log(daemon).write_bytes(b"")
    daemon.start()
    for path in (daemon.site.dir, daemon.site.run, daemon.site.socket):
        path.chmod(0o777)
    if any(not path.stat().st_mode & 0o001 for path in daemon.site.dir.parents):
        pytest.skip("another user cannot reach the socket")
    assert [part.part for part in status_as(daemon, 0).degraded] == ["secret-plans"]
    assert "secret" not in str(status_as(daemon, 12345))
