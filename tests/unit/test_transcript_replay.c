/* transcript: what was lived and what is replayed look the same, however it
 * is cut into windows; and whatever one does to it, it stands. The sessions
 * are made at random from a seed, which a failure prints. */
#include "base/mem.h"
#include "tests/unit/fake_app.h"
#include "tests/unit/unit.h"
#include "tui/transcript/transcript.h"

#define SESSION "01ARZ3NDEKTSV4RRFFQ69G5FAV"

struct random {
	uint64_t state;
};

static unsigned
next(struct random *r, unsigned below)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (unsigned)((r->state * 0x2545f4914f6cdd1du) >> 33) % below;
}

static const char *
words(struct random *r, struct buf *out)
{
	static const char *const some[] = { "the ", "needle ", "**bold** ",
		"\\n\\n", "\\n- item ", "日本語 ", "👨‍👩‍👧 ", "`code` ",
		"\\u001b[31m", "\\n```c\\nint x;\\n```\\n", "word ", "and ",
		"\\n# Heading\\n", "averyveryverylongwordthatmustbebroken " };
	unsigned n = 1 + next(r, 30);

	buf_clear(out);
	while (n-- > 0)
		buf_add_cstr(out, some[next(r, ARRAY_LEN(some))]);
	return buf_text(out);
}

/* --- a session ----------------------------------------------------------- */

struct maker {
	struct random random;
	struct app *app;
	struct buf text, more, members;
	unsigned id, run;
	const char *parent; /* members of a sub-run's events */
};

static void
add(struct maker *m, const char *type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
add(struct maker *m, const char *type, const char *format, ...)
{
	va_list args;

	buf_clear(&m->members);
	buf_printf(&m->members, "\"run\":\"r%u\"%s,", m->run, m->parent);
	va_start(args, format);
	buf_vprintf(&m->members, format, args);
	va_end(args);
	fake_app_event(m->app, type, buf_text(&m->members));
}

static void
make_message(struct maker *m)
{
	unsigned id = m->id++;
	bool thinks = next(&m->random, 3) == 0;
	const char *thought = words(&m->random, &m->more);
	const char *text = next(&m->random, 4) == 0 ? "" :
	    words(&m->random, &m->text);

	if (thinks)
		add(m, "reasoning.delta", "\"message_id\":\"m%u\","
		    "\"offset_bytes\":0,\"text\":\"%s\"", id, thought);
	if (text[0] != '\0')
		add(m, "text.delta", "\"message_id\":\"m%u\","
		    "\"offset_bytes\":0,\"text\":\"%s\"", id, text);
	if (thinks)
		add(m, "message.finished", "\"message_id\":\"m%u\","
		    "\"text\":\"%s\",\"reasoning\":\"%s\","
		    "\"stop_reason\":\"end_turn\",\"reasoning_ms\":4000", id,
		    text, thought);
	else
		add(m, "message.finished", "\"message_id\":\"m%u\","
		    "\"text\":\"%s\",\"stop_reason\":\"end_turn\"", id, text);
}

static void
end_call(struct maker *m, unsigned id, const char *name)
{
	const char *text = words(&m->random, &m->text);

	if (next(&m->random, 5) == 0)
		add(m, "tool.finished", "\"call_id\":\"c%u\",\"name\":\"%s\","
		    "\"ok\":false,\"result\":\"Error\",\"duration_ms\":5,"
		    "\"files\":[],\"error\":{\"code\":\"tool.failed\","
		    "\"message\":\"%s\"}", id, name, text);
	else
		add(m, "tool.finished", "\"call_id\":\"c%u\",\"name\":\"%s\","
		    "\"ok\":true,\"result\":\"%s\",\"duration_ms\":%u,"
		    "\"files\":[\"a.c\"],\"diff\":\"--- a/a.c\\n+++ b/a.c\\n"
		    "@@ -1 +1 @@\\n-old\\n+new\\n\"", id, name, text,
		    next(&m->random, 9000));
}

static void make_calls(struct maker *m);

static void
make_sub_run(struct maker *m)
{
	CLEANUP(free_ptr) char *parent = NULL;
	unsigned id = m->id++;

	if (m->parent[0] != '\0')
		return;
	add(m, "tool.started", "\"call_id\":\"c%u\",\"name\":\"task\","
	    "\"arguments\":{\"title\":\"look\",\"prompt\":\"p\"}", id);
	parent = mem_printf(",\"parent_call\":\"c%u\"", id);
	m->parent = parent;
	add(m, "user.message", "\"text\":\"%s\"",
	    words(&m->random, &m->text));
	for (unsigned n = next(&m->random, 3); n > 0; n--) {
		make_message(m);
		make_calls(m);
	}
	m->parent = "";
	end_call(m, id, "task");
}

/* Up to four side by side, which end in another order. */
static void
make_calls(struct maker *m)
{
	static const char *const names[] = { "read", "grep", "edit", "shell",
		"list", "read", "plan", "other" };
	unsigned n = 1 + next(&m->random, 4), first = m->id;
	const char *name = names[next(&m->random, ARRAY_LEN(names))];

	m->id += n;
	for (unsigned i = 0; i < n; i++) {
		if (next(&m->random, 8) == 0) {
			add(m, "approval.requested", "\"call_id\":\"c%u\","
			    "\"summary\":\"do it\",\"rule\":\"allow x\"",
			    first + i);
			add(m, "approval.resolved", "\"call_id\":\"c%u\","
			    "\"decision\":\"allow\",\"scope\":\"%s\"",
			    first + i, next(&m->random, 2) ? "once" :
			    "session");
		}
		add(m, "tool.started", "\"call_id\":\"c%u\",\"name\":\"%s\","
		    "\"arguments\":{\"path\":\"a.c\",\"command\":\"x y\"}",
		    first + i, name);
		if (next(&m->random, 4) == 0)
			add(m, "tool.output", "\"call_id\":\"c%u\",\"stream\":"
			    "\"stdout\",\"text\":\"%s\"", first + i,
			    words(&m->random, &m->text));
	}
	for (unsigned i = n; i-- > 0;)
		end_call(m, first + i, name);
}

static void
make_odd(struct maker *m)
{
	switch (next(&m->random, 8)) {
	case 0:
		add(m, "notice", "\"level\":\"warning\",\"text\":\"%s\"",
		    words(&m->random, &m->text));
		break;
	case 1:
		add(m, "retry", "\"attempt\":1,\"delay_ms\":500,"
		    "\"reason\":\"overloaded\"");
		break;
	case 2:
		add(m, "plan.updated", "\"items\":[{\"id\":\"1\",\"title\":"
		    "\"one\",\"status\":\"done\"},{\"id\":\"2\",\"title\":"
		    "\"two\",\"status\":\"in_progress\"}]");
		break;
	case 3:
		add(m, "mode.changed", "\"mode\":\"edit\"");
		break;
	case 4:
		add(m, "question.requested", "\"call_id\":\"q%u\","
		    "\"questions\":[{\"question\":\"which?\"}]", m->id);
		add(m, "question.resolved", "\"call_id\":\"q%u\","
		    "\"answers\":[\"that\"],\"cancelled\":false", m->id++);
		break;
	case 5:
		add(m, "compacted", "\"tokens_before\":9000,\"tokens_after\":"
		    "100,\"summary\":\"%s\"", words(&m->random, &m->text));
		break;
	case 6:
		add(m, "shell.started", "\"shell_id\":\"sh1\",\"command\":"
		    "\"x\",\"cwd\":\"/\"");
		break;
	default:
		make_sub_run(m);
	}
}

/* Goes back to before one of the user's messages. */
static void
make_rewind(struct maker *m)
{
	unsigned n = next(&m->random, (unsigned)m->app->n_events);

	for (; n > 0; n--) {
		const struct json *ev = m->app->events[n];

		if (str_eq(json_get_str(ev, "type"), STR("user.message")) &&
		    json_get(ev, "parent_call") == NULL)
			break;
	}
	if (n > 0)
		add(m, "session.changed", "\"rewound_to\":%u", n + 1);
}

static void
make_run(struct maker *m)
{
	static const char *const ends[] = { "end_turn", "end_turn",
		"cancelled", "error" };

	m->run++;
	add(m, "run.started", "\"prompt\":\"x\"");
	add(m, "user.message", "\"text\":\"%s\"", words(&m->random, &m->text));
	for (unsigned n = 1 + next(&m->random, 6); n > 0; n--) {
		make_message(m);
		if (next(&m->random, 3) != 0)
			make_calls(m);
		if (next(&m->random, 3) == 0)
			make_odd(m);
	}
	add(m, "run.finished", "\"stop_reason\":\"%s\",\"duration_ms\":%u",
	    ends[next(&m->random, 4)], next(&m->random, 3000));
}

static struct app *
make_session(uint64_t seed, int runs, bool rewinds)
{
	struct maker m = { .random = { seed * 77 + 1 }, .parent = "",
		.app = fake_app_create(), .text = BUF_INIT(64 * KIB),
		.more = BUF_INIT(64 * KIB), .members = BUF_INIT(1 * MIB) };

	while (runs-- > 0) {
		if (rewinds && next(&m.random, 5) == 0 && m.run > 0)
			make_rewind(&m);
		make_run(&m);
	}
	buf_release(&m.text);
	buf_release(&m.more);
	buf_release(&m.members);
	return m.app;
}

/* --- looking at it ------------------------------------------------------- */

static void
draw(struct app *app, struct transcript *t, struct surface *s,
    struct buf *out)
{
	struct rect r = surface_rect(s);

	/* Until nothing more is loaded. */
	for (int i = 0; i < 200; i++) {
		size_t answered = app->answered;

		surface_fill(s, r, STYLE_ON(ROLE_TEXT, ROLE_BACKGROUND));
		transcript_draw(t, s, r);
		fake_app_answer(app);
		fake_app_work(app);
		if (app->answered == answered && i > 0)
			break;
	}
	if (out == NULL)
		return;
	buf_clear(out);
	surface_dump(s, out);
}

/* The whole transcript, page by page from the end. */
static void
draw_all(struct app *app, struct transcript *t, struct surface *s,
    struct buf *out)
{
	CLEANUP_BUF struct buf page = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf former = BUF_INIT(1 * MIB);

	buf_clear(out);
	for (int i = 0; i < 10000; i++) {
		draw(app, t, s, &page);
		if (str_eq(buf_str(&page), buf_str(&former)))
			return;
		buf_add_str(out, buf_str(&page));
		buf_clear(&former);
		buf_add_str(&former, buf_str(&page));
		transcript_scroll(t, -(surface_rows(s) - 1));
	}
	fail_msg("no end of pages");
}

static void
assert_same(const struct buf *a, const struct buf *b, uint64_t seed,
    const char *what)
{
	size_t at = 0, line = 0;

	if (str_eq(buf_str(a), buf_str(b)))
		return;
	for (; at < a->len && at < b->len && a->ptr[at] == b->ptr[at]; at++)
		if (a->ptr[at] == '\n')
			line = at + 1;
	fail_msg("seed %llu, %s differ:\n%.800s\n---\n%.800s",
	    (unsigned long long)seed, what, buf_text(a) + line,
	    buf_text(b) + line);
}

static void
test_replayed_is_as_lived(void **state)
{
	CLEANUP_BUF struct buf lived = BUF_INIT(64 * MIB);
	CLEANUP_BUF struct buf replayed = BUF_INIT(64 * MIB);

	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct app *app = make_session(seed, 4 + (int)seed * 3,
		    seed % 2 == 0);
		struct surface *s = surface_create(24, 40 + (int)seed * 7);
		struct transcript *t = transcript_create(app);

		app->facts.running = true;
		transcript_open(t, SESSION, 0);
		for (size_t i = 0; i < app->n_events; i++) {
			transcript_event(t, app->events[i]);
			if (i % 7 == 0)
				draw(app, t, s, NULL);
		}
		app->facts.running = false;
		draw_all(app, t, s, &lived);

		transcript_open(t, SESSION, (int64_t)app->n_events);
		draw_all(app, t, s, &replayed);
		assert_same(&lived, &replayed, seed, "lived and replayed");

		/* Back down again, over other borders of windows. */
		transcript_read(t, false);
		draw(app, t, s, NULL);
		transcript_key(t, &(struct key){ 'g', 0 }, ACTION_TOP);
		draw(app, t, s, NULL);
		transcript_key(t, &(struct key){ 'G', 0 }, ACTION_BOTTOM);
		transcript_key(t, &(struct key){ 'q', 0 }, ACTION_LEAVE);
		draw_all(app, t, s, &replayed);
		assert_same(&lived, &replayed, seed, "lived and reread");

		transcript_destroy(t);
		surface_destroy(s);
		fake_app_destroy(app);
	}
}

/* --- doing things to it -------------------------------------------------- */

static void
do_something(struct random *r, struct app *app, struct transcript *t,
    struct surface *s, size_t *told)
{
	static const enum action actions[] = { ACTION_LINE_UP,
		ACTION_LINE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_TOP, ACTION_BOTTOM,
		ACTION_BLOCK_PREVIOUS, ACTION_BLOCK_NEXT, ACTION_OPEN,
		ACTION_OPEN, ACTION_SEARCH, ACTION_SEARCH_NEXT,
		ACTION_SEARCH_PREVIOUS, ACTION_SELECT, ACTION_COPY,
		ACTION_LEAVE };
	static const uint32_t codes[] = { 'n', 'e', 'x', SYM_ENTER,
		SYM_ESCAPE, SYM_LEFT, SYM_RIGHT, SYM_BACKSPACE };
	struct mouse mouse = { .button = 1, .action = next(r, 5) };

	switch (next(r, 12)) {
	case 0:
		surface_resize(s, 1 + (int)next(r, 40), 1 + (int)next(r, 150));
		break;
	case 1:
		transcript_scroll(t, (int)next(r, 100) - 50);
		break;
	case 2:
		transcript_read(t, next(r, 2));
		break;
	case 3:
	case 4:
		mouse.row = (int)next(r, (unsigned)surface_rows(s) + 2) - 1;
		mouse.col = (int)next(r, (unsigned)surface_cols(s) + 2) - 1;
		transcript_mouse(t, &mouse, mouse.row, mouse.col);
		break;
	case 5:
		for (int i = 0; i < 20 && *told < app->n_events; i++)
			transcript_event(t, app->events[(*told)++]);
		break;
	case 6:
		fake_app_ring(app);
		break;
	case 7:
		transcript_relayout(t);
		break;
	default:
		transcript_key(t, &(struct key){ codes[next(r,
		    ARRAY_LEN(codes))], 0 }, actions[next(r,
		    ARRAY_LEN(actions))]);
	}
}

static void
test_it_stands_whatever_one_does(void **state)
{
	CLEANUP_BUF struct buf lived = BUF_INIT(64 * MIB);
	CLEANUP_BUF struct buf after = BUF_INIT(64 * MIB);

	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct app *app = make_session(seed, 40, seed % 2 == 0);
		struct surface *s = surface_create(20, 70);
		struct transcript *t = transcript_create(app);
		struct random r = { seed * 131 };
		size_t all = app->n_events, told = all / 3;

		transcript_open(t, SESSION, (int64_t)told);
		app->n_events = told;
		fake_app_answer(app);
		app->n_events = all;
		for (int i = 0; i < 400; i++) {
			do_something(&r, app, t, s, &told);
			/* What was told is what can be read. */
			app->n_events = told;
			draw(app, t, s, NULL);
			app->n_events = all;
		}
		while (told < app->n_events)
			transcript_event(t, app->events[told++]);
		/* And after all that it is what it was. */
		surface_resize(s, 24, 80);
		transcript_open(t, SESSION, (int64_t)told);
		draw_all(app, t, s, &after);
		transcript_destroy(t);
		t = transcript_create(app);
		transcript_open(t, SESSION, (int64_t)told);
		draw_all(app, t, s, &lived);
		assert_same(&lived, &after, seed, "before and after");
		transcript_destroy(t);
		surface_destroy(s);
		fake_app_destroy(app);
	}
}

/* The first row keeps its text when more comes while one reads. */
static void
test_the_place_in_sight_stays(void **state)
{
	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct app *app = make_session(seed, 30, false);
		struct surface *s = surface_create(20, 60);
		struct transcript *t = transcript_create(app);
		CLEANUP_BUF struct buf before = BUF_INIT(1 * MIB);
		CLEANUP_BUF struct buf after = BUF_INIT(1 * MIB);
		size_t half = app->n_events / 2;

		transcript_open(t, SESSION, 0);
		for (size_t i = 0; i < half; i++)
			transcript_event(t, app->events[i]);
		draw(app, t, s, NULL);
		transcript_read(t, false);
		transcript_scroll(t, -37 - (int)seed);
		draw(app, t, s, &before);
		for (size_t i = half; i < app->n_events; i++)
			transcript_event(t, app->events[i]);
		draw(app, t, s, &after);
		/* But for the word that there is more. */
		buf_truncate(&before, before.len - 70 < before.len ?
		    before.len - 70 : 0);
		assert_memory_equal(buf_text(&before), buf_text(&after),
		    before.len);
		assert_false(transcript_at_end(t));
		transcript_destroy(t);
		surface_destroy(s);
		fake_app_destroy(app);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replayed_is_as_lived),
		cmocka_unit_test(test_it_stands_whatever_one_does),
		cmocka_unit_test(test_the_place_in_sight_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
