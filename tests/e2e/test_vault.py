"""Keys: kept in the vault, given to their own provider alone, seen by nobody
else. The values are made up here."""
import http.server
import json
import os
import pty
import select
import shutil
import stat
import subprocess
import tempfile
import threading
import time

import pytest
from conftest import FRIDAY
from model_server import call, say, wait

KEY = "k8Tq2v-" + "Lz9wPf-3MxR7s"


@pytest.fixture
def mine(friday, server):
    """A provider row of the user's, whose key is MINE_KEY."""
    return configure(friday, server)


def configure(friday, server, **settings):
    for name in list(friday.env):
        if name.startswith("FRIDAY_") and name not in (
                "FRIDAY_DATA_DIR", "FRIDAY_RETRY_FIRST_MS"):
            del friday.env[name]
    config = friday.home / ".config/friday/config.json"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(json.dumps({
        "provider": "mine", "model": "test-model", "mode": "auto",
        "providers": {"mine": {
            "wire": "openai-chat", "base_url": server.url("openai-chat"),
            "key_env": "MINE_KEY", "auth": "bearer"}},
        **settings}))
    return friday


def sent_key(server):
    headers = {k.lower(): v for k, v in server.requests[-1].headers.items()}
    return headers.get("authorization", "")


def test_a_key_of_the_vault_reaches_its_provider(mine, server):
    r = mine("secret", "set", "MINE_KEY", input=KEY + "\n")
    assert (r.status, r.out) == (0, "MINE_KEY is in the vault.\n"), r
    r = mine("run", "--json", "hello")
    assert r.status == 0, r
    assert sent_key(server) == "Bearer " + KEY
    assert KEY not in r.out + r.err


def test_a_key_in_use_is_no_text_for_its_model(mine, server):
    """Whatever it looks like, and wherever it stands."""
    key = "just-" + "some-words-in-a-row"
    mine("secret", "set", "MINE_KEY", input=key)
    mine.write("a.txt", f"it is {key} here\n")
    server.script([call("read", path="a.txt")],
                  [call("shell", command="cat a.txt")], [say("done")])
    r = mine("run", "--json", f"is {key} right?")
    assert r.status == 0, r
    assert sent_key(server) == "Bearer " + key
    assert all(key not in q.text for q in server.requests)
    # Once in the question, twice in results; and where the index has the
    # file, in what it adds to the question.
    assert server.requests[-1].text.count("[secret:known-key:") in (3, 4)


def test_files_are_private_and_hold_no_value(mine):
    mine("secret", "set", "MINE_KEY", input=KEY)
    mine("run", "hello")
    places = [mine.home / ".config/friday/vault",
              mine.home / ".local/state/friday/vault.key"]
    for path in places:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder, _, names in os.walk(mine.home):
        for name in names:
            data = open(os.path.join(folder, name), "rb").read()
            assert KEY.encode() not in data, name


def test_list_get_delete(mine):
    mine("secret", "set", "MINE_KEY", input=KEY)
    listed = mine("secret", "list")
    assert "MINE_KEY  0 days, set" in listed.out and KEY not in listed.out
    refused = mine("secret", "get", "MINE_KEY")
    assert refused.status == 2 and KEY not in refused.out + refused.err
    assert mine("secret", "get", "MINE_KEY", "--show").out == KEY
    assert mine("secret", "delete", "MINE_KEY").status == 0
    gone = mine("secret", "get", "MINE_KEY", "--show")
    assert gone.status == 1 and "not_found" in gone.err
    assert mine("secret", "set", "bad name", input="x").status == 1
    assert mine("secret", "set", "EMPTY", input="").status == 2


def test_a_key_does_not_go_to_another_origin(mine, server):
    mine("secret", "set", "MINE_KEY", input=KEY)
    other = server.url("openai-chat").replace("127.0.0.1", "localhost")
    r = mine("run", "--base-url", other, "hello")
    assert r.status == 0, r
    assert KEY not in json.dumps(dict(server.requests[-1].headers))


def test_the_environment_still_works_and_comes_first(mine, server):
    mine("secret", "set", "MINE_KEY", input=KEY)
    assert mine("run", "hello", MINE_KEY="from-env-1").status == 0
    assert sent_key(server) == "Bearer from-env-1"


def test_strict_mode_refuses_the_environment(friday, server):
    configure(friday, server, secrets={"strict": True})
    r = friday("run", "hello", MINE_KEY="from-env-1")
    assert r.status == 2 and "secret.strict" in r.err, r
    assert not server.requests
    r = friday("run", "--provider", "mine", "hello", FRIDAY_API_KEY="x")
    assert r.status == 2 and "secret.strict" in r.err
    friday("secret", "set", "MINE_KEY", input=KEY)
    assert friday("run", "hello", MINE_KEY="from-env-1").status == 0
    assert sent_key(server) == "Bearer " + KEY


def test_import_moves_keys_and_says_where_they_are_set(mine, server):
    (mine.home / ".bashrc").write_text(
        "# MINE_KEY=no\nx=1\nexport MINE_KEY=abc\n")
    r = mine("secret", "import", "--env", MINE_KEY=KEY)
    assert r.status == 0 and KEY not in r.out
    assert "MINE_KEY is in the vault." in r.out
    assert f"Remove MINE_KEY from {mine.home}/.bashrc, line 3" in r.out
    assert mine("run", "hello").status == 0
    assert sent_key(server) == "Bearer " + KEY
    listed = json.loads(mine("secret", "list", "--json").out)
    assert [(s["name"], s["origin"]) for s in listed["secrets"]] == [
        ("MINE_KEY", "import")]
    assert "No known key" in mine("secret", "import", "--env").out


def test_the_doctor_points_to_the_vault(mine):
    checks = {c["check"]: c for c in json.loads(
        mine("doctor", "--json", MINE_KEY="x1").out)["checks"]}
    assert not checks["environment keys"]["ok"]
    assert "MINE_KEY" in checks["environment keys"]["found"]
    assert "secret import" in checks["environment keys"]["advice"]
    assert checks["vault"]["found"] == "none yet"
    mine("secret", "set", "MINE_KEY", input=KEY)
    checks = {c["check"]: c for c in json.loads(
        mine("doctor", "--json").out)["checks"]}
    assert checks["environment keys"]["ok"]
    assert checks["vault"]["found"] == "1 keys, key file, 0 days old"


def test_children_see_no_key(mine, server):
    mine("secret", "set", "MINE_KEY", input=KEY)
    mine.write("look.py", """
import glob, os
for path in ["/proc/self/environ", *glob.glob("/proc/[0-9]*/environ")]:
    try:
        print(path, open(path, "rb").read())
    except OSError as e:
        print(path, e)
""")
    server.script([call("shell", command="env; python3 look.py")],
                  [say("done")])
    r = mine("run", "--json", "go", MINE_KEY="env-" + KEY,
             OPENAI_API_KEY="open-" + KEY)
    assert r.status == 0, r
    assert "/proc/self/environ b'" in r.out and "PATH=" in r.out
    assert KEY not in r.out
    assert KEY not in server.requests[-1].text


def test_a_changed_or_cut_vault_is_refused_and_the_copy_stays(mine, server):
    vault = mine.home / ".config/friday/vault"
    mine("secret", "set", "MINE_KEY", input=KEY)
    mine("secret", "set", "OTHER", input="other-value")
    good, copy = vault.read_bytes(), (vault.parent / "vault.bak").read_bytes()
    for bad in (good[:-1], good[:40], b"", good[:100] +
                bytes([good[100] ^ 1]) + good[101:]):
        vault.write_bytes(bad)
        for command in (["run", "hello"], ["secret", "list"],
                        ["secret", "set", "X", "--"]):
            r = mine(*command, input="v")
            assert r.status != 0 and "vault.damaged" in r.err, (bad, r)
        assert vault.read_bytes() == bad
        assert (vault.parent / "vault.bak").read_bytes() == copy
    vault.write_bytes(copy)
    assert mine("secret", "get", "MINE_KEY", "--show").out == KEY


def test_rotation_by_hand_and_by_age(friday, server):
    configure(friday, server, secrets={
        "rotate": {"MINE_KEY": ["sh", "-c", "sed s/^/new-/"]}})
    friday("secret", "set", "MINE_KEY", input=KEY)
    friday("secret", "set", "OTHER", input="other-value")
    r = friday("secret", "rotate", "MINE_KEY")
    assert r.status == 0, r
    assert friday("secret", "get", "MINE_KEY", "--show").out == "new-" + KEY
    r = friday("secret", "rotate", "OTHER")
    assert r.status == 1 and "secrets.rotate" in r.err
    key = friday.home / ".local/state/friday/vault.key"
    before = key.read_bytes()
    assert friday("secret", "rotate").status == 0
    assert key.read_bytes() != before
    vault = friday.home / ".config/friday/vault"
    vault.write_bytes((vault.parent / "vault.bak").read_bytes())
    assert friday("secret", "get", "OTHER", "--show").out == "other-value"


def test_what_a_failing_command_prints_is_not_repeated(friday, server):
    configure(friday, server, secrets={"sources": {"MINE_KEY": {
        "command": ["sh", "-c", f"echo {KEY}; echo {KEY} >&2; exit 3"]}}})
    r = friday("run", "hello")
    assert r.status == 2 and "secret.source" in r.err and KEY not in r.err


@pytest.mark.parametrize("source", [
    {"command": ["printf", "%s\\n", KEY]}, "vault:shared/mine"])
def test_sources(friday, server, source):
    configure(friday, server, secrets={"sources": {"MINE_KEY": source}})
    friday("secret", "set", "shared/mine", input=KEY)
    r = friday("run", "hello")
    assert r.status == 0, r
    assert sent_key(server) == "Bearer " + KEY


class Hashicorp(http.server.BaseHTTPRequestHandler):
    """KV version 2, as much of it as is asked for."""
    asked = []

    def do_GET(self):
        self.asked.append((self.path, self.headers.get("X-Vault-Token"),
                           self.headers.get("X-Vault-Namespace")))
        found = self.path == "/v1/kv/data/team/friday"
        good = self.headers.get("X-Vault-Token") == "hvs-" + "fake"
        body = json.dumps({"data": {"data": {"openai": KEY},
                                    "metadata": {"version": 2}}}
                          if found else {"errors": []}).encode()
        self.send_response(403 if not good else 200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def hashicorp():
    Hashicorp.asked.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hashicorp)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_hashicorp_vault(friday, server, hashicorp):
    configure(friday, server, secrets={
        "hashicorp_url": hashicorp, "hashicorp_namespace": "team-a",
        "hashicorp_token": "vault:hashicorp",
        "sources": {"MINE_KEY": "hashicorp:kv/team/friday#openai"}})
    friday("secret", "set", "hashicorp", input="hvs-" + "fake")
    r = friday("run", "hello")
    assert r.status == 0, r
    assert sent_key(server) == "Bearer " + KEY
    assert Hashicorp.asked == [("/v1/kv/data/team/friday", "hvs-" + "fake",
                                "team-a")]


@pytest.mark.parametrize("source,token,words", [
    ("hashicorp:kv/none#x", "hvs-" + "fake", "nothing at"),
    ("hashicorp:kv/team/friday#none", "hvs-" + "fake", "no field"),
    ("hashicorp:kv/team/friday#openai", "wrong", "no right"),
    ("hashicorp:../sys#x", "hvs-" + "fake", "is not hashicorp:"),
    ("hashicorp:kv/team/friday#openai", None, "VAULT_TOKEN"),
    ("elsewhere:x", "hvs-" + "fake", "a source of a secret is")])
def test_hashicorp_faults(friday, server, hashicorp, source, token, words):
    configure(friday, server, secrets={
        "hashicorp_url": hashicorp, "sources": {"MINE_KEY": source}})
    env = {} if token is None else {"VAULT_TOKEN": token}
    r = friday("run", "hello", **env)
    assert r.status in (1, 2) and words in r.err, r
    assert not server.requests


def test_a_token_is_not_sent_in_the_clear(friday, server):
    configure(friday, server, secrets={
        "hashicorp_url": "http://vault.example.invalid:8200",
        "sources": {"MINE_KEY": "hashicorp:kv/a#b"}})
    r = friday("run", "hello", VAULT_TOKEN="hvs-" + "fake")
    assert r.status == 2 and "https" in r.err


def type_into(friday, args, *lines):
    """Runs a command on a terminal and types a line at each prompt."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(friday.repo)
        os.execve(FRIDAY, [FRIDAY, *args], friday.env)
    shown, left = b"", list(lines)
    end = time.monotonic() + 150  # Argon2id on a busy machine
    while time.monotonic() < end:
        ready, _, _ = select.select([fd], [], [], 1)
        try:
            data = os.read(fd, 4096) if ready else b""
        except OSError:
            break
        if ready and not data:
            break
        shown += data
        if left and shown.rstrip(b" ").endswith(b":"):
            shown += b"<>"
            os.write(fd, left.pop(0).encode() + b"\r")
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    return os.waitstatus_to_exitcode(status), shown.decode()


def test_what_is_typed_is_not_shown(mine):
    status, shown = type_into(mine, ["secret", "set", "MINE_KEY"],
                              KEY + "x\x7f")
    assert status == 0 and KEY not in shown, shown
    assert mine("secret", "get", "MINE_KEY", "--show").out == KEY


def test_an_interrupt_leaves_the_vault_alone(mine):
    status, _ = type_into(mine, ["secret", "set", "MINE_KEY"], "ab\x03")
    assert status == 130
    assert not (mine.home / ".config/friday/vault").exists()


def test_a_passphrase(friday, server):
    configure(friday, server)
    friday("secret", "set", "MINE_KEY", input=KEY)
    status, shown = type_into(friday, ["secret", "rotate", "--passphrase"],
                              "long enough", "long enough")
    assert status == 0, shown
    r = friday("run", "hello")
    assert r.status == 2 and "passphrase" in r.err, r
    assert KEY not in r.err
    status, shown = type_into(friday, ["secret", "list"], "wrong")
    assert status == 2 and "vault.key" in shown
    status, shown = type_into(friday, ["run", "hello"], "long enough")
    assert status == 0 and sent_key(server) == "Bearer " + KEY, shown
    configure(friday, server, secrets={
        "passphrase_command": ["printf", "long enough"]})
    assert friday("run", "hello").status == 0
    assert friday("secret", "rotate", "--key-file").status == 0
    configure(friday, server)
    assert friday("run", "hello").status == 0


def test_each_access_is_recorded(mine, server):
    mine("secret", "set", "MINE_KEY", input=KEY)
    mine("run", "hello")
    mine("secret", "get", "MINE_KEY", "--show")
    mine("secret", "delete", "MINE_KEY")
    r = mine("audit", "export")
    rows = [json.loads(line) for line in r.out.splitlines()]
    seen = [(e["action"], e["details"]["source"], e["details"]["purpose"])
            for e in rows if e.get("action", "").startswith("secret.")]
    origin = server.url("openai-chat").rsplit("/", 1)[0]
    assert seen == [
        ("secret.set", "vault", "secret"),
        ("secret.read", "vault", f"provider mine at {origin}"),
        ("secret.read", "vault", "shown to the user"),
        ("secret.delete", "vault", "secret")], rows
    assert KEY not in r.out
    assert mine("audit", "verify").status == 0


def test_others_cannot_look_into_the_process(mine, server):
    """Not dumpable: no core, and /proc/PID belongs to root."""
    if os.getuid() != 0:
        pytest.skip("needs root, to be another user")
    go_on = threading.Event()
    server.script([wait(go_on)])
    place = tempfile.mkdtemp()
    shutil.copytree(mine.home, place + "/home")
    for folder, _, _ in os.walk(place):
        os.chown(folder, 65534, 65534)
    try:
        run = subprocess.Popen(
            [FRIDAY, "run", "hello"], cwd=place, user=65534, group=65534,
            env={**mine.env, "HOME": place + "/home", "MINE_KEY": KEY},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + 20
        while not server.requests and time.monotonic() < end:
            assert run.poll() is None, run.communicate()
            select.select([], [], [], 0.01)
        assert os.stat(f"/proc/{run.pid}/environ").st_uid == 0
        run.kill()
        run.communicate()
    finally:
        go_on.set()
        shutil.rmtree(place)


def test_the_screen_asks_before_it_opens(mine, server):
    mine("secret", "set", "MINE_KEY", input=KEY)
    type_into(mine, ["secret", "rotate", "--passphrase"], "long enough",
              "long enough")
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(mine.repo)
        os.execve(FRIDAY, [FRIDAY, "hello"],
                  {**mine.env, "TERM": "xterm-256color"})
    shown, typed, end = b"", False, time.monotonic() + 150
    while not server.requests and time.monotonic() < end:
        if select.select([fd], [], [], 0.1)[0]:
            shown += os.read(fd, 65536)
        if not typed and shown.endswith(b"vault: "):
            typed = True
            os.write(fd, b"long enough\r")
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(fd)
    assert typed and server.requests, shown
    assert sent_key(server) == "Bearer " + KEY
    assert b"long enough" not in shown and KEY.encode() not in shown
