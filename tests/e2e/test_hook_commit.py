"""Commits with friday's hooks, in every way that git makes them: what is staged
is judged and nothing is changed."""
import json
import os
import signal
import subprocess

import pytest
from conftest import FRIDAY, wait_for
from hook_repo import CONFLICT, TOKEN, Repo, picture
from model_server import say, status, wait


@pytest.fixture
def repo(friday):
    r = Repo(friday)
    r.hook("install", check=True)
    return r


def refused(result, code="conflict"):
    assert (f"[{code}]" in result.err) == (result.status == 1), result
    return result.status == 1


# --- what is judged ----------------------------------------------------------

def test_what_is_staged_counts_and_not_the_working_copy(repo):
    repo.write("a.txt", "fine\n")
    repo.git("add", "a.txt")
    repo.write("a.txt", CONFLICT)
    repo.write("untracked.txt", CONFLICT)
    assert repo.commit().status == 0
    repo.git("add", "a.txt")
    repo.write("a.txt", "fine again\n")
    assert refused(repo.commit())
    assert (repo.path / "a.txt").read_text() == "fine again\n"


def test_a_part_of_a_file(repo):
    """As git add -p stages it."""
    repo.write("a.txt", "".join(f"line {i}\n" for i in range(40)))
    repo.git("add", "a.txt")
    repo.git("commit", "-q", "-m", "Add lines")
    text = (repo.path / "a.txt").read_text()
    repo.write("a.txt", text.replace("line 3\n", "line three\n") + CONFLICT)
    diff = repo.git("diff", "-U0")
    patch = diff[:diff.index("@@ -40")]
    repo.git("apply", "--cached", "--unidiff-zero", input=patch.encode())
    before = repo.git("diff")
    assert repo.commit().status == 0
    assert repo.git("diff") != "" and CONFLICT in repo.git(
        "diff").replace("\n+", "\n")
    assert before.count("+") - repo.git("diff").count("+") == 0


def test_a_partial_commit(repo):
    """git commit FILE has an index of its own."""
    repo.write("a.txt", "a\n")
    repo.write("bad.txt", CONFLICT)
    repo.git("add", ".")
    repo.write("a.txt", "a\nb\n")
    staged = repo.git("ls-files", "-s", "bad.txt")
    assert repo.commit("Add a", "a.txt").status == 0
    assert repo.git("ls-files", "-s", "bad.txt") == staged
    assert refused(repo.commit("Add bad", "bad.txt"))


def test_commit_all(repo):
    repo.write("README.md", "# test\n" + CONFLICT)
    before = picture(repo.path, [".git/objects", ".git/COMMIT_EDITMSG"])
    assert refused(repo.commit("x", "-a"))
    after = picture(repo.path, [".git/objects", ".git/COMMIT_EDITMSG"])
    # git itself has looked at the file anew.
    for seen in (before, after):
        del seen[".git/index"]
    assert after == before


def test_another_index(repo, tmp_path):
    env = {"GIT_INDEX_FILE": str(tmp_path / "other index")}
    repo.git("read-tree", "HEAD", **env)
    repo.write("bad.txt", CONFLICT)
    repo.git("add", "bad.txt", **env)
    assert repo.hook("run", "pre-commit").status == 0
    assert repo.hook("run", "pre-commit", **env).status == 1


def test_another_git_dir(repo, tmp_path):
    os.rename(repo.path / ".git", tmp_path / "elsewhere.git")
    env = {"GIT_DIR": str(tmp_path / "elsewhere.git"),
           "GIT_WORK_TREE": str(repo.path)}
    repo.write("bad.txt", CONFLICT)
    repo.git("add", "bad.txt", **env)
    assert refused(repo.try_git("commit", "-q", "-m", "x", **env))


def test_from_a_folder_below(repo):
    repo.write("sub/bad.txt", CONFLICT)
    repo.git("add", ".")
    result = repo.try_git("commit", "-q", "-m", "x", cwd=repo.path / "sub")
    assert refused(result) and "sub/bad.txt:1" in result.err


def test_the_first_commit(friday, tmp_path):
    r = Repo(friday, tmp_path / "fresh")
    r.path.mkdir()
    r.git("init", "-q", "-b", "main")
    r.hook("install", check=True)
    r.write("bad.txt", CONFLICT)
    r.git("add", ".")
    assert refused(r.commit())
    r.write("bad.txt", "good\n")
    r.git("add", ".")
    assert r.commit().status == 0


def test_amend(repo):
    repo.write("a.txt", "a\n")
    repo.git("add", ".")
    repo.git("commit", "-q", "-m", "Add a")
    before = repo.head()
    repo.write("a.txt", CONFLICT)
    repo.git("add", ".")
    assert refused(repo.try_git("commit", "-q", "--amend", "--no-edit"))
    assert repo.head() == before
    repo.write("a.txt", "b\n")
    repo.git("add", ".")
    assert repo.try_git("commit", "-q", "--amend", "--no-edit").status == 0
    assert repo.git("log", "-1", "--format=%B").strip() == "Add a"


def two_sides(repo):
    """Branches that change the same line; main has an old finding too."""
    repo.write("a.txt", "one\n")
    repo.git("add", ".")
    repo.git("commit", "-q", "-m", "Add a")
    repo.git("checkout", "-q", "-b", "side")
    repo.write("a.txt", "side\n")
    repo.write("old.txt", CONFLICT)
    repo.git("add", ".")
    repo.git("commit", "-q", "--no-verify", "-m", "Change it there")
    repo.git("checkout", "-q", "main")
    repo.write("a.txt", "main\n")
    repo.git("commit", "-q", "-am", "Change it here")


def test_a_merge_is_judged_for_what_it_adds(repo):
    two_sides(repo)
    assert repo.try_git("merge", "-q", "side").status == 1
    repo.git("add", ".")  # with its marks
    assert refused(repo.commit("Merge side"))
    repo.write("a.txt", "both\n")
    repo.git("add", ".")
    # What the other side has had for long is not this commit's.
    result = repo.commit("Merge side")
    assert result.status == 0 and "old.txt" not in result.err
    assert len(repo.git("log", "-1", "--format=%P").split()) == 2


def test_a_rebase_is_quiet(repo):
    two_sides(repo)
    result = repo.try_git("rebase", "side")
    assert result.status == 1 and "CONFLICT" in result.out + result.err
    repo.write("a.txt", "both, invisible\u200b\n")  # a warning otherwise
    repo.git("add", ".")
    result = repo.try_git("rebase", "--continue")
    assert result.status == 0 and "warning" not in result.err, result


def test_cherry_pick_and_revert(repo):
    two_sides(repo)
    assert repo.try_git("cherry-pick", "side").status == 1
    repo.git("add", ".")
    assert refused(repo.try_git("cherry-pick", "--continue"))
    repo.git("cherry-pick", "--abort")
    assert repo.try_git("revert", "--no-edit", "HEAD").status == 0


def test_no_verify_and_skips(repo):
    repo.write("bad.txt", CONFLICT + f"key = '{TOKEN}'\n")
    repo.git("add", ".")
    result = repo.commit(FRIDAY_SKIP="conflict")
    assert refused(result, "secret") and "[conflict]" not in result.err
    assert "let through: conflict" in result.err
    assert repo.commit(FRIDAY_SKIP="conflict, secret,nonsense").status == 0
    assert set(repo.skips()) == {"conflict", "secret"}
    repo.git("reset", "-q", "--soft", "HEAD^")
    assert repo.commit(FRIDAY_SKIP="pre-commit").status == 0
    assert "pre-commit" in repo.skips()
    repo.git("reset", "-q", "--soft", "HEAD^")
    assert repo.commit("x", "--no-verify").status == 0


def test_paths_of_all_kinds(repo):
    names = ["with blank.txt", "-dash.txt", "ünïcode.txt", "new\nline.txt",
             "quote\".txt", "$HOME.txt", "sub dir/a;b.txt"]
    for name in names:
        repo.write(name, CONFLICT)
    repo.write(os.fsdecode(b"bytes\xff.txt"), CONFLICT)
    repo.git("add", "-A")
    result = repo.commit()
    assert refused(result)
    assert result.err.count("[conflict]") == 3 * (len(names) + 1)
    assert "\x1b" not in result.err


# --- where it runs -----------------------------------------------------------

@pytest.mark.parametrize("env", [
    {}, {"HOME": None}, {"HOME": ""}, {"HOME": "/nonexistent/home"},
    {"PATH": "/usr/bin:/bin"}, {"TERM": None}, {"LC_ALL": "C"},
    {"XDG_STATE_HOME": "relative"}])
def test_from_a_client_without_a_terminal(repo, env):
    """Odd surroundings, closed descriptors, no terminal, no session."""
    repo.write("bad.txt", CONFLICT)
    repo.git("add", ".")
    close = 'exec git commit -q -m x <&- >&- 2>"$0"'
    done = subprocess.run(
        ["setsid", "sh", "-c", close, str(repo.friday.home / "said")],
        cwd=repo.path, env={k: v for k, v in {**repo.env, **env}.items()
                            if v is not None}, timeout=60)
    said = (repo.friday.home / "said").read_text()
    assert done.returncode == 1 and "[conflict]" in said, said


def test_closed_descriptors_of_its_own(repo):
    repo.write("bad.txt", CONFLICT)
    repo.git("add", ".")
    result = repo.run("sh", "-c", f"'{FRIDAY}' hook run pre-commit "
                      "<&- >&- 2>&-; echo $?")
    assert result.out == "1\n"
    # Nothing was written into what was opened in their place.
    assert repo.run(FRIDAY, "audit", "verify").status == 0


def test_a_read_only_home(repo, tmp_path):
    """Only the record needs it, and only for skips."""
    home = tmp_path / "readonly"
    home.write_text("not a folder")
    repo.write("bad.txt", CONFLICT)
    repo.git("add", ".")
    assert refused(repo.commit(HOME=str(home)))
    result = repo.commit(HOME=str(home), FRIDAY_SKIP="conflict")
    assert refused(result) and "nothing can be recorded" in result.err


# --- what fails --------------------------------------------------------------

def test_a_broken_configuration_stops_nobody(repo):
    repo.friday.config("{ this is not JSON")
    repo.write("bad.txt", CONFLICT)
    repo.git("add", ".")
    result = repo.commit()
    assert result.status == 0
    assert "config.json" in result.err and "goes on without" in result.err
    repo.git("reset", "-q", "--soft", "HEAD^")
    assert repo.commit(FRIDAY_HOOK_FAIL="closed").status == 1


def test_failing_closed_by_setting(repo):
    repo.friday.config({"git_hooks": {"fail": "closed"}})
    result = repo.hook("run", "commit-msg", "/nonexistent/file")
    assert result.status == 1 and "refuses" in result.err, result
    (repo.path / ".git" / "index").write_bytes(b"not an index")
    result = repo.hook("run", "pre-commit")
    assert result.status == 1 and "refuses" in result.err, result
    repo.friday.config({})
    assert repo.hook("run", "pre-commit").status == 0


@pytest.mark.parametrize("arguments", [
    [], ["nonsense"], ["pre-receive"], ["--nonsense", "pre-commit"]])
def test_wrong_calls(repo, arguments):
    assert repo.hook("run", *arguments).status == 2


# --- by hand -----------------------------------------------------------------

def test_by_hand(repo):
    repo.write("bad.txt", CONFLICT)
    repo.git("add", ".")
    reply = json.loads(repo.hook("run", "pre-commit", "--json").out)
    assert {f["code"] for f in reply["findings"]} == {"conflict"}
    sarif = json.loads(repo.hook("run", "pre-commit", "--sarif").out)
    assert sarif["version"] == "2.1.0"
    assert repo.hook("run", "pre-commit", "README.md").status == 0
    assert repo.hook("run", "pre-commit", "bad.txt").status == 1
    repo.git("commit", "-q", "--no-verify", "-m", "bad")
    assert repo.hook("run", "pre-commit").status == 0
    assert repo.hook("run", "pre-commit", "--all-files").status == 1
    assert repo.hook("run", "pre-commit", "--range",
                     "HEAD^..HEAD").status == 1


def test_running_changes_nothing_at_all(repo):
    repo.write("a.txt", "staged\n")
    repo.git("add", ".")
    repo.write("a.txt", "not staged\n")
    repo.write("b.txt", "untracked\n")
    (repo.path / "README.md").unlink()
    before = picture(repo.path)
    for arguments in (["pre-commit"], ["pre-commit", "--all-files"]):
        repo.hook("run", *arguments)
    assert picture(repo.path) == before


# --- with a model ------------------------------------------------------------

@pytest.fixture
def model(repo):
    """A model that the user has chosen; a change to review."""
    repo.env.update({k: v for k, v in repo.friday.env.items()
                     if k.startswith("FRIDAY_")})
    repo.server = repo.friday.server
    repo.write("a.c", "int\nadd(int a)\n{\n\treturn a;\n}\n")
    repo.git("add", ".")
    return repo


def found(severity="error"):
    return [[say(json.dumps({"notes": "Read.", "findings": [{
        "path": "a.c", "line": 4, "end_line": 4, "severity": severity,
        "category": "bug", "message": "Nothing is added.",
        "fix": "Add something.", "confidence": 0.9}]}))],
        [say(json.dumps({"verdicts": [{"id": 1, "holds": True,
                                       "confidence": 0.9,
                                       "reason": "It says so."}]}))]]


def test_a_commit_is_reviewed_where_a_model_is_configured(model):
    model.server.script(*found())
    result = model.commit()
    assert result.status == 0 and "Nothing is added." in result.err
    assert "a.c:4" in result.err


def test_a_review_refuses_where_it_is_asked_to(model):
    model.friday.config({"code_review": {"block": "error"}})
    model.server.script(*found())
    head = model.head()
    result = model.commit()
    assert result.status == 1 and "code_review.block" in result.err
    assert model.head() == head


@pytest.mark.parametrize("fail, status_", [("open", 0), ("closed", 1)])
def test_a_review_that_fails(model, fail, status_):
    model.friday.config({"code_review": {"fail": fail}})
    model.server.script(*[[status(500)]] * 9)
    result = model.commit()
    assert result.status == status_ and "not reviewed" in result.err, result


def test_no_review_where_it_is_not_wanted(model):
    assert model.commit(FRIDAY_SKIP="review").status == 0
    assert "review" in model.skips()
    model.write("bad.txt", CONFLICT)
    model.git("add", ".")
    assert refused(model.commit())
    model.friday.config({"code_review": {"commit": False}})
    model.write("bad.txt", "fine\n")
    model.git("add", ".")
    assert model.commit().status == 0
    assert model.server.requests == []


def test_an_interrupted_review_commits_nothing(model):
    model.server.script([wait()])
    head = model.head()
    process = subprocess.Popen(
        ["git", "commit", "-q", "-m", "x"], cwd=model.path, env=model.env,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True)
    wait_for(lambda: model.server.requests, what="the question")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) != 0
    assert model.head() == head
    assert not (model.path / ".git" / "index.lock").exists()
