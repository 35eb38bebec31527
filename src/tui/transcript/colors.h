/* Colours of source text in the transcript and in views, computed by the worker
 * thread and kept, within a ceiling. What is not there yet is shown plain; it
 * is laid out again when it has come.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TRANSCRIPT_COLORS_H
#define FRIDAY_TUI_TRANSCRIPT_COLORS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct app;
struct colors;

/* Whose text is coloured: a block, a view. */
struct colors_user {
	struct colors *colors; /* NULL: none */
	bool done;	       /* the text does not grow any more */
	bool wants;	       /* laid out without some that may come */
	int64_t asked_ms;      /* when it last asked; colors.c's own */
};

/* came() is called when more are there: users that want colours are to be laid
 * out again. */
struct colors *colors_create(struct app *app,
    void (*came)(struct app *app, void *owner), void *owner);
void colors_destroy(struct colors *c);
/* Other grammars, other roles: forgets all. */
void colors_clear(struct colors *c);
/* A markdown_highlight_fn whose ctx is a struct colors_user. */
bool colors_fill(struct str language, struct str code, uint8_t *roles,
    void *user);
/* Hands what was missing to the worker: once a frame, so that the blocks in
 * sight are laid out again once and not for each piece. */
void colors_flush(struct colors *c);

#endif
