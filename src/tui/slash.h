/* Slash commands: rows behind "/", its completion, /help and the palette. A
 * command is a row in one of the files that slash.c lists. The agent's own
 * user commands (operation command.list) come behind them. */
#ifndef FRIDAY_TUI_SLASH_H
#define FRIDAY_TUI_SLASH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct app;

struct slash_row {
	const char *name;	/* "model" */
	const char *aliases;	/* "models m", accepted silently; NULL */
	const char *arguments;	/* "[NAME]" for help; NULL */
	const char *summary;
	void (*run)(struct app *app, struct str arguments);
};

/* Each ends with a row without a name. */
extern const struct slash_row slash_session_rows[]; /* slash_session.c */
extern const struct slash_row slash_view_rows[];    /* slash_view.c */
extern const struct slash_row slash_input_rows[];   /* slash_input.c */

const struct slash_row *slash_at(size_t index); /* NULL past the last */
/* By name or alias. */
const struct slash_row *slash_find(struct str name);

#endif
