"""What a session looked like, it looks like when it is opened again."""
import os

import pytest
from conftest import FRIDAY
from model_server import call, say, think
from terminal import VT, Terminal

pytestmark = pytest.mark.skipif(not os.path.exists(VT),
                                reason="built without libvterm")


def start(friday, *args):
    terminal = Terminal([FRIDAY, *args], 50, 90, cwd=friday.repo,
                        env={**friday.env, "TERM": "xterm-256color"})
    terminal.wait("test-model")
    return terminal


def transcript(terminal):
    """Text and looks, without the status line."""
    terminal.quiet(500)
    return terminal.cells()[:-1], terminal.picture()


def test_a_replayed_session_paints_the_same(friday, server):
    friday.write("a.c", "int a;\nint b;\n")
    server.script(
        [think("Hm."), say("# I look\n\nAt `a.c`:"), call("read", path="a.c")],
        [call("edit", path="a.c", old_string="int b", new_string="long b"),
         call("shell", command="cat a.c; exit 3")],
        [say("| a | b |\n|---|---|\n| 1 | 2 |\n\n- done\n\n```c\nint c;\n```"
             "\n\nthe end", pieces=20)])
    terminal = start(friday)
    terminal.type("go on<enter>")
    terminal.wait("the end")
    before, before_text = transcript(terminal)
    terminal.type("<ctrl+d>")
    terminal.wait_exit()
    terminal.close()
    terminal = start(friday, "--continue")
    terminal.wait("the end")
    after, after_text = transcript(terminal)
    terminal.close()
    assert after_text.rsplit("\n", 1)[0] == before_text.rsplit("\n", 1)[0]
    assert after == before
