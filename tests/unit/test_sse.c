/* sse: line ends, fields, splits at every place, limits. */
#include "net/sse.h"
#include "tests/unit/unit.h"

/* Events are noted as "[name|data]". */
static int
note(struct str event, struct str data, void *ctx)
{
	return buf_printf(ctx, "[%.*s|%.*s]", STR_ARG(event), STR_ARG(data));
}

static const struct {
	const char *name;
	const char *input;
	const char *wanted;
} cases[] = {
	{ "one event", "data: a\n\n", "[|a]" },
	{ "no blank behind the colon", "data:a\n\n", "[|a]" },
	{ "only one blank is dropped", "data:  a\n\n", "[| a]" },
	{ "CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", "[|a][|b]" },
	{ "CR", "data: a\r\rdata: b\r\r", "[|a][|b]" },
	{ "mixed ends", "data: a\r\n\ndata: b\n\r\ndata: c\r\n\r",
	    "[|a][|b][|c]" },
	{ "named", "event: ping\ndata: a\n\ndata: b\n\n", "[ping|a][|b]" },
	{ "the last name counts", "event: x\nevent: y\ndata: a\n\n", "[y|a]" },
	{ "name behind the data", "data: a\nevent: y\n\n", "[y|a]" },
	{ "several data lines", "data: a\ndata: b\ndata\ndata: c\n\n",
	    "[|a\nb\n\nc]" },
	{ "empty data is an event", "data:\n\n", "[|]" },
	{ "no data is none", "event: ping\n\ndata: a\n\n", "[|a]" },
	{ "an error as a field", "error: {}\n\nerror\n\n", "[error|{}]" },
	{ "comments", ": hi\n\n:\ndata: a\n: there\n\n", "[|a]" },
	{ "unknown fields", "id: 1\nretry: 5\nfoo: b\nbar\ndata: a\n\n",
	    "[|a]" },
	{ "byte order mark", "\xef\xbb\xbf" "data: a\n\n", "[|a]" },
	{ "a second mark is text", "data: a\n\n\xef\xbb\xbf" "data: b\n\n",
	    "[|a]" },
	{ "case counts", "Data: a\ndata: b\n\n", "[|b]" },
	{ "a blank line too many", "\n\n\ndata: a\n\n\n\n", "[|a]" },
	{ "last blank line missing", "data: a\n\ndata: b\n", "[|a][|b]" },
	{ "last line end missing", "event: e\ndata: a\ndata: b", "[e|a\nb]" },
	{ "nothing", "", "" },
	{ "UTF-8", "data: \xc3\xa9\xf0\x9f\x98\x80\n\n",
	    "[|\xc3\xa9\xf0\x9f\x98\x80]" },
};

static void
feed_parts(const char *input, size_t first, size_t step, struct buf *out)
{
	struct error err = ERROR_INIT;
	size_t len = strlen(input), at = first < len ? first : len;
	struct sse p;

	sse_init(&p, SSE_OPTS_INIT, note, out);
	assert_ok(sse_feed(&p, input, at, &err));
	while (at < len) {
		size_t part = step < len - at ? step : len - at;
		/* A copy of its own, so that a sanitizer sees a pointer that
		 * outlives the bytes. */
		char *copy = malloc(part);

		memcpy(copy, input + at, part);
		assert_ok(sse_feed(&p, copy, part, &err));
		free(copy);
		at += part;
	}
	assert_ok(sse_finish(&p, &err));
	sse_release(&p);
}

static void
test_whole(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(KIB);

		feed_parts(cases[i].input, SIZE_MAX, 1, &out);
		if (strcmp(buf_text(&out), cases[i].wanted) != 0)
			fail_msg("%s: %s", cases[i].name, buf_text(&out));
	}
}

static void
test_split_anywhere(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].input);

		for (size_t first = 0; first <= len; first++)
			for (size_t step = 1; step <= 3; step++) {
				CLEANUP_BUF struct buf out = BUF_INIT(KIB);

				feed_parts(cases[i].input, first, step, &out);
				if (strcmp(buf_text(&out), cases[i].wanted))
					fail_msg("%s split at %zu by %zu: %s",
					    cases[i].name, first, step,
					    buf_text(&out));
			}
	}
}

static void
test_limits(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);
	struct sse_opts opts = { .line_max = 10, .event_max = 6 };
	static const struct {
		const char *input;
		int wanted;
	} limits[] = {
		{ "data: 1234\n\n", 0 },
		{ "data: 12345\n\n", -ERR_TOO_LARGE },
		{ ":234567890\n\n", 0 },
		{ ":2345678901", -ERR_TOO_LARGE },
		{ "data:123\ndata:45\n\n", 0 },
		{ "data:123\ndata:456\n\n", -ERR_TOO_LARGE },
	};

	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		for (size_t step = 1; step < 16; step += 14) {
			const char *in = limits[i].input;
			size_t len = strlen(in);
			struct error err;
			struct sse p;
			int rc = 0;

			sse_init(&p, opts, note, &out);
			for (size_t at = 0; at < len && rc == 0; at += step)
				rc = sse_feed(&p, in + at,
				    step < len - at ? step : len - at, &err);
			if (rc != limits[i].wanted)
				fail_msg("%s by %zu: %d", in, step, rc);
			if (rc != 0)
				assert_error(sse_feed(&p, "\n", 1, &err),
				    ERR_TOO_LARGE);
			sse_release(&p);
		}
}

static int
refuse(struct str event, struct str data, void *ctx)
{
	(*(int *)ctx)++;
	return -ERR_CLOSED;
}

static void
test_callback_ends_it(void **state)
{
	struct error err;
	struct sse p;
	int calls = 0;

	sse_init(&p, SSE_OPTS_INIT, refuse, &calls);
	assert_error(sse_feed(&p, "data: a\n\ndata: b\n\n", 18, &err),
	    ERR_CLOSED);
	assert_error(sse_feed(&p, "data: c\n\n", 9, &err), ERR_CLOSED);
	assert_error(sse_finish(&p, &err), ERR_CLOSED);
	assert_int_equal(calls, 1);
	sse_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_split_anywhere),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_callback_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
