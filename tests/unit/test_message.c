/* message: parts, the stored form, hostile stored forms, estimates. */
#include "llm/message.h"

#include "base/json.h"
#include "tests/unit/unit.h"

static struct message *
reload(const struct message *m)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	CLEANUP_JSON struct json *j = NULL;
	struct message *copy = NULL;
	struct error err;

	assert_int_equal(message_print(m, &text), 0);
	assert_ok(json_parse(buf_str(&text), NULL, &j, &err));
	assert_ok(message_parse(j, &copy, &err));
	return copy;
}

static void
test_stored_form_keeps_everything(void **state)
{
	CLEANUP(message_destroyp) struct message *m =
	    message_create(ROLE_ASSISTANT);
	CLEANUP(message_destroyp) struct message *again = NULL;
	CLEANUP_BUF struct buf a = BUF_INIT(MIB), b = BUF_INIT(MIB);
	struct part *p;

	p = message_add(m, PART_REASONING);
	buf_add_cstr(&p->text, "hm\xc3\xa4");
	buf_add_cstr(&p->opaque, "{ \"signature\" :\t\"x\\u00e4\"}");
	snprintf(p->opaque_wire, sizeof(p->opaque_wire), "anthropic");
	snprintf(p->opaque_provider, sizeof(p->opaque_provider), "mine");
	message_add_text(m, STR("answer"));
	p = message_add(m, PART_TOOL_CALL);
	p->call_id = strdup("c1");
	p->name = strdup("read");
	p->cut = true;
	buf_add_cstr(&p->arguments, "{\"path\": \"a");
	again = reload(m);
	assert_int_equal(again->n_parts, 3);
	assert_string_equal(again->id, m->id);
	assert_string_equal(buf_text(&again->parts[0].opaque),
	    "{ \"signature\" :\t\"x\\u00e4\"}");
	assert_string_equal(again->parts[0].opaque_provider, "mine");
	assert_string_equal(buf_text(&again->parts[2].arguments),
	    "{\"path\": \"a");
	assert_true(again->parts[2].cut);
	message_print(m, &a);
	message_print(again, &b);
	assert_string_equal(buf_text(&a), buf_text(&b));
}

static void
test_user_parts_survive(void **state)
{
	CLEANUP(message_destroyp) struct message *m = message_create(ROLE_USER);
	CLEANUP(message_destroyp) struct message *again = NULL;

	message_add_result(m, "c1", "shell", STR("no such file"), true);
	message_add_image(m, "image/png", STR("aGk="));
	again = reload(m);
	assert_string_equal(again->parts[0].call_id, "c1");
	assert_string_equal(again->parts[0].name, "shell");
	assert_true(again->parts[0].is_error);
	assert_string_equal(again->parts[1].media_type, "image/png");
	assert_string_equal(buf_text(&again->parts[1].data), "aGk=");
}

static void
test_text_is_storable_from_the_start(void **state)
{
	CLEANUP(message_destroyp) struct message *m = message_create(ROLE_USER);
	CLEANUP(message_destroyp) struct message *again = NULL;

	message_add_text(m, STR("a\0b\xff\0"));
	assert_string_equal(buf_text(&m->parts[0].text),
	    "a\xef\xbf\xbd"
	    "b\xef\xbf\xbd\xef\xbf\xbd");
	again = reload(m);
	assert_string_equal(buf_text(&m->parts[0].text),
	    buf_text(&again->parts[0].text));
}

static void
test_copy_is_deep(void **state)
{
	CLEANUP(message_destroyp) struct message *m =
	    message_create(ROLE_ASSISTANT);
	CLEANUP(message_destroyp) struct message *copy = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(KIB);

	for (int i = 0; i < 9; i++)
		message_add_text(m, STR("x"));
	copy = message_copy(m);
	buf_add_cstr(&m->parts[0].text, "y");
	message_text(copy, &text);
	assert_string_equal(buf_text(&text), "xxxxxxxxx");
	assert_string_equal(copy->id, m->id);
}

static void
test_hostile_stored_forms_are_refused(void **state)
{
	static const char *const cases[] = {
		"null",
		"[]",
		"{\"role\":\"system\",\"parts\":[]}",
		"{\"role\":\"user\"}",
		"{\"role\":\"user\",\"parts\":{}}",
		"{\"role\":\"user\",\"parts\":[7]}",
		"{\"role\":\"user\",\"parts\":[{\"kind\":\"tool_call\","
		"\"call_id\":\"a\",\"name\":\"b\"}]}",
		"{\"role\":\"user\",\"parts\":[{\"kind\":\"reasoning\"}]}",
		"{\"role\":\"assistant\",\"parts\":[{\"kind\":\"image\"}]}",
		"{\"role\":\"assistant\",\"parts\":[{\"kind\":\"tool_call\","
		"\"name\":\"b\"}]}",
		"{\"role\":\"user\",\"parts\":[{\"kind\":\"image\"}]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_JSON struct json *j = NULL;
		struct message *m = NULL;
		struct error err;

		assert_ok(json_parse(str_from(cases[i]), NULL, &j, &err));
		assert_error(message_parse(j, &m, &err), ERR_INVALID);
		assert_null(m);
	}
}

static void
test_estimate(void **state)
{
	CLEANUP(message_destroyp) struct message *m = message_create(ROLE_USER);
	int64_t empty = message_estimate_tokens(m);

	assert_int_equal(text_estimate_tokens(STR("")), 0);
	assert_int_equal(text_estimate_tokens(STR("abcde")), 2);
	message_add_image(m, "image/png", STR("aGk="));
	assert_true(message_estimate_tokens(m) >= empty + 1600);
}

static void
test_stop_names(void **state)
{
	assert_string_equal(stop_reason_name(STOP_NONE), "none");
	assert_string_equal(stop_reason_name(STOP_PAUSE_TURN), "pause_turn");
	assert_string_equal(stop_reason_name(STOP_SEQUENCE), "stop_sequence");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stored_form_keeps_everything),
		cmocka_unit_test(test_user_parts_survive),
		cmocka_unit_test(test_text_is_storable_from_the_start),
		cmocka_unit_test(test_copy_is_deep),
		cmocka_unit_test(test_hostile_stored_forms_are_refused),
		cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_stop_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
