/* What the agent reads from a repository and makes of text: instructions,
 * commands, skills, titles. */
#include "tests/unit/agent_fixture.h"

#include "agent/commands.h"
#include "agent/instructions.h"
#include "agent/skills.h"
#include "agent/text_file.h"
#include "agent/text_mode.h"
#include "agent/titles.h"

static void
test_titles(void **state)
{
	static const char *const cases[][2] = {
		{ "Fix the parser", "Fix the parser" },
		{ "\n\n  ## Fix   the parser \nand more", "Fix the parser" },
		{ "", "" },
		{ " \n ", "" },
		{ "one two three four five six seven eight nine ten eleven "
		  "twelve", "one two three four five six seven eight nine "
			    "ten eleven\xe2\x80\xa6" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "\xc3\xa9\xc3\xa9\xc3\xa9",
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "\xe2\x80\xa6" },
		{ "esc\x1b[31m", "esc [31m" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char title[TITLE_SIZE];

		titles_make(str_from(cases[i][0]), title);
		assert_string_equal(title, cases[i][1]);
	}
}

/* --- instructions ------------------------------------------------------- */

static char *
read_instructions(struct agent_fixture *f, const char *sub)
{
	char *cwd = file_join(f->repo, sub);
	struct buf out = BUF_INIT(512 * KIB);

	instructions_read(f->config, cwd, &out);
	free(cwd);
	return buf_steal(&out);
}

static void
test_instructions_from_the_root_down(void **state)
{
	struct agent_fixture *f = *state;
	char *path, *text;
	struct error err = ERROR_INIT;

	fixture_write(f, ".git/HEAD", "ref: refs/heads/main\n");
	fixture_write(f, "AGENTS.md", "ROOT");
	fixture_write(f, "a/CLAUDE.md", "MIDDLE");
	fixture_write(f, "a/b/AGENTS.md", "LEAF");
	fixture_write(f, "a/b/CLAUDE.md", "SHADOWED");
	fixture_write(f, "a/b/c/AGENTS.md", "BELOW");
	path = file_join(f->config, "AGENTS.md");
	assert_ok(file_write_atomic(path, STR("USER"), 0600, &err));
	free(path);
	text = read_instructions(f, "a/b");
	assert_has(text, "USER");
	assert_true(strstr(text, "USER") < strstr(text, "ROOT"));
	assert_true(strstr(text, "ROOT") < strstr(text, "MIDDLE"));
	assert_true(strstr(text, "MIDDLE") < strstr(text, "LEAF"));
	assert_has_not(text, "SHADOWED");
	assert_has_not(text, "BELOW");
	free(text);
}

static void
test_long_instructions_are_cut_and_say_so(void **state)
{
	struct agent_fixture *f = *state;
	struct buf big = BUF_INIT(1 * MIB);
	char *text;

	buf_add_repeated(&big, 'x', 100 * KIB);
	fixture_write(f, "AGENTS.md", buf_text(&big));
	text = read_instructions(f, ".");
	assert_has(text, "[cut: AGENTS.md is longer than 32 KiB");
	assert_in_range(strlen(text), 32 * KIB, 33 * KIB);
	free(text);
	buf_release(&big);
}

static void
test_link_out_of_the_repository_is_not_read(void **state)
{
	struct agent_fixture *f = *state;
	char *link = file_join(f->repo, "AGENTS.md");
	char *secret = file_join(f->folder, "secret");
	struct error err = ERROR_INIT;
	char *text;

	assert_ok(file_write_atomic(secret, STR("KEY"), 0600, &err));
	assert_int_equal(symlink(secret, link), 0);
	text = read_instructions(f, ".");
	assert_has_not(text, "KEY");
	free(text);
	/* A link that stays inside is fine. */
	unlink(link);
	fixture_write(f, "docs/rules.md", "RULES");
	assert_int_equal(symlink("docs/rules.md", link), 0);
	text = read_instructions(f, ".");
	assert_has(text, "RULES");
	free(text);
	free(link);
	free(secret);
}

static void
test_fifo_is_no_file(void **state)
{
	struct agent_fixture *f = *state;
	char *path = file_join(f->repo, "AGENTS.md");
	char *text;

	assert_int_equal(mkfifo(path, 0600), 0);
	text = read_instructions(f, ".");
	assert_string_equal(text, "");
	free(text);
	free(path);
}

/* --- front matter ------------------------------------------------------- */

static void
note_field(struct str key, struct str value, void *ctx)
{
	buf_printf(ctx, "[%.*s=%.*s]", STR_ARG(key), STR_ARG(value));
}

static void
test_front_matter(void **state)
{
	static const char *const cases[][3] = {
		{ "---\na: 1\nb: \"two: x\"\n---\nbody", "[a=1][b=two: x]",
		    "body" },
		{ "---\r\na: 1\r\n---\r\nbody", "[a=1]", "body" },
		{ "no front", "", "no front" },
		{ "---\na: 1\nnever closed", "", "---\na: 1\nnever closed" },
		{ "---\n---\n", "", "" },
		{ "---\n# c: 1\n  d: 2\n: e\n---\nx", "", "x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf fields = BUF_INIT(1 * KIB);
		struct str text = str_from(cases[i][0]);

		front_matter_split(&text, note_field, &fields);
		assert_string_equal(buf_text(&fields), cases[i][1]);
		assert_true(str_eq_c(text, cases[i][2]));
		buf_release(&fields);
	}
}

/* --- commands ----------------------------------------------------------- */

static void
test_arguments_are_put_in(void **state)
{
	static const char *const cases[][3] = {
		{ "Fix $1 and $2.", "/x a b", "Fix a and b." },
		{ "Fix $1.", "/x \"a b\" c", "Fix a b." },
		{ "All: $ARGUMENTS!", "/x a  b", "All: a  b!" },
		{ "None.", "/x", "None." },
		{ "None.", "/x more", "None.\n\nmore" },
		{ "Price $0 $x $", "/x", "Price $0 $x $" },
		{ "[$3]", "/x a", "[]" },
	};
	struct agent_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT(64 * KIB);

		fixture_write(f, ".friday/commands/x.md", cases[i][0]);
		assert_true(commands_expand(&f->opts, str_from(cases[i][1]),
		    &out));
		assert_string_equal(buf_text(&out), cases[i][2]);
		buf_release(&out);
	}
}

static void
note_command(const struct user_command *command, void *ctx)
{
	buf_printf(ctx, "%s(%s) ", command->name, command->description);
}

static void
test_commands_of_others_need_trust(void **state)
{
	struct agent_fixture *f = *state;
	struct buf list = BUF_INIT(64 * KIB);

	fixture_write(f, ".friday/commands/git/push.md",
	    "---\ndescription: ours\n---\nx");
	fixture_write(f, ".claude/commands/deploy.md",
	    "---\ndescription: theirs\n---\nx");
	fixture_write(f, ".opencode/command/deploy.md", "later");
	fixture_write(f, ".friday/commands/notes.txt", "no command");
	commands_list(&f->opts, note_command, &list);
	assert_string_equal(buf_text(&list),
	    "git:push(ours) init(Write an AGENTS.md) ");
	buf_clear(&list);
	f->opts.trusted = true;
	commands_list(&f->opts, note_command, &list);
	assert_string_equal(buf_text(&list),
	    "git:push(ours) deploy(theirs) init(Write an AGENTS.md) ");
	buf_release(&list);
}

static void
test_unknown_command_is_text(void **state)
{
	struct agent_fixture *f = *state;
	struct buf out = BUF_INIT(64 * KIB);

	assert_false(commands_expand(&f->opts, STR("/usr/bin is a folder"),
	    &out));
	assert_false(commands_expand(&f->opts, STR("/"), &out));
	assert_false(commands_expand(&f->opts, STR("init"), &out));
	assert_int_equal(out.len, 0);
	assert_true(commands_expand(&f->opts, STR("/init"), &out));
	buf_release(&out);
}

/* --- skills ------------------------------------------------------------- */

static void
test_skills_are_listed_and_read(void **state)
{
	struct agent_fixture *f = *state;
	struct buf out = BUF_INIT(64 * KIB);
	struct error err = ERROR_INIT;

	skills_write_list(&f->opts, &out);
	assert_int_equal(out.len, 0);
	fixture_write(f, ".friday/skills/rel/SKILL.md",
	    "---\nname: release\ndescription: How to release\n---\nTag it.");
	fixture_write(f, ".claude/skills/other/SKILL.md", "Other.");
	skills_write_list(&f->opts, &out);
	assert_has(buf_text(&out), "- release: How to release");
	assert_has_not(buf_text(&out), "other");
	buf_clear(&out);
	assert_ok(skills_read(&f->opts, STR("release"), &out, &err));
	assert_has(buf_text(&out), "Tag it.");
	assert_error(skills_read(&f->opts, STR("other"), &out, &err),
	    ERR_NOT_FOUND);
	f->opts.trusted = true;
	assert_ok(skills_read(&f->opts, STR("other"), &out, &err));
	buf_release(&out);
}

/* --- edits in answers --------------------------------------------------- */

#define ENVELOPE                                                              \
	"*** Begin Patch\n*** Update File: a.c\n@@\n-x\n+y\n*** End Patch"

static void
test_edits_in_answers(void **state)
{
	static const struct {
		const char *text, *has; /* in the call; NULL: no call */
	} cases[] = {
		{ "Here:\n" ENVELOPE "\nDone.", "a.c" },
		{ "```\n" ENVELOPE "\n```\n" ENVELOPE, "a.c" },
		{ "```diff\n--- a/b.c\n+++ b/b.c\n@@ -1 +1 @@\n-x\n+y\n```",
		    "+++ b/b.c" },
		{ "b.c\n```\n<<<<<<< SEARCH\nx\n=======\ny\n"
		  ">>>>>>> REPLACE\n```", "SEARCH" },
		{ "b.c\n```c\nint x;\n```", "int x;" },
		{ "```diff\n-just shown\n+to explain\n```", NULL },
		{ "```c\nint names_no_file;\n```", NULL },
		{ "Nothing.", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct message *m = message_create(ROLE_ASSISTANT);

		message_add_text(m, str_from(cases[i].text));
		assert_int_equal(text_mode_find_edits(m),
		    cases[i].has != NULL);
		if (cases[i].has != NULL) {
			assert_has(buf_text(&m->parts[1].arguments),
			    cases[i].has);
			/* An answer with calls is left alone. */
			assert_false(text_mode_find_edits(m));
		}
		message_destroy(m);
	}
}

#define T(name)                                                               \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_titles),
		T(test_instructions_from_the_root_down),
		T(test_long_instructions_are_cut_and_say_so),
		T(test_link_out_of_the_repository_is_not_read),
		T(test_fifo_is_no_file),
		cmocka_unit_test(test_front_matter),
		T(test_arguments_are_put_in),
		T(test_commands_of_others_need_trust),
		T(test_unknown_command_is_text),
		T(test_skills_are_listed_and_read),
		cmocka_unit_test(test_edits_in_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
