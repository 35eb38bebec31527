"""Keys, pastes, sizes, signals and hostile text at random, by a seed: friday
must not fall over, must leave the terminal as it was, and may send nothing
that came from outside."""
import os
import random
import re
import signal

from model_server import call, say, status, think
from terminal import Terminal

HOSTILE = ["\x1b[?9999h", "\x1b]999;x\x07", "\u009b9999m", "\u202e", "\x1b(0",
           "\x1bP9999q\x1b\\", "\x0e", "\x9b", "\ufffd", "e\u0301" * 9,
           "\u200b", "👩\u200d👩\u200d👧", "🇩🇪🇫", "日本語", "שלום", "\t", "```",
           "| a |\n|--|\n", "# ", "\n\n", "- ", "*", "`", "[x](http://y)",
           "<b>", "\r\n", "word ", "x" * 300, "\x7f", "\x00"]
LOOKS = [b"\x1b[?9999h", b"\x1b]999", "\u009b".encode(), b"\x1bP9999", b"\x1b(0",
         "\u202e".encode()]
KEYS = [bytes([n]) for n in range(1, 27) if n not in (3, 4, 26)] + [
    b"\x1b", b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[5~",
    b"\x1b[6~", b"\x1b[H", b"\x1b[F", b"\x1b[3~", b"\x1b[Z", b"\x1b[1;3A",
    b"\x1b[13;2u", b"\x1b[<0;5;5M", b"\x1b[<64;9;3M", b"\x1b[<65;9;3M",
    b"\x1b[<32;9;9M", b"\x1b[<0;9;9m", b"\x1b[<0;9999;9999M", b"\x1b[I",
    b"\x1b[O", b"\x1bP>|kitty\x1b\\", b"\x1bm", b"\x1bo", b"\x18b",
    b"\x1b[", b"\x1b]11;rgb:ff/ff/ff\x1b\\", b"\x1b[200~", b"\x1b[201~",
    b"\x7f", b" ", b"/", b"@", b"!", b"#", b"y", b"n", b"1", b"\r", b"\xff",
    b"\xe6\x97", "é".encode()]
VIEWS = ["help", "diff", "context", "cost", "status", "sessions", "model",
         "permissions", "theme", "tools", "ps", "settings", "copy", "panel",
         "mouse", "queue", "keymap", "memory", "skills", "undo", "redo",
         "rewind", "compact", "summary", "fork", "new", "export", "palette",
         "keymap debug", "vim", "status", "effort high"]


class Torture:
    def __init__(self, argv, env, cwd, server, seed):
        self.argv, self.env, self.cwd, self.server = argv, env, cwd, server
        self.chance = random.Random(seed)
        self.terminal = None
        self.starts = 0

    def text(self, parts):
        return "".join(self.chance.choice(HOSTILE)
                       for _ in range(self.chance.randrange(parts)))

    def start(self):
        self.starts += 1
        # One that stayed would have the terminal echo what is typed.
        editor = self.chance.choice(["true", "false"])
        self.terminal = Terminal(
            self.argv, 24, 80, env={**self.env, "EDITOR": editor},
            cwd=self.cwd,
            options=self.chance.choice([(), ("--sync",), ("--kitty",),
                                        ("--deaf",)]))
        self.terminal.wait("Ask")

    def answers(self):
        c = self.chance
        steps = [c.choice([
            lambda: say(self.text(60), pieces=c.randrange(1, 50)),
            lambda: think(self.text(20)),
            lambda: call("shell", command="echo " + self.text(9).replace(
                "\x00", "")),
            lambda: call("read", path=self.text(4)),
            lambda: call("write", path=f"f{c.randrange(9)}",
                         content=self.text(40)),
            lambda: call("ask_user", questions=[
                {"question": self.text(5) or "?", "options": ["a", "b"]}]),
            lambda: status(400, message=self.text(9)),
        ])() for _ in range(c.randrange(1, 4))]
        self.server.script(steps, [say(self.text(30))])

    def step(self):
        c, t = self.chance, self.terminal
        kind = c.randrange(10)
        if kind < 5:
            t.send(b"".join(c.choice(KEYS)
                            for _ in range(c.randrange(1, 12))))
        elif kind == 5:
            t.resize(*c.choice([(1, 1), (2, 200), (60, 3), (24, 80),
                                (c.randrange(1, 60), c.randrange(1, 200))]))
        elif kind == 6:
            text = self.text(40).encode("utf-8", "surrogateescape")
            t.send(b"\x1b[200~" + text.replace(b"\x1b[201~", b"")
                   + b"\x1b[201~")
        elif kind == 7:
            self.answers()
            t.send(b"go\r")
        elif kind == 8:
            t.send(b"\x1b")
            t.quiet(40)
            t.send(b"\x15/" + c.choice(VIEWS).encode() + b"\r")
        else:
            t.signal(c.choice([signal.SIGWINCH, signal.SIGCONT,
                               signal.SIGWINCH]))
        if c.randrange(4) == 0:
            t.quiet(c.choice([1, 5, 30]))

    def check_end(self):
        """It ends as it is told, and what it sent is its own."""
        t = self.terminal
        t.resize(24, 80)
        t.signal(signal.SIGTERM)
        ended = t.wait_exit()
        raw, state = t.raw(), t.state()
        t.close()
        assert ended == 0, f"it ended with {ended}:\n{raw[-4000:]!r}"
        # Before and after, the terminal itself echoes what is typed.
        inside = b"".join(re.findall(
            rb"\x1b\[\?1049h(.*?)(?:\x1b\[\?1049l|$)", raw, re.S))
        for evil in LOOKS:
            at = inside.find(evil)
            assert at < 0, (evil, inside[max(at - 400, 0):at + 100])
        assert not re.search(rb"AddressSanitizer|runtime error", raw)
        assert (state["alt"], state["cursor"], state["termios"]) == \
            ("0", "1", "1"), (state, raw[-600:])

    def run(self, steps):
        while steps > 0:
            self.start()
            for _ in range(min(steps, 60)):
                self.step()
                steps -= 1
                if not os.path.exists(f"/proc/{self.terminal.pid()}/fd/0"):
                    break  # it was told to quit: check_end() sees how
            self.check_end()
