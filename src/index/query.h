/* A question as terms of the index: its own words, and words that mean the
 * same: abbreviations that this repository uses ("cmd" for "command"), words
 * of one trade ("remove" and "delete"), identifiers made of several of its
 * words. */
#ifndef FRIDAY_INDEX_QUERY_H
#define FRIDAY_INDEX_QUERY_H

#include "index/reader.h"

enum { QUERY_TERMS_MAX = 64, QUERY_BYTES_MAX = 4000 };

struct query_term {
	int64_t id;
	double weight;
	bool whole;  /* a word of several parts */
	bool scope;  /* it says where: "parser: keep comments" */
	double idf;  /* by the pieces that have it */
	struct postings postings;
	char *text; /* as the index has it */
};

struct query_terms {
	struct query_term *items;
	size_t n, cap;
};

struct nearness;
struct recency;
struct vector_asked;

struct query {
	struct query_terms own;
	struct query_terms abbreviations; /* weights as against own ones */
	struct query_terms synonyms;
	struct query_terms compounds;
	/* How near pieces are (nearness.h), and how many of the nearest are to
	 * be looked at; NULL: unknown. Borrowed. */
	struct nearness *nearness;
	const struct vector_asked *asked;
	size_t near_max;
	const struct recency *recency; /* borrowed; NULL: unknown */
	/* Which pieces may be candidates; NULL: all. */
	bool (*row_passes)(const struct chunk_row *row, size_t number,
	    const void *ctx);
	const void *row_ctx;
};

/* *ret is initialised; release it. Words that the index does not have are
 * left out. Errors: those of the reader. */
int query_make(struct index_reader *r, struct str text, struct query *ret,
    struct error *err);
void query_release(struct query *q);

/* Adds a term by its number, with its postings; a term that is there already
 * is left as it is. */
int query_add(struct index_reader *r, struct query_terms *to, int64_t id,
    double weight, struct error *err);
void query_terms_release(struct query_terms *t);
/* NULL: not there. */
const struct query_term *query_find(const struct query_terms *t, int64_t id);
/* ln(1 + (n - count + 0.5) / (count + 0.5)), of Robertson and Sparck Jones, in
 * steps of 1/4096. */
double query_idf(const struct index_reader *r, double count);

#endif
