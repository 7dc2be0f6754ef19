# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Rules about single files. Each takes a tree {path: text} and yields findings."""

import re
import shutil
import subprocess

from source import ROOT, blanked, functions, is_c

FUNCTION_LINES_MAX = 80
FUNCTION_LINES_P90 = 40
FILE_LINES_MAX = 800
HEADER_LINES_MAX = 150
SDK_HEADER_LINES_MAX = 200
COLUMNS_MAX = 100
PARAMETERS_MAX = 6  # five, and the error they fill
# Callbacks whose parameters a library dictates, and nothing else.
PARAMETERS_DICTATED = ("plugins/store_rocksdb/merge.c",)

# What to use instead.
BANNED = {
    "sprintf": "snprintf", "vsprintf": "vsnprintf", "strcpy": "memcpy", "strcat": "a buffer",
    "stpcpy": "memcpy", "strncpy": "memcpy", "strncat": "a buffer", "strtok": "strcspn",
    "gets": "getline", "atoi": "strtol", "atol": "strtol", "atof": "strtod",
    "localtime": "localtime_r", "gmtime": "gmtime_r", "ctime": "strftime",
    "asctime": "strftime", "tmpnam": "mkstemp", "mktemp": "mkstemp", "alloca": "mem.h",
}
# The daemon counts and can fail its allocations in one place.
ALLOCATION = ("malloc", "calloc", "realloc", "reallocarray", "strdup", "strndup",
              "asprintf", "vasprintf", "free")
UNRESOLVED = ("TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK", "T" "BD", "NEEDS" "WORK")

SPDX_FILES = re.compile(r"\.(c|h|in|py|proto|cmake|ini|service|socket|sh|go)$|CMakeLists\.txt$"
                        r"|^(tests/run|\.ci/run|packaging/(quickstart|install-packages))$")


def licence_of(path):
    return "0BSD" if path.startswith("plugins/sdk/") and is_c(path) else "Apache-2.0"


def check_spdx(tree):
    """The two lines at the top of every source."""
    for path, text in tree.items():
        if not SPDX_FILES.search(path):
            continue
        head = [line for line in text.split("\n")[:4] if not line.startswith("#!")]
        wanted = [f"SPDX-License-Identifier: {licence_of(path)}",
                  "Copyright (c) 2026 the ragd authors"]
        for line, want in zip(head + ["", ""], wanted):
            if want not in line:
                yield f'{path}:1: the top must say "{want}"'
                break


def check_function_length(tree):
    """No function above the limit, and 90 % of them at or below the goal."""
    lengths = []
    for path, text in tree.items():
        if not path.endswith(".c"):
            continue
        for line, name, length in functions(text):
            if not path.startswith("tests/"):
                lengths.append(length)
            if length > FUNCTION_LINES_MAX:
                yield (f"{path}:{line}: {name}() has {length} lines, "
                       f"the limit is {FUNCTION_LINES_MAX}")
    lengths.sort()
    if lengths and lengths[len(lengths) * 9 // 10] > FUNCTION_LINES_P90:
        yield (f"functions: a tenth has {lengths[len(lengths) * 9 // 10]} lines or more, "
               f"the goal is {FUNCTION_LINES_P90}")


def _lines_max(path):
    if not path.endswith(".h"):
        return FILE_LINES_MAX
    return SDK_HEADER_LINES_MAX if path.startswith("plugins/sdk/") else HEADER_LINES_MAX


def check_file_length(tree):
    """No source and no header above its limit."""
    for path, text in tree.items():
        length = text.count("\n")
        if is_c(path) and length > _lines_max(path):
            yield f"{path}:1: {length} lines, the limit is {_lines_max(path)}"


def check_columns(tree):
    """No line of C beyond the hard limit."""
    for path, text in tree.items():
        if not is_c(path):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > COLUMNS_MAX:
                yield f"{path}:{number}: {len(line)} columns, the limit is {COLUMNS_MAX}"


def _calls(path, text, names):
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")
    for number, line in enumerate(blanked(text).split("\n"), 1):
        for match in pattern.finditer(line):
            yield f"{path}:{number}", match.group(1)


def check_banned_calls(tree):
    """No call that cannot be used safely; the daemon allocates through core/mem.h."""
    for path, text in tree.items():
        if not is_c(path):
            continue
        for where, name in _calls(path, text, BANNED):
            yield f"{where}: {name}() is banned, use {BANNED[name]}"
        if path.startswith("daemon/") and not path.startswith("daemon/core/mem"):
            for where, name in _calls(path, text, ALLOCATION):
                yield f"{where}: {name}(): the daemon allocates through core/mem.h"


def check_braces(tree):
    """if, else, for, while and do always have braces."""
    head = re.compile(r"^\s*(?:\} )?(if|else if|for|while|else|do)\b(.*)$")
    for path, text in tree.items():
        if not is_c(path):
            continue
        lines = blanked(text).split("\n")
        for number, line in enumerate(lines):
            match = head.match(line)
            in_macro = number > 0 and lines[number - 1].endswith("\\")
            if match and not in_macro and not line.lstrip().startswith("} while") \
                    and not _opens_brace(lines, number, match.group(1)):
                yield f"{path}:{number + 1}: {match.group(1)} without braces"


def _opens_brace(lines, number, keyword):
    """Whether the statement whose head starts at a line goes on with a brace."""
    rest = lines[number].split(keyword, 1)[1]
    if keyword in ("else", "do"):
        return rest.rstrip("\\ ").strip() == "{"
    depth, seen = 0, False
    for line in [rest] + lines[number + 1:number + 40]:
        for position, char in enumerate(line):
            depth += (char == "(") - (char == ")")
            seen = seen or char == "("
            if seen and depth == 0:
                return line[position + 1:].strip().startswith("{")
    return True


def check_unresolved(tree):
    """No note to oneself: a gap is closed or is an issue, not a comment."""
    pattern = re.compile(r"\b(" + "|".join(UNRESOLVED) + r")\b")
    for path, text in tree.items():
        if path == "LICENSE":
            continue
        for number, line in enumerate(text.split("\n"), 1):
            match = pattern.search(line)
            if match:
                yield f'{path}:{number}: unresolved word "{match.group(1)}"'


def check_public_prefix(tree):
    """Only the SDK's and the client library's headers define names in ragd_."""
    pattern = re.compile(r"^(?!#|static\b|\s|typedef\b)[\w *]*?\b(ragd_(?!client_)\w+)\(")
    for path, text in tree.items():
        if not path.endswith(".h") or not path.startswith(("daemon/", "client/")):
            continue
        for number, line in enumerate(blanked(text).split("\n"), 1):
            match = pattern.match(line)
            if match:
                yield f"{path}:{number}: {match.group(1)}(): the prefix ragd_ is the SDK's"


def check_parameters(tree):
    """No function with a list of parameters that wants to be a struct."""
    for path, text in tree.items():
        if not path.endswith(".c") or path.startswith(("tests/", *PARAMETERS_DICTATED)):
            continue
        lines = blanked(text).split("\n")
        for line, name, _ in functions(text):
            head = " ".join(lines[line - 1:line + 8]).split("{")[0]
            count = head[head.index("("):].count(",") + 1 if "(" in head else 0
            if count > PARAMETERS_MAX:
                yield f"{path}:{line}: {name}() has {count} parameters, make them a struct"


def check_format(tree, root=ROOT):
    """clang-format has nothing to change."""
    program = shutil.which("clang-format-14")
    if not program:
        yield "clang-format-14 is missing (packaging/install-packages test)"
        return
    files = sorted(path for path in tree if is_c(path))
    for start in range(0, len(files), 100):
        run = subprocess.run([program, "--dry-run", "-Werror", *files[start:start + 100]],
                             cwd=root, capture_output=True, text=True, check=False)
        for line in run.stderr.splitlines():
            if ": error: " in line:
                yield line
