# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""The units for systemd, as systemd reads them."""

import re
import shutil
import subprocess

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
