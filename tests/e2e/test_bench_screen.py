"""bench/screen: it ends in bounded time whatever a program does, leaves none of
its processes, and says why a figure is missing."""
import os
import re
import signal
import subprocess
import sys

import pytest
from conftest import wait_for
from terminal import BUILD, ROOT, VT

sys.path.append(os.path.join(ROOT, "bench"))
from screen_table import KEYS, LONG, Row, ScreenTable  # noqa: E402

BENCH = os.path.join(ROOT, "bench", "screen")
needs_vt = pytest.mark.skipif(
    not os.path.exists(VT) or
    os.path.abspath(BUILD) != os.path.join(ROOT, "build"),
    reason="built without libvterm, or elsewhere")

# Leaves a process of its own session behind; paints, or does not even that,
# and never echoes.
DEAF = """#!/bin/sh
stty -echo
printf '%s'
setsid -f sh -c 'echo $$ > "$0"; exec sleep 600' '%s' </dev/null >/dev/null 2>&1
exec sleep 600
"""


def install(peers, paints, stray):
    program = peers / "codex/node_modules/.bin/codex"
    program.parent.mkdir(parents=True)
    program.write_text(DEAF % (paints, stray))
    program.chmod(0o755)


def is_gone(stray):
    return not os.path.exists(f"/proc/{int(stray.read_text())}")


def start(peers, *options):
    return subprocess.Popen(
        [sys.executable, BENCH, "--skip-build", "--quick", *options],
        env={**os.environ, "PEERS_DIR": str(peers), "BENCH_NO_NETWORK": "1"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)


@needs_vt
def test_a_program_that_never_answers_is_given_up_and_ended(tmp_path):
    stray = tmp_path / "pid"
    install(tmp_path / "peers", "hello", stray)
    out, err = start(tmp_path / "peers", "--only", "codex,cat", "--idle",
                     "0.1", "--patience", "0.3").communicate(timeout=120)
    assert "codex: start: no key echoed" in out, err
    assert err.count("codex: start") == 2  # asked for once; and the fault
    assert re.search(r"^\| key echo, median, ms .* \d", out, re.M)
    assert is_gone(stray)


@needs_vt
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_the_table_so_far(tmp_path, number):
    with start(tmp_path, "--only", "cat", "--idle", "600") as process:
        for line in process.stderr:
            if "cat: idling" in line:
                break
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    assert re.search(r"^\| first paint, ms .* \d", out, re.M)
    assert f"Ended early, in round 1 of 1: {number.name}." in out


@needs_vt
def test_a_signal_does_not_wait_for_what_is_waited_for(tmp_path):
    stray = tmp_path / "pid"
    install(tmp_path / "peers", "", stray)
    with start(tmp_path / "peers", "--only", "codex", "--patience",
               "20") as process:
        wait_for(lambda: stray.exists() and stray.stat().st_size > 0,
                 60, "the program's start")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert "Ended early, in round 0 of 1: SIGTERM." in out, err
    assert is_gone(stray)


@needs_vt
def test_its_limit_ends_it_too(tmp_path):
    process = start(tmp_path, "--only", "cat", "--idle", "600", "--limit",
                    "5")
    out, _ = process.communicate(timeout=60)
    assert "--limit" in out


def filled():
    table = ScreenTable(["friday", "cat", "codex", "claude"])
    for name, value in (("friday", 0.78), ("cat", 0.1), ("codex", 22.0),
                        ("claude", 3.1)):
        table.add("key echo, median, ms", name, value)
    table.add("key echo, p95, ms", "friday", 2.6)
    table.add("1 MiB: CPU, s", "friday", 0.2)
    table.note("codex", LONG, "no end mark after 100 s")
    table.note("cat", LONG, "not asked")
    table.note("claude", LONG, "not asked")
    return table


@pytest.mark.parametrize("goal, options, value, holds", [
    (0.8, {}, 0.8, True), (0.8, {}, 0.81, False),
    (0.0, {}, 0.04, True), (0.0, {}, 0.06, False),
    (0, {}, 0, True), (0, {}, 1, False),
    (4, {"slack": 0.1}, 4.3, True), (4, {"slack": 0.1}, 4.5, False),
    (30, {"least": True}, 31.2, True), (30, {"least": True}, 29.9, False)])
def test_whether_a_goal_holds(goal, options, value, holds):
    assert Row("a row", KEYS, goal, **options).holds(value) == holds


def test_the_table_names_the_best_peer_and_what_is_missing(capsys):
    filled().print(["Ended early."])
    assert capsys.readouterr().out == """\
| figure | friday | goal | | best peer (× friday's) | cat | codex | claude |
|---|---:|---:|---|---:|---:|---:|---:|
| key echo, median, ms | 0.78 | ≤ 0.8 | holds | claude 3.1 (×4) | 0.1 | 22 | 3.1 |
| key echo, p95, ms | 2.6 | ≤ 2 | does not hold |  | – | – | – |
| 1 MiB: CPU, s | 0.2 | ≤ 0.5 | holds |  | – [1] | – [2] | – [1] |

2 of 3 goals hold.
[1] cat, claude: 1 MiB answer: not asked
[2] codex: 1 MiB answer: no end mark after 100 s
Ended early.
"""
