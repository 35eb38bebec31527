/* The keys of keymap.c, as rows. */
#ifndef FRIDAY_TUI_KEYMAP_TABLE_H
#define FRIDAY_TUI_KEYMAP_TABLE_H

#include "tui/keymap.h"

struct keymap_row {
	enum keymap_context context;
	const char *keys;   /* as keymap files write them; NULL ends */
	enum action action; /* ACTION_NONE: not bound any more */
};

struct keymap_preset {
	const char *name;
	const struct keymap_row *rows; /* what differs from keymap_rows */
};

extern const struct keymap_row keymap_rows[];
extern const struct keymap_preset keymap_presets[]; /* ends without a name */

#endif
