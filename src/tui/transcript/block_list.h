/* The blocks that are loaded, in the order in which they are shown. Blocks of
 * a sub-run stand behind the card of the call that started it and are shown
 * when that is open; quiet calls in a row are summed up by a block of their
 * own.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TRANSCRIPT_BLOCK_LIST_H
#define FRIDAY_TUI_TRANSCRIPT_BLOCK_LIST_H

#include "tui/transcript/block.h"

/* Events [from, to) that going back took out of the conversation. */
struct gone {
	int64_t from, to;
};

struct block_list {
	struct block **items;
	size_t n, cap;
	size_t bytes; /* that they hold, roughly; blocks_measure() */
	bool all;     /* everything is open that was not closed by hand */
	bool at_end;  /* the last block is the session's last */
	bool changed; /* since calls were last summed up */
	struct gone *gone;
	size_t n_gone, cap_gone;
	/* Told before a block is destroyed; may be NULL. */
	void (*leaving)(struct block *b, void *ctx);
	void *ctx;
};

void blocks_init(struct block_list *l);
void blocks_release(struct block_list *l);
void blocks_clear(struct block_list *l);
/* Puts a block where it belongs: at the end, or behind its sub-run's card. It
 * is the list's then. */
void blocks_add(struct block_list *l, struct block *b);
void blocks_insert(struct block_list *l, size_t index, struct block *b);
void blocks_remove(struct block_list *l, struct block *b);
/* To a place before its present one. */
void blocks_move(struct block_list *l, struct block *b, size_t index);
/* The newest with that kind and id; NULL. */
struct block *blocks_find(const struct block_list *l,
    const struct block_kind *kind, struct str id);
/* Takes out what these events made, now and when they come again. */
void blocks_take_back(struct block_list *l, struct gone gone);
bool blocks_are_gone(const struct block_list *l, int64_t seq);
/* Forgets of going back: for another session. */
void blocks_forget_gone(struct block_list *l);
/* Takes all blocks of an earlier window in, in front. What both have the
 * halves of becomes one. `earlier` is empty then. */
void blocks_join(struct block_list *l, struct block_list *earlier);
/* Sums up quiet calls in a row, anew where the list changed. What comes out
 * depends on the blocks alone and not on the order in which they came.
 * (grouping.c) */
void blocks_regroup(struct block_list *l);
void blocks_measure(struct block_list *l);

/* Shown unless folded away. */
bool blocks_may_show(const struct block_list *l, const struct block *b);
/* Shown, with the folds as they are. */
bool blocks_shows(const struct block_list *l, const struct block *b);
/* The nearest shown block before or behind an index (not itself); NULL. */
struct block *blocks_before(const struct block_list *l, size_t index);
struct block *blocks_after(const struct block_list *l, size_t index);
struct block *blocks_last(const struct block_list *l);
struct block *blocks_first(const struct block_list *l);
bool blocks_is_open(const struct block_list *l, const struct block *b);
/* Whether the plan is the newest, and its like. */
bool blocks_is_newest(const struct block_list *l, const struct block *b);
/* Blank lines above a shown block: 0 or 1. */
int blocks_gap(const struct block_list *l, const struct block *b);

#endif
