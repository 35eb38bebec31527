/* The box for approvals from inside: what approval.c (answering) and
 * approval_box.c (drawing) share.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_APPROVAL_INNER_H
#define FRIDAY_TUI_VIEW_APPROVAL_INNER_H

#include "base/json.h"
#include "tui/text/line.h"
#include "tui/transcript/colors.h"
#include "tui/view.h"
#include "tui/view/field.h"

enum approval_answer { ONCE, SESSION, ALWAYS, NO, NO_REASON, ANSWERS };

struct approval_answer_row {
	const char *decision, *text, *letter;
	enum action action;
};

extern const struct approval_answer_row approval_answers[ANSWERS];

enum approval_stage { CHOOSE, WRITE_REASON, WRITE_RULE, SENT };

struct approval {
	struct view view;
	struct json *waiting; /* events, the first one is shown */
	enum approval_stage stage;
	int chosen;	      /* index into answers */
	struct field field;   /* reason, or rule */
	char *rule;	      /* what "always" keeps, one text; "" */
	bool rule_is_edited;
	char *error;	      /* of the last answer; NULL */
	struct lines body;
	struct colors_user colors;
	int width;	      /* that the body was laid out for; 0: old */
	size_t top;	      /* first line of the body in sight */
	int body_rows;	      /* of the last drawing */
	int options_row;      /* within the view, of the last drawing */
	int64_t armed_ms;     /* keys answer from then on */
	bool passed_on;	      /* some went to the input */
	char hints[160];
};

/* A view whose ops are those of the box. */
struct approval *approval_of(struct view *v);
/* The event that is asked about. */
const struct json *approval_shown(const struct approval *a);
/* Whether keys answer: nobody has typed for a moment. */
bool approval_is_armed(const struct approval *a);
bool approval_can_answer(const struct approval *a,
    enum approval_answer answer);

/* approval_box.c: of struct view_ops. */
int approval_rows(struct view *v, int cols, int most);
void approval_draw(struct view *v, struct surface *s, struct rect r);

#endif
