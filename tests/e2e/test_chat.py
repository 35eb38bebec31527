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
