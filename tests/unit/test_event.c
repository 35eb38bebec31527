/* event: the JSON form, the table, what event_check refuses. */
#include "event/event.h"
#include "base/json.h"
#include "tests/unit/unit.h"

static void
test_json_form(void **state)
{
	CLEANUP(event_unrefp) struct event *ev = event_create(
	    EVENT_TEXT_DELTA, "s1", "r1", STR("\"text\":\"x\""));
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);

	ev->seq = 7;
	ev->time_ms = 0;
	assert_int_equal(event_print(ev, &out), 0);
	assert_string_equal(buf_text(&out),
	    "{\"type\":\"text.delta\",\"session\":\"s1\",\"run\":\"r1\","
	    "\"seq\":7,\"time\":\"1970-01-01T00:00:00.000Z\","
	    "\"text\":\"x\"}");
}

static void
test_outside_a_run(void **state)
{
	CLEANUP(event_unrefp) struct event *ev =
	    event_create(EVENT_NOTICE, "s1", NULL, STR(""));
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);

	snprintf(ev->parent_call, sizeof(ev->parent_call), "c1");
	event_print(ev, &out);
	assert_null(strstr(buf_text(&out), "\"run\""));
	assert_non_null(strstr(buf_text(&out), "\"parent_call\":\"c1\"}"));
}

static void
test_names_lead_to_types(void **state)
{
	for (int i = 0; i < EVENT_TYPE_COUNT; i++) {
		enum event_type type;

		assert_true(event_type_by_name(str_from(event_table[i].name),
		    &type));
		assert_int_equal(type, i);
	}
}

static void
test_check(void **state)
{
	static const struct {
		const char *json;
		enum error_code wanted;
	} cases[] = {
		{ "{\"type\":\"plan.updated\",\"items\":[]}", 0 },
		{ "{\"type\":\"plan.updated\",\"items\":[],\"new\":1}", 0 },
		{ "{\"type\":\"plan.updated\",\"items\":{}}", ERR_INVALID },
		{ "{\"type\":\"plan.updated\"}", ERR_INVALID },
		{ "{\"type\":\"session.changed\"}", 0 },
		{ "{\"type\":\"session.changed\",\"title\":1}", ERR_INVALID },
		{ "{\"type\":\"nothing\"}", ERR_INVALID },
		{ "{}", ERR_INVALID },
		{ "[]", ERR_INVALID },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_JSON struct json *j = NULL;
		struct error err;

		assert_ok(json_parse(str_from(cases[i].json), NULL, &j, &err));
		assert_error(event_check(j, &err), cases[i].wanted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_form),
		cmocka_unit_test(test_outside_a_run),
		cmocka_unit_test(test_names_lead_to_types),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
