/* The transcript from inside: what viewport.c, window.c, reading.c, search.c
 * and selection.c share. */
#ifndef FRIDAY_TUI_TRANSCRIPT_INNER_H
#define FRIDAY_TUI_TRANSCRIPT_INNER_H

#include "base/id.h"
#include "tui/app.h"
#include "tui/transcript/block_list.h"
#include "tui/transcript/search.h"
#include "tui/transcript/selection.h"
#include "tui/transcript/transcript.h"

/* A line of a block; the blank line above it counts as its first. NULL:
 * nowhere. */
struct place {
	struct block *block;
	int line;
};

enum load {
	LOAD_NONE,
	LOAD_BACK,    /* what is before */
	LOAD_FORWARD, /* what is behind */
	LOAD_TAIL,    /* the end, in place of what is there */
	LOAD_TOP,     /* the beginning, the same */
	LOAD_AROUND,  /* a place in the middle, the same */
};

/* Which part of the session is loaded: events in [head_seq, end_seq]. */
struct window {
	struct transcript *t; /* first: replies get the window */
	enum load load;	      /* under way */
	int64_t head_seq, end_seq, live_seq;
	int64_t target;	      /* of LOAD_AROUND */
	bool at_start;
	bool overflow;	      /* more came during a load than was kept */
	struct json **pending; /* events that came during a load */
	size_t n_pending, cap_pending;
	unsigned until_measured;
};

struct transcript {
	struct app *app;
	struct block_list list;
	struct colors *colors;
	char session[ID_SIZE];
	struct window window;
	struct buf last_answer;

	/* viewport.c */
	struct rect rect;     /* where it was drawn last */
	int width;	      /* of the text then */
	bool follow;	      /* the end stays in sight */
	struct place top;     /* else: what stands in the first row */
	struct place *rows;   /* what stands in each row */
	size_t cap_rows;
	int n_rows;	      /* drawn last */
	int anchored_rows, anchored_width; /* for which `top` was at the end */
	bool news;	      /* something came below */
	bool ticking;	      /* a timer is set */
	int owed;	      /* lines to scroll up when more has come */

	/* reading.c */
	bool reading;
	struct block *focus;
	struct search search;
	struct selection selection;
	struct buf status;
};

/* --- transcript.c -------------------------------------------------------- */

/* Events from the store: the last answer may be among them. */
void transcript_past(struct transcript *t, const struct json *events);

/* --- viewport.c ---------------------------------------------------------- */

struct look viewport_look(const struct transcript *t, const struct block *b);
const struct lines *viewport_lines(struct transcript *t, struct block *b);
/* Lines with the blank one above; 0: nothing to see. */
int viewport_height(struct transcript *t, struct block *b);
void viewport_draw(struct transcript *t, struct surface *s, struct rect r);
/* lines < 0: towards the beginning. */
void viewport_scroll(struct transcript *t, int lines);
/* Puts a line of a block's text into sight, near the middle if it is not. */
void viewport_show(struct transcript *t, struct block *b, int line);
/* The same, moving no further than needed. */
void viewport_reveal(struct transcript *t, struct block *b, int line);
/* The last line that begins at or before a byte of the source. */
int viewport_line_of(const struct lines *l, uint32_t source);
/* Columns at the left of a block's lines. */
int viewport_indent(const struct transcript *t, const struct block *b);
void viewport_to_end(struct transcript *t);
void viewport_to_start(struct transcript *t);
/* A block goes: whatever pointed at it must not. */
void viewport_leaving(struct transcript *t, struct block *b);

/* --- window.c ------------------------------------------------------------ */

void window_init(struct window *w, struct transcript *t);
void window_release(struct window *w);
void window_open(struct window *w, int64_t last_seq);
void window_event(struct window *w, const struct json *event);
/* Loads what comes near, drops what is far away; after drawing. */
void window_follow(struct window *w);
/* Loads another part in place of this one. */
void window_jump(struct window *w, enum load load, int64_t seq);

/* --- reading.c ----------------------------------------------------------- */

void reading_enter(struct transcript *t, bool all);
void reading_leave(struct transcript *t);
bool reading_key(struct transcript *t, const struct key *key,
    enum action action);
const char *reading_status(struct transcript *t);
bool reading_mouse(struct transcript *t, const struct mouse *mouse, int row,
    int col);

#endif
