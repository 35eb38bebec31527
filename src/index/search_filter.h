/* Which pieces may answer: by path, language, kind, name, container, signature
 * and a list of files.
 *
 * A definition of a line or two is no piece of its own; it stands in a window
 * with its neighbours. Where the graph is at hand (search_opts.graph) such a
 * definition is found too: its window passes, and the hit is the definition.
 *
 * Thread: the reader's. */
#ifndef FRIDAY_INDEX_SEARCH_FILTER_H
#define FRIDAY_INDEX_SEARCH_FILTER_H

#include "index/graph.h"
#include "index/search.h"
#include "safety/wildmatch.h"

/* A definition that passes and lies in a piece that has another name. */
struct small_definition {
	uint32_t chunk; /* number of the piece */
	struct graph_at at;
};

struct search_filter {
	struct search_opts opts; /* language by the name that rows have */
	struct wildmatch_set path;
	uint8_t kind;	   /* kind_number(); 0: any */
	int64_t name_term; /* of a filter by symbol; 0: no piece has it */
	uint8_t *marks; /* by piece; NULL: nothing but rows decides */
	struct small_definition *small; /* by piece */
	size_t n_small, small_cap;
};

/* *ret is initialised; release it. Errors: ERR_USAGE (there is no such kind or
 * language), ERR_INVALID (a pattern), those of the reader. */
int search_filter_init(struct search_filter *ret, struct index_reader *r,
    const struct search_opts *opts, struct error *err);
/* The same, for the small definitions of a name alone (without a graph, or
 * where it has more than `max` definitions, none are found): for a question
 * that is a name; ptr NULL: it is none. */
int search_filter_init_named(struct search_filter *ret,
    struct index_reader *r, const struct search_opts *opts, struct str name,
    size_t max, struct error *err);
void search_filter_release(struct search_filter *f);

/* For signals_make(); ctx: the filter. */
bool search_filter_has_files(const struct search_filter *f);
bool search_filter_file(const struct live_file *file, const void *ctx);
bool search_filter_has_rows(const struct search_filter *f);
bool search_filter_row(const struct chunk_row *row, size_t number,
    const void *ctx);

/* Whether a piece itself passes, not what lies in it. */
bool search_filter_piece(const struct search_filter *f,
    const struct chunk_row *row, size_t number, struct str name,
    struct str container);
/* And by its signature, whose words have only been looked at one by one. */
bool search_filter_signature(const struct search_filter *f,
    struct index_reader *r, struct str signature);
/* The small definitions of a piece, *ret_n of them. */
const struct small_definition *search_filter_small(
    const struct search_filter *f, uint32_t chunk, size_t *ret_n);


#endif
