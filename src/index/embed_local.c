/* The local embedder; see embed_local.h. It reads the words of the pieces from
 * the index twice: for the model, and for the vectors. In between nothing of
 * them is kept but what lsa.h holds. */
#include "index/embed_local.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "index/lsa.h"

enum {
	TERM_COUNT_MIN = 2, /* pieces that have a word, for it to count */
	STATE_MAX = HASH_SIZE + 8,
};
/* In front of the state of which a model was made: there have been changes. */
#define OLDER "older "
static const struct vector_form local_form = { LSA_DIM, LSA_BITS };
#define MODEL_BYTES_MAX (16 * MIB)
#define GROUPS_BYTES_MAX (256 * MIB)

struct local {
	struct embedder base;
	/* The model of the last question. */
	struct buf packed;
	char *state;
};

/* --- words -------------------------------------------------------------- */

struct word {
	uint64_t hash;
	int64_t id, count;
};

struct words {
	struct word *items;
	size_t n, cap;
	int64_t max_id;
};

static void
take_word(int64_t id, struct str text, int64_t count, void *ctx)
{
	struct words *w = ctx;

	/* Words of several parts are there as their parts too. */
	if (count < TERM_COUNT_MIN || id <= 0 || id > UINT32_MAX ||
	    text.len == 0 || *text.ptr == '=')
		return;
	w->items = mem_grow(w->items, &w->cap, w->n + 1, sizeof(*w->items));
	w->items[w->n++] = (struct word){ lsa_hash(text), id, count };
	w->max_id = id > w->max_id ? id : w->max_id;
}

static int
compare_count(const void *left, const void *right)
{
	const struct word *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return (a->hash > b->hash) - (a->hash < b->hash);
}

static int
compare_hash(const void *left, const void *right)
{
	const struct word *a = left, *b = right;

	return (a->hash > b->hash) - (a->hash < b->hash);
}

/* The words that count, by hash: the most frequent ones if there are too
 * many. */
static int
read_words(struct index_reader *r, struct words *ret, struct error *err)
{
	size_t n = 0;
	int rc = index_db_each_term(index_reader_db(r), STR(""), take_word,
	    ret, err);

	if (rc != 0 || ret->n == 0)
		return rc;
	if (ret->n > LSA_TERMS_MAX) {
		qsort(ret->items, ret->n, sizeof(*ret->items), compare_count);
		ret->n = LSA_TERMS_MAX;
	}
	qsort(ret->items, ret->n, sizeof(*ret->items), compare_hash);
	for (size_t i = 0; i < ret->n; i++)
		if (n == 0 || ret->items[n - 1].hash != ret->items[i].hash)
			ret->items[n++] = ret->items[i];
	ret->n = n;
	return 0;
}

/* From the numbers of the index to those of a model. */
struct numbers {
	uint32_t *of_id; /* + 1; 0: not in the model */
	size_t n;
};

static int
make_numbers(struct index_reader *r, const struct lsa_model *m,
    struct numbers *ret, struct error *err)
{
	struct words w = { 0 };
	int rc = read_words(r, &w, err);

	ret->n = (size_t)w.max_id + 1;
	ret->of_id = mem_alloc(ret->n, sizeof(*ret->of_id));
	for (size_t i = 0; rc == 0 && i < w.n; i++) {
		size_t at = m == NULL ? i : lsa_model_find(m,
		    w.items[i].hash);

		if (at != SIZE_MAX)
			ret->of_id[w.items[i].id] = (uint32_t)at + 1;
	}
	free(w.items);
	return rc;
}

/* --- pieces ------------------------------------------------------------- */

struct piece {
	const struct numbers *numbers;
	struct lsa_use *uses;
	size_t n, cap;
};

static int
compare_use(const void *left, const void *right)
{
	const struct lsa_use *a = left, *b = right;

	return (a->term > b->term) - (a->term < b->term);
}

static void
take_piece(const struct index_chunk *c, void *ctx)
{
	struct piece *p = ctx;
	struct chunk_terms rest;
	struct chunk_term term;

	p->n = 0;
	chunk_terms_open(&rest, c->terms);
	while (chunk_terms_next(&rest, &term)) {
		uint32_t number = (size_t)term.term < p->numbers->n ?
		    p->numbers->of_id[term.term] : 0;

		if (number == 0)
			continue;
		p->uses = mem_grow(p->uses, &p->cap, p->n + 1,
		    sizeof(*p->uses));
		p->uses[p->n++] = (struct lsa_use){ number - 1,
			(uint8_t)term.code, (uint8_t)term.comment };
	}
	/* The index numbers its terms as they came; sums must not depend on
	 * that. */
	if (p->n > 0)
		qsort(p->uses, p->n, sizeof(*p->uses), compare_use);
}

static int
read_piece(struct index_reader *r, size_t number, struct piece *p,
    struct error *err)
{
	const struct live_chunk *c = index_reader_chunk(r, number);
	int rc = index_db_chunk(index_reader_db(r), c->segment, c->at,
	    take_piece, p, err);

	if (rc == 0)
		p->n = 0;
	return rc < 0 ? rc : 0;
}

static int
check_time(const struct embed_job *job, struct error *err)
{
	if (job->deadline_ms != 0 && clock_now_ms() > job->deadline_ms)
		return error_set(err, ERR_TIMEOUT,
		    "the vectors are not complete yet");
	return cancel_check(job->cancel, err);
}

/* --- making ------------------------------------------------------------- */

/* Every piece, or evenly chosen ones of a very large repository: chosen by
 * what they are, not by when they came. */
static bool
is_in_sample(struct index_reader *r, size_t number, struct piece *p)
{
	size_t n = index_reader_chunks(r);
	uint64_t h = number;

	if (n <= LSA_PIECES_MAX)
		return true;
	for (size_t i = 0; i < p->n; i++)
		h = (h ^ p->uses[i].term) * 0x9e3779b97f4a7c15;
	return (h >> 32) % n < LSA_PIECES_MAX;
}

static int
make_model(const struct embed_job *job, struct buf *out, struct error *err)
{
	CLEANUP(lsa_corpus_destroyp) struct lsa_corpus *corpus = NULL;
	struct index_reader *r = job->reader;
	struct words w = { 0 };
	struct numbers numbers = { 0 };
	struct piece piece = { .numbers = &numbers };
	struct lsa_term *terms;
	int rc = read_words(r, &w, err);

	terms = mem_alloc(w.n + 1, sizeof(*terms));
	for (size_t i = 0; i < w.n; i++)
		terms[i] = (struct lsa_term){ w.items[i].hash,
			query_idf(r, (double)w.items[i].count) };
	corpus = lsa_corpus_create(terms, w.n);
	free(terms);
	free(w.items);
	if (rc == 0)
		rc = make_numbers(r, NULL, &numbers, err);
	for (size_t i = 0; rc == 0 && i < index_reader_chunks(r); i++) {
		if (i % 1024 == 0)
			rc = check_time(job, err);
		if (rc == 0)
			rc = read_piece(r, i, &piece, err);
		if (rc == 0 && is_in_sample(r, i, &piece))
			lsa_corpus_add(corpus, piece.uses, piece.n);
	}
	free(piece.uses);
	free(numbers.of_id);
	return rc != 0 ? rc :
	    lsa_corpus_model(corpus, job->cancel, out, err);
}

/* Groups on their way to the store, which takes all of them at once: a search
 * never sees the vectors of two models side by side. */
struct batch {
	struct vector_group *groups;
	size_t n, cap;
	struct buf data;
};

static int
add_group(const struct embed_job *job, struct batch *b,
    const struct lsa_model *m, struct piece *piece,
    const struct live_file *file, struct error *err)
{
	int rc = 0;

	b->groups = mem_grow(b->groups, &b->cap, b->n + 1,
	    sizeof(*b->groups));
	b->groups[b->n++] = (struct vector_group){
		.key = str_from(file->hash), .n = file->n_chunks };
	for (size_t i = 0; rc == 0 && i < file->n_chunks; i++) {
		float v[LSA_DIM];

		rc = read_piece(job->reader, file->first_chunk + i, piece,
		    err);
		lsa_model_code(m, piece->uses, piece->n, v);
		vector_pack(v, local_form, &b->data);
	}
	return rc;
}

static int
flush(const struct embed_job *job, struct batch *b,
    const struct vector_space *space, struct error *err)
{
	size_t at = 0;
	int rc = buf_check(&b->data, err);

	for (size_t i = 0; i < b->n; i++) {
		size_t len = b->groups[i].n * vector_bytes(local_form);

		b->groups[i].data = str_make(buf_text(&b->data) + at, len);
		at += len;
	}
	return rc != 0 ? rc : vectors_put(job->store, job->repository, space,
	    b->groups, b->n, err);
}

/* Vectors of the files whose keys are not in `have` (NULL: of all). */
static int
make_vectors(const struct embed_job *job, const struct vector_space *space,
    struct map *have, struct embed_stats *stats, struct error *err)
{
	CLEANUP(map_destroyp) struct map *done = map_create(NULL);
	struct batch b = { 0 };
	struct numbers numbers = { 0 };
	struct piece piece = { .numbers = &numbers };
	struct lsa_model model;
	int rc = 0;

	if (!lsa_model_init(&model, space->model))
		return 0;
	buf_init(&b.data, GROUPS_BYTES_MAX);
	rc = make_numbers(job->reader, &model, &numbers, err);
	for (size_t f = 0; rc == 0 && f < index_reader_files(job->reader);
	     f++) {
		const struct live_file *file = index_reader_file(job->reader,
		    f);
		struct str key = str_from(file->hash);

		if (file->n_chunks == 0 || map_has(done, key) ||
		    (have != NULL && map_has(have, key)))
			continue;
		map_set(done, key, NULL);
		rc = check_time(job, err);
		if (rc == 0)
			rc = add_group(job, &b, &model, &piece, file, err);
		stats->pieces += file->n_chunks;
	}
	if (rc == 0)
		rc = flush(job, &b, space, err);
	buf_release(&b.data);
	free(b.groups);
	free(piece.uses);
	free(numbers.of_id);
	return rc;
}

/* --- state -------------------------------------------------------------- */

/* What the index holds: each file with its content. */
static void
state_of(struct index_reader *r, char ret[HASH_SIZE])
{
	CLEANUP(hash_stream_destroyp) struct hash_stream *h =
	    hash_stream_create();

	for (size_t i = 0; i < index_reader_files(r); i++) {
		const struct live_file *file = index_reader_file(r, i);

		hash_stream_add(h, str_make(file->path,
		    strlen(file->path) + 1));
		hash_stream_add(h, str_from(file->hash));
	}
	hash_stream_end(h, ret);
}

/* The space as the store has it. */
struct found_space {
	bool ours;
	char state[STATE_MAX];
	struct buf *model; /* NULL: not wanted */
};

static void
take_space(const struct vector_space *space, void *ctx)
{
	struct found_space *f = ctx;

	f->ours = str_eq_c(space->embedder, EMBED_LOCAL_NAME) &&
	    space->form.dim == LSA_DIM && space->form.bits == LSA_BITS;
	snprintf(f->state, sizeof(f->state), "%.*s", STR_ARG(space->state));
	if (f->model != NULL)
		buf_add_str(f->model, space->model);
}

static int
take_key(struct str key, size_t n, void *ctx)
{
	(void)n;
	map_set(ctx, key, NULL);
	return 0;
}

/* Takes out what no file has any more. */
static int
remove_dead(const struct embed_job *job, struct map *have, struct error *err)
{
	CLEANUP(map_destroyp) struct map *live = map_create(NULL);
	struct str *dead = mem_alloc(map_count(have) + 1, sizeof(*dead));
	struct str key;
	void *value;
	size_t cursor = 0, n = 0;
	int rc;

	for (size_t i = 0; i < index_reader_files(job->reader); i++)
		map_set(live,
		    str_from(index_reader_file(job->reader, i)->hash), NULL);
	while (map_next(have, &cursor, &key, &value))
		if (!map_has(live, key))
			dead[n++] = key;
	rc = vectors_remove(job->store, job->repository, dead, n, err);
	free(dead);
	return rc;
}

static int
make_all(const struct embed_job *job, const char *state, struct map *have,
    struct embed_stats *stats, struct error *err)
{
	CLEANUP_BUF struct buf model = BUF_INIT(MODEL_BYTES_MAX);
	struct vector_space space = { STR(EMBED_LOCAL_NAME), local_form,
		str_from(state), STR_NONE };
	int rc = make_model(job, &model, err);

	if (rc != 0)
		return rc;
	space.model = buf_str(&model);
	rc = remove_dead(job, have, err);
	return rc == 0 ? make_vectors(job, &space, NULL, stats, err) : rc;
}

static int
update(struct embedder *e, const struct embed_job *job,
    struct embed_stats *ret, struct error *err)
{
	CLEANUP_BUF struct buf model = BUF_INIT(MODEL_BYTES_MAX);
	CLEANUP(map_destroyp) struct map *have = map_create(NULL);
	struct found_space found = { .model = &model };
	char state[HASH_SIZE], older[STATE_MAX + sizeof(OLDER)];
	int rc;

	(void)e;
	*ret = (struct embed_stats){ 0 };
	state_of(job->reader, state);
	rc = vectors_space(job->store, job->repository, true, take_space,
	    &found, err);
	if (rc < 0 || (found.ours && strcmp(found.state, state) == 0))
		return rc < 0 ? rc : 0;
	rc = vectors_keys(job->store, job->repository, take_key, have, err);
	if (rc != 0)
		return rc;
	if (job->effort >= EMBED_HERE || !found.ours ||
	    index_reader_chunks(job->reader) <= EMBED_LOCAL_CHEAP)
		return make_all(job, state, have, ret, err);
	snprintf(older, sizeof(older), "%s%s",
	    str_starts(str_from(found.state), STR(OLDER)) ? "" : OLDER,
	    found.state);
	return make_vectors(job,
	    &(struct vector_space){ STR(EMBED_LOCAL_NAME), local_form,
		str_from(older), buf_str(&model) },
	    have, ret, err);
}

/* --- questions ---------------------------------------------------------- */

static int
load_model(struct local *l, const struct embed_job *job, struct error *err)
{
	struct found_space found = { .model = NULL };
	int rc = vectors_space(job->store, job->repository, false, take_space,
	    &found, err);

	if (rc < 0)
		return rc;
	if (rc == 0 || !found.ours)
		return 0;
	if (l->state != NULL &&
	    strcmp(l->state, found.state) == 0)
		return 1;
	buf_clear(&l->packed);
	free(l->state);
	l->state = NULL;
	found.model = &l->packed;
	rc = vectors_space(job->store, job->repository, true, take_space,
	    &found, err);
	if (rc <= 0 || !found.ours || l->packed.failed != 0)
		return rc < 0 ? rc : 0;
	l->state = mem_strdup(found.state);
	return 1;
}

static int
ask(struct embedder *e, const struct embed_job *job, const struct query *q,
    struct str text, struct vector_asked *ret, struct error *err)
{
	struct local *l = (struct local *)e;
	struct lsa_word words[QUERY_TERMS_MAX];
	struct lsa_model model;
	float v[LSA_DIM];
	size_t n = 0;
	int rc = load_model(l, job, err);

	(void)text;
	if (rc <= 0)
		return rc;
	if (!lsa_model_init(&model, buf_str(&l->packed)))
		return 0;
	for (size_t i = 0; i < q->own.n; i++) {
		const struct query_term *t = &q->own.items[i];
		size_t at = lsa_model_find(&model,
		    lsa_hash(str_from(t->text)));

		if (at != SIZE_MAX)
			words[n++] = (struct lsa_word){ at, t->weight };
	}
	lsa_model_question(&model, words, n, v);
	vector_ask(v, LSA_DIM, ret);
	return ret->scale > 0;
}

static void
destroy(struct embedder *e)
{
	struct local *l = (struct local *)e;

	buf_release(&l->packed);
	free(l->state);
	free(l);
}

static const struct embedder_ops local_ops = {
	.update = update,
	.ask = ask,
	.destroy = destroy,
};

struct embedder *
embed_local_create(void)
{
	struct local *l = mem_new(struct local);

	l->base.ops = &local_ops;
	l->base.name = EMBED_LOCAL_NAME;
	buf_init(&l->packed, MODEL_BYTES_MAX);
	return &l->base;
}

void
embedder_destroy(struct embedder *e)
{
	if (e != NULL)
		e->ops->destroy(e);
}
