"""The figures of bench/screen: which step takes each, its goal, and the table
that puts friday beside the best of the others."""
import common

# Steps, in the order in which a program goes through them.
START, IDLE, KEYS = "start", "idling", "100 keys"
SHORT, LONG = "256 KiB answer", "1 MiB answer"
MEANWHILE = "keys during a stream"
SHAPES, SESSION = "1 MiB in one block", "100,000 events"

FLOOR = "cat"
OWN_ONLY = (SHAPES, SESSION)


class Row:
    def __init__(self, name, step, goal=None, least=False, slack=0):
        self.name, self.step, self.goal = name, step, goal
        self.least = least  # more is better
        self.slack = slack  # part of the goal that is noise

    def holds(self, value):
        if self.least:
            return value >= self.goal
        if self.goal == 0:  # as precise as it is said
            return round(value, len(str(self.goal).partition(".")[2])) <= 0
        return value <= self.goal * (1 + self.slack)

    def goal_text(self):
        if self.goal is None:
            return ""
        text = f"{'≥' if self.least else '≤'} {self.goal}"
        return text + (f" + {self.slack:.0%}" if self.slack else "")


ROWS = (
    Row("first paint, ms", START, 10),
    Row("ready to echo, ms", START, 35),
    Row("rested: first paint, ms", START),
    Row("rested: ready to echo, ms", START),
    Row("idle RSS, MiB", IDLE, 20),
    Row("idle CPU, %", IDLE, 0.0),
    Row("idle wake-ups", IDLE, 0),
    Row("idle bytes", IDLE),
    Row("key echo, median, ms", KEYS, 0.8),
    Row("key echo, p95, ms", KEYS, 2),
    Row("key echo, CPU, ms", KEYS, 0.2),
    Row("key echo, bytes", KEYS, 40),
    Row("256 KiB: to the end mark, s", SHORT, 0.15),
    Row("256 KiB: CPU, s", SHORT, 0.15),
    Row("256 KiB: frames a second", SHORT, 30, least=True),
    Row("256 KiB: longest pause, ms", SHORT, 33),
    Row("1 MiB: to the end mark, s", LONG, 0.5),
    Row("1 MiB: CPU, s", LONG, 0.5),
    Row("1 MiB: RSS after, MiB", LONG, 40),
    Row("1 MiB over 256 KiB, times", LONG, 4, slack=0.1),
    Row("1 MiB paragraph, of mixed", SHAPES, 2),
    Row("1 MiB fence, of mixed", SHAPES, 2),
    Row("1 MiB list, of mixed", SHAPES, 2),
    Row("1 MiB table, of mixed", SHAPES, 2),
    Row("key echo during a stream, median, ms", MEANWHILE),
    Row("key echo during a stream, p95, ms", MEANWHILE, 8),
    Row("100,000 events: open, ms", SESSION, 50),
    Row("100,000 events: a page, ms", SESSION, 16),
    Row("100,000 events: search, ms", SESSION, 300),
    Row("100,000 events: search, cold, ms", SESSION, 300),
    Row("100,000 events: RSS, MiB", SESSION),
)


class ScreenTable(common.Table):
    """Also knows why a value is missing, or of fewer rounds."""

    def __init__(self, names):
        super().__init__(names)
        self.notes = {}  # (name, step): why

    def note(self, name, step, why):
        self.notes.setdefault((name, step), why)

    def measured(self):
        return [r for r in ROWS if r.name in self.rows]

    def best(self, row):
        """(value, name) of the best peer, or None."""
        values = [(self.median(row.name, n), n) for n in self.names
                  if n not in ("friday", FLOOR) and
                  self.values(row.name, n)]
        if not values:
            return None
        return max(values) if row.least else min(values)

    def holds_cell(self, row):
        own = self.median(row.name, "friday")
        if row.goal is None or own is None:
            return ""
        return "holds" if row.holds(own) else "does not hold"

    def best_cell(self, row):
        best, own = self.best(row), self.median(row.name, "friday")
        if best is None:
            return ""
        text = f"{best[1]} {common.number(best[0])}"
        return text + (f" (×{best[0] / own:.2g})" if own else "")

    def cell(self, row, name, marks):
        return (self.text(row.name, name) or "–") + \
            marks.get((name, row.step), "")

    def marks(self):
        """{(name, step): mark}, and the lines that say what each is for: one
        for all programs of which the same is to be said."""
        groups = {}
        for name in self.names:
            for (who, step), why in self.notes.items():
                if who == name:
                    groups.setdefault((step, why), []).append(name)
        marks, lines = {}, []
        for i, ((step, why), names) in enumerate(groups.items(), 1):
            marks.update({(name, step): f" [{i}]" for name in names})
            lines.append(f"[{i}] {', '.join(names)}: {step}: {why}")
        return marks, lines

    def print(self, others=()):
        """others: lines that belong below the table."""
        marks, notes = self.marks()
        names = [n for n in self.names if n != "friday"]
        print("| figure | friday | goal | | best peer (× friday's) |" +
              "".join(f" {n} |" for n in names))
        print("|---|---:|---:|---|---:|" + "---:|" * len(names))
        for row in self.measured():
            cells = [row.name, self.cell(row, "friday", marks),
                     row.goal_text(), self.holds_cell(row),
                     self.best_cell(row),
                     *(self.cell(row, n, marks) for n in names)]
            print(f"| {' | '.join(cells)} |")
        self.print_goals()
        for line in (*notes, *others):
            print(line)

    def print_goals(self):
        goals = [r for r in self.measured() if r.goal is not None and
                 self.values(r.name, "friday")]
        held = [r for r in goals if r.holds(self.median(r.name, "friday"))]
        print(f"\n{len(held)} of {len(goals)} goals hold.")
