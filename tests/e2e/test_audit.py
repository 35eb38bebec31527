"""The record: what runs did is in it, nothing in it can be changed unseen, and
it tells how a file and a line came to be."""
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from conftest import ROOT, read_until, wait_for
from model_server import call, say

sys.path.insert(0, os.path.join(ROOT, "tests"))
import audit_verify  # noqa: E402


def database(friday):
    return friday.home / ".local/state/friday/friday.db"


def heads(friday):
    folder = friday.home / ".local/share/friday/audit"
    return next(folder.glob("*.heads"))


def verify(friday, *args):
    r = friday("audit", "verify", "--json", *args)
    return r.status, json.loads(r.out)


def export(friday, *args):
    r = friday("audit", "export", *args)
    assert r.status == 0, r
    return [json.loads(line) for line in r.out.splitlines()]


def actions(friday, *args):
    return [e["action"] for e in export(friday, *args)
            if e["kind"] == "entry"]


def tamper(friday, sql):
    with sqlite3.connect(database(friday)) as db:
        db.executescript(sql)
    db.close()


@pytest.fixture
def web():
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<p>Zebra</p>")

    web = HTTPServer(("127.0.0.1", 0), Handler)
    web.port = web.server_address[1]
    threading.Thread(target=web.serve_forever, args=(0.05,),
                     daemon=True).start()
    yield web
    web.shutdown()
    web.server_close()


# --- a schema's check, as far as ours needs it --------------------------------

KINDS = {"object": dict, "string": str, "integer": int, "boolean": bool,
         "null": type(None)}


def fits(schema, value, root):
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].split("/")[-1]]
    if "oneOf" in schema:
        return sum(fits(s, value, root) for s in schema["oneOf"]) == 1
    if "const" in schema and value != schema["const"]:
        return False
    if "type" in schema:
        types = schema["type"]
        types = [types] if isinstance(types, str) else types
        if not any(isinstance(value, KINDS[t]) and
                   (t != "integer" or not isinstance(value, bool))
                   for t in types):
            return False
    if isinstance(value, str):
        return (len(value) >= schema.get("minLength", 0) and
                re.search(schema.get("pattern", ""), value) is not None)
    if isinstance(value, int):
        return value >= schema.get("minimum", value)
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        return (all(k in value for k in schema.get("required", ())) and
                (schema.get("additionalProperties", True) or
                 all(k in known for k in value)) and
                all(fits(known[k], v, root) for k, v in value.items()
                    if k in known))
    return True


# --- what is recorded ---------------------------------------------------------

def work(friday, server, running, web):
    """A run with an edit that is asked about, a command and a page."""
    friday.config({"fetch": {"allow_private": True}})
    friday.write("a.c", "int a;\nint b;\nint c;\n")
    server.script(
        [say("I change b."), call("read", path="a.c"),
         call("edit", id="call-edit", path="a.c", old_string="int b;",
              new_string="int bee = 2;")],
        [call("fetch", url=f"http://127.0.0.1:{web.port}/")],
        [call("shell", command="echo more >> a.c")], [say("Done.")])
    p = friday.start("run", "--json", "--answers", "make b a bee",
                     stdin=subprocess.PIPE, FRIDAY_MODE="ask")
    running(p)

    def answer(event):
        if event["type"] == "approval.requested":
            p.stdin.write(json.dumps({"call_id": event["call_id"],
                                      "decision": "once"}).encode() + b"\n")
            p.stdin.flush()
        return event["type"] == "run.finished"

    read_until(p, answer)
    p.stdin.close()
    assert p.wait(20) == 0
    assert friday.read("a.c") == "int a;\nint bee = 2;\nint c;\nmore\n"


def test_a_run_is_recorded_signed_and_verifies(friday, server, running, web):
    work(friday, server, running, web)
    status, verdict = verify(friday)
    assert status == 0 and verdict["ok"] and verdict["faults"] == []
    assert verdict["unsealed"] == 0 and verdict["seals"] >= 1
    found = actions(friday)
    for action in ["run.start", "prompt", "response", "model.use",
                   "tool.call", "tool.result", "approval.ask",
                   "approval.answer", "file.change", "network.connect",
                   "config.change", "run.end"]:
        assert action in found, action
    key = friday("audit", "key").out.strip()
    assert verify(friday, "--key", key)[0] == 0
    other = "0" * 64
    assert verify(friday, "--key", other)[0] == 1
    # Another program, by the documentation alone.
    assert audit_verify.verify(database(friday), key, heads(friday)) == []


def test_entries_name_what_happened(friday, server, running, web):
    work(friday, server, running, web)
    entries = [e for e in export(friday, "--content")
               if e["kind"] == "entry"]
    by = {}
    for e in entries:
        by.setdefault(e["action"], []).append(e)
    prompt = by["prompt"][0]
    assert prompt["prompt"]["content"] == "make b a bee"
    call = [e for e in by["tool.call"] if e["resource_id"] == "edit"][0]
    assert call["input"]["content"]["path"] == "a.c"
    assert call["model"] == {"provider": "openai-chat", "name": "test-model"}
    assert call["prompt"]["seq"] == prompt["seq"]
    assert call["response"]["seq"] == by["response"][0]["seq"]
    assert call["details"]["rule"] == "mode ask", call
    asked, answer = by["approval.ask"][0], by["approval.answer"][0]
    assert asked["details"]["call_id"] == call["details"]["call_id"]
    assert answer["details"]["by"] == "user"
    assert answer["details"]["decision"] == "allow"
    result = [e for e in by["tool.result"] if e["resource_id"] == "edit"][0]
    assert result["details"]["ok"] is True and result["output"]["content"]
    change = by["file.change"][0]
    assert change["resource_id"] == str(friday.repo / "a.c")
    assert change["details"]["before"]["hash"] != \
        change["details"]["after"]["hash"]
    targets = {e["resource_id"]: e["details"]["purpose"]
               for e in by["network.connect"]}
    assert targets[f"127.0.0.1:{web.port}"] == "tool"
    assert "model" in targets.values()
    assert all(e["user"] for e in entries)


def test_export_fits_its_schema_and_filters(friday, server, running, web):
    work(friday, server, running, web)
    with open(os.path.join(ROOT, "docs", "audit-entry.schema.json")) as f:
        schema = json.load(f)
    items = export(friday, "--content")
    for item in items:
        assert fits(schema, item, schema), item
    assert not fits(schema, {**items[0], "seq": "1"}, schema)
    assert not fits(schema, {**items[0], "more": 1}, schema)
    path = friday.home / "export.jsonl"
    path.write_text(friday("audit", "export").out)
    assert audit_verify.verify(path) == []
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:3] + lines[4:]))
    assert audit_verify.verify(path) != []
    user = items[0]["user"]
    all_entries = actions(friday)
    assert actions(friday, "--user", user) == all_entries
    assert actions(friday, "--user", "nobody-here") == []
    assert set(actions(friday, "--action", "tool.call")) == {"tool.call"}
    assert set(actions(friday, "--resource", "file:a.c")) == {"file.change"}
    assert actions(friday, "--until", "2001-01-01") == []
    assert actions(friday, "--since", "2001-01-01") == all_entries
    entries = [e for e in items if e["kind"] == "entry"]
    some = entries[3]["time"]
    assert len(actions(friday, "--since", some)) < len(all_entries) + 1
    assert actions(friday, "--session", "no-such") == []
    assert friday("audit", "export", "--since", "noon").status == 2


def test_refused_and_unanswered_calls_are_recorded(friday, server):
    friday.config({"permissions": ["deny shell(rm *)"]})
    server.script([call("shell", command="rm -rf a"),
                   call("write", path="x", content="x")], [say("No.")])
    friday("run", "--mode", "ask", "hello")
    results = export(friday, "--action", "tool.result")
    codes = [e["details"].get("error_code") for e in results]
    assert codes == ["policy.denied", "policy.unanswered"]
    answer = export(friday, "--action", "approval.answer")[0]["details"]
    assert answer["by"] == "nobody" and answer["decision"] == "deny"


def test_settings_answers_and_calls_by_hand(friday):
    friday.config({"mode": "ask"})
    assert friday("tool", "run", "write", "--args", json.dumps(
        {"path": "x.txt", "content": "x\n"})).status == 0
    assert friday("tool", "run", "read", "--args",
                  json.dumps({"path": "x.txt"})).status == 0
    assert friday("config", "trust").status == 0
    found = export(friday, "--action", "tool.call")
    assert [e["resource_id"] for e in found] == ["write"]
    assert found[0]["details"]["by"] == "user"
    trust = export(friday, "--resource", "trust")[0]
    assert trust["action"] == "config.change"
    assert trust["details"]["value"] is True


def test_a_secret_path_for_one_call_is_recorded(friday, server, running):
    friday.write(".env", "A=b\n")
    server.script([call("read", path=".env")], [say("Done.")])
    p = friday.start("run", "--json", "--answers", "hello",
                     stdin=subprocess.PIPE)
    running(p)
    events = read_until(p, lambda e: e["type"] == "approval.requested")
    p.stdin.write(json.dumps({"call_id": events[-1]["call_id"],
                              "decision": "once"}).encode() + b"\n")
    p.stdin.flush()
    p.communicate(timeout=20)
    permit = export(friday, "--action", "path.permit")
    assert [e["resource_id"] for e in permit] == [str(friday.repo / ".env")]
    assert permit[0]["details"]["by"] == "user"


# --- tampering ----------------------------------------------------------------

CHANGES = [
    ("UPDATE audit SET time_ms = time_ms + 1 WHERE seq = 4", 4),
    ("UPDATE audit SET user_id = 'eve' WHERE seq = 5", 5),
    ("UPDATE audit SET body = replace(body, 'e', 'f') WHERE seq = 6", 6),
    ("DELETE FROM audit WHERE seq = 3", 3),
    ("DELETE FROM audit WHERE seq > 5; DELETE FROM audit_seal WHERE seq > 5",
     6),
    ("DELETE FROM audit; DELETE FROM audit_seal", 1),
    ("UPDATE audit SET salt = NULL, body = NULL, resource_id = '' "
     "WHERE seq = 4", 4),
]


@pytest.mark.parametrize("sql, seq", CHANGES)
def test_changes_are_found_and_placed(friday, server, sql, seq):
    server.script([call("read", path="README.md")], [say("Done.")])
    assert friday("run", "hello").status == 0
    assert verify(friday)[0] == 0
    tamper(friday, sql)
    status, verdict = verify(friday)
    assert status == 1 and not verdict["ok"]
    assert verdict["faults"][0]["seq"] == seq
    r = friday("audit", "verify")
    assert r.status == 1 and "NOT whole" in r.out and f"entry {seq}" in r.out
    assert audit_verify.verify(database(friday), None, heads(friday))


def test_an_older_database_in_place_is_noticed(friday, server):
    server.script([say("One.")], [say("Two.")])
    assert friday("run", "one").status == 0
    copy = friday.home / "copy.db"
    assert friday("session", "list").status == 0
    with sqlite3.connect(database(friday)) as db:
        db.execute("VACUUM INTO ?", (str(copy),))
    db.close()
    assert friday("run", "two").status == 0
    for name in ("friday.db", "friday.db-wal", "friday.db-shm"):
        path = database(friday).parent / name
        if path.exists():
            path.unlink()
    copy.rename(database(friday))
    status, verdict = verify(friday)
    assert status == 1 and verdict["faults"][-1]["kind"] == "cut"


def test_lines_of_the_heads_cannot_be_made_up(friday, server):
    server.script([say("One.")])
    assert friday("run", "one").status == 0
    path = heads(friday)
    assert path.stat().st_mode & 0o777 == 0o600
    line = path.read_text().splitlines()[-1].split()
    line[2] = "99"
    path.write_text(path.read_text() + " ".join(line) + "\n")
    status, verdict = verify(friday)
    assert status == 1 and verdict["heads"]["wrong"] == 1


def test_the_head_is_given_to_a_command(friday, server):
    out = friday.home / "remote"
    friday.config({"audit": {"head_command": [
        "sh", "-c", 'cat >> "$1"', "sh", str(out)]}})
    server.script([say("One.")])
    assert friday("run", "one").status == 0
    last = out.read_text().splitlines()[-1]
    assert last == heads(friday).read_text().splitlines()[-1]


def test_the_key_is_private(friday, server):
    server.script([call("shell", command="cat ~/.local/state/friday/audit.key "
                        "~/.local/share/friday/audit/*; ls ~/.local")],
                  [call("read", path=str(friday.home /
                                         ".local/state/friday/audit.key"))],
                  [say("Done.")])
    friday("run", "hello")
    key = database(friday).parent / "audit.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert "friday-audit-head" not in server.requests[1].results[0]
    key.chmod(0o644)
    r = friday("run", "hello")
    assert r.status == 1 and "chmod 600" in r.err


def test_without_a_record_nothing_runs(friday, server):
    server.script([call("write", path="x.txt", content="x\n")],
                  [say("Done.")])
    assert friday("session", "list").status == 0
    tamper(friday, "DROP TABLE audit_seal")
    r = friday("run", "hello")
    assert r.status == 1, r
    assert not (friday.repo / "x.txt").exists()


# --- deletion, kills, company -------------------------------------------------

def test_a_deleted_session_still_verifies(friday, server):
    server.script([call("write", path="private-name.txt",
                        content="x\n")], [say("Done.")])
    r = friday("run", "--json", "a private prompt")
    session = r.events[0]["session"]
    assert friday("session", "delete", session).status == 0
    assert friday("session", "gc", "--days", "0").status == 0
    status, verdict = verify(friday)
    assert status == 0 and verdict["erased"] > 5
    text = friday("audit", "export").out
    assert "private-name" not in text and "session.delete" in text
    assert audit_verify.verify(database(friday)) == []


def test_killed_in_the_middle(friday, server, running):
    for i in range(4):
        server.script([call("write", path=f"f{i}.txt", content="x\n")],
                      [call("shell", command="sleep 30; true")],
                      [say("Done.")])
        p = friday.start("run", "--json", "hello")
        running(p)
        wanted = ["run.started", "tool.started", "tool.finished",
                  "shell"][i]
        read_until(p, lambda e: e["type"] == wanted or
                   e.get("name") == wanted)
        p.send_signal(signal.SIGKILL)
        p.wait()
        status, verdict = verify(friday)
        assert status == 0, verdict
        server.steps.clear()


def test_two_processes_share_one_chain(friday, server, running):
    server.script(*[[call("write", path=f"w{i}.txt", content="x\n")]
                    if i % 3 else [say("Done.")] for i in range(40)])
    runs = [friday.start("run", "--json", f"hello {i}") for i in range(3)]
    for p in runs:
        running(p)
    wait_for(lambda: verify(friday)[0] == 0, what="a whole record")
    for p in runs:
        p.communicate(timeout=60)
    status, verdict = verify(friday)
    assert status == 0 and verdict["unsealed"] == 0, verdict
    assert actions(friday).count("run.end") == 3
    assert audit_verify.verify(database(friday), None, heads(friday)) == []


# --- the chain of custody -----------------------------------------------------

def trail(friday, place):
    r = friday("audit", "trail", "--json", place)
    assert r.status == 0, r
    return json.loads(r.out)


def test_trail_of_a_file(friday, server, running, web):
    work(friday, server, running, web)
    changes = trail(friday, "a.c")["changes"]
    assert [c["source"] for c in changes] == ["files", "command"]
    edit = changes[0]
    assert edit["prompts"][0]["text"] == "make b a bee"
    assert edit["prompts"][0]["as_recorded"]
    assert edit["model"]["model"] == "test-model"
    assert edit["response"]["text"] == "I change b."
    assert edit["call"]["tool"] == "edit"
    assert edit["call"]["arguments"]["new_string"] == "int bee = 2;"
    assert [a["action"] for a in edit["approvals"]] == [
        "approval.ask", "approval.answer"]
    assert edit["approvals"][1]["by"] == "user"
    text = friday("audit", "trail", "a.c").out
    assert "make b a bee" in text and "test-model" in text
    # What the store says now is held against the record.
    tamper(friday, "UPDATE event SET members = replace(members, "
           "'make b a bee', 'make b a wasp') WHERE type = 'user.message'")
    prompt = trail(friday, "a.c")["changes"][0]["prompts"][0]
    assert prompt["as_recorded"] is False
    assert "NOT what was recorded" in friday("audit", "trail", "a.c").out


def test_trail_of_a_line_after_edits_by_hand(friday, server, running, web):
    work(friday, server, running, web)
    # Somebody moves everything down, and changes one line a little.
    friday.write("a.c", "/* top */\n\nint a;\nint bee = 3;\nint c;\nmore\n"
                 "mine\n")
    steps = trail(friday, "a.c:4")["steps"]
    assert [s["kind"] for s in steps] == ["by_hand", "change", "before"]
    assert steps[0]["text"] == "int bee = 3;"
    assert steps[1]["text"] == "int bee = 2;" and steps[1]["line"] == 2
    assert steps[1]["change"]["prompts"][0]["text"] == "make b a bee"
    assert steps[2]["text"] == "int b;"
    steps = trail(friday, "a.c:6")["steps"]
    assert [s["kind"] for s in steps] == ["change"]
    assert steps[0]["change"]["source"] == "command"
    assert steps[0]["change"]["call"]["tool"] == "shell"
    assert [s["kind"] for s in trail(friday, "a.c:3")["steps"]] == ["before"]
    assert [s["kind"] for s in trail(friday, "a.c:7")["steps"]] == ["by_hand"]
    assert "changed outside of friday" in friday("audit", "trail",
                                                 "a.c:1").out
    assert friday("audit", "trail", "a.c:8").status == 1
    assert "Nothing is recorded" in friday("audit", "trail",
                                           "README.md").out


def test_trail_through_moves_and_undo(friday, server):
    server.script([call("write", path="old.txt", content="one\ntwo\n")],
                  [call("shell", command="mv old.txt new.txt")],
                  [say("Done.")])
    assert friday("run", "first").status == 0
    server.script([call("edit", path="new.txt", old_string="two",
                        new_string="twice")], [say("Done.")])
    assert friday("run", "second").status == 0
    assert friday("undo", "--yes").status == 0
    steps = trail(friday, "new.txt:2")["steps"]
    kinds = [(s["kind"], s.get("change", {}).get("source")) for s in steps]
    assert kinds == [("change", "undo"), ("moved", "command"),
                     ("change", "files")]
    assert steps[1]["path"] == str(friday.repo / "old.txt")
    assert steps[2]["change"]["prompts"][0]["text"] == "first"
