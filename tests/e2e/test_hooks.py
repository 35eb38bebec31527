"""Hooks, and what runs after edits."""
import json
import os
import subprocess

import pytest
from conftest import read_until, wait_for
from model_server import call, say

LOG = "cat >> \"$HOME/hooks.log\"; echo >> \"$HOME/hooks.log\""


def hooks(friday, more=None, **events):
    friday.config({"hooks": {e: h if isinstance(h, list) else [
        h if isinstance(h, dict) else {"command": h}]
        for e, h in events.items()}, **(more or {})})


def log(friday):
    path = friday.home / "hooks.log"
    if not path.exists():
        return []
    return [json.loads(x) for x in path.read_text().splitlines() if x]


def test_each_event_gets_its_json(friday, server):
    hooks(friday, before_tool=LOG, after_tool=LOG, prompt=LOG, stop=LOG,
          session_start=LOG)
    server.script([call("write", path="a.txt", content="one\n")],
                  [say("Done.")], [say("Again.")])
    assert friday("run", "write it").status == 0
    told = log(friday)
    assert [t["hook"] for t in told] == [
        "session_start", "prompt", "before_tool", "after_tool", "stop"]
    assert len({t["session"] for t in told}) == 1
    assert all(t["folder"] == str(friday.repo) and t["mode"] == "auto"
               for t in told)
    assert told[0]["resumed"] is False and told[1]["text"] == "write it"
    assert told[2]["tool"] == "write"
    assert told[2]["arguments"] == {"path": "a.txt", "content": "one\n"}
    assert told[3]["ok"] is True and told[3]["files"] == ["a.txt"]
    assert "a.txt" in told[3]["result"]
    assert told[4]["stop_reason"] == "end_turn"
    assert friday("run", "--continue", "more").status == 0
    assert log(friday)[5]["resumed"] is True


@pytest.mark.parametrize("command, reason", [
    ("echo not on Fridays >&2; exit 2", "not on Fridays"),
    ("echo '{\"decision\":\"deny\",\"reason\":\"never\"}'", "never"),
    ("exit 2", "no reason"), ("exit 1", "status 1"),
    ("kill -9 $$", "signal 9"), ("no-such-program-here", "status 127"),
    ("printf 'a\\033[31mb\\nc' >&2; exit 2", "a [31mb c"),
])
def test_before_tool_refuses(friday, server, command, reason):
    hooks(friday, before_tool={"command": command, "tool": "writ*"})
    server.script([call("write", path="a.txt", content="x"),
                   call("list", path=".")], [say("I see.")])
    r = friday("run", "--json", "hello")
    results = server.requests[1].results
    assert r.status == 3 and not (friday.repo / "a.txt").exists()
    assert "hook.denied" in results[0] and reason in results[0]
    assert "README" in results[1]
    assert reason in [e for e in r.of("notice")
                      if e["code"].startswith("hook.")][0]["text"]


@pytest.mark.parametrize("command", [
    "exit 0", "echo anything", "echo '{\"decision\":\"allow\"}'",
    "echo '{\"decision\":\"deny\"'", "exec <&-; exit 0",
])
def test_a_hook_changes_nothing_else(friday, server, command):
    hooks(friday, before_tool=command, prompt=command, stop=command)
    server.script([call("write", path="a.txt", content="x" * 300000)],
                  [say("Done.")])
    assert friday("run", "hello").status == 0
    assert len(friday.read("a.txt")) == 300000


def test_a_hook_lifts_no_rule(friday, server):
    hooks(friday, {"permissions": ["deny write"]},
          before_tool="echo '{\"decision\":\"allow\"}'")
    server.script([call("write", path="a.txt", content="x"),
                   call("shell", command="rm -rf .")], [say("No.")])
    assert friday("run", "hello").status == 3
    assert (friday.repo / "README.md").exists()


def test_time_limit(friday, server):
    hooks(friday, before_tool={"command": "sleep 77123", "seconds": 1})
    server.script([call("list", path=".")], [say("No.")])
    assert friday("run", "hello").status == 3
    assert "within 1 s" in server.requests[1].results[0]


def test_cancel_does_not_wait_for_a_hook(friday, server, running):
    hooks(friday, before_tool={
        "command": "touch \"$HOME/here\"; sleep 77124", "seconds": 60})
    server.script([call("list", path=".")], [say("No.")])
    p = friday.start("run", "--json", "hello")
    running(p)
    wait_for((friday.home / "here").exists, what="the hook")
    p.terminate()
    p.communicate(timeout=10)
    assert p.returncode == 130


@pytest.mark.parametrize("event", ["prompt", "session_start"])
def test_a_refused_prompt_reaches_nobody(friday, server, event):
    hooks(friday, **{event: "grep -q secret-word && { echo no such words "
                     ">&2; exit 2; }; exit 0"
                     if event == "prompt" else "echo closed >&2; exit 2"})
    r = friday("run", "say secret-word")
    assert r.status == 3, r
    assert server.requests == []
    assert "no such words" in r.err or "closed" in r.err
    if event == "prompt":
        server.script([say("Fine.")])
        assert friday("run", "--continue", "say it").status == 0
        assert b"secret-word" not in server.requests[0].body


def test_after_tool_speaks_to_the_model(friday, server):
    hooks(friday, after_tool="echo keep it short >&2; exit 2")
    server.script([call("write", path="a.txt", content="x")], [say("Ok.")])
    assert friday("run", "hello").status == 0
    assert "objects to this: keep it short" in server.requests[1].results[0]
    assert (friday.repo / "a.txt").exists()


def test_stop_puts_the_end_off_a_few_times(friday, server):
    hooks(friday, stop="echo the tests fail >&2; exit 2")
    server.always([say("Done.")])
    assert friday("run", "hello").status == 0
    assert len(server.requests) == 4
    assert "the tests fail" in server.requests[1].text


def test_hooks_do_not_get_keys(friday, server):
    hooks(friday, prompt="env > \"$HOME/env.txt\"")
    server.script([say("Hello.")])
    assert friday("run", "hello", OPENAI_API_KEY="sk-" + "x" * 20).status == 0
    text = (friday.home / "env.txt").read_text()
    assert "API_KEY" not in text and "test-key" not in text


def test_a_sandboxed_hook_stays_inside(friday, server):
    hooks(friday, prompt={
        "command": "cat > got.json; echo x > \"$HOME/out\" || true; "
                   "echo x > /etc/friday-out || true", "sandbox": True})
    server.script([say("Hello.")])
    assert friday("run", "hello").status == 0
    assert json.loads(friday.read("got.json"))["hook"] == "prompt"
    assert not (friday.home / "out").exists()
    assert not os.path.exists("/etc/friday-out")


def test_hooks_of_the_project_only_when_trusted(friday, server):
    hooks(friday, prompt=LOG)
    friday.write(".friday/config.json", json.dumps(
        {"hooks": {"prompt": [{"command": "touch project-hook"}],
                   "before_tool": []},
         "edit": {"test": {"*": "touch project-test"}}}))
    server.always([say("Hello.")])
    assert friday("run", "hello").status == 0
    assert not (friday.repo / "project-hook").exists()
    assert friday("config", "trust").status == 0
    assert friday("run", "hello").status == 0
    assert (friday.repo / "project-hook").exists()
    # The user's own are still there.
    assert len(log(friday)) == 2


@pytest.mark.parametrize("value, word", [
    ({"never": []}, "never"), ({"prompt": {"command": "x"}}, "prompt"),
    ({"prompt": [{"command": 5}]}, "command"), ({"prompt": [{}]}, "command"),
    ({"prompt": [{"command": "x", "seconds": 0}]}, "seconds"),
    ({"prompt": [{"command": "x", "extra": 0}]}, "extra"),
])
def test_wrong_hooks_are_named(friday, value, word):
    friday.config({"hooks": value})
    r = friday("run", "hello")
    assert r.status == 2 and "hooks" in r.err and word in r.err, r


# --- after edits ---

def test_formatter_and_tests_after_an_edit(friday, server):
    friday.config({"edit": {
        "format": {"*.txt": "sed -i s/teh/the/g {file}",
                   "*.never": "touch wrong"},
        "test": {"*.txt": "grep -c the a.txt; echo told; exit 3",
                 "src/**": "touch wrong"}}})
    server.script([call("write", path="a.txt", content="teh end\n")],
                  [call("edit", path="a.txt", old_string="the end",
                        new_string="the very end")], [say("Done.")])
    assert friday("run", "hello").status == 0
    first, second = (server.requests[i].results[-1] for i in (1, 2))
    assert "+the end" in first and "changed by the formatter" in first
    assert "failed, exit status 3" in first and "told" in first
    # The formatter's change does not make the next edit a stale one.
    assert "Edited" in second and friday.read("a.txt") == "the very end\n"
    assert not (friday.repo / "wrong").exists()
    assert friday("undo").status == 0
    assert not (friday.repo / "a.txt").exists()


def test_tests_run_once_for_several_files(friday, server):
    friday.config({"edit": {"test": {
        "*.c": "echo x >> count", "b.*": "echo x >> count",
        "*.h": "echo x >> each-{file}"}}})
    patch = "".join(f"--- /dev/null\n+++ b/{n}\n@@ -0,0 +1 @@\n+int x;\n"
                    for n in ("a.c", "b.c", "a.h", "b.h"))
    server.script([call("apply_patch", patch=patch)], [say("Done.")])
    assert friday("run", "hello").status == 0
    assert friday.read("count") == "x\n"
    assert friday.read("each-a.h") == friday.read("each-b.h") == "x\n"
    assert "passed" in server.requests[1].results[0]


def test_file_names_are_never_shell_text(friday, server):
    name = "a;touch${IFS}pwned;$(touch pwned2).txt"
    friday.config({"edit": {"format": {"*.txt": "cat {file} > seen; true"},
                            "test": {"*.txt": "true"}}})
    server.script([call("write", path=name, content="x\n")], [say("Done.")])
    assert friday("run", "hello").status == 0
    assert friday.read("seen") == "x\n"
    assert not (friday.repo / "pwned").exists()
    assert not (friday.repo / "pwned2").exists()


def test_commands_after_edits_are_sandboxed_and_limited(friday, server):
    friday.config({"edit": {
        "test": {"*": "echo x > \"$HOME/out\"; sleep 77125"},
        "test_seconds": 1}})
    server.script([call("write", path="a.txt", content="x\n")],
                  [say("Done.")])
    assert friday("run", "hello").status == 0
    assert "did not end within" in server.requests[1].results[0]
    assert not (friday.home / "out").exists()


def test_a_failing_formatter_does_not_fail_the_edit(friday, server):
    friday.config({"edit": {"format": {"*": "no-such-formatter"}}})
    server.script([call("write", path="a.txt", content="x\n")],
                  [say("Done.")])
    r = friday("run", "--json", "hello")
    assert r.status == 0 and r.of("tool.finished")[0]["ok"]
    assert "127" in server.requests[1].results[0]
