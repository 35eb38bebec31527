/* A list to choose from: rows with columns, a filter line that finds rows by
 * any of their words, headings between groups. What pickers are made of.
 *
 *	list_clear(l);
 *	item = list_add(l, STR("key"));
 *	list_text(item, 0, name);
 *	list_settle(l);		// filters, keeps the chosen row
 *
 * Text from outside is filtered by list_text(). Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_LIST_H
#define FRIDAY_TUI_VIEW_LIST_H

#include <stdbool.h>

#include "tui/keymap.h"
#include "tui/terminal/key.h"
#include "tui/terminal/surface.h"
#include "tui/view/field.h"

enum { LIST_COLUMNS = 4 };

struct list_column {
	int cols;	/* at most; 0: shares what remains */
	int screen_min; /* hidden in lists narrower than this */
	bool right;	/* flush right */
	bool head;	/* a long text loses its beginning: paths */
	bool snug;	/* no wider than its texts: what follows stands near */
	enum style_role role;
};

struct list_item {
	char *key;		   /* tells it from others; owned */
	char *text[LIST_COLUMNS];  /* owned; NULL: none */
	char *search;		   /* further words to be found by; owned */
	uint8_t roles[LIST_COLUMNS]; /* enum style_role; 0: the column's */
	bool heading;		   /* cannot be chosen */
	bool current;		   /* what holds now: marked */
	const void *data;	   /* the maker's */
	int score;		   /* of the filter; negative: hidden */
};

struct list {
	struct list_column columns[LIST_COLUMNS];
	bool no_filter;	    /* keys of text are the view's own */
	bool as_added; /* the filter's words are asked for elsewhere: rows
			* stay, in their order */
	struct field filter;
	struct list_item *items;
	size_t n, cap;
	size_t *shown;	    /* indices of what fits the filter, in order */
	size_t n_shown;
	size_t at;	    /* chosen, in shown */
	size_t top;	    /* first row in sight */
	int rows;	    /* of the last drawing */
	char *wanted;	    /* key to be chosen when it appears */
};

#define LIST_INIT ((struct list){ .filter = { .text = { .max = FIELD_MAX } } })

void list_release(struct list *l);
/* Keeps columns, filter and the key of the chosen row. */
void list_clear(struct list *l);
/* Lives until the next list_add(). key may be empty. */
struct list_item *list_add(struct list *l, struct str key);
struct list_item *list_add_heading(struct list *l, struct str text);
/* The same with a blank line above: for lists that have the screen. */
void list_add_group(struct list *l, struct str text);
void list_text(struct list_item *item, int column, struct str text);
void list_printf(struct list_item *item, int column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void list_search(struct list_item *item, struct str words);
void list_settle(struct list *l);
/* Chooses the row of that key, now or when it is added. */
void list_choose(struct list *l, struct str key);
/* The chosen row; NULL: none. */
const struct list_item *list_chosen(const struct list *l);
/* Rows that can be chosen, all and shown. */
size_t list_count(const struct list *l, bool shown);

enum list_result {
	LIST_IGNORED,
	LIST_MOVED,  /* another row may be chosen, or the filter changed */
	LIST_TAKEN,  /* Enter on a row */
	LIST_CLOSED, /* Esc; clears the filter first */
};
enum list_result list_key(struct list *l, const struct key *key,
    enum action action);
void list_paste(struct list *l, struct str text);
/* A click chooses, a second one takes; the wheel moves. row is within the
 * rectangle that was drawn. */
enum list_result list_mouse(struct list *l, const struct mouse *mouse,
    int row);
/* Columns in which every row shows all that it may. */
int list_cols(const struct list *l, int cols);
/* Only the rows; the filter is drawn by list_draw_filter(). */
void list_draw(struct list *l, struct surface *s, struct rect r);
void list_draw_filter(const struct list *l, struct surface *s, struct rect r,
    struct str ghost);

/* How well `words` (all must be found) fit text; negative: not at all. */
int list_match(struct str text, struct str words);

#endif
