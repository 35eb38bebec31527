/* What the best pieces say about others: words that they share, and calls from
 * and to them. */
#include <stdlib.h>

#include "base/mem.h"
#include "index/signals_inner.h"
#include "index/terms.h"

enum {
	FEEDBACK_CHUNKS = 8,
	FEEDBACK_TERMS = 15,
};
#define FEEDBACK_WEIGHT 0.35

/* Words of the pieces that are best so far (Rocchio's way): what stands in
 * several of them and is rare elsewhere. */
struct feedback_term {
	int64_t id;
	uint32_t order;
	double weight;
};

struct feedback {
	struct feedback_term *terms;
	size_t n, cap;
	double score; /* of the piece that is read */
};

static void
take_chunk_terms(const struct index_chunk *c, void *ctx)
{
	struct feedback *f = ctx;
	struct chunk_terms rest;
	struct chunk_term term;

	chunk_terms_open(&rest, c->terms);
	while (chunk_terms_next(&rest, &term)) {
		if (term.code == 0)
			continue;
		f->terms = mem_grow(f->terms, &f->cap, f->n + 1,
		    sizeof(*f->terms));
		f->terms[f->n++] = (struct feedback_term){
			.id = term.term, .weight = f->score };
	}
}

static int
compare_id(const void *left, const void *right)
{
	const struct feedback_term *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

static int
compare_weight(const void *left, const void *right)
{
	const struct feedback_term *a = left, *b = right;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

/* Sums up what the pieces say of each term, leaves out what was asked for
 * anyway, and weighs by rarity. */
static int
weigh_feedback(struct work *w, struct feedback *f, struct error *err)
{
	size_t n = 0;

	if (f->n > 0)
		qsort(f->terms, f->n, sizeof(*f->terms), compare_id);
	for (size_t i = 0, j; i < f->n; i = j) {
		struct feedback_term sum = f->terms[i];
		CLEANUP_BUF struct buf text = BUF_INIT(1 * KIB);
		int64_t count;
		int rc;

		for (j = i + 1; j < f->n && f->terms[j].id == sum.id; j++)
			sum.weight += f->terms[j].weight;
		/* In one piece alone it is an accident. */
		if (j - i < 2 || query_find(&w->q->own, sum.id) != NULL)
			continue;
		rc = index_db_term(index_reader_db(w->r), sum.id, &text,
		    &count, err);
		if (rc < 0)
			return rc;
		sum.order = terms_order(buf_str(&text));
		sum.weight *= query_idf(w->r, (double)count);
		if (*buf_text(&text) == '=')
			sum.weight *= 0.5;
		/* What stands in every piece is worth nothing. */
		if (sum.weight > 0)
			f->terms[n++] = sum;
	}
	f->n = n;
	if (n > 0)
		qsort(f->terms, n, sizeof(*f->terms), compare_weight);
	return 0;
}

int
signals_add_feedback(struct work *w, struct error *err)
{
	struct feedback f = { 0 };
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < w->n_best &&
	    i < FEEDBACK_CHUNKS; i++) {
		const struct live_chunk *c = index_reader_chunk(w->r,
		    w->best[i].at);

		f.score = signals_in_steps(w->best[i].score / w->best[0].score);
		rc = index_db_chunk(index_reader_db(w->r), c->segment, c->at,
		    take_chunk_terms, &f, err);
	}
	rc = rc < 0 ? rc : weigh_feedback(w, &f, err);
	for (size_t i = 0; rc == 0 && i < f.n && i < FEEDBACK_TERMS; i++)
		rc = query_add(w->r, &w->feedback, f.terms[i].id,
		    FEEDBACK_WEIGHT * f.terms[i].weight / f.terms[0].weight,
		    err);
	free(f.terms);
	if (rc == 0) {
		signals_copy(w, S_FEEDBACK);
		signals_add_terms(w, S_FEEDBACK, &w->feedback);
	}
	return rc;
}

/* --- calls -------------------------------------------------------------- */

/* A name that many definitions have says nothing about which one is meant. */
enum { DEFINITIONS_MAX = 3 };

struct calls {
	struct work *w;
	const struct best *caller;
	double best_score;
};

static void
take_calls(const struct index_chunk *c, void *ctx)
{
	struct calls *calls = ctx;
	struct work *w = calls->w;
	struct chunk_terms rest;
	struct chunk_term term;

	chunk_terms_open(&rest, c->terms);
	while (chunk_terms_next(&rest, &term)) {
		uint32_t found[DEFINITIONS_MAX];
		size_t n;

		if (!term.called)
			continue;
		n = index_reader_definitions(w->r, term.term, found,
		    DEFINITIONS_MAX);
		for (size_t i = 0; i < n; i++) {
			if (found[i] == calls->caller->at)
				continue;
			signals_add(w, S_CALLER, found[i],
			    signals_in_steps(calls->caller->score));
			signals_add(w, S_CALLEE, calls->caller->at,
			    signals_in_steps(signals_score(w, S_ALL,
				found[i])));
		}
	}
}

/* Who is called by what fits well, and who calls it, fits a little too. */
int
signals_add_calls(struct work *w, struct error *err)
{
	struct calls calls = { .w = w };
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < w->n_best; i++) {
		const struct live_chunk *c = index_reader_chunk(w->r,
		    w->best[i].at);

		calls.caller = &w->best[i];
		rc = index_db_chunk(index_reader_db(w->r), c->segment, c->at,
		    take_calls, &calls, err);
	}
	return rc < 0 ? rc : 0;
}
