/* Slash commands of the input: its keys and its modes. */
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/slash.h"
#include "tui/transcript/transcript.h"

struct key_list {
	struct buf text;
	enum keymap_context context;
};

static void
list_key(enum keymap_context context, const struct key_chord *chord,
    enum action action, bool own, void *ctx)
{
	struct key_list *list = ctx;
	char keys[KEY_CHORD_TEXT];

	if (context != list->context)
		return;
	key_chord_print(chord, keys);
	buf_printf(&list->text, "| `%s` | %s | %s%s |\n",
	    strcmp(keys, "|") == 0 ? "bar" : keys, action_table[action].name,
	    action_table[action].meaning, own ? " (your own)" : "");
}

/* Without an argument: all keys, and which of the user's own hide others. */
static void
list_keymap(struct app *app)
{
	struct key_list list = { .text = BUF_INIT(256 * KIB) };

	buf_printf(&list.text, "Keys of the preset **%s**. `/keymap codex`, "
	    "`claude`, `opencode` or `friday` chooses another one.\n",
	    keymap_preset(app_keymap(app)));
	for (int i = 0; i < CONTEXT_COUNT; i++) {
		list.context = (enum keymap_context)i;
		buf_printf(&list.text,
		    "\n**%s**\n\n| key | action | meaning |\n|---|---|---|\n",
		    keymap_context_name(list.context));
		keymap_walk(app_keymap(app), list_key, &list);
	}
	transcript_note(app_transcript(app), buf_str(&list.text));
	buf_release(&list.text);
}

static void
slash_keymap(struct app *app, struct str arguments)
{
	CLEANUP(free_ptr) char *name = str_dup(str_trim(arguments));
	struct error err = ERROR_INIT;

	if (name[0] == '\0')
		list_keymap(app);
	else if (keymap_set_preset(app_keymap(app), name, &err) != 0)
		app_toast(app, TOAST_WARNING, "%s", err.message);
	else
		app_toast(app, TOAST_INFO, "Keys of %s.", name);
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
	{ "keymap", "keybindings keys", "[friday|codex|claude|opencode]",
	    "List the keys, or choose codex, claude, opencode or friday",
	    slash_keymap },
	{ "queue", NULL, NULL, "Move, edit or drop the messages that wait",
	    slash_queue },
	{ "vim", "vi", NULL, "Vi keys in the input, or emacs keys again",
	    slash_vim },
	{ .name = NULL },
};
