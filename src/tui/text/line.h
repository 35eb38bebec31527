/* Laid-out text: lines that fit a width, as pieces of one style each. What
 * Markdown, diffs, cards and views are turned into before they are drawn.
 *
 * Every piece knows where it came from in its source text, so that copying
 * gives the source back, without borders, indents and wraps.
 *
 *	struct lines l = LINES_INIT;
 *	lines_begin(&l, 0);
 *	lines_add(&l, STR("│ "), STYLE(ROLE_BORDER), LINE_NO_SOURCE);
 *	lines_add(&l, STR("text"), STYLE(ROLE_TEXT), 17);
 *	lines_end(&l);
 */
#ifndef FRIDAY_TUI_TEXT_LINE_H
#define FRIDAY_TUI_TEXT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "tui/text/style.h"

/* A piece that is decoration: no text of the source. */
#define LINE_NO_SOURCE UINT32_MAX

struct piece {
	uint32_t at, len;   /* bytes in lines.text */
	uint32_t source;    /* offset of its first byte in the source text, of
			     * which it is an exact copy; LINE_NO_SOURCE */
	struct style style;
	uint16_t link;	    /* 1-based, into lines.links; 0: none */
};

enum line_flags {
	LINE_WRAPPED = 1, /* goes on what the line above began */
	LINE_FILL = 2,	  /* the ground of its last piece reaches the edge */
};

struct line {
	uint32_t first, count; /* pieces */
	uint16_t flags;	       /* enum line_flags */
	uint16_t tag;	       /* the maker's own use: which part was clicked */
};

/* Grows; lines are only appended or cut off at the end. At most LINES_MAX
 * lines: past that, text is dropped and `full` set. */
#define LINES_MAX 4000000

struct lines {
	struct buf text;
	struct piece *pieces;
	struct line *lines;
	char **links; /* URLs, owned */
	size_t n_pieces, cap_pieces, count, cap, n_links, cap_links;
	bool open, full;
};

#define LINES_INIT ((struct lines){ .text = { .max = 1024 * MIB } })

void lines_release(struct lines *l);
void lines_clear(struct lines *l);
/* Cuts off all lines from `count` on, with their pieces and text. */
void lines_truncate(struct lines *l, size_t count);
void lines_begin(struct lines *l, unsigned flags);
/* Text without control characters; copied. Merges with the piece before it
 * where style, link and source go on. */
void lines_add(struct lines *l, struct str text, struct style style,
    uint32_t source);
/* The same as part of a link (lines_link()). */
void lines_add_linked(struct lines *l, struct str text, struct style style,
    uint32_t source, uint16_t link);
void lines_end(struct lines *l);
/* begin, add, end. */
void lines_put(struct lines *l, struct str text, struct style style);
/* Keeps a URL; 0 when there are too many. Equal ones share a number. */
uint16_t lines_link(struct lines *l, struct str url);
/* Drops all links but the first `count`: after lines_truncate(), when no line
 * that is left has one of them. */
void lines_forget_links(struct lines *l, size_t count);
/* Appends lines [from, to) of another list. */
void lines_append(struct lines *l, const struct lines *other, size_t from,
    size_t to);
struct str lines_piece_text(const struct lines *l, const struct piece *p);
/* Columns of a line. */
size_t lines_width(const struct lines *l, size_t index);
/* Appends the visible text of a line. */
void lines_text(const struct lines *l, size_t index, struct buf *out);

#define CLEANUP_LINES CLEANUP(lines_release)

#endif
