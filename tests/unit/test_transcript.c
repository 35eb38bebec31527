/* transcript: events as blocks on a surface. */
#include "tests/unit/fake_app.h"
#include "tests/unit/unit.h"
#include "tui/transcript/transcript.h"

struct fixture {
	struct app *app;
	struct transcript *t;
	struct surface *s;
};

static int
setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	f->app = fake_app_create();
	f->t = transcript_create(f->app);
	f->s = surface_create(16, 44);
	transcript_open(f->t, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 0);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	transcript_destroy(f->t);
	surface_destroy(f->s);
	fake_app_destroy(f->app);
	test_free(f);
	return 0;
}

static void
live(struct fixture *f, const char *type, const char *members)
{
	transcript_event(f->t, fake_app_event(f->app, type, members));
}

static void
draw(struct fixture *f, struct buf *out)
{
	buf_clear(out);
	for (int i = 0; i < 4; i++) {
		struct rect r = surface_rect(f->s);

		surface_fill(f->s, r, STYLE(ROLE_TEXT));
		transcript_draw(f->t, f->s, r);
		fake_app_answer(f->app);
	}
	surface_dump(f->s, out);
	while (out->len > 0 && out->ptr[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
}

static void
assert_drawn(struct fixture *f, const char *wanted)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

	draw(f, &text);
	assert_string_equal(buf_text(&text), wanted);
}

static void
test_a_question_and_its_answer(void **state)
{
	struct fixture *f = *state;

	live(f, "run.started", "\"run\":\"r\",\"prompt\":\"hello\"");
	live(f, "user.message", "\"run\":\"r\",\"text\":\"hello\","
	    "\"attachments\":[{\"name\":\"a.png\",\"media_type\":"
	    "\"image/png\",\"bytes\":34816}]");
	live(f, "text.delta", "\"run\":\"r\",\"message_id\":\"m\","
	    "\"offset_bytes\":0,\"text\":\"Hi \"");
	live(f, "text.delta", "\"run\":\"r\",\"message_id\":\"m\","
	    "\"offset_bytes\":3,\"text\":\"there\"");
	assert_drawn(f,
	    "  › hello\n"
	    "    [image a.png png, 34 KiB]\n"
	    "\n"
	    "  Hi there");
}

static void
test_calls_are_cards(void **state)
{
	struct fixture *f = *state;

	live(f, "tool.started", "\"run\":\"r\",\"call_id\":\"1\",\"name\":"
	    "\"shell\",\"arguments\":{\"command\":\"make test\"}");
	live(f, "tool.finished", "\"run\":\"r\",\"call_id\":\"1\",\"name\":"
	    "\"shell\",\"ok\":true,\"duration_ms\":12000,\"files\":[],"
	    "\"result\":\"one\\ntwo\\n[exit status 0, 12.00 s]\"");
	live(f, "tool.started", "\"run\":\"r\",\"call_id\":\"2\",\"name\":"
	    "\"edit\",\"arguments\":{\"path\":\"src/a.c\"}");
	live(f, "tool.finished", "\"run\":\"r\",\"call_id\":\"2\",\"name\":"
	    "\"edit\",\"ok\":false,\"duration_ms\":3,\"files\":[],"
	    "\"result\":\"Error\",\"error\":{\"code\":\"path.denied\","
	    "\"message\":\"not there\"}");
	assert_drawn(f,
	    "  ● shell make test  12 s\n"
	    "    two  (3 lines)\n"
	    "\n"
	    "  ✗ edit src/a.c\n"
	    "    not there (path.denied)\n"
	    "    Read it yourself, or allow this one\n"
	    "    call when asked.");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_question_and_its_answer),
		T(test_calls_are_cards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
