/* Searching; see search.h. */
#include "index/search.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "index/kind.h"
#include "index/nearness.h"
#include "index/search_filter.h"
#include "index/search_hits.h"
#include "index/signals.h"
#include "index/twins.h"
#include "index/terms.h"

enum {
	NEAR_CANDIDATES = 40,
	NAMED_MAX = 8, /* of a name that is a question */
};
/* What each further piece of one file loses, times ln(1 + how many of it are
 * better): whoever asks wants to see where else it could be. */
#define SAME_FILE 1.2
/* What a piece gets of its file's score, which is the logarithm of the sum of
 * what its pieces' scores are logarithms of. */
#define OF_FILE 0.2
/* What a definition gets whose name is the whole question: more than all else
 * can make up for. */
#define ASKED_BY_NAME 40
/* And before its constructors, fields of that name and the like, a type. */
#define ASKED_TYPE 10

static const double weights[N_SIGNALS] = {
#define X(name, title, weight) [SIGNAL_##name] = (weight),
	SIGNAL_TABLE(X)
#undef X
};

static double
score_of(const struct answer *a, enum search_mode mode)
{
	double sum = 0;

	if (mode == SEARCH_SYMBOL)
		return (double)a->x[SIGNAL_SYMBOL] +
		    (double)a->x[SIGNAL_NAME_PRECISION] +
		    (double)a->x[SIGNAL_NAME_COVER];
	if (mode == SEARCH_VECTOR)
		return (double)a->x[SIGNAL_NEAR];
	if (mode == SEARCH_TEXT)
		return (double)a->x[SIGNAL_ALL];
	for (size_t i = 0; i < N_SIGNALS; i++)
		sum += weights[i] * (double)a->x[i];
	return sum;
}

/* "next" of "Parser.next()" and of "parser::next"; ptr NULL where a question
 * is more than a name. */
static struct str
name_asked(struct str question)
{
	struct str rest = str_trim(question), word, name = STR_NONE;

	for (size_t i = 0; i < rest.len; i++)
		if (isascii((unsigned char)rest.ptr[i]) &&
		    !isalnum((unsigned char)rest.ptr[i]) &&
		    strchr("_$.:#()", rest.ptr[i]) == NULL)
			return STR_NONE;
	while (terms_next_word(&rest, &word))
		name = word;
	return name;
}

static double
worth_of_asked(unsigned meaning)
{
	return (meaning & KIND_TYPE) != 0 ? ASKED_BY_NAME + ASKED_TYPE :
					    ASKED_BY_NAME;
}

static struct scored
score(struct index_reader *r, const struct answer *a, enum search_mode mode,
    int64_t asked_name)
{
	const struct chunk_row *row = &index_reader_chunk(r, a->chunk)->row;
	bool named = asked_name != 0 && row->name_term == asked_name &&
	    (row->flags & ROW_DEFINITION) != 0;
	double more = named ?
	    worth_of_asked(kind_meaning_of(row->kind)) : 0;

	return (struct scored){ score_of(a, mode) + more, a->chunk, row->file,
		NULL };
}

/* The small definitions of the name that is asked for take the place of their
 * pieces, but for pieces of that name. Returns how many there are then; there
 * is room for NAMED_MAX more. */
static size_t
add_named(const struct index_reader *r, const struct search_filter *named,
    struct scored *scored, size_t n)
{
	struct scored new[NAMED_MAX];
	size_t n_new = 0, kept = 0;

	for (size_t i = 0; i < named->n_small && n_new < NAMED_MAX; i++) {
		const struct small_definition *small = &named->small[i];
		const struct graph_definition *d = graph_definition_at(
		    named->opts.graph, small->at);

		if (index_reader_chunk(r, small->chunk)->row.name_term !=
		    named->name_term)
			new[n_new++] = (struct scored){
				worth_of_asked(kind_meaning(d->kind)),
				small->chunk, small->at.file, small };
	}
	for (size_t k = 0; k < n; k++) {
		bool taken = false;

		for (size_t i = 0; i < n_new; i++) {
			if (new[i].chunk != scored[k].chunk)
				continue;
			new[i].score += scored[k].score;
			taken = true;
		}
		if (!taken)
			scored[kept++] = scored[k];
	}
	memcpy(scored + kept, new, n_new * sizeof(*new));
	return kept + n_new;
}

static int
compare_scored(const void *left, const void *right)
{
	const struct scored *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return (a->chunk > b->chunk) - (a->chunk < b->chunk);
}

static int
compare_in_file(const void *left, const void *right)
{
	const struct scored *a = left, *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return compare_scored(left, right);
}

/* Pieces of one file, best first. */
static void
rank_in_file(struct scored *scored, size_t n)
{
	double best = scored->score, sum = 0, of_file;

	for (size_t i = 0; i < n; i++)
		sum += exp(scored[i].score - best);
	of_file = best + log(sum);
	for (size_t i = 0; i < n; i++)
		scored[i].score += OF_FILE * of_file -
		    SAME_FILE * log1p((double)i);
}

/* Best first. */
static void
rank(struct scored *scored, size_t n, enum search_mode mode)
{
	if (mode == SEARCH_HYBRID && n > 0) {
		size_t first = 0;

		qsort(scored, n, sizeof(*scored), compare_in_file);
		for (size_t i = 1; i <= n; i++) {
			if (i < n && scored[i].file == scored[first].file)
				continue;
			rank_in_file(scored + first, i - first);
			first = i;
		}
	}
	qsort(scored, n, sizeof(*scored), compare_scored);
}

/* --- the whole ---------------------------------------------------------- */

/* Vectors are a help: a search does without where they cannot be had, but for
 * one that asks for nothing else. */
static int
ask_nearness(struct index_reader *r, struct str question,
    const struct search_opts *opts, size_t k, struct query *q,
    struct vector_asked *asked, struct error *err)
{
	struct error ignored = ERROR_INIT;
	bool alone = opts->mode == SEARCH_VECTOR;
	int rc = 0;

	if (opts->nearness != NULL && (alone || opts->mode == SEARCH_HYBRID))
		rc = nearness_ask(opts->nearness, r, q, question, asked,
		    alone ? err : &ignored);
	if (rc == 1) {
		q->nearness = opts->nearness;
		q->asked = asked;
		/* Some are copies, or do not pass. */
		q->near_max = NEAR_CANDIDATES + (alone ? 4 * k : 0);
	}
	if (!alone || rc != 0)
		return alone && rc < 0 ? rc : 0;
	return error_set(err, ERR_NOT_FOUND,
	    "there are no vectors that could answer this");
}

int
index_search(struct index_reader *r, struct str question,
    const struct search_opts *opts, struct search_hits *ret,
    struct error *err)
{
	CLEANUP(query_release) struct query q = { 0 };
	CLEANUP(answers_release) struct answers answers = { 0 };
	CLEANUP(search_filter_release) struct search_filter filter = { 0 };
	CLEANUP(search_filter_release) struct search_filter named = { 0 };
	CLEANUP(twins_destroyp) struct twins *twins = twins_create();
	CLEANUP(free_ptr) struct vector_asked *asked =
	    mem_new(struct vector_asked);
	CLEANUP(free_ptr) struct scored *scored = NULL;
	struct search_making making = { r, &filter, &q, twins, ret,
		opts->k == 0		    ? SEARCH_HITS_DEFAULT :
		    opts->k > SEARCH_HITS_MAX ? SEARCH_HITS_MAX :
						opts->k };
	struct str name = opts->mode == SEARCH_HYBRID ||
	    opts->mode == SEARCH_SYMBOL ? name_asked(question) : STR_NONE;
	size_t n;
	int rc;

	*ret = (struct search_hits){ 0 };
	rc = search_filter_init(&filter, r, opts, err);
	if (rc == 0)
		rc = query_make(r, question, &q, err);
	q.recency = opts->recency;
	if (rc == 0 && search_filter_has_rows(&filter)) {
		q.row_passes = search_filter_row;
		q.row_ctx = &filter;
	}
	if (rc == 0)
		rc = search_filter_init_named(&named, r, opts, name,
		    NAMED_MAX, err);
	if (rc == 0)
		rc = ask_nearness(r, question, opts, making.k, &q, asked,
		    err);
	if (rc == 0)
		rc = signals_make(r, &q, search_filter_has_files(&filter) ?
		    search_filter_file : NULL, &filter, &answers, err);
	if (rc != 0)
		return rc;
	n = answers.n;
	scored = mem_alloc(n + NAMED_MAX, sizeof(*scored));
	for (size_t i = 0; i < n; i++)
		scored[i] = score(r, &answers.items[i], opts->mode,
		    named.name_term);
	n = add_named(r, &named, scored, n);
	rank(scored, n, opts->mode);
	return search_hits_make(&making, scored, n, err);
}
