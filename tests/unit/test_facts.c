/* facts: what the status line and the panel tell of a session. */
#include "tests/unit/unit.h"
#include "tui/facts.h"

static struct json *
parsed(const char *text)
{
	struct json *j = NULL;

	assert_int_equal(json_parse(str_from(text), NULL, &j, NULL), 0);
	return j;
}

static void
feed(struct facts *f, const char *text)
{
	CLEANUP_JSON struct json *event = parsed(text);

	facts_event(f, event, 1000);
}

static void
test_a_past_tells_plan_and_context(void **state)
{
	CLEANUP_JSON struct json *past = parsed("["
	    "{\"type\":\"plan.updated\",\"items\":[{\"id\":\"1\"}]},"
	    "{\"type\":\"usage\",\"context_used\":70,\"context_limit\":100},"
	    "{\"type\":\"usage\",\"context_used\":9,\"parent_call\":\"c\"},"
	    "{\"type\":\"plan.updated\",\"items\":[{\"id\":\"2\"},{}]},"
	    "{\"type\":\"compacted\",\"tokens_after\":20}]");
	struct facts f;

	facts_init(&f);
	assert_true(facts_past(&f, past));
	assert_int_equal(f.context_used, 20);
	assert_int_equal(f.context_limit, 100);
	assert_int_equal(json_count(f.plan), 2);
	/* A window that is loaded later is older. */
	assert_false(facts_past(&f, past));
	facts_release(&f);
}

static void
test_what_came_meanwhile_is_newer_than_the_past(void **state)
{
	CLEANUP_JSON struct json *past = parsed("["
	    "{\"type\":\"plan.updated\",\"items\":[{\"id\":\"1\"}]},"
	    "{\"type\":\"usage\",\"context_used\":70,\"context_limit\":100}]");
	struct facts f;

	facts_init(&f);
	feed(&f, "{\"type\":\"usage\",\"context_used\":80,"
	    "\"context_limit\":200}");
	feed(&f, "{\"type\":\"plan.updated\",\"items\":[{},{},{}]}");
	assert_false(facts_past(&f, past));
	assert_int_equal(f.context_used, 80);
	assert_int_equal(f.context_limit, 200);
	assert_int_equal(json_count(f.plan), 3);
	facts_release(&f);
}

static void
test_files_are_counted_and_then_told(void **state)
{
	CLEANUP_JSON struct json *told = parsed("{\"files\":["
	    "{\"path\":\"a.c\",\"insertions\":1,\"deletions\":1},"
	    "{\"path\":\"logo.png\",\"binary\":true}]}");
	struct facts f;

	facts_init(&f);
	feed(&f, "{\"type\":\"tool.finished\",\"ok\":true,\"diff\":"
	    "\"--- a/a.c\\n+++ b/a.c\\n@@ -1,2 +1,2 @@\\n-x\\n-y\\n+X\\n"
	    "+--- Y\\n\"}");
	assert_int_equal(json_get_int(json_get(f.files, "a.c"), "added", 0),
	    2);
	facts_changes(&f, told);
	assert_int_equal(json_get_int(json_get(f.files, "a.c"), "added", 0),
	    1);
	assert_int_equal(json_get_int(json_get(f.files, "logo.png"), "added",
	    -1), 0);
	assert_int_equal(json_count(f.files), 2);
	facts_release(&f);
}

static void
test_waiting_for_the_user_is_told_first(void **state)
{
	struct facts f;

	facts_init(&f);
	feed(&f, "{\"type\":\"run.started\"}");
	feed(&f, "{\"type\":\"approval.requested\"}");
	feed(&f, "{\"type\":\"approval.requested\"}");
	feed(&f, "{\"type\":\"approval.resolved\"}");
	feed(&f, "{\"type\":\"tool.finished\",\"ok\":true}");
	assert_string_equal(f.activity, "waiting for you");
	feed(&f, "{\"type\":\"approval.resolved\"}");
	assert_string_equal(f.activity, "working");
	feed(&f, "{\"type\":\"tool.started\",\"name\":\"read\",\"arguments\":"
	    "{\"path\":\"a\\u001b[2J\\u202ec\"}}");
	assert_string_equal(f.activity, "read a^[[2J<U+202E>c");
	facts_release(&f);
}

static void
test_parts_of_the_context_that_are_there(void **state)
{
	CLEANUP_JSON struct json *reply = parsed("{\"context\":{\"parts\":["
	    "{\"name\":\"tools\",\"tokens\":7},"
	    "{\"name\":\"answers\",\"tokens\":0}]}}");
	CLEANUP_JSON struct json *none = parsed("{}");
	struct facts f;

	facts_init(&f);
	facts_context(&f, reply);
	assert_int_equal(json_count(f.context), 1);
	facts_context(&f, none);
	assert_null(f.context);
	facts_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_past_tells_plan_and_context),
		cmocka_unit_test(
		    test_what_came_meanwhile_is_newer_than_the_past),
		cmocka_unit_test(test_files_are_counted_and_then_told),
		cmocka_unit_test(test_waiting_for_the_user_is_told_first),
		cmocka_unit_test(test_parts_of_the_context_that_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
