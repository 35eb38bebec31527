/* Nearness; see nearness.h. The file of the vectors stands beside the index,
 * so that a new version of the one does not cost the other: vectors that a
 * server made are paid for. */
#include "index/nearness.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"

/* Each repository has its file; a shared store has many. */
#define REPOSITORY STR("here")
/* Files of the same content that one hit stands for. */
enum { TWINS_MAX = 8 };
/* What is not nearer has nothing to do with the question: rounding makes that
 * much of nothing. */
#define COSINE_MIN 0.02F

struct nearness {
	char *path;
	struct embedder *embedder;
	struct vectors *reading; /* NULL: not open yet */
};

struct nearness *
nearness_create(const char *path, struct embedder *embedder)
{
	struct nearness *n = mem_new(struct nearness);

	n->path = mem_strdup(path);
	n->embedder = embedder;
	return n;
}

void
nearness_destroy(struct nearness *n)
{
	if (n == NULL)
		return;
	vectors_destroy(n->reading);
	embedder_destroy(n->embedder);
	free(n->path);
	free(n);
}

int
nearness_update(struct nearness *n, const struct embed_job *job,
    struct embed_stats *ret, struct error *err)
{
	CLEANUP(vectors_destroyp) struct vectors *store = NULL;
	struct embed_job own = *job;
	int rc = vectors_open_sqlite(n->path, true, &store, err);

	*ret = (struct embed_stats){ 0 };
	if (rc != 0)
		return rc;
	own.store = store;
	own.repository = REPOSITORY;
	return n->embedder->ops->update(n->embedder, &own, ret, err);
}

bool
nearness_exists(const struct nearness *n)
{
	return file_exists(n->path);
}

/* 1: open; 0: there is none yet. */
static int
open_store(struct nearness *n, struct error *err)
{
	int rc;

	if (n->reading != NULL)
		return 1;
	rc = vectors_open_sqlite(n->path, false, &n->reading, err);
	return rc == -ERR_NOT_FOUND ? 0 : rc == 0 ? 1 : rc;
}

int
nearness_ask(struct nearness *n, struct index_reader *r,
    const struct query *q, struct str text, struct vector_asked *ret,
    struct error *err)
{
	struct embed_job job = { .reader = r, .repository = REPOSITORY };
	int rc = open_store(n, err);

	if (rc <= 0)
		return rc;
	job.store = n->reading;
	return n->embedder->ops->ask(n->embedder, &job, q, text, ret, err);
}

/* --- pieces ------------------------------------------------------------- */

struct passing {
	struct index_reader *r;
	bool (*passes)(const struct live_file *file, const void *ctx);
	const void *ctx;
};

/* The files of this content that pass. */
static size_t
files_of(const struct passing *p, struct str key, uint32_t *ret)
{
	size_t n = index_reader_files_of(p->r, key, ret, TWINS_MAX), kept = 0;

	for (size_t i = 0; i < n; i++)
		if (p->passes == NULL ||
		    p->passes(index_reader_file(p->r, ret[i]), p->ctx))
			ret[kept++] = ret[i];
	return kept;
}

static bool
key_passes(struct str key, void *ctx)
{
	uint32_t files[TWINS_MAX];

	return files_of(ctx, key, files) > 0;
}

int
nearness_search(struct nearness *n, struct index_reader *r,
    const struct vector_asked *asked,
    bool (*passes)(const struct live_file *file, const void *ctx),
    const void *ctx, size_t k, struct near_piece *ret, size_t *ret_n,
    struct error *err)
{
	struct passing passing = { r, passes, ctx };
	/* Without a filter to ask for each, some hits may be of content that
	 * no file has any more. */
	const struct vector_search search = { .asked = asked,
		.k = passes == NULL ? 2 * k : k,
		.passes = passes == NULL ? NULL : key_passes,
		.ctx = &passing };
	CLEANUP(free_ptr) struct vector_hit *hits = mem_alloc(search.k + 1,
	    sizeof(*hits));
	size_t n_hits = 0;
	int rc = open_store(n, err);

	*ret_n = 0;
	if (rc <= 0)
		return rc;
	rc = vectors_search(n->reading, REPOSITORY, &search, hits, &n_hits,
	    err);
	for (size_t i = 0; rc == 0 && i < n_hits &&
	    hits[i].score >= COSINE_MIN; i++) {
		uint32_t files[TWINS_MAX];
		size_t n_files = files_of(&passing, hits[i].ref.key, files);

		for (size_t f = 0; f < n_files && *ret_n < k; f++) {
			const struct live_file *file = index_reader_file(r,
			    files[f]);

			if (hits[i].ref.at < file->n_chunks)
				ret[(*ret_n)++] = (struct near_piece){
					(uint32_t)(file->first_chunk +
					    hits[i].ref.at), hits[i].score };
		}
	}
	return rc;
}

int
nearness_score(struct nearness *n, struct index_reader *r,
    const struct vector_asked *asked, struct near_piece *pieces,
    size_t n_pieces, struct error *err)
{
	CLEANUP(free_ptr) struct vector_ref *refs = mem_alloc(n_pieces + 1,
	    sizeof(*refs));
	CLEANUP(free_ptr) float *scores = mem_alloc(n_pieces + 1,
	    sizeof(*scores));
	int rc = open_store(n, err);

	if (rc <= 0)
		return rc;
	for (size_t i = 0; i < n_pieces; i++) {
		const struct live_file *file = index_reader_file(r,
		    index_reader_chunk(r, pieces[i].chunk)->row.file);

		refs[i] = (struct vector_ref){ str_from(file->hash),
			pieces[i].chunk - file->first_chunk };
	}
	rc = vectors_score(n->reading, REPOSITORY, asked, refs, n_pieces,
	    scores, err);
	for (size_t i = 0; rc == 0 && i < n_pieces; i++)
		pieces[i].score = scores[i];
	return rc;
}

/* --- info --------------------------------------------------------------- */

static void
take_space(const struct vector_space *space, void *ctx)
{
	struct nearness_info *info = ctx;

	snprintf(info->embedder, sizeof(info->embedder), "%.*s",
	    STR_ARG(space->embedder));
	info->dim = space->form.dim;
}

static int
count_key(struct str key, size_t n, void *ctx)
{
	struct nearness_info *info = ctx;

	(void)key;
	info->pieces += n;
	return 0;
}

int
nearness_info(struct nearness *n, struct nearness_info *ret,
    struct error *err)
{
	CLEANUP(vectors_destroyp) struct vectors *store = NULL;
	int rc = vectors_open_sqlite(n->path, false, &store, err);

	*ret = (struct nearness_info){ 0 };
	if (rc != 0)
		return rc == -ERR_NOT_FOUND ? 0 : rc;
	rc = vectors_space(store, REPOSITORY, false, take_space, ret, err);
	return rc < 0 ? rc : vectors_keys(store, REPOSITORY, count_key, ret,
	    err);
}
