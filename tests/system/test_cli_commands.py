# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Each command of rag on a real daemon, for people, pipes and scripts."""

import base64
import json
import os
import signal
import socket
import struct
import subprocess

import pytest

import harness

TEXTS = {
    "docs/harrison.md": "# Harrison\n\nThe watch H4 lost 5.1 seconds on the way to Jamaica.\n",
    "docs/samoa.txt": "Samoa skipped the thirtieth of December 2011 entirely.\n",
    "docs/明石.md": "# 明石\n\n日本標準時は東経135度の子午線を基準にしています。\n",
}


@pytest.fixture(name="library", scope="module")
def fixture_library(shared_daemon):
    for name, text in TEXTS.items():
        shared_daemon.write(name, text)
    shared_daemon.rag("collection", "create", "library").ok()
    shared_daemon.rag("add", "-c", "library", "docs").ok()
    return shared_daemon


def uri(daemon, name):
    return (daemon.site.home / name).as_uri()


def rows(result):
    return [line.split("\t") for line in result.ok().out.splitlines()]


def test_add_tells_each_source_in_a_pipe(daemon):
    daemon.write("a.md", "# A\n\nOne.\n")
    result = daemon.rag("add", "a.md")
    assert rows(result) == [["added", uri(daemon, "a.md"), "1", "1", "0", ""]]
    assert "added 1" in result.err
    assert rows(daemon.rag("add", "a.md"))[0][0] == "unchanged"


def test_add_walks_directories_in_a_stable_order(daemon):
    for name in ("d/b.txt", "d/a.txt", "d/c/x.txt", "d/.hidden.txt"):
        daemon.write(name, name)
    (daemon.site.home / "d" / "link.txt").symlink_to("a.txt")
    result = daemon.rag("add", "--json", "d").ok()
    names = sorted(source["source"].rsplit("/d/")[1] for source in result.json()["sources"])
    assert names == ["a.txt", "b.txt", "c/x.txt"]
    assert "link.txt: a symbolic link" in result.err


def test_names_cannot_control_the_terminal(daemon):
    daemon.write("d/a.txt", "alpha")
    (daemon.site.home / "d" / "x\n\x1b[31mred").symlink_to("a.txt")
    err = daemon.rag("add", "d").ok().err
    assert "skipped d/x \ufffd[31mred: a symbolic link" in err and "\x1b" not in err
    err = daemon.rag("rm", "--no-input", "x\n\x1b[31mred").failed(2).err
    assert "Remove x \ufffd[31mred from" in err and "\x1b" not in err


def test_glob_chooses_files_of_directories(daemon):
    daemon.write("d/a.md", "a")
    daemon.write("d/b.txt", "b")
    added = daemon.json("add", "--glob", "*.md", "d")
    assert [source["source"] for source in added["sources"]] == [uri(daemon, "d/a.md")]


def test_nothing_to_add_says_why_and_counts_nothing(daemon):
    daemon.write("d/a.md", "a")
    (daemon.site.home / "empty").mkdir()
    daemon.rag("add", "d").ok()
    unmatched = daemon.rag("add", "--glob", "[", "d").ok().err
    assert "nothing to add: no file matches --glob '['" in unmatched
    empty = daemon.rag("add", "--format", "table", "empty").ok().out
    assert empty == "nothing to add: no files there\n" and "chunk" not in unmatched


def test_one_bad_file_does_not_stop_the_others(daemon):
    daemon.write("good.md", "good")
    daemon.write("bad.bin", b"\x00\x01\x02\xff" * 1000)
    result = daemon.rag("add", "--json", "good.md", "bad.bin").failed(3)
    status = {s["source"].rsplit("/")[-1]: s["status"] for s in result.json()["sources"]}
    assert status == {"good.md": "added", "bad.bin": "failed"}
    assert result.json()["totals"]["failed"] == 1
    assert result.error()["message"] == "1 of 2 sources failed" and result.error()["exit"] == 3
    assert "1 of 2 sources failed" in daemon.rag("add", "good.md", "bad.bin").failed(3).err


def test_source_that_fails_alone_ends_with_its_error(daemon):
    daemon.write("bad.bin", b"\x00\x01\x02\xff" * 1000)
    error = daemon.rag("add", "--json", "bad.bin").failed(1).error()
    assert (error["code"], error["exit"]) == ("unreadable_document", 1)
    assert "binary: byte 0 is NUL" in daemon.rag("add", "bad.bin").failed(1).out
    error = daemon.rag("add", "--format", "ndjson", "arxiv:2311.00681").failed(6).error()
    assert error["code"] == "no_such_instance" and error["hint"]
    assert f"try: {error['hint']}" in daemon.rag("add", "arxiv:2311.00681").failed(6).err


def test_name_that_is_no_utf8_is_added_like_any_other(daemon):
    daemon.write("d/a.txt", "alpha")
    daemon.write(os.fsdecode(b"d/bad\xffname.txt"), "beta")
    added = daemon.json("add", "d")
    names = sorted(source["source"].rsplit("/")[-1] for source in added["sources"])
    assert names == ["a.txt", "bad%FFname.txt"] and added["totals"]["added"] == 2


def test_stdin_is_a_source_with_a_name(daemon):
    daemon.rag("add", "--name", "notes.txt", "-", input="Written down in a hurry.").ok()
    assert daemon.rag("get", "notes.txt").ok().out == "Written down in a hurry."


def test_metadata_given_with_add_can_be_asked_for(daemon):
    daemon.write("a.txt", "alpha words")
    daemon.write("b.txt", "alpha words too")
    daemon.rag("add", "--meta", "year=2023", "--meta", "tag=x y", "a.txt").ok()
    daemon.rag("add", "--meta", "year=2020", "b.txt").ok()
    found = daemon.rag("search", "--format", "ids", "--where", "year >= 2021", "alpha").ok()
    assert found.out.splitlines() == [uri(daemon, "a.txt") + "#0"]
    found = daemon.rag("search", "--format", "ids", "--where-json", '{"year": {"$lt": 2021}}', "alpha")
    assert found.ok().out.splitlines() == [uri(daemon, "b.txt") + "#0"]


def test_large_file_travels_in_pieces(daemon):
    text = "".join(f"line {i} of a long text\n" for i in range(120_000))
    daemon.write("long.txt", text)
    daemon.rag("add", "--chunk", "100000/0", "long.txt").ok()
    assert daemon.rag("get", "long.txt").ok().out.strip() == text.strip()


def test_interrupted_add_says_how_to_go_on(daemon):
    for i in range(400):
        daemon.write(f"d/{i:03}.txt", f"text {i} " + "word " * 2000)
    run = subprocess.Popen(
        [harness.bin_dir() / "rag", "add", "--json", "d"], cwd=daemon.site.home,
        env=daemon.site.environment({"RAG_SOCKET": daemon.url}),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
    run.stdout.read(1)
    run.send_signal(signal.SIGINT)
    rest, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert json.loads(b"{" + rest)["collection"] == "default"
    assert json.loads(err)["code"] == "interrupted"
    totals = daemon.json("add", "d")["totals"]
    assert totals["added"] + totals["unchanged"] == 400 and totals["unchanged"] > 0
    assert daemon.json("verify")["ok"]


def test_dry_run_stores_nothing(daemon):
    daemon.write("a.md", "# Title\n\n" + "Some words. " * 50)
    preview = daemon.json("add", "--dry-run", "--chunk", "100/10", "a.md")
    document = preview["sources"][0]["documents"][0]
    assert document["title"] == "Title" and len(document["chunks"]) > 3
    for chunk in document["chunks"]:
        assert document["text"][chunk["start_index"]:chunk["end_index"]] == chunk["text"]
    assert daemon.json("ls")["collections"] == []


def test_search_finds_words_of_each_language(library):
    for query, name in (("Jamaica", "docs/harrison.md"), ("子午線", "docs/明石.md")):
        found = library.json("search", "-c", "library", query)
        assert found["results"][0]["chunk"]["source"] == uri(library, name)


def test_batch_answers_each_line_in_order(library):
    lines = 'Jamaica\n{"text": "Samoa", "k": 1}\nnothingatall\n'
    documents = library.rag("search", "-c", "library", "--batch", input=lines).ok().ndjson()
    assert [d["query"] for d in documents] == ["Jamaica", "Samoa", "nothingatall"]
    assert [len(d["results"]) > 0 for d in documents] == [True, True, False]


def test_bad_line_of_a_batch_gets_an_error_in_its_place(library):
    lines = b'Jamaica\n{"text": 5}\n\n\xff\n{"vector": [1, 2]}\n{"k": 0}\nSamoa\n'
    result = library.rag("search", "-c", "library", "--batch", "--json", input=lines).failed(3)
    documents = result.ndjson()
    assert [d.get("query") or d["line"] for d in documents] == ["Jamaica", 2, 3, 4, 5, 6, "Samoa"]
    assert documents[4]["code"] == "mode_unsupported" and documents[-1]["results"]
    assert result.error()["message"] == "5 of 7 queries failed"
    library.rag("search", "-c", "library", "--batch", input="{}\n").failed(2)


def test_refused_and_blank_lines_keep_their_places(library):
    lines = ["Samoa", "", '{"text": "Samoa", "k": 100000}', "Harrison", "long " * 20000, " ",
             '{"vector": [1, 2, 3]}', "watch"]
    result = library.rag("search", "-c", "library", "--batch", input="\n".join(lines)).failed(3)
    answers = result.ndjson()
    assert [answer.get("line") for answer in answers] == [None, 2, 3, None, 5, 6, 7, None]
    assert "limits.k" in answers[2]["message"] and "limits.query_text" in answers[4]["message"]
    assert answers[7]["query"] == "watch"


@pytest.mark.parametrize("form", ["ids", "tsv"])
def test_rows_of_a_batch_tell_which_query_they_answer(library, form):
    alone = library.rag("search", "-c", "library", "--format", form, "Samoa").ok().out
    lines = "Samoa\n\nnothingatall\n" + "Samoa\n" * 60 + '{"text": "x", "k": 100000}\n'
    result = library.rag("search", "-c", "library", "--batch", "--format", form, input=lines)
    rows_of = [f"{n}\t{row}" for n in (1, *range(4, 64)) for row in alone.splitlines()]
    assert result.failed(3).out.splitlines() == rows_of
    said = [line for line in result.err.splitlines() if "line " in line]
    assert said[:2] == ["rag: line 2 is no query", "line 3: nothing found in library"], result.err
    assert said[2].startswith("rag: line 64: ") and "limits.k" in said[2]
    assert "rag: 2 of 64 queries failed" in result.err


def test_batch_prints_no_tables(library):
    result = library.rag("search", "-c", "library", "--batch", "--format", "table", input="x\n")
    assert "tsv or ids" in result.failed(2).err and not result.out


def test_batch_of_no_collection_fails_as_a_whole(library):
    library.rag("search", "-c", "nope", "--batch", input="one\ntwo\n").failed(6)


def test_collection_is_listed_by_its_name_alone(library):
    assert library.json("ls", "library") == library.json("ls", "-c", "library")
    hint = library.rag("ls", "docs/harrison.md", "--json").failed(2).error()["hint"]
    assert hint == "rag get docs/harrison.md"
    library.rag("ls", "nope").failed(6)


def test_answer_ends_at_its_longest(library):
    whole = library.json("ask", "-c", "library", "--llm", "echo", "watch seconds Jamaica Samoa")
    cut = library.json("ask", "-c", "library", "--llm", "echo", "--max-tokens", "2",
                       "watch seconds Jamaica Samoa")
    assert (whole["answer"], cut["answer"].strip()) == ("watch seconds Jamaica Samoa", "watch seconds")
    assert cut["finish"] == "length" and cut["usage"]["output_tokens"] == 2
    told = library.rag("ask", "-c", "library", "--llm", "echo", "--max-tokens", "2", "watch seconds Jamaica")
    assert "--max-tokens" in told.ok().err


def test_nothing_found_is_no_failure_unless_asked(library):
    empty = library.rag("search", "-c", "library", "nothingatall").ok()
    assert empty.out == "" and "nothing found" in empty.err
    library.rag("search", "-c", "library", "--fail-empty", "nothingatall").failed(9)
    assert library.json("search", "-c", "library", "nothingatall")["results"] == []


def test_answer_cites_its_source(library):
    answer = library.json("ask", "-c", "library", "How many seconds did the watch H4 lose?")
    assert answer["answered"] and "5.1 seconds" in answer["answer"]
    cited = answer["citations"][0]
    assert cited["verified"] and cited["chunk"].startswith(uri(library, "docs/harrison.md"))
    assert answer["sources"][cited["n"] - 1]["chunk"]["id"] == cited["chunk"]


def test_hits_carry_their_documents_titles(library):
    watch = "the watch on the way to Jamaica"
    for args in (("search", watch), ("ask", watch)):
        reply = library.json(*args, "-c", "library")
        hit = (reply.get("results") or reply["sources"])[0]
        assert hit["title"] == "Harrison" and hit["chunk"]["id"].endswith("harrison.md#0")
    events = library.rag("ask", "-c", "library", "--format", "ndjson", watch).ok().ndjson()
    hits = next(event["hits"] for event in events if event["type"] == "hits")
    assert hits[0]["title"] == "Harrison"
    batch = library.rag("search", "-c", "library", "--batch", input="明石\n").ok().ndjson()
    assert batch[0]["results"][0]["title"] == "明石"


@pytest.mark.parametrize("question, source", [
    ("How many seconds did the watch lose?", "[1] Harrison   #0"),
    ("What did Samoa skip?", "[1] samoa.txt   #0")])
def test_sources_are_listed_by_title_or_file_name(library, question, source):
    lines = library.rag("ask", "-c", "library", question).ok().out.splitlines()
    at = lines.index("Sources:") + 1
    assert lines[at].strip().startswith(source)
    assert lines[at + 1].strip().startswith("file://")


def test_titles_of_records_without_a_document(daemon):
    daemon.write("r.ndjson", '{"id": "r1", "text": "Walrus ice", "metadata": {"title": "On ice"}}\n')
    daemon.rag("collection", "import", "--create", "records", "r.ndjson").ok()
    assert "[1] On ice" in daemon.rag("ask", "-c", "records", "Where is the walrus?").ok().out


def test_question_that_nothing_answers(library):
    answer = library.json("ask", "-c", "library", "zzz qqq")
    assert not answer["answered"] and answer["citations"] == []


def test_ask_streams_events(library):
    events = library.rag("ask", "-c", "library", "--stream", "--format", "ndjson", "Jamaica").ok()
    types = [event["type"] for event in events.ndjson()]
    assert types[0] == "head" and types[-1] == "end"
    assert "hits" in types and "token" in types


def test_listings(library):
    documents = library.json("ls", "-c", "library")["documents"]
    assert {d["document"] for d in documents} == {uri(library, name) for name in TEXTS}
    chunks = library.json("ls", "-c", "library", "--chunks", "--limit", "2")
    assert len(chunks["chunks"]) == 2 and chunks["next"]
    rest = library.json("ls", "-c", "library", "--chunks", "--after", chunks["next"])
    assert len(rest["chunks"]) == 1
    assert "library" in library.rag("ls", "--format", "ids").ok().out.splitlines()


def test_get_shows_documents_and_chunks(library):
    text = library.rag("get", "-c", "library", "docs/samoa.txt").ok().out
    assert text.strip() == TEXTS["docs/samoa.txt"].strip()
    chunk = library.json("get", "-c", "library", uri(library, "docs/samoa.txt") + "#0")
    assert chunk["ordinal"] == 0 and "Samoa" in chunk["text"]
    assert "samoa.txt" in library.rag("get", "-c", "library", "--meta", "docs/samoa.txt").ok().out


def test_rm_removes_a_document(daemon):
    daemon.write("a.txt", "gone soon")
    daemon.write("b.txt", "stays")
    daemon.rag("add", "a.txt", "b.txt").ok()
    assert daemon.json("rm", "--yes", "a.txt")["removed"] == {"documents": 1, "chunks": 1}
    assert [d["title"] for d in daemon.json("ls", "-c", "default")["documents"]] == ["b"]
    assert daemon.rag("rm", "--yes", "a.txt").failed(6).out == ""


def test_rm_knows_files_that_are_gone(daemon):
    path = daemon.write("d/a.txt", "gone")
    daemon.rag("add", "d").ok()
    path.unlink()
    assert daemon.json("rm", "--yes", "d/a.txt")["removed"]["documents"] == 1


def test_files_sent_over_tcp_carry_the_host(make_daemon):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    daemon = make_daemon(args=["--listen", f"tcp://127.0.0.1:{port}"])
    token = daemon.site.run / "ragd.sock.token"
    token.write_text("0f" * 32 + "\n", encoding="ascii")
    token.chmod(0o600)
    daemon.start()
    remote = {"RAG_SOCKET": f"tcp://127.0.0.1:{port}", "RAG_TOKEN_FILE": str(token)}
    daemon.write("a.txt", "from afar")
    added = daemon.rag("add", "--json", "a.txt", env=remote).ok().json()
    path = daemon.site.home / "a.txt"
    assert added["sources"][0]["source"] == f"file://{socket.gethostname()}{path}"
    assert daemon.rag("get", "a.txt", env=remote).ok().out.strip() == "from afar"
    daemon.rag("status", env={**remote, "RAG_TOKEN_FILE": "/nope"}).failed(5)


def test_embed_gives_vectors(library):
    reply = library.json("embed", "--embedder", "hash", "one", "two")
    assert len(reply["embeddings"]) == 2
    assert all(len(v) == reply["dim"] for v in reply["embeddings"])
    lines = library.rag("embed", "--embedder", "hash", "-", input="one\ntwo\n").ok().out
    assert [float(x) for x in lines.splitlines()[0].split()] == reply["embeddings"][0]


def test_collection_lifecycle(daemon):
    made = daemon.json("collection", "create", "mine", "--embedder", "none", "--dim", "2",
                       "--metric", "cosine")
    assert (made["action"], made["dim"], made["metric"]) == ("created", 2, "cosine")
    daemon.rag("collection", "create", "mine").failed(7)
    assert daemon.json("collection", "rename", "mine", "yours")["name"] == "yours"
    assert daemon.json("collection", "show", "yours")["embedder"] == "none"
    assert daemon.json("collection", "rm", "--yes", "yours")["action"] == "removed"
    assert daemon.json("collection", "ls") == {"collections": []}


def test_own_vectors_are_imported_and_searched(daemon):
    vectors = {"a": [0.0, 1.0], "b": [3.0, 4.0], "c": [0.5, 0.5]}
    lines = [{"id": i, "text": i, "embedding": v, "metadata": {"n": v[0]}} for i, v in vectors.items()]
    lines[2]["embedding"] = base64.b64encode(struct.pack("<2f", *vectors["c"])).decode()
    text = "\n".join(map(json.dumps, lines))
    assert daemon.json("collection", "import", "--create", "own", "-", input=text)["records"] == 3
    found = daemon.json("search", "-c", "own", "--vector", "@-", input="[0, 1]")
    assert [(r["chunk"]["id"], r["distance"]) for r in found["results"]] == [
        ("a", 0.0), ("c", 0.5), ("b", 18.0)]


def test_import_makes_the_collection_as_its_options_say(daemon):
    plain = '{"id": "a", "text": "night sky"}\n'
    made = daemon.json("collection", "import", "--create", "--embedder", "hash", "texts", "-",
                       input=plain)
    assert made["created"] and made["embedded"] == 1
    assert daemon.json("collection", "show", "texts")["embedder"] == "hash"
    daemon.json("collection", "import", "--create", "--embedder", "none", "--dim", "4",
                "--metric", "cosine", "later", "-", input=plain)
    later = daemon.json("collection", "show", "later")
    assert (later["embedder"], later["dim"], later["metric"]) == ("none", 4, "cosine")


def test_import_into_no_collection_tells_how_to_make_it(daemon):
    error = daemon.rag("collection", "import", "--json", "own", "-", input='{"id": "a"}\n').failed(6)
    assert "--create" in error.error()["hint"]


def test_bad_line_of_an_import_names_it_and_changes_nothing(daemon):
    lines = '{"id": "a", "text": "x", "embedding": [1, 2]}\n{"id": "b", "embedding": 5}\n'
    failed = daemon.rag("collection", "import", "--json", "own", "-", input=lines).failed(2)
    assert "line 2" in failed.error()["message"] and "embedding" in failed.error()["why"]


def test_no_id_comes_twice_in_an_import(daemon):
    daemon.rag("collection", "create", "own", "--embedder", "none", "--dim", "1").ok()
    lines = [json.dumps({"id": f"r{i}", "text": "x", "embedding": [i]}) for i in range(3000)]
    lines.append(lines[1])
    failed = daemon.rag("collection", "import", "--json", "own", "-",
                        input="\n\n" + "\n".join(lines)).failed(2).error()
    assert "line 3003: " in failed["message"] and "line 4 " in failed["message"]
    assert daemon.json("collection", "show", "own")["chunks"] == 0


def test_import_makes_no_collection_by_a_slip(daemon):
    daemon.rag("collection", "create", "papers").ok()
    lines = '{"id": "a", "text": "x", "embedding": [1, 2]}\n'
    for options in ((), ("--embedder", "none", "--dim", "2")):
        slip = daemon.rag("collection", "import", "--json", *options, "paper", "-", input=lines)
        assert "papers" in str(slip.failed(6).error())
    bad = lines + '{"id": "b", "text": "x", "embedding": [1]}\n'
    daemon.rag("collection", "import", "--create", "own", "-", input=bad).failed(7)
    assert [c["name"] for c in daemon.json("collection", "ls")["collections"]] == ["papers"]


def test_export_and_import_make_a_copy(library):
    exported = library.rag("collection", "export", "library").ok().out
    lines = [json.loads(line) for line in exported.splitlines()]
    assert lines[0]["type"] == "collection" and lines[0]["name"] == "library"
    library.rag("collection", "import", "copy", "-", input=exported).ok()
    copied = library.rag("collection", "export", "copy").ok().out
    assert copied.splitlines()[1:] == exported.splitlines()[1:]
    unchanged = library.json("add", "-c", "copy", "docs")["totals"]
    assert unchanged["unchanged"] == len(TEXTS)


def test_each_line_has_its_embedding(daemon):
    alone = daemon.json("embed", "--embedder", "hash", "sky")["embeddings"]
    three = daemon.json("embed", "--embedder", "hash", "-", input="sky\nsea\nsky\n")["embeddings"]
    assert len(three) == 3 and three[0] == three[2] == alone[0]
    blank = daemon.rag("embed", "--embedder", "hash", "-", input="sky\n\nsky\n").failed(2)
    assert "text 2 of 3 is blank" in blank.err


def test_verify_agrees(library):
    report = library.json("verify")
    assert report["ok"] and "library" in [c["name"] for c in report["collections"]]


def test_plugins_are_listed_and_shown(library):
    names = {p["name"] for p in library.json("plugin", "ls")["plugins"]}
    assert {"markdown", "text", "lexical", "rocksdb", "extract"} <= names
    assert library.json("plugin", "show", "markdown")["kinds"] == ["loader"]
    assert ["store rocksdb", "ready"] in rows(library.rag("plugin", "show", "rocksdb"))
    library.rag("plugin", "show", "nope").failed(6)


def test_config_is_shown_and_checked(library):
    values = {v["key"]: v for v in library.json("config", "show")["values"]}
    assert values["data_dir"]["value"] == str(library.site.data)
    bad = library.write("bad.yaml", "modle: 1\n")
    bad.chmod(0o600)
    failed = library.rag("config", "check", "--json", bad).failed(1)
    assert "bad.yaml:1:1" in failed.error()["why"]
    missing = library.rag("config", "check", "--json", "nope.yaml").failed(6).error()
    assert missing["code"] == "no_such_file"
    assert library.json("config", "path")["user_socket"].startswith(str(library.site.run))


def test_a_collection_wins_over_a_file_of_its_name(library):
    for name in ("library", "readme"):
        library.write(name, "a file in the current directory")
    for args in ((), ("--chunks",), ("--json",), ("--format", "ids")):
        library.rag("ls", "library", *args).ok()
    library.write("folder/a.txt", "text")
    for name, hint in (("readme", "rag get readme"), ("folder", "rag ls -c default")):
        missing = library.rag("ls", name).failed(6)
        assert f"no collection '{name}'" in missing.err and hint in missing.err, missing


def test_numbers_are_as_short_as_they_can_be(daemon):
    record = {"id": "v", "embedding": [0.1, 0.25], "metadata": {"weight": 0.1, "n": 1e300}}
    daemon.rag("collection", "import", "--create", "vecs", "-", "--embedder", "none",
               input=json.dumps(record) + "\n").ok()
    out = daemon.rag("get", "-c", "vecs", "v", "--vector", "--json").ok().out
    assert '"weight":0.1' in out and '"n":1e+300' in out and '"embedding":[0.1,0.25]' in out
    assert ["metric", "l2"] in rows(daemon.rag("collection", "show", "vecs"))
    assert "--chunks" in daemon.rag("ls", "vecs").ok().err
    after = daemon.rag("ls", "vecs", "--after", "zzz").ok()
    assert "no documents in vecs after 'zzz'" in after.err


def test_list_of_collections_ends_at_its_limit(daemon):
    for name in ("one", "two", "three"):
        daemon.rag("collection", "create", name).ok()
    assert len(rows(daemon.rag("ls", "--limit", "2"))) == 2
    assert len(daemon.json("ls", "--limit", "2")["collections"]) == 2


def test_an_answer_s_line_ends_before_a_note(library):
    run = subprocess.run(
        [harness.bin_dir() / "rag", "ask", "-c", "library", "--stream", "Who is this?"],
        env=library.site.environment({"RAG_SOCKET": library.url}), cwd=library.site.home,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    lines = run.stdout.decode().splitlines()
    assert any(line.startswith("try:") for line in lines), lines
