/* The code graph in an index's database: names, and which file has what under
 * them, as packed bytes whose meaning is index/'s own.
 *
 *	names	each that is defined or used somewhere (index_words.h); its
 *		count is that of its definitions
 *	graph	of each file, what it defines and where it has which names
 *	files	that have a name, and that define it (index_numbers.h)
 *
 * Errors everywhere: those of store/db.h. */
#ifndef FRIDAY_STORE_INDEX_GRAPH_H
#define FRIDAY_STORE_INDEX_GRAPH_H

#include "base/buf.h"
#include "store/index_db.h"

/* *ret 0: there is no such name. */
int index_graph_find_name(struct index_db *d, struct str text, int64_t *ret,
    int64_t *ret_definitions, struct error *err);
/* Appends the text; nothing for a number that is not there. */
int index_graph_name(struct index_db *d, int64_t id, struct buf *text,
    struct error *err);
/* Each name that is defined somewhere, in the order of the bytes. A negative
 * return ends. */
int index_graph_each_defined(struct index_db *d,
    int (*take)(int64_t id, struct str text, int64_t n_definitions,
	void *ctx),
    void *ctx, struct error *err);

int index_graph_add_file(struct index_db *d, int64_t file, struct str data,
    struct error *err);
/* Appends the bytes of a file; nothing if it has none. */
int index_graph_file(struct index_db *d, int64_t file, struct buf *data,
    struct error *err);
int index_graph_remove_file(struct index_db *d, int64_t file,
    struct error *err);

#endif
