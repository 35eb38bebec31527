/* What tests of Markdown share: feeding in steps, lines as text. */
#ifndef FRIDAY_TESTS_MARKDOWN_FIXTURE_H
#define FRIDAY_TESTS_MARKDOWN_FIXTURE_H

#include "tests/unit/unit.h"
#include "tui/text/markdown.h"

/* Everything that a line is made of, for comparing two layouts. */
static inline void
describe_lines(const struct lines *l, struct buf *out)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct line *line = &l->lines[i];

		buf_printf(out, "%u", line->flags);
		for (size_t k = 0; k < line->count; k++) {
			const struct piece *p = &l->pieces[line->first + k];

			buf_printf(out, "|%u.%u.%u.%s.%d:", p->style.role,
			    p->style.ground, p->style.flags, p->link == 0 ?
			    "" : l->links[p->link - 1], (int)p->source);
			buf_add_str(out, lines_piece_text(l, p));
		}
		buf_add_char(out, '\n');
	}
}

/* The lines' text, blanks at the ends cut. */
static inline void
lines_dump(const struct lines *l, struct buf *out)
{
	for (size_t i = 0; i < l->count; i++) {
		lines_text(l, i, out);
		while (out->len > 0 && out->ptr[out->len - 1] == ' ')
			buf_truncate(out, out->len - 1);
		buf_add_char(out, '\n');
	}
}

/* Pieces with an offset are copies of the source there. */
static inline void
check_sources(const struct lines *l, struct str text)
{
	for (size_t i = 0; i < l->n_pieces; i++) {
		const struct piece *p = &l->pieces[i];

		if (p->source == LINE_NO_SOURCE)
			continue;
		assert_true(p->source + (size_t)p->len <= text.len);
		assert_memory_equal(lines_piece_text(l, p).ptr,
		    text.ptr + p->source, p->len);
	}
}

#endif
