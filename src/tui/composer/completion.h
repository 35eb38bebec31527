/* The list over the input: commands behind "/", their arguments, paths and
 * definitions behind "@". It opens by itself where one of those is being typed
 * and never takes a key while nothing fits. */
#ifndef FRIDAY_TUI_COMPOSER_COMPLETION_H
#define FRIDAY_TUI_COMPOSER_COMPLETION_H

#include "base/buf.h"
#include "base/json.h"
#include "tui/keymap.h"
#include "tui/terminal/key.h"
#include "tui/terminal/surface.h"

struct composer;

enum completion_kind {
	COMPLETE_NOTHING,
	COMPLETE_COMMAND,  /* "/na" */
	COMPLETE_ARGUMENT, /* "/name ar" */
	COMPLETE_PATH,	   /* "@sr" */
};

enum { COMPLETION_ITEMS_MAX = 50, COMPLETION_ROWS = 8 };

struct completion_item {
	char *text;   /* what is shown, and matched */
	char *detail; /* muted, behind it; may be NULL */
	char *insert; /* what is typed for it; NULL: text */
	bool goes_on; /* a folder: completion goes on behind it */
};

struct completion {
	enum completion_kind kind;
	size_t from;	  /* where the token begins, behind its mark */
	struct buf query; /* the token up to the caret */
	struct completion_item items[COMPLETION_ITEMS_MAX];
	size_t n, at, top;
	bool dismissed;	    /* closed by Esc, until another token begins */
	struct json *commands; /* the user's own: reply of command.list */
	struct json *arguments; /* reply of an operation */
	const void *arguments_of; /* the slash_row it is for */
	bool refreshing;
	struct json *paths, *symbols; /* replies for what is typed behind "@" */
	bool indexing; /* the index was asked for */
};

void completion_release(struct completion *p);
/* Looks at what stands around the caret; after each change. */
void completion_update(struct composer *c);
void completion_close(struct composer *c);
bool completion_is_open(const struct composer *c);
/* Keys of CONTEXT_COMPLETION. False: not taken. */
bool completion_action(struct composer *c, enum action action,
    const struct key *key);
int completion_rows(const struct composer *c);
void completion_draw(struct composer *c, struct surface *s, struct rect r);
bool completion_click(struct composer *c, int row);
/* After another session was opened. */
void completion_open(struct composer *c);

/* completion_source.c: fills in the items for kind and query; some come later
 * by themselves. */
void completion_fill(struct composer *c);
void completion_clear_items(struct completion *p);
/* Copies. False: the list is full. */
bool completion_add(struct completion *p, struct str text, struct str detail,
    bool goes_on);

#endif
