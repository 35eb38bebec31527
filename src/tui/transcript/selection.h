/* What is selected of the transcript, by keys or with the mouse, and copied:
 * as the source text, without the borders, indents and wraps of the screen.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TRANSCRIPT_SELECTION_H
#define FRIDAY_TUI_TRANSCRIPT_SELECTION_H

#include "base/buf.h"
#include "tui/keymap.h"
#include "tui/terminal/surface.h"

struct block;
struct lines;
struct transcript;

enum selection_kind { SELECT_NONE, SELECT_LINES, SELECT_CHARS };

/* A cell of a block's lines. */
struct mark {
	struct block *block; /* NULL: none */
	int line, col;
};

struct selection {
	struct transcript *t;
	enum selection_kind kind;
	struct mark from, to; /* in the order in which they were set */
	bool pressed, dragged; /* a button is down; the mouse moved */
};

void selection_init(struct selection *s, struct transcript *t);
void selection_end(struct selection *s);
/* Begins with lines; lines become characters; those end it. */
void selection_toggle(struct selection *s);
/* Whether a key moved the end of the selection. */
bool selection_key(struct selection *s, const struct key *key,
    enum action action);
/* The source of what is selected; false when nothing is. */
bool selection_copy(struct selection *s, struct buf *out);
void selection_tint(const struct selection *s, struct surface *to, int row,
    int col, const struct block *b, const struct lines *l, size_t line);
void selection_leaving(struct selection *s, const struct block *b);

/* The mouse, in cells of the transcript. True: taken. A press and release in
 * one place is a click, which `ret_click` says. */
bool selection_mouse(struct selection *s, const struct mouse *mouse, int row,
    int col, bool *ret_click);

#endif
