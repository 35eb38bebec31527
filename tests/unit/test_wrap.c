/* wrap and flow: where text breaks into lines. */
#include "tests/unit/unit.h"
#include "tui/text/wrap.h"

static void
assert_wrapped(struct str text, const struct wrap_opts *opts,
    const char *wanted)
{
	CLEANUP_LINES struct lines l = LINES_INIT;
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

	wrap_text(text, opts, &l);
	for (size_t i = 0; i < l.count; i++) {
		lines_text(&l, i, &out);
		buf_add_cstr(&out, l.lines[i].flags & LINE_WRAPPED ? "~\n" :
		    "\n");
	}
	assert_string_equal(buf_text(&out), wanted);
}

static void
test_text_breaks_at_words_and_clusters(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "", "\n" },
		{ "short", "short\n" },
		{ "one two three", "one two\nthree~\n" },
		{ "one    two   ", "one    two\n" },
		{ "a\n\nb\n", "a\n\nb\n\n" },
		{ "abcdefghijklmnop", "abcdefghij\nklmnop~\n" },
		{ "go abcdefghijklm", "go\nabcdefghij~\nklm~\n" },
		{ "0123456789 abc", "0123456789\nabc~\n" },
		{ "0123456789           abc", "0123456789\nabc~\n" },
		{ "    indented words", "    indent\ned words~\n" },
		{ "a\tb", "a       b\n" },
		{ "日本語日本語", "日本語日本\n語~\n" },
		{ "日本語日本。語", "日本語日\n本。語~\n" },
		{ "ab 日本語日本", "ab 日本語\n日本~\n" },
		{ "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧",
		    "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧\n👨‍👩‍👧~\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_wrapped(str_from(cases[i].text),
		    &(struct wrap_opts){ .width = 10 }, cases[i].wanted);
}

static void
test_prefixes_take_their_columns(void **state)
{
	assert_wrapped(STR("one two three four"), &(struct wrap_opts){
	    .width = 10, .first = STR("› "), .others = STR("  ") },
	    "› one two\n  three~\n  four~\n");
}

static void
test_a_limit_ends_in_an_ellipsis(void **state)
{
	const struct wrap_opts opts = { .width = 10, .lines_max = 2 };

	assert_wrapped(STR("one two three four five"), &opts,
	    "one two\nthree fou…~\n");
	assert_wrapped(STR("one\ntwo\nthree"), &opts, "one\ntwo…\n");
	assert_wrapped(STR("one\ntwo\n"), &opts, "one\ntwo\n");
	assert_wrapped(STR("0123456789012345678901234"), &opts,
	    "0123456789\n012345678…~\n");
}

static void
test_one_column_is_enough(void **state)
{
	assert_wrapped(STR("ab 日"), &(struct wrap_opts){ .width = 1 },
	    "a\nb~\n日~\n");
	assert_wrapped(STR("ab"), &(struct wrap_opts){ .width = 1,
	    .first = STR("› "), .others = STR("  ") }, "› a\n  b~\n");
}

/* What stands in the lines is what stands in the source there. */
static void
test_offsets_lead_back_to_the_source(void **state)
{
	static const char text[] = "one two\n\tthree日本語 four-and-five-and";
	CLEANUP_LINES struct lines l = LINES_INIT;

	wrap_text(str_from(text), &(struct wrap_opts){ .width = 9 }, &l);
	for (size_t i = 0; i < l.n_pieces; i++) {
		const struct piece *p = &l.pieces[i];

		if (p->source == LINE_NO_SOURCE)
			continue;
		assert_true(p->source + p->len <= sizeof(text) - 1);
		assert_memory_equal(lines_piece_text(&l, p).ptr,
		    text + p->source, p->len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_breaks_at_words_and_clusters),
		cmocka_unit_test(test_prefixes_take_their_columns),
		cmocka_unit_test(test_a_limit_ends_in_an_ellipsis),
		cmocka_unit_test(test_one_column_is_enough),
		cmocka_unit_test(test_offsets_lead_back_to_the_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
