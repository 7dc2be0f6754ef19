# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""The daemon and the client as a whole, with 10 000 chunks of the default collection.

    RAGD_PRESET=release build/venv/bin/python tests/bench/whole.py [IDLE_SECONDS]

Prints: adding in chunks per CPU second, start to ready, the first search, whole
rag processes, unary calls, resident memory, and the wake-ups of an idle daemon.
"""

import os
import pathlib
import platform
import random
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))

import harness  # noqa: E402

SEED = 5
CHUNKS = 10_000
FILES = 200
PARAGRAPHS = CHUNKS // FILES
PROCESSES = 100
STARTS = 9
CLOCK = os.sysconf("SC_CLK_TCK")


def vocabulary(rng):
    letters = "etaoinshrdlucmfwypvbgk"
    return ["".join(rng.choices(letters, k=rng.randint(3, 9))) for _ in range(8000)]


def write_files(daemon, rng):
    """Paragraphs a little shorter than a chunk, so that each is one."""
    words = vocabulary(rng)
    for n in range(FILES):
        paragraphs = []
        for _ in range(PARAGRAPHS):
            text = ""
            while len(text) < 760:
                text += words[int(len(words) * rng.random() ** 2)] + " "
            paragraphs.append(text.strip() + ".")
        daemon.write(f"docs/{n:03}.txt", "\n\n".join(paragraphs))
    return words


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK


def resident(pid):
    """(anonymous MB, file-backed MB)"""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    kib = {key: int(value) for key, value in re.findall(r"(Rss\w+):\s+(\d+) kB", text)}
    return kib["RssAnon"] / 1024, (kib["RssFile"] + kib["RssShmem"]) / 1024


def threads_of(task, pid):
    """Whose a thread is, by its name (daemon/loop/workers.c, daemon/state/db.c)."""
    name = (task / "comm").read_text().strip()
    if task.name == str(pid):
        return "loop"
    if name.startswith("rocksdb"):
        return "rocksdb"
    return "workers" if name.startswith(("cpu-", "io-")) else name


def switches(pid):
    """Voluntary context switches: {whose threads: n}."""
    counts = {"loop": 0, "workers": 0, "rocksdb": 0}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        whose = threads_of(task, pid)
        status = (task / "status").read_text()
        n = int(re.search(r"voluntary_ctxt_switches:\s+(\d+)", status)[1])
        counts[whose] = counts.get(whose, 0) + n
    return counts


def milliseconds(values):
    ordered = sorted(values)
    return (f"p50 {statistics.median(ordered):.1f} ms, min {ordered[0]:.1f}, "
            f"p95 {ordered[int(len(ordered) * 0.95)]:.1f} (n={len(ordered)})")


def timed(daemon, *args):
    start = time.perf_counter()
    daemon.rag(*args).ok()
    return (time.perf_counter() - start) * 1000


def bench_add(daemon, folder):
    before = cpu_seconds(daemon.process.pid)
    start = time.perf_counter()
    totals = daemon.json("add", folder)["totals"]
    cpu = cpu_seconds(daemon.process.pid) - before
    print(f"add: {totals['chunks']} chunks, {time.perf_counter() - start:.2f} s, "
          f"{totals['chunks'] / cpu:.0f} chunks per CPU second of the daemon")
    print(f"add again, unchanged: {timed(daemon, 'add', folder):.0f} ms")


def bench_start(daemon, words):
    ready, first = [], []
    for _ in range(STARTS):
        daemon.stop()
        size = len(daemon.log())
        daemon.start()
        ready.append(float(re.search(r"after (\d+) ms", daemon.log()[size:])[1]))
        first.append(timed(daemon, "search", words[50]))
    print(f"start to ready: {milliseconds(ready)}")
    print(f"first search after it, whole process: {milliseconds(first)}")


def bench_idle(daemon, seconds):
    pid = daemon.process.pid
    time.sleep(2)
    anonymous, mapped = resident(pid)
    print(f"idle: {anonymous:.1f} MiB anonymous, {mapped:.1f} MiB of mapped files")
    before = switches(pid)
    time.sleep(seconds)
    after = switches(pid)
    print(f"wake-ups in {seconds} s: "
          + ", ".join(f"{whose} {n - before.get(whose, 0)}" for whose, n in after.items()))


def bench_unary_path():
    """Before anything is measured: the program that only builds with tests have."""
    path = harness.bin_dir().parent / "tests" / "bench_unary"
    if not path.is_file():
        preset = harness.bin_dir().parent.name
        sys.exit(f"{path} is not built: cmake --preset {preset} -DRAGD_TESTS=ON && "
                 f"cmake --build build/{preset} --target bench_unary")
    return path


def main():
    unary = bench_unary_path()
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    rng = random.Random(SEED)
    daemon = harness.Daemon("bench").start()
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, {platform.release()}; "
          f"seed {SEED}; {daemon.rag('version').out.splitlines()[0]}")
    try:
        words = write_files(daemon, rng)
        bench_add(daemon, daemon.site.home / "docs")
        bench_start(daemon, words)
        bench_idle(daemon, seconds)
        runs = [timed(daemon, "search", rng.choice(words)) for _ in range(PROCESSES)]
        print(f"rag search, whole process: {milliseconds(runs)}")
        out = subprocess.run([unary, daemon.url], capture_output=True, text=True, check=True)
        print(f"unary over ipc: {out.stdout.strip()}")
    finally:
        daemon.close()


if __name__ == "__main__":
    main()
