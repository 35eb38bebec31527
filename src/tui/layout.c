/* Where the parts stand, and frames.
 *
 *	transcript            | panel
 *	toast, when there is one; at the foot of the transcript
 *	input, or the docked view
 *	status line
 *
 * Where there is little room, parts go in this order: panel, toast, status
 * line; the input keeps one row to the last. */
#include "base/clock.h"
#include "tui/inner.h"
#include "tui/panel.h"
#include "tui/text/wrap.h"

enum {
	STATUS_FROM = 4,   /* rows of the screen */
	TOAST_FROM = 6,
	TOAST_ROWS_MAX = 4,
	MARGIN = 2,
	TRANSCRIPT_MIN = 3, /* rows that a high input leaves */
};

static int
at_least(int value, int least)
{
	return value < least ? least : value;
}

/* The view that is on top of its kind. */
static struct view *
top_view(const struct app *app, enum view_place place)
{
	return app->views != NULL && app->views->ops->place == place ?
	    app->views :
	    NULL;
}

/* The page that one came from, while one writes what it asked for. */
static struct view *
page_under(const struct app *app)
{
	const struct view *top = app->views;

	return top != NULL && top->ops->place == VIEW_DOCKED &&
	    top->ops->over_page && top->below != NULL &&
	    top->below->ops->place == VIEW_FULL ? top->below : NULL;
}

static int
bottom_rows(struct app *app, const struct layout *l, int cols, int most)
{
	int rows;

	if (l->docked == NULL)
		rows = composer_rows(app->composer, cols, most);
	else if (l->docked->ops->rows != NULL)
		rows = l->docked->ops->rows(l->docked, cols, most);
	else
		rows = most;
	if (rows > most)
		rows = most;
	return at_least(rows, 1);
}

/* An error may take more than a row to say. */
static void
wrap_toast(const struct app *app, int cols, struct lines *out)
{
	static const enum style_role roles[] = {
		[TOAST_INFO] = ROLE_MUTED,
		[TOAST_WARNING] = ROLE_WARNING,
		[TOAST_ERROR] = ROLE_ERROR,
	};
	struct wrap_opts opts = { .width = at_least(cols - 2 * MARGIN, 1),
		.style = STYLE(roles[app->toast_level]),
		.source = LINE_NO_SOURCE, .lines_max = TOAST_ROWS_MAX };

	wrap_text(str_from(app->toast), &opts, out);
}

static struct rect
place_toast(const struct app *app, int row, int cols)
{
	CLEANUP_LINES struct lines text = LINES_INIT;
	int rows;

	wrap_toast(app, cols, &text);
	rows = row > TOAST_FROM ? (int)text.count : 1;
	return (struct rect){ row - rows, 0, rows, cols };
}

static void
place(struct app *app, struct layout *l)
{
	int rows = surface_rows(app->surface);
	int cols = surface_cols(app->surface), row = rows;
	int panel = app->panel ? panel_cols(cols) : 0;

	*l = (struct layout){ .page = top_view(app, VIEW_FULL),
		.docked = top_view(app, VIEW_DOCKED),
		.under = page_under(app) };
	if (l->under != NULL)
		panel = 0;
	if (rows >= STATUS_FROM)
		l->status = (struct rect){ --row, 0, 1, cols };
	if (l->page != NULL) {
		if (app->toast[0] != '\0' && rows >= TOAST_FROM)
			l->toast = place_toast(app, row, cols);
		row -= l->toast.rows;
		l->bottom = (struct rect){ 0, 0, row, cols };
		return;
	}
	l->bottom.rows = bottom_rows(app, l, cols,
	    at_least(row - TRANSCRIPT_MIN, 1));
	row -= l->bottom.rows;
	l->bottom.row = row;
	l->bottom.cols = cols;
	if (app->toast[0] != '\0' && rows >= TOAST_FROM && row > 1)
		l->toast = place_toast(app, row, cols);
	row -= l->toast.rows;
	l->transcript = (struct rect){ 0, 0, row, cols - panel };
	if (l->toast.rows > 0 && l->under == NULL &&
	    transcript_has_foot(app->transcript, row + 1))
		l->transcript.rows++;
	if (panel > 0 && row > 0)
		l->panel = (struct rect){ 0, cols - panel, row, panel };
}

static bool
same_rect(struct rect a, struct rect b)
{
	return a.row == b.row && a.col == b.col && a.rows == b.rows &&
	    a.cols == b.cols;
}

static bool
same_layout(const struct layout *a, const struct layout *b)
{
	return same_rect(a->transcript, b->transcript) &&
	    same_rect(a->panel, b->panel) && same_rect(a->toast, b->toast) &&
	    same_rect(a->bottom, b->bottom) &&
	    same_rect(a->status, b->status) && a->page == b->page &&
	    a->docked == b->docked && a->under == b->under;
}

static bool
confine(struct app *app, struct rect r)
{
	if (r.rows <= 0 || r.cols <= 0)
		return false;
	surface_clip(app->surface, &r);
	return true;
}

static bool
begin(struct app *app, struct rect r)
{
	if (!confine(app, r))
		return false;
	surface_fill(app->surface, r, STYLE_ON(ROLE_TEXT, ROLE_BACKGROUND));
	return true;
}

static void
draw_toast(struct app *app)
{
	CLEANUP_LINES struct lines text = LINES_INIT;
	struct rect r = app->layout.toast;

	if (!begin(app, r))
		return;
	wrap_toast(app, r.cols, &text);
	for (int i = 0; i < r.rows && (size_t)i < text.count; i++)
		surface_line(app->surface, r.row + i, MARGIN,
		    at_least(r.cols - 2 * MARGIN, 1), &text, (size_t)i);
}

static void
draw_status(struct app *app)
{
	struct status_line line = { .facts = &app->facts,
		.now_ms = clock_now_ms() };

	if (!begin(app, app->layout.status))
		return;
	if (app->views != NULL && app->views->ops->hints != NULL)
		line.hints = str_from(app->views->ops->hints(app->views));
	line.reading = str_from(transcript_status(app->transcript));
	status_line_draw(&line, app->surface, app->layout.status);
}

static void
draw_bottom(struct app *app)
{
	const struct layout *l = &app->layout;
	struct view *v = l->page != NULL ? l->page : l->docked;

	if (v != NULL ? !begin(app, l->bottom) : !confine(app, l->bottom))
		return;
	surface_cursor(app->surface, -1, 0);
	if (v != NULL)
		v->ops->draw(v, app->surface, l->bottom);
	else
		composer_draw(app->composer, app->surface, l->bottom);
}

static void
draw_transcript(struct app *app)
{
	struct rect r = app->layout.transcript;

	if (!begin(app, r))
		return;
	transcript_draw(app->transcript, app->surface, r);
	if (transcript_is_empty(app->transcript) && begin(app, r))
		welcome_draw(app, r);
}

/* A page has its own cursor, so what is below is drawn after it. */
static void
draw_under(struct app *app)
{
	const struct layout *l = &app->layout;

	if (!(app->damage & (PART_TRANSCRIPT | PART_COMPOSER | PART_VIEWS)))
		return;
	app->damage |= PART_VIEWS;
	if (begin(app, l->transcript))
		l->under->ops->draw(l->under, app->surface, l->transcript);
}

static void
draw(struct app *app)
{
	const struct layout *l = &app->layout;
	struct layout now;

	/* The facts stand there too. */
	if ((app->damage & PART_STATUS) &&
	    transcript_is_empty(app->transcript))
		app->damage |= PART_TRANSCRIPT;
	place(app, &now);
	if (!same_layout(&now, l))
		app->damage = PART_ALL;
	app->layout = now;
	if (l->under != NULL)
		draw_under(app);
	else if (app->damage & PART_TRANSCRIPT)
		draw_transcript(app);
	if ((app->damage & PART_PANEL) && begin(app, l->panel))
		panel_draw(&app->facts, app->surface, l->panel);
	if (app->damage & (PART_COMPOSER | PART_VIEWS))
		draw_bottom(app);
	/* It may stand at the foot of the transcript. */
	if (app->damage == PART_ALL || (app->damage & PART_TRANSCRIPT))
		draw_toast(app);
	if (app->damage & PART_STATUS)
		draw_status(app);
	if (app->views == NULL && transcript_is_reading(app->transcript))
		transcript_place_cursor(app->transcript, app->surface);
	surface_clip(app->surface, NULL);
}

int
app_frame_wait_ms(const struct app *app)
{
	if (app->damage == 0 || app->child_fd >= 0)
		return -1;
	/* The terminal will say when it has taken the last frame. */
	if (terminal_is_behind(app->terminal))
		return -1;
	if (app->urgent)
		return 0;
	return clock_left_ms(app->painted_ms + FRAME_MS);
}

void
app_paint(struct app *app)
{
	if (app_frame_wait_ms(app) != 0)
		return;
	draw(app);
	app->damage = 0;
	app->urgent = false;
	painter_paint(app->painter, app->surface);
	app->painted_ms = clock_now_ms();
}

void
app_resize(struct app *app)
{
	int rows, cols;

	terminal_size(app->terminal, &rows, &cols);
	surface_resize(app->surface, rows, cols);
	painter_resize(app->painter, rows, cols);
	app_damage(app, PART_ALL);
}
