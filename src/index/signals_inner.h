/* Inner to the signals: the scores of all pieces and files, before candidates
 * are chosen. */
#ifndef FRIDAY_INDEX_SIGNALS_INNER_H
#define FRIDAY_INDEX_SIGNALS_INNER_H

#include "index/signals.h"

enum {
	BEST_CHUNKS = 400, /* that speak for their files */
	BLOCK = 128,	   /* pieces whose best score is remembered */
};
/* Lengths of fields whose share stands in a table. */
enum { LENS_KNOWN = 512 };

enum chunk_score {
	S_PATH, S_SYMBOL, S_COMMENT, S_SIGNATURE, S_BODY, /* as the fields */
	S_ALL, S_COVER, S_ABBREVIATED, S_SYNONYM_SYMBOL,
	S_FEEDBACK, S_COMPOUND, S_CALLER, S_CALLEE,
	N_CHUNK_SCORES,
};
enum file_score { F_ALL, F_COVER, F_BEST, F_SCOPE, N_FILE_SCORES };

struct best {
	float score;
	uint32_t at;
};

struct work {
	struct index_reader *r;
	const struct query *q;
	size_t n_chunks, n_files;
	const struct chunk_lens *lens; /* the reader's */
	const uint32_t *file_numbers;
	/* In the reader's scratch memory, as are `top`, `file` and `chosen`. Of
	 * a BLOCK whose largest is 0 nothing was ever set: its scores are left
	 * from the search before. */
	float *chunk[N_CHUNK_SCORES];
	float *top[N_CHUNK_SCORES]; /* the largest of each BLOCK */
	size_t n_blocks;
	float *file[N_FILE_SCORES];
	double max_chunk[N_CHUNK_SCORES], max_file[N_FILE_SCORES];
	/* What one occurrence in a field of this length counts. */
	double per_len[N_FIELDS][LENS_KNOWN];
	/* What a word is worth that is there once, in this field alone. */
	double once[N_FIELDS][LENS_KNOWN];
	struct best *best; /* of S_ALL, at most BEST_CHUNKS */
	size_t n_best;
	double idf_asked;  /* of all own words */
	double idf_parts;  /* of those that are no wholes */
	double idf_scope;  /* of those that say where */
	struct query_terms feedback;
	bool *chosen; /* by piece */
	uint32_t *candidates;
	size_t n_candidates, candidates_cap;
	struct near_piece *near; /* of each candidate */
	float max_near;
};

static inline float
signals_score(const struct work *w, enum chunk_score of, uint32_t at)
{
	return w->top[of][at / BLOCK] > 0 ? w->chunk[of][at] : 0;
}

/* --- signals_text.c: BM25 over the fields ------------------------------- */

/* What one occurrence counts, the question's own words, and files. */
void signals_score_text(struct work *w);
void signals_add(struct work *w, enum chunk_score to, uint32_t at,
    double score);
/* All fields together. */
void signals_add_terms(struct work *w, enum chunk_score to,
    const struct query_terms *terms);
/* The names of the pieces alone. */
void signals_add_names(struct work *w, enum chunk_score to,
    const struct query_terms *terms);
void signals_add_compounds(struct work *w);
/* Begins with what S_ALL is. */
void signals_copy(struct work *w, enum chunk_score to);

/* --- signals_top.c ------------------------------------------------------- */

/* The k largest above 0, best first; returns how many. tops: the largest of
 * each BLOCK of values, so that most of them need not be looked at; NULL: it is
 * not known. */
size_t signals_best(const float *values, const float *tops, size_t n,
    struct best *ret, size_t k);
/* Rounded to steps of 1/1024: sums of a few thousand are then exact, and the
 * same in any order. Terms come in the order of their numbers, which depends
 * on when which file was taken in. */
float signals_in_steps(float score);

/* --- signals_of_best.c: what the best pieces say -------------------------- */

int signals_add_feedback(struct work *w, struct error *err);
int signals_add_calls(struct work *w, struct error *err);

#endif
