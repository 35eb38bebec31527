"""A scripted server of embeddings, in OpenAI's form and in Ollama's.

A vector counts the words of a text, by a hash of each, so that texts of the
same words are near. `plan` says what the next requests get instead: a status,
"drop" (the connection ends), or a function of the reply. Every request that
was answered well is kept in `texts`, all in `requests`.
"""
import json
import re
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIM = 48


def embed(text):
    vector = [0.0] * DIM
    for word in re.findall(r"[a-z]+", text.lower()):
        vector[zlib.crc32(word.encode()) % DIM] += 1.0
    return vector


class EmbeddingServer:
    def __init__(self):
        self.requests = []
        self.texts = []
        self.plan = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.answer(self, json.loads(body))

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def answer(self, handler, body):
        self.requests.append((handler.path, dict(handler.headers), body))
        step = self.plan.pop(0) if self.plan else None
        if step == "drop":
            handler.close_connection = True
            handler.connection.close()
            return
        if isinstance(step, int):
            self.send(handler, step, {"error": {"message": "not now"}})
            return
        vectors = [embed(text) for text in body["input"]]
        if handler.path == "/api/embed":
            reply = {"embeddings": vectors, "prompt_eval_count": 7}
        else:
            # The order is the server's own affair.
            reply = {"data": [{"index": i, "embedding": v} for i, v in
                              reversed(list(enumerate(vectors)))],
                     "usage": {"prompt_tokens": 1000}}
        if callable(step):
            reply = step(reply)
        self.texts.extend(body["input"])
        self.send(handler, 200, reply)

    @staticmethod
    def send(handler, status, value):
        data = json.dumps(value).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        if status == 429:
            handler.send_header("Retry-After", "0")
        handler.end_headers()
        handler.wfile.write(data)

    def close(self):
        self.http.shutdown()
        self.http.server_close()
