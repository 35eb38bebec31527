"""Kinds of terminals: colours, names, sizes, a multiplexer."""
import os
import re
import shutil
import subprocess

import pytest
from conftest import FRIDAY, wait_for
from model_server import say
from terminal import VT, Terminal

pytestmark = pytest.mark.skipif(not os.path.exists(VT),
                                reason="built without libvterm")
TRUE = re.compile(rb"\x1b\[[0-9;:]*[34]8[;:]2[;:]")
INDEXED = re.compile(rb"\x1b\[[0-9;:]*[34]8[;:]5[;:]")
BASIC = re.compile(rb"\x1b\[(?:[01];)?(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])m")


@pytest.fixture
def screen(friday):
    started = []

    def start(rows=24, cols=80, options=(), **env):
        terminal = Terminal([FRIDAY], rows, cols, cwd=friday.repo,
                            options=options, env={**friday.env, **env})
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.close()


def talk(terminal, server):
    server.script([say("Some **bold** `code`.\n\nthe end")])
    terminal.wait("test-model")
    terminal.type("go<enter>")
    terminal.wait("the end")
    terminal.quiet(50)
    return terminal.raw()


@pytest.mark.parametrize("env, true, indexed, basic", [
    ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1, 0, 0),
    ({"TERM": "xterm-256color"}, 0, 1, None),
    ({"TERM": "tmux-256color"}, 0, 1, None),
    ({"TERM": "screen"}, 0, 0, 1),
    ({"TERM": "linux"}, 0, 0, 1),
    ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"},
     0, 0, 0),
])
def test_colors(screen, server, env, true, indexed, basic):
    raw = talk(screen(**env), server)
    assert bool(TRUE.search(raw)) == true
    assert bool(INDEXED.search(raw)) == indexed
    if basic is not None:
        assert bool(BASIC.search(raw)) == basic


@pytest.mark.parametrize("term", ["xterm", "xterm-kitty", "screen-256color",
                                  "vt100", "vt220", "rxvt"])
def test_names(screen, server, term):
    found = subprocess.run(["infocmp", term], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
    if found.returncode != 0:
        pytest.skip(f"terminfo has no {term} here")
    talk(screen(TERM=term), server)


def test_a_console_gets_no_questions(screen, server):
    raw = talk(screen(TERM="linux"), server)
    for question in (b"\x1b[?2026", b"\x1b]11", b"\x1b[?2004h", b"\x1b[>0q"):
        assert question not in raw


@pytest.mark.parametrize("background, light", [("ffffff", True),
                                               ("101010", False)])
def test_follows_the_background(screen, server, background, light):
    terminal = screen(TERM="xterm-256color", COLORTERM="truecolor",
                      options=("--background", background))
    talk(terminal, server)
    runs = [run for row in terminal.cells() for run in row
            if run[1] != "-" and run[4].strip()]
    brightness = sum(int(run[1][i:i + 2], 16) for run in runs
                     for i in (0, 2, 4)) / (3 * len(runs))
    assert (brightness < 128) == light


@pytest.mark.parametrize("rows, cols", [(1, 1), (1, 80), (50, 2), (3, 10),
                                        (24, 80), (200, 500)])
def test_sizes(screen, server, rows, cols):
    terminal = screen(24, 80, TERM="xterm-256color")
    terminal.wait("test-model")
    terminal.resize(rows, cols)
    server.script([say("Some words. " * 50 + "\n\n| a | b |\n|--|--|\n")])
    terminal.type("go<enter>")
    server.wait_requests(1)
    terminal.quiet(100)
    terminal.resize(24, 80)
    terminal.wait("words")


def test_a_storm_of_sizes(screen, server):
    terminal = screen(24, 80, TERM="xterm-256color")
    talk(terminal, server)
    for i in range(200):
        terminal.resize(5 + i % 40, 20 + i * 7 % 150)
    terminal.resize(20, 60)
    terminal.quiet(200)
    assert "the end" in terminal.text()
    assert "test-model" in terminal.rows()[19]


def test_keys_cut_at_each_byte(screen):
    """An arrow that comes byte by byte is an arrow still."""
    terminal = screen(TERM="xterm-256color")
    terminal.wait("test-model")
    terminal.type("ab")
    terminal.wait("ab")
    for byte in b"\x1b[D":
        terminal.send(bytes([byte]))
    terminal.type("X")
    terminal.wait("aXb")


def test_the_mouse_is_off_until_asked_for(screen):
    terminal = screen(TERM="xterm-256color")
    terminal.wait("test-model")
    assert terminal.state()["mouse"] == "0"
    terminal.type("<alt+m>")
    terminal.wait("Mouse on")
    assert terminal.state()["mouse"] != "0"


def test_in_tmux(friday, server, tmp_path):
    if shutil.which("tmux") is None:
        pytest.skip("no tmux here")
    socket = str(tmp_path / "tmux")

    def tmux(*args):
        return subprocess.run(
            ["tmux", "-S", socket, "-f", "/dev/null", *args],
            env={**friday.env, "TERM": "xterm-256color"}, cwd=friday.repo,
            stdout=subprocess.PIPE, check=True).stdout.decode()

    def shows(text):
        wait_for(lambda: text in tmux("capture-pane", "-p"), what=text)

    server.script([say("From **tmux**.\n\nthe end")])
    tmux("new-session", "-d", "-x", "80", "-y", "24", FRIDAY)
    try:
        tmux("set-option", "remain-on-exit", "on")
        shows("test-model")
        tmux("send-keys", "go", "Enter")
        shows("the end")
        tmux("resize-window", "-x", "60", "-y", "20")
        shows("the end")
        tmux("send-keys", "C-d")
        shows("--resume")
    finally:
        tmux("kill-server")
