/* A session with everything real: the offline provider asks the built-in tools
 * about a small repository, through the client, the door and the store. */
#define FIXTURE_REAL_CLIENT
#include "tests/unit/agent_fixture.h"

static void
use_offline(struct agent_fixture *f)
{
	f->target = (struct llm_target){
		.provider = catalog_provider(f->catalog, STR("offline")),
		.model = "offline" };
	assert_non_null(f->target.provider);
}

static void
test_question_is_answered_from_the_repository(void **state)
{
	struct agent_fixture *f = *state;
	size_t at;

	use_offline(f);
	fixture_write(f, "src/frob.c",
	    "int\nfrobnicate(int x)\n{\n\treturn x + 1;\n}\n");
	fixture_write(f, "src/main.c",
	    "int main(void)\n{\n\treturn frobnicate(1);\n}\n");
	fixture_begin(f, MODE_PLAN, NULL, 0);
	assert_string_equal(fixture_run(f, "where is frobnicate defined?"),
	    "end_turn");
	assert_true(fixture_count(f, "\"tool.finished\"", "") > 0);
	at = fixture_await(f, 0, "message.finished", "end_turn");
	assert_has(f->events[at], "src/frob.c:");
}

static void
test_hello_needs_no_tool(void **state)
{
	struct agent_fixture *f = *state;

	use_offline(f);
	fixture_begin(f, MODE_ASK, NULL, 0);
	assert_string_equal(fixture_run(f, "hello"), "end_turn");
	fixture_await(f, 0, "message.finished", "end_turn");
}

#define T(name)                                                               \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_question_is_answered_from_the_repository),
		T(test_hello_needs_no_tool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
