/* Whole conversations with the offline provider, its tools played by a
 * table. */
#include "base/json.h"
#include "llm/offline.h"

#include "tests/unit/unit.h"

static const struct llm_tool tools[] = {
	{ "grep", "", "{\"properties\":{\"pattern\":{},\"path\":{}}}" },
	{ "glob", "", "{}" },
	{ "read", "", "{}" },
	{ "list", "", "{}" },
	{ "git", "", "{\"properties\":{\"action\":{},\"staged\":{}}}" },
	{ "tool_search", "", "{}" },
	{ "write", "", "{}" },
	{ "shell", "", "{}" },
	{ "outline", "", "{}" }, /* offered only where a test says so */
};

/* What a tool says to arguments that hold a text; the first row that fits.
 * text NULL: an error. */
struct script {
	const char *tool, *args, *text;
};

struct talk {
	struct message *messages[32];
	size_t n;
	size_t n_tools;
	struct buf calls; /* "grep{…} read{…} ; " */
	struct buf answer;
	size_t turns;
};

static void
talk_release(struct talk *t)
{
	for (size_t i = 0; i < t->n; i++)
		message_destroy(t->messages[i]);
	buf_release(&t->calls);
	buf_release(&t->answer);
}

static struct talk
talk_start(const char *request)
{
	struct talk t = { .n_tools = ARRAY_LEN(tools) - 1,
		.calls = BUF_INIT(MIB),
		.answer = BUF_INIT(MIB) };

	t.messages[0] = message_create(ROLE_USER);
	message_add_text(t.messages[0],
	    STR("<context>\nmode: ask\nwho calls nobody?\n</context>"));
	message_add_text(t.messages[0], str_from(request));
	t.n = 1;
	return t;
}

static void
play(struct talk *t, const struct script *script, const struct part *call,
    struct message *results)
{
	for (; script->tool != NULL; script++) {
		if (strcmp(script->tool, call->name) == 0 &&
		    strstr(buf_text(&call->arguments), script->args) != NULL)
			break;
	}
	message_add_result(results, call->call_id, call->name,
	    str_from(script->tool == NULL ? "no such file" :
		script->text == NULL ? "it failed" : script->text),
	    script->tool == NULL || script->text == NULL);
}

static void
see_text(struct str text, void *ctx)
{
	buf_add_str(ctx, text);
}

/* Runs until there is an answer; false when that takes too many turns. */
static bool
talk_run(struct talk *t, const struct script *script)
{
	while (t->turns++ < 10) {
		const struct llm_request request = {
			.model = "offline",
			.messages = (const struct message *const *)t->messages,
			.n_messages = t->n,
			.tools = tools,
			.n_tools = t->n_tools,
		};
		const struct reply_sink sink = { .text = see_text,
			.ctx = &t->answer };
		struct message *results = message_create(ROLE_USER);
		struct error err = ERROR_INIT;
		struct reply r;
		bool done;

		reply_init(&r, &sink, "offline", "offline");
		assert_ok(offline_complete(&request, &r, &err));
		assert_ok(reply_finish(&r, &err));
		assert_true(r.finished);
		done = r.stop == STOP_END_TURN;
		for (size_t i = 0; i < r.message->n_parts; i++) {
			const struct part *p = &r.message->parts[i];

			if (p->kind != PART_TOOL_CALL)
				continue;
			assert_string_not_equal(p->name, "write");
			assert_string_not_equal(p->name, "shell");
			buf_printf(&t->calls, "%s%s ", p->name,
			    buf_text(&p->arguments));
			if (strcmp(p->name, "tool_search") == 0)
				t->n_tools = ARRAY_LEN(tools);
			play(t, script, p, results);
		}
		buf_add_cstr(&t->calls, "; ");
		t->messages[t->n++] = message_copy(r.message);
		reply_release(&r);
		if (done) {
			message_destroy(results);
			return true;
		}
		t->messages[t->n++] = results;
	}
	return false;
}

/* Everything in `wanted` (lines) must be in the answer. */
static void
check(const char *request, const struct script *script,
    const char *const *wanted)
{
	struct talk t = talk_start(request);

	assert_true(talk_run(&t, script));
	for (; *wanted != NULL; wanted++) {
		if (strstr(buf_text(&t.answer), *wanted) == NULL)
			fail_msg("no '%s' in '%s' (calls: %s)", *wanted,
			    buf_text(&t.answer), buf_text(&t.calls));
	}
	assert_non_null(strstr(buf_text(&t.answer),
	    "not from a language model"));
	talk_release(&t);
}

static const struct script code[] = {
	{ "grep", "typedef", "src/cfg.c:7:parse_config(int x)\n"
			     "src/cfg.h:3:int parse_config(int x);\n" },
	{ "grep", "\\\\bparse_config\\\\b",
	    "src/cfg.c:7:parse_config(int x)\n"
	    "src/cfg.h:3:int parse_config(int x);\n"
	    "src/main.c:20:\tparse_config(`1`);\n"
	    "tests/t.c:4:\tparse_config(2);\n" },
	{ "read", "src/cfg.c", "     5\t\n     6\tint\n     7\t"
			       "parse_config(int x)\n     8\t{\n     9\t\t"
			       "return x;\n    10\t}\n    11\tint next;\n" },
	{ NULL, NULL, NULL },
};

static void
test_definition(void **state)
{
	static const char *const wanted[] = {
		"`parse_config` is defined in `src/cfg.c:7`",
		"```c\nint\nparse_config(int x)\n{\n\treturn x;\n}\n```\n",
		"- `src/cfg.h:3` `int parse_config(int x);`",
		"used in 2 places in 2 files",
		"- `src/main.c:20` `parse_config('1');`", NULL };

	check("where is parse_config defined?", code, wanted);
}

static void
test_calls_are_made_side_by_side_and_only_once(void **state)
{
	struct talk t = talk_start("where is parse_config defined?");

	assert_true(talk_run(&t, code));
	assert_int_equal(t.turns, 3);
	assert_int_equal(message_has(t.messages[1], PART_TOOL_CALL), true);
	assert_int_equal(t.messages[1]->n_parts, 2);
	assert_int_equal(t.messages[3]->n_parts, 1);
	talk_release(&t);
}

static void
test_uses(void **state)
{
	static const char *const wanted[] = {
		"`parse_config` is used in 2 places in 2 files",
		"- `src/main.c:20`", "It is defined in `src/cfg.c:7`.", NULL };

	check("who calls parse_config?", code, wanted);
}

static void
test_unknown_symbol(void **state)
{
	static const struct script none[] = {
		{ "grep", "(?i)no_such", "a.c:1:NO_SUCH_THING\n" },
		{ "grep", "", "" },
		{ NULL, NULL, NULL },
	};
	static const char *const wanted[] = {
		"Nothing in this folder is called `no_such`",
		"- `a.c:1` `NO_SUCH_THING`", NULL };

	check("where is no_such defined", none, wanted);
}

static void
test_find_by_words(void **state)
{
	static const struct script words[] = {
		{ "grep", "(?i)retry.*limit", "src/net.c:5:retry the limit;\n"
					      "docs/a.md:2:retry limit\n" },
		{ "grep", "typedef", "src/net.c:9:retry_limit(void)\n" },
		{ "glob", "**/*retry*", "src/retry.c\n[1 file]\n" },
		{ "read", "src/net.c", "     9\tretry_limit(void)\n" },
		{ NULL, NULL, NULL },
	};
	static const char *const wanted[] = {
		"The best match is `src/net.c:9`:",
		"- `src/net.c:5` `retry the limit;`",
		"Files with a fitting name:\n\n- `src/retry.c`\n", NULL };

	check("find code about retry limits", words, wanted);
}

static void
test_nothing_found(void **state)
{
	static const struct script nothing[] = {
		{ "grep", "", "" },
		{ "glob", "", "" },
		{ NULL, NULL, NULL },
	};
	static const char *const wanted[] = {
		"found nothing about `quark`, `lepton`", NULL };

	check("find code about quarks and leptons", nothing, wanted);
}

static void
test_outline_is_found_by_tool_search(void **state)
{
	static const struct script outline[] = {
		{ "tool_search", "outline", "## outline" },
		{ "outline", "src/a.c", "src/a.c (c):\n     1-3      function "
					"main: int main(void)\n" },
		{ NULL, NULL, NULL },
	};
	static const char *const wanted[] = { "What is in `src/a.c`",
		"1-3      function main", NULL };

	check("outline of src/a.c", outline, wanted);
}

static void
test_a_language_without_outline(void **state)
{
	static const struct script defs[] = {
		{ "tool_search", "outline", "## outline" },
		{ "outline", "a.zz.c", NULL },
		{ "read", "a.zz.c", "     1\thello\n" },
		{ "grep", "\"path\":\"a.zz.c\"", "a.zz.c:4:def x():\n" },
		{ NULL, NULL, NULL },
	};
	static const struct script none[] = {
		{ "tool_search", "outline", "## outline" },
		{ "outline", "a.zz.c", NULL },
		{ "read", "a.zz.c", "     1\thello\n" },
		{ "grep", "", "" },
		{ NULL, NULL, NULL },
	};
	static const char *const wanted_defs[] = { "look like definitions in "
		"`a.zz.c`", "a.zz.c:4:def x():", NULL };
	static const char *const wanted_none[] = { "The beginning of `a.zz.c`",
		"     1\thello", NULL };

	check("explain `a.zz.c`", defs, wanted_defs);
	check("explain `a.zz.c`", none, wanted_none);
}

static void
test_a_file_of_another_folder_is_found(void **state)
{
	static const struct script files[] = {
		{ "glob", "**/a.c", "lib/deep/a.c\n" },
		{ "read", "lib/deep/a.c", "     1\tint a;\n" },
		{ NULL, NULL, NULL },
	};
	static const char *const wanted[] = { "`lib/deep/a.c`:",
		"     1\tint a;", NULL };
	static const char *const none[] = {
		"There is no file `b.c` here", NULL };

	check("read a.c", files, wanted);
	check("read b.c", files, none);
}

static void
test_changes(void **state)
{
	static const struct script git[] = {
		{ "git", "status", "On branch main\n M src/a.c\n" },
		{ "git", "staged", "Nothing.\n" },
		{ "git", "diff", "--- a/src/a.c\n+++ b/src/a.c\n"
				 "@@ -1,2 +3,4 @@ x\n+```\n" },
		{ NULL, NULL, NULL },
	};
	static const char *const wanted[] = { "On branch main",
		"- `src/a.c:3`", "````diff\n--- a/src/a.c", NULL };

	check("what changed?", git, wanted);
}

static void
test_a_change_is_declined_its_places_shown(void **state)
{
	static const char *const wanted[] = {
		"Changing code needs a language model",
		"`parse_config` is defined in `src/cfg.c:7`", NULL };

	check("rename parse_config to read_config", code, wanted);
}

static void
test_a_failing_search_is_said(void **state)
{
	static const struct script broken[] = { { NULL, NULL, NULL } };
	static const char *const wanted[] = {
		"A search did not work: `no such file`", NULL };

	check("where is parse_config defined?", broken, wanted);
}

static void
test_without_tools(void **state)
{
	struct talk t = talk_start("where is parse_config defined?");

	t.n_tools = 0;
	assert_true(talk_run(&t, code));
	assert_int_equal(t.turns, 1);
	assert_non_null(strstr(buf_text(&t.answer), "offers no `grep` tool"));
	assert_null(strstr(buf_text(&t.answer), "Nothing in this folder"));
	talk_release(&t);
}

static void
test_the_last_request_counts(void **state)
{
	struct talk t = talk_start("help");

	assert_true(talk_run(&t, code));
	assert_non_null(strstr(buf_text(&t.answer), "I can look things up"));
	t.messages[t.n] = message_create(ROLE_USER);
	message_add_text(t.messages[t.n++], STR("who calls parse_config"));
	assert_true(talk_run(&t, code));
	assert_non_null(strstr(buf_text(&t.answer), "is used in 2 places"));
	talk_release(&t);
}

static void
test_a_schema_is_refused(void **state)
{
	const struct llm_request request = { .output_schema = "{}" };
	struct error err;
	struct reply r;

	reply_init(&r, NULL, "offline", "offline");
	assert_error(offline_complete(&request, &r, &err), ERR_UNSUPPORTED);
	reply_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_definition),
		cmocka_unit_test(
		    test_calls_are_made_side_by_side_and_only_once),
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_unknown_symbol),
		cmocka_unit_test(test_find_by_words),
		cmocka_unit_test(test_nothing_found),
		cmocka_unit_test(test_outline_is_found_by_tool_search),
		cmocka_unit_test(test_a_language_without_outline),
		cmocka_unit_test(test_a_file_of_another_folder_is_found),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_a_change_is_declined_its_places_shown),
		cmocka_unit_test(test_a_failing_search_is_said),
		cmocka_unit_test(test_without_tools),
		cmocka_unit_test(test_the_last_request_counts),
		cmocka_unit_test(test_a_schema_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
