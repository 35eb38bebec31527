/* The composer's insides, shared by its files. */
#ifndef FRIDAY_TUI_COMPOSER_INNER_H
#define FRIDAY_TUI_COMPOSER_INNER_H

#include "tui/app.h"
#include "tui/composer/chips.h"
#include "tui/composer/completion.h"
#include "tui/composer/composer.h"
#include "tui/composer/draft.h"
#include "tui/composer/edit_buffer.h"
#include "tui/composer/edit_view.h"
#include "tui/composer/history.h"
#include "tui/composer/kill_ring.h"
#include "tui/composer/queue_list.h"
#include "tui/composer/vi.h"

/* What the input is for: its first character chose it. */
enum prompt_kind {
	PROMPT_TEXT,
	PROMPT_SHELL, /* "!": a command of the user's own */
	PROMPT_NOTE,  /* "#": a line for AGENTS.md */
	PROMPT_KINDS
};

/* Rows of each part, from the top. */
struct composer_layout {
	int along, queue, list, input, padding;
};

struct sending;	    /* submit.c */
struct outside_job; /* outside_editor.c */

struct composer {
	struct app *app;
	enum prompt_kind prompt;
	struct edit edit;
	struct chips chips;
	struct kill_ring ring;
	struct edit_view view;
	struct vi vi;
	struct completion completion;
	struct history history;
	struct queue_list queue;
	struct draft draft;
	struct composer_layout layout; /* as it was drawn last */
	bool padded; /* there is room for a margin */
	struct buf expanded;	       /* composer_text() */
	struct buf taken;   /* a waiting message on its way back */
	struct buf command; /* "!": the one that runs; empty: none */
	struct json *along; /* attachments of the next message; NULL */
	struct sending *sending;
	struct outside_job *outside;
	bool settings_asked;
};

/* After any change of what is shown. */
void composer_changed(struct composer *c);
/* Empties the input and forgets its chips, undo and the rest. */
void composer_reset(struct composer *c);
/* "", "!" or "#". */
const char *composer_mark(enum prompt_kind prompt);
/* Takes a text with its mark and its chips' characters. */
void composer_put(struct composer *c, struct str raw);

/* submit.c: Enter and Tab. */
void composer_submit(struct composer *c, bool queue);
void submit_release(struct composer *c);

/* paste.c */
void composer_paste_clipboard(struct composer *c);
/* False: there is no paste at the caret. */
bool composer_open_paste(struct composer *c);

/* by_hand.c. False: one runs already. */
bool composer_run_command(struct composer *c, struct str command);
/* False: none runs. */
bool composer_stop_command(struct composer *c);
void composer_add_note(struct composer *c, struct str text);
int along_rows(const struct composer *c);
void along_draw(struct composer *c, struct surface *s, struct rect r);
/* False: nothing goes along. */
bool along_drop(struct composer *c);

/* outside_editor.c */
void outside_editor(struct composer *c);
void outside_release(struct composer *c);

/* composer_keys.c: an action of the input. False: not taken. */
bool composer_action(struct composer *c, const struct key *key,
    enum action action);

#endif
