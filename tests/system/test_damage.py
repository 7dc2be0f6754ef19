# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""A store that is damaged on disk: nothing says that what it held never existed."""

import pytest

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
