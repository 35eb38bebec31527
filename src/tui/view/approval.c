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
#include "tui/view/approval_inner.h"

enum { PAUSE_MS = 400 };

const struct approval_answer_row approval_answers[ANSWERS] = {
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
	enum approval_answer answer;
} letters[] = {
	{ 'y', ONCE }, { '1', ONCE }, { 'a', SESSION }, { 's', SESSION },
	{ '2', SESSION }, { 'p', ALWAYS }, { '3', ALWAYS }, { 'n', NO },
	{ 'd', NO }, { '4', NO }, { 'r', NO_REASON }, { '5', NO_REASON },
};

static const struct view_ops approval_ops;

struct approval *
approval_of(struct view *v)
{
	return (struct approval *)v;
}

const struct json *
approval_shown(const struct approval *a)
{
	return json_first(a->waiting);
}

bool
approval_is_armed(const struct approval *a)
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

	if (!approval_is_armed(a))
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

bool
approval_can_answer(const struct approval *a, enum approval_answer answer)
{
	if (answer == SESSION || answer == ALWAYS)
		return !is_secret(approval_shown(a)) && a->rule[0] != '\0';
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
	a->rule = rule_text(approval_shown(a));
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
reply_with(struct approval *a, enum approval_answer answer, struct str reason)
{
	const struct json *event = approval_shown(a);
	struct json *args = json_new_object();

	json_set_str(args, "call_id", json_get_str(event, "call_id"));
	json_set_str(args, "decision",
	    str_from(approval_answers[answer].decision));
	if (reason.len > 0)
		json_set_str(args, "reason", reason);
	if (answer == ALWAYS && a->rule_is_edited)
		json_set(args, "always", rule_list(str_from(a->rule)));
	a->stage = SENT;
	app_request_session(a->view.app, "run.answer", args, on_answered, a);
	redraw(a);
}

static void
answer_with(struct approval *a, enum approval_answer answer)
{
	if (!approval_can_answer(a, answer))
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
	if (!approval_can_answer(a, ALWAYS))
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
	while (!approval_can_answer(a, (enum approval_answer)a->chosen));
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
		if (action != approval_answers[i].action)
			continue;
		answer_with(a, (enum approval_answer)i);
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
		answer_with(a, (enum approval_answer)a->chosen);
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
	struct approval *a = approval_of(v);

	if (a->stage == WRITE_REASON || a->stage == WRITE_RULE)
		return write_key(a, key);
	if (a->stage == SENT)
		return key->code != SYM_ESCAPE && key_is_text(key);
	/* Interrupting, quitting and the like work at any time. */
	if (action != ACTION_NONE &&
	    action_table[action].context == CONTEXT_GLOBAL)
		return false;
	if (!approval_is_armed(a)) {
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
	struct approval *a = approval_of(v);

	if (a->stage == WRITE_REASON || a->stage == WRITE_RULE)
		field_insert(&a->field, text);
	else
		composer_paste(app_composer(v->app), text);
	redraw(a);
}

static bool
approval_mouse(struct view *v, const struct mouse *mouse, int row, int col)
{
	struct approval *a = approval_of(v);
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
		if (!approval_can_answer(a, (enum approval_answer)i))
			continue;
		if (at-- != 0)
			continue;
		/* A click may land here by chance: it only chooses. */
		if (a->chosen == i)
			answer_with(a, (enum approval_answer)i);
		a->chosen = i;
		redraw(a);
		return true;
	}
	return false;
}

/* --- the view ------------------------------------------------------------ */

static const char *
approval_hints(struct view *v)
{
	const struct approval *a = approval_of(v);

	if (a->stage == WRITE_REASON)
		return "Enter send · Esc back";
	if (a->stage == WRITE_RULE)
		return "Enter keep the rule · Esc back";
	if (!approval_is_armed(a) && a->passed_on)
		return "answer when you have stopped typing";
	if (a->stage == SENT || !approval_is_armed(a))
		return "…";
	return a->body.count > (size_t)a->body_rows ?
	    "PgUp PgDn scroll · Esc no" : "Esc no";
}

static void
approval_destroy(struct view *v)
{
	struct approval *a = approval_of(v);

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
		json_add(approval_of(open)->waiting, json_copy(event));
		redraw(approval_of(open));
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
	struct approval *a = open != NULL ? approval_of(open) : NULL;
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
