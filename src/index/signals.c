/* Signals; see signals.h. Scores stand in arrays over all pieces (or files),
 * one for each kind; then the candidates are chosen and their numbers put
 * together. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "index/nearness.h"
#include "index/recency.h"
#include "index/signals_inner.h"
#include "index/source.h"
#include "index/terms.h"

enum {
	CANDIDATES = 80,      /* of each score over pieces */
	CANDIDATE_FILES = 15, /* of each score over files */
	OF_A_FILE = 3,
	CHOSEN_OF_A_FILE = 6,
};
/* What is added to what a name is worth, so that one word that fits a short
 * name is not everything. */
#define PRECISION_PRIOR 2.0

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
	size_t of_files = w->n_files * N_FILE_SCORES;
	size_t of_blocks, cleared;
	float *at;

	w->lens = index_reader_lens(w->r);
	w->file_numbers = index_reader_file_numbers(w->r);
	w->n_blocks = w->n_chunks / BLOCK + 1;
	of_blocks = w->n_blocks * N_CHUNK_SCORES;
	cleared = (of_blocks + of_files) * sizeof(float) + w->n_chunks + 1;
	cleared += -cleared % sizeof(float);
	at = index_reader_scratch(w->r, cleared +
		of_blocks * BLOCK * sizeof(float), cleared);
	w->chosen = (bool *)at + (of_blocks + of_files) * sizeof(float);
	for (size_t i = 0; i < N_CHUNK_SCORES; i++, at += w->n_blocks)
		w->top[i] = at;
	for (size_t i = 0; i < N_FILE_SCORES; i++, at += w->n_files)
		w->file[i] = at;
	at = w->top[0] + cleared / sizeof(float);
	for (size_t i = 0; i < N_CHUNK_SCORES; i++, at += w->n_blocks * BLOCK)
		w->chunk[i] = at;
}

static double
max_of(const float *values, size_t n)
{
	double max = 0;

	for (size_t i = 0; i < n; i++)
		max = values[i] > max ? values[i] : max;
	return max;
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
	size_t n = signals_best(w->chunk[by], w->top[by], w->n_chunks, best,
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
		    signals_score(w, S_ALL, top[at - 1]) <
			signals_score(w, S_ALL, c); at--)
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
	size_t n = signals_best(w->file[by], NULL, w->n_files, files,
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
		    part(signals_score(w, of_chunk[i].score, a->chunk),
			w->max_chunk[of_chunk[i].score]);
	for (size_t i = 0; i < ARRAY_LEN(of_file); i++)
		a->x[of_file[i].signal] =
		    part(w->file[of_file[i].score][c->row.file],
			w->max_file[of_file[i].score]);
	a->x[SIGNAL_COVER] = part(signals_score(w, S_COVER, a->chunk),
	    w->idf_asked);
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
	a->x[SIGNAL_RECENT] = recency_of(w->q->recency, str_from(file->path));
	return 0;
}

static int
score_all(struct work *w, struct error *err)
{
	int rc;

	signals_score_text(w);
	w->best = mem_alloc(BEST_CHUNKS, sizeof(*w->best));
	w->n_best = signals_best(w->chunk[S_ALL], w->top[S_ALL], w->n_chunks,
	    w->best, BEST_CHUNKS);
	signals_copy(w, S_ABBREVIATED);
	signals_add_terms(w, S_ABBREVIATED, &w->q->abbreviations);
	signals_add_names(w, S_SYNONYM_SYMBOL, &w->q->synonyms);
	signals_add_compounds(w);
	rc = signals_add_feedback(w, err);
	if (rc == 0)
		rc = signals_add_calls(w, err);
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

		if (w->q->row_passes(&chunk->row, c, w->q->row_ctx)) {
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
