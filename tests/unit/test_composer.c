/* The input as a whole, on a screen that is none: what keys do, what is asked
 * of friday, what is drawn. */
#include "base/mem.h"
#include "core/friday.h"
#include "tests/unit/fake_app.h"
#include "tests/unit/unit.h"
#include "tui/composer/composer.h"
#include "tui/composer/inner.h"
#include "tui/transcript/transcript.h"

struct fixture {
	struct app *app;
	struct composer *composer;
	struct transcript *transcript;
	struct keymap *keymap;
	struct surface *surface;
	struct buf submitted; /* "text", "queue: text" */
	struct json *attachments;
	struct buf slash;
	struct key_chord chord;
};

static struct fixture *now; /* the fake's functions get no more than the app */

/* --- what fake_app.c does not have --------------------------------------- */

const char *
app_session(const struct app *app)
{
	return "s1";
}

struct keymap *
app_keymap(struct app *app)
{
	return now->keymap;
}

struct composer *
app_composer(struct app *app)
{
	return now->composer;
}

struct transcript *
app_transcript(struct app *app)
{
	return now->transcript;
}

void
app_submit(struct app *app, struct str text, struct json *attachments,
    bool queue)
{
	buf_clear(&now->submitted);
	buf_printf(&now->submitted, "%s%.*s", queue ? "queue: " : "",
	    STR_ARG(text));
	json_destroy(now->attachments);
	now->attachments = attachments;
}

bool
app_slash(struct app *app, struct str line)
{
	buf_clear(&now->slash);
	buf_add_str(&now->slash, line);
	return true;
}

bool
app_action(struct app *app, enum action action)
{
	return false;
}

void
app_open_session(struct app *app, const char *operation, struct json *args)
{
	json_destroy(args);
}

void
app_run_program(struct app *app, const char *const *argv,
    void (*done)(struct app *app, int status, void *owner), void *owner)
{
	done(app, 0, owner);
}

void
app_quit(struct app *app)
{
}

void
app_push(struct app *app, struct view *view)
{
	view->ops->destroy(view);
}

void
app_close(struct app *app, struct view *view)
{
}

struct view *
app_find(struct app *app, const struct view_ops *ops)
{
	return NULL;
}

int64_t
app_last_key_ms(const struct app *app)
{
	return 0;
}

struct str
app_raw(const struct app *app)
{
	return STR_NONE;
}

const struct theme *
app_theme(const struct app *app)
{
	return NULL;
}

void
app_set_theme(struct app *app, const char *name)
{
}

/* --- the fixture --------------------------------------------------------- */

static int
setup(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	struct error err = ERROR_INIT;

	now = f;
	f->app = fake_app_create();
	assert_ok(keymap_create(NULL, &f->keymap, &err));
	f->composer = composer_create(f->app);
	f->transcript = transcript_create(f->app);
	f->surface = surface_create(12, 40);
	f->submitted = BUF_INIT(1 * MIB);
	f->slash = BUF_INIT(1 * MIB);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	composer_destroy(f->composer);
	transcript_destroy(f->transcript);
	keymap_destroy(f->keymap);
	surface_destroy(f->surface);
	json_destroy(f->attachments);
	buf_release(&f->submitted);
	buf_release(&f->slash);
	fake_app_destroy(f->app);
	free(f);
	return 0;
}

static void
press_key(struct fixture *f, const struct key *key)
{
	enum action action = ACTION_NONE;
	enum keymap_result found;

	f->chord.keys[f->chord.count++] = *key;
	found = keymap_find(f->keymap, composer_context(f->composer),
	    &f->chord, &action);
	if (found == KEYMAP_MORE)
		return;
	f->chord.count = 0;
	composer_key(f->composer, key, action);
}

/* Names of keys, a blank between. */
static void
press(struct fixture *f, const char *names)
{
	struct str rest = str_from(names), name;

	while (str_next_field(&rest, ' ', &name)) {
		struct key key;

		if (!key_parse(name, &key))
			fail_msg("%.*s is no key", STR_ARG(name));
		press_key(f, &key);
	}
}

static void
type(struct fixture *f, const char *text)
{
	for (; *text != '\0'; text++) {
		struct key key = { (unsigned char)*text, 0 };

		press_key(f, &key);
	}
}

/* Answers the oldest request for this operation; NULL arguments wanted: any. */
static void
answer(struct fixture *f, const char *operation, const char *reply,
    int status)
{
	struct app *app = f->app;

	for (size_t i = 0; i < app->n_requests; i++) {
		struct fake_request r = app->requests[i];
		CLEANUP_JSON struct json *j = NULL;
		struct error err;

		if (strcmp(r.operation, operation) != 0)
			continue;
		memmove(&app->requests[i], &app->requests[i + 1],
		    (--app->n_requests - i) * sizeof(r));
		assert_ok(json_parse(str_from(reply), NULL, &j, &err));
		if (r.reply != NULL)
			r.reply(app, status, j, r.owner);
		json_destroy(r.args);
		return;
	}
	fail_msg("nobody asked for %s", operation);
}

/* Whether it was asked for; forgets it. *ret_args may be NULL. */
static bool
was_asked(struct fixture *f, const char *operation, struct json **ret_args)
{
	struct app *app = f->app;

	for (size_t i = 0; i < app->n_requests; i++) {
		struct fake_request r = app->requests[i];

		if (strcmp(r.operation, operation) != 0)
			continue;
		memmove(&app->requests[i], &app->requests[i + 1],
		    (--app->n_requests - i) * sizeof(r));
		if (ret_args != NULL)
			*ret_args = r.args;
		else
			json_destroy(r.args);
		return true;
	}
	return false;
}

static void
forget_requests(struct fixture *f)
{
	while (f->app->n_requests > 0)
		json_destroy(f->app->requests[--f->app->n_requests].args);
}

static void
assert_text(struct fixture *f, const char *wanted)
{
	struct str text = composer_text(f->composer);
	CLEANUP(free_ptr) char *got = str_dup(text);

	assert_string_equal(got, wanted);
}

static void
assert_drawn(struct fixture *f, const char *wanted)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	struct rect r = { 0, 0, 0, surface_cols(f->surface) };

	surface_fill(f->surface, surface_rect(f->surface), STYLE(ROLE_TEXT));
	r.rows = composer_rows(f->composer, r.cols, 7);
	composer_draw(f->composer, f->surface, r);
	surface_dump(f->surface, &text);
	while (text.len > 1 && text.ptr[text.len - 2] == '\n')
		buf_truncate(&text, text.len - 1);
	assert_string_equal(buf_text(&text), wanted);
}

/* --- sending ------------------------------------------------------------- */

static void
test_enter_sends(void **state)
{
	struct fixture *f = *state;

	type(f, "hello");
	press(f, "enter");
	assert_string_equal(buf_text(&f->submitted), "hello");
	assert_text(f, "");
	assert_true(was_asked(f, "history.add", NULL));
}

static void
test_tab_queues_while_a_run_goes_on(void **state)
{
	struct fixture *f = *state;

	type(f, "later");
	press(f, "tab");
	assert_int_equal(f->submitted.len, 0);
	f->app->facts.running = true;
	press(f, "tab");
	assert_string_equal(buf_text(&f->submitted), "queue: later");
}

static void
test_new_lines(void **state)
{
	struct fixture *f = *state;

	type(f, "a");
	press(f, "ctrl+j");
	type(f, "b");
	press(f, "alt+enter");
	type(f, "c\\");
	press(f, "enter");
	type(f, "d");
	press(f, "shift+enter");
	assert_text(f, "a\nb\nc\nd\n");
	press(f, "enter");
	assert_string_equal(buf_text(&f->submitted), "a\nb\nc\nd");
}

static void
test_blanks_are_not_sent(void **state)
{
	struct fixture *f = *state;

	type(f, "  ");
	press(f, "enter");
	assert_int_equal(f->submitted.len, 0);
	assert_int_equal(f->app->n_requests, 0);
}

static void
test_named_files_go_along(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *args = NULL, *used = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

	composer_insert(f->composer,
	    STR("see @a.c, (@b/c.h) @\"d e\" me@home.org and @x."));
	press(f, "enter");
	assert_int_equal(f->submitted.len, 0);
	assert_true(was_asked(f, "complete.use", &used));
	json_print(used, &text);
	assert_string_equal(buf_text(&text),
	    "{\"paths\":[\"a.c\",\"b/c.h\",\"d e\",\"x\"]}");
	answer(f, "attachment.read",
	    "{\"attachments\":[{\"name\":\"a.c\"}],\"problems\":[\"no b\"]}",
	    FRIDAY_OK);
	assert_int_equal(json_count(f->attachments), 1);
	assert_string_equal(buf_text(&f->app->toast), "Not attached: no b");
}

static void
test_messages_go_in_their_order(void **state)
{
	struct fixture *f = *state;

	composer_insert(f->composer, STR("first @a"));
	press(f, "enter");
	composer_insert(f->composer, STR("second"));
	press(f, "enter");
	assert_int_equal(f->submitted.len, 0);
	answer(f, "attachment.read", "{}", FRIDAY_OK);
	assert_string_equal(buf_text(&f->submitted), "first @a");
	answer(f, "attachment.read", "{}", FRIDAY_OK);
	assert_string_equal(buf_text(&f->submitted), "second");
}

static void
test_commands(void **state)
{
	struct fixture *f = *state;

	type(f, "/rename my title");
	press(f, "escape enter");
	assert_string_equal(buf_text(&f->slash), "/rename my title");
	type(f, "/etc/hosts is odd");
	press(f, "enter");
	assert_string_equal(buf_text(&f->submitted), "/etc/hosts is odd");
}

static void
test_a_slip_stays_in_the_input(void **state)
{
	struct fixture *f = *state;

	type(f, "/");
	answer(f, "command.list", "{\"commands\":[{\"name\":\"deploy\"}]}",
	    FRIDAY_OK);
	type(f, "renmae");
	press(f, "enter");
	assert_int_equal(f->submitted.len, 0);
	assert_text(f, "/renmae");
	composer_set(f->composer, STR("/deploy"));
	press(f, "enter");
	assert_string_equal(buf_text(&f->submitted), "/deploy");
}

/* --- by hand ------------------------------------------------------------- */

static void
test_a_command_of_ones_own(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *args = NULL;

	type(f, "!ls");
	assert_drawn(f, "! ls\n");
	press(f, "enter");
	assert_text(f, "");
	assert_drawn(f, "  running ls · Esc stops it\n"
	    "› Ask, or / for commands\n");
	press(f, "escape");
	assert_true(was_asked(f, "tool.cancel", NULL));
	answer(f, "tool.run", "{\"ok\":true,\"result\":\"a.c\\n\"}",
	    FRIDAY_OK);
	assert_drawn(f, "  output of ls goes with the next messa…\n"
	    "› Ask, or / for commands\n");
	type(f, "why?");
	press(f, "enter");
	assert_int_equal(json_count(f->attachments), 1);
	assert_string_equal(json_get_str(json_at(f->attachments, 0),
	    "text").ptr, "I ran this command myself:\n$ ls\na.c\n");
	assert_drawn(f, "› Ask, or / for commands\n");
}

static void
test_output_can_stay_behind(void **state)
{
	struct fixture *f = *state;

	type(f, "!ls");
	press(f, "enter");
	answer(f, "tool.run", "{\"ok\":true,\"result\":\"x\"}", FRIDAY_OK);
	press(f, "backspace");
	assert_drawn(f, "› Ask, or / for commands\n");
}

static void
test_a_note(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *args = NULL;

	type(f, "# use tabs");
	press(f, "enter");
	assert_true(was_asked(f, "note.add", &args));
	assert_string_equal(json_get_str(args, "text").ptr, "use tabs");
	assert_int_equal(f->submitted.len, 0);
}

static void
test_the_mark_goes_with_backspace(void **state)
{
	struct fixture *f = *state;

	type(f, "!x");
	press(f, "backspace backspace");
	assert_true(composer_is_empty(f->composer));
	/* A heading that is pasted is no note. */
	composer_paste(f->composer, STR("# One\n\ntext"));
	press(f, "enter");
	assert_string_equal(buf_text(&f->submitted), "# One\n\ntext");
}

/* --- pastes -------------------------------------------------------------- */

static void
test_a_long_paste_is_one_thing(void **state)
{
	struct fixture *f = *state;

	type(f, "x ");
	composer_paste(f->composer, STR("1\n2\n3\n4\n5\n6\n7\n8\n9\n"));
	assert_drawn(f, "› x [pasted 9 lines]\n");
	press(f, "backspace");
	assert_drawn(f, "› x\n");
	press(f, "ctrl+_");
	assert_text(f, "x 1\n2\n3\n4\n5\n6\n7\n8\n9\n");
	press(f, "alt+o");
	press(f, "ctrl+home");
	type(f, "y");
	assert_text(f, "yx 1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

static void
test_a_short_paste_is_text(void **state)
{
	struct fixture *f = *state;

	composer_paste(f->composer, STR("a\x1b[31mb\r\nc\0"));
	assert_null(memchr(composer_text(f->composer).ptr, '\x1b',
	    composer_text(f->composer).len));
	/* Nothing pasted opens a list, is a command or is sent. */
	assert_int_equal(f->submitted.len, 0);
	assert_int_equal(composer_context(f->composer), CONTEXT_INPUT);
}

static void
test_the_path_of_an_image(void **state)
{
	static const char *const paths[] = { "/tmp/my\\ shot.png",
		"'/tmp/my shot.png'", "file:///tmp/my%20shot.png",
		" /tmp/my shot.png\n" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		CLEANUP_JSON struct json *args = NULL;

		forget_requests(f);
		composer_paste(f->composer, str_from(paths[i]));
		assert_drawn(f, "› [image 1: my shot.png]\n");
		press(f, "enter");
		assert_true(was_asked(f, "attachment.read", &args));
		assert_string_equal(json_get_str(json_at(json_get(args,
		    "items"), 0), "image").ptr, "/tmp/my shot.png");
	}
	composer_paste(f->composer, STR("shot.png"));
	assert_text(f, "shot.png");
}

static void
test_an_image_from_the_clipboard(void **state)
{
	struct fixture *f = *state;

	press(f, "ctrl+v");
	answer(f, "clipboard.read",
	    "{\"media_type\":\"image/png\",\"data\":\"AAAA\"}", FRIDAY_OK);
	assert_drawn(f, "› [image 1: 1 KiB]\n");
	press(f, "enter");
	assert_string_equal(buf_text(&f->submitted), "[image 1: 1 KiB]");
	assert_string_equal(json_get_str(json_at(f->attachments, 0),
	    "data").ptr, "AAAA");
}

/* --- completion ---------------------------------------------------------- */

static void
answer_paths(struct fixture *f, const char *query)
{
	CLEANUP(free_ptr) char *reply = mem_printf("{\"query\":\"%s\","
	    "\"items\":[{\"path\":\"src/\",\"folder\":true},"
	    "{\"path\":\"src/a.c\"},{\"path\":\"my file\"}]}", query);

	answer(f, "complete.files", reply, FRIDAY_OK);
}

static void
test_paths_complete(void **state)
{
	struct fixture *f = *state;

	type(f, "see @s");
	assert_int_equal(composer_context(f->composer), CONTEXT_INPUT);
	assert_true(was_asked(f, "complete.files", NULL));
	answer_paths(f, "s");
	assert_int_equal(composer_context(f->composer), CONTEXT_COMPLETION);
	assert_drawn(f, "› src/\n  src/a.c\n  my file\n› see @s\n");
	press(f, "down enter");
	assert_text(f, "see @src/a.c ");
	assert_int_equal(composer_context(f->composer), CONTEXT_INPUT);
	assert_int_equal(f->submitted.len, 0);
}

static void
test_definitions_complete(void **state)
{
	struct fixture *f = *state;
	static const char reply[] =
	    "{\"query\":\"sr\",\"ready\":true,\"items\":[{\"path\":"
	    "\"src/a.c\",\"start_line\":3,\"end_line\":9,\"kind\":"
	    "\"function\",\"symbol\":\"sort_rows\"},{\"path\":"
	    "\"src/b\\u0007.c\",\"symbol\":\"strange\"}]}";

	type(f, "see @s");
	assert_false(was_asked(f, "complete.symbols", NULL));
	type(f, "r");
	answer(f, "complete.symbols", reply, FRIDAY_OK);
	answer_paths(f, "sr");
	assert_int_equal(f->composer->completion.n, 4);
	press(f, "up enter"); /* the last: it stands behind the paths */
	assert_text(f, "see @src/a.c#L3-9 ");
}

static void
test_the_index_is_made_when_it_is_missed(void **state)
{
	struct fixture *f = *state;

	type(f, "@so");
	answer(f, "complete.symbols",
	    "{\"query\":\"so\",\"ready\":false,\"repository\":true,"
	    "\"items\":[]}", FRIDAY_OK);
	assert_true(was_asked(f, "index.update", NULL));
	forget_requests(f);
	type(f, "r");
	answer(f, "complete.symbols",
	    "{\"query\":\"sor\",\"ready\":false,\"repository\":true,"
	    "\"items\":[]}",
	    FRIDAY_OK);
	assert_false(was_asked(f, "index.update", NULL));
	/* A path is no name. */
	forget_requests(f);
	type(f, "/x");
	assert_false(was_asked(f, "complete.symbols", NULL));
}

static void
test_a_folder_goes_on(void **state)
{
	struct fixture *f = *state;

	type(f, "@s");
	forget_requests(f);
	type(f, "r");
	answer_paths(f, "sr");
	press(f, "tab");
	assert_text(f, "@src/");
	answer_paths(f, "src/");
	press(f, "up enter");
	assert_text(f, "@\"my file\" ");
}

static void
test_an_old_answer_is_of_no_use(void **state)
{
	struct fixture *f = *state;

	type(f, "@sx");
	answer_paths(f, "");
	assert_int_equal(composer_context(f->composer), CONTEXT_INPUT);
}

static void
test_escape_closes_until_the_next_word(void **state)
{
	struct fixture *f = *state;

	type(f, "/re");
	assert_int_equal(composer_context(f->composer), CONTEXT_COMPLETION);
	press(f, "escape");
	type(f, "n");
	assert_int_equal(composer_context(f->composer), CONTEXT_INPUT);
	press(f, "ctrl+u");
	type(f, "/re");
	assert_int_equal(composer_context(f->composer), CONTEXT_COMPLETION);
}

static void
test_enter_runs_the_chosen_command(void **state)
{
	struct fixture *f = *state;

	type(f, "/comp");
	press(f, "enter");
	assert_string_equal(buf_text(&f->slash), "/compact");
	/* One that needs an argument waits for it. */
	type(f, "/impor");
	press(f, "enter");
	assert_text(f, "/import ");
}

static void
test_arguments_complete(void **state)
{
	struct fixture *f = *state;

	type(f, "/mode p");
	assert_drawn(f, "› plan\n› /mode p\n");
	press(f, "enter");
	assert_string_equal(buf_text(&f->slash), "/mode plan");
}

static void
test_a_list_takes_no_other_keys(void **state)
{
	struct fixture *f = *state;

	type(f, "/re");
	press(f, "ctrl+a ctrl+k");
	assert_text(f, "");
	type(f, "a @zz");
	forget_requests(f);
	press(f, "enter");
	assert_true(was_asked(f, "attachment.read", NULL));
}

/* --- history ------------------------------------------------------------- */

static void
open_history(struct fixture *f)
{
	composer_open(f->composer, "s1");
	answer(f, "history.list",
	    "{\"items\":[\"new\",\"two\\nlines\",\"!old\"]}", FRIDAY_OK);
	answer(f, "draft.get", "{}", FRIDAY_OK);
	answer(f, "keymap.get", "{}", FRIDAY_OK);
}

static void
test_up_and_down_walk_the_history(void **state)
{
	struct fixture *f = *state;

	open_history(f);
	type(f, "draft");
	press(f, "up");
	assert_text(f, "new");
	press(f, "up up");
	assert_text(f, "!old");
	press(f, "up");
	assert_text(f, "!old");
	press(f, "down down down");
	assert_text(f, "draft");
	press(f, "down");
	assert_text(f, "draft");
}

static void
test_up_moves_in_what_is_edited(void **state)
{
	struct fixture *f = *state;

	open_history(f);
	press(f, "up up");
	assert_text(f, "two\nlines");
	type(f, "!");
	press(f, "up");
	assert_text(f, "two\nlines!");
	press(f, "up");
	assert_text(f, "new");
}

static void
test_searching_the_history(void **state)
{
	struct fixture *f = *state;

	open_history(f);
	type(f, "draft");
	press(f, "ctrl+r");
	type(f, "L");
	assert_text(f, "two\nlines");
	press(f, "ctrl+r");
	assert_text(f, "!old");
	type(f, "zz");
	assert_drawn(f, "  no such message: Lzz\n! old\n");
	press(f, "escape");
	assert_text(f, "draft");
	press(f, "ctrl+r");
	type(f, "new");
	press(f, "enter");
	assert_text(f, "new");
	assert_int_equal(f->submitted.len, 0);
}

static void
test_clearing_keeps_it_in_the_history(void **state)
{
	struct fixture *f = *state;

	open_history(f);
	type(f, "oops");
	press(f, "ctrl+c");
	assert_text(f, "");
	press(f, "up");
	assert_text(f, "oops");
}

/* --- the draft ----------------------------------------------------------- */

static void
test_the_draft_is_written_and_read(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *args = NULL, *dropped = NULL;

	open_history(f);
	type(f, "half");
	assert_int_equal(f->app->n_timers, 1);
	fake_app_ring(f->app);
	assert_true(was_asked(f, "draft.set", &args));
	assert_string_equal(json_get_str(json_get(args, "draft"),
	    "text").ptr, "half");
	/* Nothing moves: no timer. */
	assert_int_equal(f->app->n_timers, 0);
	press(f, "enter");
	assert_true(was_asked(f, "draft.set", &dropped));
	assert_null(json_get(dropped, "draft"));
	composer_open(f->composer, "s2");
	answer(f, "draft.get",
	    "{\"draft\":{\"text\":\"a\\u001b \xf4\x80\x80\x80\",\"chips\":"
	    "[{\"text\":\"1\\n2\"}]}}", FRIDAY_OK);
	assert_text(f, "a^[ 1\n2");
}

static void
test_what_was_typed_first_stays(void **state)
{
	struct fixture *f = *state;

	type(f, "early");
	composer_open(f->composer, "s1");
	answer(f, "draft.get", "{\"draft\":{\"text\":\"old\"}}", FRIDAY_OK);
	assert_text(f, "early");
}

/* --- what waits ---------------------------------------------------------- */

static void
put_queue(struct fixture *f, const char *items)
{
	CLEANUP_JSON struct json *event = NULL;
	struct error err;

	json_destroy(f->app->facts.queue);
	assert_ok(json_parse(str_from(items), NULL, &f->app->facts.queue,
	    &err));
	assert_ok(json_parse(STR("{\"type\":\"queue.updated\"}"), NULL,
	    &event, &err));
	composer_event(f->composer, event);
}

static void
test_the_queue_is_shown_and_taken_back(void **state)
{
	struct fixture *f = *state;

	put_queue(f, "[{\"id\":\"q1\",\"text\":\"one\"},"
	    "{\"id\":\"q2\",\"text\":\"two\\nlines\"}]");
	assert_drawn(f, "  1 later  one\n"
	    "  2 later  two lines      Alt+Up edits\n"
	    "› Ask, or / for commands\n");
	type(f, "and");
	press(f, "alt+up");
	answer(f, "queue.change", "{}", FRIDAY_OK);
	assert_text(f, "two\nlines\nand");
}

/* A run that was stopped leaves the queue; nothing else would send it. */
static void
test_enter_on_nothing_sends_what_waits(void **state)
{
	struct fixture *f = *state;

	press(f, "enter");
	assert_false(was_asked(f, "queue.start", NULL));
	put_queue(f, "[{\"id\":\"q1\",\"text\":\"one\"}]");
	press(f, "enter");
	assert_true(was_asked(f, "queue.start", NULL));
}

static void
test_the_queue_is_changed(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *moved = NULL, *dropped = NULL;

	put_queue(f, "[{\"id\":\"q1\",\"text\":\"one\"},"
	    "{\"id\":\"q2\",\"text\":\"two\"}]");
	assert_true(composer_open_queue(f->composer));
	press(f, "shift+up");
	assert_true(was_asked(f, "queue.change", &moved));
	assert_string_equal(json_get_str(moved, "item").ptr, "q2");
	assert_int_equal(json_get_int(moved, "index", -1), 0);
	press(f, "d");
	assert_true(was_asked(f, "queue.change", &dropped));
	assert_true(json_get_bool(dropped, "drop", false));
	put_queue(f, "[]");
	type(f, "x");
	assert_text(f, "x");
	assert_false(composer_open_queue(f->composer));
}

/* --- more ---------------------------------------------------------------- */

static void
test_vi_in_the_input(void **state)
{
	struct fixture *f = *state;

	composer_set_vi(f->composer, true);
	type(f, "one two");
	press(f, "escape");
	assert_int_equal(composer_context(f->composer), CONTEXT_VI);
	type(f, "0dw");
	assert_text(f, "two");
	press(f, "enter");
	assert_string_equal(buf_text(&f->submitted), "two");
	assert_int_equal(composer_context(f->composer), CONTEXT_INPUT);
}

static void
test_the_editor_outside(void **state)
{
	struct fixture *f = *state;

	type(f, "text");
	composer_paste(f->composer, STR("/tmp/a.png"));
	press(f, "ctrl+g");
	/* Written, run (the fake: at once), read. */
	fake_app_work(f->app);
	assert_drawn(f, "› text[image 1: a.png]\n");
}

static void
test_small_sizes(void **state)
{
	struct fixture *f = *state;

	type(f, "/");
	for (int rows = 1; rows < 12; rows++)
		for (int cols = 1; cols < 40; cols += 3) {
			struct rect r = { 0, 0, rows, cols };

			surface_resize(f->surface, rows, cols);
			assert_true(composer_rows(f->composer, cols, rows) <=
			    rows);
			composer_draw(f->composer, f->surface, r);
		}
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_enter_sends),
		TEST(test_tab_queues_while_a_run_goes_on),
		TEST(test_new_lines),
		TEST(test_blanks_are_not_sent),
		TEST(test_named_files_go_along),
		TEST(test_messages_go_in_their_order),
		TEST(test_commands),
		TEST(test_a_slip_stays_in_the_input),
		TEST(test_a_command_of_ones_own),
		TEST(test_output_can_stay_behind),
		TEST(test_a_note),
		TEST(test_the_mark_goes_with_backspace),
		TEST(test_a_long_paste_is_one_thing),
		TEST(test_a_short_paste_is_text),
		TEST(test_the_path_of_an_image),
		TEST(test_an_image_from_the_clipboard),
		TEST(test_paths_complete),
		TEST(test_definitions_complete),
		TEST(test_the_index_is_made_when_it_is_missed),
		TEST(test_a_folder_goes_on),
		TEST(test_an_old_answer_is_of_no_use),
		TEST(test_escape_closes_until_the_next_word),
		TEST(test_enter_runs_the_chosen_command),
		TEST(test_arguments_complete),
		TEST(test_a_list_takes_no_other_keys),
		TEST(test_up_and_down_walk_the_history),
		TEST(test_up_moves_in_what_is_edited),
		TEST(test_searching_the_history),
		TEST(test_clearing_keeps_it_in_the_history),
		TEST(test_the_draft_is_written_and_read),
		TEST(test_what_was_typed_first_stays),
		TEST(test_the_queue_is_shown_and_taken_back),
		TEST(test_enter_on_nothing_sends_what_waits),
		TEST(test_the_queue_is_changed),
		TEST(test_vi_in_the_input),
		TEST(test_the_editor_outside),
		TEST(test_small_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
