"""The command line: help, usage, tools by hand, configuration, doctor."""
import json

import pytest


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
    ["model", "list", "nobody"], ["completion", "tcsh"]])
def test_wrong_usage(friday, args):
    r = friday(*args)
    assert r.status == 2 and r.out == "" and r.err, r


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
