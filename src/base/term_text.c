/* The filter between outside text and a terminal; see term_text.h. What a
 * terminal could obey is made visible instead of dropped, so that a reader
 * sees that somebody tried. */
#include "base/term_text.h"

#include "base/utf8.h"

static const struct str replacement = { "\xef\xbf\xbd", 3 };

/* Characters that reorder what stands around them: text that shows something
 * else than it says (CVE-2021-42574). The plain marks U+200E, U+200F and
 * U+061C stay: Hebrew and Arabic text needs them and they cannot reorder
 * other people's characters. */
static bool
is_reordering(uint32_t code)
{
	return (code >= 0x202a && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069);
}

static bool
is_line_break(uint32_t code)
{
	return code == 0x2028 || code == 0x2029;
}

static void
add_visible(const struct term_text *t, uint32_t code, struct buf *out)
{
	if (code == '\n' || code == '\t')
		buf_add_char(out, t->one_line ? ' ' : (char)code);
	else if (code < 0x20 || code == 0x7f)
		buf_printf(out, "^%c", (int)(code ^ 0x40));
	else
		buf_printf(out, "<U+%04X>", (unsigned)code);
}

static bool
is_harmless(const struct term_text *t, uint32_t code)
{
	if (code < 0x80)
		return code >= 0x20 && code != 0x7f;
	return code >= 0xa0 && !is_reordering(code) &&
	    !(t->one_line && is_line_break(code));
}

/* One decoded character, given also as its bytes. */
static void
add_code(struct term_text *t, uint32_t code, struct str bytes, struct buf *out)
{
	bool second_half = code == '\n' && t->after_cr;

	t->after_cr = code == '\r';
	if (second_half)
		return;
	if (code == '\r')
		code = '\n';
	if (is_harmless(t, code))
		buf_add_str(out, bytes);
	else
		add_visible(t, code, out);
}

static void
add_invalid(struct term_text *t, size_t count, struct buf *out)
{
	t->after_cr = false;
	while (count-- > 0)
		buf_add_str(out, replacement);
}

static unsigned
length_by_lead(char lead)
{
	unsigned char c = (unsigned char)lead;

	return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
}

/* Completes the character that the last chunk left unfinished. */
static void
feed_pending(struct term_text *t, struct str *chunk, struct buf *out)
{
	while (t->n_pending > 0 && chunk->len > 0) {
		uint32_t code;

		if (((unsigned char)chunk->ptr[0] & 0xc0) != 0x80) {
			add_invalid(t, t->n_pending, out);
			t->n_pending = 0;
			return;
		}
		t->pending[t->n_pending++] = chunk->ptr[0];
		*chunk = str_sub(*chunk, 1, SIZE_MAX);
		if (t->n_pending < length_by_lead(t->pending[0]))
			continue;
		if (utf8_decode(t->pending, t->n_pending, &code) ==
		    t->n_pending)
			add_code(t, code, str_make(t->pending, t->n_pending),
			    out);
		else
			add_invalid(t, t->n_pending, out);
		t->n_pending = 0;
	}
}

/* Printable ASCII at the start: nearly all text, so worth a loop of its own. */
static size_t
plain_prefix(struct str s)
{
	size_t i = 0;

	while (i < s.len && s.ptr[i] >= 0x20 && s.ptr[i] < 0x7f)
		i++;
	return i;
}

int
term_text_feed(struct term_text *t, struct str chunk, struct buf *out)
{
	feed_pending(t, &chunk, out);
	while (chunk.len > 0) {
		size_t n = plain_prefix(chunk);
		uint32_t code;

		if (n > 0) {
			t->after_cr = false;
			buf_add(out, chunk.ptr, n);
		} else if ((n = utf8_decode(chunk.ptr, chunk.len, &code)) > 0) {
			add_code(t, code, str_sub(chunk, 0, n), out);
		} else if (utf8_incomplete_tail(chunk) == chunk.len) {
			memcpy(t->pending, chunk.ptr, chunk.len);
			t->n_pending = (unsigned)chunk.len;
			n = chunk.len;
		} else {
			add_invalid(t, n = 1, out);
		}
		chunk = str_sub(chunk, n, SIZE_MAX);
	}
	return out->failed;
}

int
term_text_end(struct term_text *t, struct buf *out)
{
	add_invalid(t, t->n_pending, out);
	t->n_pending = 0;
	return out->failed;
}

static int
filter_whole(struct term_text t, struct str text, struct buf *out)
{
	term_text_feed(&t, text, out);
	return term_text_end(&t, out);
}

int
term_text(struct str text, struct buf *out)
{
	return filter_whole(TERM_TEXT_INIT, text, out);
}

int
term_text_line(struct str text, struct buf *out)
{
	return filter_whole((struct term_text){ .one_line = true }, text, out);
}
