/* What tests of the transcript share: one that draws on a surface, fed with
 * events. */
#ifndef FRIDAY_TESTS_TRANSCRIPT_FIXTURE_H
#define FRIDAY_TESTS_TRANSCRIPT_FIXTURE_H

#include "base/clock.h"
#include "tests/unit/fake_app.h"
#include "tests/unit/unit.h"
#include "tui/transcript/transcript.h"

struct fixture {
	struct app *app;
	struct transcript *t;
	struct surface *s;
};

static inline int
setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	int64_t wall_ms = 0;

	clock_parse_iso(FAKE_APP_TIME, &wall_ms);
	clock_fake(1000, wall_ms);
	f->app = fake_app_create();
	f->t = transcript_create(f->app);
	f->s = surface_create(16, 44);
	transcript_open(f->t, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 0);
	*state = f;
	return 0;
}

static inline int
teardown(void **state)
{
	struct fixture *f = *state;

	transcript_destroy(f->t);
	surface_destroy(f->s);
	fake_app_destroy(f->app);
	test_free(f);
	return 0;
}

static inline void
live(struct fixture *f, const char *type, const char *members)
{
	transcript_event(f->t, fake_app_event(f->app, type, members));
}

static inline void
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

static inline void
assert_drawn(struct fixture *f, const char *wanted)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

	draw(f, &text);
	assert_string_equal(buf_text(&text), wanted);
}

/* A call and how it ended; both as members behind the call's id. */
static inline void
live_call(struct fixture *f, const char *id, const char *started,
    const char *finished)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

	buf_printf(&text, "\"run\":\"r\",\"call_id\":\"%s\",%s", id, started);
	live(f, "tool.started", buf_text(&text));
	if (finished == NULL)
		return;
	buf_clear(&text);
	buf_printf(&text, "\"run\":\"r\",\"call_id\":\"%s\",\"name\":\"\","
	    "\"duration_ms\":5,%s%s", id, finished,
	    strstr(finished, "\"files\"") == NULL ? ",\"files\":[]" : "");
	live(f, "tool.finished", buf_text(&text));
}

static inline void
live_answer(struct fixture *f, const char *id, const char *text)
{
	CLEANUP_BUF struct buf members = BUF_INIT(64 * KIB);

	buf_printf(&members, "\"run\":\"r\",\"message_id\":\"%s\",\"text\":"
	    "\"%s\",\"stop_reason\":\"end_turn\"", id, text);
	live(f, "message.finished", buf_text(&members));
}

/* One key of reading mode. */
static inline bool
press(struct fixture *f, uint32_t code, enum action action)
{
	return transcript_key(f->t, &(struct key){ code, 0 }, action);
}

#endif
