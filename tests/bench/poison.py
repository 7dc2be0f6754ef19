# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Sources that crash their loader among many good ones: what they cost the good ones.

    RAGD_PRESET=release build/venv/bin/python tests/bench/poison.py [DOCUMENTS [PERCENT]]

Prints, of a clean add and of one with bad sources: the time until the last good
source was acknowledged, until the end, and how many were tried how often. Needs the
faulty loader of the tests (cmake -DRAGD_TESTS=ON).
"""

import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))

import harness  # noqa: E402

FAULTY = harness.bin_dir().parent / "tests" / "faulty"
ROUNDS = 3
WORDS = "Some words of a good document, which are all the same. " * 60


def add(documents, every):
    """(seconds to the last good one, to the end, good ones, bad ones)"""
    daemon = harness.Daemon(args=["--plugin-dir", FAULTY]).start()
    try:
        for n in range(documents):
            bad = every and n % every == every // 2
            daemon.write(f"docs/{n:05}.faulty", "crash" if bad else f"well {n} {WORDS}")
        began = time.monotonic()
        last, good, bad = 0.0, 0, 0
        with subprocess.Popen([harness.bin_dir() / "rag", "add", "docs"], text=True,
                              env=daemon.site.environment({"RAG_SOCKET": daemon.url}),
                              cwd=daemon.site.home, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as rag:
            for line in rag.stdout:
                if line.startswith("added"):
                    last, good = time.monotonic() - began, good + 1
                elif line.startswith("failed"):
                    bad += 1
        return last, time.monotonic() - began, good, bad
    finally:
        daemon.close()


def main():
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    percent = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(f"{'':8}{'last good s':>12}{'end s':>8}{'good':>7}{'bad':>6}")
    best = {}
    for name, every in ([("clean", 0), (f"{percent} %", 100 // percent)] * ROUNDS):
        last, end, good, bad = add(documents, every)
        best[name] = min(best.get(name, last), last)
        print(f"{name:8}{last:12.2f}{end:8.2f}{good:7}{bad:6}", flush=True)
    clean, poisoned = best.values()
    print(f"the last good one after {poisoned / clean:.2f} times the clean time (best of {ROUNDS})")


if __name__ == "__main__":
    main()
