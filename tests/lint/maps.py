# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""The maps of files in READMEs: nothing is missing, nothing has gone."""

import fnmatch
import re

from source import is_c

# Each draws the folder it is in, a section for a folder below it.
MAPS = ("daemon/README.md", "client/README.md")
_SECTION = re.compile(r"^## (?:the )?(\w+)", re.IGNORECASE)
_NAMES = re.compile(r"^\|(.*?)\|")


def drawn_files(text):
    """{folder: names in the first columns of its tables}; "top" is the README's own."""
    drawn, names = {}, set()
    for line in text.split("\n"):
        section = _SECTION.match(line)
        if section:
            names = drawn.setdefault(section.group(1).lower(), set())
        cell = _NAMES.match(line)
        if cell:
            names.update(re.findall(r"`([^`]+)`", cell.group(1)))
    return drawn


def _is_drawn(name, drawn):
    """A name stands for its .h and .c; one with an ending for that file."""
    return any(fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(name[:-2], pattern)
               for pattern in drawn)


def check_maps(tree):
    """Every source beside or below a map is in it, under its folder."""
    for plan in MAPS:
        home = plan.split("/")[0]
        drawn = drawn_files(tree[plan])
        for path in tree:
            if not path.startswith(f"{home}/") or not is_c(path):
                continue
            folder, name = (["top"] + path.split("/")[1:])[-2:]
            if not _is_drawn(name, drawn.get(folder, ())):
                yield f"{path}: not in the map of files ({plan}, {folder})"


def check_maps_are_current(tree):
    """Every name in a map is a file."""
    for plan in MAPS:
        top = plan.split("/")[0] + "/"
        for folder, names in drawn_files(tree[plan]).items():
            home = top if folder == "top" else f"{top}{folder}/"
            files = [path.rsplit("/", 1)[1] for path in tree
                     if is_c(path) and path.rsplit("/", 1)[0] + "/" == home]
            for name in sorted(names):
                if files and not any(_is_drawn(file, {name}) for file in files):
                    yield f"{plan}: `{name}` is no file of {home}"
