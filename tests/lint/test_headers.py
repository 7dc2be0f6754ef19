# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Every header compiles alone; the SDK's in the oldest C and in C++ too."""

import os
import subprocess

import pytest

import edges
import source

BUILDS = ("release", "dev", "asan-ubsan")
STRICT = ["-fsyntax-only", "-Wall", "-Wextra", "-Wstrict-prototypes", "-Werror"]
ABI = ["-Iplugins/sdk/include"]
DIALECTS = {
    "c99": ["gcc", "-std=c99", "-pedantic-errors", *STRICT, "-x", "c"],
    "c++17": ["g++", "-std=c++17", "-pedantic-errors", "-fsyntax-only", "-Wall", "-Wextra",
              "-Werror", "-x", "c++"],
}


def headers(prefix):
    return sorted(path for path in source.tracked_tree() if path.endswith(".h")
                  and path.startswith(prefix))


def build_dir():
    """A configured build, for its include roots and generated code."""
    for preset in (os.environ.get("RAGD_PRESET", BUILDS[0]), *BUILDS):
        path = source.ROOT / "build" / preset
        if (path / "include").is_dir():
            return path
    raise FileNotFoundError("no configured build: cmake --preset dev")


def compile_alone(command, text):
    run = subprocess.run([*command, "-"], input=text, text=True, cwd=source.ROOT,
                         capture_output=True, check=False)
    return run.returncode, run.stderr


def roots_of(path):
    """The include roots the build gives to the folder of a header."""
    build = build_dir()
    kind, unit = edges.unit_of(path)
    roots = [build / "include" / "build", *sorted(build.glob("generated/*"))]
    if kind == "daemon":
        roots += [build / "include" / name for name in {unit, *edges.layers()[unit]}]
    elif kind in ("sdk", "plugin"):
        roots += [build / "include" / "sdk"]
    elif kind == "client":
        roots += [source.ROOT / "client/lib"]
    elif path.startswith("tests/"):
        roots += [build / "include" / name for name in ("support", "sdk", *edges.layers())]
    return [f"-I{root}" for root in roots] + [f"-iquote{os.path.dirname(path)}"]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("path", headers("plugins/sdk/include/"))
def test_sdk_header_is_clean(path, dialect):
    name = path.split("include/", 1)[1]
    code, text = compile_alone([*DIALECTS[dialect], *ABI], f"#include <{name}>\n")
    assert code == 0, text


def test_every_header_compiles_alone():
    faults = []
    for path in headers(("daemon/", "client/", "plugins/", "tests/")):
        command = ["gcc", "-std=gnu17", "-D_GNU_SOURCE", *STRICT, *ABI, *roots_of(path),
                   "-x", "c"]
        code, text = compile_alone(command, f'#include "{source.ROOT / path}"\n')
        if code:
            faults.append(text)
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def test_a_header_that_leans_on_others_is_found():
    command = [*DIALECTS["c99"], *ABI]
    assert compile_alone(command, "#include <ragd/types.h>\n")[0] == 0
    assert compile_alone(command, "size_t n;\n")[0] != 0
