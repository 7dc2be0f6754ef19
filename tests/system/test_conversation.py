# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""nng, Go mangos and the C client library talk with the real daemon.

Each on ipc and on tcp: unary, upload, stream down, cancel, deadline.
"""

import hashlib
import os
import subprocess

import pytest

import harness
import peers
import wire
from uploads import Add
from wire import admin, collections, common, documents, query, records

ADDED, UPDATED, UNCHANGED, REMOVED, FAILED = 1, 2, 3, 4, 5


@pytest.fixture(scope="module")
def served():
    """One daemon on both transports: {name: (url, token)}."""
    port = wire.free_port()
    daemon = harness.Daemon(config=f"listen: [tcp://127.0.0.1:{port}]\n").start()
    token = daemon.site.socket.with_name("ragd.sock.token").read_text(encoding="ascii").strip()
    yield {"ipc": (daemon.url, ""), "tcp": (f"tcp://127.0.0.1:{port}", token)}
    daemon.close()


@pytest.fixture(params=["ipc", "tcp"])
def address(request, served):
    return served[request.param]


@pytest.fixture(params=sorted(peers.IMPLEMENTATIONS))
def session(request, address):
    url, token = address
    peer = peers.IMPLEMENTATIONS[request.param]("pair", url)
    yield wire.Session(peer, token)
    peer.close()


@pytest.fixture
def collection(session, request):
    """A collection of the test's own."""
    name = "t" + hashlib.sha1(request.node.nodeid.encode()).hexdigest()[:20]
    session.unary("ragd.v1.Collections/Create", collections.CollectionSettings(name=name),
                  collections.CollectionInfo)
    yield name
    session.unary("ragd.v1.Collections/Remove", collections.CollectionRequest(name=name),
                  collections.CollectionInfo)


def down(session, method, body, answer, **fields):
    return list(session.stream(session.call(f"ragd.v1.{method}", body, **fields), answer))


def test_unary(session):
    status = session.unary("ragd.v1.Admin/Status", admin.StatusRequest(), admin.StatusReply)
    assert status.state in ("ready", "degraded")
    assert status.boot_id == session.ack.boot_id


def test_upload_then_search_then_ask(session, collection):
    sources = {"file:///lake.md": b"# Lake\n\nThe lake is 251 metres deep.\n",
               "file:///cats.txt": "Katzen schlafen am Tag. 猫は昼に眠る。".encode(),
               "file:///long.txt": b"".join(b"Line %d of a long text.\n\n" % i
                                            for i in range(100000))}
    add = Add(session, sources, collection=collection).run()
    assert {r.source: r.status for r in add.of("result")} == dict.fromkeys(sources, ADDED)
    assert len(add.of("want")) == 3

    again = Add(session, sources, collection=collection).run()
    assert again.totals.unchanged == 3
    assert not again.of("want")

    body = query.SearchRequest(collection=collection, k=2,
                               queries=[query.QueryInput(text="how deep is the lake"),
                                        query.QueryInput(text="猫")],
                               include=common.Include(text=True))
    replies = down(session, "Query/Search", body, query.SearchReply)
    assert [(r.query, r.WhichOneof("kind")) for r in replies] == [
        (q, kind) for q in (0, 1) for kind in ("head", "hits", "tail")]
    assert replies[1].hits.hits[0].chunk.source == "file:///lake.md"
    assert replies[4].hits.hits[0].chunk.source == "file:///cats.txt"

    ask = query.AskRequest(collection=collection, question="How deep is the lake?")
    events = down(session, "Query/Ask", ask, query.AskEvent)
    kinds = [event.WhichOneof("kind") for event in events]
    assert kinds[:2] == ["head", "hits"]
    assert kinds[-1] == "end"
    assert "251 metres" in "".join(e.token for e in events if e.WhichOneof("kind") == "token")
    assert events[-1].end.answered


def test_a_long_text_comes_back_in_pieces(session, collection):
    text = "".join(f"Zeile {i}: Wasser und Wörter, 湖.\n\n" for i in range(120000))
    Add(session, {"file:///long.txt": text.encode()}, collection=collection).run()
    request = documents.DocumentsGetRequest(collection=collection, id="file:///long.txt",
                                            include=common.Include(text=True))
    replies = down(session, "Documents/Get", request, documents.DocumentsGetReply)
    assert len(replies) > 3
    got = replies[0].document.text + "".join(reply.more_text for reply in replies[1:])
    assert len(got) == len(text)
    assert got == text, "another text"  # too long to be shown


def test_a_source_that_is_not_what_was_announced_fails_alone(session, collection):
    sources = {"file:///good.txt": b"a good text", "file:///bad.txt": b"one text"}
    add = Add(session, sources, collection=collection)
    add.sources[1] = ("file:///bad.txt", b"or other")  # of the same size
    add.run()
    results = {r.source: r for r in add.of("result")}
    assert results["file:///good.txt"].status == ADDED
    assert results["file:///bad.txt"].error.code == "changed_during_read"


def test_a_client_that_goes_away_leaves_whole_sources(address):
    """Bytes that have all come are finished, the others are not begun."""
    url, token = address
    name = "gone-" + ("tcp" if token else "ipc")
    with wire.Raw(url) as raw:
        session = wire.Session(raw, token)
        session.unary("ragd.v1.Collections/Create", collections.CollectionSettings(name=name),
                      collections.CollectionInfo)
        sources = {"file:///whole.txt": b"whole " * 20, "file:///half.txt": b"half " * 20}
        add = Add(session, sources, collection=name)
        add.contents = lambda index, full=add.contents: full(index) if index == 0 else []
        add.settled = -1  # its half stays open
        while "file:///whole.txt" not in {r.source for r in add.of("result")}:
            add._send()
            got = session.next(add.call)
            if got.WhichOneof("kind") == "credit":
                add.credit += got.credit.messages
            else:
                add._event(documents.AddEvent.FromString(got.data.body))
    with wire.Raw(url) as raw:
        session = wire.Session(raw, token)
        listing = documents.DocumentsListRequest(collection=name)
        got = down(session, "Documents/List", listing, documents.DocumentsListReply)
        assert [doc.id for reply in got for doc in reply.documents] == ["file:///whole.txt"]


def test_stream_down_under_credit(session, collection):
    text = b"".join(b"Line %d of a long text about nothing.\n\n" % i for i in range(60000))
    Add(session, {"file:///long.txt": text}, collection=collection).run()
    listing = documents.DocumentsListRequest(collection=collection, chunks=True,
                                             include=common.Include(text=True))
    call = session.call("ragd.v1.Documents/List", listing, credit=1)
    replies = list(session.stream(call, documents.DocumentsListReply, window=1))
    assert len(replies) > 2
    ordinals = [chunk.ordinal for reply in replies for chunk in reply.chunks]
    assert ordinals == list(range(len(ordinals)))
    info = session.unary("ragd.v1.Collections/Describe",
                         collections.CollectionRequest(name=collection),
                         collections.CollectionInfo)
    assert len(ordinals) == info.chunks


def test_cancel(session, collection):
    text = b"".join(b"Line %d of a long text about nothing.\n\n" % i for i in range(60000))
    Add(session, {"file:///long.txt": text}, collection=collection).run()
    listing = documents.DocumentsListRequest(collection=collection, chunks=True,
                                             include=common.Include(text=True))
    call = session.call("ragd.v1.Documents/List", listing, credit=1)
    assert session.next(call).data.seq == 1
    session.cancel(call)
    assert session.next(call).end.code == wire.CANCELLED
    assert session.state()


def test_deadline(session):
    with pytest.raises(wire.Failed) as failure:
        down(session, "Health/Watch", admin.HealthRequest(), admin.HealthReply, timeout_ms=30)
    assert failure.value.code == wire.DEADLINE


def test_records_of_a_callers_own(session, collection):
    """Upsert, count, get, search and remove through a collection without an embedder."""
    name = collection + "-v"
    session.unary("ragd.v1.Collections/Create",
                  collections.CollectionSettings(name=name, embedder="none", dim=2),
                  collections.CollectionInfo)
    items = [records.Record(id=f"r{i}", text=f"text {i}", vector=[i, 1],
                            metadata=[common.Entry(key="n", value=common.Value(
                                scalar=common.Scalar(integer=i)))]) for i in range(5)]
    done = session.unary("ragd.v1.Records/Upsert",
                         records.RecordsUpsertRequest(collection=name, records=items),
                         records.RecordsUpsertReply)
    assert (done.inserted, done.updated) == (5, 0)
    at_least_3 = common.Filter(nodes=[common.FilterNode(
        op=common.FILTER_OP_GE, field="n",
        value=common.Value(scalar=common.Scalar(integer=3)))])
    count = session.unary("ragd.v1.Records/Count",
                          records.RecordsCountRequest(collection=name, filter=at_least_3),
                          records.RecordsCountReply)
    assert count.count == 2
    body = query.SearchRequest(collection=name, k=2, filter=at_least_3,
                               queries=[query.QueryInput(vector=[0, 1])],
                               include=common.Include(vector=True))
    hits = down(session, "Query/Search", body, query.SearchReply)[1].hits.hits
    assert [(h.chunk.id, h.scores[0].value) for h in hits] == [("r3", 9.0), ("r4", 16.0)]
    assert list(hits[0].chunk.vector) == [3, 1]
    gone = session.unary("ragd.v1.Records/Remove",
                         records.RecordsRemoveRequest(collection=name, ids=["r0", "none"]),
                         records.RecordsRemoveReply)
    assert gone.removed == 1
    session.unary("ragd.v1.Collections/Remove", collections.CollectionRequest(name=name),
                  collections.CollectionInfo)


def test_errors_name_the_object(session):
    with pytest.raises(wire.Failed) as failure:
        session.unary("ragd.v1.Collections/Describe",
                      collections.CollectionRequest(name="nowhere"), collections.CollectionInfo)
    assert failure.value.error.code == "no_such_collection"
    assert "nowhere" in failure.value.error.message
    assert failure.value.error.exit == 6


def test_a_bad_filter_is_told_with_its_node(session, collection):
    bad = common.Filter(nodes=[common.FilterNode(op=common.FILTER_OP_AND, args=2),
                               common.FilterNode(op=common.FILTER_OP_EQ, field="a")])
    with pytest.raises(wire.Failed) as failure:
        session.unary("ragd.v1.Records/Count",
                      records.RecordsCountRequest(collection=collection, filter=bad),
                      records.RecordsCountReply)
    assert failure.value.error.code == "invalid_request"
    assert "filter" in failure.value.error.message


def test_the_c_library(address):
    url, token = address
    source = "file:///talk-" + ("tcp" if token else "ipc") + ".txt"
    text = "zanzibar pelican orchestra " + source.rsplit("-", 1)[-1]
    digest = hashlib.sha256(text.encode()).hexdigest()
    preset = os.environ.get("RAGD_PRESET", "dev")
    program = harness.ROOT / "build" / preset / "tests" / "client_talk"
    run = subprocess.run([program, url, token, source, digest, text],
                         capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout == "ok\n"
