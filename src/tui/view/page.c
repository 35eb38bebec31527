/* Views that are text; see page.h. */
#include "tui/view/page.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "base/units.h"
#include "base/width.h"
#include "tui/app.h"
#include "tui/text/markdown.h"
#include "tui/text/wrap.h"
#include "tui/view/view_request.h"

enum {
	MARGIN = 2,
	DOCKED_MAX = 16, /* rows of a docked page */
	ROOMY = 12,	 /* rows from which it has air below */
};

static struct page *
of(struct view *v)
{
	return (struct page *)v;
}

/* --- data ---------------------------------------------------------------- */

static void
set_error(struct page *p, const struct json *error)
{
	view_keep_error(error, &p->error, &p->hint);
}

void
page_relayout(struct page *p)
{
	p->width = 0;
	app_damage(p->view.app, PART_VIEWS);
}

static void
on_reply(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct page *p = ctx;

	p->loading = false;
	set_error(p, status != 0 ? reply : NULL);
	if (status == 0) {
		json_destroy(p->data);
		p->data = json_copy(reply);
	}
	page_relayout(p);
}

void
page_request(struct page *p, const char *operation, struct json *args,
    bool session)
{
	p->loading = true;
	view_request(p->view.app, operation, args, session, on_reply, p);
}

static void
on_done(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct page *p = ctx;

	set_error(p, status != 0 ? reply : NULL);
	if (status == 0)
		page_reload(p);
	page_relayout(p);
}

void
page_do(struct page *p, const char *operation, struct json *args,
    bool session)
{
	view_request(p->view.app, operation, args, session, on_done, p);
}

void
page_reload(struct page *p)
{
	if (p->ops->load != NULL)
		p->ops->load(p);
	page_relayout(p);
}

struct page *
page_open(struct app *app, const struct page_ops *ops, void *own)
{
	struct page *p;

	if (app_find(app, &ops->view) != NULL)
		return NULL;
	p = mem_new(struct page);
	*p = (struct page){ .view = { .ops = &ops->view, .app = app },
		.ops = ops, .lines = LINES_INIT, .search = FIELD_INIT,
		.hit = SIZE_MAX, .own = own };
	app_push(app, &p->view);
	page_reload(p);
	return p;
}

void
page_close(struct page *p)
{
	app_close(p->view.app, &p->view);
}

void
page_destroy(struct view *v)
{
	struct page *p = of(v);

	app_forget(v->app, p);
	if (p->ops->release != NULL)
		p->ops->release(p);
	lines_release(&p->lines);
	field_release(&p->search);
	json_destroy(p->data);
	free(p->error);
	free(p->hint);
	free(p->title);
	colors_destroy(p->colors.colors);
	free(p);
}

void
page_event(struct view *v, const struct json *event)
{
	struct page *p = of(v);

	if (p->ops->event != NULL)
		p->ops->event(p, event);
}

/* --- for build() --------------------------------------------------------- */

static void
colors_came(struct app *app, void *owner)
{
	struct page *p = owner;

	if (p->colors.wants)
		page_relayout(p);
	p->colors.wants = false;
}

struct colors_user *
page_colors(struct page *p)
{
	if (p->colors.colors == NULL)
		p->colors = (struct colors_user){ .done = true,
			.colors = colors_create(p->view.app, colors_came, p) };
	return &p->colors;
}

void
page_text(struct lines *out, int width, struct str text,
    enum style_role role)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * MIB);
	struct wrap_opts opts = { .width = width, .style = STYLE(role),
		.source = LINE_NO_SOURCE };

	term_text(text, &clean);
	wrap_text(buf_str(&clean), &opts, out);
}

void
page_markdown(struct lines *out, int width, struct str text,
    struct colors_user *colors)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * MIB);
	struct markdown_opts opts = { .width = width, .ctx = colors,
		.highlight = colors != NULL ? colors_fill : NULL };
	struct markdown *md = markdown_create(&opts);
	const struct lines *lines;

	term_text(text, &clean);
	markdown_feed(md, buf_str(&clean));
	markdown_finish(md);
	lines = markdown_lines(md);
	lines_append(out, lines, 0, lines->count);
	markdown_destroy(md);
}

void
page_heading(struct lines *out, const char *text)
{
	if (out->count > 0)
		lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	lines_put(out, str_from(text),
	    STYLE_FLAGS(ROLE_HEADING, STYLE_BOLD));
}

void
page_pair(struct lines *out, int width, int name_cols, const char *name,
    struct str value, enum style_role role)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * MIB);
	CLEANUP_LINES struct lines text = LINES_INIT;
	struct wrap_opts opts = { .width = width - name_cols,
		.style = STYLE(role), .source = LINE_NO_SOURCE };

	if (opts.width < 8)
		opts.width = 8;
	if (value.len == 0 && name[0] != '\0')
		value = STR("–");
	term_text(value, &clean);
	wrap_text(buf_str(&clean), &opts, &text);
	/* A name that is too long for its column has a line of its own. */
	if ((int)width_of(str_from(name)) >= name_cols) {
		lines_put(out, str_from(name), STYLE(ROLE_MUTED));
		name = "";
	}
	for (size_t i = 0; i < text.count; i++) {
		struct str left = i == 0 ? str_from(name) : STR_NONE;
		int pad = name_cols - (int)width_of(left);
		const struct line *line = &text.lines[i];

		lines_begin(out, 0);
		lines_add(out, left, STYLE(ROLE_MUTED), LINE_NO_SOURCE);
		for (; pad > 0; pad--)
			lines_add(out, STR(" "), STYLE(ROLE_MUTED),
			    LINE_NO_SOURCE);
		for (size_t k = 0; k < line->count; k++)
			lines_add(out, lines_piece_text(&text,
			    &text.pieces[line->first + k]), STYLE(role),
			    LINE_NO_SOURCE);
		lines_end(out);
	}
}

/* --- keys ---------------------------------------------------------------- */

static size_t
last_top(const struct page *p)
{
	size_t rows = p->rows > 0 ? (size_t)p->rows : 1;

	return p->lines.count > rows ? p->lines.count - rows : 0;
}

static void
scroll(struct page *p, ptrdiff_t by)
{
	ptrdiff_t to = (ptrdiff_t)p->top + by;

	if (to > (ptrdiff_t)last_top(p))
		to = (ptrdiff_t)last_top(p);
	p->top = to < 0 ? 0 : (size_t)to;
	p->follow = p->follow && by > 0;
	app_damage(p->view.app, PART_VIEWS);
}

void
page_show(struct page *p, size_t line)
{
	size_t rows = p->rows > 0 ? (size_t)p->rows : 1;

	/* Near the upper edge, so that what belongs to it follows. */
	if (line < p->top || line + rows / 2 >= p->top + rows)
		p->top = line > 2 ? line - 2 : 0;
	if (p->top > last_top(p))
		p->top = last_top(p);
	app_damage(p->view.app, PART_VIEWS);
}

static bool
line_has(const struct page *p, size_t line, struct str word)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);

	lines_text(&p->lines, line, &text);
	for (size_t i = 0; i + word.len <= text.len; i++)
		if (str_eq_nocase(str_sub(buf_str(&text), i, word.len), word))
			return true;
	return false;
}

/* The next line with the word, going round. */
static void
find(struct page *p, size_t from, bool forwards)
{
	struct str word = field_text(&p->search);
	size_t n = p->lines.count;

	p->hit = SIZE_MAX;
	for (size_t i = 0; word.len > 0 && i < n; i++) {
		size_t at = forwards ? (from + i) % n :
				       (from + n - i) % n;

		if (!line_has(p, at, word))
			continue;
		p->hit = at;
		if (at < p->top || at >= p->top + (size_t)p->rows)
			p->top = at > (size_t)p->rows / 2 ?
			    at - (size_t)p->rows / 2 : 0;
		if (p->top > last_top(p))
			p->top = last_top(p);
		break;
	}
	app_damage(p->view.app, PART_VIEWS);
}

static void
find_next(struct page *p, bool forwards)
{
	size_t n = p->lines.count;
	size_t from = p->hit == SIZE_MAX ? p->top : p->hit;

	if (n > 0)
		find(p, forwards ? (from + 1) % n : (from + n - 1) % n,
		    forwards);
}

static bool
search_key(struct page *p, const struct key *key)
{
	if (key->code == SYM_ENTER || key->code == SYM_ESCAPE) {
		p->searching = false;
		if (key->code == SYM_ESCAPE)
			field_set(&p->search, STR_NONE);
		find(p, p->top, true);
		return true;
	}
	if (!field_key(&p->search, key))
		return true;
	find(p, p->top, true);
	return true;
}

static bool
move_key(struct page *p, enum action action)
{
	ptrdiff_t page = p->rows > 2 ? p->rows - 2 : 1;
	ptrdiff_t all = (ptrdiff_t)p->lines.count;
	const struct {
		enum action action;
		ptrdiff_t by;
	} moves[] = {
		{ ACTION_LINE_UP, -1 },
		{ ACTION_LINE_DOWN, 1 },
		{ ACTION_HALF_UP, -page / 2 - 1 },
		{ ACTION_HALF_DOWN, page / 2 + 1 },
		{ ACTION_PAGE_UP, -page },
		{ ACTION_PAGE_DOWN, page },
		{ ACTION_SCROLL_UP, -page },
		{ ACTION_SCROLL_DOWN, page },
		{ ACTION_TOP, -all },
		{ ACTION_BOTTOM, all },
	};

	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		if (action != moves[i].action)
			continue;
		scroll(p, moves[i].by);
		return true;
	}
	return false;
}

bool
page_view_key(struct view *v, const struct key *key, enum action action)
{
	struct page *p = of(v);

	if (p->searching)
		return search_key(p, key);
	for (const struct page_key *k = p->ops->keys; k && k->run; k++) {
		if (key->code != k->key.code || key->mods != k->key.mods)
			continue;
		k->run(p);
		return true;
	}
	if (move_key(p, action))
		return true;
	switch (action) {
	case ACTION_SEARCH:
		p->searching = true;
		field_set(&p->search, STR_NONE);
		app_damage(v->app, PART_VIEWS);
		return true;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_PREVIOUS:
		find_next(p, action == ACTION_SEARCH_NEXT);
		return true;
	case ACTION_LEAVE:
		page_close(p);
		return true;
	default:
		if (key->code != SYM_ESCAPE && key->code != 'q')
			return false;
		page_close(p);
		return true;
	}
}

bool
page_mouse(struct view *v, const struct mouse *mouse, int row, int col)
{
	if (mouse->action != MOUSE_WHEEL_UP &&
	    mouse->action != MOUSE_WHEEL_DOWN)
		return false;
	scroll(of(v), mouse->action == MOUSE_WHEEL_UP ? -3 : 3);
	return true;
}

const char *
page_hints(struct view *v)
{
	struct page *p = of(v);
	size_t len = 0, size = sizeof(p->hints);

	p->hints[0] = '\0';
	for (const struct page_key *k = p->ops->keys; k && k->run; k++)
		if (k->hint != NULL && len < size)
			len += (size_t)snprintf(p->hints + len, size - len,
			    "%s · ", k->hint);
	if (len < size)
		snprintf(p->hints + len, size - len, "/ search · Esc close");
	return p->hints;
}

/* --- drawing ------------------------------------------------------------- */

static void
lay_out(struct page *p, int width)
{
	if (p->width == width)
		return;
	lines_clear(&p->lines);
	p->hit = SIZE_MAX;
	p->width = width;
	if (p->error != NULL) {
		page_text(&p->lines, width, str_from(p->error), ROLE_ERROR);
		if (p->hint != NULL)
			page_text(&p->lines, width, str_from(p->hint),
			    ROLE_MUTED);
	} else if (p->loading && p->data == NULL) {
		lines_put(&p->lines, STR("Reading…"), STYLE(ROLE_MUTED));
	} else {
		p->ops->build(p, width, &p->lines);
	}
	if (p->lines.open)
		lines_end(&p->lines);
	if (p->colors.colors != NULL)
		colors_flush(p->colors.colors);
}

int
page_rows(struct view *v, int cols, int most)
{
	struct page *p = of(v);
	int rows;

	lay_out(p, cols > 20 ? cols - 2 * MARGIN : cols);
	rows = (int)p->lines.count;
	if (rows > DOCKED_MAX)
		rows = DOCKED_MAX;
	rows += 3 + (most >= ROOMY); /* a blank, the title, blanks */
	return rows < most ? rows : most;
}

static void
draw_title(const struct page *p, struct surface *s, struct rect r)
{
	char where[48] = "";
	int cols, used;

	used = surface_text_cut(s, r.row, r.col, r.cols,
	    str_from(p->title ? p->title : p->ops->title),
	    STYLE_FLAGS(ROLE_HEADING, STYLE_BOLD), false);
	if (p->searching) {
		struct rect field = { r.row, r.col + used + 3, 1,
			r.cols - used - 3 };

		surface_text(s, r.row, r.col + used + 2, 1, STR("/"),
		    STYLE(ROLE_ACCENT));
		field_draw(&p->search, s, field, STR("search"), true);
		return;
	}
	if (p->lines.count > (size_t)p->rows)
		snprintf(where, sizeof(where), "%zu%%", p->top == last_top(p) ?
		    (size_t)100 : p->top * 100 / last_top(p));
	cols = (int)width_of(str_from(where));
	if (used + cols + 2 < r.cols)
		surface_text(s, r.row, r.col + r.cols - cols, cols,
		    str_from(where), STYLE(ROLE_MUTED));
}

void
page_draw(struct view *v, struct surface *s, struct rect r)
{
	struct page *p = of(v);
	struct rect body = r;

	if (r.cols > 20) {
		body.col += MARGIN;
		body.cols -= 2 * MARGIN;
	}
	lay_out(p, body.cols);
	if (body.rows > 4) {
		body.row++;
		body.rows--;
	}
	p->rows = body.rows > 3 ? body.rows - 2 : body.rows - 1;
	if (p->follow || p->top > last_top(p))
		p->top = last_top(p);
	draw_title(p, s, body);
	body.row += body.rows - p->rows;
	for (int i = 0; i < p->rows; i++) {
		size_t at = p->top + (size_t)i;
		struct rect row = { body.row + i, body.col, 1, body.cols };

		if (at >= p->lines.count)
			break;
		surface_line(s, row.row, row.col, row.cols, &p->lines, at);
		if (p->mark != 0 && p->lines.lines[at].tag == p->mark &&
		    body.col > r.col)
			surface_text(s, row.row, body.col - 2, 1, STR("▌"),
			    STYLE(ROLE_ACCENT));
		if (at == p->hit)
			surface_tint(s, row, ROLE_MATCH);
	}
}
