# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Limits bind what comes in, name themselves, and leave alone what is stored."""

import json

import pytest

import wire

LOWER = """limits:
  document_raw: 1000
  document_text: 1000
  metadata: 60
  metadata_keys: 1
  blocks: 64
  manifest: 64
  chunks: 2
  documents: 1
  query_text: 100
  records: 1
"""


def test_lower_limits_leave_what_is_stored_readable(daemon):
    text = "The harbour of Bremerhaven is deep. " * 2000
    path = daemon.write("long.txt", text)
    daemon.rag("add", path, "--meta", "author=" + "A" * 100, "--meta", "year=1990").ok()
    record = {"id": "r", "text": text, "embedding": [1, 2], "metadata": {"a": "x" * 100, "b": 1}}
    daemon.rag("collection", "import", "--create", "own", "-", "--embedder", "none", "--dim", "2",
               input=json.dumps(record) + "\n").ok()
    before = [daemon.rag("collection", "export", name).ok().out for name in ("default", "own")]
    daemon.configure(LOWER)
    daemon.restart()
    assert len(daemon.json("ls", "default")["documents"]) == 1
    assert len(daemon.json("ls", "default", "--chunks")["chunks"]) > 2
    assert daemon.json("get", path)["text"] == text
    assert daemon.json("get", "-c", "own", "r")["text"] == text
    assert [daemon.rag("collection", "export", name).ok().out
            for name in ("default", "own")] == before
    assert daemon.json("verify")["ok"]
    assert daemon.json("search", "harbour")["results"]
    assert daemon.json("ask", "Which harbour is deep?")["sources"]
    daemon.rag("rm", "--yes", path).ok()


def test_a_document_over_a_limit_names_size_limit_and_setting(make_daemon):
    daemon = make_daemon(config="limits: {document_text: 100, metadata_keys: 2}\n").start()
    for name in ("a.txt", "a.md"):
        path = daemon.write(name, "harbour " * 100)
        failed = daemon.rag("add", path, "--json").failed(1).json()["sources"][0]["error"]
        for part in ("800", "limits.document_text", "100"):
            assert part in failed["message"], failed
    path = daemon.write("b.txt", "harbour")
    failed = daemon.rag("add", path, "--meta", "a=1", "--meta", "b=2", "--meta", "c=3",
                        "--json")
    assert "3 keys, limits.metadata_keys is 2" in failed.out + failed.err, failed


def test_a_dimension_over_the_limit_is_refused(daemon):
    for dim, code in (65536, 0), (65537, 2):
        daemon.rag("collection", "create", f"d{dim}", "--embedder", "none", "--dim",
                   dim).failed(code)


def test_a_query_over_a_limit_is_a_usage_error(daemon):
    daemon.rag("add", daemon.write("a.txt", "The harbour is deep.")).ok()
    for command in ("search", "ask"):
        daemon.rag(command, "harbour", "-k", "0").failed(2)
        assert "limits.k is 1000" in daemon.rag(command, "harbour", "-k", "1001").failed(2).err
        long = daemon.rag(command, "harbour " * 9000).failed(2)
        assert "limits.query_text is 65536" in long.err


def test_an_import_whose_caller_brings_nothing_ends(make_daemon):
    """What it held is free: the next one has its turn."""
    daemon = make_daemon(config="limits: {import_idle: 300ms}\n").start()
    daemon.rag("collection", "create", "own").ok()
    with wire.Raw(daemon.url) as raw:
        session = wire.Session(raw)
        call = session.call("ragd.v1.Collections/Import",
                            wire.collections.ImportStart(collection="own"), credit=32)
        with pytest.raises(wire.Failed, match="nothing came for 300 ms, limits.import_idle"):
            list(session.stream(call, wire.collections.ImportEvent))
        daemon.rag("collection", "import", "own", "-", input='{"id": "a", "text": "b"}\n').ok()
