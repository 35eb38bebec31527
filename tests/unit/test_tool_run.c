/* The door: what passes, what is answered, what never runs. */
#include "tools/tool_run.h"
#include "base/json.h"
#include "tests/unit/unit.h"

static int runs, asks;

static int
probe_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	runs++;
	if (json_get_bool(call->args, "fail", false))
		return error_set(err, ERR_TOOL_FAILED, "it failed");
	buf_add_repeated(&result->text, 'x',
	    (size_t)json_get_int(call->args, "count", 1));
	return 0;
}

static const struct tool probe = {
	.name = "probe",
	.summary = "A tool for tests",
	.description = "Writes x.",
	.schema = "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":"
	    "\"integer\"},\"fail\":{\"type\":\"boolean\"}},"
	    "\"additionalProperties\":false}",
	.effects = EFFECT_WRITES_FILES,
	.output_max = 1000,
	.run = probe_run,
};

static int
say_no(const struct approval_request *request, struct approval_answer *ret,
    void *ctx, struct error *err)
{
	asks++;
	assert_string_equal(request->kind, "edit");
	ret->decision = APPROVE_NO;
	snprintf(ret->reason, sizeof(ret->reason), "not that file");
	return 0;
}

static int
say_once(const struct approval_request *request, struct approval_answer *ret,
    void *ctx, struct error *err)
{
	asks++;
	ret->decision = APPROVE_ONCE;
	return 0;
}

struct fixture {
	struct tool_registry *registry;
	struct tool_env env;
	struct policy policy;
	struct tool_door door;
};

static void
setup(struct fixture *f, enum policy_mode mode)
{
	*f = (struct fixture){ .registry = tool_registry_create() };
	tool_registry_add(f->registry, &probe, NULL);
	f->env.registry = f->registry;
	f->policy.mode = mode;
	f->door = (struct tool_door){ .registry = f->registry, .env = &f->env,
		.policy = &f->policy };
	runs = asks = 0;
}

static void
check(struct fixture *f, const char *name, const char *args,
    enum error_code code, const char *needle)
{
	struct tool_result r;

	tool_run(&f->door, "call_1", str_from(name), str_from(args), &r);
	assert_int_equal(r.ok, code == ERR_NONE);
	assert_string_equal(error_name(r.error.code), error_name(code));
	if (strstr(buf_text(&r.text), needle) == NULL)
		fail_msg("\"%s\" not in: %s", needle, buf_text(&r.text));
	tool_result_release(&r);
}

static void
test_answers(void **state)
{
	struct fixture f;

	setup(&f, MODE_AUTO);
	check(&f, "probe", "{\"count\":3}", ERR_NONE, "xxx");
	check(&f, "probe", "", ERR_NONE, "x");
	check(&f, "Probe", "{\"count\":\"2\",}", ERR_NONE, "xx");
	check(&f, "functions.probe", "{}", ERR_NONE, "x");
	assert_int_equal(runs, 4);
	check(&f, "nope", "{}", ERR_TOOL_UNKNOWN, "probe");
	check(&f, "probe", "{\"count\":", ERR_TOOL_ARGUMENTS,
	    "not valid JSON");
	check(&f, "probe", "{\"count\":\"many\"}", ERR_TOOL_ARGUMENTS,
	    "/count: must be integer, not string");
	check(&f, "probe", "{\"other\":1}", ERR_TOOL_ARGUMENTS,
	    "\"other\" is not known here");
	assert_int_equal(runs, 4);
	check(&f, "probe", "{\"fail\":true}", ERR_TOOL_FAILED, "it failed");
	tool_registry_destroy(f.registry);
}

static void
test_gate(void **state)
{
	struct fixture f;

	setup(&f, MODE_PLAN);
	check(&f, "probe", "{}", ERR_POLICY_DENIED, "mode plan");
	f.policy.mode = MODE_ASK;
	check(&f, "probe", "{}", ERR_POLICY_UNANSWERED, "needs an approval");
	f.door.ask = say_no;
	check(&f, "probe", "{}", ERR_POLICY_DENIED, "not that file");
	assert_int_equal(runs, 0);
	f.door.ask = say_once;
	check(&f, "probe", "{}", ERR_NONE, "x");
	assert_int_equal(runs, 1);
	assert_int_equal(asks, 2);
	tool_registry_destroy(f.registry);
}

static void
test_cancelled_call_does_not_run(void **state)
{
	struct fixture f;
	struct cancel token;
	struct error err;

	setup(&f, MODE_AUTO);
	assert_ok(cancel_init(&token, &err));
	cancel_raise(&token, CANCEL_STOP);
	f.door.cancel = &token;
	check(&f, "probe", "{}", ERR_CANCELLED, "cancelled");
	assert_int_equal(runs, 0);
	cancel_release(&token);
	tool_registry_destroy(f.registry);
}

static void
test_long_output_keeps_head_and_tail(void **state)
{
	struct fixture f;
	struct tool_result r;

	setup(&f, MODE_AUTO);
	tool_run(&f.door, "call_1", STR("probe"), STR("{\"count\":5000}"), &r);
	assert_true(r.ok);
	assert_true(r.text.len < 1200);
	assert_non_null(strstr(buf_text(&r.text), "left out here"));
	tool_result_release(&r);
	tool_registry_destroy(f.registry);
}

static void
test_search_finds_deferred_tools(void **state)
{
	static const struct tool hidden = { .name = "moonlight",
		.summary = "Shines at night", .description = "Light.",
		.schema = "{\"type\":\"object\"}", .deferred = true,
		.run = probe_run };
	struct fixture f;

	setup(&f, MODE_PLAN);
	tool_registry_add(f.registry, &hidden, NULL);
	check(&f, "tool_search", "{\"query\":\"night\"}", ERR_NONE,
	    "## moonlight");
	check(&f, "tool_search", "{\"query\":\"probe\"}", ERR_NONE,
	    "No further tool fits");
	tool_registry_destroy(f.registry);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_gate),
		cmocka_unit_test(test_cancelled_call_does_not_run),
		cmocka_unit_test(test_long_output_keeps_head_and_tail),
		cmocka_unit_test(test_search_finds_deferred_tools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
