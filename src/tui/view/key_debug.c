/* /keymap debug: what the terminal really sent for each key, what friday reads
 * in it and what it would do. No key does anything here; Esc leaves. */
#include <stdlib.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/view/views.h"

enum { ROWS = 12, MARGIN = 2, RAW_COLS = 18, KEY_COLS = 17, BYTES_SHOWN = 16 };

struct seen {
	char raw[BYTES_SHOWN * 4 + 8], key[64], action[128];
};

struct key_debug {
	struct view view;
	struct seen seen[ROWS]; /* the newest last */
	int n;
};

static struct key_debug *
of(struct view *v)
{
	return (struct key_debug *)v;
}

/* "ESC [ 1 ; 5 C" reads better than bytes alone; what is not ASCII is told in
 * hexadecimal. */
static void
escape(struct str raw, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < raw.len && i < BYTES_SHOWN; i++) {
		unsigned char c = (unsigned char)raw.ptr[i];
		const char *form = c == 0x1b ? "\\e" : c == '\\' ? "\\\\" :
		    c < 0x20 || c >= 0x7f ? "\\x%02x" : "%c";

		if (len + 5 < size)
			len += (size_t)snprintf(out + len, size - len, form,
			    c);
	}
	if (raw.len > BYTES_SHOWN)
		snprintf(out + len, size - len, "…");
}

static struct seen *
add(struct key_debug *d, struct str raw)
{
	struct seen *s;

	if (d->n == ROWS)
		memmove(&d->seen[0], &d->seen[1],
		    (ROWS - 1) * sizeof(d->seen[0]));
	else
		d->n++;
	s = &d->seen[d->n - 1];
	*s = (struct seen){ .raw = "" };
	escape(raw, s->raw, sizeof(s->raw));
	app_damage(d->view.app, PART_VIEWS);
	return s;
}

static void
name_action(struct key_debug *d, const struct key *key, struct seen *s)
{
	struct key_chord chord = { .keys = { *key }, .count = 1 };
	enum action action = ACTION_NONE;

	switch (keymap_find(app_keymap(d->view.app), CONTEXT_INPUT, &chord,
	    &action)) {
	case KEYMAP_ACTION:
		snprintf(s->action, sizeof(s->action), "%s: %s",
		    action_table[action].name, action_table[action].meaning);
		break;
	case KEYMAP_MORE:
		snprintf(s->action, sizeof(s->action), "begins two keys");
		break;
	case KEYMAP_NONE:
		snprintf(s->action, sizeof(s->action), "%s",
		    key_is_text(key) ? "text" : "nothing");
		break;
	}
}

static bool
debug_key(struct view *v, const struct key *key, enum action action)
{
	struct key_debug *d = of(v);
	struct seen *s;

	if (key->code == SYM_ESCAPE && key->mods == 0) {
		app_close(v->app, v);
		return true;
	}
	s = add(d, app_raw(v->app));
	key_print(key, s->key);
	name_action(d, key, s);
	return true;
}

static void
debug_paste(struct view *v, struct str text)
{
	struct seen *s = add(of(v), text);

	snprintf(s->key, sizeof(s->key), "paste");
	snprintf(s->action, sizeof(s->action), "%zu bytes of text", text.len);
}

static bool
debug_mouse(struct view *v, const struct mouse *mouse, int row, int col)
{
	static const char *const names[] = { [MOUSE_PRESS] = "press",
		[MOUSE_RELEASE] = "release", [MOUSE_DRAG] = "drag",
		[MOUSE_WHEEL_UP] = "wheel up", [MOUSE_WHEEL_DOWN] =
		"wheel down" };
	struct seen *s = add(of(v), STR_NONE);

	snprintf(s->key, sizeof(s->key), "mouse %s", names[mouse->action]);
	snprintf(s->action, sizeof(s->action),
	    "button %d at row %d, column %d", mouse->button, mouse->row + 1,
	    mouse->col + 1);
	return true;
}

static int
debug_rows(struct view *v, int cols, int most)
{
	int rows = ROWS + 5;

	return rows < most ? rows : most;
}

static void
draw_row(const struct seen *s, bool head, struct surface *to, struct rect r)
{
	int raw = r.cols >= 70 ? RAW_COLS : r.cols / 3;
	int key = r.cols >= 70 ? KEY_COLS : r.cols / 3;

	surface_text_cut(to, r.row, r.col, raw - 1, str_from(s->raw),
	    STYLE(head ? ROLE_MUTED : ROLE_CODE), false);
	surface_text_cut(to, r.row, r.col + raw, key - 1, str_from(s->key),
	    STYLE(head ? ROLE_MUTED : ROLE_ACCENT), false);
	surface_text_cut(to, r.row, r.col + raw + key, r.cols - raw - key,
	    str_from(s->action), STYLE(head ? ROLE_MUTED : ROLE_TEXT), false);
}

static void
debug_draw(struct view *v, struct surface *s, struct rect r)
{
	static const struct seen head = { "sent", "read as", "means" };
	struct key_debug *d = of(v);
	int first, rows;

	if (r.cols > 20) {
		r.col += MARGIN;
		r.cols -= 2 * MARGIN;
	}
	surface_text_cut(s, r.row + 1, r.col, r.cols,
	    STR("Press keys to see what the terminal sends"),
	    STYLE_FLAGS(ROLE_HEADING, STYLE_BOLD), false);
	rows = r.rows - 5;
	first = d->n > rows ? d->n - rows : 0;
	if (d->n > 0 && rows > 0)
		draw_row(&head, true, s, (struct rect){ r.row + 3, r.col, 1,
		    r.cols });
	for (int i = first; i < d->n; i++)
		draw_row(&d->seen[i], false, s, (struct rect){
		    r.row + 4 + i - first, r.col, 1, r.cols });
}

static const char *
debug_hints(struct view *v)
{
	return "Esc close";
}

static void
debug_destroy(struct view *v)
{
	free(of(v));
}

static const struct view_ops debug_ops = {
	.name = "key-debug", .place = VIEW_DOCKED, .context = CONTEXT_INPUT,
	.every_key = true, .rows = debug_rows, .draw = debug_draw,
	.key = debug_key, .paste = debug_paste, .mouse = debug_mouse,
	.hints = debug_hints, .destroy = debug_destroy,
};

void
view_key_debug(struct app *app)
{
	struct key_debug *d;

	if (app_find(app, &debug_ops) != NULL)
		return;
	d = mem_new(struct key_debug);
	d->view = (struct view){ .ops = &debug_ops, .app = app };
	app_push(app, &d->view);
}
