/* Searching the transcript: hits among what is loaded at once, then in the
 * whole session by the operation transcript.search, the newest first and a
 * part at a time: what was found is there while the rest is looked through,
 * and a changed pattern waits for no more than one part. A hit is an event;
 * within it, its occurrences are walked one by one.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TRANSCRIPT_SEARCH_H
#define FRIDAY_TUI_TRANSCRIPT_SEARCH_H

#include "base/buf.h"
#include "base/finder.h"
#include "tui/terminal/key.h"
#include "tui/terminal/surface.h"

struct block;
struct json;
struct lines;
struct transcript;

struct hit {
	int64_t seq; /* of the event; 0: friday's own block, see block */
	struct block *block; /* only where seq is 0 */
	size_t count; /* occurrences */
	bool told; /* by the store */
};

/* A place in a block's source. */
struct found {
	struct block *block; /* NULL: none */
	size_t at, len;
};

struct search {
	struct transcript *t;
	bool typing;	    /* the prompt is open */
	struct buf pattern;
	struct finder finder;
	struct hit *hits;   /* in the order of the session */
	size_t n, cap, total;
	bool due;	    /* the store will be asked */
	bool asking;	    /* it will be, or is */
	size_t n_told;	    /* hits that it told */
	bool settled;	    /* we have gone to a hit */
	bool more;	    /* there are earlier ones than were counted */
	size_t hit, nth;    /* where we are; nth of the hit's occurrences */
	bool going;	    /* to be shown when it is loaded */
	struct found now;
	int cursor_row, cursor_col; /* of the prompt, when drawn last */
};

void search_init(struct search *s, struct transcript *t);
void search_release(struct search *s);
/* Opens the prompt. */
void search_begin(struct search *s);
/* Ends it, and all tints. */
void search_end(struct search *s);
bool search_is_on(const struct search *s);
/* A key while the prompt is open. */
void search_key(struct search *s, const struct key *key);
/* step: 1 the next hit, -1 the one before. */
void search_step(struct search *s, int step);
/* Another part of the session has been loaded. */
void search_loaded(struct search *s);
void search_leaving(struct search *s, const struct block *b);
/* Tints what was found in a line that is drawn at (row, col). */
void search_tint(const struct search *s, struct surface *to, int row, int col,
    const struct block *b, const struct lines *l, size_t line);
/* The prompt, over the last row. */
void search_draw(struct search *s, struct surface *to, struct rect r);
/* Appends "search: foo 3/17". */
void search_status(const struct search *s, struct buf *out);

#endif
