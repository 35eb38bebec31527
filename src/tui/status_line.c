/* The line at the bottom; see status_line.h. Each fact is a segment with a
 * rank; segments of the lowest rank go first when the line is too narrow. */
#include "tui/status_line.h"

#include <stdio.h>

#include "base/units.h"
#include "tui/transcript/words.h"

enum { SEGMENT_TEXT = 320, SEGMENTS_MAX = 12, GAP = 3, MARGIN = 2 };

struct segment {
	char text[SEGMENT_TEXT];
	struct style style;
	int rank;	/* 0: dropped last */
	int min_cols;	/* may be cut down to these; 0: not at all */
	bool right;	/* stands at the right */
	bool list;	/* of parts with " · " between: cut there */
};

struct segments {
	struct segment items[SEGMENTS_MAX];
	size_t n;
};

static struct segment *
add(struct segments *s, enum style_role role, int rank, bool right)
{
	struct segment *g = &s->items[s->n++];

	*g = (struct segment){ .style = STYLE(role), .rank = rank,
		.right = right };
	return g;
}

static enum style_role
mode_role(const char *mode)
{
	static const struct {
		const char *name;
		enum style_role role;
	} modes[] = {
		{ "plan", ROLE_MODE_PLAN },
		{ "ask", ROLE_MODE_ASK },
		{ "edit", ROLE_MODE_EDIT },
		{ "auto", ROLE_MODE_AUTO },
	};

	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		if (strcmp(mode, modes[i].name) == 0)
			return modes[i].role;
	return ROLE_MUTED;
}

static void
add_mode(struct segments *s, const struct facts *f)
{
	struct segment *g;

	if (f->mode[0] == '\0')
		return;
	g = add(s, mode_role(f->mode), 0, false);
	g->style.flags = STYLE_BOLD;
	snprintf(g->text, sizeof(g->text), "%s", f->mode);
}

static void
add_running(struct segments *s, const struct facts *f, int64_t now_ms)
{
	int64_t seconds = (now_ms - f->run_started_ms) / 1000;
	struct segment *g;
	char time[WORDS_SIZE];

	if (!f->running)
		return;
	if (seconds < 0)
		seconds = 0;
	g = add(s, f->stopping ? ROLE_WARNING : ROLE_ACCENT, 1, false);
	g->min_cols = 24;
	snprintf(g->text, sizeof(g->text), "%s %s",
	    words_duration(seconds * 1000, time),
	    f->stopping ? "stopping" : f->activity);
}

static void
add_str(struct segments *s, struct str text, enum style_role role, int rank,
    int min_cols)
{
	struct segment *g;

	if (text.len == 0)
		return;
	g = add(s, role, rank, false);
	g->min_cols = min_cols;
	snprintf(g->text, sizeof(g->text), "%.*s", STR_ARG(text));
}

/* What keys do in a view comes before branch, cost and the like. */
static void
add_hints(struct segments *s, struct str hints, enum style_role role,
    int cols)
{
	int least = (int)width_of(hints);

	least = least < 60 ? least : 60;
	least = least < cols - 20 ? least : cols - 20;
	add_str(s, hints, role, 1, least > 8 ? least : 8);
}

static void
add_model(struct segments *s, const struct facts *f)
{
	bool effort = f->effort[0] != '\0' && strcmp(f->effort, "default") != 0;
	struct segment *g;

	if (f->model[0] == '\0')
		return;
	g = add(s, ROLE_TEXT, 2, true);
	g->min_cols = 20; /* whole names, of most models */
	snprintf(g->text, sizeof(g->text), "%s%s%s", f->model,
	    effort ? "·" : "", effort ? f->effort : "");
}

static void
add_context(struct segments *s, const struct facts *f)
{
	int64_t percent;
	struct segment *g;

	if (f->context_limit <= 0)
		return;
	percent = (int64_t)((double)f->context_used * 100 /
	    (double)f->context_limit);
	g = add(s, percent >= 90 ? ROLE_ERROR :
	    percent >= 75	 ? ROLE_WARNING :
				   ROLE_MUTED, 3, true);
	snprintf(g->text, sizeof(g->text), "%lld%%", (long long)percent);
}

static void
add_cost(struct segments *s, const struct facts *f)
{
	double usd = (double)f->session_cost_microusd / 1e6;
	struct segment *g;

	if (f->session_cost_microusd <= 0)
		return;
	g = add(s, ROLE_MUTED, 5, true);
	snprintf(g->text, sizeof(g->text), usd < 0.1 ? "$%.3f" : "$%.2f", usd);
}

static void
add_branch(struct segments *s, const struct facts *f)
{
	struct segment *g;

	if (f->branch[0] == '\0')
		return;
	g = add(s, ROLE_MUTED, 4, true);
	g->min_cols = 8;
	if (f->dirty > 0)
		snprintf(g->text, sizeof(g->text), "%s ±%d", f->branch,
		    f->dirty);
	else
		snprintf(g->text, sizeof(g->text), "%s", f->branch);
}

static void
add_rest(struct segments *s, const struct facts *f)
{
	struct segment *g;

	if (f->shells > 0) {
		g = add(s, ROLE_ACCENT, 6, true);
		snprintf(g->text, sizeof(g->text), "%d shell%s", f->shells,
		    f->shells == 1 ? "" : "s");
	}
	if (f->index[0] != '\0') {
		g = add(s, ROLE_MUTED, 7, true);
		snprintf(g->text, sizeof(g->text), "%s", f->index);
	}
}

static int
cols_of(const struct segment *g)
{
	return (int)width_of(str_from(g->text));
}

static int
cols_of_all(const struct segments *s)
{
	int cols = s->n > 0 ? GAP * ((int)s->n - 1) : 0;

	for (size_t i = 0; i < s->n; i++)
		cols += cols_of(&s->items[i]);
	return cols;
}

static void
drop(struct segments *s, size_t at)
{
	memmove(&s->items[at], &s->items[at + 1],
	    (--s->n - at) * sizeof(s->items[0]));
}

static size_t
least(const struct segments *s)
{
	size_t at = 0;

	for (size_t i = 1; i < s->n; i++)
		if (s->items[i].rank > s->items[at].rank)
			at = i;
	return at;
}

/* How much of a segment can be cut off without making it useless. */
static int
slack(const struct segment *g)
{
	int cols = cols_of(g);

	return g->min_cols > 0 && cols > g->min_cols ? cols - g->min_cols : 0;
}

static void
fit(struct segments *s, int cols)
{
	int spare = 0;

	for (size_t i = 0; i < s->n; i++)
		spare += slack(&s->items[i]);
	while (s->n > 1 && cols_of_all(s) - spare > cols) {
		size_t at = least(s);

		spare -= slack(&s->items[at]);
		drop(s, at);
	}
}

/* Columns of one segment when `*over` columns must go: the highest ranks of
 * those that can be cut give first. */
static void
share_cuts(const struct segments *s, int over, int *widths)
{
	for (size_t i = 0; i < s->n; i++)
		widths[i] = cols_of(&s->items[i]);
	while (over > 0) {
		size_t at = SIZE_MAX;
		int cut;

		for (size_t i = 0; i < s->n; i++)
			if (s->items[i].min_cols > 0 &&
			    widths[i] > s->items[i].min_cols &&
			    (at == SIZE_MAX ||
				s->items[i].rank >= s->items[at].rank))
				at = i;
		if (at == SIZE_MAX)
			return;
		cut = widths[at] - s->items[at].min_cols;
		cut = cut < over ? cut : over;
		widths[at] -= cut;
		over -= cut;
	}
}

/* So many whole parts of a list as fit. */
static struct str
whole_parts(struct str text, int cols)
{
	while (text.len > 0 && (int)width_of(text) > cols) {
		size_t cut = text.len;

		while (cut > 0 && !str_starts(str_sub(text, cut, SIZE_MAX),
		    STR(" · ")))
			cut--;
		text = str_sub(text, 0, cut);
	}
	return text;
}

static void
draw(const struct segments *s, struct surface *to, struct rect r)
{
	int widths[SEGMENTS_MAX], col = r.col, right = r.col + r.cols;

	share_cuts(s, cols_of_all(s) - r.cols, widths);
	for (size_t i = 0; i < s->n; i++)
		if (s->items[i].right)
			right -= widths[i] + GAP;
	right += GAP;
	for (size_t i = 0; i < s->n; i++) {
		const struct segment *g = &s->items[i];
		int *at = g->right ? &right : &col;
		struct str text = str_from(g->text);

		if (g->list)
			text = whole_parts(text, widths[i]);
		surface_text_cut(to, r.row, *at, widths[i], text, g->style,
		    false);
		*at += widths[i] + GAP;
	}
}

void
status_line_draw(const struct status_line *l, struct surface *s,
    struct rect r)
{
	struct segments all = { .n = 0 };
	const struct facts *f = l->facts;

	if (r.rows < 1)
		return;
	if (r.cols > 4 * MARGIN) {
		r.col += MARGIN;
		r.cols -= 2 * MARGIN;
	}
	add_mode(&all, f);
	add_running(&all, f, l->now_ms);
	add_hints(&all, l->reading, ROLE_ACCENT, r.cols);
	add_hints(&all, l->hints, ROLE_MUTED, r.cols);
	if (l->hints.len > 0)
		all.items[all.n - 1].list = true;
	/* The most volatile is nearest to the left of the right side. */
	add_rest(&all, f);
	add_branch(&all, f);
	add_cost(&all, f);
	add_context(&all, f);
	add_model(&all, f);
	fit(&all, r.cols);
	draw(&all, s, r);
}

int
status_line_wait_ms(const struct facts *f, int64_t now_ms)
{
	int64_t since = now_ms - f->run_started_ms;

	if (!f->running)
		return -1;
	return since < 0 ? 1000 : (int)(1000 - since % 1000);
}
