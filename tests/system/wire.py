# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""The wire protocol in Python: generated messages, SP framing, one session.

A Session runs over anything with send(bytes) and recv() -> bytes: a socket of
pynng, or Raw, which is a plain socket that may also misbehave.
"""

import importlib
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time

import harness

PAIR0, REQ0, REP0 = 0x0010, 0x0030, 0x0031
WAIT_SECONDS = 30  # for one message: generous, nothing waits so long
OK, CANCELLED, INVALID, DEADLINE, NOT_FOUND = 0, 1, 3, 4, 5
DENIED, EXHAUSTED, FAILED, UNIMPLEMENTED, UNAVAILABLE, UNAUTHENTICATED = 7, 8, 9, 12, 14, 16


def _generate():
    """The messages as Python modules, made anew when a .proto is newer."""
    out = harness.ROOT / "build" / "proto-python"
    sources = sorted((harness.ROOT / "proto").glob("ragd/v1/*.proto"))
    newest = max(path.stat().st_mtime for path in sources)
    stamp = out / "stamp"
    if not stamp.exists() or stamp.stat().st_mtime < newest:
        out.mkdir(parents=True, exist_ok=True)
        subprocess.run(["protoc", f"--python_out={out}", f"--proto_path={harness.ROOT / 'proto'}",
                        *map(str, sources)], check=True)
        stamp.touch()
    sys.path.insert(0, str(out))


_generate()
frame = importlib.import_module("ragd.v1.frame_pb2")
admin = importlib.import_module("ragd.v1.admin_pb2")
common = importlib.import_module("ragd.v1.common_pb2")
collections = importlib.import_module("ragd.v1.collections_pb2")
documents = importlib.import_module("ragd.v1.documents_pb2")
query = importlib.import_module("ragd.v1.query_pb2")
records = importlib.import_module("ragd.v1.records_pb2")


def handshake(protocol=PAIR0):
    return struct.pack(">4sHH", b"\0SP\0", protocol, 0)


class Closed(Exception):
    """The server ended the connection."""


class Raw:
    """A plain socket: SP by hand. url: ipc:///PATH or tcp://HOST:PORT."""

    def __init__(self, url, protocol=PAIR0):
        self.ipc = url.startswith("ipc://")
        if self.ipc:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(url.removeprefix("ipc://"))
        else:
            host, port = url.removeprefix("tcp://").rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)))
        self.socket.settimeout(WAIT_SECONDS)
        if protocol:
            self.write(handshake(protocol))
            answer = {PAIR0: PAIR0, REQ0: REP0}[protocol]
            assert self.read(8) == handshake(answer)

    def header(self, length):
        return (b"\1" if self.ipc else b"") + struct.pack(">Q", length)

    def write(self, data):
        self.socket.sendall(data)

    def read(self, n):
        data = b""
        while len(data) < n:
            piece = self.socket.recv(n - len(data))
            if not piece:
                raise Closed
            data += piece
        return data

    def send(self, message):
        self.write(self.header(len(message)) + message)

    def recv(self):
        if self.ipc:
            assert self.read(1) == b"\1"
        return self.read(struct.unpack(">Q", self.read(8))[0])

    def wait_closed(self):
        """Reads until the server has closed the connection."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Failed(Exception):
    """A call's End with an error."""

    def __init__(self, end):
        self.code = end.code
        self.end = end
        self.error = frame.Error.FromString(end.details)
        super().__init__(f"{end.code}: {end.message} ({self.error.code})")


class Session:
    """One PAIR0 peer's conversation."""

    def __init__(self, transport, token="", hello=True):
        self.transport = transport
        self.last_id = 0
        self.pending = {}  # call id -> frames not yet asked for
        if hello:
            self.send(frame.Frame(hello=frame.Hello(major=1, client="tests", token=token,
                                                    max_message=4 << 20)))
            self.ack = self.recv()
            assert self.ack.WhichOneof("kind") == "hello_ack", self.ack
            self.ack = self.ack.hello_ack

    def send(self, message):
        self.transport.send(message.SerializeToString())

    def recv(self):
        return frame.Frame.FromString(self.transport.recv())

    def call(self, method, body=None, **fields):
        """Starts a call; returns its id."""
        self.last_id += 1
        packed = body.SerializeToString() if body is not None else b""
        self.send(frame.Frame(call_id=self.last_id,
                              call=frame.Call(method=method, body=packed, **fields)))
        return self.last_id

    def data(self, call_id, seq, body=None, last=False):
        packed = body.SerializeToString() if body is not None else b""
        self.send(frame.Frame(call_id=call_id, data=frame.Data(seq=seq, body=packed, last=last)))

    def credit(self, call_id, messages):
        self.send(frame.Frame(call_id=call_id, credit=frame.Credit(messages=messages)))

    def cancel(self, call_id):
        self.send(frame.Frame(call_id=call_id, cancel=frame.Cancel(reason="test")))

    def next(self, call_id):
        """The next frame of a call; those of others wait for theirs."""
        waiting = self.pending.setdefault(call_id, [])
        while not waiting:
            got = self.recv()
            if got.WhichOneof("kind") == "ping":
                self.send(frame.Frame(pong=frame.Pong(nonce=got.ping.nonce)))
            else:
                self.pending.setdefault(got.call_id, []).append(got)
        return waiting.pop(0)

    def end(self, call_id):
        """The End of a call, which must be next and say OK."""
        got = self.next(call_id)
        assert got.WhichOneof("kind") == "end", got
        if got.end.code:
            raise Failed(got.end)
        return got.end

    def unary(self, method, body, answer, **fields):
        return answer.FromString(self.end(self.call(method, body, **fields)).body)

    def stream(self, call_id, answer, window=32):
        """The messages of a stream, giving credit as they are read."""
        expected = 0
        while True:
            got = self.next(call_id)
            if got.WhichOneof("kind") == "end":
                assert got.end.code or got.end.last_seq == expected
                if got.end.code:
                    raise Failed(got.end)
                return
            if got.WhichOneof("kind") == "credit":
                continue  # of an upload that is over
            assert got.WhichOneof("kind") == "data", got
            expected += 1
            assert got.data.seq == expected
            yield answer.FromString(got.data.body)
            if expected % window == 0:
                self.credit(call_id, window)

    def upload(self, call_id, pieces):
        """Sends pieces as the server gives credit, then closes our half."""
        credit, seq = 0, 0
        for piece in pieces:
            while credit == 0:
                got = self.next(call_id)
                assert got.WhichOneof("kind") == "credit", got
                credit += got.credit.messages
            seq += 1
            credit -= 1
            self.data(call_id, seq, piece)
        self.data(call_id, seq + 1, last=True)

    def state(self):
        return self.unary("ragd.v1.Health/Check", admin.HealthRequest(), admin.HealthReply).state


def request(transport, method, body, answer, **fields):
    """One unary call of a REQ0 socket that makes its own request id (pynng)."""
    message = frame.Frame(call_id=1, call=frame.Call(method=method, body=body.SerializeToString(),
                                                     **fields))
    transport.send(message.SerializeToString())
    got = frame.Frame.FromString(transport.recv())
    assert got.WhichOneof("kind") == "end", got
    if got.end.code:
        raise Failed(got.end)
    return answer.FromString(got.end.body)


def good_client(url, token=""):
    """A new client is served: what must hold after every attack."""
    with Raw(url) as raw:
        assert Session(raw, token).state()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descriptors(pid):
    return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


def wait_until(condition, what, seconds=WAIT_SECONDS):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


class RpcServer:
    """The daemon's front alone (tests/support/rpc_server.c)."""

    def __init__(self, url, token=None):
        self.url = url
        preset = os.environ.get("RAGD_PRESET", "dev")
        program = harness.ROOT / "build" / preset / "tests" / "rpc_server"
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, url, *([token] if token else [])],
                                        stdout=subprocess.PIPE, stderr=self.log)
        assert self.process.stdout.readline() == b"ready\n", self._log()

    def _log(self):
        self.log.seek(0)
        return self.log.read().decode()[-8000:]

    @property
    def pid(self):
        return self.process.pid

    def close(self):
        self.process.terminate()
        code = self.process.wait(60)
        self.process.stdout.close()
        assert code == 0, (code, self._log())
        self.log.close()
