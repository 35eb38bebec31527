"""Whole screens: each tests/screen/*.test is one conversation with the real
program. Lines of a file:

    # a comment
    size ROWS COLS            of the terminal (24 80)
    env NAME=VALUE
    terminal OPTION…          of tests/screen/vt.c
    file PATH                 in the repository; "|" lines follow
    arguments ARG…            of friday
    model STEP, STEP…         the next answer of the model (model_server.py)
    keys TEXT                 "<enter>", "<ctrl+c>", "<paste:a b>" are keys
    wait TEXT                 until it stands on the screen
    gone TEXT                 until it does not
    resize ROWS COLS
    rest                      nothing comes any more
    screen [-N]               then every row, behind "|"; -N: but the last N;
                              durations and trace ids do not count

SCREEN_UPDATE=1 writes what is there into the files, to be looked at.
"""
import os
import pathlib
import re
import shlex

import model_server
import pytest
from conftest import FRIDAY
from terminal import VT, Terminal

FOLDER = pathlib.Path(__file__).parent.parent / "screen"
FILES = sorted(FOLDER.glob("*.test"))
UPDATE = os.environ.get("SCREEN_UPDATE")

pytestmark = pytest.mark.skipif(not os.path.exists(VT),
                                reason="built without libvterm")


# What is another one each time.
CHANGING = [(re.compile(r"\b(\d+(\.\d+)?|N) ?s\b"), "0s"),
            (re.compile(r"\[exit status 0, \S+\]"), "[exit status 0]"),
            (re.compile(r"trace [0-9a-f]{32}"), "trace T"),
            (re.compile(r"friday \d+\.\S+"), "friday V"),
            (re.compile(r"(…|/)\S*/repo\b"), "/repo"),
            # The branch is looked up; it may stand there or not yet.
            (re.compile(r"\bmain(?: ±\d+)?   (?=(?: *\d+%)? *test-model$)"),
             lambda found: " " * len(found.group()))]


def steady(rows):
    for pattern, word in CHANGING:
        rows = [pattern.sub(word, row) for row in rows]
    return rows


def without_time(rows):
    """What took a second or more is marked by a line of its own."""
    text = "\n".join(row for row in rows if row.strip() != "0s")
    return re.sub(r"\n{2,}", "\n\n", text)


def same(rows, want):
    rows, want = steady(rows), steady(want)
    return rows == want or without_time(rows) == without_time(want)


class Play:
    def __init__(self, path, friday, server):
        self.path, self.friday, self.server = path, friday, server
        self.lines = path.read_text().splitlines()
        self.size, self.env, self.options = (24, 80), {}, []
        self.arguments = []
        self.terminal = None
        self.out = []

    def block(self, at):
        """The "|" lines from `at` on."""
        block = []
        while at < len(self.lines) and self.lines[at].startswith("|"):
            block.append(self.lines[at][1:])
            at += 1
        return block

    def started(self):
        if self.terminal is None:
            self.terminal = Terminal(
                [FRIDAY, *self.arguments], *self.size,
                env={**self.friday.env, "TERM": "xterm-256color",
                     **self.env},
                cwd=self.friday.repo, options=self.options)
        return self.terminal

    def screen(self, want, end):
        """The screen may still be on its way there."""
        terminal = self.started()
        if UPDATE:
            terminal.quiet(300)
            return steady(terminal.rows()[:end])
        for _ in range(100):
            rows = terminal.rows()[:end]
            if same(rows, want):
                return rows
            terminal.ask("quiet 50 20")
        raise AssertionError(
            f"{self.path.name}: the screen is\n"
            + "\n".join("|" + row for row in rows) + "\nand not\n"
            + "\n".join("|" + row for row in want))

    def one(self, word, rest, at):
        """Does one line; returns how many further lines it took."""
        if word == "size":
            self.size = tuple(map(int, rest.split()))
        elif word == "env":
            name, value = rest.split("=", 1)
            self.env[name] = value
        elif word == "terminal":
            self.options = rest.split()
        elif word == "arguments":
            self.arguments = shlex.split(rest)
        elif word == "file":
            block = self.block(at)
            self.friday.write(rest, "".join(x + "\n" for x in block))
            self.out += ["|" + row for row in block]
            return len(block)
        elif word == "model":
            steps = eval(f"[{rest}]", vars(model_server))
            self.server.script(steps)
        elif word == "keys":
            self.started().type(rest)
        elif word == "wait":
            self.started().wait(rest)
        elif word == "gone":
            self.started().wait_gone(rest)
        elif word == "rest":
            self.started().quiet(500)
        elif word == "resize":
            self.started().resize(*map(int, rest.split()))
        elif word == "screen":
            block = self.block(at)
            self.out += ["|" + row for row in
                         self.screen(block, int(rest) if rest else None)]
            return len(block)
        else:
            raise AssertionError(f"{self.path.name}: {word}?")
        return 0

    def run(self):
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            at += 1
            self.out.append(line)
            if line.strip() and not line.startswith("#"):
                word, _, rest = line.partition(" ")
                at += self.one(word, rest, at)
        if UPDATE:
            self.path.write_text("\n".join(self.out) + "\n")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_screen(path, friday, server):
    play = Play(path, friday, server)
    try:
        play.run()
    finally:
        if play.terminal is not None:
            play.terminal.close()
