# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""The main job: add a folder, search it, ask it, add it again."""

import random

import pytest

FILES = 300
TOPICS = ["lighthouse", "harbour", "granite", "orchard", "glacier", "telescope", "railway",
          "barometer", "cathedral", "observatory"]
WORDS = ("the a of near old new stone keeper light winter summer measured built found year "
         "water line field long short north south road bridge tower paper record").split()


def sentence(rng, topic):
    words = [rng.choice(WORDS) for _ in range(rng.randint(6, 14))]
    words[rng.randrange(len(words))] = topic
    return " ".join(words).capitalize() + "."


def text_of(rng, topic, paragraphs=6):
    return "\n\n".join(" ".join(sentence(rng, topic) for _ in range(4)) for _ in range(paragraphs))


def make_folder(daemon, files=FILES):
    """A folder of Markdown and plain text files, the same ones every time."""
    rng = random.Random(17)
    for n in range(files):
        topic = TOPICS[n % len(TOPICS)]
        body = text_of(rng, topic)
        if n % 3:
            daemon.write(f"docs/{topic}/{n:03}.md", f"# Note {n} on the {topic}\n\n{body}\n")
        else:
            daemon.write(f"docs/{topic}/{n:03}.txt", f"Note {n}\n\n{body}\n")
    daemon.write("docs/ja.md", "# 灯台の話\n\n横浜港の灯台は一八七四年に点灯された。\n\n"
                               "猫は港の倉庫で鼠を捕る。\n")
    daemon.write("docs/de.txt", "Der Leuchtturm steht auf einer Insel.\n\n"
                                "Die Häuser der Fischer wurden nach dem Sturm neu gebaut.\n")
    return daemon.site.home / "docs"


@pytest.fixture(scope="module")
def filled(shared_daemon):
    folder = make_folder(shared_daemon)
    shared_daemon.added = shared_daemon.json("add", folder)
    return shared_daemon


def test_a_folder_is_added_with_a_result_for_each_source(filled):
    totals = filled.added["totals"]
    assert totals["documents"] == FILES + 2
    assert len(filled.added["sources"]) == FILES + 2
    assert {source["status"] for source in filled.added["sources"]} == {"added"}
    assert totals["chunks"] == sum(source["chunks"] for source in filled.added["sources"])
    shown = filled.json("collection", "show", "default")
    assert (shown["documents"], shown["chunks"]) == (FILES + 2, totals["chunks"])


def test_search_finds_a_word_of_the_documents(filled):
    found = filled.json("search", "glacier", "-k", "5")
    assert found["mode"] == "keyword"
    assert len(found["results"]) == 5
    for hit in found["results"]:
        assert "glacier" in hit["chunk"]["text"].lower()
    scores = [hit["keyword_score"] for hit in found["results"]]
    assert scores == sorted(scores, reverse=True)


def test_a_chunk_is_the_span_of_its_document(filled):
    for hit in filled.json("search", "barometer tower", "-k", "10")["results"]:
        chunk = hit["chunk"]
        document = filled.json("get", chunk["document"])
        start, end = chunk["start_index"], chunk["end_index"]
        assert document["text"][start:end] == chunk["text"]
        raw = document["text"].encode()
        assert raw[chunk["start_byte"]:chunk["end_byte"]].decode() == chunk["text"]


@pytest.mark.parametrize("query, name", [
    ("灯台", "ja.md"), ("猫", "ja.md"), ("Haus Fischer", "de.txt"), ("Leuchtturm", "de.txt")])
def test_japanese_and_german_are_found_by_their_own_words(filled, query, name):
    results = filled.json("search", query)["results"]
    assert results and results[0]["chunk"]["document"].endswith(name)


def test_ask_answers_from_the_documents_with_citations(filled):
    answer = filled.json("ask", "横浜港の灯台はいつ点灯されましたか")
    assert answer["answered"] is True
    assert "一八七四年" in answer["answer"]
    assert any(source["chunk"]["document"].endswith("ja.md") for source in answer["sources"])
    assert answer["citations"] and all(cite["verified"] for cite in answer["citations"])


def test_an_answer_cites_the_line_of_the_file(daemon):
    wrapped = [f"Word {i} of a paragraph whose sentences\ngo over the ends\nof three lines {i}."
               for i in range(60)]
    wrapped[30] = "The walrus of the northern bay\nsleeps on the ice\nuntil the summer ends."
    text = "---\ntitle: Notes\ntags: [a]\n---\n# Notes\n\n" + "\n\n".join(wrapped) + "\n"
    daemon.write("docs/walrus.md", text)
    daemon.rag("add", "docs", "--chunk", "90/0").ok()
    line = text.splitlines().index("The walrus of the northern bay") + 1
    hit = daemon.json("search", "walrus northern bay")["results"][0]["chunk"]
    assert hit["text"].startswith("The walrus") and hit["line"] == line
    asked = daemon.rag("ask", "Where does the walrus of the northern bay sleep?").ok()
    assert f", line {line} " in asked.out + asked.err


def test_ask_says_so_when_nothing_fits(filled):
    answer = filled.json("ask", "quantum chromodynamics hadron spectroscopy")
    assert answer["answered"] is False


def test_people_read_tables_and_an_answer(filled):
    found = filled.rag("search", "railway", "-k", "3").ok()
    assert len(found.out.splitlines()) == 3
    said = filled.rag("ask", "Where does the keeper of the observatory live?").ok()
    assert said.out.strip() and "\x1b" not in said.out


def test_unchanged_and_edited_files_cost_what_they_should(make_daemon):
    daemon = make_daemon().start()
    daemon.rag("collection", "create", "notes", "--embedder", "hash", "--chunk", "200/20").ok()
    folder = make_folder(daemon, files=30)
    first = daemon.json("add", "-c", "notes", folder)["totals"]
    assert first["embedded"] == first["chunks"] > 32
    before = daemon.json("collection", "show", "notes")

    again = daemon.json("add", "-c", "notes", folder)
    assert {source["status"] for source in again["sources"]} == {"unchanged"}
    assert again["totals"]["embedded"] == 0
    after = daemon.json("collection", "show", "notes")
    assert after["sequence"] == before["sequence"]

    path = min(folder.rglob("[0-9]*.md"))
    text = path.read_text()
    path.write_text(text.replace(text.split("\n\n")[3], "An entirely new paragraph stands here."))
    edited = daemon.json("add", "-c", "notes", folder)
    changed = [source for source in edited["sources"] if source["status"] == "updated"]
    assert len(changed) == 1
    assert 0 < changed[0]["embedded"] < changed[0]["chunks"]
    assert changed[0]["reused"] == changed[0]["chunks"] - changed[0]["embedded"]
    found = daemon.json("search", "-c", "notes", "entirely new paragraph", "--mode", "keyword")
    assert "entirely new paragraph" in found["results"][0]["chunk"]["text"]
    assert daemon.json("verify")["ok"] is True


def test_what_was_added_is_there_after_a_restart(make_daemon):
    daemon = make_daemon().start()
    folder = make_folder(daemon, files=20)
    daemon.rag("add", folder).ok()
    before = daemon.json("search", "granite")["results"]
    daemon.restart()
    assert daemon.json("search", "granite")["results"] == before
    daemon.kill()
    daemon.start()
    assert daemon.json("search", "granite")["results"] == before
    assert daemon.json("verify")["ok"] is True


def test_one_unreadable_file_does_not_stop_the_others(daemon):
    daemon.write("docs/good.md", "# Good\n\nA pelican sat on the pier.\n")
    daemon.write("docs/empty.md", "")
    run = daemon.rag("add", daemon.site.home / "docs", "--json").failed(3)
    by_name = {source["source"].rsplit("/", 1)[1]: source for source in run.json()["sources"]}
    assert by_name["good.md"]["status"] == "added"
    assert by_name["empty.md"]["status"] == "failed"
    assert by_name["empty.md"]["error"]["code"] == "no_text"


def test_a_removed_document_is_gone(daemon):
    path = daemon.write("docs/pier.md", "# Pier\n\nA pelican sat on the pier.\n")
    daemon.rag("add", path).ok()
    document = daemon.json("ls", "-c", "default")["documents"][0]["document"]
    removed = daemon.json("rm", "--yes", document)
    assert removed["removed"] == {"documents": 1, "chunks": 1}
    assert daemon.json("search", "pelican")["results"] == []
    assert daemon.json("verify")["ok"] is True
