/* ncurses, loaded behind the first frame, which goes out without it
 * (painter.c). For painter.c and terminfo.c only. */
#ifndef FRIDAY_TUI_TERMINAL_CURSES_API_H
#define FRIDAY_TUI_TERMINAL_CURSES_API_H

#define NCURSES_NOMACROS
#include <curses.h>

#include "base/error.h"

/* Each member has the name and type of ncurses' function. */
#define CURSES_API_TABLE(X)                                                   \
	X(alloc_pair)                                                         \
	X(clearok)                                                            \
	X(curs_set)                                                           \
	X(delscreen)                                                          \
	X(doupdate)                                                           \
	X(getcurx)                                                            \
	X(getcury)                                                            \
	X(newterm)                                                            \
	X(reset_color_pairs)                                                  \
	X(resize_term)                                                        \
	X(set_term)                                                           \
	X(setcchar)                                                           \
	X(start_color)                                                        \
	X(tigetnum)                                                           \
	X(tigetstr)                                                           \
	X(typeahead)                                                          \
	X(use_default_colors)                                                 \
	X(use_env)                                                            \
	X(wadd_wchnstr)                                                       \
	X(wmove)                                                              \
	X(wnoutrefresh)                                                       \
	X(wredrawln)

struct curses_api {
#define X(name) __typeof__(name) *name;
	CURSES_API_TABLE(X)
#undef X
	/* Of term.h, which makes macros of common words. */
	int (*setupterm)(const char *name, int fd, int *ret);
	struct term *(*set_curterm)(struct term *term);
	int (*del_curterm)(struct term *term);
	/* The variables stdscr and curscr. */
	WINDOW **standard, **current;
};

/* The functions; any thread. NULL: not there, with the error set. Errors:
 * ERR_UNSUPPORTED. */
const struct curses_api *curses_api_get(struct error *err);

#endif
