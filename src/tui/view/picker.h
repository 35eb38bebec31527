/* A view that is a list: what all pickers share - loading, the state of an
 * error, nothing found, filter, preview, keys of their own. A picker is a file
 * with a row of this kind:
 *
 *	static const struct picker_ops ops = {
 *		.view = PICKER_VIEW("tools", VIEW_FULL),
 *		.title = "Tools", .empty = "No tools",
 *		.load = load, .choose = choose,
 *	};
 *	picker_open(app, &ops, NULL);
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_PICKER_H
#define FRIDAY_TUI_VIEW_PICKER_H

#include "base/json.h"
#include "tui/text/line.h"
#include "tui/transcript/colors.h"
#include "tui/view.h"
#include "tui/view/list.h"

struct app;
struct picker;

struct picker_key {
	struct key key;
	const char *hint; /* "^R rename"; NULL: not told */
	/* item: the chosen one; NULL when there is none. */
	void (*run)(struct picker *p, const struct list_item *item);
};

struct picker_ops {
	struct view_ops view;
	const char *title;
	const char *ghost;  /* in the empty filter; NULL: none */
	const char *empty;  /* when there are no rows at all */
	const char *choose_hint; /* what Enter does: "resume"; NULL: nothing */
	struct list_column columns[LIST_COLUMNS];
	bool no_filter;
	bool as_added; /* as in struct list */
	const struct picker_key *keys; /* ends with a row without run */
	/* Asks for the data: picker_request(), or fill() at once. */
	void (*load)(struct picker *p);
	/* Rows from p->data. */
	void (*fill)(struct picker *p);
	void (*choose)(struct picker *p, const struct list_item *item);
	/* Another row is chosen, or none. */
	void (*moved)(struct picker *p, const struct list_item *item);
	/* Lines about the chosen row, beside the list when there is room. */
	void (*preview)(struct picker *p, const struct list_item *item,
	    int width, struct lines *out);
	void (*event)(struct picker *p, const struct json *event);
	/* Before it is closed, `taken` or not. */
	void (*release)(struct picker *p);
};

struct picker {
	struct view view;
	const struct picker_ops *ops;
	const char *title, *choose_hint; /* instead of the row's; NULL */
	struct list list;
	struct json *data;	/* the reply that the rows are made of */
	bool loading;
	char *error, *hint;	/* of the last request; NULL: it went well */
	struct lines preview;
	bool preview_is_old;
	int preview_cols;
	struct colors_user colors; /* picker_colors() */
	bool flag;		/* the picker's own: trash, all, … */
	char text[256];		/* the picker's own */
	void *own;		/* the picker's own; release() frees it */
	char hints[256];
	struct rect list_rect;	/* within the view */
};

/* The functions that every picker has. */
int picker_rows(struct view *v, int cols, int most);
void picker_draw(struct view *v, struct surface *s, struct rect r);
bool picker_view_key(struct view *v, const struct key *key,
    enum action action);
void picker_paste(struct view *v, struct str text);
bool picker_mouse(struct view *v, const struct mouse *mouse, int row,
    int col);
void picker_event(struct view *v, const struct json *event);
const char *picker_hints(struct view *v);
void picker_destroy(struct view *v);

#define PICKER_VIEW(name_, place_)                                            \
	{                                                                     \
		.name = name_, .place = place_, .context = CONTEXT_LIST,      \
		.rows = picker_rows, .draw = picker_draw,                     \
		.key = picker_view_key, .paste = picker_paste,                \
		.mouse = picker_mouse, .event = picker_event,                 \
		.hints = picker_hints, .destroy = picker_destroy              \
	}

/* Opens it and loads; NULL: it is open already. */
struct picker *picker_open(struct app *app, const struct picker_ops *ops);
/* The same; `own` is the picker's own from the start, so that load() has it. */
struct picker *picker_open_with(struct app *app, const struct picker_ops *ops,
    void *own);
/* The open one of this row; NULL: none. */
struct picker *picker_find(struct app *app, const struct picker_ops *ops);
/* Asks for p->data; when it is there, fill() is called. args is consumed;
 * `session`: with the member of that name. */
void picker_request(struct picker *p, const char *operation,
    struct json *args, bool session);
/* Does something; an error is shown, else it is loaded again. */
void picker_do(struct picker *p, const char *operation, struct json *args,
    bool session);
/* Loads again, keeping filter and chosen row. */
void picker_reload(struct picker *p);
/* Makes rows again from what is there. */
void picker_fill(struct picker *p);
void picker_close(struct picker *p);

/* For preview(): as page_colors(). */
struct colors_user *picker_colors(struct picker *p);

#endif
