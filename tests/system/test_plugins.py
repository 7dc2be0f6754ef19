# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Plugins of a running daemon: what it lists, what it refuses, what it uses."""

import importlib
import os
import shutil

import pytest

import harness
import wire

plugins = importlib.import_module("ragd.v1.plugins_pb2")

BUILT = harness.bin_dir().parent
BAD = BUILT / "tests" / "bad"


def call(daemon, method, request, reply):
    with wire.Raw(f"ipc://{daemon.site.socket}") as raw:
        return wire.Session(raw).unary(f"ragd.v1.Plugins/{method}", request, reply)


def listed(daemon):
    """{file name: what is said of it}."""
    reply = call(daemon, "List", plugins.PluginsListRequest(), plugins.PluginsListReply)
    return {info.path.rsplit("/", 1)[1]: info for info in reply.plugins}


def described(daemon, name):
    return call(daemon, "Describe", plugins.PluginRequest(name=name), plugins.PluginDescription)


def test_every_plugin_of_the_build_is_loaded(shared_daemon):
    found = listed(shared_daemon)
    assert {name: info.problem for name, info in found.items() if info.state != "loaded"} == {}
    assert {"source_file.so", "loader_text.so", "loader_exec.so", "loader_markdown.so",
            "embedder_hash.so", "embedder_lexical.so", "store_rocksdb.so", "llm_extract.so", "llm_echo.so"} <= set(found)


def test_a_plugin_tells_its_options_and_instances(shared_daemon):
    markdown = described(shared_daemon, "markdown")
    assert markdown.info.id == "org.ragd.loader.markdown"
    assert len(markdown.sha256) == 64
    options = {option.name: option for option in markdown.options}
    assert options["text"].per_collection and list(options["text"].choices) == ["plain", "source"]
    store = described(shared_daemon, "rocksdb")
    assert [(i.kind, i.name, i.state) for i in store.instances] == [("store", "rocksdb", "ready")]


def test_an_unknown_plugin_is_not_found_with_a_suggestion(shared_daemon):
    with pytest.raises(wire.Failed) as failure:
        described(shared_daemon, "markdwon")
    assert failure.value.code == wire.NOT_FOUND
    assert "markdown" in failure.value.error.hint


def test_refused_plugins_are_listed_with_the_rule_and_the_daemon_serves(make_daemon):
    daemon = make_daemon(args=["--user"], env={"RAGD_PLUGIN_DIR": str(BAD)}).start()
    found = listed(daemon)
    assert found["bad_0.so"].state == "loaded"
    rules = {
        "bad_1.so": "exports no ragd_plugin_entry_v0",
        "bad_2.so": "built for plugin ABI 1, this ragd speaks 0",
        "bad_9.so": "needs the service ragd.http/1",
        "bad_15.so": "must run in a process of its own",
        "bad_19.so": "its id org.ragd.test.bad0 is taken",
    }
    for name, rule in rules.items():
        assert found[name].state == "refused"
        assert str(BAD / name) in found[name].problem and rule in found[name].problem
    assert "PLUGIN-REFUSED" in daemon.log()


def test_a_plugin_that_others_may_write_is_refused(make_daemon):
    daemon = make_daemon(args=["--user"])
    own = daemon.site.dir / "plugins"
    own.mkdir(mode=0o755)
    shutil.copy(BAD / "bad_0.so", own / "open.so")
    os.chmod(own / "open.so", 0o666)
    daemon.site.env["RAGD_PLUGIN_DIR"] = str(own)
    daemon.start()
    info = listed(daemon)["open.so"]
    assert info.state == "refused" and "may be written by everybody" in info.problem


def test_a_collection_whose_embedder_is_gone_is_searched_by_words(make_daemon):
    daemon = make_daemon(config="embedders:\n  letters: {plugin: hash}\n").start()
    daemon.rag("collection", "create", "--embedder", "letters", "notes").ok()
    daemon.rag("add", "-c", "notes", daemon.write("a.txt", "The walrus sleeps.\n")).ok()
    daemon.stop()
    config = daemon.site.config.read_text(encoding="utf-8")
    daemon.site.config.write_text(config.replace("  letters:", "  others:"), encoding="utf-8")
    daemon.start()
    error = daemon.rag("search", "--json", "-c", "notes", "walrus").failed(6).error()
    assert "no embedder 'letters'" in error["message"]
    assert "collection notes" in error["why"] and "--mode keyword" in error["hint"]
    found = daemon.rag("search", "--mode", "keyword", "-c", "notes", "walrus").ok()
    assert "walrus" in found.out


def test_a_setting_that_a_plugin_does_not_take_ends_the_start(make_daemon):
    daemon = make_daemon(config="embedders:\n  small:\n    plugin: hash\n    dmi: 8\n")
    with pytest.raises(AssertionError) as failure:
        daemon.start()
    assert "ragd.yaml:6:" in str(failure.value)
    assert "did you mean 'dim'?" in str(failure.value)


def test_the_environment_chooses_no_plugins_of_a_system_daemon(make_daemon):
    daemon = make_daemon(args=["--system"], env={"RAGD_PLUGIN_DIR": str(BAD)}).start()
    assert "bad_0.so" not in listed(daemon)


def test_directories_on_the_command_line_come_first(make_daemon):
    """Two of them, relative or not; the first of an id wins."""
    daemon = make_daemon()
    for name in ("first", "second"):
        own = daemon.site.dir / name
        own.mkdir(mode=0o755)
        shutil.copy(BAD / "bad_0.so", own / f"{name}.so")
    daemon.args = ("--plugin-dir", "first", f"--plugin-dir={daemon.site.dir / 'second'}")
    daemon.start()
    found = listed(daemon)
    assert found["first.so"].state == "loaded"
    assert "is taken" in found["second.so"].problem
    assert list(found)[:2] == ["first.so", "second.so"] and "store_rocksdb.so" in found


def test_an_instance_of_a_refused_plugin_says_why(make_daemon):
    daemon = make_daemon(args=["--user"], env={"RAGD_PLUGIN_DIR": str(BAD)},
                         config="embedders:\n  new: {plugin: bad8}\n").start()
    assert "needs plugin ABI 0.99 or later" in daemon.log()
