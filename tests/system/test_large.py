# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""A large document does not keep the daemon from its other callers."""

import os
import time

import pytest

BYTES = 20 << 20
SENTENCE = "Walrus number {} sleeps on the ice, ünlike all the other ones.\n"


def slow_steps(daemon):
    """Steps of the loop that took more CPU time than the limit "callback"."""
    return [line for line in daemon.log().splitlines() if "LOOP-SLOW" in line]


@pytest.mark.long
@pytest.mark.skipif(os.environ.get("RAGD_PRESET") != "release",
                    reason="a figure of the release build")
def test_no_step_of_the_loop_is_slow_with_a_large_document(daemon):
    text = "".join(SENTENCE.format(i) for i in range(BYTES // len(SENTENCE)))
    large = daemon.write("large.txt", text)
    before = slow_steps(daemon)
    daemon.rag("add", large).ok()
    exported = daemon.rag("collection", "export", "default").ok().out
    copy = daemon.write("copy.ndjson", exported)
    del exported
    for args in (("collection", "import", "copy", copy), ("collection", "import", "copy", copy),
                 ("verify",), ("get", large), ("rm", "-c", "copy", "--yes", large)):
        daemon.rag(*args).ok()
    daemon.reload()
    deadline = time.monotonic() + 30
    while "RELOADED" not in daemon.log():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert slow_steps(daemon) == before
