/* The transcript; see transcript.h. This file is its face; what it is made of
 * is in inner.h. */
#include "tui/transcript/inner.h"

#include "base/mem.h"
#include "tui/transcript/colors.h"

#define ANSWER_MAX (64 * MIB)
#define STATUS_MAX (4 * KIB)

static void
leaving(struct block *b, void *ctx)
{
	viewport_leaving(ctx, b);
}

static void
colors_came(struct app *app, void *owner)
{
	struct transcript *t = owner;

	for (size_t i = 0; i < t->list.n; i++) {
		struct block *b = t->list.items[i];

		if (!b->colors.wants)
			continue;
		b->colors.wants = false;
		b->recolor = true;
		block_change(b);
	}
	app_damage(app, PART_TRANSCRIPT);
}

struct transcript *
transcript_create(struct app *app)
{
	struct transcript *t = mem_new(struct transcript);

	t->app = app;
	t->follow = true;
	buf_init(&t->last_answer, ANSWER_MAX);
	blocks_init(&t->list);
	t->list.leaving = leaving;
	t->list.ctx = t;
	t->colors = colors_create(app, colors_came, t);
	window_init(&t->window, t);
	search_init(&t->search, t);
	selection_init(&t->selection, t);
	buf_init(&t->status, STATUS_MAX);
	return t;
}

void
transcript_destroy(struct transcript *t)
{
	if (t == NULL)
		return;
	app_forget(t->app, t);
	app_forget(t->app, &t->window);
	window_release(&t->window);
	blocks_release(&t->list);
	search_release(&t->search);
	buf_release(&t->status);
	colors_destroy(t->colors);
	buf_release(&t->last_answer);
	free(t->rows);
	free(t);
}

void
transcript_open(struct transcript *t, const char *session, int64_t last_seq)
{
	reading_leave(t);
	blocks_clear(&t->list);
	blocks_forget_gone(&t->list);
	t->n_rows = 0;
	t->top = (struct place){ NULL, 0 };
	buf_clear(&t->last_answer);
	snprintf(t->session, sizeof(t->session), "%s", session);
	window_open(&t->window, last_seq);
	app_damage(t->app, PART_TRANSCRIPT | PART_STATUS);
}

static void
note_answer(struct transcript *t, const struct json *event)
{
	struct str text = json_get_str(event, "text");

	if (!str_eq(json_get_str(event, "type"), STR("message.finished")) ||
	    json_get(event, "parent_call") != NULL ||
	    str_trim(text).len == 0)
		return;
	buf_clear(&t->last_answer);
	buf_add_str(&t->last_answer, text);
}

void
transcript_past(struct transcript *t, const struct json *events)
{
	app_past(t->app, events);
	if (t->last_answer.len > 0)
		return;
	for (const struct json *i = json_first(events); i; i = json_next(i))
		note_answer(t, i);
}

void
transcript_event(struct transcript *t, const struct json *event)
{
	note_answer(t, event);
	window_event(&t->window, event);
	/* Who sends something wants to see it, and what comes of it. */
	if (!t->follow && !t->reading &&
	    json_get(event, "parent_call") == NULL &&
	    str_eq(json_get_str(event, "type"), STR("user.message")))
		viewport_to_end(t);
}

void
transcript_note(struct transcript *t, struct str markdown)
{
	struct block *b = block_create(&block_note);

	block_set_text(b, markdown);
	b->done = true;
	blocks_add(&t->list, b);
	viewport_to_end(t);
}

void
transcript_draw(struct transcript *t, struct surface *s, struct rect r)
{
	viewport_draw(t, s, r);
	colors_flush(t->colors);
	window_follow(&t->window);
}

bool
transcript_key(struct transcript *t, const struct key *key,
    enum action action)
{
	return reading_key(t, key, action);
}

bool
transcript_mouse(struct transcript *t, const struct mouse *mouse, int row,
    int col)
{
	return reading_mouse(t, mouse, row, col);
}

void
transcript_scroll(struct transcript *t, int lines)
{
	viewport_scroll(t, lines);
}

void
transcript_read(struct transcript *t, bool all)
{
	reading_enter(t, all);
}

bool
transcript_is_reading(const struct transcript *t)
{
	return t->reading;
}

/* The first one decides, most times. */
static bool
has_but(const struct transcript *t, unsigned flags,
    const struct block_kind *kind)
{
	for (size_t i = 0; i < t->list.n; i++)
		if (!(t->list.items[i]->kind->flags & flags) &&
		    t->list.items[i]->kind != kind)
			return true;
	return false;
}

bool
transcript_is_empty(const struct transcript *t)
{
	return t->window.load == LOAD_NONE && !t->reading &&
	    (t->n_rows == 0 || !has_but(t, BLOCK_SETTING, NULL));
}

bool
transcript_has_talk(const struct transcript *t)
{
	return t->window.load != LOAD_NONE || !t->window.at_start ||
	    has_but(t, BLOCK_SETTING, &block_note);
}

bool
transcript_at_end(const struct transcript *t)
{
	return t->follow;
}

void
transcript_relayout(struct transcript *t)
{
	colors_clear(t->colors);
	for (size_t i = 0; i < t->list.n; i++)
		block_forget(t->list.items[i]);
	app_damage(t->app, PART_TRANSCRIPT);
}

struct str
transcript_last_answer(const struct transcript *t)
{
	/* Somebody may have gone back. What was told counts where the end is
	 * not loaded. */
	for (size_t i = t->list.n; i-- > 0 && t->list.at_end;) {
		const struct block *b = t->list.items[i];

		if (b->kind == &block_answer && b->done && b->parent == NULL)
			return buf_str(&b->text);
	}
	return buf_str(&t->last_answer);
}

const char *
transcript_status(struct transcript *t)
{
	return reading_status(t);
}

void
transcript_place_cursor(const struct transcript *t, struct surface *s)
{
	if (t->search.typing)
		surface_cursor(s, t->search.cursor_row, t->search.cursor_col);
	else if (t->reading)
		surface_cursor(s, -1, 0);
}

bool
transcript_is_dragging(const struct transcript *t)
{
	return t->selection.pressed;
}
