/* A view: something that takes part of the screen and the keys for a while - a
 * question, a list, a page. Views are stacked; the top one gets the keys.
 * One file each under view/, with its row (struct view_ops) at the end.
 *
 * Thread: the screen's. Nothing in a view may wait. */
#ifndef FRIDAY_TUI_VIEW_H
#define FRIDAY_TUI_VIEW_H

#include "tui/keymap.h"
#include "tui/terminal/key.h"
#include "tui/terminal/surface.h"

struct app;
struct json;
struct view;

enum view_place {
	/* Between the transcript and the status line, in place of the input:
	 * questions, lists. As high as rows() says. */
	VIEW_DOCKED,
	/* Everything but the status line: pages such as /diff. */
	VIEW_FULL,
};

struct view_ops {
	const char *name;
	enum view_place place;
	enum keymap_context context; /* which keys mean what */
	/* key() gets each key at once and without an action, also those that
	 * begin a chord. */
	bool every_key;
	/* Docked: a page right below it stays in sight, in place of the
	 * transcript; it only draws. */
	bool over_page;
	/* Rows wanted at this width, when there are at most `most`. NULL: all
	 * of them. */
	int (*rows)(struct view *v, int cols, int most);
	/* Draws all of r; r is blank before. */
	void (*draw)(struct view *v, struct surface *s, struct rect r);
	/* `action` is what the keymap says, ACTION_NONE for plain text. True:
	 * taken; a key that no view takes goes to the application (mode cycle,
	 * interrupt, quit). */
	bool (*key)(struct view *v, const struct key *key,
	    enum action action);
	/* A whole paste; NULL: not taken. */
	void (*paste)(struct view *v, struct str text);
	/* Cell within the view's rectangle; NULL: not taken. */
	bool (*mouse)(struct view *v, const struct mouse *mouse, int row,
	    int col);
	/* Each event of the session; NULL: of no interest. */
	void (*event)(struct view *v, const struct json *event);
	/* Short key hints for the status line, "y once · n no"; NULL: from the
	 * keymap. Lives as long as the view. */
	const char *(*hints)(struct view *v);
	/* Frees v. */
	void (*destroy)(struct view *v);
};

/* First member of each view's own struct. */
struct view {
	const struct view_ops *ops;
	struct app *app;
	struct view *below; /* the stack's, app.c */
};

#endif
