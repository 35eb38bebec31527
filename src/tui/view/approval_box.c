/* How the box for approvals looks: a title, what it is about, the answers, and
 * what to leave out where there is little room. */
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/view/approval_body.h"
#include "tui/view/approval_inner.h"

enum { MARGIN = 2, BODY_MIN = 3, TITLE_ROWS = 2 };

static void
lay_out(struct approval *a, int width)
{
	if (a->width == width)
		return;
	lines_clear(&a->body);
	a->width = width;
	approval_body(approval_shown(a), width, a->rule_is_edited ? NULL :
	    json_get(approval_shown(a), "always"), &a->colors, &a->body);
	colors_flush(a->colors.colors);
}

static int
option_count(const struct approval *a)
{
	int n = 0;

	for (int i = 0; i < ANSWERS; i++)
		n += approval_can_answer(a, (enum approval_answer)i);
	return n;
}

int
approval_rows(struct view *v, int cols, int most)
{
	struct approval *a = approval_of(v);
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

	used = surface_text_cut(s, r.row, r.col, r.cols,
	    title_of(approval_shown(a)), STYLE_FLAGS(ROLE_WARNING, STYLE_BOLD),
	    false);
	surface_text_cut(s, r.row, r.col + used + 2, r.cols - used - 2,
	    json_get_str(approval_shown(a), "name"), STYLE(ROLE_MUTED), false);
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
	bool on = which == a->chosen && approval_is_armed(a);
	size_t rules = json_count(json_get(approval_shown(a), "always"));
	int used = RULE_COL;

	if (on)
		surface_text(s, r.row, r.col, 1, STR("›"),
		    STYLE_FLAGS(ROLE_ACCENT, STYLE_BOLD));
	surface_printf(s, r.row, r.col + TEXT_COL, r.cols - TEXT_COL,
	    STYLE_FLAGS(approval_is_armed(a) ? ROLE_TEXT : ROLE_MUTED,
		on ? STYLE_BOLD : 0), "%d %s", which + 1,
	    approval_answers[which].text);
	if (r.cols > LETTER_COL)
		surface_text(s, r.row, r.col + LETTER_COL, 1,
		    str_from(approval_answers[which].letter),
		    STYLE(ROLE_ACCENT));
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
		const char *word = i == NO_REASON ? "why" :
		    approval_answers[i].decision;

		if (!approval_can_answer(a, (enum approval_answer)i))
			continue;
		/* Half an answer says nothing. */
		if (col + 2 + (int)strlen(word) > r.col + r.cols)
			break;
		col += surface_printf(s, r.row, col, r.col + r.cols - col,
		    STYLE_FLAGS(ROLE_ACCENT, i == a->chosen ? STYLE_BOLD : 0),
		    "%s", approval_answers[i].letter);
		col += surface_printf(s, r.row, col, r.col + r.cols - col,
		    STYLE(i == a->chosen ? ROLE_TEXT : ROLE_MUTED), " %s  ",
		    word);
	}
}

static void
draw_answers(struct approval *a, struct surface *s, struct rect r)
{
	int row = r.row;

	if (a->stage == WRITE_REASON || a->stage == WRITE_RULE) {
		draw_field(a, s, r);
	} else if (!approval_is_armed(a) && r.rows == 1) {
		draw_paused(a, s, r);
	} else if (r.rows < option_count(a)) {
		draw_short(a, s, r);
	} else {
		for (int i = 0; i < ANSWERS; i++) {
			if (!approval_can_answer(a, (enum approval_answer)i))
				continue;
			draw_option(a, i, s,
			    (struct rect){ row++, r.col, 1, r.cols });
		}
		if (!approval_is_armed(a) && row < r.row + r.rows)
			draw_paused(a, s, (struct rect){ row, r.col, 1,
			    r.cols });
	}
}

void
approval_draw(struct view *v, struct surface *s, struct rect r)
{
	struct approval *a = approval_of(v);
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
