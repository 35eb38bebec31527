/* The code graph in an index's database: names, and which file has what under
 * them, as packed bytes whose meaning is index/'s own.
 *
 *	name	each name that is defined or used somewhere
 *	graph	of each file, what it defines and which names it has
 *	link	of each name and file, the places
 *
 * Errors everywhere: those of store/db.h. */
#ifndef FRIDAY_STORE_INDEX_GRAPH_H
#define FRIDAY_STORE_INDEX_GRAPH_H

#include "base/buf.h"
#include "store/index_db.h"

/* The number of a name, made if need be. */
int index_graph_put_name(struct index_db *d, struct str text, int64_t *ret,
    struct error *err);
/* Adds to the number of definitions of this name. */
int index_graph_count_definitions(struct index_db *d, int64_t name,
    int64_t by, struct error *err);
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
/* Each file, by number. A negative return ends. */
int index_graph_each_file(struct index_db *d,
    int (*take)(int64_t file, struct str data, void *ctx), void *ctx,
    struct error *err);
int index_graph_remove_file(struct index_db *d, int64_t file,
    struct error *err);

int index_graph_add_link(struct index_db *d, int64_t name, int64_t file,
    struct str data, struct error *err);
int index_graph_remove_link(struct index_db *d, int64_t name, int64_t file,
    struct error *err);
/* Appends what a file has under a name; nothing if it has not. */
int index_graph_link(struct index_db *d, int64_t name, int64_t file,
    struct buf *data, struct error *err);
/* Each file that has the name, by number. A negative return ends. */
int index_graph_each_link(struct index_db *d, int64_t name,
    int (*take)(int64_t file, struct str data, void *ctx), void *ctx,
    struct error *err);

#endif
