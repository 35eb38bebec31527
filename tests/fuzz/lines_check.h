/* What holds for all laid-out text, for fuzz targets: a breach aborts. */
#ifndef FRIDAY_TESTS_LINES_CHECK_H
#define FRIDAY_TESTS_LINES_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/width.h"
#include "tui/text/line.h"

/* No line is wider than the screen; pieces with an offset are copies of the
 * source there. */
static inline void
check_lines(const struct lines *l, struct str source, size_t width)
{
	for (size_t i = 0; i < l->count; i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(MIB);

		/* A cluster of two columns does not fit into one. */
		if (lines_width(l, i) <= (width < 2 ? 2 : width))
			continue;
		lines_text(l, i, &text);
		fprintf(stderr, "wider than %zu: %s\n", width,
		    buf_text(&text));
		abort();
	}
	for (size_t i = 0; i < l->n_pieces; i++) {
		const struct piece *p = &l->pieces[i];

		if (p->link > l->n_links)
			abort();
		if (p->source == LINE_NO_SOURCE)
			continue;
		if (p->source > source.len || p->len > source.len - p->source ||
		    memcmp(lines_piece_text(l, p).ptr, source.ptr + p->source,
			p->len) != 0)
			abort();
	}
}

/* All that two layouts must have in common. */
static inline void
describe_line(const struct lines *l, size_t index, struct buf *out)
{
	const struct line *line = &l->lines[index];

	buf_printf(out, "%u %u", line->flags, line->tag);
	for (size_t k = 0; k < line->count; k++) {
		const struct piece *p = &l->pieces[line->first + k];

		buf_printf(out, "|%u.%u.%u.%s.%u:", p->style.role,
		    p->style.ground, p->style.flags, p->link == 0 ? "" :
		    l->links[p->link - 1], (unsigned)p->source);
		buf_add_str(out, lines_piece_text(l, p));
	}
	buf_add_char(out, '\n');
}

#endif
