/* Notifications through the terminal, which knows the desktop also over ssh.
 * Only words of our own: what a model says has no business there. */
#include "tui/inner.h"

#include "base/units.h"

/* Terminals by what they call themselves, and what they take before and behind
 * the words. Others, and tmux, get the bell. */
static const struct {
	const char *name, *before;
} ways[] = {
	{ "iTerm2", "\033]9;" },
	{ "kitty", "\033]9;" },
	{ "WezTerm", "\033]9;" },
	{ "ghostty", "\033]9;" },
	{ "foot", "\033]777;notify;friday;" },
	{ "VTE", "\033]777;notify;friday;" },
	{ "Konsole", "\033]777;notify;friday;" },
};

static const struct {
	const char *type, *words;
} occasions[] = {
	{ "run.finished", "friday is done" },
	{ "approval.requested", "friday asks for approval" },
	{ "question.requested", "friday has a question" },
};

static void
notify(struct app *app, const char *words)
{
	struct str name = str_from(terminal_name(app->terminal));
	CLEANUP_BUF struct buf out = BUF_INIT(256);

	for (size_t i = 0; i < ARRAY_LEN(ways) && out.len == 0; i++)
		if (str_starts(name, str_from(ways[i].name)))
			buf_printf(&out, "%s%s", ways[i].before, words);
	buf_add_char(&out, '\a');
	terminal_write(app->terminal, buf_str(&out));
}

void
notify_event(struct app *app, const struct json *event)
{
	struct str type = json_get_str(event, "type");

	if (!app->unfocused || !app->opts->notify || app->child_fd >= 0 ||
	    json_get(event, "parent_call") != NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(occasions); i++)
		if (str_eq_c(type, occasions[i].type))
			notify(app, occasions[i].words);
}
