/* term_text: whatever comes in and however it is cut, what goes out is valid
 * UTF-8 without anything that a terminal obeys, and stays what it is when it
 * is filtered again. The first byte chooses where the text is cut. */
#include <stdint.h>

#include "base/term_text.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool condition)
{
	if (!condition)
		abort();
}

static void
check_harmless(struct str s)
{
	must(utf8_valid(s));
	while (s.len > 0) {
		uint32_t code = 0;
		size_t n = utf8_decode(s.ptr, s.len, &code);

		must(code == '\n' || code == '\t' || code >= 0x20);
		must(code < 0x7f || code > 0x9f);
		must(code < 0x202a || code > 0x202e);
		must(code < 0x2066 || code > 0x2069);
		s = str_sub(s, n, SIZE_MAX);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(GIB);
	CLEANUP_BUF struct buf pieces = BUF_INIT(GIB);
	CLEANUP_BUF struct buf again = BUF_INIT(GIB);
	struct term_text t = TERM_TEXT_INIT;
	struct str text;
	size_t step;

	if (size == 0)
		return 0;
	step = (size_t)data[0] % 7 + 1;
	text = str_make((const char *)data + 1, size - 1);
	term_text(text, &whole);
	check_harmless(buf_str(&whole));
	for (size_t at = 0; at < text.len; at += step)
		term_text_feed(&t, str_sub(text, at, step), &pieces);
	term_text_end(&t, &pieces);
	must(str_eq(buf_str(&whole), buf_str(&pieces)));
	term_text(buf_str(&whole), &again);
	must(str_eq(buf_str(&whole), buf_str(&again)));
	return 0;
}
