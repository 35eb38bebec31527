"""Undo: what runs changed is taken back, byte for byte."""
import hashlib
import json
import os
import random
import signal
import stat
import subprocess

import pexpect
import pytest
from conftest import FRIDAY, read_until, wait_for
from model_server import call, say


def tree(root):
    """Every path but git's with its kind, mode and content."""
    found = {}
    for folder, dirs, files in os.walk(root):
        if ".git" in dirs:
            dirs.remove(".git")
        for name in dirs + files:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            rel = os.path.relpath(path, root)
            if stat.S_ISLNK(st.st_mode):
                found[rel] = ("link", os.readlink(path))
            elif stat.S_ISDIR(st.st_mode):
                found[rel] = ("folder", stat.S_IMODE(st.st_mode))
            else:
                with open(path, "rb") as f:
                    found[rel] = ("file", stat.S_IMODE(st.st_mode), f.read())
    return found


def populate(friday):
    friday.write("src/a.c", "int a;\n")
    friday.write("src/crlf.txt", "one\r\ntwo\r\n")
    friday.write("bin.dat", bytes(range(256)) * 100)
    friday.write("run.sh", "#!/bin/sh\n").chmod(0o755)
    friday.write(".gitignore", "*.log\n")
    friday.git("add", ".")
    friday.git("commit", "-q", "-m", "first")
    friday.write("src/a.c", "int a = 1;\n")  # dirty
    friday.write("new.txt", "untracked\n")
    friday.write("old.log", "ignored\n")
    os.symlink("src/a.c", friday.repo / "link")
    (friday.repo / "empty").mkdir()


EVERYTHING = """set -e
echo more >> src/a.c
rm bin.dat new.txt old.log
mv run.sh moved.sh
chmod 644 moved.sh
mkdir -p deep/er
printf 'x\\0y' > deep/er/b.bin
rm link; ln -s nowhere link
rmdir empty
printf 'one\\ntwo\\n' > src/crlf.txt
head -c 3000000 /dev/zero > huge
"""


def shell_file(friday, text):
    """A call of the shell that runs these lines, from a file of the
    workspace: policy asks about some of them in a command line."""
    name = f"scripts/{hashlib.sha256(text.encode()).hexdigest()[:16]}.sh"
    friday.write(name, text)
    return call("shell", command=f"sh {name}")


def git_state(friday):
    return (friday.git("rev-parse", "HEAD"), friday.git("branch", "-a"),
            friday.git("stash", "list"), friday.git("ls-files", "-s"))


def test_everything_comes_back_and_goes_again(friday, server):
    populate(friday)
    before, git = tree(friday.repo), git_state(friday)
    server.script(
        [call("edit", path="src/a.c", old_string="int a = 1;",
              new_string="int a = 2;"),
         call("write", path="made/by/tool.txt", content="t\n")],
        [call("shell", command=EVERYTHING)],
        [call("write", path="after.txt", content="t\n")],
        [say("done")])
    assert friday("run", "go").status == 0
    after = tree(friday.repo)
    assert after != before and "after.txt" in after
    r = friday("undo", "--preview", "--json")
    assert r.status == 0, r
    plan = json.loads(r.out)
    fates = {f["path"]: f for f in plan["files"]}
    assert fates["src/a.c"]["action"] == "modify"
    assert fates["after.txt"]["action"] == "delete"
    assert fates["bin.dat"]["action"] == "create"
    assert plan["conflicts"] == 0 and plan["lost"] == 0
    assert tree(friday.repo) == after
    r = friday("undo")
    assert r.status == 0, r
    assert tree(friday.repo) == before
    assert git_state(friday) == git
    r = friday("undo", "--redo")
    assert r.status == 0, r
    assert tree(friday.repo) == after
    assert friday("undo").status == 0
    assert tree(friday.repo) == before
    r = friday("undo")
    assert r.status == 1 and "nothing to undo" in r.err, r


def run_with_a_yes(friday, running):
    """A run in which somebody says yes to the first question, if any."""
    p = friday.start("run", "--json", "--answers", "do it",
                     stdin=subprocess.PIPE)
    running(p)
    seen = read_until(p, lambda e: e["type"] in ("approval.requested",
                                                 "tool.finished"))
    if seen[-1]["type"] == "approval.requested":
        p.stdin.write(json.dumps({"call_id": seen[-1]["call_id"],
                                  "decision": "once"}).encode() + b"\n")
        p.stdin.flush()
    out, err = p.communicate(timeout=20)
    assert p.returncode == 0, (out, err)
    return out


DESTROYERS = [
    "git reset --hard", "git checkout -- .", "git checkout .",
    "git restore .", "git clean -fdx", "git stash -u; git stash drop",
    "rm -rf src new.txt empty", "find . -name '*.c' -delete",
    "echo > src/a.c", "> new.txt", "truncate -s 0 new.txt",
    "printf x > old.log", "dd if=/dev/null of=new.txt 2>&1",
    "chmod -R a-w src", "git rm -rfq src", "mv new.txt old.log",
    "sed -i s/a/b/ src/a.c", "cp /dev/null new.txt",
]


@pytest.mark.parametrize("command", DESTROYERS)
def test_the_dirty_tree_is_kept_before_it_is_destroyed(
        friday, server, running, command):
    populate(friday)
    before = tree(friday.repo)
    server.script([call("shell", command=command)], [say("Gone.")])
    out = run_with_a_yes(friday, running)
    assert tree(friday.repo) != before, out
    assert friday("undo").status == 0
    assert tree(friday.repo) == before


def test_without_git(friday, server):
    populate(friday)
    os.rename(friday.repo / ".git", friday.home / "gone")
    script = shell_file(friday, EVERYTHING)
    before = tree(friday.repo)
    server.script([script], [say("done")])
    assert friday("run", "go").status == 0
    assert tree(friday.repo) != before
    assert friday("undo").status == 0
    assert tree(friday.repo) == before


def test_later_work_is_not_overwritten(friday, server):
    friday.write("a.txt", "a\n")
    friday.write("b.txt", "b\n")
    server.script([call("shell",
                        command="echo x >> a.txt; echo x >> b.txt")],
                  [say("done")])
    assert friday("run", "go").status == 0
    friday.write("a.txt", "mine\n")
    r = friday("undo")
    assert r.status == 3 and "in the way" in r.out, r
    assert friday.read("a.txt") == "mine\n"
    assert friday.read("b.txt") == "b\nx\n"
    r = friday("undo", "--skip")
    assert r.status == 0, r
    assert friday.read("a.txt") == "mine\n" and friday.read("b.txt") == "b\n"
    assert friday("undo", "--redo").status == 0
    assert friday.read("b.txt") == "b\nx\n"
    assert friday("undo", "--force").status == 0
    assert friday.read("a.txt") == "a\n"
    assert friday("undo", "--redo").status == 0
    assert friday.read("a.txt") == "mine\n"


def test_runs_one_by_one(friday, server):
    friday.write("a.txt", "0\n")
    for i in (1, 2, 3):
        server.script([call("shell", command=f"echo {i} >> a.txt")],
                      [say("done")])
        args = ["run"] + (["--continue"] if i > 1 else []) + ["go"]
        assert friday(*args).status == 0
    points = json.loads(friday("undo", "--list", "--json").out)["points"]
    assert [p["files"] for p in points] == [1, 1, 1]
    first = points[-1]["run"]
    # An earlier run alone: later ones are in the way.
    r = friday("undo", first)
    assert r.status == 3 and "later change of the agent" in r.out, r
    for left in ("0\n1\n2\n", "0\n1\n", "0\n"):
        assert friday("undo").status == 0
        assert friday.read("a.txt") == left


def test_reading_makes_no_point(friday, server):
    friday.write("a.txt", "a\n")
    server.script([call("shell", command="cat a.txt"),
                   call("read", path="a.txt")], [say("done")])
    assert friday("run", "look").status == 0
    points = json.loads(friday("undo", "--list", "--json").out)["points"]
    assert points == []
    # Nothing was even looked at.
    assert not list(friday.home.rglob("undo/scan/*")), "a scan was made"


def test_kill_in_the_middle_of_a_command(friday, server):
    friday.write("a.txt", "a\n")
    friday.write("keep.txt", "k\n")
    server.script([call("shell", command="echo x >> a.txt; rm keep.txt; "
                        "touch ready; sleep 60")])
    p = friday.start("run", "--json", "go")
    read_until(p, lambda e: e["type"] == "tool.started")
    wait_for(lambda: (friday.repo / "ready").exists())
    p.send_signal(signal.SIGKILL)
    p.wait()
    r = friday("undo", "--preview")
    assert r.status == 0 and "a.txt" in r.out and "keep.txt" in r.out, r
    # It cannot be told from the user's own work: asked for.
    assert friday("undo").status == 3
    assert friday("undo", "--force").status == 0
    assert friday.read("a.txt") == "a\n" and friday.read("keep.txt") == "k\n"
    assert not (friday.repo / "ready").exists()


def kill_when(p, changed):
    """Ends the program for good as soon as something has changed."""
    while p.poll() is None and not changed():
        pass
    p.kill()
    p.communicate()


N = 300


def many(friday):
    for i in range(N):
        friday.write(f"m/{i:03}.txt", f"old {i}\n")


@pytest.mark.parametrize("at", [0, 1, 40, 150, N - 1])
def test_kill_in_the_middle_of_a_patch(friday, server, at):
    """All of a patch or nothing of it, and nothing left beside."""
    many(friday)
    friday.write("m/gone.txt", "gone\n")
    before = tree(friday.repo)
    text = "*** Begin Patch\n"
    for i in range(N):
        text += (f"*** Update File: m/{i:03}.txt\n@@\n-old {i}\n"
                 f"+new {i}\n")
    text += ("*** Add File: made/here.txt\n+made\n"
             "*** Delete File: m/gone.txt\n*** End Patch\n")
    server.script([call("apply_patch", patch=text)], [say("done")])
    p = friday.start("run", "--json", "go")
    watched = friday.repo / f"m/{at:03}.txt"
    inode = watched.stat().st_ino
    kill_when(p, lambda: watched.stat().st_ino != inode)
    friday("undo", "--list")  # the next start
    now = tree(friday.repo)
    if now != before:
        assert friday.read("m/000.txt") == "new 0\n"
        assert friday.read(f"m/{N - 1}.txt") == f"new {N - 1}\n"
        assert friday.read("made/here.txt") == "made\n"
        r = friday("undo")
        assert r.status == 0, r
    assert tree(friday.repo) == before


@pytest.mark.parametrize("redo", [False, True])
@pytest.mark.parametrize("at", [0, 100, N - 1])
def test_kill_in_the_middle_of_an_undo(friday, server, at, redo):
    many(friday)
    before = tree(friday.repo)
    server.script([call("shell", command="for i in m/*; do echo new >> $i; "
                        "done; mkdir n; echo n > n/n")], [say("done")])
    assert friday("run", "go").status == 0
    after = tree(friday.repo)
    args = ["--redo"] if redo else []
    if redo:
        assert friday("undo").status == 0
    p = friday.start("undo", *args)
    watched = friday.repo / f"m/{at:03}.txt"
    inode = watched.stat().st_ino
    kill_when(p, lambda: watched.stat().st_ino != inode)
    friday("undo", "--list")
    if tree(friday.repo) == (before if redo else after):
        assert friday("undo", *args).status == 0  # nothing had begun
    assert tree(friday.repo) == (after if redo else before)
    assert friday("undo", *([] if redo else ["--redo"])).status == 0
    assert tree(friday.repo) == (before if redo else after)


def test_two_sessions_at_once(friday, server):
    """Two runs in one folder: each undo takes back its own."""
    friday.write("a.txt", "a\n")
    friday.write("b.txt", "b\n")
    server.script([call("shell", command="echo 1 >> a.txt; touch one; while ! "
                        "test -e two; do sleep 0.05; done; echo 2 >> a.txt")])
    first = friday.start("run", "--json", "first")
    wait_for(lambda: (friday.repo / "one").exists())
    server.script([call("read", path="b.txt")],
                  [call("write", path="b.txt", content="B\n")],
                  [say("done")], [say("done too")])
    assert friday("run", "second").status == 0
    (friday.repo / "two").touch()
    out, err = first.communicate(timeout=30)
    assert first.returncode == 0, (out, err)
    run = json.loads(out.splitlines()[0])["run"]
    r = friday("undo", run)
    assert r.status == 0, r
    assert friday.read("a.txt") == "a\n" and friday.read("b.txt") == "B\n"


def test_background_commands_are_seen_at_the_border(friday, server):
    friday.write("a.txt", "a\n")
    server.script(
        [call("shell_background", action="start",
              command="while ! test -e go; do sleep 0.05;"
              " done; echo late >> a.txt; touch done; sleep 60")],
        [call("shell", command="touch go; while ! test -e done; do sleep "
              "0.05; done")],
        [say("done")])
    assert friday("run", "go").status == 0
    assert friday.read("a.txt") == "a\nlate\n"
    r = friday("undo", "--force")
    assert r.status == 0, r
    assert friday.read("a.txt") == "a\n"
    assert not (friday.repo / "done").exists()


def test_another_folder_added(friday, server):
    other = friday.home / "other"
    other.mkdir()
    (other / "x.txt").write_text("x\n")
    server.script([call("shell", command=f"echo y >> {other}/x.txt; "
                        "echo a > a.txt")], [say("done")])
    assert friday("run", "--add-dir", str(other), "go").status == 0
    assert (other / "x.txt").read_text() == "x\ny\n"
    r = friday("undo", "--preview")
    assert str(other) in r.out, r
    assert friday("undo").status == 0
    assert (other / "x.txt").read_text() == "x\n"
    assert not (friday.repo / "a.txt").exists()


def test_rewind_files_and_conversation(friday, server):
    friday.write("a.txt", "0\n")
    server.script([call("shell", command="echo 1 >> a.txt")], [say("one")])
    assert friday("run", "first").status == 0
    server.script([call("shell", command="echo 2 >> a.txt")], [say("two")])
    assert friday("run", "--continue", "zebra two").status == 0
    server.script([say("three")])
    r = friday("--plain", "--continue", input="/rewind\nthird\n/quit\n")
    assert r.status == 0, r
    assert "Back to before: zebra two" in r.out
    assert friday.read("a.txt") == "0\n1\n"
    sent = server.requests[-1].text
    assert "first" in sent and "third" in sent and "zebra" not in sent


def plain(friday, *args):
    p = pexpect.spawn(FRIDAY, ["--plain", *args], cwd=str(friday.repo),
                      env=friday.env, timeout=20, encoding="utf-8",
                      dimensions=(40, 100))
    p.delaybeforesend = None
    p.expect("> ")
    return p


def test_chat_shows_and_asks_first(friday, server):
    friday.write("a.txt", "0\n")
    friday.write("b.txt", "0\n")
    server.script([call("shell", command="echo 1 >> a.txt; echo 1 >> b.txt")],
                  [say("one")])
    p = plain(friday)
    p.sendline("go")
    p.expect_exact("one")
    p.expect("\n> ")
    p.sendline("/undo")
    p.expect(r"modify +a.txt +\+0 -1")
    p.expect(r"Undo this\?")
    p.sendline("n")
    p.expect("Nothing was changed")
    assert friday.read("a.txt") == "0\n1\n"
    friday.write("b.txt", "mine\n")
    p.sendline("/undo")
    p.expect("b.txt.*changed since by somebody else")
    p.expect("s leaves those files")
    p.sendline("y")  # no answer to that
    p.expect("Nothing was changed")
    assert friday.read("a.txt") == "0\n1\n"
    p.sendline("/undo")
    p.expect("s leaves those files")
    p.sendline("s")
    p.expect("Undone")
    assert friday.read("a.txt") == "0\n" and friday.read("b.txt") == "mine\n"
    p.sendline("/redo")
    p.expect(r"Redo this\?")
    p.sendline("y")
    p.expect("Redone")
    assert friday.read("a.txt") == "0\n1\n"
    p.sendline("/rewind list")
    p.expect("1. go")
    p.sendline("/rewind 1 files")
    p.expect("To before: go")
    p.sendline("o")
    p.expect("Back to before: go")
    assert friday.read("a.txt") == "0\n" and friday.read("b.txt") == "0\n"
    p.close(force=True)


def test_large_build_folder_is_named(friday, server):
    for i in range(2100):
        friday.write(f"node_modules/m/{i}.js", "")
    friday.write("a.txt", "a\n")
    server.script([call("shell", command="echo x >> a.txt; "
                        "rm node_modules/m/1.js")], [say("done")])
    r = friday("run", "--json", "go")
    notes = [e for e in r.of("notice") if e.get("code") == "undo.partial"]
    started = [e for e in r.of("tool.started")]
    assert len(notes) == 1 and "node_modules" in notes[0]["text"], r
    assert started
    assert friday("undo").status == 0
    assert friday.read("a.txt") == "a\n"


def random_commands(rng, n):
    """Shell lines over a few names, so that they meet."""
    names = ["a", "b", "d/x", "d/y", "d/e/z", "w.log", "sp ace", "k"]
    lines = []
    for _ in range(n):
        f, g = rng.sample(names, 2)
        lines.append(rng.choice([
            f'mkdir -p "$(dirname "{f}")"; echo {rng.random()} >> "{f}"',
            f'rm -rf "{f}"',
            f'mkdir -p "$(dirname "{g}")"; mv -T "{f}" "{g}"',
            f'chmod {rng.choice(["600", "755", "640"])} "{f}"',
            f'rm -rf "{f}"; mkdir -p "$(dirname "{f}")"; ln -s "{g}" "{f}"',
            f'rm -rf "{f}"; mkdir -p "{f}"',
            f'mkdir -p "$(dirname "{f}")"; '
            f'head -c {rng.randrange(5000)} /dev/urandom > "{f}"',
            f'printf "a\\r\\nb\\r\\n" > "{f}"',
        ]))
    return lines


@pytest.mark.parametrize("seed", range(6))
def test_random_sequences(friday, server, seed):
    """File tools and commands in turn, over several runs; all runs undone one
    by one, then redone, each state as it was."""
    rng = random.Random(seed)
    populate(friday)
    if seed % 3 == 2:
        os.rename(friday.repo / ".git", friday.home / "gone")
    runs = []
    for _ in range(3):
        turns = []
        for _ in range(rng.randrange(1, 4)):
            lines = random_commands(rng, rng.randrange(1, 6))
            turns.append([shell_file(friday, "\n".join(lines))])
            name = rng.choice(["tool.txt", "t/u.txt", "src/a.c"])
            turns.append([call("read", path=name)])
            turns.append([call("write", path=name,
                               content=f"{rng.random()}\n")])
        runs.append(turns)
    states = [tree(friday.repo)]
    for i, turns in enumerate(runs):
        server.script(*turns, [say("done")])
        args = ["--continue"] if i > 0 else []
        assert friday("run", *args, "go").status == 0
        states.append(tree(friday.repo))
    for i in (2, 1, 0):
        assert states[i] != states[i + 1]
        r = friday("undo")
        assert r.status == 0, (i, r)
        assert tree(friday.repo) == states[i], i
    for i in (1, 2, 3):
        r = friday("undo", "--redo")
        assert r.status == 0, (i, r)
        assert tree(friday.repo) == states[i], i
