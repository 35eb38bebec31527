"""A program outside the tree, built against the installed library."""
import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import FRIDAY, ROOT
from model_server import call, say, wait

BUILD = os.environ.get("FRIDAY_BUILD", os.path.dirname(FRIDAY))
SANITIZED = {"build-asan": ["-fsanitize=address,undefined"],
             "build-tsan": ["-fsanitize=thread"]}


@pytest.fixture(scope="session")
def talk(tmp_path_factory):
    """The program and its environment, from a staged install."""
    stage = tmp_path_factory.mktemp("stage")
    subprocess.run(["make", "-s", "-C", BUILD, "install",
                    f"DESTDIR={stage}"], check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    pc = next(stage.rglob("friday.pc"))
    env = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent),
           "PKG_CONFIG_SYSROOT_DIR": str(stage)}
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "friday"],
                           env=env, check=True, stdout=subprocess.PIPE,
                           text=True).stdout.split()
    program = stage / "talk"
    sanitized = SANITIZED.get(os.path.basename(BUILD), [])
    subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", *sanitized,
                    os.path.join(ROOT, "tests", "library", "talk.c"),
                    *flags, "-o", str(program)], check=True)
    yield program, str(pc.parent.parent)
    shutil.rmtree(stage, ignore_errors=True)


def run(friday, talk, *args):
    program, libdir = talk
    env = {**friday.env, "LD_LIBRARY_PATH": libdir, "FRIDAY_MODE": "ask"}
    env.pop("FRIDAY_DATA_DIR", None)  # found beside the library
    done = subprocess.run([program, str(friday.repo), *args], env=env,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, text=True)
    assert done.returncode == 0 and done.stderr == "", done
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_conversation_with_an_approval(friday, server, talk):
    server.script([call("shell", command="touch made")], [say("Made.")])
    events = run(friday, talk, "make it")
    assert (friday.repo / "made").exists()
    types = [e["type"] for e in events]
    assert "approval.requested" in types and types[-1] == "run.finished"
    assert events[-1]["stop_reason"] == "end_turn"


def test_cancel(friday, server, talk):
    server.script([say("Talking. "), wait()])
    events = run(friday, talk, "talk", "cancel")
    assert events[-1]["stop_reason"] == "cancelled"


def test_only_the_header_is_exported():
    with open(os.path.join(ROOT, "src", "core", "friday.h")) as f:
        wanted = set(re.findall(r"FRIDAY_API [^;(]*?\b(friday_\w+)\(",
                                f.read()))
    out = subprocess.run(["nm", "-D", "--defined-only",
                          os.path.join(BUILD, "libfriday.so")], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    found = {line.split()[2].split("@")[0] for line in out.splitlines()}
    assert {n for n in found if not n.startswith("FRIDAY_")} == wanted
