"""friday index and friday search, with a real repository."""
import json

from model_server import call, say


def results(friday, *args):
    done = friday("search", "--json", *args)
    assert done.status == 0, done
    return json.loads(done.out)["results"]


def fill(friday):
    friday.write("src/window.c", "/* Makes a window smaller. */\n"
                 "int\nwindow_shrink(int by)\n{\n\treturn by;\n}\n")
    friday.write("src/parse.py", "class Parser:\n"
                 "    def next_token(self):\n        return 1\n")
    friday.write(".gitignore", "build/\n")
    friday.write("build/made.c", "int window_shrink_made;\n")


def test_search_makes_the_index_and_follows_changes(friday):
    fill(friday)
    first = results(friday, "shrink the window")[0]
    assert (first["path"], first["start_line"], first["end_line"]) == (
        "src/window.c", 1, 6)
    assert first["symbol"] == "window_shrink"
    assert "name: " in first["why"]
    friday.write("src/window.c", "\n\n\nint\nwindow_grow(int by)\n{\n"
                 "\treturn by;\n}\n")
    assert results(friday, "grow window")[0]["start_line"] == 4
    assert all(r["symbol"] != "window_shrink"
               for r in results(friday, "shrink the window"))


def test_people_see_the_definition_and_name_languages_as_they_do(friday):
    fill(friday)
    done = friday("search", "--lang", "C", "--symbol", "window_shrink",
                  "shrink the window")
    assert done.status == 0, done
    head, signature, why = done.out.splitlines()[:3]
    assert head == "src/window.c:1-6  function window_shrink"
    assert signature == "    int window_shrink(int by)"
    assert why.startswith("    name: ")
    assert friday("search", "--lang", "PY", "parse").out.startswith(
        "src/parse.py:")
    refused = friday("search", "--kind", "gizmo", "x")
    assert "gizmo" in refused.err and "function" in refused.err


def test_a_name_alone_finds_its_definition_first(friday):
    friday.write("a.py", "".join(
        f"def use_{i}(reader):\n    return reader.reader(reader)\n\n\n"
        for i in range(30)))
    friday.write("b.py", "class Reader:\n    \"\"\"" + "Takes it in. " * 30 +
                 "\"\"\"\n    x = 1\n")
    assert results(friday, "Reader")[0]["symbol"] == "Reader"
    for name in ("a.use_7()", "a::use_7", "use_7"):
        assert results(friday, name)[0]["symbol"] == "use_7"
    assert results(friday, "--mode", "symbol", "use_7")[0][
        "symbol"] == "use_7"


def test_ignored_and_secret_files_are_not_found(friday):
    fill(friday)
    friday.write(".env", "window_shrink=hunter2\n")
    found = results(friday, "-k", "50", "window_shrink")
    assert {r["path"] for r in found} == {"src/window.c"}


def test_index_tells_what_it_did(friday):
    fill(friday)
    done = friday("index", "--json")
    assert done.status == 0, done
    told = json.loads(done.out)
    assert told["root"] == str(friday.repo)
    assert told["added"] == told["files"] >= 3
    assert json.loads(friday("index", "--json").out)["added"] == 0
    assert friday("index", "drop").status == 0
    gone = friday("index", "drop")
    assert gone.status == 1 and "not_found" in gone.err


def test_vectors_are_made_and_asked(friday):
    fill(friday)
    friday.write("src/more.c", "/* Makes a window larger. */\n"
                 "int\nwindow_grow(int by)\n{\n\treturn by;\n}\n")
    told = json.loads(friday("index", "--json").out)["vectors"]
    assert told["embedder"] == "local 2"
    assert told["pieces"] >= 3 and told["dimension"] == 64
    found = results(friday, "--mode", "vector", "make the window larger")
    assert found[0]["symbol"] in ("window_grow", "window_shrink")
    assert "vectors of 64 numbers by local 2" in friday("index").out
    none = friday("search", "--mode", "vector", "zyzzyva")
    assert none.status == 1 and "no vectors" in none.err


def test_a_batch_is_answered_line_by_line(friday):
    fill(friday)
    done = friday("search", "--batch", "-", input="\n".join(
        json.dumps({"query_id": f"q{i}", "query": text})
        for i, text in enumerate(["next token", "smaller window", "zzzz"])))
    assert done.status == 0, done
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line["query_id"] for line in lines] == ["q0", "q1", "q2"]
    assert lines[0]["results"][0]["path"] == "src/parse.py"
    assert lines[1]["results"][0]["path"] == "src/window.c"
    assert lines[2]["results"] == []


def test_bad_calls_are_told(friday):
    fill(friday)
    assert friday("search").status == 2
    assert friday("search", "-k", "0", "x").status == 2
    assert friday("search", "--mode", "magic", "x").status == 2
    assert friday("search", "--batch", "-", input="[1]\n").status == 2
    nothing = friday("search", "zzzz")
    assert (nothing.status, nothing.out) == (1, "")


def test_outside_a_repository_the_folder_counts(friday, tmp_path):
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "a.py").write_text("def walrus():\n    pass\n")
    friday.repo = folder
    assert results(friday, "walrus")[0]["path"] == "a.py"


def test_the_agent_searches_with_it(friday):
    fill(friday)
    friday.server.script([call("code_search", query="make a window smaller")],
                         [say("It is window_shrink.")])
    done = friday("run", "where are windows made smaller?")
    assert done.status == 0, done
    seen = friday.server.requests[-1].text
    assert "src/window.c:1-6  function window_shrink" in seen
    assert "Makes a window smaller." in seen
    assert "src/parse.py" not in seen


def test_the_agent_sees_nothing_outside_its_folder(friday):
    fill(friday)
    friday.write("docs/only.py", "def shrink_docs():\n    pass\n")
    friday.server.script([call("code_search", query="shrink window docs")],
                         [say("done")])
    friday.repo = friday.repo / "docs"
    done = friday("run", "where?")
    assert done.status == 0, done
    seen = friday.server.requests[-1].text
    assert "shrink_docs" in seen and "window_shrink" not in seen


def test_what_is_too_small_for_a_piece_is_found_by_its_name(friday):
    fill(friday)
    friday.write("src/limits.h", "#define WINDOWS_MAX 8\n"
                 "#define PANES_MAX 9\n\ntypedef int window_id;\n")
    found = results(friday, "--kind", "macro", "--symbol", "PANES_MAX", "x")
    assert [(r["path"], r["start_line"], r["end_line"], r["symbol"])
            for r in found] == [("src/limits.h", 2, 2, "PANES_MAX")]
    assert len(found[0]["id"]) == 16
    found = results(friday, "--kind", "constant", "how many windows")
    assert found[0]["symbol"] == "WINDOWS_MAX"
    found = results(friday, "--container", "Parser", "token")
    assert [r["symbol"] for r in found] == ["next_token"]
    found = results(friday, "--signature", "by int", "window")
    assert [r["symbol"] for r in found] == ["window_shrink"]


def test_another_repository_is_asked_by_its_folder(friday):
    fill(friday)
    friday.git("init", "-q", "other")
    friday.write("other/src/limits.h", "typedef int window_id;\n")
    done = friday("search", "--repo", "other/src", "--symbol", "window_id",
                  "x")
    assert done.out.startswith("src/limits.h:1-1  type window_id"), done


def test_of_two_that_fit_as_well_the_one_changed_lately_is_first(friday):
    def order():
        return [r["path"] for r in results(friday, "keep lines")]

    friday.write("a/line.c", "int keep_lines(int lines, int more)\n{\n}\n")
    friday.write("b/line.c", "int keep_lines(int lines, int less)\n{\n}\n")
    friday.git("add", "-A")
    friday.git("commit", "-qm", "both")
    assert order() == ["a/line.c", "b/line.c"]
    friday.write("b/line.c", "int keep_lines(int lines, int least)\n{\n}\n")
    assert order() == ["a/line.c", "b/line.c"]
    friday.git("commit", "-qam", "one of them")
    assert order() == ["b/line.c", "a/line.c"]


def test_commits_narrow_a_search(friday):
    def commit(day):
        date = f"2026-0{day}-01T12:00:00Z"
        friday.git("add", "-A")
        friday.git("commit", "-qm", f"day {day}", "--date", date)

    def found(*args):
        return {r["path"] for r in results(friday, *args, "--lang", "c",
                                           "shrink window")}

    fill(friday)
    commit(1)
    friday.write("src/other.c", "int\nwindow_shrink_other(int by)\n{\n"
                 "\treturn by;\n}\n")
    commit(3)
    assert found() == {"src/window.c", "src/other.c"}
    assert found("--commit", "HEAD") == {"src/other.c"}
    assert found("--commit", "HEAD~1..HEAD") == {"src/other.c"}
    assert found("--since", "2026-02-01") == {"src/other.c"}
    assert found("--since", "2025-02-01") == {"src/window.c", "src/other.c"}
    assert found("--since", "2026-04-01") == set()
    assert friday("search", "--since", "soon", "x").status == 2
    assert friday("search", "--commit", "nosuch", "x").status == 1
