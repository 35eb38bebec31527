/* /keymap: every key with what it does, by where it counts; the user's own
 * stand out, and those that hide another one are named. Tab goes through the
 * presets; Enter keeps the one that is shown. */
#include "base/term_text.h"
#include "base/units.h"
#include "tui/app.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

static const char *const presets[] = { "friday", "codex", "claude",
	"opencode" };

struct walk {
	struct picker *p;
	enum keymap_context context;
};

static void
add_key(enum keymap_context context, const struct key_chord *chord,
    enum action action, bool own, void *ctx)
{
	struct walk *walk = ctx;
	char keys[KEY_CHORD_TEXT];
	struct list_item *item;

	if (context != walk->context)
		return;
	key_chord_print(chord, keys);
	item = list_add(&walk->p->list, STR_NONE);
	list_text(item, 0, str_from(keys));
	list_text(item, 1, str_from(action_table[action].meaning));
	list_text(item, 2, str_from(action_table[action].name));
	list_text(item, 3, own ? STR("yours") : STR(""));
}

static void
add_conflicts(struct picker *p)
{
	CLEANUP_BUF struct buf text = BUF_INIT(256 * KIB);
	struct str rest, line;

	keymap_conflicts(app_keymap(p->view.app), &text);
	rest = str_trim(buf_str(&text));
	if (rest.len == 0)
		return;
	list_add_group(&p->list, STR("Your keys that hide others"));
	while (str_next_field(&rest, '\n', &line)) {
		struct list_item *item = list_add(&p->list, STR_NONE);
		size_t end = str_find_char(line, ' ', 0);

		list_text(item, 0, str_sub(line, 0, end));
		list_text(item, 1, str_trim(str_sub(line, end, SIZE_MAX)));
		item->roles[1] = ROLE_WARNING;
	}
}

static void
fill(struct picker *p)
{
	struct walk walk = { .p = p };

	add_conflicts(p);
	for (int i = 0; i < CONTEXT_COUNT; i++) {
		CLEANUP_BUF struct buf title = BUF_INIT(1 * KIB);

		walk.context = (enum keymap_context)i;
		buf_printf(&title, "%s",
		    keymap_context_name(walk.context));
		list_add_group(&p->list, buf_str(&title));
		keymap_walk(app_keymap(p->view.app), add_key, &walk);
	}
}

static void
show_title(struct picker *p)
{
	static const char *const titles[] = { "Keys of friday",
		"Keys of codex", "Keys of claude", "Keys of opencode" };
	const char *preset = keymap_preset(app_keymap(p->view.app));

	for (size_t i = 0; i < ARRAY_LEN(presets); i++)
		if (strcmp(preset, presets[i]) == 0)
			p->title = titles[i];
}

static void
load(struct picker *p)
{
	show_title(p);
	picker_fill(p);
}

static void
next_preset(struct picker *p, const struct list_item *item)
{
	struct keymap *m = app_keymap(p->view.app);
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(presets); i++)
		if (strcmp(keymap_preset(m), presets[i]) == 0)
			at = (i + 1) % ARRAY_LEN(presets);
	keymap_set_preset(m, presets[at], NULL);
	list_clear(&p->list);
	load(p);
	app_damage(p->view.app, PART_VIEWS | PART_STATUS);
}

static void
choose(struct picker *p, const struct list_item *item)
{
	struct app *app = p->view.app;

	p->flag = true;
	picker_close(p);
	keys_keep(app, keymap_preset(app_keymap(app)));
}

/* Presets that were only looked at do not stay. */
static void
release(struct picker *p)
{
	if (!p->flag)
		keymap_set_preset(app_keymap(p->view.app), p->text, NULL);
}

static const struct picker_key keys[] = {
	{ { SYM_TAB, 0 }, "Tab other presets", next_preset },
	{ .run = NULL },
};

static const struct picker_ops keys_ops = {
	.view = PICKER_VIEW("keys", VIEW_FULL),
	.title = "Keys", .ghost = "type to find a key or what it does",
	.choose_hint = "keep these keys",
	.columns = { { .cols = 20, .role = ROLE_ACCENT }, { .cols = 0 },
	    { .cols = 20, .role = ROLE_MUTED, .screen_min = 76 },
	    { .cols = 6, .role = ROLE_ACCENT } },
	.keys = keys, .load = load, .fill = fill, .choose = choose,
	.release = release,
};

void
view_keys(struct app *app)
{
	struct picker *p = picker_open(app, &keys_ops);

	if (p != NULL)
		snprintf(p->text, sizeof(p->text), "%s",
		    keymap_preset(app_keymap(app)));
}

static void
on_kept(struct app *app, int status, const struct json *reply, void *ctx)
{
	if (status != 0)
		app_toast_error(app, reply);
	else
		app_toast(app, TOAST_INFO, "Keys of %s, from now on",
		    keymap_preset(app_keymap(app)));
}

void
keys_keep(struct app *app, const char *preset)
{
	struct json *args;
	struct error err = ERROR_INIT;

	if (keymap_set_preset(app_keymap(app), preset, &err) != 0) {
		app_toast(app, TOAST_WARNING, "%s", err.message);
		return;
	}
	args = json_new_object();
	json_set_str(args, "key", STR("ui.keymap"));
	json_set_str(args, "value", str_from(preset));
	app_request(app, "config.set", args, on_kept, app);
}
