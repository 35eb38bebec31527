"""The gate: modes, rules, approvals, refusals."""
import json
import subprocess

import pytest
from conftest import read_until
from model_server import call, say


def test_ask_without_anyone_means_no(friday, server):
    server.script([call("write", path="x.txt", content="x\n")],
                  [say("I could not.")])
    r = friday("run", "hello", FRIDAY_MODE="ask")
    assert r.status == 3 and r.out == "I could not.\n"
    assert not (friday.repo / "x.txt").exists()
    assert "approval" in server.requests[1].results[0]


def test_plan_changes_nothing(friday, server):
    server.script([call("write", path="x.txt", content="x\n"),
                   call("shell", command="touch y.txt"),
                   call("git", action="commit", message="no"),
                   call("list", path=".")], [say("A plan.")])
    r = friday("run", "--mode", "plan", "hello")
    assert r.status == 3
    assert friday.git("status", "--porcelain") == ""
    refused = server.requests[1].results
    assert all("plan" in x for x in refused[:3]) and "README" in refused[3]


def test_edit_mode_writes_files_but_asks_for_commands(friday, server):
    server.script([call("write", path="x.txt", content="x\n"),
                   call("shell", command="touch y.txt")], [say("Half.")])
    r = friday("run", "--mode", "edit", "hello")
    assert r.status == 3
    assert (friday.repo / "x.txt").exists()
    assert not (friday.repo / "y.txt").exists()


def answer(friday, server, decision, running, **more):
    p = friday.start("run", "--json", "--answers", "hello",
                     stdin=subprocess.PIPE, FRIDAY_MODE="ask")
    running(p)
    events = read_until(p, lambda e: e["type"] == "approval.requested")
    line = {"call_id": events[-1]["call_id"], "decision": decision, **more}
    p.stdin.write(json.dumps(line).encode() + b"\n")
    p.stdin.flush()
    out, _ = p.communicate(timeout=20)
    return p.returncode, events[-1], [json.loads(x) for x in
                                      out.splitlines()]


def test_approval_once(friday, server, running):
    server.script([call("write", path="x.txt", content="new\n")],
                  [say("Done.")])
    code, asked, _ = answer(friday, server, "once", running)
    assert code == 0 and friday.read("x.txt") == "new\n"
    assert asked["kind"] == "edit" and "+new" in asked["diff"]
    assert asked["rule"] == "allow write(x.txt)"
    assert "mode ask" in asked["reason"]


@pytest.mark.parametrize("decision", ["no", "yes please", "", "ONCE"])
def test_anything_but_a_known_approval_means_no(friday, server, running,
                                                decision):
    server.script([call("write", path="x.txt", content="new\n")],
                  [say("Done.")])
    code, _, _ = answer(friday, server, decision, running,
                        reason="not there")
    assert code == 0 and not (friday.repo / "x.txt").exists()
    assert "not there" in server.requests[1].results[0]


def test_always_is_remembered_exactly(friday, server, running):
    server.script([call("shell", command="touch 'a *'")], [say("Done.")])
    code, _, _ = answer(friday, server, "always", running)
    assert code == 0 and (friday.repo / "a *").exists()
    (friday.repo / "a *").unlink()
    server.script([call("shell", command="touch 'a *'")], [say("Done.")])
    assert friday("run", "again", FRIDAY_MODE="ask").status == 0
    assert (friday.repo / "a *").exists()
    server.script([call("shell", command="touch 'a *' b")], [say("Done.")])
    assert friday("run", "again", FRIDAY_MODE="ask").status == 3
    assert "touch 'a *'" in friday("config", "permissions").out
    assert friday("config", "permissions", "--remove", "1").status == 0
    server.script([call("shell", command="touch 'a *'")], [say("Done.")])
    assert friday("run", "again", FRIDAY_MODE="ask").status == 3


@pytest.mark.parametrize("sent, kept", [
    ([], "touch a,touch b"),
    (["allow shell(touch b)"], "touch b"),
    (["allow shell(touch *)"], ""),
    (["allow shell"], ""), (["allow *"], ""), (["deny shell"], ""),
    (["allow shell(touch a*)", "allow shell(touch a)"], "touch a"),
    (["allow write(touch a)"], ""), (["nonsense"], ""), ([""], ""),
])
def test_a_face_keeps_no_more_than_was_seen(friday, server, running, sent,
                                            kept):
    server.script([call("shell", command="touch a; touch b")],
                  [say("Done.")])
    code, asked, events = answer(friday, server, "always", running,
                                 always=sent)
    assert code == 0 and (friday.repo / "b").exists()
    assert asked["always"] == ["allow shell(touch a)",
                               "allow shell(touch b)"]
    rules = json.loads(friday("config", "permissions", "--json").out)
    assert [r["pattern"] for r in rules["remembered"]] == (
        kept.split(",") if kept else [])
    refused = len(sent) - len([x for x in kept.split(",") if x])
    if sent:
        told = [e["text"] for e in events if e["type"] == "notice"]
        assert len([t for t in told if "not kept" in t
                    or "is no rule" in t]) == refused


def test_rules_kept_by_hand(friday, server):
    def permissions(*args):
        return friday("config", "permissions", *args)
    assert permissions("add", "allow", "shell(touch a*)").status == 0
    assert permissions("add", "deny write(*.lock)").status == 0
    assert permissions("add", "deny write(*.lock)").status == 0
    assert permissions("add", "perhaps shell").status == 2
    assert permissions("add").status == 2
    assert permissions("list").out == (
        "1. allow shell(touch a*)  (remembered)\n"
        "2. deny write(*.lock)  (remembered)\n")
    server.script([call("shell", command="touch aa"),
                   call("shell", command="touch aa; touch b"),
                   call("write", path="x.lock", content="x")],
                  [say("Done.")])
    assert friday("run", "--mode", "edit", "hello").status == 3
    assert (friday.repo / "aa").exists()
    assert not (friday.repo / "b").exists()
    assert not (friday.repo / "x.lock").exists()
    assert permissions("remove", "3").status == 1
    assert permissions("remove", "1").status == 0
    assert permissions("remove", "0").status == 2
    assert "allow" not in permissions().out


def test_rules_of_the_configuration(friday, server):
    friday.config({"permissions": ["allow shell(echo *)", "deny write"]})
    server.script([call("shell", command="echo hi"),
                   call("shell", command="echo hi; touch x"),
                   call("write", path="y", content="y")], [say("Done.")])
    assert friday("run", "hello", FRIDAY_MODE="ask").status == 3
    results = server.requests[1].results
    assert "hi" in results[0]
    assert "approval" in results[1] and "refused" in results[2]
    assert not (friday.repo / "x").exists()


def test_destructive_commands_ask_even_in_auto(friday, server):
    friday.write("d/f", "x")
    server.script([call("shell", command="rm -rf d")], [say("No.")])
    assert friday("run", "hello").status == 3
    assert (friday.repo / "d" / "f").exists()


@pytest.mark.parametrize("path", ["../out.txt", "/tmp/friday-out.txt",
                                  "link/out.txt", "/proc/self/root/tmp/o"])
def test_paths_stay_inside(friday, server, tmp_path, path):
    (tmp_path / "outside").mkdir()
    (friday.repo / "link").symlink_to(tmp_path / "outside")
    server.script([call("write", path=path, content="x"),
                   call("read", path="/etc/passwd")], [say("No.")])
    friday("run", "hello")
    assert "outside" in server.requests[1].results[0]
    assert "root:" not in server.requests[1].results[1]
    assert not list((tmp_path / "outside").iterdir())


def test_project_configuration_cannot_widen(friday, server):
    friday.write(".friday/config.json", json.dumps({
        "base_url": "http://127.0.0.1:9/", "permissions": ["allow shell"]}))
    server.script([call("shell", command="touch x")], [say("No.")])
    assert friday("run", "hello", FRIDAY_MODE="ask").status == 3
    assert "base_url" in friday("config").out
    assert friday("config", "trust").status == 0
    server.script([call("shell", command="touch x")], [say("Yes.")])
    assert friday("run", "hello", FRIDAY_MODE="ask").status == 0
    # Trust is for the content, by its hash.
    friday.write(".friday/config.json", json.dumps({
        "permissions": ["allow *"]}))
    server.script([call("shell", command="touch y")], [say("No.")])
    assert friday("run", "hello", FRIDAY_MODE="ask").status == 3


def test_wrong_calls_are_answered(friday, wire, server):
    server.script([call("no_such_tool", x=1), call("edit", path=5),
                   call("read", path="README.md", nonsense=1)],
                  [say("I see.")])
    r = friday("run", "hello")
    assert r.status == 0, r
    results = server.requests[1].results
    assert "no tool" in results[0]
    assert "arguments" in results[1] and "arguments" in results[2]


def test_repeated_failing_call_ends_the_run(friday, server):
    server.always([call("read", path="missing.txt")])
    r = friday("run", "--json", "hello")
    assert r.status == 1
    assert r.of("error")[0]["code"] == "tool.loop"
    assert len(server.requests) <= 6


def test_parallel_reads_keep_their_order(friday, wire, server):
    for i in range(6):
        friday.write(f"f{i}.txt", f"content {i}\n")
    server.script([call("read", path=f"f{i}.txt") for i in range(6)],
                  [say("Done.")])
    assert friday("run", "hello").status == 0
    results = server.requests[1].results
    assert [f"content {i}" in results[i] for i in range(6)] == [True] * 6


def test_file_changed_since_it_was_read_is_kept(friday, server):
    friday.write("a.txt", "one\n")

    def change(request):
        friday.write("a.txt", "user's work\n")
        return [call("write", path="a.txt", content="agent\n")]
    server.script([call("read", path="a.txt")], change, [say("Done.")])
    friday("run", "hello")
    assert friday.read("a.txt") == "user's work\n"


def test_questions_without_anyone(friday, server):
    server.script([call("ask_user", questions=[{"question": "Which?"}])],
                  [say("Then I choose.")])
    r = friday("run", "hello")
    assert r.out == "Then I choose.\n"
