/* Hits; see search_hits.h. */
#include "index/search_hits.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "index/terms.h"
#include "index/twins.h"
#include "store/index_graph.h"

enum {
	WHY_BYTES_MAX = 300,
	SMALL_MAX = 5, /* definitions of a piece that are hits */
};

/* A piece as the database has it, and whether it passes. */
struct look {
	const struct search_filter *filter;
	const struct chunk_row *row;
	size_t number;
	struct search_hit *hit;
	bool passes; /* by itself */
	char shape[HASH_SIZE]; /* digest of how often it has its words */
	const struct twins *twins;
	size_t copy_of; /* number of a hit; SIZE_MAX: of none */
	struct buf *terms;
};

static void
look_at_text(const struct index_text *t, void *ctx)
{
	struct search_hit *hit = ctx;

	hit->kind = str_dup(t->kind);
	hit->signature = str_dup(t->signature);
}

/* What tells a piece without a name from others, for as long as its lines are
 * the same: how many words it has how often. Not which: their numbers are those
 * of this index, given as the words came. */
static void
digest_shape(struct str terms, char ret[HASH_SIZE])
{
	uint32_t counts[CHUNK_TERM_CODE_MAX + 1][CHUNK_TERM_COMMENT_MAX + 1]
		       [2] = { 0 };
	struct chunk_terms rest;
	struct chunk_term term;

	chunk_terms_open(&rest, terms);
	while (chunk_terms_next(&rest, &term))
		if (term.code <= CHUNK_TERM_CODE_MAX &&
		    term.comment <= CHUNK_TERM_COMMENT_MAX)
			counts[term.code][term.comment][term.called]++;
	hash_blake2b(str_make((const char *)counts, sizeof(counts)), ret);
}

static void
look_at_chunk(const struct index_chunk *c, void *ctx)
{
	struct look *l = ctx;

	l->copy_of = twins_find(l->twins, c->terms);
	l->passes = search_filter_piece(l->filter, l->row, l->number,
	    c->name, c->container);
	digest_shape(c->terms, l->shape);
	buf_add_str(l->terms, c->terms);
	if (!l->passes)
		return;
	l->hit->name = str_dup(c->name);
	l->hit->container = str_dup(c->container);
}

static const struct posting *
find_posting(const struct query_term *t, uint32_t chunk)
{
	size_t low = 0, high = t->postings.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->postings.items[middle].at < chunk)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->postings.n && t->postings.items[low].at == chunk ?
	    &t->postings.items[low] : NULL;
}

/* The words that a piece has of these, by the place where they say most. */
static void
add_reasons(struct buf *out, const struct query_terms *terms, uint32_t chunk,
    const char *extra)
{
	static const struct {
		const char *place;
		enum index_field field;
	} places[] = {
		{ "name", FIELD_SYMBOL },
		{ "file", FIELD_PATH },
		{ "comment", FIELD_COMMENT },
		{ "text", FIELD_BODY },
	};
	bool told[QUERY_TERMS_MAX] = { false };

	for (size_t p = 0; p < ARRAY_LEN(places); p++) {
		bool first = true;

		for (size_t i = 0; i < terms->n; i++) {
			const struct query_term *t = &terms->items[i];
			const struct posting *has = find_posting(t, chunk);

			if (told[i] || has == NULL ||
			    has->tf[places[p].field] == 0)
				continue;
			told[i] = true;
			if (first)
				buf_printf(out, "%s%s%s: ",
				    out->len > 0 ? "; " : "", extra,
				    places[p].place);
			else
				buf_add_cstr(out, ", ");
			buf_add_cstr(out, t->text + t->whole);
			first = false;
		}
	}
}

static char *
reasons(const struct query *q, uint32_t chunk)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

	add_reasons(&out, &q->own, chunk, "");
	add_reasons(&out, &q->abbreviations, chunk, "short in ");
	if (out.len == 0)
		add_reasons(&out, &q->synonyms, chunk, "alike in ");
	if (out.len == 0)
		buf_add_cstr(&out, q->nearness != NULL ?
		    "near in meaning, or its file" : "its file");
	buf_truncate(&out, WHY_BYTES_MAX);
	return buf_steal(&out);
}

static void
make_id(struct search_hit *hit, const char *shape, unsigned nth)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	char digest[HASH_SIZE];

	if (hit->name[0] == '\0')
		buf_printf(&text, "%s\n%s\n%u", hit->path, shape, nth);
	else
		buf_printf(&text, "%s\n%s\n%s\n%s\n%u", hit->path, hit->kind,
		    hit->container, hit->name, nth);
	hash_blake2b(buf_str(&text), digest);
	snprintf(hit->id, sizeof(hit->id), "%.*s", SEARCH_ID_SIZE - 1, digest);
}

/* How many pieces before it in its file have the same name; without one, as
 * many words in each field. */
static unsigned
nth_alike(const struct index_reader *r, uint32_t number)
{
	const struct live_chunk *c = index_reader_chunk(r, number);
	const struct live_file *file = index_reader_file(r, c->row.file);
	const struct chunk_lens *lens = index_reader_lens(r);
	unsigned nth = 0;

	for (size_t i = file->first_chunk; i < number; i++)
		nth += index_reader_chunk(r, i)->row.name_term ==
			c->row.name_term &&
		    (c->row.name_term != 0 || memcmp(&lens[i], &lens[number],
			sizeof(*lens)) == 0);
	return nth;
}

static void
hit_clear(struct search_hit *hit)
{
	free(hit->path);
	free(hit->kind);
	free(hit->name);
	free(hit->container);
	free(hit->signature);
	free(hit->why);
	*hit = (struct search_hit){ 0 };
}

/* What the name of a small definition has of the question's words. */
static double
worth_of_name(const struct search_making *m, struct str name)
{
	struct terms *t =
	    vocabulary_terms(index_reader_vocabulary(m->r));
	struct str word;
	double sum = 0;

	while (terms_next_word(&name, &word)) {
		struct term_ids ids = terms_of_word(t, word);

		for (size_t i = 0; i < ids.n; i++)
			for (size_t k = 0; k < m->q->own.n; k++)
				if (str_eq_c(terms_text(t, ids.ids[i]),
					m->q->own.items[k].text))
					sum += m->q->own.items[k].idf;
	}
	return sum;
}

static int
make_small(const struct search_making *m, const struct small_definition *small,
    const struct scored *s, struct str name, struct error *err)
{
	struct search_hit *hit = &m->hits->items[m->hits->n++];
	const struct graph_file *file = graph_file_of(m->filter->opts.graph,
	    small->at.file, err);
	const struct graph_definition *d;
	unsigned nth = 0;

	if (file == NULL)
		return -ERR_STORE_CORRUPT;
	d = &file->definitions[small->at.index];
	for (size_t i = 0; i < small->at.index; i++)
		nth += file->definitions[i].name == d->name &&
		    str_eq(file->definitions[i].kind, d->kind);
	*hit = (struct search_hit){
		.path = mem_strdup(index_reader_file(m->r,
		    small->at.file)->path),
		.start_line = d->start_line, .end_line = d->end_line,
		.score = s->score, .kind = str_dup(d->kind),
		.name = str_dup(name), .container = str_dup(d->container),
		.signature = str_dup(d->signature),
		.why = reasons(m->q, s->chunk),
	};
	make_id(hit, "", nth);
	return 0;
}

/* Of the small definitions in a piece those whose names fit best. */
static int
make_small_hits(const struct search_making *m, const struct scored *s,
    struct error *err)
{
	size_t n, made = 0;
	const struct small_definition *small = search_filter_small(m->filter,
	    s->chunk, &n);
	struct graph *g = m->filter->opts.graph;
	double best = 0;
	int rc = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; rc == 0 && i < n && made < SMALL_MAX &&
		    m->hits->n < m->k; i++) {
			CLEANUP_BUF struct buf name = BUF_INIT(64 * KIB);
			double worth;

			if (graph_file_of(g, small[i].at.file, err) == NULL)
				return -ERR_STORE_CORRUPT;
			rc = index_graph_name(index_reader_db(m->r),
			    graph_definition_at(g, small[i].at)->name, &name,
			    err);
			worth = worth_of_name(m, buf_str(&name));
			if (pass == 0)
				best = worth > best ? worth : best;
			else if (rc == 0 && worth >= best && ++made > 0)
				rc = make_small(m, &small[i], s,
				    buf_str(&name), err);
		}
	}
	return rc;
}

static int
make_named(const struct search_making *m, const struct scored *s,
    struct error *err)
{
	CLEANUP_BUF struct buf name = BUF_INIT(64 * KIB);
	int rc = index_graph_name(index_reader_db(m->r), graph_definition_at(
	    m->filter->opts.graph, s->small->at)->name, &name, err);

	return rc != 0 ? rc : make_small(m, s->small, s, buf_str(&name), err);
}

/* Copies are counted with the hit that they are of. */
static int
make_hits(const struct search_making *m, const struct scored *s,
    struct error *err)
{
	const struct live_chunk *c = index_reader_chunk(m->r, s->chunk);
	const struct live_file *file = index_reader_file(m->r, c->row.file);
	struct search_hit *hit = &m->hits->items[m->hits->n];
	CLEANUP_BUF struct buf terms = BUF_INIT(16 * MIB);
	struct look look = { .filter = m->filter, .row = &c->row,
		.number = s->chunk, .hit = hit, .twins = m->twins,
		.terms = &terms };
	int rc;

	if (s->small != NULL)
		return make_named(m, s, err);
	*hit = (struct search_hit){ 0 };
	rc = index_db_chunk(index_reader_db(m->r), c->segment, c->at,
	    look_at_chunk, &look, err);
	if (rc <= 0)
		return rc;
	if (!look.passes)
		return make_small_hits(m, s, err);
	rc = index_db_text(index_reader_db(m->r), file->id,
	    s->chunk - file->first_chunk, look_at_text, hit, err);
	if (rc <= 0 || !search_filter_signature(m->filter, m->r,
	    str_from(hit->signature))) {
		hit_clear(hit);
		return rc <= 0 ? rc : make_small_hits(m, s, err);
	}
	if (look.copy_of != SIZE_MAX) {
		m->hits->items[look.copy_of].copies++;
		hit_clear(hit);
		return 0;
	}
	twins_add(m->twins, buf_str(&terms));
	hit->path = mem_strdup(file->path);
	make_id(hit, look.shape, nth_alike(m->r, s->chunk));
	hit->start_line = c->row.start_line;
	hit->end_line = c->row.end_line;
	hit->score = s->score;
	hit->why = reasons(m->q, s->chunk);
	m->hits->n++;
	return 0;
}

int
search_hits_make(const struct search_making *m,
    const struct scored *scored, size_t n, struct error *err)
{
	int rc = 0;

	m->hits->items = mem_alloc(m->k, sizeof(*m->hits->items));
	for (size_t i = 0; rc >= 0 && i < n && m->hits->n < m->k; i++)
		rc = make_hits(m, &scored[i], err);
	return rc < 0 ? rc : 0;
}

void
search_hits_release(struct search_hits *h)
{
	for (size_t i = 0; i < h->n; i++)
		hit_clear(&h->items[i]);
	free(h->items);
	*h = (struct search_hits){ 0 };
}
