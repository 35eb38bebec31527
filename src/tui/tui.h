/* The screen, as the command line starts it. */
#ifndef FRIDAY_TUI_TUI_H
#define FRIDAY_TUI_TUI_H

#include <stdbool.h>

struct secret;
struct terminal;

struct tui_opts {
	struct terminal *terminal; /* of tui_terminal(); taken */
	const char *folder;	/* NULL: the working directory */
	const char *settings;	/* as for friday_open(); NULL */
	const char *resume;	/* session id; NULL */
	bool last;		/* go on with the folder's last session */
	const char *prompt;	/* sent at once; NULL */
	/* Of the user's vault, asked for before there was a screen; NULL. */
	const struct secret *passphrase;
	/* Settings ui.*; NULL: as if not set. */
	const char *theme, *keymap;
	bool mouse, notify;
};

/* The terminal, if a screen can be drawn on it: both ends are one, TERM is
 * known and not "dumb". NULL: there is none; plain lines do. For tui_run() or
 * tui_terminal_destroy(). */
struct terminal *tui_terminal(void);
void tui_terminal_destroy(struct terminal *t); /* NULL: nothing */
/* Runs until the user leaves; returns the exit status of the program. */
int tui_run(const struct tui_opts *opts);

#endif
