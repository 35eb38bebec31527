/* What an undo, a redo or going back would change, shown before it happens:
 * the files, and what of somebody's later work is in the way. Enter carries it
 * out; what is in the way is left or overwritten by a key of its own.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_TAKE_BACK_H
#define FRIDAY_TUI_VIEW_TAKE_BACK_H

#include "tui/app.h"

struct take_back {
	const char *title;
	const char *look;     /* the operation that shows */
	const char *look_key; /* a member that is true then; NULL: none */
	const char *operation;
	app_reply_fn *done;   /* may be NULL */
	void *owner;	      /* of that reply, as for app_request() */
};

/* args (NULL: none) are those of both operations, without the session, and
 * consumed. `t` lives as long as the program. */
void view_take_back(struct app *app, const struct take_back *t,
    struct json *args);

#endif
