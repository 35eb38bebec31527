/* A view that is text: lines that scroll, with search. A page is a file with a
 * row of this kind, as with pickers (picker.h). Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_PAGE_H
#define FRIDAY_TUI_VIEW_PAGE_H

#include "base/json.h"
#include "tui/text/line.h"
#include "tui/transcript/colors.h"
#include "tui/view.h"
#include "tui/view/field.h"

struct app;
struct page;

struct page_key {
	struct key key;
	const char *hint; /* "e edit"; NULL: not told */
	void (*run)(struct page *p);
};

struct page_ops {
	struct view_ops view;
	const char *title;
	const struct page_key *keys; /* ends with a row without run */
	/* Asks for the data: page_request(), or nothing. */
	void (*load)(struct page *p);
	/* Lays out p->data; called again for another width. */
	void (*build)(struct page *p, int width, struct lines *out);
	void (*event)(struct page *p, const struct json *event);
	void (*release)(struct page *p);
};

struct page {
	struct view view;
	const struct page_ops *ops;
	struct json *data;
	bool loading;
	char *error, *hint;
	char *title;		/* instead of the row's; NULL */
	struct lines lines;
	int width;		/* that lines were laid out for; 0: old */
	size_t top;
	int rows;		/* of the last drawing */
	bool follow;		/* stays at the end */
	struct field search;
	bool searching;		/* the search line has the keys */
	size_t hit;		/* line of the last hit; SIZE_MAX: none */
	size_t mark;		/* lines of this tag stand out; 0: none */
	struct colors_user colors; /* page_colors() */
	void *own;		/* the page's own; release() frees it */
	char hints[256];
};

void page_draw(struct view *v, struct surface *s, struct rect r);
int page_rows(struct view *v, int cols, int most);
bool page_view_key(struct view *v, const struct key *key,
    enum action action);
bool page_mouse(struct view *v, const struct mouse *mouse, int row, int col);
void page_event(struct view *v, const struct json *event);
const char *page_hints(struct view *v);
void page_destroy(struct view *v);

#define PAGE_VIEW(name_, place_)                                              \
	{                                                                     \
		.name = name_, .place = place_, .context = CONTEXT_SCROLL,    \
		.rows = page_rows, .draw = page_draw, .key = page_view_key,   \
		.mouse = page_mouse, .event = page_event,                     \
		.hints = page_hints, .destroy = page_destroy                  \
	}

/* NULL: it is open already. `own` is the page's own from the start. */
struct page *page_open(struct app *app, const struct page_ops *ops,
    void *own);
void page_request(struct page *p, const char *operation, struct json *args,
    bool session);
/* Does something; an error is shown, else it is loaded again. */
void page_do(struct page *p, const char *operation, struct json *args,
    bool session);
void page_reload(struct page *p);
/* Lays out again with the next frame. */
void page_relayout(struct page *p);
void page_close(struct page *p);
/* Scrolls so far that the line is in sight. */
void page_show(struct page *p, size_t line);

/* For build(): what colors_fill() takes, for source text in the lines; they are
 * laid out again when its colours have come. */
struct colors_user *page_colors(struct page *p);
/* For build(): a heading with a blank line before it; "name   value" with the
 * name in a column of that width. Text is filtered. */
void page_heading(struct lines *out, const char *text);
void page_pair(struct lines *out, int width, int name_cols, const char *name,
    struct str value, enum style_role role);
void page_text(struct lines *out, int width, struct str text,
    enum style_role role);
/* The same for Markdown; colors: for its code, may be NULL. */
void page_markdown(struct lines *out, int width, struct str text,
    struct colors_user *colors);

#endif
