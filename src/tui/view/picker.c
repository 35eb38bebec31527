/* What all pickers share; see picker.h. */
#include "tui/view/picker.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/text/wrap.h"
#include "tui/view/view_request.h"

enum {
	MARGIN = 2,
	DOCKED_MAX = 14,   /* rows of a docked list */
	ROOMY = 12,	   /* rows from which a docked one has air below */
	PREVIEW_MIN = 90,  /* columns from which the preview is beside */
	BELOW_MIN = 14,	   /* rows from which it can be below */
	BELOW_LIST_MIN = 3,
};

static struct picker *
of(struct view *v)
{
	return (struct picker *)v;
}

/* --- data ---------------------------------------------------------------- */

static void
set_error(struct picker *p, const struct json *error)
{
	view_keep_error(error, &p->error, &p->hint);
}

static void
moved(struct picker *p)
{
	p->preview_is_old = true;
	if (p->ops->moved != NULL)
		p->ops->moved(p, list_chosen(&p->list));
	app_damage(p->view.app, PART_VIEWS | PART_STATUS);
}

void
picker_fill(struct picker *p)
{
	list_clear(&p->list);
	p->ops->fill(p);
	list_settle(&p->list);
	moved(p);
}

static void
on_reply(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct picker *p = ctx;

	p->loading = false;
	set_error(p, status != 0 ? reply : NULL);
	if (status == 0) {
		json_destroy(p->data);
		p->data = json_copy(reply);
		picker_fill(p);
	}
	app_damage(app, PART_VIEWS | PART_COMPOSER);
}

void
picker_request(struct picker *p, const char *operation, struct json *args,
    bool session)
{
	p->loading = true;
	view_request(p->view.app, operation, args, session, on_reply, p);
}

static void
on_done(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct picker *p = ctx;

	set_error(p, status != 0 ? reply : NULL);
	if (status == 0)
		picker_reload(p);
	app_damage(app, PART_VIEWS | PART_STATUS);
}

void
picker_do(struct picker *p, const char *operation, struct json *args,
    bool session)
{
	view_request(p->view.app, operation, args, session, on_done, p);
}

void
picker_reload(struct picker *p)
{
	p->ops->load(p);
	app_damage(p->view.app, PART_VIEWS | PART_STATUS);
}

struct picker *
picker_find(struct app *app, const struct picker_ops *ops)
{
	struct view *v = app_find(app, &ops->view);

	return v == NULL ? NULL : of(v);
}

struct picker *
picker_open(struct app *app, const struct picker_ops *ops)
{
	return picker_open_with(app, ops, NULL);
}

struct picker *
picker_open_with(struct app *app, const struct picker_ops *ops, void *own)
{
	struct picker *p;

	if (app_find(app, &ops->view) != NULL)
		return NULL;
	p = mem_new(struct picker);
	*p = (struct picker){ .view = { .ops = &ops->view, .app = app },
		.ops = ops, .list = LIST_INIT, .preview = LINES_INIT,
		.own = own };
	memcpy(p->list.columns, ops->columns, sizeof(p->list.columns));
	p->list.no_filter = ops->no_filter;
	p->list.as_added = ops->as_added;
	app_push(app, &p->view);
	ops->load(p);
	return p;
}

void
picker_close(struct picker *p)
{
	app_close(p->view.app, &p->view);
}

void
picker_destroy(struct view *v)
{
	struct picker *p = of(v);

	app_forget(v->app, p);
	if (p->ops->release != NULL)
		p->ops->release(p);
	list_release(&p->list);
	lines_release(&p->preview);
	colors_destroy(p->colors.colors);
	json_destroy(p->data);
	free(p->error);
	free(p->hint);
	free(p);
}

/* --- keys ---------------------------------------------------------------- */

static bool
take(struct picker *p, enum list_result result)
{
	switch (result) {
	case LIST_IGNORED:
		return false;
	case LIST_MOVED:
		moved(p);
		return true;
	case LIST_TAKEN:
		if (p->ops->choose != NULL)
			p->ops->choose(p, list_chosen(&p->list));
		return true;
	case LIST_CLOSED:
		picker_close(p);
		return true;
	}
	return false;
}

bool
picker_view_key(struct view *v, const struct key *key, enum action action)
{
	struct picker *p = of(v);

	for (const struct picker_key *k = p->ops->keys; k && k->run; k++) {
		if (key->code != k->key.code || key->mods != k->key.mods)
			continue;
		k->run(p, list_chosen(&p->list));
		return true;
	}
	if (p->list.no_filter && action == ACTION_NONE && key->code == 'q' &&
	    key->mods == 0)
		action = ACTION_LIST_CLOSE;
	return take(p, list_key(&p->list, key, action));
}

void
picker_paste(struct view *v, struct str text)
{
	list_paste(&of(v)->list, text);
	moved(of(v));
}

bool
picker_mouse(struct view *v, const struct mouse *mouse, int row, int col)
{
	struct picker *p = of(v);

	if (row < p->list_rect.row ||
	    row >= p->list_rect.row + p->list_rect.rows ||
	    col >= p->list_rect.col + p->list_rect.cols)
		return false;
	return take(p, list_mouse(&p->list, mouse, row - p->list_rect.row));
}

void
picker_event(struct view *v, const struct json *event)
{
	struct picker *p = of(v);

	if (p->ops->event != NULL)
		p->ops->event(p, event);
}

const char *
picker_hints(struct view *v)
{
	struct picker *p = of(v);
	const char *choose = p->choose_hint ? p->choose_hint :
					      p->ops->choose_hint;
	size_t len = 0, size = sizeof(p->hints);

	p->hints[0] = '\0';
	if (choose != NULL && list_chosen(&p->list) != NULL)
		len += (size_t)snprintf(p->hints, size, "Enter %s · ",
		    choose);
	for (const struct picker_key *k = p->ops->keys; k && k->run; k++)
		if (k->hint != NULL && len < size)
			len += (size_t)snprintf(p->hints + len, size - len,
			    "%s · ", k->hint);
	if (len < size)
		snprintf(p->hints + len, size - len, "Esc close");
	return p->hints;
}

/* --- drawing ------------------------------------------------------------- */

int
picker_rows(struct view *v, int cols, int most)
{
	struct picker *p = of(v);
	int rows = (int)p->list.n_shown;

	if (p->list.n == 0 || rows < 1)
		rows = 2; /* of what is said instead */
	if (rows > DOCKED_MAX)
		rows = DOCKED_MAX;
	rows += 3; /* a blank, the title, a blank */
	rows += most >= ROOMY; /* and one below */
	return rows < most ? rows : most;
}

static void
draw_title(struct picker *p, struct surface *s, struct rect r)
{
	size_t all = list_count(&p->list, false);
	size_t shown = list_count(&p->list, true);
	int used = surface_text_cut(s, r.row, r.col, r.cols,
	    str_from(p->title ? p->title : p->ops->title),
	    STYLE_FLAGS(ROLE_HEADING, STYLE_BOLD), false);
	char count[48] = "";
	int cols;

	if (p->loading)
		snprintf(count, sizeof(count), "…");
	else if (shown != all)
		snprintf(count, sizeof(count), "%zu of %zu", shown, all);
	else if (all > 0)
		snprintf(count, sizeof(count), "%zu", all);
	cols = (int)width_of(str_from(count));
	if (used + 4 + cols < r.cols)
		surface_text(s, r.row, r.col + r.cols - cols, cols,
		    str_from(count), STYLE(ROLE_MUTED));
	r.col += used + 2;
	r.cols -= used + 4 + cols;
	list_draw_filter(&p->list, s, r,
	    str_from(p->ops->ghost ? p->ops->ghost : "type to filter"));
}

/* What is said instead of rows. */
static bool
draw_state(struct picker *p, struct surface *s, struct rect r)
{
	CLEANUP_LINES struct lines text = LINES_INIT;
	struct wrap_opts opts = { .width = r.cols, .style = STYLE(ROLE_MUTED) };

	if (p->error != NULL) {
		opts.style = STYLE(ROLE_ERROR);
		wrap_text(str_from(p->error), &opts, &text);
		opts.style = STYLE(ROLE_MUTED);
		if (p->hint != NULL)
			wrap_text(str_from(p->hint), &opts, &text);
	} else if (p->list.n == 0 && !p->loading &&
	    field_text(&p->list.filter).len > 0) {
		wrap_text(STR("Nothing fits the filter."), &opts, &text);
	} else if (p->list.n == 0) {
		wrap_text(p->loading ? STR("Reading…") :
		    str_from(p->ops->empty ? p->ops->empty :
					     "There is nothing here."),
		    &opts, &text);
	} else if (p->list.n_shown == 0) {
		wrap_text(STR("Nothing fits the filter."), &opts, &text);
	}
	for (size_t i = 0; i < text.count && (int)i < r.rows; i++)
		surface_line(s, r.row + (int)i, r.col, r.cols, &text, i);
	return text.count > 0;
}

static void
colors_came(struct app *app, void *owner)
{
	struct picker *p = owner;

	p->preview_is_old |= p->colors.wants;
	p->colors.wants = false;
	app_damage(app, PART_VIEWS);
}

struct colors_user *
picker_colors(struct picker *p)
{
	if (p->colors.colors == NULL)
		p->colors = (struct colors_user){ .done = true,
			.colors = colors_create(p->view.app, colors_came, p) };
	return &p->colors;
}

static void
draw_preview(struct picker *p, struct surface *s, struct rect r)
{
	const struct list_item *item = list_chosen(&p->list);

	if (p->preview_is_old || p->preview_cols != r.cols) {
		lines_clear(&p->preview);
		if (item != NULL)
			p->ops->preview(p, item, r.cols, &p->preview);
		p->preview_cols = r.cols;
		p->preview_is_old = false;
		if (p->colors.colors != NULL)
			colors_flush(p->colors.colors);
	}
	for (int i = 0; i < r.rows && (size_t)i < p->preview.count; i++)
		surface_line(s, r.row + i, r.col, r.cols, &p->preview,
		    (size_t)i);
}

/* Both return what is left for the list: what it needs, within limits. All
 * rows count, also those that do not fit the filter: nothing moves while one
 * types. */
static struct rect
draw_beside(struct picker *p, struct surface *s, struct rect body)
{
	struct rect side = body;
	int least = body.cols * 3 / 10, most = body.cols * 11 / 20;
	int cols = list_cols(&p->list, most);
	size_t tall;

	cols = cols < least ? least : cols;
	side.col += cols + 3;
	side.cols -= cols + 3;
	draw_preview(p, s, side);
	/* As long as what it parts. */
	tall = p->preview.count > p->list.n_shown ? p->preview.count :
						    p->list.n_shown;
	for (int i = 0; i < body.rows && (size_t)i < tall; i++)
		surface_text(s, body.row + i, side.col - 2, 1, STR("│"),
		    STYLE(ROLE_BORDER));
	body.cols = cols;
	return body;
}

static struct rect
draw_below(struct picker *p, struct surface *s, struct rect body)
{
	struct rect low = body;
	int most = body.rows - body.rows * 2 / 5 - 1;
	int rows = (int)(p->list.n < (size_t)most ? p->list.n : (size_t)most);

	rows = rows < BELOW_LIST_MIN ? BELOW_LIST_MIN : rows;
	low.rows = body.rows - rows - 1;
	low.row += body.rows - low.rows;
	body.rows -= low.rows + 1;
	if (list_chosen(&p->list) == NULL)
		return body;
	surface_rule(s, low.row - 1, low.col, low.cols, STYLE(ROLE_BORDER));
	draw_preview(p, s, low);
	return body;
}

void
picker_draw(struct view *v, struct surface *s, struct rect r)
{
	struct picker *p = of(v);
	struct rect body = r;

	if (r.cols > 20) {
		body.col += MARGIN;
		body.cols -= 2 * MARGIN;
	}
	if (body.rows > 4) {
		body.row++;
		body.rows--;
	}
	draw_title(p, s, body);
	if (body.rows > 3) {
		body.row++;
		body.rows--;
	}
	body.row++;
	body.rows--;
	if (body.rows > DOCKED_MAX && v->ops->place == VIEW_DOCKED)
		body.rows = DOCKED_MAX;
	if (body.rows < 1)
		return;
	if (p->ops->preview != NULL && body.cols >= PREVIEW_MIN)
		body = draw_beside(p, s, body);
	else if (p->ops->preview != NULL && body.rows >= BELOW_MIN)
		body = draw_below(p, s, body);
	p->list_rect = (struct rect){ body.row - r.row, body.col - r.col,
		body.rows, body.cols };
	if (!draw_state(p, s, body))
		list_draw(&p->list, s, body);
}
