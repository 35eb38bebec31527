"""Compaction: what is kept, what the model gets, the summary mended by hand."""
import pexpect
from conftest import FRIDAY
from model_server import call, say, usage


def start(friday):
    p = pexpect.spawn(FRIDAY, ["--plain"], cwd=str(friday.repo),
                      env=friday.env, timeout=20, encoding="utf-8",
                      dimensions=(50, 120))
    p.delaybeforesend = None
    p.expect("> ")
    return p


def test_compact_then_mend_the_summary(friday, server):
    friday.write("AGENTS.md", "House rule: be brief.\n")
    server.script([call("write", path="made.txt", content="x\n")],
                  [say("Written.")])
    p = start(friday)
    p.sendline("make a file called made.txt")
    p.expect_exact("Written.")
    p.expect("> ")
    server.script([say("The user wanted made.txt; it was written.")])
    p.sendline("/compact")
    p.expect_exact("it was written.")
    p.expect("> ")
    p.sendline("/summary")
    p.expect_exact("it was written.")
    p.sendline("/summary All about made.txt, in my own words.")
    p.expect_exact("in my own words.")
    server.script([say("Next.")])
    p.sendline("and now?")
    p.expect_exact("Next.")
    text = server.requests[-1].text
    assert "in my own words" in text and "it was written" not in text
    assert "make a file called made.txt" in text  # the last request
    assert "made.txt" in text and "House rule" in text
    p.sendline("/quit")
    p.expect(pexpect.EOF)
    # A resumed session has the mended summary too.
    server.script([say("Resumed.")])
    assert friday("run", "--continue", "go on").out == "Resumed.\n"
    assert "in my own words" in server.requests[-1].text


def test_summary_without_a_compaction(friday):
    p = start(friday)
    p.sendline("/summary")
    p.expect_exact("nothing was summed up")
    p.close(force=True)


def test_automatic_compaction_before_the_limit(friday, server):
    friday.config({"models": {"*/test-model": {"context": 20000,
                                               "output": 1000}}})
    server.script(
        [call("list", path="."), usage(9000)],
        [call("list", path="."), usage(17500)],
        [say("Summed up.")],
        [say("Done.")])
    r = friday("run", "--json", "the request in my own words")
    assert r.status == 0, r
    compacted, = r.of("compacted")
    assert compacted["tokens_after"] < compacted["tokens_before"]
    assert "Summed up." in compacted["summary"]
    assert "the request in my own words" in server.requests[-1].text
