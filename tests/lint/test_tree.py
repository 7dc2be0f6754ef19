# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""The rules, on this repository."""

import pytest

import edges
import headers
import maps
import rules
import source

CHECKS = [value for module in (edges, headers, maps, rules) for name, value in vars(module).items()
          if name.startswith("check_")]


@pytest.fixture(scope="session")
def tree():
    return source.tracked_tree()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_tree_keeps_the_rule(check, tree):
    findings = list(check(tree))
    if findings:
        pytest.fail("\n".join([check.__doc__, *findings]), pytrace=False)
