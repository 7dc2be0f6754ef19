# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Limits bind what comes in, name themselves, and leave alone what is stored."""

import json

import pytest

import uploads
import wire

LOWER = """limits:
  document_raw: 1000
  document_text: 1000
  metadata: 60
  metadata_keys: 1
  blocks: 64
  manifest: 64
  chunks: 2
  documents: 1
  query_text: 100
  records: 1
"""


def test_lower_limits_leave_what_is_stored_readable(daemon):
    text = "The harbour of Bremerhaven is deep. " * 2000
    path = daemon.write("long.txt", text)
    daemon.rag("add", path, "--meta", "author=" + "A" * 100, "--meta", "year=1990").ok()
    record = {"id": "r", "text": text, "embedding": [1, 2], "metadata": {"a": "x" * 100, "b": 1}}
    daemon.rag("collection", "import", "--create", "own", "-", "--embedder", "none", "--dim", "2",
               input=json.dumps(record) + "\n").ok()
    before = [daemon.rag("collection", "export", name).ok().out for name in ("default", "own")]
    daemon.configure(LOWER)
    daemon.restart()
    assert len(daemon.json("ls", "default")["documents"]) == 1
    assert len(daemon.json("ls", "default", "--chunks")["chunks"]) > 2
    assert daemon.json("get", path)["text"] == text
    assert daemon.json("get", "-c", "own", "r")["text"] == text
    assert [daemon.rag("collection", "export", name).ok().out
            for name in ("default", "own")] == before
    assert daemon.json("verify")["ok"]
    assert daemon.json("search", "harbour")["results"]
    assert daemon.json("ask", "Which harbour is deep?")["sources"]
    daemon.rag("rm", "--yes", path).ok()


def test_a_document_over_a_limit_names_size_limit_and_setting(make_daemon):
    daemon = make_daemon(config="limits: {document_text: 100, metadata_keys: 2}\n").start()
    for name in ("a.txt", "a.md"):
        path = daemon.write(name, "harbour " * 100)
        failed = daemon.rag("add", path, "--json").failed(1).json()["sources"][0]["error"]
        for part in ("800", "limits.document_text", "100"):
            assert part in failed["message"], failed
    path = daemon.write("b.txt", "harbour")
    failed = daemon.rag("add", path, "--meta", "a=1", "--meta", "b=2", "--meta", "c=3",
                        "--json")
    assert "3 keys, limits.metadata_keys is 2" in failed.out + failed.err, failed


def test_a_dimension_over_the_limit_is_refused(daemon):
    for dim, code in (65536, 0), (65537, 2):
        daemon.rag("collection", "create", f"d{dim}", "--embedder", "none", "--dim",
                   dim).failed(code)


def test_a_query_over_a_limit_is_a_usage_error(daemon):
    daemon.rag("add", daemon.write("a.txt", "The harbour is deep.")).ok()
    for command in ("search", "ask"):
        daemon.rag(command, "harbour", "-k", "0").failed(2)
        assert "limits.k is 1000" in daemon.rag(command, "harbour", "-k", "1001").failed(2).err
        long = daemon.rag(command, "harbour " * 9000).failed(2)
        assert "limits.query_text is 65536" in long.err


def test_what_a_command_asks_too_much_of_is_a_usage_error(make_daemon):
    config = "limits: {filter_nodes: 4, queries: 2, metadata: 100, metadata_keys: 2}\n"
    daemon = make_daemon(config=config).start()
    path = daemon.write("a.txt", "The harbour is deep.")
    daemon.rag("add", path).ok()
    for args, said in (
            (("search", "x", "--where", " or ".join(["a = 1"] * 4)), "limits.filter_nodes is 4"),
            (("ask", "x", "--where", " or ".join(["a = 1"] * 4)), "limits.filter_nodes is 4"),
            (("add", path, "--meta", "a=" + "x" * 100), "limits.metadata is 100"),
            (("add", path, "--meta", "a=1", "--meta", "b=1", "--meta", "c=1"),
             "limits.metadata_keys is 2"),
            (("add", path, "--chunk", "20000000/0"), "chunk size")):
        refused = daemon.rag(*args).failed(2)
        assert said in " ".join(refused.err.split()), refused
        assert daemon.rag(*args, "--json").failed(2).error()["code"] == "invalid_request"


def test_a_vector_over_the_bound_is_refused_with_it(daemon):
    wide = wire.query.SearchRequest(queries=[wire.query.QueryInput(vector=[0.5] * 65537)])
    daemon.rag("add", daemon.write("a.txt", "The harbour is deep.")).ok()
    with wire.Raw(daemon.url) as raw:
        with pytest.raises(wire.Failed, match="65537 numbers, the most is 65536") as refused:
            wire.Session(raw).unary("ragd.v1.Query/Search", wide, wire.query.SearchReply)
    assert refused.value.error.code == "invalid_request"
    daemon.write("wide.json", json.dumps([0.5] * 65537))
    assert "1 to 65536 numbers" in daemon.rag("search", "--vector", "@wide.json").failed(2).err


def test_a_text_in_parts_over_a_limit_names_size_limit_and_setting(make_daemon):
    daemon = make_daemon(config="limits: {document_text: 100}\n").start()
    daemon.rag("collection", "create", "own").ok()
    item = wire.collections.ImportItem
    parts = [item(document=wire.common.Document(id="d", source="s", text="a" * 60)),
             item(more_text="b" * 60)]
    with wire.Raw(daemon.url) as raw:
        session = wire.Session(raw)
        call = session.call("ragd.v1.Collections/Import",
                            wire.collections.ImportStart(collection="own"), credit=32)
        while session.next(call).WhichOneof("kind") != "credit":
            pass
        session.data(call, 1, wire.collections.ImportPiece(items=parts), last=True)
        with pytest.raises(wire.Failed, match="120 or more bytes, limits.document_text is 100"):
            list(session.stream(call, wire.collections.ImportEvent))


@pytest.mark.parametrize("hello, said", [
    (False, "at most 65536 are taken, the most before a Hello"),
    (True, "at most 100000 are taken, limits.message"),
])
def test_a_message_that_is_too_large_is_logged_with_its_bound(make_daemon, hello, said):
    daemon = make_daemon(config="limits: {message: 100000}\n").start()
    with wire.Raw(daemon.url) as raw:
        if hello:
            wire.Session(raw)
        raw.write(raw.header(100001))
        raw.wait_closed()
    assert said in daemon.log()


def test_the_depth_of_a_condition_is_the_daemons_to_judge(make_daemon):
    daemon = make_daemon(config="limits: {depth: 60}\n").start()
    daemon.rag("add", daemon.write("a.txt", "The harbour is deep.")).ok()
    daemon.rag("search", "harbour", "--where", "(" * 100 + "a = 1" + ")" * 100).ok()
    daemon.rag("search", "harbour", "--where", "not " * 50 + "a = 1").ok()
    deep = daemon.rag("search", "harbour", "--where", "not " * 70 + "a = 1").failed(2)
    assert "limits.depth, which is 60" in deep.err, deep


def ends(run, text):
    """The call ends for its caller, which is told why and what to try."""
    with pytest.raises(wire.Failed, match=f"{text} for 1000 ms, limits.stream_idle") as failed:
        run()
    assert (failed.value.error.code, failed.value.code) == ("limit_exceeded", wire.EXHAUSTED)
    assert "try again" in failed.value.error.hint


@pytest.fixture
def impatient(make_daemon):
    """Waits a second for its callers; one upload at a time."""
    return make_daemon(config="limits: {stream_idle: 1s, spool: 1000}\n").start()


def test_an_import_whose_caller_brings_nothing_ends(impatient):
    """What it held is free: the next one has its turn."""
    impatient.rag("collection", "create", "own").ok()
    with wire.Raw(impatient.url) as raw:
        session = wire.Session(raw)
        call = session.call("ragd.v1.Collections/Import",
                            wire.collections.ImportStart(collection="own"), credit=32)
        ends(lambda: list(session.stream(call, wire.collections.ImportEvent)), "nothing came")
        impatient.rag("collection", "import", "own", "-",
                      input='{"id": "a", "text": "b"}\n').ok()


class Idle(uploads.Add):
    """Announces its second source once the first is stored, and never brings it."""

    def __init__(self, session, sources, when_asked):
        super().__init__(session, sources)
        self.later = self.queue.pop()
        self.when_asked = when_asked
        self.closed = True  # it does not say that it is over

    def contents(self, index):
        if index == 1:
            self.when_asked()
            return []
        return super().contents(index)

    def _event(self, event):
        super()._event(event)
        if event.WhichOneof("kind") == "result":
            self.queue.append(self.later)


def test_an_add_whose_bytes_do_not_come_ends(impatient):
    """Its lock and its room are the next one's, which waits; what it stored stays."""
    first, second = {"first.txt": b"harbour " * 100}, {"second.txt": b"lighthouse " * 80}
    with wire.Raw(impatient.url) as raw, wire.Raw(impatient.url) as other:
        patient = wire.Session(other)
        next_one = uploads.Add(patient, second)
        idle = Idle(wire.Session(raw), first | second, next_one.run)
        ends(idle.run, "nothing came")
        assert [result.source for result in idle.of("result")] == ["first.txt"]
        assert next_one.totals.added == 1
        again = uploads.Add(patient, first | second).run()
        assert again.totals.unchanged == 2


def test_an_add_that_announces_nothing_ends(impatient):
    """It holds a place among the calls at work."""
    with wire.Raw(impatient.url) as raw:
        add = uploads.Add(wire.Session(raw), {"a.txt": b"harbour"})
        add.queue.clear()
        ends(add.run, "nothing came")


def test_an_answer_that_is_not_read_ends(impatient):
    """It holds a view of the store."""
    with wire.Raw(impatient.url) as raw:
        session = wire.Session(raw)
        impatient.rag("collection", "create", "own").ok()
        uploads.Add(session, {"a.txt": b"harbour"}, collection="own").run()
        export = session.call("ragd.v1.Collections/Export",
                              wire.collections.CollectionRequest(name="own"), credit=1)
        search = wire.query.SearchRequest(
            collection="own", queries=[wire.query.QueryInput(text="harbour")] * 3)
        batch = session.call("ragd.v1.Query/Search", search, credit=1)
        ends(lambda: list(session.stream(export, wire.collections.ExportReply)),
             "nothing was read")
        ends(lambda: list(session.stream(batch, wire.query.SearchReply)), "nothing was read")
