/* Lists of a report; see symbol_list.h. */
#include "index/symbol_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct symbol_item *
symbol_list_add(struct symbol_list *list, size_t max)
{
	list->total++;
	if (list->n == max)
		return NULL;
	list->items = mem_grow(list->items, &list->cap, list->n + 1,
	    sizeof(*list->items));
	list->items[list->n] = (struct symbol_item){ .count = 1 };
	return &list->items[list->n++];
}

static void
item_release(struct symbol_item *item)
{
	free(item->path);
	free(item->kind);
	free(item->name);
	free(item->container);
	free(item->signature);
}

static int
compare_item(const void *left, const void *right)
{
	const struct symbol_item *a = left, *b = right;
	int by_path = strcmp(a->path, b->path);

	if (by_path != 0)
		return by_path;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->end_line > b->end_line) - (a->end_line < b->end_line);
}

void
symbol_list_settle(struct symbol_list *list, size_t max)
{
	size_t n = 0;

	if (list->n > 0)
		qsort(list->items, list->n, sizeof(*list->items),
		    compare_item);
	for (size_t i = 0; i < list->n; i++) {
		struct symbol_item *item = &list->items[i];
		bool again = n > 0 &&
		    compare_item(&list->items[n - 1], item) == 0;

		list->total -= again;
		if (again || n == max)
			item_release(item);
		else
			list->items[n++] = *item;
	}
	list->n = n;
}

void
symbol_list_release(struct symbol_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		item_release(&list->items[i]);
	free(list->items);
	*list = (struct symbol_list){ 0 };
}
