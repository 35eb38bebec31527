"""The checks of a commit, end to end: what is staged is judged and nothing
else, whatever is let through is on record, and fixing changes only what it
may. Installing the hook has a file of its own."""
import json
import os
import subprocess

import pytest
from hook_repo import CONFLICT, Repo, picture

# Put together here: no scanner should take this file for a leak.
KEY = "AKIA" + "Z7Q4M2X6K3B5NWTD"
SECRET = f"key = '{KEY}'\n"


@pytest.fixture
def repo(friday):
    r = Repo(friday)
    # The model is the review's matter; without one the hook is this alone.
    for name in ("FRIDAY_PROVIDER", "FRIDAY_MODEL", "FRIDAY_BASE_URL",
                 "FRIDAY_API_KEY"):
        friday.env.pop(name, None)
    friday.env["FRIDAY_DISCOVER"] = "0"
    return r


def check(repo, *args, **env):
    result = repo.friday("hook", "run", "pre-commit", "--json", *args, **env)
    report = json.loads(result.out)
    report["status"] = result.status
    return report


def codes(report):
    return [(f["path"], f.get("line", 0), f["code"])
            for f in report["findings"]]


def stage(repo, path, text, mode=None):
    repo.write(path, text)
    if mode:
        os.chmod(repo.path / path, mode)
    repo.git("add", path)


def audit(repo):
    out = repo.friday("audit", "export", "--action", "check.skip").out
    return [json.loads(line) for line in out.splitlines()]


# --- what is judged --------------------------------------------------------

def test_the_staged_blob_counts_and_not_the_working_copy(repo):
    stage(repo, "a.py", SECRET)
    repo.write("a.py", "key = load()\n")
    assert codes(check(repo)) == [("a.py", 1, "secret")]
    repo.git("add", "a.py")
    repo.write("a.py", SECRET)
    repo.write("untracked.py", SECRET)
    report = check(repo)
    assert report["findings"] == [] and report["status"] == 0


def test_nothing_is_changed_by_looking(repo):
    stage(repo, "a.py", SECRET)
    repo.write("a.py", "x = 1\n")
    repo.write("b.py", "y = 1\n")
    before = picture(repo.path)
    check(repo)
    check(repo, "--all-files")
    assert picture(repo.path) == before


def test_only_added_lines(repo):
    stage(repo, "a.py", SECRET)
    repo.commit("one")
    stage(repo, "a.py", SECRET + "x = 1\n")
    assert check(repo)["findings"] == []
    stage(repo, "a.py", "y = 2\n" + SECRET + SECRET.replace("key", "k2"))
    assert codes(check(repo)) == [("a.py", 3, "secret")]


def test_a_rename_is_no_new_text(repo):
    stage(repo, "a.py", SECRET)
    repo.commit("one")
    repo.git("mv", "a.py", "b.py")
    assert check(repo)["findings"] == []


def test_the_index_that_git_names(repo, tmp_path):
    """As `git commit FILE` does it: another index for the time of the hook."""
    stage(repo, "a.py", SECRET)
    other = tmp_path / "other-index"
    env = {"GIT_INDEX_FILE": str(other)}
    subprocess.run(["git", "read-tree", "HEAD"], cwd=repo.path, check=True,
                   env={**repo.friday.env, **env})
    assert check(repo, **env)["files"] == 0
    assert check(repo)["status"] == 1


def test_ranges_all_files_and_paths(repo):
    stage(repo, "a.py", SECRET)
    repo.commit("one")
    stage(repo, "sub/b.txt", CONFLICT)
    repo.commit("two")
    stage(repo, "c.py", SECRET)
    repo.commit("three")
    found = codes(check(repo, "--range", "HEAD~2..HEAD"))
    assert {f[0] for f in found} == {"sub/b.txt", "c.py"}
    found = codes(check(repo, "--all-files"))
    assert {f[0] for f in found} == {"a.py", "sub/b.txt", "c.py"}
    found = codes(check(repo, "--all-files", "sub", "c.py"))
    assert {f[0] for f in found} == {"sub/b.txt", "c.py"}
    assert repo.friday("hook", "run", "pre-commit", "--all-files",
                       "../outside").status != 0


def test_repository_of_another_format(repo, tmp_path):
    """sha256: libgit2 does not read it, the git program does."""
    other = tmp_path / "sha256"
    subprocess.run(["git", "init", "-q", "--object-format=sha256",
                    str(other)], check=True, env=repo.friday.env)
    (other / "a.py").write_text("x = 1\n" + SECRET)
    subprocess.run(["git", "add", "."], cwd=other, check=True,
                   env=repo.friday.env)
    result = repo.friday("hook", "run", "pre-commit", "--json", "--cwd",
                         str(other))
    assert codes(json.loads(result.out)) == [("a.py", 2, "secret")]


def test_every_kind_at_once(repo):
    stage(repo, "a.py", SECRET)
    stage(repo, "c.txt", CONFLICT)
    stage(repo, "d.py", "def f(:\n    pass\n")
    stage(repo, "e.json", "{\"a\": 1,}\n")
    stage(repo, "f.yaml", "a: [1\nb: 2\n")
    stage(repo, "g.toml", "[a\n")
    stage(repo, "h.bin", b"\0" * (1 << 20) + b"\0")
    stage(repo, "i.so", b"\x7fELF\2\1\1\0\0\0")
    stage(repo, "j.js", "debugger\n")
    stage(repo, "k.test.js", "it.only('x', f)\n")
    stage(repo, "src/l.js", "console.log(1)\n")
    stage(repo, "m.c", "int a;\r\nint b;\n")
    stage(repo, "n.c", "int a; // \u202e\n")
    stage(repo, "o.c", "int a\u200b;\n")
    stage(repo, "p.c", "int a;\n")
    stage(repo, "P.c", "int a;\n")
    stage(repo, "aux.c", "int a;\n")
    os.symlink("nothing", repo.path / "q")
    repo.git("add", "q")
    stage(repo, "r.txt", "text\n", mode=0o755)
    stage(repo, "s.py", "db.execute(f\"SELECT a FROM t WHERE b = {x}\")\n")
    stage(repo, "t.py", "os.system(f\"rm {x}\")\n")
    inner = repo.path / "inner"
    inner.mkdir()
    subprocess.run("git init -q && git commit -q --allow-empty -m x",
                   shell=True, cwd=inner, check=True, env=repo.friday.env)
    repo.git("add", "inner")
    report = check(repo)
    assert {(f["path"], f["code"]) for f in report["findings"]} == {
        ("a.py", "secret"), ("c.txt", "conflict"), ("d.py", "syntax"),
        ("e.json", "json"), ("f.yaml", "yaml"), ("g.toml", "toml"),
        ("h.bin", "large-file"), ("i.so", "built-file"),
        ("j.js", "breakpoint"), ("k.test.js", "focused-test"),
        ("src/l.js", "debug-print"), ("m.c", "line-ends"),
        ("n.c", "bidi"), ("o.c", "invisible"), ("p.c", "case-collision"),
        ("aux.c", "file-name"), ("q", "broken-link"),
        ("r.txt", "exec-shebang"), ("s.py", "sql-injection"),
        ("t.py", "shell-injection"), ("inner", "submodule")}
    assert report["status"] == 1


# --- output ----------------------------------------------------------------

def test_text(repo):
    stage(repo, "a.py", "x = 1\n" + SECRET)
    result = repo.friday("hook", "run", "pre-commit")
    assert result.status == 1
    assert result.out.startswith(
        "a.py:2:8: error: a secret (aws-access-key-id) [secret]\n"), result
    assert KEY not in result.out
    stage(repo, "a.py", "x = 1\n")
    result = repo.friday("hook", "run", "pre-commit")
    assert (result.status, result.out, result.err) == (0, "", "")


def test_names_cannot_speak_to_the_terminal(repo):
    stage(repo, "a\x1b]0;x\x07\n.txt", CONFLICT)
    result = repo.friday("hook", "run", "pre-commit")
    assert result.status == 1
    assert "\x1b" not in result.out and "\x07" not in result.out


def test_sarif(repo):
    stage(repo, "a b.py", SECRET)
    result = repo.friday("hook", "run", "pre-commit", "--sarif")
    log = json.loads(result.out)
    run = log["runs"][0]
    assert log["version"] == "2.1.0" and result.status == 1
    rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
    finding = run["results"][0]
    assert rules[finding["ruleIndex"]] == finding["ruleId"] == "secret"
    place = finding["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b.py"
    assert place["region"]["startLine"] == 1
    assert KEY not in result.out


# --- letting through -------------------------------------------------------

def test_marks_are_on_record(repo):
    stage(repo, "a.py", SECRET.strip() + "  # friday:allow secret a sample\n")
    report = check(repo)
    assert report["status"] == 0
    assert report["skipped"] == [{
        "code": "secret", "reason": "mark", "count": 1,
        "places": ["a.py:1 a sample"]}]
    entry = audit(repo)[0]
    assert entry["resource_id"] == "secret"
    assert "a.py:1 a sample" in json.dumps(entry)


def test_skips_are_on_record(repo):
    stage(repo, "a.py", SECRET)
    report = check(repo, FRIDAY_SKIP="secret, conflict")
    assert report["status"] == 0
    assert sorted(e["resource_id"] for e in audit(repo)) == [
        "conflict", "secret"]
    report = check(repo, FRIDAY_SKIP="secrets")
    assert report["status"] == 1 and report["unknown_skips"] == "secrets"


def test_baseline(repo):
    stage(repo, "a.py", SECRET)
    assert repo.friday("hook", "baseline").status == 0
    # A commit cannot excuse itself.
    repo.git("add", ".friday")
    assert check(repo)["status"] == 1
    repo.commit("with the baseline")
    report = check(repo, "--all-files")
    assert report["status"] == 0
    assert report["skipped"][0]["reason"] == "baseline"
    # Another line is no known one.
    stage(repo, "a.py", SECRET + "other = '" + KEY[:-1] + "E'\n")
    assert codes(check(repo)) == [("a.py", 2, "secret")]


def test_rules_of_the_user(repo):
    repo.friday.config({"checks": {"rules": [
        "allow secret certs/**", "off conflict", "warning todo"]}})
    stage(repo, "certs/a.py", SECRET)
    stage(repo, "b.txt", CONFLICT)
    stage(repo, "c.c", "/* TODO: more */\n")
    report = check(repo)
    assert codes(report) == [("c.c", 1, "todo")]
    assert report["skipped"][0]["reason"] == "allowed"
    repo.friday.config({"checks": {"rules": ["off nothing"]}})
    assert repo.friday("hook", "checks").status != 0


def test_a_project_that_is_not_trusted_only_narrows(repo):
    repo.write(".friday/config.json", json.dumps({"checks": {
        "rules": ["off secret", "error debug-print", "allow * **"],
        "large_bytes": 100}}))
    stage(repo, "a.py", SECRET)
    stage(repo, "src/b.js", "console.log(1)\n")
    stage(repo, "c.txt", "x" * 200 + "\n")
    report = check(repo)
    assert {f["code"]: f["severity"] for f in report["findings"]} == {
        "secret": "error", "debug-print": "error", "large-file": "error"}
    assert "off secret" in report["ignored_rules"]
    assert repo.friday("config", "trust").status == 0
    report = check(repo)
    assert report["findings"] == []


def test_a_project_cannot_raise_the_limit(repo):
    repo.write(".friday/config.json", json.dumps({"checks": {
        "large_bytes": 1 << 30}}))
    stage(repo, "c.txt", "x" * (1 << 20) + "\n")
    assert codes(check(repo)) == [("c.txt", 0, "large-file")]


# --- fixing ----------------------------------------------------------------

MIXED = "int a;\r\nint b;\nint c;\r\n"


def staged(repo, path):
    return subprocess.run(["git", "show", f":{path}"], cwd=repo.path,
                          env=repo.friday.env, check=True,
                          stdout=subprocess.PIPE).stdout.decode()


def test_fix_changes_the_working_copy_alone(repo):
    stage(repo, "a.c", MIXED)
    os.chmod(repo.path / "a.c", 0o640)
    result = repo.friday("hook", "run", "pre-commit", "--fix")
    assert "+int b;" in result.out
    assert (repo.path / "a.c").read_bytes() == b"int a;\r\nint b;\r\nint c;\r\n"
    assert os.stat(repo.path / "a.c").st_mode & 0o777 == 0o640
    assert staged(repo, "a.c") == MIXED


def test_fix_leaves_what_differs(repo):
    stage(repo, "a.c", MIXED)
    repo.write("a.c", MIXED + "int d;\r\n")
    before = (repo.path / "a.c").read_bytes()
    repo.friday("hook", "run", "pre-commit", "--fix")
    assert (repo.path / "a.c").read_bytes() == before
    assert staged(repo, "a.c") == MIXED
    repo.friday("hook", "run", "pre-commit", "--fix", "--stage")
    assert (repo.path / "a.c").read_bytes() == before
    assert staged(repo, "a.c") == "int a;\r\nint b;\r\nint c;\r\n"


def test_fix_does_not_follow_links(repo, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.c").write_bytes(MIXED.encode())
    stage(repo, "sub/a.c", MIXED)
    (repo.path / "sub" / "a.c").unlink()
    (repo.path / "sub").rmdir()
    os.symlink(outside, repo.path / "sub")
    repo.friday("hook", "run", "pre-commit", "--fix")
    assert (outside / "a.c").read_bytes() == MIXED.encode()


def test_fix_leaves_marked_lines(repo):
    text = "int a\u200b; // friday:allow invisible it is meant\nint \u200bb;\n"
    stage(repo, "a.c", text)
    repo.friday("hook", "run", "pre-commit", "--fix", "--stage")
    assert staged(repo, "a.c") == text.replace("int \u200bb", "int b")


# --- hostile ---------------------------------------------------------------

@pytest.mark.parametrize("text", [
    b"", b"\n", b"\r", b"\xff" * 4096, b"\0", b"{" * 100000, b"[" * 100000,
    b"-----BEGIN RSA PRIVATE KEY-----", b"friday:allow", b"a" * 3000000,
    b"<" * 200000 + b"\n"], ids=range(11))
def test_hostile_contents(repo, text):
    for name in ("a.py", "a.json", "a.yaml", "a.toml", "a.js", "a.c",
                 "package.json", ".gitmodules", "x"):
        repo.write(name, text)
    repo.git("add", "-A")
    result = repo.friday("hook", "run", "pre-commit", "--json")
    assert result.status in (0, 1), result
    json.loads(result.out)


def test_a_broken_baseline_is_told(repo):
    repo.write(".friday/checks-baseline.json", "{ broken")
    repo.git("add", "-A")
    repo.commit("a broken baseline")
    stage(repo, "a.py", SECRET)
    report = check(repo)
    assert report["status"] == 1
    assert any("does not count" in n for n in report["notes"])
