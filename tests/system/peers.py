# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Sockets of other implementations, each with send(bytes) and recv() -> bytes."""

import functools
import os
import struct
import subprocess

import pynng

import harness
import wire

MANGOS = harness.ROOT / "tests" / "system" / "mangos"


class Nng:
    """libnng, through pynng."""

    def __init__(self, kind, url):
        make = {"pair": pynng.Pair0, "req": pynng.Req0}[kind]
        self.socket = make(recv_timeout=wire.WAIT_SECONDS * 1000,
                           send_timeout=wire.WAIT_SECONDS * 1000)
        self.socket.recv_max_size = 16 << 20
        if kind == "req":
            self.socket.resend_time = -1  # a slow answer is not asked for twice
        self.socket.dial(url, block=True)
        self.send, self.recv = self.socket.send, self.socket.recv

    def close(self):
        self.socket.close()


@functools.cache
def mangos_program():
    """Builds tests/system/mangos with what packaging/build-env says."""
    out = harness.ROOT / "build" / "tests" / "mangos"
    env = {**os.environ, "CGO_ENABLED": "0"}
    subprocess.run(["go", "build", "-o", str(out), "."], cwd=MANGOS, env=env, check=True)
    return out


class Mangos:
    """Go mangos, through a program that copies messages to and from a pipe."""

    def __init__(self, kind, url):
        self.process = subprocess.Popen([mangos_program(), kind, url],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, message):
        self.process.stdin.write(struct.pack(">I", len(message)) + message)
        self.process.stdin.flush()

    def _read(self, n):
        data = self.process.stdout.read(n)
        if len(data) < n:
            raise wire.Closed
        return data

    def recv(self):
        return self._read(struct.unpack(">I", self._read(4))[0])

    def close(self):
        self.process.stdin.close()
        self.process.wait(wire.WAIT_SECONDS)
        self.process.stdout.close()


IMPLEMENTATIONS = {"nng": Nng, "mangos": Mangos}
