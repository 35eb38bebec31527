"""The start: the first frame goes out before ncurses is there, and most
libraries come behind it."""
import os
import re
import subprocess

import pytest
from conftest import FRIDAY
from terminal import VT, Terminal

needs_vt = pytest.mark.skipif(not os.path.exists(VT),
                              reason="built without libvterm")
TRUE = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
ENTRY = os.path.join(os.path.dirname(FRIDAY), "terminfo", "f",
                     "friday-direct")
CLEAR = b"\x1b[2J"
CURSOR = re.compile(r"(?:cursor|row|col)=\d+")


@pytest.fixture
def screen(friday):
    started = []

    def start(rows=24, cols=80, argv=(FRIDAY,), **env):
        terminal = Terminal(list(argv), rows, cols, cwd=friday.repo,
                            env={**friday.env, **env})
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.close()


THEMES = {**TRUE, "FRIDAY_THEME": "catppuccin-mocha"}
KINDS = [
    *[(TRUE, rows, cols) for rows, cols in
      ((24, 80), (5, 20), (2, 9), (1, 1), (60, 200))],
    (THEMES, 24, 80), (THEMES, 2, 9),
    ({**TRUE, "NO_COLOR": "1"}, 24, 80),
    ({"TERM": "xterm-256color", "FRIDAY_THEME": "solarized-light"}, 24, 80),
    ({"TERM": "tmux-256color"}, 24, 80),
    ({"TERM": "xterm-256color", "LC_ALL": "C"}, 24, 80),
    # It promises what it is not.
    ({"TERM": "xterm-256color", "LC_ALL": "xx_XX.UTF-8"}, 24, 80),
    ({"TERM": "linux"}, 24, 80),
]


@needs_vt
@pytest.mark.parametrize("env, rows, cols", KINDS, ids=[
    "-".join([*env.values(), str(rows)]) for env, rows, _ in KINDS])
def test_what_is_written_is_what_ncurses_would(screen, env, rows, cols):
    """What changed since the first frame came by way of ncurses, which was
    told what stands there. All of it anew makes no difference."""
    terminal = screen(rows, cols, **env)
    terminal.quiet(300)
    terminal.type("some words")
    terminal.quiet(100)
    as_it_grew, sent = terminal.cells(), len(terminal.raw())
    cursor = CURSOR.findall(terminal.ask("state"))
    terminal.type("<ctrl+l>")
    terminal.quiet(100)
    assert len(terminal.raw()) > sent
    assert terminal.cells() == as_it_grew
    assert CURSOR.findall(terminal.ask("state")) == cursor


@needs_vt
def test_the_screen_is_cleared_once(screen):
    terminal = screen(**TRUE)
    terminal.wait("test-model")
    terminal.type("words<enter>")
    terminal.quiet(200)
    assert terminal.raw().count(CLEAR) == 1


@needs_vt
def test_keys_from_the_beginning_count(screen):
    """The shell stands for somebody who types before the program is there."""
    terminal = screen(argv=("/bin/sh", "-c", f"stty -echo; read line; exec "
                            f"'{FRIDAY}'"), **TRUE)
    terminal.type("<enter>")
    for letter in "before and after":
        terminal.type(letter.replace(" ", "<space>"))
    terminal.wait("before and after")
    assert terminal.count("before and after") == 1


@needs_vt
@pytest.mark.skipif(not os.path.exists(ENTRY), reason="built without tic")
def test_without_ncurses(screen, tmp_path):
    """It is missed behind the first frame, or before, where it is needed to
    know the terminal: then lines do."""
    (tmp_path / "libncursesw.so.6").touch()
    late = screen(LD_LIBRARY_PATH=str(tmp_path), **TRUE)
    assert late.wait_exit() == 1
    assert "ncurses is not installed" in late.text()
    assert "alt=0" in late.ask("state") and "termios=1" in late.ask("state")
    early = screen(LD_LIBRARY_PATH=str(tmp_path), TERM="xterm-256color")
    early.wait("/help")
    assert "alt=0" in early.ask("state")


def test_what_the_program_is_linked_with():
    """Each library here is mapped, relocated and bound before main(). Others
    are loaded when they are wanted: base/late_library.h."""
    listed = subprocess.run([FRIDAY], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, check=True,
                            env={"LD_TRACE_LOADED_OBJECTS": "1"}).stdout
    names = {line.split()[0].split("/")[-1].split(".so")[0]
             for line in listed.splitlines() if ".so" in line}
    assert "libc" in names
    late = {"libcurl", "libgit2", "libsqlite3", "libpcre2-8", "libstemmer",
            "libncursesw", "libtinfo", "libmd4c", "libz", "libtree-sitter"}
    assert not names & late
