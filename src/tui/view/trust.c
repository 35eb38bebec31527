/* The question for a folder that brings its own settings, commands or skills:
 * until they are trusted they can only narrow what is allowed. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "base/units.h"
#include "tui/app.h"
#include "tui/text/wrap.h"
#include "tui/view/views.h"

enum { MARGIN = 2 };

struct trust {
	struct view view;
	struct json *reply; /* of trust.get */
	void (*then)(struct app *app, void *owner);
	void *owner;
	struct lines text;
	int width;
	int chosen; /* 0 no, 1 yes */
	bool sent, asked;
};

static const struct view_ops trust_ops;

static struct trust *
of(struct view *v)
{
	return (struct trust *)v;
}

static void
go_on(struct trust *t)
{
	struct app *app = t->view.app;
	void (*then)(struct app *app, void *owner) = t->then;
	void *owner = t->owner;

	if (t->asked) {
		app_close(app, &t->view);
	} else {
		app_forget(app, t);
		t->view.ops->destroy(&t->view);
	}
	then(app, owner);
}

static void
on_reloaded(struct app *app, int status, const struct json *reply, void *ctx)
{
	if (status != 0)
		app_toast_error(app, reply);
	go_on(ctx);
}

static void
on_set(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct trust *t = ctx;

	if (status != 0)
		app_toast_error(app, reply);
	if (status == 0 && t->chosen == 1)
		app_request(app, "config.reload", NULL, on_reloaded, t);
	else
		go_on(t);
}

static void
answer(struct trust *t, bool trusted)
{
	struct json *args = json_new_object();

	t->chosen = trusted;
	t->sent = true;
	json_set_bool(args, "trusted", trusted);
	app_request(t->view.app, "trust.set", args, on_set, t);
}

/* --- the view ------------------------------------------------------------ */

static void
add(struct trust *t, const char *first, struct str text, enum style_role role)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);
	struct wrap_opts opts = { .width = t->width, .style = STYLE(role),
		.first = str_from(first), .others = str_from(first),
		.prefix_style = STYLE(ROLE_MUTED), .source = LINE_NO_SOURCE };

	term_text_line(text, &clean);
	wrap_text(buf_str(&clean), &opts, &t->text);
}

static void
lay_out(struct trust *t, int width)
{
	struct str ignored = json_get_str(t->reply, "ignored");

	if (t->width == width)
		return;
	t->width = width;
	lines_clear(&t->text);
	lines_put(&t->text, STR_NONE, STYLE(ROLE_TEXT));
	if (ignored.len > 0) {
		add(t, "", STR("It brings settings of its own:"), ROLE_TEXT);
		add(t, "  ", json_get_str(t->reply, "file"), ROLE_CODE);
		add(t, "  ", ignored, ROLE_CODE);
	}
	if (json_count(json_get(t->reply, "foreign")) > 0)
		add(t, "", STR("It brings commands or skills:"), ROLE_TEXT);
	for (const struct json *i = json_first(json_get(t->reply,
	    "foreign")); i; i = json_next(i))
		add(t, "  ", json_str(i), ROLE_CODE);
	lines_put(&t->text, STR_NONE, STYLE(ROLE_TEXT));
	add(t, "", STR("Until you trust them, settings can only narrow what "
	    "is allowed. You are asked again when they change."), ROLE_MUTED);
}

static int
trust_rows(struct view *v, int cols, int most)
{
	struct trust *t = of(v);
	int rows;

	lay_out(t, cols > 20 ? cols - 2 * MARGIN : cols);
	rows = (int)t->text.count + 6;
	return rows < most ? rows : most;
}

static void
trust_draw(struct view *v, struct surface *s, struct rect r)
{
	static const char *const options[] = { "n  No, not now",
		"y  Yes, trust it as it is now" };
	struct trust *t = of(v);
	struct rect all = r;
	int left = r.cols > 20 ? MARGIN : 0, text_rows;

	r.col += left;
	r.cols -= 2 * left;
	lay_out(t, r.cols);
	if (r.rows > 6) {
		surface_rule(s, r.row, all.col, all.cols, STYLE(ROLE_BORDER));
		r.row++;
		r.rows--;
	}
	surface_text_cut(s, r.row, r.col, r.cols, STR("Trust this folder?"),
	    STYLE_FLAGS(ROLE_WARNING, STYLE_BOLD), false);
	text_rows = r.rows - 4;
	for (int i = 0; i < text_rows && (size_t)i < t->text.count; i++)
		surface_line(s, r.row + 1 + i, r.col, r.cols, &t->text,
		    (size_t)i);
	for (int i = 0; i < 2 && r.rows > 2; i++) {
		struct rect row = { r.row + r.rows - 2 + i, r.col, 1, r.cols };

		if (i == t->chosen)
			surface_text(s, row.row, row.col, 1, STR("›"),
			    STYLE_FLAGS(ROLE_ACCENT, STYLE_BOLD));
		surface_text_cut(s, row.row, row.col + 2, r.cols - 2,
		    str_from(options[i]), STYLE_FLAGS(ROLE_TEXT,
		    i == t->chosen ? STYLE_BOLD : 0), false);
		if (i == t->chosen)
			surface_tint(s, row, ROLE_SELECTION);
	}
}

static bool
trust_key(struct view *v, const struct key *key, enum action action)
{
	struct trust *t = of(v);

	if (t->sent || key->mods != 0)
		return key_is_text(key);
	switch (key->code) {
	case 'y':
		answer(t, true);
		return true;
	case 'n':
	case SYM_ESCAPE:
		answer(t, false);
		return true;
	case SYM_ENTER:
		answer(t, t->chosen == 1);
		return true;
	case SYM_UP:
	case SYM_DOWN:
	case SYM_TAB:
		t->chosen = !t->chosen;
		app_damage(v->app, PART_VIEWS);
		return true;
	default:
		return key_is_text(key);
	}
}

static const char *
trust_hints(struct view *v)
{
	return "y trust · n not now";
}

static void
trust_destroy(struct view *v)
{
	struct trust *t = of(v);

	app_forget(v->app, t);
	json_destroy(t->reply);
	lines_release(&t->text);
	free(t);
}

static const struct view_ops trust_ops = {
	.name = "trust", .place = VIEW_DOCKED, .context = CONTEXT_FORM,
	.rows = trust_rows, .draw = trust_draw, .key = trust_key,
	.hints = trust_hints, .destroy = trust_destroy,
};

static void
on_get(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct trust *t = ctx;

	if (status != 0 || json_get_bool(reply, "answered", true) ||
	    (json_get_str(reply, "ignored").len == 0 &&
		json_count(json_get(reply, "foreign")) == 0)) {
		go_on(t);
		return;
	}
	t->reply = json_copy(reply);
	t->asked = true;
	app_push(app, &t->view);
}

void
trust_check(struct app *app, void (*then)(struct app *app, void *owner),
    void *owner)
{
	struct trust *t = mem_new(struct trust);

	*t = (struct trust){ .view = { .ops = &trust_ops, .app = app },
		.then = then, .owner = owner, .text = LINES_INIT };
	app_request(app, "trust.get", NULL, on_get, t);
}
