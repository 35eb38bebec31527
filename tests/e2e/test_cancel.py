"""Cancelling in every phase: quick, clean, and the session goes on."""
import json
import os
import signal
import subprocess
import time

import pytest
from conftest import alive, read_until, wait_for
from model_server import call, say, status, wait

PHASES = ["first_byte", "stream", "tool", "retry", "approval"]


def begin(friday, server, phase, running, marker):
    """Starts a run and waits until it is in that phase."""
    args = ["run", "--json"]
    stdin = subprocess.DEVNULL
    env = {}
    if phase == "first_byte":
        server.script([wait()])
    elif phase == "stream":
        server.script([say("Some text. ", pieces=1), wait()])
    elif phase in ("tool", "approval"):
        server.script([say("I run it."),
                       call("shell", command=f"touch x; sleep {marker} & "
                                             f"sleep {marker}")])
    elif phase == "retry":
        server.script([status(429, headers={"Retry-After": "30"})])
    if phase == "approval":
        args += ["--answers"]
        stdin = subprocess.PIPE
        env["FRIDAY_MODE"] = "ask"
    p = friday.start(*args, "hello", stdin=stdin, **env)
    running(p)
    waits = {"first_byte": None, "stream": "text.delta",
             "tool": "tool.started", "retry": "retry",
             "approval": "approval.requested"}[phase]
    server.wait_requests(1)
    if waits:
        read_until(p, lambda e: e["type"] == waits)
    if phase == "tool":
        wait_for(lambda: len(alive(f"sleep {marker}")) >= 2, what="command")
    return p


@pytest.mark.parametrize("phase", PHASES)
def test_interrupt(friday, server, running, phase):
    marker = f"87{os.getpid()}"
    p = begin(friday, server, phase, running, marker)
    start = time.monotonic()
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=20)
    assert time.monotonic() - start < 5
    assert p.returncode == 130, err
    assert not alive(f"sleep {marker}")
    events = [json.loads(line) for line in out.splitlines()]
    assert events[-1]["stop_reason"] == "cancelled"

    server.script([say("Going on.")])
    r = friday("run", "--continue", "go on")
    assert (r.status, r.out) == (0, "Going on.\n"), r
    if phase in ("tool", "approval"):
        assert len(server.requests[-1].results) == 1
    if phase == "stream":
        assert "Some text." in server.requests[-1].text


@pytest.mark.parametrize("phase", PHASES)
def test_kill_9_then_resume(friday, server, wire, running, phase):
    marker = f"88{os.getpid()}"
    p = begin(friday, server, phase, running, marker)
    p.kill()
    p.wait()
    wait_for(lambda: not alive(f"sleep {marker}"), what="end of the command")
    server.script([say("Going on.")])
    r = friday("run", "--continue", "go on")
    assert (r.status, r.out) == (0, "Going on.\n"), r
    # Every call has its result, and the first request is still there.
    assert "hello" in server.requests[-1].text
    if phase in ("tool", "approval"):
        assert len(server.requests[-1].results) == 1
    events = json.loads(friday("session", "export", session_id(friday)).out)
    last = 0
    for e in events["events"]:
        # Neighbouring deltas are told as one, with the last one's seq.
        assert e["seq"] == last + 1 or (
            e["seq"] > last and e["type"].endswith(".delta")), e
        last = e["seq"]


def session_id(friday):
    return friday("session", "list").out.split()[0]


def test_second_interrupt_kills_at_once(friday, server, running):
    marker = f"89{os.getpid()}"
    server.script([call("shell", command=f"trap '' TERM; sleep {marker}; sleep {marker}")])
    p = friday.start("run", "--json", "hello")
    running(p)
    read_until(p, lambda e: e["type"] == "tool.started")
    wait_for(lambda: alive(f"sleep {marker}"), what="command")
    p.send_signal(signal.SIGINT)
    time.sleep(0.05)
    start = time.monotonic()
    p.send_signal(signal.SIGINT)
    assert p.wait(10) == 130
    assert time.monotonic() - start < 1.9
    assert not alive(f"sleep {marker}")


def test_daemons_end_with_the_call(friday, server):
    marker = f"86{os.getpid()}"
    server.script([call("shell", command=f"setsid nohup sleep {marker} "
                        ">/dev/null 2>&1 & disown; echo started")],
                  [say("Done.")])
    assert friday("run", "hello").status == 0
    assert not alive(f"sleep {marker}")
