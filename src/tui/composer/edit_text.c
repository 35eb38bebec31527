/* Steps through text; see edit_text.h. */
#include "tui/composer/edit_text.h"

#include "base/term_text.h"
#include "base/utf8.h"
#include "base/width.h"

static struct str
rest_of(struct str text, size_t at)
{
	return str_make(text.ptr + at, text.len - at);
}

int
edit_chip_at(struct str text, size_t at)
{
	uint32_t code;

	if (at + CHIP_BYTES > text.len ||
	    (unsigned char)text.ptr[at] != 0xf4 ||
	    utf8_decode(text.ptr + at, CHIP_BYTES, &code) != CHIP_BYTES ||
	    code < CHIP_FIRST || code > CHIP_LAST)
		return -1;
	return (int)(code - CHIP_FIRST);
}

size_t
edit_next(struct str text, size_t at)
{
	int columns;

	if (at >= text.len)
		return text.len;
	if (edit_chip_at(text, at) >= 0)
		return at + CHIP_BYTES;
	return at + width_cluster(rest_of(text, at), &columns);
}

size_t
edit_before(struct str text, size_t at)
{
	size_t start;

	if (at == 0)
		return 0;
	if (at >= CHIP_BYTES && edit_chip_at(text, at - CHIP_BYTES) >= 0)
		return at - CHIP_BYTES;
	start = width_cluster_before(text, at);
	/* A mark behind a chip is a character of its own. */
	while (start < at && edit_chip_at(text, start) >= 0)
		start += CHIP_BYTES;
	return start < at ? start : at - 1;
}

size_t
edit_line_start(struct str text, size_t at)
{
	while (at > 0 && text.ptr[at - 1] != '\n')
		at--;
	return at;
}

size_t
edit_line_end(struct str text, size_t at)
{
	size_t end = str_find_char(text, '\n', at);

	return end == SIZE_MAX ? text.len : end;
}

static bool
is_wide_blank(uint32_t code)
{
	return code == 0xa0 || code == 0x3000 ||
	    (code >= 0x2000 && code <= 0x200b);
}

static bool
is_wide_punctuation(uint32_t code)
{
	return (code >= 0xa1 && code <= 0xbf) || code == 0xd7 ||
	    code == 0xf7 || (code >= 0x2010 && code <= 0x206f) ||
	    (code >= 0x3001 && code <= 0x303f) ||
	    (code >= 0xff01 && code <= 0xff0f);
}

enum edit_class
edit_class_at(struct str text, size_t at)
{
	uint32_t code;

	if (at >= text.len)
		return EDIT_BLANK;
	if (utf8_decode(text.ptr + at, text.len - at, &code) == 0)
		return EDIT_PUNCTUATION;
	if (code == ' ' || code == '\n' || code == '\t' ||
	    is_wide_blank(code))
		return EDIT_BLANK;
	if (code == '_' || (code >= '0' && code <= '9') ||
	    (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z'))
		return EDIT_WORD;
	if (code < 0x80 || is_wide_punctuation(code))
		return EDIT_PUNCTUATION;
	return EDIT_WORD;
}

size_t
edit_word_left(struct str text, size_t at)
{
	size_t before;

	while (at > 0 && edit_class_at(text, before = edit_before(text, at)) !=
	    EDIT_WORD)
		at = before;
	if (at > 0 && edit_chip_at(text, edit_before(text, at)) >= 0)
		return edit_before(text, at);
	while (at > 0) {
		before = edit_before(text, at);
		if (edit_class_at(text, before) != EDIT_WORD ||
		    edit_chip_at(text, before) >= 0)
			break;
		at = before;
	}
	return at;
}

size_t
edit_word_right(struct str text, size_t at)
{
	while (at < text.len && edit_class_at(text, at) != EDIT_WORD)
		at = edit_next(text, at);
	if (edit_chip_at(text, at) >= 0)
		return at + CHIP_BYTES;
	while (at < text.len && edit_class_at(text, at) == EDIT_WORD &&
	    edit_chip_at(text, at) < 0)
		at = edit_next(text, at);
	return at;
}

void
edit_filter(struct str text, struct buf *out)
{
	size_t from = out->len, at;

	term_text(text, out);
	if (out->len == 0)
		return;
	for (at = from; at < out->len;) {
		if (edit_chip_at(buf_str(out), at) < 0) {
			at++;
			continue;
		}
		if (buf_splice(out, at, CHIP_BYTES, STR("\xef\xbf\xbd")) != 0)
			return;
	}
}
