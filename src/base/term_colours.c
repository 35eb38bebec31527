/* Colours of a command's output; see term_colours.h. The sequence that passes
 * is ECMA-48's SGR, "ESC [ 1 ; 31 m", of at most some dozen bytes, without
 * what hides text or makes it blink. */
#include "base/term_colours.h"

#define ESC '\033'

/* Values behind 38, 48 and 58: ";5;N" or ";2;R;G;B". */
static size_t
values_behind(const int64_t *values, size_t n, size_t at)
{
	if (at + 1 >= n)
		return 0;
	return values[at + 1] == 5 ? 2 : values[at + 1] == 2 ? 4 : 0;
}

static bool
are_colours(struct str numbers)
{
	int64_t values[TERM_COLOURS_MAX];
	size_t n = 0;
	struct str part;

	while (str_next_field(&numbers, ';', &part)) {
		values[n] = 0;
		if (part.len > 0 && !str_to_int(part, 0, 255, &values[n]))
			return false;
		n++;
	}
	for (size_t i = 0; i < n; i++) {
		if (values[i] == 38 || values[i] == 48 || values[i] == 58)
			i += values_behind(values, n, i);
		else if (values[i] == 5 || values[i] == 6 || values[i] == 8)
			return false;
	}
	return true;
}

/* What is held is no colour: it becomes visible. */
static void
let_go(struct term_colours *c, struct buf *out)
{
	term_text_feed(&c->filter, str_make(c->held, c->n_held), out);
	c->n_held = 0;
}

static void
take_held(struct term_colours *c, struct buf *out)
{
	struct str whole = str_make(c->held, c->n_held);

	if (are_colours(str_sub(whole, 2, whole.len - 3))) {
		term_text_end(&c->filter, out);
		buf_add_str(out, whole);
		c->coloured = true;
		c->n_held = 0;
	} else {
		let_go(c, out);
	}
}

static void
take_byte(struct term_colours *c, char byte, struct buf *out)
{
	bool number = (byte >= '0' && byte <= '9') || byte == ';';

	if (byte == ESC && c->n_held > 0)
		let_go(c, out);
	c->held[c->n_held++] = byte;
	if (c->n_held == 1 || (c->n_held == 2 && byte == '['))
		return;
	if (c->n_held > 2 && byte == 'm')
		take_held(c, out);
	else if (c->n_held == 2 || !number || c->n_held == TERM_COLOURS_MAX)
		let_go(c, out);
}

void
term_colours_feed(struct term_colours *c, struct str text, struct buf *out)
{
	while (text.len > 0) {
		size_t plain = str_find_char(text, ESC, 0);

		if (c->n_held > 0 || plain == 0) {
			take_byte(c, text.ptr[0], out);
			text = str_sub(text, 1, SIZE_MAX);
			continue;
		}
		if (plain == SIZE_MAX)
			plain = text.len;
		term_text_feed(&c->filter, str_sub(text, 0, plain), out);
		text = str_sub(text, plain, SIZE_MAX);
	}
}

void
term_colours_end(struct term_colours *c, struct buf *out)
{
	let_go(c, out);
	term_text_end(&c->filter, out);
	if (c->coloured)
		buf_add_cstr(out, "\033[0m");
	c->coloured = false;
}
