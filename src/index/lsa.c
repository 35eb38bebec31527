/* Latent semantic analysis; see lsa.h. With X the pieces by words (weighed by
 * ln(1 + how often) and rarity, each piece of length 1):
 *
 *	Z = orthonormal columns of X' X R	R: random signs
 *	V = Z U				U: eigenvectors of (X Z)' (X Z)
 *
 * X is never made: each piece is a sum over its words. One round of X' X is
 * enough here; a second one and more columns gave no better answers. */
#include "index/lsa.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "index/matrix.h"
#include "store/vector.h"

/* More columns than are kept, so that those are right. */
enum { COLUMNS = LSA_DIM + 16, CANCEL_EVERY = 1024 };
enum { CODE_MAX = 15, COMMENT_MAX = 7, COUNT_MAX = CODE_MAX + COMMENT_MAX };
/* The map is learned from pieces with as many words of comment. */
enum { COMMENTED_WORDS = 5, COMMENTED_MIN = 50 };
/* What keeps the map near to nothing where there is little to learn from, as a
 * part of the pieces for each dimension. */
#define RIDGE 0.05

static const char magic[8] = "friLSA2";

struct head {
	char magic[8];
	uint32_t terms, unused;
};

struct packed_term {
	uint32_t hash;
	uint16_t idf, scale;
	uint8_t vector[LSA_DIM / 2];
};

_Static_assert(sizeof(struct packed_term) == 8 + LSA_DIM / 2, "no gaps");
enum { IDF_STEPS = 4096 };

static const struct vector_form lsa_form = { LSA_DIM, LSA_BITS };

enum { MAP_BYTES = LSA_DIM * LSA_DIM * sizeof(float) };

/* A use in four bytes. */
typedef uint32_t packed_use;

struct lsa_corpus {
	struct lsa_term *terms;
	size_t n_terms;
	packed_use *uses;
	size_t n_uses, uses_cap;
	size_t *ends; /* of each piece, in uses */
	size_t n, cap;
};

uint64_t
lsa_hash(struct str text)
{
	uint64_t h = 0xcbf29ce484222325;

	/* FNV-1a, then mixed: its high bits alone are poor. */
	for (size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.ptr[i]) * 0x100000001b3;
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9;
	h = (h ^ h >> 27) * 0x94d049bb133111eb;
	return h ^ h >> 31;
}

/* --- corpus ------------------------------------------------------------- */

struct lsa_corpus *
lsa_corpus_create(const struct lsa_term *terms, size_t n)
{
	struct lsa_corpus *c = mem_new(struct lsa_corpus);

	c->n_terms = n > LSA_TERMS_MAX ? LSA_TERMS_MAX : n;
	c->terms = mem_alloc(c->n_terms + 1, sizeof(*c->terms));
	if (c->n_terms > 0)
		memcpy(c->terms, terms, c->n_terms * sizeof(*terms));
	return c;
}

void
lsa_corpus_destroy(struct lsa_corpus *c)
{
	if (c == NULL)
		return;
	free(c->terms);
	free(c->uses);
	free(c->ends);
	free(c);
}

void
lsa_corpus_add(struct lsa_corpus *c, const struct lsa_use *uses, size_t n)
{
	if (c->n == LSA_PIECES_MAX)
		return;
	for (size_t i = 0; i < n; i++) {
		if (uses[i].term >= c->n_terms)
			continue;
		c->uses = mem_grow(c->uses, &c->uses_cap, c->n_uses + 1,
		    sizeof(*c->uses));
		c->uses[c->n_uses++] = uses[i].term << 8 |
		    (uses[i].code & 15u) << 4 | (uses[i].comment & 7u);
	}
	c->ends = mem_grow(c->ends, &c->cap, c->n + 1, sizeof(*c->ends));
	c->ends[c->n++] = c->n_uses;
}

/* --- rows --------------------------------------------------------------- */

struct row {
	uint32_t term;
	float weight;
};

struct rows {
	const struct lsa_corpus *corpus;
	double of_count[COUNT_MAX + 1]; /* ln(1 + n) */
	struct row *items; /* of the piece that is read */
	size_t n, cap;
};

enum which { CODE = 1, COMMENT = 2, BOTH = CODE | COMMENT };

static void
rows_init(struct rows *r, const struct lsa_corpus *c)
{
	*r = (struct rows){ .corpus = c };
	for (unsigned i = 0; i <= COUNT_MAX; i++)
		r->of_count[i] = log1p(i);
}

/* The words of a piece, of length 1. Returns how many there are, counted as
 * often as they are said. */
static unsigned
rows_read(struct rows *r, size_t piece, enum which which)
{
	const struct lsa_corpus *c = r->corpus;
	size_t first = piece == 0 ? 0 : c->ends[piece - 1];
	double sum = 0;
	unsigned said = 0;

	r->n = 0;
	r->items = mem_grow(r->items, &r->cap, c->ends[piece] - first + 1,
	    sizeof(*r->items));
	for (size_t i = first; i < c->ends[piece]; i++) {
		uint32_t term = c->uses[i] >> 8;
		unsigned count =
		    ((which & CODE) != 0 ? c->uses[i] >> 4 & 15 : 0) +
		    ((which & COMMENT) != 0 ? c->uses[i] & 7 : 0);
		double weight = r->of_count[count] * c->terms[term].idf;

		if (count == 0)
			continue;
		said += count;
		sum += weight * weight;
		r->items[r->n++] = (struct row){ term, (float)weight };
	}
	for (size_t i = 0; i < r->n && sum > 0; i++)
		r->items[i].weight = (float)(r->items[i].weight / sqrt(sum));
	return said;
}

static void
add_scaled(float *restrict to, const float *restrict from, float by)
{
	for (unsigned k = 0; k < COLUMNS; k++)
		to[k] += by * from[k];
}

static void
rows_times(const struct rows *r, const float *matrix, float ret[COLUMNS])
{
	memset(ret, 0, COLUMNS * sizeof(*ret));
	for (size_t i = 0; i < r->n; i++)
		add_scaled(ret, matrix + (size_t)r->items[i].term * COLUMNS,
		    r->items[i].weight);
}

static bool
is_time_to_stop(size_t piece, struct cancel *cancel)
{
	return piece % CANCEL_EVERY == 0 && cancel_check(cancel, NULL) != 0;
}

/* --- making ------------------------------------------------------------- */

/* Signs from the word's own hash. */
static float *
random_signs(const struct lsa_corpus *c)
{
	float *signs = mem_alloc(c->n_terms * COLUMNS + 1, sizeof(*signs));

	for (size_t t = 0; t < c->n_terms; t++) {
		uint64_t bits = c->terms[t].hash;

		for (size_t k = 0; k < COLUMNS; k++) {
			/* Marsaglia's xorshift. */
			bits ^= bits << 13;
			bits ^= bits >> 7;
			bits ^= bits << 17;
			signs[t * COLUMNS + k] = (bits >> 32 & 1) != 0 ? 1 :
									 -1;
		}
	}
	return signs;
}

static bool
find_range(struct rows *rows, float *z, struct cancel *cancel)
{
	const struct lsa_corpus *c = rows->corpus;
	CLEANUP(free_ptr) float *signs = random_signs(c);
	float y[COLUMNS];

	for (size_t i = 0; i < c->n; i++) {
		if (is_time_to_stop(i, cancel))
			return false;
		rows_read(rows, i, BOTH);
		rows_times(rows, signs, y);
		for (size_t k = 0; k < rows->n; k++)
			add_scaled(z +
				(size_t)rows->items[k].term * COLUMNS, y,
			    rows->items[k].weight);
	}
	matrix_orthonormalise(z, c->n_terms, COLUMNS);
	return true;
}

static bool
find_directions(struct rows *rows, const float *z, double *u,
    struct cancel *cancel)
{
	const struct lsa_corpus *c = rows->corpus;
	CLEANUP(free_ptr) double *gram = mem_alloc((size_t)COLUMNS * COLUMNS,
	    sizeof(*gram));
	float y[COLUMNS];

	for (size_t i = 0; i < c->n; i++) {
		if (is_time_to_stop(i, cancel))
			return false;
		rows_read(rows, i, BOTH);
		rows_times(rows, z, y);
		matrix_add_square(gram, y, COLUMNS);
	}
	matrix_eigen(gram, COLUMNS, u);
	return true;
}

static uint16_t
high_half(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return (uint16_t)(bits >> 16);
}

static float
from_high_half(uint16_t half)
{
	uint32_t bits = (uint32_t)half << 16;
	float x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

static struct packed_term
pack_term(const struct lsa_term *t, const float *vector)
{
	struct packed_term p = { .hash = (uint32_t)(t->hash >> 32),
		.idf = (uint16_t)lround(fmin(t->idf * IDF_STEPS, UINT16_MAX)) };
	CLEANUP_BUF struct buf packed = BUF_INIT(LSA_DIM);
	double product = 0, squares = 0;
	float rounded[LSA_DIM];

	vector_pack(vector, lsa_form, &packed);
	vector_unpack(buf_text(&packed), lsa_form, rounded);
	memcpy(p.vector, buf_text(&packed), sizeof(p.vector));
	/* The unit that brings the integers nearest to the vector. */
	for (size_t k = 0; k < LSA_DIM; k++) {
		product += (double)vector[k] * (double)rounded[k];
		squares += (double)rounded[k] * (double)rounded[k];
	}
	if (squares > 0)
		p.scale = high_half((float)(product / squares));
	return p;
}

static void
unpack_term(const struct packed_term *p, float ret[LSA_DIM])
{
	float scale = from_high_half(p->scale);

	vector_unpack((const char *)p->vector, lsa_form, ret);
	for (size_t k = 0; k < LSA_DIM; k++)
		ret[k] *= scale;
}

/* The words' vectors, packed into `out`, and in z as they are then. */
static void
pack_terms(const struct lsa_corpus *c, float *z, const double *u,
    struct buf *out)
{
	for (size_t t = 0; t < c->n_terms; t++) {
		float *row = z + t * COLUMNS;
		double v[LSA_DIM] = { 0 };
		struct packed_term p;
		float vector[LSA_DIM];

		for (size_t i = 0; i < COLUMNS; i++)
			for (size_t k = 0; k < LSA_DIM; k++)
				v[k] += (double)row[i] * u[i * COLUMNS + k];
		for (size_t k = 0; k < LSA_DIM; k++)
			vector[k] = (float)v[k];
		p = pack_term(&c->terms[t], vector);
		memset(row, 0, COLUMNS * sizeof(*row));
		unpack_term(&p, row);
		buf_add(out, &p, sizeof(p));
	}
}

/* Ridge regression of code on comments; too few of them: nothing is mapped. */
static bool
learn_map(struct rows *rows, const float *z, struct cancel *cancel,
    float *map)
{
	const struct lsa_corpus *c = rows->corpus;
	size_t size = (size_t)LSA_DIM * LSA_DIM, n = 0;
	CLEANUP(free_ptr) double *square = mem_alloc(size, sizeof(*square));
	CLEANUP(free_ptr) double *product = mem_alloc(size, sizeof(*product));

	for (size_t i = 0; i < c->n; i++) {
		float comment[COLUMNS], code[COLUMNS];

		if (is_time_to_stop(i, cancel))
			return false;
		if (rows_read(rows, i, COMMENT) < COMMENTED_WORDS)
			continue;
		n++;
		rows_times(rows, z, comment);
		rows_read(rows, i, CODE);
		rows_times(rows, z, code);
		matrix_add_square(square, comment, LSA_DIM);
		matrix_add_product(product, comment, LSA_DIM, code, LSA_DIM);
	}
	for (size_t k = 0; k < LSA_DIM; k++)
		square[k * LSA_DIM + k] += RIDGE * (double)n / LSA_DIM;
	if (n > COMMENTED_MIN)
		matrix_solve(square, LSA_DIM, product, LSA_DIM);
	for (size_t i = 0; i < size; i++)
		map[i] = n > COMMENTED_MIN ? (float)product[i] :
		    i % (LSA_DIM + 1) == 0;
	return true;
}

int
lsa_corpus_model(const struct lsa_corpus *c, struct cancel *cancel,
    struct buf *out, struct error *err)
{
	struct head head = { .terms = (uint32_t)c->n_terms };
	CLEANUP(free_ptr) float *z = mem_alloc(c->n_terms * COLUMNS + 1,
	    sizeof(*z));
	CLEANUP(free_ptr) double *u = mem_alloc((size_t)COLUMNS * COLUMNS,
	    sizeof(*u));
	CLEANUP(free_ptr) float *map = mem_alloc(MAP_BYTES, 1);
	struct rows rows;
	size_t map_at;
	bool done;

	rows_init(&rows, c);
	done = find_range(&rows, z, cancel) &&
	    find_directions(&rows, z, u, cancel);
	memcpy(head.magic, magic, sizeof(magic));
	buf_add(out, &head, sizeof(head));
	map_at = out->len;
	buf_add(out, map, MAP_BYTES);
	pack_terms(c, z, u, out);
	done = done && learn_map(&rows, z, cancel, map);
	free(rows.items);
	if (!done)
		return cancel_check(cancel, err);
	if (out->failed == 0)
		buf_splice(out, map_at, MAP_BYTES,
		    str_make((const char *)map, MAP_BYTES));
	return buf_check(out, err);
}

/* --- using -------------------------------------------------------------- */

bool
lsa_model_init(struct lsa_model *m, struct str packed)
{
	struct head head;

	*m = (struct lsa_model){ 0 };
	if (packed.len < sizeof(head) + MAP_BYTES)
		return false;
	memcpy(&head, packed.ptr, sizeof(head));
	if (memcmp(head.magic, magic, sizeof(magic)) != 0 ||
	    head.terms > LSA_TERMS_MAX ||
	    packed.len != sizeof(head) + MAP_BYTES +
		head.terms * sizeof(struct packed_term))
		return false;
	m->map = packed.ptr + sizeof(head);
	m->terms = str_sub(packed, sizeof(head) + MAP_BYTES, SIZE_MAX);
	m->n = head.terms;
	return true;
}

static struct packed_term
term_at(const struct lsa_model *m, size_t at)
{
	struct packed_term p;

	memcpy(&p, m->terms.ptr + at * sizeof(p), sizeof(p));
	return p;
}

size_t
lsa_model_find(const struct lsa_model *m, uint64_t hash)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t has;

		memcpy(&has, m->terms.ptr +
			middle * sizeof(struct packed_term), sizeof(has));
		if (has == hash >> 32)
			return middle;
		if (has < hash >> 32)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

static void
add_term(const struct lsa_model *m, size_t term, double weight,
    float ret[LSA_DIM])
{
	struct packed_term p = term_at(m, term);
	float by = (float)(weight * p.idf / IDF_STEPS);
	float vector[LSA_DIM];

	unpack_term(&p, vector);
	for (unsigned k = 0; k < LSA_DIM; k++)
		ret[k] += by * vector[k];
}

void
lsa_model_code(const struct lsa_model *m, const struct lsa_use *uses,
    size_t n, float ret[LSA_DIM])
{
	memset(ret, 0, LSA_DIM * sizeof(*ret));
	for (size_t i = 0; i < n; i++)
		if (uses[i].code > 0 && uses[i].term < m->n)
			add_term(m, uses[i].term, log1p(uses[i].code), ret);
}

void
lsa_model_question(const struct lsa_model *m, const struct lsa_word *words,
    size_t n, float ret[LSA_DIM])
{
	float comment[LSA_DIM] = { 0 };

	for (size_t i = 0; i < n; i++)
		if (words[i].term < m->n)
			add_term(m, words[i].term, words[i].weight, comment);
	memset(ret, 0, LSA_DIM * sizeof(*ret));
	for (unsigned i = 0; i < LSA_DIM; i++) {
		for (unsigned k = 0; k < LSA_DIM; k++) {
			float factor;

			memcpy(&factor, m->map +
				(i * LSA_DIM + k) * sizeof(factor),
			    sizeof(factor));
			ret[k] += comment[i] * factor;
		}
	}
}
