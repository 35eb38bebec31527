/* Segments; see segment.h. While it is built the postings stand in the order
 * of the pieces; a counting sort by term puts them in the order in which they
 * are written. */
#include "index/segment.h"

#include <stdlib.h>

#include "base/mem.h"
#include "index/graph_builder.h"
#include "index/kind.h"
#include "index/terms.h"
#include "store/index_numbers.h"
#include "store/index_words.h"

enum { TF_MAX = UINT8_MAX, LEN_MAX = UINT16_MAX, SIGNATURE_LINES = 3 };
#define BYTES_MAX (1024 * MIB)

/* A posting before it is sorted. */
struct hit {
	uint32_t term, chunk;
	uint8_t tf[N_FIELDS];
	bool called;
};

struct held_chunk {
	struct chunk_row row; /* row.file: index of a held file */
	char *kind, *name, *container, *signature;
	size_t first_hit, n_hits;
};

struct held_file {
	struct index_file file;
	char *path, *hash, *language;
};

struct segment_builder {
	struct terms *terms;
	struct held_file *files;
	size_t n_files, files_cap;
	struct held_chunk *chunks;
	size_t n_chunks, chunks_cap;
	struct hit *hits;
	size_t n_hits, hits_cap;
	/* By term: index + 1 of its hit in the piece that is being read, if
	 * that is not before the piece's first. */
	size_t *last_hit;
	size_t last_cap;
	struct graph_builder *graph; /* of the same files */
};

struct segment_builder *
segment_builder_create(void)
{
	struct segment_builder *b = mem_new(struct segment_builder);

	b->terms = terms_create();
	b->graph = graph_builder_create();
	return b;
}

static void
clear(struct segment_builder *b)
{
	for (size_t i = 0; i < b->n_files; i++) {
		free(b->files[i].path);
		free(b->files[i].hash);
		free(b->files[i].language);
	}
	for (size_t i = 0; i < b->n_chunks; i++) {
		free(b->chunks[i].kind);
		free(b->chunks[i].name);
		free(b->chunks[i].container);
		free(b->chunks[i].signature);
	}
	graph_builder_clear(b->graph);
	b->n_files = b->n_chunks = b->n_hits = 0;
	for (size_t i = 0; i < b->last_cap; i++)
		b->last_hit[i] = 0;
}

void
segment_builder_destroy(struct segment_builder *b)
{
	if (b == NULL)
		return;
	clear(b);
	terms_destroy(b->terms);
	graph_builder_destroy(b->graph);
	free(b->files);
	free(b->chunks);
	free(b->hits);
	free(b->last_hit);
	free(b);
}

size_t
segment_builder_size(const struct segment_builder *b)
{
	return b->n_hits;
}

/* --- terms of a piece --------------------------------------------------- */

static struct hit *
add_term(struct segment_builder *b, struct held_chunk *c, uint32_t term,
    enum index_field field)
{
	struct hit *hit;
	size_t cap = b->last_cap;

	if (c->row.lens[field] < LEN_MAX)
		c->row.lens[field]++;
	b->last_hit = mem_grow(b->last_hit, &b->last_cap, term + 1,
	    sizeof(*b->last_hit));
	for (; cap < b->last_cap; cap++)
		b->last_hit[cap] = 0;
	if (b->last_hit[term] <= c->first_hit) {
		b->hits = mem_grow(b->hits, &b->hits_cap, b->n_hits + 1,
		    sizeof(*b->hits));
		b->hits[b->n_hits++] = (struct hit){ .term = term,
			.chunk = (uint32_t)(c - b->chunks) };
		b->last_hit[term] = b->n_hits;
	}
	hit = &b->hits[b->last_hit[term] - 1];
	if (hit->tf[field] < TF_MAX)
		hit->tf[field]++;
	return hit;
}

/* The term that stands for a name; TERM_NONE: there is none. */
static uint32_t
name_term(struct term_ids ids)
{
	return ids.n == 1 || ids.has_whole ? ids.ids[ids.n - 1] : TERM_NONE;
}

static bool
is_call(struct str rest)
{
	return rest.len > 0 && (*rest.ptr == '(' ||
	    (rest.len > 1 && rest.ptr[0] == ' ' && rest.ptr[1] == '('));
}

static void
add_text(struct segment_builder *b, struct held_chunk *c, struct str text,
    enum index_field field)
{
	struct str word;

	while (terms_next_word(&text, &word)) {
		struct term_ids ids = terms_of_word(b->terms, word);

		for (size_t i = 0; i < ids.n; i++) {
			struct hit *hit = add_term(b, c, ids.ids[i], field);

			if (field == FIELD_BODY && ids.ids[i] ==
			    name_term(ids) && is_call(text))
				hit->called = true;
		}
	}
}

/* The path without the extension, its last part twice. */
static void
add_path(struct segment_builder *b, struct held_chunk *c, struct str path)
{
	size_t dot = SIZE_MAX, base = 0;

	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == '/') {
			base = i + 1;
			dot = SIZE_MAX;
		} else if (path.ptr[i] == '.' && i > base) {
			dot = i;
		}
	}
	path = str_sub(path, 0, dot);
	add_text(b, c, path, FIELD_PATH);
	add_text(b, c, str_sub(path, base, SIZE_MAX), FIELD_PATH);
}

/* Code and comments of a piece, apart. *next: the first comment that may
 * reach into it. */
static void
add_body(struct segment_builder *b, struct held_chunk *held,
    const struct chunk *c, struct str text, const struct comments *comments,
    size_t *next)
{
	size_t at = c->start;

	while (*next < comments->n && comments->items[*next].end <= c->start)
		(*next)++;
	for (size_t i = *next; i < comments->n &&
	    comments->items[i].start < c->end; i++) {
		size_t from = comments->items[i].start;
		size_t to = comments->items[i].end;

		from = from < at ? at : from;
		to = to > c->end ? c->end : to;
		add_text(b, held, str_sub(text, at, from - at), FIELD_BODY);
		add_text(b, held, str_sub(text, from, to - from),
		    FIELD_COMMENT);
		at = to;
	}
	add_text(b, held, str_sub(text, at, c->end - at), FIELD_BODY);
}

/* The lines where the definition begins. */
static struct str
signature_lines(const struct chunk *c, struct str text)
{
	struct str rest = str_sub(text, c->start, c->end - c->start), line;
	const char *start = NULL, *end = NULL;

	for (uint32_t l = c->start_line; str_next_line(&rest, &line); l++) {
		if (l == c->def_line)
			start = line.ptr;
		if (start != NULL)
			end = line.ptr + line.len;
		if (start != NULL && l + 1 == c->def_line + SIGNATURE_LINES)
			break;
	}
	return start == NULL ? STR_NONE :
			       str_make(start, (size_t)(end - start));
}

uint32_t
segment_name_term(struct terms *terms, struct str name)
{
	return name_term(terms_of_word(terms, name));
}

/* Rust's way: a module of tests in the file that is tested. */
static bool
is_test(const struct chunk *c, struct str text)
{
	struct str rest = str_from(c->container), part;

	while (rest.len > 0 && str_next_field(&rest, '.', &part))
		if (str_eq_c(part, "tests") || str_eq_c(part, "test"))
			return true;
	return strcmp(c->name, "tests") == 0 ||
	    str_find(str_sub(text, c->start, 200), STR("#[test]"), 0) !=
		SIZE_MAX;
}

void
segment_builder_add(struct segment_builder *b, const struct index_file *file,
    struct str text, const struct chunks *chunks)
{
	struct held_file *f;
	size_t next_comment = 0;

	b->files = mem_grow(b->files, &b->files_cap, b->n_files + 1,
	    sizeof(*b->files));
	f = &b->files[b->n_files++];
	*f = (struct held_file){ .file = *file, .path = str_dup(file->path),
		.hash = str_dup(file->hash),
		.language = str_dup(file->language) };
	f->file.first_chunk = (int64_t)b->n_chunks;
	f->file.n_chunks = (int64_t)chunks->n;
	for (size_t i = 0; i < chunks->n; i++) {
		const struct chunk *c = &chunks->items[i];
		struct held_chunk *held;

		b->chunks = mem_grow(b->chunks, &b->chunks_cap,
		    b->n_chunks + 1, sizeof(*b->chunks));
		held = &b->chunks[b->n_chunks++];
		*held = (struct held_chunk){
			.row = { .file = (uint32_t)(b->n_files - 1),
			    .start_line = c->start_line,
			    .end_line = c->end_line },
			.kind = mem_strdup(c->kind),
			.name = mem_strdup(c->name),
			.container = mem_strdup(c->container),
			.signature = mem_strdup(c->signature),
			.first_hit = b->n_hits,
		};
		held->row.name_term = segment_name_term(b->terms,
		    str_from(c->name));
		held->row.kind = kind_number(str_from(c->kind));
		if ((kind_meaning_of(held->row.kind) & KIND_RUNS) != 0)
			held->row.flags |= ROW_FUNCTION;
		if (c->def_line != 0)
			held->row.flags |= ROW_DEFINITION;
		if (is_test(c, text))
			held->row.flags |= ROW_TEST;
		add_path(b, held, file->path);
		add_text(b, held, str_from(c->name), FIELD_SYMBOL);
		add_text(b, held, str_from(c->name), FIELD_SYMBOL);
		add_text(b, held, str_from(c->container), FIELD_SYMBOL);
		add_text(b, held, str_from(c->names), FIELD_SYMBOL);
		add_text(b, held, signature_lines(c, text), FIELD_SIGNATURE);
		add_body(b, held, c, text, &chunks->comments, &next_comment);
		held->n_hits = b->n_hits - held->first_hit;
	}
	graph_builder_add(b->graph, chunks);
}

/* --- removing ----------------------------------------------------------- */

struct uncount {
	struct index_count *counts;
	size_t n, cap;
};

static int
uncount_terms(struct str terms, void *ctx)
{
	struct uncount *u = ctx;
	struct chunk_terms rest;
	struct chunk_term term;

	chunk_terms_open(&rest, terms);
	while (chunk_terms_next(&rest, &term)) {
		u->counts = mem_grow(u->counts, &u->cap, u->n + 1,
		    sizeof(*u->counts));
		u->counts[u->n++] = (struct index_count){ term.term, -1 };
	}
	return 0;
}

int
segment_remove_file(struct index_db *db, int64_t id, struct error *err)
{
	struct uncount u = { 0 };
	int rc = graph_remove_file(db, id, err);

	if (rc == 0)
		rc = index_db_remove_file(db, id, uncount_terms, &u, err);
	if (rc == 0)
		rc = index_words_count(db, INDEX_TERMS, u.counts, u.n, err);
	free(u.counts);
	return rc;
}

/* --- writing ------------------------------------------------------------ */

static int
compare_term(const void *left, const void *right)
{
	const struct chunk_term *a = left, *b = right;

	return (a->term > b->term) - (a->term < b->term);
}

static void
pack_terms(const struct segment_builder *b, const struct held_chunk *c,
    const int64_t *ids, struct buf *out)
{
	struct chunk_term *terms = mem_alloc(c->n_hits + 1, sizeof(*terms));

	for (size_t i = 0; i < c->n_hits; i++) {
		const struct hit *hit = &b->hits[c->first_hit + i];

		terms[i] = (struct chunk_term){ .term = ids[hit->term],
			.code = (unsigned)hit->tf[FIELD_SYMBOL] +
			    hit->tf[FIELD_BODY],
			.comment = hit->tf[FIELD_COMMENT],
			.called = hit->called };
	}
	qsort(terms, c->n_hits, sizeof(*terms), compare_term);
	chunk_terms_pack(out, terms, c->n_hits);
	free(terms);
}

static int
write_files(struct segment_builder *b, struct index_db *db, int64_t segment,
    struct error *err)
{
	for (size_t i = 0; i < b->n_files; i++) {
		struct held_file *f = &b->files[i];
		int rc;

		f->file.segment = segment;
		f->file.path = str_from(f->path);
		f->file.hash = str_from(f->hash);
		f->file.language = str_from(f->language);
		rc = index_db_add_file(db, &f->file, err);
		if (rc != 0)
			return rc;
		graph_builder_set_file(b->graph, i, f->file.id);
	}
	return 0;
}

struct term_text {
	struct str text;
	uint32_t term;
};

static int
compare_text(const void *left, const void *right)
{
	const struct term_text *a = left, *b = right;

	return str_compare(a->text, b->text);
}

/* Which new words of several parts have which. */
static int
write_wholes(struct segment_builder *b, struct index_db *db,
    const struct term_text *texts, const struct index_word *words, size_t n,
    const int64_t *ids, struct error *err)
{
	CLEANUP(free_ptr) struct index_pair *pairs = NULL;
	size_t n_pairs = 0, cap = 0;

	for (size_t i = 0; i < n; i++) {
		struct term_ids parts = terms_parts(b->terms, texts[i].term);

		for (size_t k = 0; words[i].is_new && k < parts.n; k++) {
			pairs = mem_grow(pairs, &cap, n_pairs + 1,
			    sizeof(*pairs));
			pairs[n_pairs++] = (struct index_pair){
				ids[parts.ids[k]], words[i].id };
		}
	}
	return index_numbers_add(db, INDEX_WHOLES, pairs, n_pairs, err);
}

/* Numbers of the database for the terms that are used here; 0: not used. A
 * word's parts are used where it is. */
static int
write_terms(struct segment_builder *b, struct index_db *db,
    const uint32_t *counts, int64_t *ids, struct error *err)
{
	size_t n = terms_count(b->terms), n_used = 0;
	CLEANUP(free_ptr) struct term_text *texts = mem_alloc(n + 1,
	    sizeof(*texts));
	CLEANUP(free_ptr) struct index_word *words = mem_alloc(n + 1,
	    sizeof(*words));
	int rc;

	for (uint32_t t = 0; t < n; t++)
		if (counts[t] > 0)
			texts[n_used++] = (struct term_text){
				terms_text(b->terms, t), t };
	if (n_used > 0)
		qsort(texts, n_used, sizeof(*texts), compare_text);
	for (size_t i = 0; i < n_used; i++)
		words[i] = (struct index_word){ .text = texts[i].text,
			.n_parts = (uint32_t)terms_parts(b->terms,
			    texts[i].term).n,
			.order = texts[i].term,
			.by = counts[texts[i].term] };
	rc = index_words_add(db, INDEX_TERMS, words, n_used, err);
	for (size_t i = 0; rc == 0 && i < n_used; i++)
		ids[texts[i].term] = words[i].id;
	return rc != 0 ? rc :
	    write_wholes(b, db, texts, words, n_used, ids, err);
}

static int
write_chunks_of(struct segment_builder *b, struct index_db *db,
    const struct index_file *file, const int64_t *ids, struct error *err)
{
	CLEANUP_BUF struct buf packed = BUF_INIT(BYTES_MAX);
	size_t first = (size_t)file->first_chunk, n = (size_t)file->n_chunks;
	CLEANUP(free_ptr) struct index_chunk *chunks = mem_alloc(n + 1,
	    sizeof(*chunks));
	CLEANUP(free_ptr) struct index_text *texts = mem_alloc(n + 1,
	    sizeof(*texts));
	CLEANUP(free_ptr) size_t *ends = mem_alloc(n + 1, sizeof(*ends));
	struct str all;
	int rc;

	for (size_t i = 0; i < n; i++) {
		const struct held_chunk *c = &b->chunks[first + i];

		texts[i] = (struct index_text){ str_from(c->kind),
			str_from(c->signature) };
		chunks[i].name = str_from(c->name);
		chunks[i].container = str_from(c->container);
		pack_terms(b, c, ids, &packed);
		ends[i] = packed.len;
	}
	all = buf_str(&packed);
	for (size_t i = 0, at = 0; i < n; at = ends[i++])
		chunks[i].terms = str_sub(all, at, ends[i] - at);
	rc = buf_check(&packed, err);
	if (rc == 0)
		rc = index_db_add_chunks(db, file->segment, file->first_chunk,
		    chunks, n, err);
	return rc != 0 ? rc : index_db_add_texts(db, file->id, texts, n, err);
}

static int
write_chunks(struct segment_builder *b, struct index_db *db,
    const int64_t *ids, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < b->n_files; i++)
		rc = write_chunks_of(b, db, &b->files[i].file, ids, err);
	return rc;
}

/* The rows of the pieces, when their files have numbers. */
static int
write_rows(struct segment_builder *b, struct index_db *db, int64_t segment,
    const int64_t *ids, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(BYTES_MAX);
	CLEANUP(free_ptr) struct chunk_row *rows = mem_alloc(b->n_chunks + 1,
	    sizeof(*rows));
	int rc;

	for (size_t i = 0; i < b->n_chunks; i++) {
		struct chunk_row *row = &rows[i];

		*row = b->chunks[i].row;
		row->file = (uint32_t)b->files[row->file].file.id;
		row->name_term = row->name_term == TERM_NONE ? 0 :
		    (uint32_t)ids[row->name_term];
	}
	segment_rows_pack(rows, b->n_chunks, &data);
	rc = buf_check(&data, err);
	return rc != 0 ? rc : index_db_set_segment(db, segment,
	    (int64_t)b->n_chunks, buf_str(&data), err);
}

/* The lists of all terms are written by the terms' numbers. */
struct numbered {
	int64_t id;
	uint32_t term;
};

static int
compare_numbered(const void *left, const void *right)
{
	const struct numbered *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

/* Returns how many there are. */
static size_t
order_terms(const struct segment_builder *b, const uint32_t *counts,
    const int64_t *ids, struct numbered *out)
{
	size_t n = 0;

	for (uint32_t t = 0; t < terms_count(b->terms); t++)
		if (counts[t] > 0)
			out[n++] = (struct numbered){ ids[t], t };
	if (n > 0)
		qsort(out, n, sizeof(*out), compare_numbered);
	return n;
}

static int
write_postings(struct segment_builder *b, struct index_db *db,
    int64_t segment, const uint32_t *counts, const int64_t *ids,
    struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(BYTES_MAX);
	CLEANUP(index_lists_destroyp) struct index_lists *lists =
	    index_lists_create(db, segment);
	size_t n = terms_count(b->terms);
	CLEANUP(free_ptr) struct numbered *terms = mem_alloc(n + 1,
	    sizeof(*terms));
	/* By term: where its hits begin in the order; then where they end. */
	CLEANUP(free_ptr) size_t *starts = mem_alloc(n + 1, sizeof(*starts));
	CLEANUP(free_ptr) uint32_t *order = mem_alloc(b->n_hits + 1,
	    sizeof(*order));
	CLEANUP(free_ptr) struct posting *list = mem_alloc(b->n_chunks + 1,
	    sizeof(*list));
	size_t n_terms = order_terms(b, counts, ids, terms);
	int rc = 0;

	for (size_t t = 0; t < n; t++)
		starts[t + 1] = starts[t] + counts[t];
	for (size_t i = 0; i < b->n_hits; i++)
		order[starts[b->hits[i].term]++] = (uint32_t)i;
	for (size_t k = 0; rc == 0 && k < n_terms; k++) {
		uint32_t t = terms[k].term;
		const uint32_t *hits = order + starts[t] - counts[t];

		for (size_t i = 0; i < counts[t]; i++) {
			list[i].at = b->hits[hits[i]].chunk;
			memcpy(list[i].tf, b->hits[hits[i]].tf,
			    sizeof(list[i].tf));
		}
		buf_clear(&data);
		postings_pack(&data, list, counts[t]);
		rc = buf_check(&data, err);
		if (rc == 0)
			rc = index_lists_add(lists, terms[k].id,
			    buf_str(&data), err);
	}
	return rc != 0 ? rc : index_lists_end(lists, err);
}

int
segment_builder_write(struct segment_builder *b, struct index_db *db,
    struct error *err)
{
	size_t n = terms_count(b->terms);
	CLEANUP(free_ptr) uint32_t *counts = mem_alloc(n + 1,
	    sizeof(*counts));
	CLEANUP(free_ptr) int64_t *ids = mem_alloc(n + 1, sizeof(*ids));
	int64_t segment;
	int rc;

	if (b->n_files == 0)
		return 0;
	for (size_t i = 0; i < b->n_hits; i++)
		counts[b->hits[i].term]++;
	rc = index_db_add_segment(db, &segment, err);
	if (rc == 0)
		rc = write_files(b, db, segment, err);
	if (rc == 0)
		rc = write_terms(b, db, counts, ids, err);
	if (rc == 0)
		rc = write_rows(b, db, segment, ids, err);
	if (rc == 0)
		rc = write_chunks(b, db, ids, err);
	if (rc == 0)
		rc = write_postings(b, db, segment, counts, ids, err);
	if (rc == 0)
		rc = graph_builder_write(b->graph, db, err);
	if (rc == 0)
		clear(b);
	return rc;
}
