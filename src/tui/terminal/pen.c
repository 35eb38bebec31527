/* Colours; see pen.h. */
#include "tui/terminal/pen.h"

#include "base/units.h"

enum { TRUE_COLOR = 0x1000000, PALETTE = 256 };

static int
number_of(struct theme_color color, int colors)
{
	if (color.kind == COLOR_DEFAULT || colors == 0)
		return PEN_DEFAULT;
	if (colors >= TRUE_COLOR) {
		/* Numbers below 256 are the palette's: those few blues get a
		 * trace of red. */
		if (color.kind == COLOR_RGB && color.value < PALETTE)
			return (int)(color.value | 0x10000);
		return (int)color.value;
	}
	color = theme_reduce(color, colors < PALETTE ? 16 : PALETTE);
	if (color.kind == COLOR_DEFAULT)
		return PEN_DEFAULT;
	return (int)color.value % colors;
}

struct pen_colors
pen_colors(const struct theme *theme, struct style style, int colors)
{
	const struct theme_style *fore = &theme->roles[style.role];
	const struct theme_style *back = &theme->roles[style.ground];
	struct pen_colors c = {
		.fore = number_of(fore->color, colors),
		.back = number_of(back->color, colors),
		.flags = style.flags | (unsigned)fore->flags,
	};

	/* Without colours what is chosen must still be seen. */
	if (colors == 0 &&
	    (style.ground == ROLE_SELECTION || style.ground == ROLE_MATCH))
		c.flags ^= STYLE_REVERSE;
	return c;
}

static void
add_color(int number, int base, int colors, struct buf *out)
{
	if (number == PEN_DEFAULT)
		return;
	if (number < 8)
		buf_printf(out, ";%d", base + number);
	else if (number < 16 && colors < PALETTE)
		buf_printf(out, ";%d", base + 60 + number - 8);
	else if (number < PALETTE)
		buf_printf(out, ";%d;5;%d", base + 8, number);
	else
		buf_printf(out, ";%d;2;%d;%d;%d", base + 8, number >> 16 & 255,
		    number >> 8 & 255, number & 255);
}

void
pen_sgr(const struct pen_colors *c, int colors, struct buf *out)
{
	static const struct {
		unsigned flag;
		int number;
	} flags[] = {
		{ STYLE_BOLD, 1 },
		{ STYLE_DIM, 2 },
		{ STYLE_ITALIC, 3 },
		{ STYLE_UNDERLINE, 4 },
		{ STYLE_REVERSE, 7 },
		{ STYLE_STRIKE, 9 },
	};

	buf_add_cstr(out, "\033[0");
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (c->flags & flags[i].flag)
			buf_printf(out, ";%d", flags[i].number);
	add_color(c->fore, 30, colors, out);
	add_color(c->back, 40, colors, out);
	buf_add_char(out, 'm');
}
