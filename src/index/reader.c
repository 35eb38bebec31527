/* Readers; see reader.h. */
#include "index/reader.h"

#include <stdlib.h>

#include "base/mem.h"
#include "index/source.h"
#include "index/terms.h"

/* Files of a kind that has fewer than this part of all files are rare. */
#define RARE_PART 0.05

struct segment_at {
	int64_t id;
	size_t n;
	uint32_t *numbers; /* of its pieces, + 1; 0: dead */
};

struct index_reader {
	struct index_db *db;
	struct live_file *files;
	size_t n_files, files_cap;
	uint32_t *file_of_id; /* number + 1; 0: gone */
	size_t ids_cap;
	struct live_chunk *chunks;
	struct chunk_lens *lens;
	uint32_t *file_numbers;
	size_t n_chunks, chunks_cap;
	struct segment_at *segments;
	size_t n_segments, segments_cap;
	double mean_lens[N_FIELDS], mean_file_lens[N_FIELDS];
	/* Definitions by the term of their name: chains of numbers + 1, each
	 * rising; 0: the end. NULL: not made yet. */
	uint32_t *name_heads, *name_next;
	uint32_t n_heads; /* a power of two */
	uint32_t *by_hash; /* numbers of files; NULL: not sorted yet */
	struct vocabulary *vocabulary;
	void *scratch;
	size_t scratch_size;
};

static int
take_file(const struct index_file *file, void *ctx)
{
	struct index_reader *r = ctx;
	size_t cap = r->ids_cap;

	r->files = mem_grow(r->files, &r->files_cap, r->n_files + 1,
	    sizeof(*r->files));
	r->files[r->n_files] = (struct live_file){ .id = file->id,
		.path = str_dup(file->path),
		.language = str_dup(file->language),
		.hash = str_dup(file->hash),
		.flags = (unsigned)file->flags };
	r->file_of_id = mem_grow(r->file_of_id, &r->ids_cap,
	    (size_t)file->id + 1, sizeof(*r->file_of_id));
	for (; cap < r->ids_cap; cap++)
		r->file_of_id[cap] = 0;
	r->file_of_id[file->id] = (uint32_t)++r->n_files;
	return 0;
}

static int
take_segment(int64_t id, int64_t n_chunks, struct str rows, void *ctx)
{
	struct index_reader *r = ctx;
	CLEANUP(free_ptr) struct chunk_row *unpacked = NULL;
	struct segment_at *s;

	/* Each is of several bytes: a damaged number asks for no more. */
	if (n_chunks < 0 || (size_t)n_chunks > rows.len)
		return -ERR_STORE_CORRUPT;
	unpacked = mem_alloc((size_t)n_chunks + 1, sizeof(*unpacked));
	if (!segment_rows_unpack(rows, unpacked, (size_t)n_chunks))
		return -ERR_STORE_CORRUPT;
	r->segments = mem_grow(r->segments, &r->segments_cap,
	    r->n_segments + 1, sizeof(*r->segments));
	s = &r->segments[r->n_segments++];
	*s = (struct segment_at){ .id = id, .n = (size_t)n_chunks,
		.numbers = mem_alloc((size_t)n_chunks + 1,
		    sizeof(*s->numbers)) };
	r->chunks = mem_grow(r->chunks, &r->chunks_cap,
	    r->n_chunks + (size_t)n_chunks, sizeof(*r->chunks));
	for (uint32_t at = 0; at < (uint32_t)n_chunks; at++) {
		struct live_chunk *c = &r->chunks[r->n_chunks];
		uint32_t file;

		*c = (struct live_chunk){ .row = unpacked[at], .segment = id,
			.at = at };
		file = c->row.file < r->ids_cap ? r->file_of_id[c->row.file] :
						  0;
		if (file == 0)
			continue;
		c->row.file = file - 1;
		r->files[file - 1].n_chunks++;
		r->n_chunks++;
	}
	return 0;
}

/* Puts the pieces into the order of their files; within a file they are in
 * order already. Tells the segments which number each has. */
static void
number_chunks(struct index_reader *r)
{
	struct live_chunk *sorted = mem_alloc(r->n_chunks + 1,
	    sizeof(*sorted));
	size_t *next = mem_alloc(r->n_files + 1, sizeof(*next));
	size_t segment = 0;

	for (size_t i = 0; i < r->n_files; i++) {
		r->files[i].first_chunk = next[i];
		next[i + 1] = next[i] + r->files[i].n_chunks;
	}
	for (size_t i = 0; i < r->n_chunks; i++) {
		const struct live_chunk *c = &r->chunks[i];
		size_t number = next[c->row.file]++;

		sorted[number] = *c;
		while (r->segments[segment].id != c->segment)
			segment++;
		r->segments[segment].numbers[c->at] = (uint32_t)number + 1;
	}
	free(r->chunks);
	r->chunks = sorted;
	r->lens = mem_alloc(r->n_chunks + 1, sizeof(*r->lens));
	r->file_numbers = mem_alloc(r->n_chunks + 1,
	    sizeof(*r->file_numbers));
	for (size_t i = 0; i < r->n_chunks; i++) {
		memcpy(r->lens[i].of, sorted[i].row.lens,
		    sizeof(r->lens[i].of));
		r->file_numbers[i] = sorted[i].row.file;
	}
	free(next);
}

static void
count_lens(struct index_reader *r)
{
	for (size_t i = 0; i < r->n_chunks; i++) {
		const struct chunk_row *row = &r->chunks[i].row;
		struct live_file *file = &r->files[row->file];

		for (unsigned f = 0; f < N_FIELDS; f++) {
			r->mean_lens[f] += row->lens[f];
			if (f == FIELD_PATH)
				file->lens[f] = row->lens[f];
			else
				file->lens[f] += row->lens[f];
		}
	}
	for (unsigned f = 0; f < N_FIELDS; f++) {
		r->mean_lens[f] /= r->n_chunks > 0 ? (double)r->n_chunks :
							  1;
		for (size_t i = 0; i < r->n_files; i++)
			r->mean_file_lens[f] += r->files[i].lens[f];
		r->mean_file_lens[f] /= r->n_files > 0 ? (double)r->n_files :
							 1;
	}
}

static struct str
extension(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot == NULL || strchr(dot, '/') != NULL ? STR_NONE :
							  str_from(dot);
}

static int
compare_extension(const void *left, const void *right)
{
	const struct live_file *a = *(struct live_file *const *)left;
	const struct live_file *b = *(struct live_file *const *)right;

	return str_compare(extension(a->path), extension(b->path));
}

/* A script among a thousand C files is seldom what is asked for. */
static void
find_rare(struct index_reader *r)
{
	struct live_file **order = mem_alloc(r->n_files + 1, sizeof(*order));

	for (size_t i = 0; i < r->n_files; i++)
		order[i] = &r->files[i];
	qsort(order, r->n_files, sizeof(*order), compare_extension);
	for (size_t i = 0, j; i < r->n_files; i = j) {
		for (j = i; j < r->n_files &&
		    compare_extension(&order[i], &order[j]) == 0; j++)
			continue;
		for (size_t k = i; k < j; k++)
			order[k]->rare = (double)(j - i) <
				RARE_PART * (double)r->n_files &&
			    (order[k]->flags & SOURCE_HEADER) == 0;
	}
	free(order);
}

int
index_reader_open(const char *database, struct index_reader **ret,
    struct error *err)
{
	CLEANUP(index_reader_closep) struct index_reader *r =
	    mem_new(struct index_reader);
	int rc = terms_ready(err);

	if (rc == 0)
		rc = index_db_open(database, false, &r->db, err);
	/* One state for all that is read from now on. */
	if (rc == 0)
		rc = index_db_begin(r->db, err);
	if (rc == 0)
		rc = index_db_each_file(r->db, take_file, r, err);
	if (rc == 0)
		rc = index_db_each_segment(r->db, take_segment, r, err);
	if (rc == -ERR_STORE_CORRUPT)
		error_set(err, ERR_STORE_CORRUPT, "the index is damaged");
	if (rc != 0)
		return rc;
	number_chunks(r);
	count_lens(r);
	find_rare(r);
	r->vocabulary = vocabulary_create(r->db);
	*ret = steal(r);
	return 0;
}

void
index_reader_close(struct index_reader *r)
{
	if (r == NULL)
		return;
	vocabulary_destroy(r->vocabulary);
	if (r->db != NULL)
		index_db_rollback(r->db);
	index_db_close(r->db);
	for (size_t i = 0; i < r->n_files; i++) {
		free(r->files[i].path);
		free(r->files[i].language);
		free(r->files[i].hash);
	}
	free(r->files);
	free(r->file_of_id);
	free(r->lens);
	free(r->file_numbers);
	free(r->chunks);
	for (size_t i = 0; i < r->n_segments; i++)
		free(r->segments[i].numbers);
	free(r->by_hash);
	free(r->segments);
	free(r->name_heads);
	free(r->name_next);
	free(r->scratch);
	free(r);
}

size_t
index_reader_chunks(const struct index_reader *r)
{
	return r->n_chunks;
}

const struct live_chunk *
index_reader_chunk(const struct index_reader *r, size_t number)
{
	return &r->chunks[number];
}

const struct chunk_lens *
index_reader_lens(const struct index_reader *r)
{
	return r->lens;
}

const uint32_t *
index_reader_file_numbers(const struct index_reader *r)
{
	return r->file_numbers;
}

size_t
index_reader_files(const struct index_reader *r)
{
	return r->n_files;
}

const struct live_file *
index_reader_file(const struct index_reader *r, size_t number)
{
	return &r->files[number];
}

size_t
index_reader_file_number(const struct index_reader *r, int64_t id)
{
	size_t n = id > 0 && (uint64_t)id < r->ids_cap ?
	    r->file_of_id[id] : 0;

	return n == 0 ? SIZE_MAX : n - 1;
}

const double *
index_reader_mean_lens(const struct index_reader *r)
{
	return r->mean_lens;
}

const double *
index_reader_mean_file_lens(const struct index_reader *r)
{
	return r->mean_file_lens;
}

struct index_db *
index_reader_db(struct index_reader *r)
{
	return r->db;
}

struct vocabulary *
index_reader_vocabulary(struct index_reader *r)
{
	return r->vocabulary;
}

void *
index_reader_scratch(struct index_reader *r, size_t size_bytes,
    size_t clear_bytes)
{
	if (size_bytes > r->scratch_size) {
		free(r->scratch);
		r->scratch = mem_alloc(size_bytes, 1);
		r->scratch_size = size_bytes;
	} else if (clear_bytes > 0) {
		memset(r->scratch, 0, clear_bytes);
	}
	return r->scratch;
}

/* --- definitions -------------------------------------------------------- */

static uint32_t *
name_head(const struct index_reader *r, int64_t name_term)
{
	/* Knuth's multiplier: numbers of terms follow each other. */
	return &r->name_heads[(uint32_t)name_term * 2654435761u &
	    (r->n_heads - 1)];
}

static void
chain_names(struct index_reader *r)
{
	r->n_heads = 1024;
	while (r->n_heads < r->n_chunks)
		r->n_heads *= 2;
	r->name_heads = mem_alloc(r->n_heads, sizeof(*r->name_heads));
	r->name_next = mem_alloc(r->n_chunks + 1, sizeof(*r->name_next));
	for (size_t i = r->n_chunks; i-- > 0;) {
		const struct chunk_row *row = &r->chunks[i].row;
		uint32_t *head = name_head(r, row->name_term);

		if (row->name_term == 0 || (row->flags & ROW_DEFINITION) == 0)
			continue;
		r->name_next[i] = *head;
		*head = (uint32_t)i + 1;
	}
}

size_t
index_reader_definitions(struct index_reader *r, int64_t name_term,
    uint32_t *ret, size_t max)
{
	size_t n = 0;

	if (r->name_heads == NULL)
		chain_names(r);
	for (uint32_t i = *name_head(r, name_term); i != 0;
	     i = r->name_next[i - 1]) {
		if (r->chunks[i - 1].row.name_term != name_term)
			continue;
		if (n == max)
			return 0;
		ret[n++] = i - 1;
	}
	return n;
}

/* --- contents ----------------------------------------------------------- */

static int
compare_hash(const void *left, const void *right, void *ctx)
{
	const struct live_file *files = ctx;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = strcmp(files[a].hash, files[b].hash);

	return order != 0 ? order : (a > b) - (a < b);
}

static void
sort_hashes(struct index_reader *r)
{
	r->by_hash = mem_alloc(r->n_files + 1, sizeof(*r->by_hash));
	for (size_t i = 0; i < r->n_files; i++)
		r->by_hash[i] = (uint32_t)i;
	qsort_r(r->by_hash, r->n_files, sizeof(*r->by_hash), compare_hash,
	    r->files);
}

size_t
index_reader_files_of(struct index_reader *r, struct str hash, uint32_t *ret,
    size_t max)
{
	size_t low = 0, high = r->n_files, n = 0;

	if (r->by_hash == NULL)
		sort_hashes(r);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_compare(str_from(r->files[r->by_hash[middle]].hash),
			hash) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < r->n_files && n < max &&
	    str_eq_c(hash, r->files[r->by_hash[low]].hash); low++)
		ret[n++] = r->by_hash[low];
	return n;
}

/* --- posting lists ------------------------------------------------------ */

struct collect {
	const struct segment_at *segment; /* that is read */
	struct postings *out;
	size_t cap;
	size_t *runs; /* where one begins; each is sorted */
	size_t n_runs, runs_cap;
};

static int
collect_segment(struct str data, void *ctx)
{
	struct collect *c = ctx;
	const struct segment_at *s = c->segment;
	struct postings *out = c->out;
	struct postings_reader reader;
	size_t n = postings_open(&reader, data), kept = out->n;

	out->items = mem_grow(out->items, &c->cap, out->n + n + 1,
	    sizeof(*out->items));
	n = postings_read(&reader, out->items + out->n, n);
	for (size_t i = out->n; i < out->n + n; i++) {
		struct posting p = out->items[i];

		if (p.at >= s->n)
			return -ERR_STORE_CORRUPT;
		if (s->numbers[p.at] == 0)
			continue;
		p.at = s->numbers[p.at] - 1;
		if (kept == 0 || out->items[kept - 1].at > p.at) {
			c->runs = mem_grow(c->runs, &c->runs_cap,
			    c->n_runs + 2, sizeof(*c->runs));
			c->runs[c->n_runs++] = kept;
		}
		out->items[kept++] = p;
	}
	out->n = kept;
	return 0;
}

static void
merge(const struct posting *a, size_t n_a, const struct posting *b,
    size_t n_b, struct posting *out)
{
	while (n_a > 0 && n_b > 0) {
		if (a->at <= b->at) {
			*out++ = *a++;
			n_a--;
		} else {
			*out++ = *b++;
			n_b--;
		}
	}
	memcpy(out, n_a > 0 ? a : b, (n_a + n_b) * sizeof(*out));
}

/* Segments overlap in their files, but each is in order: its list is a run of
 * rising numbers, and there are few. Neighbours are merged until one is left.
 */
static void
merge_runs(struct collect *c)
{
	struct posting *from = c->out->items;
	struct posting *to = c->n_runs < 2 ? NULL :
	    mem_alloc(c->out->n, sizeof(*to));

	while (c->n_runs > 1) {
		struct posting *swap = from;
		size_t n = 0;

		c->runs[c->n_runs] = c->out->n;
		for (size_t i = 0; i < c->n_runs; i += 2) {
			size_t a = c->runs[i], b = c->runs[i + 1];
			size_t end = i + 1 == c->n_runs ? b : c->runs[i + 2];

			merge(from + a, b - a, from + b, end - b, to + a);
			c->runs[n++] = a;
		}
		c->n_runs = n;
		from = to;
		to = swap;
	}
	c->out->items = from;
	free(to);
}

int
index_reader_postings(struct index_reader *r, int64_t term,
    struct postings *ret, struct error *err)
{
	struct collect c = { .out = ret };
	int rc = 0;

	*ret = (struct postings){ 0 };
	for (size_t i = 0; rc >= 0 && i < r->n_segments; i++) {
		c.segment = &r->segments[i];
		rc = index_db_posting(r->db, c.segment->id, term,
		    collect_segment, &c, err);
	}
	if (rc == -ERR_STORE_CORRUPT)
		error_set(err, ERR_STORE_CORRUPT, "the index is damaged");
	if (rc >= 0)
		merge_runs(&c);
	free(c.runs);
	return rc < 0 ? rc : 0;
}

void
postings_release(struct postings *p)
{
	free(p->items);
	*p = (struct postings){ 0 };
}
