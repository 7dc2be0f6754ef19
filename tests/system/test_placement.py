# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Loaders inside the daemon, in processes of their own, and sandboxed ones."""

import json
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

import harness

PLACEMENTS = ["daemon", "child", "sandbox"]

CORPUS = {
    "notes.md": "---\ntitle: Notes\ntags: [a, b]\n---\n# One\n\nText *with* marks.\n\n"
                "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "deep.md": "> " * 200 + "deep\n\n" + "# Head\n\nWords and more words.\n" * 300,
    "plain.txt": "Plain words.\n\nA second paragraph of them.\n",
    "old.txt": "caf\u00e9 na\u00efve".encode("cp1252"),
    "wide.txt": "w\u00efde words".encode("utf-16"),
    "broken.txt": b"broken \xff\xfe\xfd bytes\n",
    "zeros.bin": bytes(range(256)) * 20,
    "empty.txt": "",
    "page.html": "<html><body>not read</body></html>",
    "large.txt": "A line of a large file, spooled on its way in.\n" * 60000,
}


def placed(placement, **more):
    where = f"plugins: {{placement: [text={placement}, markdown={placement}]}}\n"
    return {"config": where + more.pop("config", ""), **more}


def fill(daemon, directory="docs"):
    for name, text in CORPUS.items():
        daemon.write(f"{directory}/{name}", text)
    return daemon.rag("add", "--json", directory)


def without_times(line):
    record = json.loads(line)
    for key in ("created_at", "added_ms", "sequence", "seq", "bytes"):
        record.pop(key, None)
    return json.dumps(record, sort_keys=True)


def hosts(daemon):
    """The processes of ragd-plugin-host below this daemon, zombies too."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == daemon.process.pid:
            found.append((int(stat.parent.name), fields[0]))
    return found


def descriptors(daemon):
    """What the daemon's descriptors are, but for the files of its databases."""
    directory = Path(f"/proc/{daemon.process.pid}/fd")
    targets = [os.readlink(fd) for fd in directory.iterdir()]
    return [target for target in targets if not target.startswith(str(daemon.site.data))]


def test_what_is_stored_is_the_same_in_every_placement(make_daemon):
    exports, answers = [], []
    for placement in PLACEMENTS:
        daemon = make_daemon(**placed(placement)).start()
        added = fill(daemon).json()["sources"]
        home = str(daemon.site.home)
        answers.append(sorted(json.dumps(source, sort_keys=True).replace(home, "")
                              for source in added))
        lines = daemon.rag("collection", "export", "default").ok().out.replace(home, "")
        exports.append(sorted(without_times(line) for line in lines.splitlines()))
        daemon.stop()
    assert len(exports[0]) > 10 and len(answers[0]) == len(CORPUS)
    assert exports[0] == exports[1] == exports[2]
    assert answers[0] == answers[1] == answers[2]


def test_plugins_say_where_they_run_and_what_closes_them_in(make_daemon):
    daemon = make_daemon(config="plugins: {placement: [text=child]}\n").start()
    listed = {p["name"]: p["placement"] for p in daemon.json("plugin", "ls")["plugins"]}
    assert (listed["markdown"], listed["text"], listed["file"]) == ("sandbox", "child", "daemon")
    shown = {name: daemon.json("plugin", "show", name)["instances"][0]
             for name in ("markdown", "text", "file")}
    seccomp = "system calls (seccomp)"
    assert seccomp in shown["markdown"]["closed"] and seccomp not in shown["text"]["closed"]
    assert shown["markdown"]["missing"] == [] and "closed" not in shown["file"]
    assert seccomp in daemon.rag("plugin", "show", "markdown").ok().out
    assert daemon.json("status")["state"] == "ready"


def test_a_placement_that_cannot_be_ends_the_start(make_daemon):
    for word, why in (("lexical=sandbox", "more than a loader"), ("moon=child", "no plugin file"),
                      ("text", "is no placement")):
        with pytest.raises(AssertionError, match=why):
            make_daemon(config=f"plugins: {{placement: [{word}]}}\n").start()


def test_without_the_program_loaders_are_refused_and_the_daemon_serves(make_daemon):
    daemon = make_daemon(env={"RAGD_PLUGIN_HOST": "/nowhere/ragd-plugin-host"}).start()
    listed = {p["path"].rsplit("/", 1)[1]: p for p in daemon.json("plugin", "ls")["plugins"]}
    assert listed["loader_text.so"]["state"] == "refused"
    assert "/nowhere/ragd-plugin-host: No such file" in listed["loader_text.so"]["problem"]
    daemon.write("a.txt", "words")
    assert daemon.rag("add", "a.txt", "--json").json()["sources"][0]["status"] == "failed"


def test_what_the_program_says_before_it_works_is_the_reason(make_daemon, tmp_path):
    program = tmp_path / "ragd-plugin-host"
    program.write_text("#!/bin/sh\necho first >&2\necho 'libmoon.so: not there' >&2\nexit 127\n")
    program.chmod(0o755)
    daemon = make_daemon(env={"RAGD_PLUGIN_HOST": str(program)}).start()
    listed = {p["path"].rsplit("/", 1)[1]: p for p in daemon.json("plugin", "ls")["plugins"]}
    problem = listed["loader_text.so"]["problem"]
    assert "libmoon.so: not there" in problem and "first" not in problem


def test_no_process_outlives_the_daemon(make_daemon):
    for end in ("stop", "kill"):
        daemon = make_daemon().start()
        pids = [pid for pid, _ in hosts(daemon)]
        assert len(pids) >= 2
        getattr(daemon, end)()
        deadline = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            assert time.monotonic() < deadline, "a process is left behind"
            time.sleep(0.01)


class Killer(threading.Thread):
    """Kills a process of the daemon's now and then, until told to stop."""

    def __init__(self, daemon, most):
        super().__init__()
        self.daemon, self.most, self.killed, self.done = daemon, most, 0, False
        self.chance = random.Random(4)

    def run(self):
        while not self.done and self.killed < self.most:
            alive = [pid for pid, state in hosts(self.daemon) if state != "Z"]
            if alive:
                try:
                    os.kill(self.chance.choice(alive), signal.SIGKILL)
                    self.killed += 1
                except ProcessLookupError:
                    pass
            time.sleep(self.chance.uniform(0.002, 0.02))


def test_processes_that_are_killed_cost_no_document(make_daemon):
    n, kills = (2000, 200) if harness.is_long() else (400, 60)
    daemon = make_daemon(config="limits: {parse_retry: 20ms}\n").start()
    for i in range(n):
        daemon.write(f"docs/{i}.md", f"# Number {i}\n\n" + f"Words of {i}. " * 200)
    daemon.write("first.md", "# First")
    daemon.rag("add", "first.md").ok()
    before = descriptors(daemon)
    killer = Killer(daemon, kills)
    killer.start()
    try:
        added = daemon.rag("add", "--json", "docs")
    finally:
        killer.done = True
        killer.join()
    results = added.json()["sources"]
    failed = {source["source"] for source in results if source["status"] == "failed"}
    assert len(results) == n and killer.killed > kills // 4
    for source in results:
        unlucky = source["source"] in failed
        assert source["loader"] == "markdown"
        assert source.get("tries", 1) == 3 if unlucky else source["status"] == "added"
        assert not unlucky or source["error"]["code"] == "loader_crashed"
    assert {one["source"] for one in daemon.json("ls", "--failed")["failed"]} == failed
    assert daemon.rag("add", "--retry", "docs").ok()
    assert len(daemon.json("ls", "default")["documents"]) == n + 1
    assert daemon.rag("verify").ok()
    assert "Z" not in [state for _, state in hosts(daemon)]
    # Each idle process has a socket, its stderr and its sizes. For each core and
    # loader there is one that reads and one that says whether it would.
    after = descriptors(daemon)
    assert len(after) <= len(before) + 3 * 2 * 2 * (os.cpu_count() or 1), after
    assert not [target for target in after if "memfd:" in target]
