"""What bench/run and bench/screen share: the model as a process, the programs
set up side by side, values by row and program."""
import os
import statistics
import subprocess
import sys
import threading
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(BENCH)
BUILD = os.path.join(ROOT, "build")


class Model:
    """bench/model.py as a process, and the requests it got."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(BENCH, "model.py")],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.lines = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            wire, size, turn, start, end = line.split()
            self.lines.append({"bytes": int(size), "turn": int(turn),
                               "start": int(start), "end": int(end)})

    def take(self):
        """Requests since the last call that offered tools."""
        time.sleep(0.01)  # the last line is on its way
        lines, self.lines = self.lines, []
        return [r for r in lines if r["turn"] >= 0]

    def close(self):
        self.process.terminate()
        self.process.wait()


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


class Table:
    """Values by row and program."""

    def __init__(self, names):
        self.names, self.rows = names, {}

    def add(self, row, name, value):
        self.rows.setdefault(row, {}).setdefault(name, []).append(value)

    def values(self, row, name):
        return self.rows.get(row, {}).get(name, [])

    def median(self, row, name):
        """None: there is none."""
        values = self.values(row, name)
        return statistics.median(values) if values else None

    def text(self, row, name):
        """The median, and the lowest and highest where they differ."""
        values = self.values(row, name)
        if not values:
            return ""
        text = number(statistics.median(values))
        if min(values) != max(values):
            text += f" ({number(min(values))}–{number(max(values))})"
        return text


def environment(program):
    env = {"HOME": program.home, "PATH": os.environ["PATH"],
           "LC_ALL": "C.UTF-8", "TERM": "dumb", "SHELL": "/bin/bash",
           "TMPDIR": os.path.join(program.home, "tmp"),
           "NO_UPDATE_NOTIFIER": "1", "DO_NOT_TRACK": "1"}
    return {**env, **program.variables()}


def make_repository(folder, env):
    os.makedirs(folder)
    with open(os.path.join(folder, "main.c"), "w") as f:
        f.write("int\nmain(void)\n{\n\treturn 0;\n}\n")
    for command in (["init", "-q"], ["add", "."],
                    ["-c", "user.name=b", "-c", "user.email=b@localhost",
                     "commit", "-qm", "start"]):
        subprocess.run(["git", *command], cwd=folder, check=True, env=env)


def set_up(kinds, work, port, only):
    """The programs of these kinds that are there, each with a home folder and
    a repository of its own below `work`. only: names; None: all."""
    programs = []
    for kind in kinds:
        if only and kind.name not in only:
            continue
        home = os.path.join(work, kind.name, "home")
        repo = os.path.join(work, kind.name, "repo")
        program = kind(home, repo, port)
        if not program.binary:
            continue
        os.makedirs(os.path.join(home, "tmp"))
        make_repository(repo, {"HOME": home, "PATH": os.environ["PATH"],
                               "GIT_CONFIG_NOSYSTEM": "1"})
        program.prepare()
        programs.append(program)
    return programs


def build(*targets):
    subprocess.run([os.path.join(ROOT, "script", "build"), *targets],
                   check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def without_network():
    """Starts over with nothing but loopback, where that can be had."""
    if os.environ.get("BENCH_NO_NETWORK") or os.geteuid() != 0:
        return
    inside = ["unshare", "--net", "sh", "-c",
              'ip link set lo up && exec "$@"', "sh"]
    try:
        if subprocess.run([*inside, "true"],
                          stderr=subprocess.DEVNULL).returncode != 0:
            return
    except FileNotFoundError:
        return
    os.environ["BENCH_NO_NETWORK"] = "1"
    os.execvp(inside[0], [*inside, sys.executable, *sys.argv])


def machine_busy():
    """CPU seconds that all processes of the machine used so far."""
    with open("/proc/stat") as f:
        times = [int(x) for x in f.readline().split()[1:9]]
    return (sum(times) - times[3] - times[4]) / os.sysconf("SC_CLK_TCK")
