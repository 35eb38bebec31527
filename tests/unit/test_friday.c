/* friday.h: the operations and events of the library, in process, with the
 * offline provider. */
#include "core/friday.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

struct fixture {
	char root[64];
	char *folder;
	struct friday *friday;
	struct friday_events *events;
	char session[64];
};

static void
put(struct fixture *f, const char *name, const char *text)
{
	CLEANUP(free_ptr) char *path = file_join(f->root, name);
	CLEANUP(free_ptr) char *parent = mem_strndup(path,
	    (size_t)(strrchr(path, '/') - path));
	struct error err;

	assert_ok(file_make_dirs(parent, &err));
	assert_ok(file_write_atomic(path, str_from(text), 0600, &err));
}

/* An operation; wanted: its status. The reply is the caller's. */
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

/* An operation on the fixture's session; `more` are further members. */
static struct json *
on_session(struct fixture *f, const char *operation, const char *more,
    int wanted)
{
	CLEANUP(free_ptr) char *arguments = mem_printf(
	    "{\"session\":\"%s\"%s%s}", f->session, more[0] ? "," : "", more);

	return call(f, operation, arguments, wanted);
}

static void
drop(struct json *j)
{
	json_destroy(j);
}

static void
check_code(struct json *error, const char *code)
{
	CLEANUP_JSON struct json *own = error;

	if (!str_eq_c(json_get_str(own, "code"), code))
		fail_msg("got %.*s, wanted %s",
		    STR_ARG(json_get_str(own, "code")), code);
	assert_true(json_get_str(own, "message").len > 0);
}

static void
open_friday(struct fixture *f, const char *settings, unsigned flags)
{
	struct friday_options o = FRIDAY_OPTIONS_INIT;
	char *error = NULL;

	o.folder = f->folder;
	o.settings = settings;
	o.flags = flags;
	if (friday_open(&o, &f->friday, &error) != FRIDAY_OK)
		fail_msg("%s", error);
	f->events = friday_events_open(f->friday, NULL);
}

static void
close_friday(struct fixture *f)
{
	friday_events_close(f->events);
	friday_close(f->friday);
	f->events = NULL;
	f->friday = NULL;
}

#define OFFLINE "{\"provider\":\"offline\",\"mode\":\"auto\"}"

static int
setup(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	CLEANUP_JSON struct json *reply = NULL;
	static const char *const variables[] = { "XDG_CONFIG_HOME",
		"XDG_STATE_HOME", "XDG_CACHE_HOME" };

	snprintf(f->root, sizeof(f->root), "/tmp/friday-core-XXXXXX");
	assert_non_null(mkdtemp(f->root));
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		CLEANUP(free_ptr) char *path = file_join(f->root,
		    variables[i]);

		setenv(variables[i], path, 1);
	}
	put(f, "repo/main.c", "int answer(void)\n{\n\treturn 42;\n}\n");
	put(f, "repo/.git/HEAD", "ref: refs/heads/main\n");
	f->folder = file_join(f->root, "repo");
	open_friday(f, OFFLINE, 0);
	reply = call(f, "session.create", "{}", FRIDAY_OK);
	snprintf(f->session, sizeof(f->session), "%.*s",
	    STR_ARG(json_get_str(reply, "session")));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	CLEANUP(free_ptr) char *command = mem_printf("rm -rf '%s'", f->root);

	if (f->friday != NULL)
		close_friday(f);
	assert_int_equal(system(command), 0);
	free(f->folder);
	free(f);
	return 0;
}

/* Reads events until one of this type; the caller's. */
static struct json *
wait_event(struct fixture *f, const char *type)
{
	for (;;) {
		char *line = friday_events_next(f->events, 20000);
		struct json *j = NULL;
		struct error err;

		if (line == NULL)
			fail_msg("no event %s came", type);
		assert_ok(json_parse(str_from(line), NULL, &j, &err));
		friday_free(line);
		if (str_eq_c(json_get_str(j, "type"), type))
			return j;
		json_destroy(j);
	}
}

static void
run(struct fixture *f, const char *text)
{
	CLEANUP(free_ptr) char *more = mem_printf("\"text\":\"%s\"", text);

	drop(on_session(f, "run.submit", more, FRIDAY_OK));
	drop(wait_event(f, "run.finished"));
}

static void
test_table_of_operations(void **state)
{
	size_t count = friday_operation_count();

	assert_true(count > 30);
	for (size_t i = 0; i < count; i++) {
		const struct friday_operation *o = friday_operation_at(i);
		CLEANUP_JSON struct json *schema = NULL;
		struct error err;

		assert_ok(json_parse(str_from(o->arguments), NULL, &schema,
		    &err));
		assert_true(str_eq(json_get_str(schema, "type"),
		    STR("object")));
		assert_true(o->summary[0] != '\0' && o->scope[0] != '\0');
	}
	assert_null(friday_operation_at(count));
	assert_non_null(friday_version());
}

static void
test_wrong_requests(void **state)
{
	struct fixture *f = *state;

	check_code(call(f, "no.such", "{}", FRIDAY_USAGE), "usage");
	check_code(call(f, "session.get", "{}", FRIDAY_USAGE), "usage");
	check_code(call(f, "session.list", "[1]", FRIDAY_USAGE), "usage");
	check_code(call(f, "session.list", "{", FRIDAY_USAGE), "usage");
	check_code(call(f, "session.list", "{\"limit\":\"x\"}", FRIDAY_USAGE),
	    "usage");
	check_code(call(f, "session.open", "{\"session\":\"0000\"}",
	    FRIDAY_ERROR), "session.not_found");
	check_code(call(f, "session.open", "{}", FRIDAY_USAGE), "usage");
	check_code(call(f, "session.create", "{\"mode\":\"loud\"}",
	    FRIDAY_USAGE), "usage");
	check_code(call(f, "session.create", "{\"provider\":\"nobody\"}",
	    FRIDAY_USAGE), "config.invalid");
	check_code(call(f, "run.submit",
	    "{\"session\":\"0123\",\"text\":\"x\"}", FRIDAY_ERROR),
	    "session.not_found");
	check_code(on_session(f, "run.answer",
	    "\"call_id\":\"x\",\"decision\":\"once\"", FRIDAY_ERROR),
	    "not_found");
	check_code(on_session(f, "run.answer_question", "\"call_id\":\"x\"",
	    FRIDAY_ERROR), "not_found");
	check_code(on_session(f, "session.mode", "\"mode\":\"loud\"",
	    FRIDAY_USAGE), "usage");
	check_code(on_session(f, "session.summary", "", FRIDAY_ERROR),
	    "not_found");
	check_code(call(f, "tool.run", "{\"name\":\"nope\"}", FRIDAY_ERROR),
	    "tool.unknown");
	check_code(call(f, "model.list", "{\"provider\":\"nobody\"}",
	    FRIDAY_USAGE), "usage");
	check_code(call(f, "provider.reset", "{\"provider\":\"nobody\"}",
	    FRIDAY_USAGE), "usage");
	check_code(call(f, "permission.remove", "{\"index\":3}",
	    FRIDAY_ERROR), "not_found");
	check_code(call(f, "session.import", "{\"text\":\"{}\"}",
	    FRIDAY_ERROR), "invalid");
	check_code(call(f, "store.restore", "{\"path\":\"/nowhere\"}",
	    FRIDAY_ERROR), "busy");
}

static void
test_a_run_and_its_events(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *finished = NULL;
	CLEANUP_JSON struct json *status = NULL;
	CLEANUP_JSON struct json *window = NULL;
	CLEANUP_JSON struct json *back = NULL;
	struct pollfd pfd = { friday_events_fd(f->events), POLLIN, 0 };

	drop(on_session(f, "run.submit",
	    "\"text\":\"where is answer defined?\"", FRIDAY_OK));
	assert_int_equal(poll(&pfd, 1, 20000), 1);
	finished = wait_event(f, "run.finished");
	assert_true(str_eq(json_get_str(finished, "stop_reason"),
	    STR("end_turn")));
	assert_int_equal(friday_events_missed(f->events), 0);
	status = on_session(f, "run.status", "", FRIDAY_OK);
	assert_true(str_eq(json_get_str(status, "stop_reason"),
	    STR("end_turn")));
	window = on_session(f, "transcript", "\"limit\":3", FRIDAY_OK);
	assert_int_equal(json_count(json_get(window, "events")), 3);
	back = on_session(f, "transcript", "\"before\":0,\"limit\":2",
	    FRIDAY_OK);
	assert_true(json_count(json_get(back, "events")) <= 2);
}

static void
test_windows_and_search_of_what_was_said(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *one = NULL;
	CLEANUP_JSON struct json *few = NULL;
	CLEANUP_JSON struct json *found = NULL;
	CLEANUP_JSON struct json *exact = NULL;
	CLEANUP_JSON struct json *capped = NULL;
	CLEANUP_JSON struct json *nothing = NULL;
	const struct json *hit = NULL;

	run(f, "where is \\\"zebra\\\" defined? a ZEBRA");
	/* A bound of bytes ends a window behind the event that passes it. */
	one = on_session(f, "transcript", "\"after\":0,\"bytes\":1",
	    FRIDAY_OK);
	assert_int_equal(json_count(json_get(one, "events")), 1);
	few = on_session(f, "transcript", "\"before\":0,\"bytes\":1",
	    FRIDAY_OK);
	assert_int_equal(json_count(json_get(few, "events")), 1);
	assert_true(str_eq(json_get_str(json_first(json_get(few, "events")),
	    "type"), STR("run.finished")));

	found = on_session(f, "transcript.search",
	    "\"text\":\"\\\"zebra\"", FRIDAY_OK);
	for (const struct json *h = json_first(json_get(found, "hits")); h;
	    h = json_next(h))
		hit = h;
	assert_true(str_eq(json_get_str(hit, "type"), STR("user.message")));
	assert_int_equal(json_get_int(hit, "count", 0), 1);
	assert_true(str_starts(json_get_str(hit, "snippet"),
	    STR("where is \"zebra\"")));
	assert_false(json_get_bool(found, "more", true));
	exact = on_session(f, "transcript.search", "\"text\":\"ZEBRA\"",
	    FRIDAY_OK);
	for (const struct json *h = json_first(json_get(exact, "hits")); h;
	    h = json_next(h))
		hit = h;
	assert_int_equal(json_get_int(hit, "count", 0), 1);
	capped = on_session(f, "transcript.search",
	    "\"text\":\"e\",\"limit\":1", FRIDAY_OK);
	assert_int_equal(json_count(json_get(capped, "hits")), 1);
	assert_true(json_get_bool(capped, "more", false));
	assert_true(json_get_int(capped, "next", 0) > 0);
	assert_null(json_get(found, "next"));
	/* Names of members are not what was said. */
	nothing = on_session(f, "transcript.search",
	    "\"text\":\"stop_reason\"", FRIDAY_OK);
	assert_int_equal(json_count(json_get(nothing, "hits")), 0);
}

struct answered {
	int pipe[2];
	int status;
};

static void
note_reply(uint64_t request, int status, const char *json, void *ctx)
{
	struct answered *a = ctx;

	a->status = status;
	assert_int_equal(write(a->pipe[1], "x", 1), 1);
}

static void
test_callback_answers(void **state)
{
	struct fixture *f = *state;
	struct answered a = { .status = -1 };
	char c;

	assert_int_equal(pipe(a.pipe), 0);
	assert_true(friday_request(f->friday, "session.list", NULL, note_reply,
	    &a) > 0);
	assert_int_equal(read(a.pipe[0], &c, 1), 1);
	assert_int_equal(a.status, FRIDAY_OK);
	close(a.pipe[0]);
	close(a.pipe[1]);
}

static void
test_sessions(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *got = NULL;
	CLEANUP_JSON struct json *list = NULL;
	CLEANUP_JSON struct json *forked = NULL;
	CLEANUP_JSON struct json *context = NULL;
	CLEANUP_JSON struct json *commands = NULL;
	CLEANUP(free_ptr) char *copy = NULL;

	put(f, "repo/.friday/commands/ship.md", "Ship it.\n");
	run(f, "hello");
	drop(on_session(f, "session.rename", "\"title\":\"Renamed\"",
	    FRIDAY_OK));
	drop(wait_event(f, "session.changed"));
	drop(on_session(f, "session.mode", "\"mode\":\"plan\"", FRIDAY_OK));
	drop(on_session(f, "session.model", "\"provider\":\"offline\"",
	    FRIDAY_OK));
	run(f, "hello again");
	got = on_session(f, "session.get", "", FRIDAY_OK);
	assert_true(str_eq(json_get_str(json_get(got, "session"), "title"),
	    STR("Renamed")));
	context = on_session(f, "session.context", "", FRIDAY_OK);
	assert_true(json_get_int(json_get(context, "context"), "used", 0) > 0);
	commands = on_session(f, "command.list", "", FRIDAY_OK);
	assert_true(json_count(json_get(commands, "commands")) >= 2);
	forked = on_session(f, "session.fork", "", FRIDAY_OK);
	copy = str_dup(json_get_str(forked, "session"));
	list = call(f, "session.list", "{\"here\":true}", FRIDAY_OK);
	assert_int_equal(json_count(json_get(list, "sessions")), 2);
	drop(on_session(f, "session.close", "", FRIDAY_OK));
	drop(on_session(f, "session.open", "\"mode\":\"edit\"", FRIDAY_OK));
	drop(on_session(f, "session.delete", "", FRIDAY_OK));
	drop(on_session(f, "session.undelete", "", FRIDAY_OK));
	snprintf(f->session, sizeof(f->session), "%s", copy);
	drop(on_session(f, "session.rename", "\"title\":\"Closed one\"",
	    FRIDAY_OK));
	drop(call(f, "session.open", "{\"last\":true}", FRIDAY_OK));
}

static void
test_export_and_import(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *exported = NULL;
	CLEANUP_JSON struct json *markdown = NULL;
	CLEANUP_JSON struct json *imported = NULL;
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_BUF struct buf text = BUF_INIT(16 * MIB);

	run(f, "outline of main.c");
	exported = on_session(f, "session.export", "\"format\":\"json\"",
	    FRIDAY_OK);
	markdown = on_session(f, "session.export", "", FRIDAY_OK);
	assert_non_null(strstr(json_get_str(markdown, "text").ptr,
	    "## You"));
	json_set_str(args, "text", json_get_str(exported, "text"));
	json_print(args, &text);
	imported = call(f, "session.import", buf_text(&text), FRIDAY_OK);
	snprintf(f->session, sizeof(f->session), "%.*s",
	    STR_ARG(json_get_str(imported, "session")));
	drop(on_session(f, "session.open", "", FRIDAY_OK));
	run(f, "and again");
}

static void
test_attachments(void **state)
{
	struct fixture *f = *state;

	drop(on_session(f, "run.submit",
	    "\"text\":\"look\",\"attachments\":[{\"media_type\":\"image/png\","
	    "\"name\":\"a.png\",\"data\":\"iVBORw0KGgo=\"},{\"media_type\":"
	    "\"text/plain\",\"name\":\"t\",\"text\":\"words\"}]", FRIDAY_OK));
	drop(wait_event(f, "run.finished"));
	check_code(on_session(f, "run.submit",
	    "\"text\":\"x\",\"attachments\":[{\"media_type\":\"image/png\","
	    "\"data\":\"***\"}]", FRIDAY_ERROR), "invalid");
}

static void
test_queue(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *items = NULL;

	items = on_session(f, "queue.list", "", FRIDAY_OK);
	assert_int_equal(json_count(json_get(items, "items")), 0);
	check_code(on_session(f, "queue.change",
	    "\"item\":\"x\",\"drop\":true", FRIDAY_ERROR), "not_found");
	drop(on_session(f, "run.cancel", "", FRIDAY_OK));
	drop(on_session(f, "run.cancel", "\"now\":true", FRIDAY_OK));
}

static void
test_tools_by_hand(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *tools = call(f, "tool.list", NULL,
	    FRIDAY_OK);
	CLEANUP_JSON struct json *ran = NULL;
	CLEANUP_JSON struct json *failed = NULL;

	assert_true(json_count(json_get(tools, "tools")) >= 15);
	ran = call(f, "tool.run", "{\"name\":\"read\",\"arguments\":"
	    "{\"path\":\"main.c\"}}", FRIDAY_OK);
	assert_true(json_get_bool(ran, "ok", false));
	failed = call(f, "tool.run", "{\"name\":\"read\",\"arguments_text\":"
	    "\"{\\\"path\\\":\\\"none\\\"}\"}", FRIDAY_OK);
	assert_false(json_get_bool(failed, "ok", true));
	assert_true(json_is(json_get(failed, "error"), JSON_OBJECT));
}

static void
test_history_cost_and_upkeep(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *history = NULL;
	CLEANUP_JSON struct json *doctor = NULL;
	CLEANUP(free_ptr) char *backup = mem_printf(
	    "{\"path\":\"%s/copy.db\"}", f->root);

	drop(call(f, "history.add", "{\"text\":\"one\"}", FRIDAY_OK));
	drop(call(f, "history.add", "{\"text\":\"two\"}", FRIDAY_OK));
	history = call(f, "history.list", "{}", FRIDAY_OK);
	assert_true(str_eq(json_str(json_first(json_get(history, "items"))),
	    STR("two")));
	run(f, "hello");
	drop(call(f, "cost", NULL, FRIDAY_OK));
	drop(call(f, "provider.status", NULL, FRIDAY_OK));
	drop(call(f, "provider.reset", "{}", FRIDAY_OK));
	drop(call(f, "session.gc", "{\"days\":0,\"dry_run\":true}",
	    FRIDAY_OK));
	drop(call(f, "session.gc", "{\"days\":0}", FRIDAY_OK));
	drop(call(f, "store.backup", backup, FRIDAY_OK));
	doctor = call(f, "doctor", NULL, FRIDAY_OK);
	assert_true(json_count(json_get(doctor, "checks")) >= 6);
	drop(call(f, "model.list", "{\"all\":true,\"ask\":false}",
	    FRIDAY_OK));
	drop(call(f, "model.list", "{\"provider\":\"offline\"}", FRIDAY_OK));
	close_friday(f);
	open_friday(f, OFFLINE, 0);
	drop(call(f, "store.restore", backup, FRIDAY_OK));
	drop(call(f, "session.list", "{}", FRIDAY_OK));
}

static void
test_settings_and_trust(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *shown = NULL;
	CLEANUP_JSON struct json *trust = NULL;
	CLEANUP_JSON struct json *rules = NULL;
	CLEANUP_JSON struct json *after = NULL;

	put(f, "repo/.friday/config.json",
	    "{\"system\":\"be odd\",\"permissions\":[\"deny fetch\"]}");
	close_friday(f);
	open_friday(f, OFFLINE, 0);
	trust = call(f, "trust.get", NULL, FRIDAY_OK);
	assert_false(json_get_bool(trust, "trusted", true));
	assert_true(str_eq(json_get_str(trust, "ignored"), STR("system")));
	shown = call(f, "config.show", NULL, FRIDAY_OK);
	assert_true(json_count(json_get(shown, "settings")) > 20);
	drop(call(f, "config.schema", NULL, FRIDAY_OK));
	rules = call(f, "permission.list", NULL, FRIDAY_OK);
	assert_int_equal(json_count(json_get(rules, "configured")), 1);
	drop(call(f, "trust.set", "{\"trusted\":true}", FRIDAY_OK));
	close_friday(f);
	open_friday(f, OFFLINE, 0);
	after = call(f, "trust.get", NULL, FRIDAY_OK);
	assert_true(json_get_bool(after, "trusted", false));
	drop(call(f, "trust.set", "{\"trusted\":false}", FRIDAY_OK));
}

static void
test_open_refuses_what_is_wrong(void **state)
{
	struct friday_options o = FRIDAY_OPTIONS_INIT;
	struct friday *f = NULL;
	char *error = NULL;

	o.folder = "/nowhere/at/all";
	assert_int_equal(friday_open(&o, &f, &error), FRIDAY_ERROR);
	friday_free(error);
	o.folder = "/dev/null";
	assert_int_equal(friday_open(&o, &f, NULL), FRIDAY_ERROR);
	o.folder = NULL;
	o.settings = "{\"nonsense\":1}";
	assert_int_equal(friday_open(&o, &f, &error), FRIDAY_USAGE);
	assert_non_null(strstr(error, "config.invalid"));
	friday_free(error);
	o.settings = "{\"providers\":{\"x\":{\"wire\":\"nope\"}}}";
	assert_int_equal(friday_open(&o, &f, NULL), FRIDAY_USAGE);
	assert_null(f);
	friday_close(NULL);
	friday_free(NULL);
}

static void
test_ephemeral_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	CLEANUP(free_ptr) char *kept = file_join(f->root,
	    "XDG_STATE_HOME/friday/friday.db");
	CLEANUP(free_ptr) char *temporary = file_join(f->root, "tmp");
	struct error err;

	close_friday(f);
	assert_int_equal(unlink(kept), 0);
	assert_ok(file_make_dirs(temporary, &err));
	setenv("TMPDIR", temporary, 1);
	open_friday(f, OFFLINE, FRIDAY_EPHEMERAL);
	drop(call(f, "session.create", "{}", FRIDAY_OK));
	close_friday(f);
	assert_false(file_exists(kept));
	assert_int_equal(rmdir(temporary), 0);
	unsetenv("TMPDIR");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_table_of_operations),
		T(test_wrong_requests),
		T(test_a_run_and_its_events),
		T(test_windows_and_search_of_what_was_said),
		T(test_callback_answers),
		T(test_sessions),
		T(test_export_and_import),
		T(test_attachments),
		T(test_queue),
		T(test_tools_by_hand),
		T(test_history_cost_and_upkeep),
		T(test_settings_and_trust),
		T(test_open_refuses_what_is_wrong),
		T(test_ephemeral_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
