/* The code graph of many files, written at once: what each defines, imports
 * and uses, by name. Which definition a use means is found out when it is
 * asked for, so that a change of one file touches nothing but its own rows.
 *
 * Thread: one at a time. */
#ifndef FRIDAY_INDEX_GRAPH_BUILDER_H
#define FRIDAY_INDEX_GRAPH_BUILDER_H

#include "index/chunk.h"
#include "store/index_graph.h"

struct graph_builder;

struct graph_builder *graph_builder_create(void);
void graph_builder_destroy(struct graph_builder *b);
void graph_builder_clear(struct graph_builder *b);
/* Takes the next file in: everything is copied. */
void graph_builder_add(struct graph_builder *b, const struct chunks *chunks);
/* Tells the number of the file that was taken in as the n-th, from 0. */
void graph_builder_set_file(struct graph_builder *b, size_t n, int64_t id);
/* Writes all in the caller's transaction, when each file has its number. */
int graph_builder_write(struct graph_builder *b, struct index_db *db,
    struct error *err);

/* Takes a file out. */
int graph_remove_file(struct index_db *db, int64_t id, struct error *err);

#endif
