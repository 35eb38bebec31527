/* Slash commands that show something. */
#include "tui/slash.h"
#include "tui/view/views.h"

#define OPENS(function, view)                                                 \
	static void function(struct app *app, struct str arguments)           \
	{                                                                     \
		view(app);                                                    \
	}                                                                     \
	struct swallow_semicolon

OPENS(help, view_help);
OPENS(palette, view_palette);

const struct slash_row slash_view_rows[] = {
	{ "help", "? commands", NULL, "Keys and commands", help },
	{ "palette", NULL, NULL, "Find an action or a command", palette },
	{ .name = NULL },
};
