#!/usr/bin/python3
"""Splits the benchmark's questions by repository and prints their names.

usage: questions.py QUERIES FOLDER

FOLDER gets REPO.jsonl for `friday search --batch` and REPO.tsv for `signals`.
Neither says what the answer is.
"""
import json
import os
import sys


def main():
    queries, folder = sys.argv[1:]
    of_repo = {}
    for line in open(queries, encoding="utf-8"):
        q = json.loads(line)
        of_repo.setdefault(q["repo"], []).append(
            (q["query_id"], " ".join(q["query"].split())))
    for repo, rows in of_repo.items():
        base = os.path.join(folder, repo)
        with open(base + ".jsonl", "w", encoding="utf-8") as out:
            for name, text in rows:
                print(json.dumps({"query_id": name, "query": text}), file=out)
        with open(base + ".tsv", "w", encoding="utf-8") as out:
            for name, text in rows:
                print(name, text, sep="\t", file=out)
    print(" ".join(of_repo))


if __name__ == "__main__":
    main()
