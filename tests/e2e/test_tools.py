"""The tools, each through the whole program: by hand, or as a model calls
them, with what the next request then holds."""
import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from conftest import alive, read_until
from model_server import call, say, status, usage


def by_hand(friday, name, **args):
    return friday("tool", "run", name, "--json", "--args", json.dumps(args))


def test_write_by_hand_replaces_a_file(friday):
    """Whoever typed the call knows the file; a model must read it first."""
    friday.write("a.txt", "old\n")
    r = by_hand(friday, "write", path="a.txt", content="new\n")
    assert r.status == 0, r
    assert friday.read("a.txt") == "new\n"


def test_write_of_a_model_does_not(friday, server):
    friday.write("a.txt", "old\n")
    server.script([call("write", path="a.txt", content="new\n")],
                  [say("Done.")])
    friday("run", "hello")
    assert friday.read("a.txt") == "old\n"
    assert "read it first" in server.requests[1].results[0]


def test_a_call_that_does_not_fit_is_answered(friday, server):
    friday.write("a.txt", "old\n")
    server.script([call("edit", path="a.txt", old_text="old")],
                  [say("Done.")])
    assert friday("run", "hello").status == 0
    assert "arguments of edit" in server.requests[1].results[0]


def answer_of(r):
    """The text that a tool run by hand gave."""
    return json.loads(r.out)["result"]


# --- grep --------------------------------------------------------------------

def test_grep_by_type(friday):
    friday.write("a.py", "needle\n")
    friday.write("b.c", "needle\n")
    assert answer_of(by_hand(friday, "grep", pattern="needle",
                             type="py")) == "a.py:1:needle\n"


# --- shell -------------------------------------------------------------------

SHELL = [
    ("exit 7", "[exit status 7,"),
    ("no-such-program-here", "[exit status 127,"),
    ("./README.md", "[exit status 126,"),
    ("for i in 1 2 3; do echo o$i; echo e$i >&2; done",
     "o1\ne1\no2\ne2\no3\ne3\n[exit"),
    ("printf '\\000\\377\\200ok'", "\ufffd\ufffd\ufffdok\n[exit status 0"),
    ("kill -TERM $$", "[ended by signal 15 (SIGTERM)"),
    ("read x; echo got:$x", "got:\n"),
]


@pytest.mark.parametrize("command,wanted", SHELL, ids=[s[0] for s in SHELL])
def test_shell_output_and_ending(friday, command, wanted):
    r = by_hand(friday, "shell", command=command)
    assert r.status == 0 and wanted in answer_of(r), r


@pytest.mark.parametrize("workdir", ["/", "..", "link", "missing",
                                     "README.md"])
def test_shell_stays_in_the_workspace(friday, tmp_path, workdir):
    (friday.repo / "link").symlink_to(tmp_path)
    r = by_hand(friday, "shell", command="touch made", workdir=workdir)
    assert r.status == 1 and not json.loads(r.out)["ok"]
    assert not (tmp_path / "made").exists()


def test_shell_in_a_folder(friday):
    friday.write("sub dir/x", "x")
    r = by_hand(friday, "shell", command="pwd", workdir="sub dir")
    assert answer_of(r).startswith(str(friday.repo / "sub dir") + "\n")


def test_shell_time_limit_ends_the_whole_tree(friday):
    mark = f"3{os.getpid()}.25"
    r = by_hand(friday, "shell", timeout_ms=300,
                command=f"echo before; (trap '' TERM; sleep {mark}) & "
                        f"sleep {mark}")
    assert r.status == 1
    assert json.loads(r.out)["error"]["code"] == "tool.timeout"
    assert "before" in answer_of(r)
    assert not alive(f"sleep\0{mark}")


def test_shell_takes_what_it_left_behind_along(friday):
    mark = f"4{os.getpid()}.25"
    r = by_hand(friday, "shell",
                command=f"nohup setsid sleep {mark} >/dev/null 2>&1 & "
                        "echo started")
    assert r.status == 0 and answer_of(r).startswith("started\n")
    assert not alive(f"sleep\0{mark}")


def test_shell_much_output(friday):
    """Bounded for the model, and not slow: 100 MB."""
    r = by_hand(friday, "shell",
                command="head -c 100000000 /dev/zero | tr '\\0' x")
    assert r.status == 0 and len(answer_of(r)) < 32 * 1024
    assert "100000000" in answer_of(r) or "cut" in answer_of(r) or \
        "left out" in answer_of(r), answer_of(r)[-300:]


def test_background_shell_of_a_session(friday, server):
    mark = f"5{os.getpid()}.25"

    def job(request, action):
        id = request.results[0].split()[2].rstrip(".")
        return call("shell_background", raw=json.dumps(
            {"action": action, "id": id}))
    server.script(
        [call("shell_background", action="start",
              command=f"echo ready; sleep {mark}", wait_ms=10000)],
        [call("shell_background", action="list")],
        lambda q: [job(q, "output")], lambda q: [job(q, "kill")],
        [call("shell_background", action="list")], [say("Done.")])
    r = friday("run", "--json", "hello")
    assert r.status == 0, r
    results = server.requests[-1].results
    assert "Started as" in results[0] and "ready" in results[0]
    assert "running" in results[1] and "sleep" in results[1]
    assert "no new output" in results[2]
    assert "SIGTERM" in results[3]
    assert "running" not in results[4]
    assert not alive(f"sleep\0{mark}")


def test_background_shells_end_with_the_run(friday, server):
    mark = f"6{os.getpid()}.25"
    server.script([call("shell_background", action="start",
                        command=f"sleep {mark}")], [say("Done.")])
    assert friday("run", "hello").status == 0
    assert not alive(f"sleep\0{mark}")


# --- fetch -------------------------------------------------------------------

@pytest.fixture
def web():
    """A server on loopback; /away leads to `web.away`."""
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            web.asked.append(self.path)
            self.send_response(302 if self.path == "/away" else 200)
            if self.path == "/away":
                self.send_header("Location", web.away)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            if self.path != "/away":
                self.wfile.write(b"<h1>Zebra</h1><p>page</p>")

    web = HTTPServer(("127.0.0.1", 0), Handler)
    web.asked, web.away = [], ""
    web.url = f"http://127.0.0.1:{web.server_address[1]}"
    threading.Thread(target=web.serve_forever, args=(0.05,),
                     daemon=True).start()
    yield web
    web.shutdown()
    web.server_close()


PRIVATE = ["{url}/", "http://localhost:{port}/", "http://[::1]:{port}/",
           "http://[::ffff:127.0.0.1]:{port}/", "http://2130706433:{port}/",
           "http://0.0.0.0:{port}/", "http://0x7f.1:{port}/",
           "file:///etc/passwd", "http://169.254.169.254/latest/"]


@pytest.mark.parametrize("url", PRIVATE)
def test_fetch_refuses_private_addresses(friday, web, url):
    r = by_hand(friday, "fetch",
                url=url.format(url=web.url, port=web.server_address[1]))
    assert r.status in (1, 3) and web.asked == [], r
    assert "Zebra" not in r.out and "root:" not in r.out


def test_fetch_of_a_model_is_refused_too(friday, server, web):
    server.script([call("fetch", url=web.url + "/")], [say("No.")])
    friday("run", "hello")
    assert web.asked == [] and "Zebra" not in server.requests[1].text


def test_fetch_does_not_follow_to_another_place(friday, web):
    """Where private addresses are allowed, other schemes are still not."""
    friday.config({"fetch": {"allow_private": True}})
    assert "Zebra" in answer_of(by_hand(friday, "fetch",
                                         url=web.url + "/x"))
    web.away = "file:///etc/passwd"
    r = by_hand(friday, "fetch", url=web.url + "/away")
    assert r.status == 1 and "root:" not in r.out


# --- git ---------------------------------------------------------------------

@pytest.mark.skipif(os.getuid() != 0, reason="needs another owner")
def test_repository_of_another_user_is_refused(friday):
    """git's safe.directory: its configuration could run commands."""
    for folder, _, files in os.walk(friday.repo):
        for name in ["", *files]:
            os.lchown(os.path.join(folder, name), 12345, 12345)
    r = by_hand(friday, "git", action="status")
    assert r.status == 1 and "safe.directory" in answer_of(r), r
    friday.git("config", "--global", "safe.directory", str(friday.repo))
    assert by_hand(friday, "git", action="status").status == 0


# --- tools of a session ------------------------------------------------------

def test_plan(friday, wire, server):
    items = [{"title": "First", "status": "done"},
             {"title": "Second", "status": "in_progress"}]
    server.script([call("plan", items=items)], [say("Done.")])
    r = friday("run", "--json", "hello")
    updated, = r.of("plan.updated")
    assert [(i["title"], i["status"]) for i in updated["items"]] == [
        ("First", "done"), ("Second", "in_progress")]
    assert len({i["id"] for i in updated["items"]}) == 2
    # Another run of the session knows it.
    friday("run", "--continue", "go on")
    assert "Second" in server.requests[-1].text


def test_ask_user(friday, server, running):
    server.script([call("ask_user", questions=[
        {"question": "Which colour?", "options": ["red", "blue"]},
        {"question": "And why?"}])], [say("As you like.")])
    p = friday.start("run", "--json", "--answers", "hello",
                     stdin=subprocess.PIPE)
    running(p)
    asked = read_until(p, lambda e: e["type"] == "question.requested")[-1]
    assert asked["questions"][0]["options"] == ["red", "blue"]
    p.stdin.write(json.dumps({"call_id": asked["call_id"], "answers": [
        "blue", "It is calm."]}).encode() + b"\n")
    p.stdin.flush()
    out, _ = p.communicate(timeout=20)
    assert p.returncode == 0
    resolved, = [e for e in map(json.loads, out.splitlines())
                 if e["type"] == "question.resolved"]
    assert resolved["answers"] == ["blue", "It is calm."]
    result = server.requests[1].results[0]
    assert "blue" in result and "It is calm." in result


def test_task_has_a_context_and_tools_of_its_own(friday, wire, server):
    friday.write("a.txt", "the needle\n")
    server.script(
        [call("task", title="Look", prompt="Find the needle.")],
        [call("grep", pattern="needle"),
         call("write", path="x.txt", content="x")],
        [say("It is in a.txt:1.")], [say("Found.")])
    r = friday("run", "--json", "the main request")
    assert r.status == 0, r
    main, sub = server.requests[0], server.requests[1]
    assert "the main request" not in sub.text
    assert "Find the needle." in sub.text
    assert set(sub.tools) < set(main.tools) | {"outline", "repo_map"}
    assert not {"write", "edit", "shell", "task", "ask_user"} & set(sub.tools)
    # What it may not do is refused, offered or not.
    assert not (friday.repo / "x.txt").exists()
    assert "a.txt:1" in server.requests[2].results[0]
    # The main conversation sees its last answer only.
    assert server.requests[3].results[-1].count("It is in a.txt:1.") == 1
    assert len(server.requests[3].results) == 1
    started, = [e for e in r.of("tool.started") if e["name"] == "task"]
    inner = [e for e in r.events if e.get("parent_call")]
    assert {e["parent_call"] for e in inner} == {started["call_id"]}
    assert {"run.started", "tool.finished", "message.finished",
            "run.finished"} <= {e["type"] for e in inner}


def test_task_that_may_change_files(friday, server):
    server.script(
        [call("task", title="Do", prompt="Write x.", may_change_files=True)],
        [call("write", path="x.txt", content="x\n"),
         call("task", title="Deeper", prompt="No.")],
        [say("Written.")], [say("Done.")])
    assert friday("run", "hello").status == 0
    assert friday.read("x.txt") == "x\n"
    assert "task" not in server.requests[1].tools
    assert len(server.requests) == 4


def test_task_that_fails_is_answered(friday, server):
    server.script([call("task", title="Do", prompt="Look.")],
                  [status(400)], [say("It failed.")])
    r = friday("run", "hello")
    assert r.out == "It failed.\n", r
    assert "Error" in server.requests[-1].results[0]


def test_found_tool_is_offered_and_the_rest_stays(friday, wire, server):
    server.script([call("tool_search", query="background")],
                  [call("shell_background", action="list")], [say("Done.")])
    r = friday("run", "hello")
    assert r.status == 0, r
    first, second, third = server.requests[:3]
    assert "shell_background" not in first.tools
    assert second.tools[:len(first.tools)] == first.tools
    assert "shell_background" in second.tools
    assert third.tools == second.tools
    assert "No background shells" in third.results[1]
    # What was sent is sent again as it was.
    key = {"openai-responses": "input", "gemini": "contents"}.get(
        wire, "messages")
    a, b = first.json[key], second.json[key]
    if wire != "anthropic":  # its cache marks move
        assert b[:len(a)] == a
    # Nothing is offered twice, and a later run of the session has it still.
    assert len(set(second.tools)) == len(second.tools)
    friday("run", "--continue", "again")
    assert server.requests[-1].tools == second.tools


def test_outline(friday):
    friday.write("a.c", "int answer(void)\n{\n\treturn 42;\n}\n")
    r = by_hand(friday, "outline", path="a.c")
    if "not installed" in answer_of(r):
        pytest.skip("no grammars were built")
    assert r.status == 0 and "answer" in answer_of(r), r


def test_recall_after_compaction(friday, server):
    friday.config({"models": {"*/test-model": {"context": 20000,
                                               "output": 1000}}})
    friday.write("note.txt", "the password of the day is xyzzy\n")
    server.script(
        [call("read", path="note.txt"), usage(9000)],
        [call("list", path="."), usage(17500)],
        [say("Summed up.")],
        [call("recall", query="XYZZY")],
        [say("Done.")])
    r = friday("run", "--json", "hello")
    assert r.status == 0 and r.of("compacted"), r
    assert "xyzzy" not in server.requests[3].text
    assert "password of the day" in server.requests[4].results[-1]


def test_skill(friday, server):
    friday.write(".friday/skills/deploy/SKILL.md",
                 "---\nname: deploy\ndescription: How to deploy here\n"
                 "---\nRun make ship.\n")
    server.script([call("skill", name="deploy")],
                  [call("skill", name="../../x")], [say("Done.")])
    assert friday("run", "hello").status == 0
    assert "How to deploy here" in server.requests[0].text
    assert "make ship" not in server.requests[0].text
    assert "Run make ship." in server.requests[1].results[0]
    assert "no skill" in server.requests[2].results[1]


def test_patch_is_offered_where_the_model_knows_it(friday, wire, server):
    friday.config({"models": {"*/test-model": {"edit_tool": "apply_patch"}}})
    server.script([call("apply_patch", patch="*** Begin Patch\n"
                        "*** Update File: README.md\n@@\n-# test\n"
                        "+# patched\n*** End Patch\n")], [say("Done.")])
    assert friday("run", "hello").status == 0
    assert "apply_patch" in server.requests[0].tools
    assert "edit" not in server.requests[0].tools
    assert len(server.requests[0].tools) == 14
    assert friday.read("README.md") == "# patched\n"
