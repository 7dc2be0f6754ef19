# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""The engine behind the real daemon and its plugins: what is added is found, asked
about, kept and counted, over the wire alone."""

import hashlib
import pathlib
import random
import re

import numpy
import pytest
import wire
from wire import admin, collections, common, documents, query, records



@pytest.fixture
def session(daemon):
    with wire.Raw(daemon.url) as raw:
        yield wire.Session(raw)


def add(session, texts, collection="", **start):
    """Adds {source: bytes}; {source: SourceResult} and the totals."""
    sources = sorted(texts)
    call = session.call("ragd.v1.Documents/Add",
                        documents.AddStart(collection=collection, **start), credit=1000)
    pieces = [documents.AddPiece(announce=documents.Announce(
        index=i, source=name, name=name, size=len(texts[name]),
        sha256=hashlib.sha256(texts[name]).digest())) for i, name in enumerate(sources)]
    credit = seq = wanted = 0
    results, totals, ended = {}, None, False
    while True:
        while credit and pieces:
            seq, credit = seq + 1, credit - 1
            session.data(call, seq, pieces.pop(0))
        if not pieces and not ended and len(results) == len(sources):
            session.data(call, seq + 1, last=True)
            ended = True
        got = session.next(call)
        if got.WhichOneof("kind") == "credit":
            credit += got.credit.messages
            continue
        if got.WhichOneof("kind") == "end":
            if got.end.code:
                raise wire.Failed(got.end)
            return results, totals, wanted
        event = documents.AddEvent.FromString(got.data.body)
        kind = event.WhichOneof("kind")
        if kind == "want":
            wanted += 1
            index = event.want.index
            pieces.append(documents.AddPiece(content=documents.Content(
                index=index, bytes=texts[sources[index]], last=True)))
        elif kind == "result":
            results[event.result.source] = event.result
        elif kind == "totals":
            totals = event.totals


def search(session, text, **fields):
    call = session.call("ragd.v1.Query/Search", query.SearchRequest(
        queries=[query.QueryInput(text=text)], include=common.Include(text=True, metadata=True),
        **fields))
    hits = []
    for reply in session.stream(call, query.SearchReply):
        hits += reply.hits.hits
    return hits


def ask(session, question, **fields):
    call = session.call("ragd.v1.Query/Ask", query.AskRequest(question=question, **fields))
    return list(session.stream(call, query.AskEvent))


def verify(session):
    call = session.call("ragd.v1.Admin/Verify", admin.VerifyRequest())
    reports = list(session.stream(call, admin.VerifyReply))
    return [problem for report in reports for problem in report.problems]


TEXTS = {
    "file:///d/clock.md": b"# Clocks\n\nA pendulum clock keeps time by a swinging weight.\n\n"
                          b"## Quartz\n\nA quartz clock counts the oscillations of a crystal.\n",
    "file:///d/samoa.txt": b"Samoa skipped a day in December 2011 when it moved across the date line.\n",
    "file:///d/jp.txt": "漏刻は水の流れで時を計る時計である。".encode(),
    "file:///d/de.txt": "Der Sekundenzeiger läuft gleichmäßig über das Zifferblatt.\n".encode(),
}


def test_what_is_added_is_found_and_asked(daemon, session):
    results, totals, wanted = add(session, TEXTS)
    assert wanted == len(TEXTS) and totals.added == len(TEXTS), results
    assert search(session, "quartz crystal")[0].chunk.source == "file:///d/clock.md"
    assert search(session, "時計")[0].chunk.source == "file:///d/jp.txt"
    assert search(session, "Zifferblatt")[0].chunk.source == "file:///d/de.txt"
    events = ask(session, "When did Samoa skip a day?")
    kinds = [event.WhichOneof("kind") for event in events]
    assert kinds[0] == "head" and kinds[1] == "hits" and kinds[-1] == "end"
    answer = "".join(event.token for event in events)
    assert "December 2011" in answer
    assert events[-1].end.answered
    assert all(c.verified and c.chunk for c in events[-1].end.citations)
    assert events[-1].end.citations
    assert not verify(session)


def test_an_unchanged_source_is_neither_sent_nor_written(daemon, session):
    session.unary("ragd.v1.Collections/Create",
                  collections.CollectionSettings(name="papers", embedder="hash"),
                  collections.CollectionInfo)
    _, totals, _ = add(session, TEXTS, "papers")
    assert totals.embedded == totals.chunks

    def sequence():
        return session.unary("ragd.v1.Collections/Describe",
                             collections.CollectionRequest(name="papers"),
                             collections.CollectionInfo).sequence

    before = sequence()
    _, totals, wanted = add(session, TEXTS, "papers")
    assert wanted == 0 and totals.unchanged == len(TEXTS) and totals.embedded == 0
    assert sequence() == before
    changed = dict(TEXTS)
    changed["file:///d/samoa.txt"] += b"It changed.\n"
    _, totals, wanted = add(session, changed, "papers")
    assert wanted == 1 and totals.updated == 1 and totals.embedded == 1
    assert not verify(session)


def test_all_of_it_is_there_after_a_kill(daemon):
    with wire.Raw(daemon.url) as raw:
        add(wire.Session(raw), TEXTS)
    daemon.kill()
    daemon.start()
    with wire.Raw(daemon.url) as raw:
        session = wire.Session(raw)
        assert not verify(session)
        _, totals, wanted = add(session, TEXTS)
        assert wanted == 0 and totals.unchanged == len(TEXTS)


@pytest.mark.parametrize("metric", ["L2", "COSINE", "IP"])
def test_distances_are_those_of_doubles(daemon, session, metric):
    dim, n, k = 16, 2000, 50
    number = common.Metric.Value(f"METRIC_{metric}")
    session.unary("ragd.v1.Collections/Create",
                  collections.CollectionSettings(name="vectors", embedder="none", dim=dim,
                                                 metric=number), collections.CollectionInfo)
    rng = numpy.random.default_rng(7)
    vectors = rng.normal(size=(n, dim)).astype(numpy.float32)
    vectors[n // 2:n // 2 + 10] = vectors[:10]  # ties
    for start in range(0, n, 500):
        session.unary("ragd.v1.Records/Upsert", records.RecordsUpsertRequest(
            collection="vectors", records=[
                records.Record(id=f"r{i}", vector=vectors[i].tolist())
                for i in range(start, start + 500)]), records.RecordsUpsertReply)
    asked = vectors[3].astype(numpy.float64) + 0.25
    wide = vectors.astype(numpy.float64)
    dots = wide @ asked
    if metric == "L2":
        want = ((wide - asked) ** 2).sum(axis=1)
    elif metric == "IP":
        want = 1 - dots
    else:
        want = 1 - dots / (numpy.linalg.norm(wide, axis=1) * numpy.linalg.norm(asked))
    call = session.call("ragd.v1.Query/Search", query.SearchRequest(
        collection="vectors", k=k, queries=[query.QueryInput(vector=asked.tolist())]))
    hits = [hit for reply in session.stream(call, query.SearchReply) for hit in reply.hits.hits]
    order = sorted(range(n), key=lambda i: (round(want[i], 12), i))[:k]
    assert [hit.chunk.id for hit in hits] == [f"r{i}" for i in order]
    for hit, i in zip(hits, order):
        got = [s.value for s in hit.scores if s.kind == query.SCORE_KIND_DISTANCE]
        assert abs(got[0] - want[i]) <= 1e-12 * max(1, abs(want[i]))


def test_random_changes_leave_nothing_behind(daemon, session):
    rng = random.Random(11)
    words = [f"word{i}" for i in range(50)]
    stored = {}
    for _ in range(60):
        name = f"file:///r/{rng.randrange(12)}.txt"
        if rng.random() < 0.25 and name in stored:
            del stored[name]
            session.unary("ragd.v1.Documents/Remove",
                          documents.DocumentsRemoveRequest(ids=[name]),
                          documents.DocumentsRemoveReply)
        else:
            stored[name] = " ".join(rng.choices(words, k=rng.randrange(1, 400))).encode()
            add(session, {name: stored[name]})
    assert not verify(session)
    _, totals, wanted = add(session, stored)
    assert wanted == 0 and totals.unchanged == len(stored)


def most_memory(daemon):
    """KiB of addresses that it had at the most."""
    said = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^VmPeak:\s+(\d+) kB$", said, re.MULTILINE).group(1))


def test_short_texts_in_parts_reserve_no_room_for_long_ones(daemon, session):
    """A document's text may come in parts up to 32 MiB; here are 2000 of two bytes."""
    before = most_memory(daemon)
    item = collections.ImportItem
    parts = [part for i in range(2000)
             for part in (item(document=common.Document(id=f"d{i}", source="s", text="a")),
                          item(more_text="b"))]
    start = collections.ImportStart(collection="own",
                                    settings=collections.CollectionSettings(name="own"))
    call = session.call("ragd.v1.Collections/Import", start, credit=32)
    while session.next(call).WhichOneof("kind") != "credit":
        pass
    session.data(call, 1, collections.ImportPiece(items=parts), last=True)
    with pytest.raises(wire.Failed, match="no manifest names document 'd0'"):
        list(session.stream(call, collections.ImportEvent))
    assert most_memory(daemon) - before < 1 << 20
