"""Sessions: found again, forked, handed out, thrown away, repaired."""
import json
import os
import sqlite3
import subprocess

from conftest import read_until
from model_server import call, say, wait


def ids(friday, *args):
    return [line.split()[0] for line in
            friday("session", "list", *args).out.splitlines()]


def test_list_resume_rename(friday, server):
    friday("run", "the first request")
    friday("run", "the second request")
    listed = friday("session", "list").out
    assert "the second request" in listed.splitlines()[0]
    first = ids(friday)[1]
    assert friday("session", "rename", first, "A", "new", "title").status == 0
    assert "A new title" in friday("session", "list").out
    assert ids(friday, "new title") == [first]
    server.script([say("Resumed.")])
    r = friday("run", "--resume", first[:12], "more")
    assert r.out == "Resumed.\n"
    assert "the first request" in server.requests[-1].text
    assert "the second request" not in server.requests[-1].text


def test_sessions_belong_to_their_folder(friday, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    friday("run", "here")
    friday("run", "--cwd", str(other), "there")
    assert len(ids(friday)) == 1 and len(ids(friday, "--all")) == 2
    assert friday("run", "--continue", "on", "--cwd", str(
        tmp_path)).status == 1  # no session of that folder


def test_show_export_import(friday, server):
    server.script([say("Look."), call("list", path=".")],
                  [say("Done `x` ```y```.")])
    friday("run", "export me")
    id, = ids(friday)
    shown = friday("session", "show", id).out
    assert "## You" in shown and "export me" in shown and "**list**" in shown
    text = friday("session", "export", id).out
    copy = friday("session", "import", "-", input=text)
    assert copy.status == 0 and copy.out.strip() != id
    again = json.loads(friday("session", "export", copy.out.strip()).out)
    original = json.loads(text)
    assert len(again["events"]) == len(original["events"])
    assert [m["parts"] for m in again["messages"]] == \
        [m["parts"] for m in original["messages"]]
    server.script([say("From the copy.")])
    r = friday("run", "--resume", copy.out.strip(), "go on")
    assert r.out == "From the copy.\n"
    assert "export me" in server.requests[-1].text
    assert friday("session", "import", "-", input="{}").status == 1
    assert friday("session", "import", "-", input="garbage").status == 1


def test_fork(friday, server):
    friday("run", "first thing")
    id, = ids(friday)
    friday("run", "--continue", "second thing")
    events = json.loads(friday("session", "export", id).out)["events"]
    end = next(e["seq"] for e in events if e["type"] == "run.finished")
    forked = friday("session", "fork", "--at", str(end), id).out.strip()
    friday("run", "--resume", forked, "third thing")
    text = server.requests[-1].text
    assert "first thing" in text and "third thing" in text
    assert "second thing" not in text


def test_trash_and_gc(friday):
    friday("run", "away with it")
    id, = ids(friday)
    assert friday("session", "delete", id).status == 0
    assert ids(friday) == [] and ids(friday, "--trash") == [id]
    assert friday("session", "delete", "--undo", id).status == 0
    assert ids(friday) == [id]
    friday("session", "delete", id)
    assert "would drop 1 sessions" in friday(
        "session", "gc", "--days", "0", "--dry-run").out
    assert friday("session", "gc", "--days", "0").status == 0
    assert ids(friday, "--trash") == []


def test_backup_and_restore(friday, tmp_path):
    friday("run", "keep this")
    copy = tmp_path / "copy.db"
    assert friday("session", "backup", str(copy)).status == 0
    friday("run", "lose this")
    assert friday("session", "restore", str(copy)).status == 0
    assert len(ids(friday)) == 1
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    r = friday("session", "restore", str(copy))
    assert r.status == 1 and len(ids(friday)) == 1


def database(friday):
    return friday.home / ".local/state/friday/friday.db"


def test_corrupt_database_is_said(friday):
    friday("run", "hello")
    path = database(friday)
    for extra in ("-wal", "-shm"):
        if os.path.exists(f"{path}{extra}"):
            os.unlink(f"{path}{extra}")
    path.write_bytes(b"this is no database" * 1000)
    r = friday("run", "hello")
    assert r.status == 1 and "store.corrupt" in r.err
    assert path.read_bytes().startswith(b"this is no database")


def test_newer_schema_is_refused_untouched(friday):
    friday("run", "hello")
    with sqlite3.connect(database(friday)) as db:
        db.execute("pragma user_version = 9999")
    r = friday("run", "hello")
    assert r.status == 1 and "store.newer_schema" in r.err, r


def test_a_second_process_cannot_take_the_session(friday, server, running):
    server.script([say("Busy. "), wait()])
    p = friday.start("run", "--json", "hello")
    running(p)
    events = read_until(p, lambda e: e["type"] == "text.delta")
    r = friday("run", "--resume", events[0]["session"], "me too")
    assert r.status == 1 and "session.busy" in r.err
    assert friday("run", "a new one").status == 0


def test_many_events_are_read_in_windows(friday, server):
    server.script(*[[call("list", path=".")] for _ in range(60)])
    server.always([say("Done.")])
    r = friday("run", "--json", "hello")
    assert [e["seq"] for e in r.events] == list(range(1, len(r.events) + 1))


def test_permissions_of_what_is_kept(friday):
    friday("run", "hello")
    for path in database(friday).parent.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_log_is_json_lines_without_secrets(friday, server):
    friday("run", "hello", FRIDAY_LOG="debug")
    log = database(friday).parent / "friday.log"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    said = [line["message"] for line in lines]
    assert any(m.startswith("model call openai-chat/") for m in said)
    assert [x["status"] for x in lines if x["message"] == "run finished"] == \
        ["end_turn"]
    assert "test-key" not in log.read_text()
    for folder, _, names in os.walk(friday.home):
        for name in names:
            data = open(os.path.join(folder, name), "rb").read()
            assert b"test-key" not in data, name
