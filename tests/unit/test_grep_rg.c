/* grep gives the same with ripgrep as a sieve and without. The programs that
 * stand for rg where it must misbehave are small scripts. */
#include "base/clock.h"
#include "tests/unit/build_folder.h"
#include "tests/unit/door_fixture.h"
#include "tools/grep_rg.h"

static void
write_program(const char *folder, const char *name, const char *text)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);

	fixture_text(folder, name, text);
	assert_int_equal(chmod(path, 0755), 0);
}

/* Enough to search that rg is worth its start. */
static void
fill(struct tool_fixture *f)
{
	CLEANUP_BUF struct buf big = BUF_INIT(2 * GREP_RG_BYTES_MIN);

	tool_setup(f);
	/* Few lines: PCRE2 is asked for each. */
	while (big.len < GREP_RG_BYTES_MIN) {
		for (size_t i = 0; i < 64 * KIB; i++)
			buf_add_char(&big, '~');
		buf_add_char(&big, '\n');
	}
	fixture_write(f->dir, "zz/filler", buf_str(&big));
	fixture_text(f->dir, ".gitignore", "build/\n*.o\n");
	fixture_text(f->dir, ".fridayignore", "secret*\n");
	fixture_text(f->dir, "a.c",
	    "int main(void)\n{\n\treturn 42; /* x\xc2\xb2 */\n}\n\n");
	fixture_text(f->dir, "src/b.c", "int b;\r\nint main_b;\r\n");
	fixture_text(f->dir, "src/b.h", "extern int b;\nf() {\n");
	fixture_text(f->dir, "src/-x.py", "def b(x):\n    return x[0] + 'y'\n");
	fixture_text(f->dir, "src/\n.ts", "let foo-bar = \"a && b\";\n");
	fixture_text(f->dir, "build/x.c", "int main(void)\n");
	fixture_text(f->dir, "a.o", "int main\n");
	fixture_text(f->dir, "secret.c", "int main\n");
	fixture_text(f->dir, ".hidden/c", "int main hidden\n");
	fixture_text(f->dir, ".git/config", "int main\n");
	fixture_text(f->dir, "\xc3\xbc.txt",
	    "Gr\xc3\xbc\xc3\x9f"
	    "e caf\xe9 \xc5\xbf \xe2\x84\xaa\xc2\xa0\xce\xa3\xcf\x82\n");
	fixture_text(f->dir, "bom.c", "\xef\xbb\xbfint bom;\nint two;\n");
	fixture_text(f->dir, "noeol", "int last");
	fixture_text(f->dir, "empty", "");
	fixture_write(f->dir, "bin", STR("int main\0int\n"));
	fixture_write(f->dir, "utf16",
	    STR("\xff\xfei\0n\0t\0 \0m\0a\0i\0n\0\n\0"));
	fixture_link(f->dir, "out", "/etc");
	fixture_link(f->dir, "link.c", "a.c");
}

static const char *const patterns[] = {
	"int main", "main\\b", "\\bb\\b", "^int", "^int bom", ";$", "^$", "",
	".", "x.", "x\\w", "\\w+\\(", "\\d{2}", "[^\\x00-\\x7f]", "gr\\w+",
	"caf.", "caf\\W", "s", "k", "\\s$", "e\\scaf", "K\\S", "[^a-z]x",
	"foo-bar", "--pre=touch", "-e", "&&", "[&]{2}", "f\\(\\) \\{", "{",
	"main(_b)?", "(int|def) [a-z]", "x\\[0\\]", "'y'", "(?i)INT", "\\t",
	"int(?= main)", "(.)\\1", "a++", "i.n.t", "i\\x00n", "[[:upper:]]",
	"\\p{Lu}", "\xc3\xbc", "GR\xc3\x9c\xc3\x9f", "\xcf\x83", "last$",
	"~{3}", "two;\\n", "[^;]$", "\\r", "[]x]", "hidden",
};
static const char *const options[] = {
	"", ",\"ignore_case\":true", ",\"literal\":true",
	",\"mode\":\"files\"", ",\"mode\":\"count\",\"ignore_case\":true",
	",\"context\":1,\"limit\":3", ",\"type\":\"c\"",
	",\"glob\":\"src/*\"",
};

/* The answer, with the time limit of no account. */
static void
search(struct tool_fixture *f, const char *rg, const char *pattern,
    const char *more, struct buf *out)
{
	CLEANUP_BUF struct buf args = BUF_INIT(4 * KIB);
	struct json_writer w = JSON_WRITER(&args);

	f->env.rg = rg;
	jw_cstr(&w, pattern);
	tool_result_release(&f->result);
	{
		CLEANUP(free_ptr) char *whole = mem_printf(
		    "{\"pattern\":%s%s}", buf_text(&args), more);

		tool_run(&f->door, "call", STR("grep"), str_from(whole),
		    &f->result);
	}
	buf_add_str(out, buf_str(&f->result.text));
}

static bool
have_rg(void)
{
	return system("rg --version >/dev/null 2>&1") == 0;
}

static void
test_same_results_with_and_without(void **state)
{
	struct tool_fixture f;

	if (!have_rg())
		skip();
	fill(&f);
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		for (size_t j = 0; j < ARRAY_LEN(options); j++) {
			CLEANUP_BUF struct buf with = BUF_INIT(1 * MIB);
			CLEANUP_BUF struct buf without = BUF_INIT(1 * MIB);

			search(&f, NULL, patterns[i], options[j], &with);
			search(&f, "", patterns[i], options[j], &without);
			if (!str_eq(buf_str(&with), buf_str(&without)))
				fail_msg("%s%s: with rg\n%s\nwithout\n%s",
				    patterns[i], options[j], buf_text(&with),
				    buf_text(&without));
		}
	}
	tool_teardown(&f);
}

static int
sieve(struct tool_fixture *f, const char *rg, const char *pattern, bool *fits)
{
	static char names[3][4] = { "-x", "a b", "c" };
	char *files[] = { names[0], names[1], names[2] };
	struct tool_call call = { .env = &f->env,
		.deadline_ms = clock_now_ms() + 60 * 1000 };
	struct grep_rg_opts opts = { .call = &call, .folder = f->dir,
		.pattern = str_from(pattern), .files = files, .n_files = 3 };

	f->env.rg = rg;
	memset(fits, 0, 3 * sizeof(*fits));
	return grep_rg_sieve(&opts, fits, NULL);
}

static void
test_it_names_the_files_with_a_match(void **state)
{
	struct tool_fixture f;
	bool fits[3];

	if (!have_rg())
		skip();
	tool_setup(&f);
	fixture_text(f.dir, "-x", "one\n");
	fixture_text(f.dir, "a b", "--two\n");
	fixture_text(f.dir, "c", "one --two\n");
	assert_int_equal(sieve(&f, NULL, "one", fits), 1);
	assert_true(fits[0] && !fits[1] && fits[2]);
	assert_int_equal(sieve(&f, NULL, "--two", fits), 1);
	assert_true(!fits[0] && fits[1] && fits[2]);
	assert_int_equal(sieve(&f, NULL, "none", fits), 1);
	assert_true(!fits[0] && !fits[1] && !fits[2]);
	assert_int_equal(sieve(&f, NULL, "(?=one)", fits), 0);
	tool_teardown(&f);
}

static void
test_a_program_that_fails_is_not_believed(void **state)
{
	static const char *const scripts[] = {
		"#!/bin/sh\nexit 2\n", "#!/bin/sh\nkill -9 $$\n",
		"#!/bin/nowhere\n",
		"#!/bin/sh\nhead -c 4000000 /dev/zero\n",
	};
	struct tool_fixture f;
	bool fits[3];

	tool_setup(&f);
	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		CLEANUP(free_ptr) char *rg = file_join(f.dir, "fake");

		write_program(f.dir, "fake", scripts[i]);
		assert_int_equal(sieve(&f, rg, "one", fits), 0);
	}
	assert_int_equal(sieve(&f, "", "one", fits), 0);
	tool_teardown(&f);
}

static void
test_names_that_nobody_gave_are_passed_over(void **state)
{
	struct tool_fixture f;
	CLEANUP(free_ptr) char *rg = NULL;
	bool fits[3];

	tool_setup(&f);
	rg = file_join(f.dir, "fake");
	write_program(f.dir, "fake",
	    "#!/bin/sh\nprintf './etc/passwd\\0c\\0./a b\\0./c'\n");
	assert_int_equal(sieve(&f, rg, "one", fits), 1);
	assert_true(!fits[0] && fits[1] && fits[2]);
	tool_teardown(&f);
}

static void
test_nothing_of_the_workspace_is_run(void **state)
{
	struct tool_fixture f;
	CLEANUP(free_ptr) char *bin = NULL;
	CLEANUP(free_ptr) char *path = mem_strdup(getenv("PATH"));
	CLEANUP(free_ptr) char *first = NULL;

	tool_setup(&f);
	bin = file_join(f.dir, "bin");
	first = mem_printf(".:bin:%s:%s", bin, path);
	write_program(f.dir, "bin/rg", "#!/bin/sh\n: > \"$0.ran\"\nexit 1\n");
	fixture_link(f.dir, "rg", "bin/rg");
	setenv("PATH", first, 1);
	sieve(&f, NULL, "one", (bool[3]){ false });
	setenv("PATH", path, 1);
	assert_false(fixture_exists(f.dir, "bin/rg.ran"));
	tool_teardown(&f);
}

static void
test_types(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	fixture_text(f.dir, "a.py", "x\n");
	fixture_text(f.dir, "b.h", "x\n");
	fixture_text(f.dir, "c.CPP", "x\n");
	fixture_text(f.dir, "d.ts", "x\n");
	fixture_text(f.dir, "e.tsx", "x\n");
	fixture_text(f.dir, "f.proto", "x\n");
	fixture_text(f.dir, "Rakefile", "x\n");
	static const char *const cases[][2] = {
		{ "py", "a.py:1:x\n" }, { "c", "b.h:1:x\n" },
		{ "cpp", "b.h:1:x\nc.CPP:1:x\n" },
		{ "ts", "d.ts:1:x\ne.tsx:1:x\n" }, { "tsx", "e.tsx:1:x\n" },
		{ "proto", "f.proto:1:x\n" }, { "ruby", "Rakefile:1:x\n" },
		{ "roto", "No match.\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(free_ptr) char *args = mem_printf(
		    "{\"pattern\":\"x\",\"type\":\"%s\"}", cases[i][0]);

		tool_expect(&f, "grep", args, 0, NULL);
		assert_string_equal(buf_text(&f.result.text), cases[i][1]);
	}
	tool_teardown(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_results_with_and_without),
		cmocka_unit_test(test_it_names_the_files_with_a_match),
		cmocka_unit_test(test_a_program_that_fails_is_not_believed),
		cmocka_unit_test(test_names_that_nobody_gave_are_passed_over),
		cmocka_unit_test(test_nothing_of_the_workspace_is_run),
		cmocka_unit_test(test_types),
	};

	use_build_folder();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
