/* head_tail, text_stream and child_env: what surrounds a command's output. */
#include "base/mem.h"
#include "tests/unit/unit.h"
#include "tools/child_env.h"
#include "tools/head_tail.h"
#include "tools/text_stream.h"

static void
test_all_is_kept_while_it_fits(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1000);
	struct head_tail h;

	head_tail_init(&h, 4, 4);
	head_tail_add(&h, STR("ab"));
	head_tail_add(&h, STR("cdef"));
	head_tail_add(&h, STR("gh"));
	head_tail_print(&h, 0, &out);
	assert_string_equal(buf_text(&out), "abcdefgh");
	head_tail_release(&h);
}

static void
test_the_middle_is_counted(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1000);
	struct head_tail h;

	head_tail_init(&h, 4, 4);
	for (char c = 'a'; c <= 'z'; c++)
		head_tail_add(&h, str_make(&c, 1));
	head_tail_print(&h, 0, &out);
	assert_string_equal(buf_text(&out),
	    "abcd\n[… 18 bytes left out …]\nwxyz");
	assert_int_equal(h.total, 26);
	head_tail_release(&h);
}

static void
test_printing_from_an_offset(void **state)
{
	static const struct {
		uint64_t from;
		const char *text;
	} cases[] = {
		{ 2, "cd\n[… 2 bytes left out …]\nghij" },
		{ 4, "[… 2 bytes left out …]\nghij" },
		{ 5, "[… 1 bytes left out …]\nghij" },
		{ 6, "ghij" },
		{ 8, "ij" },
		{ 10, "" },
	};
	struct head_tail h;

	head_tail_init(&h, 4, 4);
	head_tail_add(&h, STR("abcdefghij"));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(1000);

		head_tail_print(&h, cases[i].from, &out);
		assert_string_equal(buf_text(&out), cases[i].text);
	}
	head_tail_release(&h);
}

static void
test_cuts_at_characters(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1000);
	struct head_tail h;

	head_tail_init(&h, 3, 3);
	head_tail_add(&h, STR("ääääää")); /* 12 bytes; cut inside at 3 and 9 */
	head_tail_print(&h, 0, &out);
	assert_string_equal(buf_text(&out),
	    "ä\n[… 6 bytes left out …]\nä");
	head_tail_release(&h);
}

static void
test_text_comes_whole(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} cases[] = {
		{ "plain", 5, "plain" },
		{ "a\0b\0", 4, "a\xef\xbf\xbd"
			       "b\xef\xbf\xbd" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9,
		    "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "x\xe2\x82", 3, "x\xef\xbf\xbd" },
		{ "\xe2\xc3\xa4", 3, "\xef\xbf\xbd\xc3\xa4" },
		{ "\xff\xfe", 2, "\xef\xbf\xbd\xef\xbf\xbd" },
	};

	/* Whole, and byte by byte. */
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t step = 1; step <= 9; step += 8) {
			CLEANUP_BUF struct buf out = BUF_INIT(1000);
			struct text_stream t = { .n_pending = 0 };
			struct str all =
			    str_make(cases[i].bytes, cases[i].len);

			for (size_t at = 0; at < all.len; at += step)
				text_stream_feed(&t, str_sub(all, at, step),
				    &out);
			text_stream_end(&t, &out);
			assert_string_equal(buf_text(&out), cases[i].text);
		}
	}
}

static const char *
find(const char **list, const char *name)
{
	size_t len = strlen(name);

	for (; *list != NULL; list++)
		if (strncmp(*list, name, len) == 0 && (*list)[len] == '=')
			return *list + len + 1;
	return NULL;
}

static void
test_environment(void **state)
{
	static const char *const base[] = { "HOME=/home/x", "PAGER=less",
		"OPENAI_API_KEY=a", "FRIDAY_API_KEY=b", "MY_OWN_API_KEY=c",
		"ANTHROPIC_AUTH_TOKEN=d", "GITHUB_TOKEN=e", "FORCE_COLOR=1",
		"API_KEYS_FOLDER=f", "GIT_INDEX_FILE=g", "ODD", NULL };
	static const struct {
		const char *name, *value;
	} cases[] = {
		{ "HOME", "/home/x" },
		{ "PAGER", "cat" },
		{ "GIT_PAGER", "cat" },
		{ "GIT_TERMINAL_PROMPT", "0" },
		{ "TERM", "dumb" },
		{ "NO_COLOR", "1" },
		{ "OPENAI_API_KEY", NULL },
		{ "FRIDAY_API_KEY", NULL },
		{ "MY_OWN_API_KEY", NULL },
		{ "ANTHROPIC_AUTH_TOKEN", NULL },
		{ "FORCE_COLOR", NULL },
		{ "GITHUB_TOKEN", "e" },
		{ "API_KEYS_FOLDER", "f" },
		{ "GIT_INDEX_FILE", "g" },
	};
	CLEANUP(free_ptr) const char **list = child_env_make(base);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *value = find(list, cases[i].name);

		if (cases[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, cases[i].value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_is_kept_while_it_fits),
		cmocka_unit_test(test_the_middle_is_counted),
		cmocka_unit_test(test_printing_from_an_offset),
		cmocka_unit_test(test_cuts_at_characters),
		cmocka_unit_test(test_text_comes_whole),
		cmocka_unit_test(test_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
