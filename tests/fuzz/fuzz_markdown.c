/* Markdown that streams in: the same lines wherever the text is cut, and what
 * was called settled stays; nothing wider than the screen; sources are right.
 * The first two bytes choose the width and the steps. */
#include <stdint.h>

#include "base/term_text.h"
#include "tests/fuzz/lines_check.h"
#include "tui/text/markdown.h"

static void
describe(const struct lines *l, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++)
		describe_line(l, i, out);
}

/* Feeds in some 24 steps and looks at each. */
static void
grow(struct str text, const struct markdown_opts *opts, size_t seed,
    struct buf *out)
{
	struct markdown *m = markdown_create(opts);
	CLEANUP_BUF struct buf settled = BUF_INIT(256 * MIB);
	CLEANUP_BUF struct buf now = BUF_INIT(256 * MIB);
	const struct lines *l;

	for (size_t at = 0; at < text.len;) {
		at += (seed = seed * 73 + 41) / 7 % (text.len / 12 + 1) + 1;
		at = at < text.len ? at : text.len;
		markdown_feed(m, str_make(text.ptr, at));
		l = markdown_lines(m);
		check_lines(l, text, (size_t)opts->width);
		buf_clear(&now);
		describe(l, markdown_settled(m), &now);
		if (!str_starts(buf_str(&now), buf_str(&settled)))
			abort();
		buf_clear(&settled);
		buf_add_str(&settled, buf_str(&now));
	}
	markdown_finish(m);
	l = markdown_lines(m);
	describe(l, l->count, out);
	markdown_destroy(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
	CLEANUP_BUF struct buf whole = BUF_INIT(256 * MIB);
	CLEANUP_BUF struct buf pieces = BUF_INIT(256 * MIB);
	struct markdown_opts opts = { .links = true };
	struct markdown *m;
	const struct lines *l;

	if (size < 2 || size > 4096)
		return 0;
	opts.width = data[0] % 100 + 1;
	opts.ascii = data[1] & 1;
	if (term_text(str_make((const char *)data + 2, size - 2), &text) != 0)
		return 0;
	m = markdown_create(&opts);
	markdown_feed(m, buf_str(&text));
	markdown_finish(m);
	l = markdown_lines(m);
	check_lines(l, buf_str(&text), (size_t)opts.width);
	describe(l, l->count, &whole);
	markdown_destroy(m);
	grow(buf_str(&text), &opts, data[1], &pieces);
	if (!str_eq(buf_str(&whole), buf_str(&pieces)))
		abort();
	return 0;
}
