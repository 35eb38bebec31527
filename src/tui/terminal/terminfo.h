/* Which terminfo entry describes the terminal, and where ncurses finds it: an
 * entry of our own serves terminals with true colour (terminfo/friday.ti).
 *
 * Looking it up needs an environment variable for a moment. Not thread-safe:
 * before the first thread is started. */
#ifndef FRIDAY_TUI_TERMINAL_TERMINFO_H
#define FRIDAY_TUI_TERMINAL_TERMINFO_H

#include <stdbool.h>

enum { TERMINFO_NAME_MAX = 64 };

struct terminfo {
	char name[TERMINFO_NAME_MAX]; /* entry to be used */
	char *folder;	 /* of our own entry; NULL: it is not used */
	int colors;	 /* 0 (NO_COLOR), 8, 16, 256 or 0x1000000 */
	/* It understands xterm's private modes, or ignores them; others
	 * (consoles, old hardware) might print them. */
	bool xterm_like;
	bool multiplexed, remote;
};

/* Reads the environment. False: no terminal that can be drawn on. */
bool terminfo_choose(struct terminfo *ti);
void terminfo_release(struct terminfo *ti);
/* Reads the entry, for terminfo_text(); lowers `colors` to what it has. False:
 * it is not known, or cannot move the cursor. */
bool terminfo_load(struct terminfo *ti, int fd);
void terminfo_unload(void);
/* A string of the entry that was loaded last, by ncurses too; "": it has
 * none. */
const char *terminfo_text(const char *capability);
/* Around calls that make ncurses read the entry. */
struct terminfo_scope {
	char *dirs; /* TERMINFO_DIRS before; NULL: not set */
	bool set;
};
void terminfo_enter(const struct terminfo *ti, struct terminfo_scope *scope);
void terminfo_leave(struct terminfo_scope *scope);

#endif
