"""The screen in use, where a flow needs more than keys in and a screen out: a
second start, a kill, another program, what goes to the terminal beside text."""
import base64
import json
import os
import re
import signal
import threading
import time
import zlib

import pytest
from conftest import FRIDAY, wait_for
from model_server import call, say, wait
from terminal import VT, Terminal

pytestmark = pytest.mark.skipif(not os.path.exists(VT),
                                reason="built without libvterm")


# Where a clipboard may be found: the tests' own only.
DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "TMUX", "STY", "SSH_CONNECTION",
           "SSH_TTY", "SSH_CLIENT", "WSL_DISTRO_NAME", "VISUAL", "EDITOR")


@pytest.fixture
def screen(friday):
    started = []

    def start(*args, rows=24, cols=80, options=("--sync", "--kitty"),
              program=FRIDAY, cwd=None, **env):
        terminal = Terminal(
            [program, *args], rows, cols, cwd=cwd or friday.repo,
            options=options,
            env={**{k: v for k, v in friday.env.items()
                    if k not in DESKTOP}, "TERM": "xterm-256color", **env})
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.close()


def ready(terminal):
    """The session is open: its name stands in the status line."""
    terminal.wait("Ask")
    terminal.wait("test-model")
    return terminal


def at_rest(terminal):
    """No run goes on: the status line tells no time."""
    wait_for(lambda: not re.search(r"\d+s \w", terminal.rows()[-1]),
             what="the end of the run")
    return terminal


def leave(terminal):
    terminal.type("<ctrl+d>")
    terminal.wait_exit()


def talk(screen, server, text="go", answer="Done.", **start):
    """A session in which something was said, and left."""
    server.script([say(answer)])
    terminal = ready(screen(**start))
    terminal.type(text + "<enter>")
    terminal.wait(answer)
    leave(terminal)


def test_the_last_session_is_offered_and_continued(screen, server):
    talk(screen, server, "count the words")
    # Who opens an empty one and leaves it does not mean that one later.
    terminal = ready(screen())
    terminal.wait("/resume  count the words · now")
    leave(terminal)
    terminal = screen("--continue")
    terminal.wait("› count the words")
    terminal.wait("Done.")
    # How full the context is, is known before the next answer.
    terminal.type("/status<enter>")
    terminal.wait("1.1k of 128k tokens")


# --- the clipboard ---------------------------------------------------------

@pytest.fixture
def tools(tmp_path, friday):
    """Programs that keep what they are given."""
    folder = tmp_path / "tools"
    folder.mkdir()

    def make(*names):
        for name in names:
            path = folder / name
            path.write_text(f'#!/bin/sh\ncat > "{folder}/{name}.got"\n')
            path.chmod(0o755)
        return {"PATH": f"{folder}:{friday.env['PATH']}"}

    make.got = lambda name: (folder / f"{name}.got").read_text()
    return make


def osc52(raw):
    """What was last sent to the terminal's clipboard."""
    coded = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", raw)
    return base64.b64decode(coded[-1]).decode()


def copy(screen, server, says, **env):
    server.script([say("**Bold** words.")])
    terminal = ready(screen(**env))
    terminal.type("go<enter>")
    terminal.wait("Bold words.")
    at_rest(terminal)
    terminal.type("/copy<enter>")
    terminal.wait(says)
    return terminal


@pytest.mark.parametrize("env, tool, says", [
    ({"TMUX": "/tmp/x,1,0"}, "tmux", "bytes to tmux"),
    ({"WAYLAND_DISPLAY": "w"}, "wl-copy", "bytes."),
    ({"DISPLAY": ":7"}, "xclip", "bytes."),
])
def test_copying_by_a_tool(screen, server, tools, env, tool, says):
    terminal = copy(screen, server, says, **tools(tool), **env)
    # The source, not what it looks like.
    assert tools.got(tool) == "**Bold** words."
    assert b"\x1b]52;" not in terminal.raw()


def test_copying_over_ssh_is_for_the_terminal_here(screen, server, tools):
    """The tools there would reach the clipboard of that machine."""
    terminal = copy(screen, server, "(OSC 52)", **tools("xclip"),
                    DISPLAY=":7", SSH_CONNECTION="a 1 b 2")
    assert osc52(terminal.raw()) == "**Bold** words."


def test_copying_where_a_tool_fails(screen, server, tmp_path):
    terminal = copy(screen, server, "(OSC 52)", DISPLAY=":7",
                    PATH=f"{tmp_path}/none:/usr/bin:/bin")
    assert osc52(terminal.raw()) == "**Bold** words."


def test_copying_in_gnu_screen_passes_through(screen, server):
    terminal = copy(screen, server, "(OSC 52)", STY="1.tty")
    assert b"\x1bP\x1b]52;c;" in terminal.raw()


def test_copying_without_a_clipboard_names_a_file(screen, server, friday):
    copy(screen, server, "No clipboard can be reached", TERM="linux")
    files = list(friday.home.rglob("clipboard.txt"))
    assert [file.read_text() for file in files] == ["**Bold** words."]
    assert files[0].stat().st_mode & 0o777 == 0o600


# --- notifications ---------------------------------------------------------

@pytest.mark.parametrize("name, sent", [
    ("kitty(0.31)", b"\x1b]9;friday is done\x07"),
    ("foot(1.16)", b"\x1b]777;notify;friday;friday is done\x07"),
    ("", b"\x07"),
])
def test_notifies_only_who_looks_elsewhere(screen, server, name, sent):
    terminal = ready(screen())
    if name:
        terminal.send(b"\x1bP>|" + name.encode() + b"\x1b\\")
    server.script([say("One.")], [say("Two.")])
    terminal.type("go<enter>")
    terminal.wait("One.")
    terminal.wait_gone("writing")
    terminal.quiet(50)
    before = terminal.raw()
    assert sent not in before
    terminal.send(b"\x1b[O")
    terminal.type("go<enter>")
    terminal.wait("Two.")
    wait_for(lambda: sent in terminal.raw()[len(before):], what="a word")


def test_notifies_of_an_approval_unless_told_not_to(screen, server, friday):
    for wanted in True, False:
        friday.config({"ui": {"notify": wanted}})
        server.script([call("write", path="a", content="b\n")])
        terminal = ready(screen(FRIDAY_MODE="ask"))
        terminal.send(b"\x1bP>|kitty\x1b\\\x1b[O")
        terminal.type("go<enter>")
        terminal.wait("Make this change?")
        terminal.quiet(50)
        assert (b"\x1b]9;friday asks for approval\x07" in
                terminal.raw()) == wanted
        terminal.close()


# --- the mouse -------------------------------------------------------------

def mouse(button, row, col, end="M"):
    return f"\x1b[<{button};{col + 1};{row + 1}{end}".encode()


def row_of(terminal, text):
    return next(i for i, row in enumerate(terminal.rows()) if text in row)


def test_the_mouse_scrolls_opens_and_copies_the_source(screen, server):
    server.script([call("shell", command="seq 1 60")],
                  [say("The **last** `word`\nof it.")])
    terminal = ready(screen())
    terminal.type("/mouse<enter>")
    terminal.wait("Mouse on")
    assert terminal.state()["mouse"] != "0"
    terminal.type("go<enter>")
    terminal.wait("of it.")
    # A click opens the card, another one closes it.
    terminal.send(mouse(0, row_of(terminal, "shell seq"), 5))
    terminal.send(mouse(0, row_of(terminal, "shell seq"), 5, "m"))
    terminal.wait("[exit status 0")
    for _ in range(30):
        terminal.send(mouse(64, 5, 5))
    terminal.wait("› go")
    for _ in range(60):
        terminal.send(mouse(65, 5, 5))
    terminal.wait("of it.")
    # What is selected is copied as its source.
    row = row_of(terminal, "last word")
    terminal.send(mouse(0, row, 2) + mouse(32, row, 19)
                  + mouse(0, row, 19, "m"))
    terminal.wait("(OSC 52)")
    assert osc52(terminal.raw()).startswith("The **last** `word")
    terminal.type("/mouse<enter>")
    terminal.wait("Mouse off")
    assert terminal.state()["mouse"] == "0"


def test_reading_copies_lines_without_what_is_drawn_around(screen, server):
    text = "| a | b |\n|---|---|\n| one | two |\n\n- a *point*\n\n" + \
        "words " * 40
    server.script([say(text)])
    terminal = ready(screen())
    terminal.type("go<enter>")
    terminal.wait("point")
    at_rest(terminal)
    # All of the answer: its source, without borders and soft wraps.
    terminal.type("<ctrl+o>")
    terminal.wait("reading")
    terminal.type("y")
    terminal.wait("(OSC 52)")
    assert osc52(terminal.raw()).strip() == text.strip()
    # From its first line, which had the focus, up to what was asked.
    terminal.type("Gv")
    terminal.wait("selecting")
    terminal.type("<up>y")
    wait_for(lambda: osc52(terminal.raw()).strip() != text.strip(),
             what="the second copy")
    assert osc52(terminal.raw()).strip() == "go\n\na | b"


# --- what outlives a kill --------------------------------------------------

def kept(friday, text):
    """Whether the database has it: the write is on its way for a while."""
    return any(text.encode() in file.read_bytes()
               for file in friday.home.rglob("*.db*"))


@pytest.mark.parametrize("arguments", [(), ("--continue",)])
def test_a_draft_outlives_a_kill(screen, server, friday, arguments):
    if arguments:
        talk(screen, server)
    terminal = ready(screen(*arguments))
    terminal.type("half a thought,<ctrl+j>and another")
    wait_for(lambda: kept(friday, "and another"), what="the draft")
    terminal.signal(signal.SIGKILL)
    terminal.wait_exit()
    terminal = screen(*arguments)
    terminal.wait("half a thought,")
    terminal.wait("and another")
    terminal.type("<ctrl+c>")
    leave(terminal)
    # It is gone once it was cleared.
    terminal = ready(screen(*arguments))
    terminal.quiet(300)
    assert "thought" not in terminal.text()


def test_a_draft_stays_with_who_is_writing_it(screen, friday):
    terminal = ready(screen())
    terminal.type("mine alone")
    wait_for(lambda: kept(friday, "mine alone"), what="the draft")
    other = ready(screen())
    other.quiet(300)
    assert "mine" not in other.text()


def test_the_queue_outlives_a_kill(screen, server, friday):
    server.script([say("Thinking "), wait()])
    terminal = ready(screen())
    terminal.type("begin<enter>")
    terminal.wait("Thinking")
    terminal.type("one for later<tab>")
    terminal.wait("one for later")
    terminal.type("and another<tab>")
    terminal.wait("later  and another")
    wait_for(lambda: kept(friday, "and another"), what="the queue")
    terminal.signal(signal.SIGKILL)
    terminal.wait_exit()
    terminal = screen("--continue")
    terminal.wait("later  one for later")
    terminal.wait("later  and another")
    # It is reordered, edited, and sent in its order when one goes on.
    terminal.wait("test-model")
    terminal.type("/queue<enter>")
    terminal.wait("d drop")
    terminal.type("K")
    terminal.wait("1 later  and another")
    terminal.type("<enter>")
    terminal.wait("› and another")


# --- deciding --------------------------------------------------------------

def commands_shown(terminal):
    terminal.type("/hel")
    terminal.wait("/help")
    terminal.quiet(200)
    text = terminal.text()
    terminal.type("<ctrl+c>")
    terminal.wait("Ask")
    return text


def test_a_new_folder_is_trusted_or_not(screen, server, friday):
    """What it brings counts after a yes only; a change asks again."""
    friday.write(".claude/commands/hello.md",
                 "---\ndescription: Says hello\n---\nSay hello.\n")
    friday.write(".friday/config.json", '{"mode": "auto"}\n')
    del friday.env["FRIDAY_MODE"]
    terminal = screen()
    terminal.wait("Trust this folder?")
    terminal.wait(".claude/commands")
    # Nobody says yes by leaning on Enter.
    terminal.type("<enter>")
    ready(terminal)
    terminal.wait("ask")
    assert "Says hello" not in commands_shown(terminal)
    leave(terminal)
    # The answer holds until what it was about changes.
    leave(ready(screen()))
    friday.write(".friday/config.json", '{"mode": "auto", "max_turns": 9}\n')
    terminal = screen()
    terminal.wait("Trust this folder?")
    terminal.type("y")
    ready(terminal)
    terminal.wait("auto")
    assert "Says hello" in commands_shown(terminal)


def test_keys_before_the_box_opens_do_not_answer(screen, server):
    """Who types when it opens types on: nothing is answered until there was
    a pause. A round in which the machine itself made one does not count."""
    for attempt in range(10):
        go_on = threading.Event()
        server.script([say("Now "), wait(go_on),
                       call("write", path=f"f{attempt}", content="b\n")],
                      [say("ok")])
        terminal = ready(screen(FRIDAY_MODE="ask"))
        terminal.type("go<enter>")
        terminal.wait("Now")
        go_on.set()
        gaps, last, after = [], time.monotonic(), 0
        while after < 5:
            terminal.type("y1")
            after += "Make this change?" in terminal.text()
            gaps.append(time.monotonic() - last)
            last = time.monotonic()
        if max(gaps) > 0.2:
            terminal.close()
            continue
        terminal.wait("goes to the input: ")
        # After a pause they do.
        terminal.wait("› 1 Yes")
        terminal.type("y")
        terminal.wait("ok")
        assert "y1y1" in terminal.text()
        return
    pytest.skip("the machine is too busy to type on it")


def test_several_approvals_come_one_after_the_other(screen, server, friday):
    for name in ".env", "b/.env", "c/.env":
        friday.write(name, "A=1\n")
    server.script([call("read", path=".env"), call("read", path="b/.env"),
                   call("read", path="c/.env")], [say("the end")])
    terminal = ready(screen(FRIDAY_MODE="ask"))
    terminal.type("go<enter>")
    for count, keys in ("1 of 3", "y"), ("1 of 2", "n"):
        terminal.wait(count)
        terminal.wait("› 1 Yes")
        terminal.wait("waiting for you")
        terminal.type(keys)
    terminal.wait_gone("1 of 2")
    terminal.wait("› 1 Yes")
    terminal.type("r")
    terminal.wait("No, because")
    terminal.type("not that one<enter>")
    terminal.wait("the end")
    terminal.wait("refused: not that one")
    results = json.dumps(server.requests[1].json)
    assert results.count("is on the deny list") == 2


def test_a_fork_goes_its_own_way(screen, server, friday):
    talk(screen, server, "the first", "It was said.")
    terminal = ready(screen())
    terminal.type("/sessions<enter>")
    terminal.wait("Sessions here")
    terminal.wait("the first")
    terminal.type("<ctrl+f>")
    terminal.wait("It was said.")
    server.script([say("Only here.")])
    terminal.type("go on<enter>")
    terminal.wait("Only here.")
    leave(terminal)
    listed = json.loads(friday("session", "list", "--json").out)
    rows = listed["sessions"] if isinstance(listed, dict) else listed
    assert sum(row["messages"] > 0 for row in rows) == 2


# --- views -----------------------------------------------------------------

def grounds(terminal):
    return {(fore, back) for row in terminal.cells()
            for _, fore, back, _, text in row if text.strip()}


def test_a_theme_is_seen_while_it_is_chosen(screen, server, friday):
    terminal = ready(screen(COLORTERM="truecolor"))
    terminal.type("/theme<enter>")
    terminal.wait("high-contrast")
    terminal.quiet(100)
    before = grounds(terminal)
    terminal.type("gruv")
    terminal.wait("Gruvbox, dark.")
    terminal.wait_gone("high-contrast")
    terminal.quiet(100)
    assert grounds(terminal) != before
    # Who leaves keeps the former one.
    terminal.type("<escape><escape>")
    terminal.wait("Ask")
    terminal.type("/theme<enter>")
    terminal.wait("high-contrast")
    terminal.quiet(100)
    assert grounds(terminal) == before
    terminal.type("gruv<enter>")
    terminal.wait("Ask")
    config = friday.home / ".config" / "friday" / "config.json"
    wait_for(lambda: config.exists() and "gruvbox-dark" in config.read_text(),
             what="the setting")


def test_a_bad_file_is_named_with_its_line(screen, friday):
    config = friday.config({"ui": {"theme": "mine"}}).parent
    (config / "themes").mkdir()
    mine = config / "themes" / "mine.json"
    mine.write_text('{\n"name": "mine",\n"oops": 1\n}\n')
    (config / "keymap.json").write_text(
        '{\n"keys": {\n"input": {"ctrl+s": "submitt"}}}\n')
    terminal = screen()
    terminal.wait("Theme mine: line 3:")
    # The last one told stays in sight, all of it.
    terminal.wait("line 3: there is no")
    terminal.wait('"submitt"')
    ready(terminal)


def test_a_session_goes_out_and_comes_in(screen, server, friday):
    server.script([say("Worth keeping.")])
    terminal = ready(screen())
    terminal.type("remember<enter>")
    terminal.wait("Worth keeping.")
    at_rest(terminal)
    terminal.type("/export out.json<enter>")
    terminal.wait("Written to")
    out = friday.repo / "out.json"
    assert out.stat().st_mode & 0o777 == 0o600
    terminal.type("/new<enter>")
    terminal.wait_gone("Worth keeping.")
    terminal.type("/import out.json<enter>")
    terminal.wait("Worth keeping.")


def test_a_summary_is_shown_and_changed(screen, server):
    server.script([say("Long ago.")], [say("WHAT WAS: all of it")],
                  [say("Yes.")])
    terminal = ready(screen())
    terminal.type("one<enter>")
    terminal.wait("Long ago.")
    at_rest(terminal)
    terminal.type("/compact keep names<enter>")
    terminal.wait("WHAT WAS: all of it")
    assert "keep names" in json.dumps(server.requests[1].json)
    terminal.wait("e edit")
    terminal.type("e")
    terminal.wait("/summary WHAT WAS: all of it")
    terminal.type(" and MORE<enter>")
    terminal.wait("The summary is kept")
    terminal.type("two<enter>")
    terminal.wait("Yes.")
    assert "all of it and MORE" in json.dumps(server.requests[2].json)


def test_stopped_means_that_nothing_runs(screen, server, friday):
    """The word comes when the command is gone, not before."""
    server.script([call("shell", command="echo $$ > pid; trap '' TERM; "
                        "echo up; while :; do sleep 0.1; done")])
    terminal = ready(screen())
    terminal.type("go<enter>")
    terminal.wait("up")
    terminal.type("<escape>")
    terminal.wait("stopping")
    assert "stopped" not in terminal.text()
    # It does not listen: a second one kills at once.
    terminal.type("<escape>")
    terminal.wait("stopped")
    assert not commands(friday)


def commands(friday):
    """Processes whose folder is the repository, but for friday itself."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            name = open(f"/proc/{pid}/comm").read().strip()
            if os.readlink(f"/proc/{pid}/cwd") == str(friday.repo) \
                    and name in ("sh", "bash", "sleep"):
                found.append(name)
        except OSError:
            pass
    return found


# --- typing ----------------------------------------------------------------

def program(tmp_path, text):
    path = tmp_path / "program"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return str(path)


def test_an_editor_writes_the_message(screen, tmp_path):
    editor = program(tmp_path, 'cat "$1" > seen; '
                     'printf "one\\n\\033[?9999htwo\\n" > "$1"\n')
    terminal = ready(screen(EDITOR=editor))
    terminal.type("a draft<ctrl+g>")
    terminal.wait("› one")
    # What it wrote is text, whatever it is.
    terminal.wait("[?9999htwo")
    assert b"\x1b[?9999h" not in terminal.raw()


def test_an_editor_that_fails_changes_nothing(screen):
    terminal = ready(screen(EDITOR="false"))
    terminal.type("a draft<ctrl+x><ctrl+e>")
    terminal.wait("The editor ended with status 1")
    terminal.wait("› a draft")


def test_a_note_goes_to_the_instructions(screen, server, friday):
    terminal = ready(screen())
    terminal.type("#tabs, not blanks")
    terminal.wait("# tabs, not blanks")
    terminal.type("<enter>")
    terminal.wait("Added to AGENTS.md")
    assert "- tabs, not blanks" in friday.read("AGENTS.md")
    terminal.type("go<enter>")
    terminal.wait("ok")
    assert "tabs, not blanks" in json.dumps(server.requests[0].json)


def test_a_question_that_is_not_answered(screen, server):
    server.script([call("ask_user", questions=[{"question": "Which?",
                                                "options": ["a", "b"]}])],
                  [say("Then I choose.")])
    terminal = ready(screen())
    terminal.type("go<enter>")
    terminal.wait("Enter choose")
    terminal.wait_gone("paused")
    terminal.type("<escape>")
    terminal.wait("Then I choose.")
    assert server.requests[1].results == ["The user did not want to answer."]


def test_a_session_that_another_one_has(screen, server, friday):
    server.script([say("It is mine.")])
    mine = ready(screen())
    mine.type("go<enter>")
    mine.wait("It is mine.")
    other = ready(screen())
    other.wait("/resume")
    other.type("/sessions<enter>")
    other.wait("Sessions here")
    other.wait("It is mine.")
    other.type("<enter>")
    other.wait("works on this session. Another friday")


def png(width, height):
    def chunk(name, data):
        return (len(data).to_bytes(4, "big") + name + data
                + zlib.crc32(name + data).to_bytes(4, "big"))
    rows = (b"\0" + b"\xff\0\0" * width) * height
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", width.to_bytes(4, "big")
                    + height.to_bytes(4, "big") + b"\x08\2\0\0\0")
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def test_an_image_is_pasted_by_its_path(screen, server, friday):
    image = friday.write("shot one.png", png(30, 20))
    # A model that takes images.
    friday.use("anthropic")
    friday.env["FRIDAY_MODEL"] = "claude-sonnet-4-5"
    terminal = screen()
    terminal.wait("sonnet")
    terminal.send(f"\x1b[200~{image}\x1b[201~".replace(
        "shot one", "shot\\ one").encode())
    terminal.wait("[image 1: shot one.png]")
    terminal.type(" what is it?<enter>")
    terminal.wait("ok")
    terminal.wait("[image shot one.png 30x20, ")
    sent = json.dumps(server.requests[0].json)
    assert base64.b64encode(png(30, 20)).decode() in sent


def test_an_image_is_pasted_from_the_clipboard(screen, server, friday,
                                               tmp_path):
    folder = tmp_path / "tools"
    folder.mkdir()
    (tmp_path / "clip.png").write_bytes(png(8, 8))
    tool = folder / "wl-paste"
    tool.write_text(f"""#!/bin/sh
case "$*" in
*list*) echo image/png ;;
*) cat {tmp_path}/clip.png ;;
esac
""")
    tool.chmod(0o755)
    terminal = ready(screen(WAYLAND_DISPLAY="w",
                            PATH=f"{folder}:{friday.env['PATH']}"))
    terminal.type("<ctrl+v>")
    terminal.wait("[image 1: 8x8, 1 KiB]")


def test_history_is_of_the_repository(screen, server, friday, tmp_path):
    talk(screen, server, "count the words")
    talk(screen, server, "sort the lines")
    other = tmp_path / "other"
    other.mkdir()
    terminal = ready(screen(cwd=other))
    terminal.type("<up>")
    terminal.quiet(200)
    assert "sort" not in terminal.rows()[-3]
    terminal.close()
    terminal = ready(screen())
    terminal.quiet(200)
    terminal.type("<ctrl+r>")
    terminal.wait("search history:")
    terminal.type("words")
    terminal.wait("› count the words")
    # Esc leaves the input as it was; Enter takes what was found.
    terminal.type("<escape>")
    terminal.wait_gone("search history:")
    terminal.type("<ctrl+r>words<enter>")
    terminal.wait("› count the words")
    terminal.type("<ctrl+c><up><up>")
    terminal.wait("› sort the lines")


def test_the_panel_counts_what_an_undo_left(screen, server, friday):
    friday.write("a.c", "one\ntwo\n")
    server.script([call("edit", path="a.c", old_string="one",
                        new_string="ONE")], [say("First.")])
    terminal = ready(screen(cols=120))
    terminal.type("/panel<enter>")
    terminal.type("go<enter>")
    terminal.wait("First.")
    terminal.wait("+1 -1")
    at_rest(terminal)
    server.script([call("edit", path="a.c", old_string="two",
                        new_string="TWO"),
                   call("shell", command="seq 3 > b.txt")], [say("Second.")])
    terminal.type("go on<enter>")
    terminal.wait("Second.")
    at_rest(terminal)
    # Also what a command changed, once the run has ended.
    terminal.wait("+2 -2")
    terminal.wait("b.txt")
    wait_for(lambda: re.search(r"b.txt +\+3", terminal.text()),
             what="the lines of the command's file")
    terminal.type("/undo<enter>")
    terminal.wait("Enter do it")
    terminal.type("<enter>")
    wait_for(lambda: re.search(r"a.c +\+1 -1", terminal.text())
             and not re.search(r"b.txt +\+3", terminal.text()),
             what="the files as they were")
    leave(terminal)
    terminal = screen("--continue", cols=120)
    terminal.wait("Second.")
    terminal.type("/panel<enter>")
    wait_for(lambda: re.search(r"a.c +\+1 -1", terminal.text()),
             what="the files of the session")
