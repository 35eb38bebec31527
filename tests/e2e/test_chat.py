"""The plain conversation, in a real pseudo-terminal and behind a pipe."""
import re
import signal

import pexpect
import pytest
from conftest import FRIDAY
from model_server import call, say, wait


@pytest.fixture
def chat(friday, server):
    started = []

    def start(*args, **env):
        p = pexpect.spawn(FRIDAY, ["--plain", *args], cwd=str(friday.repo),
                          env={**friday.env, **env}, timeout=20,
                          encoding="utf-8", dimensions=(40, 100))
        p.delaybeforesend = None
        p.logfile_read = Recorder()
        started.append(p)
        p.expect("> ")
        return p
    yield start
    for p in started:
        p.close(force=True)


class Recorder:
    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_request_answer_and_leave(chat, server):
    server.script([say("Hello **you**.")])
    p = chat()
    p.sendline("hi there")
    p.expect_exact("Hello **you**.")
    p.expect("> ")
    p.sendeof()
    p.expect("friday --resume [0-9a-z]{26}")
    p.expect(pexpect.EOF)
    p.wait()
    assert p.exitstatus == 0
    assert "\x1b" not in p.logfile_read.text


def test_approval_is_a_question_with_the_command(chat, friday, server):
    server.script([call("shell", command="touch made")], [say("Made it.")])
    p = chat(FRIDAY_MODE="ask")
    p.sendline("make it")
    p.expect_exact("touch made")
    p.expect("y once")
    p.sendline("maybe")
    p.expect("y once")
    assert not (friday.repo / "made").exists()
    p.sendline("y")
    p.expect_exact("Made it.")
    assert (friday.repo / "made").exists()


def test_no_with_a_reason_reaches_the_model(chat, friday, server):
    server.script([call("write", path="x", content="x\n")], [say("All right.")])
    p = chat(FRIDAY_MODE="ask")
    p.sendline("write")
    p.expect(r"\+x")
    p.expect("y once")
    p.sendline("n use another name")
    p.expect_exact("All right.")
    assert "use another name" in server.requests[1].results[0]


def test_ctrl_c_stops_the_run_and_the_session_goes_on(chat, server):
    server.script([say("Talking. "), wait()])
    p = chat()
    p.sendline("talk")
    p.expect_exact("Talking.")
    p.sendintr()
    p.expect("stopped.")
    server.script([say("Again.")])
    p.sendline("go on")
    p.expect_exact("Again.")


def test_steering_while_it_runs(chat, server):
    import threading
    gate = threading.Event()
    server.script([say("Working. "), wait(gate), call("list", path=".")],
                  [say("As you say.")])
    p = chat()
    p.sendline("work")
    p.expect_exact("Working.")
    p.sendline("use tabs instead")
    p.expect_exact("use tabs instead")
    gate.set()
    p.expect_exact("As you say.")
    assert "use tabs instead" in server.requests[1].text


def test_questions_are_asked(chat, server):
    server.script([call("ask_user", questions=[
        {"question": "Which colour?", "options": ["red", "blue"]}])],
        [say("Blue then.")])
    p = chat()
    p.sendline("paint")
    p.expect_exact("Which colour?")
    p.expect_exact("2. blue")
    p.sendline("2")
    p.expect_exact("Blue then.")
    assert "blue" in server.requests[1].results[0]


def test_slash_commands(chat, friday, server):
    friday.write(".friday/commands/greet.md",
                 "---\ndescription: Greets\n---\nSay hello to $1.\n")
    p = chat()
    p.sendline("/help")
    p.expect("/compact")
    p.expect("/greet +Greets")
    for line, wanted in [("/mode plan", "mode plan"), ("/status", "session"),
                         ("/context", "tokens"), ("/tools", "read"),
                         ("/cost", ">"), ("/model", "test-model"),
                         ("/history", "/history N"), ("/queue", "waits"),
                         ("/permissions", "Mode plan"), ("/diff", ">")]:
        p.sendline(line)
        p.expect(wanted)
    server.script([say("Hello Ann.")])
    p.sendline("/greet Ann")
    p.expect_exact("Hello Ann.")
    assert "Say hello to Ann." in server.requests[-1].text
    p.sendline("/quit")
    p.expect(pexpect.EOF)


def test_files_are_attached(chat, friday, server):
    friday.write("notes.txt", "the secret ingredient\n")
    p = chat()
    p.sendline("read @notes.txt please")
    p.expect_exact("ok")
    assert "the secret ingredient" in server.requests[0].text


def test_shell_line(chat):
    p = chat()
    p.sendline("!echo $((40+2))")
    p.expect_exact("42")


def test_hostile_text_stays_text(chat, friday, server):
    evil = "\x1b]0;owned\x07\x1b[2J\x9b5n"
    friday.write(f"a{evil[:4]}.txt".replace("/", ""), "x")
    server.script([say(evil + "text"), call("shell", command="printf '\\033[2J'")],
                  [say("bye")])
    p = chat()
    p.sendline("go")
    p.expect_exact("bye")
    assert not re.search("[\x1b\x07\x9b]", p.logfile_read.text)


def test_behind_a_pipe(friday, server):
    server.script([say("First.")], [say("Second.")])
    r = friday("--plain", input="one\ntwo\n")
    assert r.status == 0 and r.out.split() == ["First.", "Second."]


def test_terminal_goes_away(chat, server):
    server.script([say("Talking. "), wait()])
    p = chat()
    p.sendline("talk")
    p.expect_exact("Talking.")
    p.kill(signal.SIGHUP)
    p.expect(pexpect.EOF)


def test_sessions_from_inside(chat, friday, server):
    friday("run", "an earlier request")
    p = chat()
    p.sendline("/resume")
    p.expect("([0-9a-z]{26})  [^\r\n]*an earlier request")
    earlier = p.match.group(1)
    p.sendline(f"/resume {earlier}")
    p.expect("Resumed.")
    p.sendline("/rename Another name")
    p.sendline("/fork")
    p.expect("Now in the fork.")
    server.script([say("In the fork.")])
    p.sendline("go on")
    p.expect_exact("In the fork.")
    p.expect("> ")
    assert "an earlier request" in server.requests[-1].text
    p.sendline("/new")
    p.expect("A new session.")
    p.sendline("/rename")
    p.expect("/rename TITLE")
    server.script([say("Fresh.")])
    p.sendline("hello")
    p.expect_exact("Fresh.")
    p.expect("> ")  # the run has ended
    assert "an earlier request" not in server.requests[-1].text
    p.sendline("/export out.md")
    p.expect("Written to out.md")
    assert "Fresh." in friday.read("out.md")
    p.sendline("/export")
    p.expect_exact("## You")
    p.sendline("/history 1")
    p.expect_exact("ok")
    p.sendline("/plan")
    p.expect("mode plan")
    p.sendline("/model openai-chat/another-model")
    p.expect("from the next call on")
    p.sendline("which?")
    p.expect_exact("ok")
    p.expect("> ")
    assert server.requests[-1].json["model"] == "another-model"
    p.sendline("/model nobody/x/y")
    p.expect("friday: |from the next")
    p.sendline("/stop")
    p.expect("> ")
    assert "Another name" in friday("session", "list").out


def test_lines_that_go_on_and_queue(chat, server):
    import threading
    gate = threading.Event()
    server.script([say("Busy. "), wait(gate)], [say("The queued one.")])
    p = chat()
    p.sendline("first line\\")
    p.sendline("second line")
    p.expect_exact("Busy.")
    assert "first line\\nsecond line" in server.requests[0].text
    p.sendline("/queue after that")
    p.expect("1 waiting")
    p.sendline("/queue")
    p.expect("1. after that")
    gate.set()
    p.expect_exact("The queued one.")
    assert "after that" in server.requests[1].text


def test_nothing_said_is_nothing_to_resume(chat):
    p = chat()
    p.sendeof()
    p.expect(pexpect.EOF)
    assert "--resume" not in p.before


def test_plan_notices_and_errors_are_lines(chat, server):
    from model_server import status, think
    server.script(
        [think("hm"), call("plan", items=[
            {"title": "look", "status": "done"},
            {"title": "change", "status": "in_progress"},
            {"title": "check", "status": "pending"}])],
        [status(500)], [say("Planned.")])
    p = chat()
    p.sendline("plan it")
    p.expect_exact("[x] look")
    p.expect_exact("[>] change")
    p.expect_exact("[ ] check")
    p.expect("trying again")
    p.expect_exact("Planned.")
    server.script([status(401)])
    p.sendline("again")
    p.expect("llm.auth")
    p.expect("> ")


def test_images_and_missing_files(chat, friday, server):
    friday.config({"models": {"*/test-model": {"images": True}}})
    friday.write("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    friday.write("big.txt", "x" * (2 << 20))
    p = chat()
    p.sendline("see @a.png, @nowhere.txt and @big.txt")
    p.expect("big.txt is not attached")
    p.expect_exact("ok")
    assert "data:image/png;base64," in server.requests[0].text


def test_trust_is_asked_once(chat, friday, server):
    friday.write(".friday/config.json", '{"system": "Speak like a pirate."}')
    p = pexpect.spawn(FRIDAY, ["--plain"], cwd=str(friday.repo),
                      env=friday.env, timeout=20, encoding="utf-8")
    p.delaybeforesend = None
    p.expect("Trust this folder as it is now")
    p.sendline("y")
    p.expect("mode auto")
    p.sendline("hi")
    p.expect_exact("ok")
    assert "pirate" in server.requests[0].text
    p.close(force=True)
    p = chat()
    assert "Trust this folder" not in p.logfile_read.text


def test_two_interrupts_on_an_empty_line_leave(chat):
    p = chat()
    p.sendintr()
    p.expect("Ctrl-D leaves")
    p.sendintr()
    p.expect(pexpect.EOF)


def test_session_answer_and_always(chat, friday, server):
    for i in range(3):
        server.script([call("shell", command="touch made")],
                      [say(f"Done {i}.")])
    p = chat(FRIDAY_MODE="ask")
    p.sendline("make it")
    p.expect_exact("a and p keep: allow shell(touch made)")
    p.expect("y once")
    p.sendline("a")
    p.expect_exact("Done 0.")
    p.sendline("/permissions")
    p.expect_exact("s1. allow shell(touch made) (exactly)")
    p.sendline("make it again")
    p.expect_exact("Done 1.")
    p.sendline("/new")
    p.expect("A new session.")
    p.sendline("make it")
    p.expect("y once")
    p.sendline("p")
    p.expect_exact("Done 2.")
    p.sendline("/permissions")
    p.expect_exact("1. allow shell(touch made) (exactly)")
    p.sendline("/permissions add deny shell(touch*)")
    p.expect_exact("Kept: deny shell(touch*)")
    p.sendline("/permissions remove 1")
    p.expect_exact("Forgotten: allow shell(touch made)")
    p.sendline("/permissions remove x")
    p.expect_exact("/permissions remove N")
    # What is added counts in the session that is open.
    server.script([call("shell", command="touch made")], [say("Refused.")])
    p.sendline("make it")
    p.expect_exact("Refused.")
    assert "refused" in server.requests[-1].results[-1]


def test_always_for_some_of_the_parts(chat, friday, server):
    server.script([call("shell", command="touch a && touch b")],
                  [say("Done.")])
    p = chat(FRIDAY_MODE="ask")
    p.sendline("make them")
    p.expect_exact("2. allow shell(touch b)")
    p.expect("y once")
    p.sendline("p 3")
    p.expect("y once")
    p.sendline("y 2")
    p.expect("y once")
    p.sendline("p 2")
    p.expect_exact("Done.")
    kept = friday("config", "permissions").out
    assert "touch b" in kept and "touch a" not in kept


def test_what_is_always_asked_is_not_kept(chat, friday, server):
    friday.write("d/f", "x")
    server.script([call("shell", command="rm -r d")], [say("Done.")])
    p = chat(FRIDAY_MODE="ask")
    p.sendline("away with it")
    p.expect("y for this one call")
    p.sendline("p")
    p.expect("y for this one call")
    p.sendline("y")
    p.expect_exact("Done.")
    assert friday("config", "permissions").out == ""


def test_continue_and_resume_on_the_command_line(chat, friday, server):
    friday("run", "the beginning")
    p = chat("--continue", "go", "on")
    assert "the beginning" in server.requests[-1].text
    id = friday("session", "list").out.split()[0]
    p.close(force=True)
    p = chat("--resume", id)
    p.sendline("more")
    p.expect_exact("ok")
    assert "the beginning" in server.requests[-1].text


def test_commands_of_other_assistants_after_the_trust_question(
        chat, friday, server):
    friday.write(".claude/commands/greet.md", "Say hello to $1.\n")
    for answer, wanted in (("n", "/greet Ann"), ("y", "Say hello to Ann.")):
        if answer == "y":
            assert friday("config", "trust").status == 0
        p = pexpect.spawn(FRIDAY, ["--plain"], cwd=str(friday.repo),
                          env=friday.env, timeout=20, encoding="utf-8")
        p.delaybeforesend = None
        if answer == "n":
            p.expect("brings commands or skills: .claude/commands")
            p.expect("y or n")
            p.sendline("n")
        p.expect("mode auto")
        p.sendline("/greet Ann")
        p.expect_exact("ok")
        assert wanted in server.requests[-1].text
        p.close(force=True)
    p = chat()  # asked once
    assert "Trust this folder" not in p.logfile_read.text


def test_a_review_in_the_conversation(chat, friday, server):
    import json
    friday.write("README.md", "# test\ntwo\n")
    server.script([say(json.dumps({"notes": "n", "findings": [
        {"path": "README.md", "line": 2, "severity": "note",
         "category": "documentation", "message": "Two says nothing.",
         "confidence": 0.9}]}))], [say('{"notes":"","findings":[]}')],
        [say('{"verdicts":[{"id":1,"holds":true}]}')],
        [say('{"reasoning":"Fine.","patch":""}')])
    p = chat()
    p.sendline("/review")
    p.expect("README.md:2: note: Two says nothing.")
    p.expect("1 finding in what is not committed")
    p.expect("> ")
    # Ctrl-C ends one that goes on, and the conversation goes on.
    friday.write("README.md", "# test\nthree\n")
    server.always([wait()])
    p.sendline("/review")
    p.expect("the bug hunter looks")
    server.wait_requests(5)
    p.sendintr()
    p.expect("cancelled")
    p.expect("> ")
    p.sendline("/status")
    p.expect("test-model")
