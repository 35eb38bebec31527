/* Which files use definitions of which, for the repository as a whole, and how
 * central each file is in that: PageRank (Brin and Page, 1998), from all files
 * or from some of them.
 *
 * Thread: one at a time, as the graph. */
#ifndef FRIDAY_INDEX_LINKS_H
#define FRIDAY_INDEX_LINKS_H

#include "index/graph.h"

struct links;

/* A use of a definition from another file. */
struct link_to {
	struct graph_at to;
	float weight; /* of all that the file uses, its share */
};

/* Reads the whole graph once. The graph must outlive it. */
int links_create(struct graph *g, struct links **ret, struct error *err);
void links_destroy(struct links *l);
DEFINE_CLEANUP(links_destroy, struct links);

/* What a file uses of others, by file and definition; the weights' sum is at
 * most 1. */
const struct link_to *links_of(const struct links *l, size_t file,
    size_t *ret_n);
/* How often somebody who follows links at random comes to each file, and now
 * and then begins anew at a file by `start` (one number each, at least 0; NULL:
 * any file that is no test). ret: one number each; their sum is 1. */
void links_rank(const struct links *l, const double *start, double *ret);

#endif
