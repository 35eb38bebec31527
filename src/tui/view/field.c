/* One line of text; see field.h. */
#include "tui/view/field.h"

#include "base/term_text.h"
#include "base/units.h"
#include "base/utf8.h"
#include "base/width.h"

void
field_release(struct field *f)
{
	buf_release(&f->text);
	f->caret = 0;
}

void
field_set(struct field *f, struct str text)
{
	buf_clear(&f->text);
	f->caret = 0;
	field_insert(f, text);
}

void
field_insert(struct field *f, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(FIELD_MAX);
	size_t room = f->text.max - f->text.len;

	term_text(str_sub(text, 0, FIELD_MAX / 8), &clean);
	for (size_t i = 0; i < clean.len; i++)
		if (clean.ptr[i] == '\n' || clean.ptr[i] == '\t')
			clean.ptr[i] = ' ';
	if (clean.len > room)
		buf_truncate(&clean, utf8_cut(buf_text(&clean), clean.len,
		    room));
	if (clean.len == 0 ||
	    buf_splice(&f->text, f->caret, 0, buf_str(&clean)) != 0)
		return;
	f->caret += clean.len;
}

static size_t
before(const struct field *f)
{
	return width_cluster_before(buf_str(&f->text), f->caret);
}

static size_t
after(const struct field *f)
{
	struct str rest = str_sub(buf_str(&f->text), f->caret, SIZE_MAX);
	int columns;

	return rest.len == 0 ? f->caret :
			       f->caret + width_cluster(rest, &columns);
}

static void
cut(struct field *f, size_t from, size_t to)
{
	buf_splice(&f->text, from, to - from, STR_NONE);
	f->caret = from;
}

static size_t
word_start(const struct field *f)
{
	size_t at = f->caret;

	while (at > 0 && f->text.ptr[at - 1] == ' ')
		at--;
	while (at > 0 && f->text.ptr[at - 1] != ' ')
		at--;
	return at;
}

static size_t
word_end(const struct field *f)
{
	size_t at = f->caret;

	while (at < f->text.len && f->text.ptr[at] == ' ')
		at++;
	while (at < f->text.len && f->text.ptr[at] != ' ')
		at++;
	return at;
}

static void to_start(struct field *f) { f->caret = 0; }
static void to_end(struct field *f) { f->caret = f->text.len; }
static void to_left(struct field *f) { f->caret = before(f); }
static void to_right(struct field *f) { f->caret = after(f); }
static void to_word(struct field *f) { f->caret = word_start(f); }
static void to_word_end(struct field *f) { f->caret = word_end(f); }
static void cut_left(struct field *f) { cut(f, before(f), f->caret); }
static void cut_right(struct field *f) { cut(f, f->caret, after(f)); }
static void cut_word(struct field *f) { cut(f, word_start(f), f->caret); }
static void cut_start(struct field *f) { cut(f, 0, f->caret); }
static void cut_end(struct field *f) { cut(f, f->caret, f->text.len); }

static const struct {
	struct key key;
	void (*run)(struct field *f);
} keys[] = {
	{ { SYM_LEFT, 0 }, to_left },
	{ { SYM_RIGHT, 0 }, to_right },
	{ { SYM_HOME, 0 }, to_start },
	{ { SYM_END, 0 }, to_end },
	{ { SYM_BACKSPACE, 0 }, cut_left },
	{ { SYM_DELETE, 0 }, cut_right },
	{ { SYM_BACKSPACE, MOD_ALT }, cut_word },
	{ { SYM_BACKSPACE, MOD_CTRL }, cut_word },
	{ { SYM_LEFT, MOD_CTRL }, to_word },
	{ { SYM_RIGHT, MOD_CTRL }, to_word_end },
	{ { 'b', MOD_ALT }, to_word },
	{ { 'f', MOD_ALT }, to_word_end },
	{ { 'b', MOD_CTRL }, to_left },
	{ { 'f', MOD_CTRL }, to_right },
	{ { 'a', MOD_CTRL }, to_start },
	{ { 'e', MOD_CTRL }, to_end },
	{ { 'h', MOD_CTRL }, cut_left },
	{ { 'd', MOD_CTRL }, cut_right },
	{ { 'w', MOD_CTRL }, cut_word },
	{ { 'u', MOD_CTRL }, cut_start },
	{ { 'k', MOD_CTRL }, cut_end },
};

bool
field_key(struct field *f, const struct key *key)
{
	char text[4];

	if (key_is_text(key)) {
		field_insert(f, str_make(text, utf8_encode(key->code, text)));
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (key->code != keys[i].key.code ||
		    key->mods != keys[i].key.mods)
			continue;
		keys[i].run(f);
		return true;
	}
	return false;
}

struct str
field_text(const struct field *f)
{
	return buf_str(&f->text);
}

void
field_draw(const struct field *f, struct surface *s, struct rect r,
    struct str ghost, bool focused)
{
	struct str left = str_make(buf_text(&f->text), f->caret);
	struct str right = str_sub(buf_str(&f->text), f->caret, SIZE_MAX);
	int used = 0;

	if (r.rows < 1 || r.cols < 1)
		return;
	/* The caret needs a cell of its own behind the text. */
	while (left.len > 0 && (int)width_of(left) >= r.cols) {
		int columns;

		left = str_sub(left, width_cluster(left, &columns), SIZE_MAX);
	}
	used = surface_text(s, r.row, r.col, r.cols, left, STYLE(ROLE_TEXT));
	if (focused)
		surface_cursor(s, r.row, r.col + used);
	if (f->text.len == 0)
		surface_text_cut(s, r.row, r.col, r.cols, ghost,
		    STYLE(ROLE_MUTED), false);
	else
		surface_text(s, r.row, r.col + used, r.cols - used, right,
		    STYLE(ROLE_TEXT));
}
