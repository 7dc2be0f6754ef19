# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Files that the daemon reads itself, from configured roots."""

import pytest

import wire

collections, documents = wire.collections, wire.documents
PARAGRAPH = "Sentence {n} of the paragraph is here to fill it up. " * 12


def make(make_daemon, roots=True):
    """A daemon with one root, site.dir/docs, and a collection "hashed"."""
    daemon = make_daemon(args=["--user"])
    docs = daemon.site.dir / "docs"
    docs.mkdir()
    if roots:
        daemon.configure(f"sources: {{file: {{plugin: file, roots: [{docs}]}}}}\n")
    daemon.start()
    with wire.Raw(daemon.url) as raw:
        wire.Session(raw).unary(
            "ragd.v1.Collections/Create",
            collections.CollectionSettings(name="hashed", embedder="hash"),
            collections.CollectionInfo)
    return daemon, docs


def add(daemon, *sources, options=()):
    """{last part of the source: its result}, and the totals."""
    results, totals = {}, None
    start = documents.AddStart(collection="hashed", sources=list(sources),
                               loader_options=[wire.common.LoaderOption(name=key, value=value)
                                               for key, value in options])
    with wire.Raw(daemon.url) as raw:
        session = wire.Session(raw)
        call = session.call("ragd.v1.Documents/Add", start)
        session.data(call, 1, last=True)
        for event in session.stream(call, documents.AddEvent):
            if event.WhichOneof("kind") == "result":
                results[event.result.source.rsplit("/", 1)[1]] = event.result
            elif event.WhichOneof("kind") == "totals":
                totals = event.totals
    return results, totals


def fill(docs):
    (docs / "sub").mkdir()
    for name in ("a.md", "b.txt", "sub/c.md"):
        text = "\n\n".join(PARAGRAPH.format(n=n) + name for n in range(6))
        (docs / name).write_text(f"# Title\n\n{text}\n", encoding="utf-8")


def test_a_folder_is_added_and_only_changes_are_embedded_again(make_daemon):
    daemon, docs = make(make_daemon)
    fill(docs)
    results, totals = add(daemon, f"file://{docs}")
    assert totals.added == 3 and totals.failed == 0
    assert results["a.md"].loader == "markdown" and results["b.txt"].loader == "text"
    assert totals.embedded == totals.chunks >= 9
    _, again = add(daemon, f"file://{docs}")
    assert (again.unchanged, again.embedded) == (3, 0)
    text = (docs / "a.md").read_text(encoding="utf-8")
    (docs / "a.md").write_text(text.replace("Sentence 5", "Phrase 5"), encoding="utf-8")
    results, changed = add(daemon, f"file://{docs}")
    assert (changed.updated, changed.unchanged) == (1, 2)
    assert 0 < results["a.md"].embedded < results["a.md"].chunks


def test_one_bad_file_does_not_stop_the_others(make_daemon):
    daemon, docs = make(make_daemon)
    (docs / "good.md").write_text("# Good\n\nIt is.\n", encoding="utf-8")
    (docs / "empty.txt").write_bytes(b"")
    (docs / "binary.txt").write_bytes(b"\0\1\2\3")
    (docs / "sjis.txt").write_bytes("これは日本語の文章です。文字の形を当てる。".encode("cp932"))
    results, totals = add(daemon, f"file://{docs}")
    assert (totals.added, totals.failed) == (2, 2)
    assert results["empty.txt"].error.code == "no_text"
    assert results["binary.txt"].error.category == "PARSE"


def test_nothing_outside_the_roots_is_read(make_daemon):
    daemon, docs = make(make_daemon)
    (daemon.site.dir / "secret.txt").write_text("secret", encoding="utf-8")
    (docs / "link.txt").symlink_to(daemon.site.dir / "secret.txt")
    (docs / "fine.txt").write_text("fine", encoding="utf-8")
    for uri in (f"file://{daemon.site.dir}/secret.txt", f"file://{docs}/../secret.txt",
                f"file://{docs}/link.txt"):
        results, totals = add(daemon, uri)
        assert totals.added == 0 and totals.failed == 1, uri
        assert {result.error.exit for result in results.values()} <= {2, 5}, results
    _, totals = add(daemon, f"file://{docs}")
    assert (totals.added, totals.failed) == (1, 0)


def test_without_roots_no_file_is_read(make_daemon):
    daemon, docs = make(make_daemon, roots=False)
    (docs / "a.md").write_text("# A\n\ntext\n", encoding="utf-8")
    results, totals = add(daemon, f"file://{docs}/a.md")
    assert totals.failed == 1
    assert "outside of the configured roots" in results["a.md"].error.message


def test_loader_options_shape_the_text(make_daemon):
    daemon, docs = make(make_daemon)
    (docs / "a.md").write_text("---\nauthor: Ann\n---\n# A\n\n*text*\n", encoding="utf-8")
    _, totals = add(daemon, f"file://{docs}", options=[("markdown.text", "source")])
    assert totals.added == 1
    _, kept = add(daemon, f"file://{docs}")
    assert kept.unchanged == 1  # the option holds
    _, plain = add(daemon, f"file://{docs}", options=[("markdown.text", "plain")])
    assert plain.updated == 1


def test_what_is_no_text_is_refused_by_name(make_daemon):
    daemon, docs = make(make_daemon)
    page = "<!doctype html><p>Bread rises.</p>\n"
    (docs / "page.html").write_text(page, encoding="utf-8")
    (docs / "page").write_text(page, encoding="utf-8")
    (docs / "paper.pdf").write_bytes(b"%PDF-1.7\n\0\1")
    (docs / "tool.txt").write_bytes(b"text\0more")
    (docs / "note.md").write_bytes("# Größe\n\nschöne Grüße ".encode() + b"\xff!\n")
    results, totals = add(daemon, f"file://{docs}")
    assert (totals.added, totals.failed) == (1, 4)
    said = {name: result.error.message for name, result in results.items()}
    assert "HTML, which no loader here reads; pandoc" in said["page.html"] == said["page"]
    assert "a PDF file" in said["paper.pdf"] and "pdftotext" in said["paper.pdf"]
    assert "binary: byte 4 is NUL" in said["tool.txt"]
    assert {results[name].error.category for name in said if name != "note.md"} == {"PARSE"}
    results, totals = add(daemon, f"file://{docs}", options=[("text.formats", "text")])
    assert (totals.added, totals.failed) == (2, 2), results
    assert results["page.html"].loader == results["page"].loader == "text"
    assert not results["page.html"].error.code and results["paper.pdf"].error.code
    with pytest.raises(wire.Failed, match="must be one of refuse, text, not 'maybe'"):
        add(daemon, f"file://{docs}", options=[("text.formats", "maybe")])
