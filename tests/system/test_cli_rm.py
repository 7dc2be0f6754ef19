# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""What rag rm takes beside documents: directories, and not chunks."""

import shutil

import pytest


@pytest.fixture(name="notes")
def fixture_notes(daemon):
    for name in ("notes/a.txt", "notes/deep/b.txt", "notes.txt", "notes-old/c.txt"):
        daemon.write(name, f"All about {name}.\n")
    daemon.rag("add", "notes", "notes.txt", "notes-old").ok()
    return daemon


def stored(daemon):
    home = daemon.site.home
    return {d["document"].removeprefix(f"file://{home}/")
            for d in daemon.json("ls", "default")["documents"]}


def test_directory_goes_with_all_that_is_below_it(notes):
    removed = notes.json("rm", "--yes", "notes")
    assert removed == {"removed": {"documents": 2, "chunks": 2}}
    assert stored(notes) == {"notes.txt", "notes-old/c.txt"}
    assert notes.rag("rm", "--yes", "notes").failed(6).out == ""


def test_directory_may_be_gone_and_be_named_beside_others(notes):
    home = notes.site.home
    shutil.rmtree(home / "notes")
    result = notes.rag("rm", "--yes", f"{home}/notes", "notes.txt", "nothing", "--json")
    assert result.failed(3).json() == {"removed": {"documents": 3, "chunks": 3},
                                       "missing": ["nothing"]}
    assert stored(notes) == {"notes-old/c.txt"}


def test_chunk_is_told_to_go_with_its_document(notes):
    error = notes.rag("rm", "--yes", "--json", "notes.txt#0").failed(6).error()
    assert error["why"] == "chunks are removed with their document"
    assert error["hint"].endswith("/notes.txt'")
    assert "notes.txt" in stored(notes)
