"""The tools, each through the whole program: by hand, or as a model calls
them, with what the next request then holds."""
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from model_server import call, say


def by_hand(friday, name, **args):
    return friday("tool", "run", name, "--json", "--args", json.dumps(args))


def test_write_by_hand_replaces_a_file(friday):
    """Whoever typed the call knows the file; a model must read it first."""
    friday.write("a.txt", "old\n")
    r = by_hand(friday, "write", path="a.txt", content="new\n")
    assert r.status == 0, r
    assert friday.read("a.txt") == "new\n"


def test_write_of_a_model_does_not(friday, server):
    friday.write("a.txt", "old\n")
    server.script([call("write", path="a.txt", content="new\n")],
                  [say("Done.")])
    friday("run", "hello")
    assert friday.read("a.txt") == "old\n"
    assert "read it first" in server.requests[1].results[0]
