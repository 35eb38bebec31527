/* What an empty session shows: where one is, who answers, three ways to begin,
 * and the session that one may want to go on with. It is gone with the first
 * message. */
#include <stdlib.h>

#include "base/term_text.h"
#include "tui/inner.h"
#include "tui/view/format.h"

enum { MARGIN = 2, NAME_COLS = 9, LOOK_AT = 8 };

/* --- what is told -------------------------------------------------------- */

static void
on_sessions(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct welcome *w = &app->welcome;

	if (status != FRIDAY_OK)
		return;
	for (const struct json *i = json_first(json_get(reply, "sessions"));
	    i && w->title[0] == '\0'; i = json_next(i)) {
		CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);

		if (json_get_int(i, "messages", 0) == 0 ||
		    str_eq_c(json_get_str(i, "session"), app->session))
			continue;
		term_text_line(json_get_str(i, "title"), &clean);
		snprintf(w->title, sizeof(w->title), "%s",
		    clean.len > 0 ? buf_text(&clean) : "(no title)");
		format_age(json_get_str(i, "updated"), w->age);
	}
	app_damage(app, PART_TRANSCRIPT);
}

void
welcome_open(struct app *app, int64_t last_seq)
{
	struct json *args;

	app->welcome = (struct welcome){ .title = "" };
	if (last_seq > 0)
		return;
	args = json_new_object();
	json_set_int(args, "limit", LOOK_AT);
	json_set_bool(args, "here", true);
	app_request(app, "session.list", args, on_sessions, app->session);
}

/* --- drawing ------------------------------------------------------------- */

struct place {
	struct surface *s;
	struct rect r; /* what is left, downwards */
};

static bool
next_row(struct place *p)
{
	p->r.row++;
	return --p->r.rows > 0;
}

static void
draw_title(struct place *p)
{
	int used = surface_text(p->s, p->r.row, p->r.col, p->r.cols,
	    STR("friday"), STYLE_FLAGS(ROLE_HEADING, STYLE_BOLD));

	surface_text(p->s, p->r.row, p->r.col + used + 1,
	    p->r.cols - used - 1, STR(FRIDAY_VERSION), STYLE(ROLE_MUTED));
}

/* A name, and what it is; a path loses its beginning where it is long. */
static void
draw_fact(struct place *p, const char *name, struct str text, bool path)
{
	int cols = p->r.cols - NAME_COLS;

	surface_text(p->s, p->r.row, p->r.col, p->r.cols, str_from(name),
	    STYLE(ROLE_MUTED));
	if (cols > 0)
		surface_text_cut(p->s, p->r.row, p->r.col + NAME_COLS, cols,
		    text, STYLE(ROLE_TEXT), path);
}

static void
draw_folder(struct place *p, const struct facts *f)
{
	const char *home = getenv("HOME");
	struct str folder = str_from(f->folder);
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);

	if (home != NULL && home[0] != '\0' &&
	    str_starts(folder, str_from(home)) &&
	    (folder.len == strlen(home) || folder.ptr[strlen(home)] == '/')) {
		buf_add_char(&text, '~');
		folder = str_sub(folder, strlen(home), SIZE_MAX);
	}
	buf_add_str(&text, folder);
	term_text_line(buf_str(&text), &clean);
	draw_fact(p, "folder", buf_str(&clean), true);
}

static void
draw_model(struct place *p, const struct facts *f)
{
	CLEANUP_BUF struct buf text = BUF_INIT(8 * KIB);

	if (strcmp(f->provider, "offline") == 0)
		buf_add_cstr(&text,
		    "none: friday finds and explains code without one; "
		    "/model");
	else
		buf_printf(&text, "%s · %s", f->model, f->provider);
	draw_fact(p, "model", buf_str(&text), false);
}

static void
draw_hints(struct place *p)
{
	static const struct {
		const char *key, *meaning;
	} hints[] = {
		{ "/", "commands" },
		{ "@", "files" },
		{ "?", "keys and help" },
	};
	int col = p->r.col, end = p->r.col + p->r.cols;

	for (size_t i = 0; i < ARRAY_LEN(hints) && col < end; i++) {
		col += surface_text(p->s, p->r.row, col, end - col,
		    str_from(hints[i].key), STYLE_FLAGS(ROLE_ACCENT,
		    STYLE_BOLD)) + 1;
		col += surface_text(p->s, p->r.row, col, end - col,
		    str_from(hints[i].meaning), STYLE(ROLE_MUTED)) + 3;
	}
}

static void
draw_last(struct place *p, const struct welcome *w)
{
	CLEANUP_BUF struct buf text = BUF_INIT(KIB);
	int used = surface_text(p->s, p->r.row, p->r.col, p->r.cols,
	    STR("/resume"), STYLE_FLAGS(ROLE_ACCENT, STYLE_BOLD)) + 2;
	int age = w->age[0] != '\0' ? (int)strlen(w->age) + 3 : 0;

	if (p->r.cols - used - age < 8)
		return;
	used += surface_text_cut(p->s, p->r.row, p->r.col + used,
	    p->r.cols - used - age, str_from(w->title), STYLE(ROLE_TEXT),
	    false);
	if (age > 0)
		surface_printf(p->s, p->r.row, p->r.col + used, age,
		    STYLE(ROLE_MUTED), " · %s", w->age);
}

void
welcome_draw(struct app *app, struct rect r)
{
	const struct tui_opts *opts = app->opts;
	struct place p = { app->surface, { r.row, r.col + MARGIN, r.rows,
	    r.cols - 2 * MARGIN } };
	bool open = app->session[0] != '\0';

	/* Something else is about to stand here. */
	if (!open && (opts->resume != NULL || opts->last ||
	    opts->prompt != NULL))
		return;
	if (p.r.cols < 2 * NAME_COLS || !next_row(&p))
		return;
	draw_title(&p);
	if (!next_row(&p) || !next_row(&p))
		return;
	if (open && app->facts.folder[0] != '\0')
		draw_folder(&p, &app->facts);
	if (!next_row(&p))
		return;
	if (open && app->facts.model[0] != '\0')
		draw_model(&p, &app->facts);
	if (!next_row(&p) || !next_row(&p))
		return;
	draw_hints(&p);
	if (next_row(&p) && next_row(&p) && app->welcome.title[0] != '\0')
		draw_last(&p, &app->welcome);
}
