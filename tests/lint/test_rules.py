# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors
"""Every rule finds the fault planted for it, and leaves what is right alone."""

import edges
import headers
import maps
import rules
import source

HEAD = "/* SPDX-License-Identifier: Apache-2.0 */\n/* Copyright (c) 2026 the ragd authors */\n"
GOOD = HEAD + """#include "core/err.h"
#include <ragd/status.h>

/* strcpy(a, b) in a comment is no call. */
static int twice(int value)
{
    if (value > (1 << 20) &&
        value != 7) {
        return 0;
    }
    do {
        value += 1;
    } while (value < 3);
    log_info("x", "if (never) strcpy(a, b); // %d", value);
    return 2 * value;
}
"""
CORE = {"daemon/core/err.h": HEAD,
        "ARCHITECTURE.md": (source.ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")}
MAP = "".join(f"## {folder}\n| `{name}` | a file |\n" for folder, name in
              (("The top", "server"), ("core", "err"), ("rag", "add"), ("rpc", "call")))
CORE["daemon/README.md"] = MAP
CORE["client/README.md"] = "## cli\n| `walk` | a file |\n"
UNITS = ("daemon/rag/add.c", "daemon/rpc/call.c", "daemon/server.c")


def body(lines):
    return HEAD + "static void long_one(void)\n{\n" + "    step();\n" * lines + "}\n"


def found(check, path, text):
    return list(check({**CORE, path: text}))


def include(path, line, *others):
    tree = {**CORE, **dict.fromkeys(others, HEAD), path: HEAD + line + "\n"}
    return list(edges.check_includes(tree))


def test_nothing_is_found_in_good_code():
    checks = [value for module in (edges, headers, maps, rules) for name, value in vars(module).items()
              if name.startswith("check_") and name != "check_format"]
    assert len(checks) >= 12
    for path in UNITS:
        for check in checks:
            assert found(check, path, GOOD) == [], check.__name__


def test_include_against_the_arrows():
    assert include("daemon/core/a.c", '#include "rpc/b.h"', "daemon/rpc/b.h")
    assert include("daemon/rag/a.c", '#include "loop/b.h"', "daemon/loop/b.h")
    assert not include("daemon/rpc/a.c", '#include "rag/b.h"', "daemon/rag/b.h")


def test_include_round_the_roots():
    assert include("daemon/core/a.c", '#include "../rpc/b.h"', "daemon/rpc/b.h")


def test_include_of_a_plugin_by_the_daemon():
    assert include("daemon/plugin/a.c", '#include "store_memory/b.h"', "plugins/store_memory/b.h")


def test_include_of_the_daemon_by_a_plugin_or_the_client():
    assert include("plugins/llm_echo/plugin.c", '#include "core/err.h"')
    assert include("client/cli/main.c", '#include "core/err.h"')


def test_include_of_another_plugin():
    assert include("plugins/llm_echo/plugin.c", '#include "store_memory/b.h"',
                   "plugins/store_memory/b.h")


def test_library_away_from_home():
    assert include("daemon/rag/a.c", "#include <uv.h>")
    assert include("daemon/core/a.c", "#include <protobuf-c/protobuf-c.h>")
    assert include("client/cli/a.c", "#include <nng/nng.h>")
    assert not include("daemon/loop/a.c", "#include <uv.h>")


def test_impure_header_in_rag():
    assert include("daemon/rag/a.c", "#include <time.h>")
    assert include("daemon/rag/a.c", "#include <sys/socket.h>")
    assert not include("daemon/rag/a.c", "#include <string.h>")


def test_other_header_in_the_abi():
    assert include("plugins/sdk/include/ragd/a.h", "#include <unistd.h>")
    assert not include("plugins/sdk/include/ragd/a.h", "#include <stdint.h>")


def test_edge_that_is_not_drawn():
    document = (source.ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert not list(edges.check_architecture({"ARCHITECTURE.md": document}))
    for right, wrong in (("| `daemon/loop` | wire, core |", "| `daemon/loop` | core |"),
                         ("| `daemon/wire` | core |", "| `daemon/wire` | core, rpc |")):
        assert right in document
        broken = document.replace(right, wrong)
        assert list(edges.check_architecture({"ARCHITECTURE.md": broken})), wrong


def test_missing_licence():
    assert found(rules.check_spdx, "daemon/core/a.c", "int x;\n")
    assert found(rules.check_spdx, "plugins/sdk/include/ragd/a.h", HEAD)
    assert found(rules.check_spdx, "tests/a.py", "import os\n")


def test_long_function():
    assert found(rules.check_function_length, "daemon/core/a.c", body(80))
    tree = {f"daemon/core/a{number}.c": body(50) for number in range(9)}
    assert any("a tenth" in finding for finding in rules.check_function_length(tree))
    assert not found(rules.check_function_length, "daemon/core/a.c", body(20))


def test_function_is_measured_from_its_head():
    text = HEAD + "int\nlong_name(int a,\n          int b)\n{\n    return a + b;\n}\n"
    assert list(source.functions(text)) == [(3, "long_name", 6)]


def test_long_file():
    assert found(rules.check_file_length, "daemon/core/a.c", "\n" * 801)
    assert found(rules.check_file_length, "daemon/core/a.h", "\n" * 151)
    assert not found(rules.check_file_length, "plugins/sdk/include/ragd/a.h", "\n" * 199)


def test_wide_line():
    assert found(rules.check_columns, "daemon/core/a.c", "/* " + "x" * 100 + " */\n")


def test_banned_call():
    assert found(rules.check_banned_calls, "client/cli/a.c", "    strcpy(a, b);\n")
    assert found(rules.check_banned_calls, "daemon/rag/a.c", "    p = malloc(3);\n")
    assert not found(rules.check_banned_calls, "daemon/rag/a.c", "    call->free(p);\n")


def test_missing_braces():
    for text in ("    if (a(b))\n        c();\n", "    } else\n        c();\n",
                 "    for (;;)\n        c();\n", "    while (a) b();\n"):
        assert found(rules.check_braces, "daemon/core/a.c", text), text


def test_unresolved_word():
    for word in rules.UNRESOLVED:
        assert found(rules.check_unresolved, "README.md", f"{word}: later\n"), word


def test_public_prefix_outside_the_sdk():
    assert found(rules.check_public_prefix, "daemon/core/a.h", "int ragd_start(void);\n")
    assert not found(rules.check_public_prefix, "client/lib/a.h", "int ragd_client_open(void);\n")


def test_many_parameters():
    text = "int f(int a, int b, int c, int d, int e, int g, int h)\n{\n}\n"
    assert found(rules.check_parameters, "daemon/core/a.c", text)


def test_function_of_a_header_without_a_comment():
    bare, told = "int run(struct run *run);\n", "/* Starts it. */\n"
    struct = "struct run {\n    int (*on_end)(int); /* may be NULL */\n\n    int n;\n};\n"
    inline = "static inline int run(int n)\n{\n    return twice(n);\n}\n"
    for text in (bare, struct + bare, "#define N 1\n" + bare, told + "\n" + bare, inline,
                 told + struct + "\n" + bare, told + "int n(void); /* it */\n\n" + bare):
        assert found(headers.check_comments, "daemon/core/a.h", HEAD + "\n" + text), text
    for text in (told + bare, told + struct + bare, told + struct + inline + bare, struct,
                 told + "int n(void);\n" + bare, "typedef int (*run_fn)(int n);\n"):
        assert not found(headers.check_comments, "daemon/core/a.h", HEAD + "\n" + text), text


def test_layout(tmp_path):
    (tmp_path / ".clang-format").write_text((source.ROOT / ".clang-format").read_text())
    for name, text in (("bad.c", "int  x ;\n"), ("good.c", "int x;\n")):
        (tmp_path / name).write_text(text)
        findings = list(rules.check_format({name: text}, tmp_path))
        assert bool(findings) == (name == "bad.c"), findings


def test_source_that_is_not_in_the_map():
    assert found(maps.check_maps, "daemon/core/other.c", HEAD)
    assert found(maps.check_maps, "daemon/rpc/add.c", HEAD)  # another folder's
    assert not found(maps.check_maps, "daemon/core/err.c", HEAD)
    assert found(maps.check_maps, "client/cli/other.c", HEAD)
    assert not found(maps.check_maps, "client/cli/walk.h", HEAD)


def test_map_with_a_file_that_is_gone():
    assert found(maps.check_maps_are_current, "daemon/rag/other.c", HEAD)
    assert not found(maps.check_maps_are_current, "daemon/rag/add.c", HEAD)
