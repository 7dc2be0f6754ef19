# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""A real ragd in a directory of its own, and the rag that talks to it."""

import dataclasses
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
READY_SECONDS = 60    # generous: a sanitized build on a loaded machine
STOP_SECONDS = 60
COMMAND_SECONDS = 120
SANITIZER_EXIT = 99
SOCKET_PATH_MAX = 107  # sizeof(sun_path) - 1


def bin_dir():
    """Where ragd and rag are: $RAGD_BIN, else the build of $RAGD_PRESET (dev)."""
    preset = os.environ.get("RAGD_PRESET", "dev")
    path = pathlib.Path(os.environ.get("RAGD_BIN", ROOT / "build" / preset / "bin"))
    for name in ("ragd", "rag"):
        if not (path / name).is_file():
            raise FileNotFoundError(f"{path / name} is not built: cmake --build build/{preset}")
    return path


def has_failpoints():
    """Whether this ragd obeys $RAGD_FAILPOINTS; the release build knows none."""
    return b"RAGD_FAILPOINTS" in (bin_dir() / "ragd").read_bytes()


def is_long():
    return os.environ.get("RAGD_TEST_LONG") == "1"


def minding_permissions():
    """The command before one that shall mind the permissions of files, also as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]


def scratch_base():
    """build/tmp, or the system's when a socket's path below it would be too long."""
    base = ROOT / "build" / "tmp"
    if len(str(base)) > SOCKET_PATH_MAX - 40:
        return None
    base.mkdir(parents=True, exist_ok=True)
    return base


@dataclasses.dataclass
class Result:
    """What one run of rag left behind."""

    args: tuple
    exit: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)

    def ndjson(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def error(self):
        """The error object that --json prints on stderr."""
        return json.loads(self.err)

    def ok(self):
        """Self, after checking that it succeeded."""
        assert self.exit == 0, f"{self}"
        return self

    def failed(self, exit_code):
        assert self.exit == exit_code, f"{self}"
        return self

    def __str__(self):
        return f"rag {' '.join(map(str, self.args))}: exit {self.exit}\n{self.out}{self.err}"


class Site:
    """A scratch directory that stands for one user's machine: home, data, socket."""

    def __init__(self, name):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=scratch_base()))
        self.home = self.dir / "home"
        self.data = self.dir / "data"
        self.run = self.dir / "run"
        self.config = self.dir / "ragd.yaml"
        self.log = self.dir / "ragd.log"
        self.socket = self.run / "ragd.sock"
        self.env = {}
        for path in (self.home, self.run):
            path.mkdir(mode=0o700)

    def environment(self, extra=None):
        """A closed environment: nothing of the user who runs the tests gets in."""
        report = f"log_path={self.dir}/sanitizer:exitcode={SANITIZER_EXIT}"
        env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home), "LANG": "C.UTF-8", "TZ": "UTC", "TERM": "dumb",
            "TMPDIR": str(self.dir),
            "XDG_RUNTIME_DIR": str(self.run),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "RAG_NO_START": "1",
            "ASAN_OPTIONS": f"{report}:detect_leaks=1:allocator_may_return_null=1"
                            ":detect_stack_use_after_return=1",
            "UBSAN_OPTIONS": f"{report}:print_stacktrace=1",
            "TSAN_OPTIONS": f"{report}:halt_on_error=0",
        }
        return {**env, **self.env, **(extra or {})}

    def sanitizer_reports(self):
        return [f"{path.name}:\n{path.read_text(errors='replace')}"
                for path in sorted(self.dir.glob("sanitizer.*"))]

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


class Daemon:
    """One ragd: start, wait until ready, stop or kill, start again on the same data.

    It is one user's, whoever runs the tests, unless args says --system.
    """

    def __init__(self, name="t", config="", args=(), env=None, socket_url=None):
        self.site = Site(name)
        self.args = tuple(args)
        self.site.env.update(env or {})
        self.url = socket_url or f"ipc://{self.site.socket}"
        self.process = None
        self.configure(config)

    def configure(self, text=""):
        """Writes the configuration: where things are, then `text` (YAML)."""
        self.site.config.write_text(
            f"socket: {self.site.socket}\ndata_dir: {self.site.data}\n{text}", encoding="utf-8")

    def start(self, env=None):
        """Starts ragd and returns when it says READY=1."""
        assert self.process is None, "it runs already"
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        notify_path = self.site.run / "notify"
        notify_path.unlink(missing_ok=True)
        notify.bind(str(notify_path))
        notify.settimeout(0.05)
        extra = {"NOTIFY_SOCKET": str(notify_path), **(env or {})}
        with self.site.log.open("ab") as log:
            self.process = subprocess.Popen(
                [bin_dir() / "ragd", "--user", "--config", self.site.config, *self.args],
                env=self.site.environment(extra), cwd=self.site.dir,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        with notify:
            self._wait_ready(notify)
        return self

    def _wait_ready(self, notify):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                code, self.process = self.process.returncode, None
                raise AssertionError(f"ragd ended with {code} before it was ready\n{self.log()}")
            try:
                if "READY=1" in notify.recv(4096).decode():
                    return
            except TimeoutError:
                continue
        self.kill()
        raise AssertionError(f"ragd was not ready within {READY_SECONDS} s\n{self.log()}")

    def stop(self):
        """An orderly end: SIGTERM, and the exit code must be 0."""
        if self.process is None:
            return
        process, self.process = self.process, None
        process.terminate()
        try:
            code = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(
                f"ragd did not stop within {STOP_SECONDS} s\n{self.log()}") from None
        assert code == 0, f"ragd ended with {code}\n{self.log()}"

    def kill(self):
        """kill -9."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None

    def restart(self):
        self.stop()
        return self.start()

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def rag(self, *args, input=None, env=None, cwd=None, timeout=COMMAND_SECONDS, before=()):
        """Runs rag against this daemon, by way of a command before it, and returns what it left."""
        arguments = [str(arg) for arg in args]
        stdin = {"input": input} if input is not None else {"stdin": subprocess.DEVNULL}
        if isinstance(input, str):
            stdin["input"] = input.encode()
        run = subprocess.run(
            [*before, bin_dir() / "rag", *arguments],
            env=self.site.environment({"RAG_SOCKET": self.url, **(env or {})}),
            cwd=cwd or self.site.home, capture_output=True, timeout=timeout, check=False, **stdin)
        return Result(tuple(arguments), run.returncode, run.stdout.decode(), run.stderr.decode())

    def json(self, *args, **options):
        """The document that a successful `rag ... --json` prints."""
        return self.rag(*args, "--json", **options).ok().json()

    def write(self, name, text):
        """A file in the user's home; returns its path."""
        path = self.site.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
        return path

    def log(self):
        if not self.site.log.exists():
            return ""
        return self.site.log.read_text(errors="replace")

    def close(self):
        """Ends it, checks that no sanitizer complained, and cleans up."""
        try:
            self.stop()
            reports = self.site.sanitizer_reports()
            assert not reports, "\n".join(reports)
        except AssertionError:
            self.kill()
            raise
        finally:
            if not os.environ.get("RAGD_TEST_KEEP"):
                self.site.remove()
