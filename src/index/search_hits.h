/* The answers of a search as whoever asked sees them: with names, reasons and
 * an id, near copies folded into one. Inner to the search. */
#ifndef FRIDAY_INDEX_SEARCH_HITS_H
#define FRIDAY_INDEX_SEARCH_HITS_H

#include "index/query.h"
#include "index/search_filter.h"

struct twins;

/* An answer by number. */
struct scored {
	double score;
	uint32_t chunk, file;
	/* The answer is a definition in the piece; NULL: the piece. */
	const struct small_definition *small;
};

/* All borrowed. */
struct search_making {
	struct index_reader *r;
	const struct search_filter *filter;
	const struct query *q;
	struct twins *twins; /* empty */
	struct search_hits *hits; /* empty */
	size_t k; /* hits at most */
};

/* Of answers in order, best first. Errors: those of the reader; release the
 * hits then too. */
int search_hits_make(const struct search_making *m,
    const struct scored *scored, size_t n, struct error *err);

#endif
