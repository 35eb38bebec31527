"""Vectors by a server: both forms, breaks, secrets, a change of mind."""
import json
import time

import pytest

from embedding_server import EmbeddingServer

KEY = "made-up-for-tests"


@pytest.fixture
def embedder():
    server = EmbeddingServer()
    yield server
    server.close()


def configure(friday, embedder, wire="openai-chat", budget=None, **more):
    base = embedder.url + ("/v1" if wire == "openai-chat" else "")
    friday.config({
        "providers": {"vectors": {"wire": wire, "base_url": base,
                                  "key_env": "VECTORS_KEY"}},
        "models": {"vectors/tiny": {"price": {"input": 2.0}}},
        "retry": {"first_ms": 1}, "budget": budget or {},
        "index": {"embedder": "vectors/tiny", **more}})


def fill(friday):
    friday.write("src/window.c", "/* Makes a window smaller. */\n"
                 "int\nwindow_shrink(int by)\n{\n\treturn by;\n}\n")
    friday.write("src/parse.c", "/* Reads the next token. */\n"
                 "int\nparse_token(int from)\n{\n\treturn from;\n}\n")


def index(friday, **env):
    done = friday("index", "--json", VECTORS_KEY=KEY, **env)
    assert done.status == 0, done
    return json.loads(done.out)


def first(friday, *args):
    done = friday("search", "--json", *args, VECTORS_KEY=KEY)
    assert done.status == 0, done
    return json.loads(done.out)["results"][0]


@pytest.mark.parametrize("wire, path", [("openai-chat", "/v1/embeddings"),
                                        ("ollama", "/api/embed")])
def test_a_server_makes_vectors(friday, embedder, wire, path):
    configure(friday, embedder, wire)
    fill(friday)
    told = index(friday)["vectors"]
    assert told["embedder"] == "http vectors/tiny"
    assert told["dimension"] == 48 and told["requests"] == 1
    assert told["made"] == told["pieces"] == len(embedder.texts) >= 2
    sent, headers, body = embedder.requests[0]
    assert (sent, body["model"]) == (path, "tiny")
    if wire == "openai-chat":
        assert headers["Authorization"] == f"Bearer {KEY}"
        assert told["tokens"] == 1000 and told["cost_microusd"] == 2000
    hit = first(friday, "--mode", "vector", "makes a smaller window")
    assert hit["path"] == "src/window.c"
    assert embedder.texts[-1] == "makes a smaller window"


def test_what_is_there_is_not_asked_for_again(friday, embedder):
    configure(friday, embedder)
    fill(friday)
    index(friday)
    before = len(embedder.texts)
    assert index(friday)["vectors"]["requests"] == 0
    friday.write("src/parse.c", "int\nparse_line(int from)\n{\n"
                 "\treturn from;\n}\n")
    assert index(friday)["vectors"]["made"] >= 1
    assert all("parse_line" in text for text in embedder.texts[before:])
    # As it was before: those vectors are still there.
    before = len(embedder.requests)
    fill(friday)
    assert index(friday)["vectors"]["requests"] == 0
    assert len(embedder.requests) == before


def test_a_search_sends_the_question_alone(friday, embedder):
    configure(friday, embedder)
    fill(friday)
    assert first(friday, "shrink window")["path"] == "src/window.c"
    assert embedder.requests == []
    index(friday)
    before = len(embedder.texts)
    friday.write("src/more.c", "int more(void);\n")
    assert first(friday, "shrink window")["path"] == "src/window.c"
    assert embedder.texts[before:] == ["shrink window"]


def test_faults_that_pass_are_tried_again(friday, embedder):
    configure(friday, embedder)
    fill(friday)
    embedder.plan = [429, 500, "drop"]
    told = index(friday)["vectors"]
    assert "error" not in told and told["pieces"] >= 2
    assert len(embedder.requests) == 4


def test_a_break_costs_little(friday, embedder):
    configure(friday, embedder, embed_batch=2)
    for i in range(6):
        friday.write(f"src/f{i}.c", "".join(
            f"int\nfunction_{i}_{j}(int a)\n{{\n\treturn a + {j};\n}}\n\n"
            for j in range(3)))
    embedder.plan = [None, None, None, 400]
    told = index(friday)
    assert told["vectors"]["error"] and told["files"] >= 6
    done = set(embedder.texts)
    assert 0 < told["vectors"]["pieces"] <= len(done)
    again = index(friday)["vectors"]
    assert "error" not in again
    # At most the file that was on its way is asked for twice.
    assert len(embedder.texts) - len(set(embedder.texts)) <= 4
    assert again["pieces"] >= 18


def test_secrets_and_denied_files_are_not_sent(friday, embedder):
    configure(friday, embedder)
    fill(friday)
    token = "glpat" + "-" + "Zx9kQ2vLm7Rt4WpYs8Bd"  # fake
    friday.write("src/login.py", f"def login():\n    token = '{token}'\n"
                 "    return token\n")
    friday.write(".env", "PASSWORD=verysecret\n")
    friday.write(".fridayignore", "private/\n")
    friday.write("private/plan.c", "int secret_plan(void);\n")
    told = index(friday)["vectors"]
    assert told["withheld"] >= 1
    everything = json.dumps([body for _, _, body in embedder.requests])
    for word in (token, "verysecret", "secret_plan"):
        assert word not in everything
    assert "window_shrink" in everything


def test_another_embedder_makes_vectors_alone_anew(friday, embedder):
    fill(friday)
    assert index(friday)["vectors"]["embedder"] == "local 2"
    configure(friday, embedder)
    told = index(friday)
    assert told["added"] == 0
    assert told["vectors"]["embedder"] == "http vectors/tiny"
    assert told["vectors"]["made"] == told["vectors"]["pieces"]
    friday.config({})
    told = index(friday)
    assert (told["added"], told["vectors"]["embedder"]) == (0, "local 2")


@pytest.mark.parametrize("spoil", [
    lambda reply: {},
    lambda reply: {"data": reply["data"][1:]},
    lambda reply: {"data": [reply["data"][0]] * len(reply["data"])},
    lambda reply: {"data": [{"index": d["index"], "embedding":
                             d["embedding"][:d["index"] + 1]}
                            for d in reply["data"]]},
    lambda reply: {"data": [{"index": d["index"], "embedding": ["x"] * 48}
                            for d in reply["data"]]},
    lambda reply: [1, 2],
])
def test_a_strange_reply_is_told(friday, embedder, spoil):
    configure(friday, embedder)
    fill(friday)
    embedder.plan = [spoil]
    told = index(friday)["vectors"]
    assert "one vector for each text" in told["error"]
    assert told["pieces"] == 0


def test_what_it_cost_is_booked(friday, embedder):
    configure(friday, embedder)
    fill(friday)
    told = index(friday)["vectors"]
    first(friday, "--mode", "vector", "makes a smaller window")
    embedder.plan = [400]
    friday.write("src/more.c", "int more(void);\n")
    assert index(friday)["vectors"]["error"]
    spent = json.loads(friday("cost", "--json").out)
    row, = spent["models"]
    assert (row["provider"], row["model"]) == ("vectors", "tiny")
    # The pieces and the question; of what failed, nothing.
    assert row["calls"] == told["requests"] + 1 == 2
    assert row["input_tokens"] == 2 * told["tokens"]
    assert row["cost_microusd"] == 2 * told["cost_microusd"] == 4000
    assert row["output_tokens"] == 0


def test_a_budget_holds_for_vectors_too(friday, embedder):
    configure(friday, embedder, budget={"day_usd": 0.000001})
    fill(friday)
    told = index(friday)["vectors"]
    assert "the day's budget" in told["error"] and told["pieces"] == 0
    assert embedder.requests == []


def test_so_many_requests_a_minute(friday, embedder):
    # 300: a fifth of a second between two, whatever the server could do. A
    # slow machine only makes it longer.
    configure(friday, embedder, embed_batch=1, embed_per_minute=300)
    for i in range(8):
        friday.write(f"src/f{i}.c", f"int function_{i};\n")
    start = time.monotonic()
    told = index(friday)["vectors"]
    assert "error" not in told and told["requests"] >= 8
    assert time.monotonic() - start >= (told["requests"] - 1) / 5


def test_without_the_server_a_search_goes_on(friday, embedder):
    configure(friday, embedder)
    fill(friday)
    index(friday)
    embedder.close()
    assert first(friday, "shrink window")["path"] == "src/window.c"
    alone = friday("search", "--mode", "vector", "shrink", VECTORS_KEY=KEY)
    assert alone.status == 1


def test_the_repository_cannot_choose_a_server(friday, embedder):
    fill(friday)
    friday.config({"providers": {"vectors": {
        "wire": "openai-chat", "base_url": embedder.url + "/v1"}}})
    friday.write(".friday/config.json",
                 '{"index": {"embedder": "vectors/tiny"}}')
    index(friday)
    assert embedder.requests == []
