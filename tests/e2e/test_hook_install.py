"""friday hook install, uninstall, status: what is there is kept, run first and
given back; where another manager is at home, it is said what to add."""
import json
import os
import shutil

import pytest
from conftest import FRIDAY
from hook_repo import CONFLICT, NAMES, Repo, picture


@pytest.fixture
def repo(friday):
    return Repo(friday)


def states(repo, *args, **more):
    reply = json.loads(repo.hook("status", "--json", *args, **more).out)
    return {h["name"]: h["state"] for h in reply["hooks"]}


def refuses(repo, **more):
    """Whether a commit of a conflict's marks is refused."""
    repo.write("c.txt", CONFLICT)
    repo.git("add", "c.txt")
    result = repo.commit(**more)
    assert ("[conflict]" in result.err) == (result.status == 1), result
    return result.status == 1


def test_install_and_uninstall_leave_the_repository_as_it_was(repo):
    before = picture(repo.path)
    assert repo.hook("install").status == 0
    assert set(states(repo).values()) == {"installed"}
    assert repo.hook("install").status == 0  # again
    assert refuses(repo)
    repo.git("rm", "-qf", "--cached", "c.txt")
    (repo.path / "c.txt").unlink()
    assert repo.hook("uninstall").status == 0
    assert repo.hook("uninstall").status == 0
    after = picture(repo.path)
    for index in (before, after):
        # What git itself writes when something is staged.
        for name in [n for n in index if n.startswith(".git/objects") or
                     n in (".git/index", ".git/COMMIT_EDITMSG")]:
            del index[name]
    assert after == before


def test_only_those_named(repo):
    repo.hook("install", "pre-commit", "pre-push", check=True)
    found = states(repo)
    assert [n for n in NAMES if found[n] == "installed"] == [
        "pre-commit", "pre-push"]
    repo.hook("uninstall", "pre-push", check=True)
    assert states(repo)["pre-push"] == "none"
    assert repo.hook("install", "update").status == 2
    assert repo.hook("install", "../../x").status == 2
    assert not (repo.path / "x").exists()


# What a former hook may be: name, its bytes, its permission bits.
FORMERS = [
    b"#!/bin/sh\nexit 0\n",
    b"#!/bin/sh\r\nexit 0\r\n",
    b"#!/usr/bin/env python3\nimport sys\nsys.exit(0)\n",
    b"exit 0\n",
    b"#!/bin/sh\nexit 0 # no line feed at the end \xff\x00",
]


@pytest.mark.parametrize("mode", [0o755, 0o700, 0o644])
@pytest.mark.parametrize("former", FORMERS)
def test_former_hooks_come_back_byte_for_byte(repo, former, mode):
    for name in NAMES:
        path = repo.hooks() / name
        path.write_bytes(former + name.encode())
        path.chmod(mode)
    before = picture(repo.hooks())
    repo.hook("install", check=True)
    assert picture(repo.hooks()) != before
    repo.hook("uninstall", check=True)
    assert picture(repo.hooks()) == before


def test_a_former_hook_decides_first(repo):
    repo.script("pre-commit", 'echo "args $#"; exit 3\n')
    repo.hook("install", check=True)
    result = repo.commit("x", "--allow-empty")
    assert result.status == 1 and "args 0" in result.err
    repo.script("pre-commit.friday-former", "exit 0\n")
    assert refuses(repo)


def test_a_former_hook_gets_arguments_and_lines(repo, tmp_path):
    repo.git("init", "-q", "--bare", str(tmp_path / "up.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "up.git"))
    for name in NAMES:
        repo.script(name, f'echo "$0 $*" >>log\ncat >>log\nexit 0\n')
    repo.hook("install", check=True)
    repo.write("a.txt", "a\n")
    repo.git("add", "a.txt")
    repo.git("commit", "-q", "-m", "Add a")
    repo.git("push", "-q", "origin", "HEAD:refs/heads/main")
    repo.git("checkout", "-q", "-b", "side")
    log = (repo.path / "log").read_text().splitlines()
    log = [line.replace(".friday-former", "") for line in log]
    hooks = ".git/hooks/"
    assert hooks + "pre-commit " in log
    assert hooks + "prepare-commit-msg .git/COMMIT_EDITMSG message" in log
    assert hooks + "commit-msg .git/COMMIT_EDITMSG" in log
    assert hooks + f"pre-push origin {tmp_path}/up.git" in log
    head = repo.head()
    assert f"HEAD {head} refs/heads/main {'0' * 40}" in log
    assert hooks + f"post-checkout {head} {head} 1" in log


def test_status_of_a_former_after_hook_is_kept(repo):
    repo.script("post-checkout", "exit 5\n")
    repo.hook("install", check=True)
    assert repo.run(".git/hooks/post-checkout", "1", "2", "1").status == 5
    assert repo.try_git("checkout", "-q", "-b", "side").status == 1


def test_what_was_changed_since_is_not_lost(repo):
    repo.script("pre-commit", "echo old\n")
    repo.hook("install", check=True)
    # Somebody mends the former hook: it comes back as mended.
    repo.script("pre-commit.friday-former", "echo mended\n")
    # Somebody adds to ours: it is not taken without being asked.
    with open(repo.hooks() / "commit-msg", "a") as f:
        f.write("echo mine\n")
    # Somebody writes over ours.
    repo.script("pre-push", "echo theirs\n")
    result = repo.hook("uninstall")
    assert result.status == 1 and "--force" in result.out
    assert (repo.hooks() / "pre-commit").read_text().endswith("mended\n")
    assert (repo.hooks() / "commit-msg").read_text().endswith("mine\n")
    assert (repo.hooks() / "pre-push").read_text().endswith("theirs\n")
    assert repo.hook("uninstall", "--force").status == 0
    assert not (repo.hooks() / "commit-msg").exists()
    kept = repo.hooks() / "commit-msg.friday-changed"
    assert kept.read_text().endswith("mine\n")


def test_without_friday_git_goes_on(repo):
    repo.hook("install", check=True)
    script = repo.hooks() / "pre-commit"
    text = script.read_text()
    assert FRIDAY in text
    script.write_text(text.replace(os.path.realpath(FRIDAY), "/gone/friday"))
    result = repo.commit("x", "--allow-empty", PATH="/usr/bin:/bin")
    assert result.status == 0 and "not found" in result.err
    closed = repo.commit("x", "--allow-empty", PATH="/usr/bin:/bin",
                         FRIDAY_HOOK_FAIL="closed")
    assert closed.status == 1


def test_a_program_with_an_odd_path(repo, tmp_path):
    folder = tmp_path / "it's a \"place\" $HOME"
    folder.mkdir()
    shutil.copy(os.path.realpath(FRIDAY), folder / "friday")
    data = os.path.dirname(os.path.realpath(FRIDAY))
    env = {"FRIDAY_DATA_DIR": os.environ.get("FRIDAY_DATA_DIR", data)}
    repo.env.update(env)
    result = repo.run(str(folder / "friday"), "hook", "install")
    assert result.status == 0, result
    assert refuses(repo, PATH="/usr/bin:/bin")


# --- other places ----------------------------------------------------------

def test_core_hooks_path_is_respected(repo, tmp_path):
    folder = tmp_path / "my hooks"
    repo.git("config", "core.hooksPath", str(folder))
    repo.hook("install", check=True)
    assert (folder / "pre-commit").exists()
    assert not (repo.hooks() / "pre-commit").exists()
    assert refuses(repo)


def test_a_relative_hooks_path_starts_at_the_top(repo):
    repo.git("config", "core.hooksPath", "hooks here")
    (repo.path / "sub").mkdir()
    repo.hook("install", cwd=repo.path / "sub", check=True)
    assert (repo.path / "hooks here" / "pre-commit").exists()
    assert refuses(repo)


def test_shared_hooks_under_version_control_are_left_alone(repo):
    repo.write(".githooks/pre-commit", "#!/bin/sh\nexit 0\n").chmod(0o755)
    repo.git("add", ".")
    repo.commit()
    repo.git("config", "core.hooksPath", ".githooks")
    result = repo.hook("install", "pre-commit")
    assert result.status == 1 and "friday hook run -- pre-commit" in result.out
    assert repo.git("status", "--porcelain") == ""
    assert repo.hook("install", "--force", "pre-commit").status == 0
    assert refuses(repo)


def test_worktrees_share_their_hooks(repo, tmp_path):
    repo.git("worktree", "add", "-q", str(tmp_path / "other"))
    other = Repo(repo.friday, tmp_path / "other")
    other.hook("install", check=True)
    assert states(repo)["pre-commit"] == "installed"
    assert refuses(other)
    assert refuses(repo)


def test_submodules_have_their_own(repo, tmp_path):
    inner = Repo(repo.friday, tmp_path / "inner")
    inner.path.mkdir()
    inner.git("init", "-q", "-b", "main")
    inner.write("a", "a\n")
    inner.git("add", ".")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q",
             str(inner.path), "sub")
    repo.commit()
    sub = Repo(repo.friday, repo.path / "sub")
    sub.hook("install", check=True)
    assert (repo.path / ".git/modules/sub/hooks/pre-commit").exists()
    assert not (repo.hooks() / "pre-commit").exists()
    assert refuses(sub)


def test_bare_repositories(repo, tmp_path):
    bare = Repo(repo.friday, tmp_path / "b.git")
    repo.git("clone", "-q", "--bare", str(repo.path), str(bare.path))
    before = picture(bare.path)
    bare.hook("install", check=True)
    assert (bare.path / "hooks" / "pre-push").exists()
    up = tmp_path / "up.git"
    bare.git("init", "-q", "--bare", str(up))
    assert bare.try_git("push", "-q", str(up), "main").status == 0
    bare.hook("uninstall", check=True)
    assert picture(bare.path) == before


def test_for_all_repositories(repo, tmp_path):
    home = repo.friday.home
    (home / ".gitconfig").write_text("[user]\n\tname = x # mine\n")
    before = picture(home, [".local/state", ".config/friday", ".cache"])
    repo.hook("install", "--global", check=True)
    assert "hooksPath" in (home / ".gitconfig").read_text()
    assert refuses(repo)
    # The repository's own hooks go on, those without a part of friday too.
    repo.git("rm", "-qf", "--cached", "c.txt")
    repo.script("pre-commit", "echo own >>log\n")
    repo.script("post-commit", "echo after >>log\n")
    assert repo.commit("x", "--allow-empty").status == 0
    assert (repo.path / "log").read_text() == "own\nafter\n"
    assert "of all repositories" in repo.hook("status").out
    # Installed here as well: once is enough.
    repo.hook("install", check=True)
    repo.write("c.txt", CONFLICT)
    repo.git("add", "c.txt")
    assert repo.commit().err.count("c.txt:1:") == 1
    repo.hook("uninstall", check=True)
    assert "installed" in states(repo, "--global").values()
    repo.hook("uninstall", "--global", check=True)
    after = picture(home, [".local/state", ".config/friday", ".cache"])
    for seen in (before, after):
        # The folder for data, and the heads of the audit log in it.
        for name in [n for n in seen if n.startswith(".local")]:
            del seen[name]
    assert after == before
    assert not (home / ".local/share/friday/git-hooks").exists()


def test_for_repositories_made_from_now_on(repo, tmp_path):
    repo.hook("install", "--template", check=True)
    fresh = Repo(repo.friday, tmp_path / "fresh")
    fresh.path.mkdir()
    fresh.git("init", "-q", "-b", "main")
    assert states(fresh)["pre-commit"] == "installed"
    assert refuses(fresh)
    repo.hook("uninstall", "--template", check=True)
    assert "templateDir" not in (
        repo.friday.home / ".gitconfig").read_text()


def test_a_setting_of_the_user_is_not_replaced(repo, tmp_path):
    repo.git("config", "--global", "core.hooksPath", str(tmp_path / "mine"))
    repo.hook("install", "--global", check=True)
    assert (tmp_path / "mine" / "pre-commit").exists()
    assert refuses(repo)
    repo.hook("uninstall", "--global", check=True)
    assert repo.git("config", "--global", "core.hooksPath").strip() == str(
        tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == []


# --- other managers ---------------------------------------------------------

def husky(repo, version):
    """The files that husky makes (its versions 8 and 9)."""
    if version == 8:
        repo.write(".husky/_/husky.sh", "exit 0\n")
        body = '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n'
        repo.git("config", "core.hooksPath", ".husky")
    else:
        body = ""
        repo.write(".husky/_/h", '#!/usr/bin/env sh\nn=$(basename "$0")\n'
                   's=$(dirname "$(dirname "$0")")/$n\n'
                   '[ ! -f "$s" ] && exit 0\nsh -e "$s" "$@"\n')
        repo.write(".husky/_/pre-commit",
                   '#!/usr/bin/env sh\n. "$(dirname "$0")/h"').chmod(0o755)
        repo.git("config", "core.hooksPath", ".husky/_")
    repo.write(".husky/pre-commit", body).chmod(0o755)
    return ".husky/pre-commit"


@pytest.mark.parametrize("version", [8, 9])
def test_husky_is_told_what_to_add(repo, version):
    path = husky(repo, version)
    before = picture(repo.path)
    result = repo.hook("install", "pre-commit")
    assert result.status == 1
    assert picture(repo.path) == before
    line = next(li for li in result.out.splitlines() if "hook run" in li)
    with open(repo.path / path, "a") as f:
        f.write(line.strip() + "\n")
    here = os.path.dirname(os.path.realpath(FRIDAY))
    if version == 9:  # of 8 the file that does the work is a stub here
        assert refuses(repo, PATH=here + ":/usr/bin:/bin")
    # For those who have no friday it does nothing.
    repo.git("rm", "-qf", "--cached", "--ignore-unmatch", "c.txt")
    assert repo.commit("x", "--allow-empty",
                       PATH="/usr/bin:/bin").status == 0


def test_lefthook_is_told_what_to_add(repo):
    repo.write("lefthook.yml", "pre-commit:\n  jobs: []\n")
    repo.script("pre-commit", "# lefthook\nexit 0\n")
    before = picture(repo.path)
    result = repo.hook("install", "pre-commit")
    assert result.status == 1 and "lefthook.yml" in result.out
    assert picture(repo.path) == before


PRE_COMMIT = """# File generated by pre-commit: https://pre-commit.com
if [ -n "${PRE_COMMIT_RUNNING_LEGACY-}" ]; then
	echo "bug: migration mode" >&2
	exit 1
fi
echo "framework" >>log
here="$(cd "$(dirname "$0")" && pwd)"
[ ! -x "$here/pre-commit.legacy" ] ||
	PRE_COMMIT_RUNNING_LEGACY=1 "$here/pre-commit.legacy" "$@"
"""


def test_the_pre_commit_framework_is_chained(repo):
    repo.script("pre-commit", PRE_COMMIT)
    result = repo.hook("install", "pre-commit")
    assert result.status == 0 and ".pre-commit-hooks.yaml" in result.out
    assert refuses(repo)
    assert (repo.path / "log").read_text() == "framework\n"
    # Installed again, it puts ours aside and runs it from there.
    os.rename(repo.hooks() / "pre-commit", repo.hooks() / "pre-commit.legacy")
    repo.script("pre-commit", PRE_COMMIT)
    assert states(repo)["pre-commit"] == "legacy"
    assert refuses(repo)
    assert (repo.path / "log").read_text() == "framework\nframework\n"
    repo.hook("install", "pre-commit", check=True)
    assert refuses(repo)
    repo.hook("uninstall", "pre-commit", check=True)
    assert repo.hooks().joinpath("pre-commit").read_text().endswith(
        PRE_COMMIT)


def test_hook_without_a_repository_is_said(friday, tmp_path):
    folder = tmp_path / "nothing"
    folder.mkdir()
    repo = Repo(friday, folder)
    for command in ("install", "uninstall", "status"):
        result = repo.hook(command)
        assert result.status == 1 and "no git repository" in result.err


def test_hooks_of_a_server_go_on_with_those_for_all(repo, tmp_path):
    """git looks for a bare repository's hooks in core.hooksPath too."""
    up = Repo(repo.friday, tmp_path / "up.git")
    repo.git("clone", "-q", "--bare", str(repo.path), str(up.path))
    log = tmp_path / "log"
    for name in ("pre-receive", "update", "post-receive", "post-update"):
        hook = up.path / "hooks" / name
        hook.write_text(f'#!/bin/sh\necho "{name} $#" >>"{log}"\n'
                        f'[ "$#" -gt 0 ] || cat >>"{log}"\n')
        hook.chmod(0o755)
    repo.hook("install", "--global", check=True)
    repo.write("a.txt", "a\n")
    repo.git("add", ".")
    old = repo.head()
    repo.git("commit", "-q", "-m", "Add a")
    repo.git("push", "-q", str(up.path), "main")
    line = f"{old} {repo.head()} refs/heads/main\n"
    assert log.read_text() == (
        f"pre-receive 0\n{line}update 3\npost-receive 0\n{line}"
        "post-update 1\n")


@pytest.mark.parametrize("value", ["/dev/null", "/nonexistent/a/b"])
def test_a_hooks_path_that_is_no_folder(repo, value):
    """Some switch hooks off so."""
    repo.git("config", "core.hooksPath", value)
    result = repo.hook("install")
    assert result.status == 1 and result.out + result.err, result
    assert repo.hook("status").status == 0
    assert repo.hook("uninstall").status == 0


def test_a_folder_that_cannot_be_written(repo):
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    repo.hooks().chmod(0o555)
    try:
        assert repo.hook("install").status == 1
    finally:
        repo.hooks().chmod(0o755)


def test_a_hooks_folder_that_is_missing_or_a_link(repo, tmp_path):
    shutil.rmtree(repo.hooks())
    repo.hook("install", check=True)
    assert refuses(repo)
    repo.hook("uninstall", check=True)
    repo.hooks().rmdir()
    (tmp_path / "shared").mkdir()
    repo.hooks().symlink_to(tmp_path / "shared")
    repo.hook("install", check=True)
    assert refuses(repo)
    repo.hook("uninstall", check=True)
    assert list((tmp_path / "shared").iterdir()) == []
