/* What each check of a commit finds and what it leaves in peace: tables of
 * texts. */
#include "syntax/syntax.h"
#include "tests/unit/checks_fixture.h"

/* Put together here, so that no scanner takes this file for a leak. */
#define FAKE_KEY "AKIA" "Z7Q4M2X6K3B5NWTD"
#define KEY_BEGIN "-----BEGIN RSA " "PRIVATE KEY-----\n"
#define KEY_END "-----END RSA " "PRIVATE KEY-----\n"
#define KEY_BODY "MIIEowIBAAKCAQEAq8Zk3yVdQm1x\nT0hVb2JhcmJhemZvb3F1eHF1\n"

/* For what is told by syntax: without node_modules there are no grammars. */
static void
need_grammars(void)
{
	struct syntax_tree *tree = NULL;

	if (syntax_parse(language_by_name(STR("python")), STR("x\n"), NULL,
	    &tree, NULL) != 0)
		skip();
	syntax_tree_destroy(tree);
}

static void
test_secrets(void **state)
{
	static const struct check_case cases[] = {
		{ "a.py", NULL, "x = '" FAKE_KEY "'\n", "secret:1" },
		{ "a.py", "a\n", "a\nx = '" FAKE_KEY "'\n", "secret:2" },
		/* Was there before. */
		{ "a.py", "x = '" FAKE_KEY "'\n",
		    "x = '" FAKE_KEY "'\ny = 1\n", "" },
		{ "a.py", NULL, "x = 'AKIAIOSFODNN7EXAMPLE'\n", "" },
		/* Samples: of documents, of tests, of hosts that nobody
		 * owns. */
		{ "a.py", NULL, "u = 'ftp://ann:tr0ub4dor3@" "example.org'\n",
		    "" },
		{ "a.py", NULL, "u = 'ftp://ann:x9Kq2mZ7w@" "corp.io'\n",
		    "secret:1" },
		{ "a.py", NULL, "u = 'pg://postgres:postgres@" "db'\n", "" },
		{ "tests/a.py", NULL, "u = 'ftp://ann:pa55word1@"
		    "corp.io'\n", "" },
		{ "tests/a.py", NULL, "u = 'ftp://ann:x9Kq2mZ7w@"
		    "corp.io'\n", "secret:1" },
		{ "tests/a.py", NULL, "h = { 'Authorization': 'Basic "
		    "dXNlcm5hbWU6cGFzc3dvcmQ=' }\n", "" },
		{ "a.py", NULL, "id = '6f1e2d3c-4b5a-4c6d-8e7f-0a1b2c3d4e5f'\n",
		    "" },
	};

	run_check_cases(cases, ARRAY_LEN(cases), "secret");
}

static void
test_private_keys(void **state)
{
	static const struct check_case cases[] = {
		{ "k.pem", NULL, KEY_BEGIN KEY_BODY KEY_END,
		    "private-key:1" },
		{ "k.pem", "x\n", "x\n" KEY_BEGIN KEY_BODY KEY_END,
		    "private-key:2" },
		{ "k.c", NULL, "/* " KEY_BEGIN " * … " KEY_END " */\n", "" },
		{ "k.pem", NULL, "-----BEGIN PUBLIC KEY-----\n" KEY_BODY
		    "-----END PUBLIC KEY-----\n", "" },
	};

	run_check_cases(cases, ARRAY_LEN(cases), "private-key");
}

#define OURS "<<<<<<" "< HEAD\n"
#define MIDDLE "=====" "==\n"
#define THEIRS ">>>>>>" "> branch\n"

static void
test_conflicts(void **state)
{
	static const struct check_case cases[] = {
		{ "a.c", NULL, "a\n" OURS "b\n" MIDDLE "c\n" THEIRS,
		    "conflict:2 conflict:4 conflict:6" },
		{ "a.c", NULL, OURS "b\r\n" "=====" "==\r\n" "c\n",
		    "conflict:1 conflict:3" },
		{ "a.c", NULL, OURS "half resolved\n", "conflict:1" },
		{ "a.c", NULL, "half resolved\n" THEIRS, "conflict:2" },
		{ "a.md", NULL, "A title\n" MIDDLE "text\n", "" },
		{ "a.md", NULL, "Another\n=========\n", "" },
		{ "a.c", OURS "b\n" MIDDLE "c\n" THEIRS,
		    OURS "b\n" MIDDLE "c\n" THEIRS "d\n", "" },
		{ "a.c", NULL, "<<<<<<< \n>>>>>>>\n", "" },
		{ "a.cpp", NULL, "a <<<<<<< b\n", "" },
	};

	run_check_cases(cases, ARRAY_LEN(cases), "conflict");
}

static void
test_line_ends(void **state)
{
	static const struct check_case cases[] = {
		{ "a.c", NULL, "a\r\nb\nc\r\n", "line-ends:2" },
		{ "a.c", "a\nb\n", "a\nb\nc\r\n", "line-ends:3" },
		{ "a.c", "a\r\nb\r\n", "a\r\nb\r\nc\n", "line-ends:3" },
		/* All of one kind. */
		{ "a.c", NULL, "a\r\nb\r\n", "" },
		{ "a.c", NULL, "a\nb\nc", "" },
		/* Mixed before. */
		{ "a.c", "a\r\nb\n", "a\r\nb\nc\n", "" },
		/* Converted. */
		{ "a.c", "a\nb\n", "a\r\nb\r\n", "" },
		{ "a.c", "a\r\n", "b\n", "" },
		/* No line end at all within. */
		{ "a.c", NULL, "a\rb\rc\n", "" },
	};

	run_check_cases(cases, ARRAY_LEN(cases), "line-ends");
}

static void
test_bidi(void **state)
{
	static const struct check_case cases[] = {
		{ "a.c", NULL, "int a; /* \xe2\x80\xae } \xe2\x81\xa6 */\n",
		    "bidi:1" },
		{ "a.c", "x\n", "x\n\xe2\x81\xa9\n", "bidi:2" },
		{ "a.txt", NULL, "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\n", "" },
		{ "a.c", "\xe2\x80\xae\n", "\xe2\x80\xae\ny\n", "" },
		{ "a.c", NULL, "\"\\u202e\"\n", "" },
	};

	run_check_cases(cases, ARRAY_LEN(cases), "bidi");
}

static void
test_invisible(void **state)
{
	static const struct check_case cases[] = {
		{ "a.c", NULL, "int a\xe2\x80\x8b b;\n", "invisible:1" },
		{ "a.js", NULL, "const \xe3\x85\xa4 = 1\n", "invisible:1" },
		/* A mark of byte order at the beginning. */
		{ "a.c", NULL, "\xef\xbb\xbfint a;\n", "" },
		{ "a.c", NULL, "int\n\xef\xbb\xbfint a;\n", "invisible:2" },
		/* Joiners make one character of several, in scripts and
		 * pictures. */
		{ "a.md", NULL, "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"
		    "\n", "" },
		/* The flag of Wales. */
		{ "a.md", NULL, "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7"
		    "\xf3\xa0\x81\xa2\xf3\xa0\x81\xb7\xf3\xa0\x81\xac"
		    "\xf3\xa0\x81\xb3\xf3\xa0\x81\xbf\n", "" },
		{ "a.py", NULL, "x\xf3\xa0\x81\xa7\n", "invisible:1" },
		{ "a.py", NULL, "# \xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7"
		    "\xf3\xa0\x81\xbf\n", "" },
		{ "a.py", NULL, "x\xc2\xad = 1\n", "invisible:1" },
		{ "a.py", NULL, "x = 'in\xc2\xad" "visible'\n", "" },
		/* Texts for people; and another encoding. */
		{ "a.md", NULL, "in\xc2\xad" "visible\n", "" },
		{ "a.py", NULL, "# \xc2\xad \xff\n", "" },
		{ "a.bin", NULL, "\xff\xfe not UTF-8\n", "" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "invisible");
}

static void
test_syntax(void **state)
{
	static const struct check_case cases[] = {
		{ "a.py", "x = 1\n", "x = 1\ndef f(:\n    pass\n",
		    "syntax:2" },
		{ "a.py", NULL, "def f(:\n    pass\n", "syntax:1" },
		{ "a.py", "def f(:\n    pass\n",
		    "def f(:\n    pass\ny = 2\n", "" },
		{ "a.go", NULL, "package a\n\nfunc f() {\n", "syntax:3" },
		{ "a.ts", NULL, "const a: number = 1;\n", "" },
		{ "a.js", NULL, "function f( {\n", "syntax:1" },
		/* Macros make errors normal; a bracket that is gone does not.
		 */
		{ "a.c", "int a;\n", "int a;\nFOR_EACH(x, y) {\n\tz();\n}\n",
		    "" },
		{ "a.c", "int f(void) { return 1; }\n",
		    "int f(void) { return 1; \n", "syntax:1" },
		/* Bash is believed where it was clean. */
		{ "a.sh", NULL, "if true; then\n", "" },
		{ "a.sh", "true\n", "true\nif true; then\n", "syntax:2" },
		/* Broken on purpose, or not ours. */
		{ "testdata/a.py", NULL, "def f(:\n", "" },
		{ "vendor/x/a.go", NULL, "func (\n", "" },
		{ "{{name}}/a.py", NULL, "def f(:\n", "" },
		/* Dialects. */
		{ "a.sql", NULL, "SELEKT 1 FROM;\n", "" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "syntax");
}

static void
test_json(void **state)
{
	static const struct check_case cases[] = {
		{ "a.json", NULL, "{\"a\": 1,}\n", "json:1" },
		{ "a.json", NULL, "{\"a\": 1\n \"b\": 2}\n", "json:2" },
		{ "a.json", NULL, "{\"a\": 1, \"a\": 2}\n", "json:0" },
		{ "a.json", NULL, "{}\n{}\n", "json:0" },
		{ "a.json", NULL, "{\"a\": 1}\n", "" },
		{ "a.json", NULL, "\xef\xbb\xbf{\"a\": 1}\n", "" },
		{ "a.json", NULL, "{\"a\": \"\\u0000\"}\n", "" },
		{ "a.json", NULL, "", "" },
		{ "tsconfig.json", NULL, "{ // why\n \"a\": [1,],\n}\n", "" },
		{ "a.jsonc", NULL, "{ /* why */ }\n", "" },
		{ "a.json", NULL, "{ // why\n}\n", "json:1" },
		{ "a.json5", NULL, "{a: 1}\n", "" },
		/* Was none before. */
		{ "a.json", "{a}\n", "{a, b}\n", "" },
		{ "fixtures/a.json", NULL, "{a}\n", "" },
	};

	run_check_cases(cases, ARRAY_LEN(cases), "json");
}

static void
test_yaml(void **state)
{
	static const struct check_case cases[] = {
		{ "a.yml", NULL, "a: [1, 2\nb: 3\n", "yaml:1" },
		{ "a.yml", NULL, "a: 1\n b: 2\n", "yaml:1" },
		{ "a.yml", NULL, "a: 1\nb:\n  - x\n  - y: z\n", "" },
		{ "a.yml", NULL, "a: |\n  any [ { text\nb: >-\n  more\n", "" },
		{ "a.yaml", NULL, "---\na: &x 1\n---\nb: *x\n", "" },
		/* Filled in before it is read. */
		{ "chart/a.yaml", NULL, "{{- if .x }}\na: 1\n{{- end }}\n",
		    "" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "yaml");
}

static void
test_toml(void **state)
{
	static const struct check_case cases[] = {
		{ "a.toml", NULL, "[a\nb = 1\n", "toml:1" },
		{ "a.toml", NULL, "[a]\nb = \n", "toml:2" },
		{ "a.toml", NULL, "[a]\nb = 1\nc = [\n  1,\n]\n", "" },
		{ "Cargo.lock", NULL, "version = 3\n", "" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "toml");
}

static void
test_breakpoints(void **state)
{
	static const struct check_case cases[] = {
		{ "a.js", NULL, "f()\n  debugger;\n", "breakpoint:2" },
		{ "a.ts", NULL, "debugger // why\n", "breakpoint:1" },
		{ "a.js", NULL, "const debugger2 = 1\nx.debugger()\n", "" },
		{ "a.js", NULL, "// debugger\nlet s = `\ndebugger\n`\n", "" },
		{ "a.py", NULL, "import pdb; pdb.set_trace()\n",
		    "breakpoint:1 breakpoint:1" },
		{ "a.py", NULL, "breakpoint()\n", "breakpoint:1" },
		{ "a.py", NULL, "x = '''\nbreakpoint()\n'''\n", "" },
		{ "a.py", NULL, "# breakpoint()\nset_breakpoint()\n", "" },
		{ "a.rb", NULL, "  binding.pry\n", "breakpoint:1" },
		{ "a.cs", NULL, "class A { void F() { Debugger.Break(); } }\n",
		    "breakpoint:1" },
		{ "a.js", "debugger\n", "debugger\nf()\n", "" },
		{ "a.txt", NULL, "debugger\n", "" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "breakpoint");
}

static void
test_focused_tests(void **state)
{
	static const struct check_case cases[] = {
		{ "a.spec.ts", NULL, "fdescribe('x', () => {})\n",
		    "focused-test:1" },
		{ "test/a.js", NULL, "  it.only('x', () => {})\n",
		    "focused-test:1" },
		{ "a.test.js", NULL, "test.only('x', f)\n", "focused-test:1" },
		{ "src/fit.js", NULL, "fit(model)\n", "" },
		{ "a.test.js", NULL, "model.fit(x)\nbenefit(y)\n", "" },
		{ "a.test.js", NULL, "// it.only('x')\n", "" },
		{ "a_spec.rb", NULL, "it 'x', focus: true do\nend\n",
		    "focused-test:1" },
		{ "a_test.go", NULL, "package a\nvar _ = 1\n\nfunc f() {\n"
		    "\tFIt(\"x\", g)\n}\n", "focused-test:5" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "focused-test");
}

static void
test_debug_prints(void **state)
{
	static const struct check_case cases[] = {
		{ "src/a.js", NULL, "console.log('here')\n", "debug-print:1" },
		{ "src/a.ts", "f()\n", "f()\nconsole.log(x)\n",
		    "debug-print:2" },
		/* Where one prints already, by trade or in tests. */
		{ "src/a.js", "console.log(1)\n",
		    "console.log(1)\nconsole.log(2)\n", "" },
		{ "scripts/a.js", NULL, "console.log(1)\n", "" },
		{ "a.test.js", NULL, "console.log(1)\n", "" },
		{ "a.js", NULL, "#!/usr/bin/env node\nconsole.log(1)\n", "" },
		{ "src/a.js", NULL, "if (x) return console.log\n", "" },
		{ "src/a.rs", NULL, "fn f() { let a = dbg!(b); }\n",
		    "debug-print:1" },
		{ "src/a.rs", NULL, "// dbg!(b)\nfn f() {}\n", "" },
		{ "a.php", NULL, "<?php\nvar_dump($x);\n", "debug-print:2" },
		{ "a.php", NULL, "<?php\nadd($x);\n", "" },
		{ "a.go", NULL, "package a\n\nfunc f() {\n\tprintln(1)\n}\n",
		    "debug-print:4" },
		{ "a.go", NULL, "package a\n\nfunc f() {\n\tfmt.Println(1)\n"
		    "}\n", "" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "debug-print");
}

static void
test_todos(void **state)
{
	static const struct check_case cases[] = {
		{ "a.c", NULL, "/* TODO: later */\n", "todo:1" },
		{ "a.c", NULL, "/* TODO(#12): later */\n", "" },
		{ "a.c", NULL, "// FIXME PROJ-7 later\n", "" },
		{ "a.c", NULL, "// XXX https://example.org/1\n", "" },
		{ "a.c", NULL, "char *s = \"TODO\";\n", "" },
		{ "a.c", NULL, "int TODOS;\n", "" },
		{ "a.c", "// TODO\n", "// TODO\nint a;\n", "" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "todo");
}

static void
test_sql(void **state)
{
	static const struct check_case cases[] = {
		{ "a.py", NULL,
		    "db.execute(f\"SELECT a FROM t WHERE id = {x}\")\n",
		    "sql-injection:1" },
		{ "a.py", NULL,
		    "q = \"SELECT a FROM t WHERE id = \" + user\n",
		    "sql-injection:1" },
		{ "a.py", NULL,
		    "q = \"SELECT a FROM t WHERE n = '%s'\" % user\n",
		    "sql-injection:1" },
		{ "a.js", NULL,
		    "db.query(`DELETE FROM t WHERE id = ${id}`)\n",
		    "sql-injection:1" },
		{ "a.go", NULL, "package a\nvar q = fmt.Sprintf(\"UPDATE t "
		    "SET a = '%s'\", v)\n", "sql-injection:2" },
		{ "a.php", NULL,
		    "<?php\n$q = \"SELECT a FROM t WHERE id = $id\";\n",
		    "sql-injection:2" },
		/* Placeholders. */
		{ "a.py", NULL,
		    "db.execute(\"SELECT a FROM t WHERE id = %s\", (x,))\n",
		    "" },
		{ "a.py", NULL,
		    "db.execute(\"SELECT a FROM t WHERE id = {x}\")\n", "" },
		{ "a.js", NULL, "db.query('SELECT a FROM t WHERE id = ?')\n",
		    "" },
		{ "a.js", NULL, "sql`SELECT a FROM t WHERE id = ${id}`\n", "" },
		/* Names of tables. */
		{ "a.py", NULL, "q = f\"SELECT a FROM {TABLE}\"\n", "" },
		{ "a.py", NULL, "# SELECT a FROM t WHERE id = \" + x\n", "" },
		{ "a.py", NULL, "print(f\"select one from these: {x}\")\n",
		    "" },
		{ "tests/a.py", NULL,
		    "q = f\"SELECT a FROM t WHERE id = {x}\"\n", "" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "sql-injection");
}

static void
test_shell(void **state)
{
	static const struct check_case cases[] = {
		{ "a.py", NULL, "os.system(f\"rm {x}\")\n",
		    "shell-injection:1" },
		{ "a.py", NULL, "os.system(\"rm \" + x)\n",
		    "shell-injection:1" },
		{ "a.py", NULL, "subprocess.run(f\"rm {x}\", shell=True)\n",
		    "shell-injection:1" },
		{ "a.py", NULL, "subprocess.run([\"rm\", x])\n", "" },
		{ "a.py", NULL, "subprocess.run(f\"rm {x}\")\n", "" },
		{ "a.py", NULL, "os.system(\"make\")\n", "" },
		{ "a.py", NULL, "os.system(f\"rm {shlex.quote(x)}\")\n", "" },
		{ "a.py", NULL, "# os.system(f\"rm {x}\")\n", "" },
		{ "a.js", NULL, "execSync(`git log ${ref}`)\n",
		    "shell-injection:1" },
		{ "a.js", NULL, "execSync('git log')\n", "" },
		{ "a.js", NULL, "re.exec(`a${b}`)\n", "" },
		{ "a.rb", NULL, "system(\"rm #{x}\")\n", "shell-injection:1" },
		{ "a.rb", NULL, "system(\"rm\", x)\n", "" },
		{ "a.php", NULL, "<?php\nshell_exec(\"rm $x\");\n",
		    "shell-injection:2" },
		{ "a.php", NULL, "<?php\nshell_exec('rm $x');\n", "" },
		{ "a.go", NULL, "package a\nvar c = exec.Command(\"sh\", "
		    "\"-c\", \"rm \"+x)\n", "" },
		{ "a.go", NULL, "package a\nvar c = exec.Command(\"sh\", "
		    "\"-c\", \"rm \" + x)\n", "shell-injection:2" },
	};

	need_grammars();
	run_check_cases(cases, ARRAY_LEN(cases), "shell-injection");
}

/* --- checks of more than one file --------------------------------------- */

static void
assert_texts(const struct check_text *texts, size_t n, const char *code,
    const char *want)
{
	CLEANUP(check_config_destroyp) struct check_config *config =
	    check_config_create();
	CLEANUP_BUF struct buf got = BUF_INIT(64 * KIB);

	judge_texts(texts, n, config, code, &got);
	assert_string_equal(buf_text(&got), want);
}

#define ADDED(path_, text_)                                                   \
	{ .path = path_, .after = STR(text_), .mode = 0100644 }
#define CHANGED(path_, before_, after_)                                       \
	{ .path = path_, .before = STR(before_), .after = STR(after_),        \
	    .old_mode = 0100644, .mode = 0100644 }
#define SAME(path_, text_)                                                    \
	{ .path = path_, .before = STR(text_), .old_mode = 0100644,           \
	    .mode = 0100644, .same = true }
#define ASSERT_TEXTS(texts, code, want)                                       \
	assert_texts(texts, ARRAY_LEN(texts), code, want)

static void
test_large_files(void **state)
{
	CLEANUP_BUF struct buf big = BUF_INIT(4 * MIB);
	struct check_text text = { .path = "a.bin", .mode = 0100644 };

	buf_add_repeated(&big, 'x', MIB + 1);
	text.after = buf_str(&big);
	assert_texts(&text, 1, "large-file", "large-file:0");
	text.after.len--;
	assert_texts(&text, 1, "large-file", "");
	/* Was large before. */
	text.before = text.after = buf_str(&big);
	text.after.len = big.len - 1;
	text.before.len = big.len;
	text.old_mode = 0100644;
	assert_texts(&text, 1, "large-file", "");
}

static void
test_built_files(void **state)
{
	static const struct {
		const char *path;
		struct str text;
		const char *want;
	} cases[] = {
		{ "bin/prog", STR("\x7f" "ELF\2\1\1\0\0\0"), "built-file:0" },
		{ "a.jar", STR("PK\3\4\0\0\0\0"), "built-file:0" },
		{ "a.docx", STR("PK\3\4\0\0\0\0"), "" },
		{ "a.png", STR("\x89PNG\r\n\x1a\n\0\0"), "" },
		{ "tests/a.zip", STR("PK\3\4\0\0\0\0"), "" },
		{ "a.txt", STR("MZ is how it begins\n"), "" },
		{ "x.pyc", STR("\xa7\r\r\n\0\0\0\0"), "built-file:0" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct check_text text = { .path = cases[i].path,
			.after = cases[i].text, .mode = 0100644 };

		assert_texts(&text, 1, "built-file", cases[i].want);
	}
}

static void
test_case_collisions(void **state)
{
	static const struct check_text clash[] = { ADDED("Src/a.c", "a\n"),
		SAME("src/b.c", "b\n") };
	static const struct check_text files[] = { SAME("README", "b\n"),
		ADDED("readme", "a\n") };
	static const struct check_text old[] = { SAME("A", "b\n"),
		SAME("a", "b\n"), ADDED("c", "c\n") };
	static const struct check_text both[] = { ADDED("X", "b\n"),
		ADDED("x", "b\n") };

	ASSERT_TEXTS(clash, "case-collision", "case-collision:0");
	ASSERT_TEXTS(files, "case-collision", "case-collision:0");
	ASSERT_TEXTS(old, "case-collision", "");
	ASSERT_TEXTS(both, "case-collision", "case-collision:0");
}

static void
test_file_names(void **state)
{
	static const struct {
		const char *path;
		bool bad;
	} cases[] = {
		{ "aux.c", true },
		{ "src/NUL", true },
		{ "com1.txt", true },
		{ "a/b:c", true },
		{ "a?.txt", true },
		{ "a\\b", true },
		{ "a\nb", true },
		{ "trailing.", true },
		{ "trailing ", true },
		{ " leading", true },
		{ "-rf", true },
		{ "\xff\xfe", true },
		{ "auxiliary.c", false },
		{ "com10", false },
		{ "console.c", false },
		{ "a b.c", false },
		{ "\xc3\xa4.c", false },
		{ ".gitignore", false },
		{ "a..b", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct check_text text = { .path = cases[i].path,
			.after = STR("x\n"), .mode = 0100644 };

		assert_texts(&text, 1, "file-name",
		    cases[i].bad ? "file-name:0" : "");
	}
}

static void
test_links(void **state)
{
	static const struct {
		const char *path, *target;
		bool broken;
	} cases[] = {
		{ "l", "file", false },
		{ "l", "folder", false },
		{ "folder/l", "../file", false },
		{ "folder/l", "in", false },
		{ "l", "./folder/../file", false },
		{ "l", "nothing", true },
		{ "l", "fold", true },
		{ "folder/l", "file", true },
		{ "l", "../file", true },
		{ "l", "/etc/passwd", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct check_text texts[] = { SAME("file", "x\n"),
			SAME("folder/in", "x\n"),
			{ .path = cases[i].path, .mode = 0120000,
			    .after = str_from(cases[i].target) } };

		ASSERT_TEXTS(texts, "broken-link",
		    cases[i].broken ? "broken-link:0" : "");
	}
}

static void
test_executables(void **state)
{
	static const struct {
		const char *path;
		struct str text;
		unsigned old_mode;
		bool bad;
	} cases[] = {
		{ "a.sh", STR("#!/bin/sh\n"), 0, false },
		{ "a.txt", STR("text\n"), 0, true },
		{ "a.txt", STR("text\n"), 0100644, true },
		{ "a.txt", STR("text\n"), 0100755, false },
		{ "a", STR("\x7f" "ELF\0\0"), 0, false },
		{ "a.bat", STR("echo\n"), 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct check_text text = { .path = cases[i].path,
			.after = cases[i].text, .mode = 0100755,
			.old_mode = cases[i].old_mode };

		assert_texts(&text, 1, "exec-shebang",
		    cases[i].bad ? "exec-shebang:0" : "");
	}
}

#define MODULE(path_)                                                         \
	{ .path = path_, .mode = 0160000 }
#define MODULE_MOVED(path_)                                                   \
	{ .path = path_, .mode = 0160000, .old_mode = 0160000 }

static void
test_submodules(void **state)
{
	static const struct check_text bare[] = { MODULE("lib/x") };
	static const struct check_text known[] = {
		ADDED(".gitmodules", "[submodule \"x\"]\n\tpath = lib/x\n"),
		MODULE("lib/x") };
	static const struct check_text other[] = {
		SAME(".gitmodules", "[submodule \"y\"]\n\tpath = lib/y\n"),
		MODULE("lib/x") };
	static const struct check_text alone[] = { MODULE_MOVED("lib/x") };
	static const struct check_text mixed[] = { ADDED("a.c", "x\n"),
		MODULE_MOVED("lib/x") };

	ASSERT_TEXTS(bare, "submodule", "submodule:0");
	ASSERT_TEXTS(known, "submodule", "");
	ASSERT_TEXTS(other, "submodule", "submodule:0");
	ASSERT_TEXTS(alone, "submodule-moved", "");
	ASSERT_TEXTS(mixed, "submodule-moved", "submodule-moved:0");
}

#define MARK "// Code generated by gen. DO NOT EDIT.\n"

static void
test_generated(void **state)
{
	static const struct check_text alone[] = {
		CHANGED("a.pb.go", MARK "a\n", MARK "b\n") };
	static const struct check_text with_source[] = {
		CHANGED("a.pb.go", MARK "a\n", MARK "b\n"),
		CHANGED("a.proto", "a\n", "b\n") };
	static const struct check_text is_new[] = {
		ADDED("a.pb.go", MARK "a\n") };
	static const struct check_text lock[] = {
		CHANGED("poetry.lock", "# @generated\na\n",
		    "# @generated\nb\n") };
	static const struct check_text written[] = {
		CHANGED("a.go", "a\n", "b\n") };

	ASSERT_TEXTS(alone, "generated", "generated:2");
	ASSERT_TEXTS(with_source, "generated", "");
	ASSERT_TEXTS(is_new, "generated", "");
	ASSERT_TEXTS(lock, "generated", "");
	ASSERT_TEXTS(written, "generated", "");
}

static void
test_vendored(void **state)
{
	static const struct check_text edit[] = {
		CHANGED("third_party/x/a.c", "a\n", "b\n"),
		CHANGED("src/a.c", "a\n", "b\n") };
	static const struct check_text update[] = { CHANGED("go.mod", "a\n",
		"b\n"), CHANGED("vendor/x/a.go", "a\n", "b\n") };
	static const struct check_text many[] = {
		CHANGED("vendor/x/a.go", "a\n", "b\n"),
		CHANGED("vendor/x/b.go", "a\n", "b\n"),
		CHANGED("vendor/x/c.go", "a\n", "b\n"),
		CHANGED("vendor/x/d.go", "a\n", "b\n") };

	ASSERT_TEXTS(edit, "vendored", "vendored:1");
	ASSERT_TEXTS(update, "vendored", "");
	ASSERT_TEXTS(many, "vendored", "");
}

#define PACKAGE(version, dependencies)                                        \
	"{\"version\":\"" version "\",\"dependencies\":{" dependencies "}}\n"
#define LOCK(dependencies)                                                    \
	"{\"packages\":{\"\":{\"dependencies\":{" dependencies "}}}}\n"
#define A1 "\"a\":\"1\""
#define A2 "\"a\":\"2\""

static void
test_lock_files(void **state)
{
	static const struct check_text stale[] = {
		SAME("package-lock.json", LOCK(A1)),
		CHANGED("package.json", PACKAGE("1", A1), PACKAGE("1", A2)) };
	static const struct check_text fits[] = {
		CHANGED("package-lock.json", LOCK(A1), LOCK(A2)),
		CHANGED("package.json", PACKAGE("1", A1), PACKAGE("1", A2)) };
	static const struct check_text wrong[] = {
		CHANGED("package-lock.json", LOCK(A1), LOCK(A1) "\n"),
		CHANGED("package.json", PACKAGE("1", A1), PACKAGE("1", A2)) };
	static const struct check_text version[] = {
		SAME("package-lock.json", LOCK(A1)),
		CHANGED("package.json", PACKAGE("1", A1), PACKAGE("2", A1)) };
	static const struct check_text none[] = {
		CHANGED("package.json", PACKAGE("1", A1), PACKAGE("1", A2)) };
	static const struct check_text cargo[] = {
		SAME("Cargo.lock", "x\n"),
		CHANGED("crates/x/Cargo.toml",
		    "[package]\nversion = \"1\"\n[dependencies]\na = \"1\"\n",
		    "[package]\nversion = \"1\"\n[dependencies]\na = \"2\"\n")
	};
	static const struct check_text cargo_version[] = {
		SAME("Cargo.lock", "x\n"),
		CHANGED("Cargo.toml",
		    "[package]\nversion = \"1\"\n[dependencies]\na = \"1\"\n",
		    "[package]\nversion = \"2\"\n[dependencies]\na = \"1\"\n")
	};
	static const struct check_text python[] = {
		CHANGED("pyproject.toml",
		    "[project]\ndependencies = [\n  \"a\",\n]\n",
		    "[project]\ndependencies = [\n  \"a\",\n  \"b\",\n]\n"),
		SAME("uv.lock", "x\n") };

	ASSERT_TEXTS(stale, "lock-file", "lock-file:0");
	ASSERT_TEXTS(fits, "lock-file", "");
	ASSERT_TEXTS(wrong, "lock-file", "lock-file:0");
	ASSERT_TEXTS(version, "lock-file", "");
	ASSERT_TEXTS(none, "lock-file", "");
	ASSERT_TEXTS(cargo, "lock-file", "lock-file:0");
	ASSERT_TEXTS(cargo_version, "lock-file", "");
	ASSERT_TEXTS(python, "lock-file", "lock-file:0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_private_keys),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_bidi),
		cmocka_unit_test(test_invisible),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_yaml),
		cmocka_unit_test(test_toml),
		cmocka_unit_test(test_breakpoints),
		cmocka_unit_test(test_focused_tests),
		cmocka_unit_test(test_debug_prints),
		cmocka_unit_test(test_todos),
		cmocka_unit_test(test_sql),
		cmocka_unit_test(test_shell),
		cmocka_unit_test(test_large_files),
		cmocka_unit_test(test_built_files),
		cmocka_unit_test(test_case_collisions),
		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_executables),
		cmocka_unit_test(test_submodules),
		cmocka_unit_test(test_generated),
		cmocka_unit_test(test_vendored),
		cmocka_unit_test(test_lock_files),
	};

	use_build_folder();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
