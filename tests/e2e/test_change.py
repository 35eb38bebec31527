"""A real change over several files in a real repository, in each format."""
from model_server import call, say, think

MAIN_C = """#include "sum.h"
#include <stdio.h>

int main(void)
{
\tprintf("%d\\n", sum(2, 3));
\treturn 0;
}
"""
SUM_C = """#include "sum.h"

int sum(int a, int b)
{
\treturn a - b;
}
"""


def prepare(friday):
    friday.write("main.c", MAIN_C)
    friday.write("sum.c", SUM_C)
    friday.write("sum.h", "int sum(int a, int b);\n")
    friday.git("add", ".")
    friday.git("commit", "-q", "-m", "sum")


def test_change_over_several_files(friday, wire, server):
    prepare(friday)
    server.script(
        [think("First I look.", signature="c2lnLTE="),
         say("I look at the code."),
         call("grep", pattern="sum\\("), call("read", path="sum.c")],
        [call("edit", path="sum.c", old_string="return a - b;",
              new_string="return a + b;"),
         call("write", path="test.sh",
              content="#!/bin/sh\ncc -o t main.c sum.c && ./t\n")],
        [call("shell", command="sh test.sh")],
        [call("git", action="add", paths=["sum.c", "test.sh"]),
         call("git", action="commit", message="sum: add, not subtract")],
        [say("Fixed in sum.c:5; test.sh prints 5.")])
    r = friday("run", "Fix sum and add a test.")
    assert r.status == 0, r
    assert r.out == ("I look at the code.\n"
                     "Fixed in sum.c:5; test.sh prints 5.\n")
    assert "return a + b;" in friday.read("sum.c")
    assert friday.git("log", "-1", "--format=%s").strip() == \
        "sum: add, not subtract"
    assert friday.git("status", "--porcelain").split() == ["??", "t"]

    results = server.requests[-1].results
    assert len(results) == 7
    assert "main.c" in results[0] and "return a - b" in results[1]
    assert results[4].lstrip().startswith(("5", '{"')) and "5" in results[4]


def test_signatures_go_back_unchanged(friday, wire, server):
    if wire in ("openai-chat", "ollama"):
        return  # these formats have none
    friday.write("a.txt", "x\n")
    server.script(
        [think("Thinking.", signature="U2lnbmF0dXJlL1dpdGgrUGFkPQ=="),
         call("read", path="a.txt")],
        [say("Done.")])
    assert friday("run", "look").status == 0
    assert "U2lnbmF0dXJlL1dpdGgrUGFkPQ==" in server.requests[1].text


def test_prefix_of_requests_is_stable(friday, wire, server):
    """Provider caches hold: what was sent is sent again, byte for byte."""
    friday.write("a.txt", "x\n")
    server.script([call("read", path="a.txt")],
                  [call("list", path=".")], [say("Done.")])
    assert friday("run", "look").status == 0
    server.script([say("And again.")])
    assert friday("run", "--continue", "once more").status == 0
    key = {"gemini": "contents", "openai-responses": "input"}.get(
        wire, "messages")
    for a, b in zip(server.requests, server.requests[1:]):
        for part in ("tools", "system", "systemInstruction", "instructions"):
            assert a.json.get(part) == b.json.get(part)
        before, after = a.json[key], b.json[key]
        if wire == "anthropic":  # cache marks move on
            strip = lambda ms: [
                {**m, "content": [{k: v for k, v in p.items()
                                   if k != "cache_control"}
                                  for p in m["content"]]} for m in ms]
            before, after = strip(before), strip(after)
        assert after[:len(before)] == before
