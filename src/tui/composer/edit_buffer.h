/* The text being written, its caret, and undo and redo.
 *
 * A change is one splice. Changes belong to groups that are undone together:
 * letters typed in a row up to the next word, deletions in a row, and whatever
 * stands between edit_group_begin() and edit_group_end(). */
#ifndef FRIDAY_TUI_COMPOSER_EDIT_BUFFER_H
#define FRIDAY_TUI_COMPOSER_EDIT_BUFFER_H

#include <stdbool.h>

#include "base/buf.h"

/* Longer text is refused; a large paste is a chip and counts 4 bytes. */
#define EDIT_BYTES_MAX (1 * MIB)

enum edit_kind { EDIT_OTHER, EDIT_TYPED, EDIT_ERASED };

struct edit_change;

struct edit {
	struct buf text;
	size_t caret;	  /* byte offset, between characters */
	unsigned version; /* another one after each change of the text */
	int goal_col;	  /* of vertical movement; -1: where the caret is */
	/* Undo: changes [0, done) are in the text, [done, n) were undone. */
	struct edit_change *changes;
	size_t done, n, cap, bytes;
	unsigned group, depth;
	enum edit_kind kind; /* of the last change, while it can go on */
};

void edit_init(struct edit *e);
void edit_release(struct edit *e);
struct str edit_text(const struct edit *e);
/* Replaces `len` bytes at `at`; the caret ends up behind the new text. False:
 * too long, nothing was changed. */
bool edit_replace(struct edit *e, size_t at, size_t len, struct str with,
    enum edit_kind kind);
/* At the caret. */
bool edit_insert(struct edit *e, struct str text);
/* Typed: groups with what was typed just before. */
bool edit_type(struct edit *e, struct str character);
/* All of it, as one step of undo; the caret at the end. */
bool edit_set(struct edit *e, struct str text);
/* Forgets the text and every change. */
void edit_reset(struct edit *e);
/* Moves the caret: ends a group and the vertical goal. */
void edit_move(struct edit *e, size_t at);
void edit_group_begin(struct edit *e);
void edit_group_end(struct edit *e);
/* False: there is nothing. */
bool edit_undo(struct edit *e);
bool edit_redo(struct edit *e);

#endif
