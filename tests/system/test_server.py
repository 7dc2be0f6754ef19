# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""The daemon as a service: configuration, reload, signals, systemd, sockets."""

import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest

import harness
import wire

WAIT_SECONDS = 30  # generous: a sanitized build on a loaded machine


def ragd(daemon, *args, env=None):
    """One run of ragd that ends by itself."""
    return subprocess.run(
        [harness.bin_dir() / "ragd", "--user", "--config", daemon.site.config, *args],
        env=daemon.site.environment(env), capture_output=True, text=True, timeout=60, check=False)


def values(run):
    """What --print-config printed."""
    return json.loads(run.stdout)["values"]


def wait_for(condition, what):
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {WAIT_SECONDS} s")


def status(daemon):
    """What the daemon says about itself."""
    with wire.Raw(f"ipc://{daemon.site.socket}") as raw:
        return wire.Session(raw).unary("ragd.v1.Admin/Status", wire.admin.StatusRequest(),
                                       wire.admin.StatusReply)


def health(daemon, url=None, token=""):
    """The state that any client may ask for."""
    with wire.Raw(url or f"ipc://{daemon.site.socket}") as raw:
        return wire.Session(raw, token=token).unary(
            "ragd.v1.Health/Check", wire.admin.HealthRequest(), wire.admin.HealthReply).state


def settings(daemon):
    """{key: value} of the configuration in force."""
    with wire.Raw(f"ipc://{daemon.site.socket}") as raw:
        reply = wire.Session(raw).unary("ragd.v1.Admin/Config", wire.admin.ConfigRequest(),
                                        wire.admin.ConfigReply)
    return {value.key: value.value for value in reply.values}


class Systemd:
    """The socket that NOTIFY_SOCKET names, and what came there."""

    def __init__(self, directory):
        self.path = directory / "systemd"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.socket.bind(str(self.path))
        self.socket.settimeout(WAIT_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def next(self):
        """The next message as {key: value}."""
        lines = self.socket.recv(4096).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def start(self, daemon, env=None):
        log = daemon.site.log.open("ab")
        with log:
            return subprocess.Popen(
                [harness.bin_dir() / "ragd", "--user", "--config", daemon.site.config],
                env=daemon.site.environment({"NOTIFY_SOCKET": str(self.path), **(env or {})}),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def test_check_config_says_that_all_is_well(make_daemon):
    run = ragd(make_daemon(config="retrieval: {k: 3}\n"), "--check-config")
    assert run.returncode == 0, run.stderr
    assert run.stdout == "ragd: the configuration is valid\n"
    assert run.stderr == ""


def test_check_config_names_line_column_and_suggestion(make_daemon):
    daemon = make_daemon(config="embedders:\n  x:\n    plugin: lexical\n    dimm: 7\n")
    run = ragd(daemon, "--check-config")
    assert run.returncode == 1
    assert f"{daemon.site.config}:6:5: unknown key 'dimm' in embedders.x" in run.stderr


def test_check_config_tries_what_ragd_would_refuse_to_start_with(make_daemon):
    daemon = make_daemon(config="splitter: {kind: character, separators: [a, b]}\n")
    run = ragd(daemon, "--check-config")
    assert run.returncode == 1 and "splitter: 2 separators" in run.stderr, run.stderr
    started = ragd(daemon)
    assert started.returncode == 1 and "splitter: 2 separators" in started.stderr, started.stderr


@pytest.mark.parametrize("line", ["listen: [tcp://0.0.0.0:47777]", "listen: [http://x]",
                                  "retrieval: {k: 5000}", "prompt: Be brief."])
def test_check_config_tells_the_place_of_what_a_start_or_a_call_would_refuse(make_daemon, line):
    daemon = make_daemon(config=f"{line}\n")
    run = ragd(daemon, "--check-config")
    assert run.returncode == 1 and f"{daemon.site.config}:3" in run.stderr, run.stderr


def test_a_token_goes_with_the_address_that_it_was_for(make_daemon):
    daemon = make_daemon(config="listen: [tcp://127.0.0.1:0]\n").start()
    token = daemon.site.socket.with_name("ragd.sock.token")
    assert token.stat().st_size == 65
    daemon.stop()
    config = daemon.site.config.read_text(encoding="utf-8")
    daemon.site.config.write_text(config.replace("listen:", "#"), encoding="utf-8")
    daemon.start()
    assert not token.exists()
    daemon.stop()
    token.write_text("somebody's notes\n", encoding="utf-8")
    token.chmod(0o600)
    daemon.start()
    assert token.exists()


def test_check_config_says_what_no_plugin_is_loaded_for(make_daemon):
    daemon = make_daemon(config="plugins: {load: [lexical, rocksdb]}\nlog_level: error\n")
    run = ragd(daemon, "--check-config")
    assert run.returncode == 0 and run.stdout == "ragd: the configuration is valid\n"
    assert "no loader plugin is loaded" in run.stderr, run.stderr
    assert "no source plugin" in run.stderr and "no store plugin" not in run.stderr
    told = daemon.rag("config", "check", daemon.site.config).ok()
    assert "no loader plugin is loaded" in told.err, told.err


def test_a_plugin_directory_that_was_named_must_be_there(make_daemon):
    daemon = make_daemon()
    for path in ("/nonexistent", daemon.site.config):
        run = ragd(daemon, "--check-config", "--plugin-dir", path)
        assert run.returncode == 1 and f"read from {path} (--plugin-dir)" in run.stderr


def test_a_plugin_that_is_not_there_is_named_with_its_place(make_daemon):
    daemon = make_daemon(config="embedders:\n  x: {plugin: lexicla}\n")
    run = ragd(daemon, "--check-config")
    assert run.returncode == 1
    assert f"{daemon.site.config}:4:" in run.stderr
    assert "lexicla" in run.stderr and "lexical" in run.stderr.replace("lexicla", "")


def test_print_config_gives_every_value_with_its_origin(make_daemon):
    daemon = make_daemon(config="retrieval: {k: 3}\n")
    printed = {value["key"]: value for value in values(ragd(daemon, "--print-config"))}
    assert printed["retrieval.k"]["value"] == "3"
    assert printed["retrieval.k"]["origin"] == f"{daemon.site.config}:3"
    assert printed["log_level"]["origin"] == "default"
    over = values(ragd(daemon, "--print-config", "--log-level", "debug"))
    assert {"command line"} == {v["origin"] for v in over if v["key"] == "log_level"}


def test_the_example_of_a_configuration_is_right(make_daemon):
    """As it is, and with every default that it tells: then each value comes from it."""
    daemon = make_daemon()
    build = harness.bin_dir().parent
    text = (build / "packaging" / "man" / "ragd.yaml").read_text(encoding="utf-8")
    daemon.site.config.write_text(text, encoding="utf-8")
    assert ragd(daemon, "--check-config").returncode == 0
    assert {value["origin"] for value in values(ragd(daemon, "--print-config"))} == {"default"}
    daemon.site.config.write_text(re.sub("(?m)^#(?! [^ ]|$)", "", text), encoding="utf-8")
    run = ragd(daemon, "--check-config", "--plugin-dir", build / "plugins")
    assert run.returncode == 0, run.stderr
    assert not [value["key"] for value in values(ragd(daemon, "--print-config"))
                if not value["origin"].startswith(str(daemon.site.config))]


def test_an_unknown_option_is_a_usage_error(make_daemon):
    run = ragd(make_daemon(), "--chek-config")
    assert run.returncode == 2
    assert "did you mean '--check-config'?" in run.stderr


def test_reload_takes_a_good_file_and_keeps_the_old_one_for_a_bad_file(daemon):
    daemon.configure("log_level: debug\n")
    daemon.reload()
    wait_for(lambda: "RELOADED" in daemon.log(), "the reload")
    daemon.configure("log_levle: info\n")
    daemon.reload()
    wait_for(lambda: "RELOAD-REFUSED" in daemon.log(), "the refusal")
    assert "did you mean 'log_level'?" in daemon.log()
    assert [part.part for part in status(daemon).degraded] == ["configuration"]
    assert settings(daemon)["log_level"] == "debug"
    daemon.configure("")
    daemon.reload()
    wait_for(lambda: daemon.log().count("RELOADED") == 2, "the second reload")
    assert not status(daemon).degraded
    assert health(daemon) == "ready"


def test_systemd_sees_ready_reload_and_stop_in_pairs(make_daemon):
    daemon = make_daemon()
    with Systemd(daemon.site.run) as systemd:
        process = systemd.start(daemon)
        assert systemd.next()["READY"] == "1"
        for text, status in (("", "Ready"), ("nonsense: 1\n", "not valid")):
            daemon.configure(text)
            process.send_signal(signal.SIGHUP)
            begun = systemd.next()
            assert begun["RELOADING"] == "1" and int(begun["MONOTONIC_USEC"]) > 0
            ended = systemd.next()
            assert ended["READY"] == "1" and status in ended["STATUS"]
        process.terminate()
        assert systemd.next()["STOPPING"] == "1"
        assert process.wait(WAIT_SECONDS) == 0


def test_watchdog_gets_signs_of_life(make_daemon):
    daemon = make_daemon()
    with Systemd(daemon.site.run) as systemd:
        process = systemd.start(daemon, {"WATCHDOG_USEC": "200000"})
        assert systemd.next()["READY"] == "1"
        assert systemd.next() == {"WATCHDOG": "1"}
        assert systemd.next() == {"WATCHDOG": "1"}
        process.terminate()
        assert process.wait(WAIT_SECONDS) == 0


def test_a_socket_that_systemd_hands_over_is_served(make_daemon):
    daemon = make_daemon()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(daemon.site.socket))
    listener.listen()
    with Systemd(daemon.site.run) as systemd, listener, daemon.site.log.open("ab") as log:
        os.set_inheritable(listener.fileno(), True)
        script = f"exec 3<&{listener.fileno()}; export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\""
        process = subprocess.Popen(
            ["/bin/bash", "-c", script, "bash", harness.bin_dir() / "ragd", "--user", "--config",
             daemon.site.config],
            env=daemon.site.environment({"NOTIFY_SOCKET": str(systemd.path)}),
            pass_fds=[listener.fileno()], stdout=log, stderr=log)
        assert systemd.next()["READY"] == "1"
        assert health(daemon) == "ready"
        process.terminate()
        assert process.wait(WAIT_SECONDS) == 0
    assert daemon.site.socket.exists()  # it is systemd's


def test_a_socket_path_that_is_too_long_for_the_kernel_works(make_daemon):
    daemon = make_daemon()
    deep = daemon.site.run / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    daemon.site.socket = deep / "ragd.sock"
    daemon.configure()
    daemon.start()
    assert daemon.site.socket.is_socket()
    daemon.stop()
    assert not daemon.site.socket.exists()


def test_a_stale_socket_is_replaced(daemon):
    daemon.kill()
    assert daemon.site.socket.exists()
    daemon.start()
    assert health(daemon) == "ready"


def test_two_daemons_on_one_socket_path_do_not_take_it_from_each_other(daemon, make_daemon):
    second = make_daemon()
    second.site.config.write_text(
        f"socket: {daemon.site.socket}\ndata_dir: {second.site.data}\n", encoding="utf-8")
    run = ragd(second)
    assert run.returncode == 7
    assert health(daemon) == "ready"


def test_stop_is_quick_and_a_second_signal_is_quicker(make_daemon):
    daemon = make_daemon().start()
    process = daemon.process
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    assert process.wait(WAIT_SECONDS) == 0
    daemon.process = None
    assert not daemon.site.socket.exists()


def test_reload_and_shutdown_on_request(daemon):
    daemon.configure("retrieval: {k: 9}\nlimits: {calls: 3}\n")
    with wire.Raw(f"ipc://{daemon.site.socket}") as raw:
        session = wire.Session(raw)
        reply = session.unary("ragd.v1.Admin/Reload", wire.admin.ReloadRequest(),
                              wire.admin.ReloadReply)
        assert list(reply.changed) == ["limits.calls", "retrieval.k"]
        assert list(reply.needs_restart) == ["limits.calls"]
        daemon.configure("retrieval: {k: none}\n")
        try:
            session.unary("ragd.v1.Admin/Reload", wire.admin.ReloadRequest(),
                          wire.admin.ReloadReply)
            raise AssertionError("a bad file was taken")
        except wire.Failed as failed:
            assert failed.error.code == "bad_config"
            assert f"{daemon.site.config}:3:" in failed.end.message
        assert settings(daemon)["retrieval.k"] == "9"
        reply = session.unary("ragd.v1.Admin/Shutdown", wire.admin.ShutdownRequest(),
                              wire.admin.ShutdownReply)
        assert reply.pid == daemon.process.pid
    assert daemon.process.wait(WAIT_SECONDS) == 0
    daemon.process = None


def test_tcp_needs_the_token_of_the_file_beside_the_socket(make_daemon):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    daemon = make_daemon(config=f"listen: 'tcp://127.0.0.1:{port}'\n").start()
    token = (daemon.site.run / "ragd.sock.token").read_text(encoding="utf-8").strip()
    assert len(token) == 64
    assert health(daemon, f"tcp://127.0.0.1:{port}", token) == "ready"


def test_a_broken_database_is_told_at_the_start(make_daemon):
    daemon = make_daemon().start()
    daemon.stop()
    (daemon.site.data / "state" / "CURRENT").write_text("nonsense", encoding="utf-8")
    run = ragd(daemon)
    assert run.returncode == 1
    assert "the daemon's own database" in run.stderr
