/* The inside of a Markdown text that grows; for the markdown_*.c files.
 *
 * Text goes through three hands:
 *   markdown.c        cuts it into lines, and very long lines into parts
 *   markdown_block.c  says which block a line belongs to (CommonMark's block
 *                     structure, one line at a time, never going back)
 *   markdown_leaf.c   lays a block out when it ends: paragraphs and headings
 *                     by markdown_inline.c, tables by markdown_table.c, code
 *                     line by line
 *
 * What they keep between two lines is struct markdown_state. The end of the
 * text that may still change is laid out on a copy of it, and thrown away. */
#ifndef FRIDAY_TUI_TEXT_MARKDOWN_STATE_H
#define FRIDAY_TUI_TEXT_MARKDOWN_STATE_H

#include "tui/text/markdown.h"
#include "tui/text/markdown_inline.h"

enum {
	MARKDOWN_DEPTH_MAX = 24,   /* quotes and lists in each other */
	MARKDOWN_COLUMNS_MAX = 48, /* of a table; the rest is in the last */
	/* A line is read in parts of at most this size. */
	MARKDOWN_PART_MAX = 4096,
	/* From this size on, the begin of a paragraph is settled. */
	MARKDOWN_PARAGRAPH_MAX = 2048,
	/* From this many rows or bytes on, a table's columns are fixed. */
	MARKDOWN_TABLE_ROWS = 32,
	MARKDOWN_TABLE_BYTES = 8192,
};

enum markdown_container_kind { CONTAINER_QUOTE, CONTAINER_ITEM };

struct markdown_container {
	enum markdown_container_kind kind;
	char mark;	      /* '-', '*', '+', '.', ')' */
	char task;	      /* ' ', 'x'; 0: no task */
	bool marker_pending;  /* the item's marker was not drawn yet */
	bool empty;	      /* nothing but the marker so far */
	uint16_t indent;      /* columns of an item's content */
	uint32_t number;      /* of an ordered item */
};

enum markdown_leaf {
	LEAF_NONE,
	LEAF_PARAGRAPH,
	LEAF_FENCE,
	LEAF_INDENTED,
	LEAF_TABLE,
};

/* How much of its line a part is. */
enum markdown_part {
	PART_WHOLE,	/* a whole line */
	PART_OPEN,	/* the begin of a line that is not whole yet */
	PART_FIRST,	/* the first part of a long line */
	PART_CONTINUED, /* a further part of a long line */
};

enum markdown_align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

struct markdown_state {
	struct markdown_container stack[MARKDOWN_DEPTH_MAX];
	size_t depth;
	enum markdown_leaf leaf;

	/* Between blocks. */
	bool any;      /* something was laid out */
	bool blank;    /* a blank line came since */
	bool loud;     /* what was laid out last wants space behind it */
	size_t common; /* containers that are still the same since then */

	/* LEAF_PARAGRAPH, rows of LEAF_TABLE: markdown.ranges. */
	size_t n_ranges, bytes;
	bool cut;	  /* the paragraph's begin is settled already */
	bool cut_in_line; /* … within a line */
	size_t retry;	  /* no cut is tried below this many bytes */

	/* LEAF_FENCE and LEAF_INDENTED. */
	char fence;
	size_t fence_len, fence_indent;
	size_t blanks; /* blank lines of indented code that may be its end */

	/* LEAF_TABLE. */
	size_t columns;
	bool fixed; /* the widths count for all rows to come */
	bool records; /* too narrow for columns */
	bool record_before;
	uint8_t align[MARKDOWN_COLUMNS_MAX]; /* enum markdown_align */
	uint16_t widths[MARKDOWN_COLUMNS_MAX];
	struct markdown_range header;
};

/* Code that has no colours, or not all of them yet. */
struct markdown_code {
	struct markdown_range language;
	size_t first_line, end_line; /* of markdown.lines; end when closed */
	size_t first, count; /* of markdown.code_ranges */
	size_t bytes;
	size_t asked;	 /* ranges for which colours were asked */
	size_t next_ask; /* bytes from which they are asked for again */
	bool colored;	 /* all that was asked is there */
	bool closed;
};

struct markdown {
	struct markdown_opts opts;
	struct str text;
	size_t line_at; /* bytes before are read: lines, and parts of one */
	bool in_line;	/* parts of the line were read */
	bool finished;
	struct markdown_state state;
	struct markdown_range *ranges, *ranges_kept;
	size_t cap_ranges, cap_kept;

	struct lines lines;
	size_t settled, settled_links; /* of lines: before the open end */
	bool open_end;	/* lines holds the open end too */
	bool dirty;	/* the open end must be laid out */

	struct markdown_code *codes; /* that may still get colours */
	size_t n_codes, cap_codes;
	struct markdown_range *code_ranges;
	size_t n_code_ranges, cap_code_ranges;

	struct flow flow, cell, first, others; /* reused */
	struct buf scratch;
	bool provisional; /* the open end is being laid out */
};

/* markdown_block.c */
void markdown_block_line(struct markdown *m, struct markdown_range line,
    enum markdown_part part);
/* Ends all that is open. */
void markdown_block_end(struct markdown *m);

/* markdown_leaf.c. All lay out at the end of m->lines. */
/* The blank line before a block, where there should be one. */
void markdown_gap(struct markdown *m, bool loud);
/* Fills m->first and m->others with the marks of the containers, and `extra`
 * blanks; the items' markers count as drawn. Returns the columns left. */
int markdown_prefix(struct markdown *m, size_t extra);
struct style markdown_text_style(const struct markdown *m);
void markdown_paragraph_add(struct markdown *m, struct markdown_range line);
void markdown_paragraph_end(struct markdown *m);
void markdown_heading(struct markdown *m, struct markdown_range text);
void markdown_rule(struct markdown *m);
/* A list item without content. */
void markdown_item_bare(struct markdown *m);
void markdown_code_begin(struct markdown *m, struct markdown_range language);
void markdown_code_add(struct markdown *m, struct markdown_range line);
void markdown_code_end(struct markdown *m);

/* markdown_color.c */
void markdown_color_begin(struct markdown *m, struct markdown_range language);
void markdown_color_add(struct markdown *m, struct markdown_range line);
void markdown_color_end(struct markdown *m);

/* markdown_table.c */
/* Reads a delimiter row ("|---|:-:|"); 0 columns: it is none. */
size_t markdown_table_delimiter(struct str line, uint8_t *align);
size_t markdown_table_count(struct str row);
void markdown_table_begin(struct markdown *m, struct markdown_range header);
void markdown_table_row(struct markdown *m, struct markdown_range row);
void markdown_table_end(struct markdown *m);

#endif
