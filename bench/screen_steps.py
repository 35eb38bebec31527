"""The steps of bench/screen: each drives a program on a terminal and hands out
values by add(row, value). What takes too long raises Timeout."""
import os
import random
import time

import common
import processes
from model import END
from screen_table import KEYS, LONG, MEANWHILE, SHAPES, SHORT, START
from terminal import Terminal, Timeout

ROWS, COLUMNS = 40, 132
SETTLE_S = 1
KIB, MIB = 1 << 10, 1 << 20
WARM_UP = 16 * KIB
KEYS_DURING = 60

# Seconds after which a step counts as failed: a good multiple of what the
# slowest of the known programs takes on a machine that has nothing else to do.
LIMITS = {START: 30, KEYS: 30, SHORT: 30, LONG: 100, MEANWHILE: 30,
          SHAPES: 30}


class Screen:
    """A program on the terminal."""

    def __init__(self, program, keep, patience=1, argv=None):
        """keep: processes that are not the program's."""
        env = {**common.environment(program), "TERM": "xterm-256color",
               "COLORTERM": "truecolor"}
        self.keep, self.patience = keep, patience
        self.terminal = Terminal(argv or program.screen(), ROWS, COLUMNS,
                                 env=env, cwd=program.repo,
                                 options=("--sync",))
        self.pid = self.terminal.pid()

    def limit_ms(self, step):
        return int(LIMITS[step] * 1000 * self.patience)

    def total(self, of):
        return sum(of(pid) for pid in processes.family(self.pid))

    def bytes(self):
        return int(self.terminal.state()["bytes"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # The terminal too: it may be waiting for something, for long.
        processes.end_others(self.keep)
        self.terminal.close()


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


# --- starting and idling -----------------------------------------------------

def start(screen, add=lambda row, value: None):
    """From exec to the first visible character, and to the echo of keys that
    are typed every 25 ms from then on. Keys typed before there is anything to
    see would be echoed by the kernel, and lost."""
    t = screen.terminal
    begin, limit = time.monotonic(), screen.limit_ms(START)
    if not t.ask(f"visible {limit}").startswith("ok"):
        raise Timeout(f"nothing painted after {limit / 1000:g} s")
    add("first paint, ms", int(t.state()["seen_us"]) / 1e3)
    typed = 0
    while True:
        if (time.monotonic() - begin) * 1000 > limit:
            raise Timeout(f"no key echoed after {limit / 1000:g} s")
        t.send("zq"[typed % 2].encode())
        typed += 1
        if t.ask("wait 25 " + b"zq".hex()).startswith("ok"):
            break
    add("ready to echo, ms", int(t.state()["last_us"]) / 1e3)
    time.sleep(0.3)
    clear(t, typed)
    t.ask("quiet 3000 300")


def start_rested(screen, add):
    """The others had their turn since the last start: what it reads is no
    longer in the processor's caches, and may be out of memory too."""
    start(screen, lambda row, value: add("rested: " + row, value))


def clear(t, typed):
    t.send(b"\x15")
    time.sleep(0.3)
    for _ in range(typed + 5 if t.count("zq") + t.count("qz") else 0):
        t.send(b"\x7f")
        time.sleep(0.005)
    time.sleep(0.3)


def idle(screen, add, seconds):
    time.sleep(min(5, seconds))
    add("idle RSS, MiB", screen.total(processes.rss_of) / MIB)
    cpu = screen.total(processes.cpu_of)
    woken, sent = screen.total(processes.wakeups_of), screen.bytes()
    time.sleep(seconds)
    add("idle CPU, %",
        (screen.total(processes.cpu_of) - cpu) / seconds * 100)
    woken = screen.total(processes.wakeups_of) - woken
    if woken >= 0:  # threads that ended meanwhile took theirs along
        add("idle wake-ups", woken)
    add("idle bytes", screen.bytes() - sent)


# --- typing ------------------------------------------------------------------

def type_keys(screen, letters, count, pause, step):
    """Milliseconds from each key to its echo."""
    t, chance, times = screen.terminal, random.Random(3), []
    until = time.monotonic() + screen.limit_ms(step) / 1000
    for i in range(count):
        letter = letters[i % len(letters)]
        before = t.count(letter)
        t.send(letter.encode())
        left = max(1, int((until - time.monotonic()) * 1000))
        try:
            times.append(t.wait_count(letter, before + 1, left) / 1e3)
        except Timeout:
            raise Timeout(f"{i} of {count} keys echoed in "
                          f"{screen.limit_ms(step) / 1000:g} s") from None
        time.sleep(chance.uniform(*pause))
    return times


def keys(screen, add, count):
    cpu, sent = screen.total(processes.cpu_of), screen.bytes()
    times = type_keys(screen, "zqjx", count, (0.02, 0.05), KEYS)
    add("key echo, CPU, ms",
        (screen.total(processes.cpu_of) - cpu) * 1e3 / len(times))
    add("key echo, bytes", (screen.bytes() - sent) / len(times))
    add("key echo, median, ms", percentile(times, 0.5))
    add("key echo, p95, ms", percentile(times, 0.95))
    clear(screen.terminal, len(times))


def submit(screen, prompt):
    t = screen.terminal
    for letter in prompt:
        t.send(letter.encode())
        time.sleep(0.012)
    t.wait(prompt[-8:], screen.limit_ms(START))
    time.sleep(0.3)
    t.frames()
    t.send(b"\r")


def meanwhile(screen, add):
    """Keys during a stream of some seconds, of letters that it lacks."""
    submit(screen, f"BENCH_PACED_{MIB // 2}")
    screen.terminal.wait("read_", screen.limit_ms(MEANWHILE))
    times = type_keys(screen, "ZQJX", KEYS_DURING, (0.01, 0.03), MEANWHILE)
    add("key echo during a stream, median, ms", percentile(times, 0.5))
    add("key echo during a stream, p95, ms", percentile(times, 0.95))


# --- long answers ------------------------------------------------------------

def answer(screen, kind, size, step):
    """(seconds, CPU seconds, frames, longest pause in ms: often the one
    before the model's first word)"""
    t = screen.terminal
    cpu = screen.total(processes.cpu_of)
    submit(screen, f"BENCH_{kind}_{size}")
    limit = screen.limit_ms(step)
    reply = t.ask(f"wait {limit} {END.encode().hex()}")
    if not reply.startswith("ok"):
        raise Timeout(f"no end mark after {limit / 1000:g} s"
                      if "timeout" in reply else "the program ended")
    took = int(reply[3:]) / 1e6
    frames, pause = t.frames()
    time.sleep(SETTLE_S)
    return took, screen.total(processes.cpu_of) - cpu, frames, pause / 1e3


def warm_up(screen):
    answer(screen, "TEXT", WARM_UP, SHORT)


def short_answer(screen, add):
    took, cpu, frames, pause = answer(screen, "TEXT", 256 * KIB, SHORT)
    add("256 KiB: to the end mark, s", took)
    add("256 KiB: CPU, s", cpu)
    add("256 KiB: frames a second", frames / took)
    add("256 KiB: longest pause, ms", pause)
    return took


def long_answer(screen, add, short):
    """short: seconds that 256 KiB took."""
    took, cpu, _, _ = answer(screen, "TEXT", MIB, LONG)
    add("1 MiB: to the end mark, s", took)
    add("1 MiB: CPU, s", cpu)
    add("1 MiB: RSS after, MiB", screen.total(processes.rss_of) / MIB)
    add("1 MiB over 256 KiB, times", took / short)
    return took


def shape(screen, add, kind, mixed):
    """mixed: seconds that the mixed 1 MiB took."""
    took = answer(screen, kind, MIB, SHAPES)[0]
    add(f"1 MiB {kind.lower()}, of mixed", took / mixed)


# --- a long session ----------------------------------------------------------

def forget_pages(path):
    """Drives a file out of the kernel's cache."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fdatasync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(fd)


def find_in_session(t, session):
    """Milliseconds from the last letter of the pattern to the hit."""
    t.send(b"\x0f")
    t.quiet(200)
    for letter in "/" + session.rare:
        t.send(letter.encode())
    return t.wait(session.beside, 10000) / 1e3


def open_session(screen, session):
    t = screen.terminal
    t.wait(session.last, screen.limit_ms(START))
    opened = int(t.state()["last_us"]) / 1e3
    t.quiet(300)
    return opened


def long_session(screen, add, session):
    t = screen.terminal
    add("100,000 events: open, ms", open_session(screen, session))
    for _ in range(10):
        t.frames()
        t.send(b"\x1b[5~")
        first = t.ask("changed 3000")
        add("100,000 events: a page, ms", int(first[3:]) / 1e3)
        t.quiet(50)
    add("100,000 events: RSS, MiB", screen.total(processes.rss_of) / MIB)
    add("100,000 events: search, ms", find_in_session(t, session))


def cold_session(screen, add, session):
    """The search again, when the database has to come from the disk."""
    open_session(screen, session)
    forget_pages(session.database)
    add("100,000 events: search, cold, ms",
        find_in_session(screen.terminal, session))
