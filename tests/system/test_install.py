# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""What others are given to build with: the contracts, whole, and nothing else."""

import subprocess

import pytest

import harness


@pytest.fixture(scope="module", name="installed")
def fixture_installed(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix")
    subprocess.run(["cmake", "--install", harness.bin_dir().parent, "--prefix", prefix],
                   capture_output=True, timeout=120, check=True)
    return prefix


def below(directory, pattern):
    return {str(path.relative_to(directory)) for path in directory.rglob(pattern)}


def test_only_the_protocol_is_installed(installed):
    """Not what is on disk, nor what the daemon and its children say to each other."""
    ours = {name for name in below(harness.ROOT / "proto", "*.proto") if name.startswith("ragd/v1/")}
    assert below(installed / "share" / "ragd" / "proto", "*.proto") == ours


def test_only_the_headers_of_plugins_and_clients_are_installed(installed):
    plugins = below(harness.ROOT / "plugins" / "sdk" / "include", "*.h")
    clients = {"ragclient.h", "ragclient_error.h"}
    headers = below(installed / "include", "*.h")
    assert {name for name in headers if not name.endswith(".pb-c.h")} == plugins | clients
    assert all(name.startswith("ragd/v1/") for name in headers if name.endswith(".pb-c.h"))


def test_man_finds_the_pages_where_it_looks_beside_the_programs(installed):
    built = harness.bin_dir().parent / "share" / "man"
    pages = {"man1/rag.1", "man1/rag-add.1", "man5/ragd.yaml.5", "man8/ragd.8"}
    assert pages <= below(built, "*.[158]") == below(installed / "share" / "man", "*.[158]")


def test_program_of_the_clients_guide_lists_documents(daemon):
    daemon.write("a.txt", "hello")
    daemon.rag("add", "a.txt").ok()
    program = harness.bin_dir().parent / "tests" / "example" / "example_client"
    run = subprocess.run([program, daemon.url, "default"], capture_output=True, timeout=60, check=True)
    assert run.stdout.decode() == f"file://{daemon.site.home}/a.txt\n"
    run = subprocess.run([program, daemon.url, "nope"], capture_output=True, timeout=60, check=False)
    assert run.returncode == 1 and b"nope" in run.stderr
