"""What every end-to-end test has: the built program, a home of its own, a real
git repository, and the scripted model server."""
import json
import os
import signal
import subprocess
import sys
import time

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "wire"))
sys.path.insert(0, os.path.join(ROOT, "tests", "screen"))

from model_server import WIRES, ModelServer  # noqa: E402

FRIDAY = os.environ.get("FRIDAY_BIN", os.path.join(ROOT, "build", "friday"))
LIMIT = 60  # seconds: a run that takes longer hangs


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def events(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def of(self, type):
        return [e for e in self.events if e["type"] == type]

    def __repr__(self):
        return f"<status {self.status}\n{self.out}\n--\n{self.err}>"


class Friday:
    """Runs the program in a repository, with a home of its own."""

    def __init__(self, home, repo, server):
        self.home, self.repo, self.server = home, repo, server
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(("FRIDAY_", "XDG_", "GIT_"))
               and not k.endswith("_API_KEY")}
        env.update(
            HOME=str(home), LC_ALL="C.UTF-8", TERM="dumb",
            GIT_CONFIG_NOSYSTEM="1",
            GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@example.invalid",
            GIT_COMMITTER_NAME="t", GIT_COMMITTER_EMAIL="t@example.invalid",
            FRIDAY_RETRY_FIRST_MS="5",
            # What the index adds depends on how fast it is: tests ask for it.
            FRIDAY_CONTEXT_TOKENS="0")
        if "FRIDAY_DATA_DIR" in os.environ:
            env["FRIDAY_DATA_DIR"] = os.environ["FRIDAY_DATA_DIR"]
        self.env = env
        self.use("openai-chat")

    def use(self, wire, **env):
        """Which format the model is spoken to in; further variables."""
        self.env.update(FRIDAY_PROVIDER=wire, FRIDAY_MODEL="test-model",
                        FRIDAY_BASE_URL=self.server.url(wire),
                        FRIDAY_MODE="auto", FRIDAY_API_KEY="test-key", **env)
        return self

    def start(self, *args, stdin=subprocess.DEVNULL, **env):
        return subprocess.Popen(
            [FRIDAY, *args], cwd=self.repo, env={**self.env, **env},
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __call__(self, *args, input=None, **env):
        done = subprocess.run(
            [FRIDAY, *args], cwd=self.repo, env={**self.env, **env},
            input=input.encode() if isinstance(input, str) else input,
            stdin=subprocess.DEVNULL if input is None else None,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT)
        return Result(done.returncode, done.stdout.decode(),
                      done.stderr.decode())

    def write(self, path, text):
        target = self.repo / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return target

    def read(self, path):
        return (self.repo / path).read_text()

    def config(self, value):
        """Writes the user's config.json (a dict, or text as it is)."""
        path = self.home / ".config" / "friday" / "config.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str)
                        else json.dumps(value))
        return path

    def git(self, *args):
        return subprocess.run(["git", *args], cwd=self.repo, env=self.env,
                              check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE).stdout.decode()


def read_until(process, check, timeout=20):
    """Reads JSON lines from a running `friday run --json` until check(event)
    is true; returns all events so far."""
    events = []
    end = time.monotonic() + timeout
    for line in process.stdout:
        events.append(json.loads(line))
        if check(events[-1]):
            return events
        assert time.monotonic() < end, f"did not come: {events}"
    raise AssertionError(f"ended early: {events} {process.stderr.read()}")


def wait_for(check, timeout=20, what="it"):
    end = time.monotonic() + timeout
    while not check():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.01)


def alive(pattern):
    """Pids of processes whose command line has this text."""
    found = []
    for pid in os.listdir("/proc"):
        if not pid.isdigit() or int(pid) == os.getpid():
            continue
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if pattern.encode() in f.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


@pytest.fixture
def server():
    s = ModelServer()
    yield s
    s.close()


@pytest.fixture
def friday(tmp_path, server):
    home, repo = tmp_path / "home", tmp_path / "repo"
    home.mkdir()
    repo.mkdir()
    f = Friday(home, repo, server)
    f.git("init", "-q", "-b", "main")
    f.write("README.md", "# test\n")
    f.git("add", ".")
    f.git("commit", "-q", "-m", "first")
    return f


@pytest.fixture(params=WIRES)
def wire(request, friday):
    friday.use(request.param)
    return request.param


@pytest.fixture
def running():
    """Processes that must not outlive the test."""
    started = []
    yield started.append
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
