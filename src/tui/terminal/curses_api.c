/* ncurses, loaded late; see curses_api.h. */
#include "tui/terminal/curses_api.h"

#include "base/late_library.h"

static const char *const sonames[] = { "libncursesw.so.6", NULL };

/* What terminfo offers comes with it. */
static const struct late_symbol symbols[] = {
#define X(name) { #name, offsetof(struct curses_api, name) },
	CURSES_API_TABLE(X)
#undef X
	{ "setupterm", offsetof(struct curses_api, setupterm) },
	{ "set_curterm", offsetof(struct curses_api, set_curterm) },
	{ "del_curterm", offsetof(struct curses_api, del_curterm) },
	{ "stdscr", offsetof(struct curses_api, standard) },
	{ "curscr", offsetof(struct curses_api, current) },
};

static struct curses_api api;
static struct late_library library = LATE_LIBRARY("ncurses", sonames, symbols,
    &api, .without = "only lines (friday --plain)");

const struct curses_api *
curses_api_get(struct error *err)
{
	return late_library_get(&library, err);
}
