/* The lines that git gives to pre-push. */
#include "git/pushed.h"
#include "tests/unit/unit.h"

#define ONE "1111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222"
#define NIL "0000000000000000000000000000000000000000"
#define ONE64 ONE "111111111111111111111111"

static const struct {
	const char *lines;
	const char *seen; /* name, object and what the remote has */
	bool odd;
} cases[] = {
	{ "", "", false },
	{ "refs/heads/a " ONE " refs/heads/b " TWO "\n",
	    "refs/heads/b:" ONE ":" TWO " ", false },
	{ "refs/heads/a " ONE " refs/heads/b " NIL "\n",
	    "refs/heads/b:" ONE ": ", false },
	/* Deleted: nothing is sent. */
	{ "(delete) " NIL " refs/heads/b " TWO "\n", "", false },
	{ "(delete) " NIL " x " TWO "\na " ONE " y " TWO "\n",
	    "y:" ONE ":" TWO " ", false },
	{ "a " ONE64 " b " NIL "\n", "b:" ONE64 ": ", false },
	{ "a " ONE64 " b " ONE64 "\n", "b:" ONE64 ":" ONE64 " ", false },
	{ "a b c d\n", "", true },
	{ "a " ONE " b\n", "", true },
	{ "a --all b " NIL "\n", "", true },
	{ "a " ONE " b " TWO " more\n", "", true },
	{ "a " ONE " y " TWO "\nodd\nb " ONE " z " TWO "\n",
	    "y:" ONE ":" TWO " ", true },
};

static void
test_lines(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str rest = str_from(cases[i].lines);
		CLEANUP_BUF struct buf seen = BUF_INIT(64 * KIB);
		struct pushed_ref ref;
		bool odd;

		while (pushed_next(&rest, &ref, &odd))
			buf_printf(&seen, "%.*s:%s:%s ", STR_ARG(ref.name),
			    ref.oid, ref.remote_oid);
		if (strcmp(buf_text(&seen), cases[i].seen) != 0 ||
		    odd != cases[i].odd)
			fail_msg("%zu: %s %d", i, buf_text(&seen), odd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
