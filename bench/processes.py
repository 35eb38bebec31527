"""What processes use, and their end: all that a measured program started,
also what has left its process group or its parent."""
import ctypes
import os
import signal
import time

PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """Processes below this one whose parents end become its children: none
    gets away."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children():
    kids = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            kids.setdefault(parent, []).append(int(name))
    return kids


def family(root):
    kids, found, todo = children(), [], [root]
    while todo:
        found.append(todo.pop())
        todo += kids.get(found[-1], [])
    return found


def end_others(keep, seconds=5):
    """Kills all below this process but those in `keep`. How many would not
    go in time."""
    until = time.monotonic() + seconds
    while True:
        left = [p for p in family(os.getpid())[1:] if p not in keep]
        if not left or time.monotonic() > until:
            return len(left)
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
            try:
                os.waitpid(pid, os.WNOHANG)
            except OSError:
                pass
        time.sleep(0.01)


def cpu_of(pid):
    """Seconds, of a live process (all its threads, also ended ones) and of
    children that it waited for."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            waited = f.read().rsplit(")", 1)[1].split()[13:15]
        # CPUCLOCK_SCHED of the process: see clock_getcpuclockid(3).
        own = time.clock_gettime_ns((~pid) << 3 | 2) / 1e9
        return own + sum(map(int, waited)) / TICK
    except OSError:
        return 0


def rss_of(pid):
    try:
        with open(f"/proc/{pid}/statm") as f:
            return int(f.read().split()[1]) * PAGE
    except OSError:
        return 0


def wakeups_of(pid):
    total = 0
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/status") as f:
                total += sum(int(line.split()[1]) for line in f
                             if line.startswith("voluntary_ctxt"))
    except OSError:
        pass
    return total
