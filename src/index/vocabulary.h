/* What a reader remembers of its index's words from one question to the next:
 * the terms of names, and the short words that may be abbreviations. Each is
 * read from the database when it is first needed.
 *
 * Belongs to a reader, and sees the same state as it does.
 *
 * Thread: the reader's. */
#ifndef FRIDAY_INDEX_VOCABULARY_H
#define FRIDAY_INDEX_VOCABULARY_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

struct vocabulary;
struct index_db;
struct terms;

/* The database outlives it. */
struct vocabulary *vocabulary_create(struct index_db *db);
void vocabulary_destroy(struct vocabulary *v);

/* To be called before a question: forgets what has become too much. Numbers of
 * its terms are valid until then. */
void vocabulary_trim(struct vocabulary *v);
/* For cutting words up; its numbers are for vocabulary_term(). */
struct terms *vocabulary_terms(struct vocabulary *v);

struct vocabulary_term {
	int64_t id;    /* in the index; 0: it is not there */
	int64_t count; /* pieces that have it */
};
int vocabulary_term(struct vocabulary *v, uint32_t term,
    struct vocabulary_term *ret, struct error *err);

/* A word of small letters alone that at least two pieces have. */
struct short_word {
	int64_t id;
	uint32_t order; /* terms_order() */
	struct str text;
};
struct short_words {
	const struct short_word *items; /* by their bytes */
	size_t n;
};
/* The short words (3 to TERM_PART_MAX bytes) that begin with this letter. */
int vocabulary_short_words(struct vocabulary *v, char letter,
    struct short_words *ret, struct error *err);

#endif
