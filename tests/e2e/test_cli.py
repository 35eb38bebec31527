"""The command line: help, usage, tools by hand, configuration, doctor."""
import json

import pytest

from model_server import call, say, status, usage


def test_version_and_help(friday):
    assert friday("--version").out.startswith("friday 0.")
    text = friday("--help").out
    for name in ("run", "session list", "tool run", "model list", "doctor"):
        assert name in text
    assert "--output-schema" in friday("run", "--help").out
    assert friday("help", "session", "fork").status == 0


@pytest.mark.parametrize("args", [
    ["run", "--nonsense", "x"], ["run", "--model"], ["run", "--json=1", "x"],
    ["tool", "run"], ["session", "show"], ["run", "--mode", "loud", "x"],
    ["run", "--budget", "much", "x"], ["run", "--answers", "x"],
    ["model", "list", "nobody"], ["completion", "tcsh"], ["serve"],
    ["acp", "something"], ["session"], ["secret", "lits"], ["tool"],
    ["search", "--kind", "gizmo", "x"], ["search", "--lang", "klingon", "x"]])
def test_wrong_usage(friday, args):
    r = friday(*args)
    assert r.status == 2 and r.out == "" and r.err, r


def test_half_a_command_tells_the_other_half(friday, server):
    """It is no request: no model is paid for an answer to it."""
    server.script([say("An answer.")])
    r = friday("session")
    assert r.status == 2 and "session fork" in r.err and "index" not in r.err
    for args in (["session", "--help"], ["help", "session"]):
        r = friday(*args)
        assert r.status == 0 and "session fork" in r.out and not r.err
    assert "index drop" in friday("index", "--help").out
    assert not server.requests


def test_configuration_mistakes_name_their_line(friday):
    friday.config('{\n  // comment\n  "mode": "loud"\n}')
    r = friday("run", "x")
    assert r.status == 2 and "config.json:3" in r.err
    friday.config('{\n  "mode" "ask"\n}')
    r = friday("run", "x")
    assert r.status == 2 and "config.syntax" in r.err and "line 2" in r.err


def test_tools_by_hand(friday):
    tools = json.loads(friday("tool", "list", "--json").out)["tools"]
    names = [t["name"] for t in tools]
    for name in ("read", "write", "edit", "apply_patch", "list", "glob",
                 "grep", "outline", "shell", "shell_background", "git",
                 "plan", "fetch", "ask_user", "task", "tool_search"):
        assert name in names
    for tool in tools:
        assert tool["schema"]["type"] == "object" and tool["description"]
    friday.write("a.txt", "one\ntwo\n")
    r = friday("tool", "run", "edit", "--args", json.dumps(
        {"path": "a.txt", "old_string": "two", "new_string": "2"}))
    assert r.status == 0 and friday.read("a.txt") == "one\n2\n"
    r = friday("tool", "run", "edit", "--args", json.dumps(
        {"path": "a.txt", "old_string": "three", "new_string": "3"}))
    assert r.status == 1 and friday.read("a.txt") == "one\n2\n"
    r = friday("tool", "run", "write", "--mode", "plan", "--args",
               json.dumps({"path": "b.txt", "content": "x"}))
    assert r.status == 3 and not (friday.repo / "b.txt").exists()
    r = friday("tool", "run", "read", "--args", "-", "--json",
               input='{"path": "a.txt"}')
    assert json.loads(r.out)["ok"] and "one" in json.loads(r.out)["result"]
    assert friday("tool", "run", "nope").status == 1
    assert friday("tool", "run", "read", "--args", "{}").status == 1


def test_apply(friday):
    friday.write("a.txt", "one\ntwo\n")
    r = friday("apply", "-", input="""Here is the change:

a.txt
```
<<<<<<< SEARCH
two
=======
2
>>>>>>> REPLACE
```
""")
    assert r.status == 0, r
    assert friday.read("a.txt") == "one\n2\n"
    r = friday("apply", input="""*** Begin Patch
*** Update File: a.txt
-one
+1
*** Add File: b.txt
+new
*** End Patch
""")
    assert r.status == 0, r
    assert friday.read("a.txt") == "1\n2\n" and friday.read("b.txt") == "new\n"
    r = friday("apply", "-", input="nothing to apply here")
    assert r.status == 1


def test_config_and_doctor(friday):
    friday.config({"mode": "edit"})
    shown = json.loads(friday("config", "--json").out)["settings"]
    row = next(s for s in shown if s["key"] == "mode")
    assert row["value"] == "auto" and row["source"] == "environment"
    assert json.loads(friday("config", "schema").out)["type"] == "object"
    r = friday("doctor", "--json")
    checks = {c["check"]: c["ok"] for c in json.loads(r.out)["checks"]}
    assert checks["database"] and checks["libexec"] and checks["git"]


def test_model_list_asks_the_server(friday, wire):
    r = friday("model", "list", "--json")
    rows = {p["provider"]: p for p in json.loads(r.out)["providers"]}
    assert rows[wire]["source"] == "server", r
    assert rows[wire]["models"][0]["id"].endswith("test-model")


def test_model_list_without_any_model(friday):
    env = {k: "" for k in ("FRIDAY_PROVIDER", "FRIDAY_BASE_URL",
                           "FRIDAY_MODEL", "FRIDAY_API_KEY")}
    out = friday("model", "list", "--no-ask", **env).out
    assert "not configured" not in out
    assert "ollama (Ollama), not running" in out
    assert ", no key set" in friday("model", "list", "--all", "--no-ask",
                                    **env).out


def test_no_model_configured_still_answers(friday):
    env = {k: "" for k in ("FRIDAY_PROVIDER", "FRIDAY_BASE_URL",
                           "FRIDAY_MODEL", "FRIDAY_API_KEY")}
    r = friday("run", "hello", **env)
    assert r.status == 0 and r.out


def test_completion_scripts(friday):
    for shell in ("bash", "zsh", "fish"):
        assert "friday" in friday("completion", shell).out
    words = friday("complete", "session").out.split()
    assert "list" in words and "--trash" in words


def test_words_for_people(friday, server):
    """The output that has no --json, once each."""
    friday.config({"permissions": ["deny fetch"],
                   "models": {"*/test-model": {"price": {
                       "input": 1, "output": 2}}}})
    assert "Nothing spent yet." in friday("cost").out
    assert friday("run", "hello").status == 0
    assert "By day" in friday("cost").out and "test-model" in \
        friday("cost").out
    assert json.loads(friday("cost", "--json").out)["days"]
    assert "deny fetch  (user)" in friday("config", "permissions").out
    assert json.loads(friday("config", "permissions", "--json").out)
    assert "permissions" in friday("config").out
    assert "database" in friday("doctor").out
    assert "breakers are closed" in friday("provider", "status").out
    assert json.loads(friday("provider", "status", "--json").out)
    models = friday("model", "list").out
    assert "test-model" in models and "$1.00 / $2.00" in models
    assert "ANTHROPIC_API_KEY" in friday("model", "list", "--all",
                                         "--json", "--no-ask").out
    assert "read" in friday("tool", "list").out
    listed = json.loads(friday("session", "list", "--json", "--all").out)
    id = listed["sessions"][0]["session"]
    assert id in friday("session", "list", "--all").out
    out = friday.repo / "out.md"
    assert friday("session", "show", id, "-o", str(out)).status == 0
    assert "hello" in out.read_text()
    assert json.loads(friday("session", "show", id, "--json").out)
    assert "hello" in friday("session", "export", id, "--markdown").out
    assert friday("version").out == friday("--version").out
    for what in ("settings", "commands", "events", "operations", "errors"):
        assert friday("reference", what).out
    assert friday("reference", "nothing").status == 2
    assert friday("complete", "").out and friday("help", "nothing").status == 2
    assert friday("config", "permissions", "--remove", "x").status == 2
    assert friday("config", "trust").status == 0


def test_wrong_arguments_of_subcommands(friday):
    for args in (["session", "rename", "x"], ["session", "import"],
                 ["session", "fork"], ["session", "delete"],
                 ["session", "backup"], ["session", "list", "-n", "x"],
                 ["session", "gc", "--days", "x"],
                 ["session", "fork", "a", "--at", "x"],
                 ["session", "import", "/nowhere"],
                 ["run", "--output-schema", "/nowhere", "x"],
                 ["run", "--cwd", "/nowhere", "x"],
                 ["apply", "/nowhere"], ["completion"]):
        r = friday(*args)
        assert r.status in (1, 2) and r.out == "" and r.err, (args, r)
    assert friday("apply", "a", "b").status == 2


def test_keys_choose_the_provider(friday):
    """Without a configuration the first key that is found decides."""
    env = {"FRIDAY_PROVIDER": "", "FRIDAY_BASE_URL": "", "FRIDAY_MODEL": "",
           "FRIDAY_API_KEY": "", "FRIDAY_DISCOVER": "false"}
    r = friday("run", "--json", "hello", **env)
    assert r.events[0]["provider"] == "offline"
    r = friday("model", "list", "--json", "--no-ask",
               **env, GEMINI_API_KEY="k")
    rows = {p["provider"]: p for p in json.loads(r.out)["providers"]}
    assert rows["gemini"]["configured"]
    assert "anthropic" not in rows
    r = friday("run", "--json", "--provider", "azure", "hello", **env)
    assert r.status == 2
    r = friday("run", "--json", "--provider", "anthropic", "hello", **env)
    assert r.status == 2 and "ANTHROPIC_API_KEY" in r.err
    r = friday("run", "--model", "offline/offline", "hello", **env)
    assert r.status == 0
    r = friday("run", "--model", "nobody/x", "hello", **env)
    assert r.status in (0, 2)


def test_missing_model_is_asked_from_the_server(friday, server):
    assert friday("run", "hello", FRIDAY_MODEL="").status == 0
    assert server.requests[0].json["model"] == "test-model"
    env = {"FRIDAY_PROVIDER": "", "FRIDAY_MODEL": ""}
    assert friday("run", "hello", **env).status == 0  # a URL alone
    assert server.requests[1].wire == "openai-chat"


def test_small_model_sums_up(friday, server):
    friday.config({"small": "second/little", "providers": {"second": {
        "wire": "anthropic", "base_url": server.url("anthropic"),
        "auth": "none"}}, "models": {"*/test-model": {
            "context": 20000, "output": 1000}}})
    steps = iter([[call("list", path="."), usage(9000)],
                  [call("list", path="."), usage(17500)], [say("Done.")]])
    server.always(lambda q: [say("Summed up.")] if q.wire == "anthropic"
                  else next(steps))
    r = friday("run", "--json", "hello")
    assert r.status == 0, r
    asked = [q for q in server.requests if q.wire == "anthropic"]
    assert len(asked) == 1 and asked[0].json["model"] == "little"


def test_progress_and_notices_go_to_stderr(friday, server):
    import os
    import pty
    import subprocess
    from conftest import FRIDAY
    server.script([call("list", path=".")], [status(500)], [say("Done.")])
    leader, follower = pty.openpty()
    p = subprocess.run([FRIDAY, "run", "hello"], cwd=friday.repo,
                       env=friday.env, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=follower, timeout=60)
    os.close(follower)
    shown = os.read(leader, 10000).decode()
    os.close(leader)
    assert p.stdout == b"Done.\n"
    assert "list" in shown and "trying again" in shown
