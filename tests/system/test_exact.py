# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Vectors brought as lines of JSON: distances and order are those of numpy's float64.
Vectors of a lexical embedder, which are not kept: those that it gives for the texts."""

import base64
import json

import numpy
import pytest

import wire

N, DIM, K = 10_000, 32, 100


@pytest.fixture(name="vectors", scope="module")
def fixture_vectors():
    rng = numpy.random.default_rng(3)
    vectors = rng.normal(size=(N, DIM)).astype("<f4")
    vectors[N // 2:N // 2 + 50] = vectors[:50]  # equal distances: the first comes first
    return vectors


def lines_of(vectors):
    """Every other vector as numbers, which must come back to the same bits."""
    for i, row in enumerate(vectors):
        embedding = row.astype(float).tolist() if i % 2 else base64.b64encode(row.tobytes()).decode()
        yield json.dumps({"id": f"r{i}", "text": "", "embedding": embedding})


def distances(metric, wide, asked):
    if metric == "l2":
        return ((wide - asked) ** 2).sum(axis=1)
    dots = wide @ asked
    if metric == "ip":
        return 1 - dots
    return 1 - dots / (numpy.linalg.norm(wide, axis=1) * numpy.linalg.norm(asked))


@pytest.mark.parametrize("metric", ["l2", "cosine", "ip"])
def test_imported_vectors_have_exact_distances(shared_daemon, vectors, metric):
    name = f"exact-{metric}"
    shared_daemon.json("collection", "create", name, "--embedder", "none", "--dim", str(DIM),
                       "--metric", metric)
    text = "\n".join(lines_of(vectors))
    assert shared_daemon.json("collection", "import", name, "-", input=text)["records"] == N
    wide = vectors.astype(numpy.float64)
    for asked in (wide[3], wide[7] * 1.5 + 0.25):
        found = shared_daemon.json("search", "-c", name, "-k", str(K), "--exact", "--vector", "@-",
                                   input=json.dumps(asked.tolist()))["results"]
        want = distances(metric, wide, asked)
        # Rows that are equal are equally far, whatever numpy's order of summation.
        want[N // 2:N // 2 + 50] = want[:50]
        order = numpy.argsort(want, kind="stable")[:K]
        assert [hit["chunk"]["id"] for hit in found] == [f"r{i}" for i in order]
        numpy.testing.assert_allclose([hit["distance"] for hit in found], want[order],
                                      rtol=1e-12, atol=1e-12)


def test_lexical_vectors_are_made_when_asked_for(daemon):
    texts = ["The walrus sleeps on the ice.", "The seal swims below it."]
    uris = []
    for i, text in enumerate(texts):
        path = daemon.write(f"{i}.txt", text)
        daemon.rag("add", path).ok()
        uris.append(path.as_uri())
    expected = [numpy.array(e, dtype="<f4") for e in daemon.json("embed", *texts)["embeddings"]]
    include = wire.common.Include(vector=True)
    with wire.Raw(f"ipc://{daemon.site.socket}") as raw:
        session = wire.Session(raw)

        def stream(method, request, reply):
            call = session.call(f"ragd.v1.{method}", request)
            session.credit(call, 32)
            return list(session.stream(call, reply))

        found = stream("Query/Search",
                       wire.query.SearchRequest(queries=[wire.query.QueryInput(text="walrus")],
                                                include=include),
                       wire.query.SearchReply)
        hits = [hit.chunk for reply in found for hit in reply.hits.hits]
        read = stream("Records/Get", wire.records.RecordsGetRequest(include=include),
                      wire.records.RecordsGetReply)
        records = [record for reply in read for record in reply.records]
    assert [list(hit.vector) for hit in hits] == [expected[0].tolist()]
    assert [record.text for record in records] == ["", ""]
    assert [list(record.vector) for record in records] == [e.tolist() for e in expected]
    assert f"{uris[0]}#0" in [hit.id for hit in hits]
    got = daemon.json("get", "--vector", f"{uris[0]}#0")
    assert numpy.array(got["embedding"], dtype="<f4").tolist() == expected[0].tolist()
    assert "embedding" not in daemon.rag("collection", "export", "default").ok().out
