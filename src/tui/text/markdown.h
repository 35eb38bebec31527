/* Markdown as lines: CommonMark with tables, task lists and strikethrough, by
 * md4c. Made for text that grows: what lies before the last safe block is laid
 * out once, so a delta costs what it adds, whatever came before - in one long
 * paragraph, code fence, list or table too.
 *
 *	struct markdown *m = markdown_create(80);
 *	markdown_feed(m, text so far);	// again and again, longer each time
 *	markdown_finish(m);
 *	markdown_lines(m);
 *
 * Hostile text is the normal case: depth, links and columns are bounded. */
#ifndef FRIDAY_TUI_TEXT_MARKDOWN_H
#define FRIDAY_TUI_TEXT_MARKDOWN_H

#include "tui/text/line.h"

struct markdown;

/* Colours of a code block, when they are there: fills `roles` with one
 * enum style_role per byte of code and returns true, or returns false (shown
 * plain) and makes the owner call markdown_recolor() when they have come. */
typedef bool markdown_highlight_fn(struct str language, struct str code,
    uint8_t *roles, void *ctx);

struct markdown_opts {
	int width;	  /* columns; at least 1 */
	bool links;	  /* OSC 8 links: else the URL is shown behind */
	struct style style; /* of plain text; zero: ROLE_TEXT */
	bool ascii;	  /* no marks beyond ASCII: "*" for a bullet, … */
	markdown_highlight_fn *highlight; /* may be NULL */
	void *ctx;
};

struct markdown *markdown_create(const struct markdown_opts *opts);
void markdown_destroy(struct markdown *m);
/* `text` is the whole text so far: it begins with what was given before and
 * stays where it is until the next call. Control characters were filtered. */
void markdown_feed(struct markdown *m, struct str text);
/* No more text comes: what is open is closed. */
void markdown_finish(struct markdown *m);
/* Lines of the text so far; source offsets are into it. Lives until the next
 * call of feed, finish, recolor or reset. Here the open end is laid out: call
 * it once a frame, not once a delta. */
const struct lines *markdown_lines(struct markdown *m);
/* Lines that no later feed will change: what may be cached. */
size_t markdown_settled(const struct markdown *m);
/* Asks again for the colours of the code blocks that have none yet: cheap,
 * and the number of lines stays what it was. */
void markdown_recolor(struct markdown *m);
/* Lays out all again. */
void markdown_reset(struct markdown *m);

#endif
