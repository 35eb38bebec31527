/* BM25 over the fields, of pieces and of files; see signals.h. */
#include <math.h>
#include <string.h>

#include "index/signals_inner.h"

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

static double
saturated(double x)
{
	return x * (mix_all.k1 + 1) / (x + mix_all.k1);
}

static void
know_lens(struct work *w)
{
	for (unsigned f = 0; f < N_FIELDS; f++)
		for (unsigned len = 0; len < LENS_KNOWN; len++) {
			w->per_len[f][len] = share_of_len(w, f, len);
			w->once[f][len] = saturated(w->per_len[f][len]);
		}
}

static double
share(const struct work *w, uint32_t chunk, unsigned field, unsigned tf)
{
	unsigned len = w->lens[chunk].of[field];

	return tf * (len < LENS_KNOWN ? w->per_len[field][len] :
					share_of_len(w, field, len));
}

static double
worth_of_share(const struct work *w, uint32_t chunk, unsigned field,
    unsigned tf, double of)
{
	unsigned len = w->lens[chunk].of[field];

	return tf == 1 && len < LENS_KNOWN ? w->once[field][len] :
	    saturated(of);
}

void
signals_add(struct work *w, enum chunk_score to, uint32_t at, double score)
{
	float *sum = &w->chunk[to][at];
	float *top = &w->top[to][at / BLOCK];

	if (score <= 0)
		return;
	if (*top <= 0)
		memset(w->chunk[to] + at / BLOCK * BLOCK, 0,
		    BLOCK * sizeof(float));
	*sum += (float)score;
	if (*sum <= *top)
		return;
	*top = *sum;
	if (*sum > w->max_chunk[to])
		w->max_chunk[to] = *sum;
}

void
signals_add_terms(struct work *w, enum chunk_score to,
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
			signals_add(w, to, has->at, weight * saturated(sum));
		}
	}
}

void
signals_add_names(struct work *w, enum chunk_score to,
    const struct query_terms *terms)
{
	for (size_t i = 0; i < terms->n; i++) {
		const struct query_term *t = &terms->items[i];

		for (size_t p = 0; p < t->postings.n; p++) {
			const struct posting *has = &t->postings.items[p];

			if (has->tf[FIELD_SYMBOL] == 0)
				continue;
			signals_add(w, to, has->at, t->weight * t->idf *
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
			signals_add(w, (enum chunk_score)f, has->at,
			    weight * worth_of_share(w, has->at, f, has->tf[f],
				x));
			sum += mix_all.weight[f] * x;
			there |= f != FIELD_SIGNATURE;
		}
		signals_add(w, S_ALL, has->at, weight * saturated(sum));
		if (there)
			signals_add(w, S_COVER, has->at, t->idf);
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

void
signals_score_text(struct work *w)
{
	know_lens(w);
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

void
signals_add_compounds(struct work *w)
{
	for (size_t i = 0; i < w->q->compounds.n; i++) {
		const struct query_term *t = &w->q->compounds.items[i];

		for (size_t p = 0; p < t->postings.n; p++)
			signals_add(w, S_COMPOUND, t->postings.items[p].at,
			    t->weight);
	}
}

void
signals_copy(struct work *w, enum chunk_score to)
{
	for (size_t b = 0; b < w->n_blocks; b++)
		if (w->top[S_ALL][b] > 0)
			memcpy(w->chunk[to] + b * BLOCK,
			    w->chunk[S_ALL] + b * BLOCK,
			    BLOCK * sizeof(float));
	memcpy(w->top[to], w->top[S_ALL], w->n_blocks * sizeof(float));
	w->max_chunk[to] = w->max_chunk[S_ALL];
}
