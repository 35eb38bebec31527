"""The screen in use, where a flow needs more than keys in and a screen out: a
second start, a kill, another program, what goes to the terminal beside text."""
import os

import pytest
from conftest import FRIDAY
from model_server import say
from terminal import VT, Terminal

pytestmark = pytest.mark.skipif(not os.path.exists(VT),
                                reason="built without libvterm")


@pytest.fixture
def screen(friday):
    started = []

    def start(*args, rows=24, cols=80, options=("--sync", "--kitty"),
              program=FRIDAY, cwd=None, **env):
        terminal = Terminal(
            [program, *args], rows, cols, cwd=cwd or friday.repo,
            options=options,
            env={**friday.env, "TERM": "xterm-256color", **env})
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
