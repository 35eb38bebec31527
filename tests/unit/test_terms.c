/* terms: how words split, and what they share. */
#include "base/buf.h"
#include "index/terms.h"
#include "tests/unit/unit.h"

static void
print_terms(struct terms *t, const char *text, struct buf *out)
{
	struct str rest = str_from(text), word;

	buf_clear(out);
	while (terms_next_word(&rest, &word)) {
		struct term_ids ids = terms_of_word(t, word);

		for (size_t i = 0; i < ids.n; i++)
			buf_printf(out, "%s%.*s", out->len > 0 ? " " : "",
			    STR_ARG(terms_text(t, ids.ids[i])));
	}
}

static void
words_split_where_case_and_digits_change(void **state)
{
	static const struct {
		const char *text, *terms;
	} rows[] = {
		{ "parse", "pars" },
		{ "parsing PARSED Parser", "pars pars parser" },
		{ "HTTPServer", "http server =httpserver" },
		{ "getHTTPResponse2xx",
		    "get http respons xx =gethttpresponse2xx" },
		{ "snake_case_name", "snake case name =snake_case_name" },
		{ "_private $jquery", "privat jqueri" },
		{ "__init__", "init" },
		{ "a b2c", "=b2c" },
		{ "utf8 sha256sum", "utf =utf8 sha 256 sum =sha256sum" },
		{ "x = 0x1f + 42;", "=0x1f 42" },
		{ "na\xc3\xafve", "na\xc3\xafv" },
		{ "", "" },
		{ "() {} ;", "" },
	};
	CLEANUP(terms_destroyp) struct terms *t = terms_create();
	CLEANUP_BUF struct buf out = BUF_INIT(4 * KIB);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_terms(t, rows[i].text, &out);
		assert_string_equal(buf_text(&out), rows[i].terms);
		/* From memory it is the same. */
		print_terms(t, rows[i].text, &out);
		assert_string_equal(buf_text(&out), rows[i].terms);
	}
}

static void
words_too_long_are_left_out(void **state)
{
	CLEANUP(terms_destroyp) struct terms *t = terms_create();
	CLEANUP_BUF struct buf out = BUF_INIT(4 * KIB);
	char text[TERM_WORD_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = i % 2 ? 'A' : 'b';
	text[sizeof(text) - 1] = '\0';
	print_terms(t, text, &out);
	assert_string_equal(buf_text(&out), "");
}

static void
wholes_know_their_parts(void **state)
{
	CLEANUP(terms_destroyp) struct terms *t = terms_create();
	struct term_ids parts;
	uint32_t whole;

	(void)state;
	terms_of_word(t, STR("testTestRunner"));
	whole = terms_find(t, STR("=testtestrunner"));
	assert_int_not_equal(whole, TERM_NONE);
	parts = terms_parts(t, whole);
	assert_int_equal(parts.n, 2); /* "test" counts once */
	assert_true(str_eq_c(terms_text(t, parts.ids[0]), "test"));
	assert_true(str_eq_c(terms_text(t, parts.ids[1]), "runner"));
	assert_int_equal(terms_parts(t, parts.ids[0]).n, 0);
	assert_int_equal(terms_find(t, STR("missing")), TERM_NONE);
}

static void
stop_words_are_known(void **state)
{
	static const char *const stop[] = { "a", "the", "how", "your", "s" };
	static const char *const other[] = { "", "lock", "thee", "z" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(stop); i++)
		assert_true(terms_is_stop_word(str_from(stop[i])));
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		assert_false(terms_is_stop_word(str_from(other[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_split_where_case_and_digits_change),
		cmocka_unit_test(words_too_long_are_left_out),
		cmocka_unit_test(wholes_know_their_parts),
		cmocka_unit_test(stop_words_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
