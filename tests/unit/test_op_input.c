/* The operations for whoever types: completion, drafts, attachments, notes. */
#include <stdlib.h>

#include "base/json.h"
#include "core/friday.h"
#include "tests/unit/unit.h"
#include "tests/unit/ws_fixture.h"

struct fixture {
	char *folder;
	struct friday *friday;
};

static int
setup(void **state)
{
	struct friday_options o = FRIDAY_OPTIONS_INIT;
	struct fixture *f = mem_new(struct fixture);
	CLEANUP(free_ptr) char *config = NULL;
	char *error = NULL;

	f->folder = fixture_folder();
	config = file_join(f->folder, "config");
	setenv("XDG_CONFIG_HOME", config, 1);
	fixture_text(f->folder, "work/src/main.c", "1\n2\n3\n4\n");
	fixture_text(f->folder, "work/docs/manual.md", "# Manual\n");
	fixture_text(f->folder, "work/data", "a");
	fixture_write(f->folder, "work/raw", STR("a\0b"));
	fixture_write(f->folder, "picture.png",
	    STR("\x89PNG\r\n\x1a\n0123456789"));
	fixture_text(f->folder, "notes.txt", "words");
	{
		CLEANUP(free_ptr) char *work = file_join(f->folder, "work");

		o.folder = work;
		o.flags = FRIDAY_EPHEMERAL;
		if (friday_open(&o, &f->friday, &error) != FRIDAY_OK)
			fail_msg("%s", error);
	}
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	friday_close(f->friday);
	fixture_remove(f->folder);
	free(f);
	return 0;
}

static struct json *
call(struct fixture *f, const char *operation, const char *arguments,
    int wanted)
{
	struct json *j = NULL;
	char *reply = NULL;
	int status = friday_call(f->friday, operation, arguments, &reply);
	struct error err;

	if (status != wanted)
		fail_msg("%s %s: status %d, %s", operation, arguments, status,
		    reply);
	assert_ok(json_parse(str_from(reply), NULL, &j, &err));
	friday_free(reply);
	return j;
}

static void
assert_member(const struct json *j, const char *key, const char *wanted)
{
	assert_string_equal(json_get_str(j, key).ptr, wanted);
}

static void
test_files_are_completed(void **state)
{
	CLEANUP_JSON struct json *found = call(*state, "complete.files",
	    "{\"query\":\"manual\"}", FRIDAY_OK);
	const struct json *items = json_get(found, "items");

	assert_member(json_at(items, 0), "path", "docs/manual.md");
	assert_int_equal(json_count(items), 1);
	assert_member(found, "query", "manual");
}

static void
test_a_refresh_finds_new_files(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *first = call(f, "complete.files",
	    "{\"query\":\"brandnew\"}", FRIDAY_OK);
	CLEANUP_JSON struct json *again = NULL, *refreshed = NULL;

	assert_int_equal(json_get_int(first, "total", -1), 0);
	fixture_text(f->folder, "work/brandnew.c", "");
	refreshed = call(f, "complete.refresh", "{}", FRIDAY_OK);
	again = call(f, "complete.files", "{\"query\":\"brandnew\"}",
	    FRIDAY_OK);
	assert_int_equal(json_get_int(again, "total", -1), 1);
}

static void
test_what_is_used_comes_first(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *used = call(f, "complete.use",
	    "{\"paths\":[\"docs/manual.md\"]}", FRIDAY_OK);
	CLEANUP_JSON struct json *found = call(f, "complete.files",
	    "{\"query\":\"ma\"}", FRIDAY_OK);

	assert_member(json_at(json_get(found, "items"), 0), "path",
	    "docs/manual.md");
}

static void
test_drafts_are_kept_and_forgotten(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *set = call(f, "draft.set",
	    "{\"session\":\"s1\",\"draft\":{\"text\":\"half a th\"}}",
	    FRIDAY_OK);
	CLEANUP_JSON struct json *kept = call(f, "draft.get",
	    "{\"session\":\"s1\"}", FRIDAY_OK);
	CLEANUP_JSON struct json *dropped = call(f, "draft.set",
	    "{\"session\":\"s1\"}", FRIDAY_OK);
	CLEANUP_JSON struct json *gone = call(f, "draft.get",
	    "{\"session\":\"s1\"}", FRIDAY_OK);

	assert_member(json_get(kept, "draft"), "text", "half a th");
	assert_null(json_get(gone, "draft"));
}

static void
test_attachments(void **state)
{
	struct fixture *f = *state;
	CLEANUP(free_ptr) char *args = mem_printf("{\"items\":["
	    "{\"path\":\"src/main.c\"},{\"path\":\"src/main.c#L2-3\"},"
	    "{\"path\":\"src/\"},{\"image\":\"%s/picture.png\"},"
	    "{\"path\":\"raw\"},{\"path\":\"none\"},"
	    "{\"path\":\"../notes.txt\"},{\"image\":\"%s/notes.txt\"}]}",
	    f->folder, f->folder);
	CLEANUP_JSON struct json *reply = call(f, "attachment.read", args,
	    FRIDAY_OK);
	const struct json *list = json_get(reply, "attachments");

	assert_int_equal(json_count(list), 4);
	assert_member(json_at(list, 0), "text", "1\n2\n3\n4\n");
	assert_member(json_at(list, 1), "text", "2\n3");
	assert_member(json_at(list, 2), "text", "main.c\n");
	assert_member(json_at(list, 3), "media_type", "image/png");
	assert_int_equal(json_count(json_get(reply, "problems")), 4);
}

static void
test_a_note_is_added_to_agents_md(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *one = call(f, "note.add",
	    "{\"text\":\"use tabs\"}", FRIDAY_OK);
	CLEANUP_JSON struct json *two = call(f, "note.add",
	    "{\"text\":\" no globals \"}", FRIDAY_OK);
	CLEANUP_JSON struct json *empty = call(f, "note.add",
	    "{\"text\":\" \"}", FRIDAY_USAGE);

	assert_member(one, "file", "AGENTS.md");
	fixture_assert(f->folder, "work/AGENTS.md",
	    STR("- use tabs\n- no globals\n"));
}

static void
test_the_keymap_file(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *none = call(f, "keymap.get", "{}",
	    FRIDAY_OK);
	CLEANUP_JSON struct json *some = NULL;

	assert_null(json_get(none, "text"));
	fixture_text(f->folder, "config/friday/keymap.json", "{}");
	some = call(f, "keymap.get", "{}", FRIDAY_OK);
	assert_member(some, "text", "{}");
}

static void
count_reply(uint64_t request, int status, const char *json, void *ctx)
{
	*(_Atomic int *)ctx = status;
}

static void
test_a_command_by_hand_is_stopped(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *stopped = NULL, *after = NULL;
	_Atomic int status = -1;

	friday_request(f->friday, "tool.run",
	    "{\"name\":\"shell\",\"arguments\":{\"command\":\"sleep 600\"}}",
	    count_reply, &status);
	/* The worker may not have begun: a token raised too early is reset,
	 * so it is raised until the next command gets its turn. */
	while (status < 0) {
		json_destroy(stopped);
		stopped = call(f, "tool.cancel", "{}", FRIDAY_OK);
	}
	after = call(f, "tool.run", "{\"name\":\"list\"}", FRIDAY_OK);
	assert_true(json_get_bool(after, "ok", false));
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_files_are_completed),
		TEST(test_a_refresh_finds_new_files),
		TEST(test_what_is_used_comes_first),
		TEST(test_drafts_are_kept_and_forgotten),
		TEST(test_attachments),
		TEST(test_a_note_is_added_to_agents_md),
		TEST(test_the_keymap_file),
		TEST(test_a_command_by_hand_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
