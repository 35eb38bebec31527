/* A layout that makes its own source: for blocks that are put together from
 * several texts (cards, notices). What is added as text can be copied; what is
 * put as decoration cannot. Everything passes the terminal filter here.
 *
 *	struct sheet s = sheet_begin_block(b, look);
 *	sheet_begin(&s, 0);
 *	sheet_put(&s, "● ", STYLE(ROLE_SUCCESS));
 *	sheet_add(&s, name, STYLE(ROLE_TOOL));
 *	sheet_end(&s);
 */
#ifndef FRIDAY_TUI_TRANSCRIPT_SHEET_H
#define FRIDAY_TUI_TRANSCRIPT_SHEET_H

#include "tui/transcript/block.h"

struct sheet {
	struct block *block;
	struct lines *lines;
	struct buf *source;
	int width, used; /* columns; of the line that is open */
};

/* Empties the block's layout and source. */
struct sheet sheet_begin_block(struct block *b, const struct look *look);

void sheet_begin(struct sheet *s, unsigned tag);
void sheet_end(struct sheet *s);
/* Decoration. */
void sheet_put(struct sheet *s, const char *text, struct style style);
/* One line of text from outside; cut to what is left of the width, less
 * `keep` columns, with "…". */
void sheet_add(struct sheet *s, struct str text, struct style style);
void sheet_add_keep(struct sheet *s, struct str text, struct style style,
    int keep);
void sheet_printf(struct sheet *s, struct style style, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* Whole lines, wrapped, behind an indent of blanks; lines_max 0: all. */
void sheet_wrap(struct sheet *s, int indent, struct str text,
    struct style style, size_t lines_max);
/* The same behind a mark of two columns. */
void sheet_marked(struct sheet *s, const char *mark, struct style mark_style,
    struct str text, struct style style);
/* One line of its own, cut. */
void sheet_line(struct sheet *s, int indent, struct str text,
    struct style style);
/* A diff behind an indent; file: name for the colours, may be empty.
 * lines_max 0: all. */
void sheet_diff(struct sheet *s, int indent, struct str diff, struct str file,
    size_t lines_max);

/* Source text whose lines have numbers before them, as the tool `read` gives
 * it ("     1\tint x;"), in its colours; other lines are shown muted. What is
 * copied has no numbers. */
void sheet_numbered(struct sheet *s, int indent, struct str text,
    struct str file);

#endif
