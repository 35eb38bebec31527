"""A push: every commit of it is looked at before it leaves."""
import os

import pytest
from hook_repo import CONFLICT, TOKEN, Repo

SECRET = f"token = '{TOKEN}'\n"


@pytest.fixture
def repo(friday, tmp_path):
    r = Repo(friday)
    r.hook("install", "pre-push", check=True)
    r.git("init", "-q", "--bare", str(tmp_path / "up.git"))
    r.git("remote", "add", "origin", str(tmp_path / "up.git"))
    return r


def add(repo, name, text, message="Add it"):
    repo.write(name, text)
    repo.git("add", name)
    repo.git("commit", "-q", "-m", message)


def push(repo, *args, **more):
    return repo.try_git("push", "-q", "origin", *(args or ["main"]), **more)


def test_nothing_is_said_of_a_clean_push(repo):
    result = push(repo)
    assert result.status == 0 and result.err == ""
    assert push(repo).err == ""  # nothing new


def test_a_secret_that_a_later_commit_takes_out(repo):
    assert push(repo).status == 0
    add(repo, "k.py", SECRET)
    bad = repo.head()[:10]
    add(repo, "k.py", "token = ''\n")
    result = push(repo)
    assert result.status == 1 and f"(in {bad})" in result.err
    assert TOKEN not in result.err
    # Once it is there it is no news.
    repo.git("push", "-q", "--no-verify", "origin", "main")
    add(repo, "l.py", "x = 1\n")
    assert push(repo).status == 0


def test_the_first_push_of_a_root_commit(friday, tmp_path):
    r = Repo(friday, tmp_path / "fresh")
    r.path.mkdir()
    r.git("init", "-q", "-b", "main")
    r.git("init", "-q", "--bare", str(tmp_path / "up.git"))
    r.git("remote", "add", "origin", str(tmp_path / "up.git"))
    r.hook("install", "pre-push", check=True)
    add(r, "bad.txt", CONFLICT)
    result = push(r)
    assert result.status == 1 and "bad.txt:1" in result.err


def test_a_new_branch_is_judged_for_its_own(repo):
    add(repo, "old.txt", CONFLICT)
    repo.git("push", "-q", "--no-verify", "origin", "main")
    repo.git("checkout", "-q", "-b", "side")
    add(repo, "new.txt", "fine\n")
    assert push(repo, "side").status == 0
    add(repo, "new.txt", CONFLICT)
    assert push(repo, "side").status == 1


def test_warnings_are_not_said_again(repo):
    add(repo, "w.txt", "a\u200bb\n")
    result = push(repo)
    assert result.status == 0 and result.err == ""


def test_deleting_tags_and_several_refs(repo):
    add(repo, "a.txt", "a\n")
    repo.git("tag", "-a", "v1", "-m", "v1")
    repo.git("branch", "side")
    assert push(repo, "main", "side", "v1").status == 0
    assert push(repo, "--delete", "side", "v1").status == 0
    add(repo, "k.py", SECRET)
    repo.git("tag", "v2")
    repo.git("reset", "-q", "--hard", "HEAD^")
    assert push(repo, "main", "v2").status == 1


def test_a_forced_push_over_what_was_never_fetched(repo, tmp_path):
    push(repo)
    other = Repo(repo.friday, tmp_path / "other")
    repo.git("clone", "-q", "-b", "main", str(tmp_path / "up.git"), str(other.path))
    add(other, "theirs.txt", "theirs\n")
    other.git("push", "-q", "origin", "main")
    add(repo, "k.py", SECRET)
    assert push(repo, "--force", "main").status == 1
    repo.git("reset", "-q", "--hard", "HEAD^")
    add(repo, "mine.txt", "mine\n")
    assert push(repo, "--force", "main").status == 0


@pytest.mark.parametrize("remote", ["{up}", "file://{up}"])
def test_a_push_to_a_path(repo, tmp_path, remote):
    add(repo, "k.py", SECRET)
    url = remote.format(up=tmp_path / "up.git")
    assert repo.try_git("push", "-q", url, "main").status == 1


def test_skips(repo):
    add(repo, "k.py", SECRET)
    result = push(repo, FRIDAY_SKIP="secret")
    assert result.status == 0 and "secret" in repo.skips()
    add(repo, "l.py", "a = '" + TOKEN + "'\n")
    assert push(repo).status == 1
    assert push(repo, FRIDAY_SKIP="pre-push").status == 0
    assert "pre-push" in repo.skips()


@pytest.mark.parametrize("lines", [
    b"nonsense\n", b"refs/heads/x --all refs/heads/x 00\n",
    b"refs/heads/x " + b"f" * 40 + b" refs/heads/x " + b"0" * 40 + b"\n",
    b"\xff\x00\n", b"a b c d e\n" * 3])
def test_odd_lines_stop_nobody_and_run_nothing(repo, lines):
    result = repo.hook("run", "--", "pre-push", "--upload-pack=x", "u",
                       input=lines)
    assert result.status == 0 and "goes on without it" in result.err
    assert not os.path.exists(repo.path / "x")


def test_many_commits(repo):
    """A hundred at once, one of them bad."""
    stream = ["blob\nmark :1\ndata 5\nfine\n\n",
              f"blob\nmark :2\ndata {len(SECRET)}\n{SECRET}\n"]
    for i in range(100):
        stream.append(
            f"commit refs/heads/long\nmark :{i + 10}\n"
            f"committer t <t@example.invalid> {1700000000 + i} +0000\n"
            f"data 2\nx\n"
            f"{f'from :{i + 9}' if i else ''}\n"
            f"M 100644 :{2 if i == 50 else 1} f{i}\n")
        if i == 51:
            stream.append("D f50\n")
        stream.append("\n")
    repo.git("fast-import", "--quiet", input="".join(stream).encode())
    result = push(repo, "long")
    assert result.status == 1 and "f50:1" in result.err
    assert result.err.count("[secret]") == 1
