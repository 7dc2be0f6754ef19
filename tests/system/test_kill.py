# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""kill -9 at random moments: what was acknowledged is complete, the rest absent or complete."""

import json
import random
import subprocess
import threading
import time

import harness

CYCLES = 100 if harness.is_long() else 15
SOURCES = 12


def version_text(source, version):
    """A source's text: every paragraph carries the version, so that a mixture shows."""
    return "\n\n".join(f"Paragraph {p} of source{source} in version v{version}x stands here "
                       f"and is long enough to be a chunk of its own." for p in range(6))


class History:
    """What was acknowledged per source, and what may have happened since."""

    def __init__(self):
        self.acked = {}
        self.maybe = {}

    def attempt(self, source, version):
        self.maybe.setdefault(source, set()).add(version)

    def acknowledge(self, source, version):
        self.acked[source] = version
        self.maybe[source] = set()

    def allowed(self, source):
        return {self.acked.get(source)} | self.maybe.get(source, set())

    def observed(self, source, version):
        self.acknowledge(source, version)


def start_command(daemon, *args):
    return subprocess.Popen(
        [harness.bin_dir() / "rag", *map(str, args)],
        env=daemon.site.environment({"RAG_SOCKET": daemon.url}), cwd=daemon.site.home,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def note_results(history, versions, output, event_type="result"):
    for line in output.splitlines():
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            continue
        for source in event.get("sources", []) if event.get("type") == event_type else []:
            number = int(source["source"].rsplit("/s", 1)[1].split(".")[0])
            if source["status"] in ("added", "updated", "unchanged"):
                history.acknowledge(number, versions[number])


def check(daemon, history, seed):
    assert daemon.json("verify")["ok"] is True, f"seed {seed}"
    listed = daemon.json("ls", "-c", "default", "--chunks")["chunks"] if history.maybe else []
    versions = {}
    for chunk in listed:
        number = int(chunk["source"].rsplit("/s", 1)[1].split(".")[0])
        words = chunk["text"].split()
        found = {int(word[1:-1]) for word in words if word.startswith("v") and word.endswith("x")}
        versions.setdefault(number, []).append(found)
    for number in range(SOURCES):
        found = set().union(*versions.get(number, [])) or {None}
        assert len(found) == 1, f"seed {seed}: a mixture in source {number}: {found}"
        version = found.pop()
        assert version in history.allowed(number), \
            f"seed {seed}: source {number} is {version}, not of {history.allowed(number)}"
        if version is not None:
            document = daemon.json("get", f"file://{daemon.site.home}/docs/s{number}.txt")
            assert document["text"].strip() == version_text(number, version), f"seed {seed}"
        history.observed(number, version)


def one_cycle(daemon, history, rng, cycle):
    versions = {}
    removing = rng.random() < 0.25
    numbers = rng.sample(range(SOURCES), rng.randint(1, SOURCES))
    delay = rng.uniform(0.0, 0.25)
    if removing:
        uris = [f"file://{daemon.site.home}/docs/s{n}.txt" for n in numbers
                if history.acked.get(n) is not None]
        if not uris:
            return
        for number in numbers:
            history.attempt(number, None)
        command = start_command(daemon, "rm", "--yes", "--json", *uris)
    else:
        for number in numbers:
            versions[number] = cycle
            daemon.write(f"docs/s{number}.txt", version_text(number, cycle))
            history.attempt(number, cycle)
        paths = [daemon.site.home / f"docs/s{n}.txt" for n in numbers]
        command = start_command(daemon, "add", "--format", "ndjson", "--chunk", "120/0", *paths)
    killer = threading.Timer(delay, daemon.kill)
    killer.start()
    out, _ = command.communicate(timeout=harness.COMMAND_SECONDS)
    killer.join()
    if not removing:
        note_results(history, versions, out)
    elif command.returncode == 0:
        for number in numbers:
            history.acknowledge(number, None)


def test_killed_daemons_lose_and_invent_nothing(make_daemon):
    seed = int(time.time())
    print(f"seed {seed}")
    rng = random.Random(seed)
    daemon = make_daemon(env={"RAG_TIMEOUT": "60s"}).start()
    daemon.rag("collection", "create", "default").ok()
    history = History()
    for cycle in range(1, CYCLES + 1):
        one_cycle(daemon, history, rng, cycle)
        daemon.kill()
        daemon.start()
        check(daemon, history, seed)


def test_an_import_that_was_killed_leaves_no_collection(daemon):
    pipe = subprocess.Popen(
        [harness.bin_dir() / "rag", "collection", "import", "--create", "half", "-",
         "--embedder", "none", "--dim", "2"],
        env=daemon.site.environment({"RAG_SOCKET": daemon.url}), cwd=daemon.site.home,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    with pipe:
        for n in range(3000):
            pipe.stdin.write(json.dumps({"id": f"r{n}", "text": "word " * 20,
                                         "embedding": [n, 1]}) + "\n")
        pipe.stdin.flush()
        deadline = time.monotonic() + harness.READY_SECONDS
        while daemon.rag("collection", "show", "half").exit != 0:
            assert time.monotonic() < deadline
        daemon.kill()
        pipe.kill()
    daemon.start()
    daemon.rag("collection", "show", "half").failed(6)
    assert daemon.json("verify")["ok"]


def test_a_collection_that_was_emptied_outlives_a_kill(daemon):
    path = daemon.write("a.txt", "alpha")
    daemon.rag("add", path).ok()
    daemon.rag("rm", "--yes", path).ok()
    daemon.kill()
    daemon.start()
    daemon.rag("collection", "show", "default").ok()
