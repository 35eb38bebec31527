"""The index's file under everything that happens to files: damage, kills, a
full disk, two processes, another version."""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest

from conftest import wait_for


def indexes(friday):
    return json.loads(friday("index", "list", "--json").out)["indexes"]


def database(friday):
    [found] = Path(friday.env["HOME"]).rglob("index.db")
    return found


def logged(friday):
    """Bytes in the log of what is being written."""
    return sum(p.stat().st_size for p in
               Path(friday.env["HOME"]).rglob("index.db-wal"))


def paths(friday, question):
    done = friday("search", "--json", question)
    assert done.status == 0, done
    return [r["path"] for r in json.loads(done.out)["results"]]


def fill(friday, n=6):
    for i in range(n):
        friday.write(f"src/part{i}.c",
                     f"/* Weighs walrus number {i}. */\n"
                     f"int\nwalrus_weigh{i}(int by)\n{{\n"
                     f"\treturn by * {i};\n}}\n")


def fill_much(friday, files=400, functions=40):
    for i in range(files):
        friday.write(f"much/m{i}.c", "".join(
            f"/* Part {k} of {i}: the otter's buffer. */\n"
            f"int\notter_{i}_{k}(struct otter *o, int by)\n{{\n"
            f"\tif (o->size{k} < by)\n\t\treturn otter_{k}_{i}(o);\n"
            f"\treturn o->buffer{i} + by;\n}}\n\n"
            for k in range(functions)))


def test_indexes_are_listed_and_dropped_by_their_repository(friday, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.py").write_text("def walrus():\n    pass\n")
    fill(friday)
    assert friday("index").status == 0
    here, friday.repo = friday.repo, other
    assert friday("index").status == 0
    assert {e["root"] for e in indexes(friday)} == {str(here), str(other)}
    assert "other" in friday("index", "list").out
    friday.repo = here
    assert friday("index", "drop", str(other)).status == 0
    assert [e["root"] for e in indexes(friday)] == [str(here)]
    again = friday("index", "drop", str(other))
    assert again.status == 1 and "not_found" in again.err
    assert len(indexes(friday)) == 1
    assert friday("index", "drop").status == 0
    assert indexes(friday) == []


def test_the_index_of_a_repository_that_is_gone_can_be_dropped(
        friday, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.py").write_text("def walrus():\n    pass\n")
    here, friday.repo = friday.repo, other
    assert friday("index").status == 0
    friday.repo = here
    shutil.rmtree(other)
    [entry] = indexes(friday)
    assert entry["gone"] and entry["bytes"] > 0
    assert friday("index", "drop", str(other)).status == 0
    assert indexes(friday) == []


def test_a_newer_index_is_refused_and_left_alone(friday):
    fill(friday)
    assert friday("index").status == 0
    file = database(friday)
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    for command in (["index"], ["search", "walrus"]):
        done = friday(*command)
        assert done.status == 1 and "newer" in done.err, done
    with sqlite3.connect(file) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (999,)
    db.close()
    assert friday("index", "drop").status == 0
    assert paths(friday, "walrus")


@pytest.mark.parametrize("how", ["head", "middle", "short", "empty", "older"])
def test_a_damaged_index_is_made_anew(friday, how):
    fill(friday)
    expected = paths(friday, "weighs walrus")
    assert len(expected) == 6
    file = database(friday)
    with sqlite3.connect(file) as db:
        if how == "older":
            db.execute("PRAGMA user_version = 1")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = bytearray(file.read_bytes())
    if how == "head":
        data[:200] = os.urandom(200)
    elif how == "middle":
        for at in range(4096, len(data)):
            data[at] = data[at] * 7 + 13 & 255
    elif how == "short":
        del data[len(data) // 2 // 4096 * 4096 + 100:]
    elif how == "empty":
        data.clear()
    file.write_bytes(data)
    assert sorted(paths(friday, "weighs walrus")) == sorted(expected)


def test_two_processes_at_once_make_one_index(friday):
    fill_much(friday, 60)
    first = [friday.start("index", "--json") for _ in range(3)]
    told = [json.loads(p.communicate(timeout=120)[0]) for p in first]
    assert all(p.returncode == 0 for p in first)
    # One of them made it; for the others there was nothing left to do.
    assert sorted(t["added"] > 0 for t in told) == [False, False, True]
    assert "much/m7.c" in paths(friday, "otter_7_3")


def test_a_kill_leaves_a_usable_index(friday):
    fill(friday)
    fill_much(friday)
    for written in (0, 100_000, 1_000_000):
        process = friday.start("index")
        wait_for(lambda: process.poll() is not None or
                 logged(friday) > written)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len([p for p in paths(friday, "weighs walrus")
                if p.startswith("src/")]) == 6
    done = json.loads(friday("index", "--json").out)
    assert done["files"] >= 406 and done["added"] == 0
    assert "much/m399.c" in paths(friday, "otter_399_3")


def mounted(folder, size):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}",
                           "none", folder], capture_output=True).returncode


def test_a_full_disk_is_told_and_nothing_is_lost(friday, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    if mounted(cache, "3m") != 0:
        pytest.skip("no right to mount a small disk")
    friday.env["XDG_CACHE_HOME"] = str(cache)
    try:
        fill(friday)
        assert len(paths(friday, "weighs walrus")) == 6
        fill_much(friday)
        for _ in range(2):
            full = friday("index")
            assert full.status == 1, full
            assert "store.full" in full.err and "disk is full" in full.err
        friday.git("status")
        # What there was still answers, and nothing of the repository changed.
        shutil.rmtree(friday.repo / "much")
        assert len(paths(friday, "weighs walrus")) == 6
        fill_much(friday, 20)
        assert friday("index").status == 0
    finally:
        subprocess.run(["umount", "-l", cache], check=False)


def test_files_that_vanish_meanwhile_are_no_fault(friday):
    fill(friday)
    fill_much(friday)
    process = friday.start("index", "--json")
    for i in range(0, 400, 2):
        (friday.repo / f"much/m{i}.c").unlink()
    shutil.rmtree(friday.repo / "much", ignore_errors=True)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert json.loads(friday("index", "--json").out)["files"] < 100
    assert not [p for p in paths(friday, "otter buffer")
                if p.startswith("much/")]
