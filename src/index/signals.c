/* Signals; see signals.h. Scores stand in arrays over all pieces (or files),
 * one for each kind; then the candidates are chosen and their numbers put
 * together. */
#include "index/signals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "index/nearness.h"
#include "index/source.h"
#include "index/terms.h"

enum {
	CANDIDATES = 80,      /* of each score over pieces */
	CANDIDATE_FILES = 15, /* of each score over files */
	OF_A_FILE = 3,
	CHOSEN_OF_A_FILE = 6,
	FEEDBACK_CHUNKS = 8,
	FEEDBACK_TERMS = 15,
	BEST_CHUNKS = 400, /* that speak for their files */
	BLOCK = 128,	   /* pieces whose best score is remembered */
};
#define FEEDBACK_WEIGHT 0.35
/* What is added to what a name is worth, so that one word that fits a short
 * name is not everything. */
#define PRECISION_PRIOR 2.0

/* How much a field counts, and how much its length does. */
struct mix {
	double weight[N_FIELDS], b[N_FIELDS], k1;
};

/* Of all scores over pieces one b and k1, so that a field's share is worked
 * out once for all of them. */
static const struct mix mix_all = { { 1.5, 3, 1.2, 1, 1 },
	{ 0.3, 0.3, 0.6, 0.3, 0.75 }, 1.2 };
static const struct mix mix_file = { { 4, 1, 1, 0, 1 },
	{ 0.2, 0.5, 0.6, 0.5, 0.7 }, 2.0 };
/* Lengths of fields whose share stands in a table. */
enum { LENS_KNOWN = 512 };

enum chunk_score {
	S_PATH, S_SYMBOL, S_COMMENT, S_SIGNATURE, S_BODY, /* as the fields */
	S_ALL, S_COVER, S_ABBREVIATED, S_SYNONYM_SYMBOL,
	S_FEEDBACK, S_COMPOUND, S_CALLER, S_CALLEE,
	N_CHUNK_SCORES,
};
enum file_score { F_ALL, F_COVER, F_BEST, F_SCOPE, N_FILE_SCORES };

struct work {
	struct index_reader *r;
	const struct query *q;
	size_t n_chunks, n_files;
	const struct chunk_lens *lens; /* the reader's */
	const uint32_t *file_numbers;
	/* In the reader's scratch memory, as are `top`, `file` and `chosen`. */
	float *chunk[N_CHUNK_SCORES];
	float *top[N_CHUNK_SCORES]; /* the largest of each BLOCK */
	size_t n_blocks;
	float *file[N_FILE_SCORES];
	double max_chunk[N_CHUNK_SCORES], max_file[N_FILE_SCORES];
	/* What one occurrence in a field of this length counts. */
	double per_len[N_FIELDS][LENS_KNOWN];
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

static void
work_release(struct work *w)
{
	query_terms_release(&w->feedback);
	free(w->best);
	free(w->candidates);
	free(w->near);
}

/* All arrays are one piece of the reader's memory. */
static void
work_init(struct work *w)
{
	size_t of_chunks = w->n_chunks * N_CHUNK_SCORES;
	size_t of_files = w->n_files * N_FILE_SCORES;
	size_t of_blocks;
	float *at;

	w->lens = index_reader_lens(w->r);
	w->file_numbers = index_reader_file_numbers(w->r);
	w->n_blocks = w->n_chunks / BLOCK + 1;
	of_blocks = w->n_blocks * N_CHUNK_SCORES;
	at = index_reader_scratch(w->r, (of_chunks + of_blocks + of_files) *
		sizeof(float) + w->n_chunks + 1);
	for (size_t i = 0; i < N_CHUNK_SCORES; i++, at += w->n_chunks)
		w->chunk[i] = at;
	for (size_t i = 0; i < N_CHUNK_SCORES; i++, at += w->n_blocks)
		w->top[i] = at;
	for (size_t i = 0; i < N_FILE_SCORES; i++, at += w->n_files)
		w->file[i] = at;
	w->chosen = (bool *)at;
}

/* --- text scores -------------------------------------------------------- */

static double
saturate(const struct mix *m, const double *tf, const double *lens,
    const double *means)
{
	double sum = 0;

	for (unsigned f = 0; f < N_FIELDS; f++)
		if (tf[f] > 0 && m->weight[f] > 0)
			sum += m->weight[f] * tf[f] /
			    (1 - m->b[f] + m->b[f] * lens[f] /
				(means[f] > 0 ? means[f] : 1));
	return sum * (m->k1 + 1) / (sum + m->k1);
}

static double
share_of_len(const struct work *w, unsigned field, unsigned len)
{
	double mean = index_reader_mean_lens(w->r)[field];

	return 1 / (1 - mix_all.b[field] +
	    mix_all.b[field] * len / (mean > 0 ? mean : 1));
}

static void
know_lens(struct work *w)
{
	for (unsigned f = 0; f < N_FIELDS; f++)
		for (unsigned len = 0; len < LENS_KNOWN; len++)
			w->per_len[f][len] = share_of_len(w, f, len);
}

static double
share(const struct work *w, uint32_t chunk, unsigned field, unsigned tf)
{
	unsigned len = w->lens[chunk].of[field];

	return tf * (len < LENS_KNOWN ? w->per_len[field][len] :
					share_of_len(w, field, len));
}

static double
saturated(double x)
{
	return x * (mix_all.k1 + 1) / (x + mix_all.k1);
}

static void
add_score(struct work *w, enum chunk_score to, uint32_t at, double score)
{
	float *sum = &w->chunk[to][at];

	float *top = &w->top[to][at / BLOCK];

	*sum += (float)score;
	if (*sum <= *top)
		return;
	*top = *sum;
	if (*sum > w->max_chunk[to])
		w->max_chunk[to] = *sum;
}

/* All fields together. */
static void
add_terms_score(struct work *w, enum chunk_score to,
    const struct query_terms *terms)
{
	for (size_t i = 0; i < terms->n; i++) {
		const struct query_term *t = &terms->items[i];
		double weight = t->weight * t->idf;

		for (size_t p = 0; p < t->postings.n; p++) {
			const struct posting *has = &t->postings.items[p];
			double sum = 0;

			for (unsigned f = 0; f < N_FIELDS; f++)
				if (has->tf[f] > 0)
					sum += mix_all.weight[f] *
					    share(w, has->at, f, has->tf[f]);
			add_score(w, to, has->at, weight * saturated(sum));
		}
	}
}

/* The names of the pieces alone. */
static void
add_symbol_score(struct work *w, enum chunk_score to,
    const struct query_terms *terms)
{
	for (size_t i = 0; i < terms->n; i++) {
		const struct query_term *t = &terms->items[i];

		for (size_t p = 0; p < t->postings.n; p++) {
			const struct posting *has = &t->postings.items[p];

			if (has->tf[FIELD_SYMBOL] == 0)
				continue;
			add_score(w, to, has->at, t->weight * t->idf *
			    saturated(share(w, has->at, FIELD_SYMBOL,
				has->tf[FIELD_SYMBOL])));
		}
	}
}

/* A word of the question: each field by itself, all together, and whether it
 * is there (a signature is said elsewhere too). */
static void
add_own_scores(struct work *w, const struct query_term *t)
{
	double weight = t->weight * t->idf;

	for (size_t p = 0; p < t->postings.n; p++) {
		const struct posting *has = &t->postings.items[p];
		bool there = false;
		double sum = 0;

		for (unsigned f = 0; f < N_FIELDS; f++) {
			double x;

			if (has->tf[f] == 0)
				continue;
			x = share(w, has->at, f, has->tf[f]);
			add_score(w, (enum chunk_score)f, has->at,
			    weight * saturated(x));
			sum += mix_all.weight[f] * x;
			there |= f != FIELD_SIGNATURE;
		}
		add_score(w, S_ALL, has->at, weight * saturated(sum));
		if (there)
			add_score(w, S_COVER, has->at, t->idf);
	}
}

static void
add_file_scores(const struct work *w, const struct query_term *t)
{
	const double *means = index_reader_mean_file_lens(w->r);
	const struct postings *p = &t->postings;
	const uint32_t *file_of = w->file_numbers;
	double n = (double)w->n_files, n_with = 0, idf;

	for (size_t i = 0, j; i < p->n; i = j, n_with++)
		for (j = i + 1; j < p->n &&
		    file_of[p->items[j].at] == file_of[p->items[i].at]; j++)
			continue;
	idf = log(1 + (n - n_with + 0.5) / (n_with + 0.5));
	for (size_t i = 0, j; i < p->n; i = j) {
		uint32_t at = file_of[p->items[i].at];
		const struct live_file *file = index_reader_file(w->r, at);
		double tf[N_FIELDS] = { 0 };

		for (j = i; j < p->n && file_of[p->items[j].at] == at; j++)
			for (unsigned f = 0; f < N_FIELDS; f++)
				tf[f] = p->items[j].tf[f] +
				    (f == FIELD_PATH ? 0 : tf[f]);
		w->file[F_ALL][at] += (float)(t->weight * idf *
		    saturate(&mix_file, tf, file->lens, means));
		w->file[F_COVER][at] += (float)t->idf;
		if (t->scope && tf[FIELD_PATH] > 0)
			w->file[F_SCOPE][at] += (float)t->idf;
	}
}

static void
score_own(struct work *w)
{
	for (size_t i = 0; i < w->q->own.n; i++) {
		const struct query_term *t = &w->q->own.items[i];

		add_own_scores(w, t);
		add_file_scores(w, t);
		w->idf_asked += t->idf;
		if (!t->whole)
			w->idf_parts += t->idf;
		if (t->scope)
			w->idf_scope += t->idf;
	}
}

static void
score_compounds(struct work *w)
{
	for (size_t i = 0; i < w->q->compounds.n; i++) {
		const struct query_term *t = &w->q->compounds.items[i];

		for (size_t p = 0; p < t->postings.n; p++)
			add_score(w, S_COMPOUND, t->postings.items[p].at,
			    t->weight);
	}
}

static void
copy_score(struct work *w, enum chunk_score to)
{
	memcpy(w->chunk[to], w->chunk[S_ALL], w->n_chunks * sizeof(float));
	memcpy(w->top[to], w->top[S_ALL], w->n_blocks * sizeof(float));
	w->max_chunk[to] = w->max_chunk[S_ALL];
}

static double
max_of(const float *values, size_t n)
{
	double max = 0;

	for (size_t i = 0; i < n; i++)
		max = values[i] > max ? values[i] : max;
	return max;
}

/* --- the best ----------------------------------------------------------- */

struct best {
	float score;
	uint32_t at;
};

/* A heap whose root is the worst of the best. */
static void
sift(struct best *heap, size_t n, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		struct best swap;

		if (child >= n)
			return;
		if (child + 1 < n &&
		    heap[child + 1].score < heap[child].score)
			child++;
		if (heap[at].score <= heap[child].score)
			return;
		swap = heap[at];
		heap[at] = heap[child];
		heap[child] = swap;
		at = child;
	}
}

static int
compare_best(const void *left, const void *right)
{
	const struct best *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* The k largest above 0, best first; returns how many. tops: the largest of
 * each BLOCK of values, so that most of them need not be looked at; NULL: it is
 * not known. */
static size_t
find_best(const float *values, const float *tops, size_t n, struct best *ret,
    size_t k)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (tops != NULL && i % BLOCK == 0 && (tops[i / BLOCK] <= 0 ||
		    (found == k && tops[i / BLOCK] <= ret->score))) {
			i += BLOCK - 1;
			continue;
		}
		if (values[i] <= 0 || (found == k && values[i] <= ret->score))
			continue;
		if (found < k) {
			ret[found++] = (struct best){ values[i], (uint32_t)i };
			for (size_t j = found / 2; found == k && j-- > 0;)
				sift(ret, k, j);
		} else {
			*ret = (struct best){ values[i], (uint32_t)i };
			sift(ret, k, 0);
		}
	}
	qsort(ret, found, sizeof(*ret), compare_best);
	return found;
}

/* Rounded to steps of 1/1024: sums of a few thousand are then exact, and the
 * same in any order. Terms come in the order of their numbers, which depends
 * on when which file was taken in. */
static float
in_steps(float score)
{
	return roundf(score * 1024) / 1024;
}

/* --- feedback ----------------------------------------------------------- */

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
	struct str rest = c->terms;
	struct chunk_term term;
	int64_t id = 0;

	while (chunk_term_next(&rest, &id, &term)) {
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

static int
score_feedback(struct work *w, struct error *err)
{
	struct feedback f = { 0 };
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < w->n_best &&
	    i < FEEDBACK_CHUNKS; i++) {
		const struct live_chunk *c = index_reader_chunk(w->r,
		    w->best[i].at);

		f.score = in_steps(w->best[i].score / w->best[0].score);
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
		copy_score(w, S_FEEDBACK);
		add_terms_score(w, S_FEEDBACK, &w->feedback);
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
	struct str rest = c->terms;
	struct chunk_term term;
	int64_t id = 0;

	while (chunk_term_next(&rest, &id, &term)) {
		uint32_t found[DEFINITIONS_MAX];
		size_t n;

		if (!term.called)
			continue;
		n = index_reader_definitions(w->r, term.term, found,
		    DEFINITIONS_MAX);
		for (size_t i = 0; i < n; i++) {
			if (found[i] == calls->caller->at)
				continue;
			add_score(w, S_CALLER, found[i],
			    in_steps(calls->caller->score));
			add_score(w, S_CALLEE, calls->caller->at,
			    in_steps(w->chunk[S_ALL][found[i]]));
		}
	}
}

/* Who is called by what fits well, and who calls it, fits a little too. */
static int
score_calls(struct work *w, struct error *err)
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

/* --- candidates --------------------------------------------------------- */

/* The best three pieces of a file speak for it. */
static void
score_best_of_files(struct work *w)
{
	static const float shares[OF_A_FILE] = { 1, 0.6F, 0.4F };
	unsigned char *seen = mem_alloc(w->n_files + 1, 1);

	for (size_t i = 0; i < w->n_best; i++) {
		uint32_t file =
		    index_reader_chunk(w->r, w->best[i].at)->row.file;

		if (seen[file] < OF_A_FILE)
			w->file[F_BEST][file] +=
			    w->best[i].score * shares[seen[file]++];
	}
	free(seen);
}

static void
choose_chunk(struct work *w, uint32_t chunk)
{
	if (w->chosen[chunk])
		return;
	w->chosen[chunk] = true;
	w->candidates = mem_grow(w->candidates, &w->candidates_cap,
	    w->n_candidates + 1, sizeof(*w->candidates));
	w->candidates[w->n_candidates++] = chunk;
}

static void
choose_chunks(struct work *w, enum chunk_score by)
{
	struct best best[CANDIDATES];
	size_t n = find_best(w->chunk[by], w->top[by], w->n_chunks, best,
	    CANDIDATES);

	for (size_t i = 0; i < n; i++)
		choose_chunk(w, best[i].at);
}

/* The best pieces of a file, an insertion into the few that are kept. */
static void
choose_of_file(struct work *w, const struct live_file *file)
{
	uint32_t top[CHOSEN_OF_A_FILE];
	size_t n = 0;

	for (size_t i = 0; i < file->n_chunks; i++) {
		uint32_t c = (uint32_t)(file->first_chunk + i);
		size_t at;

		for (at = n; at > 0 &&
		    w->chunk[S_ALL][top[at - 1]] < w->chunk[S_ALL][c]; at--)
			if (at < CHOSEN_OF_A_FILE)
				top[at] = top[at - 1];
		if (at < CHOSEN_OF_A_FILE) {
			top[at] = c;
			n += n < CHOSEN_OF_A_FILE;
		}
	}
	for (size_t i = 0; i < n; i++)
		choose_chunk(w, top[i]);
}

static void
choose_files(struct work *w, enum file_score by)
{
	struct best files[CANDIDATE_FILES];
	size_t n = find_best(w->file[by], NULL, w->n_files, files,
	    CANDIDATE_FILES);

	for (size_t f = 0; f < n; f++)
		choose_of_file(w, index_reader_file(w->r, files[f].at));
}

/* --- names -------------------------------------------------------------- */

/* What all words of a piece's name are worth. */
struct name_worth {
	struct index_reader *r;
	struct vocabulary *vocabulary;
	const struct query_terms *asked;
	double idf, hit; /* of all words; of those that were asked for */
};

static void
add_name(struct name_worth *n, struct str text, uint32_t *seen,
    size_t *n_seen)
{
	struct str word;

	while (terms_next_word(&text, &word)) {
		struct term_ids ids = terms_of_word(
		    vocabulary_terms(n->vocabulary), word);

		for (size_t i = 0; i < ids.n - ids.has_whole; i++) {
			struct vocabulary_term term;
			size_t at = 0;
			double idf;

			while (at < *n_seen && seen[at] != ids.ids[i])
				at++;
			if (at < *n_seen || *n_seen == QUERY_TERMS_MAX)
				continue;
			seen[(*n_seen)++] = ids.ids[i];
			if (vocabulary_term(n->vocabulary, ids.ids[i], &term,
				NULL) != 0 || term.count <= 0)
				continue;
			idf = query_idf(n->r, (double)term.count);
			n->idf += idf;
			if (query_find(n->asked, term.id) != NULL)
				n->hit += idf;
		}
	}
}

static void
take_name(const struct index_chunk *c, void *ctx)
{
	uint32_t seen[QUERY_TERMS_MAX];
	size_t n_seen = 0;

	add_name(ctx, c->name, seen, &n_seen);
	add_name(ctx, c->container, seen, &n_seen);
}

/* --- putting together --------------------------------------------------- */

static float
part(double value, double max)
{
	return max > 0 ? (float)(value / max) : 0;
}

static int
fill(struct work *w, struct answer *a, struct error *err)
{
	static const struct {
		enum signal signal;
		enum chunk_score score;
	} of_chunk[] = {
		{ SIGNAL_PATH, S_PATH },
		{ SIGNAL_SYMBOL, S_SYMBOL },
		{ SIGNAL_COMMENT, S_COMMENT },
		{ SIGNAL_SIGNATURE, S_SIGNATURE },
		{ SIGNAL_BODY, S_BODY },
		{ SIGNAL_ALL, S_ALL },
		{ SIGNAL_ABBREVIATED, S_ABBREVIATED },
		{ SIGNAL_SYNONYM_SYMBOL, S_SYNONYM_SYMBOL },
		{ SIGNAL_FEEDBACK, S_FEEDBACK },
		{ SIGNAL_COMPOUND, S_COMPOUND },
		{ SIGNAL_CALLER, S_CALLER },
		{ SIGNAL_CALLEE, S_CALLEE },
	};
	static const struct {
		enum signal signal;
		enum file_score score;
	} of_file[] = {
		{ SIGNAL_FILE_ALL, F_ALL },
		{ SIGNAL_FILE_BEST, F_BEST },
	};
	const struct live_chunk *c = index_reader_chunk(w->r, a->chunk);
	const struct live_file *file = index_reader_file(w->r, c->row.file);
	struct name_worth name = { w->r, index_reader_vocabulary(w->r),
		&w->q->own, 0, 0 };
	int rc = index_db_chunk(index_reader_db(w->r), c->segment, c->at,
	    take_name, &name, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(of_chunk); i++)
		a->x[of_chunk[i].signal] =
		    part(w->chunk[of_chunk[i].score][a->chunk],
			w->max_chunk[of_chunk[i].score]);
	for (size_t i = 0; i < ARRAY_LEN(of_file); i++)
		a->x[of_file[i].signal] =
		    part(w->file[of_file[i].score][c->row.file],
			w->max_file[of_file[i].score]);
	a->x[SIGNAL_COVER] = part(w->chunk[S_COVER][a->chunk], w->idf_asked);
	a->x[SIGNAL_FILE_COVER] = part(w->file[F_COVER][c->row.file],
	    w->idf_asked);
	a->x[SIGNAL_SCOPE] = part(w->file[F_SCOPE][c->row.file],
	    w->idf_scope);
	a->x[SIGNAL_NAME_PRECISION] = part(name.hit,
	    name.idf + PRECISION_PRIOR);
	a->x[SIGNAL_NAME_COVER] = part(name.hit,
	    w->idf_parts);
	a->x[SIGNAL_TEST] = (file->flags & SOURCE_TEST) != 0 ||
	    (c->row.flags & ROW_TEST) != 0;
	a->x[SIGNAL_HEADER] = (file->flags & SOURCE_HEADER) != 0;
	a->x[SIGNAL_FUNCTION] = (c->row.flags & ROW_FUNCTION) != 0;
	a->x[SIGNAL_LENGTH] = (float)(log(c->row.end_line -
	    c->row.start_line + 1) / 5);
	a->x[SIGNAL_RARE] = file->rare;
	return 0;
}

static int
score_all(struct work *w, struct error *err)
{
	int rc;

	know_lens(w);
	score_own(w);
	w->best = mem_alloc(BEST_CHUNKS, sizeof(*w->best));
	w->n_best = find_best(w->chunk[S_ALL], w->top[S_ALL], w->n_chunks,
	    w->best, BEST_CHUNKS);
	copy_score(w, S_ABBREVIATED);
	add_terms_score(w, S_ABBREVIATED, &w->q->abbreviations);
	add_symbol_score(w, S_SYNONYM_SYMBOL, &w->q->synonyms);
	score_compounds(w);
	rc = score_feedback(w, err);
	if (rc == 0)
		rc = score_calls(w, err);
	score_best_of_files(w);
	for (size_t i = 0; i < N_FILE_SCORES; i++)
		w->max_file[i] = max_of(w->file[i], w->n_files);
	return rc;
}

static void
choose(struct work *w)
{
	static const enum chunk_score by_chunk[] = { S_ALL, S_BODY,
		S_ABBREVIATED, S_FEEDBACK, S_SYNONYM_SYMBOL, S_SYMBOL,
		S_COMMENT, S_COMPOUND };

	for (size_t i = 0; i < ARRAY_LEN(by_chunk); i++)
		choose_chunks(w, by_chunk[i]);
	choose_files(w, F_ALL);
	choose_files(w, F_BEST);
}

/* What is left out is no candidate; it still counts in what words are worth.
 */
static void
leave_out(struct work *w,
    bool (*passes)(const struct live_file *file, const void *ctx),
    const void *ctx)
{
	for (size_t f = 0; f < w->n_files; f++) {
		const struct live_file *file = index_reader_file(w->r, f);

		if (passes(file, ctx))
			continue;
		for (size_t i = 0; i < N_FILE_SCORES; i++)
			w->file[i][f] = 0;
		for (size_t i = 0; i < N_CHUNK_SCORES; i++)
			memset(&w->chunk[i][file->first_chunk], 0,
			    file->n_chunks * sizeof(float));
	}
}

/* Where few pass, they are candidates whatever words they have. */
static void
leave_rows_out(struct work *w)
{
	uint32_t few[CANDIDATES];
	size_t n = 0;

	for (size_t c = 0; c < w->n_chunks; c++) {
		const struct live_chunk *chunk = index_reader_chunk(w->r, c);

		if (w->q->row_passes(&chunk->row, w->q->row_ctx)) {
			if (n < CANDIDATES)
				few[n] = (uint32_t)c;
			n++;
			continue;
		}
		for (size_t i = 0; i < N_CHUNK_SCORES; i++)
			w->chunk[i][c] = 0;
	}
	for (size_t i = 0; n <= CANDIDATES && i < n; i++)
		choose_chunk(w, few[i]);
}

/* --- nearness ----------------------------------------------------------- */

/* The nearest pieces are candidates too, whatever words they have. */
static int
choose_near(struct work *w,
    bool (*passes)(const struct live_file *file, const void *ctx),
    const void *ctx, struct error *err)
{
	CLEANUP(free_ptr) struct near_piece *nearest = NULL;
	size_t n = 0;
	int rc;

	if (w->q->nearness == NULL)
		return 0;
	nearest = mem_alloc(w->q->near_max + 1, sizeof(*nearest));
	rc = nearness_search(w->q->nearness, w->r, w->q->asked, passes, ctx,
	    w->q->near_max, nearest, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		choose_chunk(w, nearest[i].chunk);
	return rc;
}

static int
score_near(struct work *w, struct error *err)
{
	int rc = 0;

	w->near = mem_alloc(w->n_candidates + 1, sizeof(*w->near));
	for (size_t i = 0; i < w->n_candidates; i++)
		w->near[i].chunk = w->candidates[i];
	if (w->q->nearness != NULL)
		rc = nearness_score(w->q->nearness, w->r, w->q->asked,
		    w->near, w->n_candidates, err);
	for (size_t i = 0; i < w->n_candidates; i++)
		if (w->near[i].score > w->max_near)
			w->max_near = w->near[i].score;
	return rc < 0 ? rc : 0;
}

int
signals_make(struct index_reader *r, const struct query *q,
    bool (*passes)(const struct live_file *file, const void *ctx),
    const void *ctx, struct answers *ret, struct error *err)
{
	CLEANUP(work_release) struct work w = { .r = r, .q = q,
		.n_chunks = index_reader_chunks(r),
		.n_files = index_reader_files(r) };
	int rc;

	*ret = (struct answers){ 0 };
	work_init(&w);
	rc = score_all(&w, err);
	if (rc == 0 && passes != NULL)
		leave_out(&w, passes, ctx);
	if (rc == 0 && q->row_passes != NULL)
		leave_rows_out(&w);
	if (rc == 0)
		choose(&w);
	if (rc == 0)
		rc = choose_near(&w, passes, ctx, err);
	if (rc == 0)
		rc = score_near(&w, err);
	ret->items = mem_alloc(w.n_candidates + 1, sizeof(*ret->items));
	for (size_t i = 0; rc == 0 && i < w.n_candidates; i++) {
		ret->items[ret->n].chunk = w.candidates[i];
		ret->items[ret->n].x[SIGNAL_NEAR] = w.near[i].score > 0 ?
		    part(w.near[i].score, w.max_near) : 0;
		rc = fill(&w, &ret->items[ret->n++], err);
	}
	return rc;
}

void
answers_release(struct answers *a)
{
	free(a->items);
	*a = (struct answers){ 0 };
}
