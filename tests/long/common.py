"""What the long tests share: a home folder and a repository of their own, the
scripted model, the built program, and a look into its database.

Each test is a program: `tests/long/NAME [SIZE]`. It prints what it measured,
and fails with a sentence. FRIDAY_BIN names another binary.
"""
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")
FRIDAY = os.environ.get("FRIDAY_BIN", os.path.join(BUILD, "friday"))
sys.path.insert(0, os.path.join(ROOT, "tests", "wire"))
sys.dont_write_bytecode = True

from model_server import ModelServer  # noqa: E402


def size(default):
    """How much to do: the first argument, or what is usual."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else default


def check(true, text):
    if not true:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {text}")


class Place:
    """A home folder, a repository, a model."""

    def __init__(self, folder):
        self.home = os.path.join(folder, "home")
        self.repo = os.path.join(folder, "repo")
        os.mkdir(self.home)
        os.mkdir(self.repo)
        self.server = ModelServer()
        self.env = {
            "HOME": self.home, "PATH": os.environ["PATH"], "TERM": "dumb",
            "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
            "FRIDAY_PROVIDER": "openai-chat", "FRIDAY_MODEL": "test-model",
            "FRIDAY_BASE_URL": self.server.url("openai-chat"),
            "FRIDAY_API_KEY": "test-key", "FRIDAY_MODE": "auto",
            "FRIDAY_MAX_TURNS": "100000", "FRIDAY_RETRY_FIRST_MS": "5"}
        subprocess.run(["git", "init", "-q"], cwd=self.repo, env=self.env,
                       check=True)
        with open(os.path.join(self.repo, "a.c"), "w") as f:
            f.write("int\nmain(void)\n{\n\treturn 0;\n}\n")

    def start(self, *args, **kwargs):
        return subprocess.Popen(
            [FRIDAY, *args], cwd=self.repo, env=self.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, **kwargs)

    def run(self, *args, status=0, seconds=300):
        """Output of a run that must end with `status`."""
        done = subprocess.run(
            [FRIDAY, *args], cwd=self.repo, env=self.env, timeout=seconds,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        check(done.returncode == status,
              f"friday {' '.join(args)[:80]}: status {done.returncode}:\n"
              f"{done.stdout[-2000:]}")
        return done.stdout

    def query(self, sql, *values):
        path = os.path.join(self.home, ".local/state/friday/friday.db")
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as db:
            return db.execute(sql, values).fetchall()

    def last_session(self):
        return json.loads(self.run("session", "list", "--json"))[
            "sessions"][0]["session"]

    def check_database(self):
        """Whole, every seq there, and as many as the session says."""
        check(self.query("PRAGMA integrity_check") == [("ok",)],
              "the database is damaged")
        gaps = self.query(
            "SELECT s.id, s.last_seq, count(e.seq), max(e.seq) FROM session s"
            " LEFT JOIN event e ON e.session = s.num GROUP BY s.num"
            " HAVING s.last_seq <> count(e.seq)"
            " OR s.last_seq <> coalesce(max(e.seq), 0)")
        check(not gaps, f"gaps in seq: {gaps}")


@contextlib.contextmanager
def place():
    folder = tempfile.mkdtemp(prefix="friday-long-")
    p = Place(folder)
    try:
        yield p
    finally:
        p.server.close()
        shutil.rmtree(folder, ignore_errors=True)


def rss_mib(pid, peak=False):
    """Memory of a process now, or at most so far; 0: it is gone."""
    name = "VmHWM:" if peak else "VmRSS:"
    try:
        with open(f"/proc/{pid}/status") as f:
            for line in f:
                if line.startswith(name):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0
