"""The message of a commit: a draft where nobody has written anything, and what
is said of what somebody wrote."""
import json
import stat

import pytest
from conftest import FRIDAY
from hook_repo import TOKEN, Repo
from model_server import drop, say, status, wait

CONVENTIONAL = ["feat: add a", "fix(x): mend b", "docs: tell of c",
                "chore: drop d", "test: try e", "fix: mend f"]


@pytest.fixture
def repo(friday):
    r = Repo(friday)
    r.hook("install", check=True)
    return r


@pytest.fixture
def model(repo):
    """A model that the user has chosen."""
    repo.env.update({k: v for k, v in repo.friday.env.items()
                     if k.startswith("FRIDAY_")})
    # Not what is tested here.
    repo.friday.config({"code_review": {"commit": False}})
    repo.server = repo.friday.server
    return repo


def stage(repo, name="a.c", text="int\nadd(int a)\n{\n\treturn a;\n}\n"):
    repo.write(name, text)
    repo.git("add", name)


def shown(repo, *args, **env):
    """What the editor is shown; nothing is committed."""
    result = repo.try_git("commit", *args, GIT_EDITOR="sh -c 'cat \"$1\" "
                          ">.git/shown; exit 1' --", **env)
    assert result.status != 0
    return (repo.path / ".git" / "shown").read_text(), result.err


# --- drafts without a model ---------------------------------------------------

def test_a_summary_as_comment(repo):
    stage(repo)
    stage(repo, "with blank.md", "text\n")
    repo.git("mv", "README.md", "READ.md")
    text, _ = shown(repo)
    assert text.startswith("\n# What is staged:\n# 3 files: 2 new, 1 moved\n")
    assert "#   a.c new +5: add\n" in text
    assert "#   README.md -> READ.md\n" in text
    assert "# Please enter the commit message" in text


def test_the_index_says_who_calls(repo):
    stage(repo)
    stage(repo, "b.c", "int add(int a);\nint\nuse(void)\n{\n"
          "\treturn add(1);\n}\n")
    repo.git("commit", "-q", "-m", "Add a")
    stage(repo, text="int\nadd(int a)\n{\n\treturn a + 1;\n}\n")
    assert "#   a.c +1: add\n" in shown(repo)[0]
    repo.run(FRIDAY, "index", check=True)
    assert "#   a.c +1: add (1 caller)\n" in shown(repo)[0]


def test_a_comment_is_no_message(repo):
    stage(repo)
    result = repo.try_git("commit", GIT_EDITOR="true")
    assert result.status == 1 and "empty commit message" in result.err
    write = "sh -c 'printf \"Add a\\n\" >t; cat \"$1\" >>t; cat t >\"$1\"' --"
    assert repo.try_git("commit", "-q", GIT_EDITOR=write).status == 0
    assert repo.git("log", "-1", "--format=%B").strip() == "Add a"


@pytest.mark.parametrize("arguments", [
    ["-m", "Mine"], ["-F", "message"], ["-C", "HEAD"], ["-c", "HEAD"],
    ["-t", "template"], ["--amend"], ["--fixup", "HEAD"],
    ["--squash", "HEAD", "-m", "x"]])
def test_what_the_user_gave_is_not_touched(repo, arguments):
    """The same as without hooks, byte for byte."""
    repo.write("message", "Mine\n\nAs I say.\n")
    repo.write("template", "\nWhy:\n\n# what\n")
    stage(repo)
    results = []
    for hooks in (True, False):
        if not hooks:
            repo.hook("uninstall", check=True)
        repo.try_git("commit", *arguments, GIT_EDITOR="sh -c 'cat \"$1\" "
                     ">.git/shown; exit 1' --")
        file = repo.path / ".git" / "COMMIT_EDITMSG"
        results.append(file.read_bytes())
        repo.git("reset", "-q", "--soft",
                 repo.git("rev-list", "--max-parents=0", "HEAD").strip())
    assert results[0] == results[1]


def test_squash_and_merge_messages_are_not_touched(repo):
    repo.git("checkout", "-q", "-b", "side")
    stage(repo)
    repo.git("commit", "-q", "-m", "Add a")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--squash", "side")
    text, _ = shown(repo)
    assert "What is staged" not in text and "Squashed commit" in text
    repo.git("reset", "-q", "--hard")
    repo.git("merge", "-q", "--no-ff", "--no-commit", "side")
    text, _ = shown(repo)
    assert "What is staged" not in text and text.startswith("Merge branch")


@pytest.mark.parametrize("arguments, settings", [
    (["-s"], []), (["-v"], []), (["--cleanup=scissors"], []),
    ([], ["core.commentChar=;"]), ([], ["core.commentChar=auto"]),
    (["-v", "-s"], ["core.commentChar=%"])])
def test_comments_fit_what_git_drops(repo, arguments, settings):
    stage(repo)
    for s in settings:
        repo.git("config", *s.split("="))
    text, _ = shown(repo, *arguments)
    assert "a.c new +5: add" in text
    write = "sh -c 'printf \"Add a\\n\" >t; cat \"$1\" >>t; cat t >\"$1\"' --"
    repo.git("commit", "-q", *arguments, GIT_EDITOR=write)
    message = repo.git("log", "-1", "--format=%B")
    assert "staged" not in message and "a.c" not in message
    assert ("Signed-off-by" in message) == ("-s" in arguments)


def test_a_diff_of_many_megabytes_below_the_message(repo):
    stage(repo, "big.txt", "word word word word\n" * 1500000)
    write = ("sh -c 'printf \"Add a.\\n\" >t; cat \"$1\" >>t; "
             "cat t >\"$1\"' --")
    result = repo.try_git("commit", "-q", "-v", GIT_EDITOR=write,
                          FRIDAY_SKIP="large-file")
    assert result.status == 0 and "goes on without" not in result.err, result
    assert repo.git("log", "-1", "--format=%B").strip() == "Add a."


@pytest.mark.parametrize("value", ["verbatim", "whitespace"])
def test_no_comment_where_comments_are_kept(repo, value):
    stage(repo)
    repo.git("config", "commit.cleanup", value)
    assert "What is staged" not in shown(repo)[0]


def test_nothing_is_drafted_when_it_is_off(repo):
    repo.friday.config({"git_hooks": {"draft": "off"}})
    stage(repo)
    assert "What is staged" not in shown(repo)[0]


def test_permissions_of_the_file_stay(repo):
    stage(repo)
    shown(repo)
    file = repo.path / ".git" / "COMMIT_EDITMSG"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


# --- drafts by a model ---------------------------------------------------------

def test_a_draft_in_the_style_of_the_log(model):
    for subject in CONVENTIONAL:
        model.git("commit", "-q", "--allow-empty", "-m", subject)
    stage(model)
    model.server.script([say("```\nfeat: add add\n\nIt was missing.\n\n"
                             "Signed-off-by: Model <m@example.invalid>\n"
                             "Co-authored-by: Model <m@e.invalid>\n```")])
    model.git("commit", "-q", GIT_EDITOR="true")
    assert model.git("log", "-1", "--format=%B").strip() == (
        "feat: add add\n\nIt was missing.")
    asked = json.dumps(model.server.requests[-1].json)
    assert "Conventional Commits" in asked and "docs: tell of c" in asked
    assert "+add(int a)" in asked


def test_secrets_do_not_leave_for_a_draft(model):
    stage(model, "key.py", f"token = '{TOKEN}'\n")
    model.server.script([say("Add a key")])
    model.git("commit", "-q", GIT_EDITOR="true", FRIDAY_SKIP="secret")
    asked = json.dumps(model.server.requests[-1].json)
    assert TOKEN not in asked and "key.py" in asked


def test_withheld_files_do_not_leave(model):
    stage(model, ".env", "DATABASE=postgres-hunter\n")
    stage(model)
    model.server.script([say("Add a")])
    model.git("commit", "-q", GIT_EDITOR="true")
    assert "postgres-hunter" not in json.dumps(
        model.server.requests[-1].json)


def test_a_trailer_only_where_it_is_asked_for(model):
    model.friday.config({"code_review": {"commit": False}, "git_hooks": {
        "trailer": "Assisted-by: friday"}})
    stage(model)
    model.server.script([say("Add a")])
    model.git("commit", "-q", GIT_EDITOR="true")
    assert model.git("log", "-1", "--format=%B").strip() == (
        "Add a\n\nAssisted-by: friday")
    stage(model, "b.c")
    model.git("commit", "-q", "-m", "Mine")
    assert model.git("log", "-1", "--format=%B").strip() == "Mine"


def test_a_draft_as_comment(model):
    model.friday.config({"code_review": {"commit": False},
                         "git_hooks": {"draft": "comment"}})
    stage(model)
    model.server.script([say("Add a\n\n# not lost")])
    text, _ = shown(model)
    assert "# Add a\n" in text and "# # not lost" in text
    assert text.startswith("\n#")


def test_a_line_like_a_comment_is_kept(model):
    stage(model)
    model.server.script([say("Add a\n\n#1 is mended by it.")])
    model.git("commit", "-q", GIT_EDITOR="true")
    assert "#1 is mended" in model.git("log", "-1", "--format=%B")


@pytest.mark.parametrize("answer", [
    [status(500)], [drop()], [say("")], [say("x" * 5000)],
    [say("\x1b]0;x\x07\n")], [say("Signed-off-by: A <a@b>\n")],
    [status(401)]])
def test_a_model_that_fails_leaves_the_summary(model, answer):
    stage(model)
    model.server.script(*[answer] * 5)
    text, said = shown(model)
    if "no draft of the message" in said:
        assert "# What is staged:" in text
    assert "\x1b" not in text and "\x07" not in text
    assert "Signed-off-by" not in text and "xxxxx" not in text


def test_a_model_that_hangs_is_given_up(model):
    model.friday.config({"code_review": {"commit": False},
                         "git_hooks": {"draft_seconds": 1}})
    stage(model)
    model.server.script([wait()])
    text, said = shown(model)
    assert "no draft of the message" in said
    assert "# What is staged:" in text


def test_nothing_is_asked_without_an_editor(model):
    stage(model)
    model.git("commit", "-q", "-m", "Mine")
    assert model.server.requests == []


def test_in_all_formats(wire, friday):
    r = Repo(friday)
    r.env = dict(friday.env, GIT_EDITOR="true")
    friday.config({"code_review": {"commit": False}})
    r.hook("install", check=True)
    stage(r)
    friday.server.script([say("Add a")])
    r.git("commit", "-q")
    assert r.git("log", "-1", "--format=%B").strip() == "Add a"
    actions = r.run(FRIDAY, "audit", "export", check=True).out
    assert '"model.ask"' in actions and '"model.answer"' in actions


# --- what is said of a message --------------------------------------------------

def said(repo, message, **more):
    repo.write("file", repo.head() + str(hash(message)) + "\n")
    repo.git("add", "file")
    return repo.try_git("commit", "-q", "-F", "-", input=message.encode(),
                        **more)


@pytest.mark.parametrize("message, code", [
    ("Add a\n", None),
    ("Add a very long subject that says nearly all that there is to be said "
     "of it\n", "message-length"),
    ("Add a\nand b\n", "message-blank"),
    ("Add a\n\n<<<<<<< HEAD\n", "message-junk"),
    ("Add \u202ea\n", "message-unicode"),
    ("Co-authored-by: A <a@b.example>\n", "message-subject")])
def test_faults_are_warnings(repo, message, code):
    result = said(repo, message)
    assert result.status == 0
    assert (code or "") in result.err and bool(code) == bool(result.err)


def test_the_form_of_the_log_is_asked_for(repo):
    for subject in CONVENTIONAL:
        assert said(repo, subject + "\n").err == ""
    assert "[message-form]" in said(repo, "Add g\n").err
    assert "[message-type]" in said(repo, "gix: g\n").err
    assert said(repo, "fixup! docs: tell of c\n").err == ""
    repo.friday.config({"git_hooks": {"message_form": "any"}})
    assert said(repo, "Add g\n").err == ""


def test_faults_refuse_where_it_is_asked_for(repo):
    repo.friday.config({"git_hooks": {"message": "refuse"}})
    head = repo.head()
    result = said(repo, "Add a\nand b\n")
    assert result.status == 1 and repo.head() == head
    assert "Add a\nand b\n" == (
        repo.path / ".git" / "COMMIT_EDITMSG").read_text()
    assert said(repo, "Add a\nand b\n",
                FRIDAY_SKIP="message-blank").status == 0
    assert "message-blank" in repo.skips()


def test_a_credential_in_the_message_is_refused(repo):
    result = said(repo, f"Add a\n\nuse {TOKEN}\n")
    assert result.status == 1 and "[message-secret]" in result.err
    assert TOKEN not in result.err
    repo.friday.config({"git_hooks": {"message": "off"}})
    assert said(repo, f"Add a\n\nuse {TOKEN}\n").status == 0
