/* Styled text that flows into lines: what paragraphs, table cells and plain
 * text have in common. A flow is a list of runs of one style each; laying it
 * out breaks it at blanks where there are any, between wide clusters (CJK),
 * else between clusters. Line feeds in the runs break always; tabs go to stops
 * of 8.
 *
 * Thread: one at a time. */
#ifndef FRIDAY_TUI_TEXT_FLOW_H
#define FRIDAY_TUI_TEXT_FLOW_H

#include "tui/text/line.h"

struct flow_run {
	const char *ptr; /* borrowed; NULL: `at` in the flow's own text */
	uint32_t at, len;
	uint32_t source; /* of its first byte, or LINE_NO_SOURCE */
	struct style style;
	uint16_t link; /* of the lines it is laid out into */
	bool inside;   /* within an inline construct: no good place to cut */
};

/* Where a line begins: a run, and a byte of it. */
struct flow_place {
	size_t run, byte;
};

struct flow {
	struct flow_run *runs;
	size_t count, cap;
	struct buf own; /* text that is nowhere else: decoded entities */
	/* Where the lines of the last layout begin. */
	struct flow_place *starts;
	size_t n_starts, cap_starts;
};

#define FLOW_INIT ((struct flow){ .own = { .max = 64 * MIB } })

struct flow_opts {
	int width; /* columns, with the prefixes; at least 1 */
	/* All of their runs stand before the first and before each other line;
	 * NULL: nothing. */
	const struct flow *first, *others;
	size_t lines_max; /* 0: no limit; else the last line ends in "…" */
	unsigned flags;	  /* enum line_flags of the first line */
};

void flow_release(struct flow *f);
void flow_clear(struct flow *f);
/* Borrowed text: lives until the layout is done. */
void flow_add(struct flow *f, struct str text, struct style style,
    uint32_t source);
void flow_add_run(struct flow *f, const struct flow_run *run);
/* Copied text. */
void flow_add_copy(struct flow *f, struct str text, struct style style);
struct str flow_run_text(const struct flow *f, const struct flow_run *run);
/* Columns of all runs in one line. */
size_t flow_width(const struct flow *f);
/* Columns of the widest of the lines that line feeds make. */
size_t flow_width_max(const struct flow *f);
/* Columns of the longest piece that is broken only where nothing else helps. */
size_t flow_word_max(const struct flow *f);
/* Appends the runs to a line that is open. */
void flow_put(const struct flow *f, struct lines *out);
/* Appends lines; an empty flow gives one line of prefix only. */
void flow_layout(struct flow *f, const struct flow_opts *opts,
    struct lines *out);

#define CLEANUP_FLOW CLEANUP(flow_release)

#endif
