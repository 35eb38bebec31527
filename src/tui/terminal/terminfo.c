/* TERM, COLORTERM and their kin; see terminfo.h. */
#include "tui/terminal/terminfo.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "tui/terminal/curses_api.h"

enum { TRUE_COLOR = 0x1000000 };

/* Beginnings of TERM. */
static const struct {
	const char *prefix;
	bool xterm_like, true_color;
} families[] = {
	{ "xterm-kitty", true, true },
	{ "xterm-ghostty", true, true },
	{ "xterm", true, false },
	{ "tmux", true, false },
	{ "screen", true, false },
	{ "alacritty", true, true },
	{ "foot", true, true },
	{ "ghostty", true, true },
	{ "wezterm", true, true },
	{ "contour", true, true },
	{ "rio", true, true },
	{ "konsole", true, false },
	{ "vte", true, false },
	{ "gnome", true, false },
	{ "iterm", true, false },
	{ "mintty", true, true },
	{ "rxvt", true, false },
	{ "st-", true, false },
	{ "mlterm", true, false },
	{ "putty", true, false },
	{ "zellij", true, true },
};

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL ? "" : value;
}

static bool
is_set(const char *name)
{
	return variable(name)[0] != '\0';
}

/* What says that 24-bit colours are there. */
static bool
has_true_color(bool by_family)
{
	struct str colorterm = str_from(variable("COLORTERM"));
	struct str program = str_from(variable("TERM_PROGRAM"));

	/* GNU screen takes them apart; tmux does not, and says so itself. */
	if (is_set("STY") && !is_set("TMUX"))
		return false;
	return by_family || str_eq(colorterm, STR("truecolor")) ||
	    str_eq(colorterm, STR("24bit")) || is_set("WT_SESSION") ||
	    str_eq(program, STR("iTerm.app")) ||
	    str_eq(program, STR("WezTerm")) ||
	    str_eq(program, STR("ghostty"));
}

static char *
own_folder(void)
{
	static const char entry[] = "f/friday-direct";
	char *path = file_data_path("terminfo", entry);

	if (path != NULL)
		path[strlen(path) - strlen(entry) - 1] = '\0';
	return path;
}

bool
terminfo_choose(struct terminfo *ti)
{
	struct str term = str_from(variable("TERM"));
	bool true_color = false;

	*ti = (struct terminfo){ .colors = 256 };
	if (term.len == 0 || term.len >= sizeof(ti->name) ||
	    str_eq(term, STR("dumb")) || str_eq(term, STR("unknown")))
		return false;
	snprintf(ti->name, sizeof(ti->name), "%.*s", STR_ARG(term));
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (!str_starts(term, str_from(families[i].prefix)))
			continue;
		ti->xterm_like = true;
		true_color = families[i].true_color;
		break;
	}
	ti->multiplexed = is_set("TMUX") || is_set("STY") || is_set("ZELLIJ");
	ti->remote = is_set("SSH_TTY") || is_set("SSH_CONNECTION");
	if (is_set("NO_COLOR")) {
		ti->colors = 0;
	} else if (ti->xterm_like && has_true_color(true_color)) {
		ti->folder = own_folder();
		if (ti->folder != NULL) {
			ti->colors = TRUE_COLOR;
			snprintf(ti->name, sizeof(ti->name), "friday-direct");
		}
	}
	return true;
}

void
terminfo_release(struct terminfo *ti)
{
	free(ti->folder);
	ti->folder = NULL;
}

void
terminfo_enter(const struct terminfo *ti, struct terminfo_scope *scope)
{
	const char *dirs = getenv("TERMINFO_DIRS");
	char *with;

	*scope = (struct terminfo_scope){ .set = ti->folder != NULL };
	if (!scope->set)
		return;
	scope->dirs = mem_strdup(dirs);
	/* An empty part stands for the places that ncurses knows. */
	with = mem_printf("%s:%s", ti->folder, dirs == NULL ? "" : dirs);
	setenv("TERMINFO_DIRS", with, 1);
	free(with);
}

void
terminfo_leave(struct terminfo_scope *scope)
{
	if (!scope->set)
		return;
	if (scope->dirs != NULL)
		setenv("TERMINFO_DIRS", scope->dirs, 1);
	else
		unsetenv("TERMINFO_DIRS");
	free(scope->dirs);
}

const char *
terminfo_text(const char *capability)
{
	const struct curses_api *lib = curses_api_get(NULL);
	const char *text = lib == NULL ? NULL : lib->tigetstr(capability);

	return text == NULL || text == (const char *)-1 ? "" : text;
}

bool
terminfo_load(struct terminfo *ti, int fd)
{
	const struct curses_api *lib = curses_api_get(NULL);
	struct terminfo_scope scope;
	int known, all;

	if (lib == NULL)
		return false;
	terminfo_enter(ti, &scope);
	known = lib->setupterm(ti->name, fd, &(int){ 0 });
	terminfo_leave(&scope);
	if (known != OK)
		return false;
	all = lib->tigetnum("colors");
	if (ti->colors == 256)
		ti->colors = all >= 256 ? 256 : all >= 16 ? 16 : all >= 8 ? 8 :
									    0;
	return terminfo_text("cup")[0] != '\0';
}

void
terminfo_unload(void)
{
	const struct curses_api *lib = curses_api_get(NULL);

	if (lib != NULL)
		lib->del_curterm(lib->set_curterm(NULL));
}
