# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Documents that are made to hurt a parser: {name: function that makes its bytes}.

The suffix of the name says which loader is to read it. Nothing large is kept in the
repository; chance has a seed.
"""

import gzip
import itertools
import random

import harness

SEED = 20
LARGE = 10 if harness.is_long() else 1  # of what is stored after all, at some cost

SAMPLE = """---
title: A sample
tags: [one, two]
---
# Head

Some *text* with `code`, a [link](http://example.org "title") and ![a picture](x.png).

> - quoted
>   1. and nested

| a | b |
|---|---|
| 1 | 2 |

```c
int x;
```
""".encode()


def repeat(piece, count):
    return lambda: piece.encode() * count


def text(make):
    return lambda: make().encode()


def front_matter(body):
    return lambda: b"---\n" + body() + b"\n---\nText of it.\n"


def laughs():
    """Aliases of aliases: nine times ten to the ninth when written out."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for n in range(1, 10):
        lines.append(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]")
    return "\n".join(lines).encode()


def chance(count):
    return lambda: random.Random(SEED).randbytes(count)


def cut_short(at):
    return lambda: SAMPLE[:at]


def bent(seed):
    """The sample with some bytes changed."""
    def make():
        rng, data = random.Random(seed), bytearray(SAMPLE * 20)
        for _ in range(40):
            data[rng.randrange(len(data))] = rng.randrange(256)
        return bytes(data)
    return make


MARKDOWN = {
    "quotes-deep": repeat(">", 200_000),
    "quotes-and-lists-deep": repeat("> - ", 20_000),
    "lists-deep": text(lambda: "".join(" " * (2 * n) + "- x\n" for n in range(2_000))),
    "numbers-deep": repeat("1. ", 100_000),
    "brackets-open": repeat("[", 300_000),
    "brackets-nested": text(lambda: "[" * 50_000 + "a" + "](b)" * 50_000),
    "pictures-open": repeat("![", 200_000),
    "links": repeat("[a](b)", 200_000),
    "links-open": repeat("[a](", 200_000),
    "links-angle-open": repeat("[a](<b", 100_000),
    "links-title-open": repeat('[a](b "', 100_000),
    "links-parentheses": text(lambda: "[a](" + "(" * 300_000),
    "references-one": text(lambda: "[a]: b\n" * 50_000 + "\n" + "[a]" * 50_000),
    "references-many": text(lambda: "".join(f"[r{n}]: /{n}\n" for n in range(50_000)) + "\n"
                            + "".join(f"[r{n}] " for n in range(50_000))),
    "reference-long": text(lambda: f"[{'a' * 900_000}]: b\n\n[{'a' * 900_000}]"),
    "stars": repeat("*", 1_000_000),
    "stars-and-letters": repeat("*a", 300_000),
    "stars-unbalanced": repeat("**a *b ", 100_000),
    "stars-and-lines": repeat("*a_ ", 200_000),
    "underlines": repeat("_ _a", 200_000),
    "tildes": repeat("~~a ~", 200_000),
    "backticks": text(lambda: " ".join("`" * n for n in range(1, 2_000))),
    "fences-open": repeat("```\n", 100_001),
    "fence-endless": text(lambda: "```\n" + "code\n" * (50_000 * LARGE)),
    "tags": repeat("<div>", 300_000),
    "tags-inline": repeat("a <b c='", 200_000),
    "comments-open": repeat("<!--", 200_000),
    "cdata-open": repeat("<![CDATA[", 100_000),
    "instructions-open": repeat("<?", 300_000),
    "attributes": text(lambda: "<p " + " ".join(f"a{n}=b" for n in range(100_000)) + ">"),
    "entities": repeat("&amp;&lt;&#x41;&nbsp;", 100_000),
    "entities-bad": repeat("&#0;&#x110000;&#xd800;&nothing;&", 50_000),
    "table-columns": text(lambda: "|a" * 1_000_000 + "|\n" + "|-" * 1_000_000 + "|\n"),
    "table-columns-open": text(lambda: "|" * 1_000_000 + "\n" + "|-" * 1_000_000),
    "table-rows": text(lambda: "|a|b|\n|-|-|\n" + "|1|2|\n" * 300_000),
    "table-square": text(lambda: ("|a" * 1_000 + "|\n") + ("|-" * 1_000 + "|\n")
                         + ("|x" * 1_000 + "|\n") * 1_000),
    "table-short-rows": text(lambda: "|a" * 100 + "|\n" + "|-" * 100 + "|\n" + "|\n" * 200_000),
    "heads-under": repeat("a\n=\n", 150_000),
    "heads": repeat("# a\n", 300_000),
    "hashes": repeat("#", 1_000_000),
    "breaks": repeat("a  \n", 400_000),
    "tabs": repeat("\t", 1_000_000),
    "backslashes": repeat("\\", 1_000_000),
    "autolinks": repeat("<http://a.b> www.a.b a@b.c ", 50_000),
    "rules": repeat("- - -\n", 300_000),
    "paragraphs": repeat("a\n\n", 400_000),
    "front-laughs": front_matter(laughs),
    "front-itself": front_matter(lambda: b"a: &a [*a, *a]"),
    "front-keys": front_matter(text(lambda: "\n".join(f"k{n}: v" for n in range(100_000)))),
    "front-deep": front_matter(repeat("[", 100_000)),
    "front-deep-maps": front_matter(text(lambda: "\n".join(" " * n + "a:" for n in range(2_000)))),
    "front-large": front_matter(text(lambda: "a: " + "x" * 8_000_000)),
    "front-list": front_matter(text(lambda: "a: [" + "x, " * 300_000 + "]")),
    "front-open": text(lambda: "---\n" + "a: b\n" * 200_000),
    "front-twice": front_matter(lambda: b"a: 1\na: 2\na: 3"),
    "front-bytes": front_matter(lambda: b"a: \xff\xfe\x00\x01"),
    "front-tags": front_matter(lambda: b"a: !!python/object/apply:os.system [id]\nb: !<!> x"),
    "front-only": front_matter(lambda: b"a: b" + b"\n" * 1_000_000),
    "sample-repeated": lambda: SAMPLE * 5_000,
    **{f"sample-cut-{at}": cut_short(at) for at in range(5, len(SAMPLE), 31)},
    **{f"sample-bent-{n}": bent(n) for n in range(6)},
}

ENCODINGS = {
    "overlong": lambda: b"a\xc0\x80\xe0\x80\xaf\xf0\x80\x80\xaf" * 10_000,
    "surrogates": lambda: b"a\xed\xa0\x80\xed\xbf\xbf" * 10_000,
    "beyond-unicode": lambda: b"a\xf4\x90\x80\x80\xf7\xbf\xbf\xbf" * 10_000,
    "continuations": lambda: b"\x80\xbf" * 100_000,
    "five-bytes": lambda: b"a\xf8\x88\x80\x80\x80\xfc\x84\x80\x80\x80\x80" * 10_000,
    "fe-ff": lambda: b"words \xfe\xff and \xff\xfe more " * 10_000,
    "cut-character": lambda: b"words " * 1_000 + b"\xf0\x9f\x98",
    "every-pair": lambda: bytes(itertools.chain.from_iterable(
        itertools.product(range(128, 256), repeat=2))),
    "zeros": lambda: b"\0" * 1_000_000,
    "a-zero": lambda: b"words " * 1_000 + b"\0" + b" words" * 1_000,
    "controls": lambda: bytes(range(1, 32)) * 10_000,
    "marks": lambda: "\ufeff".encode() * 300_000 + b"text",
    "marks-mixed": lambda: b"\xef\xbb\xbf\xff\xfe" + "text".encode("utf-16-be") * 10_000,
    "utf16-odd": lambda: "some text ".encode("utf-16") * 1_000 + b"x",
    "utf16-lone": lambda: b"\xff\xfe" + b"\x00\xd8a\x00" * 50_000,
    "utf16-be-as-le": lambda: b"\xff\xfe" + "some text ".encode("utf-16-be") * 10_000,
    "utf32-bad": lambda: b"\xff\xfe\x00\x00" + b"\xff\xff\xff\x7f" * 50_000,
    "shift-jis-broken": lambda: ("\u65e5\u672c".encode("shift-jis") + b"\x81") * 20_000,
    "combining": text(lambda: "a" + "\u0301" * 1_000_000),
    "directions": text(lambda: "\u202e\u2066\u200b\u200d" * 200_000),
    "noncharacters": text(lambda: "\ufffe\uffff\U0010ffff" * 100_000),
    "tag-characters": text(lambda: "".join(chr(0xE0000 + n % 128) for n in range(200_000))),
    "line-ends": lambda: b"a\rb\r\nc\n\rd\x0b\x0ce\xc2\x85f\xe2\x80\xa8g" * 50_000,
    "blank": text(lambda: " \u00a0\u2003\u3000\t\r\n" * 100_000),
    "empty": lambda: b"",
    "line-giant": lambda: b"x" * (3_000_000 * LARGE),
    "line-of-words": lambda: b"words and more " * (60_000 * LARGE),
    "over-the-limit": lambda: b"x" * (33 << 20),
    "lines-tiny": lambda: b"\n" * (500_000 * LARGE) + b"a",
    "lines-many": lambda: b"a\n" * (200_000 * LARGE),
    "random": chance(1 << 20),
    "random-ascii": lambda: bytes(b & 127 for b in chance(1 << 19)()),
    "gzip": lambda: gzip.compress(b"\0" * 50_000_000),
    "pdf": lambda: b"%PDF-1.7\n" + b"1 0 obj <<>> endobj\n" * 10_000,
    "html": lambda: b"<!DOCTYPE html><html>" + b"<b>" * 300_000,
}

DOCUMENTS = {
    **{f"{name}.md": make for name, make in MARKDOWN.items()},
    **{f"{name}.md": make for name, make in ENCODINGS.items()},
    **{f"{name}.txt": make for name, make in ENCODINGS.items()},
}
