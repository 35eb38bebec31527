/* The box for approvals: what is asked, why, what it would change, and the
 * answers. Several wait in the order in which they came.
 *
 * It opens while somebody may be typing. Keys pressed within PAUSE_MS of each
 * other or of its opening do not answer: they go on to the input, and the box
 * says that it waits for a pause. */
#include "tui/view/approval.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/transcript/colors.h"
#include "tui/view/approval_body.h"
#include "tui/view/field.h"

enum { PAUSE_MS = 400, MARGIN = 2, BODY_MIN = 3, TITLE_ROWS = 2 };

enum answer { ONCE, SESSION, ALWAYS, NO, NO_REASON, ANSWERS };

static const struct answer_row {
	const char *decision, *text, *letter;
	enum action action;
} answers[ANSWERS] = {
	[ONCE] = { "once", "Yes, once", "y", ACTION_APPROVE_ONCE },
	[SESSION] = { "session", "Yes, for this session", "a",
	    ACTION_APPROVE_SESSION },
	[ALWAYS] = { "always", "Yes, always", "p", ACTION_APPROVE_ALWAYS },
	[NO] = { "no", "No", "n", ACTION_REFUSE },
	[NO_REASON] = { "no", "No, and say why", "r", ACTION_REFUSE_REASON },
};

/* Keys that people's hands know beside those of the keymap. */
static const struct {
	uint32_t code;
	enum answer answer;
} letters[] = {
	{ 'y', ONCE }, { '1', ONCE }, { 'a', SESSION }, { 's', SESSION },
	{ '2', SESSION }, { 'p', ALWAYS }, { '3', ALWAYS }, { 'n', NO },
	{ 'd', NO }, { '4', NO }, { 'r', NO_REASON }, { '5', NO_REASON },
};

enum stage { CHOOSE, WRITE_REASON, WRITE_RULE, SENT };

struct approval {
	struct view view;
	struct json *waiting; /* events, the first one is shown */
	enum stage stage;
	int chosen;	      /* index into answers */
	struct field field;   /* reason, or rule */
	char *rule;	      /* what "always" keeps, one text; "" */
	bool rule_is_edited;
	char *error;	      /* of the last answer; NULL */
	struct lines body;
	struct colors_user colors;
	int width;	      /* that the body was laid out for; 0: old */
	size_t top;	      /* first line of the body in sight */
	int body_rows;	      /* of the last drawing */
	int options_row;      /* within the view, of the last drawing */
	int64_t armed_ms;     /* keys answer from then on */
	bool passed_on;	      /* some went to the input */
	char hints[160];
};

static const struct view_ops approval_ops;

static struct approval *
of(struct view *v)
{
	return (struct approval *)v;
}

static const struct json *
shown(const struct approval *a)
{
	return json_first(a->waiting);
}

static bool
armed(const struct approval *a)
{
	return app_now_ms(a->view.app) >= a->armed_ms;
}

static void
redraw(struct approval *a)
{
	app_damage(a->view.app, PART_VIEWS | PART_STATUS);
}

static void
on_pause(struct app *app, void *owner)
{
	struct approval *a = owner;

	if (!armed(a))
		app_after(app, (int)(a->armed_ms - app_now_ms(app)), on_pause,
		    a);
	redraw(a);
}

static void
colors_came(struct app *app, void *owner)
{
	struct approval *a = owner;

	if (a->colors.wants)
		a->width = 0;
	a->colors.wants = false;
	redraw(a);
}

/* --- what can be answered ------------------------------------------------ */

static bool
is_secret(const struct json *event)
{
	return str_eq(json_get_str(event, "kind"), STR("secret"));
}

static bool
can_answer(const struct approval *a, enum answer answer)
{
	if (answer == SESSION || answer == ALWAYS)
		return !is_secret(shown(a)) && a->rule[0] != '\0';
	return true;
}

/* The rules that "always" keeps, as one text. */
static char *
rule_text(const struct json *event)
{
	CLEANUP_BUF struct buf all = BUF_INIT(256 * KIB);
	CLEANUP_BUF struct buf clean = BUF_INIT(256 * KIB);

	for (const struct json *i = json_first(json_get(event, "always")); i;
	    i = json_next(i)) {
		if (all.len > 0)
			buf_add_cstr(&all, "; ");
		buf_add_str(&all, json_str(i));
	}
	if (all.len == 0)
		buf_add_str(&all, json_get_str(event, "rule"));
	term_text_line(buf_str(&all), &clean);
	return str_dup(buf_str(&clean));
}

/* The way back: "allow shell(a); allow shell(b)". */
static struct json *
rule_list(struct str text)
{
	struct json *list = json_new_array();

	while (text.len > 0) {
		size_t end = str_find(text, STR("; allow "), 0);
		struct str one = str_trim(str_sub(text, 0, end));

		if (one.len > 0)
			json_add(list, json_new_str(one));
		text = end == SIZE_MAX ? STR_NONE :
					 str_sub(text, end + 2, SIZE_MAX);
	}
	return list;
}

/* Nobody typed: a glance is enough of a pause. */
static void
arm(struct approval *a)
{
	struct app *app = a->view.app;
	int64_t now = app_now_ms(app), last = app_last_key_ms(app);

	a->armed_ms = (last > now ? last : now) + PAUSE_MS;
	app_after(app, PAUSE_MS, on_pause, a);
}

static void
show_first(struct approval *a)
{
	free(a->rule);
	free(a->error);
	a->rule = rule_text(shown(a));
	a->error = NULL;
	a->rule_is_edited = false;
	a->stage = CHOOSE;
	a->chosen = ONCE;
	a->passed_on = false;
	a->top = 0;
	a->width = 0;
	field_set(&a->field, STR_NONE);
	arm(a);
	redraw(a);
	app_damage(a->view.app, PART_COMPOSER);
}

/* --- answering ----------------------------------------------------------- */

static void
on_answered(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct approval *a = ctx;

	/* When it went well approval.resolved closes it. */
	if (status == 0 || a->stage != SENT)
		return;
	free(a->error);
	a->error = str_dup(json_get_str(reply, "message"));
	a->stage = CHOOSE;
	redraw(a);
}

static void
reply_with(struct approval *a, enum answer answer, struct str reason)
{
	const struct json *event = shown(a);
	struct json *args = json_new_object();

	json_set_str(args, "call_id", json_get_str(event, "call_id"));
	json_set_str(args, "decision", str_from(answers[answer].decision));
	if (reason.len > 0)
		json_set_str(args, "reason", reason);
	if (answer == ALWAYS && a->rule_is_edited)
		json_set(args, "always", rule_list(str_from(a->rule)));
	a->stage = SENT;
	app_request_session(a->view.app, "run.answer", args, on_answered, a);
	redraw(a);
}

static void
answer_with(struct approval *a, enum answer answer)
{
	if (!can_answer(a, answer))
		return;
	a->chosen = answer;
	if (answer == NO_REASON) {
		a->stage = WRITE_REASON;
		field_set(&a->field, STR_NONE);
		redraw(a);
		return;
	}
	reply_with(a, answer, STR_NONE);
}

static void
edit_rule(struct approval *a)
{
	if (!can_answer(a, ALWAYS))
		return;
	a->stage = WRITE_RULE;
	a->chosen = ALWAYS;
	field_set(&a->field, str_from(a->rule));
	redraw(a);
}

/* --- keys ---------------------------------------------------------------- */

static void
scroll(struct approval *a, int by)
{
	ptrdiff_t last = (ptrdiff_t)a->body.count - a->body_rows;
	ptrdiff_t to = (ptrdiff_t)a->top + by;

	if (to > last)
		to = last;
	a->top = to < 0 ? 0 : (size_t)to;
	redraw(a);
}

static void
choose(struct approval *a, int step)
{
	do
		a->chosen = (a->chosen + step + ANSWERS) % ANSWERS;
	while (!can_answer(a, (enum answer)a->chosen));
	redraw(a);
}

static bool
write_key(struct approval *a, const struct key *key)
{
	struct str text = str_trim(field_text(&a->field));

	if (key->code == SYM_ESCAPE) {
		a->stage = CHOOSE;
	} else if (key->code == SYM_ENTER && a->stage == WRITE_REASON) {
		reply_with(a, NO_REASON, text);
	} else if (key->code == SYM_ENTER) {
		if (text.len > 0 && !str_eq_c(text, a->rule)) {
			free(a->rule);
			a->rule = str_dup(text);
			a->rule_is_edited = true;
			a->width = 0;
		}
		a->stage = CHOOSE;
		a->chosen = ALWAYS;
	} else if (!field_key(&a->field, key)) {
		return false;
	}
	redraw(a);
	return true;
}

static bool
action_key(struct approval *a, enum action action)
{
	int page = a->body_rows > 1 ? a->body_rows - 1 : 1;

	for (int i = 0; i < ANSWERS; i++) {
		if (action != answers[i].action)
			continue;
		answer_with(a, (enum answer)i);
		return true;
	}
	switch (action) {
	case ACTION_APPROVAL_EDIT:
		edit_rule(a);
		return true;
	case ACTION_APPROVAL_UP:
		choose(a, -1);
		return true;
	case ACTION_APPROVAL_DOWN:
		choose(a, 1);
		return true;
	case ACTION_APPROVAL_PAGE_UP:
		scroll(a, -page);
		return true;
	case ACTION_APPROVAL_PAGE_DOWN:
		scroll(a, page);
		return true;
	case ACTION_APPROVAL_TAKE:
		answer_with(a, (enum answer)a->chosen);
		return true;
	default:
		return false;
	}
}

/* What was meant for the input reaches it. */
static bool
pass_on(struct approval *a, const struct key *key)
{
	struct app *app = a->view.app;
	struct composer *c = app_composer(app);
	struct key_chord chord = { .keys = { *key }, .count = 1 };
	enum action action = ACTION_NONE;

	if (keymap_find(app_keymap(app), composer_context(c), &chord,
	    &action) != KEYMAP_ACTION)
		action = ACTION_NONE;
	redraw(a);
	return composer_key(c, key, action);
}

static bool
approval_key(struct view *v, const struct key *key, enum action action)
{
	struct approval *a = of(v);

	if (a->stage == WRITE_REASON || a->stage == WRITE_RULE)
		return write_key(a, key);
	if (a->stage == SENT)
		return key->code != SYM_ESCAPE && key_is_text(key);
	/* Interrupting, quitting and the like work at any time. */
	if (action != ACTION_NONE &&
	    action_table[action].context == CONTEXT_GLOBAL)
		return false;
	if (!armed(a)) {
		a->armed_ms = app_now_ms(v->app) + PAUSE_MS;
		a->passed_on = true;
		return pass_on(a, key);
	}
	if (action_key(a, action))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
		if (key->mods != 0 || key->code != letters[i].code)
			continue;
		answer_with(a, letters[i].answer);
		return true;
	}
	return key_is_text(key);
}

static void
approval_paste(struct view *v, struct str text)
{
	struct approval *a = of(v);

	if (a->stage == WRITE_REASON || a->stage == WRITE_RULE)
		field_insert(&a->field, text);
	else
		composer_paste(app_composer(v->app), text);
	redraw(a);
}

static bool
approval_mouse(struct view *v, const struct mouse *mouse, int row, int col)
{
	struct approval *a = of(v);
	int at = row - a->options_row;

	if (mouse->action == MOUSE_WHEEL_UP ||
	    mouse->action == MOUSE_WHEEL_DOWN) {
		scroll(a, mouse->action == MOUSE_WHEEL_UP ? -3 : 3);
		return true;
	}
	if (mouse->action != MOUSE_PRESS || a->options_row < 0 ||
	    a->stage != CHOOSE)
		return false;
	for (int i = 0; i < ANSWERS; i++) {
		if (!can_answer(a, (enum answer)i))
			continue;
		if (at-- != 0)
			continue;
		/* A click may land here by chance: it only chooses. */
		if (a->chosen == i)
			answer_with(a, (enum answer)i);
		a->chosen = i;
		redraw(a);
		return true;
	}
	return false;
}

/* --- drawing ------------------------------------------------------------- */

static void
lay_out(struct approval *a, int width)
{
	if (a->width == width)
		return;
	lines_clear(&a->body);
	a->width = width;
	approval_body(shown(a), width, a->rule_is_edited ? NULL :
	    json_get(shown(a), "always"), &a->colors, &a->body);
	colors_flush(a->colors.colors);
}

static int
option_count(const struct approval *a)
{
	int n = 0;

	for (int i = 0; i < ANSWERS; i++)
		n += can_answer(a, (enum answer)i);
	return n;
}

static int
approval_rows(struct view *v, int cols, int most)
{
	struct approval *a = of(v);
	int rows;

	lay_out(a, cols > 20 ? cols - 2 * MARGIN : cols);
	rows = 1 + TITLE_ROWS + (int)a->body.count + 1 + option_count(a) + 1;
	/* Some of the transcript stays in sight above a long diff. */
	if (most > 20 && rows > most - 4)
		rows = most - 4;
	return rows < most ? rows : most;
}

static struct str
title_of(const struct json *event)
{
	static const struct {
		const char *kind, *title;
	} titles[] = {
		{ "edit", "Make this change?" },
		{ "command", "Run this command?" },
		{ "network", "Let it use the network?" },
		{ "git", "Change the repository?" },
		{ "secret", "Read what may hold secrets?" },
	};

	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		if (str_eq_c(json_get_str(event, "kind"), titles[i].kind))
			return str_from(titles[i].title);
	return STR("Allow this?");
}

static void
draw_title(const struct approval *a, struct surface *s, struct rect r)
{
	size_t n = json_count(a->waiting);
	char count[48] = "";
	int used, cols;

	used = surface_text_cut(s, r.row, r.col, r.cols, title_of(shown(a)),
	    STYLE_FLAGS(ROLE_WARNING, STYLE_BOLD), false);
	surface_text_cut(s, r.row, r.col + used + 2, r.cols - used - 2,
	    json_get_str(shown(a), "name"), STYLE(ROLE_MUTED), false);
	if (n > 1)
		snprintf(count, sizeof(count), "1 of %zu", n);
	cols = (int)strlen(count);
	if (cols > 0 && cols + used + 2 < r.cols)
		surface_text(s, r.row, r.col + r.cols - cols, cols,
		    str_from(count), STYLE(ROLE_ACCENT));
}

static void
draw_body(struct approval *a, struct surface *s, struct rect r)
{
	size_t last;

	a->body_rows = r.rows;
	last = a->body.count > (size_t)r.rows ?
	    a->body.count - (size_t)r.rows : 0;
	if (a->top > last)
		a->top = last;
	for (int i = 0; i < r.rows; i++) {
		size_t at = a->top + (size_t)i;

		/* The last row tells that there is more. */
		if (i == r.rows - 1 && at + 1 < a->body.count) {
			surface_printf(s, r.row + i, r.col, r.cols,
			    STYLE(ROLE_MUTED), "… %zu more lines (PgDn)",
			    a->body.count - at);
			break;
		}
		if (at < a->body.count)
			surface_line(s, r.row + i, r.col, r.cols, &a->body,
			    at);
	}
}

/* The input goes on while the box waits for a pause: its end is shown. */
static void
draw_paused(const struct approval *a, struct surface *s, struct rect r)
{
	struct str text = composer_text(app_composer(a->view.app));
	int used;

	if (!a->passed_on)
		return;
	used = surface_text_cut(s, r.row, r.col, r.cols,
	    STR("goes to the input: "), STYLE(ROLE_WARNING), false);

	surface_text_cut(s, r.row, r.col + used, r.cols - used, text,
	    STYLE(ROLE_MUTED), true);
}

static void
draw_field(const struct approval *a, struct surface *s, struct rect r)
{
	bool reason = a->stage == WRITE_REASON;
	int used = surface_text(s, r.row, r.col, r.cols,
	    reason ? STR("No, because ") : STR("Always "),
	    STYLE(ROLE_ACCENT));

	field_draw(&a->field, s, (struct rect){ r.row, r.col + used, 1,
	    r.cols - used }, reason ? STR("what should it do instead?") :
	    STR("allow TOOL(PATTERN)"), true);
}

/* "3 Yes, always            p   allow shell(make test)   e edits it" */
static void
draw_option(const struct approval *a, int which, struct surface *s,
    struct rect r)
{
	enum { TEXT_COL = 2, LETTER_COL = 28, RULE_COL = 32 };
	bool on = which == a->chosen && armed(a);
	size_t rules = json_count(json_get(shown(a), "always"));
	int used = RULE_COL;

	if (on)
		surface_text(s, r.row, r.col, 1, STR("›"),
		    STYLE_FLAGS(ROLE_ACCENT, STYLE_BOLD));
	surface_printf(s, r.row, r.col + TEXT_COL, r.cols - TEXT_COL,
	    STYLE_FLAGS(armed(a) ? ROLE_TEXT : ROLE_MUTED,
		on ? STYLE_BOLD : 0), "%d %s", which + 1,
	    answers[which].text);
	if (r.cols > LETTER_COL)
		surface_text(s, r.row, r.col + LETTER_COL, 1,
		    str_from(answers[which].letter), STYLE(ROLE_ACCENT));
	if (which == ALWAYS && r.cols > RULE_COL + 8) {
		if (rules > 1 && !a->rule_is_edited)
			used += surface_printf(s, r.row, r.col + used,
			    r.cols - used, STYLE(ROLE_MUTED),
			    "these %zu rules", rules);
		else
			used += surface_text_cut(s, r.row, r.col + used,
			    r.cols - used, str_from(a->rule),
			    STYLE(ROLE_CODE), false);
		surface_text(s, r.row, r.col + used + 3, r.cols - used - 3,
		    STR("e edits"), STYLE(ROLE_MUTED));
	}
	if (on)
		surface_tint(s, r, ROLE_SELECTION);
}

/* All answers in one row, where there is no room for a row each. */
static void
draw_short(const struct approval *a, struct surface *s, struct rect r)
{
	int col = r.col;

	for (int i = 0; i < ANSWERS; i++) {
		if (!can_answer(a, (enum answer)i))
			continue;
		col += surface_printf(s, r.row, col, r.col + r.cols - col,
		    STYLE_FLAGS(ROLE_ACCENT, i == a->chosen ? STYLE_BOLD : 0),
		    "%s", answers[i].letter);
		col += surface_printf(s, r.row, col, r.col + r.cols - col,
		    STYLE(i == a->chosen ? ROLE_TEXT : ROLE_MUTED), " %s  ",
		    i == NO_REASON ? "why" : answers[i].decision);
	}
}

static void
draw_answers(struct approval *a, struct surface *s, struct rect r)
{
	int row = r.row;

	if (a->stage == WRITE_REASON || a->stage == WRITE_RULE) {
		draw_field(a, s, r);
	} else if (!armed(a) && r.rows == 1) {
		draw_paused(a, s, r);
	} else if (r.rows < option_count(a)) {
		draw_short(a, s, r);
	} else {
		for (int i = 0; i < ANSWERS; i++) {
			if (!can_answer(a, (enum answer)i))
				continue;
			draw_option(a, i, s,
			    (struct rect){ row++, r.col, 1, r.cols });
		}
		if (!armed(a) && row < r.row + r.rows)
			draw_paused(a, s, (struct rect){ row, r.col, 1,
			    r.cols });
	}
}

static void
approval_draw(struct view *v, struct surface *s, struct rect r)
{
	struct approval *a = of(v);
	struct rect all = r, body, bottom;
	int left = r.cols > 20 ? MARGIN : 0;
	int n = option_count(a);

	r.col += left;
	r.cols -= 2 * left;
	lay_out(a, r.cols);
	if (r.rows > 6) {
		surface_rule(s, r.row, all.col, all.cols, STYLE(ROLE_BORDER));
		r.row++;
		r.rows--;
	}
	if (r.rows >= BODY_MIN + TITLE_ROWS + n + 2)
		n += 1; /* the line of the pause */
	else
		n = r.rows >= TITLE_ROWS + n + 1 ? n : 1;
	bottom = (struct rect){ r.row + r.rows - n, r.col, n, r.cols };
	draw_title(a, s, r);
	body = (struct rect){ r.row + 1, r.col, r.rows - 1 - n, r.cols };
	if (body.rows > BODY_MIN + 1) {
		body.row++;
		body.rows -= 2;
	}
	draw_body(a, s, body);
	a->options_row = n > 1 ? bottom.row - all.row : -1;
	if (a->error != NULL && body.rows > 0)
		surface_text_cut(s, body.row + body.rows - 1, r.col, r.cols,
		    str_from(a->error), STYLE(ROLE_ERROR), false);
	if (bottom.row > r.row || r.rows == 1)
		draw_answers(a, s, bottom);
}

static const char *
approval_hints(struct view *v)
{
	const struct approval *a = of(v);

	if (a->stage == WRITE_REASON)
		return "Enter send · Esc back";
	if (a->stage == WRITE_RULE)
		return "Enter keep the rule · Esc back";
	if (!armed(a) && a->passed_on)
		return "answer when you have stopped typing";
	if (a->stage == SENT || !armed(a))
		return "…";
	return a->body.count > (size_t)a->body_rows ?
	    "PgUp PgDn scroll · Esc no" : "Esc no";
}

static void
approval_destroy(struct view *v)
{
	struct approval *a = of(v);

	app_forget(v->app, a);
	json_destroy(a->waiting);
	field_release(&a->field);
	lines_release(&a->body);
	colors_destroy(a->colors.colors);
	free(a->rule);
	free(a->error);
	free(a);
}

static const struct view_ops approval_ops = {
	.name = "approval", .place = VIEW_DOCKED, .context = CONTEXT_APPROVAL,
	.rows = approval_rows, .draw = approval_draw, .key = approval_key,
	.paste = approval_paste, .mouse = approval_mouse,
	.hints = approval_hints, .destroy = approval_destroy,
};

/* --- public -------------------------------------------------------------- */

void
approval_ask(struct app *app, const struct json *event)
{
	struct view *open = app_find(app, &approval_ops);
	struct approval *a;

	if (open != NULL) {
		json_add(of(open)->waiting, json_copy(event));
		redraw(of(open));
		return;
	}
	a = mem_new(struct approval);
	*a = (struct approval){ .view = { .ops = &approval_ops, .app = app },
		.waiting = json_new_array(), .field = FIELD_INIT,
		.body = LINES_INIT, .options_row = -1,
		.colors = { .done = true,
		    .colors = colors_create(app, colors_came, a) } };
	json_add(a->waiting, json_copy(event));
	show_first(a);
	app_push(app, &a->view);
}

void
approval_resolved(struct app *app, const struct json *event)
{
	struct view *open = app_find(app, &approval_ops);
	struct str call = json_get_str(event, "call_id");
	struct approval *a = open != NULL ? of(open) : NULL;
	struct json *kept;
	bool first = true, was_shown = false;

	if (a == NULL)
		return;
	kept = json_new_array();
	for (const struct json *i = json_first(a->waiting); i;
	    i = json_next(i)) {
		if (!str_eq(json_get_str(i, "call_id"), call))
			json_add(kept, json_copy(i));
		else if (first)
			was_shown = true;
		first = false;
	}
	json_destroy(a->waiting);
	a->waiting = kept;
	if (json_count(kept) == 0)
		app_close(app, open);
	else if (was_shown)
		show_first(a);
	else
		redraw(a);
}

void
approval_clear(struct app *app)
{
	struct view *open = app_find(app, &approval_ops);

	if (open != NULL)
		app_close(app, open);
}
