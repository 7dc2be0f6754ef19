# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Fixtures of the system tests.

daemon          a running ragd of the test's own
shared_daemon   one for all tests of a module that only read, or use own collections
make_daemon     makes daemons with configuration, arguments or environment; not started
RAGD_TEST_KEEP=1 leaves the scratch directories in build/tmp.
"""

import pytest

import harness


def pytest_collection_modifyitems(items):
    if harness.is_long():
        return
    skip = pytest.mark.skip(reason="large counts: tests/run --long")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failing test shows the end of the logs of the daemons it used."""
    report = (yield).get_result()
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            for daemon in value if isinstance(value, list) else [value]:
                if isinstance(daemon, harness.Daemon):
                    report.sections.append(("ragd's log", daemon.log()[-8000:]))


@pytest.fixture
def daemons():
    """The daemons of this test; each is closed at its end."""
    made = []
    yield made
    failures = []
    for daemon in reversed(made):
        try:
            daemon.close()
        except AssertionError as failure:
            failures.append(str(failure))
    assert not failures, "\n".join(failures)


@pytest.fixture
def make_daemon(daemons):
    def make(**options):
        daemons.append(harness.Daemon(**options))
        return daemons[-1]
    return make


@pytest.fixture
def daemon(make_daemon):
    return make_daemon().start()


@pytest.fixture(scope="module")
def shared_daemon():
    shared = harness.Daemon().start()
    yield shared
    shared.close()
