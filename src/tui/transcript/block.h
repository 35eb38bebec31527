/* A block of the transcript: one thing that was said, done or noticed. It
 * keeps what its events said and is laid out when it comes into sight; what
 * kinds there are is a table of rows (struct block_kind), one file a family:
 * said.c, card.c, thin.c, asked.c.
 *
 * All text in a block is as it came; it is filtered (base/term_text.h) on its
 * way into `text` or into a layout.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TRANSCRIPT_BLOCK_H
#define FRIDAY_TUI_TRANSCRIPT_BLOCK_H

#include "base/buf.h"
#include "base/json.h"
#include "base/term_text.h"
#include "tui/text/line.h"
#include "tui/text/plain_output.h"
#include "tui/transcript/colors.h"

struct block;
struct block_list;
struct markdown;

/* How a block is to look; the same look and the same block give the same
 * lines. */
struct look {
	int width;	    /* columns; at least 1 */
	bool open;	    /* all details */
	bool newest;	    /* the last of its kind in the session */
	bool running;	    /* a run goes on: what is not done may be later */
	int64_t wall_ms;    /* now, for what is running */
	struct colors *colors; /* of source text; NULL: none */
	const struct block_list *list; /* where it stands */
};

enum block_flags {
	BLOCK_THIN = 1,	  /* no blank line between it and another such one */
	BLOCK_FOLDS = 2,  /* opens and closes */
	BLOCK_PANEL = 4,  /* on the ground of a panel */
	BLOCK_SHEET = 8,  /* its source is made with its layout */
	BLOCK_TICKS = 16, /* shows a time while it is not done */
	BLOCK_PROSE = 32, /* to be read: in lines that are not too long */
	BLOCK_SETTING = 64, /* tells of a choice; nothing was said by it */
};

struct block_kind {
	const char *name;
	unsigned flags; /* enum block_flags */
	/* Fills b->lines (or lets b->md stand for them). */
	void (*lay)(struct block *b, const struct look *look);
	/* Whether it is not shown, given the next block that is (NULL: none).
	 * NULL: always shown. */
	bool (*hidden)(const struct block *b, const struct block *next);
	/* One line for a block that sums this one up; NULL: none. */
	void (*title)(const struct block *b, struct buf *out);
};

enum block_fold { FOLD_AUTO, FOLD_OPEN, FOLD_CLOSED };

/* Tags of lines: what a click means. */
enum block_tag { TAG_NONE, TAG_FOLD };

struct block {
	const struct block_kind *kind;
	int64_t seq, last_seq; /* events it came from; 0: friday's own */
	int64_t time_ms;       /* wall clock of the first */
	char *id;	/* message, call or shell; NULL */
	char *run;	/* NULL: outside a run */
	char *parent;	/* call of the sub-run that it belongs to; NULL */
	struct json *first, *second; /* beginning and end, as they came */
	struct buf text;      /* what was said, filtered */
	struct term_text filter;
	struct plain_output plain; /* of a call: before the filter */
	int64_t taken;	      /* bytes of text taken in, before the filter */
	bool done;	      /* nothing more comes */
	bool headless;	      /* its beginning lies before what is loaded */
	uint8_t fold;	      /* enum block_fold */
	size_t bytes;	      /* roughly what it holds */
	/* The list's. */
	size_t index;
	struct block *owner;  /* the card of its sub-run; NULL */
	struct block *group;  /* the block that sums it up; NULL */
	size_t members;	      /* of a block that sums others up: calls */
	/* The layout. */
	struct lines lines;
	struct buf source;    /* of a BLOCK_SHEET: what the lines are made of */
	struct markdown *md;
	bool md_ended;	      /* markdown_finish() was called */
	const struct lines *laid; /* of whichever made them */
	struct colors_user colors;
	int laid_width;	      /* 0: not laid out */
	bool laid_open, laid_newest, laid_running, stale;
	bool recolor;	      /* colours that it wanted came */
};

extern const struct block_kind block_user, block_answer, block_reasoning,
    block_compacted, block_note;		     /* said.c */
extern const struct block_kind block_tool;		     /* card.c */
extern const struct block_kind block_group;		     /* grouping.c */
extern const struct block_kind block_notice, block_retry, block_error,
    block_end, block_mode, block_model, block_shell, block_shell_end,
    block_restored, block_rewound;		     /* thin.c */
extern const struct block_kind block_approval, block_question,
    block_plan;					     /* asked.c */

/* Whether it is a call that only reads and did not fail: several in a row are
 * summed up. */
bool card_is_quiet(const struct block *b);

struct block *block_create(const struct block_kind *kind);
void block_destroy(struct block *b);
/* Something changed: it is laid out again when it is next looked at. */
void block_change(struct block *b);
/* Gives the layout's memory back. */
void block_forget(struct block *b);
/* Lays out where needed and returns the lines; they live until the next
 * change. */
const struct lines *block_lines(struct block *b, const struct look *look);
/* The text that the sources of its lines point into. */
struct str block_source(const struct block *b);
/* Takes a piece of text in at an offset of what came; what is there already
 * is left out. */
void block_take_text(struct block *b, int64_t offset, struct str text);
/* The whole text: replaces what was taken where it differs. */
void block_set_text(struct block *b, struct str text);
/* Keeps copies of events; json NULL: none. */
void block_set_first(struct block *b, const struct json *event);
void block_set_second(struct block *b, const struct json *event);
/* Whether it belongs to the sub-run or run of the other. */
bool block_same_run(const struct block *a, const struct block *b);

#endif
