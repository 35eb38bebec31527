/* The form for what the agent asks: one question at a time, with its choices
 * and a line for an answer of one's own. As the box for approvals it takes no
 * key that was meant for the input: see PAUSE_MS there. */
#include "tui/view/question.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "tui/app.h"
#include "tui/text/wrap.h"
#include "tui/view/field.h"

enum { PAUSE_MS = 400, MARGIN = 2, OPTIONS_MAX = 16 };

struct question {
	struct view view;
	struct json *event;
	struct json *answers;	/* to the questions before */
	struct json *waiting;	/* further events */
	size_t at;		/* which question is shown */
	int chosen;		/* option; the last one: the own answer */
	bool marked[OPTIONS_MAX + 1];
	struct field own;
	struct lines text;
	int width;
	bool sent;
	bool passed_on; /* keys went to the input */
	char *error;
	int64_t armed_ms;
	int options_row;	/* within the view, of the last drawing */
};

static const struct view_ops question_ops;

static struct question *
of(struct view *v)
{
	return (struct question *)v;
}

static const struct json *
asked(const struct question *q)
{
	return json_at(json_get(q->event, "questions"), q->at);
}

static int
option_count(const struct question *q)
{
	size_t n = json_count(json_get(asked(q), "options"));

	return n > OPTIONS_MAX ? OPTIONS_MAX : (int)n;
}

static bool
multiple(const struct question *q)
{
	return json_get_bool(asked(q), "multiple", false);
}

static struct str
option_text(const struct question *q, int index)
{
	const struct json *o = json_at(json_get(asked(q), "options"),
	    (size_t)index);

	return json_is(o, JSON_STRING) ? json_str(o) :
					 json_get_str(o, "label");
}

static bool
on_own(const struct question *q)
{
	return q->chosen == option_count(q);
}

static bool
armed(const struct question *q)
{
	return app_now_ms(q->view.app) >= q->armed_ms;
}

static void
redraw(struct question *q)
{
	app_damage(q->view.app, PART_VIEWS | PART_STATUS);
}

static void
on_pause(struct app *app, void *owner)
{
	struct question *q = owner;

	if (!armed(q))
		app_after(app, (int)(q->armed_ms - app_now_ms(app)), on_pause,
		    q);
	redraw(q);
}

static void
show(struct question *q)
{
	memset(q->marked, 0, sizeof(q->marked));
	field_set(&q->own, STR_NONE);
	q->chosen = 0;
	q->width = 0;
	q->sent = false;
	redraw(q);
	app_damage(q->view.app, PART_COMPOSER);
}

static void
begin(struct question *q)
{
	json_destroy(q->answers);
	q->answers = json_new_array();
	q->at = 0;
	q->armed_ms = app_now_ms(q->view.app) + PAUSE_MS;
	app_after(q->view.app, PAUSE_MS, on_pause, q);
	show(q);
}

/* --- answering ----------------------------------------------------------- */

static void
on_answered(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct question *q = ctx;

	if (status == 0 || !q->sent)
		return;
	free(q->error);
	q->error = str_dup(json_get_str(reply, "message"));
	q->sent = false;
	redraw(q);
}

/* NULL: they are not answered. */
static void
reply_with(struct question *q, struct json *list)
{
	struct json *args = json_new_object();

	json_set_str(args, "call_id", json_get_str(q->event, "call_id"));
	json_set(args, "answers", list != NULL ? list : json_new_null());
	q->sent = true;
	app_request_session(q->view.app, "run.answer_question", args,
	    on_answered, q);
	redraw(q);
}

static struct json *
answer_of(const struct question *q)
{
	struct str own = str_trim(field_text(&q->own));
	struct json *list;

	if (!multiple(q))
		return json_new_str(on_own(q) ? own :
		    option_text(q, q->chosen));
	list = json_new_array();
	for (int i = 0; i < option_count(q); i++)
		if (q->marked[i])
			json_add(list, json_new_str(option_text(q, i)));
	if (own.len > 0)
		json_add(list, json_new_str(own));
	/* Enter without a mark means the row that it was pressed on. */
	if (json_count(list) == 0 && !on_own(q))
		json_add(list, json_new_str(option_text(q, q->chosen)));
	return list;
}

static void
next_question(struct question *q)
{
	bool own_needed = on_own(q) && !multiple(q);

	if (own_needed && str_trim(field_text(&q->own)).len == 0)
		return;
	json_add(q->answers, answer_of(q));
	q->at++;
	if (asked(q) != NULL) {
		show(q);
		return;
	}
	q->at--;
	reply_with(q, json_copy(q->answers));
}

/* Back to the question before; its answer is given again. */
static void
previous_question(struct question *q)
{
	struct json *kept = json_new_array();

	if (q->at == 0) {
		json_destroy(kept);
		return;
	}
	q->at--;
	for (size_t i = 0; i < q->at; i++)
		json_add(kept, json_copy(json_at(q->answers, i)));
	json_destroy(q->answers);
	q->answers = kept;
	show(q);
}

/* --- keys ---------------------------------------------------------------- */

static void
move(struct question *q, int by)
{
	int n = option_count(q) + 1;

	q->chosen = (q->chosen + by + n) % n;
	redraw(q);
}

static bool
digit_key(struct question *q, const struct key *key)
{
	int index = (int)key->code - '1';

	if (on_own(q) || key->mods != 0 || key->code < '1' ||
	    key->code > '9' || index > option_count(q))
		return false;
	q->chosen = index;
	if (on_own(q)) {
		redraw(q);
	} else if (multiple(q)) {
		q->marked[index] = !q->marked[index];
		redraw(q);
	} else {
		next_question(q);
	}
	return true;
}

static bool
move_key(struct question *q, const struct key *key, enum action action)
{
	if (key->code == SYM_UP)
		move(q, -1);
	else if (key->code == SYM_DOWN)
		move(q, 1);
	else if (action == ACTION_FORM_NEXT)
		move(q, 1);
	else if (action == ACTION_FORM_PREVIOUS || (key->code == SYM_LEFT &&
	    !on_own(q)))
		previous_question(q);
	else
		return false;
	return true;
}

static bool
question_key(struct view *v, const struct key *key, enum action action)
{
	struct question *q = of(v);

	if (q->sent)
		return key_is_text(key);
	if (!armed(q) && action != ACTION_FORM_CANCEL) {
		q->armed_ms = app_now_ms(v->app) + PAUSE_MS;
		q->passed_on = true;
		redraw(q);
		/* Text that was meant for the input is not lost: it becomes
		 * the beginning of one's own answer. */
		if (!key_is_text(key))
			return key->code == SYM_ENTER;
		q->chosen = option_count(q);
		return field_key(&q->own, key);
	}
	if (action == ACTION_FORM_CANCEL || key->code == SYM_ESCAPE) {
		reply_with(q, NULL);
		return true;
	}
	if (action == ACTION_FORM_SEND || key->code == SYM_ENTER) {
		next_question(q);
		return true;
	}
	if (move_key(q, key, action) || digit_key(q, key))
		return true;
	if (key->code == ' ' && key->mods == 0 && !on_own(q)) {
		if (multiple(q))
			q->marked[q->chosen] = !q->marked[q->chosen];
		redraw(q);
		return true;
	}
	/* Typing begins an answer of one's own. */
	if (key_is_text(key))
		q->chosen = option_count(q);
	if (!on_own(q) || !field_key(&q->own, key))
		return false;
	redraw(q);
	return true;
}

static void
question_paste(struct view *v, struct str text)
{
	struct question *q = of(v);

	q->chosen = option_count(q);
	field_insert(&q->own, text);
	redraw(q);
}

static bool
question_mouse(struct view *v, const struct mouse *mouse, int row, int col)
{
	struct question *q = of(v);
	int at = row - q->options_row;

	if (mouse->action != MOUSE_PRESS || at < 0 || at > option_count(q))
		return false;
	q->chosen = at;
	if (multiple(q) && !on_own(q))
		q->marked[at] = !q->marked[at];
	redraw(q);
	return true;
}

/* --- drawing ------------------------------------------------------------- */

static void
lay_out(struct question *q, int width)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(1 * MIB);
	struct wrap_opts opts = { .width = width, .style = STYLE(ROLE_TEXT),
		.source = LINE_NO_SOURCE };

	if (q->width == width)
		return;
	q->width = width;
	lines_clear(&q->text);
	term_text(json_get_str(asked(q), "question"), &clean);
	wrap_text(buf_str(&clean), &opts, &q->text);
}

static int
question_rows(struct view *v, int cols, int most)
{
	struct question *q = of(v);
	int rows;

	lay_out(q, cols > 20 ? cols - 2 * MARGIN : cols);
	rows = 2 + (int)q->text.count + 1 + option_count(q) + 1;
	return rows < most ? rows : most;
}

static void
draw_option(const struct question *q, int index, struct surface *s,
    struct rect r)
{
	bool own = index == option_count(q);
	bool on = index == q->chosen;
	int used = 2;

	if (on)
		surface_text(s, r.row, r.col, 1, STR("›"),
		    STYLE_FLAGS(ROLE_ACCENT, STYLE_BOLD));
	if (multiple(q) && !own)
		used += surface_text(s, r.row, r.col + used, r.cols - used,
		    q->marked[index] ? STR("[x] ") : STR("[ ] "),
		    STYLE(q->marked[index] ? ROLE_ACCENT : ROLE_MUTED));
	else if (multiple(q))
		used += 4;
	else if (option_count(q) > 0)
		used += surface_printf(s, r.row, r.col + used, r.cols - used,
		    STYLE(ROLE_MUTED), "%d ", index + 1);
	if (own)
		field_draw(&q->own, s, (struct rect){ r.row, r.col + used, 1,
		    r.cols - used }, option_count(q) > 0 ?
		    STR("another answer") : STR("your answer"), on);
	else
		surface_text_cut(s, r.row, r.col + used, r.cols - used,
		    option_text(q, index), STYLE_FLAGS(ROLE_TEXT,
		    on ? STYLE_BOLD : 0), false);
	if (on && !own)
		surface_tint(s, r, ROLE_SELECTION);
}

static void
question_draw(struct view *v, struct surface *s, struct rect r)
{
	struct question *q = of(v);
	struct rect all = r;
	int left = r.cols > 20 ? MARGIN : 0;
	int n = option_count(q) + 1, first = 0, text_rows;

	r.col += left;
	r.cols -= 2 * left;
	lay_out(q, r.cols);
	if (r.rows > n + 2) {
		surface_rule(s, r.row, all.col, all.cols, STYLE(ROLE_BORDER));
		r.row++;
		r.rows--;
	}
	/* A blank line below, as above the answers. */
	if (r.rows > n + 1 + (int)q->text.count)
		r.rows--;
	text_rows = r.rows - n > 0 ? r.rows - n : r.rows > 1 ? 1 : 0;
	for (int i = 0; i < text_rows && (size_t)i < q->text.count; i++)
		surface_line(s, r.row + i, r.col, r.cols, &q->text,
		    (size_t)i);
	if (json_count(json_get(q->event, "questions")) > 1 && text_rows > 0)
		surface_printf(s, r.row, r.col + r.cols - 6, 6,
		    STYLE(ROLE_ACCENT), "%zu of %zu", q->at + 1,
		    json_count(json_get(q->event, "questions")));
	if (q->error != NULL && text_rows > 1)
		surface_text_cut(s, r.row + text_rows - 1, r.col, r.cols,
		    str_from(q->error), STYLE(ROLE_ERROR), false);
	r.row += text_rows;
	r.rows -= text_rows;
	if (q->chosen >= r.rows)
		first = q->chosen - r.rows + 1;
	q->options_row = r.row - all.row - first;
	for (int i = first; i < n && i - first < r.rows; i++)
		draw_option(q, i, s, (struct rect){ r.row + i - first, r.col,
		    1, r.cols });
}

static const char *
question_hints(struct view *v)
{
	const struct question *q = of(v);

	if (!armed(q) && q->passed_on)
		return "answer when you have stopped typing";
	if (q->sent || !armed(q))
		return "…";
	if (option_count(q) == 0)
		return "Enter send · Esc no answer";
	return multiple(q) ? "Space mark · Enter send · Esc no answer" :
			     "Enter choose · Esc no answer";
}

static void
question_destroy(struct view *v)
{
	struct question *q = of(v);

	app_forget(v->app, q);
	json_destroy(q->event);
	json_destroy(q->answers);
	json_destroy(q->waiting);
	field_release(&q->own);
	lines_release(&q->text);
	free(q->error);
	free(q);
}

static const struct view_ops question_ops = {
	.name = "question", .place = VIEW_DOCKED, .context = CONTEXT_FORM,
	.rows = question_rows, .draw = question_draw, .key = question_key,
	.paste = question_paste, .mouse = question_mouse,
	.hints = question_hints, .destroy = question_destroy,
};

/* --- public -------------------------------------------------------------- */

void
question_ask(struct app *app, const struct json *event)
{
	struct view *open = app_find(app, &question_ops);
	struct question *q;

	if (json_count(json_get(event, "questions")) == 0)
		return;
	if (open != NULL) {
		json_add(of(open)->waiting, json_copy(event));
		return;
	}
	q = mem_new(struct question);
	*q = (struct question){ .view = { .ops = &question_ops, .app = app },
		.event = json_copy(event), .waiting = json_new_array(),
		.own = FIELD_INIT, .text = LINES_INIT };
	begin(q);
	app_push(app, &q->view);
}

void
question_resolved(struct app *app, const struct json *event)
{
	struct view *open = app_find(app, &question_ops);
	struct str call = json_get_str(event, "call_id");
	struct question *q = open != NULL ? of(open) : NULL;
	struct json *kept;

	if (q == NULL)
		return;
	kept = json_new_array();
	for (const struct json *i = json_first(q->waiting); i;
	    i = json_next(i))
		if (!str_eq(json_get_str(i, "call_id"), call))
			json_add(kept, json_copy(i));
	json_destroy(q->waiting);
	q->waiting = kept;
	if (!str_eq(json_get_str(q->event, "call_id"), call))
		return;
	if (json_count(kept) == 0) {
		app_close(app, open);
		return;
	}
	/* The next one moves up. */
	q->waiting = json_new_array();
	for (const struct json *i = json_next(json_first(kept)); i;
	    i = json_next(i))
		json_add(q->waiting, json_copy(i));
	json_destroy(q->event);
	q->event = json_copy(json_first(kept));
	json_destroy(kept);
	begin(q);
}

void
question_clear(struct app *app)
{
	struct view *open = app_find(app, &question_ops);

	if (open != NULL)
		app_close(app, open);
}
