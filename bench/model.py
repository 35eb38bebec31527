#!/usr/bin/python3
"""The scripted model that bench/run measures against: as fast as can be.

The formats are those of tests/wire/model_server.py; here each reply is made
once and kept as bytes, so that serving one is a look at the request and a
send. What the model does stands in the prompt:

    BENCH_HELLO      a short text
    BENCH_TEXT_<n>   n bytes of Markdown, 20 bytes a delta
    BENCH_PARAGRAPH_<n>, _FENCE_, _LIST_, _TABLE_   the same as one of these
    BENCH_PACED_<n>  the text at about 200 kB a second
    BENCH_CALLS_<n>  n turns with one shell call each, then a short text

Requests without tools (titles and the like) get two words. Prints its port;
then one line a request on stdout: wire, bytes of the body, turn (-1: without
tools), and the clock (monotonic, µs) when it was read and when it was
answered.
"""
import gzip
import json
import os
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "tests", "wire"))
from model_server import ENCODERS, ModelServer, call, say  # noqa: E402

END = "That is all."
DELTA_BYTES = 20
TASK = re.compile(rb"BENCH_(HELLO|(?:TEXT|CALLS|PARAGRAPH|FENCE|LIST|TABLE"
                  rb"|PACED)_\d+)")
PACE_BYTES, PACE_S = 20_000, 0.01  # of the HTTP stream, ten times the text
TOOLS = re.compile(rb'"tools"\s*:\s*\[\s*\{')
RESULT = {
    "openai-chat": re.compile(rb'"role"\s*:\s*"tool"'),
    "openai-responses": re.compile(rb'"type"\s*:\s*"[a-z_]*call_output"'),
    "anthropic": re.compile(rb'"type"\s*:\s*"tool_result"'),
    "gemini": re.compile(rb'"functionResponse"'),
    "ollama": re.compile(rb'"role"\s*:\s*"tool"')}
SHELLS = re.compile(r"^(exec_command|(run_|local_)?shell(_command)?|bash|"
                    r"(run|execute)_command|terminal)$", re.I)
COMMAND = ("command", "cmd", "script")
FILLER = {"string": "a step", "number": 10000, "integer": 10000,
          "boolean": False, "array": [], "object": {}}


def markdown(size):
    """Prose, lists and code: `size` bytes that end in END."""
    parts, length, n = [], 0, 0
    while length < size:
        n += 1
        part = (f"## Step {n}\n\nThe function `read_{n}()` takes a **path** "
                f"and gives the lines of the file; see [notes](doc/{n}.md)."
                f"\n\n- it returns `{n}` when there is nothing\n- it says "
                f"why it failed\n\n```c\nstatic int\nread_{n}(int fd)\n{{\n"
                f"\tif (fd < 0)\n\t\treturn -{n};\n\treturn 0;\n}}\n```\n\n")
        parts.append(part)
        length += len(part)
    tail = "\n" + END
    return "".join(parts)[:size - len(tail)] + tail


def one_shape(kind, size):
    """The same words as a single block of Markdown."""
    start, line, end = {
        "PARAGRAPH": ("", "The function `read_%d()` takes a **path** and "
                      "gives the lines of the file. ", ""),
        "FENCE": ("```c\n", "\tif (fd < 0)\n\t\treturn read_%d(fd, \"x\");\n",
                  "```"),
        "LIST": ("", "- it returns `%d` when there is **nothing** to say\n",
                 ""),
        "TABLE": ("| n | what | why |\n|---:|---|---|\n",
                  "| %d | a **path** | it gives `lines` of the file |\n",
                  "")}[kind]
    parts, length, n = [start], len(start), 0
    while length < size:
        n += 1
        parts.append(line % n)
        length += len(parts[-1])
    return "".join(parts) + end + "\n\n" + END


class Model:
    def __init__(self):
        self.streams = {}
        self.shells = {}
        self.lock = threading.Lock()

    @staticmethod
    def shell_of(wire, body):
        """(name, arguments but for the command, the command's member, whether
        it is a list) of the client's own shell tool."""
        tools = json.loads(body).get("tools", [])
        if wire == "gemini":
            tools = [f for t in tools
                     for f in t.get("functionDeclarations", [])]
        for tool in tools:
            tool = tool.get("function", tool)
            name = tool.get("name") or tool.get("type", "")
            if not SHELLS.match(name):
                continue
            schema = (tool.get("parameters") or tool.get("input_schema") or
                      tool.get("parametersJsonSchema") or {})
            properties = schema.get("properties", {})
            member = next((c for c in COMMAND if c in properties), "command")
            kind = str(properties.get(member, {}).get("type", "")).lower()
            needed = {k: FILLER.get(str(properties[k].get("type")).lower(),
                                    "x")
                      for k in schema.get("required", [])
                      if k in properties and k != member}
            return name, needed, member, kind == "array"
        return None

    def steps(self, key, task, turn, wire, body):
        if turn < 0:
            return [say("A title")]
        name, _, n = task.partition("_")
        if name not in ("CALLS", "HELLO"):
            text = markdown(int(n)) if name in ("TEXT", "PACED") else \
                one_shape(name, int(n))
            return [say(text, pieces=-(-len(text) // DELTA_BYTES))]
        if name != "CALLS" or turn >= int(n):
            return [say("Hello. " + END, pieces=1)]
        if key not in self.shells:
            self.shells[key] = self.shell_of(wire, body)
        if self.shells[key] is None:
            return [say("There is no shell. " + END, pieces=1)]
        tool, needed, member, is_list = self.shells[key]
        # Some clients stop when they see the same call again.
        command = f"true {turn}"
        return [call(tool, pieces=1, **needed,
                     **{member: [command] if is_list else command})]

    def stream(self, wire, agent, name, body):
        """(turn, bytes of the whole HTTP response, whether slowly)"""
        tasks = TASK.findall(body)
        task = tasks[-1].decode() if tasks else "HELLO"
        turn = -1
        if tasks and TOOLS.search(body):
            turn = len(RESULT[wire].findall(body))
        client = (wire, agent, name)
        key = client + (task, turn)
        with self.lock:
            if key not in self.streams:
                steps = self.steps(client, task, turn, wire, body)
                self.streams[key] = self.render(wire, steps, name, turn)
            return turn, self.streams[key], task.startswith("PACED")

    @staticmethod
    def render(wire, steps, name, turn):
        kind = "x-ndjson" if wire == "ollama" else "event-stream"
        parts = [b"HTTP/1.1 200 OK\r\nContent-Type: %s/%s\r\n"
                 b"Transfer-Encoding: chunked\r\n\r\n" % (
                     b"application" if wire == "ollama" else b"text",
                     kind.encode())]
        for piece in ENCODERS[wire](steps, name, turn + 1).pieces():
            data = piece.encode()
            parts.append(b"%x\r\n%s\r\n" % (len(data), data))
        return b"".join(parts) + b"0\r\n\r\n"


class Connection:
    """HTTP/1.1 over a socket, one request after the other."""

    def __init__(self, sock, model):
        self.sock, self.model, self.rest = sock, model, b""

    def more(self):
        data = self.sock.recv(1 << 18)
        if not data:
            raise EOFError
        self.rest += data

    def until(self, mark):
        while mark not in self.rest:
            self.more()
        head, self.rest = self.rest.split(mark, 1)
        return head

    def take(self, n):
        parts, have = [self.rest], len(self.rest)
        while have < n:
            data = self.sock.recv(1 << 18)
            if not data:
                raise EOFError
            parts.append(data)
            have += len(data)
        whole = b"".join(parts)
        self.rest = whole[n:]
        return whole[:n]

    def body(self, head):
        fields = dict(re.findall(r"^([^:\r\n]+):[ \t]*(.*?)\r?$",
                                 head.lower(), re.M))
        if fields.get("expect") == "100-continue":
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in fields.get("transfer-encoding", ""):
            data = b""
            while True:
                n = int(self.until(b"\r\n").split(b";")[0], 16)
                data += self.take(n)
                self.until(b"\r\n")
                if n == 0:
                    break
        else:
            data = self.take(int(fields.get("content-length", 0)))
        if fields.get("content-encoding") == "gzip":
            data = gzip.decompress(data)
        return fields.get("user-agent", ""), data

    def serve(self):
        try:
            while True:
                head = self.until(b"\r\n\r\n").decode("latin-1")
                path = head.split(" ", 2)[1].split("?")[0]
                agent, data = self.body(head)
                self.answer(path, agent, data)
        except (EOFError, OSError):
            pass
        finally:
            self.sock.close()

    def answer(self, path, agent, data):
        wire = ModelServer.wire_of(path)
        if wire is None:
            self.answer_whole(path)
            return
        start = time.monotonic_ns() // 1000
        name = re.search(rb'"model"\s*:\s*"([^"]*)"', data)
        turn, stream, slowly = self.model.stream(
            wire, agent, name[1].decode() if name else "bench", data)
        step = PACE_BYTES if slowly and turn >= 0 else len(stream)
        for at in range(0, len(stream), step):
            self.sock.sendall(stream[at:at + step])
            if slowly:
                time.sleep(PACE_S)
        print(wire, len(data), turn, start, time.monotonic_ns() // 1000,
              flush=True)

    def answer_whole(self, path):
        """Lists of models, token counts, and the rest that is not found."""
        reply = {"data": [{"id": "bench", "object": "model"}]}
        if path.lower().endswith(("count_tokens", "counttokens")):
            reply = {"input_tokens": 1000, "totalTokens": 1000}
        elif path.endswith(":generateContent"):
            reply = {"candidates": [{"content": {
                "role": "model", "parts": [{"text": "A title"}]},
                "finishReason": "STOP"}]}
        data = json.dumps(reply).encode()
        self.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json"
                          b"\r\nContent-Length: %d\r\n\r\n%s" %
                          (len(data), data))


def main():
    model = Model()
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(server.getsockname()[1], flush=True)
    while True:
        sock, _ = server.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=Connection(sock, model).serve,
                         daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        pass
