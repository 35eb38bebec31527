/* What a card shows of each tool's calls: one row a tool. Tools that have no
 * row (a plugin's, a server's) are shown by their most telling argument. */
#ifndef FRIDAY_TUI_TRANSCRIPT_CARD_ROWS_H
#define FRIDAY_TUI_TRANSCRIPT_CARD_ROWS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/json.h"

enum card_flags {
	CARD_QUIET = 1,	 /* only reads: several in a row are summed up */
	CARD_HIDDEN = 2, /* another block shows what it did */
	CARD_TAIL = 4,	 /* its output counts at its end */
	CARD_CHANGES = 8, /* its diff is shown at once */
	CARD_SUB_RUN = 16,
	CARD_SOURCE = 32, /* its output is a part of the file at `target` */
};

struct card_row {
	const char *name;
	unsigned flags; /* enum card_flags */
	/* The argument that says most; others follow in brackets. */
	const char *target, *also;
	/* Of a CARD_QUIET one: "read" 5 "file"s. */
	const char *did, *what;
};

const struct card_row *card_row(struct str tool);
/* The target of a call as one line, unfiltered. */
void card_target(const struct card_row *row, const struct json *started,
    struct buf *out);
/* "read 5 files" */
void card_row_sum(const struct card_row *row, size_t n, struct buf *out);

#endif
