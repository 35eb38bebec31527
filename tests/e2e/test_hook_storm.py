"""Hundreds of commits beside a twin repository without hooks: what git makes of
them is the same to the byte. Many at once, and killed in the middle."""
import os
import random
import shutil
import signal
import subprocess
import time

import pytest
from conftest import FRIDAY, wait_for
from hook_repo import CONFLICT, Repo, picture

WORDS = ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu "
         "nu xi omicron pi rho sigma tau upsilon phi chi psi omega").split()
# Nothing that has a syntax: words are not refused.
NAMES = ("a.txt", "b.rst", "with blank.txt", "sub/c.md", "sub/deep/d.txt",
         "ünï.txt", "e.dat", "-dash", "big.txt")
ROUNDS = int(os.environ.get("FRIDAY_HOOK_ROUNDS", "200"))


class Twins:
    """Does everything twice: with friday's hooks and without."""

    def __init__(self, friday, tmp_path):
        self.a = Repo(friday)
        # Reads the same files, so that nothing but the hooks differs.
        self.a.friday.config({})
        self.b = Repo(friday, tmp_path / "twin")
        shutil.copytree(self.a.path, self.b.path, symlinks=True)
        self.a.hook("install", check=True)
        self.time = 1700000000

    def each(self, do):
        return [do(self.a), do(self.b)]

    def git(self, *args, **env):
        self.time += 60
        date = f"{self.time} +0000"
        env.update(GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
        results = self.each(lambda r: r.try_git(*args, **env))
        assert results[0].status == results[1].status, (args, results)
        return results[0].status

    def compare(self):
        def state(r):
            return (r.git("rev-parse", "HEAD"), r.git("ls-files", "-s", "-v"),
                    r.git("status", "--porcelain", "-z"),
                    r.git("stash", "list"), picture(r.path, [".git"]))
        assert state(self.a) == state(self.b)


def text(dice, lines=12):
    return "".join(" ".join(dice.choices(WORDS, k=5)) + "\n"
                   for _ in range(dice.randint(1, lines)))


def change(twins, dice):
    """Something in the working tree, staged or in part or not."""
    name = dice.choice(NAMES)
    kind = dice.choice(["write", "write", "write", "append", "half", "remove",
                        "move", "mode", "link", "untracked", "intent"])
    new, half = text(dice), text(dice)
    stage = dice.random() < 0.8
    other = f"moved{dice.randint(0, 3)}.txt"

    def do(r):
        path = r.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.exists() or path.is_symlink()
        tracked = r.try_git("ls-files", "--error-unmatch", "--",
                            name).status == 0
        if kind == "untracked":
            r.write("untracked " + other, new)
            return
        if kind == "remove" and tracked:
            r.try_git("rm", "-q", "-f", "--", name)
            return
        if kind == "move" and tracked and there:
            r.try_git("mv", "-f", "--", name, other)
            return
        if kind == "link":
            if there:
                path.unlink()
            path.symlink_to("README.md")
        elif kind == "mode" and there and not path.is_symlink():
            path.write_text("#!/bin/sh\n" + new)
            path.chmod(0o755)
        else:
            if path.is_symlink():
                path.unlink()
            old = path.read_text() if path.exists() else ""
            path.write_text(old + new if kind == "append" else new)
        if kind == "intent":
            r.try_git("add", "-N", "--", name)
        elif stage or kind == "half":
            r.git("add", "--", name)
        if kind == "half":
            # More in the file than is staged.
            with open(path, "a") as f:
                f.write(half)
    twins.each(do)


def commit(twins, dice, i):
    kind = dice.choice(["plain"] * 5 + ["file", "all", "amend", "editor",
                                        "fixup", "bad", "verbose", "empty"])
    message = f"Change {' '.join(dice.choices(WORDS, k=3))} {i}"
    if kind == "file":
        # --only would take what is there; nothing there fails alike.
        return twins.git("commit", "-q", "-m", message, "--",
                         dice.choice(NAMES))
    if kind == "editor":
        return twins.git("commit", "-q", GIT_EDITOR=(
            f"sh -c 'echo {message} >t; cat \"$1\" >>t; cat t >\"$1\"; "
            "rm t' --"))
    arguments = {"all": ["-a"], "amend": ["--amend", "--no-edit"],
                 "fixup": ["--fixup=HEAD"], "verbose": ["-v"],
                 "empty": ["--allow-empty"]}.get(kind, [])
    if kind == "bad":
        return bad(twins, message)
    if kind not in ("amend", "fixup"):
        arguments += ["-m", message]
    return twins.git("commit", "-q", *arguments)


def bad(twins, message):
    """Refused here and not even tried there; then all is as it was."""
    a = twins.a
    index = (a.path / ".git" / "index").read_bytes()
    a.write("bad.txt", CONFLICT)
    a.git("add", "bad.txt")
    before = picture(a.path, [".git"]), a.git("ls-files", "-s"), a.head()
    result = a.commit(message)
    assert result.status == 1 and "bad.txt:1" in result.err, result
    assert before == (picture(a.path, [".git"]), a.git("ls-files", "-s"),
                      a.head())
    a.git("rm", "-q", "-f", "bad.txt")
    (a.path / ".git" / "index").write_bytes(index)


def branch(twins, dice, i):
    """A side branch that is merged, rebased or picked from."""
    twins.git("stash", "-q", "-u")
    if twins.git("checkout", "-q", "-b", f"side{i}", "HEAD~1") != 0:
        return
    line = text(dice, 3)
    twins.each(lambda r: r.write(f"side{i}.txt", line))
    twins.git("add", ".")
    twins.git("commit", "-q", "-m", f"Go aside {i}")
    how = dice.choice(["merge", "rebase", "cherry-pick", "ff"])
    if how == "rebase":
        twins.git("rebase", "-q", "main")
    twins.git("checkout", "-q", "main")
    twins.git(*{"merge": ["merge", "-q", "--no-ff", "--no-edit", f"side{i}"],
                "rebase": ["merge", "-q", f"side{i}"],
                "ff": ["merge", "-q", "--no-edit", f"side{i}"],
                "cherry-pick": ["cherry-pick", f"side{i}"]}[how])
    twins.git("branch", "-q", "-D", f"side{i}")


@pytest.mark.parametrize("seed", [1, 2])
def test_what_git_makes_is_the_same(friday, tmp_path, seed):
    dice = random.Random(seed)
    twins = Twins(friday, tmp_path)
    twins.git("commit", "-q", "--allow-empty", "-m", "Second")
    made = 0
    for i in range(ROUNDS // 2):
        for _ in range(dice.randint(1, 4)):
            change(twins, dice)
        made += commit(twins, dice, i) == 0
        if i % 10 == 9:
            twins.compare()
        if i % 25 == 24:
            branch(twins, dice, i)
            twins.compare()
    twins.compare()
    assert made > ROUNDS // 5
    assert twins.a.git("fsck", "--strict", "--no-dangling") == ""


def test_many_at_once(friday, tmp_path):
    """Commits in worktrees of one repository, with one record for all."""
    main = Repo(friday)
    main.hook("install", check=True)
    trees = []
    for i in range(4):
        main.git("worktree", "add", "-q", "-b", f"w{i}",
                 str(tmp_path / f"w{i}"))
        trees.append(Repo(friday, tmp_path / f"w{i}"))
    script = ("for i in 1 2 3 4 5 6; do echo \"$1 $i\" >f$i; git add f$i; "
              "git commit -q -m \"Add $i\" || exit 1; "
              "printf '<<<<<<< x\\n' >bad$i; git add bad$i; "
              "git commit -q -m Bad 2>/dev/null && exit 2; "
              "FRIDAY_SKIP=conflict git commit -q -m Bad || exit 3; done")
    running = [subprocess.Popen(["sh", "-c", script, "sh", str(i)],
                                cwd=t.path, env=t.env,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
               for i, t in enumerate(trees)]
    for process, tree in zip(running, trees):
        said = process.communicate(timeout=120)[1].decode()
        assert process.returncode == 0, said
        assert tree.git("rev-list", "--count", "main..HEAD") == "12\n"
    assert main.skips().count("conflict") == 24
    assert main.run(FRIDAY, "audit", "verify").status == 0


def test_two_commits_in_one_working_tree(friday):
    """git itself lets one of them through; the hooks add nothing to that."""
    repo = Repo(friday)
    repo.hook("install", check=True)
    for i in range(6):
        repo.write("a", f"{i}\n")
        repo.git("add", "a")
        both = [subprocess.Popen(["git", "commit", "-q", "-m", f"Add {i}"],
                                 cwd=repo.path, env=repo.env,
                                 stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
                for _ in range(2)]
        statuses = sorted(p.wait(60) for p in both)
        assert statuses[0] == 0
    assert repo.git("status", "--porcelain") == ""
    assert repo.git("fsck", "--strict", "--no-dangling") == ""


def test_killed_in_the_middle(friday):
    """Whenever it is, what is there is the state before or the state after."""
    repo = Repo(friday)
    repo.hook("install", check=True)
    dice = random.Random(3)
    committed = 0
    for i in range(40):
        repo.write("a.txt", f"{i}\n")
        repo.git("add", "a.txt")
        repo.write("a.txt", f"{i}\nnot staged\n")
        staged, head = repo.git("ls-files", "-s"), repo.head()
        process = subprocess.Popen(
            ["git", "commit", "-q", "-m", f"Add {i}"], cwd=repo.path,
            env=repo.env, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(dice.random() * 0.12)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for lock in (repo.path / ".git").rglob("*.lock"):
            lock.unlink()  # git's own, as after every kill
        assert repo.git("ls-files", "-s") == staged
        assert (repo.path / "a.txt").read_text() == f"{i}\nnot staged\n"
        committed += repo.head() != head
        assert repo.git("fsck", "--strict", "--no-dangling") == ""
    left = repo.path / "left"
    assert not left.exists() and committed < 40
    assert repo.run(FRIDAY, "audit", "verify").status == 0
    assert repo.hook("run", "pre-commit").status == 0


@pytest.mark.parametrize("former", [True, False])
def test_installs_at_once(friday, former):
    repo = Repo(friday)
    if former:
        repo.script("pre-commit", "echo mine\n")
    before = picture(repo.hooks())
    for command in ("install", "uninstall") * 4:
        running = [subprocess.Popen([FRIDAY, "hook", command], cwd=repo.path,
                                    env=repo.env, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT)
                   for _ in range(4)]
        for process in running:
            said = process.communicate(timeout=60)[0].decode()
            assert process.returncode == 0, said
        if command == "install":
            result = repo.commit("x", "--allow-empty")
            assert ("mine" in result.err) == former
        else:
            assert picture(repo.hooks()) == before


def test_an_install_that_is_killed(friday):
    repo = Repo(friday)
    dice = random.Random(4)
    repo.script("pre-commit", "echo mine\n")
    before = picture(repo.hooks())
    for i in range(25):
        process = subprocess.Popen(
            [FRIDAY, "hook", "install" if i % 2 == 0 else "uninstall"],
            cwd=repo.path, env=repo.env, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        time.sleep(dice.random() * 0.06)
        process.kill()
        process.wait()
        assert "mine" in repo.commit("x", "--allow-empty").err
    repo.hook("install", check=True)
    repo.hook("uninstall", check=True)
    after = {name: what for name, what in picture(repo.hooks()).items()
             if not name.endswith(".tmp")}
    assert after == before


def test_the_index_follows_checkouts_and_merges(friday):
    repo = Repo(friday)
    repo.hook("install", check=True)
    repo.write("a.c", "int alpha_one(void)\n{\n\treturn 1;\n}\n")
    repo.git("add", ".")
    repo.git("commit", "-q", "-m", "Add alpha")
    repo.git("checkout", "-q", "-b", "side")
    repo.write("b.c", "int beta_two(void)\n{\n\treturn 2;\n}\n")
    repo.git("add", ".")
    repo.git("commit", "-q", "-m", "Add beta")
    cache = repo.friday.home / ".cache" / "friday" / "index"
    assert not cache.exists(), "no index is made for who asked for none"
    repo.git("checkout", "-q", "main")
    assert not cache.exists()
    repo.run(FRIDAY, "index", check=True)
    database, = cache.glob("*/index.db")

    def known():
        out = database.read_bytes()
        wal = database.with_name("index.db-wal")
        return out + (wal.read_bytes() if wal.exists() else b"")
    assert b"beta_two" not in known()
    repo.git("merge", "-q", "side")
    wait_for(lambda: b"beta_two" in known(), what="the refresh")
    assert repo.try_git("checkout", "-q", "--", "a.c").status == 0
