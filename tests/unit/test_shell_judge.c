/* What command lines are judged to do: the files in tests/fixtures/policy, one
 * line each, "verdict<TAB>command"; a "␤" stands for a line feed. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"
#include "safety/shell_judge.h"
#include "safety/shell_parse.h"
#include "tests/unit/unit.h"

static enum shell_place
place(struct str path, const char *folder, void *ctx)
{
	if (str_find(path, STR(".fridayignore"), 0) != SIZE_MAX ||
	    str_find(path, STR(".git/"), 0) != SIZE_MAX)
		return SHELL_GUARDED;
	if (str_find(path, STR(".env"), 0) != SIZE_MAX ||
	    str_find(path, STR(".ssh"), 0) != SIZE_MAX ||
	    str_find(path, STR("id_rsa"), 0) != SIZE_MAX)
		return SHELL_DENIED;
	if (str_starts(path, STR("/")) ||
	    ((str_find(path, STR("../"), 0) != SIZE_MAX ||
		 str_eq_c(path, "..")) && strcmp(folder, "/w") == 0))
		return str_starts(path, STR("/w")) ? SHELL_INSIDE :
						     SHELL_OUTSIDE;
	return SHELL_INSIDE;
}

static bool
exists(struct str path, const char *folder, void *ctx)
{
	return str_starts(path, STR("there"));
}

static const struct shell_judge_opts opts = { .folder = "/w",
	.home = "/home/u", .confined = true, .place = place,
	.exists = exists, .loses = exists };

/* From the least to the most; a line counts as its worst. */
static const struct {
	const char *name;
	unsigned effects;
} verdicts[] = {
	{ "reads", EFFECT_READS_FILES },
	{ "writes", EFFECT_WRITES_FILES },
	{ "runs", EFFECT_RUNS_COMMANDS },
	{ "destroys", EFFECT_DESTROYS },
	{ "opaque", EFFECT_OPAQUE },
	{ "guarded", EFFECT_GUARDED },
	{ "secret", EFFECT_NAMES_SECRET },
	{ "refused", EFFECT_READS_SECRET },
};

static const char *
verdict_of(unsigned effects)
{
	const char *name = verdicts[0].name;

	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++)
		if (effects & verdicts[i].effects)
			name = verdicts[i].name;
	return name;
}

static void
read_fixture(const char *name, struct buf *out)
{
	const char *source = getenv("srcdir");
	CLEANUP(free_ptr) char *path = mem_printf(
	    "%s/tests/fixtures/policy/%s", source != NULL ? source : "..",
	    name);
	struct error err = ERROR_INIT;

	assert_ok(file_read(path, out, &err));
}

static void
unfold(struct str text, struct buf *out)
{
	struct str mark = STR("\xe2\x90\xa4");

	for (size_t at; (at = str_find(text, mark, 0)) != SIZE_MAX;
	    text = str_sub(text, at + mark.len, SIZE_MAX)) {
		buf_add_str(out, str_sub(text, 0, at));
		buf_add_char(out, '\n');
	}
	buf_add_str(out, text);
}

/* Calls for each line of a file. */
static size_t
each_line(const char *name, bool (*fn)(struct str verdict, struct str command),
    size_t *ret_wrong)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	struct str rest, line, verdict;
	size_t n = 0;

	*ret_wrong = 0;
	read_fixture(name, &text);
	rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		CLEANUP_BUF struct buf command = BUF_INIT(64 * KIB);

		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		assert_true(str_next_field(&line, '\t', &verdict));
		unfold(line, &command);
		*ret_wrong += !fn(verdict, buf_str(&command));
		n++;
	}
	return n;
}

static bool
has_verdict(struct str verdict, struct str command)
{
	CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;
	const char *got;

	shell_judge(command, &opts, &j);
	got = verdict_of(j.effects);
	if (str_eq_c(verdict, got))
		return true;
	print_error("%.*s: %s, wanted %.*s\n", STR_ARG(command), got,
	    STR_ARG(verdict));
	for (size_t i = 0; i < j.n_parts; i++)
		print_error("    part \"%.*s\" %#x %s\n",
		    STR_ARG(j.parts[i].text), j.parts[i].effects,
		    j.parts[i].what != NULL ? j.parts[i].what : "");
	return false;
}

static void
test_hostile_lines(void **state)
{
	size_t wrong, n = each_line("hostile.txt", has_verdict, &wrong);

	print_message("%zu hostile lines, %zu not seen\n", n, wrong);
	assert_true(n >= 200);
	assert_int_equal(wrong, 0);
}

static void
test_forms(void **state)
{
	size_t wrong, n = each_line("forms.txt", has_verdict, &wrong);

	assert_true(n >= 50);
	assert_int_equal(wrong, 0);
}

/* An everyday line alarms when more is asked about than its label says. */
static bool
stays_quiet(struct str verdict, struct str command)
{
	CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;
	unsigned effects, most = 0;

	shell_judge(command, &opts, &j);
	effects = j.effects & ~(unsigned)(EFFECT_NETWORK | EFFECT_WRITES_GIT);
	if (str_eq_c(verdict, "reads"))
		most = EFFECT_READS_FILES;
	else if (str_eq_c(verdict, "writes"))
		most = EFFECT_READS_FILES | EFFECT_WRITES_FILES;
	else if (str_eq_c(verdict, "runs"))
		most = EFFECT_READS_FILES | EFFECT_WRITES_FILES |
		    EFFECT_RUNS_COMMANDS;
	else
		fail_msg("no verdict: %.*s", STR_ARG(verdict));
	if ((effects & ~most) == 0)
		return true;
	print_message("alarm: %.*s: %s\n", STR_ARG(command),
	    verdict_of(effects));
	return false;
}

static void
test_false_alarms(void **state)
{
	size_t wrong, n = each_line("benign.txt", stays_quiet, &wrong);

	print_message("%zu everyday lines, %zu false alarms: %.2f %%\n", n,
	    wrong, 100.0 * (double)wrong / (double)n);
	assert_true(n >= 200);
	assert_true(wrong * 50 <= n); /* 2 % */
}

static void
test_control_characters_are_asked_about(void **state)
{
	static const char *const lines[] = { "ls \a", "ls \x01", "ls x\r",
		"ls \x1b[2K", "ls \x7f" };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_true(has_verdict(STR("opaque"), str_from(lines[i])));
}

static void
test_parts_of_a_line(void **state)
{
	static const char *const wanted[] = { "cd src", "make -j2",
		"grep -c \"a b\" log", "git status", "rm x" };
	CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;

	shell_judge(STR("cd src && make -j2 2>&1 | grep -c \"a b\" log; "
			"timeout 5 git status || (rm x)"), &opts, &j);
	assert_int_equal(j.n_parts, ARRAY_LEN(wanted));
	for (size_t i = 0; i < j.n_parts; i++)
		if (!str_eq_c(j.parts[i].text, wanted[i]))
			fail_msg("part %zu: %.*s", i,
			    STR_ARG(j.parts[i].text));
}

static void
test_paths_and_hosts(void **state)
{
	CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;

	shell_judge(STR("curl -s https://u@example.com:8/x > out.txt; "
			"scp git@host.example:a b; cat a.c"), &opts, &j);
	assert_int_equal(j.n_hosts, 2);
	assert_string_equal(j.hosts[0], "example.com");
	assert_string_equal(j.hosts[1], "host.example");
	assert_int_equal(j.n_paths, 2);
	assert_string_equal(j.paths[0], "out.txt");
	assert_string_equal(j.paths[1], "a.c");
}

static void
test_rules_see_through_quotes(void **state)
{
	CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;

	shell_judge(STR("/bin/r''m \"x\" y"), &opts, &j);
	assert_int_equal(j.n_parts, 1);
	assert_true(str_eq_c(j.parts[0].plain, "rm x y"));
	assert_true(str_eq_c(j.parts[0].text, "/bin/r''m \"x\" y"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_lines),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_false_alarms),
		cmocka_unit_test(test_control_characters_are_asked_about),
		cmocka_unit_test(test_parts_of_a_line),
		cmocka_unit_test(test_paths_and_hosts),
		cmocka_unit_test(test_rules_see_through_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
