/* Colours for terminals that have few; see theme.h. */
#include "tui/text/theme.h"

static unsigned
part(uint32_t rgb, unsigned shift)
{
	return rgb >> shift & 0xff;
}

static unsigned
square(unsigned a, unsigned b)
{
	return a > b ? (a - b) * (a - b) : (b - a) * (b - a);
}

/* The six steps of each channel in the cube of 256 colours. */
static const unsigned cube_steps[] = { 0, 95, 135, 175, 215, 255 };

static unsigned
nearest_step(unsigned value)
{
	unsigned best = 0;

	for (unsigned i = 1; i < 6; i++)
		if (square(cube_steps[i], value) <
		    square(cube_steps[best], value))
			best = i;
	return best;
}

static uint32_t
reduce_256(uint32_t rgb)
{
	unsigned r = part(rgb, 16), g = part(rgb, 8), b = part(rgb, 0);
	unsigned cr = nearest_step(r), cg = nearest_step(g);
	unsigned cb = nearest_step(b);
	unsigned mean = (r + g + b) / 3;
	unsigned step = mean < 3 ? 0 : mean > 238 ? 23 : (mean - 3) / 10;
	unsigned gray = 8 + 10 * step;
	unsigned cube_far = square(cube_steps[cr], r) +
	    square(cube_steps[cg], g) + square(cube_steps[cb], b);
	unsigned gray_far = square(gray, r) + square(gray, g) +
	    square(gray, b);

	return gray_far < cube_far ? 232 + step : 16 + 36 * cr + 6 * cg + cb;
}

static uint32_t
index_to_rgb(uint32_t index)
{
	uint32_t gray;

	if (index >= 232) {
		gray = 8 + 10 * (index - 232);
		return gray << 16 | gray << 8 | gray;
	}
	index -= 16;
	return cube_steps[index / 36] << 16 |
	    cube_steps[index / 6 % 6] << 8 | cube_steps[index % 6];
}

/* By hue rather than by distance: the sixteen colours differ between
 * terminals, and a pale red should still be red, not grey. */
static uint32_t
reduce_16(uint32_t rgb)
{
	unsigned r = part(rgb, 16), g = part(rgb, 8), b = part(rgb, 0);
	unsigned high = r > g ? r : g, low = r < g ? r : g, middle;
	uint32_t index;

	if (b > high)
		high = b;
	if (b < low)
		low = b;
	if (high - low < 40)
		return high < 48 ? 0 : high < 128 ? 8 : high < 208 ? 7 : 15;
	middle = low + (high - low) / 2;
	index = (r > middle ? 1U : 0U) | (g > middle ? 2U : 0U) |
	    (b > middle ? 4U : 0U);
	return high > 190 ? index + 8 : index;
}

struct theme_color
theme_reduce(struct theme_color color, int colors)
{
	if (color.kind == COLOR_DEFAULT || colors > 256 ||
	    (color.kind == COLOR_INDEX && (int)color.value < colors))
		return color;
	if (colors < 8)
		return (struct theme_color){ COLOR_DEFAULT, 0 };
	if (color.kind == COLOR_INDEX && color.value < 16)
		color.value -= 8;
	else if (colors == 256)
		color.value = reduce_256(color.value);
	else
		color.value = reduce_16(color.kind == COLOR_RGB ?
		    color.value : index_to_rgb(color.value));
	if (colors < 16 && colors < 256 && color.value > 7)
		color.value -= 8;
	color.kind = COLOR_INDEX;
	return color;
}
