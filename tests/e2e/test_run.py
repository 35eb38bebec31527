"""friday run: what is printed, how it ends, in each format."""
import json
import os
import subprocess

import pytest
from conftest import FRIDAY, read_until
from model_server import (call, crlf, drop, error, no_end, raw, say, split,
                          status, stop, think, usage, wait)

TEXT = "Grüße — 日本語 👩‍👩‍👧 “quoted” \\ \" end."


def test_text_mode_prints_the_answer_and_nothing_else(friday, wire, server):
    server.script([think("hm"), say(TEXT, pieces=9)])
    r = friday("run", "hello")
    assert (r.status, r.out, r.err) == (0, TEXT + "\n", "")


@pytest.mark.parametrize("size", [1, 7])
def test_stream_split_anywhere(friday, wire, server, size):
    server.script([split(size), crlf(), say(TEXT, pieces=4),
                   call("list", path=".", pieces=5)],
                  [split(size), say("Second.")])
    r = friday("run", "hello")
    assert (r.status, r.out) == (0, TEXT + "\nSecond.\n"), r


def test_missing_end_mark(friday, server):
    """[DONE] may be missing when the rest was whole."""
    def body(text):
        return ('data: {"choices":[{"delta":{"content":"%s"},'
                '"finish_reason":"stop"}]}\n\n' % text)
    server.script([no_end(), raw(body("Whole."))])
    r = friday("run", "hello")
    assert (r.status, r.out) == (0, "Whole.\n"), r


def test_json_events(friday, wire, server):
    server.script([say("One."), call("list", path=".")],
                  [usage(1200, 80, 1000, 30), say("Two.")])
    r = friday("run", "--json", "hello")
    assert r.status == 0, r
    events = r.events
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "run.started"
    assert events[0]["provider"] == wire and events[0]["schema"] == 1
    assert events[-1] == {**events[-1], "type": "run.finished",
                          "stop_reason": "end_turn"}
    started, = r.of("tool.started")
    finished, = r.of("tool.finished")
    assert started["arguments"] == {"path": "."}
    assert finished["call_id"] == started["call_id"] and finished["ok"]
    assert [m["text"] for m in r.of("message.finished")] == ["One.", "Two."]
    deltas = "".join(e["text"] for e in r.of("text.delta"))
    assert deltas == "One.Two."
    used = r.of("usage")[-1]
    assert (used["input_tokens"], used["output_tokens"]) == (1200, 80)
    if wire != "ollama":
        assert used["cached_tokens"] == 1000


def test_stdin_is_added_to_the_prompt(friday, server):
    r = friday("run", "review this", input="diff --git a b\n")
    assert r.status == 0
    assert "review this\\n\\ndiff --git a b" in server.requests[0].text
    assert friday("run", "-", input="only this").status == 0
    assert "only this" in server.requests[1].text


def test_nothing_to_do_is_wrong_usage(friday):
    r = friday("run", input="")
    assert r.status == 2 and "what shall I do" in r.err


STOPS = {
    "openai-chat": {"length": ("max_tokens", 1), "stop": ("end_turn", 0),
                    "content_filter": ("refusal", 1)},
    "openai-responses": {"max_output_tokens": ("max_tokens", 1),
                         "content_filter": ("refusal", 1)},
    "anthropic": {"max_tokens": ("max_tokens", 1), "refusal": ("refusal", 1),
                  "stop_sequence": ("end_turn", 0),
                  "end_turn": ("end_turn", 0),
                  "model_context_window_exceeded": ("max_tokens", 1)},
    "gemini": {"MAX_TOKENS": ("max_tokens", 1), "SAFETY": ("refusal", 1),
               "RECITATION": ("refusal", 1), "STOP": ("end_turn", 0),
               "PROHIBITED_CONTENT": ("refusal", 1)},
    "ollama": {"length": ("max_tokens", 1), "stop": ("end_turn", 0)},
}


@pytest.mark.parametrize("wire_name,reason", [
    (w, r) for w in STOPS for r in STOPS[w]])
def test_stop_reasons(friday, server, wire_name, reason):
    friday.use(wire_name)
    server.script([say("Text."), stop(reason)])
    r = friday("run", "--json", "hello")
    wanted, code = STOPS[wire_name][reason]
    assert r.of("run.finished")[0]["stop_reason"] == wanted, r
    assert r.status == code


def test_pause_turn_goes_on(friday, server):
    friday.use("anthropic")
    server.script([say("Wait."), stop("pause_turn")], [say("Done.")])
    r = friday("run", "hello")
    assert r.status == 0 and r.out == "Wait.\nDone.\n"


def test_calls_cut_by_the_length_limit_are_not_run(friday, server):
    server.script([call("write", raw='{"path":"x.txt","content":"abc'),
                   stop("length")], [say("Sorry.")])
    r = friday("run", "hello")
    assert not (friday.repo / "x.txt").exists()
    assert len(server.requests) == 2 and server.requests[1].results


ERRORS = [
    (status(401), 1, "llm.auth"),
    (status(403), 1, "llm.auth"),
    (status(404, message="model 'test-model' not found"), 1,
     "llm.model_not_found"),
    (status(400), 1, "llm.bad_request"),
    (status(402), 1, "llm.quota"),
    (status(502, "<html><h1>Bad gateway</h1></html>",
            content_type="text/html"), 1, "llm."),
    (error("overloaded", "overloaded_error"), 1, "llm."),
]


@pytest.mark.parametrize("step,code,name", ERRORS,
                         ids=lambda x: getattr(x, "kind", None))
def test_errors_have_a_code_and_plain_words(friday, wire, server, step, code,
                                            name):
    server.always([step])
    r = friday("run", "--json", "hello")
    assert r.status == code, r
    fault, = r.of("error")
    assert fault["code"].startswith(name), fault
    assert fault["message"] and "<" not in fault["message"]
    assert len(fault["trace_id"]) == 32
    assert r.of("run.finished")[0]["stop_reason"] == "error"
    text = friday("run", "hello", **{"FRIDAY_RETRY_FIRST_MS": "1"})
    assert text.out == "" and text.err.startswith("friday: ")


@pytest.mark.parametrize("code", [429, 500, 503, 529])
def test_passing_faults_are_tried_again(friday, wire, server, code):
    server.script([status(code)], [status(code)], [say("Here.")])
    r = friday("run", "--json", "hello")
    assert r.status == 0, r
    assert [e["attempt"] for e in r.of("retry")] == [1, 2]


def test_retry_after_is_honoured(friday, server):
    server.script([status(429, headers={"Retry-After": "1"})], [say("Here.")])
    r = friday("run", "--json", "hello")
    assert r.status == 0
    assert r.of("retry")[0]["delay_ms"] >= 1000


def test_retries_end(friday, server):
    server.always([status(500)])
    r = friday("run", "hello")
    assert r.status == 1 and len(server.requests) == 4


def test_context_length_is_recognised(friday, server):
    body = {"error": {"message": "This model's maximum context length is "
                                 "8192 tokens", "type":
                      "invalid_request_error",
                      "code": "context_length_exceeded"}}
    server.always([status(400, body)])
    r = friday("run", "--json", "hello")
    assert r.of("error")[0]["code"] == "llm.context_length"


def test_dropped_stream_keeps_what_was_shown_and_goes_on(friday, wire,
                                                         server):
    server.script([say("First half. "), drop()], [say("Second half.")])
    r = friday("run", "--json", "hello")
    assert r.status == 0, r
    texts = [m["text"] for m in r.of("message.finished")]
    assert texts[0].startswith("First half.") and texts[-1] == "Second half."
    assert r.of("retry")
    assert "First half." in server.requests[1].text


def test_fall_back_to_another_provider(friday, server):
    friday.config({
        "fallback": ["second"],
        "providers": {"second": {
            "wire": "anthropic", "base_url": server.url("anthropic"),
            "auth": "none", "default_model": "other"}}})
    server.always(lambda q: [status(500)] if q.wire == "openai-chat"
                  else [say("From the second.")])
    r = friday("run", "hello")
    assert (r.status, r.out) == (0, "From the second.\n"), r


def test_breaker_opens_is_kept_and_can_be_reset(friday, server):
    server.always([status(500)])
    for _ in range(3):
        friday("run", "hello")
    before = len(server.requests)
    r = friday("run", "--json", "hello")
    assert r.of("error")[0]["code"] == "llm.breaker_open", r
    assert len(server.requests) == before
    assert "open" in friday("provider", "status").out
    assert friday("provider", "reset").status == 0
    server.always([say("Back.")])
    assert friday("run", "hello").out == "Back.\n"


def test_closed_pipe_ends_it_quietly(friday, server):
    server.always([say("line\n" * 200000, pieces=500)])
    p = subprocess.Popen([FRIDAY, "run", "hello"], cwd=friday.repo,
                         env=friday.env, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert p.stdout.read(10) == b"line\nline\n"
    p.stdout.close()
    err = p.stderr.read()
    assert p.wait(20) == -13 and err == b""


def test_control_sequences_never_reach_the_terminal(friday, wire, server):
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eabc\x7f\b\rx"
    friday.write("evil\x1b[31m.txt", "content \x1b[2J\n")
    server.script([say(evil), call("list", path="."),
                   call("nope\x1b[2J", x="\x1b[2J")], [say("\x1b[0mbye")])
    for args in (["run", "hello"], ["run", "--json", "hello"]):
        server.script([say(evil), call("list", path=".")], [say("bye")])
        r = friday(*args)
        for out in (r.out, r.err):
            assert not any(c in out for c in "\x1b\x07\x9b\x7f\b\r\u202e")
        assert "abc" in r.out


def test_key_goes_to_its_own_provider_only(friday, server):
    env = {"FRIDAY_API_KEY": "", "OPENAI_API_KEY": "sk-real"}
    assert friday("run", "hello", **env,
                  FRIDAY_PROVIDER="openai").status == 0
    assert "Authorization" not in server.requests[0].headers
    assert friday("run", "hello").status == 0
    assert server.requests[1].headers["Authorization"] == "Bearer test-key"


def test_offline_says_that_it_is_no_model(friday):
    friday.write("src/a.c", "int answer_of_life(void)\n{\n\treturn 42;\n}\n")
    r = friday("run", "where is answer_of_life defined?",
               FRIDAY_PROVIDER="offline", FRIDAY_BASE_URL="",
               FRIDAY_MODEL="")
    assert r.status == 0, r
    assert "src/a.c:1" in r.out
    assert "not from a language model" in r.out


def test_output_schema(friday, server, tmp_path):
    schema = tmp_path / "s.json"
    schema.write_text(json.dumps({
        "type": "object", "required": ["name", "count"],
        "properties": {"name": {"type": "string"},
                       "count": {"type": "integer"}}}))
    run = ["run", "--output-schema", str(schema), "hello"]
    server.script([say('Here:\n```json\n{"Name": "x", "count": "3",}\n```')])
    r = friday(*run)
    assert r.status == 0 and json.loads(r.out) == {"name": "x", "count": 3}
    assert len(server.requests) == 1
    server.script([say("no json")], [say('{"name": "y", "count": 1}')])
    r = friday(*run)
    assert r.status == 0 and json.loads(r.out) == {"name": "y", "count": 1}
    assert server.requests[-1].json["temperature"] == pytest.approx(0.8)
    server.always([say("never")])
    before = len(server.requests)
    r = friday(*run)
    assert r.status == 1 and r.out == "" and "schema.mismatch" in r.err
    assert len(server.requests) - before == 3


def test_model_without_tools_uses_text(friday, server):
    friday.config({"models": {"*/test-model": {"tools": False}}})
    friday.write("a.txt", "hello\n")
    server.script([say('```tool_call\n{"name":"read","arguments":'
                       '{"path":"a.txt"}}\n```')], [say("It says hello.")])
    r = friday("run", "read it")
    assert r.status == 0, r
    assert not server.requests[0].json.get("tools")
    assert "hello" in server.requests[1].text
    assert "It says hello." in r.out


def test_instructions_reach_the_model(friday, server):
    friday.write("AGENTS.md", "Always say please.\n")
    friday.write("sub/CLAUDE.md", "Sub folder rule.\n")
    assert friday("run", "--cwd", "sub", "hello").status == 0
    text = server.requests[0].text
    assert "Always say please." in text and "Sub folder rule." in text


def test_first_request_is_small(friday, wire, server):
    assert friday("run", "hi").status == 0
    assert len(server.requests[0].body) <= 14 * 1024
    assert len(server.requests[0].tools) == 14
    assert len(server.requests) == 1


def test_budget_of_turns_tokens_and_dollars(friday, server):
    server.always(lambda q: [call("list", path="."), usage(1000, 10)])
    r = friday("run", "--json", "--max-turns", "3", "hello")
    assert r.of("run.finished")[0]["stop_reason"] == "max_turns"
    assert r.status == 1 and len(server.requests) == 3

    friday.config({"models": {"*/test-model": {
        "price": {"input": 1000, "output": 1000}}}})
    r = friday("run", "--json", "--budget", "60", "hello")
    assert r.status == 3, r
    assert r.of("run.finished")[0]["stop_reason"] == "budget"
    assert r.of("error")[0]["code"] == "budget.exceeded"
    assert any(n["code"].startswith("budget") for n in r.of("notice")
               if "code" in n)
    assert "$" in friday("cost").out


def test_idle_stream_ends(friday, server):
    friday.config({"network": {"idle_seconds": 1}, "retry": {"count": 0}})
    server.always([say("Begin"), wait()])
    r = friday("run", "--json", "hello")
    assert r.status == 1 and r.of("error")[0]["code"] in (
        "net.idle", "llm.dropped"), r


def test_model_without_tools_writes_edits_into_its_answer(friday, server):
    friday.config({"models": {"*/test-model": {"tools": False}}})
    friday.write("a.txt", "one\ntwo\n")
    server.script([say("Like this:\n\na.txt\n```\n<<<<<<< SEARCH\ntwo\n"
                       "=======\n2\n>>>>>>> REPLACE\n```\n")],
                  [say("Done.")])
    r = friday("run", "change it")
    assert r.status == 0 and friday.read("a.txt") == "one\n2\n", r


def test_slow_reader_catches_up_from_the_store(friday, server):
    """Who reads too slowly loses events on the bus and gets them from the
    store: the lines have no gap."""
    turns, calls = 24, 100
    server.script(*[[call("list", id=f"c{t}_{i}", path=".")
                     for i in range(calls)] for t in range(turns)],
                  [say("Done.")])
    p = friday.start("run", "--json", "hello")
    server.wait_requests(turns + 1, timeout=50)  # nothing was read yet
    out, err = p.communicate(timeout=50)
    assert p.returncode == 0, err
    last, finished = 0, 0
    for line in out.splitlines():
        e = json.loads(line)
        assert e["seq"] == last + 1 or (
            e["seq"] > last and e["type"].endswith(".delta")), e
        last = e["seq"]
        finished += e["type"] == "tool.finished"
    assert finished == turns * calls
    assert json.loads(out.splitlines()[-1])["type"] == "run.finished"
