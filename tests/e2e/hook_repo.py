"""What the tests of git's hooks share: a repository without a model, git as a
person calls it, and pictures of everything that must stay as it is."""
import hashlib
import os
import stat
import subprocess

from conftest import FRIDAY, LIMIT, Result

NAMES = ("pre-commit", "prepare-commit-msg", "commit-msg", "pre-push",
         "post-checkout", "post-merge")
# Put together here, so that no scanner takes this file for a leak.
TOKEN = "glpat" + "-" + "Zx9kQ2vLm7Rt4WpYs8Bd"  # fake
CONFLICT = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"


class Repo:
    """A repository with a home of its own; no model unless a test says so."""

    def __init__(self, friday, path=None):
        self.friday, self.path = friday, path or friday.repo
        self.env = {k: v for k, v in friday.env.items()
                    if not k.startswith("FRIDAY_") or k == "FRIDAY_DATA_DIR"}
        self.env.update(GIT_EDITOR="true", GIT_CONFIG_NOSYSTEM="1")

    def run(self, *argv, input=None, check=False, cwd=None, **env):
        done = subprocess.run(
            argv, cwd=cwd or self.path,
            env={k: v for k, v in {**self.env, **env}.items()
                 if v is not None},
            input=input, stdin=subprocess.DEVNULL if input is None else None,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT)
        result = Result(done.returncode, done.stdout.decode(
            errors="replace"), done.stderr.decode(errors="replace"))
        assert not check or result.status == 0, (argv, result)
        return result

    def git(self, *args, **more):
        return self.run("git", *args, check=True, **more).out

    def try_git(self, *args, **more):
        return self.run("git", *args, **more)

    def hook(self, *args, **more):
        """friday hook …"""
        return self.run(FRIDAY, "hook", *args, **more)

    def write(self, name, data):
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
        return target

    def script(self, name, body, mode=0o755):
        """A hook of somebody else's."""
        path = self.hooks() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n" + body)
        path.chmod(mode)
        return path

    def hooks(self):
        return self.path / ".git" / "hooks"

    def commit(self, message="Add it", *args, **more):
        return self.try_git("commit", "-q", "-m", message, *args, **more)

    def head(self):
        return self.git("rev-parse", "HEAD").strip()

    def skips(self):
        """Codes that the audit log says were skipped."""
        out = self.run(FRIDAY, "audit", "export", "--action", "check.skip",
                       check=True).out
        import json
        return [json.loads(line)["resource_id"] for line in out.splitlines()]


def picture(folder, ignore=()):
    """Every file below: kind, permissions and content."""
    seen = {}
    for path, folders, files in os.walk(folder):
        for name in sorted(folders + files):
            whole = os.path.join(path, name)
            short = os.path.relpath(whole, folder)
            if any(short == i or short.startswith(i + "/") for i in ignore):
                continue
            st = os.lstat(whole)
            if stat.S_ISLNK(st.st_mode):
                what = "-> " + os.readlink(whole)
            elif stat.S_ISREG(st.st_mode):
                with open(whole, "rb") as f:
                    what = hashlib.sha1(f.read()).hexdigest()
            else:
                what = ""
            seen[short] = (oct(st.st_mode), what)
    return seen
