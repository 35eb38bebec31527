/* The panel at the right; see panel.h. */
#include "tui/panel.h"

#include <stdio.h>

#include "base/units.h"
#include "tui/view/format.h"

/* From so many columns on it is worth its room; then a fourth, within
 * limits. */
enum { SCREEN_MIN = 100, COLS_MIN = 26, COLS_MAX = 44, MARGIN = 2 };

struct pen {
	struct surface *s;
	struct rect r; /* what is left, downwards */
};

int
panel_cols(int cols)
{
	int wanted = cols / 4;

	if (cols < SCREEN_MIN)
		return 0;
	return wanted < COLS_MIN ? COLS_MIN :
	    wanted > COLS_MAX	 ? COLS_MAX :
				   wanted;
}

static bool
next_row(struct pen *p)
{
	p->r.row++;
	p->r.rows--;
	return p->r.rows > 0;
}

static void
heading(struct pen *p, const char *text)
{
	if (p->r.rows < 2)
		return;
	surface_text_cut(p->s, p->r.row, p->r.col, p->r.cols, str_from(text),
	    STYLE_FLAGS(ROLE_HEADING, STYLE_BOLD), false);
	next_row(p);
}

static void
draw_plan(struct pen *p, const struct facts *f)
{
	static const struct {
		const char *status, *mark;
		enum style_role mark_role, role;
	} looks[] = {
		{ "done", "✓", ROLE_SUCCESS, ROLE_MUTED },
		{ "in_progress", "▸", ROLE_ACCENT, ROLE_TEXT },
		{ "pending", "○", ROLE_MUTED, ROLE_TEXT },
	};

	if (json_count(f->plan) == 0)
		return;
	heading(p, "Plan");
	for (const struct json *i = json_first(f->plan); i && p->r.rows > 0;
	    i = json_next(i)) {
		size_t look = ARRAY_LEN(looks) - 1;

		for (size_t k = 0; k < ARRAY_LEN(looks); k++)
			if (str_eq_c(json_get_str(i, "status"),
			    looks[k].status))
				look = k;
		surface_text(p->s, p->r.row, p->r.col, p->r.cols,
		    str_from(looks[look].mark), STYLE(looks[look].mark_role));
		surface_text_cut(p->s, p->r.row, p->r.col + 2, p->r.cols - 2,
		    json_get_str(i, "title"), STYLE(looks[look].role), false);
		next_row(p);
	}
	next_row(p);
}

static void
draw_file(struct pen *p, const struct json *file)
{
	int64_t added = json_get_int(file, "added", 0);
	int64_t removed = json_get_int(file, "removed", 0);
	char plus[32] = "", minus[32] = "";
	int cols;

	if (added > 0)
		snprintf(plus, sizeof(plus), " +%lld", (long long)added);
	if (removed > 0)
		snprintf(minus, sizeof(minus), " -%lld", (long long)removed);
	cols = p->r.cols - (int)(strlen(plus) + strlen(minus));
	surface_text_cut(p->s, p->r.row, p->r.col, cols, json_key(file),
	    STYLE(ROLE_TEXT), true);
	surface_text(p->s, p->r.row, p->r.col + cols, (int)strlen(plus),
	    str_from(plus), STYLE(ROLE_ADDED));
	surface_text(p->s, p->r.row, p->r.col + cols + (int)strlen(plus),
	    (int)strlen(minus), str_from(minus), STYLE(ROLE_REMOVED));
	next_row(p);
}

static void
draw_files(struct pen *p, const struct facts *f)
{
	size_t left = json_count(f->files);

	if (left == 0)
		return;
	heading(p, "Files");
	for (const struct json *i = json_first(f->files); i && p->r.rows > 0;
	    i = json_next(i), left--) {
		if (p->r.rows == 1 && left > 1) {
			surface_printf(p->s, p->r.row, p->r.col, p->r.cols,
			    STYLE(ROLE_MUTED), "%zu more", left);
			next_row(p);
			return;
		}
		draw_file(p, i);
	}
	next_row(p);
}

/* "tools                 2.2k" */
static void
draw_part(struct pen *p, const struct json *part)
{
	char count[FORMAT_SIZE];
	int cols;

	format_count(json_get_int(part, "tokens", 0), count);
	cols = (int)strlen(count);
	surface_text_cut(p->s, p->r.row, p->r.col, p->r.cols - cols - 1,
	    json_get_str(part, "name"), STYLE(ROLE_TEXT), false);
	surface_text(p->s, p->r.row, p->r.col + p->r.cols - cols, cols,
	    str_from(count), STYLE(ROLE_MUTED));
	next_row(p);
}

static void
draw_context(struct pen *p, const struct facts *f)
{
	char used[FORMAT_SIZE], limit[FORMAT_SIZE];
	int64_t bar;

	if (f->context_limit <= 0 || p->r.rows < 3)
		return;
	heading(p, "Context");
	bar = f->context_used >= f->context_limit ? p->r.cols :
	    (int64_t)((double)f->context_used * p->r.cols /
		(double)f->context_limit);
	for (int i = 0; i < p->r.cols; i++)
		surface_text(p->s, p->r.row, p->r.col + i, 1, STR("━"),
		    STYLE(i < bar ? ROLE_ACCENT : ROLE_BORDER));
	next_row(p);
	format_count(f->context_used, used);
	format_count(f->context_limit, limit);
	surface_printf(p->s, p->r.row, p->r.col, p->r.cols, STYLE(ROLE_MUTED),
	    "%s of %s tokens", used, limit);
	next_row(p);
	for (const struct json *i = json_first(f->context); i &&
	    p->r.rows > 0; i = json_next(i))
		draw_part(p, i);
}

void
panel_draw(const struct facts *facts, struct surface *s, struct rect r)
{
	struct pen pen = { s, { r.row + 1, r.col + MARGIN, r.rows - 1,
	    r.cols - 2 * MARGIN } };

	if (r.rows < 3 || pen.r.cols < 8)
		return;
	draw_plan(&pen, facts);
	draw_files(&pen, facts);
	draw_context(&pen, facts);
	if (pen.r.row == r.row + 1)
		surface_text_cut(s, pen.r.row, pen.r.col, pen.r.cols,
		    STR("Nothing changed yet"), STYLE(ROLE_MUTED), false);
}
