/* Searching an index: the best pieces for a question, with reasons.
 *
 * A piece's score is the sum of its signals (signals.h), each with a fixed
 * weight. The weights were fitted on the public split of a retrieval benchmark
 * (docs/index.md); none but those of a file's or piece's kind may be negative.
 */
#ifndef FRIDAY_INDEX_SEARCH_H
#define FRIDAY_INDEX_SEARCH_H

#include "index/reader.h"

enum search_mode {
	SEARCH_HYBRID, /* all signals */
	SEARCH_TEXT,   /* words of the text alone */
	SEARCH_SYMBOL, /* names of definitions alone */
	SEARCH_VECTOR, /* vectors alone: ERR_NOT_FOUND without any */
};

enum { SEARCH_HITS_DEFAULT = 10, SEARCH_HITS_MAX = 1000 };
enum { SEARCH_ID_SIZE = 17 };

struct search_opts {
	size_t k; /* hits at most; 0: the default */
	enum search_mode mode;
	/* Filters; ptr NULL: none. */
	struct str language; /* its name or alias: language.h */
	struct str path;     /* a pattern, as wildmatch.h reads it */
	struct str kind;     /* "function", … */
	struct str symbol;   /* the name, exactly, without its container */
	struct str container; /* "Outer.Inner", or "Inner" */
	struct str signature; /* words that it has, in any order */
	/* Only these files, in the order of their bytes; NULL: all. */
	const char *const *files;
	size_t n_files;
	struct nearness *nearness; /* NULL: without vectors */
	/* For filters to find definitions that are no pieces (see
	 * search_filter.h); the reader's. NULL: without. */
	struct graph *graph;
	const struct recency *recency; /* NULL: files have no history */
};

struct search_hit {
	/* Of the piece, the same when lines above it come or go: by its path,
	 * what it is and the how manieth of that name it is, or by its words
	 * where it has no name. */
	char id[SEARCH_ID_SIZE];
	char *path; /* from the root */
	uint32_t start_line, end_line;
	double score; /* compare within one answer only */
	char *kind, *name, *container, *signature; /* "" where there is none */
	char *why; /* "name: parse; file: args; text: flag, value" */
	size_t copies; /* pieces of the same words that are not shown */
};

struct search_hits {
	struct search_hit *items; /* best first */
	size_t n;
};

/* *ret is initialised; release it. Errors: ERR_INVALID (a
 * pattern), ERR_USAGE (a kind or a language that there is not), those of the
 * reader. */
int index_search(struct index_reader *r, struct str question,
    const struct search_opts *opts, struct search_hits *ret,
    struct error *err);
void search_hits_release(struct search_hits *h);

#endif
