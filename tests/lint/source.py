# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""What the checks look at: a tree of files, and C text taken apart."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
C_SUFFIXES = (".c", ".h")


def tracked_tree(root=ROOT):
    """{path: text} of every text file git knows or could add, except test data."""
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=root, check=True, capture_output=True).stdout.decode()
    tree = {}
    for path in filter(None, listing.split("\0")):
        file = root / path
        if path.startswith("tests/data/") or not file.is_file():
            continue
        try:
            tree[path] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return tree


def is_c(path):
    return path.endswith(C_SUFFIXES)


_TOKENS = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def blanked(text, strings=True):
    """The text with comments (and the insides of strings) blanked, lines kept."""
    def blank(match):
        token = match.group()
        if token[0] in "\"'":
            if not strings:
                return token
            return token[0] + " " * (len(token) - 2) + token[-1]
        return re.sub(r"[^\n]", " ", token)
    return _TOKENS.sub(blank, text)


_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def includes(text):
    """(line, quoted?, name) of each #include."""
    for match in _INCLUDE.finditer(blanked(text, strings=False)):
        line = text.count("\n", 0, match.start()) + 1
        yield line, match.group(1) == '"', match.group(2)


def functions(text):
    """(line, name, number of lines) of each function definition.

    Relies on the layout that clang-format keeps: the braces of a function, and
    of nothing else but braced data, stand alone in the first column.
    """
    lines = blanked(text).split("\n")
    start = None
    for number, line in enumerate(lines):
        if line.rstrip() == "{" and start is None:
            start = _head_of(lines, number)
        elif start is not None and line.rstrip() == "}":
            head = " ".join(lines[start:start + 4])
            name = re.search(r"(\w+)\s*\(", head)
            yield start + 1, name.group(1) if name else "?", number - start + 1
            start = None


def _head_of(lines, brace):
    """The first line of the definition whose body opens at line `brace`."""
    head = brace
    while head > 0 and lines[head - 1].strip() and not lines[head - 1].startswith(("#", "}")) \
            and not lines[head - 1].rstrip().endswith(";"):
        head -= 1
    return head
