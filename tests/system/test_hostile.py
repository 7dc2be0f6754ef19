# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Peers that break the protocol: the next one is served, nothing is left behind."""

import os
import random
import resource
import struct

import pytest

import harness
import wire
from wire import Raw, Session, admin, frame

ROUNDS = 10000 if harness.is_long() else 300
SEED = 4711


@pytest.fixture(scope="module", params=["ipc", "tcp"])
def front(request, tmp_path_factory):
    if request.param == "ipc":
        server = wire.RpcServer(f"ipc://{tmp_path_factory.mktemp('f')}/s", "token")
    else:
        server = wire.RpcServer(f"tcp://127.0.0.1:{wire.free_port()}", "token")
    server.token = "token"
    wire.good_client(server.url, "token")
    yield server
    server.close()


@pytest.fixture(autouse=True)
def back_to_normal(front):
    """After the test: a good client is served and the descriptors are as before."""
    before = wire.descriptors(front.pid)
    yield
    wire.good_client(front.url, front.token)
    wire.wait_until(lambda: wire.descriptors(front.pid) <= before, "descriptors were leaked")


def a_conversation(raw, token):
    """The bytes of a good client: handshake, Hello, a call."""
    hello = frame.Frame(hello=frame.Hello(major=1, token=token)).SerializeToString()
    call = frame.Frame(call_id=1, call=frame.Call(method="ragd.v1.Health/Check"))
    call = call.SerializeToString()
    return (wire.handshake() + raw.header(len(hello)) + hello
            + raw.header(len(call)) + call)


def test_gone_at_each_byte(front):
    """Connects and leaves after 0, 1, 2 ... bytes of a good conversation."""
    with Raw(front.url, None) as raw:
        stream = a_conversation(raw, front.token)
    rounds = 0
    while rounds < ROUNDS:
        for cut in range(len(stream) + 1):
            with Raw(front.url, None) as raw:
                raw.write(stream[:cut])
            rounds += 1
        wire.good_client(front.url, front.token)


def test_reset_at_each_byte(front):
    """The same, gone with a reset where the transport has one."""
    with Raw(front.url, None) as raw:
        stream = a_conversation(raw, front.token)
    for cut in range(len(stream) + 1):
        raw = Raw(front.url, None)
        if not raw.ipc:
            raw.socket.setsockopt(wire.socket.SOL_SOCKET, wire.socket.SO_LINGER,
                                  struct.pack("ii", 1, 0))
        raw.write(stream[:cut])
        raw.close()


def test_bytes_one_at_a_time_are_as_good(front):
    with Raw(front.url, None) as raw:
        for byte in a_conversation(raw, front.token):
            raw.write(bytes([byte]))
        assert raw.read(8) == wire.handshake()
        assert frame.Frame.FromString(raw.recv()).hello_ack.major == 1
        assert frame.Frame.FromString(raw.recv()).end.code == 0


@pytest.mark.parametrize("claim", [(4 << 20) + 1, 1 << 30, 1 << 40, (1 << 63) + 5, (1 << 64) - 1])
def test_a_claim_above_the_limit_is_closed_without_memory(front, claim):
    before = rss(front.pid)
    with Raw(front.url) as raw:
        Session(raw, front.token)
        raw.write(raw.header(claim))
        raw.wait_closed()
    assert_grown_less(front.pid, before, 8 << 20)


def test_a_claim_at_the_limit_costs_what_arrives(front):
    before = rss(front.pid)
    peers = []
    for _ in range(50):
        raw = Raw(front.url)
        Session(raw, front.token)
        raw.write(raw.header(4 << 20) + b"\0" * 100)
        peers.append(raw)
    wire.good_client(front.url, front.token)
    assert_grown_less(front.pid, before, 16 << 20)
    for raw in peers:
        raw.close()


def test_a_first_message_has_a_smaller_limit(front):
    with Raw(front.url) as raw:
        raw.write(raw.header((64 << 10) + 1))
        raw.wait_closed()


@pytest.mark.parametrize("junk", [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"\0SP\0\0\x11\0\0",
    b"\0SP\0\0\x20\0\0", b"\0SP\0\0\x10\0\1", b"\0SP\1\0\x10\0\0", b"\xff" * 64, b"\n",
])
def test_what_is_no_pair_is_closed(front, junk):
    with Raw(front.url, None) as raw:
        raw.write(junk)
        raw.wait_closed()


def test_garbage_after_a_good_handshake(front):
    chance = random.Random(SEED)
    for _ in range(100):
        with Raw(front.url) as raw:
            raw.send(chance.randbytes(chance.randrange(1, 400)))
            raw.wait_closed()


def test_garbage_in_the_middle_of_a_session(front):
    chance = random.Random(SEED)
    for _ in range(100):
        with Raw(front.url) as raw:
            session = Session(raw, front.token)
            call = frame.Frame(call_id=1, call=frame.Call(method="ragd.v1.Health/Check",
                                                          metadata={"a": "b"}))
            bent = bytearray(call.SerializeToString())
            for _ in range(chance.randrange(1, 4)):
                bent[chance.randrange(len(bent))] = chance.randrange(256)
            raw.send(bytes(bent))
            try:
                session.send(frame.Frame(ping=frame.Ping(nonce=5)))
                while session.recv().WhichOneof("kind") != "pong":
                    pass
            except (wire.Closed, BrokenPipeError, ConnectionResetError):
                pass


def test_an_ipc_message_of_another_type_is_closed(front):
    with Raw(front.url) as raw:
        if not raw.ipc:
            pytest.skip("tcp has no message types")
        raw.write(b"\2" + b"\0" * 8)
        raw.wait_closed()


def test_an_unread_pile_of_answers_holds_back_its_peer_alone(front):
    """Who reads no answers is no longer read either."""
    before = rss(front.pid)
    padding = {"padding": "x" * 10000}  # more than the kernel takes on its own
    with Raw(front.url) as raw:
        session = Session(raw, front.token)
        raw.socket.settimeout(0.5)
        sent = 0
        try:
            while sent < 20000:
                session.call("ragd.v1.Reflection/Schema", metadata=padding)
                sent += 1
        except TimeoutError:
            pass
        assert sent < 20000, "the server reads on without end"
        assert_grown_less(front.pid, before, 16 << 20)
        wire.good_client(front.url, front.token)


def test_the_65th_open_call_is_refused(front):
    with Raw(front.url) as raw:
        session = Session(raw, front.token)
        calls = [session.call("ragd.v1.Health/Watch") for _ in range(65)]
        with pytest.raises(wire.Failed) as failure:
            session.end(calls[-1])
        assert failure.value.code == wire.EXHAUSTED
        assert failure.value.error.category == "LIMIT"
        session.cancel(calls[0])
        assert session.state() == "ready"


def test_a_nest_of_empty_messages_is_refused(front):
    """4 MiB that would become hundreds once decoded."""
    before = rss(front.pid)
    with Raw(front.url) as raw:
        session = Session(raw, front.token)
        body = b"\x1a\0" * ((4 << 20) // 2 - 100)  # EmbedRequest.texts, empty ones
        raw.send(frame.Frame(call_id=1, call=frame.Call(method="test.Talk/Echo", body=body))
                 .SerializeToString())
        with pytest.raises(wire.Failed) as failure:
            session.end(1)
        assert failure.value.error.code == "limit_exceeded"
    assert_grown_less(front.pid, before, 72 << 20)


def test_many_connections_come_and_go(front):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    try:
        crowd = [Raw(front.url) for _ in range(500)]
        for raw in crowd:
            assert Session(raw, front.token).state() == "ready"
        for raw in crowd:
            raw.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def assert_grown_less(pid, before, most):
    """Memory by the kernel's word; a sanitizer keeps what was freed."""
    if os.environ.get("RAGD_PRESET", "dev") in ("dev", "release"):
        assert rss(pid) - before < most


def rss(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
