"""What was sent piece by piece is what a frame that is sent whole shows: each
frame says only what changed, and friday has several ways to say it."""
import os
import random
import threading

import pytest
from conftest import FRIDAY
from model_server import say, wait
from terminal import VT, Terminal

pytestmark = pytest.mark.skipif(not os.path.exists(VT),
                                reason="built without libvterm")

# None that libvterm makes wider than it is: without autowrap it wraps those in
# the last column all the same.
PLAIN = ["a", "b", "word ", "(", "é", "ж", "e\u0301", "\u0301", "日本", "語",
         "שלום", " "]
CHARACTERS = PLAIN + ["👍", "❤️", "🇩🇪"]
KEYS = ["\x7f", "\x1b[3~", "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B", "\x01",
        "\x05", "\x0b", "\x19", "\x17", "\x1bb", "\x1bf", "\x1f", "\n"]
ANSWER = ("# One\n\nplain **bold** `code` [link](http://example.org/) ~~no~~\n"
          "\n| a | 日本 |\n|---|---|\n| 👍 | ❤️ |\n\n```c\nint x;\n```\n") * 3


@pytest.fixture
def terminal(friday):
    t = Terminal([FRIDAY], 24, 50, cwd=friday.repo, env={
        **friday.env, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
    t.wait("main")
    yield t
    t.close()


def shown(terminal):
    terminal.quiet(150)
    state = terminal.state()
    return (terminal.rows(), terminal.cells(), state["row"], state["col"],
            state["cursor"])


def is_whole(terminal):
    before = shown(terminal)
    terminal.send(b"\x0c")
    after = shown(terminal)
    assert before == after, "\n".join(before[0] + ["---"] + after[0])


@pytest.mark.parametrize("characters", [PLAIN, CHARACTERS])
@pytest.mark.parametrize("seed", range(3))
def test_typing(terminal, characters, seed):
    chance = random.Random(seed)
    for _ in range(8):
        for _ in range(chance.randrange(1, 40)):
            terminal.send(chance.choice(
                characters if chance.random() < 0.6 else KEYS).encode())
            if chance.random() < 0.5:
                terminal.quiet(2)
        is_whole(terminal)


def test_rows_that_move_over_equal_ones(terminal):
    """ncurses may scroll then: what it was not told of moves along."""
    lines = ["👍b👍", "one", "two 👍", "three", "four"]
    terminal.send("\n".join(lines * 2).encode())
    terminal.wait("four")
    # A line goes, and comes again, above rows that stay where they are.
    for _ in range(3):
        for key in ["\x1b[A"] * 6 + ["\x01", "\x0b", "\x7f", "\x19", "\n",
                                     "\x19", "\n", "\x19"]:
            terminal.send(key.encode())
            terminal.quiet(5)
        is_whole(terminal)
    # Rows move up by two; a row of emoji is where an equal one was.
    terminal.send(b"\x15" * 30)
    terminal.send("x\n👍b👍\ny\n👍b👍\nz\n".encode())
    terminal.quiet(50)
    for _ in range(4):
        terminal.send("(\n👍b👍\n".encode())
        is_whole(terminal)


def test_typing_while_text_streams(terminal, server):
    chance = random.Random(9)
    steps, gates = [], []
    for _ in range(30):
        gates.append(threading.Event())
        steps += [say(ANSWER, pieces=9), wait(gates[-1])]
    server.script([*steps, say("the end")])
    terminal.type("go<enter>")
    for gate in gates:
        gate.set()
        for _ in [0, 1, 2, 37]:
            terminal.send(chance.choice(
                CHARACTERS if chance.random() < 0.6 else KEYS).encode())
            terminal.quiet(2)
    terminal.wait("the end")
    is_whole(terminal)
