# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""The units for systemd, as systemd reads them."""

import re
import shutil
import subprocess
import time

import pytest

import harness

UNITS = harness.bin_dir().parent / "packaging"
EXPOSURE_MAX = 12  # tenths

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")


def analyze(site, *args):
    return subprocess.run(["systemd-analyze", *args], env=site.environment(), capture_output=True,
                          text=True, timeout=60, check=False)


@pytest.mark.parametrize("unit, args", [
    ("ragd.service", []), ("ragd.user.service", ["--user"]),
])
def test_systemd_finds_nothing_wrong(make_daemon, unit, args):
    site = make_daemon().site
    text = (UNITS / unit).read_text(encoding="utf-8")
    (site.dir / unit).write_text(re.sub(r"/\S*/sbin/ragd(?=\s)", str(harness.bin_dir() / "ragd"), text),
                                 encoding="utf-8")
    run = analyze(site, "verify", "--man=no", *args, site.dir / unit)
    assert (run.returncode, run.stderr) == (0, "")


def test_the_system_unit_says_whose_daemon_it_is_and_may_do_little(make_daemon):
    text = (UNITS / "ragd.service").read_text(encoding="utf-8")
    starts = re.findall(r"^ExecStart(?:Pre)?=(.*)$", text, re.MULTILINE)
    assert len(starts) == 2 and all("ragd --system" in start for start in starts)
    run = analyze(make_daemon().site, "security", "--offline=true", f"--threshold={EXPOSURE_MAX}",
                  "--no-pager", UNITS / "ragd.service")
    assert run.returncode == 0, run.stdout[-400:]


def groups(site):
    """{group or call: what it holds} of this systemd."""
    held = {}
    for line in analyze(site, "syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            held[line.strip()] = entries = set()
        elif line.strip() and not line.strip().startswith("#"):
            entries.add(line.strip())
    return held


def calls_of(word, held):
    return set().union(*(calls_of(inner, held) for inner in held[word])) if word in held else {word}


def allowed_by_the_unit(site):
    """Where no systemd runs, its filter is set up by hand: the names, one a line."""
    held = groups(site)
    allowed = calls_of("@default", held)
    text = (UNITS / "ragd.service").read_text(encoding="utf-8")
    for deny, words in re.findall(r"^SystemCallFilter=(~?)(.*)$", text, re.MULTILINE):
        calls = set().union(*(calls_of(word, held) for word in words.split()))
        allowed = allowed - calls if deny else allowed | calls
    return "\n".join(sorted(allowed)) + "\n"


@pytest.fixture
def under_filter():
    program = harness.bin_dir().parent / "tests" / "under_filter"
    if not program.exists():
        pytest.skip("the tests' programs are not built here")
    return program


def test_a_loaders_process_closes_itself_in_inside_the_units_filter(make_daemon, under_filter):
    site = make_daemon().site
    run = subprocess.run([under_filter, under_filter.parent / "plugin_sandbox"],
                         input=allowed_by_the_unit(site), text=True, timeout=120, check=False,
                         env={**site.environment(), "ASAN_OPTIONS": "detect_leaks=0"},
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert run.returncode == 0, run.stdout[-2000:]
    assert "capabilities" not in run.stdout and "landlock:" not in run.stdout


def test_a_daemon_inside_the_units_filter_reads_documents(make_daemon, under_filter):
    daemon = make_daemon(config="plugins: {sandbox: require}\n")
    site = daemon.site
    with site.log.open("ab") as log:
        daemon.process = subprocess.Popen(
            [under_filter, harness.bin_dir() / "ragd", "--user", "--config", site.config],
            env={**site.environment(), "ASAN_OPTIONS": "detect_leaks=0"},
            stdin=subprocess.PIPE, stdout=log, stderr=log)
    with daemon.process.stdin as names:
        names.write(allowed_by_the_unit(site).encode())
    deadline = time.monotonic() + 30
    while daemon.rag("status").exit and time.monotonic() < deadline:
        time.sleep(0.05)
    daemon.write("a.md", "# Title\n\nSome words.\n")
    daemon.rag("add", "a.md").ok()
    (instance,) = daemon.json("plugin", "show", "markdown")["instances"]
    assert instance["missing"] == [] and "system calls (seccomp)" in instance["closed"]
