# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Sources that their loader fails on: tried again last, remembered, told."""

import time

import pytest

import harness

FAULTY = harness.bin_dir().parent / "tests" / "faulty"
LIMITS = "limits: {parse: 2s, parse_retry: 20ms, child_grace: 100ms, parse_memory: 64MiB}\n"


@pytest.fixture
def faulty(make_daemon):
    """A daemon with a loader for *.faulty that does what a source says to its process."""
    return make_daemon(config=LIMITS, args=["--plugin-dir", FAULTY]).start()


def add(daemon, *args):
    """{file name: its result}, in the order in which they came."""
    sources = daemon.rag("add", "--json", *args).json()["sources"]
    return {source["source"].rsplit("/", 1)[1]: source for source in sources}


def failed(daemon, *args):
    listed = daemon.json("ls", "--failed", *args)["failed"]
    return {one["source"].rsplit("/", 1)[1]: one for one in listed}


def test_crashes_come_after_everything_else(faulty):
    for i in range(30):
        faulty.write(f"docs/{i:02}.{'faulty' if i < 3 else 'txt'}",
                     "abort" if i < 3 else f"Good words of {i}.")
    results = add(faulty, "docs")
    last = list(results)[-3:]
    assert sorted(last) == ["00.faulty", "01.faulty", "02.faulty"]
    for name in last:
        result = results[name]
        assert result["status"] == "failed" and result["tries"] == 3
        assert result["error"]["code"] == "loader_crashed"
        assert "loader faulty crashed: signal 6 (SIGABRT)" in result["error"]["message"]
        assert "3 tries" in result["error"]["why"]
        assert "rag add --retry" in result["error"]["hint"]
    assert sum(result["status"] == "added" for result in results.values()) == 27


def test_each_fault_is_listed_with_its_reason(faulty):
    acts = {"crash": "loader_crashed", "exit": "loader_crashed", "hang": "limit_exceeded",
            "flood": "limit_exceeded", "garbage": "plugin_misbehaved"}
    for act in acts:
        faulty.write(f"docs/{act}.faulty", act)
    faulty.write("docs/bad.faulty", "bad")  # refused in the loader's own words
    faulty.write("docs/none.html", "<p>no loader for this</p>")
    results = add(faulty, "docs")
    assert {name: r["status"] for name, r in results.items()} == dict.fromkeys(results, "failed")
    listed = failed(faulty)
    assert {n.removesuffix(".faulty"): one["error"]["code"] for n, one in listed.items()} == acts
    tries = {name: one["tries"] for name, one in listed.items()}
    assert tries == {f"{act}.faulty": 3 if act in ("crash", "exit") else 1 for act in acts}
    for one in listed.values():
        assert one["loader"] == "faulty" and one["loader_version"] == "0.1.0"
        assert one["failed_at"].startswith("20") and one["error"]["message"]
    table = faulty.rag("ls", "--failed", "--format", "table").ok().out
    assert "SOURCE" in table and "loader faulty took longer" in table
    assert len(faulty.rag("ls", "--failed").ok().out.splitlines()) == len(acts)
    page = faulty.json("ls", "--failed", "--limit", "2")
    assert len(page["failed"]) == 2 and page["next"] == page["failed"][1]["source"]
    assert len(faulty.json("ls", "--failed", "--after", page["next"])["failed"]) == 3


def test_what_did_not_change_is_refused_until_it_is_told_to_try(faulty):
    path = faulty.write("a.faulty", "hang")
    assert add(faulty, path)["a.faulty"]["error"]["code"] == "limit_exceeded"
    faulty.restart()
    began = time.monotonic()
    again = add(faulty, path)["a.faulty"]
    assert time.monotonic() - began < 2  # the loader would take as long to fail
    assert again["status"] == "failed" and "tries" not in again
    assert again["error"]["code"] == "limit_exceeded"
    assert again["error"]["message"].startswith("loader faulty took longer than")
    assert again["error"]["why"] == "it failed before (1 try) and has not changed since"
    out = faulty.rag("add", path).failed(1).out
    assert "has not changed since" in out
    first = failed(faulty)["a.faulty"]["failed_at"]
    time.sleep(0.01)
    assert add(faulty, "--retry", path)["a.faulty"]["error"]["code"] == "limit_exceeded"
    assert failed(faulty)["a.faulty"]["failed_at"] > first
    faulty.write("a.faulty", "anything else")
    assert add(faulty, path)["a.faulty"]["status"] == "added"
    assert failed(faulty) == {}


def test_it_is_forgotten_with_its_source_or_collection(faulty):
    for name in ("a", "b"):
        faulty.write(f"docs/{name}.faulty", "garbage")
    add(faulty, "docs")
    assert list(failed(faulty)) == ["a.faulty", "b.faulty"]
    removed = faulty.json("rm", "--yes", faulty.site.home / "docs/a.faulty")
    assert removed["removed"] == {"documents": 0, "chunks": 0, "failed": 1}
    assert list(failed(faulty)) == ["b.faulty"]
    said = faulty.rag("rm", "--yes", faulty.site.home / "docs/b.faulty").ok().out
    assert said == "removed 1 failed source from default\n"
    faulty.rag("rm", "--yes", faulty.site.home / "docs/b.faulty").failed(6)
    add(faulty, "docs")
    faulty.rag("collection", "rm", "--yes", "default").ok()
    faulty.write("good.txt", "Good words.")
    add(faulty, "good.txt")
    assert failed(faulty) == {}
    assert faulty.rag("ls", "--failed", "--chunks").failed(2)


def test_sync_forgets_those_whose_files_are_gone(faulty):
    gone = faulty.write("docs/gone.faulty", "garbage")
    both = faulty.write("docs/both.faulty", "well")
    faulty.write("docs/here.faulty", "garbage")
    add(faulty, "docs")
    faulty.write("docs/both.faulty", "garbage")
    add(faulty, "docs")
    gone.unlink()
    both.unlink()
    assert len(failed(faulty)) == 3
    results = add(faulty, "docs")
    assert list(results) == ["here.faulty"] and len(failed(faulty)) == 3
    results = add(faulty, "--sync", "docs")
    assert {name: r["status"] for name, r in results.items()} == {
        "here.faulty": "failed", "both.faulty": "removed", "gone.faulty": "removed"}
    assert list(failed(faulty)) == ["here.faulty"]


def test_what_was_stored_before_stays(faulty):
    path = faulty.write("a.faulty", "well")
    add(faulty, path)
    faulty.write("a.faulty", "crash")
    result = add(faulty, path)["a.faulty"]
    assert result["status"] == "failed" and result["kept"] == 1
    assert len(faulty.json("ls", "default")["documents"]) == 1
    faulty.write("a.faulty", "well")
    assert add(faulty, path)["a.faulty"]["status"] == "unchanged"
    assert failed(faulty) == {}
    assert faulty.rag("verify").ok()


def plugin(daemon, name="faulty"):
    return next(p for p in daemon.json("plugin", "ls")["plugins"] if p["name"] == name)


def test_a_loader_that_fails_most_times_is_disabled_until_a_reload(faulty):
    for i in range(60):
        faulty.write(f"bad/{i}.faulty", f"exit {i}")
        faulty.write(f"good/{i}.txt", f"Good words of {i}.")
    faulty.write("well.faulty", "well")
    assert plugin(faulty)["state"] == "loaded"
    results = add(faulty, "bad", "good")
    codes = [r["error"]["code"] for n, r in results.items() if n.endswith(".faulty")]
    assert set(codes) <= {"loader_crashed", "plugin_misbehaved"}
    assert codes.count("plugin_misbehaved") >= 30
    assert all(r["status"] == "added" for n, r in results.items() if n.endswith(".txt"))
    disabled = next(r["error"] for r in results.values()
                    if r["status"] == "failed" and r["error"]["code"] == "plugin_misbehaved")
    assert "loader 'faulty' is disabled: 24 of its last 32 calls failed" in disabled["message"]
    told = plugin(faulty)
    assert told["state"] == "disabled" and "is disabled" in told["problem"]
    shown = faulty.json("plugin", "show", "faulty")
    assert shown["instances"][0]["state"] == "disabled"
    status = faulty.json("status")
    assert [one["part"] for one in status["degraded"]] == ["loaders.faulty"]
    # None of those is the documents' fault.
    assert not {one["error"]["code"] for one in failed(faulty).values()} - {"loader_crashed"}
    assert add(faulty, "well.faulty")["well.faulty"]["error"]["code"] == "plugin_misbehaved"
    faulty.reload()
    deadline = time.monotonic() + 10
    while plugin(faulty)["state"] != "loaded":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert add(faulty, "well.faulty")["well.faulty"]["status"] == "added"
    assert faulty.json("status")["state"] == "ready"


def test_few_bad_ones_among_many_do_not_disable_it(faulty):
    """Their tries come at the end, one after the other: each source counts once."""
    many = 2000 if harness.is_long() else 200
    for i in range(many):
        faulty.write(f"docs/{i}.faulty", "crash" if i % 20 == 7 else f"well {i}")
    results = add(faulty, "docs")
    bad = [r for r in results.values() if r["status"] == "failed"]
    assert len(bad) == many // 20
    assert {r["error"]["code"] for r in bad} == {"loader_crashed"}
    assert {r["tries"] for r in bad} == {3}
    order = [r["status"] for r in results.values()]
    assert order == ["added"] * (many - len(bad)) + ["failed"] * len(bad)
    assert plugin(faulty)["state"] == "loaded"
