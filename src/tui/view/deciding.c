/* Which events open and close the boxes that ask for a decision. */
#include "base/units.h"
#include "tui/app.h"
#include "tui/view/approval.h"
#include "tui/view/question.h"
#include "tui/view/views.h"

static void
on_end(struct app *app, const struct json *event)
{
	/* A sub-run's end answers nothing. */
	if (json_get_str(event, "parent_call").len == 0)
		deciding_clear(app);
}

static const struct {
	const char *type;
	void (*take)(struct app *app, const struct json *event);
} rows[] = {
	{ "approval.requested", approval_ask },
	{ "approval.resolved", approval_resolved },
	{ "question.requested", question_ask },
	{ "question.resolved", question_resolved },
	{ "run.finished", on_end },
};

void
deciding_event(struct app *app, const struct json *event)
{
	struct str type = json_get_str(event, "type");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq_c(type, rows[i].type))
			rows[i].take(app, event);
}

void
deciding_clear(struct app *app)
{
	approval_clear(app);
	question_clear(app);
}
