/* /help: every command and every key, by where it counts. Found by typing: it
 * is a list, not a page. */
#include "base/units.h"
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/slash.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

static const char *const headings[CONTEXT_COUNT] = {
	[CONTEXT_GLOBAL] = "Everywhere",
	[CONTEXT_INPUT] = "While typing",
	[CONTEXT_VI] = "While typing, vi's normal mode",
	[CONTEXT_COMPLETION] = "While a completion is open",
	[CONTEXT_SCROLL] = "Reading: transcript and pages",
	[CONTEXT_LIST] = "Lists",
	[CONTEXT_APPROVAL] = "Approvals",
	[CONTEXT_FORM] = "Forms",
};

static void
add_commands(struct picker *p)
{
	const struct slash_row *row;

	list_add_group(&p->list, STR("Commands"));
	for (size_t i = 0; (row = slash_at(i)) != NULL; i++) {
		struct list_item *item = list_add(&p->list,
		    str_from(row->name));

		list_printf(item, 0, "/%s%s%s", row->name,
		    row->arguments ? " " : "",
		    row->arguments ? row->arguments : "");
		list_text(item, 1, str_from(row->summary));
		if (row->aliases != NULL)
			list_search(item, str_from(row->aliases));
	}
	for (const struct json *i = json_first(json_get(p->data,
	    "commands")); i; i = json_next(i)) {
		struct list_item *item;

		if (slash_find(json_get_str(i, "name")) != NULL)
			continue;
		item = list_add(&p->list, json_get_str(i, "name"));
		list_printf(item, 0, "/%.*s %.*s",
		    STR_ARG(json_get_str(i, "name")),
		    STR_ARG(json_get_str(i, "argument_hint")));
		list_text(item, 1, json_get_str(i, "description"));
	}
}

static void
add_signs(struct picker *p)
{
	static const struct {
		const char *sign, *meaning;
	} signs[] = {
		{ "@", "name a file or a folder" },
		{ "!", "run a shell command" },
		{ "#", "keep a note in AGENTS.md" },
		{ "\\ Enter", "go on in the next line" },
	};

	list_add_group(&p->list, STR("At the beginning of what you type"));
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		struct list_item *item = list_add(&p->list, STR_NONE);

		list_text(item, 0, str_from(signs[i].sign));
		list_text(item, 1, str_from(signs[i].meaning));
	}
}

/* All keys of an action in one cell. */
static bool
keys_of(struct picker *p, enum action action, struct buf *out)
{
	struct key_chord chords[6];
	size_t n = keymap_keys(app_keymap(p->view.app), action, chords,
	    ARRAY_LEN(chords));

	for (size_t i = 0; i < n && i < ARRAY_LEN(chords); i++) {
		char text[KEY_CHORD_TEXT];

		key_chord_print(&chords[i], text);
		buf_printf(out, "%s%s", i > 0 ? ", " : "", text);
	}
	return n > 0;
}

static void
add_keys(struct picker *p, enum keymap_context context)
{
	bool any = false;

	for (int i = 1; i < ACTION_COUNT; i++) {
		CLEANUP_BUF struct buf keys = BUF_INIT(4 * KIB);
		struct list_item *item;

		if (action_table[i].context != context ||
		    !keys_of(p, (enum action)i, &keys))
			continue;
		if (!any)
			list_add_group(&p->list,
			    str_from(headings[context]));
		any = true;
		item = list_add(&p->list, str_from(action_table[i].name));
		list_text(item, 0, buf_str(&keys));
		list_text(item, 1, str_from(action_table[i].meaning));
	}
}

static void
fill(struct picker *p)
{
	add_commands(p);
	add_signs(p);
	for (int i = 0; i < CONTEXT_COUNT; i++)
		add_keys(p, (enum keymap_context)i);
}

static void
load(struct picker *p)
{
	picker_fill(p);
	picker_request(p, "command.list", NULL, true);
}

/* Enter on a command puts it into the input. */
static void
choose(struct picker *p, const struct list_item *item)
{
	struct app *app = p->view.app;
	CLEANUP_BUF struct buf line = BUF_INIT(4 * KIB);
	struct str text = str_from(item->text[0]);

	if (!str_starts(text, STR("/")))
		return;
	text = str_sub(text, 0, str_find_char(text, ' ', 0));
	buf_add_str(&line, text);
	buf_add_char(&line, ' ');
	picker_close(p);
	composer_set(app_composer(app), buf_str(&line));
}

static const struct picker_ops help_ops = {
	.view = PICKER_VIEW("help", VIEW_FULL),
	.title = "Help", .ghost = "type to find a key or a command",
	.columns = { { .cols = 30, .role = ROLE_ACCENT }, { .cols = 0 } },
	.load = load, .fill = fill, .choose = choose,
};

void
view_help(struct app *app)
{
	picker_open(app, &help_ops);
}
