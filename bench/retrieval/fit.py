#!/usr/bin/python3
"""Fits the weights of src/index/signals.h and says what they are worth.

usage: fit.py ROWS QUERIES [--without A,B …] [--ablate] [--write HEADER]

ROWS: a folder with REPO.tsv of each repository, from the program `signals`.
QUERIES: queries.jsonl of the benchmark. Each repository is ranked by weights
that were fitted on the others: in five folds, and leaving one out.

The loss is that of a listwise softmax: the logarithm of the share that the
pieces of the gold functions get, and of the gold files' pieces with half the
weight. No weight may be below 0, but those of FREE, which tell what kind of
file or piece it is. LENGTH is not fitted: it is the price of a line.
"""
import argparse
import json
import os
import re

import numpy as np
from scipy.optimize import minimize

FREE = {"TEST", "HEADER", "FUNCTION", "RARE"}
LENGTH = -1.55      # of ln(lines) / 5
# The benchmark's repositories have no history: set by hand too, so that it
# decides between pieces that fit as well and nothing more.
RECENT = 0.2
SAME_FILE = 1.2     # as in src/index/search.c
OF_FILE = 0.2       # the same
FILE_LOSS = 0.5
RIDGE = 1e-4
FOLDS = 5
SETS = ("commit", "doc")


class Query:
    def __init__(self, gold, places, x):
        self.gold = gold
        self.places = places
        self.x = np.array(x, float).reshape(len(places), -1)
        wrong = set(gold["ignore_files"])
        functions = gold["gold_functions"]

        def meets(place, g):
            return (place[0] == g["path"] and place[1] <= g["end_line"] and
                    place[2] >= g["start_line"])

        def points_at(place, g):
            return (meets(place, g) and place[2] - place[1] + 1 <=
                    max(120, 2 * (g["end_line"] - g["start_line"] + 1)))

        self.keep = np.array([p[0] not in wrong for p in places], bool)
        self.of_file = np.array(
            [p[0] in gold["gold_files"] for p in places], bool)
        self.of_function = np.array(
            [any(meets(p, g) for g in functions) for p in places], bool)
        self.points = np.array(
            [any(points_at(p, g) for g in functions) for p in places], bool)
        number = {}
        self.file = np.array(
            [number.setdefault(p[0], len(number)) for p in places], int)

    def order(self, w):
        """Best first, as src/index/search.c ranks."""
        score = self.x @ w
        if len(score) > 0:
            top = score.max()
            of_file = np.zeros(self.file.max() + 1)
            np.add.at(of_file, self.file, np.exp(score - top))
            score = score + OF_FILE * (top + np.log(of_file))[self.file]
        before = np.zeros(len(self.places))
        seen = {}
        for i in np.argsort(-score, kind="stable"):
            before[i] = seen.get(self.file[i], 0)
            seen[self.file[i]] = before[i] + 1
        return np.argsort(-(score - SAME_FILE * np.log1p(before)),
                          kind="stable")

    def measure(self, w):
        """R@5, R@10, MRR@10, F@10, lines."""
        order = [i for i in self.order(w)[:50] if self.keep[i]]
        files = list(dict.fromkeys(self.places[i][0] for i in order))
        gold = set(self.gold["gold_files"])
        return (len(gold & set(files[:5])) / len(gold),
                len(gold & set(files[:10])) / len(gold),
                next((1 / (i + 1) for i, f in enumerate(files[:10])
                      if f in gold), 0),
                float(self.points[order[:10]].any())
                if self.gold["gold_functions"] else np.nan,
                sum(self.places[i][2] - self.places[i][1] + 1
                    for i in order[:10]))


def read_rows(path, golds):
    names, queries, now = [], [], None
    for line in open(path, encoding="utf-8"):
        parts = line.rstrip("\n").split("\t")
        if parts[0] == "N" and not names:
            names = parts[1:]
        elif parts[0] == "Q" and len(parts) == 2:
            now = (golds[parts[1]], [], [])
            queries.append(now)
        else:
            now[1].append((parts[0], int(parts[1]), int(parts[2])))
            now[2].append([float(v) for v in parts[3:]])
    return names, [Query(*q) for q in queries]


class Rows:
    """The candidates of all queries in one table, to be weighed at once."""

    def __init__(self, queries):
        queries = [q for q in queries if q.of_file.any()]
        kept = [q.keep for q in queries]
        self.n = len(queries)
        self.counts = np.array([k.sum() for k in kept])
        self.first = np.concatenate(([0], np.cumsum(self.counts)[:-1]))
        self.x = np.vstack([q.x[k] for q, k in zip(queries, kept)])
        self.right = [
            (np.concatenate([q.of_function[k]
                             for q, k in zip(queries, kept)]), 1.0),
            (np.concatenate([q.of_file[k]
                             for q, k in zip(queries, kept)]), FILE_LOSS)]

    def loss(self, x, fixed):
        """A function of the weights of x: the loss and its gradient."""
        def of(w):
            s = x @ w + fixed
            s -= np.repeat(np.maximum.reduceat(s, self.first), self.counts)
            e = np.exp(s)
            all_of = np.add.reduceat(e, self.first)
            share = e / np.repeat(all_of, self.counts)
            total, pull = 0.0, np.zeros_like(s)
            for right, factor in self.right:
                n = np.add.reduceat(right.astype(int), self.first)
                some = np.add.reduceat(e * right, self.first)
                counts = (n > 0) & (n < self.counts)
                total += factor * np.log(
                    all_of[counts] / some[counts]).sum()
                part = np.where(right, e, 0) / np.repeat(
                    np.where(n > 0, some, 1), self.counts)
                pull += factor * np.repeat(counts, self.counts) * (
                    share - part)
            return total / self.n, x.T @ pull / self.n
        return of


def fit(queries, names, without=()):
    rows = Rows(queries)
    by_hand = {"LENGTH": LENGTH, "RECENT": RECENT}
    free = [i for i, name in enumerate(names)
            if name not in by_hand and name not in without]
    fixed = sum(by_hand[name] * rows.x[:, i]
                for i, name in enumerate(names) if name in by_hand)
    # Of one size, so that a few hundred steps reach the minimum.
    size = rows.x[:, free].std(0)
    size[size == 0] = 1
    loss = rows.loss(rows.x[:, free] / size, fixed)

    def with_ridge(w):
        value, gradient = loss(w)
        return (value + RIDGE * ((w / size) ** 2).sum(),
                gradient + 2 * RIDGE * w / size ** 2)

    found = minimize(
        with_ridge, np.zeros(len(free)), jac=True, method="L-BFGS-B",
        options={"maxiter": 600, "ftol": 1e-8, "gtol": 1e-7, "maxcor": 20},
        bounds=[(None if names[i] in FREE else 0, None) for i in free]).x
    weights = np.array([by_hand.get(name, 0.0) for name in names])
    weights[free] = found / size
    return weights


def headline(rows):
    of_set = {s: np.nanmean(np.array([m for q, m in rows
                                      if q.gold["set"] == s]), 0)
              for s in SETS}
    return np.mean([of_set[s][1:4].mean() for s in SETS]), of_set


def interval(rows, draws=1000):
    """Of 95 %, drawing queries of each set anew."""
    rng = np.random.default_rng(1)
    tables = [np.array([m for q, m in rows if q.gold["set"] == s])
              for s in SETS]
    found = []
    for _ in range(draws):
        found.append(np.mean([np.nanmean(
            t[rng.integers(0, len(t), len(t))], 0)[1:4].mean()
            for t in tables]))
    return np.percentile(found, (2.5, 97.5))


def show(title, rows):
    head, of_set = headline(rows)
    hard = np.nanmean(np.array(
        [m for q, m in rows if q.gold["set"] == "doc" and q.gold["hard"]]), 0)
    low, high = interval(rows)
    cells = []
    for s in SETS:
        m = of_set[s]
        cells.append(f"{s} R@10 {m[1]:.3f} MRR {m[2]:.3f} F@10 {m[3]:.3f} "
                     f"lines {m[4]:.0f}")
    print(f"{title:24} {head:.4f} ({low:.3f}..{high:.3f})  "
          f"{'  '.join(cells)}  doc-hard F@10 {hard[3]:.3f}", flush=True)
    return head


def held_out(data, names, groups, without=()):
    rows = []
    for held in groups:
        w = fit([q for r in data if r not in held for q in data[r]], names,
                without)
        rows += [(q, q.measure(w)) for r in held for q in data[r]]
    return rows


def write_header(path, names, weights):
    text = open(path, encoding="utf-8").read()
    for name, weight in zip(names, weights):
        number = f"{weight:.2f}".rstrip("0").rstrip(".")
        number = "0" if number in ("-0", "") else number

        def put(match):
            line = match.group(1) + number + ")"
            if not match.group(2):
                return line
            return line + " " * (78 - len(line.expandtabs(8))) + "\\"

        text = re.sub(rf'(\tX\({name}, "[^"]*", )[-\d.]+\)( *\\)?', put, text)
    open(path, "w", encoding="utf-8").write(text)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("rows")
    p.add_argument("queries")
    p.add_argument("--without", default="")
    p.add_argument("--ablate", action="store_true")
    p.add_argument("--write")
    a = p.parse_args()
    golds = {}
    order = []
    for line in open(a.queries, encoding="utf-8"):
        q = json.loads(line)
        golds[q["query_id"]] = q
        if q["repo"] not in order:
            order.append(q["repo"])
    data, names = {}, []
    for repo in order:
        names, data[repo] = read_rows(
            os.path.join(a.rows, repo + ".tsv"), golds)
    without = set(a.without.split(","))
    folds = [order[i::FOLDS] for i in range(FOLDS)]
    all_of = show("five folds", held_out(data, names, folds, without))
    show("leaving one out",
         held_out(data, names, [[r] for r in order], without))
    if a.ablate:
        for name in names:
            if name in without or name in ("LENGTH", "RECENT"):
                continue
            head, _ = headline(
                held_out(data, names, folds, without | {name}))
            print(f"without {name:16} {head:.4f} ({head - all_of:+.4f})",
                  flush=True)
    w = fit([q for r in order for q in data[r]], names, without)
    print(" ".join(f"{n}={x:.2f}" for n, x in zip(names, w)))
    if a.write:
        write_header(a.write, names, w)


if __name__ == "__main__":
    main()
