#!/usr/bin/env python3
"""Checks an audit log by docs/audit.md alone, without friday's code:

    tests/audit_verify.py friday.db | export.jsonl [--key HEX] [--heads FILE]

Prints what is wrong, one line each, and ends with status 1 then. It is here
to show that another program can do it, and that the page says enough.
Nothing but Python's own library is used; Ed25519 is that of RFC 8032, slow.
"""
import argparse
import hashlib
import json
import sqlite3
import sys

# --- Ed25519, verifying only (RFC 8032, section 5.1) -------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P:
        return None
    return P - x if (x & 1) != sign else x


GY = 4 * pow(5, P - 2, P) % P
GX = recover_x(GY, 0)
G = (GX, GY, 1, GX * GY % P)


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return x * y % P, z * t % P, y * z % P, x * t % P


def multiply(n, point):
    out = (0, 1, 1, 0)
    while n:
        if n & 1:
            out = add(out, point)
        point = add(point, point)
        n >>= 1
    return out


def decode(raw):
    y = int.from_bytes(raw, "little")
    x = recover_x(y & (2**255 - 1), y >> 255)
    y &= 2**255 - 1
    return None if x is None else (x, y, 1, x * y % P)


def signature_is_right(key, message, signature):
    try:
        key, signature = bytes.fromhex(key), bytes.fromhex(signature)
    except ValueError:
        return False
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = decode(key), decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(
        signature[:32] + key + message).digest(), "little") % Q
    left, right = multiply(s, G), add(r, multiply(h, a))
    return ((left[0] * right[2] - right[0] * left[2]) % P == 0 and
            (left[1] * right[2] - right[1] * left[2]) % P == 0)


# --- the format --------------------------------------------------------------

def hash_texts(*texts):
    h = hashlib.blake2b(digest_size=32)
    for t in texts:
        raw = t if isinstance(t, bytes) else t.encode()
        h.update(len(raw).to_bytes(4, "little") + raw)
    return h.hexdigest()


FIELDS = ("seq", "time_ms", "user", "action", "resource", "resource_id",
          "session", "run", "salt", "body", "body_hash", "hash")
SEAL = ("seq", "time_ms", "hash", "key", "signature")


def read_database(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.text_factory = bytes
    text = (lambda v: v if isinstance(v, (int, type(None))) else
            v.decode("utf-8", "surrogateescape"))
    rows = [dict(zip(FIELDS, map(text, r))) for r in db.execute(
        "SELECT seq, time_ms, user_id, action, resource, resource_id, "
        "session, run, salt, body, body_hash, hash FROM audit ORDER BY seq")]
    seals = [dict(zip(SEAL, map(text, r))) for r in db.execute(
        "SELECT seq, time_ms, hash, key, signature FROM audit_seal "
        "ORDER BY seq")]
    return rows, seals


def read_export(path):
    rows, seals = [], []
    with open(path, encoding="utf-8") as f:
        for line in f:
            item = json.loads(line)
            if item["kind"] == "seal":
                seals.append(item)
                continue
            item.update(item.pop("record"))
            if "resource_id_hex" in item:
                item["resource_id"] = bytes.fromhex(
                    item["resource_id_hex"]).decode("utf-8",
                                                    "surrogateescape")
            rows.append(item)
    return rows, seals


def raw(text):
    return text.encode("utf-8", "surrogateescape")


def check_rows(rows, wrong):
    before, expected, deleted, erased = "", 1, set(), {}
    for r in rows:
        if r["seq"] != expected:
            wrong(expected, f"{expected} to {r['seq'] - 1} are missing")
        if r["body"] is None:
            if r["salt"] is not None or r["resource_id"] != "":
                wrong(r["seq"], "something is left of an erased entry")
            erased.setdefault(r["session"], r["seq"])
        elif hash_texts(raw(r["salt"] or ""), raw(r["resource_id"]),
                        raw(r["body"])) != r["body_hash"]:
            wrong(r["seq"], "its content was changed")
        if hash_texts("friday audit 1", raw(before), str(r["seq"]),
                      str(r["time_ms"]), raw(r["user"]), raw(r["action"]),
                      raw(r["resource"]), raw(r["session"]), raw(r["run"]),
                      raw(r["body_hash"])) != r["hash"]:
            wrong(r["seq"], "it does not go on from the one before")
        if r["action"] == "session.delete":
            deleted.add(r["resource_id"])
        before, expected = r["hash"], r["seq"] + 1
    for session, seq in erased.items():
        if session not in deleted:
            wrong(seq, "erased, but no deletion says so")


def check_seals(rows, seals, key, wrong):
    hashes = {r["seq"]: r["hash"] for r in rows}
    sealed = set()
    for s in seals:
        text = "friday audit seal 1 {seq} {time_ms} {hash}".format(**s)
        if hashes.get(s["seq"]) != s["hash"]:
            wrong(s["seq"], "its seal fits no entry")
        elif not signature_is_right(s["key"], text.encode(), s["signature"]):
            wrong(s["seq"], "its signature is wrong")
        elif key and s["key"] != key:
            wrong(s["seq"], "it is sealed with another key")
        sealed.add(s["seq"])
    for r in rows:
        if r["action"] == "run.end" and r["seq"] not in sealed:
            wrong(r["seq"], "the seal at the end of a run is missing")


def check_heads(rows, path, wrong):
    hashes = {r["seq"]: r["hash"] for r in rows}
    for line in open(path):
        words = line.split()
        seal = dict(zip(SEAL, words[2:]))
        text = "friday audit seal 1 {seq} {time_ms} {hash}".format(**seal)
        if words[:2] != ["friday-audit-head", "1"] or not signature_is_right(
                seal["key"], text.encode(), seal["signature"]):
            wrong(0, "a line of the heads is not as it was written")
        elif int(seal["seq"]) not in hashes:
            wrong(int(seal["seq"]), "the log was cut: its head is kept")
        elif hashes[int(seal["seq"])] != seal["hash"]:
            wrong(int(seal["seq"]), "it is not the one whose head is kept")


def verify(path, key=None, heads=None):
    """[(seq, what is wrong)]"""
    found = []
    with open(path, "rb") as f:
        database = f.read(15) == b"SQLite format 3"
    rows, seals = (read_database if database else read_export)(path)

    def wrong(seq, text):
        found.append((seq, text))

    check_rows(rows, wrong)
    check_seals(rows, seals, key, wrong)
    if heads:
        check_heads(rows, heads, wrong)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--key")
    parser.add_argument("--heads")
    args = parser.parse_args()
    faults = verify(args.log, args.key, args.heads)
    for seq, text in faults:
        print(f"entry {seq}: {text}")
    print("not whole" if faults else "whole")
    sys.exit(1 if faults else 0)
