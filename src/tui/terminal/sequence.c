/* Control sequences as tables: xterm's forms (ctlseqs), rxvt's, the Linux
 * console's, modifyOtherKeys and the kitty keyboard protocol. */
#include "tui/terminal/sequence.h"

#include "base/units.h"

enum { PARAMS_MAX = 8, CODE_MAX = 0x10ffff };

struct params {
	char prefix;	  /* '?', '<', '>' or '='; 0: none */
	int values[PARAMS_MAX];
	int subs[PARAMS_MAX]; /* behind a colon; 0: none */
	int count;
	char middle; /* the last intermediate byte; 0: none */
	char final;
};

static void
read_digit(int *value, char c)
{
	if (*value <= CODE_MAX)
		*value = *value * 10 + (c - '0');
}

static void
parse_params(struct str body, struct params *p)
{
	size_t end = body.len - 1;
	int sub = 0;

	*p = (struct params){ .final = body.ptr[end], .count = 1 };
	for (size_t i = 0; i < end; i++) {
		char c = body.ptr[i];

		if (c >= '<' && c <= '?' && i == 0) {
			p->prefix = c;
		} else if (c == ';') {
			if (p->count == PARAMS_MAX)
				return;
			p->count++;
			sub = 0;
		} else if (c == ':') {
			sub++;
		} else if (c >= '0' && c <= '9' && sub == 0) {
			read_digit(&p->values[p->count - 1], c);
		} else if (c >= '0' && c <= '9' && sub == 1) {
			read_digit(&p->subs[p->count - 1], c);
		} else if (c >= ' ' && c <= '/') {
			p->middle = c;
		}
	}
}

/* --- keys ---------------------------------------------------------------- */

struct key_row {
	int number;
	uint32_t code;
	unsigned mods;
};

static const struct key_row letters[] = {
	{ 'A', SYM_UP, 0 },
	{ 'B', SYM_DOWN, 0 },
	{ 'C', SYM_RIGHT, 0 },
	{ 'D', SYM_LEFT, 0 },
	{ 'F', SYM_END, 0 },
	{ 'H', SYM_HOME, 0 },
	{ 'P', SYM_F1, 0 },
	{ 'Q', SYM_F2, 0 },
	{ 'R', SYM_F3, 0 },
	{ 'S', SYM_F4, 0 },
	{ 'Z', SYM_TAB, MOD_SHIFT },
	/* rxvt: Shift with arrows. */
	{ 'a', SYM_UP, MOD_SHIFT },
	{ 'b', SYM_DOWN, MOD_SHIFT },
	{ 'c', SYM_RIGHT, MOD_SHIFT },
	{ 'd', SYM_LEFT, MOD_SHIFT },
};

static const struct key_row ss3_letters[] = {
	/* rxvt: Ctrl with arrows. */
	{ 'a', SYM_UP, MOD_CTRL },
	{ 'b', SYM_DOWN, MOD_CTRL },
	{ 'c', SYM_RIGHT, MOD_CTRL },
	{ 'd', SYM_LEFT, MOD_CTRL },
	/* The keypad in application mode. */
	{ 'M', SYM_ENTER, 0 },
	{ 'I', SYM_TAB, 0 },
	{ 'X', '=', 0 },
	{ 'j', '*', 0 },
	{ 'k', '+', 0 },
	{ 'l', ',', 0 },
	{ 'm', '-', 0 },
	{ 'n', '.', 0 },
	{ 'o', '/', 0 },
	{ 'p', '0', 0 },
	{ 'q', '1', 0 },
	{ 'r', '2', 0 },
	{ 's', '3', 0 },
	{ 't', '4', 0 },
	{ 'u', '5', 0 },
	{ 'v', '6', 0 },
	{ 'w', '7', 0 },
	{ 'x', '8', 0 },
	{ 'y', '9', 0 },
};

static const struct key_row tilde[] = {
	{ 1, SYM_HOME, 0 },
	{ 2, SYM_INSERT, 0 },
	{ 3, SYM_DELETE, 0 },
	{ 4, SYM_END, 0 },
	{ 5, SYM_PAGE_UP, 0 },
	{ 6, SYM_PAGE_DOWN, 0 },
	{ 7, SYM_HOME, 0 },
	{ 8, SYM_END, 0 },
	{ 11, SYM_F1, 0 },
	{ 12, SYM_F2, 0 },
	{ 13, SYM_F3, 0 },
	{ 14, SYM_F4, 0 },
	{ 15, SYM_F5, 0 },
	{ 17, SYM_F6, 0 },
	{ 18, SYM_F7, 0 },
	{ 19, SYM_F8, 0 },
	{ 20, SYM_F9, 0 },
	{ 21, SYM_F10, 0 },
	{ 23, SYM_F11, 0 },
	{ 24, SYM_F12, 0 },
};

/* Unicode numbers that stand for keys, and the kitty protocol's private ones
 * (the keypad; keys that are only modifiers have no row). */
static const struct key_row numbers[] = {
	{ 9, SYM_TAB, 0 },
	{ 13, SYM_ENTER, 0 },
	{ 27, SYM_ESCAPE, 0 },
	{ 127, SYM_BACKSPACE, 0 },
	{ 57399, '0', 0 },
	{ 57400, '1', 0 },
	{ 57401, '2', 0 },
	{ 57402, '3', 0 },
	{ 57403, '4', 0 },
	{ 57404, '5', 0 },
	{ 57405, '6', 0 },
	{ 57406, '7', 0 },
	{ 57407, '8', 0 },
	{ 57408, '9', 0 },
	{ 57409, '.', 0 },
	{ 57410, '/', 0 },
	{ 57411, '*', 0 },
	{ 57412, '-', 0 },
	{ 57413, '+', 0 },
	{ 57414, SYM_ENTER, 0 },
	{ 57415, '=', 0 },
	{ 57417, SYM_LEFT, 0 },
	{ 57418, SYM_RIGHT, 0 },
	{ 57419, SYM_UP, 0 },
	{ 57420, SYM_DOWN, 0 },
	{ 57421, SYM_PAGE_UP, 0 },
	{ 57422, SYM_PAGE_DOWN, 0 },
	{ 57423, SYM_HOME, 0 },
	{ 57424, SYM_END, 0 },
	{ 57425, SYM_INSERT, 0 },
	{ 57426, SYM_DELETE, 0 },
};

static const struct key_row *
find_row(const struct key_row *rows, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].number == number)
			return &rows[i];
	return NULL;
}

/* xterm's and kitty's number for modifiers: 1 and a bit for each. Caps Lock
 * and Num Lock are of no interest. */
static unsigned
mods_of(int number)
{
	unsigned bits = number > 0 ? (unsigned)number - 1 : 0, mods = 0;

	if (bits & 1)
		mods |= MOD_SHIFT;
	if (bits & (2 | 32))
		mods |= MOD_ALT;
	if (bits & 4)
		mods |= MOD_CTRL;
	if (bits & 8)
		mods |= MOD_SUPER;
	return mods;
}

static bool
give_key(uint32_t code, unsigned mods, struct input_event *ev)
{
	ev->kind = INPUT_KEY;
	ev->key = key_normal((struct key){ code, mods });
	return true;
}

static bool
give_row(const struct key_row *row, unsigned mods, struct input_event *ev)
{
	return row != NULL && give_key(row->code, row->mods | mods, ev);
}

/* A Unicode number with modifiers, from either protocol. */
static bool
give_number(int number, int mods, struct input_event *ev)
{
	const struct key_row *row = find_row(numbers, ARRAY_LEN(numbers),
	    number);

	if (row != NULL)
		return give_row(row, mods_of(mods), ev);
	if (number < ' ' || number > CODE_MAX ||
	    (number >= 0xd800 && number <= 0xf8ff) ||
	    (number > 0x7f && number < 0xa0))
		return false;
	return give_key((uint32_t)number, mods_of(mods), ev);
}

static bool
tilde_key(const struct params *p, struct input_event *ev)
{
	if (p->values[0] == 27 && p->count >= 3)
		return give_number(p->values[2], p->values[1], ev);
	return give_row(find_row(tilde, ARRAY_LEN(tilde), p->values[0]),
	    mods_of(p->values[1]), ev);
}

/* rxvt says modifiers by the final byte. */
static bool
rxvt_key(const struct params *p, struct input_event *ev)
{
	unsigned mods = p->final == '^' ? MOD_CTRL :
	    p->final == '$'		 ? MOD_SHIFT :
					   MOD_CTRL | MOD_SHIFT;

	return give_row(find_row(tilde, ARRAY_LEN(tilde), p->values[0]), mods,
	    ev);
}

static bool
kitty_key(const struct params *p, struct input_event *ev)
{
	enum { RELEASED = 3 };

	return p->subs[1] != RELEASED &&
	    give_number(p->values[0], p->values[1], ev);
}

static bool
letter_key(const struct params *p, struct input_event *ev)
{
	/* "CSI 1 ; 5 A"; older ones say "CSI 5 A". */
	int mods = p->count >= 2 ? p->values[1] :
	    p->values[0] > 1	 ? p->values[0] :
				   0;

	if (p->subs[1] == 3)
		return false;
	return give_row(find_row(letters, ARRAY_LEN(letters), p->final),
	    mods_of(mods), ev);
}

/* --- mouse --------------------------------------------------------------- */

static bool
give_mouse(int b, int col, int row, bool release, struct input_event *ev)
{
	enum { SHIFT = 4, ALT = 8, CTRL = 16, MOTION = 32, WHEEL = 64 };
	int button = b & 3;

	if (col < 1 || row < 1 || b >= 128)
		return false;
	ev->kind = INPUT_MOUSE;
	ev->mouse = (struct mouse){ .row = row - 1, .col = col - 1 };
	if (b & SHIFT)
		ev->mouse.mods |= MOD_SHIFT;
	if (b & ALT)
		ev->mouse.mods |= MOD_ALT;
	if (b & CTRL)
		ev->mouse.mods |= MOD_CTRL;
	if (b & WHEEL) {
		ev->mouse.action = button == 0 ? MOUSE_WHEEL_UP :
						 MOUSE_WHEEL_DOWN;
		return button <= 1 && !release;
	}
	ev->mouse.button = button == 3 ? 0 : button + 1;
	ev->mouse.action = release ? MOUSE_RELEASE :
	    (b & MOTION)	   ? MOUSE_DRAG :
				     MOUSE_PRESS;
	/* A motion with no button held. */
	return ev->mouse.action != MOUSE_DRAG || ev->mouse.button != 0;
}

/* Bytes from 32 on; button 3 says that one was released. */
static bool
x10_mouse(struct str body, struct input_event *ev)
{
	int b = (unsigned char)body.ptr[1] - ' ';

	return b >= 0 && give_mouse(b, (unsigned char)body.ptr[2] - ' ',
	    (unsigned char)body.ptr[3] - ' ', (b & 0x63) == 3, ev);
}

/* --- answers ------------------------------------------------------------- */

static bool
private_answer(const struct params *p, struct input_event *ev)
{
	if (p->final == 'c') {
		ev->kind = INPUT_ATTRIBUTES;
		return true;
	}
	ev->mode = p->values[0];
	ev->setting = p->values[1];
	if (p->final == 'u') {
		ev->kind = INPUT_KITTY;
		return true;
	}
	ev->kind = INPUT_MODE;
	return p->final == 'y' && p->middle == '$';
}

bool
sequence_csi(struct str body, struct input_event *ev)
{
	struct params p;

	if (body.len == 0)
		return false;
	if (body.ptr[0] == 'M' && body.len == 4)
		return x10_mouse(body, ev);
	if (body.ptr[0] == '[' && body.len == 2) {
		/* Linux console: F1 to F5. */
		if (body.ptr[1] < 'A' || body.ptr[1] > 'E')
			return false;
		return give_key(SYM_F1 + (uint32_t)(body.ptr[1] - 'A'), 0, ev);
	}
	parse_params(body, &p);
	if (p.prefix == '<' && (p.final == 'M' || p.final == 'm'))
		return p.count >= 3 && give_mouse(p.values[0], p.values[1],
		    p.values[2], p.final == 'm', ev);
	if (p.prefix == '?')
		return private_answer(&p, ev);
	if (p.prefix != 0)
		return false;
	switch (p.final) {
	case '~':
		return tilde_key(&p, ev);
	case 'u':
		return kitty_key(&p, ev);
	case '^':
	case '$':
	case '@':
		return rxvt_key(&p, ev);
	case 'I':
	case 'O':
		ev->kind = INPUT_FOCUS;
		ev->focused = p.final == 'I';
		return body.len == 1;
	default:
		return p.middle == 0 && letter_key(&p, ev);
	}
}

bool
sequence_ss3(struct str body, struct input_event *ev)
{
	struct params p;
	const struct key_row *row;

	if (body.len == 0)
		return false;
	parse_params(body, &p);
	row = find_row(ss3_letters, ARRAY_LEN(ss3_letters), p.final);
	if (row == NULL)
		row = find_row(letters, ARRAY_LEN(letters), p.final);
	return give_row(row, mods_of(p.values[0]), ev);
}

/* One component of an X colour, one to four hex digits: as 8 bits. */
static bool
read_component(struct str *rest, uint32_t *ret)
{
	struct str digits;
	uint32_t value = 0, top = 0;

	if (!str_next_field(rest, '/', &digits) || digits.len < 1 ||
	    digits.len > 4)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		char c = digits.ptr[i];
		char low = (char)(c | 0x20);

		value <<= 4;
		top = top << 4 | 0xf;
		if (c >= '0' && c <= '9')
			value |= (uint32_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			value |= (uint32_t)(low - 'a' + 10);
		else
			return false;
	}
	*ret = value * 255 / top;
	return true;
}

static bool
color_answer(struct str body, struct input_event *ev)
{
	uint32_t red, green, blue;

	if (!str_starts(body, STR("10;rgb")) &&
	    !str_starts(body, STR("11;rgb")))
		return false;
	ev->kind = INPUT_COLOR;
	ev->mode = body.ptr[1] - '0' + 10;
	body = str_sub(body, str_find_char(body, ':', 0), SIZE_MAX);
	body = str_sub(body, 1, SIZE_MAX);
	if (!read_component(&body, &red) || !read_component(&body, &green) ||
	    !read_component(&body, &blue))
		return false;
	ev->rgb = red << 16 | green << 8 | blue;
	return true;
}

bool
sequence_string(char kind, struct str body, struct input_event *ev)
{
	if (kind == ']')
		return color_answer(body, ev);
	if (kind != 'P' || !str_starts(body, STR(">|")))
		return false;
	ev->kind = INPUT_NAME;
	ev->text = str_sub(body, 2, SIZE_MAX);
	return true;
}
