/* think_tags: thinking that a model writes into its text. */
#include "llm/think_tags.h"
#include "tests/unit/unit.h"

/* What comes out of the text in pieces of `piece` bytes: text, and thinking in
 * brackets. */
static void
check(const char *text, size_t piece, const char *wanted)
{
	struct str rest = str_from(text);
	struct think_tags t = { 0 };
	struct buf got = BUF_INIT(KIB);
	struct error err;
	struct reply r;

	reply_init(&r, NULL, "test", "test");
	for (size_t at = 0; at < rest.len; at += piece)
		assert_ok(think_tags_feed(&t, &r, 0, str_sub(rest, at, piece),
		    &err));
	assert_ok(think_tags_finish(&t, &r, 0, &err));
	for (size_t i = 0; i < r.message->n_parts; i++) {
		const struct part *p = &r.message->parts[i];

		buf_printf(&got, p->kind == PART_TEXT ? "%s" : "[%s]",
		    buf_text(&p->text));
	}
	assert_string_equal(buf_text(&got), wanted);
	reply_release(&r);
	buf_release(&got);
}

static const struct {
	const char *text, *wanted;
} cases[] = {
	{ "plain", "plain" },
	{ "", "" },
	{ "<think>a</think>b", "[a]b" },
	{ "\n <think>\na\n</think>\n\n b", "[\na\n]b" },
	{ "<thinking>a</thinking>b", "[a]b" },
	{ "<thought>a</thought>b", "[a]b" },
	{ "<reasoning>a</reasoning>b", "[a]b" },
	/* The closing tag is the one that belongs to the opening one. */
	{ "<think>a</thinking>b</think>c", "[a</thinking>b]c" },
	{ "<think>a<</think>b", "[a<]b" },
	{ "<think>a</thi</think>b", "[a</thi]b" },
	{ "<think></think>b", "b" },
	/* Never closed, or cut off inside a tag. */
	{ "<think>a", "[a]" },
	{ "<think>a</thi", "[a</thi]" },
	{ "<thi", "<thi" },
	{ "  ", "  " },
	/* Tags further on are text. */
	{ "a <think>b</think>", "a <think>b</think>" },
	{ "<think>a</think>b <think>c</think>", "[a]b <think>c</think>" },
	{ "<thinker>a", "<thinker>a" },
	{ "<b>a</b>", "<b>a</b>" },
	{ "</think>a", "</think>a" },
	/* More blanks than are held back. */
	{ "                                                  <think>a</think>",
	    "                                                  "
	    "<think>a</think>" },
};

static void
test_however_it_is_cut(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t piece = 1; piece <= 64; piece++)
			check(cases[i].text, piece, cases[i].wanted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_however_it_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
