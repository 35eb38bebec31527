#!/usr/bin/python3
"""Runs friday's tests and counts them.

    run.py --build DIR [--unit] [--fuzz] [--checks] [--e2e] [--slow TIMES]
           [-- FILTER]

Without a kind: all of them. Each program runs with a home folder of its own,
in a process group of its own that is gone when it ends, for a limited time:
--slow makes it so many times longer.
The last line is "N passed, N failed", with ", N skipped" behind it if any.
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM_SECONDS = 120
E2E_SECONDS = 540
# Variables that would let the caller's own setup into a test.
FOREIGN = re.compile(
    r"^(XDG_|FRIDAY_|GIT_|.*_API_KEY$|.*_BASE_URL$|OLLAMA_"
    r"|(https?|all|no)_proxy$|(HTTPS?|ALL|NO)_PROXY$)")


class Result:
    """What one program gave: counts, and its output when it failed."""

    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0
        self.output = ""
        self.seconds = 0.0


def environment(home, build):
    env = {k: v for k, v in os.environ.items() if not FOREIGN.match(k)}
    for name, folder in (("CONFIG", "config"), ("STATE", "state"),
                         ("CACHE", "cache"), ("DATA", "share"),
                         ("RUNTIME", "run")):
        suffix = "DIR" if name == "RUNTIME" else "HOME"
        env[f"XDG_{name}_{suffix}"] = path = os.path.join(home, folder)
        os.makedirs(path, mode=0o700)
    env.update(
        HOME=home, TMPDIR=os.path.join(home, "tmp"), LC_ALL="C.UTF-8",
        FRIDAY_DATA_DIR=build, FRIDAY_BUILD=build,
        FRIDAY_BIN=os.path.join(build, "friday"), srcdir=ROOT,
        GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="friday",
        GIT_AUTHOR_EMAIL="friday@example.invalid",
        GIT_COMMITTER_NAME="friday",
        GIT_COMMITTER_EMAIL="friday@example.invalid",
        PYTHONDONTWRITEBYTECODE="1", CMOCKA_MESSAGE_OUTPUT="TAP")
    os.makedirs(env["TMPDIR"])
    return env


def run(command, args, seconds):
    """(status, output); status None: out of time. Nothing stays behind."""
    home = tempfile.mkdtemp(prefix="friday-test-")
    os.chmod(home, 0o711)  # for tests that act as another user below it
    try:
        with tempfile.TemporaryFile() as out:
            try:
                child = subprocess.Popen(
                    command, cwd=ROOT, env=environment(home, args.build),
                    stdin=subprocess.DEVNULL, stdout=out,
                    stderr=subprocess.STDOUT, start_new_session=True)
            except OSError as error:
                return 127, f"{command[0]}: {error.strerror}\n"
            try:
                status = child.wait(seconds * args.slow)
            except subprocess.TimeoutExpired:
                status = None
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()
            out.seek(0)
            return status, out.read().decode("utf-8", "replace")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def ending(status):
    if status is None:
        return "out of time"
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return f"status {status}"


def run_unit(program, args):
    """A cmocka program: each TAP line is a test; a crash is a failure."""
    result = Result(program)
    status, result.output = run([os.path.join(args.build, program)], args,
                                PROGRAM_SECONDS)
    for line in result.output.splitlines():
        # cmocka 1.1.5 calls what it skips "not ok N # SKIP name".
        if line.startswith(("ok ", "not ok ")) and "# SKIP" in line:
            result.skipped += 1
        elif line.startswith("not ok "):
            result.failed += 1
        elif line.startswith("ok "):
            result.passed += 1
    if status != 0 and result.failed == 0:
        result.failed = 1
        result.output += f"\n{ending(status)}\n"
    return result


def run_one(name, command, args):
    """A program that is one test; 77 means skipped, as in automake."""
    result = Result(name)
    status, result.output = run(command, args, PROGRAM_SECONDS)
    if status == 0:
        result.passed = 1
    elif status == 77:
        result.skipped = 1
    else:
        result.failed = 1
        result.output += f"\n{ending(status)}\n"
    return result


def run_e2e(path, args, pattern):
    """One file of end-to-end tests, by pytest."""
    result = Result(os.path.relpath(path, ROOT))
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        command = ["/usr/bin/python3", "-m", "pytest", "-q", "-p",
                   "no:cacheprovider", "--tb=short",
                   f"--junitxml={report.name}", path]
        if pattern:
            command += ["-k", pattern]
        status, result.output = run(command, args, E2E_SECONDS)
        try:
            for suite in ElementTree.parse(report.name).iter("testsuite"):
                n = {k: int(suite.get(k, 0)) for k in
                     ("tests", "failures", "errors", "skipped")}
                result.failed += n["failures"] + n["errors"]
                result.skipped += n["skipped"]
                result.passed += (n["tests"] - n["failures"] - n["errors"]
                                  - n["skipped"])
        except ElementTree.ParseError:
            pass
        # 5: no test fits the filter.
        if status not in (0, 5) and result.failed == 0:
            result.failed = 1
            result.output += f"\n{ending(status)}\n"
    return result


def collect_e2e(args):
    """The files, largest first, so that none is left alone at the end."""
    folder = os.path.join(ROOT, "tests", "e2e")
    files = [os.path.join(folder, f) for f in os.listdir(folder)
             if f.startswith("test_") and f.endswith(".py")]
    for path in sorted(files, key=os.path.getsize, reverse=True):
        name = os.path.relpath(path, ROOT)
        pattern = "" if args.filter in name else args.filter
        yield name, lambda p=path, k=pattern: run_e2e(p, args, k)


def make_list(build, target):
    out = subprocess.run(["make", "-s", "-C", build, target], check=True,
                         stdout=subprocess.PIPE, text=True,
                         stdin=subprocess.DEVNULL)
    return out.stdout.split()


def collect(args):
    """(name, function) of each program."""
    build, jobs = args.build, []
    if args.unit:
        for program in make_list(build, "print-unit-tests"):
            jobs.append((program, lambda p=program: run_unit(p, args)))
    if args.fuzz:
        for program in make_list(build, "print-fuzz-targets"):
            seeds = os.path.join(
                ROOT, "tests", "fuzz", "seeds",
                os.path.basename(program).replace("fuzz_", "", 1))
            command = [os.path.join(build, program), seeds]
            jobs.append((program, lambda p=program, c=command:
                         run_one(p, c, args)))
    if args.checks:
        for name in sorted(os.listdir(os.path.join(ROOT, "tests"))):
            if re.match(r"check-.*\.sh$", name):
                path = os.path.join(ROOT, "tests", name)
                jobs.append((f"tests/{name}", lambda p=path, n=name:
                             run_one(f"tests/{n}", [p], args)))
    return [j for j in jobs if not args.filter or args.filter in j[0]]


def report(result):
    word = "FAIL" if result.failed else "skip" if not result.passed else "ok"
    print(f"{word:4} {result.name} ({result.passed} passed, "
          f"{result.failed} failed, {result.skipped} skipped, "
          f"{result.seconds:.1f} s)", flush=True)
    if result.failed:
        print(result.output.rstrip(), flush=True)


def timed(function):
    start = time.monotonic()
    result = function()
    result.seconds = time.monotonic() - start
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    for kind in ("unit", "fuzz", "checks", "e2e"):
        parser.add_argument(f"--{kind}", action="store_true")
    parser.add_argument("--slow", type=float, default=1)
    parser.add_argument("filter", nargs="?", default="")
    args = parser.parse_args()
    if not (args.unit or args.fuzz or args.checks or args.e2e):
        args.unit = args.fuzz = args.checks = args.e2e = True
    args.build = os.path.abspath(args.build)
    results = []

    jobs = list(collect_e2e(args)) if args.e2e else []
    jobs += collect(args)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(timed, function) for _, function in jobs]
        for done in concurrent.futures.as_completed(waiting):
            results.append(done.result())
            if results[-1].passed or results[-1].failed or \
                    results[-1].skipped:
                report(results[-1])

    passed = sum(r.passed for r in results)
    failed = sum(r.failed for r in results)
    skipped = sum(r.skipped for r in results)
    if passed + failed + skipped == 0:
        print("no test fits", file=sys.stderr)
        failed = 1
    print(f"{passed} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
