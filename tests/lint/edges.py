# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Who may include whom: the arrows between folders, the homes of libraries."""

import fnmatch
import re

from source import ROOT, includes, is_c

SHARED_SDK = "sdk/store/"
SDK_HEADERS = {"stddef.h", "stdint.h", "stdbool.h", "stdarg.h", "limits.h", "string.h"}
# rag is a pure state machine: nothing here reads a clock, a file or a socket.
IMPURE = re.compile(r"^(time|unistd|fcntl|pthread|signal|poll|dlfcn|threads|stdio|dirent|sched)\.h$"
                    r"|^(sys|netinet|arpa|net|linux)/")


def read_table(path):
    """The rows of a table file, split at colons."""
    rows = []
    for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            rows.append([field.strip() for field in line.split(":")])
    return rows


def layers():
    """{folder: folders it may include} of the daemon."""
    return {name: set(sees.split()) for name, sees in read_table("packaging/cmake/layers.txt")}


def homes():
    """[(library, header patterns, paths that may include them)]."""
    return [(name, patterns.split(), paths.split())
            for name, patterns, paths in read_table("tests/lint/third_party.txt")]


def unit_of(path):
    """The folder a file counts to: ("daemon", "rag"), ("plugin", "llm_echo"), ..."""
    parts = path.split("/")
    if parts[0] == "daemon":
        return "daemon", parts[1] if len(parts) > 2 else "server"
    if parts[0] == "client":
        return "client", parts[1]
    if path.startswith("plugins/sdk/include/"):
        return "abi", "ragd"
    if parts[0] == "plugins":
        return ("sdk", "sdk") if parts[1] == "sdk" else ("plugin", parts[1])
    return "free", parts[0]


def _third_party(path, name, table):
    """None when `name` is no third-party header, "" when it may, else the library."""
    for library, patterns, paths in table:
        if any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
            at_home = any(path == home or path.startswith(home + "/") for home in paths)
            return "" if at_home else library
    return None


def _own_folder(path, name, tree):
    return path.rsplit("/", 1)[0] + "/" + name in tree


def _why_not(path, quoted, name, tree, allowed, table):
    """Why `path` may not include `name`, or None when it may."""
    kind, unit = unit_of(path)
    first = name.split("/")[0]
    if ".." in name.split("/"):
        return "a path through .. goes round the include roots"
    library = _third_party(path, name, table)
    if library:
        return f"{library} is not at home here (tests/lint/third_party.txt)"
    if library == "":
        return None
    if name.startswith("ragd/"):
        return None if kind in ("abi", "daemon", "sdk", "plugin") else "the SDK is for plugins"
    if kind == "abi":
        return None if name in SDK_HEADERS else "the ABI's headers use standard headers only"
    if name == "build_info.h":
        return None if kind in ("daemon", "client") else "only programs know about the build"
    if first in allowed and "/" in name:
        if kind != "daemon":
            return "only the daemon includes its folders"
        if first != unit and first not in allowed[unit]:
            return f"{unit} may not include {first} (packaging/cmake/layers.txt)"
        return None if f"daemon/{name}" in tree else "no such header"
    if first == "sdk":
        if name.startswith(SHARED_SDK) and (kind, unit) == ("daemon", "plugin"):
            return None  # what a store cannot do is done in the same way here
        return None if kind in ("sdk", "plugin") else "sdk helpers are for plugins"
    if quoted:
        if _own_folder(path, name, tree):
            return None
        if kind == "client" and unit == "cli" and f"client/lib/{name}" in tree:
            return None
        return "neither in this folder nor in one it may include"
    if unit == "rag" and IMPURE.search(name):
        return "rag is pure: no I/O, no threads, no clock"
    return None


def check_includes(tree):
    """Every #include outside tests/ against the tables."""
    allowed, table = layers(), homes()
    for path, text in tree.items():
        if not is_c(path) or unit_of(path)[0] == "free":
            continue
        for line, quoted, name in includes(text):
            why = _why_not(path, quoted, name, tree, allowed, table)
            if why:
                yield f'{path}:{line}: includes "{name}": {why}'


_ROW = re.compile(r"^\| `(?:daemon/)?(\w+)`(?:, `main`)? \| ([^|]*) \|", re.MULTILINE)


def drawn_edges(text):
    """{folder: folders it may include} of the table of layers in ARCHITECTURE.md."""
    drawn = {}
    for name, sees in _ROW.findall(text):
        if "everything above" in sees:
            drawn[name] = set(drawn)
        else:
            drawn[name] = set(re.findall(r"\b[a-z]+\b", re.sub(r"\(.*?\)", "", sees)))
    return drawn


def check_architecture(tree):
    """The table of layers in ARCHITECTURE.md says what layers.txt says."""
    drawn = drawn_edges(tree["ARCHITECTURE.md"])
    for name, sees in layers().items():
        for other in sorted(sees ^ drawn.get(name, set())):
            where = "is not in" if other in sees else "is only in"
            yield f"ARCHITECTURE.md: the edge {name} -> {other} {where} its table"
