#!/usr/bin/python3
"""What the sandbox adds to a command, beside plain sh and bare bubblewrap.

    bench/sandbox.py [-n ROUNDS] [--files N]

All in turns, in one run: `sh -c :` by itself, in bwrap with every namespace,
in friday's helper as the tools start it, and through `friday sandbox` (which
reads the configuration and walks the workspace each time; a session remembers
that walk). In a new repository, and in one of N files (default 20,000).
Prints the median, the lowest and highest, and what is added to plain sh.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FRIDAY = os.environ.get("FRIDAY_BIN", os.path.join(ROOT, "build", "friday"))
COMMAND = ["/bin/sh", "-c", ":"]


def helper_line(folder):
    """The helper's own command line, as friday makes it: from its /proc."""
    process = subprocess.Popen([FRIDAY, "sandbox", "--", "cat"], cwd=folder,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdin.write(b"x")
    process.stdin.flush()
    process.stdout.read(1)  # it is the helper now, and the command runs
    with open(f"/proc/{process.pid}/cmdline", "rb") as f:
        line = [os.fsdecode(a) for a in f.read().split(b"\0")[:-1]]
    with open(f"/proc/{process.pid}/environ", "rb") as f:
        env = dict(os.fsdecode(v).split("=", 1)
                   for v in f.read().split(b"\0")[:-1])
    process.communicate()
    return line[:line.index("--")], env


def once(argv, folder, env):
    start = time.perf_counter()
    subprocess.run(argv, cwd=folder, env=env, check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def measure(title, folder, rounds):
    line, env = helper_line(folder)
    rows = {"sh": (COMMAND, None)}
    if shutil.which("bwrap"):
        rows["bwrap"] = (
            ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "--dev", "/dev",
             "--proc", "/proc", "--tmpfs", "/tmp", *COMMAND], None)
    rows["friday-sandbox"] = (line + ["--", *COMMAND], env)
    rows["friday sandbox"] = ([FRIDAY, "sandbox", "--", *COMMAND], None)
    times = {name: [] for name in rows}
    for turn in range(rounds + 1):  # the first does not count
        for name, (argv, env) in rows.items():
            taken = once(argv, folder, env)
            if turn:
                times[name].append(taken)
    plain = statistics.median(times["sh"])
    print(title)
    for name, t in times.items():
        median = statistics.median(t)
        print(f"  {name:16} {median:7.2f} ms ({min(t):.2f}-{max(t):.2f})"
              f"  added {median - plain:6.2f} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=30)
    parser.add_argument("--files", type=int, default=20000)
    options = parser.parse_args()
    top = tempfile.mkdtemp(prefix="friday-bench-")
    try:
        os.environ["HOME"] = top
        for title, files in (("new repository", 0),
                             (f"{options.files} files", options.files)):
            folder = os.path.join(top, str(files))
            subprocess.run(["git", "init", "-q", folder], check=True)
            for i in range(files):
                sub = os.path.join(folder, f"d{i // 50}")
                if i % 50 == 0:
                    os.mkdir(sub)
                with open(os.path.join(sub, f"f{i}.c"), "w") as f:
                    f.write("int x;\n")
            measure(title, folder, options.n)
    finally:
        shutil.rmtree(top)


if __name__ == "__main__":
    sys.exit(main())
