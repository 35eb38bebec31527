/* What stands on the screen. */
#include "vt.h"

static void
add_char(struct buf *out, uint32_t c)
{
	char text[4];
	size_t len = 0;

	if (c < 0x80)
		text[len++] = (char)c;
	else if (c < 0x800) {
		text[len++] = (char)(0xc0 | c >> 6);
		text[len++] = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		text[len++] = (char)(0xe0 | c >> 12);
		text[len++] = (char)(0x80 | (c >> 6 & 63));
		text[len++] = (char)(0x80 | (c & 63));
	} else {
		text[len++] = (char)(0xf0 | c >> 18);
		text[len++] = (char)(0x80 | (c >> 12 & 63));
		text[len++] = (char)(0x80 | (c >> 6 & 63));
		text[len++] = (char)(0x80 | (c & 63));
	}
	buf_add(out, text, len);
}

static void
add_cell_text(struct buf *out, const VTermScreenCell *cell)
{
	if (cell->chars[0] == 0)
		buf_add_char(out, ' ');
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] != 0;
	    i++)
		add_char(out, cell->chars[i]);
}

void
vt_row_text(struct vt *v, int row, struct buf *out)
{
	size_t start = out->len;

	for (int col = 0; col < v->cols; col++) {
		VTermScreenCell cell;

		vterm_screen_get_cell(v->screen, (VTermPos){ row, col },
		    &cell);
		if (cell.chars[0] == (uint32_t)-1)
			continue;
		add_cell_text(out, &cell);
	}
	while (out->len > start && out->ptr[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
}

bool
vt_is_blank(struct vt *v)
{
	CLEANUP_BUF struct buf all = BUF_INIT(4 * MIB);

	for (int row = 0; row < v->rows; row++)
		vt_row_text(v, row, &all);
	return all.len == 0;
}

int
vt_count(struct vt *v, struct str text)
{
	CLEANUP_BUF struct buf all = BUF_INIT(4 * MIB);
	size_t at = 0;
	int count = 0;

	for (int row = 0; row < v->rows; row++) {
		vt_row_text(v, row, &all);
		buf_add_char(&all, '\n');
	}
	while ((at = str_find(buf_str(&all), text, at)) != SIZE_MAX) {
		count++;
		at += text.len;
	}
	return count;
}

static void
add_color(struct vt *v, const VTermColor *from, bool fore, struct buf *out)
{
	VTermColor c = *from;

	if (fore ? VTERM_COLOR_IS_DEFAULT_FG(&c) :
		   VTERM_COLOR_IS_DEFAULT_BG(&c)) {
		buf_add_cstr(out, "-");
		return;
	}
	vterm_screen_convert_color_to_rgb(v->screen, &c);
	buf_printf(out, "%02x%02x%02x", c.rgb.red, c.rgb.green, c.rgb.blue);
}

void
vt_row_cells(struct vt *v, int row, struct buf *out)
{
	CLEANUP_BUF struct buf look = BUF_INIT(256), last = BUF_INIT(256),
			       text = BUF_INIT(64 * KIB);
	int width = 0;

	for (int col = 0; col <= v->cols; col++) {
		VTermScreenCell cell = { .width = 1 };
		bool end = col == v->cols;

		buf_clear(&look);
		if (!end) {
			vterm_screen_get_cell(v->screen,
			    (VTermPos){ row, col }, &cell);
			if (cell.chars[0] == (uint32_t)-1)
				continue;
			add_color(v, &cell.fg, true, &look);
			buf_add_char(&look, ' ');
			add_color(v, &cell.bg, false, &look);
			buf_printf(&look, " %s%s%s%s%s.",
			    cell.attrs.bold ? "b" : "",
			    cell.attrs.italic ? "i" : "",
			    cell.attrs.underline ? "u" : "",
			    cell.attrs.reverse ? "r" : "",
			    cell.attrs.strike ? "s" : "");
		}
		if (width > 0 &&
		    (end || !str_eq(buf_str(&look), buf_str(&last)))) {
			buf_printf(out, "%d %s ", width, buf_text(&last));
			for (size_t i = 0; i < text.len; i++)
				buf_printf(out, "%02x",
				    (unsigned char)text.ptr[i]);
			buf_add_char(out, ';');
			buf_clear(&text);
			width = 0;
		}
		if (end)
			break;
		buf_clear(&last);
		buf_add_str(&last, buf_str(&look));
		add_cell_text(&text, &cell);
		width += cell.width;
	}
}
