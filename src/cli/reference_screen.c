/* The screen's tables for docs/keys.md: keys of each preset, slash commands. */
#include "cli/reference_screen.h"

#include <stdio.h>

#include "base/error.h"
#include "base/units.h"
#include "tui/keymap.h"
#include "tui/slash.h"

enum { KEYS_MAX = 12 };

/* "|" ends a cell, also within code. */
static void
print_chord(const struct key_chord *chord)
{
	char text[KEY_CHORD_TEXT];

	key_chord_print(chord, text);
	printf("`%s`", strcmp(text, "|") == 0 ? "bar" : text);
}

static void
print_action(const struct keymap *m, enum action action)
{
	struct key_chord keys[KEYS_MAX];
	size_t n = keymap_keys(m, action, keys, KEYS_MAX);

	printf("| `%s` | ", action_table[action].name);
	for (size_t i = 0; i < n && i < KEYS_MAX; i++) {
		if (i > 0)
			printf(", ");
		print_chord(&keys[i]);
	}
	printf(" | %s |\n", action_table[action].meaning);
}

struct others {
	const struct keymap *base;
	int count;
};

static void
print_other(enum keymap_context context, const struct key_chord *chord,
    enum action action, bool own, void *ctx)
{
	struct others *o = ctx;
	enum action usual = ACTION_NONE;

	if (keymap_find(o->base, context, chord, &usual) == KEYMAP_ACTION &&
	    usual == action)
		return;
	printf("| %s | ", keymap_context_name(context));
	print_chord(chord);
	printf(" | %s |\n", action_table[action].meaning);
	o->count++;
}

void
reference_keys(void)
{
	static const char *const presets[] = { "codex", "claude",
		"opencode" };
	struct keymap *base = NULL;

	if (keymap_create(NULL, &base, NULL) != 0)
		return;
	for (int c = 0; c < CONTEXT_COUNT; c++) {
		printf("\n### %s\n\n| action | keys | meaning |\n"
		    "| --- | --- | --- |\n",
		    keymap_context_name((enum keymap_context)c));
		for (int i = 1; i < ACTION_COUNT; i++)
			if (action_table[i].context ==
			    (enum keymap_context)c)
				print_action(base, (enum action)i);
	}
	for (size_t i = 0; i < ARRAY_LEN(presets); i++) {
		struct others o = { .base = base };
		struct keymap *m = NULL;

		if (keymap_create(presets[i], &m, NULL) != 0)
			continue;
		printf("\n### What is otherwise in `%s`\n\n"
		    "| where | key | meaning |\n| --- | --- | --- |\n",
		    presets[i]);
		keymap_walk(m, print_other, &o);
		keymap_destroy(m);
	}
	keymap_destroy(base);
}

void
reference_slash(void)
{
	const struct slash_row *row;

	for (size_t i = 0; (row = slash_at(i)) != NULL; i++) {
		struct str rest = str_from(row->aliases), alias;

		printf("| `/%s", row->name);
		for (const char *c = row->arguments ? row->arguments : "";
		    *c != '\0'; c++)
			printf("%s%s%c", c == row->arguments ? " " : "",
			    *c == '|' ? "\\" : "", *c);
		printf("` | ");
		while (str_next_field(&rest, ' ', &alias))
			printf("`/%.*s` ", STR_ARG(alias));
		printf("| %s |\n", row->summary);
	}
}
