# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Commands of the configuration as loaders."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from test_placement import hosts

SYSTEM = ["/usr", "/lib", "/lib64", "/bin"]


def script(daemon_dir, name, text, interpreter="/bin/sh"):
    path = Path(daemon_dir) / name
    path.write_text(f"#!{interpreter}\n{text}")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def commands(make_daemon, tmp_path):
    """A daemon with an instance for each script: {suffix: (text, settings)}."""
    tmp_path.chmod(0o755)

    def make(scripts, config=""):
        loaders = []
        for name, (text, settings) in scripts.items():
            interpreter = settings.pop("interpreter", "/bin/sh")
            settings = {"plugin": "exec", "suffixes": [f".{name}"], "executable": SYSTEM,
                        "command": [script(tmp_path, name, text, interpreter)], **settings}
            loaders.append(f"  {name}: {json.dumps(settings)}\n")
        return make_daemon(config="loaders:\n" + "".join(loaders) + config).start()

    return make


def add(daemon, name, text="words"):
    daemon.write(name, text)
    return daemon.rag("add", "--json", name).json()["sources"][0]


def added(daemon, name, text="words"):
    source = add(daemon, name, text)
    assert source["status"] == "added", source
    return source


def text_of(daemon, name):
    return daemon.json("get", f"file://{daemon.site.home}/{name}")["text"]


def why(source):
    assert source["status"] == "failed"
    return source["error"]["message"]


def test_a_script_is_a_loader(commands):
    daemon = commands({"up": ('echo "$RAGD_NAME:"; tr a-z A-Z\necho heard >&2', {})})
    added(daemon, "notes.up", "some words")
    assert text_of(daemon, "notes.up") == "notes.up:\nSOME WORDS"
    added(daemon, "none.up", "")
    added(daemon, "large.up", "many words\n" * 300000)
    shown = daemon.json("plugin", "show", "exec")["instances"][0]
    assert "system calls (seccomp)" in shown["closed"] and shown["missing"] == []


def test_what_it_writes_in_json_becomes_documents(commands):
    program = """
import json, sys
text = sys.stdin.read()
for i, part in enumerate(text.split("---")):
    print(json.dumps({"key": str(i), "title": f"Part {i}", "text": part, "language": "en",
                      "metadata": {"n": i, "tags": ["a", "b"], "odd": i % 2 == 1},
                      "blocks": [{"kind": "paragraph", "page": i + 1, "start_byte": 0,
                                  "end_byte": len(part.encode())}]}))
"""
    daemon = commands({"parts": (program, {"output": "json",
                                           "interpreter": os.path.realpath(sys.executable)})})
    assert added(daemon, "a.parts", "first part---second part")["documents"] == 2
    told = daemon.rag("get", "a.parts", "--json").failed(6).error()
    assert told["message"].endswith("a.parts' is a source of 2 documents")
    assert [line[-len("!0'"):] for line in told["hint"].splitlines()] == ["!0'", "!1'"]
    found = daemon.json("search", "second")["results"][0]["chunk"]
    assert found["document"].endswith("a.parts!1") and found["page"] == 2
    assert found["metadata"]["tags"] == ["a", "b"] and found["metadata"]["odd"] is True


def test_what_is_no_json_of_ours_is_refused_by_place(commands):
    good = '{"text": "words", "key": "a"}'
    daemon = commands({"j": ("cat", {"output": "json"})})
    for text, reason in ((good + "\nnonsense", "document 2 is no JSON: line 2"),
                         (good + '{"title": "t"}', "document 2: it has no text"),
                         ('{"text": "words", "metadata": {"a": null}}', "its metadata 'a'"),
                         ('{"text": "w", "blocks": [{"kind": "page", "end_byte": 2}]}',
                          "its block 0"),
                         ("[1]", "it is no object"), ("[" * 5000, "no JSON")):
        assert reason in why(add(daemon, "a.j", text))
    added(daemon, "a.j", good)


def test_a_command_that_fails_says_why_itself(commands):
    daemon = commands({"bad": ("echo first >&2; echo 'no such\x01 page' >&2; exit 3", {}),
                       "dead": ("kill -9 $$ 2>/dev/null; exec 2>&-; exit 1", {})})
    reason = why(add(daemon, "a.bad"))
    assert "failed with exit code 3: first no such page" in reason
    assert "failed with exit code 1" in why(add(daemon, "a.dead"))


def test_a_command_has_limits(commands):
    daemon = commands({"hang": ("exec sleep 104729", {}),
                       "flood": ("while echo words words words; do :; done", {}),
                       "noise": ("while echo words >&2; do :; done", {}),
                       "good": ("cat", {})},
                      config="limits: {parse: 3s, child_grace: 100ms, "
                             "document_text: 1MiB}\n")
    assert "longer than 3000 ms" in why(add(daemon, "a.hang"))
    assert "writes more than 1048576 bytes" in why(add(daemon, "a.flood"))
    assert add(daemon, "a.noise")["status"] == "failed"
    added(daemon, "a.good")
    assert_nothing_left(daemon)


def test_a_command_that_only_computes_ends_at_its_limit(commands):
    daemon = commands({"spin": ("while :; do :; done", {})}, config="limits: {parse_cpu: 1s}\n")
    assert "used up its CPU time" in why(add(daemon, "a.spin"))


def commands_left():
    """Processes of the scripts here that do not end by themselves."""
    found = []
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if cmdline.read_bytes() == b"sleep\x00104729\x00":
                found.append(cmdline.parent.name)
        except OSError:
            pass
    return found


def assert_nothing_left(daemon):
    deadline = time.monotonic() + 10
    while commands_left() or any(state == "Z" for _, state in hosts(daemon)):
        assert time.monotonic() < deadline, commands_left()
        time.sleep(0.05)


def test_what_a_command_leaves_running_ends_with_it(commands):
    daemon = commands({"stray": ("sleep 104729 >/dev/null 2>&1 </dev/null &\necho words", {})})
    for i in range(3):
        added(daemon, f"{i}.stray", str(i))
    assert_nothing_left(daemon)


def test_a_command_reaches_its_paths_and_nothing_else(commands, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "table").write_text("a table")
    reach = (f"cat {tmp_path}/open/table; cat {tmp_path}/secret && echo read\n"
             f"echo x > {tmp_path}/open/new && echo written\n"
             "exec 3<>/dev/tcp/127.0.0.1/1 && echo connected\n"
             "echo x >&3 && echo told\nkill -0 $PPID && echo killed\npwd; env")
    daemon = commands({"reach": (reach, {"interpreter": "/bin/bash",
                                         "readable": [str(tmp_path / "open")]})})
    added(daemon, "a.reach")
    text = text_of(daemon, "a.reach")
    assert text.startswith("a table")
    assert not {"read", "written", "connected", "told", "killed"} & set(text.split())
    assert "PWD=/\n" in text and str(daemon.site.home) not in text


@pytest.mark.parametrize("settings, reason", [
    ({"command": ["cat"]}, "absolute path"),
    ({"command": ["./cat"]}, "absolute path"),
    ({"command": ["/bin/cat"], "suffixes": []}, "suffixes or mimes"),
    ({"command": ["/bin/cat"], "readable": ["here"]}, "'here' is no absolute path"),
])
def test_commands_and_paths_are_absolute(make_daemon, settings, reason):
    settings = {"plugin": "exec", "suffixes": [".x"], **settings}
    daemon = make_daemon(config=f"loaders: {{it: {json.dumps(settings)}}}\n")
    daemon.start()
    instance = daemon.json("plugin", "show", "exec")["instances"][0]
    assert instance["state"] == "failed" and reason in instance["problem"]


def test_a_command_is_the_configurations_alone(commands):
    daemon = commands({"up": ("cat", {})})
    daemon.write("a.up", "words")
    for option in ("up.command=/bin/true", "exec.command=/bin/true"):
        refused = daemon.rag("add", "--loader", option, "a.up")
        assert refused.exit != 0 and "is not known" in refused.err


def test_a_program_that_may_not_be_run_says_so(commands):
    daemon = commands({"off": ("cat", {"executable": ["/nowhere"]})})
    assert "cannot be run" in why(add(daemon, "a.off"))
    assert "option executable" in why(add(daemon, "a.off"))


def test_without_a_command_there_is_no_such_loader(make_daemon):
    daemon = make_daemon().start()
    listed = {p["name"]: p for p in daemon.json("plugin", "ls")["plugins"]}
    assert listed["exec"]["placement"] == "sandbox"
    assert daemon.json("plugin", "show", "exec")["instances"] == []
    deadline = time.monotonic() + 10
    while len(hosts(daemon)) > 2:  # of text and of markdown
        assert time.monotonic() < deadline
        time.sleep(0.02)
    daemon = make_daemon(config="plugins: {placement: [exec=daemon]}\n").start()
    refused = [p for p in daemon.json("plugin", "ls")["plugins"] if "exec" in p["path"]][0]
    assert refused["state"] == "refused" and "process of its own" in refused["problem"]
