"""Secrets stay here: no wire format carries one, edits put them back, and a
placeholder is never saved. Tokens are made up here, with right checksums."""
import base64
import json
import random
import re
import zlib

from model_server import call, say

B62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PLACEHOLDER = re.compile(r"\[secret:[a-z0-9-]+:[0-9a-f]{8}\]")


def github_token(seed):
    body = "".join(random.Random(seed).choices(B62, k=30))
    n, check = zlib.crc32(body.encode()), ""
    while len(check) < 6:
        check = B62[n % 62] + check
        n //= 62
    return "gh" + "p_" + body + check


def private_key(seed):
    data = base64.b64encode(random.Random(seed).randbytes(1200)).decode()
    lines = [data[i:i + 64] for i in range(0, len(data), 64)]
    return ["-----BEGIN RSA " + "PRIVATE KEY-----", *lines,
            "-----END RSA " + "PRIVATE KEY-----"]


TOKENS = [github_token(n) for n in range(6)]
KEY = private_key(1)
PASSWORD = "k8Tq2v" + "Lz9wPf"


def results(server, index):
    """The text of a request, escapes of JSON undone."""
    return server.requests[index].text


def test_no_request_carries_a_secret(friday, wire, server):
    friday.write("conf/app.yml", f"host: here\ntoken: {TOKENS[0]}\n"
                 f"url: postgres://app:{PASSWORD}@db.internal/app\n")
    friday.write("key.txt", "\n".join(["x", *KEY, "y", ""]))
    friday.write("AGENTS.md", f"Deploy with {TOKENS[1]} please.\n")
    friday.write("note.txt", f"call it {TOKENS[4]}\n")
    server.script(
        [call("read", path="conf/app.yml")],
        [call("shell", command="cat conf/app.yml; head -3 key.txt")],
        [call("grep", pattern="token", output_mode="content"),
         call("read", path="key.txt", offset=5, limit=3)],
        [call("shell", command="cat note.txt >&2; false")],
        [say("done")])
    r = friday("run", "--json", f"use {TOKENS[2]} for this",
               input=f"piped {TOKENS[3]}\n")
    assert r.status == 0, r
    sent = "".join(q.text for q in server.requests)
    for secret in [*TOKENS[:5], PASSWORD, *KEY[1:4]]:
        assert secret not in sent
        assert secret[3:-3] not in sent
    assert len(set(PLACEHOLDER.findall(sent))) >= 6
    notices = [e for e in r.of("notice")
               if e.get("code") == "secrets.replaced"]
    assert {p["where"] for e in notices for p in e["places"]} >= {
        "the request", "the context", "the result of read",
        "the result of shell"}
    read = [p for e in notices for p in e["places"] if "path" in p]
    assert ("github-token", 2) in {(p["rule"], p["line"]) for p in read}
    told = json.dumps(notices)
    assert not any(t in told for t in [*TOKENS, PASSWORD])
    assert "2 secrets in the result of read were not sent" in told


def placeholders(request):
    return PLACEHOLDER.findall(request.text)


def test_edits_put_back_what_was_hidden(friday, wire, server):
    """Byte for byte, in the lines that change and in those that do not."""
    before = (f"a = 1\r\ntoken = '{TOKENS[0]}'  \r\n"
              f"password: \"{PASSWORD}\"\n" + "\n".join(KEY) + "\nend")
    friday.write("a.cfg", before)

    def edit(request):
        token = next(p for p in placeholders(request) if "github" in p)
        return [call("edit", path="a.cfg", old_string=f"token = '{token}'",
                     new_string=f"first = '{token}'\nsecond = '{token}'")]

    def patch(request):
        word = next(p for p in placeholders(request) if "password" in p)
        return [call("apply_patch", patch="*** Begin Patch\n"
                     f"*** Update File: a.cfg\n-password: \"{word}\"\n"
                     f"+passphrase: \"{word}\"\n*** End Patch\n")]

    def write(request):
        token = next(p for p in placeholders(request) if "github" in p)
        key = [p for p in placeholders(request) if "private-key" in p]
        seen = list(dict.fromkeys(key))
        return [call("write", path="a.cfg",
                     content=token + "\n" + "\n".join(seen) + "\n")]

    server.script([call("read", path="a.cfg")], edit, patch,
                  [call("read", path="a.cfg")], write, [say("done")])
    r = friday("run", "--json", "go")
    assert r.status == 0, r
    finished = r.of("tool.finished")
    assert all(f["ok"] for f in finished), [f["result"] for f in finished]
    assert (friday.repo / "a.cfg").read_bytes() == (
        TOKENS[0] + "\n" + "\n".join(KEY) + "\n").encode()
    # What the two edits made of it, from the record that the user sees.
    diffs = "".join(f.get("diff", "") for f in finished)
    assert f"+first = '{TOKENS[0]}'" in diffs
    assert f"+passphrase: \"{PASSWORD}\"" in diffs
    assert not any(TOKENS[0] in q.text for q in server.requests)


def test_untouched_lines_stay_byte_for_byte(friday, server):
    before = f"x\r\nkey: {TOKENS[0]}\n\ty \npassword = '{PASSWORD}'\nlast"
    friday.write("a.cfg", before)
    server.script([call("read", path="a.cfg")],
                  [call("edit", path="a.cfg", old_string="last",
                        new_string="end")], [say("done")])
    assert friday("run", "go").status == 0
    assert (friday.repo / "a.cfg").read_bytes() == \
        before.replace("last", "end").encode()


def test_a_placeholder_is_never_saved(friday, server):
    friday.write("a.cfg", f"token: {TOKENS[0]}\n")

    def elsewhere(request):
        token = placeholders(request)[0]
        return [call("write", path="b.cfg", content=f"token: {token}\n"),
                call("apply_patch", patch="*** Begin Patch\n*** Add File: "
                     f"c.cfg\n+{token}\n*** End Patch\n"),
                call("shell", command=f"echo '{token}' > d.cfg"),
                call("edit", path="a.cfg", old_string="token: ",
                     new_string="[secret:github-token:00000000]")]

    server.script([call("read", path="a.cfg")], elsewhere, [say("done")])
    r = friday("run", "--json", "go")
    refused = r.of("tool.finished")[1:]
    assert [f["error"]["code"] for f in refused] == ["secret.placeholder"] * 4
    assert not any((friday.repo / f"{n}.cfg").exists() for n in "bcd")
    assert (friday.repo / "a.cfg").read_text() == f"token: {TOKENS[0]}\n"


def test_a_file_that_speaks_of_placeholders_can_be_edited(friday, server):
    text = "see [secret:github-token:8c0f2a51] for the form\n"
    friday.write("doc.md", text + "a\n")
    server.script([call("read", path="doc.md")],
                  [call("edit", path="doc.md", old_string="a\n",
                        new_string="b\n")], [say("done")])
    assert friday("run", "go").status == 0
    assert (friday.repo / "doc.md").read_text() == text + "b\n"


def test_placeholders_are_the_same_in_a_resumed_session(friday, server):
    friday.write("a.cfg", f"token: {TOKENS[0]}\n")
    server.script([call("read", path="a.cfg")], [say("done")],
                  [call("read", path="a.cfg")], [say("done")],
                  [call("read", path="a.cfg")], [say("done")])
    assert friday("run", "one").status == 0
    assert friday("run", "--continue", "two").status == 0
    seen = set(placeholders(server.requests[-1]))
    assert len(seen) == 1
    assert friday("run", "another session").status == 0
    assert set(placeholders(server.requests[-1])).isdisjoint(seen)


def test_exports_and_the_log_carry_none(friday, server):
    friday.write("a.cfg", f"token: {TOKENS[0]}\n")
    server.script([call("shell", command="cat a.cfg")],
                  [call("read", path=f"none-{TOKENS[5]}")], [say("done")])
    r = friday("run", "--json", f"use {TOKENS[2]}, password: '{PASSWORD}'",
               FRIDAY_LOG="debug")
    assert r.status == 0, r
    session = r.events[0]["session"]
    seen = placeholders(server.requests[-1])
    for command in ("export", "show"):
        r = friday("session", command, session)
        assert r.status == 0, r
        for secret in [TOKENS[0], TOKENS[2], TOKENS[5], PASSWORD]:
            assert secret not in r.out
        assert set(PLACEHOLDER.findall(r.out)) & set(seen)
    r = friday("audit", "export", "--content")
    assert r.status == 0 and '"scrubbed":true' in r.out
    assert not any(t in r.out for t in [*TOKENS, PASSWORD])
    log = (friday.home / ".local/state/friday/friday.log").read_text()
    assert "run finished" in log
    assert not any(t in log for t in [*TOKENS, PASSWORD])
