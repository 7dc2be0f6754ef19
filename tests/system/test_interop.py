# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""nng and Go mangos hold the same conversation with the daemon's front."""

import hashlib

import pytest
from google.protobuf import descriptor_pb2

import peers
import wire
from wire import admin, query

TOKEN = "a token for the tests"
TALK = query.EmbedRequest


@pytest.fixture(scope="module", params=["ipc", "tcp"])
def front(request, tmp_path_factory):
    """The front on one transport, and the token that it asks for there."""
    if request.param == "ipc":
        server = wire.RpcServer(f"ipc://{tmp_path_factory.mktemp('f')}/s", TOKEN)
    else:
        server = wire.RpcServer(f"tcp://127.0.0.1:{wire.free_port()}", TOKEN)
    server.token = TOKEN if request.param == "tcp" else ""
    yield server
    server.close()


@pytest.fixture(params=sorted(peers.IMPLEMENTATIONS))
def make_peer(request, front):
    made = []

    def make(kind):
        made.append(peers.IMPLEMENTATIONS[request.param](kind, front.url))
        return made[-1]
    yield make
    for peer in made:
        peer.close()


@pytest.fixture
def session(make_peer, front):
    return wire.Session(make_peer("pair"), front.token)


def test_unary(session):
    reply = session.unary("test.Talk/Echo", TALK(texts=["湖", "see"]), admin.HealthReply)
    assert reply.state == "湖see"


def test_error_with_its_details(session):
    with pytest.raises(wire.Failed) as failure:
        session.unary("ragd.v1.Health/Chek", admin.HealthRequest(), admin.HealthReply)
    assert failure.value.code == wire.UNIMPLEMENTED
    assert failure.value.error.code == "unknown_method"
    assert "ragd.v1.Health/Check" in failure.value.error.hint


@pytest.mark.parametrize("window", [1, 3, 32])
def test_stream_down_in_order_under_credit(session, window):
    call = session.call("test.Talk/Count", TALK(embedder="xx"), credit=window)
    counts = [int(reply.state) for reply in session.stream(call, admin.HealthReply, window)]
    assert counts == list(range(2000, 0, -1))


def test_no_credit_no_data(session):
    call = session.call("test.Talk/Count", TALK(embedder="x"), credit=2)
    assert [session.next(call).data.seq for _ in range(2)] == [1, 2]
    assert session.state() == "ready"  # what comes next is not Data
    assert not session.pending[call]
    session.credit(call, 1)
    assert session.next(call).data.seq == 3


def test_upload(session):
    call = session.call("test.Talk/Sum")
    session.upload(call, (admin.HealthReply(state="x" * n) for n in (1, 0, 1 << 20, 7, 1000)))
    assert [r.state for r in session.stream(call, admin.HealthReply)] == [str((1 << 20) + 1008)]


def test_cancel(session):
    call = session.call("test.Talk/Count", TALK(embedder="x" * 100), credit=1)
    session.cancel(call)
    frames = [session.next(call), session.next(call)]
    assert frames[0].data.seq == 1
    assert frames[1].end.code == wire.CANCELLED
    assert session.state() == "ready"


def test_deadline(session):
    call = session.call("ragd.v1.Health/Watch", admin.HealthRequest(), timeout_ms=30)
    with pytest.raises(wire.Failed) as failure:
        list(session.stream(call, admin.HealthReply))
    assert failure.value.code == wire.DEADLINE


def test_calls_side_by_side(session):
    calls = [session.call("test.Talk/Count", TALK(embedder="x")) for _ in range(20)]
    for call in reversed(calls):
        assert len(list(session.stream(call, admin.HealthReply))) == 1000


def test_reflection_describes_the_services(session):
    reply = session.unary("ragd.v1.Reflection/Schema", admin.SchemaRequest(), admin.SchemaReply)
    assert reply.sha256 == session.ack.schema_sha256
    assert hashlib.sha256(reply.file_descriptor_set).digest() == reply.sha256
    files = descriptor_pb2.FileDescriptorSet.FromString(reply.file_descriptor_set)
    services = {service.name for file in files.file for service in file.service}
    assert {"Documents", "Query", "Health", "Reflection"} <= services


def test_request_socket_calls_what_only_reads(make_peer, front):
    metadata = {"token": front.token} if front.token else {}
    socket = make_peer("req")
    for _ in range(3):
        reply = wire.request(socket, "test.Talk/Echo", TALK(texts=["q"]), admin.HealthReply,
                             metadata=metadata)
        assert reply.state == "q"
    with pytest.raises(wire.Failed) as failure:
        wire.request(socket, "test.Talk/Sum", TALK(), admin.HealthReply, metadata=metadata)
    assert failure.value.error.code == "unsupported"
