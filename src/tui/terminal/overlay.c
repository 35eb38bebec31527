/* See overlay.h. */
#include "tui/terminal/overlay.h"

#include "base/utf8.h"
#include "tui/terminal/pen.h"

/* What was sent of a row so far. */
struct drawing {
	const struct overlay *overlay;
	struct buf *out;
	bool at;     /* the cursor stands at the next cell */
	bool penned; /* style is set */
	struct style style;
	uint16_t link;
};

bool
overlay_is_plain(const struct cell *c, wchar_t out[OVERLAY_CHARACTERS + 1])
{
	enum { JOINER = 0x200d, VS16 = 0xfe0f, EMOJI = 0x1f000 };
	size_t at = 0, count = 0;

	while (at < c->len && count < OVERLAY_CHARACTERS) {
		uint32_t code;
		size_t len = utf8_decode(c->text + at, c->len - at, &code);

		if (len == 0 || code == JOINER || code == VS16 ||
		    code >= EMOJI ||
		    wcwidth((wchar_t)code) != (count == 0 ? c->columns : 0))
			return false;
		out[count++] = (wchar_t)code;
		at += len;
	}
	out[count] = L'\0';
	return at == c->len && count > 0;
}

static bool
is_plain(const struct cell *c)
{
	wchar_t text[OVERLAY_CHARACTERS + 1];

	return c->len == 1 || overlay_is_plain(c, text);
}

static bool
needs_drawing(const struct overlay *o, const struct cell *c)
{
	unsigned flags = c->style.flags |
	    (unsigned)o->theme->roles[c->style.role].flags;

	return c->link != 0 || (flags & STYLE_STRIKE) != 0 || !is_plain(c);
}

/* A URL goes into a sequence: only what cannot end it. */
static void
set_link(struct drawing *d, const struct surface *s, uint16_t link)
{
	const char *url = surface_link_url(s, link);

	if (link == d->link)
		return;
	if (d->link != 0)
		buf_add_cstr(d->out, "\033]8;;\033\\");
	d->link = link;
	if (url == NULL)
		return;
	for (const char *c = url; *c != '\0'; c++)
		if (*c <= ' ' || *c >= 0x7f)
			return;
	buf_printf(d->out, "\033]8;;%s\033\\", url);
}

static void
set_style(struct drawing *d, struct style style)
{
	const struct overlay *o = d->overlay;
	struct pen_colors pen;

	if (d->penned && memcmp(&d->style, &style, sizeof(style)) == 0)
		return;
	pen = pen_colors(o->theme, style, o->colors);
	pen_sgr(&pen, o->colors, d->out);
	d->style = style;
	d->penned = true;
}

/* Cells from the first up to the column `end`; `all`, or those that need it. */
static void
draw(const struct overlay *o, const struct surface *s, int row, int end,
    bool all, struct buf *out)
{
	const struct cell *cells = surface_row(s, row);
	struct drawing d = { .overlay = o, .out = out };

	for (int col = 0; col < end; col++) {
		const struct cell *c = &cells[col];

		if (c->columns == 0)
			continue;
		if (!all && !needs_drawing(o, c)) {
			d.at = false;
			continue;
		}
		set_link(&d, s, c->link);
		if (!d.at)
			buf_printf(out, "\033[%d;%dH", row + 1, col + 1);
		set_style(&d, c->style);
		buf_add(out, c->text, c->len);
		/* Whatever the terminal made of it, the next one starts where
		 * it belongs; and what it covered by too wide a picture comes
		 * again. */
		d.at = c->len == 1;
		all |= !is_plain(c);
	}
	set_link(&d, s, 0);
}

void
overlay_row(const struct overlay *o, const struct surface *s, int row,
    struct buf *out)
{
	draw(o, s, row, surface_cols(s), false, out);
}

/* Columns up to the last one that is not blank. */
static int
used_cols(const struct overlay *o, const struct surface *s, int row)
{
	const struct cell *cells = surface_row(s, row);
	const struct theme_style *roles = o->theme->roles;
	int end = surface_cols(s);

	for (; end > 0; end--) {
		const struct cell *c = &cells[end - 1];

		if (c->len != 1 || c->text[0] != ' ' || c->link != 0 ||
		    c->style.flags != 0 || roles[c->style.role].flags != 0 ||
		    roles[c->style.ground].color.kind != COLOR_DEFAULT)
			break;
	}
	return end;
}

void
overlay_all(const struct overlay *o, const struct surface *s,
    struct buf *out)
{
	for (int row = 0; row < surface_rows(s); row++)
		draw(o, s, row, used_cols(o, s, row), true, out);
}
