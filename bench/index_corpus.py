"""Repositories to measure the index with: real sources, copied until there are
enough lines, or files made from words. The same arguments give the same bytes.
"""
import os
import random
import re

WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{4,}")
KEYWORDS = frozenset(b"""
abstract assert async await boolean break catch class const continue default
defer delete double elif else enum event except export extends extern false
final finally float foreach from function global goto implements import include
inline instanceof interface lambda match module mutable namespace native object
package pragma private protected public raise return self short signed sizeof
static struct super switch template this throw throws trait true try type
typedef typeof union unsigned until using virtual void volatile while yield
define endif ifdef ifndef undef""".split())
PARTS = """accept account actor adapter address agent alias anchor archive array
asset atom attach author backup balance bank batch beacon binary block board
border bound branch bridge broker bucket buffer build bundle byte cache call
capture cell chain channel check child claim clock cluster code column command
commit config connect context cookie copy counter cursor data date debug decode
delta device digest disk domain draft driver edge editor effect encode engine
entry error event field file filter flag folder format frame gate graph group
guard handle hash header heap hook host image index input item job journal key
label layer lease length level limit line link list lock log map mark mask match
merge message meter mode model module monitor mount name network node notice
number object offset option order origin output owner packet page pair panel
parser patch path peer phase pipe pixel plan point policy pool port prefix probe
process profile proxy pulse query queue range rank rate reader record region
relay render reply report request reset result retry ring role root route row
rule sample scale scan scope score screen script search section sector segment
seed select sender server session shadow shape share shell signal size slice
slot socket source span stack stage state stream string style switch symbol sync
table tag target task term test text theme thread tick timer token tool trace
track tree trigger tuple type unit update user vault vector version view walk
watch wave weight window word worker writer zone""".split()


def vary(data, copy):
    """Every fifth name gets a letter of its own, so that a copy has words of
    its own, as another part of a repository would."""
    tail = bytes([ord("a") + copy % 26])

    def other(match):
        word = match.group()
        if word in KEYWORDS or sum(word) % 5 != 0:
            return word
        return word + tail

    return WORD.sub(other, data)


def sources(folder):
    for path, folders, files in os.walk(folder):
        folders.sort()
        if ".git" in folders:
            folders.remove(".git")
        for name in sorted(files):
            full = os.path.join(path, name)
            if not os.path.islink(full) and os.path.getsize(full) <= 1 << 20:
                yield os.path.relpath(full, folder), full


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def copied(folder, dest, lines_wanted):
    """Copies `folder` until there are enough lines. Returns files, lines and
    bytes."""
    files = lines = size = copy = 0
    found = list(sources(folder))
    if not found:
        raise SystemExit(f"{folder}: no sources")
    while lines < lines_wanted:
        for relative, full in found:
            with open(full, "rb") as f:
                data = f.read()
            if copy > 0:
                data = vary(data, copy)
            put(os.path.join(dest, f"part{copy}", relative), data)
            files, size = files + 1, size + len(data)
            lines += data.count(b"\n")
            if lines >= lines_wanted:
                break
        copy += 1
    return files, lines, size


def names(rng, n):
    """Functions that call each other: a program has few names for its size."""
    return ["_".join(rng.choice(PARTS) for _ in range(rng.choice((2, 3))))
            for _ in range(n)]


def function(rng, own, known):
    a, b, c, d = (rng.choice(PARTS) for _ in range(4))
    lines = [f"/*", f" * Makes the {a} of a {b} ready for the {c}: when the",
             f" * {d} is not there yet, it asks the {rng.choice(PARTS)}.",
             " */", "int", f"{own}(struct {d} *{a}, int {b})", "{",
             f"\tstruct {c} *{c} = {rng.choice(known)}({a});", ""]
    for _ in range(rng.randrange(4, 16)):
        e, f = rng.choice(PARTS), rng.choice(PARTS)
        lines += [f"\tif ({a}->{e} == NULL || {b} > {rng.randrange(100)})",
                  f"\t\treturn {rng.choice(known)}({a}, {c}->{f});"]
    return "\n".join(lines + [f"\treturn {c}->{d};", "}", ""])


def generated(dest, n_files, functions=3, seed=1):
    """Small C files in folders of 100. Returns files, lines and bytes."""
    rng = random.Random(seed)
    known = names(rng, n_files * functions // 2)
    lines = size = 0
    for i in range(n_files):
        data = "\n".join(function(rng, rng.choice(known), known)
                         for _ in range(functions)).encode()
        put(os.path.join(dest, f"d{i // 10000}", f"e{i // 100}",
                         f"{known[i % len(known)]}_{i}.c"), data)
        lines, size = lines + data.count(b"\n"), size + len(data)
    return n_files, lines, size


def questions(n, seed=2):
    rng = random.Random(seed)
    shapes = ("make the {} of a {} ready", "where is the {} {} checked",
              "{}_{}", "close the {} when the {} fails", "{} {} limit",
              "how does the {} find its {} by name")
    return [rng.choice(shapes).format(rng.choice(PARTS), rng.choice(PARTS))
            for _ in range(n)]
