/* The lists of a report (symbol.h), as they are filled. */
#ifndef FRIDAY_INDEX_SYMBOL_LIST_H
#define FRIDAY_INDEX_SYMBOL_LIST_H

#include "index/symbol.h"

/* A new entry, counted once; NULL: there are `max` already, it is only counted
 * as one more. Lives until the next one. */
struct symbol_item *symbol_list_add(struct symbol_list *list, size_t max);
/* Puts entries in the order of their places, each once, at most `max`: what
 * was found came in the order of the names' numbers. */
void symbol_list_settle(struct symbol_list *list, size_t max);

#endif
