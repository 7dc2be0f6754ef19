# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""What rag add says and does about files that are no more."""

import pytest

import harness

NOTE = "no longer exist"


@pytest.fixture(name="notes")
def fixture_notes(daemon):
    """A folder that lost two of its files, and a file beside it that is lost as well."""
    for name in ("notes/a.txt", "notes/b.txt", "notes/deep/c.md", "notes/d!x.md", "other/e.txt"):
        daemon.write(name, f"# All about {name}\n\nThe walrus sleeps.\n")
    daemon.rag("add", "notes", "other").ok()
    for name in ("notes/b.txt", "notes/deep/c.md", "other/e.txt"):
        (daemon.site.home / name).unlink()
    return daemon


def stored(daemon):
    return {d["document"].rsplit("/", 1)[1] for d in daemon.json("ls", "default")["documents"]}


def test_files_that_are_gone_are_told_of_and_stay(notes):
    said = notes.rag("add", "notes").ok()
    assert "rag: 2 documents of notes no longer exist there; --sync removes them" in said.err
    assert NOTE not in said.out and "unchanged 2" in said.err
    assert "b.txt" in stored(notes)
    again = notes.rag("add", "--sync", "--dry-run", "notes/").ok()
    assert "2 documents of notes/ no longer" in again.err and "b.txt" in stored(notes)
    assert "--sync would remove them" in again.err


def test_sync_removes_what_is_gone_below_the_directory(notes):
    added = notes.json("add", "--sync", "notes")
    by_name = {s["source"].rsplit("/", 1)[1]: s for s in added["sources"]}
    assert {n: s["status"] for n, s in by_name.items()} == {
        "a.txt": "unchanged", "d!x.md": "unchanged", "b.txt": "removed", "c.md": "removed"}
    assert (by_name["b.txt"]["documents"], by_name["b.txt"]["chunks"]) == (1, 1)
    assert added["totals"]["removed"] == 2
    assert stored(notes) == {"a.txt", "d!x.md", "e.txt"}
    assert NOTE not in notes.rag("add", "notes").ok().err


def test_sync_of_a_directory_that_is_empty_now(notes):
    assert "1 document of other no longer exists there; --sync removes it" in \
        notes.rag("add", "other").ok().err
    gone = notes.rag("add", "--sync", "other").ok()
    assert "removed\t" in gone.out and "e.txt\t1\t1\t0\t" in gone.out
    assert "removed 1 from default" in gone.err
    assert "e.txt" not in stored(notes)


def test_sync_keeps_to_the_globs(notes):
    added = notes.json("add", "--sync", "--glob", "*.md", "notes")
    assert added["totals"]["removed"] == 1
    assert "b.txt" in stored(notes) and "c.md" not in stored(notes)


def test_overlapping_directories_count_once(notes):
    said = notes.rag("add", "notes/deep", "notes", "./notes").ok().err
    assert said.count(NOTE) == 1 and "2 documents of notes no longer" in said


def test_documents_that_are_no_files_stay(notes):
    notes.rag("add", "--name", "notes/typed", "-", input="typed text\n").ok()
    notes.rag("add", "--sync", "notes").ok()
    assert any(name.endswith("typed") for name in stored(notes))


def test_what_cannot_be_looked_at_is_not_gone(notes):
    (notes.site.home / "notes/deep").chmod(0)
    try:
        told = notes.rag("add", "notes", before=harness.minding_permissions()).ok().err
        assert "1 document of notes" in told
    finally:
        (notes.site.home / "notes/deep").chmod(0o700)


def test_a_file_that_cannot_be_read_now_keeps_what_was_read_before(daemon):
    path = daemon.write("a.md", "# Walrus\n\nIt sleeps.\n")
    daemon.rag("add", "a.md").ok()
    path.write_text("")
    said = daemon.rag("add", "--format", "table", "a.md").failed(1).out
    assert "no text in it (1 chunk of an earlier add stays)" in " ".join(said.split())
    source = daemon.rag("add", "--json", "a.md").failed(1).json()["sources"][0]
    assert (source["status"], source["kept"]) == ("failed", 1)
    assert source["error"]["hint"] == "its earlier version stays; rag rm removes it"
    assert daemon.json("search", "walrus")["results"]
    new = daemon.write("new.md", "")
    source = daemon.rag("add", "--json", new).failed(1).json()["sources"][0]
    assert "earlier version" not in str(source)


def test_sync_is_for_directories(notes):
    notes.rag("add", "--sync", "notes/a.txt").failed(2)


def test_nothing_is_gone_from_a_collection_that_does_not_exist(daemon):
    (daemon.site.home / "empty").mkdir()
    assert "nothing to add" in daemon.rag("add", "--sync", "empty").ok().err
    assert "nope" in daemon.rag("add", "--sync", "-c", "nope", "empty").failed(6).err
