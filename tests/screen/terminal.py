"""A terminal with friday in it, by build/tests/screen/vt (see vt.c)."""
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("FRIDAY_BUILD", os.path.join(ROOT, "build"))
VT = os.path.join(BUILD, "tests", "screen", "vt")
LIMIT_MS = int(os.environ.get("SCREEN_WAIT_MS", "20000"))

KEYS = {
    "enter": "\r", "tab": "\t", "escape": "\x1b", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~", "delete": "\x1b[3~", "shift+tab": "\x1b[Z",
    "alt+enter": "\x1b\r", "alt+up": "\x1b[1;3A", "space": " ", "lt": "<",
}


def keys_of(text):
    """'ls<enter>', '<ctrl+c>', '<paste:two words>' as bytes."""
    def one(match):
        name = match.group(1)
        if name.startswith("paste:"):
            return f"\x1b[200~{name[6:]}\x1b[201~".replace("\\n", "\r")
        if name.startswith("ctrl+") and len(name) == 6:
            return chr(ord(name[5]) & 31)
        if name.startswith("alt+") and len(name) == 5:
            return "\x1b" + name[4]
        return KEYS[name]
    return re.sub(r"<([^<>]+)>", one, text).encode()


class Timeout(AssertionError):
    pass


class Terminal:
    def __init__(self, argv, rows=24, cols=80, env=None, cwd=None,
                 options=()):
        self.process = subprocess.Popen(
            [VT, str(rows), str(cols), *options, "--", *argv], cwd=cwd,
            env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().decode().rstrip("\n")
        if answer == "":
            raise AssertionError("the terminal is gone: "
                                 f"{self.process.wait()}")
        return answer

    def ask_ok(self, line, what):
        answer = self.ask(line)
        if not answer.startswith("ok"):
            raise Timeout(f"{what}: {answer}\n{self.picture()}")
        return answer[3:]

    def rows(self, kind="text"):
        count = int(self.ask(kind).split()[1])
        return [self.process.stdout.readline().decode().rstrip("\n")
                for _ in range(count)]

    def text(self):
        return "\n".join(self.rows())

    def cells(self):
        """Per row: (columns, fore, back, flags, text)."""
        result = []
        for row in self.rows("cells"):
            runs = []
            for run in filter(None, row.split(";")):
                width, fore, back, flags, text = run.split(" ")
                runs.append((int(width), fore, back, flags,
                             bytes.fromhex(text).decode()))
            result.append(runs)
        return result

    def picture(self):
        return "\n".join("|" + row for row in self.rows())

    def send(self, data):
        self.ask("keys " + data.hex())

    def type(self, text):
        self.send(keys_of(text))

    def wait(self, text, ms=LIMIT_MS):
        """Microseconds until it stands there."""
        return int(self.ask_ok(f"wait {ms} {text.encode().hex()}",
                               f"{text!r} did not appear"))

    def wait_gone(self, text, ms=LIMIT_MS):
        self.ask_ok(f"gone {ms} {text.encode().hex()}",
                    f"{text!r} did not go away")

    def wait_exit(self, ms=LIMIT_MS):
        return int(self.ask_ok(f"exit {ms}", "friday did not end"))

    def wait_stop(self, ms=LIMIT_MS):
        self.ask_ok(f"stop {ms}", "friday did not stop")

    def count(self, text):
        return int(self.ask("count " + text.encode().hex())[3:])

    def wait_count(self, text, least, ms=LIMIT_MS):
        """Microseconds until it stands there so often."""
        return int(self.ask_ok(f"least {ms} {text.encode().hex()} {least}",
                               f"{text!r} did not appear {least} times"))

    def frames(self):
        """(frames, longest pause in µs) since this was last asked."""
        return tuple(map(int, self.ask("frames").split()[1:]))

    def quiet(self, ms=100):
        """Nothing came for so long: what follows was not there before."""
        self.ask_ok(f"quiet {LIMIT_MS} {ms}", "the screen never rests")

    def state(self):
        answer = self.ask_ok("state", "state")
        return dict(part.split("=", 1) for part in answer.split(" ")
                    if "=" in part)

    def raw(self):
        return bytes.fromhex(self.ask("raw")[3:])

    def resize(self, rows, cols):
        self.ask(f"resize {rows} {cols}")

    def signal(self, number):
        self.ask(f"signal {int(number)}")

    def pid(self):
        return int(self.ask("pid")[3:])

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(20)
        self.process.stdout.close()
