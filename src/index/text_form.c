/* Encodings; see text_form.h. */
#include "index/text_form.h"

#include "base/utf8.h"

enum { LOOK_BYTES = 2048 };

enum form { FORM_UTF8, FORM_UTF8_MARK, FORM_UTF16_LE, FORM_UTF16_BE };

static unsigned
byte_at(struct str s, size_t at)
{
	return (unsigned char)s.ptr[at];
}

/* Without a mark: text of mostly ASCII letters has a zero in nearly every
 * second byte, and in no other. */
static enum form
guess(struct str text)
{
	struct str head = str_sub(text, 0, LOOK_BYTES);
	size_t zeros[2] = { 0 }, pairs = head.len / 2;

	for (size_t i = 0; i < 2 * pairs; i++)
		zeros[i % 2] += byte_at(head, i) == 0;
	if (pairs < 8)
		return FORM_UTF8;
	if (zeros[0] == 0 && zeros[1] > pairs * 3 / 4)
		return FORM_UTF16_LE;
	if (zeros[1] == 0 && zeros[0] > pairs * 3 / 4)
		return FORM_UTF16_BE;
	return FORM_UTF8;
}

static enum form
form_of(struct str text)
{
	if (str_starts(text, STR("\xef\xbb\xbf")))
		return FORM_UTF8_MARK;
	if (str_starts(text, STR("\xff\xfe")))
		return FORM_UTF16_LE;
	if (str_starts(text, STR("\xfe\xff")))
		return FORM_UTF16_BE;
	return guess(text);
}

static void
from_utf16(struct str text, enum form form, struct buf *out)
{
	unsigned low = form == FORM_UTF16_LE ? 0 : 1;
	uint32_t first = 0; /* of a pair of surrogates */

	for (size_t i = 0; i + 1 < text.len && out->failed == 0; i += 2) {
		uint32_t unit = byte_at(text, i + low) |
		    byte_at(text, i + 1 - low) << 8;
		char bytes[4];

		if (i == 0 && unit == 0xfeff)
			continue;
		if (unit >= 0xd800 && unit < 0xdc00) {
			first = unit;
			continue;
		}
		if (unit >= 0xdc00 && unit < 0xe000 && first != 0)
			unit = 0x10000 + ((first - 0xd800) << 10) +
			    (unit - 0xdc00);
		first = 0;
		buf_add(out, bytes, utf8_encode(unit, bytes));
	}
}

static void
from_latin1(struct str text, struct buf *out)
{
	while (text.len > 0 && out->failed == 0) {
		size_t good = utf8_valid_prefix(text);
		char bytes[4];

		buf_add(out, text.ptr, good);
		text = str_sub(text, good, SIZE_MAX);
		if (text.len == 0)
			break;
		buf_add(out, bytes, utf8_encode(byte_at(text, 0), bytes));
		text = str_sub(text, 1, SIZE_MAX);
	}
}

void
text_form_to_utf8(struct buf *text)
{
	CLEANUP_BUF struct buf out = BUF_INIT(text->max);
	struct str all = buf_str(text);
	enum form form = form_of(all);
	struct buf swap;

	if (form == FORM_UTF8 && utf8_valid(all))
		return;
	/* Bytes that are no text in any form stay as they are: they are
	 * binary. */
	if (form == FORM_UTF8 && str_find_char(all, '\0', 0) != SIZE_MAX)
		return;
	if (form == FORM_UTF16_LE || form == FORM_UTF16_BE)
		from_utf16(all, form, &out);
	else
		from_latin1(form == FORM_UTF8_MARK ?
			str_sub(all, 3, SIZE_MAX) : all, &out);
	swap = *text;
	*text = out;
	out = swap;
}
