/* Notes on commits, as whoever can push may write them. */
#include "base/mem.h"
#include "core/blame_notes.h"
#include "tests/unit/unit.h"

#define SESSION "01jcxyzabcdefghjkmnpqrstvw"
#define COMMIT "0123456789012345678901234567890123456789"
#define LINE "\tthis line is long enough to be nobody else's;"

/* A note of one agent with these lines. */
static char *
note_of(const char *session, const char *path, size_t line,
    const char *text, const char *more)
{
	char digest[BLAME_DIGEST_SIZE];

	blame_digest(str_from(text), digest);
	return mem_printf("{\"friday\":1,\"agents\":[{\"path\":\"%s\","
	    "\"session\":\"%s\",\"model\":\"m\\u0007\\n1\",\"lines\":"
	    "[[%zu,\"%s\"]]%s}]}", path, session, line, digest, more);
}

static const struct provenance *
find(const char *note, const char *commit, const char *path, size_t line,
    const char *text, bool *by_text, struct blame_notes *n)
{
	blame_notes_init(n);
	blame_notes_parse(n, STR(COMMIT), str_from(note));
	return blame_notes_find(n, str_from(commit), str_from(path), line,
	    str_from(text), by_text);
}

static void
test_lines_are_found(void **state)
{
	static const struct {
		const char *commit, *path;
		size_t line;
		const char *text;
		bool found, by_text;
	} cases[] = {
		{ COMMIT, "a.c", 4, LINE, true, false },
		/* Elsewhere: by its words. */
		{ COMMIT, "a.c", 5, LINE, true, true },
		{ "ffff", "a.c", 4, LINE, true, true },
		{ "", "a.c", 0, LINE, true, true },
		{ COMMIT, "b.c", 4, LINE, false, false },
		{ COMMIT, "a.c", 4, LINE " ", false, false },
		{ COMMIT, "a.c", 4, "}", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(free_ptr) char *note = note_of(SESSION, "a.c", 4,
		    LINE, "");
		CLEANUP(blame_notes_release) struct blame_notes n;
		bool by_text;
		const struct provenance *p = find(note, cases[i].commit,
		    cases[i].path, cases[i].line, cases[i].text, &by_text,
		    &n);

		if ((p != NULL) != cases[i].found ||
		    (p != NULL && by_text != cases[i].by_text))
			fail_msg("case %zu", i);
		if (p == NULL)
			continue;
		assert_string_equal(p->session, SESSION);
		assert_string_equal(p->model, "m 1");
	}
}

/* "}" says nothing alone; in its place it does. */
static void
test_short_lines_only_in_their_place(void **state)
{
	CLEANUP(free_ptr) char *note = note_of(SESSION, "a.c", 4, "}", "");
	CLEANUP(blame_notes_release) struct blame_notes n;
	bool by_text;

	(void)state;
	assert_non_null(find(note, COMMIT, "a.c", 4, "}", &by_text, &n));
	assert_false(by_text);
	assert_null(blame_notes_find(&n, STR("ffff"), STR("a.c"), 4, STR("}"),
	    &by_text));
}

static void
test_what_is_not_in_form(void **state)
{
	static const char *const notes[] = { "", "\n\n", "words", "{", "[]",
		"{}", "{\"friday\":1}", "{\"friday\":2,\"agents\":[]}",
		"{\"friday\":1,\"agents\":[null,1,[],{}]}",
		"{\"friday\":1,\"agents\":[{\"path\":\"\",\"session\":\""
		SESSION "\",\"lines\":[]}]}",
		"{\"friday\":1,\"agents\":[{\"path\":\"a\",\"session\":"
		"\"../x\",\"lines\":[]}]}",
		"{\"friday\":1,\"agents\":[{\"path\":\"a\",\"session\":\""
		SESSION "\",\"lines\":{}}]}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		CLEANUP(blame_notes_release) struct blame_notes n;

		blame_notes_init(&n);
		blame_notes_parse(&n, STR(COMMIT), str_from(notes[i]));
		if (n.n != 0)
			fail_msg("%s", notes[i]);
	}
}

static void
test_lines_that_are_not_in_form(void **state)
{
	static const char note[] = "Reviewed by Ada\n"
	    "{\"friday\":1,\"agents\":[{\"path\":\"a\",\"session\":\"" SESSION
	    "\",\"lines\":[[0,\"0123456789abcdef\"],[1,\"x\"],[1e99,"
	    "\"0123456789abcdef\"],[],7,[\"2\",\"0123456789abcdef\"],"
	    "[3,\"0123456789abcdeg\"],[4,\"0123456789abcdef\"]]}]}\n";
	CLEANUP(blame_notes_release) struct blame_notes n;

	(void)state;
	blame_notes_init(&n);
	blame_notes_parse(&n, STR(COMMIT), str_from(note));
	assert_int_equal(n.n, 1);
	assert_int_equal(n.n_lines, 1);
}

static void
test_the_first_that_claims_a_line_has_it(void **state)
{
	CLEANUP(free_ptr) char *one = note_of(SESSION, "a.c", 4, LINE, "");
	CLEANUP(free_ptr) char *other = note_of("01zzzzzzzzzzzzzzzzzzzzzzzz",
	    "a.c", 4, LINE, "");
	CLEANUP(free_ptr) char *both = mem_printf("%s\n%s\n", one, other);
	CLEANUP(blame_notes_release) struct blame_notes n;
	bool by_text;

	(void)state;
	assert_string_equal(find(both, COMMIT, "a.c", 4, LINE, &by_text,
	    &n)->session, SESSION);
	assert_int_equal(n.n, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_are_found),
		cmocka_unit_test(test_short_lines_only_in_their_place),
		cmocka_unit_test(test_what_is_not_in_form),
		cmocka_unit_test(test_lines_that_are_not_in_form),
		cmocka_unit_test(test_the_first_that_claims_a_line_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
