"""Nothing that comes from outside reaches the terminal as a sequence: each way
that text can take to the screen, with text that would do harm."""
import os

import pytest
from conftest import FRIDAY
from model_server import call, say, status, think
from terminal import VT, Terminal

pytestmark = pytest.mark.skipif(not os.path.exists(VT),
                                reason="built without libvterm")

EVIL = ("A\x1b[?9999hB\x1b]999;x\x07C\x9b9999mD\u202eE\x1bP9999q\x1b\\F"
        "\x0e\x08\x0cG\x1b(0H\x7fI\rJ")
LOOKS = ("\x1b[?9999h", "\x1b]999", "\u009b", "\x1bP9999", "\x1b(0H",
         "\x0e", "\x0c", "\u202e")


@pytest.fixture
def screen(friday):
    started = []

    def start(*args, rows=30, cols=100, **env):
        terminal = Terminal(
            [FRIDAY, *args], rows, cols, cwd=friday.repo,
            env={**friday.env, "TERM": "xterm-256color",
                 "COLORTERM": "truecolor", **env})
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.close()


def is_clean(terminal):
    """Also on the way out, where the answer goes to the scrollback."""
    terminal.type("<escape>")
    terminal.quiet(100)
    terminal.signal(15)
    terminal.wait_exit()
    raw = terminal.raw().decode("utf-8", "strict")
    for evil in LOOKS:
        assert evil not in raw, repr(evil)


def test_an_answer(screen, server):
    server.script([say(EVIL + "\n\n" + f"`{EVIL}` [{EVIL}](http://{EVIL})\n"
                       f"```c\n{EVIL}\n```\n| {EVIL} |\n|---|\n| {EVIL} |\n\n"
                       "the end")])
    terminal = screen()
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.wait("the end")
    is_clean(terminal)


def test_output_of_a_tool(screen, server, friday):
    friday.write("evil.txt", EVIL + "\n")
    server.script([call("shell", command="cat evil.txt")],
                  [call("read", path="evil.txt")], [say("the end")])
    terminal = screen()
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.wait("the end")
    terminal.type("<ctrl+o>")
    terminal.quiet(100)
    is_clean(terminal)


def test_names_and_contents_of_files(screen, server, friday):
    name = EVIL.replace("/", "")
    server.script([call("write", path=name, content=EVIL + "\n")],
                  [call("edit", path=name, old_string="A", new_string=EVIL)],
                  [call("list", path=".")], [say("the end")])
    terminal = screen()
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.wait("the end")
    terminal.type("@A")
    terminal.quiet(200)
    is_clean(terminal)


def test_an_approval(screen, server):
    server.script([call("shell", command="echo " + EVIL)], [say("the end")])
    terminal = screen(FRIDAY_MODE="ask")
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.wait("echo")
    is_clean(terminal)


def test_a_question(screen, server):
    server.script([call("ask_user", questions=[
        {"question": EVIL, "options": [EVIL, "b"]}])], [say("the end")])
    terminal = screen()
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.quiet(300)
    is_clean(terminal)


def test_an_error_of_the_server(screen, server):
    server.script([status(400, message=EVIL)])
    terminal = screen()
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.quiet(300)
    is_clean(terminal)


def test_a_paste(screen, server):
    terminal = screen()
    terminal.wait("test-model")
    terminal.send(b"\x1b[200~" + EVIL.encode() + b"\x1b[201~")
    terminal.wait("A")
    terminal.type("<enter>")
    terminal.wait("ok")
    is_clean(terminal)


def test_the_name_of_the_model(screen):
    terminal = screen(FRIDAY_MODEL="m" + EVIL)
    terminal.wait("Ask")
    terminal.quiet(200)
    is_clean(terminal)


def test_the_name_of_the_branch(screen, friday):
    head = friday.repo / ".git" / "HEAD"
    head.write_text("ref: refs/heads/" + EVIL.replace("\r", "") + "\n")
    terminal = screen()
    terminal.wait("Ask")
    terminal.quiet(300)
    is_clean(terminal)


def test_the_title_of_a_session(screen, server, friday):
    server.script([say("the end")])
    terminal = screen()
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.wait("the end")
    terminal.send(b"/rename \x1b[200~" + EVIL.replace("\r", "").encode()
                  + b"\x1b[201~\r")
    terminal.quiet(200)
    terminal.type("/sessions<enter>")
    terminal.quiet(300)
    is_clean(terminal)


def test_what_the_user_types(screen):
    terminal = screen()
    terminal.wait("test-model")
    terminal.send("x\u009b9999m\u202ey<enter>".encode())
    terminal.quiet(100)
    is_clean(terminal)


def test_a_background_shell(screen, server, friday):
    friday.write("evil.sh", "cat evil.txt; exec sleep 1000\n")
    friday.write("evil.txt", EVIL + "\n")
    server.script([call("shell_background", action="start",
                        command="sh evil.sh; : \x1b]999;x\x07")],
                  [say("the end")])
    terminal = screen()
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.wait("› 1 Yes")
    terminal.type("y")
    terminal.wait("the end")
    terminal.type("/ps<enter>")
    terminal.wait("running")
    terminal.type("<enter>")
    terminal.wait("x end it")
    terminal.quiet(200)
    is_clean(terminal)


def test_a_command_of_ones_own(screen, friday):
    friday.write("evil.txt", EVIL + "\n")
    terminal = screen()
    terminal.wait("test-model")
    terminal.type("!cat evil.txt<enter>")
    terminal.wait("exit status 0")
    is_clean(terminal)


def test_a_plan_in_the_panel(screen, server):
    server.script([call("plan", items=[{"title": EVIL, "status": "pending"},
                                       {"title": "b", "status": "done"}])],
                  [say("the end")])
    terminal = screen(cols=140)
    terminal.wait("test-model")
    terminal.type("/panel<enter>")
    terminal.type("go<enter>")
    terminal.wait("the end")
    terminal.quiet(100)
    is_clean(terminal)


def test_the_last_session_at_the_start(screen, server, friday):
    assert friday("run", EVIL).status == 0
    terminal = screen()
    terminal.wait("/resume")
    is_clean(terminal)


def test_what_changed(screen, server, friday):
    name = "n" + EVIL.replace("/", "").replace("\r", "")
    server.script([call("write", path=name, content=EVIL + "\n")],
                  [say("the end")])
    terminal = screen()
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.wait("the end")
    for view in "/diff", "/diff tree", "/undo", "/rewind":
        terminal.type(f"{view}<enter>")
        terminal.quiet(200)
        terminal.type("<enter>")
        terminal.quiet(200)
        terminal.type("<escape>")
        terminal.quiet(100)
        terminal.type("<escape>")
        terminal.quiet(50)
    is_clean(terminal)


def test_a_theme_and_keys(screen, friday):
    folder = friday.config({}).parent
    (folder / "themes").mkdir()
    (folder / "themes" / "evil.json").write_text(
        '{"name": "evil", "summary": "\\u001b[?9999h \\u202e", "'
        + EVIL.replace("\\", "").replace('"', "") + '": 1}')
    (folder / "keymap.json").write_text(
        '{"keys": {"input": {"\\u001b[?9999h": "\\u202e\\u009b9999m"}}}')
    terminal = screen()
    terminal.wait("test-model")
    terminal.quiet(200)
    terminal.type("/theme<enter>evil")
    terminal.quiet(200)
    is_clean(terminal)


def test_commands_and_skills_of_the_folder(screen, friday):
    friday.write(".claude/commands/evil.md",
                 "---\ndescription: " + EVIL.replace("\r", "") + "\n---\nx\n")
    friday.write(".friday/skills/evil/SKILL.md",
                 "---\nname: evil\ndescription: " + EVIL.replace("\r", "")
                 + "\n---\nx\n")
    terminal = screen()
    terminal.wait("Trust")
    terminal.type("y")
    terminal.wait("test-model")
    terminal.type("/evil")
    terminal.quiet(200)
    terminal.type("<ctrl+u>/skills<enter>")
    terminal.quiet(200)
    is_clean(terminal)


def test_an_imported_session(screen, server, friday):
    server.script([think(EVIL), say(EVIL + "the end")])
    assert friday("run", EVIL).status == 0
    terminal = screen("--continue")
    terminal.wait("the end")
    terminal.type("/export out.json<enter>")
    terminal.wait("Written to")
    terminal.type("/import out.json<enter>")
    terminal.quiet(300)
    terminal.type("/sessions<enter>")
    terminal.quiet(300)
    is_clean(terminal)
