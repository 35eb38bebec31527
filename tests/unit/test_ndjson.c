/* ndjson: line ends, splits at every place, limits. */
#include "net/ndjson.h"
#include "tests/unit/unit.h"

static int
note(struct str line, void *ctx)
{
	return buf_printf(ctx, "[%.*s]", STR_ARG(line));
}

static const struct {
	const char *input;
	const char *wanted;
} cases[] = {
	{ "{}\n", "[{}]" },
	{ "{}\r\n[1]\r\n", "[{}][[1]]" },
	{ "\n\n{}\n \n\r\n1\n", "[{}][1]" },
	{ "1\n2", "[1][2]" },
	{ "", "" },
	{ "\n", "" },
};

static void
test_split_anywhere(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].input);

		for (size_t cut = 0; cut <= len; cut++) {
			CLEANUP_BUF struct buf out = BUF_INIT(KIB);
			struct error err;
			struct ndjson p;

			ndjson_init(&p, 100, note, &out);
			assert_ok(ndjson_feed(&p, cases[i].input, cut, &err));
			assert_ok(ndjson_feed(&p, cases[i].input + cut,
			    len - cut, &err));
			assert_ok(ndjson_finish(&p, &err));
			assert_string_equal(buf_text(&out), cases[i].wanted);
			ndjson_release(&p);
		}
	}
}

static void
test_line_limit(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);
	struct error err;
	struct ndjson p;

	ndjson_init(&p, 4, note, &out);
	assert_ok(ndjson_feed(&p, "1234\n12", 7, &err));
	assert_error(ndjson_feed(&p, "345\n", 4, &err), ERR_TOO_LARGE);
	assert_error(ndjson_feed(&p, "1\n", 2, &err), ERR_TOO_LARGE);
	assert_error(ndjson_finish(&p, &err), ERR_TOO_LARGE);
	assert_string_equal(buf_text(&out), "[1234]");
	ndjson_release(&p);
}

static int
refuse(struct str line, void *ctx)
{
	return -ERR_CLOSED;
}

static void
test_callback_ends_it(void **state)
{
	struct error err;
	struct ndjson p;

	ndjson_init(&p, 10, refuse, NULL);
	assert_error(ndjson_feed(&p, "1\n2\n", 4, &err), ERR_CLOSED);
	assert_error(ndjson_finish(&p, &err), ERR_CLOSED);
	ndjson_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split_anywhere),
		cmocka_unit_test(test_line_limit),
		cmocka_unit_test(test_callback_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
