/* A question with one line as its answer: a name, a value. Docked. Thread: the
 * screen's. */
#ifndef FRIDAY_TUI_VIEW_PROMPT_H
#define FRIDAY_TUI_VIEW_PROMPT_H

#include <stdbool.h>

#include "base/str.h"

struct app;

struct prompt_opts {
	const char *title; /* copied, as all text here */
	const char *note;  /* one muted line below; NULL */
	struct str text;   /* to begin with */
	struct str ghost;  /* while it is empty */
	/* With Enter. Returns whether the prompt closes. */
	bool (*done)(struct app *app, struct str text, void *ctx);
	void *ctx;
	void (*release)(void *ctx); /* when it closes; NULL */
};

void prompt_open(struct app *app, const struct prompt_opts *opts);

#endif
