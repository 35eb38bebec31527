/* What requests in plain English want. */
#include "llm/offline_intent.h"

#include "base/units.h"

#include "tests/unit/unit.h"

static const char *const kind_names[] = {
	[INTENT_HELP] = "help",
	[INTENT_DEFINITION] = "definition",
	[INTENT_USES] = "uses",
	[INTENT_FIND] = "find",
	[INTENT_OUTLINE] = "outline",
	[INTENT_READ] = "read",
	[INTENT_LIST] = "list",
	[INTENT_GLOB] = "glob",
	[INTENT_CHANGES] = "changes",
	[INTENT_STATUS] = "status",
	[INTENT_LOG] = "log",
	[INTENT_BLAME] = "blame",
	[INTENT_MAP] = "map",
};

static void
check(const char *request, const char *wanted)
{
	struct intent in = intent_of(str_from(request));
	char got[512];
	int n = snprintf(got, sizeof(got), "%s%s", in.change ? "change " : "",
	    kind_names[in.kind]);

	if (in.subject[0] != '\0')
		n += snprintf(got + n, sizeof(got) - (size_t)n, " %s",
		    in.subject);
	if (in.first > 0)
		n += snprintf(got + n, sizeof(got) - (size_t)n, " %d-%d",
		    (int)in.first, (int)in.last);
	for (size_t i = 0; in.kind == INTENT_FIND &&
	    in.subject[0] == '\0' && i < in.n_words; i++)
		n += snprintf(got + n, sizeof(got) - (size_t)n, " +%s",
		    in.words[i]);
	if (strcmp(got, wanted) != 0)
		fail_msg("'%s': '%s', wanted '%s'", request, got, wanted);
}

static void
test_requests(void **state)
{
	static const struct {
		const char *request, *wanted;
	} rows[] = {
		{ "", "help" },
		{ "?", "help" },
		{ "help", "help" },
		{ "Hello!", "help" },
		{ "What can you do?", "help" },
		{ "the", "help" },

		{ "where is parse_config defined?", "definition parse_config" },
		{ "Where is `main` defined?", "definition main" },
		{ "where is main defined", "definition main" },
		{ "where's fooBar", "definition fooBar" },
		{ "definition of Parser", "definition Parser" },
		{ "find the function resize()", "definition resize" },
		{ "parse_config", "definition parse_config" },
		{ "what does buf_add_str do?", "definition buf_add_str" },
		{ "where is struct sse_opts declared", "definition sse_opts" },
		{ "Where is Foo::bar implemented?", "definition Foo::bar" },

		{ "who calls parse_config?", "uses parse_config" },
		{ "where is parse_config used", "uses parse_config" },
		{ "who uses main", "uses main" },
		{ "references to HTTP_MAX", "uses HTTP_MAX" },
		{ "callers of run()", "uses run" },

		{ "find code about retry limits", "find +retry +limit" },
		{ "where are retries handled?", "find +retr" },
		{ "how does the circuit breaker work", "find +circuit "
						       "+breaker" },
		{ "search for \"out of memory\"", "find out of memory" },
		{ "where is the cache directory made", "find +cache "
						       "+directory +made" },

		{ "outline of src/main.c", "outline src/main.c" },
		{ "explain src/main.c", "outline src/main.c" },
		{ "what functions are in util.py? outline", "outline util.py" },
		{ "What is in `src/llm/wire.h`?", "outline src/llm/wire.h" },

		{ "read src/main.c", "read src/main.c" },
		{ "read src/main.c lines 10-20", "read src/main.c 10-20" },
		{ "show me lines 10 to 20 of src/main.c",
		    "read src/main.c 10-20" },
		{ "show line 7 of Makefile", "read Makefile 7-7" },
		{ "src/main.c:12", "read src/main.c 12-12" },
		{ "@src/main.c:12-30", "read src/main.c 12-30" },
		{ "README.md", "read README.md" },

		{ "give me a map of the repository", "map" },
		{ "overview of the code please", "map" },
		{ "overview of src/main.c", "outline src/main.c" },
		{ "list files", "list" },
		{ "list src/llm/", "list src/llm/" },
		{ "what files are in src", "list src" },
		{ "find files named *.c", "glob *.c" },
		{ "src/**/*.h", "glob src/**/*.h" },

		{ "what changed?", "changes" },
		{ "git diff", "changes" },
		{ "show me my changes", "changes" },
		{ "git status", "status" },
		{ "show the git log", "log" },
		{ "recent commits", "log" },
		{ "who wrote src/main.c", "blame src/main.c" },
		{ "git blame src/main.c:3-9", "blame src/main.c 3-9" },

		{ "rename parse_config to read_config",
		    "change definition parse_config" },
		{ "please fix the bug in src/main.c",
		    "change read src/main.c" },
		{ "add a --verbose flag to the parser",
		    "change find +verbose +flag +parser" },
		{ "Can you write tests for the retry budget?",
		    "change find +test +retry +budget" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check(rows[i].request, rows[i].wanted);
}

static void
test_long_and_odd_requests(void **state)
{
	char text[9000];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	intent_of(str_from(text));
	for (size_t i = 0; i < sizeof(text) - 1; i += 2)
		text[i] = ' ';
	intent_of(str_from(text));
	intent_of(str_make("\0\0`\"'", 5));
	check("``", "help");
	check("\xff\xfe_\x80", "help");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_long_and_odd_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
