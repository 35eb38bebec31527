"""friday blame: whose each line is, whatever git did to the commits since."""
import json

import pytest
from model_server import call, say

START = "one by hand, of some length\ntwo by hand, of some length\n"
AGENT = "this line was written by the agent\n"
MORE = "and so was this other line of it\n"


def edit(friday, server, path, content, prompt="write the file"):
    """A run in which the agent writes a file."""
    server.script([call("write", path=path, content=content)], [say("Done.")])
    r = friday("run", prompt)
    assert r.status == 0, r


def blame(friday, path, *args):
    r = friday("blame", "--json", path, *args)
    assert r.status == 0, r
    return json.loads(r.out)


def marks(friday, path, *args):
    """A letter a line: A an agent's, - nobody's that is known."""
    return "".join("A" if "agent" in line else "-"
                   for line in blame(friday, path, *args)["lines"])


@pytest.fixture
def written(friday, server):
    """a.txt: two lines by hand, committed; one of the agent behind them."""
    friday.write("a.txt", START)
    friday.git("add", ".")
    friday.git("commit", "-q", "-m", "by hand")
    # The model may not write what it has not read.
    server.script([call("read", path="a.txt")],
                  [call("write", path="a.txt", content=START + AGENT)],
                  [say("Done.")])
    assert friday("run", "add a line\nwith more words").status == 0
    assert friday.read("a.txt") == START + AGENT
    return friday


def commit(friday, message="agent's"):
    friday.git("add", "-A")
    friday.git("commit", "-q", "-m", message)


def test_what_is_not_committed_yet(written):
    r = blame(written, "a.txt")
    assert [("agent" in line, "commit" in line) for line in r["lines"]] == [
        (False, True), (False, True), (True, False)]
    agent, = r["agents"]
    assert (agent["provider"], agent["model"]) == ("openai-chat",
                                                   "test-model")
    assert agent["prompt"] == "add a line" and agent["from"] == "record"
    sessions = json.loads(written("session", "list", "--json").out)
    assert agent["session"] in json.dumps(sessions)


def test_text(written):
    commit(written)
    out = written("blame", "a.txt").out
    lines = out.splitlines()
    head = written.git("rev-parse", "--short=8", "HEAD").strip()
    assert lines[2].startswith(f"{head} A1   t ") and AGENT.strip() in out
    assert "A1   openai-chat/test-model, " in out and '"add a line"' in out


def test_lines_by_hand_after_it_are_not_the_agents(written):
    written.write("a.txt", "zero by hand\n" + START + AGENT + "end by hand\n")
    assert marks(written, "a.txt") == "---A-"
    commit(written)
    assert marks(written, "a.txt") == "---A-"


def test_a_line_changed_by_hand_is_nobodys(written):
    written.write("a.txt", START + "this line was changed by hand\n")
    assert marks(written, "a.txt") == "---"


def test_a_range_and_a_revision(written):
    commit(written)
    written.write("a.txt", "new\n" + START + AGENT)
    commit(written, "later")
    assert marks(written, "a.txt", "-L", "4") == "A"
    assert marks(written, "a.txt", "-L", "3,4") == "-A"
    assert marks(written, "a.txt", "-L", "3,+2") == "-A"
    assert marks(written, "a.txt", "-L", "3,") == "-A"
    assert marks(written, "a.txt", "--rev", "HEAD~1") == "--A"
    assert written("blame", "-L", "9,10", "a.txt").status == 1
    assert written("blame", "-L", "4,2", "a.txt").status == 2


def test_after_a_rebase(written):
    commit(written)
    written.git("checkout", "-q", "-b", "side", "HEAD~1")
    written.write("b.txt", "side\n")
    commit(written, "side")
    written.git("checkout", "-q", "main")
    before = written.git("rev-parse", "HEAD")
    written.git("rebase", "-q", "side")
    assert written.git("rev-parse", "HEAD") != before
    assert marks(written, "a.txt") == "--A"


def test_after_a_squash(written, server):
    commit(written)
    server.script([call("read", path="a.txt")],
                  [call("write", path="a.txt",
                        content=START + AGENT + MORE)], [say("Done.")])
    assert written("run", "and more").status == 0
    commit(written, "more")
    written.git("reset", "-q", "--soft", "HEAD~2")
    commit(written, "squashed")
    r = blame(written, "a.txt")
    assert [line.get("agent") for line in r["lines"]] == [None, None, 0, 1]
    assert [a["prompt"] for a in r["agents"]] == ["add a line", "and more"]


def test_after_an_amend_and_a_cherry_pick(written):
    commit(written)
    written.git("commit", "-q", "--amend", "-m", "other words")
    assert marks(written, "a.txt") == "--A"
    written.git("checkout", "-q", "-b", "side", "HEAD~1")
    written.git("cherry-pick", "main")
    assert marks(written, "a.txt") == "--A"


def test_after_the_branch_was_switched_in_between(written, server):
    commit(written)
    written.git("checkout", "-q", "-b", "side", "HEAD~1")
    server.script([call("read", path="a.txt")],
                  [call("write", path="a.txt", content=MORE + START)],
                  [say("Done.")])
    assert written("run", "other").status == 0
    commit(written, "side")
    assert marks(written, "a.txt") == "A--"
    written.git("checkout", "-q", "main")
    r = blame(written, "a.txt")
    assert marks(written, "a.txt") == "--A"
    assert r["agents"][0]["by_content"]


def test_after_a_rename_by_hand(written):
    commit(written)
    written.git("mv", "a.txt", "moved.txt")
    commit(written, "moved")
    assert marks(written, "moved.txt") == "--A"


def test_after_undo_and_redo(written):
    assert written("undo").status == 0
    assert written.read("a.txt") == START
    assert marks(written, "a.txt") == "--"
    assert written("undo", "--redo").status == 0
    assert written.read("a.txt") == START + AGENT
    assert marks(written, "a.txt") == "--A"


def test_in_a_folder_below_and_in_a_worktree(written):
    commit(written)
    (written.repo / "below").mkdir()
    top = written.repo
    written.repo = top / "below"
    assert marks(written, "../a.txt") == "--A"
    written.repo = top


def test_without_git(friday, server, tmp_path):
    friday.repo = tmp_path / "plain"
    friday.repo.mkdir()
    edit(friday, server, "a.txt", AGENT)
    friday.write("a.txt", "by hand, before it\n" + AGENT)
    r = blame(friday, "a.txt")
    assert marks(friday, "a.txt") == "-A"
    assert all("commit" not in line for line in r["lines"])


def test_untracked_and_unborn(friday, server):
    friday.git("checkout", "-q", "--orphan", "fresh")
    edit(friday, server, "new.txt", AGENT + MORE)
    assert marks(friday, "new.txt") == "AA"


@pytest.mark.parametrize("path,words", [
    ("nowhere.txt", "nowhere.txt"), (".env", "deny list"),
    ("binary", "no text")])
def test_what_cannot_be_blamed(friday, path, words):
    friday.write(".env", "A=b\n")
    friday.write("binary", b"a\0b")
    r = friday("blame", path)
    assert r.status in (1, 3) and words in r.err, r


def test_hostile_names_and_texts(friday, server):
    friday.write("a.txt", "x\x1b]0;t\x07y\u202e\n")
    commit(friday, "m\x1b[31m")
    out = friday("blame", "a.txt").out
    assert "\x1b" not in out and "\u202e" not in out


def test_lines_of_a_command(written, server):
    commit(written)
    server.script([call("shell", command="echo 'a line that a command of the "
                        "agent has written' >> a.txt")], [say("Done.")])
    assert written("run", "by a command").status == 0
    r = blame(written, "a.txt")
    assert [line.get("agent") for line in r["lines"]] == [None, None, 0, 1]
    assert r["agents"][1]["prompt"] == "by a command"


# --- notes ----------------------------------------------------------------------

def fresh_home(friday, tmp_path):
    """Somebody else of the team: the same repository, another record."""
    home = tmp_path / "other"
    home.mkdir(exist_ok=True)
    friday.home = home
    friday.env["HOME"] = str(home)


def test_notes_tell_others(written, tmp_path):
    commit(written)
    assert "1 of 1 commits" in written("blame", "notes").out
    assert "refs/notes/friday" in written.git("for-each-ref")
    fresh_home(written, tmp_path)
    assert marks(written, "a.txt") == "---"  # off by default
    r = blame(written, "a.txt", "--notes")
    assert [line.get("agent") for line in r["lines"]] == [None, None, 0]
    agent, = r["agents"]
    assert agent["from"] == "note" and agent["model"] == "test-model"
    assert "prompt" not in agent and not agent["by_content"]
    assert "as a shared note says" in written("blame", "--notes",
                                              "a.txt").out


def test_notes_with_prompts_and_by_setting(written, tmp_path):
    commit(written)
    assert written("blame", "notes", "--prompts", "HEAD").status == 0
    fresh_home(written, tmp_path)
    written.config({"blame": {"notes": True}})
    assert blame(written, "a.txt")["agents"][0]["prompt"] == "add a line"


def test_notes_survive_a_rebase_by_content(written, tmp_path):
    commit(written)
    assert written("blame", "notes", "HEAD~1..HEAD").status == 0
    written.git("commit", "-q", "--amend", "-m", "another commit")
    fresh_home(written, tmp_path)
    r = blame(written, "a.txt", "--notes")
    assert [line.get("agent") for line in r["lines"]] == [None, None, 0]
    assert r["agents"][0]["by_content"]


def test_notes_of_others_stay(written):
    commit(written)
    mine = json.loads(json.dumps({"friday": 1, "agents": [
        {"path": "b.txt", "session": "0" * 26, "lines": []}]}))
    written.git("notes", "--ref=friday", "add", "-m", "Reviewed by Ada\n" +
                json.dumps(mine))
    assert written("blame", "notes").status == 0
    assert written("blame", "notes").status == 0
    note = written.git("notes", "--ref=friday", "show")
    assert "Reviewed by Ada" in note and "0" * 26 in note
    assert len([x for x in note.splitlines() if x.startswith("{")]) == 2


@pytest.mark.parametrize("note", [
    "{", "[]", '{"friday":1}', '{"friday":1,"agents":[1,{"path":7}]}',
    '{"friday":1,"agents":[{"path":"a.txt","session":"../../x","lines":'
    '[[3,"0000000000000000"]]}]}',
    '{"friday":2,"agents":[]}', "\x1b[31m", "[" * 100000,
    '{"friday":1,"agents":[{"path":"a.txt","session":"' + "0" * 26 +
    '","model":"m\\u001b[2J","lines":[[-1,"x"],[1e99,"0"],["1",2],3]}]}'])
def test_hostile_notes(written, note):
    commit(written)
    (written.repo / "note").write_text(note)
    written.git("notes", "--ref=friday", "add", "-F", "note")
    r = written("blame", "--notes", "a.txt")
    assert r.status == 0 and "\x1b" not in r.out
    assert marks(written, "a.txt", "--notes") == "--A"


# --- at random ------------------------------------------------------------------

WORDS = ("alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo "
         "lima mike november oscar papa quebec romeo sierra tango").split()


class Game:
    """A file that an agent, a person and git change in turn; `lines` is what
    it must hold, with who wrote each line."""

    def __init__(self, friday, server, seed):
        import random
        self.friday, self.server = friday, server
        self.random = random.Random(seed)
        self.lines, self.serial = [], 0
        self.put()
        commit(friday, "start")

    def text(self):
        return "".join(line + "\n" for line, _ in self.lines)

    def put(self):
        self.friday.write("g.txt", self.text())

    def change(self, owner):
        """Some lines go, some come."""
        for _ in range(self.random.randint(1, 3)):
            at = self.random.randint(0, len(self.lines))
            if self.lines and self.random.random() < 0.4:
                del self.lines[at - 1]
            else:
                self.serial += 1
                words = " ".join(self.random.choices(WORDS, k=5))
                self.lines.insert(at, (f"{words} {self.serial}", owner))

    def agent(self):
        self.change("A")
        self.server.script(
            [call("read", path="g.txt")],
            [call("write", path="g.txt", content=self.text())],
            [say("Done.")])
        r = self.friday("run", "change it")
        assert r.status == 0 and self.friday.read("g.txt") == self.text(), r

    def hand(self):
        self.change("-")
        self.put()

    def commit(self):
        self.friday.git("add", "-A")
        self.friday.git("commit", "-q", "--allow-empty", "-m", "step")

    def amend(self):
        self.friday.git("add", "-A")
        self.friday.git("commit", "-q", "--amend", "--allow-empty", "-m", "a")

    def squash(self):
        count = int(self.friday.git("rev-list", "--count", "HEAD"))
        if count > 3:
            self.commit()
            self.friday.git("reset", "-q", "--soft", "HEAD~2")
            self.commit()

    def rebase(self):
        """Onto a commit that changed something else."""
        self.commit()
        self.friday.git("checkout", "-q", "-b", f"b{self.serial}",
                        "HEAD~1")
        self.friday.write(f"other{self.serial}.txt", "x\n")
        self.commit()
        self.friday.git("rebase", "-q", "HEAD", "main")
        self.friday.git("branch", "-D", f"b{self.serial}")

    def check(self):
        wanted = "".join(owner for _, owner in self.lines)
        assert marks(self.friday, "g.txt") == wanted, self.text()


@pytest.mark.parametrize("seed", range(4))
def test_at_random(friday, server, seed):
    game = Game(friday, server, seed)
    steps = [game.agent, game.agent, game.hand, game.hand, game.commit,
             game.amend, game.squash, game.rebase]
    for _ in range(25):
        game.random.choice(steps)()
        game.check()
