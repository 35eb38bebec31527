/* Slash commands of the input: its keys and its modes. */
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/slash.h"
#include "tui/view/views.h"

static void
slash_keymap(struct app *app, struct str arguments)
{
	CLEANUP(free_ptr) char *name = str_dup(str_trim(arguments));

	if (name[0] == '\0')
		view_keys(app);
	else if (strcmp(name, "debug") == 0)
		view_key_debug(app);
	else
		keys_keep(app, name);
}

static void
slash_vim(struct app *app, struct str arguments)
{
	struct composer *c = app_composer(app);

	composer_set_vi(c, !composer_vi(c));
	app_toast(app, TOAST_INFO, composer_vi(c) ?
	    "Vi keys; Esc for normal mode" : "Emacs keys");
}

static void
slash_queue(struct app *app, struct str arguments)
{
	if (!composer_open_queue(app_composer(app)))
		app_toast(app, TOAST_INFO, "No message waits");
}

static void
slash_editor(struct app *app, struct str arguments)
{
	static const struct key none = { SYM_NONE, 0 };

	composer_set(app_composer(app), arguments);
	composer_key(app_composer(app), &none, ACTION_EDITOR);
}

const struct slash_row slash_input_rows[] = {
	{ "editor", NULL, "[TEXT]", "Write a message in $EDITOR",
	    slash_editor },
	{ "keymap", "keybindings keys", "[friday|codex|claude|opencode|debug]",
	    "The keys and their presets; what the terminal sends",
	    slash_keymap },
	{ "queue", NULL, NULL, "Move, edit or drop the messages that wait",
	    slash_queue },
	{ "vim", "vi", NULL, "Vi keys in the input, or emacs keys again",
	    slash_vim },
	{ .name = NULL },
};
