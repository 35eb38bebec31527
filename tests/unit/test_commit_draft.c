/* What a model answers, as the message of a commit. */
#include "core/commit_draft.h"
#include "tests/unit/unit.h"

#define X50 "xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx "

static const struct {
	const char *answer, *message;
} cases[] = {
	{ "Add a", "Add a\n" },
	{ "\n\n  Add a  \n\n", "Add a\n" },
	{ "Add a\n\nIt was missing.\n", "Add a\n\nIt was missing.\n" },
	{ "Add a\n\n\n\n- one\n- two", "Add a\n\n- one\n- two\n" },
	{ "```\nAdd a\n```", "Add a\n" },
	{ "```text\nAdd a\n\nBody\n```\nHope that helps!", "Add a\n\nBody\n" },
	{ "```\nAdd a", "Add a\n" },
	{ "Add a\n\nSigned-off-by: M <m@m>\nCo-Authored-By: M <m@m>\n",
	    "Add a\n" },
	{ "fix: mend a\n\nRefs: none-of-it\n",
	    "fix: mend a\n\nRefs: none-of-it\n" },
	{ "Add\x1b[31m a\r\nb", "Add^[[31m a\nb\n" },
	{ "", "" },
	{ " \n\t\n", "" },
	{ "```\n```", "" },
	{ "Signed-off-by: M <m@m>", "" },
	{ X50 X50 X50 X50 X50, "" }, /* prose, no subject */
};

static void
test_answers(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

		commit_draft_clean(str_from(cases[i].answer), &out);
		assert_string_equal(buf_text(&out), cases[i].message);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
