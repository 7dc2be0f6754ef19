# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""How well the extractive answerer answers, and refuses to: counted, not one by one."""

import pytest

import harness
import questions
import questions_further
import questions_office
import test_main_job

FOLDERS = ("packaging/quickstart-docs", "tests/data/answers")
# Of each list: its questions, how many are answered with the piece that answers, and how
# many refused. A change that raises a count raises it here. A wrong answer is worse than a
# refusal, which quotes the nearest passage: of all no more than WRONG_MOST are answered wrongly.
LISTS = {
    "english": (questions.ENGLISH, 22, 28),
    "japanese": (questions.JAPANESE, 17, 15),
    "german": (questions.GERMAN, 12, 13),
    "office": (questions_office.OFFICE, 43, 40),
    "held out": (questions_office.HELD_OUT, 32, 32),
    "first further": (questions_further.FIRST, 46, 28),
    "second further": (questions_further.SECOND, 49, 30),
}
WRONG_MOST = 5


def fill(daemon):
    for folder in FOLDERS:
        for path in sorted((harness.ROOT / folder).iterdir()):
            daemon.write(f"read/{path.name}", path.read_text(encoding="utf-8"))
    daemon.json("add", "read")
    return daemon


@pytest.fixture(scope="module", params=["alone", "among others"], name="library")
def fixture_library(request):
    """The documents alone, and among 300 others: the weights of words differ."""
    daemon = fill(harness.Daemon().start())
    if request.param != "alone":
        daemon.json("add", test_main_job.make_folder(daemon))
    yield daemon
    daemon.close()


@pytest.mark.parametrize("name", sorted(LISTS))
def test_questions_are_answered_or_refused(library, name):
    asked, least_answered, least_refused = LISTS[name]
    answered, refused, wrong = 0, 0, []
    for question, piece in asked:
        answer = library.json("ask", question)
        said = " ".join(answer["answer"].split())
        right = answer["answered"] == (piece is not None) and (piece or "") in said
        answered += right and piece is not None
        refused += right and piece is None
        if not right:
            wrong.append((question, piece, said))
    assert answered >= least_answered and refused >= least_refused, wrong


def test_hardly_a_question_is_answered_wrongly(library):
    wrong = []
    for asked, _, _ in LISTS.values():
        for question, piece in asked:
            answer = library.json("ask", question)
            said = " ".join(answer["answer"].split())
            if answer["answered"] and (piece is None or piece not in said):
                wrong.append((question, piece, said))
    assert len(wrong) <= WRONG_MOST, wrong


@pytest.mark.parametrize("question, said", [
    ("the of and", "The question has no word to look for."),
    ("Was ist das?", "Die Frage hat kein Wort, nach dem sich suchen ließe."),
    ("Qui est-ce ?", "La question n'a aucun mot à chercher."),
    ("それは何ですか", "質問に検索できる言葉がありません。"),
])
def test_question_without_content_is_told_so(library, question, said):
    answer = library.json("ask", question)
    assert (answer["answered"], answer["answer"], answer["citations"]) == (False, said, [])


def test_the_question_of_the_quickstart_is_answered_from_its_documents(daemon):
    for path in sorted((harness.ROOT / FOLDERS[0]).iterdir()):
        daemon.write(f"read/{path.name}", path.read_text(encoding="utf-8"))
    daemon.json("add", "read")
    quickstart = (harness.ROOT / "packaging/quickstart").read_text(encoding="utf-8")
    question = quickstart.split('question="')[1].split('"')[0]
    assert "5.1 seconds" in daemon.json("ask", question)["answer"]


def test_what_is_not_there_is_not_made_up(library):
    """Neither by words nor by vectors, which always find something."""
    library.rag("collection", "create", "vectors", "--embedder", "hash")
    library.json("add", "-c", "vectors", "read")
    for collection in ("default", "vectors"):
        answer = library.json("ask", "-c", collection, "総理大臣は誰ですか")
        assert answer["answered"] is False and "富士山" not in answer["answer"]
