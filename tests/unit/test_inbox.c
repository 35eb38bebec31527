/* What waits to be taken: order, changes, keeping; base 64. */
#include "tests/unit/unit.h"

#include "agent/inbox.h"
#include "agent/session.h"
#include "base/base64.h"
#include "base/json.h"

static void
add(struct inbox *b, const char *text, bool steer)
{
	struct submit_opts opts = { .text = str_from(text) };
	struct error err = ERROR_INIT;
	struct inbox_item *item;

	assert_ok(inbox_item_create(&opts, steer, &item, &err));
	assert_ok(inbox_add(b, item, &err));
}

static void
assert_order(const struct inbox *b, const char *wanted)
{
	struct buf order = BUF_INIT(1 * KIB);

	for (size_t i = 0; i < b->n; i++)
		buf_add_str(&order, buf_str(&b->items[i]->text));
	assert_string_equal(buf_text(&order), wanted);
	buf_release(&order);
}

static void
test_steering_is_taken_apart_from_the_queue(void **state)
{
	struct inbox b = { .items = NULL };
	struct inbox_item *item;

	(void)state;
	add(&b, "a", false);
	add(&b, "b", true);
	item = inbox_take(&b, true);
	assert_string_equal(buf_text(&item->text), "b");
	inbox_item_destroy(item);
	assert_null(inbox_take(&b, true));
	assert_order(&b, "a");
	inbox_release(&b);
}

static void
test_steering_left_over_goes_to_the_front(void **state)
{
	struct inbox b = { .items = NULL };

	(void)state;
	add(&b, "a", false);
	add(&b, "b", true);
	add(&b, "c", false);
	add(&b, "d", true);
	assert_true(inbox_requeue(&b));
	assert_order(&b, "bdac");
	assert_false(inbox_requeue(&b));
	inbox_release(&b);
}

static void
test_items_are_changed_moved_dropped(void **state)
{
	struct inbox b = { .items = NULL };
	struct error err = ERROR_INIT;

	(void)state;
	add(&b, "a", false);
	add(&b, "b", false);
	add(&b, "c", false);
	assert_ok(inbox_change(&b, b.items[2]->id, STR_NONE, 0, false, &err));
	assert_order(&b, "cab");
	assert_ok(inbox_change(&b, b.items[0]->id, STR("C"), 9, false, &err));
	assert_order(&b, "abC");
	assert_ok(inbox_change(&b, b.items[1]->id, STR_NONE, -1, true, &err));
	assert_order(&b, "aC");
	assert_error(inbox_change(&b, "nothing", STR_NONE, -1, true, &err),
	    ERR_NOT_FOUND);
	inbox_release(&b);
}

static void
test_what_is_saved_is_loaded(void **state)
{
	struct attachment image = { .media_type = "image/png",
		.name = "a.png", .data = { "\x89\0\xff", 3 } };
	struct submit_opts opts = { .text = STR("look"),
		.attachments = &image, .n_attachments = 1 };
	struct inbox b = { .items = NULL }, again = { .items = NULL };
	struct buf saved = BUF_INIT(1 * MIB);
	struct error err = ERROR_INIT;
	struct inbox_item *item;
	struct json *json;

	(void)state;
	assert_ok(inbox_item_create(&opts, true, &item, &err));
	assert_ok(inbox_add(&b, item, &err));
	inbox_save(&b, &saved);
	assert_ok(json_parse(buf_str(&saved), NULL, &json, &err));
	assert_ok(inbox_load(&again, json, &err));
	assert_int_equal(again.n, 1);
	assert_false(again.items[0]->steer);
	assert_string_equal(again.items[0]->id, b.items[0]->id);
	assert_true(str_eq(again.items[0]->attachments[0].data, image.data));
	json_destroy(json);
	buf_release(&saved);
	inbox_release(&b);
	inbox_release(&again);
}

static void
test_empty_and_broken_prompts_are_refused(void **state)
{
	struct submit_opts empty = { .text = STR(" \n") };
	struct submit_opts broken = { .text = STR("a\xff") };
	struct error err = ERROR_INIT;
	struct inbox_item *item;

	(void)state;
	assert_error(inbox_item_create(&empty, false, &item, &err),
	    ERR_INVALID);
	assert_error(inbox_item_create(&broken, false, &item, &err),
	    ERR_INVALID);
}

static void
test_base64(void **state)
{
	static const char *const cases[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foobar", "Zm9vYmFy" },
		{ "\xff\xfe", "//4=" } };
	static const char *const broken[] = { "Zg=", "Z===", "Zm9v!A==",
		"=AAA", "Zg==Zg==" };
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT(1 * KIB), back = BUF_INIT(1 * KIB);

		base64_encode(str_from(cases[i][0]), &out);
		assert_string_equal(buf_text(&out), cases[i][1]);
		assert_ok(base64_decode(buf_str(&out), &back, &err));
		assert_string_equal(buf_text(&back), cases[i][0]);
		buf_release(&out);
		buf_release(&back);
	}
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct buf back = BUF_INIT(1 * KIB);

		assert_error(base64_decode(str_from(broken[i]), &back, &err),
		    ERR_INVALID);
		buf_release(&back);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steering_is_taken_apart_from_the_queue),
		cmocka_unit_test(test_steering_left_over_goes_to_the_front),
		cmocka_unit_test(test_items_are_changed_moved_dropped),
		cmocka_unit_test(test_what_is_saved_is_loaded),
		cmocka_unit_test(test_empty_and_broken_prompts_are_refused),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
