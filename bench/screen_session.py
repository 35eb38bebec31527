"""A session of 100,000 events, for bench/screen: a real one, whose rows are
repeated in the database with names of their own."""
import os
import re
import sqlite3
import subprocess

EVENTS = 100_000
RARE = "quokkasentinel"


class Session:
    def __init__(self, id, last, database):
        self.id, self.last, self.database = id, last, database
        self.rare = RARE       # stands once, far up
        self.beside = "here is the " + RARE


def first_session(program, env):
    subprocess.run(program.run("BENCH_CALLS_8"), cwd=program.repo, env=env,
                   check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)
    return os.path.join(program.home, ".local", "state", "friday",
                        "friday.db")


def renamed(text, n, ids):
    """Ids of messages, runs and calls, as the n-th copy's own."""
    for old in ids:
        text = text.replace(old, f"{n:05d}" + old[5:])
    return re.sub(r'"call_(\d\w*)"', rf'"call_{n}_\1"', text)


def multiply(db):
    """Until there are EVENTS of them; all but the last messages count as
    summed up."""
    (number, name), = db.execute("SELECT num, id FROM session")
    events = db.execute("SELECT seq, type, time_ms, run, parent_call, "
                        "message_id, members FROM event ORDER BY seq"
                        ).fetchall()
    messages = db.execute("SELECT id, seq, run, role, position, json "
                          "FROM message ORDER BY position").fetchall()
    step = events[-1][0]
    ids = sorted({m[0] for m in messages} | {e[3] for e in events if e[3]} |
                 {e[5] for e in events if e[5]})
    copies = EVENTS // len(events)
    for n in range(1, copies):
        for seq, type, time_ms, run, parent, message, members in events:
            members = renamed(members, n, ids)
            if n == copies // 7 and type == "user.message":
                members = members.replace(
                    '"text":"', f'"text":"here is the {RARE} ', 1)
            db.execute(
                "INSERT INTO event (session, seq, type, time_ms, run, "
                "parent_call, message_id, members) VALUES (?,?,?,?,?,?,?,?)",
                (number, seq + n * step, type, time_ms,
                 renamed(run, n, ids), parent,
                 message and renamed(message, n, ids), members))
        for id, seq, run, role, position, text in messages:
            old = n < copies - 2
            db.execute(
                "INSERT INTO message (session, id, seq, run, role, position,"
                " replaced_seq, replaced_by, json) VALUES (?,?,?,?,?,?,?,?,?)",
                (number, renamed(id, n, ids), seq + n * step,
                 renamed(run, n, ids), role, position + n * len(messages),
                 copies * step if old else None, "" if old else None,
                 renamed(text, n, ids)))
    db.execute("UPDATE session SET last_seq = ?, n_messages = ?",
               (copies * step, copies * len(messages)))
    return name


def long_session(program, env):
    path = first_session(program, env)
    db = sqlite3.connect(path)
    name = multiply(db)
    db.commit()
    db.close()
    return Session(name, "That is all.", path)
