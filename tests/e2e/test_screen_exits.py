"""Every way out leaves the terminal as it was: modes, cursor, main screen,
termios. And in the scrollback stays how to go on."""
import os
import signal

import pytest
from conftest import FRIDAY, wait_for
from model_server import call, say, wait
from terminal import VT, Terminal

pytestmark = pytest.mark.skipif(not os.path.exists(VT),
                                reason="built without libvterm")


@pytest.fixture
def screen(friday):
    started = []

    def start(*args, rows=24, cols=80, options=("--sync", "--kitty"),
              program=FRIDAY, **env):
        terminal = Terminal(
            [program, *args], rows, cols, cwd=friday.repo, options=options,
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


def is_back(terminal):
    state = terminal.state()
    raw = terminal.raw()
    assert {k: state[k] for k in ("alt", "cursor", "mouse", "paste", "focus",
                                  "termios")} == {
        "alt": "0", "cursor": "1", "mouse": "0", "paste": "0", "focus": "0",
        "termios": "1"}
    assert raw.count(b"\x1b[>1u") == raw.count(b"\x1b[<u")
    assert raw.count(b"\x1b[?1007s") == raw.count(b"\x1b[?1007r")
    assert raw.count(b"\x1b[?1049h") == raw.count(b"\x1b[?1049l")


@pytest.mark.parametrize("keys", ["<ctrl+d>", "<ctrl+c><ctrl+c>",
                                  "/quit<enter>"])
def test_leaving_by_keys(screen, keys):
    terminal = ready(screen())
    terminal.type(keys)
    assert terminal.wait_exit() == 0
    is_back(terminal)
    # Nothing was said: there is nothing to resume.
    assert "friday --resume " not in terminal.text()


def test_leaving_shows_how_to_go_on(screen, server):
    server.script([say("It is done.")])
    terminal = ready(screen())
    terminal.type("go<enter>")
    terminal.wait("It is done.")
    terminal.type("<shift+tab><ctrl+d>")
    assert terminal.wait_exit() == 0
    is_back(terminal)
    assert "It is done.\n\nfriday --resume " in "\n".join(
        row.rstrip() for row in terminal.rows())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT])
def test_signals_that_end(screen, number):
    terminal = ready(screen())
    terminal.signal(number)
    assert terminal.wait_exit() == 0
    is_back(terminal)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT,
                                    signal.SIGBUS, signal.SIGFPE,
                                    signal.SIGILL])
def test_signals_that_kill(screen, number):
    terminal = ready(screen())
    terminal.signal(number)
    terminal.wait_exit()
    is_back(terminal)


def test_sighup_ends_without_words(screen):
    terminal = ready(screen())
    terminal.signal(signal.SIGHUP)
    terminal.wait_exit()
    is_back(terminal)


def test_an_interrupt_from_outside_is_a_ctrl_c(screen):
    terminal = ready(screen())
    terminal.signal(signal.SIGINT)
    terminal.wait("Once more")
    terminal.signal(signal.SIGINT)
    assert terminal.wait_exit() == 0
    is_back(terminal)


def test_an_error_at_the_start(screen):
    terminal = screen("--resume", "01nosuchsession")
    assert terminal.wait_exit() != 0
    is_back(terminal)
    assert "session" in terminal.text()


def test_a_killed_child_is_no_exit(screen, server):
    server.script([call("shell", command="kill -9 $$")], [say("It died.")])
    terminal = ready(screen())
    terminal.type("go<enter>")
    terminal.wait("It died.")
    terminal.type("<ctrl+d>")
    assert terminal.wait_exit() == 0
    is_back(terminal)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def in_a_shell(screen):
    """friday as a job of a shell that does not mend the terminal itself.
    Returns the terminal and friday's process id."""
    terminal = screen("-i", program="/bin/sh", PS1="shell$ ", ENV="")
    terminal.wait("shell$")
    terminal.type(f"stty -g > before; {FRIDAY}<enter>")
    ready(terminal)
    return terminal, children(terminal.pid())[-1]


@pytest.mark.parametrize("how", ["key", "signal"])
def test_suspended_and_continued(screen, friday, how):
    terminal, pid = in_a_shell(screen)
    terminal.type("half a thought")
    terminal.wait("half a thought")
    if how == "key":
        terminal.type("<ctrl+z>")
    else:
        os.kill(pid, signal.SIGTSTP)
    terminal.wait("Stopped")
    is_back(terminal)
    terminal.type("stty -g > during<enter>fg<enter>")
    terminal.wait("half a thought")
    assert terminal.state()["alt"] == "1"
    assert terminal.state()["termios"] == "0"
    terminal.type("<ctrl+c><ctrl+d>")
    terminal.wait_count("shell$", 4)
    terminal.type("stty -g > after; echo en''ded<enter>")
    terminal.wait("ended")
    is_back(terminal)
    before = (friday.repo / "before").read_text()
    assert (friday.repo / "during").read_text() == before
    assert (friday.repo / "after").read_text() == before


def test_resized_while_suspended(screen):
    terminal, _ = in_a_shell(screen)
    terminal.type("<ctrl+z>")
    terminal.wait("Stopped")
    terminal.resize(12, 50)
    terminal.type("fg<enter>")
    terminal.wait("test-model")
    terminal.type("<ctrl+d>")
    terminal.wait_count("shell$", 3)
    is_back(terminal)


def test_an_editor_ends_with_friday(screen):
    """It has the terminal in modes of its own."""
    terminal = ready(screen(EDITOR="tail -f"))
    terminal.type("a thought<ctrl+g>")
    terminal.wait_gone("Ask")
    wait_for(lambda: children(terminal.pid()), what="the editor")
    editor = children(terminal.pid())[0]
    terminal.signal(signal.SIGTERM)
    assert terminal.wait_exit() == 0
    is_back(terminal)
    assert not os.path.exists(f"/proc/{editor}")


def test_a_lost_terminal_ends_the_program(screen, friday):
    terminal = ready(screen())
    pid = terminal.pid()
    terminal.ask("hangup")
    wait_for(lambda: not os.path.exists(f"/proc/{pid}/root")
             or open(f"/proc/{pid}/stat").read().split()[2] == "Z",
             what="the end")
    assert len(friday("session", "list", "--json").out) > 0


def test_the_session_goes_on_after_sigterm(screen, server, friday):
    server.script([say("Working"), wait()])
    terminal = ready(screen())
    terminal.type("long work<enter>")
    terminal.wait("Working")
    terminal.signal(signal.SIGTERM)
    terminal.wait_exit()
    is_back(terminal)
    server.script([say("Here again.")])
    terminal = ready(screen("--continue"))
    terminal.wait("long work")


def test_a_slow_terminal_still_takes_keys(screen, server):
    """Nothing is read for a while: friday goes on, and ends when told."""
    server.script([say("word " * 20000, pieces=200)])
    terminal = ready(screen())
    terminal.type("go<enter>")
    terminal.wait("word")
    terminal.ask("hold")
    terminal.type("<ctrl+c><ctrl+c>")
    terminal.ask("release")
    terminal.type("<ctrl+d>")
    terminal.wait_exit()
    is_back(terminal)


def test_no_screen_on_a_dumb_terminal(screen):
    terminal = screen(TERM="dumb")
    terminal.wait("/help")
    assert terminal.state()["alt"] == "0"
    terminal.type("<ctrl+d>")
    terminal.wait_exit()


@pytest.mark.parametrize("setting", [
    {"FRIDAY_PLAIN": "1"}, {"TERM": "nosuchterminal"}])
def test_lines_where_there_is_no_screen(screen, setting):
    terminal = screen(**setting)
    terminal.wait("/help")
    assert terminal.state()["alt"] == "0"
