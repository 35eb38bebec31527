/* A question with one line as its answer; see prompt.h. */
#include "tui/view/prompt.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "tui/app.h"
#include "tui/view/field.h"

enum { MARGIN = 2 };

struct prompt {
	struct view view;
	struct field field;
	char *title, *note, *ghost;
	bool (*done)(struct app *app, struct str text, void *ctx);
	void *ctx;
	void (*release)(void *ctx);
};

static struct prompt *
of(struct view *v)
{
	return (struct prompt *)v;
}

static char *
clean(struct str text)
{
	CLEANUP_BUF struct buf line = BUF_INIT(64 * KIB);

	term_text_line(text, &line);
	return str_dup(buf_str(&line));
}

static int
prompt_rows(struct view *v, int cols, int most)
{
	int rows = of(v)->note[0] != '\0' ? 4 : 3;

	return rows < most ? rows : most;
}

static void
prompt_draw(struct view *v, struct surface *s, struct rect r)
{
	struct prompt *p = of(v);
	int left = r.cols > 20 ? MARGIN : 0;
	int cols = r.cols - 2 * left, used;

	if (r.rows > 2) {
		r.row++;
		r.rows--;
	}
	r.col += left;
	used = surface_text_cut(s, r.row, r.col, cols, str_from(p->title),
	    STYLE_FLAGS(ROLE_HEADING, STYLE_BOLD), false);
	if (r.rows == 1) {
		r.col += used + 1;
		cols -= used + 1;
	} else {
		r.row++;
	}
	surface_text(s, r.row, r.col, 2, STR("› "), STYLE(ROLE_ACCENT));
	field_draw(&p->field, s, (struct rect){ r.row, r.col + 2, 1,
	    cols - 2 }, str_from(p->ghost), true);
	if (r.rows > 2)
		surface_text_cut(s, r.row + 1, r.col + 2, cols - 2,
		    str_from(p->note), STYLE(ROLE_MUTED), false);
}

static bool
prompt_key(struct view *v, const struct key *key, enum action action)
{
	struct prompt *p = of(v);

	if (action == ACTION_FORM_CANCEL || key->code == SYM_ESCAPE) {
		app_close(v->app, v);
		return true;
	}
	if (action == ACTION_FORM_SEND || key->code == SYM_ENTER) {
		if (p->done(v->app, str_trim(field_text(&p->field)), p->ctx))
			app_close(v->app, v);
		return true;
	}
	if (!field_key(&p->field, key))
		return false;
	app_damage(v->app, PART_VIEWS);
	return true;
}

static void
prompt_paste(struct view *v, struct str text)
{
	field_insert(&of(v)->field, text);
	app_damage(v->app, PART_VIEWS);
}

static const char *
prompt_hints(struct view *v)
{
	return "Enter ok · Esc cancel";
}

static void
prompt_destroy(struct view *v)
{
	struct prompt *p = of(v);

	if (p->release != NULL)
		p->release(p->ctx);
	field_release(&p->field);
	free(p->title);
	free(p->note);
	free(p->ghost);
	free(p);
}

static const struct view_ops prompt_ops = {
	.name = "prompt", .place = VIEW_DOCKED, .context = CONTEXT_FORM,
	.over_page = true,
	.rows = prompt_rows, .draw = prompt_draw, .key = prompt_key,
	.paste = prompt_paste, .hints = prompt_hints,
	.destroy = prompt_destroy,
};

void
prompt_open(struct app *app, const struct prompt_opts *opts)
{
	struct prompt *p = mem_new(struct prompt);

	*p = (struct prompt){ .view = { .ops = &prompt_ops, .app = app },
		.field = FIELD_INIT, .title = clean(str_from(opts->title)),
		.note = clean(str_from(opts->note)),
		.ghost = clean(opts->ghost), .done = opts->done,
		.ctx = opts->ctx, .release = opts->release };
	field_set(&p->field, opts->text);
	app_push(app, &p->view);
}
