"""A scripted model server that speaks the five wire formats.

A test writes what the model does in neutral terms; the server says it in the
format of the request that comes in:

    server.script(
        [think("hm", signature="sig"), say("Reading."), call("read", path="a.c")],
        [say("Done.")])

Each main request takes the next entry of the script (a list of steps, or a
function that gets the Request and returns steps). When the script is used up,
requests get a plain "ok". Every request is kept in server.requests.

Steps can also misbehave: status() answers with an HTTP error, raw() sends
bytes as they are, drop() cuts the connection, wait() blocks until the test
releases it, split(n) sends everything in pieces of n bytes, crlf() uses CRLF.
"""
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WIRES = ("openai-chat", "openai-responses", "anthropic", "gemini", "ollama")
BASE_PATH = {"openai-chat": "/v1", "openai-responses": "/v1",
             "anthropic": "/v1", "gemini": "/v1beta", "ollama": ""}


# --- steps ---------------------------------------------------------------

class Step:
    def __init__(self, kind, **fields):
        self.kind = kind
        self.__dict__.update(fields)


def say(text, pieces=3):
    """Text, in so many pieces."""
    return Step("say", text=text, pieces=pieces)


def think(text, signature="c2lnbmF0dXJl", redacted=False):
    return Step("think", text=text, signature=signature, redacted=redacted)


def call(tool, id=None, pieces=3, raw=None, **arguments):
    """A tool call; raw: the arguments' text as it is."""
    return Step("call", tool=tool, id=id, pieces=pieces,
                arguments=json.dumps(arguments) if raw is None else raw)


def stop(reason):
    """A stop reason in the format's own words (else: what fits)."""
    return Step("stop", reason=reason)


def usage(input=1000, output=50, cached=0, reasoning=0):
    return Step("usage", input=input, output=output, cached=cached,
                reasoning=reasoning)


def status(code, body=None, headers=None, content_type="application/json",
           message=None):
    """An HTTP error instead of a stream. body None: the format's own."""
    return Step("status", code=code, body=body, headers=headers or {},
                content_type=content_type, message=message)


def error(message="boom", type="server_error"):
    """An error in the middle of the stream, under HTTP 200."""
    return Step("error", message=message, type=type)


def drop():
    """The connection is gone, here."""
    return Step("drop")


def wait(event=None):
    """Nothing more until the event is set (None: until the client leaves)."""
    return Step("wait", event=event)


def raw(data):
    return Step("raw", data=data)


def split(size):
    return Step("split", size=size)


def crlf():
    return Step("crlf")


def no_end():
    """The stream ends without the format's end mark."""
    return Step("no_end")


# --- encoding --------------------------------------------------------------

def cut(text, pieces):
    size = max(1, -(-len(text) // max(1, pieces)))
    return [text[i:i + size] for i in range(0, len(text), size)] or [""]


def sse(data, event=None):
    head = f"event: {event}\n" if event else ""
    return head + "data: " + json.dumps(data, ensure_ascii=False) + "\n\n"


class Encoder:
    """Turns steps into pieces of text of one stream."""

    def __init__(self, steps, model, serial):
        self.steps, self.model, self.serial = steps, model, serial
        self.calls = 0
        self.reason = next((s.reason for s in steps if s.kind == "stop"), None)
        self.used = next((s for s in steps if s.kind == "usage"),
                         usage())
        self.has_calls = any(s.kind == "call" for s in steps)
        self.no_end = any(s.kind == "no_end" for s in steps)

    def call_id(self, step):
        self.calls += 1
        return step.id or f"call_{self.serial}_{self.calls}"

    def pieces(self):
        yield from self.begin()
        for step in self.steps:
            if step.kind in ("say", "think", "call", "error"):
                yield from getattr(self, step.kind)(step)
            elif step.kind == "raw":
                yield step.data
            elif step.kind in ("drop", "wait"):
                yield step
        if not self.no_end:
            yield from self.end()


class Chat(Encoder):
    def chunk(self, delta, finish=None, **more):
        return sse({"id": f"chatcmpl-{self.serial}",
                    "object": "chat.completion.chunk", "created": 1,
                    "model": self.model,
                    "choices": [{"index": 0, "delta": delta,
                                 "finish_reason": finish}], **more})

    def begin(self):
        yield self.chunk({"role": "assistant", "content": ""})

    def say(self, step):
        for part in cut(step.text, step.pieces):
            yield self.chunk({"content": part})

    def think(self, step):
        for part in cut(step.text, 2):
            yield self.chunk({"reasoning_content": part})

    def call(self, step):
        id = self.call_id(step)
        index = self.calls - 1
        yield self.chunk({"tool_calls": [{
            "index": index, "id": id, "type": "function",
            "function": {"name": step.tool, "arguments": ""}}]})
        for part in cut(step.arguments, step.pieces):
            yield self.chunk({"tool_calls": [{
                "index": index, "function": {"arguments": part}}]})

    def error(self, step):
        yield sse({"error": {"message": step.message, "type": step.type}})

    def end(self):
        yield self.chunk({}, self.reason or
                         ("tool_calls" if self.has_calls else "stop"))
        yield sse({"id": "x", "object": "chat.completion.chunk",
                   "model": self.model, "choices": [], "usage": {
                       "prompt_tokens": self.used.input,
                       "completion_tokens": self.used.output,
                       "total_tokens": self.used.input + self.used.output,
                       "prompt_tokens_details":
                           {"cached_tokens": self.used.cached},
                       "completion_tokens_details":
                           {"reasoning_tokens": self.used.reasoning}}})
        yield "data: [DONE]\n\n"


class Responses(Encoder):
    def begin(self):
        self.index = -1
        self.items = []
        yield self.event("response.created", response=self.response("in_progress"))

    def event(self, type, **fields):
        return sse({"type": type, **fields}, type)

    def response(self, status, **more):
        return {"id": f"resp_{self.serial}", "object": "response",
                "status": status, "model": self.model,
                "output": list(getattr(self, "items", [])), **more}

    def item(self, item):
        self.index += 1
        self.items.append(item)
        return self.index

    def say(self, step):
        item = {"type": "message", "id": f"msg_{self.serial}",
                "role": "assistant", "status": "completed",
                "content": [{"type": "output_text", "text": step.text,
                             "annotations": []}]}
        at = self.item(item)
        yield self.event("response.output_item.added", output_index=at,
                         item={**item, "content": [], "status": "in_progress"})
        yield self.event("response.content_part.added", output_index=at,
                         item_id=item["id"], content_index=0,
                         part={"type": "output_text", "text": ""})
        for part in cut(step.text, step.pieces):
            yield self.event("response.output_text.delta", output_index=at,
                             item_id=item["id"], content_index=0, delta=part)
        yield self.event("response.output_text.done", output_index=at,
                         item_id=item["id"], content_index=0, text=step.text)
        yield self.event("response.output_item.done", output_index=at,
                         item=item)

    def think(self, step):
        item = {"type": "reasoning", "id": f"rs_{self.serial}",
                "summary": [{"type": "summary_text", "text": step.text}],
                "encrypted_content": step.signature}
        at = self.item(item)
        yield self.event("response.output_item.added", output_index=at,
                         item={**item, "summary": []})
        for part in cut(step.text, 2):
            yield self.event("response.reasoning_summary_text.delta",
                             output_index=at, item_id=item["id"],
                             summary_index=0, delta=part)
        yield self.event("response.output_item.done", output_index=at,
                         item=item)

    def call(self, step):
        id = self.call_id(step)
        item = {"type": "function_call", "id": f"fc_{id}", "call_id": id,
                "name": step.tool, "arguments": step.arguments,
                "status": "completed"}
        at = self.item(item)
        yield self.event("response.output_item.added", output_index=at,
                         item={**item, "arguments": "",
                               "status": "in_progress"})
        for part in cut(step.arguments, step.pieces):
            yield self.event("response.function_call_arguments.delta",
                             output_index=at, item_id=item["id"], delta=part)
        yield self.event("response.function_call_arguments.done",
                         output_index=at, item_id=item["id"],
                         arguments=step.arguments)
        yield self.event("response.output_item.done", output_index=at,
                         item=item)

    def error(self, step):
        yield self.event("error", code=step.type, message=step.message)

    def end(self):
        used = {"input_tokens": self.used.input,
                "input_tokens_details": {"cached_tokens": self.used.cached},
                "output_tokens": self.used.output,
                "output_tokens_details":
                    {"reasoning_tokens": self.used.reasoning},
                "total_tokens": self.used.input + self.used.output}
        if self.reason:
            yield self.event("response.incomplete", response=self.response(
                "incomplete", incomplete_details={"reason": self.reason},
                usage=used))
        else:
            yield self.event("response.completed", response=self.response(
                "completed", usage=used))


class Anthropic(Encoder):
    def event(self, type, **fields):
        return sse({"type": type, **fields}, type)

    def begin(self):
        self.index = -1
        yield self.event("message_start", message={
            "id": f"msg_{self.serial}", "type": "message",
            "role": "assistant", "model": self.model, "content": [],
            "stop_reason": None, "usage": {
                "input_tokens": self.used.input - self.used.cached,
                "cache_read_input_tokens": self.used.cached,
                "cache_creation_input_tokens": 0, "output_tokens": 1}})
        yield self.event("ping")

    def block(self, start, deltas):
        self.index += 1
        yield self.event("content_block_start", index=self.index,
                         content_block=start)
        for delta in deltas:
            yield self.event("content_block_delta", index=self.index,
                             delta=delta)
        yield self.event("content_block_stop", index=self.index)

    def say(self, step):
        yield from self.block({"type": "text", "text": ""}, [
            {"type": "text_delta", "text": part}
            for part in cut(step.text, step.pieces)])

    def think(self, step):
        if step.redacted:
            yield from self.block({"type": "redacted_thinking",
                                   "data": step.signature}, [])
            return
        yield from self.block({"type": "thinking", "thinking": "",
                               "signature": ""}, [
            *({"type": "thinking_delta", "thinking": part}
              for part in cut(step.text, 2)),
            {"type": "signature_delta", "signature": step.signature}])

    def call(self, step):
        yield from self.block(
            {"type": "tool_use", "id": self.call_id(step), "name": step.tool,
             "input": {}}, [
                {"type": "input_json_delta", "partial_json": part}
                for part in cut(step.arguments, step.pieces)])

    def error(self, step):
        yield self.event("error", error={"type": step.type,
                                         "message": step.message})

    def end(self):
        yield self.event("message_delta", delta={
            "stop_reason": self.reason or
            ("tool_use" if self.has_calls else "end_turn"),
            "stop_sequence": None},
            usage={"output_tokens": self.used.output})
        yield self.event("message_stop")


class Gemini(Encoder):
    def chunk(self, parts, finish=None, **more):
        candidate = {"content": {"role": "model", "parts": parts}, "index": 0}
        if finish:
            candidate["finishReason"] = finish
        return sse({"candidates": [candidate], "modelVersion": self.model,
                    **more})

    def begin(self):
        self.signature = None
        return iter(())

    def say(self, step):
        for part in cut(step.text, step.pieces):
            yield self.chunk([{"text": part}])

    def think(self, step):
        for part in cut(step.text, 2):
            yield self.chunk([{"text": part, "thought": True}])
        self.signature = step.signature

    def call(self, step):
        self.calls += 1
        part = {"functionCall": {"name": step.tool,
                                 "args": json.loads(step.arguments or "{}")}}
        if self.signature:
            part["thoughtSignature"] = self.signature
            self.signature = None
        yield self.chunk([part])

    def error(self, step):
        yield sse({"error": {"code": 500, "message": step.message,
                             "status": step.type}})

    def end(self):
        yield self.chunk([], self.reason or "STOP", usageMetadata={
            "promptTokenCount": self.used.input,
            "candidatesTokenCount": self.used.output - self.used.reasoning,
            "thoughtsTokenCount": self.used.reasoning,
            "cachedContentTokenCount": self.used.cached,
            "totalTokenCount": self.used.input + self.used.output})


class Ollama(Encoder):
    def line(self, message, **more):
        return json.dumps({"model": self.model, "created_at": "2026-01-01",
                           "message": {"role": "assistant", **message},
                           "done": False, **more}, ensure_ascii=False) + "\n"

    def begin(self):
        return iter(())

    def say(self, step):
        for part in cut(step.text, step.pieces):
            yield self.line({"content": part})

    def think(self, step):
        for part in cut(step.text, 2):
            yield self.line({"content": "", "thinking": part})

    def call(self, step):
        self.calls += 1
        yield self.line({"content": "", "tool_calls": [{"function": {
            "name": step.tool,
            "arguments": json.loads(step.arguments or "{}")}}]})

    def error(self, step):
        yield json.dumps({"error": step.message}) + "\n"

    def end(self):
        yield self.line({"content": ""}, done=True,
                        done_reason=self.reason or "stop",
                        prompt_eval_count=self.used.input,
                        eval_count=self.used.output)


ENCODERS = {"openai-chat": Chat, "openai-responses": Responses,
            "anthropic": Anthropic, "gemini": Gemini, "ollama": Ollama}


def error_body(wire, code, message):
    if wire == "anthropic":
        types = {400: "invalid_request_error", 401: "authentication_error",
                 402: "billing_error", 403: "permission_error",
                 404: "not_found_error", 429: "rate_limit_error",
                 529: "overloaded_error"}
        return {"type": "error", "error": {
            "type": types.get(code, "api_error"), "message": message}}
    if wire == "gemini":
        names = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED",
                 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
                 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}
        return {"error": {"code": code, "message": message,
                          "status": names.get(code, "UNKNOWN")}}
    if wire == "ollama":
        return {"error": message}
    return {"error": {"message": message, "type": "error", "code": None}}


# --- the server --------------------------------------------------------------

class Request:
    """One request as it came: wire, path, headers, body (bytes), json."""

    def __init__(self, wire, path, headers, body):
        self.wire, self.path, self.headers, self.body = (
            wire, path, headers, body)
        self.json = json.loads(body) if body else {}

    @property
    def tools(self):
        """Names of the tools that are offered."""
        if self.wire == "gemini":
            return [f["name"] for t in self.json.get("tools", [])
                    for f in t.get("functionDeclarations", [])]
        return [t.get("name") or t["function"]["name"]
                for t in self.json.get("tools", [])]

    @property
    def results(self):
        """Texts of all tool results in the conversation, in order."""
        found = []

        def text(value):
            if isinstance(value, list):
                return "".join(p.get("text", "") for p in value
                               if isinstance(p, dict))
            return value if isinstance(value, str) else json.dumps(value)

        j = self.json
        if self.wire in ("openai-chat", "ollama"):
            found = [text(m["content"]) for m in j["messages"]
                     if m["role"] == "tool"]
        elif self.wire == "openai-responses":
            found = [text(m["output"]) for m in j["input"]
                     if m.get("type") == "function_call_output"]
        elif self.wire == "anthropic":
            found = [text(p.get("content", "")) for m in j["messages"]
                     if isinstance(m["content"], list) for p in m["content"]
                     if p["type"] == "tool_result"]
        elif self.wire == "gemini":
            found = [json.dumps(p["functionResponse"]["response"],
                                ensure_ascii=False)
                     for c in j["contents"] for p in c["parts"]
                     if "functionResponse" in p]
        return found

    @property
    def text(self):
        return self.body.decode()


class ModelServer:
    def __init__(self):
        self.requests = []
        self.steps = []
        self.default = None
        self.lock = threading.Lock()
        self.arrived = threading.Condition(self.lock)
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_GET(self):
                server.get(self)

            def do_POST(self):
                server.post(self)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request, address):
                pass  # clients that leave are part of the tests

        self.http = Server(("127.0.0.1", 0), Handler)
        self.port = self.http.server_address[1]
        self.stopping = threading.Event()
        threading.Thread(target=self.http.serve_forever, args=(0.05,),
                         daemon=True).start()

    def close(self):
        self.stopping.set()
        self.http.shutdown()
        self.http.server_close()

    def url(self, wire):
        return f"http://127.0.0.1:{self.port}{BASE_PATH[wire]}"

    def script(self, *entries):
        """What the next main requests get, in this order."""
        with self.lock:
            self.steps.extend(entries)

    def always(self, entry):
        """What requests get when the script is used up."""
        self.default = entry

    def wait_requests(self, count, timeout=20):
        """Blocks until so many requests came; fails when they do not."""
        with self.lock:
            ok = self.arrived.wait_for(
                lambda: len(self.requests) >= count, timeout)
        assert ok, f"only {len(self.requests)} of {count} requests came"

    # Which format a request is in, by its path.
    @staticmethod
    def wire_of(path):
        if path.startswith("/v1beta/models/") and \
                path.endswith(":streamGenerateContent"):
            return "gemini"
        return {"/v1/chat/completions": "openai-chat",
                "/v1/responses": "openai-responses",
                "/v1/messages": "anthropic",
                "/api/chat": "ollama"}.get(path)

    def get(self, handler):
        bodies = {"/v1/models": {"object": "list", "data": [
            {"id": "test-model", "object": "model", "type": "model"}]},
            "/v1beta/models": {"models": [
                {"name": "models/test-model", "inputTokenLimit": 100000}]},
            "/api/tags": {"models": [{"name": "test-model",
                                      "model": "test-model"}]}}
        body = bodies.get(handler.path.split("?")[0])
        data = json.dumps(body or {"error": "not found"}).encode()
        handler.send_response(200 if body else 404)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def post(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        wire = self.wire_of(handler.path.split("?")[0])
        if wire is None:
            handler.send_error(404)
            return
        request = Request(wire, handler.path, handler.headers, body)
        with self.lock:
            self.requests.append(request)
            serial = len(self.requests)
            entry = self.steps.pop(0) if self.steps else self.default
            self.arrived.notify_all()
        if entry is None:
            entry = [say("ok")]
        steps = entry(request) if callable(entry) else entry
        bad = next((s for s in steps if s.kind == "status"), None)
        if bad is not None:
            self.fail(handler, wire, bad)
            return
        self.stream(handler, wire, steps,
                    request.json.get("model", "test-model"), serial)

    def fail(self, handler, wire, step):
        body = step.body
        if body is None:
            body = error_body(wire, step.code, step.message
                              or f"status {step.code}")
        data = body.encode() if isinstance(body, str) else \
            json.dumps(body).encode()
        handler.send_response(step.code)
        handler.send_header("Content-Type", step.content_type)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in step.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    def stream(self, handler, wire, steps, model, serial):
        size = next((s.size for s in steps if s.kind == "split"), 0)
        line_end = any(s.kind == "crlf" for s in steps)
        handler.send_response(200)
        handler.send_header("Content-Type", "application/x-ndjson"
                            if wire == "ollama" else "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for piece in ENCODERS[wire](steps, model, serial).pieces():
            if isinstance(piece, Step):
                if piece.kind == "drop":
                    handler.close_connection = True
                    handler.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.block(handler, piece)
                continue
            data = piece if isinstance(piece, bytes) else piece.encode()
            if line_end:
                data = data.replace(b"\n", b"\r\n")
            for i in range(0, len(data), size or len(data)):
                part = data[i:i + size] if size else data
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                handler.wfile.flush()
        handler.wfile.write(b"0\r\n\r\n")

    def block(self, handler, step):
        """Until the event, the server's end, or the client's leaving."""
        handler.connection.settimeout(0.05)
        while not self.stopping.is_set():
            if step.event is not None and step.event.wait(0.02):
                break
            try:
                if handler.connection.recv(1, socket.MSG_PEEK) == b"":
                    raise ConnectionResetError
            except TimeoutError:
                pass
        handler.connection.settimeout(None)
