/* The composer's insides, shared by its files. */
#ifndef FRIDAY_TUI_COMPOSER_INNER_H
#define FRIDAY_TUI_COMPOSER_INNER_H

#include "tui/app.h"
#include "tui/composer/chips.h"
#include "tui/composer/composer.h"
#include "tui/composer/edit_buffer.h"
#include "tui/composer/edit_view.h"
#include "tui/composer/kill_ring.h"

/* What the input is for: its first character chose it. */
enum prompt_kind {
	PROMPT_TEXT,
	PROMPT_SHELL, /* "!": a command of the user's own */
	PROMPT_NOTE,  /* "#": a line for AGENTS.md */
	PROMPT_KINDS
};

struct composer {
	struct app *app;
	enum prompt_kind prompt;
	struct edit edit;
	struct chips chips;
	struct kill_ring ring;
	struct edit_view view;
	struct buf expanded; /* composer_text() */
};

/* After any change of what is shown. */
void composer_changed(struct composer *c);
/* Empties the input and forgets its chips, undo and the rest. */
void composer_reset(struct composer *c);
/* Enter and Tab. */
void composer_submit(struct composer *c, bool queue);

#endif
