# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""What a header says about its functions."""

import re

from source import blanked

_NO_DECLARATION = re.compile(
    r"^[ \t]*#[ \t]*ifdef __cplusplus\n.*?^[ \t]*#[ \t]*endif|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
    re.MULTILINE | re.DOTALL)
_FUNCTION = re.compile(r"(\w+)\s*\((?!\s*\*)")


def _declarations(code):
    """(first line, last line, text without bodies) of what stands at file level."""
    depth, start, text = 0, None, ""
    for number, line in enumerate(code.split("\n")):
        for char in line + " ":
            depth += (char == "{") - (char == "}")
            body_ends = char == "}" and depth == 0 and text.rstrip().endswith(")")
            if body_ends or (depth == 0 and char == ";"):
                yield start, number, text
                start, text = None, ""
            elif depth == 0 and char != "}" and (text or not char.isspace()):
                start = number if start is None else start
                text += char


def declarations(text):
    """(first line, last line, function's name or None) of what a header declares."""
    code = _NO_DECLARATION.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), blanked(text))
    for start, end, declaration in _declarations(code):
        name = _FUNCTION.search(declaration)
        plain = declaration.startswith(("typedef", "_Static_assert"))
        yield start, end, name.group(1) if name and not plain else None


def check_comments(tree):
    """A comment stands above each function of a header, or above its group.

    A group is what follows without an empty line; a struct and the functions that
    take it are one.
    """
    for path, text in tree.items():
        if not path.endswith(".h") or path.startswith("tests/"):
            continue
        lines = text.split("\n")
        told = {}  # last line of a declaration: whether a comment stands above
        for start, end, name in declarations(text):
            above = lines[start - 1] if start else ""
            told[end] = told.get(start - 1, above.rstrip().endswith("*/"))
            if name and not told[end]:
                yield f"{path}:{start + 1}: {name}() has no comment above it or its group"
