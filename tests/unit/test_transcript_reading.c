/* transcript: reading mode - keys, search, selecting, copying, the mouse. */
#include "base/mem.h"
#include "core/friday.h"
#include "tests/unit/transcript_fixture.h"
#include "tui/text/style.h"

/* A session of 30 answers; number 7 and 21 have a needle in a long line. */
static void
fill(struct fixture *f)
{
	for (int i = 1; i <= 30; i++) {
		CLEANUP(free_ptr) char *id = mem_printf("m%d", i);
		CLEANUP(free_ptr) char *text = i == 7 || i == 21 ?
		    mem_printf("answer %d\\n\\nwith a **needle** and many "
			"words more than fit into one line", i) :
		    mem_printf("answer %d", i);

		live_answer(f, id, text);
	}
}

static const char *
status(struct fixture *f)
{
	return transcript_status(f->t);
}

static void
find(struct fixture *f, const char *text)
{
	press(f, '/', ACTION_SEARCH);
	for (const char *c = text; *c != '\0'; c++)
		press(f, (uint32_t)*c, ACTION_NONE);
	fake_app_ring(f->app);
	fake_app_answer(f->app);
}

static bool
shows(struct fixture *f, const char *text)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

	draw(f, &out);
	return strstr(buf_text(&out), text) != NULL;
}

static void
test_keys_of_a_pager(void **state)
{
	struct fixture *f = *state;

	fill(f);
	assert_true(shows(f, "answer 30"));
	transcript_read(f->t, false);
	assert_true(press(f, 'g', ACTION_TOP));
	assert_true(shows(f, "  answer 1\n\n  answer 2\n"));
	assert_true(press(f, 'j', ACTION_LINE_DOWN));
	assert_false(shows(f, "answer 1\n"));
	assert_true(press(f, 'k', ACTION_LINE_UP));
	assert_true(shows(f, "answer 1\n"));
	assert_true(press(f, ' ', ACTION_PAGE_DOWN));
	assert_true(shows(f, "answer 8"));
	assert_false(shows(f, "answer 1\n"));
	assert_true(press(f, 'G', ACTION_BOTTOM));
	assert_true(shows(f, "answer 30"));
	assert_true(press(f, 'q', ACTION_LEAVE));
	assert_false(transcript_is_reading(f->t));
}

static void
test_new_text_does_not_move_what_is_read(void **state)
{
	CLEANUP_BUF struct buf before = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf after = BUF_INIT(64 * KIB);
	struct fixture *f = *state;

	fill(f);
	draw(f, &before);
	transcript_scroll(f->t, -8);
	draw(f, &before);
	live_answer(f, "more", "a last word");
	draw(f, &after);
	assert_true(str_starts(buf_str(&after), buf_str(&before)));
	assert_non_null(strstr(buf_text(&after), "↓ new"));
	assert_false(transcript_at_end(f->t));
	transcript_scroll(f->t, 50);
	assert_true(shows(f, "a last word"));
	assert_true(transcript_at_end(f->t));
	assert_false(shows(f, "↓ new"));
}

static void
test_who_sends_something_sees_it(void **state)
{
	struct fixture *f = *state;

	fill(f);
	shows(f, "");
	transcript_scroll(f->t, -8);
	live(f, "user.message", "\"text\":\"and now this\"");
	assert_true(shows(f, "› and now this"));
	assert_true(transcript_at_end(f->t));
}

static void
test_search_walks_from_hit_to_hit(void **state)
{
	struct fixture *f = *state;

	fill(f);
	shows(f, "");
	transcript_read(f->t, false);
	find(f, "needle");
	press(f, SYM_ENTER, ACTION_NONE);
	assert_true(shows(f, "answer 21"));
	assert_string_equal(status(f), "search: needle 2/2");
	press(f, 'N', ACTION_SEARCH_PREVIOUS);
	assert_true(shows(f, "answer 7"));
	assert_string_equal(status(f), "search: needle 1/2");
	press(f, 'n', ACTION_SEARCH_NEXT);
	assert_true(shows(f, "answer 21"));
	/* Escape ends the search, then the reading. */
	press(f, SYM_ESCAPE, ACTION_LEAVE);
	assert_true(transcript_is_reading(f->t));
	assert_null(strstr(status(f), "needle"));
	press(f, SYM_ESCAPE, ACTION_LEAVE);
	assert_false(transcript_is_reading(f->t));
}

static void
test_search_finds_nothing(void **state)
{
	struct fixture *f = *state;

	fill(f);
	transcript_read(f->t, false);
	find(f, "haystack");
	press(f, SYM_ENTER, ACTION_NONE);
	assert_string_equal(status(f), "search: haystack not found");
	press(f, 'n', ACTION_SEARCH_NEXT);
	shows(f, "");
}

static void
test_search_opens_what_is_folded(void **state)
{
	struct fixture *f = *state;

	live_call(f, "1", "\"name\":\"read\",\"arguments\":{\"path\":\"a.c\"}",
	    "\"ok\":true,\"result\":\"one\\ntwo\\nneedle here\\n\"");
	live_call(f, "2", "\"name\":\"read\",\"arguments\":{\"path\":\"b.c\"}",
	    "\"ok\":true,\"result\":\"three\"");
	assert_false(shows(f, "needle here"));
	transcript_read(f->t, false);
	find(f, "needle");
	press(f, SYM_ENTER, ACTION_NONE);
	assert_true(shows(f, "needle here"));
}

/* --- a session of which a part is loaded --------------------------------- */

enum { LONG = 1000 };

static void
open_long(struct fixture *f)
{
	for (int i = 1; i <= LONG; i++) {
		CLEANUP(free_ptr) char *text = mem_printf(
		    "\"text\":\"line %d\"", i);

		fake_app_event(f->app, "user.message", text);
	}
	transcript_open(f->t, "01ARZ3NDEKTSV4RRFFQ69G5FAV", LONG);
	shows(f, "");
	transcript_read(f->t, false);
}

static void
type_pattern(struct fixture *f, const char *text)
{
	press(f, '/', ACTION_SEARCH);
	for (const char *c = text; *c != '\0'; c++)
		press(f, (uint32_t)*c, ACTION_NONE);
}

static struct fake_request *
asked(struct fixture *f, const char *operation)
{
	for (size_t i = 0; i < f->app->n_requests; i++)
		if (strcmp(f->app->requests[i].operation, operation) == 0)
			return &f->app->requests[i];
	return NULL;
}

/* The store's answer to the search that it was asked for. */
static void
tell(struct fixture *f, const char *reply)
{
	struct fake_request *at = asked(f, "transcript.search"), r = *at;
	CLEANUP_JSON struct json *j = NULL;

	memmove(at, at + 1, (size_t)(&f->app->requests[--f->app->n_requests] -
	    at) * sizeof(*at));
	assert_int_equal(json_parse(str_from(reply), NULL, &j, NULL), 0);
	json_destroy(r.args);
	r.reply(f->app, FRIDAY_OK, j, r.owner);
}

static void
test_enter_does_not_wait_for_more_letters(void **state)
{
	struct fixture *f = *state;

	open_long(f);
	type_pattern(f, "line 7");
	assert_null(asked(f, "transcript.search"));
	press(f, SYM_ENTER, ACTION_NONE);
	assert_non_null(asked(f, "transcript.search"));
	tell(f, "{\"hits\":[],\"more\":false}");
	fake_app_ring(f->app);
	assert_null(asked(f, "transcript.search"));
}

static void
test_what_is_found_first_is_shown_while_the_search_goes_on(void **state)
{
	struct fixture *f = *state;

	open_long(f);
	type_pattern(f, "line");
	/* Among the loaded ones: where we stay. */
	assert_true(shows(f, "line 1000"));
	press(f, SYM_ESCAPE, ACTION_LEAVE);

	type_pattern(f, "a needle");
	press(f, SYM_ENTER, ACTION_NONE);
	assert_null(json_get(asked(f, "transcript.search")->args, "before"));
	tell(f, "{\"hits\":[{\"seq\":700,\"count\":1}],\"more\":true,"
	    "\"next\":600}");
	assert_string_equal(status(f), "search: a needle 1/1 …");
	assert_non_null(asked(f, "transcript"));
	assert_int_equal(json_get_int(asked(f, "transcript.search")->args,
	    "before", 0), 600);
	tell(f, "{\"hits\":[{\"seq\":300,\"count\":1},"
	    "{\"seq\":200,\"count\":2}],\"more\":false}");
	assert_string_equal(status(f), "search: a needle 4/4");
	assert_null(asked(f, "transcript.search"));
	assert_true(shows(f, "line 700"));
}

/* Newer ones do not pull us away from what stands just above. */
static void
test_a_search_from_the_middle_goes_up(void **state)
{
	struct fixture *f = *state;

	open_long(f);
	press(f, 'g', ACTION_TOP);
	assert_true(shows(f, "line 5\n"));
	type_pattern(f, "needle");
	press(f, SYM_ENTER, ACTION_NONE);
	tell(f, "{\"hits\":[{\"seq\":900,\"count\":1}],\"more\":true,"
	    "\"next\":600}");
	assert_null(asked(f, "transcript"));
	tell(f, "{\"hits\":[{\"seq\":400,\"count\":1},"
	    "{\"seq\":2,\"count\":1}],\"more\":false}");
	assert_string_equal(status(f), "search: needle 1/3");
	assert_true(shows(f, "line 5\n"));
}

/* Lines are selected as one sees them; what is copied is the source. */
static void
test_copy_gives_the_source(void **state)
{
	struct fixture *f = *state;

	live_answer(f, "m", "Some **bold** words of a line that is wrapped "
	    "on this screen, and\\n\\n- an item `x`\\n\\n```c\\nint x;\\n```");
	transcript_read(f->t, false);
	shows(f, "");
	press(f, '[', ACTION_BLOCK_PREVIOUS);
	press(f, 'v', ACTION_SELECT);
	assert_string_equal(status(f), "selecting lines · y copies");
	press(f, 'j', ACTION_LINE_DOWN);
	press(f, 'y', ACTION_COPY);
	assert_string_equal(buf_text(&f->app->copied),
	    "Some **bold** words of a line that is wrapped "
	    "on this screen, and");
	/* Nothing selected: the block in focus. */
	press(f, 'y', ACTION_COPY);
	assert_string_equal(buf_text(&f->app->copied),
	    "Some **bold** words of a line that is wrapped "
	    "on this screen, and\n\n- an item `x`\n\n```c\nint x;\n```");
}

static bool
mouse(struct fixture *f, enum mouse_action action, int row, int col)
{
	struct mouse m = { .action = action, .button = 1, .row = row,
		.col = col };

	return transcript_mouse(f->t, &m, row, col);
}

/* The numbers that a file is read with are no part of it. */
static void
test_code_is_copied_without_numbers(void **state)
{
	struct fixture *f = *state;

	live_call(f, "1", "\"name\":\"read\",\"arguments\":{\"path\":\"a.c\"}",
	    "\"ok\":true,\"result\":\"     9\\tint x;\\n    10\\t\\treturn 0;"
	    "\\n[2 of 10 lines]\"");
	transcript_read(f->t, true);
	assert_drawn(f,
	    "  ● read a.c\n"
	    "     9  int x;\n"
	    "    10      return 0;\n"
	    "    [2 of 10 lines]");
	mouse(f, MOUSE_PRESS, 1, 4);
	mouse(f, MOUSE_DRAG, 2, 40);
	mouse(f, MOUSE_RELEASE, 2, 40);
	assert_string_equal(buf_text(&f->app->copied),
	    "int x;\n\treturn 0;");
}

static void
test_the_mouse_drags_and_copies(void **state)
{
	struct fixture *f = *state;

	live_answer(f, "m", "one **two** three\\n\\nfour");
	shows(f, "");
	mouse(f, MOUSE_PRESS, 0, 6);
	mouse(f, MOUSE_DRAG, 0, 9);
	assert_true(transcript_is_dragging(f->t));
	mouse(f, MOUSE_DRAG, 2, 3);
	mouse(f, MOUSE_RELEASE, 2, 3);
	assert_false(transcript_is_dragging(f->t));
	assert_string_equal(buf_text(&f->app->copied),
	    "two** three\n\nfo");
}

static void
test_a_click_opens_and_closes(void **state)
{
	struct fixture *f = *state;

	live_call(f, "1",
	    "\"name\":\"shell\",\"arguments\":{\"command\":\"ls\"}",
	    "\"ok\":true,\"result\":\"a\\nb\\nc\\n[exit status 0, 1 s]\"");
	assert_drawn(f, "  ● shell ls\n    c  (3 lines)");
	mouse(f, MOUSE_PRESS, 1, 5);
	mouse(f, MOUSE_RELEASE, 1, 5);
	assert_drawn(f,
	    "  ● shell ls\n    a\n    b\n    c\n    [exit status 0, 1 s]");
	/* Only the heading closes: the text is there to be selected. */
	mouse(f, MOUSE_PRESS, 2, 5);
	mouse(f, MOUSE_RELEASE, 2, 5);
	mouse(f, MOUSE_PRESS, 0, 5);
	mouse(f, MOUSE_RELEASE, 0, 5);
	assert_drawn(f, "  ● shell ls\n    c  (3 lines)");
}

static void
test_the_wheel_scrolls(void **state)
{
	struct fixture *f = *state;

	fill(f);
	shows(f, "");
	mouse(f, MOUSE_WHEEL_UP, 3, 3);
	assert_false(transcript_at_end(f->t));
	assert_false(transcript_is_reading(f->t));
	mouse(f, MOUSE_WHEEL_DOWN, 3, 3);
	shows(f, "");
	assert_true(transcript_at_end(f->t));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_keys_of_a_pager),
		T(test_new_text_does_not_move_what_is_read),
		T(test_who_sends_something_sees_it),
		T(test_search_walks_from_hit_to_hit),
		T(test_search_finds_nothing),
		T(test_search_opens_what_is_folded),
		T(test_enter_does_not_wait_for_more_letters),
		T(test_what_is_found_first_is_shown_while_the_search_goes_on),
		T(test_a_search_from_the_middle_goes_up),
		T(test_copy_gives_the_source),
		T(test_code_is_copied_without_numbers),
		T(test_the_mouse_drags_and_copies),
		T(test_a_click_opens_and_closes),
		T(test_the_wheel_scrolls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
