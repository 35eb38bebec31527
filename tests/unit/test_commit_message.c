/* Messages of commits: what of the file is the message, which style a log has,
 * and what is wrong. */
#include <stdlib.h>

#include "base/mem.h"
#include "git/message_check.h"
#include "tests/unit/unit.h"

#define HELP                                                                  \
	"# Please enter the commit message for your changes.\n"               \
	"#\n"                                                                 \
	"# On branch main\n"

static const struct {
	const char *file, *text;
	char comment;
	bool only_trailers;
} parse_cases[] = {
	{ "", "", '\0', true },
	{ "\n" HELP, "", '#', true },
	{ "one\n" HELP, "one\n", '#', false },
	{ "\n\none  \n\n\n\ntwo\n\n" HELP, "one\n\ntwo\n", '#', false },
	/* No editor: git keeps such lines. */
	{ "one\n\n# two\n", "one\n\n# two\n", '\0', false },
	{ "one\n\n; Please\n;\n; On branch\n", "one\n", ';', false },
	{ "\nSigned-off-by: a <b>\n" HELP, "Signed-off-by: a <b>\n", '#',
	    true },
	{ "fix: x\n" HELP, "fix: x\n", '#', false },
	{ "one\n# ------------------------ >8 ------------------------\n"
	  "# Do not modify\ndiff --git a b\n",
	    "one\n", '#', false },
	{ "\n" HELP "# ------------------------ >8 ------------------------\n"
	  "diff --git a/x b/x\n+x\n",
	    "", '#', true },
	/* A list of the user's, and one line of it is the last. */
	{ "one\n\n- a\n- b\n", "one\n\n- a\n- b\n", '\0', false },
	{ "one\r\n\r\ntwo\r\n", "one\n\ntwo\n", '\0', false },
};

static void
test_what_is_the_message(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(parse_cases); i++) {
		CLEANUP_MESSAGE_TEXT struct message_text m;

		message_text_init(&m, str_from(parse_cases[i].file));
		assert_string_equal(buf_text(&m.text), parse_cases[i].text);
		assert_int_equal(m.comment, parse_cases[i].comment);
		assert_int_equal(m.only_trailers,
		    parse_cases[i].only_trailers);
	}
}

static const struct {
	const char *subject, *type, *scope, *text;
	bool breaking;
} conventional_cases[] = {
	{ "fix: a", "fix", "", "a", false },
	{ "feat(x/y)!: a b", "feat", "x/y", "a b", true },
	{ "Docs!: a", "Docs", "", "a", true },
	{ "parser: a", NULL, NULL, NULL, false },
	{ "fix:a", NULL, NULL, NULL, false },
	{ "fix(: a", NULL, NULL, NULL, false },
	{ "fix(a: b", NULL, NULL, NULL, false },
	{ ": a", NULL, NULL, NULL, false },
	{ "!: a", NULL, NULL, NULL, false },
	{ "(x): a", NULL, NULL, NULL, false },
	{ "fix: ", NULL, NULL, NULL, false },
	{ "", NULL, NULL, NULL, false },
	{ "fix this: now", NULL, NULL, NULL, false },
};

static void
test_conventional_commits(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(conventional_cases); i++) {
		struct message_conventional c;
		bool is = message_conventional_parse(
		    str_from(conventional_cases[i].subject), &c);

		assert_int_equal(is, conventional_cases[i].type != NULL);
		if (!is)
			continue;
		assert_true(str_eq_c(c.type, conventional_cases[i].type));
		assert_true(str_eq_c(c.scope, conventional_cases[i].scope));
		assert_true(str_eq_c(c.text, conventional_cases[i].text));
		assert_int_equal(c.breaking, conventional_cases[i].breaking);
	}
}

#define FREE_LOG "Add a\nAdd b\nMend c\nMove d\nDrop e\nMake f\n"
#define CONVENTIONAL_LOG                                                      \
	"feat: a\nfix: b\nfix(x): c\nMerge branch x\nchore!: d\n"             \
	"docs: e\nAdd f\nfixup! docs: e\nfix: g\n"
#define AREA_LOG "core: do a\ncli: do b\nnet: mend c\nbase, net: d\ncore: e\n" \
		 "tests: f\n"

static void
learn(struct message_style *s, const char *log)
{
	struct str rest = str_from(log), line;

	message_style_init(s);
	while (str_next_line(&rest, &line))
		message_style_add(s, line);
}

static void
test_style_of_a_log(void **state)
{
	static const struct {
		const char *log;
		enum message_form form;
	} cases[] = {
		{ "", MESSAGE_FORM_FREE },
		{ "fix: a\nfix: b\n", MESSAGE_FORM_FREE }, /* too few */
		{ FREE_LOG, MESSAGE_FORM_FREE },
		{ CONVENTIONAL_LOG, MESSAGE_FORM_CONVENTIONAL },
		{ AREA_LOG, MESSAGE_FORM_AREA },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_MESSAGE_STYLE struct message_style s;

		learn(&s, cases[i].log);
		assert_string_equal(message_form_name(message_style_form(&s)),
		    message_form_name(cases[i].form));
	}
}

#define X60 "xxxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxxx"
/* Put together here, so that no scanner takes this file for a leak. */
#define TOKEN "glpat-" "Zx9kQ2vLm7Rt4WpYs8Bd" /* fake */
#define LIKELY "q8Zt" "Rk3vXw9LmP2sYb7N" /* fake */

static const struct {
	const char *log, *message;
	enum message_want want;
	const char *codes; /* with lines */
} check_cases[] = {
	{ FREE_LOG, "", MESSAGE_WANT_LOG, "" },
	{ FREE_LOG, "Add g\n\nAs it should be.\n", MESSAGE_WANT_LOG, "" },
	{ FREE_LOG, "Add g.\n", MESSAGE_WANT_LOG, " message-period:1" },
	{ "", "Add g.\n", MESSAGE_WANT_LOG, "" },
	{ FREE_LOG, "Add g...\n", MESSAGE_WANT_LOG, "" },
	{ FREE_LOG, X60 " 3456789 12\n", MESSAGE_WANT_LOG, "" },
	{ FREE_LOG, X60 " 3456789 123\n", MESSAGE_WANT_LOG,
	    " message-length:1" },
	{ FREE_LOG, "Merge " X60 " 123456789 123\n", MESSAGE_WANT_LOG, "" },
	{ FREE_LOG, "Add g\nand h\n", MESSAGE_WANT_LOG, " message-blank:2" },
	{ FREE_LOG, "Signed-off-by: a <b@c>\n", MESSAGE_WANT_LOG,
	    " message-subject:1" },
	{ FREE_LOG, "Add g\n\n<<<<<<< HEAD\n", MESSAGE_WANT_LOG,
	    " message-junk:3" },
	{ FREE_LOG, "Add g\n\ndiff --git a/x b/x\n", MESSAGE_WANT_LOG,
	    " message-junk:3" },
	{ FREE_LOG, "Add \xe2\x80\xae g\n", MESSAGE_WANT_LOG,
	    " message-unicode:1" },
	{ FREE_LOG, "Add g\n\n\x1b[31m\n", MESSAGE_WANT_LOG,
	    " message-unicode:3" },
	{ FREE_LOG, "Add \xff\n", MESSAGE_WANT_LOG, " message-unicode:1" },
	{ FREE_LOG, "Add \xc3\xa4 \xe6\xbc\xa2 \xf0\x9f\x8e\x89\n",
	    MESSAGE_WANT_LOG, "" },
	{ FREE_LOG, "Add g\n\nuse " TOKEN "\n", MESSAGE_WANT_LOG,
	    " message-secret:3" },
	{ FREE_LOG, "Add g\n\npassword = \"" LIKELY "\"\n",
	    MESSAGE_WANT_LOG, " message-secret-like:3" },
	{ CONVENTIONAL_LOG, "Add g\n", MESSAGE_WANT_LOG, " message-form:1" },
	{ CONVENTIONAL_LOG, "Add g\n", MESSAGE_WANT_ANY, "" },
	{ FREE_LOG, "Add g\n", MESSAGE_WANT_CONVENTIONAL, " message-form:1" },
	{ CONVENTIONAL_LOG, "fix: g\n", MESSAGE_WANT_LOG, "" },
	{ CONVENTIONAL_LOG, "fixup! nothing\n", MESSAGE_WANT_LOG, "" },
	{ CONVENTIONAL_LOG, "gix: g\n", MESSAGE_WANT_LOG, " message-type:1" },
	{ CONVENTIONAL_LOG, "gix(a)!: g\n", MESSAGE_WANT_LOG,
	    " message-type:1" },
	{ CONVENTIONAL_LOG, "perf(a): g\n", MESSAGE_WANT_LOG, "" },
	{ CONVENTIONAL_LOG, "g\xff: g\n", MESSAGE_WANT_LOG,
	    " message-unicode:1" },
	{ AREA_LOG, "core: g\n", MESSAGE_WANT_LOG, "" },
};

static void
take_fault(const struct message_rule *rule, size_t line, const char *text,
    void *ctx)
{
	buf_printf(ctx, " %s:%zu", rule->code, line);
	assert_null(strstr(text, "Zx9kQ2"));
}

static void
test_what_is_wrong(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(check_cases); i++) {
		CLEANUP_BUF struct buf codes = BUF_INIT(4 * KIB);
		CLEANUP_MESSAGE_TEXT struct message_text m;
		CLEANUP_MESSAGE_STYLE struct message_style s;
		const struct message_check_opts opts = { .subject_max = 72,
			.want = check_cases[i].want, .fault = take_fault,
			.ctx = &codes };

		learn(&s, check_cases[i].log);
		message_text_init(&m, str_from(check_cases[i].message));
		message_check(&m, &s, &opts);
		if (strcmp(buf_text(&codes), check_cases[i].codes) != 0)
			fail_msg("%s: %s", check_cases[i].message,
			    buf_text(&codes));
	}
}

static void
test_a_log_of_long_subjects_allows_them(void **state)
{
	CLEANUP_MESSAGE_STYLE struct message_style s;

	message_style_init(&s);
	for (size_t i = 0; i < 10; i++)
		message_style_add(&s, STR(X60 " 123456789 123456789"));
	assert_int_equal(message_style_width(&s, 72), 81);
	assert_int_equal(message_style_width(&s, 100), 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_the_message),
		cmocka_unit_test(test_conventional_commits),
		cmocka_unit_test(test_style_of_a_log),
		cmocka_unit_test(test_what_is_wrong),
		cmocka_unit_test(test_a_log_of_long_subjects_allows_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
