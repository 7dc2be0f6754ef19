# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""What a person sees: rag on terminals of several widths."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata

import pytest

import harness

TEXTS = {
    "docs/harrison.md": "# Harrison\n\nThe watch H4 lost 5.1 seconds on the way to Jamaica.\n",
    "docs/明石 市の 子午線.md": "# 明石の子午線と日本標準時について\n\n日本標準時は東経135度の子午線を基準にしています。\n",
    "docs/cafe\u0301 re\u0301sume\u0301 with quite a long name.txt": "Cafe\u0301 society.\n",
    "docs/long.txt": "Nothing in it says a word about any clock. " * 9,
}


@pytest.fixture(name="library", scope="module")
def fixture_library(shared_daemon):
    for name, text in TEXTS.items():
        shared_daemon.write(name, text)
    shared_daemon.rag("collection", "create", "library").ok()
    shared_daemon.rag("add", "-c", "library", "docs").ok()
    return shared_daemon


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)


def terminal(daemon, columns, *args, answer=b""):
    """(exit code, screen) of rag on a terminal that has so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    env = daemon.site.environment({"RAG_SOCKET": daemon.url, "TERM": "xterm"})
    run = subprocess.Popen([harness.bin_dir() / "rag", *args], env=env, cwd=daemon.site.home,
                           stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, answer)
    screen = b""
    try:
        while piece := os.read(ours, 65536):
            screen += piece
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    text = re.sub(r"\x1b\[[0-9;]*[mK]|\r", "", screen.decode())
    return run.wait(timeout=60), text


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("args, exit_code", [
    (["help"], 0), (["help", "search"], 0), (["help", "collection"], 0), (["ls"], 0),
    (["help", "collection", "create"], 0), (["help", "collection", "import"], 0),
    (["ls", "-c", "library"], 0), (["ls", "-c", "library", "--chunks"], 0), (["status"], 0),
    (["search", "-c", "library", "watch Jamaica"], 0), (["add", "-c", "library", "docs"], 0),
    (["ask", "-c", "library", "How many seconds did the watch H4 lose?"], 0),
    (["ask", "-c", "library", "--show-prompt", "What did the watch lose?"], 0),
    (["collection", "show", "library"], 0), (["plugin", "ls"], 0), (["plugin", "show", "text"], 0),
    (["verify"], 0), (["get", "-c", "library", "nope"], 6),
    (["get", "-c", "library", "docs/long.txt"], 0), (["serach"], 2),
    (["search", "--where", "a = 1 and some_longer_field = 2 and another in (1,", "x"], 2),
])
def test_lines_fit_the_terminal(library, columns, args, exit_code):
    code, screen = terminal(library, columns, *args)
    assert code == exit_code, screen
    for line in screen.splitlines():
        words = line.split()
        assert width(line) <= columns or len(words) == 1 or "/" in line, screen


@pytest.mark.parametrize("columns", [20, 40])
@pytest.mark.parametrize("args, kept", [
    (["ls"], "CHUNKS"), (["ls", "-c", "library"], "CHUNKS"), (["search", "-c", "library", "watch"], "#"),
])
def test_a_table_leaves_columns_out_rather_than_break(library, columns, args, kept):
    code, screen = terminal(library, columns, *args)
    lines = screen.splitlines()
    assert code == 0 and kept in lines[0]
    if columns == 40:
        assert all(width(line) <= 40 for line in lines), screen


@pytest.mark.parametrize("columns", [40, 50])
@pytest.mark.parametrize("question", ["How many seconds did the watch H4 lose?", "any clock"])
def test_a_source_of_an_answer_fits_a_narrow_terminal(library, columns, question):
    code, screen = terminal(library, columns, "ask", "-c", "library", question)
    assert code == 0 and "[1]" in screen and "#0" in screen
    for line in screen.splitlines():
        assert width(line) <= columns or "/" in line, screen


def test_narrow_help_breaks_between_words(library):
    whole = terminal(library, 120, "help", "search")[1].split("Examples")[0].split()
    assert terminal(library, 40, "help", "search")[1].split("Examples")[0].split() == whole


def test_caret_stays_below_its_place(library):
    _, screen = terminal(library, 50, "search", "--where",
                         "a = 1 and some_longer_field = 2 and another in (1,", "x")
    lines = screen.splitlines()
    caret = next(i for i, line in enumerate(lines) if line.strip() == "^")
    assert width(lines[caret]) == width(lines[caret - 1]) + 1 and lines[caret - 1].endswith("(1,")


def test_names_are_shown_as_they_are_written(library):
    name = library.site.home / "docs/明石 市の 子午線.md"
    _, screen = terminal(library, 300, "ls", "-c", "library")
    assert str(name) in screen and "%" not in screen
    _, screen = terminal(library, 300, "search", "-c", "library", "子午線")
    assert f"{name}#0" in screen and "%" not in screen
    _, screen = terminal(library, 300, "ask", "-c", "library", "子午線")
    assert str(name) in screen and "%" not in screen
    for shown in (name, f"{name}#0"):
        assert "日本標準時" in library.rag("get", "-c", "library", shown).ok().out
    assert name.as_uri() in library.rag("ls", "-c", "library").ok().out
    failed = library.rag("get", "-c", "library", library.site.home / "gone/明.md").failed(6)
    assert "gone/明.md'" in failed.err


def test_dry_run_tells_of_a_bad_source_readably(library):
    library.write("dry/悪い 物.bin", b"\x00\x01\x02\xff")
    _, screen = terminal(library, 300, "add", "-c", "library", "--dry-run", "dry")
    assert "dry/悪い 物.bin: text: it looks binary" in screen and "%" not in screen


def test_narrow_listing_keeps_times_whole(library):
    _, screen = terminal(library, 60, "ls", "-c", "library")
    lines = screen.splitlines()[1:]
    assert len(lines) == 4 and all(re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d$", line) for line in lines)


def test_status_counts_old_jobs(library):
    for _ in range(5):
        library.rag("add", "-c", "library", "docs").ok()
    _, screen = terminal(library, 80, "status")
    jobs = [line for line in screen.splitlines() if re.match(r" *\d+  add ", line)]
    assert len(jobs) == 3 and re.search(r"^and \d+ older$", screen, re.M), screen
    assert re.search(r"^jobs +none running$", screen, re.M)


def test_size_of_a_document_is_known_without_its_text(library):
    about = library.json("get", "-c", "library", "--meta", "docs/harrison.md")
    whole = library.json("get", "-c", "library", "docs/harrison.md")
    assert about["bytes"] == whole["bytes"] == len(whole["text"]) and "text" not in about
    _, screen = terminal(library, 80, "get", "-c", "library", "--meta", "docs/harrison.md")
    assert re.search(rf"^size +{whole['bytes']} B$", screen, re.M), screen


def test_size_of_a_small_collection_is_that_of_its_data(library):
    small = library.json("collection", "show", "library")["bytes"]
    assert 2 * sum(len(text.encode()) for text in TEXTS.values()) < small < 20_000
    listed = {c["name"]: c["bytes"] for c in library.json("ls")["collections"]}
    assert listed["library"] == small


def test_what_is_not_there_is_not_asked_about(library):
    code, screen = terminal(library, 80, "rm", "-c", "library", "nope")
    assert code == 6 and "nope" in screen and "[y/N]" not in screen
    code, screen = terminal(library, 80, "collection", "rm", "nope")
    assert code == 6 and "[y/N]" not in screen
    code, screen = terminal(library, 80, "rm", "-c", "library", "docs/harrison.md", answer=b"n\n")
    assert code == 1 and "Remove docs/harrison.md from library? [y/N]" in screen
    code, screen = terminal(library, 80, "rm", "-c", "library", "docs", answer=b"n\n")
    assert code == 1 and "Remove 4 documents below docs from library? [y/N]" in screen
    code, screen = terminal(library, 80, "rm", "-c", "library", "docs/harrison.md#0")
    assert code == 6 and "[y/N]" not in screen and "removed with their document" in screen
    code, screen = terminal(library, 80, "collection", "rm", "library", answer=b"n\n")
    assert code == 1 and "library and its 4 documents, 4 chunks? [y/N]" in screen


def test_long_titles_give_way_to_the_names_of_documents(daemon):
    path = daemon.write("some/folder/with/a-name.md", f"# {'A very long title ' * 6}\n\nwords\n")
    daemon.rag("add", path).ok()
    _, screen = terminal(daemon, len(str(path)) + 60, "ls", "default")
    assert f"{path}  A very" in screen
