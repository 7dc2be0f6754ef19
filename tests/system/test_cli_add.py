# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""rag add and the collection that it adds to: made, not made, taken away meanwhile."""

import os
import subprocess
import time

import harness


def names(daemon):
    return [collection["name"] for collection in daemon.json("ls")["collections"]]


def test_an_add_that_stores_nothing_leaves_no_collection(daemon):
    daemon.write("blank.txt", " \n\n ")
    blank = daemon.rag("add", "blank.txt", "--json").failed(1)
    assert blank.json()["sources"][0]["error"]["code"] == "no_text"
    assert names(daemon) == []
    daemon.write("walrus.txt", "The walrus sleeps.\n")
    daemon.rag("add", "blank.txt", "walrus.txt").failed(3)
    assert names(daemon) == ["default"]


def test_an_add_never_takes_away_a_collection_that_it_did_not_make(daemon):
    daemon.rag("collection", "create", "mine").ok()
    daemon.write("blank.txt", " \n\n ")
    daemon.rag("add", "-c", "mine", "blank.txt").failed(1)
    assert names(daemon) == ["mine"]


def wait_for_job(daemon):
    deadline = time.monotonic() + harness.COMMAND_SECONDS
    while not any(job["state"] == "running" for job in daemon.json("status")["jobs"]):
        assert time.monotonic() < deadline, "no add began"


def test_a_collection_removed_during_an_add_ends_it(daemon):
    daemon.rag("collection", "create", "mine").ok()
    for i in range(100):
        daemon.write(f"docs/{i}.txt", "".join(
            f"In document {i}, paragraph {k}, the walrus sleeps on the ice.\n\n"
            for k in range(1000)))
    adding = subprocess.Popen(
        [harness.bin_dir() / "rag", "add", "-c", "mine", "docs"], text=True,
        env=daemon.site.environment({"RAG_SOCKET": daemon.url}), cwd=daemon.site.home,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for_job(daemon)
    daemon.rag("collection", "rm", "mine", "--yes").ok()
    _, err = adding.communicate(timeout=harness.COMMAND_SECONDS)
    assert adding.returncode == 6, err
    assert "collection mine was removed while sources were added to it" in err
    assert names(daemon) == []
    assert daemon.json("verify")["ok"] is True


def test_a_source_that_cannot_be_taken_stops_no_other(daemon):
    daemon.write("good.md", "The walrus sleeps.\n")
    os.mkfifo(daemon.site.home / "pipe")
    added = daemon.rag("add", "good.md", "missing.md", "pipe", "--format", "table").failed(3)
    said = " ".join(added.out.split())
    assert "added good.md" in said and "failed missing.md cannot read missing.md" in said, said
    assert "failed pipe cannot add pipe: it is a pipe" in said
    assert "2 of 3 sources failed" in added.err
    again = daemon.rag("add", "--json", "missing.md", "good.md").failed(3)
    good, missing = sorted(again.json()["sources"], key=lambda source: source["source"])
    assert good["status"] == "unchanged" and missing["status"] == "failed"
    assert missing["source"].endswith("/missing.md")
    assert missing["error"]["code"] == "no_such_file" and again.json()["job"]
    assert again.error()["exit"] == 3 and again.error()["code"] == "sources_failed"
    dry = daemon.rag("add", "--dry-run", "--json", "missing.md", "good.md").failed(3)
    assert sorted("error" in source for source in dry.json()["sources"]) == [False, True]
    daemon.rag("add", "missing.md", "pipe").failed(1)


def test_what_is_named_alone_says_what_it_is(daemon):
    os.mkfifo(daemon.site.home / "pipe")
    assert "it is a pipe" in daemon.rag("add", "pipe").failed(2).err
    daemon.rag("add", "missing.md").failed(6)
    daemon.rag("add", "--sync", "missing").failed(6)


def test_no_directory_is_walked_for_a_collection_that_is_not_there(daemon):
    (daemon.site.home / "docs").mkdir()
    os.mkfifo(daemon.site.home / "docs" / "pipe")
    refused = daemon.rag("add", "-c", "nope", "docs").failed(6)
    assert "nope" in refused.err and "skipped" not in refused.err, refused
    assert "skipped docs/pipe: a pipe" in daemon.rag("add", "docs").ok().err
