/* Merging; see compact.h. The live files of the chosen segments are put in the
 * order of their paths, so that posting lists of a merged segment are in the
 * order in which a reader numbers pieces. Then the lists of all of them are
 * read side by side, by term. */
#include "index/compact.h"

#include <stdlib.h>

#include "base/mem.h"
#include "index/segment.h"

enum { SMALLEST = 64, LEVELS = 16, MERGES_MAX = 32 };
#define BYTES_MAX (1024 * MIB)

struct source {
	int64_t id;
	size_t n;    /* pieces */
	size_t live; /* of them */
	bool chosen;
	/* Of a chosen one. */
	uint32_t *to; /* by place: its new one + 1; 0: dead */
	struct chunk_row *rows;
	struct index_postings *postings;
	int64_t term; /* the list that is next */
	struct str data;
	bool more;
};

struct compact {
	struct index_db *db;
	struct source *sources; /* by id */
	size_t n_sources, sources_cap;
	struct index_file *files; /* with pieces, by path; no texts */
	size_t n_files, files_cap;
	int64_t segment; /* the new one */
	size_t n_chunks; /* in it */
	struct posting *postings;
	size_t n_postings, postings_cap;
};

static void
compact_release(struct compact *c)
{
	for (size_t i = 0; i < c->n_sources; i++) {
		free(c->sources[i].to);
		free(c->sources[i].rows);
		index_postings_close(c->sources[i].postings);
	}
	free(c->sources);
	free(c->files);
	free(c->postings);
}

/* --- what there is ------------------------------------------------------ */

static int
take_segment(int64_t id, int64_t n_chunks, void *ctx)
{
	struct compact *c = ctx;

	if (n_chunks < 0 || n_chunks > UINT32_MAX)
		return -ERR_STORE_CORRUPT;
	c->sources = mem_grow(c->sources, &c->sources_cap, c->n_sources + 1,
	    sizeof(*c->sources));
	c->sources[c->n_sources++] = (struct source){ .id = id,
		.n = (size_t)n_chunks };
	return 0;
}

static struct source *
find_source(const struct compact *c, int64_t id)
{
	size_t low = 0, high = c->n_sources;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->sources[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->n_sources && c->sources[low].id == id ?
	    &c->sources[low] : NULL;
}

static int
take_file(const struct index_file *file, void *ctx)
{
	struct compact *c = ctx;
	struct source *s = find_source(c, file->segment);
	struct index_file *f;

	if (s == NULL || file->n_chunks < 0 || file->first_chunk < 0 ||
	    file->first_chunk + file->n_chunks > (int64_t)s->n)
		return -ERR_STORE_CORRUPT;
	/* One without pieces still names its segment. */
	s->live += (size_t)file->n_chunks;
	c->files = mem_grow(c->files, &c->files_cap, c->n_files + 1,
	    sizeof(*c->files));
	f = &c->files[c->n_files++];
	*f = *file;
	f->path = f->hash = f->language = STR_NONE;
	return 0;
}

/* --- choosing ----------------------------------------------------------- */

static unsigned
level_of(size_t n)
{
	unsigned level = 0;

	for (; n > SMALLEST && level + 1 < LEVELS; n /= COMPACT_ALIKE)
		level++;
	return level;
}

/* Segments of one level, the lowest first. */
static bool
choose_alike(struct compact *c)
{
	for (unsigned level = 0; level < LEVELS; level++) {
		size_t n = 0, sum = 0;

		for (size_t i = 0; i < c->n_sources; i++) {
			struct source *s = &c->sources[i];

			s->chosen = level_of(s->live) == level &&
			    sum + s->live <= COMPACT_CHUNKS_MAX;
			n += s->chosen;
			sum += s->chosen ? s->live : 0;
		}
		if (n >= COMPACT_ALIKE)
			return true;
	}
	return false;
}

static bool
choose(struct compact *c)
{
	if (choose_alike(c))
		return true;
	for (size_t i = 0; i < c->n_sources; i++) {
		struct source *s = &c->sources[i];

		s->chosen = s->n > SMALLEST && s->live < s->n / 2;
		if (!s->chosen)
			continue;
		for (size_t j = i + 1; j < c->n_sources; j++)
			c->sources[j].chosen = false;
		return true;
	}
	return false;
}

/* --- merging ------------------------------------------------------------ */

static int
read_rows(struct compact *c, struct source *s, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(BYTES_MAX);
	int rc = index_db_segment_rows(c->db, s->id, &data, err);

	if (rc != 0)
		return rc;
	/* Each is of several bytes: a damaged number asks for no more. */
	if (s->n > data.len)
		return -ERR_STORE_CORRUPT;
	s->rows = mem_alloc(s->n + 1, sizeof(*s->rows));
	return segment_rows_unpack(buf_str(&data), s->rows, s->n) ? 0 :
	    -ERR_STORE_CORRUPT;
}

static int
open_sources(struct compact *c, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->n_sources; i++) {
		struct source *s = &c->sources[i];

		if (!s->chosen)
			continue;
		rc = read_rows(c, s, err);
		if (rc != 0)
			break;
		s->to = mem_alloc(s->n + 1, sizeof(*s->to));
		rc = index_postings_open(c->db, s->id, &s->postings, err);
	}
	return rc;
}

/* Numbers the live pieces anew and moves them. */
static int
move_files(struct compact *c, struct buf *data, struct error *err)
{
	CLEANUP(free_ptr) struct chunk_row *rows = NULL;
	size_t cap = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->n_files; i++) {
		const struct index_file *f = &c->files[i];
		const struct source *s = find_source(c, f->segment);
		size_t first = (size_t)f->first_chunk;
		size_t n = (size_t)f->n_chunks;

		if (!s->chosen)
			continue;
		rows = mem_grow(rows, &cap, c->n_chunks + n + 1,
		    sizeof(*rows));
		memcpy(rows + c->n_chunks, s->rows + first,
		    n * sizeof(*rows));
		rc = index_db_move_file(c->db, f, c->segment,
		    (int64_t)c->n_chunks, err);
		for (size_t p = first; p < first + n; p++)
			s->to[p] = (uint32_t)++c->n_chunks;
	}
	if (rc != 0)
		return rc;
	segment_rows_pack(rows, c->n_chunks, data);
	return buf_check(data, err);
}

static int
compare_posting(const void *left, const void *right)
{
	const struct posting *a = left, *b = right;

	return (a->at > b->at) - (a->at < b->at);
}

static int
advance(struct source *s, struct error *err)
{
	int rc = index_postings_next(s->postings, &s->term, &s->data, err);

	s->more = rc == 1;
	return rc < 0 ? rc : 0;
}

/* Takes the list in, with the new places of its pieces. */
static int
take_list(struct compact *c, const struct source *s)
{
	struct postings_reader reader;
	struct posting p;

	postings_open(&reader, s->data);
	while (postings_read(&reader, &p, 1) == 1) {
		if (p.at >= s->n)
			return -ERR_STORE_CORRUPT;
		if (s->to[p.at] == 0)
			continue;
		p.at = s->to[p.at] - 1;
		c->postings = mem_grow(c->postings, &c->postings_cap,
		    c->n_postings + 1, sizeof(*c->postings));
		c->postings[c->n_postings++] = p;
	}
	return 0;
}

static int
write_list(struct compact *c, struct index_lists *lists, int64_t term,
    struct buf *data, struct error *err)
{
	int rc;

	if (c->n_postings == 0)
		return 0;
	qsort(c->postings, c->n_postings, sizeof(*c->postings),
	    compare_posting);
	buf_clear(data);
	postings_pack(data, c->postings, c->n_postings);
	rc = buf_check(data, err);
	return rc != 0 ? rc : index_lists_add(lists, term, buf_str(data), err);
}

static int
merge_lists(struct compact *c, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(BYTES_MAX);
	CLEANUP(index_lists_destroyp) struct index_lists *lists =
	    index_lists_create(c->db, c->segment);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->n_sources; i++)
		if (c->sources[i].chosen)
			rc = advance(&c->sources[i], err);
	while (rc == 0) {
		int64_t term = INT64_MAX;

		for (size_t i = 0; i < c->n_sources; i++)
			if (c->sources[i].more && c->sources[i].term < term)
				term = c->sources[i].term;
		if (term == INT64_MAX)
			return index_lists_end(lists, err);
		c->n_postings = 0;
		for (size_t i = 0; rc == 0 && i < c->n_sources; i++) {
			struct source *s = &c->sources[i];

			if (!s->more || s->term != term)
				continue;
			rc = take_list(c, s);
			if (rc == 0)
				rc = advance(s, err);
		}
		if (rc == 0)
			rc = write_list(c, lists, term, &data, err);
	}
	return rc;
}

static int
remove_sources(struct compact *c, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->n_sources; i++) {
		struct source *s = &c->sources[i];

		if (!s->chosen)
			continue;
		index_postings_close(s->postings);
		s->postings = NULL;
		rc = index_db_remove_segment(c->db, s->id, err);
	}
	return rc;
}

static int
merge(struct compact *c, struct error *err)
{
	CLEANUP_BUF struct buf rows = BUF_INIT(BYTES_MAX);
	int rc = index_db_add_segment(c->db, &c->segment, err);

	if (rc == 0)
		rc = open_sources(c, err);
	if (rc == 0)
		rc = move_files(c, &rows, err);
	if (rc == 0)
		rc = merge_lists(c, err);
	if (rc == 0)
		rc = remove_sources(c, err);
	return rc != 0 ? rc : index_db_set_segment(c->db, c->segment,
	    (int64_t)c->n_chunks, buf_str(&rows), err);
}

/* 1: merged some; 0: there is nothing to merge. */
static int
merge_once(struct index_db *db, struct error *err)
{
	CLEANUP(compact_release) struct compact c = { .db = db };
	int rc = index_db_each_segment_size(db, take_segment, &c, err);

	if (rc == 0)
		rc = index_db_each_file(db, take_file, &c, err);
	if (rc != 0 || !choose(&c))
		return rc;
	rc = merge(&c, err);
	return rc != 0 ? rc : 1;
}

int
index_compact(struct index_db *db, struct cancel *cancel, struct error *err)
{
	bool more = true;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && more && i < MERGES_MAX; i++) {
		rc = cancel_check(cancel, err);
		if (rc == 0)
			rc = index_db_begin(db, err);
		if (rc != 0)
			return rc;
		rc = merge_once(db, err);
		if (rc == -ERR_STORE_CORRUPT)
			error_set(err, ERR_STORE_CORRUPT,
			    "the index is damaged");
		more = rc == 1;
		if (more)
			rc = index_db_commit(db, err);
		if (!more || rc != 0)
			index_db_rollback(db);
	}
	return rc;
}
