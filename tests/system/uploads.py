# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Documents/Add as a client holds it."""

import hashlib

import wire
from wire import documents

PIECE_BYTES = 1 << 20
UNCHANGED, FAILED = 3, 5  # of SourceStatus: a result may come without a Want


class Add:
    """Announces sources {uri: bytes}, sends what is wanted, collects the events."""

    def __init__(self, session, sources, **start):
        self.session = session
        self.sources = list(sources.items())
        self.call = session.call("ragd.v1.Documents/Add", documents.AddStart(**start))
        self.queue = [self._announce(i, uri, data)
                      for i, (uri, data) in enumerate(self.sources)]
        self.credit = self.seq = self.settled = 0
        self.closed = False
        self.events = []

    @staticmethod
    def _announce(index, uri, data):
        digest = hashlib.sha256(data).digest()
        return documents.AddPiece(announce=documents.Announce(
            index=index, source=uri, name=uri.rsplit("/", 1)[-1], size=len(data), sha256=digest))

    def contents(self, index):
        """The pieces that bring a source's bytes."""
        data = self.sources[index][1]
        for offset in range(0, len(data) or 1, PIECE_BYTES):
            piece = data[offset:offset + PIECE_BYTES]
            yield documents.AddPiece(content=documents.Content(
                index=index, offset=offset, bytes=piece, last=offset + len(piece) == len(data)))

    def _send(self):
        while self.queue and self.credit:
            self.seq += 1
            self.credit -= 1
            self.session.data(self.call, self.seq, self.queue.pop(0))
        if not self.queue and self.settled == len(self.sources) and not self.closed:
            self.closed = True
            self.session.data(self.call, self.seq + 1, last=True)

    def _event(self, event):
        self.events.append(event)
        kind = event.WhichOneof("kind")
        if kind == "want":
            self.queue += self.contents(event.want.index)
            self.settled += 1
        elif kind == "result" and event.result.status in (UNCHANGED, FAILED):
            self.settled += 1

    def run(self):
        """Until the End, which must say OK; returns self."""
        while True:
            self._send()
            got = self.session.next(self.call)
            kind = got.WhichOneof("kind")
            if kind == "credit":
                self.credit += got.credit.messages
            elif kind == "end":
                if got.end.code:
                    raise wire.Failed(got.end)
                return self
            else:
                self._event(documents.AddEvent.FromString(got.data.body))
                self.session.credit(self.call, 1)

    def of(self, kind):
        return [getattr(e, kind) for e in self.events if e.WhichOneof("kind") == kind]

    @property
    def totals(self):
        return self.of("totals")[0]
