/* Which action opens which view. */
#include "tui/view/views.h"

#include "base/units.h"

static void
less(struct app *app)
{
	view_effort(app, -1);
}

static void
more(struct app *app)
{
	view_effort(app, 1);
}

static const struct {
	enum action action;
	void (*open)(struct app *app);
} rows[] = {
	{ ACTION_PALETTE, view_palette },
	{ ACTION_HELP, view_help },
	{ ACTION_MODEL, view_model },
	{ ACTION_REWIND, view_rewind },
	{ ACTION_EFFORT_LESS, less },
	{ ACTION_EFFORT_MORE, more },
};

bool
views_action(struct app *app, enum action action)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].action != action)
			continue;
		rows[i].open(app);
		return true;
	}
	return false;
}
