"""The deny list: what the agent never reads or sends, whatever the way."""
import json
import os
import subprocess

import pytest
from conftest import read_until
from model_server import call, say

SECRET = "hunter2" + "-not-for-models"


@pytest.fixture
def tree(friday):
    """The repository, with a secret under several names."""
    friday.write(".env", f"TOKEN={SECRET}\n")
    friday.write(".env.example", "TOKEN=\n")
    friday.write("sub/private.txt", SECRET + "\n")
    friday.write(".fridayignore", "private.txt\n")
    (friday.repo / "link.txt").symlink_to(".env")
    (friday.repo / "dir").symlink_to("sub")
    os.link(friday.repo / ".env", friday.repo / "hard.txt")
    return friday


def tool(friday, name, *options, **args):
    return friday("tool", "run", name, "--args", json.dumps(args), *options)


@pytest.mark.parametrize("path", [
    ".env", "./.env", "sub/../.env", "link.txt", "hard.txt",
    "sub/private.txt", "dir/private.txt", "dir/../.env",
])
def test_no_tool_gives_it(tree, path):
    for name, more in (("read", {}), ("grep", {"pattern": "hunter"}),
                       ("edit", {"old_string": "TOKEN",
                                 "new_string": "X"}),
                       ("write", {"content": "x"})):
        got = tool(tree, name, path=path, **more)
        assert got.status == 3, (name, got)
        assert "deny list" in got.out + got.err
        assert SECRET not in got.out + got.err
    assert SECRET in tree.read(".env")


def test_names_are_listed_content_is_not(tree):
    assert ".env" in tool(tree, "list", path=".").out
    assert "TOKEN" in tool(tree, "read", path=".env.example").out
    found = tool(tree, "grep", pattern="hunter")
    assert SECRET not in found.out and "deny list" in found.out


def test_git_withholds_it_in_every_version(tree):
    tree.git("add", "-f", ".env", "sub/private.txt")
    tree.git("commit", "-qm", "one")
    blob = tree.git("rev-parse", "HEAD:.env").strip()
    tree.write(".env", f"NEXT={SECRET}\n")
    for args in ({"action": "diff"}, {"action": "show"},
                 {"action": "show", "revision": "HEAD:.env"},
                 {"action": "show", "revision": "HEAD:sub/private.txt"},
                 {"action": "show", "revision": blob},
                 {"action": "blame", "paths": [".env"]}):
        got = tool(tree, "git", **args)
        assert SECRET not in got.out + got.err, args


@pytest.mark.parametrize("place", [".local/state/friday", ".config/friday"])
def test_own_store_and_configuration(tree, place):
    folder = tree.home / place
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "x.txt").write_text(SECRET)
    tree.config({"add_dirs": [str(tree.home)]})
    got = tool(tree, "read", path=str(folder / "x.txt"))
    assert got.status == 3 and SECRET not in got.out + got.err


def test_instructions_cannot_be_a_link_to_it(tree, server):
    (tree.repo / "AGENTS.md").symlink_to(".env")
    server.script([say("Hello.")])
    assert tree("run", "hello").status == 0
    assert SECRET.encode() not in server.requests[0].body


def start(friday, running, *args, **env):
    p = friday.start("run", "--json", "--answers", *args, "hello",
                     stdin=subprocess.PIPE, **env)
    running(p)
    return p


@pytest.mark.parametrize("decision", ["once", "session", "always"])
def test_a_person_allows_one_call_and_no_more(tree, server, running,
                                              decision):
    server.script([call("read", path=".env")], [call("read", path=".env")],
                  [say("Done.")])
    p = start(tree, running)
    events = read_until(p, lambda e: e["type"] == "approval.requested")
    assert events[-1]["kind"] == "secret" and events[-1]["rule"] == ""
    p.stdin.write(json.dumps({"call_id": events[-1]["call_id"],
                              "decision": decision}).encode() + b"\n")
    p.stdin.flush()
    events = read_until(p, lambda e: e["type"] == "approval.requested")
    resolved = [e for e in events if e["type"] == "approval.resolved"]
    assert [e["scope"] for e in resolved] == ["once"]
    p.stdin.write(json.dumps({"call_id": events[-1]["call_id"],
                              "decision": "no"}).encode() + b"\n")
    p.stdin.close()
    p.stdin = None
    p.communicate(timeout=20)
    assert SECRET in server.requests[1].results[0]
    assert "path.denied" in server.requests[2].results[-1]


@pytest.mark.parametrize("mode", ["plan", "ask", "edit", "auto"])
def test_without_a_person_no_mode_gives_it(tree, server, mode):
    server.script([call("read", path=".env")], [say("I could not.")])
    r = tree("run", "hello", FRIDAY_MODE=mode)
    assert r.status == 3 and "path.denied" in server.requests[1].results[0]
    assert all(SECRET.encode() not in q.body for q in server.requests)


def test_no_rule_lifts_it(tree, server):
    tree.config({"permissions": ["allow read", "allow *", "allow read(.env)"]})
    server.script([call("read", path=".env")], [say("I could not.")])
    assert tree("run", "hello").status == 3
    assert all(SECRET.encode() not in q.body for q in server.requests)
